/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SERVER_GDB_FIXTURE_H
#define UNIT_SERVER_GDB_FIXTURE_H

/**
 * @file
 * The GDB server over a target of byte arrays, that counts what is asked of it.
 */
#include "server/gdb/gdb.h"
#include "support/test.h"
#include "target/target.h"

enum {
	FAKE_RAM = 0x20000000,
	FAKE_FLASH = 0x08000000,
	FAKE_MEMORY = 0x4000,
	FAKE_DEVICE = 0x40000000, /* a register that holds what was written last */
	FAKE_POINTS = 4,
};

struct fake_core {
	struct dapper_target target; /* first */
	uint8_t ram[FAKE_MEMORY];
	uint8_t flash[FAKE_MEMORY];
	uint32_t device;
	uint64_t registers[128]; /* by id */
	bool is_halted;
	bool is_locked_up;
	/* When it runs, so many waits pass until it halts like this; -1: for ever. */
	int waits;
	dapper_halt_reason reason;
	uint64_t halt_pc;
	dapper_status wait_status; /* other than OK: what waiting fails with */
	uint64_t breakpoints[FAKE_POINTS];
	size_t breakpoint_count;
	struct gdb_watchpoint watchpoint; /* size 0: none */
	bool is_hit;
	/* counters */
	unsigned register_reads;
	unsigned register_writes;
	unsigned memory_reads;
	unsigned unit_reads;
	unsigned resumes;
	unsigned steps;
	unsigned resets;
	dapper_reset_type reset_type;
};

struct gdb_fixture {
	dapper_context *context;
	struct fake_core core;
	struct gdb *gdb;
	char console[4096];
	unsigned polls;
	unsigned interrupt_at; /* this poll sees a Ctrl-C */
	/* what was programmed and erased */
	char flash_log[1024];
	dapper_status flash_status;
};

int gdb_fixture_set_up(void **state);
int gdb_fixture_tear_down(void **state);

/** The reply to a packet; NULL: none. */
const char *ask(struct gdb_fixture *f, const char *packet);
/** With zeros in the packet. */
const char *ask_bytes(struct gdb_fixture *f, const char *packet, size_t size);
/** Let it run until there is a reply, at most so many slices; NULL: none. */
const char *run_until_reply(struct gdb_fixture *f, unsigned slices);

#define assert_reply(f, packet, reply) assert_string_equal(ask((f), (packet)), (reply))
#define assert_begins(text, start)                                                \
	do {                                                                      \
		const char *begins = (text);                                      \
		assert_non_null(begins);                                          \
		if (strncmp(begins, (start), strlen(start)) != 0)                 \
			fail_msg("'%s' does not begin with '%s'", begins, start); \
	} while (0)
#define gdb_test(function) \
	cmocka_unit_test_setup_teardown(function, gdb_fixture_set_up, gdb_fixture_tear_down)

#endif /* UNIT_SERVER_GDB_FIXTURE_H */
