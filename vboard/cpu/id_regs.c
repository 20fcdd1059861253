/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification registers, by core. Armv6-M has none of the feature registers: they read as zero.
 *
 * Where the numbers come from. Compared with another project's facts (QEMU, target/arm, v7-M
 * cores): PFR, DFR, MMFR and ISAR of Cortex-M3 and M7, MMFR and ISAR0 of M4, MVFR of M4. From
 * memory and not yet compared with a document: ISAR1-4 of M4 (QEMU repeats M3's there, which have
 * no DSP), cache registers of M7, MVFR of an M7 without double precision, PIDR. To be checked
 * against the TRMs: DDI 0432 (M0), 0484 (M0+), 0337 (M3), 0439 (M4), 0489 (M7).
 */
#include "vboard/cpu/internal.h"

#define CPUID_PARTNO BITS(15, 4)

/* clang-format off */
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
	{ /* Cortex-M7, 16 KB caches; its FPU as this core runs it is single precision */
		.partno = 0xc27,
		.feature = { 0x00000030, 0x00000200, 0x00100000, 0, 0x00100030, 0, 0x01000000, 0,
			0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132, 0 },
		.mvfr = { 0x10110021, 0x11000011, 0x00000040 },
		.clidr = 0x09000003, .ctr = 0x8303c003, .ccsidr = 0xf00fe019,
		.peripheral = { 0x0c, 0xb0, 0x0b, 0x00, 0x04 },
	},
};
/* clang-format on */

/* Rows of cores[] that stand for an architecture. */
enum { ROW_V6M = 0, ROW_V7M = 2, ROW_V7EM = 3 };

const struct id_regs *id_regs_find(const struct cpu_config *config)
{
	for (size_t i = 0; i < ARRAY_SIZE(cores); i++)
		if (cores[i].partno == FIELD_GET(CPUID_PARTNO, config->cpuid))
			return &cores[i];
	return config->arch == CPU_ARMV6M   ? &cores[ROW_V6M]
	       : config->arch == CPU_ARMV7M ? &cores[ROW_V7M]
	                                    : &cores[ROW_V7EM];
}
