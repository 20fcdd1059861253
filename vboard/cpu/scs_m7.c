/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only Cortex-M7 has in its System Control Space: DDI 0489 (Cortex-M7 TRM), "System control",
 * from memory. Cache maintenance (ICIALLU to BPIALL, 0xF50 to 0xF78) is write-only there: a core
 * without caches in front of its memories has nothing to do, and reads are zero. The registers of
 * ECC (IEBR, DEBR) are those of a core without it: zero.
 */
#include "vboard/cpu/scs_words.h"

enum {
	SCS_ITCMCR = 0xf90,
	SCS_DTCMCR = 0xf94,
	SCS_AHBPCR = 0xf98,
	SCS_CACR = 0xf9c,
	SCS_AHBSCR = 0xfa0,
	PARTNO_M7 = 0xc27,
};

#define CPUID_PARTNO BITS(15, 4)

/* ITCMCR, DTCMCR */
#define TCMCR_SZ    BITS(6, 3)
#define TCMCR_RETEN BIT(2)
#define TCMCR_RMW   BIT(1)
#define TCMCR_EN    BIT(0)
/* AHBPCR: 512 MB of AHBP, at 0x40000000 */
#define AHBPCR_SZ      BITS(3, 1)
#define AHBPCR_SZ_512M 4u
#define AHBPCR_EN      BIT(0)
#define CACR_FORCEWT   BIT(2)
#define CACR_SIWT      BIT(0)
#define AHBSCR_ALL     BITS(15, 0)

static const uint32_t writable[] = { TCMCR_RETEN | TCMCR_RMW | TCMCR_EN,
	TCMCR_RETEN | TCMCR_RMW | TCMCR_EN, AHBPCR_EN, CACR_FORCEWT | CACR_SIWT, AHBSCR_ALL };

static bool is_m7(const struct cpu *c)
{
	return FIELD_GET(CPUID_PARTNO, c->config.cpuid) == PARTNO_M7;
}

/* SZ: 3 is 4 KB, each one more twice that. */
static uint32_t tcm_size(uint16_t kb)
{
	unsigned size = 3;

	if (kb < 4)
		return 0;
	for (unsigned n = kb; n > 4 && size < 15; n /= 2)
		size++;
	return FIELD_PREP(TCMCR_SZ, size);
}

static uint32_t fixed_bits(const struct cpu *c, uint32_t offset)
{
	switch (offset) {
	case SCS_ITCMCR:
		return tcm_size(c->config.itcm_kb);
	case SCS_DTCMCR:
		return tcm_size(c->config.dtcm_kb);
	case SCS_AHBPCR:
		return FIELD_PREP(AHBPCR_SZ, AHBPCR_SZ_512M);
	default:
		return 0;
	}
}

static uint32_t read_control(struct cpu *c, uint32_t offset, unsigned view)
{
	(void)view;
	return is_m7(c) ? c->m7_control[(offset - SCS_ITCMCR) / 4] | fixed_bits(c, offset) : 0;
}

/* A TCM that is not there cannot be switched on. */
static void write_control(
	struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view)
{
	const uint32_t n = (offset - SCS_ITCMCR) / 4;
	const bool absent = offset <= SCS_DTCMCR && !fixed_bits(c, offset);

	(void)view;
	if (is_m7(c) && !absent)
		put_lanes(&c->m7_control[n], value, lanes, writable[n]);
}

static const struct scs_word rows[] = {
	{ SCS_ITCMCR, SCS_AHBSCR, read_control, write_control, SCS_MAIN },
};

const struct scs_table scs_m7_table = { rows, ARRAY_SIZE(rows) };
