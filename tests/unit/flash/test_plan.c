/* SPDX-License-Identifier: Apache-2.0 */
/* What goes where: images and a memory map in, sectors and pieces out. */
#include "support/fake_target.h"

#include <stdio.h>

#include "flash/plan.h"

enum { MAX_IMAGES = 3, TEXT_SIZE = 512, DATA_SIZE = 0x20000 };

/*
 * 0x08000000 flash A: sectors of 1 KB (4) and 4 KB (3), pages of 256 bytes
 * 0x08004000 flash B: sectors of 528 bytes (8), pages of 528, right behind A
 * 0x08100000 flash C: no algorithm
 * 0x1fff0000 ROM; 0x20000000 RAM, 32 KB; 0x20008000 RAM 2 right behind; 0x40000000 device
 */
struct world {
	struct fake_target *fake;
	struct flm *a;
	struct flm *b;
	struct flm *c;
	struct flash_programmer programmers[2];
	struct programmer_list list;
};

static void make_world(struct world *world)
{
	const struct fake_flm a = { .size = 0x4000 };
	const struct fake_flm b = {
		.start = 0x08004000,
		.size = 8 * 528,
		.page_size = 528,
		.sectors = { { 0, 528, 8 } },
	};
	const struct fake_flm c = { .start = 0x08100000 };

	world->fake = fake_target_new();
	world->a = fake_flm_new(&a);
	world->b = fake_flm_new(&b);
	world->c = fake_flm_new(&c);
	fake_target_add_flash(world->fake, "A", 0x08000000, world->a);
	fake_target_add_flash(world->fake, "B", 0x08004000, world->b);
	fake_target_add_flash(world->fake, "C", 0x08100000, world->c);
	fake_target_add_region(world->fake, "system", DAPPER_REGION_ROM, 0x1fff0000, 0x1000);
	fake_target_add_region(world->fake, "RAM 2", DAPPER_REGION_RAM, 0x20008000, 0x1000);
	fake_target_add_region(world->fake, "APB", DAPPER_REGION_DEVICE, 0x40000000, 0x1000);
	world->programmers[0] = (struct flash_programmer){
		.placement = { .name = "a.flm", .start = 0x08000000, .size = 0x4000 },
		.flm = world->a,
	};
	world->programmers[1] = (struct flash_programmer){
		.placement = { .name = "b.flm", .start = 0x08004000, .size = 8 * 528 },
		.flm = world->b,
	};
	world->list = (struct programmer_list){ world->programmers, 2 };
}

static void end_world(struct world *world)
{
	fake_target_free(world->fake);
	flm_free(world->a);
	flm_free(world->b);
	flm_free(world->c);
}

/* "08000000+400p100[08000010+10 08000020+4] ...; 20000000+4": sectors with pages and pieces; RAM.
 */
static void print_plan(const struct plan *plan, char *text)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < plan->sector_count; i++) {
		const struct plan_sector *sector = &plan->sectors[i];

		used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%08llx+%llxp%x[",
			i ? " " : "", (unsigned long long)sector->address,
			(unsigned long long)sector->size, (unsigned)sector->page_size);
		for (size_t k = 0; k < sector->piece_count; k++) {
			const struct plan_piece *piece = &plan->pieces[sector->first_piece + k];

			used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%llx+%zx",
				k ? " " : "", (unsigned long long)(piece->address), piece->size);
		}
		used += (size_t)snprintf(text + used, TEXT_SIZE - used, "]");
	}
	for (size_t i = 0; i < plan->ram_count; i++)
		used += (size_t)snprintf(text + used, TEXT_SIZE - used, "; %llx+%zx",
			(unsigned long long)plan->ram[i].address, plan->ram[i].size);
}

struct plan_case {
	const char *what;
	struct {
		uint64_t address;
		size_t size; /* 0: no image */
	} images[MAX_IMAGES];
	const char *plan; /* on success */
	dapper_status status;
	const char *message;
	const char *where;
	const char *hint;
};

static const struct plan_case cases[] = {
	{ "whole sector", { { 0x08000000, 0x400 } }, .plan = "08000000+400p100[8000000+400]" },
	{ "one byte", { { 0x08000007, 1 } }, .plan = "08000000+400p100[8000007+1]" },
	{ "last byte of a sector", { { 0x080003ff, 1 } }, .plan = "08000000+400p100[80003ff+1]" },
	{ "two bytes in two sectors", { { 0x080003ff, 2 } },
		.plan = "08000000+400p100[80003ff+1] 08000400+400p100[8000400+1]" },
	{ "sectors of two sizes", { { 0x08000e00, 0x300 } },
		.plan = "08000c00+400p100[8000e00+200] 08001000+1000p100[8001000+100]" },
	{ "two images in one sector", { { 0x08000000, 0x10 }, { 0x08000100, 0x10 } },
		.plan = "08000000+400p100[8000000+10 8000100+10]" },
	{ "images in any order", { { 0x08000400, 4 }, { 0x08000100, 4 }, { 0x08000000, 4 } },
		.plan = "08000000+400p100[8000000+4 8000100+4] 08000400+400p100[8000400+4]" },
	{ "images that touch", { { 0x08000000, 4 }, { 0x08000004, 4 } },
		.plan = "08000000+400p100[8000000+4 8000004+4]" },
	{ "over the border of two regions", { { 0x08003ffe, 4 } },
		.plan = "08003000+1000p100[8003ffe+2] 08004000+210p210[8004000+2]" },
	{ "sectors that are no power of two", { { 0x08004200, 0x20 } },
		.plan = "08004000+210p210[8004200+10] 08004210+210p210[8004210+10]" },
	{ "the last byte of flash", { { 0x0800507f, 1 } }, .plan = "08004e70+210p210[800507f+1]" },
	{ "RAM", { { 0x20000000, 16 } }, .plan = "; 20000000+10" },
	{ "over the border of two RAMs", { { 0x20007ffc, 8 } },
		.plan = "; 20007ffc+4; 20008000+4" },
	{ "flash and RAM", { { 0x20000000, 16 }, { 0x08000000, 4 } },
		.plan = "08000000+400p100[8000000+4]; 20000000+10" },
	{ "nothing", .status = DAPPER_ERR_INVALID, .message = "nothing to program" },
	{ "behind flash", { { 0x08005080, 4 } }, .status = DAPPER_ERR_NO_REGION,
		.message = "address 0x08005080, where this device has no memory",
		.where = "'image0', segment 0x08005080 to 0x08005083", .hint = "--base-address" },
	{ "out of flash at its end", { { 0x08005070, 0x20 } }, .status = DAPPER_ERR_NO_REGION,
		.message = "address 0x08005080", .where = "segment 0x08005070 to 0x0800508f",
		.hint = "nearest memory is flash 'B' at 0x08004000 to 0x0800507f" },
	{ "before flash", { { 0x07fffff0, 0x20 } }, .status = DAPPER_ERR_NO_REGION,
		.message = "address 0x07fffff0", .hint = "flash 'A' at 0x08000000" },
	{ "into ROM", { { 0x1fff0000, 4 } }, .status = DAPPER_ERR_NO_REGION,
		.message = "in 'system' (ROM): neither flash nor RAM" },
	{ "into a device", { { 0x40000000, 4 } }, .status = DAPPER_ERR_NO_REGION,
		.message = "in 'APB' (device)", .hint = "nearest memory is RAM 'RAM 2'" },
	{ "the second image only", { { 0x08000000, 4 }, { 0x90000000, 4 } },
		.status = DAPPER_ERR_NO_REGION, .where = "'image1'" },
	{ "flash without an algorithm", { { 0x08100010, 4 } }, .status = DAPPER_ERR_NO_ALGORITHM,
		.message = "no flash algorithm for address 0x08100010 in flash 'C'",
		.where = "'image0'", .hint = "--pack" },
	{ "the same twice", { { 0x08000000, 4 }, { 0x08000000, 4 } }, .status = DAPPER_ERR_INVALID,
		.message = "overlap at address 0x08000000" },
	{ "overlap by one", { { 0x08000000, 5 }, { 0x08000004, 4 } }, .status = DAPPER_ERR_INVALID,
		.message = "'image0' and 'image1' overlap at address 0x08000004" },
	{ "overlap in RAM", { { 0x20000003, 5 }, { 0x20000000, 4 } }, .status = DAPPER_ERR_INVALID,
		.message = "'image1' and 'image0' overlap at address 0x20000003" },
	{ "one inside the other", { { 0x08000000, 100 }, { 0x08000010, 4 } },
		.status = DAPPER_ERR_INVALID, .message = "overlap at address 0x08000010" },
	{ "the address space's end", { { UINT32_MAX - 3, 4 } }, .status = DAPPER_ERR_NO_REGION },
};

static void check_error(const struct plan_case *row)
{
	const dapper_error *error = dapper_error_last();

	if (row->message)
		assert_message(row->message);
	if (row->where && !strstr(error->where, row->where))
		fail_msg("where is '%s'", error->where);
	if (row->hint && !strstr(error->hint, row->hint))
		fail_msg("the hint is '%s'", error->hint);
}

static void create__plans(void **state)
{
	static const uint8_t data[DATA_SIZE];
	const struct plan_case *row = *state;
	dapper_image *images[MAX_IMAGES] = { NULL };
	char name[16], text[TEXT_SIZE];
	struct world world;
	struct plan plan;
	size_t count = 0;
	uint64_t sum = 0;

	make_world(&world);
	for (; count < MAX_IMAGES && row->images[count].size; count++) {
		snprintf(name, sizeof(name), "image%zu", count);
		images[count] = fake_image_new(
			name, row->images[count].address, data, row->images[count].size);
		sum += row->images[count].size;
	}
	if (row->status == DAPPER_OK) {
		assert_ok(plan_create(
			world.fake->target.memory_map, &world.list, images, count, &plan));
		print_plan(&plan, text);
		assert_string_equal(text, row->plan);
		assert_int_equal(plan.image_bytes, sum);
		plan_finish(&plan);
	} else {
		assert_fails(row->status, plan_create(world.fake->target.memory_map, &world.list,
						  images, count, &plan));
		check_error(row);
		assert_null(plan.pieces);
		assert_null(plan.sectors);
	}
	assert_int_equal(world.fake->operations, 0);
	for (size_t i = 0; i < count; i++)
		dapper_image_free(images[i]);
	end_world(&world);
}

static void create__hints_at_the_target_when_nothing_is_known(void **state)
{
	const struct programmer_list none = { NULL, 0 };
	struct fake_target *fake = fake_target_new();
	dapper_image *image = fake_image_new("a", 0x08000000, "x", 1);
	struct plan plan;

	(void)state;
	assert_fails(DAPPER_ERR_NO_REGION,
		plan_create(fake->target.memory_map, &none, &image, 1, &plan));
	assert_non_null(strstr(dapper_error_last()->hint, "--target"));
	dapper_image_free(image);
	fake_target_free(fake);
}

/* --- erasing --- */

struct erase_case {
	const char *what;
	uint64_t address;
	uint64_t size;
	const char *plan;
	dapper_status status;
	const char *message;
};

static const struct erase_case erase_cases[] = {
	{ "erase: one byte is one sector", 0x08000407, 1, .plan = "08000400+400p100[]" },
	{ "erase: two bytes in two sectors", 0x080003ff, 2,
		.plan = "08000000+400p100[] 08000400+400p100[]" },
	{ "erase: over two regions", 0x08003ffe, 4,
		.plan = "08003000+1000p100[] 08004000+210p210[]" },
	{ "erase: nothing", 0x08000000, 0, .status = DAPPER_ERR_INVALID, .message = "0x0 bytes" },
	{ "erase: around the address space", 0x08000000, UINT64_MAX, .status = DAPPER_ERR_INVALID },
	{ "erase: out of flash", 0x08005070, 0x20, .status = DAPPER_ERR_NO_REGION,
		.message = "address 0x08005080 is in no memory region" },
	{ "erase: RAM", 0x20000000, 4, .status = DAPPER_ERR_NO_REGION,
		.message = "address 0x20000000 is in 'RAM' (RAM), not in flash" },
	{ "erase: no algorithm", 0x08100000, 4, .status = DAPPER_ERR_NO_ALGORITHM,
		.message = "0x08100000" },
};

static void create_erase__plans(void **state)
{
	const struct erase_case *row = *state;
	char text[TEXT_SIZE];
	struct world world;
	struct plan plan;

	make_world(&world);
	if (row->status == DAPPER_OK) {
		assert_ok(plan_create_erase(world.fake->target.memory_map, &world.list,
			row->address, row->size, &plan));
		print_plan(&plan, text);
		assert_string_equal(text, row->plan);
		plan_finish(&plan);
	} else {
		assert_fails(row->status, plan_create_erase(world.fake->target.memory_map,
						  &world.list, row->address, row->size, &plan));
		if (row->message)
			assert_message(row->message);
	}
	end_world(&world);
}

int main(void)
{
	struct CMUnitTest tests[1 + ARRAY_SIZE(erase_cases)] = {
		cmocka_unit_test(create__hints_at_the_target_when_nothing_is_known),
	};

	for (size_t i = 0; i < ARRAY_SIZE(erase_cases); i++)
		tests[1 + i] = (struct CMUnitTest){
			.name = erase_cases[i].what,
			.test_func = create_erase__plans,
			.initial_state = (void *)(uintptr_t)&erase_cases[i],
		};
	return test_run_all("flash/plan", tests, ARRAY_SIZE(tests), create__plans, cases,
		sizeof(cases[0]), ARRAY_SIZE(cases));
}
