/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transmitters of UART and UARTE, which share a window; ENABLE chooses (nRF52840 PS v1.7, 6.33
 * and 6.34). A byte goes to the board's output when its frame is over. UART: one byte at a time,
 * written to TXD after STARTTX, TXDRDY after each. UARTE: TXD.MAXCNT bytes of RAM at TXD.PTR, read
 * when each is sent; ENDTX at the end. No receiver: nobody sends. No flow control (CTS is taken for
 * active).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/nrf52.h"
#include "vboard/models/nrf_events.h"

#define TASKS_STARTRX 0x000u
#define TASKS_STOPRX  0x004u
#define TASKS_STARTTX 0x008u
#define TASKS_STOPTX  0x00cu
#define TASKS_SUSPEND 0x01cu

#define EVENTS_CTS       0x100u
#define EVENTS_NCTS      0x104u
#define EVENTS_RXDRDY    0x108u
#define EVENTS_ENDRX     0x110u
#define EVENTS_TXDRDY    0x11cu
#define EVENTS_ENDTX     0x120u
#define EVENTS_ERROR     0x124u
#define EVENTS_RXTO      0x144u
#define EVENTS_RXSTARTED 0x14cu
#define EVENTS_TXSTARTED 0x150u
#define EVENTS_TXSTOPPED 0x158u

#define UART_SHORTS        0x200u
#define UART_ERRORSRC      0x480u
#define UART_ENABLE        0x500u
#define UART_PSEL_RTS      0x508u
#define UART_PSEL_TXD      0x50cu
#define UART_PSEL_CTS      0x510u
#define UART_PSEL_RXD      0x514u
#define UART_TXD           0x51cu
#define UART_BAUDRATE      0x524u
#define UARTE_RXD_PTR      0x534u
#define UARTE_RXD_MAXCNT   0x538u
#define UARTE_TXD_PTR      0x544u
#define UARTE_TXD_MAXCNT   0x548u
#define UARTE_TXD_AMOUNT   0x54cu
#define UART_CONFIG        0x56cu
#define UART_CONFIG_STOP   BIT(4)
#define UART_CONFIG_PARITY BITS(3, 1)

/* Values of ENABLE */
enum { ENABLE_UART = 4, ENABLE_UARTE = 8 };

#define PSEL_RESET UINT32_MAX /* disconnected */

static const struct register_row rows[] = {
	{ UART_SHORTS, 0, BITS(6, 3) },
	{ UART_ENABLE, 0, BITS(3, 0) },
	{ UART_PSEL_RTS, PSEL_RESET, UINT32_MAX },
	{ UART_PSEL_TXD, PSEL_RESET, UINT32_MAX },
	{ UART_PSEL_CTS, PSEL_RESET, UINT32_MAX },
	{ UART_PSEL_RXD, PSEL_RESET, UINT32_MAX },
	{ UART_BAUDRATE, 0x04000000, UINT32_MAX },
	{ UARTE_RXD_PTR, 0, UINT32_MAX },
	{ UARTE_RXD_MAXCNT, 0, BITS(15, 0) },
	{ UARTE_TXD_PTR, 0, UINT32_MAX },
	{ UARTE_TXD_MAXCNT, 0, BITS(15, 0) },
	{ UARTE_TXD_AMOUNT, 0, 0 },
	{ UART_CONFIG, 0, BITS(4, 0) },
};

struct uart {
	struct board *board;
	const struct nrf52_uart_config *config;
	struct nrf_events events;
	struct register_file registers;
	bool transmits; /* after STARTTX */
	uint8_t shift;
	bool has_next; /* UART: a byte behind the one on the line */
	uint8_t next;
	uint32_t pointer, left, sent; /* UARTE: the transfer */
	struct board_event frame_end; /* armed while a frame is on the line */
};

static bool is_enabled(const struct uart *uart, uint32_t as)
{
	return registers_get(&uart->registers, UART_ENABLE) == as &&
	       (as != ENABLE_UART || uart->config->has_uart);
}

/* BAUDRATE is the rate in units of 16 MHz / 2^32: 0x01D7E000 for 115200. */
static uint64_t frame_ns(const struct uart *uart)
{
	const uint32_t config = registers_get(&uart->registers, UART_CONFIG);
	const uint64_t bits =
		10u + (config & UART_CONFIG_PARITY ? 1 : 0) + (config & UART_CONFIG_STOP ? 1 : 0);
	uint64_t hz = (uint64_t)registers_get(&uart->registers, UART_BAUDRATE) * 16000000 >> 32;

	return bits * NS_PER_S / (hz ? hz : 1);
}

static void start_frame(struct uart *uart, uint8_t byte, uint64_t at_ns)
{
	uart->shift = byte;
	board_arm(uart->board, &uart->frame_end, at_ns + frame_ns(uart));
}

/* --- UARTE ----------------------------------------------------------------------------------- */

/** EasyDMA reaches RAM only; elsewhere it reads nothing good. */
static uint8_t dma_byte(const struct uart *uart, uint32_t address)
{
	if (address - uart->config->ram_base >= uart->config->ram_size)
		return 0;
	return (uint8_t)(board_peek(uart->board, address & ~3u) >> 8 * (address & 3));
}

static void dma_next(struct uart *uart, uint64_t at_ns)
{
	if (uart->left > 0) {
		start_frame(uart, dma_byte(uart, uart->pointer), at_ns);
		uart->pointer++;
		uart->left--;
		return;
	}
	registers_set(&uart->registers, UARTE_TXD_AMOUNT, uart->sent);
	nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_ENDTX));
}

static void dma_start(struct uart *uart)
{
	if (uart->frame_end.armed)
		return;
	uart->pointer = registers_get(&uart->registers, UARTE_TXD_PTR);
	uart->left = registers_get(&uart->registers, UARTE_TXD_MAXCNT);
	uart->sent = 0;
	nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_TXSTARTED));
	dma_next(uart, board_now_ns(uart->board));
}

/* The byte on the line is finished, the others are not sent. */
static void dma_stop(struct uart *uart)
{
	uart->left = 0;
	if (!uart->frame_end.armed)
		nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_TXSTOPPED));
}

/* --- UART ------------------------------------------------------------------------------------ */

static void write_txd(struct uart *uart, uint8_t byte)
{
	if (!uart->transmits || !is_enabled(uart, ENABLE_UART))
		return;
	if (!uart->frame_end.armed) {
		start_frame(uart, byte, board_now_ns(uart->board));
		return;
	}
	uart->has_next = true;
	uart->next = byte;
}

/* --- both ------------------------------------------------------------------------------------ */

static void frame_ended(void *model)
{
	struct uart *uart = model;
	const uint64_t at_ns = uart->frame_end.at_ns;

	board_output(uart->board, &uart->shift, 1);
	nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_TXDRDY));
	if (is_enabled(uart, ENABLE_UARTE)) {
		uart->sent++;
		dma_next(uart, at_ns);
		if (!uart->transmits && !uart->frame_end.armed)
			nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_TXSTOPPED));
	} else if (uart->has_next) {
		uart->has_next = false;
		start_frame(uart, uart->next, at_ns);
	}
}

static void run_task(struct uart *uart, uint32_t task)
{
	const bool dma = is_enabled(uart, ENABLE_UARTE);

	if (!dma && !is_enabled(uart, ENABLE_UART))
		return;
	if (task == TASKS_STARTTX) {
		uart->transmits = true;
		if (dma)
			dma_start(uart);
	} else if (task == TASKS_STOPTX || task == TASKS_SUSPEND) {
		uart->transmits = false;
		if (dma)
			dma_stop(uart);
	} else if (task == TASKS_STARTRX && dma) {
		nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_RXSTARTED));
	} else if (task == TASKS_STOPRX) {
		nrf_events_raise(&uart->events, NRF_EVENT(EVENTS_RXTO));
	}
}

static bool uart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct uart *uart = model;

	if (!nrf_events_read(&uart->events, access->offset, value))
		*value = registers_get(&uart->registers, access->offset);
	return true;
}

static bool uart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct uart *uart = model;

	if (nrf_events_write(&uart->events, access->offset, value & mask))
		return true;
	if (access->offset < NRF_EVENTS_BEGIN) {
		if (value & mask & 1)
			run_task(uart, access->offset);
	} else if (access->offset == UART_TXD) {
		write_txd(uart, (uint8_t)value);
	} else {
		registers_write(&uart->registers, access->offset, value, mask);
	}
	return true;
}

static void uart_reset(void *model, enum board_reset kind)
{
	struct uart *uart = model;

	(void)kind;
	board_disarm(uart->board, &uart->frame_end);
	nrf_events_reset(&uart->events);
	registers_reset(&uart->registers);
	uart->transmits = false;
	uart->has_next = false;
	uart->left = 0;
}

static dapper_status uart_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct uart *uart = xnew(uart);

	if (!uart)
		return FAIL_NO_MEMORY("a UART");
	uart->board = board;
	uart->config = config->data;
	uart->events = (struct nrf_events){
		.board = board,
		.irq = config->irq,
		.present = NRF_EVENT(EVENTS_CTS) | NRF_EVENT(EVENTS_NCTS) |
		           NRF_EVENT(EVENTS_RXDRDY) | NRF_EVENT(EVENTS_ENDRX) |
		           NRF_EVENT(EVENTS_TXDRDY) | NRF_EVENT(EVENTS_ENDTX) |
		           NRF_EVENT(EVENTS_ERROR) | NRF_EVENT(EVENTS_RXTO) |
		           NRF_EVENT(EVENTS_RXSTARTED) | NRF_EVENT(EVENTS_TXSTARTED) |
		           NRF_EVENT(EVENTS_TXSTOPPED),
	};
	uart->frame_end = (struct board_event){ .fire = frame_ended, .model = uart };
	board_registers_init(&uart->registers, rows, ARRAY_SIZE(rows));
	*model = uart;
	TRY(board_keep(
		board, config->name, uart->registers.values, sizeof(uart->registers.values)));
	TRY(KEEP(board, uart->transmits));
	TRY(KEEP(board, uart->shift));
	TRY(KEEP(board, uart->has_next));
	TRY(KEEP(board, uart->next));
	TRY(KEEP(board, uart->pointer));
	TRY(KEEP(board, uart->left));
	TRY(KEEP(board, uart->sent));
	TRY(nrf_events_keep(&uart->events));
	return board_keep_event(board, "UART frame", &uart->frame_end);
}

static const struct model_field nrf52_uart_fields[] = {
	{ "uart", FIELD_BOOL, offsetof(struct nrf52_uart_config, has_uart) },
	{ "ram-base", FIELD_U32, offsetof(struct nrf52_uart_config, ram_base), true },
	{ "ram-size", FIELD_U32, offsetof(struct nrf52_uart_config, ram_size), true },
	{ NULL },
};

const struct model_class nrf52_uart_class = {
	.name = "nRF52 UART",
	.create = uart_create,
	.reset = uart_reset,
	.destroy = free,
	.ops = { .read = uart_read, .write = uart_write },
	.fields = nrf52_uart_fields,
	.config_size = sizeof(struct nrf52_uart_config),
};
