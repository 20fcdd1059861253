/* SPDX-License-Identifier: Apache-2.0 */
/* Factory information configuration registers (nRF52840 PS v1.7, 4.4). */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/models/nrf52.h"

struct ficr {
	const struct nrf52_ficr_config *config;
};

static dapper_status ficr_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct ficr *ficr = xnew(ficr);

	(void)board;
	if (!ficr)
		return FAIL_NO_MEMORY("factory information");
	ficr->config = config->data;
	*model = ficr;
	return DAPPER_OK;
}

static bool ficr_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct ficr *ficr = model;

	*value = UINT32_MAX;
	for (size_t i = 0; i < ficr->config->count; i++)
		if (ficr->config->words[i].offset == access->offset)
			*value = ficr->config->words[i].value;
	return true;
}

static const struct model_field word_fields[] = {
	{ "offset", FIELD_U16, offsetof(struct nrf52_ficr_word, offset), true },
	{ "value", FIELD_U32, offsetof(struct nrf52_ficr_word, value), true },
	{ NULL },
};

static const struct model_field nrf52_ficr_fields[] = {
	{ "words", FIELD_LIST, offsetof(struct nrf52_ficr_config, words), true, word_fields,
		sizeof(struct nrf52_ficr_word), offsetof(struct nrf52_ficr_config, count) },
	{ NULL },
};

/* Cannot be written: a bus error, as for the rest of the code region without NVMC's consent. */
const struct model_class nrf52_ficr_class = {
	.name = "nRF52 FICR",
	.create = ficr_create,
	.destroy = free,
	.ops = { .read = ficr_read },
	.fields = nrf52_ficr_fields,
	.config_size = sizeof(struct nrf52_ficr_config),
};
