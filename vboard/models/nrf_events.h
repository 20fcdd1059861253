/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NRF_EVENTS_H
#define VBOARD_MODELS_NRF_EVENTS_H

/**
 * @file
 * What every nRF peripheral has in the same place: event registers from 0x100 on, INTEN, INTENSET
 * and INTENCLR whose bit n belongs to the event at 0x100 + 4 * n (nRF52840 PS v1.7, section 6.1).
 */
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/board.h"

#define NRF_EVENTS_BEGIN 0x100u
#define NRF_EVENTS_END   0x180u
#define NRF_INTEN        0x300u
#define NRF_INTENSET     0x304u
#define NRF_INTENCLR     0x308u

struct nrf_events {
	struct board *board;
	uint16_t irq;
	uint32_t present; /* which events there are */
	uint32_t raised;
	uint32_t enabled;
};

/** The bit of an event's register. */
#define NRF_EVENT(offset) BIT(((offset)-NRF_EVENTS_BEGIN) / 4)

static inline void nrf_events_update(const struct nrf_events *events)
{
	board_set_irq(events->board, events->irq, events->raised & events->enabled);
}

static inline void nrf_events_raise(struct nrf_events *events, uint32_t which)
{
	events->raised |= which;
	nrf_events_update(events);
}

static inline void nrf_events_reset(struct nrf_events *events)
{
	events->raised = 0;
	events->enabled = 0;
	nrf_events_update(events);
}

/** Their state belongs to snapshots. */
static inline dapper_status nrf_events_keep(struct nrf_events *events)
{
	TRY(board_keep(events->board, "events raised", &events->raised, sizeof(events->raised)));
	return board_keep(
		events->board, "events enabled", &events->enabled, sizeof(events->enabled));
}

/** @return false: the offset is not of these registers. */
static inline bool nrf_events_read(
	const struct nrf_events *events, uint32_t offset, uint32_t *value)
{
	if (offset >= NRF_EVENTS_BEGIN && offset < NRF_EVENTS_END)
		*value = (events->raised & NRF_EVENT(offset)) != 0;
	else if (offset >= NRF_INTEN && offset <= NRF_INTENCLR)
		*value = events->enabled;
	else
		return false;
	return true;
}

/** Software may raise an event, too. @return As above. */
static inline bool nrf_events_write(struct nrf_events *events, uint32_t offset, uint32_t value)
{
	if (offset >= NRF_EVENTS_BEGIN && offset < NRF_EVENTS_END) {
		events->raised &= ~NRF_EVENT(offset);
		if (value & 1)
			events->raised |= NRF_EVENT(offset) & events->present;
	} else if (offset == NRF_INTEN) {
		events->enabled = value & events->present;
	} else if (offset == NRF_INTENSET) {
		events->enabled |= value & events->present;
	} else if (offset == NRF_INTENCLR) {
		events->enabled &= ~value;
	} else {
		return false;
	}
	nrf_events_update(events);
	return true;
}

#endif /* VBOARD_MODELS_NRF_EVENTS_H */
