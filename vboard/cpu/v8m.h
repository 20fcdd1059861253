/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CPU_V8M_H
#define VBOARD_CPU_V8M_H

/**
 * @file
 * Armv8-M instructions that other files decode.
 */
#include "vboard/cpu/internal.h"

void execute_bxns(struct cpu *c, uint32_t target);
void execute_blxns(struct cpu *c, uint32_t target);

#endif /* VBOARD_CPU_V8M_H */
