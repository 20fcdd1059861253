/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORTEX_M_DWT_REGS_H
#define CORTEX_M_DWT_REGS_H

/**
 * @file
 * The Data Watchpoint and Trace unit, as far as watchpoints need it (Armv7-M ARM, DDI 0403E.e,
 * C1.8; Armv6-M ARM, DDI 0419E, C1.8, has the same comparators; Armv8-M ARM, DDI 0553B, DWT_*). All
 * of it needs DEMCR.TRCENA.
 */
#include "base/bits.h"

/* DWT_CTRL, DWT Control register (C1.8.7) */
#define DWT_DWT_CTRL         0xe0001000u
#define DWT_DWT_CTRL_NUMCOMP BITS(31, 28)

/* DWT_COMPn (C1.8.15), DWT_MASKn (C1.8.16; Armv8-M has none), DWT_FUNCTIONn (C1.8.17) */
#define DWT_DWT_COMP(n)     (0xe0001020u + 16u * (uint32_t)(n))
#define DWT_DWT_MASK(n)     (0xe0001024u + 16u * (uint32_t)(n))
#define DWT_DWT_FUNCTION(n) (0xe0001028u + 16u * (uint32_t)(n))

#define DWT_DWT_MASK_MASK        BITS(4, 0)
#define DWT_DWT_FUNCTION_MATCHED BIT(24)
/* Armv6-M and Armv7-M (Table C1-14): watchpoint on ... */
#define DWT_DWT_FUNCTION_FUNCTION           BITS(3, 0)
#define DWT_DWT_FUNCTION_FUNCTION_READ      5u
#define DWT_DWT_FUNCTION_FUNCTION_WRITE     6u
#define DWT_DWT_FUNCTION_FUNCTION_READWRITE 7u
/* Armv8-M (DDI 0553B, DWT_FUNCTIONn) */
#define DWT_DWT_FUNCTION_DATAVSIZE        BITS(11, 10) /* log2 of the bytes */
#define DWT_DWT_FUNCTION_ACTION           BITS(5, 4)
#define DWT_DWT_FUNCTION_ACTION_DEBUG     1u
#define DWT_DWT_FUNCTION_MATCH            BITS(3, 0)
#define DWT_DWT_FUNCTION_MATCH_DATA       4u
#define DWT_DWT_FUNCTION_MATCH_DATA_WRITE 5u
#define DWT_DWT_FUNCTION_MATCH_DATA_READ  6u

#endif /* CORTEX_M_DWT_REGS_H */
