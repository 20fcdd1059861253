/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transmitter of a Kinetis UART (K64 RM, chapter 52): data and shift register, with the time
 * that a frame takes on the line; each byte goes to the board's output when its frame is over. No
 * receiver: nobody sends. No FIFO (PFIFO says it has one entry), no DMA, no modem signals.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/kinetis.h"

#define UART_BDH     0x00u
#define UART_BDL     0x01u
#define UART_C1      0x02u
#define UART_C1_M    BIT(4)
#define UART_C2      0x03u
#define UART_C2_TIE  BIT(7)
#define UART_C2_TCIE BIT(6)
#define UART_C2_TE   BIT(3)
#define UART_S1      0x04u
#define UART_S1_TDRE BIT(7)
#define UART_S1_TC   BIT(6)
#define UART_D       0x07u
#define UART_C4      0x0au
#define UART_C4_BRFA BITS(4, 0)

enum { UART_REGISTERS = 0x20 };

struct uart_state {
	uint8_t registers[UART_REGISTERS];
	uint8_t data, shift;
};

struct uart {
	struct board *board;
	enum board_clock clock;
	uint16_t irq;
	struct board_event frame_end; /* armed while a frame is on the line */
	struct uart_state state;
};

static void update_irq(const struct uart *uart)
{
	const uint8_t c2 = uart->state.registers[UART_C2];
	const uint8_t s1 = uart->state.registers[UART_S1];

	board_set_irq(uart->board, uart->irq,
		(c2 & UART_C2_TIE && s1 & UART_S1_TDRE) || (c2 & UART_C2_TCIE && s1 & UART_S1_TC));
}

/** Baud rate: clock / (16 * (SBR + BRFA / 32)). */
static uint64_t frame_ns(const struct uart *uart)
{
	const uint8_t *registers = uart->state.registers;
	const uint32_t sbr = (registers[UART_BDH] & 0x1fu) << 8 | registers[UART_BDL];
	const uint64_t half_clocks = 32 * (uint64_t)sbr + (registers[UART_C4] & UART_C4_BRFA);
	const uint64_t bits = registers[UART_C1] & UART_C1_M ? 11 : 10;
	const uint32_t hz = board_clock_hz(uart->board, uart->clock);

	return bits * (half_clocks ? half_clocks : 1) * (NS_PER_S / 2) / (hz ? hz : 1);
}

static void start_frame(struct uart *uart, uint8_t data, uint64_t at_ns)
{
	uart->state.shift = data;
	uart->state.registers[UART_S1] = UART_S1_TDRE;
	board_arm(uart->board, &uart->frame_end, at_ns + frame_ns(uart));
}

static void frame_ended(void *model)
{
	struct uart *uart = model;

	board_output(uart->board, &uart->state.shift, 1);
	if (!(uart->state.registers[UART_S1] & UART_S1_TDRE))
		start_frame(uart, uart->state.data, uart->frame_end.at_ns);
	else
		uart->state.registers[UART_S1] |= UART_S1_TC;
	update_irq(uart);
}

static void write_data(struct uart *uart, uint8_t value)
{
	if (!(uart->state.registers[UART_C2] & UART_C2_TE))
		return;
	if (!uart->frame_end.armed) {
		start_frame(uart, value, board_now_ns(uart->board));
		return;
	}
	uart->state.data = value;
	uart->state.registers[UART_S1] = 0;
}

static bool uart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct uart *uart = model;

	*value = 0;
	for (unsigned lane = 0; lane < 4; lane++)
		if (access->offset + lane < UART_REGISTERS)
			*value |= (uint32_t)uart->state.registers[access->offset + lane]
			          << 8 * lane;
	return true;
}

static bool uart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct uart *uart = model;

	for (unsigned lane = 0; lane < 4; lane++) {
		const unsigned offset = access->offset + lane;
		const uint8_t byte = (uint8_t)(value >> 8 * lane);

		if (!(mask >> 8 * lane & 0xff) || offset >= UART_REGISTERS || offset == UART_S1)
			continue;
		if (offset == UART_D)
			write_data(uart, byte);
		else
			uart->state.registers[offset] = byte;
	}
	update_irq(uart);
	return true;
}

static void uart_reset(void *model, enum board_reset kind)
{
	struct uart *uart = model;

	(void)kind;
	board_disarm(uart->board, &uart->frame_end);
	uart->state = (struct uart_state){
		.registers = { [UART_BDL] = 4, [UART_S1] = UART_S1_TDRE | UART_S1_TC }
	};
	update_irq(uart);
}

static dapper_status uart_create(
	struct board *board, const struct model_config *config, void **model)
{
	const struct kinetis_uart_config *uart_config = config->data;
	struct uart *uart = xnew(uart);

	if (!uart)
		return FAIL_NO_MEMORY("a UART");
	*model = uart;
	uart->board = board;
	uart->clock = uart_config->clock;
	uart->irq = config->irq;
	uart->frame_end = (struct board_event){ .fire = frame_ended, .model = uart };
	TRY(board_keep_event(board, config->name, &uart->frame_end));
	return board_keep(board, config->name, &uart->state, sizeof(uart->state));
}

static const struct model_field fields[] = {
	{ "clock", FIELD_WORD, offsetof(struct kinetis_uart_config, clock), true,
		.words = board_clock_words },
	{ NULL },
};

static void uart_restored(void *model)
{
	update_irq(model);
}

const struct model_class kinetis_uart_class = {
	.name = "Kinetis UART",
	.create = uart_create,
	.reset = uart_reset,
	.restored = uart_restored,
	.destroy = free,
	.ops = { .read = uart_read, .write = uart_write },
	.fields = fields,
	.config_size = sizeof(struct kinetis_uart_config),
};
