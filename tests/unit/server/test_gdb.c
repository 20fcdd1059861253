/* SPDX-License-Identifier: Apache-2.0 */
/* Each packet against a fake target. */
#include <stdio.h>

#include "base/bytes.h"
#include "unit/server/gdb_fixture.h"

/* --- packets with a fixed answer --------------------------------------------------------------- */

static const struct row {
	const char *what;
	const char *packet;
	const char *reply;
} rows[] = {
	{ "unknown", "vMustReplyEmpty", "" },
	{ "nothing", "", "" },
	{ "extended", "!", "OK" },
	{ "thread", "Hg1", "OK" },
	{ "any thread", "Hg0", "OK" },
	{ "all threads", "Hc-1", "OK" },
	{ "no thread", "Hg2", "E01" },
	{ "huge thread", "Hgffffffffffffffffff", "E01" },
	{ "alive", "T1", "OK" },
	{ "not alive", "T7", "E01" },
	{ "current thread", "qC", "QC1" },
	{ "not the current thread", "qCfoo", "" },
	{ "first threads", "qfThreadInfo", "m1" },
	{ "more threads", "qsThreadInfo", "l" },
	{ "thread text", "qThreadExtraInfo,1", "66616b65202620636f72652c2068616c746564" },
	{ "attached", "qAttached", "1" },
	{ "no symbols wanted", "qSymbol::", "OK" },
	{ "vCont?", "vCont?", "vCont;c;C;s;S;r" },
	{ "memory", "m20000010,4", "10111213" },
	{ "no bytes", "m20000010,0", "" },
	{ "nothing there", "m60000000,4", "E01" },
	{ "malformed address", "mx,4", "E01" },
	{ "no length", "m20000000", "E01" },
	{ "huge length", "m20000000,ffffffff", "E01" },
	{ "around the end", "mffffffffffffffff,4", "E01" },
	{ "binary memory", "x20000041,3", "bABC" },
	{ "write", "M20000000,2:aabb", "OK" },
	{ "too few bytes to write", "M20000000,3:aabb", "E01" },
	{ "too many bytes to write", "M20000000,1:aabb", "E01" },
	{ "no hex", "M20000000,1:zz", "E01" },
	{ "is there an X", "X20000000,0:", "OK" },
	{ "binary write", "X20000000,3:abc", "OK" },
	{ "binary write of other length", "X20000000,4:abc", "E01" },
	{ "binary write to nothing", "X60000000,3:abc", "E01" },
	{ "register", "pf", "0f030201" },
	{ "8-bit register", "p13", "03" },
	{ "64-bit register", "p30", "3003020100000000" },
	{ "no register", "p5", "E01" },
	{ "singles are not shown", "p40", "E01" },
	{ "write a register", "P0=78563412", "OK" },
	{ "half a register", "P0=7856", "E01" },
	{ "registers too short", "G00", "E01" },
	{ "breakpoint", "Z1,8000100,2", "OK" },
	{ "malformed breakpoint", "Z1,8000100", "E01" },
	{ "unknown kind of breakpoint", "Z5,8000100,2", "" },
	{ "none to clear", "z1,8000100,2", "OK" },
	{ "malformed vCont", "vCont;q", "E01" },
	{ "vCont of no thread", "vCont;c:9", "E01" },
	{ "vCont range without end", "vCont;r100", "E01" },
	{ "CRC", "qCRC:20000000,4", "C6b6dc92a" },
	{ "CRC of nothing there", "qCRC:60000000,4", "E01" },
	{ "search", "qSearch:memory:20000000;100;ABC", "1,20000041" },
	{ "search in vain", "qSearch:memory:20000000;100;CBA", "0" },
	{ "search at the very end", "qSearch:memory:20000041;3;ABC", "1,20000041" },
	{ "search without pattern", "qSearch:memory:20000000;100;", "E01" },
	{ "no acknowledgements", "QStartNoAckMode", "OK" },
	{ "all-stop", "QNonStop:0", "OK" },
	{ "no non-stop", "QNonStop:1", "" },
	{ "no such document", "qXfer:features:read:foo.xml:0,100", "E00" },
	{ "document beyond its end", "qXfer:threads:read::fffff,100", "E01" },
	{ "flash without end", "vFlashErase:8000000", "E01" },
	{ "flash written without address", "vFlashWrite:abc", "E01" },
	{ "nothing to program", "vFlashDone", "OK" },
	{ "monitor without hex", "qRcmd,xyz", "E01" },
	{ "restart", "R00", NULL },
	{ "killed", "vKill;1", "OK" },
};

static void handle__answers(void **state)
{
	const struct row *row = *state;
	void *fixture = NULL;
	const char *reply;

	gdb_fixture_set_up(&fixture);
	reply = ask(fixture, row->packet);
	if (row->reply)
		assert_string_equal(reply, row->reply);
	else
		assert_null(reply);
	gdb_fixture_tear_down(&fixture);
}

/* --- registers --------------------------------------------------------------------------------- */

static void registers__are_read_once_per_halt(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "g",
		"000302010103020"
		"10d0302010e0302010f030201100302011103020103"
		"18030201");
	assert_reply(f, "g",
		"000302010103020"
		"10d0302010e0302010f030201100302011103020103"
		"18030201");
	assert_reply(f, "p21", "21030201");
	assert_int_equal(f->core.register_reads, 1);
	ask(f, "p30");
	assert_int_equal(f->core.register_reads, 2);
}

static void registers__writing_one_keeps_the_others(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "g");
	assert_reply(f, "Pf=01010000", "OK");
	assert_int_equal(f->core.registers[15], 0x101);
	/* The Thumb bit is no part of pc. */
	assert_reply(f, "pf", "00010000");
	assert_int_equal(f->core.register_reads, 1);
	/* sp is msp or psp. */
	assert_reply(f, "Pd=00000020", "OK");
	ask(f, "p11");
	assert_int_equal(f->core.register_reads, 2);
}

static void registers__G_writes_what_differs(void **state)
{
	struct gdb_fixture *f = *state;
	char packet[128] = "G";

	strcat(packet, ask(f, "g"));
	assert_reply(f, packet, "OK");
	assert_int_equal(f->core.register_writes, 0);
	packet[1] = 'f';
	assert_reply(f, packet, "OK");
	assert_int_equal(f->core.register_writes, 1);
	assert_int_equal(f->core.registers[0], 0x010203f0);
}

static void registers__of_a_running_core_say_so(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "qSupported:error-message+");
	f->core.waits = -1;
	assert_null(ask(f, "c"));
	assert_reply(f, "g", "E.the core is running (core fake & core)");
}

/* --- memory ------------------------------------------------------------------------------------ */

static void memory__is_remembered_while_halted(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "m20000010,4");
	f->core.ram[0x10] = 0xee;
	assert_reply(f, "m20000010,4", "10111213");
	ask(f, "m20000020,80");
	assert_int_equal(f->core.memory_reads, 1);
	/* Writing is through. */
	assert_reply(f, "M20000011,1:55", "OK");
	assert_reply(f, "m20000010,2", "ee55");
	/* A step voids all of it. */
	ask(f, "vCont;s");
	run_until_reply(f, 1);
	f->core.ram[0x10] = 0xdd;
	assert_reply(f, "m20000010,1", "dd");
}

static void memory__is_read_again_while_running(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "m20000010,1");
	f->core.waits = -1;
	ask(f, "c");
	f->core.ram[0x10] = 1;
	assert_reply(f, "m20000010,1", "01");
	f->core.ram[0x10] = 2;
	assert_reply(f, "m20000010,1", "02");
}

static void memory__ends_where_regions_end(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "m20003ffc,4", "c3c2c1c0");
	assert_reply(f, "m20003ffe,4", "E01");
	assert_reply(f, "m8003fff,1", "c0");
}

static void memory__of_peripherals_is_one_access(void **state)
{
	struct gdb_fixture *f = *state;

	f->core.device = 0x11223344;
	assert_reply(f, "m40000000,4", "44332211");
	f->core.device = 0x55667788;
	assert_reply(f, "m40000000,4", "88776655");
	assert_int_equal(f->core.unit_reads, 2);
	assert_reply(f, "M40000000,4:01000000", "OK");
	assert_int_equal(f->core.device, 1);
}

/* --- breakpoints ------------------------------------------------------------------------------- */

static void points__in_flash_are_hardware(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "Z0,8000101,2", "OK");
	assert_reply(f, "Z0,8000101,2", "OK");
	assert_int_equal(f->core.breakpoint_count, 1);
	assert_int_equal(f->core.breakpoints[0], 0x08000100);
	assert_reply(f, "z0,8000101,2", "OK");
	ask(f, "vCont;s");
	assert_int_equal(f->core.breakpoint_count, 0);
}

/* GDB removes and sets all of them at each stop. */
static void points__stay_until_the_target_runs(void **state)
{
	struct gdb_fixture *f = *state;

	for (int i = 0; i < FAKE_POINTS; i++) {
		char packet[32];

		snprintf(packet, sizeof(packet), "Z1,80001%02x,2", 2 * i);
		assert_reply(f, packet, "OK");
		packet[0] = 'z';
		assert_reply(f, packet, "OK");
	}
	assert_int_equal(f->core.breakpoint_count, FAKE_POINTS);
	assert_reply(f, "Z1,8000102,2", "OK");
	/* One that needs a comparator gets it. */
	assert_reply(f, "Z1,8000200,2", "OK");
	assert_int_equal(f->core.breakpoint_count, 2);
	f->core.reason = DAPPER_HALT_BREAKPOINT;
	f->core.halt_pc = 0x08000102;
	ask(f, "qSupported:hwbreak+");
	ask(f, "c");
	assert_begins(run_until_reply(f, 1), "T05hwbreak:;");
}

static void points__in_ram_are_not_seen(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "Z0,20000010,2", "OK");
	assert_int_equal(get_le16(f->core.ram + 0x10), 0xbe00);
	assert_int_equal(f->core.breakpoint_count, 0);
	assert_reply(f, "m2000000f,4", "0f101112");
	assert_reply(f, "m20000011,1", "11");
	/* What is written there is what comes back, now and when it is gone. */
	assert_reply(f, "M20000010,1:77", "OK");
	assert_int_equal(get_le16(f->core.ram + 0x10), 0xbe00);
	assert_reply(f, "m20000010,2", "7711");
	assert_reply(f, "z0,20000010,2", "OK");
	assert_int_equal(get_le16(f->core.ram + 0x10), 0x1177);
}

static void points__that_do_not_fit_are_refused(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "qSupported:swbreak+");
	for (int i = 0; i < FAKE_POINTS; i++) {
		char packet[32];

		snprintf(packet, sizeof(packet), "Z1,80001%02x,2", 2 * i);
		assert_reply(f, packet, "OK");
	}
	assert_begins(ask(f, "Z1,8000200,2"), "E.no free comparator");
}

static void points__go_with_the_client(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "Z0,20000010,2");
	ask(f, "Z1,8000100,2");
	ask(f, "Z2,20000000,4");
	assert_reply(f, "D", "OK");
	assert_true(f->gdb->is_leaving);
	assert_int_equal(f->core.breakpoint_count, 0);
	assert_int_equal(f->core.watchpoint.size, 0);
	assert_int_equal(get_le16(f->core.ram + 0x10), 0x1110);
	assert_false(f->core.is_halted);
}

/* --- running ----------------------------------------------------------------------------------- */

static void run__reports_a_breakpoint(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "qSupported:swbreak+;hwbreak+");
	ask(f, "Z0,8000100,2");
	f->core.waits = 4;
	f->core.reason = DAPPER_HALT_BREAKPOINT;
	f->core.halt_pc = 0x08000100;
	assert_null(ask(f, "vCont;c:1"));
	assert_null(run_until_reply(f, 3));
	assert_string_equal(run_until_reply(f, 1),
		"T05swbreak:;0:00030201;1:01030201;d:0d030201;e:0e030201;f:00010008;10:10030201;"
		"thread:1;core:0;");
	/* What GDB asks next is known. */
	f->core.register_reads = 0;
	ask(f, "g");
	assert_int_equal(f->core.register_reads, 0);
}

static void run__tells_hardware_from_software(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "qSupported:swbreak+;hwbreak+");
	ask(f, "Z1,8000100,2");
	f->core.reason = DAPPER_HALT_BREAKPOINT;
	f->core.halt_pc = 0x08000100;
	ask(f, "c");
	assert_begins(run_until_reply(f, 1), "T05hwbreak:;");
	/* A BKPT of the program's own is none of GDB's. */
	f->core.halt_pc = 0x08000200;
	ask(f, "c");
	assert_begins(run_until_reply(f, 1), "T050:");
}

static void run__reports_a_watchpoint(void **state)
{
	static const struct {
		const char *packet;
		const char *reply;
	} kinds[] = {
		{ "Z2,20000010,4", "T05watch:20000010;" },
		{ "Z3,20000020,2", "T05rwatch:20000020;" },
		{ "Z4,20000030,1", "T05awatch:20000030;" },
	};
	struct gdb_fixture *f = *state;

	f->core.reason = DAPPER_HALT_WATCHPOINT;
	f->core.is_hit = true;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_reply(f, kinds[i].packet, "OK");
		ask(f, "c");
		assert_begins(run_until_reply(f, 1), kinds[i].reply);
	}
}

static void run__reports_faults_as_signals(void **state)
{
	static const struct {
		uint64_t exception;
		const char *reply;
	} faults[] = {
		{ 0, "T05" },
		{ 3, "T0b" },
		{ 4, "T0b" },
		{ 5, "T0a" },
		{ 6, "T04" },
		{ 15, "T05" },
		{ 511, "T05" },
	};
	struct gdb_fixture *f = *state;

	f->core.reason = DAPPER_HALT_VECTOR_CATCH;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		f->core.registers[16] = 0x01000000 | faults[i].exception;
		ask(f, "c");
		assert_begins(run_until_reply(f, 1), faults[i].reply);
		assert_begins(ask(f, "?"), faults[i].reply);
	}
}

static void run__is_interrupted(void **state)
{
	struct gdb_fixture *f = *state;

	f->core.waits = -1;
	ask(f, "c");
	assert_null(run_until_reply(f, 5));
	gdb_interrupt(f->gdb);
	assert_begins(run_until_reply(f, 1), "T02");
	assert_true(f->core.is_halted);
	/* Too late for it: the next run is not concerned. */
	gdb_interrupt(f->gdb);
	ask(f, "c");
	assert_null(run_until_reply(f, 5));
}

static void run__notices_a_lock_up(void **state)
{
	struct gdb_fixture *f = *state;

	f->core.waits = -1;
	f->core.is_locked_up = true;
	ask(f, "c");
	assert_begins(run_until_reply(f, 20), "T0b");
}

static void run__bears_a_target_that_is_away(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "c");
	f->core.wait_status = DAPPER_ERR_NO_ACK;
	assert_null(run_until_reply(f, 50));
	f->core.wait_status = DAPPER_OK;
	assert_begins(run_until_reply(f, 1), "T05");
	f->core.wait_status = DAPPER_ERR_NO_ACK;
	ask(f, "c");
	assert_begins(run_until_reply(f, 200), "T0b");
	assert_non_null(strstr(f->console, "waiting fails"));
}

static void run__ends_with_the_probe(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "c");
	f->core.wait_status = DAPPER_ERR_PROBE_GONE;
	assert_string_equal(run_until_reply(f, 1), "X09");
	assert_int_equal(f->gdb->lost, DAPPER_ERR_PROBE_GONE);
}

static void step__is_one_instruction(void **state)
{
	struct gdb_fixture *f = *state;

	assert_null(ask(f, "s20000100"));
	assert_begins(run_until_reply(f, 1), "T05");
	assert_int_equal(f->core.steps, 1);
	assert_int_equal(f->core.registers[15], 0x20000102);
	ask(f, "vCont;s:1;c");
	assert_begins(run_until_reply(f, 1), "T05");
	assert_int_equal(f->core.steps, 2);
	assert_int_equal(f->core.resumes, 0);
}

static void step__leaves_a_range(void **state)
{
	struct gdb_fixture *f = *state;

	f->core.registers[15] = 0x1000;
	ask(f, "vCont;r1000,1010:1");
	assert_begins(run_until_reply(f, 1), "T05");
	assert_int_equal(f->core.registers[15], 0x1010);
	/* A long one takes several slices, and can be interrupted. */
	ask(f, "vCont;r1010,9000:1");
	assert_null(run_until_reply(f, 3));
	gdb_interrupt(f->gdb);
	assert_begins(run_until_reply(f, 1), "T02");
}

static void kill__is_no_end_when_extended(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "!");
	assert_null(ask(f, "k"));
	assert_false(f->gdb->is_leaving);
	assert_reply(f, "?", "W00");
	assert_begins(ask(f, "vRun;666f6f;"), "T05");
	assert_int_equal(f->core.resets, 1);
	assert_reply(f, "D", "OK");
	assert_false(f->gdb->is_leaving);
	assert_begins(ask(f, "vAttach;1"), "T05");
	assert_true(f->core.is_halted);
}

/* --- documents --------------------------------------------------------------------------------- */

static void xml__describes_the_core(void **state)
{
	struct gdb_fixture *f = *state;
	const char *xml = ask(f, "qXfer:features:read:target.xml:0,4000");

	assert_begins(xml, "l<?xml");
	assert_non_null(strstr(xml, "<architecture>armv8-m.main</architecture>"));
	assert_non_null(
		strstr(xml, "<reg name=\"pc\" bitsize=\"32\" regnum=\"15\" type=\"code_ptr\""));
	assert_non_null(strstr(xml, "m-system\">"));
	assert_non_null(strstr(xml, "secext\">\n<reg name=\"msp_ns\""));
	assert_non_null(
		strstr(xml, "<reg name=\"d0\" bitsize=\"64\" regnum=\"48\" type=\"ieee_double\""));
	assert_null(strstr(xml, "\"s0\""));
}

static void xml__covers_all_memory(void **state)
{
	struct gdb_fixture *f = *state;
	const char *xml = ask(f, "qXfer:memory-map:read::0,4000");

	assert_non_null(strstr(xml,
		"\"ram\" start=\"0x0\" length=\"0x8000000\"/>\n"
		"<memory type=\"flash\" start=\"0x8000000\" length=\"0x1000\"><property "
		"name=\"blocksize\">0x400</property></memory>\n"
		"<memory type=\"flash\" start=\"0x8001000\" length=\"0x3000\"><property "
		"name=\"blocksize\">0x1000</property></memory>\n"
		"<memory type=\"ram\" start=\"0x8004000\""));
	assert_non_null(strstr(xml, "start=\"0x20004000\" length=\"0xdfffc000\"/>\n</memory-map>"));
}

static void xml__comes_in_parts(void **state)
{
	struct gdb_fixture *f = *state;
	char whole[1024] = "";
	char packet[64];

	do {
		snprintf(packet, sizeof(packet), "qXfer:threads:read::%zx,10", strlen(whole));
		strcat(whole, ask(f, packet) + 1);
	} while (f->gdb->reply.data[0] == 'm');
	assert_non_null(strstr(whole, "<thread id=\"1\" core=\"0\" name=\"fake &amp; core\">"));
	assert_non_null(strstr(whole, "</threads>\n"));
}

/* --- flash ------------------------------------------------------------------------------------- */

static void flash__is_programmed_at_the_end(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "vFlashErase:08000000,00000800", "OK");
	assert_reply(f, "vFlashWrite:8000000:abcd", "OK");
	assert_reply(f, "vFlashWrite:8000004:efgh", "OK");
	assert_reply(f, "vFlashWrite:8000100:ijk", "OK");
	assert_string_equal(f->flash_log, "");
	assert_reply(f, "vFlashDone", "OK");
	assert_string_equal(f->flash_log, "program 8000000+8\nprogram 8000100+3\n");
	assert_int_equal(f->core.resets, 1);
	assert_true(f->core.is_halted);
	assert_reply(f, "vFlashDone", "OK");
	assert_string_equal(f->flash_log, "program 8000000+8\nprogram 8000100+3\n");
}

static void flash__is_only_erased_when_nothing_is_written(void **state)
{
	struct gdb_fixture *f = *state;

	assert_reply(f, "vFlashErase:08000000,00000800", "OK");
	assert_reply(f, "vFlashErase:08001000,00001000", "OK");
	assert_reply(f, "vFlashDone", "OK");
	assert_string_equal(f->flash_log, "erase 8000000+800\nerase 8001000+1000\n");
}

static void flash__says_what_went_wrong(void **state)
{
	struct gdb_fixture *f = *state;

	ask(f, "qSupported:swbreak+");
	f->flash_status = DAPPER_ERR_VERIFY;
	ask(f, "vFlashWrite:8000000:abcd");
	assert_reply(f, "vFlashDone", "E.it will not program");
	/* And is forgotten. */
	assert_reply(f, "vFlashDone", "OK");
}

static void flash__is_cancelled_by_ctrl_c(void **state)
{
	struct gdb_fixture *f = *state;

	f->interrupt_at = 1;
	ask(f, "vFlashWrite:8000000:abcd");
	assert_reply(f, "vFlashDone", "E01");
	assert_false(dapper_context_is_cancelled(f->context));
}

/* --- monitor ----------------------------------------------------------------------------------- */

/* @return The output, or what the console got. */
static const char *monitor(struct gdb_fixture *f, const char *command)
{
	static char text[4096];
	char bytes[512];
	struct text packet = { .data = bytes, .capacity = sizeof(bytes) - 1 };
	struct scan scan;
	const char *reply;
	size_t size;

	text_clear(&packet);
	text_put_string(&packet, "qRcmd,");
	text_put_hex(&packet, command, strlen(command));
	reply = ask(f, packet.data);
	size = strlen(reply) / 2;
	scan = (struct scan){ reply, reply + strlen(reply) };
	if (strcmp(reply, "OK") == 0 || strcmp(reply, "E01") == 0)
		return reply;
	assert_true(size < sizeof(text));
	assert_true(scan_bytes(&scan, (uint8_t *)text, size));
	text[size] = '\0';
	return text;
}

static void monitor__resets(void **state)
{
	struct gdb_fixture *f = *state;

	assert_string_equal(monitor(f, "reset halt"), "OK");
	assert_true(f->core.is_halted);
	assert_string_equal(monitor(f, "reset halt hardware"), "OK");
	assert_int_equal(f->core.reset_type, DAPPER_RESET_HARDWARE);
	assert_string_equal(monitor(f, "reset"), "OK");
	assert_false(f->core.is_halted);
	assert_int_equal(f->core.resets, 3);
	assert_string_equal(monitor(f, "halt"), "OK");
	assert_true(f->core.is_halted);
	assert_string_equal(monitor(f, "reset nonsense"), "E01");
	assert_non_null(strstr(f->console, "'nonsense'"));
}

static void monitor__shows(void **state)
{
	struct gdb_fixture *f = *state;

	assert_non_null(strstr(monitor(f, "help"), "reset "));
	assert_non_null(strstr(monitor(f, ""), "reset "));
	assert_non_null(strstr(monitor(f, "regs"), "        pc 0x0102030f\n"));
	assert_string_equal(monitor(f, "regs pc"), "        pc 0x0102030f\n");
	assert_string_equal(monitor(f, "regs r7"), "E01");
	assert_non_null(strstr(monitor(f, "info"), "core 0: fake & core, halted"));
	assert_non_null(strstr(monitor(f, "info"), "flash    0x08000000"));
	assert_string_equal(monitor(f, "frobnicate"), "E01");
	assert_non_null(strstr(f->console, "there is no monitor command 'frobnicate'"));
}

/* --- hostile input ----------------------------------------------------------------------------- */

/* Every row's packet, cut off everywhere and with every byte wrong, is answered or not, no more. */
static void handle__bears_anything(void **state)
{
	struct gdb_fixture *f = *state;

	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		char packet[128];
		size_t size = strlen(rows[r].packet);

		for (size_t i = 0; i < size; i++) {
			ask_bytes(f, rows[r].packet, i);
			memcpy(packet, rows[r].packet, size);
			packet[i] = (char)(packet[i] ^ 0x85);
			ask_bytes(f, packet, size);
			run_until_reply(f, 2);
		}
	}
}

static void text__is_cut_at_its_end(void **state)
{
	char bytes[5];
	struct text text = { .data = bytes, .capacity = 4 };

	(void)state;
	text_clear(&text);
	text_put_format(&text, "%s", "abc");
	assert_false(text.is_cut);
	text_put_hex(&text, "\x12", 1);
	assert_true(text.is_cut);
	assert_string_equal(text.data, "abc1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gdb_test(registers__are_read_once_per_halt),
		gdb_test(registers__writing_one_keeps_the_others),
		gdb_test(registers__G_writes_what_differs),
		gdb_test(registers__of_a_running_core_say_so),
		gdb_test(memory__is_remembered_while_halted),
		gdb_test(memory__is_read_again_while_running),
		gdb_test(memory__ends_where_regions_end),
		gdb_test(memory__of_peripherals_is_one_access),
		gdb_test(points__in_flash_are_hardware),
		gdb_test(points__stay_until_the_target_runs),
		gdb_test(points__in_ram_are_not_seen),
		gdb_test(points__that_do_not_fit_are_refused),
		gdb_test(points__go_with_the_client),
		gdb_test(run__reports_a_breakpoint),
		gdb_test(run__tells_hardware_from_software),
		gdb_test(run__reports_a_watchpoint),
		gdb_test(run__reports_faults_as_signals),
		gdb_test(run__is_interrupted),
		gdb_test(run__notices_a_lock_up),
		gdb_test(run__bears_a_target_that_is_away),
		gdb_test(run__ends_with_the_probe),
		gdb_test(step__is_one_instruction),
		gdb_test(step__leaves_a_range),
		gdb_test(kill__is_no_end_when_extended),
		gdb_test(xml__describes_the_core),
		gdb_test(xml__covers_all_memory),
		gdb_test(xml__comes_in_parts),
		gdb_test(flash__is_programmed_at_the_end),
		gdb_test(flash__is_only_erased_when_nothing_is_written),
		gdb_test(flash__says_what_went_wrong),
		gdb_test(flash__is_cancelled_by_ctrl_c),
		gdb_test(monitor__resets),
		gdb_test(monitor__shows),
		gdb_test(handle__bears_anything),
		cmocka_unit_test(text__is_cut_at_its_end),
	};

	return test_run_all("server/gdb", tests, ARRAY_SIZE(tests), handle__answers, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
