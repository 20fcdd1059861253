/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Break- and watchpoints: Z0 to Z4. Z0 in RAM is an instruction written there, which no reader of
 * memory gets to see; elsewhere it is a hardware breakpoint.
 *
 * GDB removes all breakpoints at every stop and sets them again before it goes on: hardware ones
 * stay in their comparators meanwhile, and are only really removed when the target runs without.
 */
#include <dapper/plugin/error.h>

#include <string.h>

#include "gdb.h"

/* BKPT #0 (Armv7-M ARM, DDI 0403E.e, A7.7.17) */
static const uint8_t bkpt[GDB_BKPT_SIZE] = { 0x00, 0xbe };

const struct gdb_breakpoint *gdb_find_breakpoint(const struct gdb *gdb, uint64_t address)
{
	for (size_t i = 0; i < gdb->breakpoint_count; i++)
		if (gdb->breakpoints[i].address == address && !gdb->breakpoints[i].is_doomed)
			return &gdb->breakpoints[i];
	return NULL;
}

static struct gdb_breakpoint *find(struct gdb *gdb, uint64_t address, bool is_hardware)
{
	for (size_t i = 0; i < gdb->breakpoint_count; i++)
		if (gdb->breakpoints[i].address == address &&
			gdb->breakpoints[i].was_hardware == is_hardware)
			return &gdb->breakpoints[i];
	return NULL;
}

/* --- in RAM ------------------------------------------------------------------------------------ */

static bool is_ram(const struct gdb *gdb, uint64_t address)
{
	const dapper_region *region =
		dapper_memory_map_find(dapper_target_get_memory_map(gdb->host.target), address);

	return region && region->type == DAPPER_REGION_RAM;
}

/* Calls for each byte of a breakpoint that lies in [address, address + size). */
static void for_each_byte(const struct gdb *gdb, uint64_t address, size_t size,
	void (*visit)(const struct gdb_breakpoint *breakpoint, size_t byte, uint8_t *data),
	uint8_t *data)
{
	for (size_t i = 0; i < gdb->breakpoint_count; i++) {
		const struct gdb_breakpoint *breakpoint = &gdb->breakpoints[i];

		for (size_t b = 0; b < GDB_BKPT_SIZE && breakpoint->is_in_ram; b++)
			if (breakpoint->address + b - address < size)
				visit(breakpoint, b, data + (breakpoint->address + b - address));
	}
}

static void show_original(const struct gdb_breakpoint *breakpoint, size_t byte, uint8_t *data)
{
	*data = breakpoint->original[byte];
}

void gdb_hide_breakpoints(const struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	for_each_byte(gdb, address, size, show_original, data);
}

void gdb_keep_breakpoints(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size)
{
	for (size_t i = 0; i < gdb->breakpoint_count; i++) {
		struct gdb_breakpoint *breakpoint = &gdb->breakpoints[i];

		for (size_t b = 0; b < GDB_BKPT_SIZE && breakpoint->is_in_ram; b++) {
			uint64_t offset = breakpoint->address + b - address;

			if (offset >= size)
				continue;
			breakpoint->original[b] = data[offset];
			data[offset] = bkpt[b];
		}
	}
}

static dapper_status set_in_ram(struct gdb *gdb, struct gdb_breakpoint *breakpoint)
{
	dapper_status status =
		gdb_read_memory(gdb, breakpoint->address, breakpoint->original, GDB_BKPT_SIZE);

	breakpoint->is_in_ram = true;
	if (status != DAPPER_OK)
		return status;
	gdb_forget_memory(gdb);
	return dapper_target_write_memory(
		gdb_selected(gdb)->target, breakpoint->address, bkpt, GDB_BKPT_SIZE);
}

static dapper_status clear_in_ram(struct gdb *gdb, const struct gdb_breakpoint *breakpoint)
{
	gdb_forget_memory(gdb);
	return dapper_target_write_memory(gdb_selected(gdb)->target, breakpoint->address,
		breakpoint->original, GDB_BKPT_SIZE);
}

/* --- in hardware: on every core ---------------------------------------------------------------- */

static dapper_status clear_on_cores(struct gdb *gdb, uint64_t address, size_t count)
{
	dapper_status result = DAPPER_OK;

	for (size_t i = 0; i < count; i++) {
		dapper_status status =
			dapper_target_clear_breakpoint(gdb->cores[i].target, address);

		if (status != DAPPER_OK)
			result = status;
	}
	return result;
}

static dapper_status set_on_cores(struct gdb *gdb, uint64_t address)
{
	for (size_t i = 0; i < gdb->core_count; i++) {
		dapper_status status = dapper_target_set_breakpoint(gdb->cores[i].target, address);

		if (status != DAPPER_OK) {
			/* The reason for the failure is the first. */
			if (i > 0)
				(void)clear_on_cores(gdb, address, i);
			return status;
		}
	}
	return DAPPER_OK;
}

/* --- breakpoints ------------------------------------------------------------------------------- */

static dapper_status clear_breakpoint(struct gdb *gdb, struct gdb_breakpoint *breakpoint);

dapper_status gdb_settle_points(struct gdb *gdb)
{
	dapper_status result = DAPPER_OK;

	for (size_t i = gdb->breakpoint_count; i-- > 0;) {
		dapper_status status = DAPPER_OK;

		if (gdb->breakpoints[i].is_doomed)
			status = clear_breakpoint(gdb, &gdb->breakpoints[i]);
		result = status == DAPPER_OK ? result : status;
	}
	return result;
}

/* Those that are only waiting to be removed make room. */
static dapper_status set_in_hardware(struct gdb *gdb, uint64_t address)
{
	dapper_status status = set_on_cores(gdb, address);

	if (status != DAPPER_ERR_NO_RESOURCE)
		return status;
	(void)gdb_settle_points(gdb);
	return set_on_cores(gdb, address);
}

static dapper_status set_breakpoint(struct gdb *gdb, uint64_t address, bool is_hardware)
{
	struct gdb_breakpoint made = { .address = address, .was_hardware = is_hardware };
	struct gdb_breakpoint *known = find(gdb, address, is_hardware);
	dapper_status status;

	if (known) {
		known->is_doomed = false;
		return DAPPER_OK;
	}
	if (gdb->breakpoint_count == GDB_BREAKPOINTS_MAX)
		return dapper_fail(
			DAPPER_ERR_NO_RESOURCE, "more than %d breakpoints", GDB_BREAKPOINTS_MAX);
	if (!is_hardware && is_ram(gdb, address))
		status = set_in_ram(gdb, &made);
	else
		status = set_in_hardware(gdb, address);
	if (status == DAPPER_OK)
		gdb->breakpoints[gdb->breakpoint_count++] = made;
	return status;
}

static bool is_shared(const struct gdb *gdb, const struct gdb_breakpoint *breakpoint)
{
	for (size_t i = 0; i < gdb->breakpoint_count; i++)
		if (gdb->breakpoints[i].address == breakpoint->address &&
			&gdb->breakpoints[i] != breakpoint && !gdb->breakpoints[i].is_in_ram)
			return true;
	return false;
}

static dapper_status clear_breakpoint(struct gdb *gdb, struct gdb_breakpoint *breakpoint)
{
	dapper_status status = DAPPER_OK;

	if (breakpoint->is_in_ram)
		status = clear_in_ram(gdb, breakpoint);
	else if (!is_shared(gdb, breakpoint))
		status = clear_on_cores(gdb, breakpoint->address, gdb->core_count);
	*breakpoint = gdb->breakpoints[--gdb->breakpoint_count];
	return status;
}

/* --- watchpoints ------------------------------------------------------------------------------- */

static struct gdb_watchpoint *find_watchpoint(struct gdb *gdb, const struct gdb_watchpoint *what)
{
	for (size_t i = 0; i < gdb->watchpoint_count; i++) {
		struct gdb_watchpoint *watchpoint = &gdb->watchpoints[i];

		if (watchpoint->address == what->address && watchpoint->size == what->size &&
			watchpoint->watch == what->watch)
			return watchpoint;
	}
	return NULL;
}

static dapper_status clear_watch_on_cores(
	struct gdb *gdb, const struct gdb_watchpoint *what, size_t count)
{
	dapper_status result = DAPPER_OK;

	for (size_t i = 0; i < count; i++) {
		dapper_status status = dapper_target_clear_watchpoint(
			gdb->cores[i].target, what->address, what->size, what->watch);

		if (status != DAPPER_OK)
			result = status;
	}
	return result;
}

static dapper_status set_watchpoint(struct gdb *gdb, const struct gdb_watchpoint *what)
{
	if (find_watchpoint(gdb, what))
		return DAPPER_OK;
	if (gdb->watchpoint_count == GDB_WATCHPOINTS_MAX)
		return dapper_fail(
			DAPPER_ERR_NO_RESOURCE, "more than %d watchpoints", GDB_WATCHPOINTS_MAX);
	for (size_t i = 0; i < gdb->core_count; i++) {
		dapper_status status = dapper_target_set_watchpoint(
			gdb->cores[i].target, what->address, what->size, what->watch);

		if (status != DAPPER_OK) {
			if (i > 0)
				(void)clear_watch_on_cores(gdb, what, i);
			return status;
		}
	}
	gdb->watchpoints[gdb->watchpoint_count++] = *what;
	return DAPPER_OK;
}

static dapper_status clear_watchpoint(struct gdb *gdb, struct gdb_watchpoint *watchpoint)
{
	dapper_status status = clear_watch_on_cores(gdb, watchpoint, gdb->core_count);

	*watchpoint = gdb->watchpoints[--gdb->watchpoint_count];
	return status;
}

dapper_status gdb_remove_points(struct gdb *gdb)
{
	dapper_status result = DAPPER_OK;

	while (gdb->breakpoint_count > 0) {
		dapper_status status =
			clear_breakpoint(gdb, &gdb->breakpoints[gdb->breakpoint_count - 1]);

		result = status == DAPPER_OK ? result : status;
	}
	while (gdb->watchpoint_count > 0) {
		dapper_status status =
			clear_watchpoint(gdb, &gdb->watchpoints[gdb->watchpoint_count - 1]);

		result = status == DAPPER_OK ? result : status;
	}
	return result;
}

/* --- packets ----------------------------------------------------------------------------------- */

/* "TYPE,ADDRESS,KIND"; the kind is a length for watchpoints, of the instruction for breakpoints. */
static bool scan_point(
	struct gdb *gdb, struct scan *scan, uint64_t *type, struct gdb_watchpoint *what)
{
	static const dapper_watch watches[] = {
		[2] = DAPPER_WATCH_WRITE,
		[3] = DAPPER_WATCH_READ,
		[4] = DAPPER_WATCH_ACCESS,
	};

	if (!scan_hex(scan, type) || !scan_char(scan, ',') || !scan_hex(scan, &what->address) ||
		!scan_char(scan, ',') || !scan_hex(scan, &what->size)) {
		gdb_reply_error(gdb, "the breakpoint is malformed");
		return false;
	}
	if (*type >= GDB_COUNT(watches)) {
		gdb_reply(gdb, "");
		return false;
	}
	what->watch = watches[*type];
	if (*type < 2)
		what->address &= ~UINT64_C(1);
	return true;
}

void gdb_handle_set_point(struct gdb *gdb, struct scan *scan)
{
	struct gdb_watchpoint what;
	uint64_t type;

	if (!scan_point(gdb, scan, &type, &what))
		return;
	gdb_reply_status(gdb, type < 2 ? set_breakpoint(gdb, what.address, type == 1)
				       : set_watchpoint(gdb, &what));
}

/* Removing what is not there is no error: GDB may send it again. */
void gdb_handle_clear_point(struct gdb *gdb, struct scan *scan)
{
	struct gdb_breakpoint *breakpoint = NULL;
	struct gdb_watchpoint *watchpoint = NULL;
	struct gdb_watchpoint what;
	uint64_t type;

	if (!scan_point(gdb, scan, &type, &what))
		return;
	if (type < 2)
		breakpoint = find(gdb, what.address, type == 1);
	else
		watchpoint = find_watchpoint(gdb, &what);
	if (breakpoint && breakpoint->is_in_ram) {
		gdb_reply_status(gdb, clear_breakpoint(gdb, breakpoint));
	} else if (breakpoint) {
		breakpoint->is_doomed = true;
		gdb_reply(gdb, "OK");
	} else if (watchpoint) {
		gdb_reply_status(gdb, clear_watchpoint(gdb, watchpoint));
	} else {
		gdb_reply(gdb, "OK");
	}
}
