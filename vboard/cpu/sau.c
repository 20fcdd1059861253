/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security attribution: DDI 0553 B8 (SAU and IDAU), SecurityCheck(), TTResp().
 */
#include "vboard/cpu/internal.h"

/* Ranges that are of either state, so that each has its own of what is there. */
static const struct {
	uint32_t first, last;
} exempt[] = {
	{ 0xe0000000, 0xe0002fff }, /* ITM, DWT, FPB */
	{ 0xe000e000, 0xe000efff }, /* SCS */
	{ 0xe002e000, 0xe002efff }, /* SCS, Non-secure alias */
	{ 0xe0040000, 0xe0041fff }, /* TPIU, ETM */
	{ 0xe00ff000, 0xe00fffff }, /* ROM table */
};

static bool is_exempt(uint32_t addr, bool fetch)
{
	if (fetch)
		return addr >> 28 == 0xe;
	for (size_t i = 0; i < ARRAY_SIZE(exempt); i++)
		if (addr >= exempt[i].first && addr <= exempt[i].last)
			return true;
	return false;
}

static struct cpu_idau ask_idau(const struct cpu *c, uint32_t addr)
{
	return c->bus.idau ? c->bus.idau(c->bus.ctx, addr) : (struct cpu_idau){ .ns = true };
}

/* In more than one region is as in none: Secure. */
static void ask_sau(const struct cpu *c, uint32_t addr, struct attribution *at)
{
	const size_t count = c->config.sau_regions;

	if (!(c->sau_ctrl & SAU_CTRL_ENABLE)) {
		at->ns = c->sau_ctrl & SAU_CTRL_ALLNS;
		return;
	}
	for (size_t i = 0; i < count && i < MAX_SAU_REGIONS; i++) {
		const uint32_t rlar = c->sau_rlar[i];

		if (!(rlar & SAU_RLAR_ENABLE) || addr < (c->sau_rbar[i] & ~31u) ||
			addr > (rlar | 31))
			continue;
		if (at->region_valid) {
			at->ns = at->nsc = at->region_valid = false;
			at->region = 0;
			return;
		}
		at->nsc = rlar & SAU_RLAR_NSC;
		at->ns = !at->nsc;
		at->region_valid = true;
		at->region = (uint8_t)i;
	}
}

struct attribution sau_check(const struct cpu *c, uint32_t addr, bool fetch, unsigned secure)
{
	const struct cpu_idau idau = ask_idau(c, addr);
	struct attribution at = { .ns = false };

	if (fetch && addr >> 28 == 0xf) /* always Secure */
		return at;
	if (idau.exempt || is_exempt(addr, fetch)) {
		at.ns = !secure;
	} else {
		ask_sau(c, addr, &at);
		/* The stricter of the two holds. */
		if (!idau.ns && (at.ns || (at.nsc && !idau.nsc))) {
			at.ns = false;
			at.nsc = idau.nsc;
		}
	}
	at.idau_valid = idau.valid;
	at.idau_region = idau.valid ? idau.region : 0;
	return at;
}

/* An end of a region inside of the page makes it of two minds, be the region what it may. */
bool sau_page_uniform(const struct cpu *c, uint32_t page)
{
	const struct cpu_idau first = ask_idau(c, page);
	const struct cpu_idau last = ask_idau(c, page | PAGE_OFFSET);

	if (first.ns != last.ns || first.nsc != last.nsc || first.exempt != last.exempt)
		return false;
	for (size_t i = 0; i < c->config.sau_regions && i < MAX_SAU_REGIONS; i++) {
		const uint32_t rlar = c->sau_rlar[i];
		const uint32_t base = c->sau_rbar[i] & ~31u;
		const uint32_t end = rlar | 31;

		if (!(rlar & SAU_RLAR_ENABLE))
			continue;
		if (((base ^ page) & ~PAGE_OFFSET) == 0 && (base & PAGE_OFFSET))
			return false;
		if (((end ^ page) & ~PAGE_OFFSET) == 0 && (end & PAGE_OFFSET) != PAGE_OFFSET)
			return false;
	}
	return true;
}

/* --- TT, TTT, TTA, TTAT ----------------------------------------------------------------------- */

#define TT_MREGION BITS(7, 0)
#define TT_SREGION BITS(15, 8)
#define TT_MRVALID BIT(16)
#define TT_SRVALID BIT(17)
#define TT_R       BIT(18)
#define TT_RW      BIT(19)
#define TT_NSR     BIT(20)
#define TT_NSRW    BIT(21)
#define TT_S       BIT(22)
#define TT_IRVALID BIT(23)
#define TT_IREGION BITS(31, 24)

/* What the MPU of @p secure says; for unprivileged code nothing but about itself as such. */
static uint32_t test_mpu(const struct cpu *c, uint32_t addr, unsigned secure, bool privileged)
{
	const unsigned attr =
		(privileged ? (unsigned)CPU_A_PRIV : 0u) | (secure ? (unsigned)CPU_A_SECURE : 0u);
	const bool on = mpu_active(c, secure);
	const int region = on ? mpu_region_of(c, secure, addr) : -1;
	uint32_t response = 0;

	if (region >= 0)
		response |= TT_MRVALID | FIELD_PREP(TT_MREGION, (uint32_t)region);
	if (!on || mpu_allows(c, addr, attr, false))
		response |= TT_R;
	if (!on || mpu_allows(c, addr, attr, true))
		response |= TT_RW;
	return response;
}

static uint32_t test_attribution(const struct cpu *c, uint32_t addr, unsigned secure, uint32_t mpu)
{
	const struct attribution at = sau_check(c, addr, false, secure);
	uint32_t response = at.ns ? 0 : TT_S;

	if (at.ns && (mpu & TT_R))
		response |= TT_NSR;
	if (at.ns && (mpu & TT_RW))
		response |= TT_NSRW;
	if (at.region_valid)
		response |= TT_SRVALID | FIELD_PREP(TT_SREGION, at.region);
	if (at.idau_valid)
		response |= TT_IRVALID | FIELD_PREP(TT_IREGION, at.idau_region);
	return response;
}

uint32_t sau_test_target(const struct cpu *c, uint32_t addr, bool alternate, bool unprivileged)
{
	const unsigned secure = alternate ? BANK_NS : c->secure;
	const bool privileged =
		!unprivileged && (in_handler_mode(c) || !(control_get(c, secure) & 1));
	uint32_t response = 0;

	if (is_privileged(c) || alternate)
		response = test_mpu(c, addr, secure, privileged);
	if (c->secure)
		response |= test_attribution(c, addr, secure, response);
	return response;
}
