/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_GDB_GDB_H
#define SERVER_GDB_GDB_H

/**
 * @file
 * What the parts of the GDB server share: the state of one connection, and who answers what.
 *
 * A packet goes to gdb_handle(), which leaves the reply in gdb.reply. Resuming the target leaves no
 * reply: gdb_run_a_while() is then called until it has one. No file here but serve.c does I/O with
 * the client, so that all of it can be tested without sockets.
 *
 * Protocol: "Debugging with GDB", appendix E (E.2 Packets to E.16 Memory Map Format), as of GDB 16.
 */
#include <dapper/dapper.h>

#include "rsp.h"
#include "text.h"

enum {
	GDB_CORES_MAX = 8,
	GDB_REGISTERS_MAX = 160,
	GDB_BREAKPOINTS_MAX = 256,
	GDB_WATCHPOINTS_MAX = 32,
	GDB_LINE_SIZE = 64, /* of the memory cache */
	GDB_LINES = 256,
	/** What is written into RAM for a breakpoint: BKPT #0. */
	GDB_BKPT_SIZE = 2,
};

/** "signals" of stop replies, as GDB numbers them (gdb/signals.def). */
enum gdb_signal {
	GDB_SIGINT = 2,
	GDB_SIGILL = 4,
	GDB_SIGTRAP = 5,
	GDB_SIGBUS = 10,
	GDB_SIGSEGV = 11,
};

/** What vCont wants of a core. */
enum gdb_action { GDB_STAY, GDB_CONTINUE, GDB_STEP };

/** A core is a thread of GDB: number index + 1. */
struct gdb_core {
	dapper_target *target;
	const dapper_register *registers;
	size_t register_count;
	/* What the halted core's registers hold, of the same index. */
	uint64_t values[GDB_REGISTERS_MAX];
	bool is_known[GDB_REGISTERS_MAX];
	bool is_running;
	enum gdb_action action;
	uint64_t step_start; /* range stepping; empty: one instruction */
	uint64_t step_end;
};

struct gdb_breakpoint {
	uint64_t address;
	bool is_in_ram;
	bool was_hardware; /* asked for by Z1 */
	bool is_doomed;    /* removed, as far as GDB knows */
	uint8_t original[GDB_BKPT_SIZE];
};

struct gdb_watchpoint {
	uint64_t address;
	uint64_t size;
	dapper_watch watch;
};

struct gdb_line {
	uint64_t address;
	bool is_valid;
	uint8_t bytes[GDB_LINE_SIZE];
};

/** Flash that GDB has erased and written, until vFlashDone. */
struct gdb_flash {
	struct gdb_flash_block {
		uint64_t address;
		uint8_t *data; /* NULL: only to erase */
		size_t size;
		size_t capacity;
	} * blocks;
	size_t count;
	size_t capacity;
	size_t total;
};

/** What serve.c and the tests put in. */
struct gdb_host {
	dapper_context *context;
	dapper_target *target; /* the SoC, or a core */
	dapper_session *session;
	/** As dapper_flash_program() and dapper_flash_erase_range(). */
	dapper_status (*program)(dapper_session *session, dapper_image *const *images,
		size_t image_count, const dapper_flash_options *options,
		dapper_flash_result *result);
	dapper_status (*erase)(dapper_session *session, uint64_t address, uint64_t size,
		const dapper_flash_options *options, dapper_flash_result *result);
	/** Console output in between; the text lives for the call. */
	void (*send)(void *payload, const char *data, size_t size);
	/** Called now and then while something takes long: a Ctrl-C may come. */
	void (*poll)(void *payload);
	void *payload;
};

struct gdb {
	struct gdb_host host;
	struct gdb_core cores[GDB_CORES_MAX];
	size_t core_count;
	size_t selected; /* Hg */
	size_t stopped;  /* core of the last stop */
	struct gdb_breakpoint breakpoints[GDB_BREAKPOINTS_MAX];
	size_t breakpoint_count;
	struct gdb_watchpoint watchpoints[GDB_WATCHPOINTS_MAX];
	size_t watchpoint_count;
	struct gdb_line lines[GDB_LINES];
	struct gdb_flash flash;

	bool is_extended;
	bool has_error_texts;  /* anywhere: it has said so */
	bool is_memory_packet; /* where older GDBs take no text */
	bool reports_swbreak;
	bool reports_hwbreak;
	bool is_running; /* a stop reply is owed */
	bool is_interrupted;
	bool was_killed;
	bool is_leaving;    /* detached or killed: close after the reply */
	bool wants_no_ack;  /* after the reply */
	dapper_status lost; /* not DAPPER_OK: the probe is gone */
	unsigned run_failures;
	unsigned slices; /* since it was resumed */
	bool has_reply;
	struct text reply;
	char reply_bytes[RSP_PACKET_SIZE + 1];
};

/** @return NULL: no memory, or a target without cores; the error is set. */
struct gdb *gdb_new(const struct gdb_host *host);
/** NULL is fine. Does not touch the target: see gdb_detach(). */
void gdb_free(struct gdb *gdb);

/** A client has come: halt everything. */
dapper_status gdb_attach(struct gdb *gdb);
/** A client goes: breakpoints removed, cores resumed when @p resume. The rest is tried. */
void gdb_detach(struct gdb *gdb, bool resume);

/** Answer a packet: gdb.has_reply, gdb.reply. */
void gdb_handle(struct gdb *gdb, const char *data, size_t size);
/** Let what runs run for some milliseconds; there is a reply once it has stopped. */
void gdb_run_a_while(struct gdb *gdb);
/** Ctrl-C. */
void gdb_interrupt(struct gdb *gdb);

/* --- replies (packets.c) ---------------------------------------------------------------------- */

void gdb_reply(struct gdb *gdb, const char *text);
/** "E01", or with the last error's text where the client shows it. */
void gdb_reply_last_error(struct gdb *gdb);
void gdb_reply_error(struct gdb *gdb, const char *text);
/** OK, or the error. */
void gdb_reply_status(struct gdb *gdb, dapper_status status);

typedef void (*gdb_handler)(struct gdb *gdb, struct scan *scan);

/** A packet begins with this. */
struct gdb_packet {
	const char *name;
	gdb_handler handle;
};

/** The longest name that fits. @return false: none. */
bool gdb_dispatch(
	struct gdb *gdb, const struct gdb_packet *packets, size_t count, struct scan *scan);

/* --- cores ------------------------------------------------------------------------------------ */

/** By thread number; 0 and -1: any, the selected one. NULL: no such thread. */
struct gdb_core *gdb_find_core(struct gdb *gdb, struct scan *scan);
struct gdb_core *gdb_selected(struct gdb *gdb);
/** Everything that is remembered of halted cores and memory is void. */
void gdb_forget(struct gdb *gdb);
bool gdb_any_running(const struct gdb *gdb);
dapper_status gdb_halt_all(struct gdb *gdb);
/** Reset, and halt before the first instruction; caches are void. */
dapper_status gdb_reset_and_halt(struct gdb *gdb, dapper_reset_type type);

/* --- registers.c ------------------------------------------------------------------------------ */

void gdb_forget_registers(struct gdb_core *core);
/** All but the doubles of the FPU in one batch, unless they are known. */
dapper_status gdb_fetch_registers(struct gdb_core *core);
/** By index; others of its group are fetched along. */
dapper_status gdb_read_register(struct gdb_core *core, size_t index, uint64_t *value);
/** By name. @retval DAPPER_ERR_NOT_FOUND  There is none. */
dapper_status gdb_read_named(struct gdb_core *core, const char *name, uint64_t *value);
dapper_status gdb_write_named(struct gdb_core *core, const char *name, uint64_t value);
/** "d:..;" for what a stop reply tells unasked. */
void gdb_put_expedited(struct gdb *gdb, struct gdb_core *core);
/** Whether GDB is told of it: singles are parts of its doubles. */
bool gdb_is_shown(const dapper_register *reg);

/* --- memory.c --------------------------------------------------------------------------------- */

void gdb_forget_memory(struct gdb *gdb);
/** Through the cache, and without our own breakpoint instructions. */
dapper_status gdb_read_memory(struct gdb *gdb, uint64_t address, void *data, size_t size);
dapper_status gdb_write_memory(struct gdb *gdb, uint64_t address, const void *data, size_t size);

/* --- points.c --------------------------------------------------------------------------------- */

/** The breakpoint at an address, or NULL. */
const struct gdb_breakpoint *gdb_find_breakpoint(const struct gdb *gdb, uint64_t address);
/** Remove from the target what GDB has removed: before it runs. */
dapper_status gdb_settle_points(struct gdb *gdb);
/** Remove all; the last failure is returned, the rest is tried. */
dapper_status gdb_remove_points(struct gdb *gdb);
/** Put the code that breakpoints in RAM hide into @p data; the reverse for what is written. */
void gdb_hide_breakpoints(const struct gdb *gdb, uint64_t address, uint8_t *data, size_t size);
void gdb_keep_breakpoints(struct gdb *gdb, uint64_t address, uint8_t *data, size_t size);

/* --- xml.c ------------------------------------------------------------------------------------ */

void gdb_put_target_xml(struct gdb *gdb, struct text *xml);
void gdb_put_memory_map(struct gdb *gdb, struct text *xml);
void gdb_put_threads(struct gdb *gdb, struct text *xml);

/* --- handlers --------------------------------------------------------------------------------- */

void gdb_handle_query(struct gdb *gdb, struct scan *scan);
void gdb_handle_set(struct gdb *gdb, struct scan *scan);
void gdb_handle_read_registers(struct gdb *gdb, struct scan *scan);
void gdb_handle_write_registers(struct gdb *gdb, struct scan *scan);
void gdb_handle_read_register(struct gdb *gdb, struct scan *scan);
void gdb_handle_write_register(struct gdb *gdb, struct scan *scan);
void gdb_handle_read(struct gdb *gdb, struct scan *scan);
void gdb_handle_read_binary(struct gdb *gdb, struct scan *scan);
void gdb_handle_write(struct gdb *gdb, struct scan *scan);
void gdb_handle_write_binary(struct gdb *gdb, struct scan *scan);
void gdb_handle_crc(struct gdb *gdb, struct scan *scan);
void gdb_handle_search(struct gdb *gdb, struct scan *scan);
void gdb_handle_set_point(struct gdb *gdb, struct scan *scan);
void gdb_handle_clear_point(struct gdb *gdb, struct scan *scan);
void gdb_handle_why(struct gdb *gdb, struct scan *scan);
void gdb_handle_continue(struct gdb *gdb, struct scan *scan);
void gdb_handle_continue_signal(struct gdb *gdb, struct scan *scan);
void gdb_handle_step(struct gdb *gdb, struct scan *scan);
void gdb_handle_step_signal(struct gdb *gdb, struct scan *scan);
void gdb_handle_vcont(struct gdb *gdb, struct scan *scan);
void gdb_handle_vcont_query(struct gdb *gdb, struct scan *scan);
void gdb_handle_flash_erase(struct gdb *gdb, struct scan *scan);
void gdb_handle_flash_write(struct gdb *gdb, struct scan *scan);
void gdb_handle_flash_done(struct gdb *gdb, struct scan *scan);
void gdb_forget_flash(struct gdb *gdb);
void gdb_handle_monitor(struct gdb *gdb, struct scan *scan);

#define GDB_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif /* SERVER_GDB_GDB_H */
