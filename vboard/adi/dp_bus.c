/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is behind a DP: in ADIv5 up to 256 APs by number, in ADIv6 (IHI 0074, B1 and D) a bus with
 * APs at addresses and a ROM table of class 9 that lists them.
 */
#include "vboard/adi/dp_internal.h"
#include "vboard/coresight/ids.h"

/* Class 9 ROM table (IHI 0029E, D3; IHI 0074, D3): entries from 0 on. */
#define ROM_ENTRY_PRESENT 0x3u
#define ROM_DEVARCH       0xfbcu
#define ROM_DEVARCH_VALUE 0x47700af7u
#define ROM_DEVID_WIDE    0x1u /* FORMAT: entries of 64 bits */

enum { ASIZE_LEAST = 32 };

static bool is_v3(const struct vdp *dp)
{
	return vdp_version(dp) >= DP_VERSION_3;
}

/* Bits of address that the DP has (DPIDR1.ASIZE). */
static uint64_t address_mask(const struct vdp *dp)
{
	unsigned bits = FIELD_GET(DP_DPIDR1_ASIZE, dp->config->dpidr1);

	if (bits < ASIZE_LEAST)
		bits = ASIZE_LEAST;
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

struct dp_place dp_selected(struct vdp *dp, uint8_t reg)
{
	const struct vdp_registers *regs = &dp->regs;
	struct dp_place place = { 0 };

	if (!is_v3(dp)) {
		place.ap = vaps_find(&dp->aps, FIELD_GET(DP_SELECT_APSEL, regs->select));
		place.offset = (uint16_t)((regs->select & DP_SELECT_APBANKSEL) | reg);
		return place;
	}
	place.address = (uint64_t)regs->select1 << 32 | (regs->select & DP_SELECT_ADDR) | reg;
	place.address &= address_mask(dp);
	place.ap = vaps_at(&dp->aps, NULL, place.address);
	if (place.ap)
		place.offset = (uint16_t)(place.address - place.ap->config->address);
	return place;
}

/* --- the ROM table --------------------------------------------------------------------------- */

static bool is_wide(const struct vdp *dp)
{
	return address_mask(dp) > UINT32_MAX;
}

/* Entry @p index: where the AP is, from the table on. 0 ends the table. */
static uint64_t rom_entry(const struct vdp *dp, unsigned index)
{
	for (size_t i = 0; i < dp->aps.count; i++) {
		const struct vap_config *config = dp->aps.items[i].config;

		if (config->parent || index--)
			continue;
		return ((config->address - dp->config->rom_address) & ~(uint64_t)0xfff) |
		       ROM_ENTRY_PRESENT;
	}
	return 0;
}

static uint32_t read_rom(const struct vdp *dp, uint32_t offset)
{
	const struct coresight_ids ids = {
		.pidr = dp->config->rom_pidr,
		.cidr = CIDR_CORESIGHT,
		.devid = is_wide(dp) ? ROM_DEVID_WIDE : 0,
	};
	uint32_t value = 0;

	if (offset == ROM_DEVARCH)
		return ROM_DEVARCH_VALUE;
	if (coresight_ids_read(&ids, offset, &value))
		return value;
	if (!is_wide(dp))
		return (uint32_t)rom_entry(dp, offset / 4);
	return (uint32_t)(rom_entry(dp, offset / 8) >> (offset & 4 ? 32 : 0));
}

bool dp_access_other(const struct vdp *dp, struct dp_place place, bool read, uint32_t *value)
{
	const struct vdp_config *config = dp->config;

	if (read)
		*value = 0;
	if (!is_v3(dp))
		return true;
	if (!config->has_rom || place.address < config->rom_address ||
		place.address - config->rom_address >= VAP_FRAME_SIZE)
		return false;
	if (read)
		*value = read_rom(dp, (uint32_t)(place.address - config->rom_address));
	return true;
}
