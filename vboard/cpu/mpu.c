/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory protection: PMSAv7, DDI 0403E.b B3.5; PMSAv8, DDI 0553 B9; and the execute-never parts of
 * the default memory map, B3.1. Memory types (TEX, C, B, S, MAIR) have no effect in a core without
 * caches or reordering.
 */
#include "vboard/cpu/internal.h"

enum { SIZE_FIELD_MIN = 4, SUBREGION_SIZE_FIELD_MIN = 7, AP_COUNT = 8 };

/* B3.5.9, table of AP: for privileged and unprivileged code, may it read, may it write. */
static const struct {
	bool priv_read, priv_write, user_read, user_write;
} permissions[AP_COUNT] = {
	{ false, false, false, false },
	{ true, true, false, false },
	{ true, true, true, false },
	{ true, true, true, true },
	{ false, false, false, false }, /* reserved */
	{ true, false, false, false },
	{ true, false, true, false },
	{ true, false, true, false },
};

unsigned mpu_regions(const struct cpu *c, unsigned secure)
{
	const unsigned count =
		c->config.security && !secure ? c->config.mpu_ns_regions : c->config.mpu_regions;

	return count < MAX_MPU_REGIONS ? count : MAX_MPU_REGIONS;
}

bool mpu_active(const struct cpu *c, unsigned secure)
{
	const uint32_t ctrl = c->bank[secure & 1].mpu_ctrl;

	return (ctrl & MPU_CTRL_ENABLE) &&
	       ((ctrl & MPU_CTRL_HFNMIENA) || !nvic_negative(c, secure));
}

/* Code may run below 0x40000000 and from 0x60000000 to 0x9FFFFFFF. */
bool default_map_allows(uint32_t addr, unsigned attr)
{
	return !(attr & CPU_A_FETCH) || addr < 0x40000000 ||
	       (addr >= 0x60000000 && addr < 0xa0000000);
}

/* --- PMSAv7 ----------------------------------------------------------------------------------- */

static uint64_t region_size(uint32_t rasr)
{
	return UINT64_C(2) << FIELD_GET(MPU_RASR_SIZE, rasr);
}

static bool region_is_on(uint32_t rasr)
{
	return (rasr & MPU_RASR_ENABLE) && FIELD_GET(MPU_RASR_SIZE, rasr) >= SIZE_FIELD_MIN;
}

static bool region_has(uint32_t rbar, uint32_t rasr, uint32_t addr)
{
	const uint64_t size = region_size(rasr);
	const uint64_t offset = addr & (size - 1);

	if (!region_is_on(rasr) || ((addr ^ rbar) & ~(size - 1) & MPU_RBAR_ADDR))
		return false;
	return FIELD_GET(MPU_RASR_SIZE, rasr) < SUBREGION_SIZE_FIELD_MIN ||
	       !(FIELD_GET(MPU_RASR_SRD, rasr) >> (offset * 8 / size) & 1);
}

static bool region_allows(uint32_t rasr, unsigned attr, bool write)
{
	const unsigned ap = FIELD_GET(MPU_RASR_AP, rasr);

	if ((attr & CPU_A_FETCH) && (rasr & MPU_RASR_XN))
		return false;
	if (attr & CPU_A_PRIV)
		return write ? permissions[ap].priv_write : permissions[ap].priv_read;
	return write ? permissions[ap].user_write : permissions[ap].user_read;
}

static bool region_splits_page(uint32_t rbar, uint32_t rasr, uint32_t addr)
{
	const uint64_t size = region_size(rasr);
	const uint64_t granule = rasr & MPU_RASR_SRD ? size / 8 : size;
	const uint32_t page_of_region = size > PAGE_SIZE ? (uint32_t) ~(size - 1) : ~PAGE_OFFSET;

	return region_is_on(rasr) && granule < PAGE_SIZE && !((addr ^ rbar) & page_of_region);
}

/* --- PMSAv8 ----------------------------------------------------------------------------------- */

static bool region8_has(uint32_t rbar, uint32_t rlar, uint32_t addr)
{
	return (rlar & MPU_RLAR8_EN) && addr >= (rbar & MPU_RBAR8_BASE) &&
	       addr <= ((rlar & MPU_RLAR8_LIMIT) | 31);
}

static bool region8_allows(uint32_t rbar, uint32_t rlar, unsigned attr, bool write)
{
	if ((attr & CPU_A_FETCH) &&
		((rbar & MPU_RBAR8_XN) || ((rlar & MPU_RLAR8_PXN) && (attr & CPU_A_PRIV))))
		return false;
	if (write && (rbar & MPU_RBAR8_RO))
		return false;
	return (attr & CPU_A_PRIV) || (rbar & MPU_RBAR8_NP);
}

static bool region8_splits_page(uint32_t rbar, uint32_t rlar, uint32_t addr)
{
	const uint32_t base = rbar & MPU_RBAR8_BASE;
	const uint32_t end = (rlar & MPU_RLAR8_LIMIT) | 31;

	if (!(rlar & MPU_RLAR8_EN))
		return false;
	return (!((base ^ addr) & ~PAGE_OFFSET) && (base & PAGE_OFFSET)) ||
	       (!((end ^ addr) & ~PAGE_OFFSET) && (end & PAGE_OFFSET) != PAGE_OFFSET);
}

/* --- either ----------------------------------------------------------------------------------- */

enum { NO_REGION = -1, SEVERAL_REGIONS = -2 };

/* Of overlapping regions, the one with the highest number decides; in PMSAv8, none does. */
static int find_region(const struct cpu *c, const struct bank *bank, unsigned count, uint32_t addr)
{
	int found = NO_REGION;

	for (unsigned i = count; i-- > 0;) {
		if (!c->is_v8m && region_has(bank->mpu_rbar[i], bank->mpu_rasr[i], addr))
			return (int)i;
		if (!c->is_v8m || !region8_has(bank->mpu_rbar[i], bank->mpu_rasr[i], addr))
			continue;
		if (found >= 0)
			return SEVERAL_REGIONS;
		found = (int)i;
	}
	return found;
}

int mpu_region_of(const struct cpu *c, unsigned secure, uint32_t addr)
{
	const int region = find_region(c, &c->bank[secure & 1], mpu_regions(c, secure), addr);

	return region >= 0 ? region : NO_REGION;
}

bool mpu_allows(const struct cpu *c, uint32_t addr, unsigned attr, bool write)
{
	const unsigned secure = attr & CPU_A_SECURE ? owner_bank(c) : BANK_NS;
	const struct bank *bank = &c->bank[secure];
	const int region = find_region(c, bank, mpu_regions(c, secure), addr);

	if (region == NO_REGION)
		return (bank->mpu_ctrl & MPU_CTRL_PRIVDEFEN) && (attr & CPU_A_PRIV) &&
		       default_map_allows(addr, attr);
	if (region == SEVERAL_REGIONS || ((attr & CPU_A_FETCH) && addr >= 0xe0000000))
		return false;
	return c->is_v8m
	               ? region8_allows(bank->mpu_rbar[region], bank->mpu_rasr[region], attr, write)
	               : region_allows(bank->mpu_rasr[region], attr, write);
}

bool mpu_page_uniform(const struct cpu *c, unsigned secure, uint32_t addr)
{
	const struct bank *bank = &c->bank[secure & 1];

	for (unsigned i = 0; i < mpu_regions(c, secure); i++)
		if (c->is_v8m ? region8_splits_page(bank->mpu_rbar[i], bank->mpu_rasr[i], addr)
			      : region_splits_page(bank->mpu_rbar[i], bank->mpu_rasr[i], addr))
			return false;
	return true;
}
