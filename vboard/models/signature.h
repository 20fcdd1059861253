/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_SIGNATURE_H
#define VBOARD_MODELS_SIGNATURE_H

/**
 * @file
 * Bytes that the maker wrote into a part: unique ID, flash size, calibration. Read-only.
 */
#include "vboard/board/board.h"

/** LANES_RAW; struct signature_config. Behind its bytes the row reads 0xFF. */
extern const struct model_class signature_class;

struct signature_config {
	const uint8_t *bytes;
	size_t count;
};

#endif /* VBOARD_MODELS_SIGNATURE_H */
