/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ATSAMD21J18A, revision D, on a board like SAM D21 Xplained Pro. Document: vboard/models/samd21.h;
 * addresses and reset values were checked against ATSAMD21G18A.svd. PM's and SYSCTRL's ready flags
 * are always set: what firmware waits for has come. Not modelled: PAC, MTB, what is quiet below.
 */
#include "base/bits.h"
#include "vboard/board/part.h"
#include "vboard/board/parts/cortex_m0plus.h"
#include "vboard/board/registers.h"
#include "vboard/models/samd21.h"
#include "vboard/models/signature.h"

#define KB 1024u

#define RAM_BASE 0x20000000u

static const struct memory_config memories[] = {
	{ "RAM", RAM_BASE, 32 * KB, MEMORY_RAM, 0 },
};

static const struct samd21_nvm_config nvm_config = {
	.flash_size = 256 * KB,
	.did = 0x10010300,
	.ram_base = RAM_BASE,
	.ram_size = 32 * KB,
	/* Factory settings (data sheet, 10.3.1), no region locked. */
	.user_row_low = 0xd8e0c7ff,
	.user_row_high = 0xfffffc5d,
};

static const struct register_row pm_rows[] = {
	{ 0x00, 0, BIT(2) },                                                 /* CTRL, SLEEP */
	{ 0x08, 0, BITS(26, 24) | BITS(18, 16) | BITS(10, 8) | BITS(2, 0) }, /* CPUSEL, APBxSEL */
	{ 0x14, 0x0000007f, BITS(6, 0) },                                    /* AHBMASK */
	{ 0x18, 0x0000007f, BITS(6, 0) },                                    /* APBAMASK */
	{ 0x1c, 0x0000007f, BITS(6, 0) },                                    /* APBBMASK */
	{ 0x20, 0x00010000, BITS(20, 0) },                                   /* APBCMASK */
	{ 0x34, BIT(16), 0 },                                                /* INTFLAG.CKRDY */
	{ 0x38, 0x00000001, 0 },                                             /* RCAUSE: power-on */
};
static const struct register_block pm = { pm_rows, ARRAY_SIZE(pm_rows), false };

/* PCLKSR: oscillators ready, DFLL ready and locked, DPLL locked. */
static const struct register_row sysctrl_rows[] = {
	{ 0x08, 0x000080df, 0 },
	{ 0x0c, 0x000080df, 0 },
	{ 0x10, 0x00000080, BITS(15, 0) },
	{ 0x14, 0x00000080, BITS(15, 0) },
	{ 0x18, 0x003f0080, UINT32_MAX },
	{ 0x1c, 0x0000001f, BITS(7, 0) },
	{ 0x20, 0x87070382, UINT32_MAX },
	{ 0x24, 0x00000080, BITS(15, 0) },
	{ 0x28, 0, UINT32_MAX },
	{ 0x2c, 0, UINT32_MAX },
	{ 0x30, 0, 0 },
	{ 0x34, 0, UINT32_MAX },
	{ 0x3c, 0, BITS(15, 0) },
	{ 0x40, 0, UINT32_MAX },
	{ 0x44, 0x00000080, BITS(7, 0) },
	{ 0x48, 0, UINT32_MAX },
	{ 0x4c, 0, UINT32_MAX },
	{ 0x50, 0x0000000f, 0 },
};
static const struct register_block sysctrl = { sysctrl_rows, ARRAY_SIZE(sysctrl_rows), false };

/* DFLL48M calibration (0x806020, bits 63:58) and the serial number (made up). */
static const uint8_t calibration[0x40] = { [0x24] = 0xff, [0x25] = 0xff, [0x27] = 0x80 };
static const uint8_t serial[0x40] = { [0x0c] = 'd', [0x0d] = 'a', [0x0e] = 'p', [0x0f] = 'p' };
static const uint8_t serial_rest[0x10] = "er-samd21-0001!";

#define SERCOM(n)                                                                              \
	{                                                                                      \
		&samd21_sercom_class, "SERCOM" #n, 0x42000800 + 0x400 * (n), 0x400, LANES_AHB, \
			9 + (n), NULL                                                          \
	}

static const struct model_config models[] = {
	{ &signature_class, "calibration", 0x00806000, 0x40, LANES_RAW, 0,
		&(const struct signature_config){ calibration, sizeof(calibration) } },
	{ &signature_class, "serial number", 0x0080a000, 0x40, LANES_RAW, 0,
		&(const struct signature_config){ serial, sizeof(serial) } },
	{ &signature_class, "serial number", 0x0080a040, 0x10, LANES_RAW, 0,
		&(const struct signature_config){ serial_rest, sizeof(serial_rest) } },
	{ &register_block_class, "PM", 0x40000400, 0x400, LANES_AHB, 0, &pm },
	{ &register_block_class, "SYSCTRL", 0x40000800, 0x400, LANES_AHB, 1, &sysctrl },
	{ &samd21_gclk_class, "GCLK", 0x40000c00, 0x400, LANES_AHB, 0, NULL },
	{ &samd21_nvm_class, "NVMCTRL", 0x41004000, 0x400, LANES_AHB, 5, &nvm_config },
	{ &samd21_port_class, "PORT A", 0x41004400, 0x80, LANES_AHB, 0, NULL },
	{ &samd21_port_class, "PORT B", 0x41004480, 0x80, LANES_AHB, 0, NULL },
	SERCOM(0),
	SERCOM(1),
	SERCOM(2),
	SERCOM(3),
	SERCOM(4),
	SERCOM(5),
	CORTEX_M0PLUS_MODELS,
};

/* The single-cycle I/O port shows PORT, too. */
static const struct alias_config aliases[] = { { 0x60000000, 0x100, 0x41004400 } };

static const struct quiet_range quiet[] = {
	{ "PAC0", 0x40000000, 0x400 },
	{ "WDT", 0x40001000, 0x400 },
	{ "RTC", 0x40001400, 0x400 },
	{ "EIC", 0x40001800, 0x400 },
	{ "PAC1", 0x41000000, 0x400 },
	{ "DMAC", 0x41004800, 0x400 },
	{ "USB", 0x41005000, 0x400 },
	{ "MTB", 0x41006000, 0x1000 },
	{ "PAC2", 0x42000000, 0x400 },
	{ "EVSYS", 0x42000400, 0x400 },
	{ "TCC and TC", 0x42002000, 0x2000 },
	{ "ADC", 0x42004000, 0x400 },
	{ "AC", 0x42004400, 0x400 },
	{ "DAC", 0x42004800, 0x400 },
	{ "I2S", 0x42005000, 0x400 },
};

const struct board_part samd21j18a_part = {
	.name = "ATSAMD21J18A",
	.cpu = {
		.arch = CPU_ARMV6M,
		.fpu = CPU_FPU_NONE,
		.cpuid = 0x410cc601,
		.prio_bits = 2,
		.irqs = 28,
		.has_vtor = true,
	},
	.clock_hz = { 1000000, 1000000, 1000000 },
	.aliases = aliases,
	.alias_count = ARRAY_SIZE(aliases),
	/* DDI 0484C, chapter 6; BASE leads to the DSU's table, which leads to Arm's. */
	.dpidr = 0x0bc11477,
	.ap_idr = 0x04770031,
	.ap_base = 0x41003003,
	.ap_csw_reset = 0x03000040,
	.memories = memories,
	.memory_count = ARRAY_SIZE(memories),
	.models = models,
	.model_count = ARRAY_SIZE(models),
	.quiet = quiet,
	.quiet_count = ARRAY_SIZE(quiet),
};
