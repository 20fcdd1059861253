/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/svd/svd_support.h"

#include <inttypes.h>
#include <stdio.h>

#include "support/test.h"

dapper_svd *svd_from(const char *xml)
{
	dapper_svd *svd = NULL;

	assert_ok(dapper_svd_parse(NULL, "test.svd", xml, strlen(xml), &svd));
	return svd;
}

dapper_svd *svd_of(const char *peripherals)
{
	char xml[8192];
	int length = snprintf(xml, sizeof(xml),
		"<device><name>T</name><peripherals>%s</peripherals></device>", peripherals);

	assert_in_range(length, 1, sizeof(xml) - 1);
	return svd_from(xml);
}

static const char *const accesses[] = {
	[DAPPER_SVD_READ_WRITE] = "rw",
	[DAPPER_SVD_READ_ONLY] = "ro",
	[DAPPER_SVD_WRITE_ONLY] = "wo",
	[DAPPER_SVD_WRITE_ONCE] = "w1",
	[DAPPER_SVD_READ_WRITE_ONCE] = "rw1",
};

#define APPEND(...)                                                                  \
	used += (size_t)snprintf(text + used, DESCRIPTION_SIZE - used, __VA_ARGS__); \
	assert_true(used < DESCRIPTION_SIZE)

void describe_registers(const dapper_svd *svd, char text[DESCRIPTION_SIZE])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < dapper_svd_register_count(svd); i++) {
		const dapper_svd_register *reg = dapper_svd_get_register(svd, i);
		char path[128];

		dapper_svd_describe_path(reg, path, sizeof(path));
		APPEND("%s@%" PRIx64 "/%u %s", path, reg->address, reg->size_bits,
			accesses[reg->access]);
		if (reg->reset_mask) {
			APPEND("=%" PRIx64 "&%" PRIx64, reg->reset_value, reg->reset_mask);
		}
		APPEND("%s", ", ");
	}
}

void describe_fields(const dapper_svd_register *reg, char text[DESCRIPTION_SIZE])
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < reg->field_count; i++) {
		const dapper_svd_field *field = &reg->fields[i];

		APPEND("%s[%u:%u] %s", field->name, field->lsb + field->width - 1u, field->lsb,
			accesses[field->access]);
		for (size_t j = 0; j < field->value_count; j++) {
			const dapper_svd_value *value = &field->values[j];

			if (value->is_default) {
				APPEND(" %s=*", value->name);
			} else if (value->mask == UINT64_MAX) {
				APPEND(" %s=%" PRIx64, value->name, value->value);
			} else {
				APPEND(" %s=%" PRIx64 "&~%" PRIx64, value->name, value->value,
					~value->mask);
			}
		}
		APPEND("%s", ", ");
	}
}

const dapper_svd_register *register_at(const dapper_svd *svd, const char *path)
{
	dapper_svd_match match;

	assert_ok(dapper_svd_find(svd, path, &match));
	assert_non_null(match.reg);
	return match.reg;
}
