/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/signature.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

struct signature {
	const uint8_t *bytes;
};

static dapper_status signature_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct signature *signature = xnew(signature);

	(void)board;
	if (!signature)
		return FAIL_NO_MEMORY("a signature");
	signature->bytes = config->data;
	*model = signature;
	return DAPPER_OK;
}

static bool signature_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct signature *signature = model;

	*value = 0;
	for (unsigned i = 0; i < access->size; i++)
		*value |= (uint32_t)signature->bytes[access->offset + i] << 8 * i;
	return true;
}

const struct model_class signature_class = {
	.name = "signature",
	.create = signature_create,
	.destroy = free,
	.ops = { .read = signature_read },
};
