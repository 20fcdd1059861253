/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_ITM_H
#define VBOARD_CORESIGHT_ITM_H

/**
 * @file
 * Between the trace sources and the trace port: DWT hands packets to its core's ITM, the TPIU
 * fetches them, one at a time, when its pin is free.
 */
#include "vboard/coresight/link.h"

/** Bytes that belong together, of one trace source. */
struct trace_packet {
	uint8_t id; /* ATB ID, for the formatter */
	uint8_t size;
	uint8_t bytes[8];
};

/** DWT: a hardware source packet; how many bytes of @p payload there are is in the header. */
void itm_hardware_packet(struct itm *itm, uint8_t header, uint32_t payload);
/** DWT: CYCCNT has passed the tap of DWT_CTRL.SYNCTAP. */
void itm_synchronise(struct itm *itm);
/** TPIU: the next packet, by priority. @return false: there is none. NULL has none. */
bool itm_next_packet(struct itm *itm, struct trace_packet *packet);

/* tpiu.c */
/** There is something to send. NULL: nobody sends it. */
void tpiu_kick(struct tpiu *tpiu);
/** Cycles of the trace clock to a bit. */
uint32_t tpiu_prescaler(const struct tpiu *tpiu);
/** Is it sending? */
bool tpiu_is_busy(const struct tpiu *tpiu);
/** The formatter sends a full synchronisation before the next frame. */
void tpiu_synchronise(struct tpiu *tpiu);

#endif /* VBOARD_CORESIGHT_ITM_H */
