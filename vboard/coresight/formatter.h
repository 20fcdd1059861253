/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_FORMATTER_H
#define VBOARD_CORESIGHT_FORMATTER_H

/**
 * @file
 * The formatter of a trace port: bytes of several trace sources become frames of 16 bytes
 * (IHI 0029E, D4.2).
 */
#include <stdbool.h>
#include <stdint.h>

#include "vboard/coresight/tpiu_regs.h"

struct formatter {
	uint8_t frame[FRAME_SIZE];
	uint8_t used; /* of the frame's first 15 bytes */
	uint8_t id;   /* of the bytes to come, as the host knows it */
	/* A byte for an even place waits: an ID may have to go before it. */
	bool holds;
	uint8_t held;
};

void formatter_reset(struct formatter *formatter);
/** Is anything in it? */
bool formatter_is_empty(const struct formatter *formatter);
/** Room for another byte of this source; else formatter_take() first. */
bool formatter_has_room(const struct formatter *formatter, uint8_t id);
/** Only while there is room. */
void formatter_put(struct formatter *formatter, uint8_t id, uint8_t byte);
/** Take the frame, filled up with the null source 0. */
void formatter_take(struct formatter *formatter, uint8_t frame[FRAME_SIZE]);

#endif /* VBOARD_CORESIGHT_FORMATTER_H */
