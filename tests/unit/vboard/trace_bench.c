/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/trace_bench.h"

#include <stdlib.h>

enum { BKPT = 0xbe00, MAX_CODE = 64 };

static const struct memory_config memories[] = {
	{ "code", 0, 0x4000, MEMORY_NVRAM, 0, 0 },
	{ "RAM", 0x20000000, 0x4000, MEMORY_RAM, 0, 0 },
};

static const struct coresight_ids scs_ids = { .pidr = 0x04000bb00c, .cidr = CIDR_GENERIC_IP };
static const struct itm_config itm = { .fifo_bytes = 10, .ids.has_lock = true };
static const struct dwt_config dwt = { .comparator_count = 4, .mask_max = 15, .is_v7m = true };
static const struct fpb_config fpb = { .code_count = 6, .literal_count = 2, .has_remap = true };
static const struct tpiu_config tpiu = { .port_sizes = 0xb, .acpr_mask = BITS(12, 0) };
static const struct cti_config cti = { .channels = 4, .triggers = 8 };

static void hear(void *payload, const struct vswo_burst *burst)
{
	struct bench *bench = payload;

	assert_true(burst->size <= sizeof(burst->bytes));
	for (unsigned i = 0; i < burst->size && bench->size < sizeof(bench->stream); i++)
		bench->stream[bench->size++] = burst->bytes[i];
	assert_true(burst->start_ns >= bench->last.start_ns);
	bench->last = *burst;
}

static const void *or_else(const void *given, const void *otherwise)
{
	return given ? given : otherwise;
}

static void make_part(struct bench *bench, const struct bench_options *options)
{
	const struct model_config models[] = {
		{ &itm_class, "ITM", ITM, 0x1000, LANES_AHB, 0, or_else(options->itm, &itm) },
		{ &dwt_class, "DWT", DWT, 0x1000, LANES_AHB, 0, or_else(options->dwt, &dwt) },
		{ &fpb_class, "FPB", FPB, 0x1000, LANES_AHB, 0, or_else(options->fpb, &fpb) },
		{ &scs_class, "SCS", 0xe000e000, 0x1000, LANES_RAW, 0, &scs_ids },
		{ &tpiu_class, "TPIU", TPIU, 0x1000, LANES_AHB, 0, or_else(options->tpiu, &tpiu) },
		{ &cti_class, "CTI", CTI, 0x1000, LANES_AHB, 0, &cti },
	};

	memcpy(bench->models, models, sizeof(models));
	bench->part = (struct board_part){
		.name = "bench",
		.cpu = { .arch = CPU_ARMV7EM,
			.cpuid = 0x410fc241,
			.prio_bits = 4,
			.irqs = 32,
			.has_vtor = true },
		.clock_hz = { 16000000, 16000000, 16000000, 16000000 },
		.ap_idr = 0x24770011,
		.memories = memories,
		.memory_count = ARRAY_SIZE(memories),
		.models = bench->models,
		.model_count = ARRAY_SIZE(bench->models),
	};
}

void bench_open(struct bench *bench, const struct bench_options *options)
{
	static const struct bench_options none = { NULL, NULL, NULL, NULL };
	struct rig *rig = &bench->rig;

	memset(bench, 0, sizeof(*bench));
	make_part(bench, options ? options : &none);
	assert_ok(board_make(NULL, &bench->part, NULL, 0, &rig->board));
	board_fill_target(rig->board, &rig->target);
	rig->target.set_swo(rig->target.data, hear, bench);
	for (uint32_t n = 0; n < 64; n++)
		rig_write32(rig, BENCH_VECTORS + 4 * n, n ? BENCH_HANDLER | 1 : BENCH_STACK);
	rig_write(rig, BENCH_HANDLER, 2, 0x4770);
	rig_halt(rig);
	rig_write32(rig, DFSR, 0x1f);
	rig_write32(rig, DEMCR, TRCENA);
	rig_write32(rig, TPIU + TPIU_SPPR, TXMODE_NRZ);
	rig_write32(rig, TPIU + TPIU_FFCR, 0x100);
	rig_write32(rig, BENCH_DATA, 0);
	rig_write32(rig, BENCH_DATA + 4, 0x1234abcd);
	rig_write32(rig, BENCH_DATA + 8, 0);
}

void bench_close(struct bench *bench)
{
	rig_close(&bench->rig);
}

void bench_load(struct bench *bench, const uint16_t *code)
{
	uint32_t at = BENCH_CODE;

	for (unsigned i = 0; i < MAX_CODE; i++, at += 2) {
		rig_write(&bench->rig, at, 2, code[i]);
		if (code[i] == BKPT)
			break;
	}
	rig_write_register(&bench->rig, 0, 0x41);
	rig_write_register(&bench->rig, 1, BENCH_DATA);
	rig_write_register(&bench->rig, 2, ITM);
}

void bench_run(struct bench *bench, const uint16_t *code)
{
	bench_load(bench, code);
	rig_run_from(&bench->rig, BENCH_CODE, BENCH_STACK);
	rig_wait(&bench->rig, 20 * NS_PER_US);
	assert_true(rig_read32(&bench->rig, DHCSR) & BIT(17));
}

const char *bench_text(struct bench *bench)
{
	rig_wait(&bench->rig, 20 * NS_PER_MS);
	itm_decode(bench->stream, bench->size, bench->text, sizeof(bench->text));
	bench->size = 0;
	return bench->text;
}
