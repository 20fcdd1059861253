/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug components of which a part can have several: ROM tables, ETMs, CTIs of two cores; and what
 * a snapshot keeps of them all.
 */
#include "unit/vboard/trace_bench.h"

#include <stdio.h>

/* --- a part with two cores ------------------------------------------------------------------- */

#define ROM     0xe00ff000u
#define ETM     0xe0041000u
#define S_HALT  BIT(17)
#define GATE    0x140u
#define INEN0   0x020u
#define OUTEN0  0x0a0u
#define OUTEN1  0x0a4u
#define INTACK  0x010u
#define PULSE   0x01cu
#define RESTART 2u

static const struct memory_config memories[] = {
	{ "RAM", 0x20000000, 0x4000, MEMORY_RAM, 0, 0 },
};

static const struct coresight_ids scs_ids = { .pidr = 0x04000bb00c, .cidr = CIDR_GENERIC_IP };
static const struct cti_config cti_config = { .channels = 4, .triggers = 8 };

/* 64-bit entries; power control of two domains (IHI 0029F: DEVID.PRR, .FORMAT). */
static const uint32_t entries[] = { 0xfff0f003, 0xffffffff, 0x00001003, 0x00000001, 0, 0 };
static const struct rom_table_config rom_config = {
	.ids = { .pidr = 0x04000bb4c9,
		.cidr = CIDR_CORESIGHT,
		.devarch = 0x47700af7,
		.devid = 0x21,
		.authstatus = 0xff },
	.entries = entries,
	.entry_count = ARRAY_SIZE(entries),
	.power_count = 2,
};

static const struct register_row etm_rows[] = { { 0x004, 0, BIT(0) }, { 0x1e0, 0x28000ea1, 0 } };
static const struct trace_config etm_config = {
	.ids = { .pidr = 0x04001bb975,
		.cidr = CIDR_CORESIGHT,
		.devarch = 0x47704a13,
		.devtype = 0x13,
		.has_lock = true },
	.registers = etm_rows,
	.register_count = ARRAY_SIZE(etm_rows),
	.has_os_lock = true,
};

static const struct model_config models[] = {
	{ &scs_class, "SCS 0", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids, 1 },
	{ &scs_class, "SCS 1", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids, 2 },
	{ &cti_class, "CTI 0", CTI, 0x1000, LANES_AHB, 0, &cti_config, 1 },
	{ &cti_class, "CTI 1", CTI, 0x1000, LANES_AHB, 0, &cti_config, 2 },
	{ &trace_class, "ETM", ETM, 0x1000, LANES_AHB, 0, &etm_config, 1 },
	{ &rom_table_class, "ROM table", ROM, 0x1000, LANES_AHB, 0, &rom_config, 1 },
};

#define M4 .arch = CPU_ARMV7EM, .cpuid = 0x410fc241, .prio_bits = 4, .irqs = 32, .has_vtor = true

static const struct core_config cores[] = {
	{ .name = "one", .cpu = { M4 } },
	{ .name = "two", .cpu = { M4 } },
};

static const struct part_ap aps[] = {
	{ .config = { .apsel = 0, .idr = 0x24770011, .base = 0xe00ff003 }, .core = 0 },
	{ .config = { .apsel = 1, .idr = 0x24770011, .base = 0xe00ff003 }, .core = 1 },
};

static const struct board_part twin = {
	.name = "twin",
	.cores = cores,
	.core_count = 2,
	.aps = aps,
	.ap_count = 2,
	.clock_hz = { 16000000, 16000000, 16000000, 16000000 },
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
};

static void open_twin(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	assert_ok(board_make(NULL, &twin, NULL, 0, &rig->board));
	board_fill_target(rig->board, &rig->target);
}

static uint32_t core_read(struct rig *rig, unsigned core, uint32_t address)
{
	const struct vbus *bus = &rig->target.aps[core].bus;
	uint32_t value = 0;

	assert_true(bus->read(bus->data, address, 4, VBUS_PRIVILEGED, &value));
	return value;
}

static void core_write(struct rig *rig, unsigned core, uint32_t address, uint32_t value)
{
	const struct vbus *bus = &rig->target.aps[core].bus;

	assert_true(bus->write(bus->data, address, 4, VBUS_PRIVILEGED, value));
}

static bool core_halted(struct rig *rig, unsigned core)
{
	return core_read(rig, core, DHCSR) & S_HALT;
}

/* Both run "b ." in RAM. */
static void start_twins(struct rig *rig)
{
	open_twin(rig);
	rig_write32(rig, 0x20000000, 0xe7fee7fe);
	for (unsigned core = 0; core < 2; core++) {
		core_write(rig, core, DHCSR, 0xa05f0003);
		core_write(rig, core, 0xe000edf8, 0x20000000);
		core_write(rig, core, 0xe000edf4, BIT(16) | 15);
		core_write(rig, core, 0xe000edf8, BIT(24));
		core_write(rig, core, 0xe000edf4, BIT(16) | 16);
		core_write(rig, core, DFSR, 0x1f);
		core_write(rig, core, DHCSR, 0xa05f0001);
	}
	rig_wait(rig, NS_PER_US);
	assert_false(core_halted(rig, 0));
	assert_false(core_halted(rig, 1));
}

/* --- CTI ------------------------------------------------------------------------------------- */

struct cross_row {
	const char *what;
	uint32_t control_0, control_1;
	uint32_t in_0, out_1; /* channels of "halted" of core 0, of "debug request" of core 1 */
	uint32_t gate_0, gate_1;
	bool halts;
};

static const struct cross_row cross_rows[] = {
	{ "one halts the other", 1, 1, BIT(0), BIT(0), 0xf, 0xf, true },
	{ "by another channel", 1, 1, BIT(3), BIT(3) | BIT(1), 0xf, 0xf, true },
	{ "not by different channels", 1, 1, BIT(0), BIT(1), 0xf, 0xf, false },
	{ "not with the sender off", 0, 1, BIT(0), BIT(0), 0xf, 0xf, false },
	{ "not with the receiver off", 1, 0, BIT(0), BIT(0), 0xf, 0xf, false },
	{ "not past the sender's gate", 1, 1, BIT(0), BIT(0), 0xe, 0xf, false },
	{ "not past the receiver's gate", 1, 1, BIT(0), BIT(0), 0xf, 0xe, false },
};

static void cti__between_cores(void **state)
{
	const struct cross_row *row = *state;
	struct rig rig;

	start_twins(&rig);
	core_write(&rig, 0, CTI, row->control_0);
	core_write(&rig, 1, CTI, row->control_1);
	core_write(&rig, 0, CTI + INEN0, row->in_0);
	core_write(&rig, 1, CTI + OUTEN0, row->out_1);
	core_write(&rig, 0, CTI + GATE, row->gate_0);
	core_write(&rig, 1, CTI + GATE, row->gate_1);
	core_write(&rig, 0, DHCSR, 0xa05f0003);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_true(core_halted(&rig, 0));
	assert_int_equal(core_halted(&rig, 1), row->halts);
	assert_int_equal(core_read(&rig, 1, DFSR), row->halts ? 16 : 0);
	assert_int_equal(core_read(&rig, 1, CTI + 0x134), row->halts ? 1 : 0);
	rig_close(&rig);
}

static void cti__restarts_both_at_once(void **state)
{
	struct rig rig;

	(void)state;
	start_twins(&rig);
	for (unsigned core = 0; core < 2; core++) {
		core_write(&rig, core, CTI, 1);
		core_write(&rig, core, CTI + INEN0, BIT(0));
		core_write(&rig, core, CTI + OUTEN0, BIT(0));
		core_write(&rig, core, CTI + OUTEN1, BIT(1));
	}
	core_write(&rig, 1, DHCSR, 0xa05f0003);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_true(core_halted(&rig, 0));
	assert_true(core_halted(&rig, 1));
	core_write(&rig, 0, CTI + INTACK, 1);
	core_write(&rig, 1, CTI + INTACK, 1);
	core_write(&rig, 0, CTI + PULSE, RESTART);
	rig_wait(&rig, 10 * NS_PER_US);
	assert_false(core_halted(&rig, 0));
	assert_false(core_halted(&rig, 1));
	rig_close(&rig);
}

/* --- identification -------------------------------------------------------------------------- */

static void rom_table__of_class_9(void **state)
{
	struct rig rig;

	(void)state;
	open_twin(&rig);
	for (uint32_t i = 0; i < ARRAY_SIZE(entries); i++)
		assert_int_equal(rig_read32(&rig, ROM + 4 * i), entries[i]);
	assert_int_equal(rig_read32(&rig, ROM + 0xfbc), 0x47700af7);
	assert_int_equal(rig_read32(&rig, ROM + 0xfc8), 0x21);
	assert_int_equal(rig_read32(&rig, ROM + 0xfb8), 0xff);
	assert_int_equal(rig_read32(&rig, ROM + 0xff4), 0x90);
	/* Power requests: PRIDR0, DBGPCRn, DBGPSRn. */
	assert_int_equal(rig_read32(&rig, ROM + 0xc00), 1);
	assert_int_equal(rig_read32(&rig, ROM + 0xa04), 1);
	assert_int_equal(rig_read32(&rig, ROM + 0xa84), 0);
	rig_write32(&rig, ROM + 0xa04, 2);
	assert_int_equal(rig_read32(&rig, ROM + 0xa04), 3);
	assert_int_equal(rig_read32(&rig, ROM + 0xa84), 1);
	assert_int_equal(rig_read32(&rig, ROM + 0xa80), 0);
	assert_int_equal(rig_read32(&rig, ROM + 0xa08), 0);
	rig_write32(&rig, ROM + 0xa04, 0);
	assert_int_equal(rig_read32(&rig, ROM + 0xa84), 0);
	rig_close(&rig);
}

static void etm__has_its_locks(void **state)
{
	struct rig rig;

	(void)state;
	open_twin(&rig);
	assert_int_equal(rig_read32(&rig, ETM + 0xfbc), 0x47704a13);
	assert_int_equal(rig_read32(&rig, ETM + 0xfcc), 0x13);
	assert_int_equal(rig_read32(&rig, ETM + 0x304), 0xa);
	rig.as_core = true;
	rig_write32(&rig, ETM + 0x004, 1);
	assert_int_equal(rig_read32(&rig, ETM + 0x004), 0);
	rig_write32(&rig, ETM + 0xfb0, 0xc5acce55);
	rig_write32(&rig, ETM + 0x004, 1); /* the OS lock is still closed */
	assert_int_equal(rig_read32(&rig, ETM + 0x004), 0);
	rig_write32(&rig, ETM + 0x300, 0);
	assert_int_equal(rig_read32(&rig, ETM + 0x304), 8);
	rig_write32(&rig, ETM + 0x004, 1);
	assert_int_equal(rig_read32(&rig, ETM + 0x004), 1);
	assert_int_equal(rig_read32(&rig, ETM + 0x1e0), 0x28000ea1);
	rig_close(&rig);
}

/* --- snapshots ------------------------------------------------------------------------------- */

/* In the middle of a packet, with another one waiting and a comparator armed. */
static void snapshot__keeps_all_of_it(void **state)
{
	static const uint16_t code[] = { 0x3001, 0x6008, 0x684a, 0x7208, 0xbe00 };
	const char *path = rig_temporary_path();
	struct bench first, second;

	(void)state;
	bench_open(&first, NULL);
	bench_open(&second, NULL);
	rig_write32(&first.rig, TPIU + TPIU_ACPR, 100);
	rig_write32(&first.rig, ITM + ITM_TER0, 0xff);
	rig_write32(&first.rig, ITM + ITM_TCR, 0x00010009);
	rig_write32(&first.rig, COMP(2), BENCH_DATA);
	rig_write32(&first.rig, FUNCTION(2), 2);
	rig_write32(&first.rig, DWT, 1);
	rig_write32(&first.rig, FPB, 3);
	rig_write32(&first.rig, FPB + 8, 0x40001007);
	rig_write32(&first.rig, ITM, 0x11223344);
	rig_write32(&first.rig, ITM, 0x55667788);
	bench_load(&first, code);
	rig_wait(&first.rig, 10 * NS_PER_US);
	assert_int_equal(first.size, 0);
	assert_ok(board_save(first.rig.board, path));
	assert_ok(board_restore(second.rig.board, path));
	remove(path);
	second.rig.now_ns = first.rig.now_ns;
	bench_run(&second, code);
	assert_int_equal(rig_read_register(&second.rig, CPU_REG_PC), 0x1004);
	assert_int_equal(rig_read32(&second.rig, DWT + 4), 2);
	assert_string_equal(bench_text(&second), "S0:11223344 S0:55667788 w2:00000042");
	bench_close(&first);
	bench_close(&second);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cti__restarts_both_at_once),
		cmocka_unit_test(rom_table__of_class_9),
		cmocka_unit_test(etm__has_its_locks),
		cmocka_unit_test(snapshot__keeps_all_of_it),
	};

	return test_run_all("vboard/trace_units", tests, ARRAY_SIZE(tests), cti__between_cores,
		cross_rows, sizeof(cross_rows[0]), ARRAY_SIZE(cross_rows));
}
