/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SERCOM of SAM D21 as USART (data sheet, chapters 25 and 26): the transmitter, with the time that a
 * frame takes; each byte goes to the board's output when its frame is over. No receiver: nobody
 * sends. In other modes (SPI, I2C) and for fractional baud rates registers are kept, and nothing
 * happens. Synchronisation is over at once.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/samd21.h"

#define CTRLA        0x00u
#define CTRLA_MODE   BITS(4, 2)
#define CTRLA_ENABLE BIT(1)
#define CTRLA_SWRST  BIT(0)
#define CTRLB        0x04u
#define CTRLB_TXEN   BIT(16)
#define BAUD         0x0cu
#define INTEN        0x14u /* INTENCLR in lane 0, INTENSET in lane 2 */
#define INTFLAG      0x18u
#define INTFLAG_TXC  BIT(1)
#define INTFLAG_DRE  BIT(0)
#define DATA         0x28u

enum { MODE_USART_INTERNAL = 1 };

static const struct register_row rows[] = {
	{ CTRLA, 0, UINT32_MAX }, { CTRLB, 0, UINT32_MAX }, { BAUD, 0, BITS(23, 0) },
	{ 0x24, 0, UINT32_MAX }, /* ADDR of other modes */
	{ 0x30, 0, BIT(0) },     /* DBGCTRL */
};

struct sercom {
	struct board *board;
	uint16_t irq;
	struct register_file registers;
	struct board_event frame_end; /* armed while a frame is on the line */
	struct {
		uint8_t inten, intflag;
		uint8_t data, shift;
	} state;
};

static void update_irq(struct sercom *sercom)
{
	board_set_irq(sercom->board, sercom->irq, sercom->state.inten & sercom->state.intflag);
}

/** fBAUD = fREF / 16 * (1 - BAUD / 65536). */
static uint64_t frame_ns(const struct sercom *sercom)
{
	const uint32_t baud = registers_get(&sercom->registers, BAUD) & 0xffff;
	const uint32_t hz = board_clock_hz(sercom->board, CLOCK_APB1);
	const uint64_t scaled = (uint64_t)hz * (65536 - baud) / 16;

	return NS_PER_S * 10 * 65536 / (scaled ? scaled : 1);
}

static void start_frame(struct sercom *sercom, uint8_t data, uint64_t at_ns)
{
	sercom->state.shift = data;
	sercom->state.intflag = INTFLAG_DRE;
	board_arm(sercom->board, &sercom->frame_end, at_ns + frame_ns(sercom));
}

static void frame_ended(void *model)
{
	struct sercom *sercom = model;

	board_output(sercom->board, &sercom->state.shift, 1);
	if (!(sercom->state.intflag & INTFLAG_DRE))
		start_frame(sercom, sercom->state.data, sercom->frame_end.at_ns);
	else
		sercom->state.intflag |= INTFLAG_TXC;
	update_irq(sercom);
}

static bool transmits(const struct sercom *sercom)
{
	const uint32_t ctrla = registers_get(&sercom->registers, CTRLA);

	return ctrla & CTRLA_ENABLE && FIELD_GET(CTRLA_MODE, ctrla) == MODE_USART_INTERNAL &&
	       registers_get(&sercom->registers, CTRLB) & CTRLB_TXEN;
}

static void write_data(struct sercom *sercom, uint8_t value)
{
	if (!transmits(sercom))
		return;
	if (!sercom->frame_end.armed) {
		start_frame(sercom, value, board_now_ns(sercom->board));
		return;
	}
	sercom->state.data = value;
	sercom->state.intflag = 0;
}

static void reset_state(struct sercom *sercom)
{
	board_disarm(sercom->board, &sercom->frame_end);
	registers_reset(&sercom->registers);
	sercom->state.inten = 0;
	sercom->state.intflag = 0;
}

static bool sercom_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct sercom *sercom = model;

	if (access->offset == INTEN)
		*value = sercom->state.inten | (uint32_t)sercom->state.inten << 16;
	else if (access->offset == INTFLAG)
		*value = sercom->state.intflag;
	else
		*value = registers_get(&sercom->registers, access->offset);
	return true;
}

static bool sercom_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct sercom *sercom = model;
	const uint32_t set = value & mask;

	switch (access->offset) {
	case INTEN:
		sercom->state.inten &= (uint8_t)~set;
		sercom->state.inten |= (uint8_t)(set >> 16);
		break;
	case INTFLAG: /* DRE follows the buffer */
		sercom->state.intflag &= (uint8_t) ~(set & ~INTFLAG_DRE);
		break;
	case DATA:
		write_data(sercom, (uint8_t)set);
		break;
	default:
		registers_write(&sercom->registers, access->offset, value, mask);
		if (access->offset == CTRLA && set & CTRLA_SWRST)
			reset_state(sercom);
		/* The buffer is empty as soon as it can be written. */
		if (transmits(sercom) && !sercom->frame_end.armed)
			sercom->state.intflag |= INTFLAG_DRE;
		break;
	}
	update_irq(sercom);
	return true;
}

static void sercom_reset(void *model, enum board_reset kind)
{
	struct sercom *sercom = model;

	(void)kind;
	reset_state(sercom);
	update_irq(sercom);
}

static void sercom_restored(void *model)
{
	update_irq(model);
}

static dapper_status sercom_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct sercom *sercom = xnew(sercom);

	if (!sercom)
		return FAIL_NO_MEMORY("a SERCOM");
	*model = sercom;
	sercom->board = board;
	sercom->irq = config->irq;
	sercom->frame_end = (struct board_event){ .fire = frame_ended, .model = sercom };
	board_registers_init(&sercom->registers, rows, ARRAY_SIZE(rows));
	TRY(KEEP(board, sercom->registers.values));
	TRY(board_keep_event(board, config->name, &sercom->frame_end));
	return KEEP(board, sercom->state);
}

const struct model_class samd21_sercom_class = {
	.name = "SAMD21 SERCOM",
	.create = sercom_create,
	.reset = sercom_reset,
	.restored = sercom_restored,
	.destroy = free,
	.ops = { .read = sercom_read, .write = sercom_write },
};
