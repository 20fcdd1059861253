/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification registers, by core. Armv6-M has none of the feature registers: they read as zero.
 *
 * Where the numbers come from. Compared with another project's facts (QEMU, target/arm, M-profile
 * cores): PFR, DFR, MMFR and ISAR of Cortex-M3, M7, M33 and M55, MMFR and ISAR0 of M4, MVFR of M4,
 * M7, M33 and M55. From memory and not yet compared with a document: ISAR1-4 of M4 (QEMU repeats
 * M3's there, which have no DSP), cache registers, PIDR; M35P is given M33's and M52 and M85 M55's.
 * M23's ISAR are put together from the fields' meanings. To be checked against the TRMs: DDI 0432
 * (M0), 0484 (M0+), 0337 (M3), 0439 (M4), 0489 (M7), 0550 (M23), 100230 (M33), 101051 (M55).
 */
#include "vboard/cpu/internal.h"

#define CPUID_PARTNO  BITS(15, 4)
#define PFR1_SECURITY BITS(7, 4)

/* clang-format off */
#define FEATURES_V8M \
	{ 0x00000030, 0x00000210, 0x00200000, 0, 0x00101f40, 0, 0x01000000, 0, \
		0x01101110, 0x02212000, 0x20232232, 0x01111131, 0x01310132, 0 }
#define FEATURES_V81M \
	{ 0x20000030, 0x00000230, 0x10200000, 0, 0x00111040, 0, 0x01000000, 0x00000011, \
		0x01103110, 0x02212000, 0x20232232, 0x01111131, 0x01310132, 0 }
#define MVFR_SP   { 0x10110021, 0x11000011, 0x00000040 }
#define MVFR_DP   { 0x10110221, 0x12000011, 0x00000040 }
#define MVFR_MVE  { 0x10110221, 0x12100211, 0x00000040 }

static const struct id_regs cores[] = {
	{ /* Cortex-M0 */
		.partno = 0xc20,
		.peripheral = { 0x08, 0xb0, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M0+ */
		.partno = 0xc60,
		.peripheral = { 0x08, 0xb0, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M3 */
		.partno = 0xc23,
		.feature = { 0x00000030, 0x00000200, 0x00100000, 0, 0x00000030, 0, 0, 0,
			0x01141110, 0x02111000, 0x21112231, 0x01111110, 0x01310102, 0 },
		.peripheral = { 0x00, 0xb0, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M4 */
		.partno = 0xc24,
		.feature = { 0x00000030, 0x00000200, 0x00100000, 0, 0x00000030, 0, 0, 0,
			0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310132, 0 },
		.mvfr = { 0x10110021, 0x11000011, 0 },
		.peripheral = { 0x0c, 0xb0, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M7, 16 KB caches */
		.partno = 0xc27,
		.feature = { 0x00000030, 0x00000200, 0x00100000, 0, 0x00100030, 0, 0x01000000, 0,
			0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132, 0 },
		.mvfr = MVFR_SP, .mvfr_dp = MVFR_DP,
		.clidr = 0x09000003, .ctr = 0x8303c003, .ccsidr = 0xf00fe019,
		.ccsidr_instruction = 0xf01fe009,
		.peripheral = { 0x0c, 0xb0, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M23 */
		.partno = 0xd20,
		.feature = { 0x00000030, 0x00000210, 0x00200000, 0, 0x00101f40, 0, 0x01000000, 0,
			0x01101000, 0x02101000, 0x10000232, 0x01101100, 0x01310100, 0 },
		.ctr = 0x8000c000,
		.peripheral = { 0x20, 0xbd, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M33 */
		.partno = 0xd21,
		.feature = FEATURES_V8M,
		.mvfr = MVFR_SP, .mvfr_dp = MVFR_DP,
		.ctr = 0x8000c000,
		.peripheral = { 0x21, 0xbd, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M35P */
		.partno = 0xd31,
		.feature = FEATURES_V8M,
		.mvfr = MVFR_SP, .mvfr_dp = MVFR_DP,
		.ctr = 0x8000c000,
		.peripheral = { 0x31, 0xbd, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M55, 32 KB caches */
		.partno = 0xd22,
		.feature = FEATURES_V81M,
		.mvfr = MVFR_MVE, .mvfr_dp = MVFR_MVE,
		.clidr = 0x09000003, .ctr = 0x8303c003, .ccsidr = 0xf01fe019,
		.peripheral = { 0x22, 0xbd, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M85 */
		.partno = 0xd23,
		.feature = FEATURES_V81M,
		.mvfr = MVFR_MVE, .mvfr_dp = MVFR_MVE,
		.clidr = 0x09000003, .ctr = 0x8303c003, .ccsidr = 0xf01fe019,
		.peripheral = { 0x23, 0xbd, 0x0b, 0x00, 0x04 },
	},
	{ /* Cortex-M52 */
		.partno = 0xd24,
		.feature = FEATURES_V81M,
		.mvfr = MVFR_MVE, .mvfr_dp = MVFR_MVE,
		.clidr = 0x09000003, .ctr = 0x8303c003, .ccsidr = 0xf01fe019,
		.peripheral = { 0x24, 0xbd, 0x0b, 0x00, 0x04 },
	},
};
/* clang-format on */

/* Whose row stands for an architecture. */
static const uint16_t part_of_arch[] = {
	[CPU_ARMV6M] = 0xc20,
	[CPU_ARMV7M] = 0xc23,
	[CPU_ARMV7EM] = 0xc24,
	[CPU_ARMV8M_BASE] = 0xd20,
	[CPU_ARMV8M_MAIN] = 0xd21,
};

static const struct id_regs *find_part(uint32_t partno)
{
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++)
		if (cores[i].partno == partno)
			return &cores[i];
	return NULL;
}

const struct id_regs *id_regs_find(const struct cpu_config *config)
{
	const struct id_regs *row = find_part(FIELD_GET(CPUID_PARTNO, config->cpuid));

	return row ? row : find_part(part_of_arch[config->arch]);
}

uint32_t id_regs_feature(const struct cpu *c, size_t word)
{
	const uint32_t value = c->id_regs->feature[word];

	return word == 1 && !c->config.security ? value & ~PFR1_SECURITY : value;
}

uint32_t id_regs_mvfr(const struct cpu *c, size_t word)
{
	if (!c->has_fp)
		return 0;
	return c->config.fpu == CPU_FPU_FPV5_DP ? c->id_regs->mvfr_dp[word]
	                                        : c->id_regs->mvfr[word];
}
