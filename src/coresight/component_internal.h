/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORESIGHT_COMPONENT_INTERNAL_H
#define CORESIGHT_COMPONENT_INTERNAL_H

/** @file Between component.c and rom_table.c. */
#include "coresight/component.h"
#include "coresight/coresight_regs.h"

/** The identification registers of one component, as they lie there. */
struct id_block {
	uint32_t words[CS_ID_COUNT];
};

/** A component of which nothing is known but where it is. NULL: no memory. */
struct component *component_create(struct mem_ap *ap, uint64_t address, int power_id);
/** Append reading the identification registers from @p first_reg on. */
void component_queue_id(const struct component *component, struct batch *batch,
	struct id_block *block, uint32_t first_reg);
/**
 * Take over what was read: name, type, and node class. A block without the CoreSight preamble
 * leaves a problem.
 */
void component_identify(struct component *component, const struct id_block *block);
bool component_is_rom_table(const struct component *component);
/** Say what is wrong with it; the first problem stays. */
void component_set_problem(struct component *component, const char *format, ...)
	DAPPER_PRINTF(2, 3);

#endif /* CORESIGHT_COMPONENT_INTERNAL_H */
