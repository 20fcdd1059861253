/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/drivers/cmsis_dap/transports/quirks.h"

#include <string.h>

#include "base/bits.h"

static const struct limit {
	uint16_t vendor_id;
	uint16_t product_id;
	const char *version;
	struct cmsis_dap_limits limits;
} limits[] = {
#define LIMIT(vendor, product, version, packets, why) \
	{ (vendor), (product), (version), { (packets), (why) } },
#define KNOWN(vendor, product, page, name)
#include "probe/drivers/cmsis_dap/transports/quirks.def"
#undef LIMIT
#undef KNOWN
};

static const struct known {
	uint16_t vendor_id;
	uint16_t product_id;
	bool vendor_page;
} known[] = {
#define LIMIT(vendor, product, version, packets, why)
#define KNOWN(vendor, product, page, name) { (vendor), (product), (page) },
#include "probe/drivers/cmsis_dap/transports/quirks.def"
#undef LIMIT
#undef KNOWN
};

struct cmsis_dap_limits quirks_find_limits(
	uint16_t vendor_id, uint16_t product_id, const char *firmware, const char *product)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct limit *limit = &limits[i];

		if (limit->vendor_id == vendor_id && limit->product_id == product_id &&
			(strcmp(limit->version, firmware) == 0 || strstr(product, limit->version)))
			return limit->limits;
	}
	return (struct cmsis_dap_limits){ 0 };
}

static const struct known *find_known(uint16_t vendor_id, uint16_t product_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].vendor_id == vendor_id && known[i].product_id == product_id)
			return &known[i];
	return NULL;
}

bool quirks_is_known_hid(uint16_t vendor_id, uint16_t product_id)
{
	return find_known(vendor_id, product_id) != NULL;
}

bool quirks_needs_vendor_page(uint16_t vendor_id, uint16_t product_id)
{
	const struct known *row = find_known(vendor_id, product_id);

	return row && row->vendor_page;
}

bool quirks_get_known(size_t index, uint16_t *vendor_id, uint16_t *product_id)
{
	if (index >= ARRAY_SIZE(known))
		return false;
	*vendor_id = known[index].vendor_id;
	*product_id = known[index].product_id;
	return true;
}
