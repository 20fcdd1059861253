/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/coresight/ids.h"

#include "base/bits.h"
bool coresight_ids_read(const struct coresight_ids *ids, uint32_t offset, uint32_t *value)
{
	const struct {
		uint32_t offset, value;
	} words[] = {
		{ CORESIGHT_AUTHSTATUS, ids->authstatus },
		{ CORESIGHT_DEVARCH, ids->devarch },
		{ CORESIGHT_DEVID, ids->devid },
		{ CORESIGHT_DEVTYPE, ids->devtype },
	};
	/* The registers' order in memory: PIDR4..7, PIDR0..3, CIDR0..3. */
	const unsigned index = (offset - CORESIGHT_PIDR4) / 4;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].offset == offset) {
			*value = words[i].value;
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

/* --- the lock -------------------------------------------------------------------------------- */

bool coresight_lock_read(const struct coresight_ids *ids, const struct coresight_lock *lock,
	const struct bus_access *access, uint32_t *value)
{
	if (access->offset != CORESIGHT_LSR)
		return coresight_ids_read(ids, access->offset, value);
	*value = 0;
	if (ids->has_lock && !access->debugger)
		*value = lock->open ? CORESIGHT_LSR_SLI : CORESIGHT_LSR_SLI | CORESIGHT_LSR_SLK;
	return true;
}

bool coresight_lock_write(const struct coresight_ids *ids, struct coresight_lock *lock,
	const struct bus_access *access, uint32_t value)
{
	if (access->offset == CORESIGHT_LAR) {
		if (!access->debugger)
			lock->open = value == CORESIGHT_LAR_KEY;
		return false;
	}
	return access->debugger || !ids->has_lock || lock->open;
}
