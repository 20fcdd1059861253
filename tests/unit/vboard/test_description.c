/* SPDX-License-Identifier: Apache-2.0 */
/* Boards from YAML: what a description means, and what is refused. */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/folder.h"

#include "vboard/board/description.h"
#include "vboard/board/state.h"

#define HEAD                                                            \
	"board: tiny\npart: Tiny\ndescription: a small one\n"           \
	"debug-port: { dpidr: 0x0bb11477 }\nclocks: { core: 48 MHz }\n" \
	"cores: [{ name: core, type: cortex-m0, irqs: 8 }]\n"

/* --- what is refused ------------------------------------------------------------------------- */

struct refused_row {
	const char *what;
	const char *text;
	const char *message;
	const char *where;
	const char *hint;
};

static const struct refused_row refused_rows[] = {
	{ "nothing", "", "keys with values are expected", "t:1", "" },
	{ "a list", "- 1\n", "keys with values are expected here, not a list", "t:1", "" },
	{ "not YAML", "board: [\n", "", "t:", "" },
	{ "no name", "part: X\n", "a board needs the key 'board'", "t:1", "" },
	{ "a name with a slash", "board: a/b\npart: X\ndescription: d\n",
		"a board's name has up to", "t:1", "" },
	{ "a key that nobody knows", HEAD "memorys: []\n", "a board has no key 'memorys'", "t:7",
		"did you mean 'memories'?" },
	{ "no clocks", "board: a\npart: X\ndescription: d\n", "needs the key 'clocks'", "t:1", "" },
	{ "a clock of nothing", "board: a\npart: X\ndescription: d\nclocks: { core: 0 }\n",
		"cannot run with 0 Hz", "t:4", "" },
	{ "no core", "board: a\npart: X\ndescription: d\nclocks: { core: 1 }\n",
		"a board has 1 to 4 cores", "t:1", "" },
	{ "no debug port",
		"board: a\npart: X\ndescription: d\nclocks: { core: 1 }\n"
		"cores: [{ name: c, type: cortex-m0, irqs: 1 }]\n",
		"needs the key 'debug-port'", "t:1", "" },
	{ "a type of core that is not there",
		"board: a\npart: X\ndescription: d\nclocks: { core: 1 }\n"
		"cores: [{ name: c, type: cortex-m9, irqs: 1 }]\n",
		"no description is called 'cortex-m9'", "t:5", "names are of what is built in" },
	{ "a file from what is no file", "include: ./x.yaml\nboard: a\n",
		"only a file can name the file './x.yaml'", "t:1", "" },
	{ "includes itself, by way of a built-in one",
		"include: [stm32, stm32, stm32, stm32, stm32, "
		"stm32, stm32, stm32, stm32, stm32, stm32, stm32]\n",
		"too many files", "t", "" },
	{ "a list that is none", HEAD "memories: 5\n", "a list is expected here, not a text", "t:7",
		"" },
	{ "an item that is none", HEAD "memories: [5]\n", "keys with values are expected here",
		"t:7", "" },
	{ "a number that is none",
		HEAD "memories:\n  - { name: A, kind: ram, base: many, size: 4 }\n",
		"'many' is not a number for 'base'", "t:8", "" },
	{ "a quoted number", HEAD "memories: [{ name: A, kind: ram, base: \"0\", size: 4 }]\n",
		"'0' is not a number for 'base'", "t:7", "" },
	{ "a negative number", HEAD "memories: [{ name: A, kind: ram, base: -4, size: 4 }]\n",
		"'-4' is not a number", "t:7", "" },
	{ "a number that is too large",
		HEAD "memories: [{ name: A, kind: ram, base: 0x100000000, size: 4 }]\n",
		"is above 0xffffffff", "t:7", "" },
	{ "a size that overflows",
		HEAD "memories: [{ name: A, kind: ram, base: 0, size: 99999999999999 MB }]\n",
		"is not a number", "t:7", "" },
	{ "a word", HEAD "memories: [{ name: A, kind: rem, base: 0, size: 4 }]\n",
		"'kind' cannot be 'rem'", "t:7", "did you mean 'ram'?" },
	{ "a key that is missing", HEAD "memories: [{ name: A, kind: ram, base: 0 }]\n",
		"a memory needs the key 'size'", "t:7", "" },
	{ "twice", HEAD "quiet: [{ name: A, base: 0 }, { name: A, base: 4 }]\n",
		"'A' is there twice", "t:7", "" },
	{ "a model", HEAD "peripherals: [{ model: stm32-usard, name: A, base: 0 }]\n",
		"no model is called 'stm32-usard'", "t:7", "did you mean 'stm32_usart'?" },
	{ "a model's key",
		HEAD "peripherals:\n  - model: stm32-usart\n    name: A\n    base: 0\n"
		     "    config: { clok: apb1 }\n",
		"the model 'stm32-usart' has no key 'clok'", "t:11", "did you mean 'clock'?" },
	{ "a model's required key",
		HEAD "peripherals: [{ model: stm32-usart, name: A, base: 0 }]\n",
		"the model 'stm32-usart' needs the key 'clock'", "t:7", "" },
	{ "a model without keys",
		HEAD "peripherals: [{ model: stm32f1-gpio, name: A, base: 0, config: { a: 1 } }]\n",
		"takes no 'config'", "t:7", "" },
	{ "a core that is not there",
		HEAD "memories: [{ name: A, kind: ram, base: 0, size: 4, core: cm7 }]\n",
		"no core is called 'cm7'", "t:7", "the first one is 'core'" },
	{ "an element of a list",
		HEAD "peripherals:\n  - model: signature\n    name: A\n    base: 0\n"
		     "    config: { bytes: [1, 256] }\n",
		"256 for 'bytes' is above 0xff", "t:11", "" },
	{ "two access ports of a number", HEAD "access-ports: [{ number: 0, idr: 1, base: 2 }]\n",
		"two access ports number 0", "t:7", "" },
};

static void description_parse__refuses(void **state)
{
	const struct refused_row *row = *state;
	struct description *description;

	assert_fails(DAPPER_ERR_PARSE,
		description_parse("t", row->text, strlen(row->text), &description));
	assert_message(row->message);
	if (!strstr(dapper_error_last()->where, row->where))
		fail_msg("'%s' is not in '%s'", row->where, dapper_error_last()->where);
	if (!strstr(dapper_error_last()->hint, row->hint))
		fail_msg("'%s' is not in '%s'", row->hint, dapper_error_last()->hint);
}

/* --- what can be read, but cannot be made ---------------------------------------------------- */

struct unmade_row {
	const char *what;
	const char *text;
	dapper_status status;
	const char *message;
};

static const struct unmade_row unmade_rows[] = {
	{ "windows overlap",
		HEAD "memories:\n"
		     "  - { name: A, kind: ram, base: 0, size: 64 }\n"
		     "  - { name: B, kind: ram, base: 60, size: 64 }\n",
		DAPPER_ERR_INVALID, "B at 0x0000003c overlaps" },
	{ "over the end", HEAD "memories: [{ name: A, kind: ram, base: 0xfffffff0, size: 32 }]\n",
		DAPPER_ERR_INVALID, "whole words below 4 GB" },
	{ "no words", HEAD "memories: [{ name: A, kind: ram, base: 0, size: 5 }]\n",
		DAPPER_ERR_INVALID, "whole words" },
	{ "empty", HEAD "memories: [{ name: A, kind: ram, base: 0, size: 0 }]\n",
		DAPPER_ERR_INVALID, "whole words" },
	{ "too much memory",
		HEAD "memories:\n"
		     "  - { name: A, kind: ram, base: 0x10000000, size: 100 MB }\n"
		     "  - { name: B, kind: ram, base: 0x20000000, size: 100 MB }\n",
		DAPPER_ERR_LIMIT, "at most 128 MB" },
	{ "a flash memory that is too large",
		HEAD "peripherals:\n  - model: stm32f1-flash\n    name: F\n    base: 0x40000000\n"
		     "    config: { array-base: 0, size: 2048 MB, page-size: 1 KB, "
		     "pages-per-wrp-bit: 4 }\n",
		DAPPER_ERR_LIMIT, "at most 128 MB" },
	{ "too many registers' pins",
		HEAD
		"peripherals: [{ model: nrf52-gpio, name: A, base: 0, config: { pins: 33 } }]\n",
		DAPPER_ERR_INVALID, "1 to 32 pins" },
};

static void description_make_target__refuses(void **state)
{
	const struct unmade_row *row = *state;
	struct description *description;
	struct vtarget target;

	assert_ok(description_parse("t", row->text, strlen(row->text), &description));
	assert_fails(row->status, description_make_target(NULL, description, NULL, 0, &target));
	assert_message(row->message);
}

/* --- what is understood ---------------------------------------------------------------------- */

static void open_text(struct rig *rig, const char *text)
{
	struct description *description;

	memset(rig, 0, sizeof(*rig));
	assert_ok(description_parse("t", text, strlen(text), &description));
	assert_ok(description_make_target(NULL, description, NULL, 0, &rig->target));
	rig->board = rig->target.data;
}

static void description_parse__makes_a_board(void **state)
{
	static const char text[] =
		HEAD "memories:\n"
		     "  - { name: code, kind: nvram, base: 0, size: 1 KB, fill: 0xee }\n"
		     "  - { name: RAM, kind: ram, base: 0x20000000, size: 0x400 }\n"
		     "aliases: [{ base: 0x10000000, size: 1K, target: 0x20000000 }]\n"
		     "quiet: [{ name: WDT, base: 0x40000000 }]\n"
		     "peripherals:\n"
		     "  - model: register_block\n"
		     "    name: block\n"
		     "    base: 0x50000000\n"
		     "    config: { registers: [{ offset: 4, reset: 0x1234, writable: 0xff }] }\n";
	struct rig rig;
	uint32_t value;

	(void)state;
	open_text(&rig, text);
	assert_int_equal(rig.target.dpidr, 0x0bb11477);
	assert_int_equal(rig_read32(&rig, 0), 0xeeeeeeee);
	rig_write32(&rig, 0x10000000, 0x55aa);
	assert_int_equal(rig_read32(&rig, 0x20000000), 0x55aa);
	assert_int_equal(rig_read32(&rig, 0x400003fc), 0);
	assert_false(rig_read(&rig, 0x40000400, 4, &value));
	rig_write32(&rig, 0x50000004, 0xabcd);
	assert_int_equal(rig_read32(&rig, 0x50000004), 0x12cd);
	assert_int_equal(board_clock_hz(rig.board, CLOCK_APB1), 48000000);
	/* The components of its core. */
	assert_int_equal(rig_read32(&rig, 0xe000ed00), 0x410cc200);
	assert_int_equal(rig_read32(&rig, 0xe00fffe0), 0x71);
	rig_close(&rig);
}

static void items__of_the_same_name_are_one(void **state)
{
	static const char text[] = "board: mine\npart: mine\ndescription: mine\n"
				   "include: stm32f407vg\n"
				   "memories:\n"
				   "  - { name: SRAM, size: 64 KB }\n"
				   "  - { name: backup SRAM, omit: yes }\n"
				   "cores: [{ name: core, components: [{ name: ROM table, "
				   "config: { pidr: 0x123 } }] }]\n";
	struct rig rig;
	uint32_t value;

	(void)state;
	open_text(&rig, text);
	assert_true(rig_read(&rig, 0x2000fffc, 4, &value));
	assert_false(rig_read(&rig, 0x20010000, 4, &value));
	assert_false(rig_read(&rig, 0x40024000, 4, &value));
	assert_int_equal(rig_read32(&rig, 0xe00fffe0), 0x23);
	assert_int_equal(rig_read32(&rig, 0xe00ff000), 0xfff0f003);
	rig_close(&rig);
}

static void put(const char *folder, const char *name, const char *text)
{
	folder_write(folder, name, text, strlen(text));
}

static void description_load__includes_the_file_beside(void **state)
{
	struct description *description;
	char *folder = folder_new();

	(void)state;
	put(folder, "family.yaml", HEAD);
	put(folder, "mine.yaml",
		"include: family.yaml\nboard: mine\nmemories:\n"
		"  - { name: RAM, kind: ram, base: 0x20000000, size: 4 KB }\n");
	put(folder, "wrong.yaml", "include: none.yaml\nboard: mine\n");
	assert_ok(description_load(folder_path(folder, "mine.yaml"), &description));
	assert_string_equal(description->info.name, "mine");
	assert_string_equal(description->info.description, "a small one");
	assert_int_equal(description->part.memory_count, 1);
	description_destroy(description);
	assert_fails(
		DAPPER_ERR_FILE, description_load(folder_path(folder, "wrong.yaml"), &description));
	assert_message("none.yaml");
	folder_remove(folder);
}

/* Every board that is built in can be made, and its core's identity read. */
static void board__that_is_built_in(void **state)
{
	(void)state;
	for (size_t i = 0; vboard_types[i]; i++) {
		struct vtarget target;
		const struct vbus *bus;
		uint32_t cpuid = 0;

		assert_ok(vboard_types[i]->create(NULL, NULL, 0, &target));
		bus = &target.aps[0].bus;
		assert_true(
			bus->read(bus->data, 0xe000ed00, 4, VBUS_PRIVILEGED | VBUS_SECURE, &cpuid));
		if (cpuid >> 24 != 0x41)
			fail_msg("%s: CPUID 0x%08x", vboard_types[i]->info.name, cpuid);
		target.destroy(target.data);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(description_parse__makes_a_board),
		cmocka_unit_test(items__of_the_same_name_are_one),
		cmocka_unit_test(description_load__includes_the_file_beside),
		cmocka_unit_test(board__that_is_built_in),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(description_parse__refuses, refused_rows),
		TEST_TABLE(description_make_target__refuses, unmade_rows),
	};

	return test_run_tables("description", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
