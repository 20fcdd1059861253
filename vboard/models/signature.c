/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/signature.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

struct signature {
	const struct signature_config *config;
};

static dapper_status signature_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct signature *signature = xnew(signature);

	(void)board;
	if (!signature)
		return FAIL_NO_MEMORY("a signature");
	signature->config = config->data;
	*model = signature;
	return DAPPER_OK;
}

static bool signature_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct signature *signature = model;

	const struct signature_config *config = signature->config;

	*value = 0;
	for (unsigned i = 0; i < access->size; i++) {
		const size_t at = access->offset + i;

		*value |= (uint32_t)(at < config->count ? config->bytes[at] : 0xff) << 8 * i;
	}
	return true;
}

static const struct model_field byte_field[] = { { NULL, FIELD_U8 } };

static const struct model_field signature_fields[] = {
	{ "bytes", FIELD_LIST, offsetof(struct signature_config, bytes), true, byte_field, 1,
		offsetof(struct signature_config, count) },
	{ NULL },
};

const struct model_class signature_class = {
	.name = "signature",
	.create = signature_create,
	.destroy = free,
	.ops = { .read = signature_read },
	.fields = signature_fields,
	.config_size = sizeof(struct signature_config),
};
