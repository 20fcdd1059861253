/* SPDX-License-Identifier: Apache-2.0 */
#include <dapper/svd.h>

bool dapper_svd_is_readable(dapper_svd_access access)
{
	return access != DAPPER_SVD_WRITE_ONLY && access != DAPPER_SVD_WRITE_ONCE;
}

bool dapper_svd_is_writable(dapper_svd_access access)
{
	return access != DAPPER_SVD_READ_ONLY;
}

static uint64_t field_mask(const dapper_svd_field *field)
{
	return UINT64_MAX >> (64 - field->width);
}

uint64_t dapper_svd_field_extract(const dapper_svd_field *field, uint64_t reg)
{
	return (reg >> field->lsb) & field_mask(field);
}

uint64_t dapper_svd_field_insert(const dapper_svd_field *field, uint64_t reg, uint64_t value)
{
	uint64_t mask = field_mask(field);

	return (reg & ~(mask << field->lsb)) | (value & mask) << field->lsb;
}

/* How well a name fits a value; larger is better. */
enum fit { FIT_NOT, FIT_DEFAULT, FIT_PATTERN, FIT_EXACT };

static enum fit fit_value(const dapper_svd_value *candidate, uint64_t value, uint64_t mask)
{
	if (candidate->is_default)
		return FIT_DEFAULT;
	if (((candidate->value ^ value) & candidate->mask) != 0)
		return FIT_NOT;
	return (candidate->mask & mask) == mask ? FIT_EXACT : FIT_PATTERN;
}

const dapper_svd_value *dapper_svd_field_find_value(
	const dapper_svd_field *field, uint64_t value, dapper_svd_usage usage)
{
	const dapper_svd_value *best = NULL;
	enum fit best_fit = FIT_NOT;

	for (size_t i = 0; i < field->value_count; i++) {
		const dapper_svd_value *candidate = &field->values[i];
		enum fit fit = fit_value(candidate, value, field_mask(field));

		if ((candidate->usage & usage) && fit > best_fit) {
			best = candidate;
			best_fit = fit;
		}
	}
	return best;
}
