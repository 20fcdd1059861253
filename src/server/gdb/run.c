/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run control: vCont and its older forms, stop replies. All-stop: when one core stops, all do.
 * Nothing waits for long; gdb_run_a_while() is called again and again, with a look at the client
 * between.
 */
#include <dapper/plugin/error.h>

#include <string.h>

#include "gdb.h"

enum {
	SLICE_MS = 20,
	STEPS_IN_SLICE = 256,
	LOOK_EVERY = 8,     /* slices between looks for a lock-up */
	FAILURES_MAX = 100, /* slices in which the target may be out of reach, e.g. in reset */
};

/* --- stop replies ------------------------------------------------------------------------------ */

/* Which signal a fault is like, by the exception number in IPSR (Armv7-M ARM, DDI 0403E.e, B1.5.2;
 * 7 is Armv8-M's SecureFault). */
static enum gdb_signal signal_of_fault(struct gdb_core *core)
{
	static const uint8_t signals[] = {
		[2] = GDB_SIGINT,
		[3] = GDB_SIGSEGV,
		[4] = GDB_SIGSEGV,
		[5] = GDB_SIGBUS,
		[6] = GDB_SIGILL,
		[7] = GDB_SIGSEGV,
	};
	uint64_t xpsr = 0;
	size_t exception;

	if (gdb_read_named(core, "xpsr", &xpsr) != DAPPER_OK)
		return GDB_SIGTRAP;
	exception = xpsr & 0x1ff;
	if (exception >= GDB_COUNT(signals) || !signals[exception])
		return GDB_SIGTRAP;
	return (enum gdb_signal)signals[exception];
}

static void put_watchpoint(struct gdb *gdb, struct gdb_core *core)
{
	static const char *const names[] = {
		[DAPPER_WATCH_READ] = "rwatch",
		[DAPPER_WATCH_WRITE] = "watch",
		[DAPPER_WATCH_ACCESS] = "awatch",
	};
	dapper_watch watch = DAPPER_WATCH_WRITE;
	uint64_t address = 0;

	if (dapper_target_get_watchpoint_hit(core->target, &address, &watch) != DAPPER_OK)
		return;
	text_put_format(&gdb->reply, "%s:%llx;", names[watch], (unsigned long long)address);
}

static void put_breakpoint(struct gdb *gdb, struct gdb_core *core)
{
	const struct gdb_breakpoint *breakpoint;
	uint64_t pc = 0;

	if (gdb_read_named(core, "pc", &pc) != DAPPER_OK)
		return;
	breakpoint = gdb_find_breakpoint(gdb, pc);
	if (!breakpoint)
		return;
	if (breakpoint->was_hardware && gdb->reports_hwbreak)
		text_put_string(&gdb->reply, "hwbreak:;");
	else if (!breakpoint->was_hardware && gdb->reports_swbreak)
		text_put_string(&gdb->reply, "swbreak:;");
}

static void reply_stop(
	struct gdb *gdb, struct gdb_core *core, unsigned signal, dapper_halt_reason reason)
{
	gdb->stopped = gdb->selected = (size_t)(core - gdb->cores);
	/* A failure shows when GDB asks for them. */
	(void)gdb_fetch_registers(core);
	gdb_reply(gdb, "T");
	text_put_format(&gdb->reply, "%02x", signal);
	if (reason == DAPPER_HALT_WATCHPOINT)
		put_watchpoint(gdb, core);
	if (reason == DAPPER_HALT_BREAKPOINT)
		put_breakpoint(gdb, core);
	gdb_put_expedited(gdb, core);
	text_put_format(&gdb->reply, "thread:%zx;core:%zx;", gdb->stopped + 1, gdb->stopped);
}

/* A core has stopped: the others too, and say so. */
static void stop(struct gdb *gdb, struct gdb_core *core, unsigned signal, dapper_halt_reason reason)
{
	gdb->is_running = false;
	if (gdb_halt_all(gdb) != DAPPER_OK) {
		/* Then the registers that GDB asks for will not come, with the reason. */
		gdb_forget(gdb);
	}
	if (reason == DAPPER_HALT_VECTOR_CATCH)
		signal = signal_of_fault(core);
	reply_stop(gdb, core, signal, reason);
}

void gdb_handle_why(struct gdb *gdb, struct scan *scan)
{
	struct gdb_core *core = &gdb->cores[gdb->stopped];
	dapper_halt_reason reason = DAPPER_HALT_NONE;
	unsigned signal = GDB_SIGTRAP;

	(void)scan;
	if (gdb->was_killed) {
		gdb_reply(gdb, "W00");
		return;
	}
	/* Cores that run although nobody continued them: after a `monitor reset`. */
	if (gdb_any_running(gdb) && gdb_halt_all(gdb) != DAPPER_OK) {
		gdb_reply_last_error(gdb);
		return;
	}
	if (dapper_target_get_halt_reason(core->target, &reason) == DAPPER_OK &&
		reason == DAPPER_HALT_VECTOR_CATCH)
		signal = signal_of_fault(core);
	reply_stop(gdb, core, signal, DAPPER_HALT_NONE);
}

/* --- resuming ---------------------------------------------------------------------------------- */

/* Steps are made slice by slice; only cores that continue are let go here. */
static dapper_status resume_all(struct gdb *gdb)
{
	for (size_t i = 0; i < gdb->core_count; i++) {
		struct gdb_core *core = &gdb->cores[i];
		dapper_status status;

		if (core->action != GDB_CONTINUE || core->is_running)
			continue;
		status = dapper_target_resume(core->target);
		if (status != DAPPER_OK)
			return status;
		core->is_running = true;
	}
	return DAPPER_OK;
}

static void start(struct gdb *gdb)
{
	gdb_forget(gdb);
	gdb->is_interrupted = false;
	gdb->run_failures = 0;
	gdb->slices = 0;
	gdb->was_killed = false;
	if (gdb_settle_points(gdb) != DAPPER_OK || resume_all(gdb) != DAPPER_OK) {
		gdb_reply_last_error(gdb);
		return;
	}
	gdb->is_running = true;
}

static void act_on_all(struct gdb *gdb, enum gdb_action action)
{
	for (size_t i = 0; i < gdb->core_count; i++)
		gdb->cores[i].action = action;
}

/* c and s: an address to go on at may follow. */
static void resume_at(struct gdb *gdb, struct scan *scan, enum gdb_action action)
{
	struct gdb_core *core = gdb_selected(gdb);
	uint64_t address;

	if (scan_hex(scan, &address) && gdb_write_named(core, "pc", address) != DAPPER_OK) {
		gdb_reply_last_error(gdb);
		return;
	}
	act_on_all(gdb, action == GDB_STEP ? GDB_STAY : GDB_CONTINUE);
	core->action = action;
	core->step_start = core->step_end = 0;
	start(gdb);
}

void gdb_handle_continue(struct gdb *gdb, struct scan *scan)
{
	resume_at(gdb, scan, GDB_CONTINUE);
}

void gdb_handle_step(struct gdb *gdb, struct scan *scan)
{
	resume_at(gdb, scan, GDB_STEP);
}

/* "SIGNAL[;ADDRESS]": bare metal knows no signals. */
static void skip_signal(struct scan *scan)
{
	uint64_t signal;

	(void)scan_hex(scan, &signal);
	(void)scan_char(scan, ';');
}

void gdb_handle_continue_signal(struct gdb *gdb, struct scan *scan)
{
	skip_signal(scan);
	resume_at(gdb, scan, GDB_CONTINUE);
}

void gdb_handle_step_signal(struct gdb *gdb, struct scan *scan)
{
	skip_signal(scan);
	resume_at(gdb, scan, GDB_STEP);
}

/* --- vCont ------------------------------------------------------------------------------------- */

void gdb_handle_vcont_query(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "vCont;c;C;s;S;r");
}

struct wish {
	enum gdb_action action;
	uint64_t start;
	uint64_t end;
};

static bool scan_wish(struct scan *scan, struct wish *wish)
{
	uint64_t signal;

	*wish = (struct wish){ .action = GDB_STEP };
	if (scan_char(scan, 'c') || scan_char(scan, 'C'))
		wish->action = GDB_CONTINUE;
	else if (scan_char(scan, 'r'))
		return scan_hex(scan, &wish->start) && scan_char(scan, ',') &&
		       scan_hex(scan, &wish->end);
	else if (!scan_char(scan, 's') && !scan_char(scan, 'S'))
		return false;
	(void)scan_hex(scan, &signal);
	return true;
}

static void apply(struct gdb_core *core, const struct wish *wish, bool *is_taken)
{
	if (*is_taken)
		return;
	*is_taken = true;
	core->action = wish->action;
	core->step_start = wish->start;
	core->step_end = wish->end;
}

/* "ACTION[:THREAD][;ACTION[:THREAD]]...": for each thread the first that names it, or nobody. */
static bool scan_actions(struct gdb *gdb, struct scan *scan)
{
	bool is_taken[GDB_CORES_MAX] = { false };
	struct wish wish;

	act_on_all(gdb, GDB_STAY);
	do {
		struct gdb_core *one = NULL;
		bool is_for_all;

		if (!scan_wish(scan, &wish))
			return false;
		is_for_all = !scan_char(scan, ':') || scan_word(scan, "-1");
		if (!is_for_all)
			one = gdb_find_core(gdb, scan);
		if (!is_for_all && !one)
			return false;
		for (size_t i = 0; i < gdb->core_count; i++)
			if (is_for_all || one == &gdb->cores[i])
				apply(&gdb->cores[i], &wish, &is_taken[i]);
	} while (scan_char(scan, ';'));
	return scan_at_end(scan);
}

void gdb_handle_vcont(struct gdb *gdb, struct scan *scan)
{
	if (!scan_actions(gdb, scan))
		gdb_reply_error(gdb, "the vCont packet is malformed");
	else
		start(gdb);
}

/* --- while it runs ----------------------------------------------------------------------------- */

static bool is_probe_lost(dapper_status status)
{
	return status == DAPPER_ERR_PROBE_GONE || status == DAPPER_ERR_PROBE_IO ||
	       status == DAPPER_ERR_CANCELLED;
}

/* The target may be out of reach for a while: it is being reset, or has lost its power. */
static void take_failure(struct gdb *gdb, struct gdb_core *core, dapper_status status)
{
	const dapper_error *error = dapper_error_last();
	bool is_lost = is_probe_lost(status);

	if (!is_lost && ++gdb->run_failures < FAILURES_MAX)
		return;
	if (gdb->host.send) {
		struct text *line = &gdb->reply;

		text_clear(line);
		text_put_format(line, "dapper: the target cannot be reached: %s\n", error->message);
		gdb->host.send(gdb->host.payload, line->data, line->size);
	}
	gdb->is_running = false;
	if (is_lost) {
		gdb->lost = status;
		gdb_reply(gdb, "X09");
		return;
	}
	reply_stop(gdb, core, GDB_SIGSEGV, DAPPER_HALT_NONE);
}

/* Locked up, it will not halt by itself. */
static bool is_locked_up(struct gdb *gdb, struct gdb_core *core)
{
	dapper_target_state state = DAPPER_STATE_UNKNOWN;

	if (++gdb->slices % LOOK_EVERY != 0)
		return false;
	return dapper_target_get_state(core->target, &state) == DAPPER_OK &&
	       state == DAPPER_STATE_LOCKUP;
}

static void watch_core(struct gdb *gdb, struct gdb_core *core)
{
	uint32_t ms = SLICE_MS / (uint32_t)gdb->core_count;
	dapper_status status = dapper_target_wait_halted(core->target, ms);
	dapper_halt_reason reason = DAPPER_HALT_REQUEST;

	if (status == DAPPER_ERR_TIMEOUT) {
		gdb->run_failures = 0;
		if (is_locked_up(gdb, core))
			stop(gdb, core, GDB_SIGSEGV, DAPPER_HALT_REQUEST);
		return;
	}
	if (status == DAPPER_OK)
		status = dapper_target_get_halt_reason(core->target, &reason);
	if (status != DAPPER_OK) {
		take_failure(gdb, core, status);
		return;
	}
	core->is_running = false;
	stop(gdb, core, GDB_SIGTRAP, reason);
}

static void step_core(struct gdb *gdb, struct gdb_core *core)
{
	bool is_range = core->step_end > core->step_start;
	dapper_halt_reason reason = DAPPER_HALT_REQUEST;
	uint64_t pc = 0;
	dapper_status status = dapper_target_step_range(core->target, core->step_start,
		core->step_end, is_range ? STEPS_IN_SLICE : 1, &pc, &reason);

	if (status != DAPPER_OK) {
		/* Steps are not tried again: it is not known how far this one came. */
		gdb->run_failures = FAILURES_MAX;
		take_failure(gdb, core, status);
		return;
	}
	if (is_range && reason == DAPPER_HALT_REQUEST && pc >= core->step_start &&
		pc < core->step_end)
		return;
	stop(gdb, core, GDB_SIGTRAP, reason);
}

/* One stop is reported; what another core has stopped for in the same moment it will again. */
void gdb_run_a_while(struct gdb *gdb)
{
	gdb->has_reply = false;
	for (size_t i = 0; i < gdb->core_count && gdb->is_running; i++) {
		struct gdb_core *core = &gdb->cores[i];

		if (core->action == GDB_STEP)
			step_core(gdb, core);
		else if (core->is_running)
			watch_core(gdb, core);
	}
	if (gdb->is_running && gdb->is_interrupted) {
		gdb->is_interrupted = false;
		stop(gdb, &gdb->cores[gdb->stopped], GDB_SIGINT, DAPPER_HALT_REQUEST);
	}
}

/* Of a target that has stopped already GDB knows, or will. */
void gdb_interrupt(struct gdb *gdb)
{
	gdb->is_interrupted = true;
}
