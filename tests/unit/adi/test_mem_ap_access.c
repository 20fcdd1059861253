/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "support/adi_fixture.h"

#include "base/alloc.h"
#include "base/bytes.h"

enum { RAM = 0x20000000 };

static int set_up(void **state)
{
	if (adi_set_up(state))
		return 1;
	adi_connect_ap(*state);
	return 0;
}

/* xorshift32 (Marsaglia 2003): the same numbers in every run. */
static uint32_t random_word(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* --- against the array --------------------------------------------------------------------------
 */

static void one_random_access(struct adi_fixture *f, uint8_t *mirror, uint32_t *seed)
{
	static uint8_t data[4096];
	const unsigned unit = 1u << random_word(seed) % 3;
	const bool by_units = random_word(seed) % 2;
	const bool write = random_word(seed) % 2;
	size_t size = random_word(seed) % (random_word(seed) % 4 ? 24 : sizeof(data));
	size_t offset = random_word(seed) % (MODEL_RAM_SIZE - sizeof(data));

	if (by_units) {
		offset -= offset % unit;
		size -= size % unit;
	}
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)random_word(seed);
	if (write && by_units)
		assert_ok(mem_ap_write_units(f->ap, RAM + offset, unit, data, size / unit));
	else if (write)
		assert_ok(mem_ap_write(f->ap, RAM + offset, data, size));
	else if (by_units)
		assert_ok(mem_ap_read_units(f->ap, RAM + offset, unit, data, size / unit));
	else
		assert_ok(mem_ap_read(f->ap, RAM + offset, data, size));
	if (write)
		memcpy(mirror + offset, data, size);
	else
		assert_memory_equal(data, mirror + offset, size);
	if (random_word(seed) % 16 == 0)
		dp_invalidate(f->dp);
}

static void random_accesses__agree_with_an_array(void **state)
{
	struct adi_fixture *f = *state;
	static uint8_t mirror[MODEL_RAM_SIZE];
	uint32_t seed = 0x1234567;

	memset(mirror, 0, sizeof(mirror));
	for (int i = 0; i < 3000; i++)
		one_random_access(f, mirror, &seed);
	assert_memory_equal(mirror, f->model.ram, sizeof(mirror));
	assert_int_equal(f->model.protocol_violations, 0);
}

static void random_accesses__agree_without_packing(void **state)
{
	struct adi_fixture *f = *state;

	node_destroy(&f->ap->ap.node);
	f->model.ap[0].no_packing = true;
	dp_invalidate(f->dp);
	adi_connect_ap(f);
	assert_true(f->ap->can_byte);
	assert_false(f->ap->can_pack);
	random_accesses__agree_with_an_array(state);
}

/* --- what it costs
 * -------------------------------------------------------------------------------- */

struct cost {
	uint64_t transactions, batches;
};

static struct cost cost_now(const struct adi_fixture *f)
{
	return (struct cost){ f->model.transactions, f->model.batches };
}

static void assert_cost(struct adi_fixture *f, struct cost before, uint64_t transactions)
{
	assert_int_equal(f->model.transactions - before.transactions, transactions);
	assert_int_equal(f->model.batches - before.batches, 1);
}

/* The bound of speed.md: N words, a TAR for each 1 KiB. */
static void large_reads__reach_the_bound(void **state)
{
	struct adi_fixture *f = *state;
	static uint8_t data[MODEL_RAM_SIZE];
	struct cost before = cost_now(f);

	assert_ok(mem_ap_read(f->ap, RAM, data, sizeof(data)));
	assert_cost(f, before, sizeof(data) / 4 + sizeof(data) / 1024);
	before = cost_now(f);
	assert_ok(mem_ap_write(f->ap, RAM, data, sizeof(data)));
	assert_cost(f, before, sizeof(data) / 4 + sizeof(data) / 1024);
}

static void a_word__takes_two_transfers(void **state)
{
	struct adi_fixture *f = *state;
	struct cost before = cost_now(f);
	uint32_t word;

	assert_ok(mem_ap_read32(f->ap, RAM + 0x40, &word));
	assert_cost(f, before, 2);
	before = cost_now(f);
	assert_ok(mem_ap_read32(f->ap, RAM + 0x44, &word));
	assert_cost(f, before, 1);
}

static void packed_bytes__cost_a_quarter(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[256];
	struct cost before = cost_now(f);
	uint64_t accesses = f->model.bus_accesses;

	/* CSW, TAR and 64 words; 256 accesses on the bus. */
	assert_ok(mem_ap_read_units(f->ap, RAM, 1, data, sizeof(data)));
	assert_cost(f, before, 2 + 64);
	assert_int_equal(f->model.bus_accesses - accesses, 256);
}

/* --- units
 * ------------------------------------------------------------------------------------------- */

struct bus_log {
	char text[512];
};

static bool log_access(void *data, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	struct bus_log *log = data;
	size_t used = strlen(log->text);

	snprintf(log->text + used, sizeof(log->text) - used, "%c%u@%llx=%x ", write ? 'w' : 'r',
		size, (unsigned long long)address, write ? (unsigned)*value : 0);
	if (!write)
		*value = (uint32_t)(address & 0xff) | 0x5500;
	return true;
}

static void units__are_one_bus_access_each(void **state)
{
	struct adi_fixture *f = *state;
	struct bus_log log = { "" };
	uint8_t data[8] = { 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17 };

	f->model.bus = log_access;
	f->model.bus_data = &log;
	assert_ok(mem_ap_write_units(f->ap, 0x40000001, 1, data, 6));
	assert_string_equal(log.text, "w1@40000001=10 w1@40000002=11 w1@40000003=12 "
				      "w1@40000004=13 w1@40000005=14 w1@40000006=15 ");
	log.text[0] = '\0';
	assert_ok(mem_ap_read_units(f->ap, 0x40000002, 2, data, 4));
	assert_string_equal(log.text, "r2@40000002=0 r2@40000004=0 r2@40000006=0 r2@40000008=0 ");
	assert_int_equal(get_le16(data), 0x5502);
	assert_int_equal(get_le16(data + 6), 0x5508);
	log.text[0] = '\0';
	assert_ok(mem_ap_write32(f->ap, 0x40000010, 0x12345678));
	assert_string_equal(log.text, "w4@40000010=12345678 ");
}

static void units__are_refused_when_odd(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[4] = { 0 };
	uint64_t before = f->model.transactions;

	assert_fails(DAPPER_ERR_INVALID, mem_ap_read_units(f->ap, RAM, 3, data, 1));
	assert_fails(DAPPER_ERR_INVALID, mem_ap_read_units(f->ap, RAM + 1, 2, data, 1));
	assert_fails(DAPPER_ERR_INVALID, mem_ap_write_units(f->ap, RAM + 2, 4, data, 1));
	assert_int_equal(f->model.transactions, before);
}

static void units__are_refused_by_an_ap_of_words(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[4] = { 0 };

	f->ap->can_byte = false;
	assert_fails(DAPPER_ERR_UNSUPPORTED, mem_ap_read_units(f->ap, RAM, 1, data, 1));
	assert_ok(mem_ap_read_units(f->ap, RAM, 4, data, 1));
}

/* --- limits
 * ------------------------------------------------------------------------------------------- */

static void ranges__end_with_the_address_space(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[16];

	f->model.ram_base = 0x100000000 - MODEL_RAM_SIZE;
	f->model.ram[MODEL_RAM_SIZE - 1] = 0x42;
	assert_ok(mem_ap_read(f->ap, 0xfffffffd, data, 3));
	assert_int_equal(data[2], 0x42);
	assert_fails(DAPPER_ERR_INVALID, mem_ap_read(f->ap, 0xfffffffd, data, 4));
	assert_fails(DAPPER_ERR_INVALID, mem_ap_write(f->ap, 0x100000000, data, 1));
	assert_fails(DAPPER_ERR_INVALID, mem_ap_read_units(f->ap, 0xfffffffc, 4, data, 2));
	assert_fails(DAPPER_ERR_INVALID, mem_ap_read(f->ap, UINT64_MAX, data, 2));
	assert_ok(mem_ap_read(f->ap, UINT64_MAX, data, 0));
}

static bool give_address(void *data, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	(void)data;
	(void)size;
	(void)write;
	*value = (uint32_t)(address >> 2);
	return true;
}

/* More than one batch, beginning and ending raggedly. */
static void large_ranges__are_cut_into_chunks(void **state)
{
	struct adi_fixture *f = *state;
	const size_t size = 600 * 1024;
	uint8_t *data = malloc(size);
	uint64_t batches = f->model.batches;

	assert_non_null(data);
	f->model.bus = give_address;
	assert_ok(mem_ap_read(f->ap, 0x30000002, data, size));
	assert_int_equal(f->model.batches - batches, 3);
	for (size_t i = 2; i + 4 <= size; i += 4)
		assert_int_equal(get_le32(data + i), (0x30000002 + i) >> 2);
	free(data);
}

static void every_lost_allocation__is_reported(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[100];

	for (uint64_t n = 1;; n++) {
		dapper_status status;

		assert_true(n < 100);
		test_clear_error();
		alloc_fail_at(n);
		status = mem_ap_read_units(f->ap, RAM + 1, 1, data, sizeof(data));
		alloc_fail_at(0);
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
	}
	assert_ok(mem_ap_read(f->ap, RAM, data, sizeof(data)));
}

#define access_test(function) cmocka_unit_test_setup_teardown(function, set_up, adi_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		access_test(random_accesses__agree_with_an_array),
		access_test(random_accesses__agree_without_packing),
		access_test(large_reads__reach_the_bound),
		access_test(a_word__takes_two_transfers),
		access_test(packed_bytes__cost_a_quarter),
		access_test(units__are_one_bus_access_each),
		access_test(units__are_refused_when_odd),
		access_test(units__are_refused_by_an_ap_of_words),
		access_test(ranges__end_with_the_address_space),
		access_test(large_ranges__are_cut_into_chunks),
		access_test(every_lost_allocation__is_reported),
	};
	return cmocka_run_group_tests_name("adi/mem_ap_access", tests, NULL, NULL);
}
