/* SPDX-License-Identifier: Apache-2.0 */
/* The events of whole sessions, on the virtual board. */
#include "support/test.h"

#include <stdio.h>

#include <dapper/dapper.h>

/* Writes down the events as words. */
struct notes {
	char text[1024];
	unsigned progress;
	uint64_t last_done;
	uint64_t last_total;
};

static void append(struct notes *notes, const char *text)
{
	size_t used = strlen(notes->text);

	snprintf(notes->text + used, sizeof(notes->text) - used, "%s%s", used ? ", " : "", text);
}

static void on_event(void *payload, const dapper_event *event)
{
	struct notes *notes = payload;
	char text[128];

	assert_non_null(event->session);
	if (event->type == DAPPER_EVENT_FLASH_PROGRESS) {
		notes->progress++;
		notes->last_done = event->data.flash.done;
		notes->last_total = event->data.flash.total;
		return;
	}
	snprintf(text, sizeof(text), "%s", dapper_event_type_text(event->type));
	if (event->type == DAPPER_EVENT_OPTION_CHANGED)
		snprintf(text, sizeof(text), "%s: %s -> %s", event->data.option.name,
			event->data.option.old_value, event->data.option.value);
	append(notes, text);
}

static void assert_notes(struct notes *notes, const char *expected)
{
	assert_string_equal(notes->text, expected);
	notes->text[0] = '\0';
}

struct bench {
	dapper_context *context;
	dapper_session *session;
	struct notes notes;
};

static void begin(struct bench *bench, const char *probe)
{
	*bench = (struct bench){ .context = NULL };
	assert_ok(dapper_context_new(&bench->context));
	assert_ok(dapper_session_new(bench->context, &bench->session));
	assert_ok(dapper_session_set_option(bench->session, "probe", probe));
	assert_ok(dapper_session_subscribe(
		bench->session, DAPPER_EVENT_ALL, on_event, &bench->notes, NULL));
}

static void end(struct bench *bench)
{
	dapper_session_free(bench->session);
	dapper_context_unref(bench->context);
}

static void session__tells_its_life(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg");
	assert_ok(dapper_session_open(bench.session));
	assert_notes(&bench.notes, "core halted, session opened");
	assert_ok(dapper_session_close(bench.session));
	assert_notes(&bench.notes, "session closing");
	assert_ok(dapper_session_set_option(bench.session, "connect_mode", "attach"));
	assert_notes(&bench.notes, "connect_mode: halt -> attach");
	assert_ok(dapper_session_open(bench.session));
	assert_notes(&bench.notes, "session opened");
	end(&bench);
}

static void target__tells_what_its_core_does(void **state)
{
	dapper_target_state target_state;
	dapper_target *target;
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg");
	assert_ok(dapper_session_open(bench.session));
	target = dapper_session_get_target(bench.session);
	bench.notes.text[0] = '\0';
	assert_ok(dapper_target_reset_and_halt(target, DAPPER_RESET_DEFAULT));
	assert_notes(&bench.notes, "core reset, core halted");
	assert_ok(dapper_target_halt(target));
	assert_ok(dapper_target_get_state(target, &target_state));
	assert_notes(&bench.notes, "");
	assert_ok(dapper_target_reset(target, DAPPER_RESET_SYSTEM));
	assert_notes(&bench.notes, "core reset, core resumed");
	assert_ok(dapper_target_halt(target));
	assert_notes(&bench.notes, "core halted");
	assert_ok(dapper_target_resume(target));
	assert_notes(&bench.notes, "core resumed");
	end(&bench);
}

/* A few instructions in RAM: nop; bkpt #0. */
static void target__tells_of_a_core_that_halts_by_itself(void **state)
{
	static const uint8_t code[] = { 0x00, 0xbf, 0x00, 0xbf, 0x00, 0xbe, 0xfe, 0xe7 };
	const dapper_register *pc;
	uint64_t address = 0x20000000;
	dapper_target_state target_state;
	dapper_target *target;
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg");
	assert_ok(dapper_session_open(bench.session));
	target = dapper_session_get_target(bench.session);
	assert_ok(dapper_target_reset_and_halt(target, DAPPER_RESET_DEFAULT));
	assert_ok(dapper_target_write_memory(target, address, code, sizeof(code)));
	pc = dapper_target_find_register(target, "pc");
	assert_ok(dapper_target_write_registers(target, &pc->id, &address, 1));
	bench.notes.text[0] = '\0';
	assert_ok(dapper_target_step(target));
	assert_notes(&bench.notes, "core resumed, core halted");
	assert_ok(dapper_target_resume(target));
	assert_ok(dapper_target_wait_halted(target, 1000));
	assert_ok(dapper_target_get_state(target, &target_state));
	assert_notes(&bench.notes, "core resumed, core halted");
	end(&bench);
}

static void count_calls(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	unsigned *count = payload;

	(void)phase;
	assert_true(done <= total);
	(*count)++;
}

static void flash__tells_progress_beside_the_callback(void **state)
{
	dapper_flash_options options = DAPPER_FLASH_OPTIONS_INIT;
	struct bench bench;
	unsigned count = 0;

	(void)state;
	begin(&bench, "virtual:stm32f407vg");
	assert_ok(dapper_session_set_option(bench.session, "target_override", "stm32f407vg"));
	assert_ok(dapper_session_open(bench.session));
	options.progress = count_calls;
	options.payload = &count;
	assert_ok(dapper_flash_erase_range(bench.session, 0x08004000, 0x4000, &options, NULL));
	assert_in_range(bench.notes.progress, 1, 1000);
	assert_int_equal(bench.notes.progress, count);
	assert_int_equal(bench.notes.last_done, 0x4000);
	assert_int_equal(bench.notes.last_total, 0x4000);
	assert_ok(dapper_flash_erase_range(bench.session, 0x08004000, 0x4000, NULL, NULL));
	assert_in_range(bench.notes.progress, count + 1, 1000);
	options.struct_size = 1;
	assert_fails(DAPPER_ERR_INVALID,
		dapper_flash_erase_range(bench.session, 0x08004000, 0x4000, &options, NULL));
	end(&bench);
}

static void probe__tells_its_loss_once(void **state)
{
	uint32_t words[64];
	dapper_status status = DAPPER_OK;
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg,unplug-at=60");
	assert_ok(dapper_session_open(bench.session));
	bench.notes.text[0] = '\0';
	for (unsigned i = 0; i < 100 && status == DAPPER_OK; i++)
		status = dapper_target_read_memory(
			dapper_session_get_target(bench.session), 0x20000000, words, sizeof(words));
	assert_int_equal(status, DAPPER_ERR_PROBE_GONE);
	assert_notes(&bench.notes, "probe lost");
	assert_int_equal(dapper_target_halt(dapper_session_get_target(bench.session)),
		DAPPER_ERR_PROBE_GONE);
	assert_notes(&bench.notes, "");
	(void)dapper_session_close(bench.session);
	assert_notes(&bench.notes, "session closing");
	end(&bench);
}

static void session__tells_of_a_failed_opening(void **state)
{
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg,unplug-at=10");
	assert_fails(DAPPER_ERR_PROBE_GONE, dapper_session_open(bench.session));
	assert_notes(&bench.notes, "probe lost, session closing");
	end(&bench);
}

static void dapper_unsubscribe__ends_it(void **state)
{
	dapper_subscription *subscription;
	struct notes notes = { .text = "" };
	struct bench bench;

	(void)state;
	begin(&bench, "virtual:stm32f407vg");
	assert_fails(DAPPER_ERR_INVALID,
		dapper_session_subscribe(NULL, DAPPER_EVENT_ALL, on_event, &notes, NULL));
	assert_ok(dapper_session_subscribe(
		bench.session, DAPPER_EVENT_OPTION_CHANGED, on_event, &notes, &subscription));
	assert_ok(dapper_session_set_option(bench.session, "frequency", "2M"));
	assert_notes(&notes, "frequency: 1000000 -> 2M");
	dapper_unsubscribe(subscription);
	assert_ok(dapper_session_set_option(bench.session, "frequency", "3M"));
	assert_notes(&notes, "");
	end(&bench);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(session__tells_its_life),
		cmocka_unit_test(target__tells_what_its_core_does),
		cmocka_unit_test(target__tells_of_a_core_that_halts_by_itself),
		cmocka_unit_test(flash__tells_progress_beside_the_callback),
		cmocka_unit_test(probe__tells_its_loss_once),
		cmocka_unit_test(session__tells_of_a_failed_opening),
		cmocka_unit_test(dapper_unsubscribe__ends_it),
	};

	return cmocka_run_group_tests_name("session/events", tests, NULL, NULL);
}
