/* SPDX-License-Identifier: Apache-2.0 */
/* Where an algorithm lies in RAM, and how it gets there. */
#include "support/fake_target.h"
#include "unit/flash/flm_test.h"

#include "flash/loader.h"
#include "flash/loader_code.h"

enum { START = 0x20000000 };

struct place_case {
	const char *what;
	struct fake_flm flm;
	uint32_t ram_start;
	uint32_t ram_size;
	/* Expected; stack_size 0: it does not fit, and this is what the message says. */
	uint32_t stack_size;
	size_t buffer_count;
	bool own_code;
	const char *message;
};

/* The least for the small one: 4 + 0x150, stack 0x200, one page of 0x100. 0x154 is 4 below 8. */
#define LEAST (0x158 + 0x200 + 0x100)
/* Our own code and its ring, when they are there. */
#define OWN (0x120 + LOADER_SLOTS * RING_SLOT_SIZE)

static const struct place_case cases[] = {
	{ "plenty", { 0 }, START, 0x8000, .stack_size = 2048, .buffer_count = LOADER_BUFFERS_MAX,
		.own_code = true },
	{ "exactly all", { 0 }, START, LEAST + OWN + 0x600 + 0x100, .stack_size = 2048,
		.buffer_count = 2, .own_code = true },
	{ "all and one page", { 0 }, START, LEAST + OWN + 0x600 + 0x200, .stack_size = 2048,
		.buffer_count = 3, .own_code = true },
	{ "one byte short of all", { 0 }, START, LEAST + OWN + 0x600 + 0x100 - 1, .stack_size = 512,
		.buffer_count = 7, .own_code = true },
	{ "exactly our own code and two pages", { 0 }, START, LEAST + OWN + 0x100,
		.stack_size = 512, .buffer_count = 2, .own_code = true },
	{ "one byte short of our own code", { 0 }, START, LEAST + OWN + 0x100 - 1,
		.stack_size = 512, .buffer_count = 2, .own_code = false },
	{ "exactly two pages", { 0 }, START, LEAST + 0x100, .stack_size = 512, .buffer_count = 2,
		.own_code = false },
	{ "one byte short of two pages", { 0 }, START, LEAST + 0x100 - 1, .stack_size = 512,
		.buffer_count = 1, .own_code = false },
	{ "exactly the least", { 0 }, START, LEAST, .stack_size = 512, .buffer_count = 1,
		.own_code = false },
	{ "one byte short of the least", { 0 }, START, LEAST - 1,
		.message = "needs 0x458 bytes of RAM (code and data 0x150, stack 0x200, page "
			   "0x100), there are 0x457 at 0x20000000" },
	{ "a large page rather than a large stack", { .page_size = 0x1000 }, START,
		0x158 + 0x800 + 0x1000, .stack_size = 2048, .buffer_count = 1, .own_code = false },
	{ "no more buffers than are of use", { .page_size = 0x1000 }, START, 0x20000,
		.stack_size = 2048, .buffer_count = LOADER_BUFFERS_SIZE_MAX / 0x1000,
		.own_code = true },
	{ "none", { 0 }, START, 0, .message = "there are 0x0 at" },
	{ "odd start", { 0 }, START + 2, 0x8000, .stack_size = 2048,
		.buffer_count = LOADER_BUFFERS_MAX, .own_code = true },
	{ "alignment of 1 KB", { .alignment = 0x400 }, START, 0x8000, .stack_size = 2048,
		.buffer_count = LOADER_BUFFERS_MAX, .own_code = true },
	{ "zeroed data", { .bss_size = 0x1001 }, START, 0x8000, .stack_size = 2048,
		.buffer_count = LOADER_BUFFERS_MAX, .own_code = true },
	{ "much zeroed data", { .bss_size = 0x8000 }, START, 0x8000,
		.message = "code and data 0x8150" },
	{ "page of 2 bytes", { .page_size = 2 }, START, 0x8000, .stack_size = 2048,
		.buffer_count = LOADER_BUFFERS_MAX, .own_code = true },
	{ "page of 528 bytes", { .page_size = 528, .sectors = { { 0, 528, 1 } } }, START, 0x4000,
		.stack_size = 2048, .buffer_count = 24, .own_code = true },
	{ "page as large as the device",
		{ .size = 0x100000, .page_size = 0x100000, .sectors = { { 0, 0x1000, 256 } } },
		START, 0x8000, .stack_size = 2048, .buffer_count = 7, .own_code = true },
	{ "code of one byte more than words", { .code_size = 0x151 }, START, 0x8000,
		.stack_size = 2048, .buffer_count = LOADER_BUFFERS_MAX, .own_code = true },
};

static bool is_between(uint64_t low, uint64_t value, uint64_t high)
{
	return low <= value && value <= high;
}

/* What must hold for every layout. */
static void check_layout(const struct flm *flm, uint64_t ram_start, uint64_t ram_size,
	const struct loader_layout *layout)
{
	uint64_t at = layout->code + flm->size + flm->bss_size;

	assert_true(layout->breakpoint >= ram_start && layout->breakpoint % 4 == 0);
	assert_true(layout->code >= layout->breakpoint + 4);
	assert_int_equal(layout->code % flm->alignment, 0);
	assert_int_equal(layout->static_base, layout->code + flm->static_base);
	assert_true(layout->stack_size >= LOADER_STACK_MIN);
	assert_true(layout->stack_top - layout->stack_size >= at);
	assert_int_equal(layout->stack_top % 8, 0);
	at = layout->stack_top;
	if (layout->own_code) {
		size_t code_size;

		loader_code(&code_size);
		assert_int_equal((code_size + 3) / 4 * 4 + LOADER_SLOTS * RING_SLOT_SIZE, OWN);
		assert_true(
			layout->own_code >= at && layout->own_code % LOADER_CODE_ALIGNMENT == 0);
		assert_true(layout->ring >= layout->own_code + code_size);
		assert_int_equal(layout->ring % 4, 0);
		assert_true(layout->buffer_count >= 2);
		at = layout->ring + LOADER_SLOTS * RING_SLOT_SIZE;
	}
	assert_true(is_between(1, layout->buffer_count, LOADER_BUFFERS_MAX));
	for (size_t i = 0; i < layout->buffer_count; i++) {
		assert_true(layout->buffers[i] >= at && layout->buffers[i] % 8 == 0);
		assert_int_equal(
			layout->buffers[i], layout->buffers[0] + i * layout->buffer_stride);
		at = layout->buffers[i] + loader_page_size(&flm->device);
	}
	assert_int_equal(layout->end, at);
	assert_true(at <= ram_start + ram_size);
}

static void place__lays_out(void **state)
{
	const struct place_case *row = *state;
	struct flm *flm = fake_flm_new(&row->flm);
	struct loader_layout layout;

	if (row->stack_size == 0) {
		assert_fails(DAPPER_ERR_NO_RESOURCE,
			loader_place("x.flm", flm, row->ram_start, row->ram_size, &layout));
		assert_message(row->message);
		assert_string_equal(dapper_error_last()->where, "algorithm x.flm");
	} else {
		assert_ok(loader_place("x.flm", flm, row->ram_start, row->ram_size, &layout));
		check_layout(flm, row->ram_start, row->ram_size, &layout);
		assert_int_equal(layout.stack_size, row->stack_size);
		assert_int_equal(layout.buffer_count, row->buffer_count);
		assert_int_equal(layout.own_code != 0, row->own_code);
	}
	flm_free(flm);
}

/* All sizes of RAM around what is needed: it fits or it says so, and never reaches over the end. */
static void place__fits_at_every_size(void **state)
{
	const struct fake_flm odd = {
		.code_size = 0x14b, .bss_size = 3, .page_size = 70, .alignment = 16
	};
	struct flm *flm = fake_flm_new(&odd);
	size_t best = 0, rank;

	(void)state;
	for (uint32_t size = 0; size < 0x1000; size++) {
		struct loader_layout layout;

		if (loader_place("x", flm, START + 1, size, &layout) != DAPPER_OK) {
			assert_int_equal(best, 0);
			continue;
		}
		check_layout(flm, START + 1, size, &layout);
		/* More room never gives less: a second buffer, our own code, a large stack. */
		rank = layout.buffer_count > 1;
		rank += layout.own_code ? 1 + (layout.stack_size == LOADER_STACK_MAX) : 0;
		rank += rank > 0;
		assert_true(rank >= best);
		best = rank;
	}
	assert_int_equal(best, 4);
	flm_free(flm);
}

static void place__takes_our_own(void **state)
{
	size_t size;
	uint8_t *data =
		flm_test_file(test_source_path("flashalgo/prebuilt/stm32f4_1024.flm"), &size);
	struct loader_layout layout;
	struct flm *flm;

	(void)state;
	assert_ok(flm_parse("stm32f4_1024", data, size, &flm));
	assert_ok(loader_place("stm32f4_1024", flm, START, 0x1000, &layout));
	check_layout(flm, START, 0x1000, &layout);
	flm_free(flm);
	free(data);
}

/* --- which RAM --- */

struct ram_case {
	const char *what;
	uint32_t given_start; /* by the placement */
	uint32_t given_size;
	uint32_t bss_size;
	uint32_t expected; /* address of the breakpoint; 0: none fits */
};

/* RAM at 0x10000000 (64 KB, not for code), 0x20000000 (32 KB, default), 0x30000000 (64 KB). */
static const struct ram_case ram_cases[] = {
	{ "what the placement says", 0x30000100, 0x8000, 0, 0x30000100 },
	{ "the default without a placement", 0, 0, 0, 0x20000000 },
	{ "the default when the placement is too small", 0x30000100, 0x100, 0, 0x20000000 },
	{ "another when the default is too small", 0, 0, 0xa000, 0x30000000 },
	{ "none that code cannot run from", 0, 0, 0x20000, 0 },
};

static void find_place__chooses(void **state)
{
	const struct ram_case *row = *state;
	const struct fake_flm fake_flm = { .bss_size = row->bss_size };
	const dapper_region ccm = {
		.name = "CCM",
		.type = DAPPER_REGION_RAM,
		.access = DAPPER_ACCESS_READ | DAPPER_ACCESS_WRITE,
		.address = 0x10000000,
		.size = 0x40000,
	};
	struct fake_target *fake = fake_target_new();
	struct flm *flm = fake_flm_new(&fake_flm);
	struct flash_programmer programmer = {
		.placement = { .name = "x.flm",
			.ram_start = row->given_start,
			.ram_size = row->given_size },
		.flm = flm,
	};
	struct loader_layout layout;

	assert_ok(memory_map_add(fake->target.memory_map, &ccm));
	fake_target_add_region(fake, "RAM 3", DAPPER_REGION_RAM, 0x30000000, 0x10000);
	if (row->expected) {
		assert_ok(loader_find_place(&fake->target, &programmer, &layout));
		assert_int_equal(layout.breakpoint, row->expected);
	} else {
		assert_fails(DAPPER_ERR_NO_RESOURCE,
			loader_find_place(&fake->target, &programmer, &layout));
		assert_message("0x8000 at 0x20000000");
	}
	flm_free(flm);
	fake_target_free(fake);
}

static void find_place__needs_ram(void **state)
{
	const struct fake_flm small = { 0 };
	struct flm *flm = fake_flm_new(&small);
	struct flash_programmer programmer = { .placement = { .name = "x.flm" }, .flm = flm };
	struct dapper_target target = { .ops = NULL };
	struct loader_layout layout;

	(void)state;
	assert_ok(memory_map_create(&target.memory_map));
	assert_fails(DAPPER_ERR_NO_REGION, loader_find_place(&target, &programmer, &layout));
	assert_string_equal(dapper_error_last()->where, "algorithm x.flm");
	memory_map_destroy(target.memory_map);
	flm_free(flm);
}

/* --- loading --- */

static void load__writes_all(void **state)
{
	const struct fake_flm with_bss = { .bss_size = 40, .alignment = 64 };
	struct fake_target *fake = fake_target_new();
	struct flm *flm = fake_flm_new(&with_bss);
	struct flash_programmer programmer = { .placement = { .name = "x.flm" }, .flm = flm };
	static const uint8_t zeros[40];
	struct loader_layout layout;

	(void)state;
	assert_ok(loader_find_place(&fake->target, &programmer, &layout));
	assert_ok(loader_load(&fake->target, &programmer, &layout));
	assert_memory_equal(fake->ram, "\x00\xbe\x00\xbe", 4);
	assert_memory_equal(fake->ram + 64, flm->bytes, flm->size);
	assert_memory_equal(fake->ram + 64 + flm->size, zeros, sizeof(zeros));
	assert_int_equal(fake->ram[64 + flm->size + 40], 0x5a);
	flm_free(flm);
	fake_target_free(fake);
}

static void load__finds_bad_ram(void **state)
{
	const struct fake_flm small = { 0 };
	struct fake_target *fake = fake_target_new();
	struct flm *flm = fake_flm_new(&small);
	struct flash_programmer programmer = { .placement = { .name = "x.flm" }, .flm = flm };
	struct loader_layout layout;

	(void)state;
	fake->bad_ram = START + 0x123;
	assert_ok(loader_find_place(&fake->target, &programmer, &layout));
	assert_fails(DAPPER_ERR_VERIFY, loader_load(&fake->target, &programmer, &layout));
	assert_message("RAM does not hold the flash algorithm");
	assert_string_equal(
		dapper_error_last()->where, "address 0x20000123, loading algorithm x.flm");
	flm_free(flm);
	fake_target_free(fake);
}

int main(void)
{
	struct CMUnitTest tests[5 + ARRAY_SIZE(ram_cases)] = {
		cmocka_unit_test(place__fits_at_every_size),
		cmocka_unit_test(place__takes_our_own),
		cmocka_unit_test(find_place__needs_ram),
		cmocka_unit_test(load__writes_all),
		cmocka_unit_test(load__finds_bad_ram),
	};

	for (size_t i = 0; i < ARRAY_SIZE(ram_cases); i++)
		tests[5 + i] = (struct CMUnitTest){
			.name = ram_cases[i].what,
			.test_func = find_place__chooses,
			.initial_state = (void *)(uintptr_t)&ram_cases[i],
		};
	return test_run_all("flash/loader", tests, ARRAY_SIZE(tests), place__lays_out, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
