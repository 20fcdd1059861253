/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transmitter and receiver of an STM32 USART (RM0090 rev 19, section 30; the newer kind: RM0438
 * rev 7, section 40, registers checked against STM32L552.svd): data and shift register,
 * with the time that a frame takes on the line; each byte goes to the board's output when its frame
 * is over. What is received is taken at any baud rate, with overrun but without noise or parity
 * errors. No DMA, no modem signals, no special modes.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32.h"

/* 30.6.1 to 30.6.7; bits are the same in both kinds, but for UE. */
#define USART_SR_REACK   BIT(22) /* the newer one: RE and TE are acknowledged */
#define USART_SR_TEACK   BIT(21)
#define USART_CR1_M1     BIT(28) /* the newer one */
#define USART_SR_TXE     BIT(7)
#define USART_SR_TC      BIT(6)
#define USART_SR_RXNE    BIT(5)
#define USART_SR_ORE     BIT(3)
#define USART_CR1_OVER8  BIT(15)
#define USART_CR1_M      BIT(12)
#define USART_CR1_PCE    BIT(10)
#define USART_CR1_TXEIE  BIT(7)
#define USART_CR1_TCIE   BIT(6)
#define USART_CR1_RXNEIE BIT(5)
#define USART_CR1_TE     BIT(3)
#define USART_CR1_RE     BIT(2)
#define USART_CR2_STOP   BITS(13, 12)

static const struct register_row old_rows[] = {
	{ 0x08, 0, BITS(15, 0) },                           /* BRR */
	{ 0x0c, 0, BITS(15, 15) | BITS(13, 0) },            /* CR1 */
	{ 0x10, 0, BITS(14, 8) | BITS(6, 5) | BITS(3, 0) }, /* CR2 */
	{ 0x14, 0, BITS(11, 0) },                           /* CR3 */
	{ 0x18, 0, BITS(15, 0) },                           /* GTPR */
};

static const struct register_row new_rows[] = {
	{ 0x00, 0, UINT32_MAX },             /* CR1 */
	{ 0x04, 0, 0xffffff79u },            /* CR2 */
	{ 0x08, 0, 0xffffffffu & ~BIT(16) }, /* CR3 */
	{ 0x0c, 0, BITS(15, 0) },            /* BRR */
	{ 0x10, 0, BITS(15, 0) },            /* GTPR */
	{ 0x14, 0, UINT32_MAX },             /* RTOR */
	{ 0x2c, 0, BITS(3, 0) },             /* PRESC */
};

/** A kind of USART: where its registers are. */
struct usart_kind {
	const struct register_row *rows;
	size_t row_count;
	uint32_t cr1, cr2, brr, sr, rdr, tdr;
	uint32_t icr; /* 0: flags are cleared in SR */
	uint32_t ue;
};

static const struct usart_kind old_kind = {
	.rows = old_rows,
	.row_count = ARRAY_SIZE(old_rows),
	.cr1 = 0x0c,
	.cr2 = 0x10,
	.brr = 0x08,
	.sr = 0x00,
	.rdr = 0x04,
	.tdr = 0x04,
	.ue = BIT(13),
};

static const struct usart_kind new_kind = {
	.rows = new_rows,
	.row_count = ARRAY_SIZE(new_rows),
	.cr1 = 0x00,
	.cr2 = 0x04,
	.brr = 0x0c,
	.sr = 0x1c,
	.rdr = 0x24,
	.tdr = 0x28,
	.icr = 0x20,
	.ue = BIT(0),
};

struct usart {
	struct board *board;
	const struct usart_kind *kind;
	enum board_clock clock;
	uint16_t irq;
	struct register_file registers;
	uint32_t sr; /* TXE, TC, RXNE, ORE */
	uint32_t data, shift;
	uint32_t received;
	bool ore_seen;                /* SR was read with ORE; DR comes next */
	struct board_event frame_end; /* armed while a frame is on the line */
};

static void update_irq(const struct usart *usart)
{
	const uint32_t cr1 = registers_get(&usart->registers, usart->kind->cr1);
	const bool empty = cr1 & USART_CR1_TXEIE && usart->sr & USART_SR_TXE;
	const bool complete = cr1 & USART_CR1_TCIE && usart->sr & USART_SR_TC;
	const bool received = cr1 & USART_CR1_RXNEIE && usart->sr & (USART_SR_RXNE | USART_SR_ORE);

	board_set_irq(usart->board, usart->irq, empty || complete || received);
}

/** Clock cycles of a bit: 16 (or 8) * USARTDIV (30.3.4). */
static uint32_t bit_clocks(const struct usart *usart)
{
	const uint32_t brr = registers_get(&usart->registers, usart->kind->brr);
	uint32_t clocks = brr;

	if (registers_get(&usart->registers, usart->kind->cr1) & USART_CR1_OVER8)
		clocks = (brr >> 4) * 8 + (brr & 7);
	return clocks ? clocks : 1;
}

static uint64_t frame_ns(const struct usart *usart)
{
	/* In half bits: 1, 0.5, 2, 1.5 (30.6.5). */
	static const unsigned stop_half_bits[] = { 2, 1, 4, 3 };
	const uint32_t cr1 = registers_get(&usart->registers, usart->kind->cr1);
	const uint32_t cr2 = registers_get(&usart->registers, usart->kind->cr2);
	const bool is_short = usart->kind == &new_kind && cr1 & USART_CR1_M1;
	const unsigned bits = is_short ? 7 : cr1 & USART_CR1_M ? 9 : 8;
	const uint64_t half_bits = 2 * (1 + bits) + stop_half_bits[FIELD_GET(USART_CR2_STOP, cr2)];

	return half_bits * bit_clocks(usart) * (NS_PER_S / 2) /
	       board_clock_hz(usart->board, usart->clock);
}

static void start_frame(struct usart *usart, uint32_t data, uint64_t at_ns)
{
	usart->shift = data;
	usart->sr |= USART_SR_TXE;
	usart->sr &= ~USART_SR_TC;
	board_arm(usart->board, &usart->frame_end, at_ns + frame_ns(usart));
}

static void frame_ended(void *model)
{
	struct usart *usart = model;
	const uint32_t cr1 = registers_get(&usart->registers, usart->kind->cr1);
	/* With parity and 8 bits, the parity bit replaces the data's MSB (30.3.7). */
	const bool has_7_bits = cr1 & USART_CR1_PCE && !(cr1 & USART_CR1_M);
	const uint8_t byte = (uint8_t)(usart->shift & (has_7_bits ? 0x7f : 0xff));

	board_output(usart->board, &byte, 1);
	if (!(usart->sr & USART_SR_TXE))
		start_frame(usart, usart->data, usart->frame_end.at_ns);
	else
		usart->sr |= USART_SR_TC;
	update_irq(usart);
}

static void write_data(struct usart *usart, uint32_t value)
{
	const uint32_t on = usart->kind->ue | USART_CR1_TE;

	if ((registers_get(&usart->registers, usart->kind->cr1) & on) != on)
		return;
	if (!usart->frame_end.armed) {
		start_frame(usart, value, board_now_ns(usart->board));
		return;
	}
	/* Written over when it was still full, as on silicon. */
	usart->data = value;
	usart->sr &= ~(USART_SR_TXE | USART_SR_TC);
}

static void receive(void *model, uint8_t byte)
{
	struct usart *usart = model;
	const uint32_t on = usart->kind->ue | USART_CR1_RE;

	if ((registers_get(&usart->registers, usart->kind->cr1) & on) != on)
		return;
	if (usart->sr & USART_SR_RXNE) {
		usart->sr |= USART_SR_ORE; /* DR keeps the older byte (30.3.3, "Overrun error") */
	} else {
		usart->received = byte;
		usart->sr |= USART_SR_RXNE;
	}
	update_irq(usart);
}

/* "Cleared by a software sequence": SR, then DR (30.6.1). */
static uint32_t read_data(struct usart *usart)
{
	usart->sr &= ~USART_SR_RXNE;
	if (usart->ore_seen)
		usart->sr &= ~USART_SR_ORE;
	usart->ore_seen = false;
	update_irq(usart);
	return usart->received;
}

static uint32_t read_status(struct usart *usart)
{
	const uint32_t cr1 = registers_get(&usart->registers, usart->kind->cr1);
	uint32_t value = usart->sr;

	usart->ore_seen = !usart->kind->icr && usart->sr & USART_SR_ORE;
	if (usart->kind == &new_kind && cr1 & usart->kind->ue)
		value |= FIELD_PREP(USART_SR_TEACK, (cr1 & USART_CR1_TE) != 0) |
		         FIELD_PREP(USART_SR_REACK, (cr1 & USART_CR1_RE) != 0);
	return value;
}

static bool usart_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct usart *usart = model;

	if (access->offset == usart->kind->sr)
		*value = read_status(usart);
	else if (access->offset == usart->kind->rdr)
		*value = read_data(usart);
	else
		*value = registers_get(&usart->registers, access->offset);
	return true;
}

/* SR is rc_w0 (30.6.1); with ICR it is read-only. */
static void clear_flags(struct usart *usart, uint32_t offset, uint32_t value)
{
	if (usart->kind->icr == 0)
		usart->sr &= value | ~(USART_SR_TC | USART_SR_RXNE);
	else if (offset == usart->kind->icr)
		usart->sr &= ~(value & (USART_SR_TC | USART_SR_ORE));
}

static bool usart_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct usart *usart = model;
	const struct usart_kind *kind = usart->kind;

	if (access->offset == kind->sr || (kind->icr && access->offset == kind->icr))
		clear_flags(usart, access->offset, value);
	else if (access->offset == kind->tdr)
		write_data(usart, value & BITS(8, 0));
	else
		registers_write(&usart->registers, access->offset, value, mask);
	update_irq(usart);
	return true;
}

static void usart_reset(void *model, enum board_reset kind)
{
	struct usart *usart = model;

	(void)kind;
	board_disarm(usart->board, &usart->frame_end);
	registers_reset(&usart->registers);
	usart->sr = USART_SR_TXE | USART_SR_TC;
	usart->received = 0;
	usart->ore_seen = false;
	update_irq(usart);
}

static dapper_status create(struct board *board, const struct model_config *config,
	const struct usart_kind *kind, void **model)
{
	const struct stm32_usart_config *usart_config = config->data;
	struct usart *usart = xnew(usart);

	if (!usart)
		return FAIL_NO_MEMORY("a USART");
	usart->board = board;
	usart->kind = kind;
	usart->clock = usart_config->clock;
	usart->irq = config->irq;
	usart->frame_end = (struct board_event){ .fire = frame_ended, .model = usart };
	board_registers_init(&usart->registers, kind->rows, kind->row_count);
	if (board_listen_input(board, receive, usart) != DAPPER_OK) {
		free(usart);
		return DAPPER_ERR_LIMIT;
	}
	*model = usart;
	TRY(board_keep(
		board, config->name, usart->registers.values, sizeof(usart->registers.values)));
	TRY(KEEP(board, usart->sr));
	TRY(KEEP(board, usart->data));
	TRY(KEEP(board, usart->shift));
	TRY(KEEP(board, usart->received));
	TRY(KEEP(board, usart->ore_seen));
	return board_keep_event(board, "USART frame", &usart->frame_end);
}

static dapper_status usart_create(
	struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &old_kind, model);
}

static dapper_status usart2_create(
	struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &new_kind, model);
}

static const struct model_field stm32_usart_fields[] = {
	{ "clock", FIELD_WORD, offsetof(struct stm32_usart_config, clock), true,
		.words = board_clock_words },
	{ NULL },
};

const struct model_class stm32_usart_class = {
	.name = "STM32 USART",
	.create = usart_create,
	.reset = usart_reset,
	.destroy = free,
	.ops = { .read = usart_read, .write = usart_write },
	.fields = stm32_usart_fields,
	.config_size = sizeof(struct stm32_usart_config),
};

const struct model_class stm32_usart2_class = {
	.name = "STM32 USART, the newer kind",
	.create = usart2_create,
	.reset = usart_reset,
	.destroy = free,
	.ops = { .read = usart_read, .write = usart_write },
	.fields = stm32_usart_fields,
	.config_size = sizeof(struct stm32_usart_config),
};
