/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_DP_BOARDS_H
#define SUPPORT_DP_BOARDS_H

/**
 * @file
 * Virtual boards with debug ports that no built-in one has; behind them is the board `cortex-m0`.
 * For vboard_create_from(), and, for debuggers in processes of their own, served by serve_dps.c.
 *
 * | name        |                                                                              |
 * | ----------- | ---------------------------------------------------------------------------- |
 * | `adiv6`     | DPv3: AHB5-AP at 0x2000, JTAG-AP at 0x4000, ROM table at 0; SWD and JTAG      |
 * | `adiv6-52`  | the same with 52 bits of address, from 0x1234500000000 on                    |
 * | `nested`    | DPv3: APB4-AP at 0x2000, behind it the AHB5-AP at 0x90001000                  |
 * | `pair`      | two JTAG-DPs (DPv1) in one chain, an AP each, both on the same bus            |
 * | `multidrop` | three SW-DPs (DPv2), dormant at first, TARGETID 0x01002927, instances 0, 1, 15 |
 */
#include "vboard/board/internal.h"

/** NULL-terminated. */
extern const struct vboard_type *const dp_board_types[];

#endif /* SUPPORT_DP_BOARDS_H */
