/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How batches become packets. The figures are those of the protocol's definitions: a DAP_Transfer
 * has 3 bytes of header both ways, 5 a write, 1 and 4 a read; a DAP_TransferBlock 5 and 4, and 4 a
 * word; DAP_ExecuteCommands 2 both ways.
 */
#include <stdlib.h>

#include "fake_dap.h"
#include "support/test.h"

enum { MAX_TRANSFERS = 300, MAX_WORDS = 2000 };

/*
 * A batch as text, one letter a transfer: s a write of SELECT, t of TAR, d of DRW, D a read of DRW,
 * p a DP read, a a write of ABORT, m and n a read of DRW until a match with masks 1 and 2, M the
 * same with 5 retries; "w9" and "r9" are blocks of DRW with so many words; "*9" behind a letter
 * repeats it.
 */
struct build {
	dapper_transfer transfers[MAX_TRANSFERS];
	size_t count;
	uint32_t read[MAX_TRANSFERS];
	uint8_t in[4 * MAX_WORDS];
	uint8_t out[4 * MAX_WORDS];
};

static dapper_transfer make(struct build *b, char letter)
{
	dapper_transfer t = { .count = 1, .kind = DAPPER_TRANSFER_WRITE, .value = 0x55 };

	t.ap = !strchr("spa", letter);
	t.reg = letter == 's' ? 8 : letter == 't' || letter == 'p' ? 4 : letter == 'a' ? 0 : 12;
	if (letter == 'D' || letter == 'p')
		t.kind = DAPPER_TRANSFER_READ;
	if (letter == 'w')
		t.kind = DAPPER_TRANSFER_WRITE_BLOCK;
	if (letter == 'r')
		t.kind = DAPPER_TRANSFER_READ_BLOCK;
	if (strchr("mnM", letter))
		t.kind = DAPPER_TRANSFER_READ_UNTIL_MATCH;
	t.mask = letter == 'n' ? 2 : 1;
	t.retries = letter == 'M' ? 5 : 0;
	t.out = b->out;
	t.in = b->in;
	t.word = &b->read[b->count];
	return t;
}

static void build(struct build *b, const char *text)
{
	memset(b, 0, sizeof(*b));
	for (size_t i = 0; i < MAX_WORDS; i++)
		b->out[4 * i] = (uint8_t)i;
	while (*text) {
		dapper_transfer t = make(b, *text++);
		bool repeat = *text == '*';
		char *end;
		size_t n = strtoul(text + repeat, &end, 10);

		text = end;
		if (!repeat && n > 0)
			t.count = n;
		for (size_t i = 0; i < (repeat ? n : 1); i++) {
			assert_true(b->count < MAX_TRANSFERS);
			t.word = &b->read[b->count];
			b->transfers[b->count++] = t;
		}
	}
}

static const struct row {
	const char *what;
	uint16_t packet_size;
	bool atomic;
	const char *batch;
	const char *packets;
} rows[] = {
	{ "12 writes in 64 bytes", 64, false, "st*11", "T(w12)\n" },
	{ "13 writes do not", 64, false, "stststststsst", "T(w12)\nT(w1)\n" },
	{ "15 scattered reads in 64 bytes", 64, false, "pDpDpDpDpDpDpDpD", "T(r15)\nT(r1)\n" },
	{ "14 words written by a block of 64 bytes", 64, false, "w14", "B(w14)\n" },
	{ "15 words take two", 64, false, "w15", "B(w14)\nT(w1)\n" },
	{ "15 words read by a block of 64 bytes", 64, false, "r15", "B(r15)\n" },
	{ "16 words read take two", 64, false, "r16", "B(r15)\nT(r1)\n" },
	{ "126 words written by a block of 512", 512, false, "w127", "B(w126)\nT(w1)\n" },
	{ "127 words read by a block of 512", 512, false, "r128", "B(r127)\nT(r1)\n" },
	{ "254 and 255 words in 1024", 1024, false, "w254r255", "B(w254)\nB(r255)\n" },
	{ "a DAP_Transfer has 255 at most", 2048, false, "pspD*260s", "T(w1 r254)\nT(w1 r8)\n" },
	{ "two writes are shorter as transfers", 512, false, "dd", "T(w2)\n" },
	{ "three are no longer either", 512, false, "ddd", "T(w3)\n" },
	{ "four are shorter as a block", 512, false, "dddd", "B(w4)\n" },
	{ "three reads are no longer either", 512, false, "DDD", "T(r3)\n" },
	{ "four reads are shorter as a block", 512, false, "DDDD", "B(r4)\n" },
	{ "single writes and blocks of one register are one run", 512, false, "ddw5d", "B(w8)\n" },
	{ "mixed in one transfer", 512, false, "stDpdD", "T(w3 r3)\n" },
	{ "a run fills up the transfer before it", 64, false, "tw25", "T(w12)\nB(w14)\n" },
	{ "a short rest shares the next transfer", 64, false, "w24tt", "B(w14)\nT(w12)\n" },
	{ "a rest that fits shares it too", 64, false, "tw14tw14", "T(w12)\nT(w12)\nB(w6)\n" },
	{ "atomic: address and block share a packet", 512, true, "tw100", "XT(w1)B(w100)\n" },
	{ "atomic: and the next address too", 512, true, "tw60tw70",
		"XT(w1)B(w60)T(w1)B(w61)\nB(w9)\n" },
	{ "atomic: short runs are not worth a header", 512, true, "tdddt", "T(w5)\n" },
	{ "atomic: 64 bytes: the block gets what is left", 64, true, "tw25",
		"XT(w1)B(w12)\nB(w13)\n" },
	{ "atomic: a block alone has no second header", 64, true, "w14", "B(w14)\n" },
	{ "match: a mask only when it changes", 512, false, "mmnm", "T(k3 m4)\n" },
	{ "match: retries are configured first", 512, false, "tMt", "T(w1)\nC(5)\nT(w1 k1 m1)\n" },
	{ "match: retries share the packet if atomic", 512, true, "tMt",
		"XT(w1)C(5)T(w1 k1 m1)\n" },
	{ "match: no command behind one in its packet", 512, true, "mw50", "T(w50 k1 m1)\n" },
	{ "match: no other retries behind one in its packet", 512, true, "mM",
		"T(k1 m1)\nXC(5)T(m1)\n" },
	{ "abort: behind a block it begins a packet", 512, true, "w50a", "B(w50)\nT(w1)\n" },
	{ "abort: in the first transfer it is safe", 512, true, "tatw50", "XT(w3)B(w50)\n" },
	{ "abort: never a block", 512, true, "aaaaa", "T(w5)\n" },
};

static void pack__fills_packets(void **state)
{
	const struct row *row = *state;
	static struct build b;
	struct fake_dap fake;
	dapper_batch_result result;
	dapper_context *context = NULL;
	struct dap *dap;

	assert_ok(dapper_context_new(&context));
	fake_dap_init(&fake);
	fake.packet_size = row->packet_size;
	fake.capabilities = row->atomic ? 0x11 : 1;
	dap = fake_dap_connect(&fake, context);
	build(&b, row->batch);
	assert_ok(cmsis_dap_run_batch(dap, b.transfers, b.count, 1000, &result));
	assert_string_equal(fake.log, row->packets);
	assert_int_equal(result.completed, b.count);
	cmsis_dap_close(dap);
	dapper_context_unref(context);
}

struct bytes_row {
	const char *what;
	bool atomic;
	const char *batch;
	uint8_t size;
	uint8_t bytes[40];
};

static void pack__writes_these_bytes(void **state)
{
	static const struct bytes_row bytes_rows[] = {
		{ "transfer", false, "stDp", 15,
			{ 0x05, 0, 4, 0x08, 0x55, 0, 0, 0, 0x05, 0x55, 0, 0, 0, 0x0f, 0x06 } },
		{ "match", false, "m", 13, { 0x05, 0, 2, 0x20, 1, 0, 0, 0, 0x1f, 0x01, 0, 0, 0 } },
		{ "block", false, "w4", 21,
			{ 0x06, 0, 4, 0, 0x0d, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0 } },
		{ "block read", false, "r5", 5, { 0x06, 0, 5, 0, 0x0f } },
		{ "both", true, "tr20", 15,
			{ 0x7f, 2, 0x05, 0, 1, 0x05, 0x55, 0, 0, 0, 0x06, 0, 20, 0, 0x0f } },
		/* 1 MHz for 100 ms at 13 cycles a WAIT: 7692 = 0x1e0c retries. */
		{ "configure", true, "M", 21,
			{ 0x7f, 2, 0x04, 0, 0x0c, 0x1e, 5, 0, 0x05, 0, 2, 0x20, 1, 0, 0, 0, 0x1f, 1,
				0, 0, 0 } },
	};
	static struct build b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bytes_rows); i++) {
		const struct bytes_row *row = &bytes_rows[i];
		dapper_batch_result result;
		struct fake_dap fake;
		struct dap *dap;

		fake_dap_init(&fake);
		fake.capabilities = row->atomic ? 0x11 : 1;
		dap = fake_dap_connect(&fake, NULL);
		build(&b, row->batch);
		assert_ok(cmsis_dap_run_batch(dap, b.transfers, b.count, 1000, &result));
		assert_int_equal(fake.last_size, row->size);
		assert_memory_equal(fake.last, row->bytes, row->size);
		cmsis_dap_close(dap);
	}
}

/* Every word goes where it belongs, whatever packet it travelled in. */
static void pack__keeps_words_in_order(void **state)
{
	static const char *const batches[] = { "r40D*3pr9", "DtDpr20DD", "pr130DtDr7" };
	static struct build b;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(batches); i++) {
		dapper_batch_result result;
		uint32_t expected = 0x1000;
		struct fake_dap fake;
		struct dap *dap;

		fake_dap_init(&fake);
		fake.packet_size = 64;
		fake.capabilities = i % 2 ? 0x11 : 1;
		dap = fake_dap_connect(&fake, NULL);
		build(&b, batches[i / 2]);
		/* Blocks get a place of their own each. */
		for (size_t t = 0, word = 0; t < b.count; t++) {
			b.transfers[t].in = b.in + 4 * word;
			word += b.transfers[t].count;
		}
		assert_ok(cmsis_dap_run_batch(dap, b.transfers, b.count, 1000, &result));
		for (size_t t = 0; t < b.count; t++) {
			const dapper_transfer *transfer = &b.transfers[t];

			if (transfer->kind == DAPPER_TRANSFER_READ)
				assert_int_equal(b.read[t], expected++);
			if (transfer->kind != DAPPER_TRANSFER_READ_BLOCK)
				continue;
			for (size_t w = 0; w < transfer->count; w++, expected++)
				assert_int_equal(transfer->in[4 * w] | transfer->in[4 * w + 1] << 8,
					expected);
		}
		cmsis_dap_close(dap);
	}
}

static void pack__writes_words_in_order(void **state)
{
	static struct build b;
	dapper_batch_result result;
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	fake.capabilities = 0x11;
	dap = fake_dap_connect(&fake, NULL);
	build(&b, "w255w255w255tw200");
	assert_ok(cmsis_dap_run_batch(dap, b.transfers, b.count, 1000, &result));
	assert_int_equal(fake.write_count, 3 * 255 + 1 + 200);
	for (size_t i = 0; i < 3 * 255; i++)
		assert_int_equal(fake.written[i], (i % 255) & 0xff);
	assert_int_equal(fake.written[765], 0x55);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(fake.written[766 + i], i);
	cmsis_dap_close(dap);
}

static void run_batch__refuses_a_transfer_of_no_words(void **state)
{
	dapper_transfer nothing = { .kind = DAPPER_TRANSFER_READ_BLOCK, .count = 0 };
	dapper_batch_result result;
	struct fake_dap fake;
	struct dap *dap;

	(void)state;
	fake_dap_init(&fake);
	dap = fake_dap_connect(&fake, NULL);
	assert_fails(DAPPER_ERR_INVALID, cmsis_dap_run_batch(dap, &nothing, 1, 1000, &result));
	assert_string_equal(fake.log, "");
	cmsis_dap_close(dap);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pack__writes_these_bytes),
		cmocka_unit_test(pack__keeps_words_in_order),
		cmocka_unit_test(pack__writes_words_in_order),
		cmocka_unit_test(run_batch__refuses_a_transfer_of_no_words),
	};

	return test_run_all("probe/cmsis_dap_packing", tests, ARRAY_SIZE(tests),
		pack__fills_packets, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
