/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_THUMB_H
#define CORTEX_M_THUMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The address after a Thumb instruction that certainly does not change pc otherwise, nor waits for
 * an event, nor halts.
 *
 * @param code  The instruction, @p size bytes of it and what follows are known.
 * @return false: it may go elsewhere, or it is not known.
 */
bool thumb_is_straight(const uint8_t *code, size_t size, unsigned *length);

#endif /* CORTEX_M_THUMB_H */
