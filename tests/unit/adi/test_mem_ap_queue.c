/* SPDX-License-Identifier: Apache-2.0 */
/* What is queued, transfer by transfer, and what is not, thanks to the caches. */
#include <stdio.h>

#include "support/adi_fixture.h"

enum { RAM = 0x20000000 };

static int set_up(void **state)
{
	if (adi_set_up(state))
		return 1;
	adi_connect_ap(*state);
	return 0;
}

/* "w8=0 w4=..": r or w or p(oll), register offset, AP transfers with a capital. */
static const char *shape(const struct batch *batch)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < batch->count && used < sizeof(text) - 32; i++) {
		const dapper_transfer *t = &batch->transfers[i];
		const char kind = "rwRWp"[t->kind];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%c%x",
			used ? " " : "", t->ap ? "ap." : "dp.",
			kind == 'R'   ? 'r'
			: kind == 'W' ? 'w'
				      : kind,
			t->reg);
		if (t->kind == DAPPER_TRANSFER_WRITE)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "=%x", (unsigned)t->value);
		if (t->kind == DAPPER_TRANSFER_READ_BLOCK || t->kind == DAPPER_TRANSFER_WRITE_BLOCK)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "x%zu", t->count);
	}
	return text;
}

static void assert_shape(struct adi_fixture *f, struct batch *batch, const char *expected)
{
	assert_string_equal(shape(batch), expected);
	assert_ok(dp_run(f->dp, batch));
	batch_clear(batch);
}

static void words__in_a_row_need_one_tar(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t words[3];

	/* CSW holds words already: the scan left it so. */
	for (unsigned i = 0; i < 3; i++)
		mem_ap_queue_read32(f->ap, &batch, RAM + 4 * i, &words[i]);
	assert_shape(f, &batch, "ap.w4=20000000 ap.rc ap.rc ap.rc");
	mem_ap_queue_write32(f->ap, &batch, RAM + 12, 5);
	assert_shape(f, &batch, "ap.wc=5");
	batch_finish(&batch);
}

static void words__nearby_go_through_banked_registers(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_write32(f->ap, &batch, RAM + 4, 0x1234);
	mem_ap_queue_read32(f->ap, &batch, RAM + 4, &word);
	mem_ap_queue_read32(f->ap, &batch, RAM + 8, &word);
	assert_shape(f, &batch, "ap.w4=20000004 ap.wc=1234 dp.w8=10 ap.r4 dp.w8=0 ap.rc");
	batch_finish(&batch);
}

static void banked__keeps_tar(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_banked_write32(f->ap, &batch, RAM + 0xf4, 7);
	mem_ap_queue_banked_poll32(f->ap, &batch, RAM + 0xf0, 0, 0, 9);
	mem_ap_queue_banked_read32(f->ap, &batch, RAM + 0xf8, &word);
	assert_shape(f, &batch, "ap.w4=200000f0 dp.w8=10 ap.w4=7 ap.p0 ap.r8");
	mem_ap_queue_banked_read32(f->ap, &batch, RAM + 0xfc, &word);
	assert_shape(f, &batch, "ap.rc");
	batch_finish(&batch);
}

static void poll__does_not_walk_through_memory(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;

	f->model.ram[0x44] = 1;
	mem_ap_queue_poll32(f->ap, &batch, RAM + 0x40, 1, 1, 10);
	assert_fails(DAPPER_ERR_MISMATCH, dp_run(f->dp, &batch));
	batch_finish(&batch);
}

static void block__is_split_where_tar_wraps(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	static uint8_t data[2048 + 16];

	mem_ap_queue_read_block(f->ap, &batch, RAM + 0x3f8, data, sizeof(data) / 4);
	assert_shape(f, &batch,
		"ap.w4=200003f8 ap.rcx2 ap.w4=20000400 ap.rcx256 ap.w4=20000800 ap.rcx256 "
		"ap.w4=20000c00 ap.rcx2");
	batch_finish(&batch);
}

/* The AHB-AP of a Cortex-M4. */
static void block__is_split_at_4_kb_where_the_idr_says_so(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	static uint8_t data[8192];

	f->model.ap[0].idr = 0x24770011;
	f->model.ap[0].increment_bits = 12;
	dp_disconnect(f->dp);
	adi_remake(f);
	adi_connect_ap(f);
	for (size_t i = 0; i < sizeof(f->model.ram); i++)
		f->model.ram[i] = (uint8_t)(i * 7 ^ i >> 8);
	mem_ap_queue_read_block(f->ap, &batch, RAM + 0x800, data, sizeof(data) / 4);
	assert_shape(f, &batch,
		"ap.w4=20000800 ap.rcx512 ap.w4=20001000 ap.rcx1024 "
		"ap.w4=20002000 ap.rcx512");
	batch_finish(&batch);
	assert_ok(mem_ap_read(f->ap, RAM + 0x800, data, sizeof(data)));
	assert_memory_equal(data, f->model.ram + 0x800, sizeof(data));
}

static void tar__is_not_believed_behind_a_wrap(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_read32(f->ap, &batch, RAM + 0x3fc, &word);
	mem_ap_queue_read32(f->ap, &batch, RAM + 0x400, &word);
	assert_shape(f, &batch, "ap.w4=200003fc ap.rc ap.w4=20000400 ap.rc");
	batch_finish(&batch);
}

static void caches__are_dropped_together(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_read32(f->ap, &batch, RAM, &word);
	assert_ok(dp_run(f->dp, &batch));
	batch_clear(&batch);
	dp_invalidate(f->dp);
	mem_ap_queue_read32(f->ap, &batch, RAM + 4, &word);
	assert_shape(f, &batch, "dp.w8=0 ap.w0=a3000012 ap.w4=20000004 ap.rc");
	batch_finish(&batch);
}

static void caches__of_two_aps_are_apart(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	struct mem_ap *other;
	uint32_t word;
	size_t count;

	while (f->dp->node.first_child)
		node_destroy(f->dp->node.first_child);
	f->model.ap[1] = f->model.ap[0];
	assert_ok(ap_scan(f->dp, &count));
	f->ap = dp_get_mem_ap(f->dp, 0);
	other = dp_get_mem_ap(f->dp, 1);
	mem_ap_queue_read32(f->ap, &batch, RAM, &word);
	mem_ap_queue_read32(other, &batch, RAM + 0x10, &word);
	mem_ap_queue_read32(f->ap, &batch, RAM + 4, &word);
	assert_shape(f, &batch,
		"dp.w8=0 ap.w4=20000000 ap.rc dp.w8=1000000 ap.w4=20000010 ap.rc dp.w8=0 ap.rc");
	batch_finish(&batch);
}

static void large_address__writes_both_halves(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word = 0;

	while (f->dp->node.first_child)
		node_destroy(f->dp->node.first_child);
	f->model.ap[0].cfg = 2;
	f->model.ram_base = 0x5000000000;
	f->model.ram[0x20] = 0x77;
	dp_invalidate(f->dp);
	adi_connect_ap(f);
	mem_ap_queue_read32(f->ap, &batch, 0x5000000020, &word);
	mem_ap_queue_read32(f->ap, &batch, 0x5000000080, &word);
	assert_shape(f, &batch, "ap.w4=20 ap.w8=50 ap.rc ap.w4=80 ap.rc");
	assert_ok(mem_ap_read32(f->ap, 0x5000000020, &word));
	assert_int_equal(word, 0x77);
	batch_finish(&batch);
}

static void lost_memory__is_reported_by_the_run(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = { .out_of_memory = true };
	uint32_t word = 0;

	mem_ap_queue_read32(f->ap, &batch, RAM, &word);
	assert_fails(DAPPER_ERR_NO_MEMORY, dp_run(f->dp, &batch));
	batch_finish(&batch);
	f->model.ram[4] = 9;
	assert_ok(mem_ap_read32(f->ap, RAM + 4, &word));
	assert_int_equal(word, 9);
}

#define queue_test(function) cmocka_unit_test_setup_teardown(function, set_up, adi_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		queue_test(words__in_a_row_need_one_tar),
		queue_test(words__nearby_go_through_banked_registers),
		queue_test(banked__keeps_tar),
		queue_test(poll__does_not_walk_through_memory),
		queue_test(block__is_split_where_tar_wraps),
		queue_test(block__is_split_at_4_kb_where_the_idr_says_so),
		queue_test(tar__is_not_believed_behind_a_wrap),
		queue_test(caches__are_dropped_together),
		queue_test(caches__of_two_aps_are_apart),
		queue_test(large_address__writes_both_halves),
		queue_test(lost_memory__is_reported_by_the_run),
	};
	return cmocka_run_group_tests_name("adi/mem_ap_queue", tests, NULL, NULL);
}
