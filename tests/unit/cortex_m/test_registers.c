/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

/* Transfers of one register: select it, wait for it, move it. */
enum { PER_REGISTER = 3 };

static size_t ids_of(struct fixture *f, const char *const *names, size_t count, uint16_t *ids)
{
	for (size_t i = 0; i < count; i++) {
		const dapper_register *reg = dapper_target_find_register(f->core, names[i]);

		assert_non_null(reg);
		ids[i] = reg->id;
	}
	return count;
}

static void read__general_registers_are_one_batch(void **state)
{
	struct fixture *f = *state;
	uint16_t ids[17];
	uint64_t values[17];

	for (uint16_t i = 0; i < 17; i++)
		ids[i] = i;
	/* Halting has left TAR and SELECT where they are needed. */
	fixture_count(f);
	assert_ok(dapper_target_read_registers(f->core, ids, values, 17));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(fixture_transfers(f), 1 + 17 * PER_REGISTER);
	for (uint32_t i = 0; i < 17; i++)
		assert_int_equal(values[i], f->model.registers[i]);
}

/* 17 general, msp, psp, CFBP, fpscr, 32 singles: control and its kin, and the doubles, are free. */
static void read__all_registers_are_one_batch(void **state)
{
	struct fixture *f = *state;
	size_t count;
	const dapper_register *registers = dapper_target_get_registers(f->core, &count);
	uint16_t ids[128];
	uint64_t values[128];

	assert_int_equal(count, 17 + 6 + 1 + 32 + 16);
	for (size_t i = 0; i < count; i++)
		ids[i] = registers[i].id;
	fixture_count(f);
	assert_ok(dapper_target_read_registers(f->core, ids, values, count));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(fixture_transfers(f), 1 + (17 + 2 + 1 + 1 + 32) * PER_REGISTER);
}

static void read__takes_the_parts_of_cfbp(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "control", "faultmask", "basepri", "primask" };
	uint16_t ids[4];
	uint64_t values[4];

	f->model.registers[REGSEL_CFBP] = 0x0301a001;
	ids_of(f, names, 4, ids);
	fixture_count(f);
	assert_ok(dapper_target_read_registers(f->core, ids, values, 4));
	assert_int_equal(fixture_transfers(f), 1 + PER_REGISTER);
	assert_int_equal(values[0], 0x03);
	assert_int_equal(values[1], 0x01);
	assert_int_equal(values[2], 0xa0);
	assert_int_equal(values[3], 0x01);
}

static void read__pairs_singles_to_doubles(void **state)
{
	struct fixture *f = *state;

	f->model.registers[REGSEL_S0 + 6] = 0x89abcdef;
	f->model.registers[REGSEL_S0 + 7] = 0x01234567;
	assert_int_equal(fixture_read(f, "d3"), 0x0123456789abcdef);
	assert_int_equal(fixture_read(f, "s7"), 0x01234567);
	f->model.registers[REGSEL_S0 + 31] = 0xfeedf00d;
	assert_int_equal(fixture_read(f, "d15") >> 32, 0xfeedf00d);
}

static void read__repeats_are_read_once(void **state)
{
	struct fixture *f = *state;
	const uint16_t ids[3] = { 5, 5, 5 };
	uint64_t values[3] = { 0 };

	fixture_count(f);
	assert_ok(dapper_target_read_registers(f->core, ids, values, 3));
	assert_int_equal(fixture_transfers(f), 1 + PER_REGISTER);
	assert_int_equal(values[2], f->model.registers[5]);
}

static void read__of_nothing_costs_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_count(f);
	assert_ok(dapper_target_read_registers(f->core, NULL, NULL, 0));
	assert_ok(dapper_target_write_registers(f->core, NULL, NULL, 0));
	assert_int_equal(fixture_batches(f), 0);
}

static void read__waits_for_a_slow_core(void **state)
{
	struct fixture *f = *state;

	f->model.regrdy_polls = 100;
	f->model.registers[7] = 0x12345678;
	assert_int_equal(fixture_read(f, "r7"), 0x12345678);
}

static void read__gives_up_on_a_stopped_core(void **state)
{
	struct fixture *f = *state;
	uint64_t value = 77;
	uint16_t id = 0;

	f->model.regrdy_polls = MODEL_FOREVER;
	assert_fails(DAPPER_ERR_TIMEOUT, dapper_target_read_registers(f->core, &id, &value, 1));
	assert_hint("S_REGRDY");
	assert_int_equal(value, 77);
}

static void access__needs_a_halted_core(void **state)
{
	struct fixture *f = *state;
	uint64_t value = 77;
	uint16_t id = 0;

	fixture_create(f);
	assert_fails(DAPPER_ERR_NOT_HALTED, dapper_target_read_registers(f->core, &id, &value, 1));
	assert_hint("halt it first");
	assert_int_equal(value, 77);
	assert_fails(DAPPER_ERR_NOT_HALTED, dapper_target_write_registers(f->core, &id, &value, 1));
	assert_int_equal(f->model.registers[0], 0x11110000);
}

static void write__is_one_batch(void **state)
{
	struct fixture *f = *state;
	const uint16_t ids[3] = { 0, 13, 15 };
	const uint64_t values[3] = { 0xaaaaaaaa, 0x20001000, 0x08000100 };

	fixture_count(f);
	assert_ok(dapper_target_write_registers(f->core, ids, values, 3));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(fixture_transfers(f), 1 + 3 * PER_REGISTER);
	assert_int_equal(f->model.registers[0], 0xaaaaaaaa);
	assert_int_equal(f->model.registers[REGSEL_SP], 0x20001000);
	assert_int_equal(f->model.registers[REGSEL_PC], 0x08000100);
	assert_int_equal(f->model.registers[1], 0x11110001);
}

static void write__changes_one_part_of_cfbp(void **state)
{
	struct fixture *f = *state;

	f->model.registers[REGSEL_CFBP] = 0x0301a001;
	fixture_count(f);
	fixture_write(f, "basepri", 0x1c0);
	assert_int_equal(fixture_batches(f), 2);
	assert_int_equal(f->model.registers[REGSEL_CFBP], 0x0301c001);
	fixture_write(f, "control", 0x02);
	assert_int_equal(f->model.registers[REGSEL_CFBP], 0x0201c001);
}

static void write__of_a_whole_cfbp_reads_nothing(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "control", "faultmask", "basepri", "primask" };
	const uint64_t values[4] = { 1, 0, 0x40, 1 };
	uint16_t ids[4];

	ids_of(f, names, 4, ids);
	fixture_count(f);
	assert_ok(dapper_target_write_registers(f->core, ids, values, 4));
	assert_int_equal(fixture_batches(f), 1);
	assert_int_equal(f->model.registers[REGSEL_CFBP], 0x01004001);
}

static void write__later_values_win(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "s3", "d1", "s2", "primask", "r4" };
	const uint64_t values[5] = { 0x33333333, 0xdddddddd11111111, 0x22222222, 1, 4 };
	uint16_t ids[5];

	f->model.registers[REGSEL_CFBP] = 0x02000000;
	ids_of(f, names, 5, ids);
	assert_ok(dapper_target_write_registers(f->core, ids, values, 5));
	assert_int_equal(f->model.registers[REGSEL_S0 + 2], 0x22222222);
	assert_int_equal(f->model.registers[REGSEL_S0 + 3], 0xdddddddd);
	assert_int_equal(f->model.registers[REGSEL_CFBP], 0x02000001);
	assert_int_equal(f->model.registers[4], 4);
}

static void find__knows_names_and_aliases(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dapper_target_find_register(f->core, "R15")->id, 15);
	assert_int_equal(dapper_target_find_register(f->core, "lr")->id, 14);
	assert_int_equal(dapper_target_find_register(f->core, "xPSR")->id, 16);
	assert_int_equal(dapper_target_find_register(f->core, "d0")->bits, 64);
	assert_int_equal(dapper_target_find_register(f->core, "primask")->bits, 8);
	assert_null(dapper_target_find_register(f->core, "msp_ns"));
	assert_null(dapper_target_find_register(f->core, "s32"));
}

static void list__has_unique_numbers(void **state)
{
	struct fixture *f = *state;
	size_t count;
	const dapper_register *registers;

	f->model.cpuid = 0x410fd221;
	f->model.pfr1 = 0x10;
	f->model.isar0 = 0x3000;
	f->model.mvfr[1] = 0x12100211;
	fixture_create(f);
	registers = dapper_target_get_registers(f->core, &count);
	assert_int_equal(count, 17 + 2 + 12 + 8 + 2 + 32 + 16);
	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++) {
			assert_int_not_equal(registers[i].id, registers[k].id);
			assert_string_not_equal(registers[i].name, registers[k].name);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fixture_test_halted(read__general_registers_are_one_batch),
		fixture_test_halted(read__all_registers_are_one_batch),
		fixture_test_halted(read__takes_the_parts_of_cfbp),
		fixture_test_halted(read__pairs_singles_to_doubles),
		fixture_test_halted(read__repeats_are_read_once),
		fixture_test_halted(read__of_nothing_costs_nothing),
		fixture_test_halted(read__waits_for_a_slow_core),
		fixture_test_halted(read__gives_up_on_a_stopped_core),
		fixture_test(access__needs_a_halted_core),
		fixture_test_halted(write__is_one_batch),
		fixture_test_halted(write__changes_one_part_of_cfbp),
		fixture_test_halted(write__of_a_whole_cfbp_reads_nothing),
		fixture_test_halted(write__later_values_win),
		fixture_test_halted(find__knows_names_and_aliases),
		fixture_test(list__has_unique_numbers),
	};

	return cmocka_run_group_tests_name("cortex_m/registers", tests, NULL, NULL);
}
