/* SPDX-License-Identifier: Apache-2.0 */
#include "support/model_core.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cortex_m/dwt_regs.h"
#include "cortex_m/fpb_regs.h"
#include "cortex_m/scs_regs.h"
#include "support/test.h"

enum { TRANSFER_NS = 4600 }; /* 46 cycles at 10 MHz */

void model_core_init(struct model_core *model, dapper_context *context)
{
	*model = (struct model_core){
		.cpuid = 0x410fc241, /* Cortex-M4 r0p1, DDI 0439 */
		.isar3 = 0x01111131,
		.mvfr = { 0x10110021, 0x11000011, 0 },
		.fp_ctrl = 0x00000260, /* 6 code, 2 literal comparators */
		.dwt_ctrl = 0x40000000,
		.dwt_mask_max = 15,
		.reset_pc = MODEL_RESET_PC,
		.context = context,
		.run = { .polls = MODEL_FOREVER },
		.countdown = MODEL_FOREVER,
	};
	for (size_t i = 0; i < ARRAY_SIZE(model->registers); i++)
		model->registers[i] = 0x11110000u + (uint32_t)i;
	model->registers[REGSEL_PC] = 0x400;
}

static void violate(struct model_core *model, const char *what)
{
	if (!model->violation[0])
		snprintf(model->violation, sizeof(model->violation), "%s", what);
}

/* --- running --------------------------------------------------------------------------------- */

/* True once the countdown has come to its end; never for MODEL_FOREVER. */
static bool count(int *countdown)
{
	if (*countdown < 0)
		return false;
	if (*countdown == 0)
		return true;
	--*countdown;
	return false;
}

static void enter_debug(struct model_core *model, uint32_t dfsr)
{
	model->is_halted = true;
	model->is_sleeping = false;
	model->is_locked_up = false;
	model->control |= SCS_DHCSR_C_HALT;
	model->dfsr |= dfsr;
}

static bool breakpoint_at(const struct model_core *model, uint32_t pc)
{
	bool is_v1 = FIELD_GET(FPB_FP_CTRL_REV, model->fp_ctrl) == 0;

	if (!(model->fp_ctrl & FPB_FP_CTRL_ENABLE))
		return false;
	for (size_t i = 0; i < MODEL_COMPARATORS; i++) {
		uint32_t comp = model->fp_comp[i];
		uint32_t half = FIELD_PREP(FPB_FP_COMP_REPLACE, pc & 2 ? 2 : 1);

		if (!(comp & 1))
			continue;
		if (is_v1 ? (comp & FPB_FP_COMP_COMP) == (pc & ~3u) && (comp & half)
			  : (comp & FPB_FP_COMP_BPADDR) == pc)
			return true;
	}
	return false;
}

static void finish_step(struct model_core *model)
{
	uint32_t *pc = &model->registers[REGSEL_PC];

	if (breakpoint_at(model, *pc)) {
		enter_debug(model, SCS_DFSR_BKPT);
		return;
	}
	*pc += 2;
	model->retired = true;
	enter_debug(model, SCS_DFSR_HALTED | model->step_dfsr);
}

static void finish_run(struct model_core *model)
{
	const struct model_run *run = &model->run;

	model->retired = true;
	if (run->locks_up) {
		model->is_locked_up = true;
		return;
	}
	model->registers[REGSEL_PC] = run->pc;
	model->registers[0] = run->r0;
	enter_debug(model, run->dfsr);
}

static void leave_debug(struct model_core *model)
{
	model->is_halted = false;
	model->is_ready = false;
	if (model->control & SCS_DHCSR_C_STEP) {
		model->steps++;
		model->countdown = model->step_polls;
		if (model->step_polls == 0)
			finish_step(model);
		return;
	}
	model->runs++;
	model->masked_runs += (model->control & SCS_DHCSR_C_MASKINTS) != 0;
	model->demcr_while_running = model->demcr;
	if (model->cancels_when_run)
		dapper_context_cancel(model->context);
	if (breakpoint_at(model, model->registers[REGSEL_PC]))
		enter_debug(model, SCS_DFSR_BKPT);
	else
		model->countdown = model->run.polls;
}

/* Something may have happened since DHCSR was last read. */
static void pass_time(struct model_core *model)
{
	if (model->reset_delay_countdown >= 0 && count(&model->reset_delay_countdown)) {
		model->reset_delay_countdown = MODEL_FOREVER;
		model_core_reset(model);
		return;
	}
	if (model->in_reset) {
		if (!model->pin_low && count(&model->reset_countdown))
			model->in_reset = false;
		return;
	}
	if (model->is_halted)
		return;
	if (model->control & SCS_DHCSR_C_HALT) {
		if (count(&model->countdown))
			enter_debug(model, SCS_DFSR_HALTED);
		return;
	}
	if (!(model->control & SCS_DHCSR_C_DEBUGEN) || !count(&model->countdown))
		return;
	if (model->control & SCS_DHCSR_C_STEP)
		finish_step(model);
	else
		finish_run(model);
}

/* --- reset ----------------------------------------------------------------------------------- */

void model_core_reset(struct model_core *model)
{
	model->resets++;
	model->in_reset = true;
	model->reset_countdown = model->reset_polls;
	model->saw_reset = true;
	model->retired = false;
	model->is_locked_up = model->is_sleeping = false;
	if (!model->reset_keeps_halt) {
		model->control &= ~SCS_DHCSR_C_HALT;
		model->is_halted = false;
		model->countdown = model->run.polls;
	}
	if (model->reset_clears_debug) {
		model->control = 0;
		model->demcr = 0;
		memset(model->fp_comp, 0, sizeof(model->fp_comp));
		model->fp_ctrl &= ~FPB_FP_CTRL_ENABLE;
	}
	if (model->reset_drops_port) {
		model->is_silent = true;
		model->ctrl_stat = 0;
	}
	model->registers[REGSEL_PC] = model->reset_pc;
	if ((model->demcr & SCS_DEMCR_VC_CORERESET) && !model->loses_catch &&
		(model->control & SCS_DHCSR_C_DEBUGEN))
		enter_debug(model, SCS_DFSR_VCATCH);
}

static void request_reset(struct model_core *model)
{
	if (model->reset_delay == 0)
		model_core_reset(model);
	else
		model->reset_delay_countdown = model->reset_delay;
}

/* --- registers ------------------------------------------------------------------------------- */

static uint32_t read_dhcsr(struct model_core *model)
{
	uint32_t value;

	pass_time(model);
	if (!model->is_ready && model->is_halted && count(&model->regrdy_countdown))
		model->is_ready = true;
	value = model->control;
	value |= model->saw_reset || model->in_reset ? SCS_DHCSR_S_RESET_ST : 0;
	value |= model->retired ? SCS_DHCSR_S_RETIRE_ST : 0;
	value |= model->is_locked_up ? SCS_DHCSR_S_LOCKUP : 0;
	value |= model->is_sleeping ? SCS_DHCSR_S_SLEEP : 0;
	value |= model->is_halted && !model->in_reset ? SCS_DHCSR_S_HALT : 0;
	value |= model->is_ready ? SCS_DHCSR_S_REGRDY : 0;
	model->saw_reset = false;
	model->retired = !model->is_halted && !model->in_reset && !model->is_sleeping;
	return value;
}

static void write_dhcsr(struct model_core *model, uint32_t value)
{
	uint32_t old = model->control;
	uint32_t changed = (old ^ value) & 0xf;
	uint32_t debugen = value & SCS_DHCSR_C_DEBUGEN;

	if (FIELD_GET(SCS_DHCSR_DBGKEY, value) != 0xa05f || model->forbids_debug)
		return;
	if ((value & SCS_DHCSR_C_HALT) && model->halt_writes > 0) {
		model->halt_writes--;
		return;
	}
	if ((changed & SCS_DHCSR_C_MASKINTS) && debugen && !(old & value & SCS_DHCSR_C_HALT))
		violate(model, "C_MASKINTS changed without C_HALT before and after");
	if ((changed & SCS_DHCSR_C_STEP) && !model->is_halted && (old & debugen))
		violate(model, "C_STEP changed while the core was running");
	model->control = debugen ? value & 0xf : 0;
	if (model->is_halted && !(model->control & SCS_DHCSR_C_HALT))
		leave_debug(model);
	else if (!model->is_halted && (model->control & ~old & SCS_DHCSR_C_HALT)) {
		model->countdown = model->halt_polls;
		if (model->returns_on_halt)
			finish_run(model);
	}
}

static void write_dcrsr(struct model_core *model, uint32_t value)
{
	uint32_t regsel = FIELD_GET(SCS_DCRSR_REGSEL, value);

	if (!model->is_halted)
		violate(model, "DCRSR written while the core was not halted");
	if (!model->is_ready && model->regrdy_countdown != 0)
		violate(model, "DCRSR written while a transfer was under way");
	model->is_ready = false;
	model->regrdy_countdown = model->regrdy_polls;
	if (value & SCS_DCRSR_REGWNR)
		model->registers[regsel] = model->dcrdr;
	else
		model->dcrdr = model->registers[regsel];
}

static uint32_t read_dcrdr(struct model_core *model)
{
	if (!model->is_ready)
		violate(model, "DCRDR read before S_REGRDY");
	return model->dcrdr;
}

static void write_aircr(struct model_core *model, uint32_t value)
{
	if (FIELD_GET(SCS_AIRCR_VECTKEY, value) == 0x05fa && (value & SCS_AIRCR_SYSRESETREQ))
		request_reset(model);
}

static bool is_ram(uint32_t address)
{
	return address >= MODEL_RAM_BASE && address - MODEL_RAM_BASE <= MODEL_RAM_SIZE - 4;
}

static size_t comparator_of(uint32_t address)
{
	return (address - FPB_FP_COMP(0)) / 4;
}

/* Registers that only hold something. */
static uint32_t *plain_register(struct model_core *model, uint32_t address)
{
	switch (address) {
	case SCS_CPUID:
		return &model->cpuid;
	case SCS_ID_PFR1:
		return &model->pfr1;
	case SCS_ID_ISAR0:
		return &model->isar0;
	case SCS_ID_ISAR3:
		return &model->isar3;
	case SCS_MVFR0:
		return &model->mvfr[0];
	case SCS_MVFR1:
		return &model->mvfr[1];
	case SCS_MVFR2:
		return &model->mvfr[2];
	case SCS_DEMCR:
		return &model->demcr;
	case SCS_DFSR:
		return &model->dfsr;
	case SCS_CFSR:
		return &model->run.cfsr;
	case SCS_HFSR:
		return &model->run.hfsr;
	case SCS_MMFAR:
		return &model->mmfar;
	case SCS_BFAR:
		return &model->bfar;
	case SCS_SFSR:
		return &model->sfsr;
	case SCS_SFAR:
		return &model->sfar;
	case FPB_FP_CTRL:
		return &model->fp_ctrl;
	case DWT_DWT_CTRL:
		if (!(model->demcr & SCS_DEMCR_TRCENA))
			violate(model, "DWT read without DEMCR.TRCENA");
		return &model->dwt_ctrl;
	}
	if (comparator_of(address) < MODEL_COMPARATORS)
		return &model->fp_comp[comparator_of(address)];
	return NULL;
}

/* One of the DWT's comparator registers, or NULL. */
static uint32_t *dwt_register(struct model_core *model, uint32_t address)
{
	uint32_t offset = address - DWT_DWT_COMP(0);
	uint32_t index = offset / 16;

	if (index >= MODEL_WATCHPOINTS || index >= FIELD_GET(DWT_DWT_CTRL_NUMCOMP, model->dwt_ctrl))
		return NULL;
	if (!(model->demcr & SCS_DEMCR_TRCENA))
		violate(model, "DWT accessed without DEMCR.TRCENA");
	switch (offset % 16) {
	case 0:
		return &model->dwt[index].comp;
	case 4:
		return model->dwt_mask_max ? &model->dwt[index].mask : NULL;
	case 8:
		return &model->dwt[index].function;
	}
	return NULL;
}

/* MATCHED clears by reading. */
static uint32_t read_dwt(struct model_core *model, uint32_t *reg)
{
	uint32_t value = *reg;

	for (size_t i = 0; i < MODEL_WATCHPOINTS; i++)
		if (reg == &model->dwt[i].function)
			*reg &= ~DWT_DWT_FUNCTION_MATCHED;
	return value;
}

static void write_dwt(struct model_core *model, uint32_t *reg, uint32_t value)
{
	*reg = value;
	for (size_t i = 0; i < MODEL_WATCHPOINTS; i++)
		if (reg == &model->dwt[i].mask && value > model->dwt_mask_max)
			*reg = model->dwt_mask_max;
}

/* @return false: FAULT. */
static bool read_bus(struct model_core *model, uint32_t address, uint32_t *value)
{
	uint32_t *plain = plain_register(model, address);
	uint32_t *dwt = dwt_register(model, address);

	*value = 0;
	if (address == model->absent && model->absent)
		return false;
	if (plain)
		*value = *plain;
	else if (dwt)
		*value = read_dwt(model, dwt);
	else if (address == SCS_DHCSR)
		*value = read_dhcsr(model);
	else if (address == SCS_DCRDR)
		*value = read_dcrdr(model);
	else if (is_ram(address))
		*value = get_le32(model->ram + (address - MODEL_RAM_BASE));
	else if (address == 4)
		*value = MODEL_RESET_PC | 1;
	else if (address != SCS_VTOR && address >= MODEL_VECTORS)
		return false;
	return true;
}

static bool write_bus(struct model_core *model, uint32_t address, uint32_t value)
{
	switch (address) {
	case SCS_DHCSR:
		write_dhcsr(model, value);
		return true;
	case SCS_DCRSR:
		write_dcrsr(model, value);
		return true;
	case SCS_DCRDR:
		model->dcrdr = value;
		return true;
	case SCS_DEMCR:
		model->demcr = value;
		return true;
	case SCS_DFSR:
		model->dfsr &= ~value;
		return true;
	case SCS_AIRCR:
		write_aircr(model, value);
		return true;
	case FPB_FP_CTRL:
		if (model->fp_ctrl_is_watched)
			violate(model, "the breakpoint unit was switched while firmware uses it");
		if (value & FPB_FP_CTRL_KEY)
			model->fp_ctrl = (model->fp_ctrl & ~1u) | (value & 1u);
		return true;
	}
	if (comparator_of(address) < MODEL_COMPARATORS) {
		model->fp_comp[comparator_of(address)] = value;
		return true;
	}
	if (dwt_register(model, address)) {
		write_dwt(model, dwt_register(model, address), value);
		return true;
	}
	if (!is_ram(address))
		return false;
	put_le32(model->ram + (address - MODEL_RAM_BASE), value);
	return true;
}

/* --- the least of a DP and an AHB-AP (IHI 0031) ----------------------------------------------- */

enum { STICKYERR = 1 << 5 };

static uint32_t read_dp(struct model_core *model, uint8_t reg)
{
	switch (reg) {
	case 0x0:
		return 0x2ba01477; /* DPv1 */
	case 0x4:
		return model->ctrl_stat;
	}
	return 0;
}

static void write_dp(struct model_core *model, uint8_t reg, uint32_t value)
{
	if (reg == 0x0 && (value & BIT(2)))
		model->ctrl_stat &= ~(uint32_t)STICKYERR;
	if (reg == 0x4) /* each power-up acknowledge is the bit above its request */
		model->ctrl_stat = (model->ctrl_stat & STICKYERR) | (value & 0x50000000u) |
		                   (value & 0x50000000u) << 1;
	if (reg == 0x8)
		model->select = value;
}

/* DRW and BD0..BD3; false: another register of the AP. */
static bool data_address(struct model_core *model, uint32_t reg, uint32_t *address)
{
	if (reg == 0x0c) {
		*address = model->tar;
		if (FIELD_GET(BITS(5, 4), model->csw) == 1)
			model->tar += 4;
		return true;
	}
	if (reg >= 0x10 && reg < 0x20) {
		*address = (model->tar & ~15u) + (reg - 0x10);
		return true;
	}
	return false;
}

static bool read_ap(struct model_core *model, uint8_t offset, uint32_t *value)
{
	uint32_t reg = (model->select & 0xf0) | offset;
	uint32_t address;

	*value = 0;
	if (FIELD_GET(BITS(31, 24), model->select) != 0)
		return true;
	if (data_address(model, reg, &address))
		return read_bus(model, address, value);
	switch (reg) {
	case 0x00:
		*value = model->csw;
		break;
	case 0x04:
		*value = model->tar;
		break;
	case 0xf8:
		*value = 0xe00ff003;
		break;
	case 0xfc:
		*value = 0x24770011; /* AHB3-AP */
		break;
	}
	return true;
}

static bool write_ap(struct model_core *model, uint8_t offset, uint32_t value)
{
	uint32_t reg = (model->select & 0xf0) | offset;
	uint32_t address;

	if (FIELD_GET(BITS(31, 24), model->select) != 0)
		return true;
	if (data_address(model, reg, &address))
		return write_bus(model, address, value);
	if (reg == 0x00)
		model->csw = value | BIT(6);
	if (reg == 0x04)
		model->tar = value;
	return true;
}

/* --- the probe ------------------------------------------------------------------------------- */

static dapper_ack access_word(
	struct model_core *model, const dapper_transfer *t, bool is_read, uint32_t *word)
{
	bool ok = true;

	model->transfers++;
	if (model->transfers == model->silent_at) {
		model->silent_at = 0;
		model->is_silent = true;
	}
	model->now_ns += TRANSFER_NS;
	if (model->is_silent)
		return DAPPER_ACK_SILENT;
	if (t->ap && (model->ctrl_stat & STICKYERR))
		return DAPPER_ACK_FAULT;
	if (t->ap)
		ok = is_read ? read_ap(model, t->reg, word) : write_ap(model, t->reg, *word);
	else if (is_read)
		*word = read_dp(model, t->reg);
	else
		write_dp(model, t->reg, *word);
	if (!ok)
		model->ctrl_stat |= STICKYERR;
	return ok ? DAPPER_ACK_OK : DAPPER_ACK_FAULT;
}

static dapper_ack poll(struct model_core *model, const dapper_transfer *t)
{
	for (uint32_t i = 0; i <= t->retries; i++) {
		uint32_t word = 0;
		dapper_ack ack = access_word(model, t, true, &word);

		if (ack != DAPPER_ACK_OK)
			return ack;
		if ((word & t->mask) == t->value)
			return DAPPER_ACK_OK;
	}
	return DAPPER_ACK_MISMATCH;
}

static dapper_ack run_block(struct model_core *model, const dapper_transfer *t, size_t *words)
{
	bool is_read = t->kind == DAPPER_TRANSFER_READ_BLOCK;

	for (size_t i = 0; i < t->count; i++) {
		uint32_t word = is_read ? 0 : get_le32(t->out + 4 * i);
		dapper_ack ack = access_word(model, t, is_read, &word);

		*words = i;
		if (ack != DAPPER_ACK_OK)
			return ack;
		if (is_read)
			put_le32(t->in + 4 * i, word);
	}
	*words = 0;
	return DAPPER_ACK_OK;
}

static dapper_ack run_transfer(struct model_core *model, const dapper_transfer *t, size_t *words)
{
	uint32_t word = t->value;
	dapper_ack ack;

	switch (t->kind) {
	case DAPPER_TRANSFER_READ:
		ack = access_word(model, t, true, &word);
		if (ack == DAPPER_ACK_OK && t->word)
			*t->word = word;
		return ack;
	case DAPPER_TRANSFER_WRITE:
		return access_word(model, t, false, &word);
	case DAPPER_TRANSFER_READ_BLOCK:
	case DAPPER_TRANSFER_WRITE_BLOCK:
		return run_block(model, t, words);
	case DAPPER_TRANSFER_READ_UNTIL_MATCH:
		break;
	}
	return poll(model, t);
}

static dapper_status fail_ack(dapper_ack ack)
{
	switch ((int)ack) {
	case DAPPER_ACK_FAULT:
		return dapper_fail(DAPPER_ERR_FAULT, "target answered FAULT");
	case DAPPER_ACK_MISMATCH:
		return dapper_fail(DAPPER_ERR_MISMATCH, "register did not match");
	}
	return dapper_fail(DAPPER_ERR_NO_ACK, "target does not answer");
}

static dapper_status model_run_batch(void *driver_data, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result)
{
	struct model_core *model = driver_data;

	(void)timeout_ms;
	for (size_t i = 0; i < count; i++) {
		size_t words = 0;
		dapper_ack ack;

		if (model->fail_at && model->transfers + 1 >= model->fail_at) {
			model->fail_at = 0;
			*result = (dapper_batch_result){ .completed = i };
			return dapper_fail(DAPPER_ERR_PROBE_IO, "the cable was pulled");
		}
		ack = run_transfer(model, &batch[i], &words);
		*result = (dapper_batch_result){ .completed = i, .words = words, .ack = ack };
		if (ack != DAPPER_ACK_OK)
			return fail_ack(ack);
	}
	result->completed = count;
	return DAPPER_OK;
}

static dapper_status model_connect(
	void *driver_data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	(void)driver_data;
	(void)wire;
	*actual_hz = clock_hz;
	return DAPPER_OK;
}

static dapper_status model_disconnect(void *driver_data)
{
	(void)driver_data;
	return DAPPER_OK;
}

static dapper_status model_swj_sequence(void *driver_data, size_t bit_count, const uint8_t *bits)
{
	struct model_core *model = driver_data;

	(void)bits;
	if (bit_count >= 50)
		model->is_silent = false;
	return DAPPER_OK;
}

static dapper_status model_drive_reset(void *driver_data, bool assert_reset)
{
	struct model_core *model = driver_data;

	if (assert_reset && !model->pin_low)
		request_reset(model);
	model->pin_low = assert_reset;
	return DAPPER_OK;
}

static uint64_t model_now_ns(void *driver_data)
{
	return ((struct model_core *)driver_data)->now_ns;
}

static void model_sleep_ns(void *driver_data, uint64_t ns)
{
	((struct model_core *)driver_data)->now_ns += ns;
}

static void model_close(void *driver_data)
{
	(void)driver_data;
}

static const dapper_probe_ops model_ops = {
	.connect = model_connect,
	.disconnect = model_disconnect,
	.run_batch = model_run_batch,
	.swj_sequence = model_swj_sequence,
	.drive_reset = model_drive_reset,
	.now_ns = model_now_ns,
	.sleep_ns = model_sleep_ns,
	.close = model_close,
};

static const dapper_probe_driver model_driver = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "model",
	.description = "A model of a core; for unit tests",
	.ops = &model_ops,
};

dapper_probe *model_core_probe(struct model_core *model)
{
	dapper_probe_info info = { .unique_id = "model" };
	dapper_probe *probe = NULL;

	model->reset_delay_countdown = MODEL_FOREVER;
	assert_ok(probe_create(model->context, &model_driver, model, &info, &probe));
	return probe;
}
