/* SPDX-License-Identifier: Apache-2.0 */
/* Batches that go wrong, and how packets overlap. */
#include "fake_dap.h"
#include "support/test.h"

#include "base/bytes.h"

struct fixture {
	struct fake_dap fake;
	struct dap *dap;
	dapper_batch_result result;
};

static struct fixture fixture;

static struct fixture *start(uint16_t packet_size, uint8_t capabilities)
{
	memset(&fixture, 0, sizeof(fixture));
	fake_dap_init(&fixture.fake);
	fixture.fake.packet_size = packet_size;
	fixture.fake.capabilities = capabilities;
	fixture.dap = fake_dap_connect(&fixture.fake, NULL);
	return &fixture;
}

static int stop(void **state)
{
	(void)state;
	if (fixture.dap)
		cmsis_dap_close(fixture.dap);
	fixture.dap = NULL;
	return 0;
}

static dapper_transfer write_ap(uint8_t reg)
{
	return (dapper_transfer){
		.kind = DAPPER_TRANSFER_WRITE, .ap = true, .reg = reg, .value = 9, .count = 1
	};
}

static dapper_transfer read_ap(uint32_t *word)
{
	return (dapper_transfer){
		.kind = DAPPER_TRANSFER_READ, .ap = true, .reg = 12, .word = word, .count = 1
	};
}

static dapper_transfer match(uint32_t retries)
{
	return (dapper_transfer){ .kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
		.ap = true,
		.reg = 12,
		.value = 1,
		.mask = 1,
		.retries = retries,
		.count = 1 };
}

static dapper_transfer block(bool read, uint8_t *bytes, size_t count)
{
	return (dapper_transfer){
		.kind = read ? DAPPER_TRANSFER_READ_BLOCK : DAPPER_TRANSFER_WRITE_BLOCK,
		.ap = true,
		.reg = 12,
		.out = bytes,
		.in = bytes,
		.count = count,
	};
}

/* ---- order ---- */

static void pipeline__keeps_as_many_in_flight_as_are_buffered(void **state)
{
	static uint8_t bytes[4 * 84];
	struct fixture *f = start(64, 1);
	dapper_transfer batch[] = { block(false, bytes, 84) };

	(void)state;
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	/* Six packets, four at a time: the fifth is sent when the first is answered. */
	assert_string_equal(f->fake.order, "ssssrsrsrrrr");
	assert_int_equal(f->fake.most_in_flight, 4);
}

static void pipeline__sends_nothing_behind_a_match(void **state)
{
	struct fixture *f = start(64, 1);
	dapper_transfer batch[30];

	(void)state;
	for (size_t i = 0; i < 30; i++)
		batch[i] = i % 3 == 1 ? match(0) : write_ap(i % 3 ? 4 : 12);
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 30, 1000, &f->result));
	assert_string_equal(f->fake.order, "srsrsr");
}

static void pipeline__sends_abort_alone(void **state)
{
	static uint8_t bytes[4 * 28];
	struct fixture *f = start(64, 1);
	dapper_transfer abort_write = { .kind = DAPPER_TRANSFER_WRITE, .reg = 0, .count = 1 };
	dapper_transfer batch[] = { block(false, bytes, 28), abort_write, block(false, bytes, 28) };

	(void)state;
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 3, 1000, &f->result));
	assert_string_equal(f->fake.log, "B(w14)\nB(w14)\nT(w12)\nB(w14)\nT(w3)\n");
	assert_string_equal(f->fake.order, "ssrrsssrrr");
}

/* ---- failures ---- */

static const struct ack_row {
	const char *what;
	uint8_t response;
	dapper_status status;
	dapper_ack ack;
} acks[] = {
	{ "WAIT", 2, DAPPER_ERR_WAIT, DAPPER_ACK_WAIT },
	{ "FAULT", 4, DAPPER_ERR_FAULT, DAPPER_ACK_FAULT },
	{ "no answer", 7, DAPPER_ERR_NO_ACK, DAPPER_ACK_SILENT },
	{ "wire held low", 0, DAPPER_ERR_NO_ACK, DAPPER_ACK_SILENT },
	{ "parity", 8, DAPPER_ERR_PARITY, DAPPER_ACK_PARITY },
	{ "parity, with an acknowledge", 9, DAPPER_ERR_PARITY, DAPPER_ACK_PARITY },
};

static void require_failure(struct fixture *f, const struct ack_row *row, size_t completed,
	size_t words, dapper_status status)
{
	assert_int_equal(status, row->status);
	assert_int_equal(f->result.ack, row->ack);
	assert_int_equal(f->result.completed, completed);
	assert_int_equal(f->result.words, words);
	/* The stream is in step: the next batch gets its own answers. */
	assert_int_equal(f->fake.waiting, 0);
}

/*
 * A failure at each of 40 words of a block, over packets of 64 bytes. Written they are T(w12) with
 * 11 of them, B(w14), B(w14), T(w2) with the last; read T(w1 r15), B(r15), T(w1 r10). A
 * DAP_TransferBlock counts words that it has; in a DAP_Transfer a failing read takes the word
 * before it along.
 */
static void fail_in_block(const struct ack_row *row, bool read)
{
	static uint8_t bytes[4 * 40];

	for (int at = 0; at < 40; at++) {
		struct fixture *f = start(64, 1);
		dapper_transfer batch[] = { write_ap(4), block(read, bytes, 40), write_ap(4) };
		bool posted_before = read && ((at >= 1 && at <= 14) || at >= 31);
		int words = at - posted_before;

		memset(bytes, 0, sizeof(bytes));
		f->fake.fail_at = at + 1;
		f->fake.fail_response = row->response;
		require_failure(f, row, 1, (size_t)words,
			cmsis_dap_run_batch(f->dap, batch, 3, 1000, &f->result));
		for (int i = 0; read && i < words; i++)
			assert_int_equal(get_le32(bytes + 4 * i), 0x1000 + i);
		stop(NULL);
	}
}

static void failure__in_a_block_is_placed_to_the_word(void **state)
{
	const struct ack_row *row = *state;

	fail_in_block(row, false);
	fail_in_block(row, true);
}

/*
 * In a DAP_Transfer of AP reads a failure shows with the transfer behind it: the word that was
 * asked for is what is missing. Where answers are padded the word may be missing in other cases
 * too, and is taken to be.
 */
static void failure__of_scattered_reads_is_that_of_the_posted_one(void **state)
{
	const struct ack_row *row = *state;

	for (int padded = 0; padded < 2; padded++)
		for (int at = 0; at < 9; at++) {
			struct fixture *f = start(64, 1);
			dapper_transfer batch[9];
			uint32_t words[9] = { 0 };
			/* r w r r w r r r w: writes at 1, 4, 8 */
			bool posted_before = at == 3 || at == 6 || at == 7;
			bool read_before = at == 1 || at == 4 || at == 8 || posted_before;
			size_t completed = (size_t)at - (padded ? read_before : posted_before);

			f->dap->link.transport.is_padded = f->fake.padded = padded;
			for (int i = 0; i < 9; i++)
				batch[i] = i == 1 || i == 4 || i == 8 ? write_ap(4)
				                                      : read_ap(&words[i]);
			f->fake.fail_at = at;
			f->fake.fail_response = row->response;
			require_failure(f, row, completed, 0,
				cmsis_dap_run_batch(f->dap, batch, 9, 1000, &f->result));
			for (size_t i = 0, n = 0; i < completed; i++)
				if (batch[i].word)
					assert_int_equal(words[i], 0x1000 + n++);
			stop(NULL);
		}
}

static void failure__found_by_the_last_check_is_that_of_the_last_transfer(void **state)
{
	const struct ack_row *row = *state;
	static uint8_t bytes[4 * 20];
	uint32_t word;

	for (int kind = 0; kind < 3; kind++) {
		struct fixture *f = start(64, 1);
		dapper_transfer batch[] = { write_ap(4), kind == 1 ? read_ap(&word) : write_ap(4),
			block(false, bytes, 14) };
		size_t count = kind == 2 ? 1 : 2;

		f->fake.fail_at = (int)count - 1;
		f->fake.fail_check = true;
		f->fake.fail_response = row->response;
		if (kind == 2) {
			batch[0] = batch[2];
			f->fake.fail_at = 13;
		}
		require_failure(f, row, kind == 2 ? 0 : 1, kind == 2 ? 13 : 0,
			cmsis_dap_run_batch(f->dap, batch, count, 1000, &f->result));
		stop(NULL);
	}
}

/* With several commands a packet the place must come out the same. */
static void failure__in_a_list_of_commands_is_placed(void **state)
{
	const struct ack_row *row = *state;
	static uint8_t bytes[4 * 200];

	for (int at = 0; at < 102; at++) {
		struct fixture *f = start(512, 0x11);
		dapper_transfer batch[] = { write_ap(4), block(false, bytes, 50), write_ap(4),
			block(true, bytes + 400, 50) };
		size_t completed = at == 0 ? 0 : at <= 50 ? 1 : at == 51 ? 2 : 3;
		int word = completed == 1 ? at - 1 : completed == 3 ? at - 52 : 0;

		f->fake.fail_at = at;
		f->fake.fail_response = row->response;
		require_failure(f, row, completed, (size_t)word,
			cmsis_dap_run_batch(f->dap, batch, 4, 1000, &f->result));
		assert_string_equal(f->fake.log, "XT(w1)B(w50)T(w1)B(r50)\n");
		stop(NULL);
	}
}

static void failure__leaves_the_probe_usable(void **state)
{
	const struct ack_row *row = *state;
	struct fixture *f = start(64, 1);
	uint8_t bytes[4 * 70] = { 0 };
	dapper_transfer batch[] = { block(false, bytes, 70) };
	uint32_t word = 0;
	dapper_transfer read = read_ap(&word);

	f->fake.fail_at = 3;
	f->fake.fail_response = row->response;
	assert_fails(row->status, cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	assert_int_equal(f->fake.packets, 4); /* those in flight, no more */
	f->fake.sticky = false;
	assert_ok(cmsis_dap_run_batch(f->dap, &read, 1, 1000, &f->result));
	assert_int_equal(word, 0x1000);
}

static void failures(void **state, CMUnitTestFunction function)
{
	for (size_t i = 0; i < ARRAY_SIZE(acks); i++) {
		void *row = (void *)(uintptr_t)&acks[i];

		function(&row);
		stop(state);
	}
}

static void failure__every_acknowledge_at_every_position(void **state)
{
	failures(state, failure__in_a_block_is_placed_to_the_word);
	failures(state, failure__of_scattered_reads_is_that_of_the_posted_one);
	failures(state, failure__found_by_the_last_check_is_that_of_the_last_transfer);
	failures(state, failure__in_a_list_of_commands_is_placed);
	failures(state, failure__leaves_the_probe_usable);
}

static void failure__names_the_register(void **state)
{
	struct fixture *f = start(64, 1);
	dapper_transfer batch[] = { write_ap(4) };

	(void)state;
	f->fake.fail_at = 0;
	f->fake.fail_response = 4;
	assert_fails(DAPPER_ERR_FAULT, cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	assert_message("target answered FAULT (write of AP register 0x4)");
}

/* ---- matches ---- */

static void match__splits_long_waits(void **state)
{
	struct fixture *f = start(64, 1);
	uint32_t word = 0;
	/* At 1 MHz a read takes 46 us: 200 ms, the longest in one packet, are 4347 reads. */
	dapper_transfer batch[] = { write_ap(4), match(10000), read_ap(&word) };

	(void)state;
	f->fake.mismatches = 2;
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 3, 60000, &f->result));
	assert_string_equal(
		f->fake.log, "T(w1)\nC(4346)\nT(r1 k1 m1)\nT(r1 k1 m1)\nC(1306)\nT(r1 k1 m1)\n");
	assert_int_equal(word, 0x1000);
}

static void match__gives_up_when_all_retries_are_used(void **state)
{
	struct fixture *f = start(64, 1);
	dapper_transfer batch[] = { write_ap(4), match(4346 + 4347), write_ap(4) };

	(void)state;
	f->fake.mismatches = 100;
	assert_fails(DAPPER_ERR_MISMATCH, cmsis_dap_run_batch(f->dap, batch, 3, 60000, &f->result));
	assert_string_equal(f->fake.log, "T(w1)\nC(4346)\nT(w1 k1 m1)\nT(w1 k1 m1)\n");
	assert_int_equal(f->result.completed, 1);
	assert_int_equal(f->result.ack, DAPPER_ACK_MISMATCH);
	assert_int_equal(f->fake.write_count, 1);
}

static void match__uses_the_word_read_before_it(void **state)
{
	for (int padded = 0; padded < 2; padded++) {
		struct fixture *f = start(64, 1);
		uint32_t word = 0;
		dapper_transfer batch[] = { read_ap(&word), match(0) };

		f->dap->link.transport.is_padded = f->fake.padded = padded;
		f->fake.mismatches = 1;
		assert_fails(DAPPER_ERR_MISMATCH,
			cmsis_dap_run_batch(f->dap, batch, 2, 1000, &f->result));
		assert_int_equal(f->result.completed, 1);
		assert_int_equal(word, 0x1000);
		stop(state);
	}
}

static void match__keeps_mask_and_retries_over_batches(void **state)
{
	struct fixture *f = start(64, 1);
	dapper_transfer batch[] = { match(3) };

	(void)state;
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	assert_string_equal(f->fake.log, "C(3)\nT(k1 m1)\nT(m1)\n");
	f->fake.mismatches = 1;
	assert_fails(DAPPER_ERR_MISMATCH, cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	fake_dap_forget(&f->fake);
	assert_ok(cmsis_dap_run_batch(f->dap, batch, 1, 1000, &f->result));
	assert_string_equal(f->fake.log, "T(k1 m1)\n");
}

/* ---- probes that lie ---- */

static const struct lie_row {
	const char *what;
	enum fake_lie lie;
	dapper_status status;
} lies[] = {
	{ "an answer with a byte missing", FAKE_TRUNCATED, DAPPER_ERR_PROBE_PROTOCOL },
	{ "an empty answer", FAKE_EMPTY, DAPPER_ERR_PROBE_PROTOCOL },
	{ "an answer with a byte too many", FAKE_LONGER, DAPPER_ERR_PROBE_PROTOCOL },
	{ "an answer to another command", FAKE_OTHER_COMMAND, DAPPER_ERR_PROBE_PROTOCOL },
	{ "more transfers than asked for", FAKE_COUNT_HIGH, DAPPER_ERR_PROBE_PROTOCOL },
	{ "fewer transfers, all OK", FAKE_COUNT_LOW, DAPPER_ERR_PROBE_PROTOCOL },
	{ "a response that does not exist", FAKE_ODD_RESPONSE, DAPPER_ERR_PROBE_PROTOCOL },
	{ "garbage", FAKE_GARBAGE, DAPPER_ERR_PROBE_PROTOCOL },
	{ "silence", FAKE_SILENT, DAPPER_ERR_TIMEOUT },
	{ "unplugged", FAKE_GONE, DAPPER_ERR_PROBE_GONE },
};

/* In each packet of batches of each kind; then the probe behaves, and must be usable or gone. */
static void lie__is_found_out(void **state)
{
	const struct lie_row *row = *state;
	static uint8_t bytes[4 * 100];
	uint32_t word = 0;

	for (int at = 0; at < 6; at++)
		for (int kind = 0; kind < 3; kind++) {
			struct fixture *f = start(64, kind == 2 ? 0x11 : 1);
			dapper_transfer batch[] = { write_ap(4), block(kind == 0, bytes, 100) };
			dapper_transfer read = read_ap(&word);
			dapper_status status;

			f->fake.lie_at = at;
			f->fake.lie = row->lie;
			assert_fails(row->status,
				cmsis_dap_run_batch(f->dap, batch, 2, 1000, &f->result));
			assert_int_equal(f->result.ack, DAPPER_ACK_NONE);
			/* What was answered before is known to be done, no more. */
			assert_true(f->result.completed <= 1 && f->result.words <= 100);
			/* A probe that goes takes the answers in flight with it. */
			assert_int_equal(
				f->result.completed, row->lie == FAKE_GONE ? at >= 4 : at > 0);
			f->fake.lie_at = FAKE_NO_FAIL;
			for (size_t i = 0; i < FAKE_DAP_QUEUE; i++)
				f->fake.queue[i].lie = FAKE_HONEST;
			f->fake.read_count = 0;
			status = cmsis_dap_run_batch(f->dap, &read, 1, 1000, &f->result);
			assert_int_equal(
				status, row->lie == FAKE_GONE ? DAPPER_ERR_PROBE_GONE : DAPPER_OK);
			if (status == DAPPER_OK)
				assert_int_equal(word, 0x1000);
			stop(NULL);
		}
}

static void silence__costs_no_more_than_the_timeout(void **state)
{
	static uint8_t bytes[4 * 100];
	struct fixture *f = start(64, 1);
	dapper_transfer batch[] = { block(true, bytes, 100) };
	uint64_t before = f->fake.now_ns;

	(void)state;
	f->fake.lie_at = 1;
	f->fake.lie = FAKE_SILENT;
	f->fake.lie_on = true;
	assert_fails(DAPPER_ERR_TIMEOUT, cmsis_dap_run_batch(f->dap, batch, 1, 250, &f->result));
	assert_int_equal(f->fake.now_ns - before, 250000000);
	/* The next one waits for what is owed, and no longer than it may either. */
	assert_fails(DAPPER_ERR_TIMEOUT, cmsis_dap_run_batch(f->dap, batch, 1, 50, &f->result));
	assert_int_equal(f->fake.now_ns - before, 300000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(pipeline__keeps_as_many_in_flight_as_are_buffered, stop),
		cmocka_unit_test_teardown(pipeline__sends_nothing_behind_a_match, stop),
		cmocka_unit_test_teardown(pipeline__sends_abort_alone, stop),
		cmocka_unit_test_teardown(failure__every_acknowledge_at_every_position, stop),
		cmocka_unit_test_teardown(failure__names_the_register, stop),
		cmocka_unit_test_teardown(match__splits_long_waits, stop),
		cmocka_unit_test_teardown(match__gives_up_when_all_retries_are_used, stop),
		cmocka_unit_test_teardown(match__uses_the_word_read_before_it, stop),
		cmocka_unit_test_teardown(match__keeps_mask_and_retries_over_batches, stop),
		cmocka_unit_test_teardown(silence__costs_no_more_than_the_timeout, stop),
	};

	return test_run_all("probe/cmsis_dap_pipeline", tests, ARRAY_SIZE(tests), lie__is_found_out,
		lies, sizeof(lies[0]), ARRAY_SIZE(lies));
}
