/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each operation of a run fails once, or fails and everything after it, or is where the user
 * cancels; each call returns an error or hangs; each allocation fails. Every time: the first error
 * is kept, UnInit is tried, the result is filled, nothing leaks, and the next run puts all right.
 */
#include "unit/flash/flash_test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

enum { MAX_STEPS = 1000, RAM_IMAGE = 0x600 };

/* Sectors to erase and to keep something of, blank ones, one that is right, and RAM where the
 * algorithm was. */
struct scene {
	struct flash_test test;
	uint8_t before[0x4000];
	uint8_t expected[0x4000];
	uint8_t ram[RAM_IMAGE];
	size_t operations; /* of a run without failures */
	size_t calls;
};

static void add(struct scene *scene, uint32_t offset, uint32_t size, uint32_t seed)
{
	flash_test_fill(scene->expected + offset, size, seed);
	flash_test_add_image(&scene->test, 0x08000000 + offset, scene->expected + offset, size);
}

static void scene_begin(struct scene *scene, const struct fake_flm *flm)
{
	struct flash_test *test = &scene->test;

	flash_test_begin(test, true, flm, 1);
	test->first->needs_init_3 = flm->type == FLM_TYPE_EXTSPI;
	memset(scene->before, 0xff, sizeof(scene->before));
	flash_test_fill(scene->before, 0x800, 1);
	flash_test_fill(scene->before + 0x2000, 0x1000, 2);
	memcpy(scene->expected, scene->before, sizeof(scene->before));
	add(scene, 0x80, 0x500, 3);
	add(scene, 0x1000, 0x300, 4);
	add(scene, 0x2000, 0x1000, 2);
	flash_test_fill(scene->ram, RAM_IMAGE, 5);
	flash_test_add_image(test, FAKE_RAM_START + 0x100, scene->ram, RAM_IMAGE);
}

static void scene_restore(struct scene *scene)
{
	fake_target_restart(scene->test.fake);
	memcpy(scene->test.first->bytes, scene->before, sizeof(scene->before));
}

static void check_success(struct scene *scene)
{
	assert_ok(flash_test_program(&scene->test));
	flash_test_check_end(&scene->test);
	assert_int_equal(scene->test.first->active, 0);
	assert_memory_equal(scene->test.first->bytes, scene->expected, sizeof(scene->expected));
	assert_memory_equal(scene->test.fake->ram + 0x100, scene->ram, RAM_IMAGE);
}

/* What the failed run has left must not be in the way of the next. Where the target was gone, what
 * was erased and not yet written is lost beside the image, as with any power failure. */
static void check_recovery(struct scene *scene, bool is_all_kept)
{
	struct flash_test *test = &scene->test;

	fake_target_restart(test->fake);
	assert_ok(flash_test_program(test));
	flash_test_check_end(test);
	if (is_all_kept)
		assert_memory_equal(test->first->bytes, scene->expected, sizeof(scene->expected));
	for (size_t i = 0; i + 1 < test->image_count; i++) {
		const dapper_segment *segment = dapper_image_get_segment(test->images[i], 0);

		assert_memory_equal(test->first->bytes + (segment->address - 0x08000000),
			segment->data, segment->size);
	}
}

/* At once after the failure, too. */
static void check_kept(const struct scene *scene)
{
	const uint8_t *bytes = scene->test.first->bytes;

	assert_memory_equal(bytes, scene->before, 0x80);
	assert_memory_equal(bytes + 0x580, scene->before + 0x580, 0x1000 - 0x580);
}

static const struct fake_flm onchip = { 0 };
static const struct fake_flm external = { .type = FLM_TYPE_EXTSPI };
/* What it leaves of RAM is too small for our own code, or for a second page. */
static const struct fake_flm two_pages = { .code_size = 0x7a00 };
static const struct fake_flm one_page = { .code_size = 0x7c00 };

static void scene_measure(struct scene *scene)
{
	scene_restore(scene);
	check_success(scene);
	scene->operations = scene->test.fake->operations;
	scene->calls = scene->test.fake->calls;
	assert_in_range(scene->operations, 20, MAX_STEPS);
	assert_in_range(scene->calls, 10, MAX_STEPS);
}

struct failure_case {
	const char *what;
	const struct fake_flm *flm;
	void (*arm)(struct fake_target *fake, size_t step);
	bool by_call; /* steps are calls, not operations */
	dapper_status status;
	const char *message;
	bool lets_uninit; /* the target still works: UnInit, and putting back what was there */
	bool eager;       /* the ring is served as soon as can be */
};

static void arm_once(struct fake_target *fake, size_t step)
{
	fake->fail_at = step;
	fake->fail_status = DAPPER_ERR_PROBE_IO;
}

static void arm_for_ever(struct fake_target *fake, size_t step)
{
	arm_once(fake, step);
	fake->fail_for_ever = true;
}

static void arm_fault(struct fake_target *fake, size_t step)
{
	arm_for_ever(fake, step);
	fake->fail_status = DAPPER_ERR_NO_ACK;
}

static void arm_cancel(struct fake_target *fake, size_t step)
{
	fake->cancel_at = step;
}

static void arm_error(struct fake_target *fake, size_t step)
{
	fake->fail_call = step;
}

static void arm_hang(struct fake_target *fake, size_t step)
{
	fake->hang_call = step;
}

static const struct failure_case cases[] = {
	{ "each operation fails", &onchip, arm_once, false, DAPPER_ERR_PROBE_IO,
		"failure at operation", true, false },
	{ "each operation fails, external flash", &external, arm_once, false, DAPPER_ERR_PROBE_IO,
		"failure at operation", true, false },
	{ "the probe is gone from each operation on", &onchip, arm_for_ever, false,
		DAPPER_ERR_PROBE_IO, "failure at operation", false, false },
	{ "the target is gone from each operation on", &onchip, arm_fault, false, DAPPER_ERR_NO_ACK,
		"failure at operation", false, false },
	{ "cancelled at each operation", &onchip, arm_cancel, false, DAPPER_ERR_CANCELLED,
		"cancelled", true, false },
	{ "cancelled at each operation, external flash", &external, arm_cancel, false,
		DAPPER_ERR_CANCELLED, "cancelled", true, false },
	{ "each call returns an error", &onchip, arm_error, true, DAPPER_ERR_FLASH_ALGORITHM,
		"returned 1", true, false },
	{ "each call hangs", &onchip, arm_hang, true, DAPPER_ERR_TIMEOUT, "did not return", true,
		false },
#define ROWS(what, flm, ...)                                                                       \
	{ "each operation fails" what, flm, arm_once, false, DAPPER_ERR_PROBE_IO,                  \
		"failure at operation", true, __VA_ARGS__ },                                       \
		{ "the probe is gone from each operation on" what, flm, arm_for_ever, false,       \
			DAPPER_ERR_PROBE_IO, "failure at operation", false, __VA_ARGS__ },         \
		{ "cancelled at each operation" what, flm, arm_cancel, false,                      \
			DAPPER_ERR_CANCELLED, "cancelled", true, __VA_ARGS__ },                    \
		{ "each call returns an error" what, flm, arm_error, true,                         \
			DAPPER_ERR_FLASH_ALGORITHM, "returned 1", true, __VA_ARGS__ },             \
	{                                                                                          \
		"each call hangs" what, flm, arm_hang, true, DAPPER_ERR_TIMEOUT, "did not return", \
			true, __VA_ARGS__                                                          \
	}
	ROWS(", ring served at once", &onchip, .eager = true),
	ROWS(", two pages", &two_pages, .eager = false),
	ROWS(", one page", &one_page, .eager = false),
#undef ROWS
};

static bool failed_in_uninit(void)
{
	const char *where = dapper_error_last()->where;

	return strstr(where, "UnInit") || strstr(dapper_error_last()->message, "UnInit");
}

static void check_failure(struct scene *scene, const struct failure_case *row, size_t step)
{
	dapper_status status = flash_test_program(&scene->test);

	test_assert_fails(row->status, status, "flash_program", __FILE__, __LINE__);
	assert_message(row->message);
	if (strstr(row->message, "operation")) {
		char first[32];

		/* Not one that came of cleaning up. */
		snprintf(first, sizeof(first), "operation %zu", step);
		assert_non_null(strstr(dapper_error_last()->message, first));
	}
	flash_test_check_end(&scene->test);
	if (!row->lets_uninit)
		return;
	check_kept(scene);
	if (!failed_in_uninit())
		assert_int_equal(scene->test.first->active, 0);
}

static void program__survives(void **state)
{
	const struct failure_case *row = *state;
	struct scene *scene = calloc(1, sizeof(*scene));
	size_t count;

	assert_non_null(scene);
	scene_begin(scene, row->flm);
	scene->test.fake->eager = row->eager;
	scene_measure(scene);
	count = row->by_call ? scene->calls : scene->operations;
	for (size_t step = 1; step <= count; step++) {
		scene_restore(scene);
		row->arm(scene->test.fake, step);
		check_failure(scene, row, step);
		check_recovery(scene, row->lets_uninit);
	}
	/* The one behind the last does not happen. */
	scene_restore(scene);
	row->arm(scene->test.fake, count + 1);
	check_success(scene);
	flash_test_end(&scene->test);
	free(scene);
}

static void program__reports_each_failing_allocation(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	size_t n = 0;

	(void)state;
	assert_non_null(scene);
	scene_begin(scene, &onchip);
	while (status != DAPPER_OK) {
		assert_true(++n < 200);
		scene_restore(scene);
		alloc_fail_at(n);
		status = flash_test_program(&scene->test);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			test_assert_fails(
				DAPPER_ERR_NO_MEMORY, status, "flash_program", __FILE__, __LINE__);
		flash_test_check_end(&scene->test);
		assert_int_equal(scene->test.first->active, 0);
	}
	assert_true(n > 10);
	flash_test_end(&scene->test);
	free(scene);
}

/* As the progress callback does when Ctrl-C comes. */
static void cancel_in_progress(
	void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	struct flash_test *test = payload;

	(void)total;
	if (phase == DAPPER_PHASE_PROGRAM && done == test->last_total[0])
		dapper_context_cancel(test->fake->target.context);
}

static void program__stops_in_order_at_each_page(void **state)
{
	uint8_t data[0x800];

	(void)state;
	flash_test_fill(data, sizeof(data), 1);
	for (uint64_t pages = 0; pages < 7; pages++) {
		struct flash_test test;
		uint64_t done;

		flash_test_begin(&test, true, &two_pages, 1);
		flash_test_add_image(&test, 0x08000000, data, sizeof(data));
		test.options.progress = cancel_in_progress;
		test_clear_error();
		test.last_total[0] = pages * 0x100;
		assert_int_equal(
			flash_program(test.flash, test.images, 1, &test.options, &test.result),
			DAPPER_ERR_CANCELLED);
		flash_test_check_end(&test);
		assert_int_equal(test.first->active, 0);
		/* The page that was under way is not cut off. */
		done = test.result.programmed_bytes;
		assert_in_range(done, pages * 0x100, pages * 0x100 + 0x100);
		assert_int_equal(test.first->programmed_pages * 0x100, done);
		assert_memory_equal(test.first->bytes, data, done);
		flash_test_end(&test);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(program__reports_each_failing_allocation),
		cmocka_unit_test(program__stops_in_order_at_each_page),
	};

	return test_run_all("flash/failures", tests, ARRAY_SIZE(tests), program__survives, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
