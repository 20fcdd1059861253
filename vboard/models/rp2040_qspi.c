/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to the flash chip of an RP2040: SSI (datasheet 4.10), the execute-in-place window in
 * front of it (2.6.3), and the pad that can override its chip select (2.19.6.2, IO_QSPI).
 *
 * - Each frame takes its time on the wire; the chip is selected while there is something to send,
 *   unless the pad says otherwise.
 * - A read of the window is a transaction as SPI_CTRLR0 says. Whether it gets what the chip holds
 *   depends on the mode that the chip is in: where it does, the core sees the contents directly.
 * - The window's cache is not modelled: reads are always of what the chip holds now. Nor are DMA,
 *   interrupts, streaming, DDR and the wait states of the window.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/error.h"
#include "vboard/models/rp2040.h"

/* 4.10.13. */
#define SSI_CTRLR0     0x00u
#define SSI_CTRLR1     0x04u
#define SSI_SSIENR     0x08u
#define SSI_SER        0x10u
#define SSI_BAUDR      0x14u
#define SSI_TXFLR      0x20u
#define SSI_RXFLR      0x24u
#define SSI_SR         0x28u
#define SSI_IDR        0x58u
#define SSI_VERSION    0x5cu
#define SSI_DR0        0x60u
#define SSI_DR_END     0xf0u
#define SSI_SPI_CTRLR0 0xf4u

#define CTRLR0_SPI_FRF       BITS(22, 21)
#define CTRLR0_DFS_32        BITS(20, 16)
#define CTRLR0_TMOD          BITS(9, 8)
#define CTRLR1_NDF           BITS(15, 0)
#define SPI_CTRLR0_XIP_CMD   BITS(31, 24)
#define SPI_CTRLR0_WAIT      BITS(15, 11)
#define SPI_CTRLR0_INST_L    BITS(9, 8)
#define SPI_CTRLR0_ADDR_L    BITS(5, 2)
#define SPI_CTRLR0_TRANSTYPE BITS(1, 0)
#define SR_BUSY              BIT(0)
#define SR_TFNF              BIT(1)
#define SR_TFE               BIT(2)
#define SR_RFNE              BIT(3)
#define SR_RFF               BIT(4)

enum { TMOD_TX_AND_RX, TMOD_TX, TMOD_RX, TMOD_EEPROM };
enum { TRANS_1C1A, TRANS_1C2A, TRANS_2C2A };
enum {
	FIFO_DEPTH = 16,
	FLASH_WINDOW = 0x10000000,
	WINDOW_SIZE = 0x04000000,
	XIP_CTRL = 0x14000000,
	IO_QSPI = 0x40018000,
	IO_QSPI_SIZE = 0x4000,
	IO_QSPI_REGISTERS = 0x58 / 4
};

/* IO_QSPI: GPIO_QSPI_SS_CTRL.OUTOVER. */
#define SS_CTRL         3u /* word */
#define SS_CTRL_OUTOVER BITS(9, 8)
enum { OUTOVER_NORMAL, OUTOVER_INVERT, OUTOVER_LOW, OUTOVER_HIGH };

static const struct register_row ssi_rows[] = {
	{ SSI_CTRLR0, 0, 0x01ffffff },
	{ SSI_CTRLR1, 0, 0x0000ffff },
	{ SSI_SSIENR, 0, 1 },
	{ 0x0c, 0, 7 },
	{ SSI_SER, 0, 1 },
	{ SSI_BAUDR, 0, 0x0000fffe },
	{ 0x18, 0, 0xff },
	{ 0x1c, 0, 0xff },
	{ 0x2c, 0, 0x3f },
	{ 0x4c, 0, 3 },
	{ 0x50, 0, 0xff },
	{ 0x54, 0, 0xff },
	{ SSI_IDR, 0x51535049, 0 },
	{ SSI_VERSION, 0x3430312a, 0 },
	{ 0xf0, 0, 0xff },
	{ SSI_SPI_CTRLR0, 0x03000000, 0xff07fb3f },
	{ 0xf8, 0, 0xff },
};

/** 2.6.3.6. The counters stay 0. */
static const struct register_row xip_rows[] = { { 0x00, 3, 0xb }, { 0x04, 0, 0 }, { 0x08, 2, 0 },
	{ 0x0c, 0, 0 }, { 0x10, 0, 0 } };

/* What a snapshot keeps. */
struct qspi_state {
	uint32_t tx[FIFO_DEPTH], rx[FIFO_DEPTH];
	uint32_t tx_count, rx_count;
	uint64_t shift_end_ns; /* of the frame that is being shifted */
	bool shifting;
	bool selected;  /* by the SSI itself */
	bool level;     /* CS# is low */
	uint32_t phase; /* frames sent since it was selected: instruction, address */
	uint32_t pads[IO_QSPI_REGISTERS];
};

struct qspi {
	struct board *board;
	struct qspi_nor *nor;
	struct register_file ssi, xip;
	struct qspi_state state;
};

/* --- the pins -------------------------------------------------------------------------------- */

static void drive_select(struct qspi *qspi)
{
	bool level = qspi->state.selected;

	switch (FIELD_GET(SS_CTRL_OUTOVER, qspi->state.pads[SS_CTRL])) {
	case OUTOVER_INVERT:
		level = !level;
		break;
	case OUTOVER_LOW:
		level = true;
		break;
	case OUTOVER_HIGH:
		level = false;
		break;
	default:
		break;
	}
	if (level == qspi->state.level)
		return;
	qspi->state.level = level;
	qspi->state.phase = 0;
	qspi_nor_select(qspi->nor, level);
}

static unsigned frame_bits(const struct qspi *qspi)
{
	return FIELD_GET(CTRLR0_DFS_32, registers_get(&qspi->ssi, SSI_CTRLR0)) + 1;
}

static unsigned data_lanes(const struct qspi *qspi)
{
	return 1u << FIELD_GET(CTRLR0_SPI_FRF, registers_get(&qspi->ssi, SSI_CTRLR0));
}

static void send_bits(struct qspi *qspi, uint32_t value, unsigned bits, unsigned lanes)
{
	for (; bits >= 8; bits -= 8)
		qspi_nor_send(qspi->nor, (uint8_t)(value >> (bits - 8)), lanes);
}

static uint32_t receive_bits(struct qspi *qspi, unsigned bits, unsigned lanes)
{
	uint32_t value = 0;

	for (; bits >= 8; bits -= 8)
		value = value << 8 | qspi_nor_receive(qspi->nor, lanes);
	return value;
}

/* --- frames ---------------------------------------------------------------------------------- */

static void push_rx(struct qspi *qspi, uint32_t frame)
{
	if (qspi->state.rx_count < FIFO_DEPTH)
		qspi->state.rx[qspi->state.rx_count++] = frame;
}

static unsigned instruction_bits(uint32_t control)
{
	static const uint8_t bits[] = { 0, 4, 8, 16 };

	return bits[FIELD_GET(SPI_CTRLR0_INST_L, control)];
}

/* In the enhanced formats the frames of a transaction are: instruction, address, then data. */
static void shift_enhanced(struct qspi *qspi, uint32_t frame)
{
	const uint32_t control = registers_get(&qspi->ssi, SSI_SPI_CTRLR0);
	const uint32_t transfer = FIELD_GET(SPI_CTRLR0_TRANSTYPE, control);
	const unsigned lanes = data_lanes(qspi);
	const unsigned instruction = instruction_bits(control);

	if (qspi->state.phase == 0 && instruction == 0)
		qspi->state.phase = 1;
	if (qspi->state.phase == 0) {
		send_bits(qspi, frame, instruction, transfer == TRANS_2C2A ? lanes : 1);
	} else if (qspi->state.phase == 1) {
		send_bits(qspi, frame, FIELD_GET(SPI_CTRLR0_ADDR_L, control) * 4,
			transfer == TRANS_1C1A ? 1 : lanes);
		qspi_nor_idle(qspi->nor, FIELD_GET(SPI_CTRLR0_WAIT, control));
	} else {
		send_bits(qspi, frame, frame_bits(qspi), lanes);
	}
	qspi->state.phase++;
}

static void shift_plain(struct qspi *qspi, uint32_t frame)
{
	uint32_t received = 0;

	for (unsigned bits = frame_bits(qspi); bits >= 8; bits -= 8)
		received = received << 8 |
		           qspi_nor_exchange(qspi->nor, (uint8_t)(frame >> (bits - 8)));
	if (FIELD_GET(CTRLR0_TMOD, registers_get(&qspi->ssi, SSI_CTRLR0)) == TMOD_TX_AND_RX)
		push_rx(qspi, received);
	qspi->state.phase++;
}

/* After what was sent, so many frames come in. */
static void receive_frames(struct qspi *qspi)
{
	const uint32_t tmod = FIELD_GET(CTRLR0_TMOD, registers_get(&qspi->ssi, SSI_CTRLR0));
	uint32_t count = FIELD_GET(CTRLR1_NDF, registers_get(&qspi->ssi, SSI_CTRLR1)) + 1;

	if (tmod != TMOD_RX && tmod != TMOD_EEPROM)
		return;
	for (; count && qspi->state.rx_count < FIFO_DEPTH; count--)
		push_rx(qspi, receive_bits(qspi, frame_bits(qspi), data_lanes(qspi)));
}

static uint64_t frame_ns(const struct qspi *qspi)
{
	const uint32_t divider = registers_get(&qspi->ssi, SSI_BAUDR);

	return (uint64_t)frame_bits(qspi) * (divider ? divider : 2) * NS_PER_S /
	       board_clock_hz(qspi->board, CLOCK_CORE);
}

static void shift_one(struct qspi *qspi)
{
	const uint32_t frame = qspi->state.tx[0];

	memmove(qspi->state.tx, qspi->state.tx + 1, (FIFO_DEPTH - 1) * sizeof(*qspi->state.tx));
	qspi->state.tx_count--;
	if (data_lanes(qspi) > 1)
		shift_enhanced(qspi, frame);
	else
		shift_plain(qspi, frame);
}

/* All frames that are over by now. */
static void settle(struct qspi *qspi)
{
	const uint64_t now = board_now_ns(qspi->board);

	while (qspi->state.shifting && qspi->state.shift_end_ns <= now) {
		shift_one(qspi);
		if (qspi->state.tx_count) {
			qspi->state.shift_end_ns += frame_ns(qspi);
			continue;
		}
		receive_frames(qspi);
		qspi->state.shifting = false;
		qspi->state.selected = false;
		drive_select(qspi);
	}
}

static bool is_enabled(const struct qspi *qspi)
{
	return registers_get(&qspi->ssi, SSI_SSIENR) & 1;
}

static void push_tx(struct qspi *qspi, uint32_t frame)
{
	if (!is_enabled(qspi) || qspi->state.tx_count == FIFO_DEPTH)
		return;
	qspi->state.tx[qspi->state.tx_count++] = frame;
	if (qspi->state.shifting || !registers_get(&qspi->ssi, SSI_SER))
		return;
	qspi->state.shifting = true;
	qspi->state.shift_end_ns = board_now_ns(qspi->board) + frame_ns(qspi);
	qspi->state.selected = true;
	drive_select(qspi);
}

static uint32_t pop_rx(struct qspi *qspi)
{
	const uint32_t frame = qspi->state.rx[0];

	if (!qspi->state.rx_count)
		return 0;
	memmove(qspi->state.rx, qspi->state.rx + 1, (FIFO_DEPTH - 1) * sizeof(*qspi->state.rx));
	qspi->state.rx_count--;
	return frame;
}

/* --- execute in place ------------------------------------------------------------------------- */

static uint32_t window_word(struct qspi *qspi, uint32_t address)
{
	const uint32_t control = registers_get(&qspi->ssi, SSI_SPI_CTRLR0);
	const uint32_t transfer = FIELD_GET(SPI_CTRLR0_TRANSTYPE, control);
	const uint32_t command = FIELD_GET(SPI_CTRLR0_XIP_CMD, control);
	const unsigned lanes = data_lanes(qspi);
	const unsigned instruction = instruction_bits(control);
	const unsigned bits = FIELD_GET(SPI_CTRLR0_ADDR_L, control) * 4;
	uint8_t bytes[4];

	qspi->state.selected = true;
	drive_select(qspi);
	if (instruction)
		send_bits(qspi, command, instruction, transfer == TRANS_2C2A ? lanes : 1);
	/* Without an instruction the command follows the address: mode bits. */
	send_bits(qspi, instruction ? address : address << 8 | command, bits,
		transfer == TRANS_1C1A ? 1 : lanes);
	qspi_nor_idle(qspi->nor, FIELD_GET(SPI_CTRLR0_WAIT, control));
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = qspi_nor_receive(qspi->nor, lanes);
	qspi->state.selected = false;
	drive_select(qspi);
	return get_le32(bytes);
}

/*
 * Does a read through the window get what the chip holds? Looked for at a place where it holds
 * something that no idle line would give.
 */
static bool window_works(struct qspi *qspi)
{
	const uint8_t *bytes = qspi_nor_bytes(qspi->nor);
	const uint32_t size = qspi_nor_size(qspi->nor);

	if (qspi_nor_is_busy(qspi->nor))
		return false;
	for (uint32_t at = 0; at < size; at += 4) {
		const uint32_t word = get_le32(bytes + at);

		if (word != UINT32_MAX && word != 0)
			return window_word(qspi, at) == word;
	}
	return false;
}

static void show_window(struct qspi *qspi)
{
	if (window_works(qspi))
		(void)board_expose(qspi->board, FLASH_WINDOW, qspi_nor_size(qspi->nor),
			qspi_nor_bytes(qspi->nor), false);
}

static void hide_window(struct qspi *qspi)
{
	board_conceal(qspi->board, FLASH_WINDOW);
}

static bool window_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct qspi *qspi = model;
	const uint32_t address = access->offset & 0x00ffffff;
	uint32_t word;

	settle(qspi);
	if (!is_enabled(qspi))
		return false;
	word = window_word(qspi, address & ~3u) >> 8 * (address & 3);
	*value = access->size == 4 ? word : word & ((BIT(0) << 8 * access->size) - 1);
	if (!access->debugger)
		show_window(qspi);
	return true;
}

static const struct window_ops window_ops = { .read = window_read };

static bool xip_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct qspi *qspi = model;

	return registers_read(&qspi->xip, access->offset & 0xfff, value);
}

static bool xip_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct qspi *qspi = model;
	const uint32_t offset = access->offset & 0xfff;
	const uint32_t old = registers_get(&qspi->xip, offset);

	registers_write(&qspi->xip, offset, rp2040_atomic(access->offset, old, value), mask);
	return true;
}

static const struct window_ops xip_ops = { .read = xip_read, .write = xip_write };

/* --- IO_QSPI ---------------------------------------------------------------------------------- */

static bool pads_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct qspi *qspi = model;
	const uint32_t word = (access->offset & 0xfff) / 4;

	*value = word < IO_QSPI_REGISTERS ? qspi->state.pads[word] : 0;
	return true;
}

static bool pads_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct qspi *qspi = model;
	const uint32_t word = (access->offset & 0xfff) / 4;

	if (word >= IO_QSPI_REGISTERS)
		return true;
	settle(qspi);
	hide_window(qspi);
	value = rp2040_atomic(access->offset, qspi->state.pads[word], value & mask);
	qspi->state.pads[word] = merge_lanes(qspi->state.pads[word], value, mask);
	drive_select(qspi);
	return true;
}

static const struct window_ops pads_ops = { .read = pads_read, .write = pads_write };

/* --- SSI ------------------------------------------------------------------------------------- */

static uint32_t status(const struct qspi *qspi)
{
	return (qspi->state.shifting ? SR_BUSY : 0) |
	       (qspi->state.tx_count < FIFO_DEPTH ? SR_TFNF : 0) |
	       (qspi->state.tx_count ? 0 : SR_TFE) | (qspi->state.rx_count ? SR_RFNE : 0) |
	       (qspi->state.rx_count == FIFO_DEPTH ? SR_RFF : 0);
}

static bool ssi_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct qspi *qspi = model;
	const uint32_t offset = access->offset & 0xfff;

	settle(qspi);
	if (offset == SSI_SR)
		*value = status(qspi);
	else if (offset == SSI_TXFLR)
		*value = qspi->state.tx_count;
	else if (offset == SSI_RXFLR)
		*value = qspi->state.rx_count;
	else if (offset >= SSI_DR0 && offset < SSI_DR_END)
		*value = pop_rx(qspi);
	else if (!registers_read(&qspi->ssi, offset, value))
		*value = 0;
	return true;
}

/* Switched off, the FIFOs are emptied (4.10.13, SSIENR). */
static void disable(struct qspi *qspi)
{
	qspi->state.tx_count = qspi->state.rx_count = 0;
	qspi->state.shifting = false;
	qspi->state.selected = false;
	drive_select(qspi);
}

static bool ssi_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct qspi *qspi = model;
	const uint32_t offset = access->offset & 0xfff;

	settle(qspi);
	hide_window(qspi);
	if (offset >= SSI_DR0 && offset < SSI_DR_END) {
		push_tx(qspi, value & mask);
		return true;
	}
	value = rp2040_atomic(access->offset, registers_get(&qspi->ssi, offset), value);
	/* Settings are locked while it is on, but for the select (4.10.13). */
	if (offset == SSI_SSIENR || offset == SSI_SER || !is_enabled(qspi) || offset >= 0xf0)
		registers_write(&qspi->ssi, offset, value, mask);
	if (!is_enabled(qspi))
		disable(qspi);
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status keep_state(struct qspi *qspi)
{
	TRY(board_keep(qspi->board, "SSI", qspi->ssi.values, sizeof(qspi->ssi.values)));
	TRY(board_keep(qspi->board, "XIP", qspi->xip.values, sizeof(qspi->xip.values)));
	return board_keep(qspi->board, "QSPI", &qspi->state, sizeof(qspi->state));
}

static dapper_status add_windows(struct board *board, struct qspi *qspi)
{
	TRY(board_add_window(
		board, "XIP", FLASH_WINDOW, WINDOW_SIZE, LANES_RAW, &window_ops, qspi));
	TRY(board_add_window(board, "XIP_CTRL", XIP_CTRL, 0x4000, LANES_AHB, &xip_ops, qspi));
	return board_add_window(
		board, "IO_QSPI", IO_QSPI, IO_QSPI_SIZE, LANES_APB, &pads_ops, qspi);
}

static dapper_status qspi_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct qspi *qspi = xnew(qspi);

	if (!qspi)
		return FAIL_NO_MEMORY("the flash of an RP2040");
	*model = qspi;
	qspi->board = board;
	board_registers_init(&qspi->ssi, ssi_rows, ARRAY_SIZE(ssi_rows));
	board_registers_init(&qspi->xip, xip_rows, ARRAY_SIZE(xip_rows));
	TRY(qspi_nor_create(board, config->data, &qspi->nor));
	TRY(add_windows(board, qspi));
	return keep_state(qspi);
}

static void qspi_reset(void *model, enum board_reset kind)
{
	struct qspi *qspi = model;

	hide_window(qspi);
	registers_reset(&qspi->ssi);
	registers_reset(&qspi->xip);
	memset(&qspi->state, 0, sizeof(qspi->state));
	qspi_nor_select(qspi->nor, false);
	if (kind == RESET_POWER_ON)
		qspi_nor_power_on(qspi->nor);
}

static void qspi_restored(void *model)
{
	hide_window(model);
}

static dapper_status qspi_set(void *model, const char *key, const char *value, bool *taken)
{
	struct qspi *qspi = model;

	return qspi_nor_set(qspi->nor, key, value, taken);
}

static void qspi_power_lost(void *model)
{
	struct qspi *qspi = model;

	hide_window(qspi);
	qspi_nor_power_lost(qspi->nor);
}

static void qspi_destroy(void *model)
{
	struct qspi *qspi = model;

	qspi_nor_destroy(qspi->nor);
	free(qspi);
}

static const char *const qspi_keys[] = { QSPI_NOR_MAIN_SETTING_KEYS, NULL };

static const struct model_field qspi_fields[] = {
	{ "chip", FIELD_TEXT, offsetof(struct qspi_nor_config, chip), true },
	{ "mapped-base", FIELD_U32, offsetof(struct qspi_nor_config, mapped_base), true },
	{ "main", FIELD_BOOL, offsetof(struct qspi_nor_config, is_main) },
	{ NULL },
};

const struct model_class rp2040_qspi_class = {
	.name = "rp2040-qspi",
	.create = qspi_create,
	.reset = qspi_reset,
	.set = qspi_set,
	.keys = qspi_keys,
	.power_lost = qspi_power_lost,
	.restored = qspi_restored,
	.destroy = qspi_destroy,
	.ops = { .read = ssi_read, .write = ssi_write },
	.fields = qspi_fields,
	.config_size = sizeof(struct qspi_nor_config),
};
