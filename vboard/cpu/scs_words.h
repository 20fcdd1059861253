/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_SCS_WORDS_H
#define VBOARD_CPU_SCS_WORDS_H

/**
 * @file
 * The rows of which the System Control Space is made, one table a subject.
 */
#include "vboard/cpu/internal.h"

/** On which cores a word is there, and for whom. */
enum scs_presence {
	SCS_ALWAYS = 0,
	SCS_MAIN = 1 << 0, /* the Main Extension */
	SCS_V8M = 1 << 1,
	SCS_SECURITY = 1 << 2, /* the Security Extension; Non-secure code reads zero */
	SCS_V81M = 1 << 3,
};

/** One word of the SCS, or several alike. */
struct scs_word {
	uint16_t first, last; /* offsets, inclusive */
	uint32_t (*read)(struct cpu *c, uint32_t offset, unsigned view);
	/* @p lanes: the bits that were written. */
	void (*write)(
		struct cpu *c, uint32_t offset, uint32_t value, uint32_t lanes, unsigned view);
	unsigned presence;
};

struct scs_table {
	const struct scs_word *rows;
	size_t count;
};

extern const struct scs_table scs_nvic_table, scs_scb_table, scs_fault_table, scs_mpu_table,
	scs_debug_table, scs_id_table, scs_fp_table, scs_m7_table;

static inline struct bank *view_bank(struct cpu *c, unsigned view)
{
	return &c->bank[view & SCS_SECURE];
}

static inline bool is_secure_view(const struct cpu *c, unsigned view)
{
	return !c->config.security || (view & SCS_SECURE);
}

/** May the registers of this exception be seen? */
static inline bool sees_exception(const struct cpu *c, unsigned id, unsigned view)
{
	return is_secure_view(c, view) || !exc_is_secure(c, id);
}

/** The writable bits of a word that were written. */
static inline void put_lanes(uint32_t *word, uint32_t value, uint32_t lanes, uint32_t writable)
{
	lanes &= writable;
	*word = (*word & ~lanes) | (value & lanes);
}

#endif /* VBOARD_CPU_SCS_WORDS_H */
