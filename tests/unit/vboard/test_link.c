/* SPDX-License-Identifier: Apache-2.0 */
/* When packets arrive, against figures worked out by hand from the model in vboard/probe/link.h. */
#include "support/test.h"

#include "vboard/probe/link.h"

/* On the bus: (512 + 55) * 8 / 480 us; (64 + 13) * 8 / 12 us. */
enum { HS_FULL_NS = 9450, FS_FULL_NS = 51333, MICROFRAME_NS = 125000, FRAME_NS = 1000000 };
enum { HS_BULK = 0, FS_BULK = 1, FS_HID = 2 };

struct round_trip {
	uint64_t begin_ns, seen_ns;
};

static struct round_trip go(
	struct vlink *link, uint64_t host_ns, size_t out, uint64_t work_ns, size_t in)
{
	struct round_trip trip;

	trip.begin_ns = vlink_send(link, host_ns, out);
	trip.seen_ns = vlink_answer(link, trip.begin_ns + work_ns, in);
	return trip;
}

struct row {
	const char *what;
	unsigned type;
	uint64_t host_ns;
	size_t out;
	uint64_t work_ns;
	size_t in;
	uint64_t begin_ns, seen_ns;
};

/* One request alone. (3 + 55) * 8 / 480 = 0.966 us; (3 + 13) * 8 / 12 = 10.666 us. */
static const struct row rows[] = {
	{ "alone__hs-bulk, sent at a microframe", HS_BULK, 0, 512, 0, 512, HS_FULL_NS,
		MICROFRAME_NS },
	{ "alone__hs-bulk, sent just after one", HS_BULK, 1, 512, 0, 512,
		MICROFRAME_NS + HS_FULL_NS, 2 * MICROFRAME_NS },
	{ "alone__hs-bulk, short packets", HS_BULK, 125000, 3, 5000, 3, 125966, 250000 },
	{ "alone__hs-bulk, the probe works over a microframe", HS_BULK, 0, 512, 600000, 4,
		HS_FULL_NS, 625000 },
	{ "alone__fs-bulk", FS_BULK, 0, 64, 20000, 64, FS_FULL_NS, MICROFRAME_NS },
	{ "alone__fs-bulk, answer in the next microframe", FS_BULK, 0, 64, 30000, 64, FS_FULL_NS,
		2 * MICROFRAME_NS },
	{ "alone__fs-hid: the answer is in the next frame", FS_HID, 0, 64, 20000, 64, FS_FULL_NS,
		FRAME_NS + FS_FULL_NS },
	{ "alone__fs-hid, reports are always full", FS_HID, 0, 2, 20000, 2, FS_FULL_NS,
		FRAME_NS + FS_FULL_NS },
	{ "alone__fs-hid, sent after the frame began", FS_HID, 500000, 64, 20000, 64,
		FRAME_NS + FS_FULL_NS, 2 * FRAME_NS + FS_FULL_NS },
	{ "alone__no answer", HS_BULK, 0, 512, 5000, 0, HS_FULL_NS, HS_FULL_NS + 5000 },
};

static void alone(void **state)
{
	const struct row *row = *state;
	struct vlink link;
	struct round_trip trip;

	vlink_init(&link, vlink_types[row->type]);
	trip = go(&link, row->host_ns, row->out, row->work_ns, row->in);
	assert_int_equal(trip.begin_ns, row->begin_ns);
	assert_int_equal(trip.seen_ns, row->seen_ns);
}

/*
 * TransferBlock of 126 words at 10 MHz: 580 us. One by one 126 words take 580 us and a round trip
 * of USB; with several in flight the probe never waits.
 */
static void pipelined__keeps_a_high_speed_probe_busy(void **state)
{
	const uint64_t work_ns = 580000;
	uint64_t seen_ns[100] = { 0 };
	struct round_trip trip = { 0 };
	struct vlink link;

	(void)state;
	vlink_init(&link, vlink_types[HS_BULK]);
	for (unsigned i = 0; i < 100; i++) {
		trip = go(&link, i < 4 ? 0 : seen_ns[i - 4], 512, work_ns, 4);
		seen_ns[i] = trip.seen_ns;
	}
	assert_int_equal(trip.begin_ns, HS_FULL_NS + 99 * work_ns);

	vlink_init(&link, vlink_types[HS_BULK]);
	trip.seen_ns = 0;
	for (unsigned i = 0; i < 100; i++)
		trip = go(&link, trip.seen_ns, 512, work_ns, 4);
	/* Each: 9.45 us out, 580 us, 1 us in, seen at the next microframe: 625 us. */
	assert_int_equal(trip.seen_ns, 100 * 625000);
}

/* "one 64 B report a millisecond in each direction"; request-response: half of that. */
static void pipelined__hid_carries_a_report_per_frame(void **state)
{
	uint64_t seen_ns[100] = { 0 };
	struct round_trip trip = { 0 };
	struct vlink link;

	(void)state;
	vlink_init(&link, vlink_types[FS_HID]);
	for (unsigned i = 0; i < 100; i++) {
		trip = go(&link, i < 4 ? 0 : seen_ns[i - 4], 64, 200000, 64);
		seen_ns[i] = trip.seen_ns;
	}
	assert_int_equal(trip.begin_ns, 99 * FRAME_NS + FS_FULL_NS);
	assert_int_equal(trip.seen_ns, 100 * FRAME_NS + FS_FULL_NS);

	vlink_init(&link, vlink_types[FS_HID]);
	trip.seen_ns = 0;
	for (unsigned i = 0; i < 100; i++)
		trip = go(&link, trip.seen_ns, 64, 200000, 64);
	assert_int_equal(trip.seen_ns, 199 * FRAME_NS + FS_FULL_NS);
}

/* Packets sent at once go out back to back, up to what the probe can hold. */
static void buffers__the_fifth_packet_waits(void **state)
{
	struct vlink link;
	struct round_trip trip;

	(void)state;
	vlink_init(&link, vlink_types[HS_BULK]);
	trip = go(&link, 0, 512, 1000000, 4);
	for (unsigned i = 1; i < 4; i++) {
		trip = go(&link, 0, 512, 1000000, 4);
		assert_int_equal(link.out_free_ns, (i + 1) * HS_FULL_NS);
		assert_int_equal(trip.begin_ns, HS_FULL_NS + i * 1000000);
	}
	trip = go(&link, 0, 512, 1000000, 4);
	/* The first was worked off at 1.00945 ms: the bus carries the fifth then. */
	assert_int_equal(link.out_free_ns, 2 * HS_FULL_NS + 1000000);
	assert_int_equal(trip.begin_ns, HS_FULL_NS + 4 * 1000000);
}

/*
 * Short requests, long answers: the fifth request is there after 5 * 10.666 us, but its answer has
 * no buffer before the first answer has left, 10.666 us + 51.333 us.
 */
static void buffers__of_answers_hold_the_probe(void **state)
{
	struct vlink link;

	(void)state;
	vlink_init(&link, vlink_types[FS_BULK]);
	for (unsigned i = 1; i <= 4; i++)
		assert_int_equal(go(&link, 0, 3, 0, 64).begin_ns, i * 10666);
	assert_int_equal(go(&link, 0, 3, 0, 64).begin_ns, 10666 + FS_FULL_NS);
}

/* Answers keep their order on the bus also when the probe is quicker than it. */
static void answers__share_the_bus(void **state)
{
	struct vlink link;

	(void)state;
	vlink_init(&link, vlink_types[FS_BULK]);
	go(&link, 0, 64, 0, 64);
	assert_int_equal(link.in_free_ns, 2 * FS_FULL_NS);
	assert_int_equal(go(&link, 0, 3, 0, 64).begin_ns, FS_FULL_NS + 10666);
	assert_int_equal(link.in_free_ns, 3 * FS_FULL_NS);
}

static void types__are_as_documented(void **state)
{
	(void)state;
	assert_string_equal(vlink_types[HS_BULK]->name, "hs-bulk");
	assert_string_equal(vlink_types[FS_BULK]->name, "fs-bulk");
	assert_string_equal(vlink_types[FS_HID]->name, "fs-hid");
	assert_null(vlink_types[3]);
	assert_int_equal(vlink_types[HS_BULK]->packet_size, 512);
	assert_int_equal(vlink_types[FS_BULK]->packet_size, 64);
	assert_int_equal(vlink_types[FS_HID]->packet_size, 64);
	for (unsigned i = 0; i < 3; i++)
		assert_true(vlink_types[i]->packet_count <= VLINK_MAX_PACKETS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipelined__keeps_a_high_speed_probe_busy),
		cmocka_unit_test(pipelined__hid_carries_a_report_per_frame),
		cmocka_unit_test(buffers__the_fifth_packet_waits),
		cmocka_unit_test(buffers__of_answers_hold_the_probe),
		cmocka_unit_test(answers__share_the_bus),
		cmocka_unit_test(types__are_as_documented),
	};

	return test_run_all("vboard/link", tests, ARRAY_SIZE(tests), alone, rows, sizeof(rows[0]),
		ARRAY_SIZE(rows));
}
