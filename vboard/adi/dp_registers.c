/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of a DP (IHI 0031 and IHI 0074, chapter B2). */
#include "vboard/adi/dp_internal.h"

#define PUSHED_FIELDS   (DP_CTRL_STAT_TRNCNT | DP_CTRL_STAT_MASKLANE | DP_CTRL_STAT_TRNMODE)
#define POWER_REQUESTS  (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)
#define CTRL_STAT_PLAIN (POWER_REQUESTS | DP_CTRL_STAT_CDBGRSTREQ | DP_CTRL_STAT_ORUNDETECT)

/* SWD protocol version 2 (B2.2.4). */
#define DLPIDR_PROTSVN_V2 1u

static bool has_power(const struct vdp *dp, uint32_t request, uint64_t since_ns)
{
	return (dp->regs.ctrl_stat & request) && dp->clock->now_ns >= since_ns;
}

bool dp_has_debug_power(const struct vdp *dp)
{
	return has_power(dp, DP_CTRL_STAT_CDBGPWRUPREQ, dp->regs.debug_power_ns);
}

bool dp_has_system_power(const struct vdp *dp)
{
	return has_power(dp, DP_CTRL_STAT_CSYSPWRUPREQ, dp->regs.system_power_ns);
}

/* --- reading --------------------------------------------------------------------------------- */

static uint32_t read_ctrl_stat(const struct vdp *dp)
{
	uint32_t value = dp->regs.ctrl_stat;

	if (dp_has_debug_power(dp))
		value |= DP_CTRL_STAT_CDBGPWRUPACK;
	if (dp_has_system_power(dp))
		value |= DP_CTRL_STAT_CSYSPWRUPACK;
	if (dp->target->debug_reset && (value & DP_CTRL_STAT_CDBGRSTREQ))
		value |= DP_CTRL_STAT_CDBGRSTACK;
	return value;
}

static uint32_t read_dlpidr(const struct vdp *dp)
{
	return DLPIDR_PROTSVN_V2 | FIELD_PREP(DP_DLPIDR_TINSTANCE, dp->config->instance);
}

static uint32_t read_eventstat(const struct vdp *dp)
{
	const struct vtarget *target = dp->target;

	return target->has_event && !target->has_event(target->data) ? DP_EVENTSTAT_EA : 0;
}

static uint32_t read_dlcr(const struct vdp *dp)
{
	return dp->regs.dlcr;
}

static uint32_t read_target_id(const struct vdp *dp)
{
	return dp->config->target_id;
}

static uint32_t read_dpidr(const struct vdp *dp)
{
	return dp->config->dpidr;
}

static uint32_t read_dpidr1(const struct vdp *dp)
{
	return dp->config->dpidr1;
}

static uint32_t read_baseptr0(const struct vdp *dp)
{
	if (!dp->config->has_rom)
		return 0;
	return ((uint32_t)dp->config->rom_address & DP_BASEPTR0_PTR) | DP_BASEPTR0_VALID;
}

static uint32_t read_baseptr1(const struct vdp *dp)
{
	return dp->config->has_rom ? (uint32_t)(dp->config->rom_address >> 32) : 0;
}

/* Registers behind SELECT.DPBANKSEL, and from which version on. */
struct banked {
	uint8_t reg, bank, version;
	uint32_t (*read)(const struct vdp *dp);
};
static const struct banked banked_registers[] = {
	{ DP_DPIDR, DP_BANK_DPIDR, 0, read_dpidr },
	{ DP_DPIDR, DP_BANK_DPIDR1, DP_VERSION_3, read_dpidr1 },
	{ DP_DPIDR, DP_BANK_BASEPTR0, DP_VERSION_3, read_baseptr0 },
	{ DP_DPIDR, DP_BANK_BASEPTR1, DP_VERSION_3, read_baseptr1 },
	{ DP_CTRL_STAT, DP_BANK_CTRL_STAT, 0, read_ctrl_stat },
	{ DP_CTRL_STAT, DP_BANK_DLCR, 0, read_dlcr },
	{ DP_CTRL_STAT, DP_BANK_TARGETID, DP_VERSION_2, read_target_id },
	{ DP_CTRL_STAT, DP_BANK_DLPIDR, DP_VERSION_2, read_dlpidr },
	{ DP_CTRL_STAT, DP_BANK_EVENTSTAT, DP_VERSION_2, read_eventstat },
};

/* Banks that this version lacks read as 0; before DPv3 register 0 has none (B2.2.9). */
static uint32_t read_banked(const struct vdp *dp, uint8_t reg)
{
	unsigned bank = FIELD_GET(DP_SELECT_DPBANKSEL, dp->regs.select);

	if (reg == DP_DPIDR && vdp_version(dp) < DP_VERSION_3)
		bank = DP_BANK_DPIDR;
	for (size_t i = 0; i < ARRAY_SIZE(banked_registers); i++) {
		const struct banked *banked = &banked_registers[i];

		if (banked->reg == reg && banked->bank == bank)
			return vdp_version(dp) >= banked->version ? banked->read(dp) : 0;
	}
	return 0;
}

uint32_t dp_read(const struct vdp *dp, uint8_t reg)
{
	if (reg == DP_RESEND)
		return dp->regs.resend;
	return reg == DP_RDBUFF ? dp->regs.read_buffer : read_banked(dp, reg);
}

/* --- writing --------------------------------------------------------------------------------- */

/* The transfer goes on at its AP, if it still does. */
static void abandon(struct vdp *dp)
{
	struct vdp_registers *regs = &dp->regs;

	/* One that waits for something else than time has an end only here. */
	if (regs->busy_ap && regs->busy_until_ns != UINT64_MAX)
		dp->aps.items[regs->busy_ap - 1].mem.state.busy_until_ns = regs->busy_until_ns;
	regs->busy_ap = 0;
	regs->busy_until_ns = 0;
	regs->error_pending = false;
}

void dp_write_abort(struct vdp *dp, uint32_t value)
{
	static const struct {
		uint32_t clear, flag;
	} flags[] = {
		{ DP_ABORT_ORUNERRCLR, DP_CTRL_STAT_STICKYORUN },
		{ DP_ABORT_WDERRCLR, DP_CTRL_STAT_WDATAERR },
		{ DP_ABORT_STKERRCLR, DP_CTRL_STAT_STICKYERR },
		{ DP_ABORT_STKCMPCLR, DP_CTRL_STAT_STICKYCMP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (value & flags[i].clear)
			dp->regs.ctrl_stat &= ~flags[i].flag;
	if (value & DP_ABORT_DAPABORT)
		abandon(dp);
}

static uint32_t writable_ctrl_stat(const struct vdp *dp)
{
	uint32_t writable = CTRL_STAT_PLAIN;

	if (!(dp->config->dpidr & DP_DPIDR_MIN))
		writable |= PUSHED_FIELDS;
	if (vdp_version(dp) >= DP_VERSION_3 && (dp->config->dpidr1 & DP_DPIDR1_ERRMODE))
		writable |= DP_CTRL_STAT_ERRMODE;
	return writable;
}

static void change_power(struct vdp *dp, uint32_t changed)
{
	const struct vtarget *target = dp->target;
	const uint32_t delay = dp->config->power_up_ns ? dp->config->power_up_ns : VDP_POWER_UP_NS;
	const bool debug = dp->regs.ctrl_stat & DP_CTRL_STAT_CDBGPWRUPREQ;
	const bool system = dp->regs.ctrl_stat & DP_CTRL_STAT_CSYSPWRUPREQ;

	if (changed & DP_CTRL_STAT_CDBGPWRUPREQ)
		dp->regs.debug_power_ns = dp->clock->now_ns + delay;
	if (changed & DP_CTRL_STAT_CSYSPWRUPREQ)
		dp->regs.system_power_ns = dp->clock->now_ns + delay;
	if (dp->config->power_changed)
		dp->config->power_changed(dp->config->power_data, debug, system);
	else
		target->debug_power(target->data, debug, system);
}

static void write_ctrl_stat(struct vdp *dp, uint32_t value)
{
	const struct vtarget *target = dp->target;
	const uint32_t writable = writable_ctrl_stat(dp);
	const uint32_t changed = (dp->regs.ctrl_stat ^ value) & writable;

	dp->regs.ctrl_stat ^= changed;
	if (changed & POWER_REQUESTS)
		change_power(dp, changed);
	if ((changed & DP_CTRL_STAT_CDBGRSTREQ) && target->debug_reset)
		target->debug_reset(target->data, value & DP_CTRL_STAT_CDBGRSTREQ);
}

void dp_write(struct vdp *dp, uint8_t reg, uint32_t value)
{
	unsigned bank = FIELD_GET(DP_SELECT_DPBANKSEL, dp->regs.select);

	if (reg == DP_ABORT)
		dp_write_abort(dp, value);
	else if (reg == DP_SELECT)
		dp->regs.select = value;
	else if (reg == DP_CTRL_STAT && bank == DP_BANK_CTRL_STAT)
		write_ctrl_stat(dp, value);
	else if (reg == DP_CTRL_STAT && bank == DP_BANK_DLCR)
		dp->regs.dlcr = DP_DLCR_RESET | (value & DP_DLCR_TURNROUND);
	else if (reg == DP_CTRL_STAT && bank == DP_BANK_SELECT1 && vdp_version(dp) >= DP_VERSION_3)
		dp->regs.select1 = value;
}
