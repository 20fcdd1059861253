/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UART of an RP2040 (datasheet 4.2; an Arm PL011, DDI 0183): the transmitter. What is written comes
 * out at once: the FIFO never fills. Nothing is received.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/rp2040.h"

#define UARTDR   0x00u
#define UARTFR   0x18u
#define UARTCR   0x30u
#define UARTIMSC 0x38u
#define UARTRIS  0x3cu
#define UARTMIS  0x40u
#define UARTICR  0x44u
#define FR_RXFE  BIT(4)
#define FR_TXFE  BIT(7)
#define CR_ON    (BIT(0) | BIT(8)) /* UARTEN, TXE */
#define INT_TX   BIT(5)

static const struct register_row rows[] = {
	{ 0x24, 0, BITS(15, 0) },
	{ 0x28, 0, BITS(5, 0) },
	{ 0x2c, 0, BITS(7, 0) },
	{ UARTCR, 0x300, BITS(15, 0) },
	{ 0x34, 0x12, BITS(5, 0) },
	{ UARTIMSC, 0, BITS(10, 0) },
	{ 0x48, 0, BITS(2, 0) },
	{ 0xfe0, 0x11, 0 },
	{ 0xfe4, 0x10, 0 },
	{ 0xfe8, 0x34, 0 },
	{ 0xff0, 0x0d, 0 },
	{ 0xff4, 0xf0, 0 },
	{ 0xff8, 0x05, 0 },
	{ 0xffc, 0xb1, 0 },
};

struct uart {
	struct board *board;
	uint16_t irq;
	struct register_file registers;
	uint32_t raised;
};

static void update_irq(const struct uart *uart)
{
	board_set_irq(
		uart->board, uart->irq, uart->raised & registers_get(&uart->registers, UARTIMSC));
}

static bool uart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct uart *uart = model;
	const uint32_t offset = access->offset & 0xfff;

	if (offset == UARTFR)
		*value = FR_RXFE | FR_TXFE;
	else if (offset == UARTRIS)
		*value = uart->raised;
	else if (offset == UARTMIS)
		*value = uart->raised & registers_get(&uart->registers, UARTIMSC);
	else if (!registers_read(&uart->registers, offset, value))
		*value = 0;
	return true;
}

static bool uart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct uart *uart = model;
	const uint32_t offset = access->offset & 0xfff;
	const uint32_t old = registers_get(&uart->registers, offset);

	value = rp2040_atomic(access->offset, old, value);
	if (offset == UARTDR) {
		const uint8_t byte = (uint8_t)value;

		if ((registers_get(&uart->registers, UARTCR) & CR_ON) == CR_ON) {
			board_output(uart->board, &byte, 1);
			uart->raised |= INT_TX;
		}
	} else if (offset == UARTICR) {
		uart->raised &= ~value;
	} else {
		registers_write(&uart->registers, offset, value, mask);
	}
	update_irq(uart);
	return true;
}

static dapper_status uart_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct uart *uart = xnew(uart);

	if (!uart)
		return FAIL_NO_MEMORY("a UART");
	*model = uart;
	uart->board = board;
	uart->irq = config->irq;
	board_registers_init(&uart->registers, rows, ARRAY_SIZE(rows));
	TRY(board_keep(
		board, config->name, uart->registers.values, sizeof(uart->registers.values)));
	return KEEP(board, uart->raised);
}

static void uart_reset(void *model, enum board_reset kind)
{
	struct uart *uart = model;

	(void)kind;
	registers_reset(&uart->registers);
	uart->raised = 0;
	update_irq(uart);
}

const struct model_class rp2040_uart_class = {
	.name = "rp2040-uart",
	.create = uart_create,
	.reset = uart_reset,
	.destroy = free,
	.ops = { .read = uart_read, .write = uart_write },
};
