/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever debuggers, programs and the host's memory do: the board stays up. */
#include "unit/vboard/rig.h"

#include "base/alloc.h"
#include "vboard/board/state.h"

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Where something is, so that most accesses meet a model. */
static const uint32_t places[] = {
	0x00000000,
	0x08000000,
	0x080ffff0,
	0x00800000,
	0x10000100,
	0x10001000,
	0x10001200,
	0x1fff7a00,
	0x1fffc000,
	0x1ffff7e0,
	0x1ffff800,
	0x20000000,
	0x2001fff0,
	0x22000000,
	0x23fffff0,
	0x40000000,
	0x40000400,
	0x40000510,
	0x40000600,
	0x40002000,
	0x40002100,
	0x40002300,
	0x40002500,
	0x40002540,
	0x40003000,
	0x40004400,
	0x40007000,
	0x40010800,
	0x40011000,
	0x40013800,
	0x40013c00,
	0x4001e400,
	0x4001e500,
	0x40020000,
	0x40020c00,
	0x40021000,
	0x40022000,
	0x40023800,
	0x40023860,
	0x40023c00,
	0x42000000,
	0x43fffff0,
	0x50000500,
	0x50000700,
	0xe0000000,
	0xe0000e80,
	0xe0001000,
	0xe0001020,
	0xe0001040,
	0xe0002000,
	0xe000e000,
	0xe000e100,
	0xe000ed00,
	0xe000edf0,
	0xe0040000,
	0xe0041000,
	0xe0042000,
	0xe00fffd0,
	0xfffffff0,
};

static void random_access(struct rig *rig, uint32_t *seed)
{
	const unsigned size = 1u << next_random(seed) % 3;
	const uint32_t place = places[next_random(seed) % ARRAY_SIZE(places)];
	const uint32_t address = place + (next_random(seed) % 64 & ~(size - 1));
	uint32_t value = next_random(seed);

	/* Values that open things are not found by chance. */
	if (next_random(seed) % 16 == 0) {
		(void)rig_write(rig, 0x40023c04, 4, 0x45670123);
		(void)rig_write(rig, 0x40023c04, 4, 0xcdef89ab);
		for (uint32_t lock = 0x40022004; lock <= 0x40022008; lock += 4) {
			(void)rig_write(rig, lock, 4, 0x45670123);
			(void)rig_write(rig, lock, 4, 0xcdef89ab);
		}
		(void)rig_write(rig, 0x4001e504, 4, value);
	}
	if (rig->target.ap_count > 1 && next_random(seed) % 64 == 0) {
		const struct vap_registers *ap = &rig->target.aps[1].registers;

		(void)ap->write(ap->data, value >> 8 & 0xc, value & 1);
		(void)ap->read(ap->data, value & 0xfc, &value);
	}
	if (next_random(seed) % 16 == 0)
		(void)rig_write(rig, 0xe000edf0, 4, 0xa05f0000 | (value & 0xf));
	if (next_random(seed) & 1)
		(void)rig_read(rig, address, size, &value);
	else
		(void)rig_write(rig, address, size, value);
}

struct seed_row {
	const char *what;
	const char *board;
	uint32_t seed;
	const char *settings;
};

static const struct seed_row seed_rows[] = {
	{ "random 1", "stm32f407vg", 1, "" },
	{ "random 2", "stm32f407vg", 0xdecafbad, "" },
	{ "random 3, flash stuck", "stm32f407vg", 3, "stuck-busy-at-op=3" },
	{ "random 4, power lost", "stm32f407vg", 4, "power-loss-at-ns=1000000" },
	{ "random 5, power lost in an operation", "stm32f407vg", 5, "power-loss-at-op=2" },
	{ "random on a Cortex-M0", "cortex-m0", 6, "" },
	{ "random on an STM32F103", "stm32f103rb", 7, "" },
	{ "random on an STM32F103, flash stuck", "stm32f103rb", 8, "stuck-busy-at-op=3" },
	{ "random on an STM32F103, power lost", "stm32f103rb", 9, "power-loss-at-op=2" },
	{ "random on an nRF52832", "nrf52832", 10, "" },
	{ "random on an nRF52840", "nrf52840", 11, "" },
	{ "random on an nRF52840, flash stuck", "nrf52840", 12, "stuck-busy-at-op=3" },
	{ "random on an nRF52840, power lost", "nrf52840", 13, "power-loss-at-op=4" },
};

static void board__stands_random_accesses(void **state)
{
	const struct seed_row *row = *state;
	uint32_t seed = row->seed;
	struct rig rig;

	rig_open(&rig, row->board, row->settings);
	for (int i = 0; i < 4000; i++) {
		const uint64_t before = rig.target.now_ns(rig.target.data);

		random_access(&rig, &seed);
		if (i % 8 == 0)
			rig_wait(&rig, next_random(&seed) % (20 * NS_PER_US));
		if (i % 500 == 499) {
			rig.target.drive_reset(rig.target.data, true);
			rig_wait(&rig, NS_PER_US);
			rig.target.drive_reset(rig.target.data, false);
		}
		assert_true(rig.target.now_ns(rig.target.data) >= before);
	}
	rig_close(&rig);
}

/* A core that executes what is not code. */
static void board__stands_random_programs(void **state)
{
	const struct seed_row *row = *state;
	uint32_t seed = row->seed;

	for (int run = 0; run < 20; run++) {
		struct rig rig;

		rig_open(&rig, row->board, "");
		rig_halt(&rig);
		for (uint32_t i = 0; i < 0x400; i += 4)
			rig_write32(&rig, 0x20000000 + i, next_random(&seed));
		for (unsigned i = 0; i < 13; i++)
			rig_write_register(&rig, i,
				places[next_random(&seed) % ARRAY_SIZE(places)] +
					next_random(&seed) % 64);
		rig_run_from(&rig, 0x20000000, 0x20008000);
		rig_wait(&rig, NS_PER_MS);
		rig_close(&rig);
	}
}

struct memory_row {
	const char *what;
	const char *settings;
};

static const struct memory_row memory_rows[] = {
	{ "stm32f407vg", "bad-cell=0x08000000" },
	{ "stm32f103rb", "bad-cell=0x08000000" },
	{ "nrf52840", "bad-cell=0" },
};

static void board_create__without_memory_fails_and_leaks_nothing(void **state)
{
	const struct memory_row *row = *state;
	struct rig rig;
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	uint64_t n = 0;

	while (status != DAPPER_OK) {
		assert_true(n++ < 1000);
		alloc_fail_at(n);
		test_clear_error();
		status = rig_try_open(&rig, row->what, row->settings);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(dapper_error_last()->status, DAPPER_ERR_NO_MEMORY);
	}
	/* Memories, models and their windows: there were many to fail. */
	assert_true(n > 25);
	rig_close(&rig);
}

int main(void)
{
	static const struct test_table tables[] = {
		TEST_TABLE(board_create__without_memory_fails_and_leaks_nothing, memory_rows),
		TEST_TABLE(board__stands_random_accesses, seed_rows),
		TEST_TABLE(board__stands_random_programs, seed_rows),
	};

	return test_run_tables("vboard/robust", NULL, 0, tables, ARRAY_SIZE(tables));
}
