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
		cmocka_unit_test(options_create__survives_lost_memory),
	};

	return test_run_all("session/options", tests, ARRAY_SIZE(tests), options_set__case, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
