/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>

/** Mask of bits [hi:lo], written as the manuals write it: BITS(15, 12). */
#define BITS(hi, lo) ((uint32_t)((UINT32_MAX >> (31 - (hi))) & (UINT32_MAX << (lo))))
#define BIT(n)       BITS(n, n)

/** Value of a field in a register value, right-aligned. */
#define FIELD_GET(mask, value) (((uint32_t)(value) & (mask)) / ((mask) & (~(mask) + 1u)))

/** A field value put into place. Bits that do not fit are dropped. */
#define FIELD_PREP(mask, field) (((uint32_t)(field) * ((mask) & (~(mask) + 1u))) & (mask))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif /* BASE_BITS_H */
