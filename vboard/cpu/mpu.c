/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory protection: PMSAv7, DDI 0403E.b B3.5, and the execute-never parts of the default memory
 * map, B3.1. Memory types (TEX, C, B, S) have no effect in a core without caches or reordering.
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

bool mpu_active(const struct cpu *c)
{
	return (c->mpu_ctrl & MPU_CTRL_ENABLE) &&
	       ((c->mpu_ctrl & MPU_CTRL_HFNMIENA) || nvic_execution_priority(c) >= 0);
}

/* Code may run below 0x40000000 and from 0x60000000 to 0x9FFFFFFF. */
bool default_map_allows(uint32_t addr, unsigned attr)
{
	return !(attr & CPU_A_FETCH) || addr < 0x40000000 ||
	       (addr >= 0x60000000 && addr < 0xa0000000);
}

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

/* Of overlapping regions, the one with the highest number decides. */
bool mpu_allows(const struct cpu *c, uint32_t addr, unsigned attr, bool write)
{
	for (size_t i = c->config.mpu_regions; i-- > 0;)
		if (region_has(c->mpu_rbar[i], c->mpu_rasr[i], addr))
			return region_allows(c->mpu_rasr[i], attr, write) &&
			       !((attr & CPU_A_FETCH) && addr >= 0xe0000000);
	return (c->mpu_ctrl & MPU_CTRL_PRIVDEFEN) && (attr & CPU_A_PRIV) &&
	       default_map_allows(addr, attr);
}

bool mpu_page_uniform(const struct cpu *c, uint32_t addr)
{
	for (size_t i = 0; i < c->config.mpu_regions; i++) {
		const uint32_t rasr = c->mpu_rasr[i];
		const uint64_t size = region_size(rasr);
		const uint64_t granule = rasr & MPU_RASR_SRD ? size / 8 : size;
		const uint32_t page_of_region =
			size > PAGE_SIZE ? (uint32_t) ~(size - 1) : ~PAGE_OFFSET;

		if (region_is_on(rasr) && granule < PAGE_SIZE &&
			!((addr ^ c->mpu_rbar[i]) & page_of_region))
			return false;
	}
	return true;
}
