/* SPDX-License-Identifier: Apache-2.0 */
/* A part with two cores: what is private, what is shared, and how they run side by side. */
#include "unit/vboard/rig.h"

#include "base/bytes.h"
#include "vboard/board/state.h"
#include "vboard/coresight/coresight.h"

enum {
	SHARED = 0x20000000,
	COUNTER_0 = SHARED,
	COUNTER_1 = SHARED + 4,
	ATOMIC = SHARED + 0x10,
	RESETS = SHARED + 0x20,
};

#define CPUID 0xe000ed00u
#define VTOR  0xe000ed08u
#define DHCSR 0xe000edf0u
#define ISPR0 0xe000e200u

static const struct memory_config memories[] = {
	{ "code of core 0", 0, 0x1000, MEMORY_NVRAM, 0, 1 },
	{ "code of core 1", 0, 0x1000, MEMORY_NVRAM, 0, 2 },
	{ "shared RAM", SHARED, 0x1000, MEMORY_RAM, 0, 0 },
};

static const struct coresight_ids scs_ids = { .pidr = 0x04000bb00c, .cidr = CIDR_GENERIC_IP };

static const struct model_config models[] = {
	{ &scs_class, "SCS 0", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids, 1 },
	{ &scs_class, "SCS 1", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids, 2 },
};

#define M4 .arch = CPU_ARMV7EM, .prio_bits = 4, .irqs = 32, .has_vtor = true

static const struct core_config cores[] = {
	{ .name = "main", .cpu = { M4, .cpuid = 0x410fc241 } },
	{ .name = "second", .cpu = { M4, .cpuid = 0x411fc231 }, .resets_itself = true },
};
static const struct core_config cores_one_held[] = {
	{ .name = "main", .cpu = { M4, .cpuid = 0x410fc241 } },
	{ .name = "second", .cpu = { M4, .cpuid = 0x411fc231 }, .held = true },
};

static const struct part_ap aps[] = {
	{ .config = { .apsel = 0, .idr = 0x24770011, .base = 0xe00ff003 }, .core = 0 },
	{ .config = { .apsel = 3, .idr = 0x24770011, .base = 0xe00ff003 }, .core = 1 },
};

static const struct irq_route routes[] = {
	{ 3, 3, 2 },
	{ 4, 5, 1 },
};

static struct board_part make_part(const struct core_config *with)
{
	return (struct board_part){
		.name = "twin",
		.cores = with,
		.core_count = 2,
		.aps = aps,
		.ap_count = ARRAY_SIZE(aps),
		.irq_routes = routes,
		.irq_route_count = ARRAY_SIZE(routes),
		.clock_hz = { 16000000, 16000000, 16000000, 16000000 },
		.memories = memories,
		.memory_count = ARRAY_SIZE(memories),
		.models = models,
		.model_count = ARRAY_SIZE(models),
	};
}

/* --- programs -------------------------------------------------------------------------------- */

/* mov.w r0, #0x20000000; 1: ldr r1, [r0, #4 * core]; adds r1, #1; str; b 1b */
static const uint16_t count_0[] = { 0xf04f, 0x5000, 0x6801, 0x3101, 0x6001, 0xe7fb };
static const uint16_t count_1[] = { 0xf04f, 0x5000, 0x6841, 0x3101, 0x6041, 0xe7fb };

/* 1000 times: ldrex, add 1, strex until it succeeds; then stay. */
static const uint16_t atomic[] = { 0x4806, 0xf240, 0x33e8, 0xe850, 0x1f00, 0x3101, 0xe840, 0x1200,
	0x2a00, 0xd1f8, 0x3b01, 0xd1f6, 0xe7fe, 0, 0x0010, 0x2000 };

/* wfe; count COUNTER_0 up once; stay */
static const uint16_t waiter[] = { 0xf04f, 0x5000, 0xbf20, 0xbf00, 0x6801, 0x3101, 0x6001, 0xe7fe };
/* 5000 times around, sev, stay */
static const uint16_t sender[] = { 0xf241, 0x3388, 0x3b01, 0xd1fd, 0xbf40, 0xe7fe };
/* count RESETS up once, 5000 times around, AIRCR.SYSRESETREQ */
static const uint16_t resetter[] = { 0x4805, 0x6801, 0x3101, 0x6001, 0xf241, 0x3388, 0x3b01, 0xd1fd,
	0x4802, 0x4903, 0x6001, 0xe7fe, 0x0020, 0x2000, 0xed0c, 0xe000, 0x0004, 0x05fa };
static const uint16_t stay[] = { 0xe7fe };

struct program {
	const uint16_t *code;
	size_t count;
};
#define PROGRAM(code) ((struct program){ code, ARRAY_SIZE(code) })

struct twin {
	struct rig rig;
	struct board_part part;
};

static uint32_t read32(struct twin *twin, unsigned ap, uint32_t address)
{
	const struct vbus *bus = &twin->rig.target.aps[ap].bus;
	uint32_t value = 0;

	assert_true(bus->read(bus->data, address, 4, VBUS_PRIVILEGED | VBUS_SECURE, &value));
	return value;
}

static void write32(struct twin *twin, unsigned ap, uint32_t address, uint32_t value)
{
	const struct vbus *bus = &twin->rig.target.aps[ap].bus;

	assert_true(bus->write(bus->data, address, 4, VBUS_PRIVILEGED | VBUS_SECURE, value));
}

static void load(struct twin *twin, unsigned core, struct program program)
{
	write32(twin, core, 0, SHARED + 0x1000);
	write32(twin, core, 4, 0x41);
	for (size_t i = 0; i < program.count; i += 2)
		write32(twin, core, 0x40 + 2 * (uint32_t)i,
			program.code[i] |
				(i + 1 < program.count ? (uint32_t)program.code[i + 1] << 16 : 0));
}

static void open_twin(struct twin *twin, const struct core_config *with, struct program first,
	struct program second)
{
	memset(twin, 0, sizeof(*twin));
	twin->part = make_part(with);
	assert_ok(board_make(NULL, &twin->part, NULL, 0, &twin->rig.board));
	board_fill_target(twin->rig.board, &twin->rig.target);
	load(twin, 0, first);
	load(twin, 1, second);
	for (uint32_t address = SHARED; address < SHARED + 0x40; address += 4)
		write32(twin, 0, address, 0);
	twin->rig.target.drive_reset(twin->rig.board, true);
	twin->rig.target.drive_reset(twin->rig.board, false);
}

static void close_twin(struct twin *twin)
{
	rig_close(&twin->rig);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void bus_read__private_windows_are_behind_their_ap(void **state)
{
	struct twin twin;

	(void)state;
	open_twin(&twin, cores, PROGRAM(count_0), PROGRAM(stay));
	assert_int_equal(twin.rig.target.ap_count, 2);
	assert_int_equal(twin.rig.target.aps[1].apsel, 3);
	assert_int_equal(read32(&twin, 0, CPUID), 0x410fc241);
	assert_int_equal(read32(&twin, 1, CPUID), 0x411fc231);
	assert_int_equal(read32(&twin, 0, 0x40), 0x5000f04f);
	assert_int_equal(read32(&twin, 1, 0x40) & 0xffff, 0xe7fe);
	write32(&twin, 1, SHARED + 0x80, 0x12345678);
	assert_int_equal(read32(&twin, 0, SHARED + 0x80), 0x12345678);
	close_twin(&twin);
}

static void time_advance__runs_cores_side_by_side(void **state)
{
	struct twin twin;
	uint32_t counts[2];

	(void)state;
	open_twin(&twin, cores, PROGRAM(count_0), PROGRAM(count_1));
	rig_wait(&twin.rig, NS_PER_MS);
	counts[0] = read32(&twin, 0, COUNTER_0);
	counts[1] = read32(&twin, 0, COUNTER_1);
	/* 16000 cycles, four to a round; both have had the same. */
	assert_in_range(counts[0], 3990, 4000);
	assert_in_range(counts[1], 3990, 4000);
	/* Halting one does not halt the other. */
	write32(&twin, 0, DHCSR, 0xa05f0003);
	rig_wait(&twin.rig, NS_PER_MS);
	assert_true(read32(&twin, 0, DHCSR) & BIT(17));
	assert_false(read32(&twin, 1, DHCSR) & BIT(17));
	assert_int_equal(read32(&twin, 0, COUNTER_0), counts[0]);
	assert_in_range(read32(&twin, 0, COUNTER_1), counts[1] + 3990, counts[1] + 4010);
	close_twin(&twin);
}

static void time_advance__is_the_same_in_each_run(void **state)
{
	uint64_t instructions[2];
	struct twin twin;
	uint8_t bytes[2][0x40];

	(void)state;
	for (unsigned run = 0; run < 2; run++) {
		open_twin(&twin, cores, PROGRAM(atomic), PROGRAM(atomic));
		/* How often somebody looks makes no difference. */
		for (unsigned i = 0; i < (run ? 100 : 1); i++)
			rig_wait(&twin.rig, run ? NS_PER_MS / 100 : NS_PER_MS);
		for (uint32_t i = 0; i < 0x40; i += 4)
			put_le32(&bytes[run][i], read32(&twin, 0, SHARED + i));
		instructions[run] = twin.rig.target.instructions(twin.rig.board);
		close_twin(&twin);
	}
	assert_in_range(instructions[1], instructions[0] - 16, instructions[0] + 16);
	assert_memory_equal(bytes[0], bytes[1], sizeof(bytes[0]));
}

static void exclusives__of_two_cores_lose_nothing(void **state)
{
	struct twin twin;

	(void)state;
	open_twin(&twin, cores, PROGRAM(atomic), PROGRAM(atomic));
	rig_wait(&twin.rig, 5 * NS_PER_MS);
	assert_int_equal(read32(&twin, 0, ATOMIC), 2000);
	close_twin(&twin);
}

static void sev__wakes_the_other_core(void **state)
{
	struct twin twin;

	(void)state;
	open_twin(&twin, cores, PROGRAM(waiter), PROGRAM(sender));
	rig_wait(&twin.rig, 500 * NS_PER_US);
	assert_int_equal(read32(&twin, 0, COUNTER_0), 0);
	/* 5000 rounds of two cycles at 16 MHz: 625 us. */
	rig_wait(&twin.rig, 200 * NS_PER_US);
	assert_int_equal(read32(&twin, 0, COUNTER_0), 1);
	close_twin(&twin);
}

struct route_row {
	const char *what;
	unsigned line;
	unsigned cores;
};

static const struct route_row route_rows[] = {
	{ "to the second core", 3, 2 },
	{ "to the first core", 4, 1 },
	{ "last of a range", 5, 1 },
	{ "without a route: to both", 6, 3 },
};

static void board_set_irq__reaches_the_cores_of_its_route(void **state)
{
	const struct route_row *row = *state;
	struct twin twin;

	open_twin(&twin, cores, PROGRAM(stay), PROGRAM(stay));
	board_set_irq(twin.rig.board, row->line, true);
	for (unsigned core = 0; core < 2; core++)
		assert_int_equal(
			read32(&twin, core, ISPR0) >> row->line & 1, row->cores >> core & 1);
	close_twin(&twin);
}

static void board_hold_core__keeps_a_core_from_running(void **state)
{
	struct twin twin;

	(void)state;
	open_twin(&twin, cores_one_held, PROGRAM(count_0), PROGRAM(count_1));
	rig_wait(&twin.rig, NS_PER_MS);
	assert_true(read32(&twin, 0, COUNTER_0) > 3000);
	assert_int_equal(read32(&twin, 0, COUNTER_1), 0);
	/* Its private bus can be seen meanwhile. */
	assert_int_equal(read32(&twin, 1, CPUID), 0x411fc231);
	board_hold_core(twin.rig.board, 1, false);
	rig_wait(&twin.rig, NS_PER_MS);
	assert_true(read32(&twin, 0, COUNTER_1) > 3000);
	/* A system reset holds it again. */
	twin.rig.target.drive_reset(twin.rig.board, true);
	twin.rig.target.drive_reset(twin.rig.board, false);
	write32(&twin, 0, COUNTER_1, 0);
	rig_wait(&twin.rig, NS_PER_MS);
	assert_int_equal(read32(&twin, 0, COUNTER_1), 0);
	close_twin(&twin);
}

static void reset_request__of_a_core_for_itself(void **state)
{
	struct twin twin;

	(void)state;
	open_twin(&twin, cores, PROGRAM(count_0), PROGRAM(resetter));
	write32(&twin, 0, VTOR, 0x80);
	rig_wait(&twin.rig, 3 * NS_PER_MS);
	assert_true(read32(&twin, 0, RESETS) > 2);
	assert_int_equal(read32(&twin, 0, VTOR), 0x80);
	close_twin(&twin);
	/* And of one whose request is the system's. */
	open_twin(&twin, cores_one_held, PROGRAM(resetter), PROGRAM(stay));
	board_hold_core(twin.rig.board, 1, false);
	write32(&twin, 1, VTOR, 0x80);
	rig_wait(&twin.rig, 3 * NS_PER_MS);
	assert_true(read32(&twin, 0, RESETS) > 2);
	assert_int_equal(read32(&twin, 1, VTOR), 0);
	close_twin(&twin);
}

static void board_make__refuses_a_window_of_a_core_that_is_not_there(void **state)
{
	struct model_config row = models[1];
	struct board_part part = make_part(cores);
	struct board *board;

	(void)state;
	row.private_to = 3;
	part.models = &row;
	part.model_count = 1;
	assert_fails(DAPPER_ERR_INVALID, board_make(NULL, &part, NULL, 0, &board));
	assert_message("SCS 1 is private to core 2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bus_read__private_windows_are_behind_their_ap),
		cmocka_unit_test(time_advance__runs_cores_side_by_side),
		cmocka_unit_test(time_advance__is_the_same_in_each_run),
		cmocka_unit_test(exclusives__of_two_cores_lose_nothing),
		cmocka_unit_test(sev__wakes_the_other_core),
		cmocka_unit_test(board_hold_core__keeps_a_core_from_running),
		cmocka_unit_test(reset_request__of_a_core_for_itself),
		cmocka_unit_test(board_make__refuses_a_window_of_a_core_that_is_not_there),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(board_set_irq__reaches_the_cores_of_its_route, route_rows),
	};

	return test_run_tables("board_cores", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
