/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

/* --- cycles and nanoseconds ------------------------------------------------------------------ */

struct clock_row {
	const char *what;
	struct core_clock clock;
	uint64_t cycles;
	uint64_t ns;    /* of these cycles */
	uint64_t cycle; /* first one not before these ns */
};

static const struct clock_row clock_rows[] = {
	{ "begin", { 1000, 50, 16000000 }, 50, 1000, 50 },
	{ "one cycle of 62.5 ns, rounded down", { 0, 0, 16000000 }, 1, 62, 1 },
	{ "two cycles", { 0, 0, 16000000 }, 2, 125, 2 },
	{ "168 MHz: a second is exact", { 7, 0, 168000000 }, 168000000, 1000000007, 168000000 },
	{ "168 MHz: a day is exact", { 0, 0, 168000000 }, 168000000ull * 86400, 86400000000000ull,
		168000000ull * 86400 },
	{ "3 Hz does not drift", { 0, 0, 3 }, 3000001, 1000000333333333ull, 3000001 },
};

static void core_clock__converts_without_drift(void **state)
{
	const struct clock_row *row = *state;

	assert_int_equal(core_clock_ns_at(&row->clock, row->cycles), row->ns);
	assert_int_equal(core_clock_cycle_at(&row->clock, row->ns), row->cycle);
	/* A cycle found for a time is never before it, and the one before it is. */
	for (uint64_t ns = row->ns; ns < row->ns + 100; ns++) {
		const uint64_t cycle = core_clock_cycle_at(&row->clock, ns);

		assert_true(core_clock_ns_at(&row->clock, cycle) >= ns);
		assert_true(cycle == row->clock.base_cycles ||
			    core_clock_ns_at(&row->clock, cycle - 1) < ns);
	}
}

/* --- events ---------------------------------------------------------------------------------- */

struct diary {
	struct board *board;
	struct board_event events[3];
	uint64_t times[8];
	int which[8];
	size_t count;
	int rearm;
};

static void note(struct diary *diary, int which)
{
	assert_true(diary->count < ARRAY_SIZE(diary->times));
	diary->times[diary->count] = board_now_ns(diary->board);
	diary->which[diary->count++] = which;
}

static void fire_0(void *model)
{
	struct diary *diary = model;

	note(diary, 0);
	if (diary->rearm-- > 0)
		board_arm(diary->board, &diary->events[0], diary->events[0].at_ns + 100);
}

static void fire_1(void *model)
{
	note(model, 1);
}

static void fire_2(void *model)
{
	note(model, 2);
}

static void open_diary(struct rig *rig, struct diary *diary)
{
	rig_open(rig, "stm32f407vg", "");
	memset(diary, 0, sizeof(*diary));
	diary->board = rig->board;
	diary->events[0] = (struct board_event){ .fire = fire_0, .model = diary };
	diary->events[1] = (struct board_event){ .fire = fire_1, .model = diary };
	diary->events[2] = (struct board_event){ .fire = fire_2, .model = diary };
}

static void events__happen_in_order_and_on_time(void **state)
{
	struct diary diary;
	struct rig rig;

	(void)state;
	open_diary(&rig, &diary);
	board_arm(rig.board, &diary.events[2], 3000);
	board_arm(rig.board, &diary.events[0], 1000);
	board_arm(rig.board, &diary.events[1], 2000);
	rig_wait(&rig, 1500);
	assert_int_equal(diary.count, 1);
	rig_wait(&rig, 10000);
	assert_int_equal(diary.count, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(diary.which[i], i);
		assert_int_equal(diary.times[i], 1000 * (i + 1));
	}
	rig_close(&rig);
}

static void events__same_time_keeps_the_order_of_arming(void **state)
{
	struct diary diary;
	struct rig rig;

	(void)state;
	open_diary(&rig, &diary);
	board_arm(rig.board, &diary.events[1], 500);
	board_arm(rig.board, &diary.events[0], 500);
	rig_wait(&rig, 500);
	assert_int_equal(diary.which[0], 1);
	assert_int_equal(diary.which[1], 0);
	rig_close(&rig);
}

static void events__can_be_armed_again_disarmed_and_moved(void **state)
{
	struct diary diary;
	struct rig rig;

	(void)state;
	open_diary(&rig, &diary);
	diary.rearm = 2;
	board_arm(rig.board, &diary.events[0], 100);
	board_arm(rig.board, &diary.events[1], 150);
	board_arm(rig.board, &diary.events[2], 50);
	board_arm(rig.board, &diary.events[2], 350);
	board_disarm(rig.board, &diary.events[1]);
	board_disarm(rig.board, &diary.events[1]);
	rig_wait(&rig, 1000);
	assert_int_equal(diary.count, 4);
	assert_int_equal(diary.times[0], 100);
	assert_int_equal(diary.times[1], 200);
	assert_int_equal(diary.times[2], 300);
	assert_int_equal(diary.which[3], 2);
	assert_int_equal(diary.times[3], 350);
	rig_close(&rig);
}

static void advance__never_goes_back(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	rig_wait(&rig, 5000);
	rig.target.advance(rig.target.data, 1000);
	assert_int_equal(rig.target.now_ns(rig.target.data), 5000);
	rig_close(&rig);
}

/* A core that waits on the bus is ahead; the rest of the board is not. */
static void stall__of_the_core_is_the_cores_alone(void **state)
{
	const struct bus_access by_core = { .size = 4 };
	const struct bus_access by_debugger = { .size = 4, .debugger = true };
	struct diary diary;
	struct rig rig;

	(void)state;
	open_diary(&rig, &diary);
	board_arm(rig.board, &diary.events[1], 600);
	rig.board->in_core = true;
	board_stall(rig.board, &by_core, 1000);
	assert_int_equal(board_now_ns(rig.board), 1000);
	rig.board->in_core = false;
	assert_int_equal(board_now_ns(rig.board), 0);
	assert_int_equal(diary.count, 0);
	board_stall(rig.board, &by_debugger, 700);
	assert_int_equal(board_now_ns(rig.board), 700);
	assert_int_equal(diary.times[0], 600);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(events__happen_in_order_and_on_time),
		cmocka_unit_test(events__same_time_keeps_the_order_of_arming),
		cmocka_unit_test(events__can_be_armed_again_disarmed_and_moved),
		cmocka_unit_test(advance__never_goes_back),
		cmocka_unit_test(stall__of_the_core_is_the_cores_alone),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(core_clock__converts_without_drift, clock_rows),
	};

	return test_run_tables("vboard/time", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
