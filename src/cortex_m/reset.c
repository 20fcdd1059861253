/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resets: by AIRCR.SYSRESETREQ (Armv7-M ARM, DDI 0403E.e, B3.2.6) and by the nRESET pin, and the
 * halt after them by DEMCR.VC_CORERESET (C1.6.5).
 *
 * What a reset does to the debug logic differs from part to part: from nothing to losing the debug
 * port and all debug registers. So everything is looked at afterwards, and made good.
 */
#include <inttypes.h>

#include "base/context.h"
#include "cortex_m/core.h"

enum {
	RECOVER_TIMEOUT_MS = 2000, /* until the debug port answers */
	RESET_TIMEOUT_MS = 2000,   /* until the core is out of reset */
	UNSEEN_RESET_MS = 100,     /* until we believe that there was none */
	RETRY_MS = 10,
	CATCH_TIMEOUT_MS = 500, /* until the vector catch must have halted the core */
	DHCSR_READS = 4,
};

/* A bad answer of the target, as is to be expected of one that is being reset. */
static bool is_target_error(dapper_status status)
{
	return status <= DAPPER_ERR_NO_ACK && status > DAPPER_ERR_NO_CORE;
}

/* --- resetting ------------------------------------------------------------------------------- */

/* What both kinds need: a fresh DFSR, S_RESET_ST cleared by reading DHCSR, the catch armed. */
static void queue_prepare(
	struct cortex_m *core, struct batch *batch, uint32_t demcr, bool halt_after)
{
	mem_ap_queue_write32(core->ap, batch, SCS_DFSR, SCS_DFSR_ALL);
	if (halt_after)
		mem_ap_queue_banked_write32(
			core->ap, batch, SCS_DEMCR, demcr | SCS_DEMCR_VC_CORERESET);
	mem_ap_queue_banked_read32(core->ap, batch, SCS_DHCSR, NULL);
}

static dapper_status reset_by_register(struct cortex_m *core, uint32_t demcr, bool halt_after)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	queue_prepare(core, &batch, demcr, halt_after);
	mem_ap_queue_write32(
		core->ap, &batch, SCS_AIRCR, SCS_AIRCR_VECTKEY_KEY | SCS_AIRCR_SYSRESETREQ);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	/* The reset may have cut its own acknowledge off. Whether there was one is seen next. */
	return is_target_error(status) ? DAPPER_OK : status;
}

static dapper_status reset_by_pin(struct cortex_m *core, uint32_t demcr, bool halt_after)
{
	const struct cortex_m_host *host = &core->host;
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (!host->drive_reset)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "nobody can drive the nRESET pin");
	queue_prepare(core, &batch, demcr, halt_after);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	/* The pin is what is left when the debug port does not answer. */
	if (status != DAPPER_OK && !is_target_error(status))
		return status;
	/* How long it is held is in the first call: the SoC knows. */
	TRY(host->drive_reset(host->data, true));
	return host->drive_reset(host->data, false);
}

/* --- afterwards ------------------------------------------------------------------------------ */

/* Several readings in one go: S_RESET_ST clears by reading, so the last tells what is now, and any
 * of them that there was a reset. */
static dapper_status look_for_reset(struct cortex_m *core, bool *seen, uint32_t *last)
{
	struct batch batch = BATCH_INIT;
	uint32_t dhcsr[DHCSR_READS] = { 0 };
	dapper_status status;

	for (size_t i = 0; i < DHCSR_READS; i++)
		mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &dhcsr[i]);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(status);
	for (size_t i = 0; i < DHCSR_READS; i++)
		*seen = *seen || (dhcsr[i] & SCS_DHCSR_S_RESET_ST);
	*last = dhcsr[DHCSR_READS - 1];
	return DAPPER_OK;
}

static dapper_status fail_stuck(uint32_t dhcsr)
{
	dapper_fail(DAPPER_ERR_TIMEOUT,
		"the core stays in reset for more than %d ms (DHCSR 0x%08" PRIx32 ")",
		RESET_TIMEOUT_MS, dhcsr);
	return dapper_fail_hint(
		DAPPER_ERR_TIMEOUT, "something else holds nRESET, or the supply is too low");
}

static dapper_status wait_out_of_reset(struct cortex_m *core, uint32_t *dhcsr)
{
	struct deadline deadline = deadline_in_ms(core->target.clock, RESET_TIMEOUT_MS);
	struct deadline unseen = deadline_in_ms(core->target.clock, UNSEEN_RESET_MS);
	bool seen = false;

	for (;;) {
		dapper_status status = look_for_reset(core, &seen, dhcsr);
		bool in_reset = *dhcsr & SCS_DHCSR_S_RESET_ST;

		if (status == DAPPER_OK && seen && !in_reset)
			return DAPPER_OK;
		if (status == DAPPER_OK && !seen && deadline_passed(&unseen)) {
			log_warning(core->target.context, DAPPER_LOG_TARGET,
				"core %s: no reset was seen (DHCSR.S_RESET_ST)",
				core->target.node.name);
			return DAPPER_OK;
		}
		if (status != DAPPER_OK && !is_target_error(status))
			return status;
		if (deadline_passed(&deadline))
			return status == DAPPER_OK ? fail_stuck(*dhcsr) : status;
		clock_sleep_ms(core->target.clock, RETRY_MS);
	}
}

/* Debug registers that the reset took. */
static dapper_status repair(struct cortex_m *core, uint32_t demcr, uint32_t dhcsr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (dhcsr & SCS_DHCSR_C_DEBUGEN)
		return DAPPER_OK;
	control_queue_write(core, &batch, 0);
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr);
	fpb_queue_restore(core, &batch);
	dwt_queue_restore(core, &batch);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}

/*
 * A reset ends a halt (C1.6.2: it clears C_HALT), unless something halts the core anew. That a part
 * disagrees is corrected: it shows by DFSR, which has been cleared before the reset.
 */
static dapper_status ensure_running(struct cortex_m *core, uint32_t dhcsr)
{
	struct batch batch = BATCH_INIT;
	uint32_t dfsr = 0;
	dapper_status status;

	if (!(dhcsr & SCS_DHCSR_S_HALT))
		return DAPPER_OK;
	TRY(mem_ap_read32(core->ap, SCS_DFSR, &dfsr));
	if (dfsr & SCS_DFSR_ALL)
		return DAPPER_OK;
	control_queue_write(core, &batch, 0);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}

static dapper_status put_demcr_back(struct cortex_m *core, uint32_t demcr)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	return status;
}

/* Is the halted core where a reset leaves it? The vector table may be unreadable: then pc counts
 * for right. */
static dapper_status check_catch(struct cortex_m *core, uint32_t demcr)
{
	struct batch batch = BATCH_INIT;
	uint32_t dfsr = 0, vtor = 0, pc = 0, vector = 0;
	dapper_status status;

	registers_queue_read(core, &batch, REGSEL_PC, &pc);
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr);
	mem_ap_queue_read32(core->ap, &batch, SCS_DFSR, &dfsr);
	mem_ap_queue_read32(core->ap, &batch, SCS_VTOR, &vtor);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	TRY(registers_explain(core, status));

	if (!(dfsr & SCS_DFSR_VCATCH))
		log_warning(core->target.context, DAPPER_LOG_TARGET,
			"core %s halted after the reset, but not by the vector catch (DFSR "
			"0x%08" PRIx32 ", pc 0x%08" PRIx32 ")",
			core->target.node.name, dfsr, pc);
	if (mem_ap_read32(core->ap, vtor + 4, &vector) != DAPPER_OK)
		error_clear();
	else if (pc != (vector & ~1u))
		log_warning(core->target.context, DAPPER_LOG_TARGET,
			"core %s halted at pc 0x%08" PRIx32 ", the reset vector is 0x%08" PRIx32,
			core->target.node.name, pc, vector);
	return DAPPER_OK;
}

static dapper_status ensure_halted(struct cortex_m *core, uint32_t demcr)
{
	struct deadline deadline = deadline_in_ms(core->target.clock, CATCH_TIMEOUT_MS);
	uint32_t dhcsr = 0;
	dapper_status status = control_wait_halted(core, &deadline, &dhcsr);

	if (status == DAPPER_OK)
		return check_catch(core, demcr);
	if (status != DAPPER_ERR_MISMATCH)
		return status;
	log_warning(core->target.context, DAPPER_LOG_TARGET,
		"core %s ran after the reset, the vector catch was lost: halted by force",
		core->target.node.name);
	TRY(put_demcr_back(core, demcr));
	return cortex_m_halt(&core->target);
}

dapper_status cortex_m_reset(struct dapper_target *target, dapper_reset_type type, bool halt_after)
{
	struct cortex_m *core = cortex_m_of(target);
	uint32_t demcr = 0, dhcsr = 0;
	bool by_pin = type == DAPPER_RESET_HARDWARE;
	dapper_status status;

	core->step_pc_known = false;
	core->demcr_known = false;
	status = demcr_read(core, &demcr);
	core->demcr_known = false;
	if (status != DAPPER_OK && !(by_pin && is_target_error(status)))
		return status;
	TRY(by_pin ? reset_by_pin(core, demcr, halt_after)
		   : reset_by_register(core, demcr, halt_after));
	dp_invalidate(core->dp);
	TRY(dp_recover(core->dp, RECOVER_TIMEOUT_MS));
	TRY(wait_out_of_reset(core, &dhcsr));
	TRY(repair(core, demcr, dhcsr));
	core->kept_control = 0;
	return halt_after ? ensure_halted(core, demcr) : ensure_running(core, dhcsr);
}
