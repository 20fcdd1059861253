/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/error.h"
#include "image/parsers.h"

/* Raw binary: the file's bytes, from an address that only the user knows. */

dapper_status bin_parse(const struct image_source *source, struct image_contents *contents)
{
	uint32_t place = 0;

	if (!source->has_base_address) {
		dapper_fail(DAPPER_ERR_INVALID, "raw binary does not say where its bytes belong");
		dapper_fail_where(DAPPER_ERR_INVALID, "%s", source->name);
		return dapper_fail_hint(DAPPER_ERR_INVALID,
			"if it is one, give the address of its first byte: --base-address ADDRESS");
	}
	if (source->base_address > UINT64_MAX - (source->size - 1)) {
		dapper_fail(DAPPER_ERR_INVALID,
			"%zu bytes at 0x%" PRIx64 " reach over the end of the address space",
			source->size, source->base_address);
		return dapper_fail_where(DAPPER_ERR_INVALID, "%s", source->name);
	}
	TRY(segments_add(&contents->segments, source->base_address, source->data, source->size, 0));
	return segments_finish(&contents->segments, "byte", &place);
}
