/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing and programming over the ring: on a fake target, and with real algorithms on the
 * simulated core. That every operation of a run may fail is in test_failures.c. */
#include "unit/flash/flash_test.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "flash/loader.h"
#include "flash/loader_code.h"
#include "unit/flash/flm_test.h"

/* --- on a fake target ------------------------------------------------------------------------- */

static uint8_t image[0x4000];

/* Sectors of 1 KB, so that there are more steps than slots. */
static const struct fake_flm small_sectors = { .sectors = { { 0, 0x100, 64 } } };

struct ring_case {
	const char *what;
	struct fake_flm flm;
	bool eager;
	size_t starts; /* of the core: of the hash twice, the ring, UnInit */
};

static const struct ring_case ring_cases[] = {
	{ "as late as can be", { .sectors = { { 0, 0x100, 64 } } }, false, 4 },
	{ "as soon as can be", { .sectors = { { 0, 0x100, 64 } } }, true, 4 },
	/* 0x8000 - 4 - 0x7400 - 512 - 0x320: room for two pages and a bit. */
	{ "two buffers", { .sectors = { { 0, 0x100, 64 } }, .code_size = 0x7400 }, false, 4 },
	{ "two buffers, at once", { .sectors = { { 0, 0x100, 64 } }, .code_size = 0x7400 }, true,
		4 },
	{ "pages of 72 bytes", { .page_size = 72, .sectors = { { 0, 72 * 4, 56 } } }, false, 4 },
	{ "pages of 70 bytes, odd ends", { .page_size = 70, .sectors = { { 0, 0x100, 64 } } },
		false, 4 },
};

static void stream__programs_with_one_start(void **state)
{
	const struct ring_case *row = *state;
	const size_t size = 0x3f00;
	struct flash_test test;

	flash_test_begin(&test, true, &row->flm, 1);
	test.fake->eager = row->eager;
	flash_test_fill(image, sizeof(image), 3);
	memset(test.first->bytes, 0, 0x2000);
	/* A hole, which is not sent. */
	memset(image + 0x1000, 0xff, 0x400);
	flash_test_add_image(&test, test.first->start, image, size);
	assert_ok(flash_test_program(&test));
	flash_test_check_end(&test);
	assert_memory_equal(test.first->bytes, image, size);
	assert_int_equal(test.result.image_bytes, size);
	assert_true(test.first->erased_sectors >= 0x2000 / 0x120);
	assert_int_equal(test.result.erased_sectors, test.first->erased_sectors);
	assert_in_range(test.result.programmed_bytes, size - 0x400, size - 0x400 + 2 * 72);
	assert_in_range(test.fake->starts, 3, row->starts);
	flash_test_end(&test);
}

/* All is queued that fits: what runs is told by the failing one's number. */
static void stream__stops_at_each_call_that_fails(void **state)
{
	struct flash_test test;
	size_t calls, fail_at;

	(void)state;
	flash_test_begin(&test, true, &small_sectors, 1);
	flash_test_fill(image, sizeof(image), 3);
	flash_test_add_image(&test, test.first->start, image, 0x3000);
	memset(test.first->bytes, 0, test.first->size);
	assert_ok(flash_test_program(&test));
	calls = test.fake->calls;
	/* Init, 48 sectors, UnInit, Init, 48 pages, UnInit */
	assert_int_equal(calls, 1 + 48 + 1 + 1 + 48 + 1);
	for (fail_at = 1; fail_at <= calls; fail_at++) {
		size_t erased = fail_at < 2 ? 0 : fail_at - 2 < 48 ? fail_at - 2 : 48;
		size_t programmed = fail_at < 52 ? 0 : fail_at - 52 < 48 ? fail_at - 52 : 48;

		fake_target_restart(test.fake);
		memset(test.first->bytes, 0, test.first->size);
		test.fake->fail_call = fail_at;
		test.fake->eager = fail_at % 2;
		assert_fails(DAPPER_ERR_FLASH_ALGORITHM, flash_test_program(&test));
		flash_test_check_end(&test);
		assert_int_equal(test.result.erased_sectors, erased);
		assert_int_equal(test.result.erased_bytes, erased * 0x100);
		assert_int_equal(test.result.programmed_bytes, programmed * 0x100);
		assert_int_equal(test.first->programmed_pages, programmed);
		assert_int_equal(test.first->erased_sectors, erased);
	}
	flash_test_end(&test);
}

static void count_erase_reports(
	void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	size_t *reports = payload;

	*reports += phase == DAPPER_PHASE_ERASE && done > 0 && done < total;
}

/* Who watches sees each sector: it may take seconds. */
static void stream__reports_each_sector(void **state)
{
	struct flash_test test;
	size_t reports = 0;

	(void)state;
	flash_test_begin(&test, true, &small_sectors, 1);
	flash_test_fill(image, sizeof(image), 3);
	memset(test.first->bytes, 0, test.first->size);
	flash_test_add_image(&test, test.first->start, image, 0x4000);
	test.options.progress = count_erase_reports;
	test.options.payload = &reports;
	test_clear_error();
	assert_ok(flash_program(test.flash, test.images, 1, &test.options, &test.result));
	flash_test_check_end(&test);
	assert_int_equal(reports, 63);
	/* Init, 64 sectors, UnInit: 1 ms each, and not a page. */
	assert_in_range(test.result.erase_ns, 66000000, 67000000);
	flash_test_end(&test);
}

static void cancel_at_half(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	struct flash_test *test = payload;

	if (phase == DAPPER_PHASE_PROGRAM && done >= total / 2)
		dapper_context_cancel(test->fake->target.context);
}

/* What was queued is not done any more, and what was done is counted. */
static void stream__stops_when_cancelled(void **state)
{
	struct flash_test test;
	size_t pages;

	(void)state;
	flash_test_begin(&test, true, &small_sectors, 1);
	flash_test_fill(image, sizeof(image), 3);
	flash_test_add_image(&test, test.first->start, image, 0x4000);
	test.options.progress = cancel_at_half;
	test_clear_error();
	assert_int_equal(flash_program(test.flash, test.images, 1, &test.options, &test.result),
		DAPPER_ERR_CANCELLED);
	flash_test_check_end(&test);
	pages = test.first->programmed_pages;
	assert_in_range(pages, 32, 63);
	assert_int_equal(test.result.programmed_bytes, pages * 0x100);
	assert_memory_equal(test.first->bytes, image, pages * 0x100);
	assert_int_equal(test.first->bytes[pages * 0x100], 0xff);
	assert_int_equal(test.first->active, 0);
	flash_test_end(&test);
}

/* --- on the simulated core -------------------------------------------------------------------- */

enum { RAM = 0x20000000, FLASH_SIZE = 256 * 1024 };
static const uint64_t flash_start = 0x08000000;

struct board {
	dapper_context *context;
	dapper_session *session;
	dapper_target *target;
	struct flash *flash;
	struct flm *flm;
};

static void board_begin(struct board *board, const char *algorithm, uint32_t ram_size)
{
	const struct flash_timeouts timeouts = {
		.init = 100, .erase_all = 20000, .erase_sector = 5000, .program = 300
	};
	const struct flash_placement placement = {
		.name = algorithm,
		.start = flash_start,
		.size = 0x100000,
		.ram_start = RAM,
		.ram_size = ram_size,
	};
	size_t size;
	uint8_t *data = flm_test_file(algorithm, &size);

	assert_ok(dapper_context_new(&board->context));
	assert_ok(dapper_session_new(board->context, &board->session));
	assert_ok(dapper_session_set_option(
		board->session, "probe", "virtual:stm32f407vg,link=hs-bulk"));
	assert_ok(dapper_session_set_option(board->session, "frequency", "10M"));
	assert_ok(dapper_session_set_option(board->session, "target_override", "stm32f407vg"));
	assert_ok(dapper_session_open(board->session));
	board->target = dapper_session_get_target(board->session);
	assert_ok(flm_parse(algorithm, data, size, &board->flm));
	assert_ok(flash_create(board->target, &timeouts, true, &board->flash));
	assert_ok(flash_add(board->flash, &placement, fake_flm_copy(board->flm)));
	free(data);
}

static void board_end(struct board *board)
{
	flm_free(board->flm);
	flash_destroy(board->flash);
	dapper_session_free(board->session);
	dapper_context_unref(board->context);
}

static uint8_t big[FLASH_SIZE];

static dapper_status board_program(
	struct board *board, uint64_t address, size_t size, dapper_flash_result *result)
{
	dapper_image *images = fake_image_new("image", address, big, size);
	dapper_status status = flash_program(board->flash, &images, 1, NULL, result);

	dapper_image_free(images);
	return status;
}

static void check_flash(struct board *board, uint64_t address, size_t size)
{
	static uint8_t found[FLASH_SIZE];

	assert_ok(dapper_target_read_memory(board->target, address, found, size));
	assert_memory_equal(found, big, size);
}

static uint64_t waits(const struct board *board)
{
	dapper_probe_counters counters = { 0 };

	dapper_probe_get_counters(dapper_session_get_probe(board->session), &counters);
	return counters.waits;
}

struct board_case {
	const char *what;
	const char *algorithm; /* NULL: ours */
	uint32_t ram_size;
	uint64_t most_waits; /* for 32 KB, which are 32 pages */
};

static const struct board_case board_cases[] = {
	{ "our algorithm, much RAM", NULL, 0x18000, 80 },
	{ "our algorithm, two buffers", NULL, 0x1000, 150 },
	{ "our algorithm, no room for the ring", NULL, 0xc00, 400 },
	{ "our algorithm, one page", NULL, 0x800, 400 },
	{ "the vendor's algorithm", "packs/Keil.STM32F4xx_DFP/CMSIS/Flash/STM32F4xx_1024.FLM",
		0x1000, 150 },
};

static const char *algorithm_path(const struct board_case *row)
{
	if (row->algorithm)
		return test_data_path(row->algorithm);
	return test_source_path("flashalgo/prebuilt/stm32f4_1024.flm");
}

/* Blank, all changed, one byte changed, nothing changed. */
static void stream__programs_a_board(void **state)
{
	const struct board_case *row = *state;
	const char *path = algorithm_path(row);
	dapper_flash_result result;
	struct board board;
	uint64_t before;

	if (!path)
		skip();
	board_begin(&board, path, row->ram_size);
	flash_test_fill(big, sizeof(big), 1);
	before = waits(&board);
	assert_ok(board_program(&board, flash_start, 0x8000, &result));
	assert_in_range(waits(&board) - before, 5, row->most_waits);
	assert_int_equal(result.programmed_bytes, 0x8000);
	assert_int_equal(result.verified_bytes, 0x8000);
	assert_int_equal(result.erased_sectors, 0);
	check_flash(&board, flash_start, 0x8000);

	flash_test_fill(big, sizeof(big), 2);
	assert_ok(board_program(&board, flash_start, 0x8000, &result));
	assert_int_equal(result.erased_sectors, 2);
	assert_int_equal(result.programmed_bytes, 0x8000);
	check_flash(&board, flash_start, 0x8000);

	big[0x4567] ^= 0x55;
	assert_ok(board_program(&board, flash_start, 0x8000, &result));
	assert_int_equal(result.erased_sectors, 1);
	assert_int_equal(result.skipped_bytes, 0x4000);
	check_flash(&board, flash_start, 0x8000);

	assert_ok(board_program(&board, flash_start, 0x8000, &result));
	assert_int_equal(result.skipped_bytes, 0x8000);
	board_end(&board);
}

struct cancelling {
	struct board *board;
	dapper_flash_phase phase;
	uint64_t at;
};

static void cancel_there(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	const struct cancelling *cancelling = payload;

	(void)total;
	if (phase == cancelling->phase && done >= cancelling->at)
		dapper_context_cancel(cancelling->board->context);
}

static size_t count_pages(struct board *board, size_t size)
{
	static uint8_t found[FLASH_SIZE];
	size_t pages = 0;

	assert_ok(dapper_target_read_memory(board->target, flash_start, found, size));
	while (pages < size / 0x400 &&
		memcmp(found + pages * 0x400, big + pages * 0x400, 0x400) == 0)
		pages++;
	for (size_t i = pages * 0x400; i < size; i++)
		assert_int_equal(found[i], 0xff);
	return pages;
}

/* The real server with what is queued taken from under it: it stops between two calls, what is
 * counted is what is there, and it can go on at once. */
static void stream__stops_the_core_when_cancelled(void **state)
{
	static const uint64_t stops[] = { 0x400, 0x2000, 0x5000, 0x7c00 };
	const size_t size = 0x10000;
	struct board board;

	(void)state;
	board_begin(&board, test_source_path("flashalgo/prebuilt/stm32f4_1024.flm"), 0x18000);
	flash_test_fill(big, sizeof(big), 1);
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		struct cancelling cancelling = { &board, DAPPER_PHASE_PROGRAM, stops[i] };
		dapper_flash_options options = DAPPER_FLASH_OPTIONS_INIT;
		dapper_target_state run_state;
		dapper_flash_result result;
		dapper_image *images = fake_image_new("image", flash_start, big, size);

		options.progress = cancel_there;
		options.payload = &cancelling;
		assert_fails(DAPPER_ERR_CANCELLED,
			flash_program(board.flash, &images, 1, &options, &result));
		dapper_context_resume(board.context);
		assert_in_range(result.programmed_bytes, stops[i], size - 0x400);
		assert_int_equal(count_pages(&board, size) * 0x400, result.programmed_bytes);
		assert_ok(dapper_target_get_state(board.target, &run_state));
		assert_int_equal(run_state, DAPPER_STATE_HALTED);
		dapper_image_free(images);
		assert_ok(flash_erase_range(board.flash, flash_start, size, NULL, &result));
	}
	assert_ok(board_program(&board, flash_start, size, NULL));
	check_flash(&board, flash_start, size);
	board_end(&board);
}

/* The function that hangs is said, the core is halted, the next run works. */
static void stream__says_which_function_hangs(void **state)
{
	struct board board;
	struct flm *broken;
	dapper_flash_result result;
	dapper_target_state run_state;
	const struct flash_placement placement = {
		.name = "hangs", .start = flash_start, .size = 0x100000
	};

	(void)state;
	board_begin(&board, test_source_path("flashalgo/prebuilt/stm32f4_1024.flm"), 0x8000);
	flash_test_fill(big, sizeof(big), 1);
	flash_destroy(board.flash);
	assert_ok(flash_create(board.target,
		&(struct flash_timeouts){
			.init = 100, .erase_all = 1000, .erase_sector = 1000, .program = 250 },
		true, &board.flash));
	broken = fake_flm_copy(board.flm);
	broken->device.program_timeout_ms = 0;
	/* ProgramPage: B . */
	put_le16(broken->bytes + broken->functions[FLM_PROGRAM_PAGE], 0xe7fe);
	assert_ok(flash_add(board.flash, &placement, broken));
	assert_fails(
		DAPPER_ERR_TIMEOUT, board_program(&board, flash_start + 0x400, 0x8000, &result));
	assert_message("did not return within 250 ms");
	assert_non_null(strstr(
		dapper_error_last()->where, "ProgramPage of algorithm hangs, address 0x08000400"));
	assert_int_equal(result.programmed_bytes, 0);
	assert_ok(dapper_target_get_state(board.target, &run_state));
	assert_int_equal(run_state, DAPPER_STATE_HALTED);
	board_end(&board);
}

/* A fault in what the ring calls is told as the fault of that function. */
static void stream__says_which_function_faults(void **state)
{
	struct board board;
	struct flm *broken;
	dapper_flash_result result;
	const struct flash_placement placement = {
		.name = "faults", .start = flash_start, .size = 0x100000
	};

	(void)state;
	board_begin(&board, test_source_path("flashalgo/prebuilt/stm32f4_1024.flm"), 0x8000);
	flash_test_fill(big, sizeof(big), 1);
	flash_destroy(board.flash);
	assert_ok(flash_create(board.target,
		&(struct flash_timeouts){
			.init = 100, .erase_all = 1000, .erase_sector = 1000, .program = 250 },
		true, &board.flash));
	broken = fake_flm_copy(board.flm);
	/* ProgramPage: UDF #0 */
	put_le16(broken->bytes + broken->functions[FLM_PROGRAM_PAGE], 0xde00);
	assert_ok(flash_add(board.flash, &placement, broken));
	assert_fails(DAPPER_ERR_FLASH_ALGORITHM,
		board_program(&board, flash_start + 0x400, 0x8000, &result));
	assert_message("faulted at pc");
	assert_non_null(strstr(
		dapper_error_last()->where, "ProgramPage of algorithm faults, address 0x08000400"));
	assert_int_equal(result.programmed_bytes, 0);
	board_end(&board);
}

int main(void)
{
	struct CMUnitTest tests[6 + ARRAY_SIZE(board_cases)] = {
		cmocka_unit_test(stream__stops_at_each_call_that_fails),
		cmocka_unit_test(stream__stops_when_cancelled),
		cmocka_unit_test(stream__reports_each_sector),
		cmocka_unit_test(stream__stops_the_core_when_cancelled),
		cmocka_unit_test(stream__says_which_function_hangs),
		cmocka_unit_test(stream__says_which_function_faults),
	};

	for (size_t i = 0; i < ARRAY_SIZE(board_cases); i++)
		tests[6 + i] = (struct CMUnitTest){
			.name = board_cases[i].what,
			.test_func = stream__programs_a_board,
			.initial_state = (void *)(uintptr_t)&board_cases[i],
		};
	return test_run_all("flash/stream", tests, ARRAY_SIZE(tests),
		stream__programs_with_one_start, ring_cases, sizeof(ring_cases[0]),
		ARRAY_SIZE(ring_cases));
}
