/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transmitter of an LPC USART (UM10601, chapter 15), and of a Flexcomm's (UM10914, chapter 21):
 * each byte goes to the board's output when its frame is over. The FIFO of a Flexcomm has one entry
 * here. No receiver: nobody sends. The clock is the core's.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/lpc.h"

#define USART_CFG           0x000u
#define USART_CFG_ENABLE    BIT(0)
#define USART_CTL           0x004u
#define USART_STAT          0x008u
#define USART_STAT_TXIDLE   BIT(3)
#define USART_STAT_TXRDY    BIT(2)
#define USART_STAT_RXIDLE   BIT(1)
#define USART_INTENSET      0x00cu
#define USART_INTENCLR      0x010u
#define USART_TXDAT         0x01cu
#define USART_BRG           0x020u
#define USART_OSR           0x028u
#define FIFO_CFG            0xe00u
#define FIFO_STAT           0xe04u
#define FIFO_STAT_TXNOTFULL BIT(5)
#define FIFO_STAT_TXEMPTY   BIT(4)
#define FIFO_INTENSET       0xe10u
#define FIFO_INTENCLR       0xe14u
#define FIFO_INTEN_TXLVL    BIT(2)
#define FIFO_WR             0xe20u
#define FLEXCOMM_PSELID     0xff8u
#define PSELID_USART        0x00101011u /* has all; USART is chosen */

/* The registers that keep what is written. */
enum plain { CONFIG, CONTROL, BAUD_RATE, OVERSAMPLING, FIFO_CONFIG, PLAIN_COUNT };

struct usart {
	struct board *board;
	const struct lpc_usart_config *config;
	uint16_t irq;
	struct board_event frame_end; /* armed while a frame is on the line */
	struct {
		uint32_t plain[PLAIN_COUNT];
		uint32_t inten, fifo_inten;
		bool full; /* a byte waits behind the frame */
		uint8_t data, shift;
	} state;
};

static uint32_t status(const struct usart *usart)
{
	return USART_STAT_RXIDLE | (usart->state.full ? 0 : USART_STAT_TXRDY) |
	       (usart->frame_end.armed ? 0 : USART_STAT_TXIDLE);
}

static void update_irq(const struct usart *usart)
{
	const bool level = usart->config->has_fifo && !usart->state.full &&
	                   usart->state.fifo_inten & FIFO_INTEN_TXLVL;

	board_set_irq(usart->board, usart->irq,
		level || (status(usart) & usart->state.inten &
				 (USART_STAT_TXRDY | USART_STAT_TXIDLE)));
}

static uint64_t frame_ns(const struct usart *usart)
{
	const uint32_t hz = board_clock_hz(usart->board, CLOCK_CORE);
	const uint64_t clocks =
		((uint64_t)usart->state.plain[BAUD_RATE] + 1) *
		(usart->config->has_fifo ? usart->state.plain[OVERSAMPLING] + 1 : 16);

	return 10 * clocks * NS_PER_S / (hz ? hz : 1);
}

static void start_frame(struct usart *usart, uint8_t data, uint64_t at_ns)
{
	usart->state.shift = data;
	usart->state.full = false;
	board_arm(usart->board, &usart->frame_end, at_ns + frame_ns(usart));
}

static void frame_ended(void *model)
{
	struct usart *usart = model;

	board_output(usart->board, &usart->state.shift, 1);
	if (usart->state.full)
		start_frame(usart, usart->state.data, usart->frame_end.at_ns);
	update_irq(usart);
}

static void write_data(struct usart *usart, uint8_t value)
{
	if (!(usart->state.plain[CONFIG] & USART_CFG_ENABLE))
		return;
	if (!usart->frame_end.armed) {
		start_frame(usart, value, board_now_ns(usart->board));
		return;
	}
	usart->state.data = value;
	usart->state.full = true;
}

/** Which of the registers that keep what is written; PLAIN_COUNT: another. */
static unsigned plain_index(const struct usart *usart, uint32_t offset)
{
	static const uint32_t offsets[PLAIN_COUNT] = { USART_CFG, USART_CTL, USART_BRG, USART_OSR,
		FIFO_CFG };
	unsigned i = 0;

	while (i < PLAIN_COUNT && offsets[i] != offset)
		i++;
	return i == FIFO_CONFIG && !usart->config->has_fifo ? PLAIN_COUNT : i;
}

static bool usart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct usart *usart = model;
	const unsigned plain = plain_index(usart, access->offset);

	*value = plain < PLAIN_COUNT ? usart->state.plain[plain] : 0;
	if (access->offset == USART_STAT)
		*value = status(usart);
	else if (access->offset == USART_INTENSET)
		*value = usart->state.inten;
	else if (!usart->config->has_fifo)
		return true;
	else if (access->offset == FIFO_STAT)
		*value = usart->state.full ? 0 : FIFO_STAT_TXNOTFULL | FIFO_STAT_TXEMPTY;
	else if (access->offset == FIFO_INTENSET)
		*value = usart->state.fifo_inten;
	else if (access->offset == FLEXCOMM_PSELID)
		*value = PSELID_USART;
	return true;
}

static bool usart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct usart *usart = model;
	const unsigned plain = plain_index(usart, access->offset);
	const uint32_t set = value & mask;

	if (plain < PLAIN_COUNT)
		usart->state.plain[plain] = merge_lanes(usart->state.plain[plain], value, mask);
	else if (access->offset == USART_INTENSET)
		usart->state.inten |= set;
	else if (access->offset == USART_INTENCLR)
		usart->state.inten &= ~set;
	else if (access->offset == FIFO_INTENSET)
		usart->state.fifo_inten |= set;
	else if (access->offset == FIFO_INTENCLR)
		usart->state.fifo_inten &= ~set;
	else if (access->offset == (usart->config->has_fifo ? FIFO_WR : USART_TXDAT))
		write_data(usart, (uint8_t)set);
	update_irq(usart);
	return true;
}

static void usart_reset(void *model, enum board_reset kind)
{
	struct usart *usart = model;

	(void)kind;
	board_disarm(usart->board, &usart->frame_end);
	memset(&usart->state, 0, sizeof(usart->state));
	usart->state.plain[OVERSAMPLING] = 15;
	update_irq(usart);
}

static void usart_restored(void *model)
{
	update_irq(model);
}

static dapper_status usart_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct usart *usart = xnew(usart);

	if (!usart)
		return FAIL_NO_MEMORY("a USART");
	*model = usart;
	usart->board = board;
	usart->config = config->data;
	usart->irq = config->irq;
	usart->frame_end = (struct board_event){ .fire = frame_ended, .model = usart };
	TRY(board_keep_event(board, config->name, &usart->frame_end));
	return board_keep(board, config->name, &usart->state, sizeof(usart->state));
}

static const struct model_field fields[] = {
	{ "has_fifo", FIELD_BOOL, offsetof(struct lpc_usart_config, has_fifo), false },
	{ NULL },
};

const struct model_class lpc_usart_class = {
	.name = "LPC USART",
	.create = usart_create,
	.reset = usart_reset,
	.restored = usart_restored,
	.destroy = free,
	.ops = { .read = usart_read, .write = usart_write },
	.fields = fields,
	.config_size = sizeof(struct lpc_usart_config),
};
