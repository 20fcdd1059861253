/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/coresight/ids.h"

bool coresight_ids_read(const struct coresight_ids *ids, uint32_t offset, uint32_t *value)
{
	/* The registers' order in memory: PIDR4..7, PIDR0..3, CIDR0..3. */
	const unsigned index = (offset - CORESIGHT_PIDR4) / 4;

	if (offset == CORESIGHT_DEVID) {
		*value = ids->devid;
		return true;
	}
	if (offset == CORESIGHT_DEVTYPE) {
		*value = ids->devtype;
		return true;
	}
	if (offset < CORESIGHT_PIDR4 || index > 11)
		return false;
	if (index < 8)
		*value = (uint32_t)(ids->pidr >> 8 * ((index + 4) % 8)) & 0xff;
	else
		*value = ids->cidr >> 8 * (index - 8) & 0xff;
	return true;
}
