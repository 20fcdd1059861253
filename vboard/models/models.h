/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_MODELS_H
#define VBOARD_MODELS_MODELS_H

/**
 * @file
 * The classes that a board's description can name: models.def.
 */
#include "vboard/board/board.h"

struct model_name {
	const char *name; /* "stm32_usart"; '-' is as good as '_' */
	const struct model_class *class;
};

extern const struct model_name model_names[];
extern const size_t model_name_count;

#endif /* VBOARD_MODELS_MODELS_H */
