/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>

#include <dapper/session.h>

#include "base/alloc.h"
#include "session/options.h"

static const struct value_case {
	const char *what;
	const char *name;
	const char *value;
	dapper_status status;
	uint64_t number;
} cases[] = {
	{ "plain hertz", "frequency", "4000000", DAPPER_OK, 4000000 },
	{ "k suffix", "frequency", "100k", DAPPER_OK, 100000 },
	{ "M suffix with unit", "frequency", "1.5MHz", DAPPER_OK, 1500000 },
	{ "hertz out of range", "frequency", "10", DAPPER_ERR_INVALID, 0 },
	{ "not a number", "frequency", "fast", DAPPER_ERR_INVALID, 0 },
	{ "infinite", "frequency", "inf", DAPPER_ERR_INVALID, 0 },
	{ "negative", "primary_core", "-1", DAPPER_ERR_INVALID, 0 },
	{ "time in seconds is kept in ms", "reset.hold_time", "0.25", DAPPER_OK, 250 },
	{ "choice by index", "connect_mode", "under-reset", DAPPER_OK, 3 },
	{ "choice in any case", "connect_mode", "ATTACH", DAPPER_OK, 1 },
	{ "bad choice", "connect_mode", "stop", DAPPER_ERR_INVALID, 0 },
	{ "part of a choice", "connect_mode", "att", DAPPER_ERR_INVALID, 0 },
	{ "yes", "allow_no_cores", "yes", DAPPER_OK, 1 },
	{ "off", "resume_on_disconnect", "off", DAPPER_OK, 0 },
	{ "bad bool", "allow_no_cores", "maybe", DAPPER_ERR_INVALID, 0 },
	{ "underscores as Python writes them", "frequency", "8_000_000", DAPPER_OK, 8000000 },
	{ "underscores anywhere else", "frequency", "_8000000", DAPPER_ERR_INVALID, 0 },
	{ "hexadecimal", "probeserver.port", "0x15b3", DAPPER_OK, 5555 },
	{ "negative where it has a meaning", "commander.history_length", "-1", DAPPER_OK,
		UINT64_MAX },
	{ "half a port", "probeserver.port", "1.5", DAPPER_ERR_INVALID, 0 },
	{ "one port", "gdbserver_port", "3334", DAPPER_OK, 3334 },
	{ "a port for each core", "gdbserver_port", "4000,4001", DAPPER_OK, 4000 },
	{ "a port too large", "gdbserver_port", "3333,65536", DAPPER_ERR_INVALID, 0 },
	{ "no port after the comma", "gdbserver_port", "3333,", DAPPER_ERR_INVALID, 0 },
	{ "an older name", "telnet_port", "4445", DAPPER_OK, 4445 },
	{ "data as JSON", "rtt", "[{\"channel\": []}]", DAPPER_OK, 0 },
	{ "data that is only a text", "rtt", "hello", DAPPER_ERR_INVALID, 0 },
	{ "an option of pyOCD without a meaning", "logging", "x", DAPPER_ERR_NOT_FOUND, 0 },
	{ "unknown name", "frequenzy", "1", DAPPER_ERR_NOT_FOUND, 0 },
};

static void options_set__case(void **state)
{
	const struct value_case *c = *state;
	struct options *options;
	enum option_id id;

	assert_ok(options_create(&options));
	if (c->status == DAPPER_OK) {
		assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, c->name, c->value));
		assert_ok(options_find(c->name, &id));
		assert_int_equal(options_get_number(options, id), c->number);
	} else {
		assert_fails(c->status,
			options_set(options, OPTION_SOURCE_COMMAND_LINE, c->name, c->value));
		assert_string_not_equal(dapper_error_last()->hint, "");
	}
	options_destroy(options);
}

static void options_get__takes_the_strongest_source(void **state)
{
	struct options *options;

	(void)state;
	setenv("DAPPER_RESET_HOLD_TIME", "3", 1);
	assert_ok(options_create(&options));
	unsetenv("DAPPER_RESET_HOLD_TIME");
	assert_ok(options_set(options, OPTION_SOURCE_PROJECT_FILE, "reset.hold_time", "2"));
	assert_int_equal(options_get_number(options, OPTION_RESET_HOLD_TIME), 3000);
	assert_int_equal(
		options_get_source(options, OPTION_RESET_HOLD_TIME), OPTION_SOURCE_ENVIRONMENT);
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "reset.hold_time", "1"));
	assert_int_equal(options_get_number(options, OPTION_RESET_HOLD_TIME), 1000);
	options_destroy(options);
}

static void options_create__names_the_bad_variable(void **state)
{
	struct options *options;

	(void)state;
	setenv("DAPPER_FREQUENCY", "x", 1);
	assert_fails(DAPPER_ERR_INVALID, options_create(&options));
	unsetenv("DAPPER_FREQUENCY");
	assert_string_equal(dapper_error_last()->where, "environment variable DAPPER_FREQUENCY");
}

static void options_set__appends_to_lists(void **state)
{
	struct options *options;

	(void)state;
	assert_ok(options_create(&options));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "pack", "a.pack"));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "pack", "b.pack"));
	assert_string_equal(options_get_text(options, OPTION_PACK), "a.pack\nb.pack");
	options_destroy(options);
}

static void options_set__keeps_the_tables_words(void **state)
{
	struct options *options;

	(void)state;
	assert_ok(options_create(&options));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "connect_mode", "PRE-RESET"));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "smart_flash", "OFF"));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "gdbserver_port", "1,2"));
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "rtt", "- a: 0x10\n  b: 2\n"));
	assert_string_equal(options_get_text(options, OPTION_CONNECT_MODE), "pre-reset");
	assert_string_equal(options_get_text(options, OPTION_SMART_FLASH), "false");
	assert_string_equal(options_get_text(options, OPTION_GDBSERVER_PORT), "1\n2");
	assert_string_equal(options_get_text(options, OPTION_RTT), "[{\"a\":\"0x10\",\"b\":2}]");
	options_destroy(options);
}

/* Every source in the order of strength: each stronger one wins, and gives way when taken back. */
static void options_get__takes_the_stronger_of_all_pairs(void **state)
{
	struct options *options;

	(void)state;
	for (int strong = OPTION_SOURCE_TOOL; strong < OPTION_SOURCE_COUNT; strong++)
		for (int weak = OPTION_SOURCE_DEFAULT; weak < strong; weak++) {
			assert_ok(options_create(&options));
			assert_ok(options_set_id(options, (enum option_source)strong,
				OPTION_PRIMARY_CORE, "2", "strong"));
			assert_ok(options_set_id(options, (enum option_source)weak,
				OPTION_PRIMARY_CORE, "1", "weak"));
			assert_int_equal(options_get_number(options, OPTION_PRIMARY_CORE), 2);
			assert_int_equal(options_get_source(options, OPTION_PRIMARY_CORE), strong);
			assert_string_equal(
				options_get_origin(options, OPTION_PRIMARY_CORE), "strong");
			options_forget(options, (enum option_source)strong, OPTION_PRIMARY_CORE);
			assert_int_equal(options_get_number(options, OPTION_PRIMARY_CORE), 1);
			assert_string_equal(
				options_get_origin(options, OPTION_PRIMARY_CORE), "weak");
			options_destroy(options);
		}
}

struct heard {
	unsigned count;
	enum option_id id;
	char old[32];
};

static void hear(void *data, enum option_id id, const char *old)
{
	struct heard *heard = data;

	heard->count++;
	heard->id = id;
	strncpy(heard->old, old, sizeof(heard->old) - 1);
}

static void options_set__tells_only_what_counts(void **state)
{
	struct heard heard = { .count = 0 };
	struct options *options;

	(void)state;
	assert_ok(options_create(&options));
	options_set_listener(options, hear, &heard);
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "primary_core", "0"));
	assert_int_equal(heard.count, 0); /* as it was by default */
	assert_ok(options_set(options, OPTION_SOURCE_COMMAND_LINE, "primary_core", "3"));
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.id, OPTION_PRIMARY_CORE);
	assert_string_equal(heard.old, "0");
	assert_ok(options_set(options, OPTION_SOURCE_PROJECT_FILE, "primary_core", "5"));
	assert_int_equal(heard.count, 1); /* the command line is stronger */
	options_forget(options, OPTION_SOURCE_COMMAND_LINE, OPTION_PRIMARY_CORE);
	assert_int_equal(heard.count, 2);
	assert_int_equal(options_get_number(options, OPTION_PRIMARY_CORE), 5);
	options_destroy(options);
}

static void options_find_whole__takes_no_beginnings(void **state)
{
	enum option_id id;

	(void)state;
	assert_ok(options_find("freq", &id));
	assert_fails(DAPPER_ERR_NOT_FOUND, options_find_whole("freq", &id));
	assert_string_equal(dapper_error_last()->hint, "did you mean 'frequency'?");
	assert_ok(options_find_whole("Chip-Erase", &id));
	assert_int_equal(id, OPTION_CHIP_ERASE);
	assert_ok(options_find_whole("telnet_mode", &id));
	assert_int_equal(id, OPTION_STDIO_MODE);
}

/* What the parsers rely on, of each line of the table; and the order that readers rely on. */
static void options_def__is_sound(void **state)
{
	const dapper_option_info *info, *last = NULL;

	(void)state;
	for (size_t i = 0; (info = dapper_option_get_info(i)); i++) {
		bool is_range = strcmp(info->type, "INT") == 0 || strcmp(info->type, "HZ") == 0 ||
		                strcmp(info->type, "TIME") == 0 || strcmp(info->type, "PORTS") == 0;

		assert_true(!is_range || strstr(info->values, ".."));
		assert_true(strcmp(info->type, "CHOICE") != 0 || strchr(info->values, '|'));
		assert_true(strlen(info->help) > 10 && strlen(info->name) < 50);
		if (last)
			assert_true(strcmp(last->name, info->name) < 0);
		last = info;
	}
}

static void options_create__survives_lost_memory(void **state)
{
	struct options *options = NULL;
	dapper_status status;

	(void)state;
	for (uint64_t n = 1; n < 1000; n++) {
		alloc_fail_at(n);
		status = options_create(&options);
		alloc_fail_at(0);
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
	}
	assert_non_null(options);
	options_destroy(options);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_get__takes_the_strongest_source),
		cmocka_unit_test(options_create__names_the_bad_variable),
		cmocka_unit_test(options_set__appends_to_lists),
		cmocka_unit_test(options_set__keeps_the_tables_words),
		cmocka_unit_test(options_get__takes_the_stronger_of_all_pairs),
		cmocka_unit_test(options_set__tells_only_what_counts),
		cmocka_unit_test(options_find_whole__takes_no_beginnings),
		cmocka_unit_test(options_def__is_sound),
		cmocka_unit_test(options_create__survives_lost_memory),
	};

	return test_run_all("session/options", tests, ARRAY_SIZE(tests), options_set__case, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
