/* SPDX-License-Identifier: Apache-2.0 */
/* System View Descriptions: whatever the bytes, an error or data that can be read through. */
#include <stdlib.h>
#include <string.h>

#include "svd/svd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 4 << 20 };

/* Touches every string and number, for the sanitizers to see. */
static size_t read_field(const dapper_svd_field *field)
{
	size_t sum = strlen(field->name) + strlen(field->description);

	if (field->width < 1 || field->lsb + field->width > 64)
		abort();
	for (size_t i = 0; i < field->value_count; i++)
		sum += strlen(field->values[i].name) + strlen(field->values[i].description);
	dapper_svd_field_find_value(field, sum, DAPPER_SVD_USAGE_READ);
	return sum + (size_t)dapper_svd_field_extract(field, sum) % 2;
}

static size_t read_register(const dapper_svd *svd, const dapper_svd_register *reg)
{
	size_t sum = strlen(reg->display_name) + strlen(reg->description) +
	             strlen(reg->alternate_group) + strlen(reg->alternate_register) +
	             strlen(reg->data_type) + strlen(dapper_svd_access_text(reg->access));
	char path[512];

	if (reg->size_bits < 1 || reg->size_bits > 64 || reg->address > UINT64_MAX - 7)
		abort();
	if (dapper_svd_find_at(svd, reg->address, NULL, 0) == 0)
		abort();
	for (size_t i = 0; i < reg->field_count; i++)
		sum += read_field(&reg->fields[i]);
	return sum + dapper_svd_describe_path(reg, path, sizeof(path));
}

static void read_peripheral(const dapper_svd *svd, const dapper_svd_peripheral *peripheral)
{
	dapper_svd_match match;

	for (size_t i = 0; i < peripheral->block_count; i++)
		if (peripheral->blocks[i].size == 0 ||
			peripheral->blocks[i].size - 1 > UINT64_MAX - peripheral->blocks[i].address)
			abort();
	/* By its name, unless that is a path or the beginning of several. */
	if (!strchr(peripheral->name, '.') && peripheral->name[0] &&
		strlen(peripheral->name) < 200 &&
		dapper_svd_find(svd, peripheral->name, &match) != DAPPER_OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	dapper_svd *svd;
	dapper_svd_match match;
	size_t registers;
	size_t peripherals;

	if (svd_parse_within(NULL, "fuzz.svd", data, size, ARENA_LIMIT, &svd) != DAPPER_OK)
		return 0;
	registers = dapper_svd_register_count(svd);
	peripherals = dapper_svd_peripheral_count(svd);
	for (size_t i = 0; i < registers && i < 2000; i++)
		read_register(svd, dapper_svd_get_register(svd, i));
	for (size_t i = 0; i < peripherals && i < 50; i++)
		read_peripheral(svd, dapper_svd_get_peripheral(svd, i));
	for (size_t i = 0; i < dapper_svd_interrupt_count(svd); i++) {
		const dapper_svd_interrupt *interrupt = dapper_svd_get_interrupt(svd, i);

		if (dapper_svd_find_interrupt(svd, interrupt->number) != interrupt)
			abort();
	}
	if (dapper_svd_find(svd, "p.c.r.f", &match) == DAPPER_OK && !match.peripheral)
		abort();
	dapper_svd_free(svd);
	return 0;
}
