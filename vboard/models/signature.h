/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_SIGNATURE_H
#define VBOARD_MODELS_SIGNATURE_H

/**
 * @file
 * Bytes that the maker wrote into a part: unique ID, flash size, calibration. Read-only.
 */
#include "vboard/board/board.h"

/** The row's data is as many bytes as the row's size. LANES_RAW. */
extern const struct model_class signature_class;

#endif /* VBOARD_MODELS_SIGNATURE_H */
