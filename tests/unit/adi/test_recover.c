/* SPDX-License-Identifier: Apache-2.0 */
/* Each way a transfer can fail, and what dp_run() makes of it. */
#include <stdio.h>

#include "support/adi_fixture.h"

enum { RAM = 0x20000000 };

/* RAM that is different everywhere. */
static void fill_ram(struct adi_fixture *f)
{
	for (size_t i = 0; i < MODEL_RAM_SIZE; i++)
		f->model.ram[i] = (uint8_t)(i * 7 + (i >> 8));
}

static int set_up(void **state)
{
	struct adi_fixture *f;

	if (adi_set_up(state))
		return 1;
	f = *state;
	adi_connect_ap(f);
	fill_ram(f);
	return 0;
}

static void assert_usable(struct adi_fixture *f)
{
	uint32_t word;

	assert_false(f->dp->is_lost);
	assert_ok(mem_ap_read32(f->ap, RAM + 8, &word));
	assert_memory_equal(&word, f->model.ram + 8, 4);
	assert_int_equal(f->model.protocol_violations, 0);
}

static void assert_where(const char *text)
{
	if (!strstr(dapper_error_last()->where, text))
		fail_msg("place is '%s', lacks '%s'", dapper_error_last()->where, text);
}

/* --- FAULT
 * ------------------------------------------------------------------------------------------- */

static void fault__names_the_address_of_a_word(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t word;

	assert_fails(DAPPER_ERR_FAULT, mem_ap_read32(f->ap, 0x40001000, &word));
	assert_string_equal(
		dapper_error_last()->where, "probe model (model), AP#0, address 0x40001000");
	assert_non_null(strstr(dapper_error_last()->hint, "not mapped"));
	assert_int_equal(f->model.ctrl_stat & 0x20, 0);
	assert_usable(f);
}

struct fault_row {
	const char *what;
	uint64_t hole;
	bool write, posted, hides_words;
};

static const struct fault_row fault_rows[] = {
	{ "read, middle of a block", RAM + 0x104, false, false, false },
	{ "read, first word", RAM + 0x10, false, false, false },
	{ "read, words unknown", RAM + 0x104, false, false, true },
	{ "read, second block", RAM + 0x804, false, false, true },
	{ "write", RAM + 0x104, true, false, false },
	{ "write, words unknown", RAM + 0x104, true, false, true },
	{ "posted write", RAM + 0x104, true, true, false },
	{ "posted write, words unknown", RAM + 0x104, true, true, true },
	{ "posted write, last of a block", RAM + 0x3fc, true, true, true },
	{ "posted write, last of all", RAM + 0xffc, true, true, false },
};

static void fault__names_the_true_address_in_a_block(void **state)
{
	const struct fault_row *row = *state;
	static uint8_t data[0x1000 - 0x10];
	struct adi_fixture *f;
	void *fixture = NULL;
	char place[64];

	set_up(&fixture);
	f = fixture;
	f->model.hole_start = row->hole;
	f->model.hole_end = row->hole + 4;
	f->model.posted_write_faults = row->posted;
	f->model.hides_words = row->hides_words;
	if (row->write)
		assert_fails(DAPPER_ERR_FAULT, mem_ap_write(f->ap, RAM + 0x10, data, sizeof(data)));
	else
		assert_fails(DAPPER_ERR_FAULT, mem_ap_read(f->ap, RAM + 0x10, data, sizeof(data)));
	snprintf(place, sizeof(place), "AP#0, address 0x%08llx", (unsigned long long)row->hole);
	assert_where(place);
	assert_usable(f);
	adi_tear_down(&fixture);
}

static void fault__of_a_banked_register_names_it(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_banked_read32(f->ap, &batch, 0xe000edf8, &word);
	assert_fails(DAPPER_ERR_FAULT, dp_run(f->dp, &batch));
	assert_where("AP#0, address 0xe000edf8");
	batch_finish(&batch);
	assert_usable(f);
}

static void fault__tells_of_lost_power(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t word;

	f->model.ctrl_stat &= ~0x50000000u;
	assert_fails(DAPPER_ERR_FAULT, mem_ap_read32(f->ap, RAM, &word));
	assert_non_null(strstr(dapper_error_last()->hint, "lost its power"));
	assert_usable(f);
}

static void fault__drops_the_caches(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t csw = f->model.writes_of_csw;
	uint32_t word;

	assert_ok(mem_ap_read32(f->ap, RAM, &word));
	assert_int_equal(f->model.writes_of_csw, csw);
	assert_fails(DAPPER_ERR_FAULT, mem_ap_read32(f->ap, 0x40001000, &word));
	assert_ok(mem_ap_read32(f->ap, RAM, &word));
	assert_int_equal(f->model.writes_of_csw, csw + 1);
}

/* --- no acknowledge, parity
 * --------------------------------------------------------------------------- */

static void silence__is_repeated_when_nothing_was_done(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t sequences = f->model.sequences;
	uint32_t word;

	/* TAR is written first: that nobody heard it does no harm. */
	adi_problem(f, MODEL_SILENT, 1);
	assert_ok(mem_ap_read32(f->ap, RAM + 16, &word));
	assert_memory_equal(&word, f->model.ram + 16, 4);
	assert_int_equal(f->model.sequences, sequences + 1);
	assert_usable(f);
}

static void silence__in_the_middle_is_reported(void **state)
{
	struct adi_fixture *f = *state;
	uint8_t data[64];

	adi_problem(f, MODEL_SILENT, 5);
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read(f->ap, RAM + 16, data, sizeof(data)));
	assert_where("AP#0, address 0x2000001c");
	assert_usable(f);
}

static void silence__of_the_first_data_is_not_repeated(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t word;

	/* TAR stands right already, so data is the first transfer. */
	assert_ok(mem_ap_read32(f->ap, RAM + 16, &word));
	adi_problem(f, MODEL_PARITY, 1);
	assert_fails(DAPPER_ERR_PARITY, mem_ap_read32(f->ap, RAM + 20, &word));
	assert_usable(f);
}

static void parity__of_an_identification_is_repeated(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t idr = 0;

	dp_select_ap(f->dp, &batch, 0, 0xf);
	assert_ok(dp_run(f->dp, &batch));
	batch_clear(&batch);
	batch_read_ap(&batch, 0xc, &idr);
	adi_problem(f, MODEL_PARITY, 1);
	assert_ok(dp_run(f->dp, &batch));
	assert_int_equal(idr, 0x84770001);
	batch_finish(&batch);
}

static void power_loss__is_reported_and_got_over(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t word;

	adi_problem(f, MODEL_POWER_LOSS, 1);
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read32(f->ap, RAM, &word));
	assert_usable(f);
}

static void death__is_reported_and_tried_again_at_the_next_batch(void **state)
{
	struct adi_fixture *f = *state;
	uint32_t word;

	adi_problem(f, MODEL_DEAD, 1);
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read32(f->ap, RAM, &word));
	assert_non_null(strstr(dapper_error_last()->hint, "does not recover"));
	assert_true(f->dp->is_lost);
	assert_fails(DAPPER_ERR_NO_ACK, mem_ap_read32(f->ap, RAM, &word));
	f->model.is_dead = false;
	f->model.wire = MODEL_JTAG;
	f->model.ctrl_stat = 0;
	f->model.ap[0].csw = 0;
	f->model.ap[0].tar = 0;
	assert_ok(mem_ap_read32(f->ap, RAM + 4, &word));
	assert_memory_equal(&word, f->model.ram + 4, 4);
	assert_usable(f);
}

static void probe__that_is_gone_is_not_talked_to(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t sequences = f->model.sequences;
	uint32_t word;

	adi_problem(f, MODEL_PROBE_LOST, 2);
	assert_fails(DAPPER_ERR_PROBE_GONE, mem_ap_read32(f->ap, RAM, &word));
	assert_int_equal(f->model.sequences, sequences);
}

/* --- WAIT
 * -----------------------------------------------------------------------------------------------
 */

/* Whatever transaction of a large access meets a busy AP, all data is right in the end. */
static void wait__is_waited_for_wherever_it_comes(void **state)
{
	struct adi_fixture *f = *state;
	static uint8_t data[2050];

	for (uint64_t n = 1; n < 540; n += 7) {
		memset(data, 0, sizeof(data));
		adi_problem(f, MODEL_BUSY, n);
		assert_ok(mem_ap_read(f->ap, RAM + 3, data, sizeof(data)));
		assert_memory_equal(data, f->model.ram + 3, sizeof(data));
	}
	assert_usable(f);
}

static void wait__is_waited_for_in_writes(void **state)
{
	struct adi_fixture *f = *state;
	static uint8_t data[2050];

	for (uint64_t n = 1; n < 540; n += 7) {
		memset(data, (int)n, sizeof(data));
		f->model.hides_words = n % 2 == 0;
		adi_problem(f, MODEL_BUSY, n);
		assert_ok(mem_ap_write(f->ap, RAM + 3, data, sizeof(data)));
		assert_memory_equal(data, f->model.ram + 3, sizeof(data));
	}
	assert_usable(f);
}

static void wait__is_waited_for_in_polls_and_banked_reads(void **state)
{
	struct adi_fixture *f = *state;

	for (uint64_t n = 1; n < 6; n++) {
		struct batch batch = BATCH_INIT;
		uint32_t first = 0, second = 0;

		adi_problem(f, MODEL_BUSY, n);
		mem_ap_queue_banked_read32(f->ap, &batch, RAM + 4, &first);
		mem_ap_queue_banked_poll32(f->ap, &batch, RAM + 8, 0, 0, 3);
		mem_ap_queue_banked_read32(f->ap, &batch, RAM + 12, &second);
		assert_ok(dp_run(f->dp, &batch));
		assert_memory_equal(&first, f->model.ram + 4, 4);
		assert_memory_equal(&second, f->model.ram + 12, 4);
		batch_finish(&batch);
		dp_invalidate(f->dp);
	}
}

static void wait__without_end_is_aborted(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint64_t start = f->model.now_ns;
	uint32_t word;

	mem_ap_queue_read32(f->ap, &batch, RAM + 0x20, &word);
	adi_problem(f, MODEL_STUCK, 2);
	assert_fails(DAPPER_ERR_WAIT, dp_run_timeout(f->dp, &batch, 300));
	assert_where("AP#0, address 0x20000020");
	assert_non_null(strstr(dapper_error_last()->hint, "aborted"));
	assert_in_range(f->model.now_ns - start, 300000000, 600000000);
	batch_finish(&batch);
	assert_usable(f);
}

/* --- others
 * ------------------------------------------------------------------------------------------------
 */

static void mismatch__of_the_last_transfer_keeps_the_caches(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint64_t before;

	mem_ap_queue_poll32(f->ap, &batch, RAM, UINT32_MAX, 0x12345678, 3);
	assert_fails(DAPPER_ERR_MISMATCH, dp_run(f->dp, &batch));
	before = f->model.transactions;
	batch_clear(&batch);
	mem_ap_queue_poll32(f->ap, &batch, RAM, 0, 0, 0);
	assert_ok(dp_run(f->dp, &batch));
	assert_int_equal(f->model.transactions, before + 1);
	batch_finish(&batch);
}

static void mismatch__before_others_drops_the_caches(void **state)
{
	struct adi_fixture *f = *state;
	struct batch batch = BATCH_INIT;
	uint32_t word;

	mem_ap_queue_poll32(f->ap, &batch, RAM, UINT32_MAX, 0x12345678, 3);
	mem_ap_queue_read32(f->ap, &batch, RAM + 0x100, &word);
	assert_fails(DAPPER_ERR_MISMATCH, dp_run(f->dp, &batch));
	batch_finish(&batch);
	assert_ok(mem_ap_read32(f->ap, RAM + 0x104, &word));
	assert_memory_equal(&word, f->model.ram + 0x104, 4);
}

static void cancel__drops_the_caches_and_no_more(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t before = f->model.transactions;
	uint32_t word;

	dapper_context_cancel(f->context);
	assert_fails(DAPPER_ERR_CANCELLED, mem_ap_read32(f->ap, RAM, &word));
	assert_int_equal(f->model.transactions, before);
	dapper_context_resume(f->context);
	assert_usable(f);
}

/* Any transaction of a sequence of work lost in any way: an error or the right data, and usable. */
static void every_problem__at_every_place_is_survived(void **state)
{
	static const int kinds[] = { MODEL_SILENT, MODEL_PARITY, MODEL_BUSY, MODEL_STUCK,
		MODEL_POWER_LOSS };
	struct adi_fixture *f = *state;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (uint64_t n = 1; n < 24; n++) {
			uint8_t data[35];

			adi_problem(f, kinds[k], n);
			if (mem_ap_read(f->ap, RAM + 5, data, sizeof(data)) == DAPPER_OK)
				assert_memory_equal(data, f->model.ram + 5, sizeof(data));
			else
				assert_true(dapper_error_last()->message[0]);
			memset(f->model.problems, 0, sizeof(f->model.problems));
			assert_usable(f);
		}
}

#define recover_test(function) cmocka_unit_test_setup_teardown(function, set_up, adi_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		recover_test(fault__names_the_address_of_a_word),
		recover_test(fault__of_a_banked_register_names_it),
		recover_test(fault__tells_of_lost_power),
		recover_test(fault__drops_the_caches),
		recover_test(silence__is_repeated_when_nothing_was_done),
		recover_test(silence__in_the_middle_is_reported),
		recover_test(silence__of_the_first_data_is_not_repeated),
		recover_test(parity__of_an_identification_is_repeated),
		recover_test(power_loss__is_reported_and_got_over),
		recover_test(death__is_reported_and_tried_again_at_the_next_batch),
		recover_test(probe__that_is_gone_is_not_talked_to),
		recover_test(wait__is_waited_for_wherever_it_comes),
		recover_test(wait__is_waited_for_in_writes),
		recover_test(wait__is_waited_for_in_polls_and_banked_reads),
		recover_test(wait__without_end_is_aborted),
		recover_test(mismatch__of_the_last_transfer_keeps_the_caches),
		recover_test(mismatch__before_others_drops_the_caches),
		recover_test(cancel__drops_the_caches_and_no_more),
		recover_test(every_problem__at_every_place_is_survived),
	};
	return test_run_all("adi/recover", tests, ARRAY_SIZE(tests),
		fault__names_the_true_address_in_a_block, fault_rows, sizeof(fault_rows[0]),
		ARRAY_SIZE(fault_rows));
}
