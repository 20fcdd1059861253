/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dapper/session.h>

#include "base/alloc.h"
#include "base/event.h"
#include "session/config.h"
#include "session/config_files.h"
#include "support/folder.h"

/* A home of its own for every test: a project below it, and the user's folder. */
struct place {
	char *root;
	char *log; /* the warnings, one a line */
	dapper_context *context;
	struct options *options;
	struct config *config;
};

static void keep_warning(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	struct place *place = payload;
	char *longer = xasprintf("%s%s\n", place->log, line);

	(void)topic;
	assert_int_equal(level, DAPPER_LOG_WARNING);
	free(place->log);
	place->log = longer;
}

static void write_text(struct place *place, const char *name, const char *text)
{
	folder_write(place->root, name, text, strlen(text));
}

static void enter(struct place *place, const char *folder)
{
	assert_int_equal(chdir(folder_path(place->root, folder)), 0);
}

static int set_up(void **state)
{
	struct place *place = xnew(place);

	place->root = folder_new();
	place->log = xstrdup("");
	write_text(place, "p/sub/deep/here", "");
	write_text(place, "config/here", "");
	setenv("XDG_CONFIG_HOME", folder_path(place->root, "config"), 1);
	setenv("HOME", place->root, 1);
	enter(place, "p");
	assert_ok(dapper_context_new(&place->context));
	dapper_context_set_log(
		place->context, DAPPER_LOG_ALL, DAPPER_LOG_WARNING, keep_warning, place);
	assert_ok(options_create(&place->options));
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	config_destroy(place->config);
	options_destroy(place->options);
	dapper_context_unref(place->context);
	assert_int_equal(chdir("/"), 0);
	folder_remove(place->root);
	free(place->log);
	free(place);
	return 0;
}

static void load(struct place *place)
{
	assert_ok(config_load(place->context, place->options, &place->config));
}

static void set(struct place *place, const char *name, const char *value)
{
	assert_ok(options_set(place->options, OPTION_SOURCE_COMMAND_LINE, name, value));
}

/* The value that counts, and where it is from: "value <- source, file:line below the root". */
static void assert_option(const struct place *place, enum option_id id, const char *expected)
{
	const char *origin = options_get_origin(place->options, id);
	size_t length = strlen(place->root);
	char text[512];

	if (strncmp(origin, place->root, length) == 0)
		origin += length + 1;
	snprintf(text, sizeof(text), "%s <- %s, %s", options_get_text(place->options, id),
		option_source_text(options_get_source(place->options, id)), origin);
	assert_string_equal(text, expected);
}

/* --- which files ----------------------------------------------------------------------------- */

static void config_load__works_without_files(void **state)
{
	struct place *place = *state;

	load(place);
	assert_string_equal(config_get_folder(place->config), folder_path(place->root, "p"));
	assert_option(place, OPTION_FREQUENCY, "1000000 <- default, ");
}

static void config_load__finds_the_nearest_project_upwards(void **state)
{
	struct place *place = *state;

	write_text(place, "dapper.yaml", "frequency: 1M\n");
	write_text(place, "p/pyocd.yaml", "\nfrequency: 2M\n");
	enter(place, "p/sub/deep");
	load(place);
	assert_option(place, OPTION_FREQUENCY, "2M <- project file, p/pyocd.yaml:2");
	assert_string_equal(config_get_folder(place->config), folder_path(place->root, "p"));
}

/* In the order of preference: each row's file wins over those of later rows. */
static void config_load__prefers_names_in_order(void **state)
{
	static const char *const names[] = { "dapper.yaml", "dapper.yml", "pyocd.yaml", "pyocd.yml",
		".pyocd.yaml", ".pyocd.yml" };
	struct place *place = *state;
	char name[32], text[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "p/%s", names[i]);
		write_text(place, name, "frequency: 2M\n");
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		load(place);
		snprintf(text, sizeof(text), "2M <- project file, p/%s:1", names[i]);
		assert_option(place, OPTION_FREQUENCY, text);
		config_destroy(place->config);
		place->config = NULL;
		assert_int_equal(unlink(names[i]), 0);
	}
}

static void config_load__leaves_folders_alone_that_anyone_can_write(void **state)
{
	struct place *place = *state;

	write_text(place, "p/dapper.yaml", "frequency: 2M\n");
	assert_int_equal(chmod(folder_path(place->root, "p"), 0777), 0);
	enter(place, "p/sub");
	load(place);
	assert_option(place, OPTION_FREQUENCY, "1000000 <- default, ");
	config_destroy(place->config);
	enter(place, "p");
	load(place);
	assert_option(place, OPTION_FREQUENCY, "2M <- project file, p/dapper.yaml:1");
}

static void config_load__takes_what_is_named(void **state)
{
	struct place *place = *state;

	write_text(place, "p/dapper.yaml", "frequency: 2M\n");
	write_text(place, "q/other.yaml", "frequency: 3M\npack: a.pack\n");
	write_text(place, "r/pyocd.yml", "frequency: 4M\npack: a.pack\n");
	set(place, "project_dir", folder_path(place->root, "r"));
	load(place);
	assert_option(place, OPTION_FREQUENCY, "4M <- project file, r/pyocd.yml:1");
	config_destroy(place->config);
	set(place, "config_file", folder_path(place->root, "q/other.yaml"));
	load(place);
	assert_option(place, OPTION_FREQUENCY, "3M <- project file, q/other.yaml:1");
	/* The named folder stays the one that paths begin at. */
	assert_string_equal(options_get_text(place->options, OPTION_PACK),
		folder_path(place->root, "r/a.pack"));
	config_destroy(place->config);
	set(place, "project_dir", "");
	load(place);
	assert_string_equal(options_get_text(place->options, OPTION_PACK),
		folder_path(place->root, "q/a.pack"));
}

static void config_load__reads_nothing_when_told_so(void **state)
{
	struct place *place = *state;

	write_text(place, "p/dapper.yaml", "frequency: 2M\n");
	write_text(place, "config/dapper/dapper.yaml", "primary_core: 1\n");
	set(place, "no_config", "true");
	load(place);
	assert_option(place, OPTION_FREQUENCY, "1000000 <- default, ");
	assert_option(place, OPTION_PRIMARY_CORE, "0 <- default, ");
	config_destroy(place->config);
	set(place, "config_file", "dapper.yaml");
	load(place);
	assert_option(place, OPTION_FREQUENCY, "2M <- project file, dapper.yaml:1");
	assert_option(place, OPTION_PRIMARY_CORE, "0 <- default, ");
}

static void config_load__names_what_is_not_there(void **state)
{
	struct place *place = *state;

	set(place, "config_file", "absent.yaml");
	assert_fails(DAPPER_ERR_FILE, config_load(place->context, place->options, &place->config));
	assert_message("'absent.yaml'");
	set(place, "config_file", "");
	set(place, "project_dir", "absent");
	assert_fails(DAPPER_ERR_FILE, config_load(place->context, place->options, &place->config));
	assert_message("no project folder 'absent'");
}

/* --- precedence ------------------------------------------------------------------------------ */

static void config_load__knows_who_is_stronger(void **state)
{
	struct place *place = *state;

	write_text(place, "config/dapper/dapper.yaml",
		"primary_core: 1\nfrequency: 1M\nreset.hold_time: 1\nreset.post_delay: 1\n"
		"probes:\n  066E: {reset.hold_time: 2}\n"
		"boards:\n  stm32f407vg: {reset.hold_time: 3, reset.post_delay: 3}\n");
	write_text(place, "p/dapper.yaml",
		"frequency: 2M\nreset.halt_timeout: 1\nsmart_flash: off\nconnect_mode: attach\n"
		"target_override: other\n"
		"probes:\n  066e:\n    target_override: STM32F407VG\n    reset.halt_timeout: 2\n"
		"  066EFF: {reset.halt_timeout: 9}\n"
		"boards:\n  stm32f407vg: {reset.halt_timeout: 3, smart_flash: on}\n");
	set(place, "connect_mode", "halt");
	load(place);
	assert_ok(config_select(place->config, "066EFF555"));
	assert_option(place, OPTION_PRIMARY_CORE, "1 <- user file, config/dapper/dapper.yaml:1");
	assert_option(place, OPTION_FREQUENCY, "2M <- project file, p/dapper.yaml:1");
	assert_option(place, OPTION_RESET_HOLD_TIME,
		"2 <- user file, this probe, config/dapper/dapper.yaml:6");
	assert_option(place, OPTION_RESET_POST_DELAY,
		"3 <- user file, this board, config/dapper/dapper.yaml:8");
	/* The first that fits, in any case; and the probe before the board. */
	assert_option(
		place, OPTION_RESET_HALT_TIMEOUT, "2 <- project file, this probe, p/dapper.yaml:9");
	assert_option(
		place, OPTION_SMART_FLASH, "true <- project file, this board, p/dapper.yaml:12");
	assert_option(place, OPTION_CONNECT_MODE, "halt <- command line, ");
}

static void config_select__takes_back_what_was_for_another(void **state)
{
	struct place *place = *state;

	write_text(place, "p/dapper.yaml",
		"probes:\n  A1: {target_override: x, pack: [a, b]}\n  B2:\n"
		"boards:\n  X: {primary_core: 3}\n");
	set(place, "probe", "a1");
	load(place);
	assert_option(place, OPTION_PRIMARY_CORE, "3 <- project file, this board, p/dapper.yaml:5");
	/* Once more the same: a list must not grow. */
	assert_ok(config_select(place->config, "00A100"));
	assert_option(
		place, OPTION_TARGET_OVERRIDE, "x <- project file, this probe, p/dapper.yaml:2");
	assert_non_null(strchr(options_get_text(place->options, OPTION_PACK), '\n'));
	assert_ptr_equal(strchr(options_get_text(place->options, OPTION_PACK), '\n'),
		strrchr(options_get_text(place->options, OPTION_PACK), '\n'));
	assert_ok(config_select(place->config, "00B200"));
	assert_option(place, OPTION_TARGET_OVERRIDE, " <- default, ");
	assert_option(place, OPTION_PRIMARY_CORE, "0 <- default, ");
	assert_option(place, OPTION_PACK, " <- default, ");
}

/* --- values ---------------------------------------------------------------------------------- */

static void config_load__resolves_paths(void **state)
{
	struct place *place = *state;
	char *expected =
		xasprintf("%s/p/packs/a.pack\n/abs/b.pack\n%s/c.pack", place->root, place->root);

	write_text(place, "p/pyocd.yaml",
		"pack:\n  - packs/a.pack\n  - /abs/b.pack\n  - ~/c.pack\nuser_script: s.lua\n");
	write_text(place, "config/dapper/dapper.yaml", "stdio_file_out: out.txt\n");
	enter(place, "p/sub");
	load(place);
	assert_string_equal(options_get_text(place->options, OPTION_PACK), expected);
	free(expected);
	assert_string_equal(options_get_text(place->options, OPTION_USER_SCRIPT),
		folder_path(place->root, "p/s.lua"));
	assert_string_equal(options_get_text(place->options, OPTION_STDIO_FILE_OUT),
		folder_path(place->root, "config/dapper/out.txt"));
}

static void config_load__keeps_structures_as_json(void **state)
{
	struct place *place = *state;

	write_text(place, "p/pyocd.yaml",
		"rtt:\n- pname: cm4\n  control-block:\n    auto-detect: true\n  channel:\n"
		"  - number: 0\n    mode: stdio\nprobe: ~\ngdbserver_port: [3333, 3334]\n");
	load(place);
	assert_option(place, OPTION_RTT,
		"[{\"pname\":\"cm4\",\"control-block\":{\"auto-detect\":true},"
		"\"channel\":[{\"number\":0,\"mode\":\"stdio\"}]}] <- project file, "
		"p/pyocd.yaml:1");
	assert_option(place, OPTION_PROBE, " <- default, ");
	assert_string_equal(options_get_text(place->options, OPTION_GDBSERVER_PORT), "3333\n3334");
}

static void config_load__says_once_what_has_no_effect(void **state)
{
	struct place *place = *state;
	char *expected = xasprintf("%s/p/pyocd.yaml: ignored, for it has no meaning here: logging, "
				   "debug.traceback\n%s/p/pyocd.yaml: not used yet, so without "
				   "effect: auto_unlock, rtos.name\n",
		place->root, place->root);

	write_text(place, "p/pyocd.yaml",
		"logging: {loggers: {pyocd: {level: DEBUG}}}\nauto_unlock: false\n"
		"debug.traceback: true\nprobes:\n  X: {auto_unlock: true, rtos.name: freertos}\n"
		"  Y: {rtos.name: zephyr, logging: x}\n");
	load(place);
	assert_string_equal(place->log, expected);
	free(expected);
}

/* --- mistakes -------------------------------------------------------------------------------- */

static const struct mistake {
	const char *what;
	const char *text;
	dapper_status status;
	const char *message;
	const char *hint;
	unsigned line;
} mistakes[] = {
	{ "a mistyped name", "pack: x\nfrequenzy: 1M\n", DAPPER_ERR_NOT_FOUND,
		"unknown option 'frequenzy'", "did you mean 'frequency'?", 2 },
	{ "a name that is like none", "zzzzzzzz: 1\n", DAPPER_ERR_NOT_FOUND, "unknown option",
		"`dapper config` lists them", 1 },
	{ "part of a name", "freq: 1M\n", DAPPER_ERR_NOT_FOUND, "unknown option 'freq'",
		"did you mean 'frequency'?", 1 },
	{ "a value out of range", "\n\nfrequency: 10\n", DAPPER_ERR_INVALID,
		"'10' is no value for the option 'frequency'", "1000..100000000 Hz", 3 },
	{ "no such choice", "connect_mode: stop", DAPPER_ERR_INVALID, "'stop' is no value",
		"halt|attach|pre-reset|under-reset", 1 },
	{ "a list for one value", "a:\nfrequency: [1M]", DAPPER_ERR_NOT_FOUND, "'a'", "", 1 },
	{ "a list where one value is due", "frequency: [1M]", DAPPER_ERR_INVALID,
		"'frequency' takes one value, not a list", "", 1 },
	{ "a map in a list of paths", "pack:\n  - a\n  - b: c\n", DAPPER_ERR_INVALID,
		"'pack' takes a list of texts, not a map", "", 3 },
	{ "text for data", "rtt: 5", DAPPER_ERR_INVALID, "no value for the option 'rtt'",
		"a list or a map", 1 },
	{ "in a probe's section that does not fit", "probes:\n  X:\n    frequency: 1\n",
		DAPPER_ERR_INVALID, "no value for the option 'frequency'", "", 3 },
	{ "in a board's section", "boards:\n  X:\n    chip_erase: al\n", DAPPER_ERR_INVALID,
		"'al' is no value", "auto|sector|chip|none", 3 },
	{ "a section in a section", "probes:\n  X:\n    probes: {}\n", DAPPER_ERR_NOT_FOUND,
		"unknown option 'probes'", "'probe'", 3 },
	{ "probes as a list", "probes:\n  - X\n", DAPPER_ERR_INVALID, "'probes' takes a map", "",
		1 },
	{ "a probe without a name", "probes:\n  '': {frequency: 1M}\n", DAPPER_ERR_INVALID,
		"names that are not empty", "", 2 },
	{ "a probe with a value", "probes:\n  X: 5\n", DAPPER_ERR_INVALID,
		"'X' takes a map of options, not a text", "", 2 },
	{ "which file, in the file", "no_config: true\n", DAPPER_ERR_INVALID,
		"cannot be set in a configuration file", "command line", 1 },
	{ "a list as the file", "- frequency: 1M\n", DAPPER_ERR_INVALID,
		"takes a map of options, not a list", "", 1 },
	{ "no YAML", "frequency: [1M\n", DAPPER_ERR_PARSE, "this is not YAML", "", 2 },
	{ "an option twice", "frequency: 1M\n\nfrequency: 2M\n", DAPPER_ERR_PARSE,
		"'frequency' is there twice, first in line 1", "", 3 },
};

static void config_load__mistake(void **state)
{
	const struct mistake *m = *state;
	void *fixture = NULL;
	struct place *place;
	char *where;

	set_up(&fixture);
	place = fixture;
	write_text(place, "p/dapper.yaml", m->text);
	assert_fails(m->status, config_load(place->context, place->options, &place->config));
	assert_message(m->message);
	assert_non_null(strstr(dapper_error_last()->hint, m->hint));
	where = xasprintf("%s/p/dapper.yaml:%u", place->root, m->line);
	assert_string_equal(dapper_error_last()->where, where);
	free(where);
	/* What stood before the mistake is taken back. */
	for (int id = 0; id < OPTION_COUNT; id++)
		assert_int_equal(options_get_source(place->options, (enum option_id)id),
			OPTION_SOURCE_DEFAULT);
	tear_down(&fixture);
}

static void config_load__survives_lost_memory(void **state)
{
	struct place *place = *state;

	write_text(place, "config/dapper/dapper.yaml", "primary_core: 1\n");
	write_text(place, "p/dapper.yaml",
		"pack: [a, b]\nprobe: abc\nprobes:\n  ab: {target_override: x}\n"
		"boards:\n  X: {rtt: [1, 2]}\n");
	enter(place, "p/sub");
	for (uint64_t n = 1; n < 500 && !place->config; n++) {
		dapper_status status;

		alloc_fail_at(n);
		status = config_load(place->context, place->options, &place->config);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
	}
	assert_non_null(place->config);
	assert_string_equal(options_get_text(place->options, OPTION_RTT), "[1,2]");
}

int main(void)
{
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		IN_PLACE(config_load__works_without_files),
		IN_PLACE(config_load__finds_the_nearest_project_upwards),
		IN_PLACE(config_load__prefers_names_in_order),
		IN_PLACE(config_load__leaves_folders_alone_that_anyone_can_write),
		IN_PLACE(config_load__takes_what_is_named),
		IN_PLACE(config_load__reads_nothing_when_told_so),
		IN_PLACE(config_load__names_what_is_not_there),
		IN_PLACE(config_load__knows_who_is_stronger),
		IN_PLACE(config_select__takes_back_what_was_for_another),
		IN_PLACE(config_load__resolves_paths),
		IN_PLACE(config_load__keeps_structures_as_json),
		IN_PLACE(config_load__says_once_what_has_no_effect),
		IN_PLACE(config_load__survives_lost_memory),
	};

	return test_run_all("session/config", tests, ARRAY_SIZE(tests), config_load__mistake,
		mistakes, sizeof(mistakes[0]), ARRAY_SIZE(mistakes));
}
