/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transmitter of the CMSDK APB UART (DDI 0479C, 3.4): a buffer of one byte and a shift register,
 * 8 bits, no parity, one stop bit, a bit lasts BAUDDIV clocks. The manual was not at hand: offsets,
 * bits and reset values are from memory of it and agree with QEMU's hw/char/cmsdk-apb-uart.c.
 *
 * High-speed test mode (CTRL[6]): a byte takes a clock. No receiver: nobody sends.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/cmsdk.h"

#define UART_DATA            0x000u
#define UART_STATE           0x004u
#define UART_STATE_TX_OVER   BIT(2)
#define UART_STATE_TX_FULL   BIT(0)
#define UART_CTRL            0x008u
#define UART_CTRL_HIGH_SPEED BIT(6)
#define UART_CTRL_TX_INT     BIT(2)
#define UART_CTRL_TX_ENABLE  BIT(0)
#define UART_CTRL_WRITABLE   BITS(6, 0)
#define UART_INTSTATUS       0x00cu /* and INTCLEAR */
#define UART_INT_TX_OVER     BIT(2)
#define UART_INT_TX          BIT(0)
#define UART_BAUDDIV         0x010u
#define UART_BAUDDIV_MIN     16u
#define UART_PIDR4           0xfd0u

enum { FRAME_BITS = 10 };

struct uart {
	struct board *board;
	const struct cmsdk_uart_config *config;
	uint16_t irq;
	struct board_event frame_end; /* armed while a byte is on the line */
	struct uart_state {
		uint32_t ctrl, bauddiv;
		uint32_t state;  /* TX_FULL and TX_OVER */
		uint32_t raised; /* INTSTATUS */
		uint8_t data, shift;
	} s;
};

static const uint8_t ids[] = { 0x04, 0, 0, 0, 0x21, 0xb8, 0x1b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

static void update_irq(const struct uart *uart)
{
	board_set_irq(uart->board, uart->irq, uart->s.raised & UART_INT_TX);
}

static uint64_t frame_ns(const struct uart *uart)
{
	const uint64_t clocks =
		uart->s.ctrl & UART_CTRL_HIGH_SPEED ? 1 : (uint64_t)FRAME_BITS * uart->s.bauddiv;

	return clocks * NS_PER_S / board_clock_hz(uart->board, uart->config->clock) + 1;
}

static void start_frame(struct uart *uart, uint64_t at_ns)
{
	uart->s.shift = uart->s.data;
	uart->s.state &= ~UART_STATE_TX_FULL;
	/* The interrupt says that the buffer has room again. */
	if (uart->s.ctrl & UART_CTRL_TX_INT)
		uart->s.raised |= UART_INT_TX;
	board_arm(uart->board, &uart->frame_end, at_ns + frame_ns(uart));
	update_irq(uart);
}

static void frame_ended(void *model)
{
	struct uart *uart = model;

	board_output(uart->board, &uart->s.shift, 1);
	if (uart->s.state & UART_STATE_TX_FULL)
		start_frame(uart, uart->frame_end.at_ns);
}

/* Below 16 there are no bits on the line (3.4.2). */
static bool can_send(const struct uart *uart)
{
	return uart->s.ctrl & UART_CTRL_TX_ENABLE &&
	       (uart->s.bauddiv >= UART_BAUDDIV_MIN || uart->s.ctrl & UART_CTRL_HIGH_SPEED);
}

static void write_data(struct uart *uart, uint32_t value)
{
	if (uart->s.state & UART_STATE_TX_FULL) {
		uart->s.state |= UART_STATE_TX_OVER;
		return;
	}
	uart->s.data = (uint8_t)value;
	uart->s.state |= UART_STATE_TX_FULL;
	if (can_send(uart) && !uart->frame_end.armed)
		start_frame(uart, board_now_ns(uart->board));
}

static bool uart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct uart *uart = model;

	*value = 0;
	if (access->offset == UART_STATE)
		*value = uart->s.state;
	else if (access->offset == UART_CTRL)
		*value = uart->s.ctrl;
	else if (access->offset == UART_INTSTATUS)
		*value = uart->s.raised;
	else if (access->offset == UART_BAUDDIV)
		*value = uart->s.bauddiv;
	else if (access->offset >= UART_PIDR4)
		*value = ids[(access->offset - UART_PIDR4) / 4];
	return true;
}

static bool uart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct uart *uart = model;

	(void)mask;
	if (access->offset == UART_DATA)
		write_data(uart, value);
	else if (access->offset == UART_STATE)
		uart->s.state &= ~(value & UART_STATE_TX_OVER);
	else if (access->offset == UART_CTRL)
		uart->s.ctrl = value & UART_CTRL_WRITABLE;
	else if (access->offset == UART_INTSTATUS)
		uart->s.raised &= ~value;
	else if (access->offset == UART_BAUDDIV)
		uart->s.bauddiv = value & BITS(19, 0);
	if (uart->s.state & UART_STATE_TX_FULL && can_send(uart) && !uart->frame_end.armed)
		start_frame(uart, board_now_ns(uart->board));
	update_irq(uart);
	return true;
}

static void uart_reset(void *model, enum board_reset kind)
{
	struct uart *uart = model;

	(void)kind;
	board_disarm(uart->board, &uart->frame_end);
	uart->s = (struct uart_state){ .ctrl = 0 };
	update_irq(uart);
}

static dapper_status uart_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct uart *uart = xnew(uart);

	if (!uart)
		return FAIL_NO_MEMORY("a UART");
	*model = uart; /* the board ends it, whatever comes */
	uart->board = board;
	uart->config = config->data;
	uart->irq = config->irq;
	uart->frame_end = (struct board_event){ .fire = frame_ended, .model = uart };
	if (config->size > 0x1000)
		return model_invalid(config, "a UART has a window of at most 4 KB");
	TRY(board_keep_event(board, config->name, &uart->frame_end));
	return board_keep(board, config->name, &uart->s, sizeof(uart->s));
}

static const struct model_field uart_fields[] = {
	{ "clock", FIELD_WORD, offsetof(struct cmsdk_uart_config, clock),
		.words = board_clock_words },
	{ NULL },
};

const struct model_class cmsdk_uart_class = {
	.name = "CMSDK UART",
	.create = uart_create,
	.reset = uart_reset,
	.destroy = free,
	.ops = { .read = uart_read, .write = uart_write },
	.fields = uart_fields,
	.config_size = sizeof(struct cmsdk_uart_config),
};
