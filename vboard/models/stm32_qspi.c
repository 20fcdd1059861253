/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QUADSPI (RM0390 rev 6, section 12) and OCTOSPI (RM0438 rev 7, section 19) of ST; registers and
 * bits checked against STM32F446.svd and STM32L552.svd, their behaviour is from memory of the
 * manuals. Two register maps, one engine.
 *
 * - Indirect write and read, automatic polling, memory-mapped read. Bytes go over the pins when DR is
 *   accessed, and the access takes the time of its bits; the last 32 of a read come at once and
 *   wait in the FIFO.
 * - Polling looks at the chip when SR is read, and with SMIE on its own every microsecond.
 * - Not modelled: DMA, dual-flash mode, memory-mapped writes, HyperBus, the time-out counter,
 *   SIOO, delays and edges of the clock.
 */
#include "vboard/models/stm32_qspi.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/qspi_nor.h"

/* Common to both. */
#define CR_EN     BIT(0)
#define CR_ABORT  BIT(1)
#define CR_TCIE   BIT(17)
#define CR_FTIE   BIT(18)
#define CR_SMIE   BIT(19)
#define CR_APMS   BIT(22)
#define CR_PMM    BIT(23)
#define CR_KEPT   0xf0df1fddu
#define SR_TEF    BIT(0)
#define SR_TCF    BIT(1)
#define SR_FTF    BIT(2)
#define SR_SMF    BIT(3)
#define SR_TOF    BIT(4)
#define SR_BUSY   BIT(5)
#define SR_FLEVEL BITS(13, 8)

enum { FIFO_SIZE = 32 };

enum mode { MODE_WRITE, MODE_READ, MODE_POLL, MODE_MAPPED };

#define MAPPED_SIZE 0x10000000u

/** What goes over the pins before the data. */
struct header {
	uint32_t instruction;
	uint32_t alternate;
	uint8_t instruction_bytes, address_bytes, alternate_bytes;
	uint8_t instruction_lanes, address_lanes, alternate_lanes, data_lanes; /* 0: none */
	uint8_t dummy;
	bool strobe; /* sampled by DQS */
};

struct qspi;

/** A register map. Offsets of what both have; how the header and the mode are written there. */
struct layout {
	uint16_t cr, sr, fcr, dlr, ar, dr, psmkr, psmar, instruction;
	const struct register_row *rows;
	size_t row_count;
	struct header (*header)(const struct register_file *registers);
	enum mode (*mode)(const struct register_file *registers);
	unsigned (*prescaler)(const struct register_file *registers);
	unsigned (*size_bits)(const struct register_file *registers);
};

struct qspi_state {
	uint32_t sr;  /* TEF, TCF, SMF, TOF */
	bool pending; /* a write waits for its first data */
	bool active;  /* in a data phase: CS# is low */
	bool polling;
	enum mode mode;
	uint64_t left; /* bytes of the data phase */
	uint8_t fifo[FIFO_SIZE];
	unsigned fifo_at, fifo_count;
};

struct qspi {
	struct board *board;
	const struct layout *layout;
	uint16_t irq;
	struct qspi_nor *nor;
	struct register_file registers;
	struct qspi_state s;
	struct board_event poll;
};

static uint32_t get(const struct qspi *qspi, uint32_t offset)
{
	return registers_get(&qspi->registers, offset);
}

static bool is_on(const struct qspi *qspi, uint32_t cr_bit)
{
	return get(qspi, qspi->layout->cr) & cr_bit;
}

/* --- QUADSPI: RM0390, 12.5 -------------------------------------------------------------------- */

#define QUADSPI_CCR 0x14u

static const struct register_row quadspi_rows[] = {
	{ 0x00, 0, CR_KEPT | BITS(31, 24) },                      /* CR */
	{ 0x04, 0, 0x001f0701 },                                  /* DCR */
	{ 0x10, 0, UINT32_MAX },                                  /* DLR */
	{ QUADSPI_CCR, 0, 0xdf7fffffu }, { 0x18, 0, UINT32_MAX }, /* AR */
	{ 0x1c, 0, UINT32_MAX },                                  /* ABR */
	{ 0x24, 0, UINT32_MAX },                                  /* PSMKR */
	{ 0x28, 0, UINT32_MAX },                                  /* PSMAR */
	{ 0x2c, 0, BITS(15, 0) },                                 /* PIR */
	{ 0x30, 0, BITS(15, 0) },                                 /* LPTR */
};

/* IMODE, ADMODE, ABMODE, DMODE: none, one, two, four lanes. */
static uint8_t quadspi_lanes(uint32_t mode)
{
	static const uint8_t lanes[] = { 0, 1, 2, 4 };

	return lanes[mode & 3];
}

static struct header quadspi_header(const struct register_file *registers)
{
	const uint32_t ccr = registers_get(registers, QUADSPI_CCR);

	return (struct header){
		.instruction = ccr & 0xff,
		.instruction_bytes = 1,
		.instruction_lanes = quadspi_lanes(ccr >> 8),
		.address_lanes = quadspi_lanes(ccr >> 10),
		.address_bytes = (uint8_t)((ccr >> 12 & 3) + 1),
		.alternate = registers_get(registers, 0x1c),
		.alternate_lanes = quadspi_lanes(ccr >> 14),
		.alternate_bytes = (uint8_t)((ccr >> 16 & 3) + 1),
		.dummy = ccr >> 18 & 31,
		.data_lanes = quadspi_lanes(ccr >> 24),
	};
}

static enum mode quadspi_mode(const struct register_file *registers)
{
	return (enum mode)(registers_get(registers, QUADSPI_CCR) >> 26 & 3);
}

static unsigned quadspi_prescaler(const struct register_file *registers)
{
	return (registers_get(registers, 0x00) >> 24) + 1;
}

static unsigned quadspi_size_bits(const struct register_file *registers)
{
	return (registers_get(registers, 0x04) >> 16 & 31) + 1;
}

static const struct layout quadspi = {
	.cr = 0x00,
	.sr = 0x08,
	.fcr = 0x0c,
	.dlr = 0x10,
	.ar = 0x18,
	.dr = 0x20,
	.psmkr = 0x24,
	.psmar = 0x28,
	.instruction = QUADSPI_CCR,
	.rows = quadspi_rows,
	.row_count = ARRAY_SIZE(quadspi_rows),
	.header = quadspi_header,
	.mode = quadspi_mode,
	.prescaler = quadspi_prescaler,
	.size_bits = quadspi_size_bits,
};

/* --- OCTOSPI: RM0438, 19.7 -------------------------------------------------------------------- */

#define OCTOSPI_CR   0x000u
#define OCTOSPI_DCR1 0x008u
#define OCTOSPI_DCR2 0x00cu
#define OCTOSPI_CCR  0x100u
#define OCTOSPI_TCR  0x108u
#define OCTOSPI_IR   0x110u
#define OCTOSPI_ABR  0x120u

static const struct register_row octospi_rows[] = {
	{ OCTOSPI_CR, 0, CR_KEPT | BITS(29, 28) }, { OCTOSPI_DCR1, 0, 0x071f3f0bu },
	{ OCTOSPI_DCR2, 0, 0x000700ffu }, { 0x010, 0, 0x001f0000u }, /* DCR3 */
	{ 0x014, 0, UINT32_MAX },                                    /* DCR4 */
	{ 0x040, 0, UINT32_MAX },                                    /* DLR */
	{ 0x048, 0, UINT32_MAX },                                    /* AR */
	{ 0x080, 0, UINT32_MAX },                                    /* PSMKR */
	{ 0x088, 0, UINT32_MAX },                                    /* PSMAR */
	{ 0x090, 0, BITS(15, 0) },                                   /* PIR */
	{ OCTOSPI_CCR, 0, 0xaf3f3f3fu }, { OCTOSPI_TCR, 0, 0x5000001fu },
	{ OCTOSPI_IR, 0, UINT32_MAX }, { OCTOSPI_ABR, 0, UINT32_MAX },
	{ 0x130, 0, BITS(15, 0) }, /* LPTR */
	{ 0x180, 0, 0xaf3f3f3fu }, /* WCCR */
	{ 0x188, 0, 0x5000001fu }, /* WTCR */
	{ 0x190, 0, UINT32_MAX },  /* WIR */
	{ 0x1a0, 0, UINT32_MAX },  /* WABR */
	{ 0x200, 0, 0x0000ff03u }, /* HLCR */
};

static uint8_t octospi_lanes(uint32_t mode)
{
	static const uint8_t lanes[] = { 0, 1, 2, 4, 8, 0, 0, 0 };

	return lanes[mode & 7];
}

static struct header octospi_header(const struct register_file *registers)
{
	const uint32_t ccr = registers_get(registers, OCTOSPI_CCR);

	return (struct header){
		.instruction = registers_get(registers, OCTOSPI_IR),
		.instruction_bytes = (uint8_t)((ccr >> 4 & 3) + 1),
		.instruction_lanes = octospi_lanes(ccr),
		.address_lanes = octospi_lanes(ccr >> 8),
		.address_bytes = (uint8_t)((ccr >> 12 & 3) + 1),
		.alternate = registers_get(registers, OCTOSPI_ABR),
		.alternate_lanes = octospi_lanes(ccr >> 16),
		.alternate_bytes = (uint8_t)((ccr >> 20 & 3) + 1),
		.dummy = registers_get(registers, OCTOSPI_TCR) & 31,
		.data_lanes = octospi_lanes(ccr >> 24),
		.strobe = ccr & BIT(29),
	};
}

static enum mode octospi_mode(const struct register_file *registers)
{
	return (enum mode)(registers_get(registers, OCTOSPI_CR) >> 28 & 3);
}

static unsigned octospi_prescaler(const struct register_file *registers)
{
	return (registers_get(registers, OCTOSPI_DCR2) & 0xff) + 1;
}

static unsigned octospi_size_bits(const struct register_file *registers)
{
	return (registers_get(registers, OCTOSPI_DCR1) >> 16 & 31) + 1;
}

static const struct layout octospi = {
	.cr = OCTOSPI_CR,
	.sr = 0x020,
	.fcr = 0x024,
	.dlr = 0x040,
	.ar = 0x048,
	.dr = 0x050,
	.psmkr = 0x080,
	.psmar = 0x088,
	.instruction = OCTOSPI_IR,
	.rows = octospi_rows,
	.row_count = ARRAY_SIZE(octospi_rows),
	.header = octospi_header,
	.mode = octospi_mode,
	.prescaler = octospi_prescaler,
	.size_bits = octospi_size_bits,
};

/* --- on the pins ----------------------------------------------------------------------------- */

/** Most significant byte first. */
static void send(struct qspi *qspi, uint32_t value, unsigned bytes, unsigned lanes)
{
	if (lanes == 0)
		return;
	while (bytes-- > 0)
		qspi_nor_send(qspi->nor, (uint8_t)(value >> 8 * bytes), lanes);
}

static void send_header(struct qspi *qspi, const struct header *header, uint32_t address)
{
	qspi_nor_select(qspi->nor, true);
	send(qspi, header->instruction, header->instruction_bytes, header->instruction_lanes);
	send(qspi, address, header->address_bytes, header->address_lanes);
	send(qspi, header->alternate, header->alternate_bytes, header->alternate_lanes);
	qspi_nor_idle(qspi->nor, header->dummy);
	if (header->strobe && header->data_lanes)
		qspi_nor_await_strobe(qspi->nor);
}

/** Let the access take as long as the bits do. */
static void take_time(struct qspi *qspi, const struct bus_access *access, unsigned bits)
{
	const struct header header = qspi->layout->header(&qspi->registers);
	const uint64_t cycles = (uint64_t)bits / (header.data_lanes ? header.data_lanes : 1u) *
	                        qspi->layout->prescaler(&qspi->registers);
	const uint32_t hz = board_clock_hz(qspi->board, CLOCK_CORE);

	if (hz)
		board_stall(
			qspi->board, access, board_now_ns(qspi->board) + cycles * NS_PER_S / hz);
}

static void update_irq(const struct qspi *qspi)
{
	const bool complete = is_on(qspi, CR_TCIE) && qspi->s.sr & SR_TCF;
	const bool match = is_on(qspi, CR_SMIE) && qspi->s.sr & SR_SMF;
	const bool fifo =
		is_on(qspi, CR_FTIE) && (qspi->s.active || qspi->s.pending || qspi->s.fifo_count);

	board_set_irq(qspi->board, qspi->irq, complete || match || fifo);
}

static void finish(struct qspi *qspi, uint32_t flag)
{
	qspi_nor_select(qspi->nor, false);
	qspi->s.pending = false;
	qspi->s.active = false;
	qspi->s.polling = false;
	qspi->s.fifo_count = 0;
	qspi->s.sr |= flag;
	board_disarm(qspi->board, &qspi->poll);
}

/** One look at the chip's status. */
static void poll_once(struct qspi *qspi)
{
	const struct header header = qspi->layout->header(&qspi->registers);
	const uint32_t mask = get(qspi, qspi->layout->psmkr);
	const uint32_t wanted = get(qspi, qspi->layout->psmar) & mask;
	const unsigned bytes = (get(qspi, qspi->layout->dlr) & 3) + 1;
	uint32_t status = 0;
	bool match;

	send_header(qspi, &header, get(qspi, qspi->layout->ar));
	for (unsigned i = 0; i < bytes && header.data_lanes; i++)
		status |= (uint32_t)qspi_nor_receive(qspi->nor, header.data_lanes) << 8 * i;
	qspi_nor_select(qspi->nor, false);
	match = is_on(qspi, CR_PMM) ? (~(status ^ wanted) & mask) != 0 : (status & mask) == wanted;
	if (!match)
		return;
	qspi->s.sr |= SR_SMF;
	if (is_on(qspi, CR_APMS))
		finish(qspi, 0);
	update_irq(qspi);
}

static void poll_fired(void *model)
{
	struct qspi *qspi = model;

	if (!qspi->s.polling)
		return;
	poll_once(qspi);
	if (qspi->s.polling && is_on(qspi, CR_SMIE))
		board_arm(qspi->board, &qspi->poll, board_now_ns(qspi->board) + NS_PER_US);
}

/** The rest of a read, when it fits: the command is over then. */
static void fill_fifo(struct qspi *qspi)
{
	const struct header header = qspi->layout->header(&qspi->registers);
	const unsigned count = (unsigned)qspi->s.left;

	if (qspi->s.left > FIFO_SIZE)
		return;
	for (unsigned i = 0; i < count; i++)
		qspi->s.fifo[i] = qspi_nor_receive(qspi->nor, header.data_lanes);
	finish(qspi, SR_TCF);
	qspi->s.fifo_at = 0;
	qspi->s.fifo_count = count;
}

static void start(struct qspi *qspi, bool has_data)
{
	const struct header header = qspi->layout->header(&qspi->registers);
	const uint32_t length = get(qspi, qspi->layout->dlr);

	if (!is_on(qspi, CR_EN))
		return;
	qspi->s.mode = qspi->layout->mode(&qspi->registers);
	if (qspi->s.mode == MODE_POLL) {
		qspi->s.polling = true;
		poll_fired(qspi);
		return;
	}
	/* With data to write, it is the first of them that starts the command. */
	qspi->s.pending = qspi->s.mode == MODE_WRITE && header.data_lanes && !has_data;
	if (qspi->s.pending)
		return;
	send_header(qspi, &header, get(qspi, qspi->layout->ar));
	if (!header.data_lanes) {
		finish(qspi, SR_TCF);
		return;
	}
	/* "0xFFFF_FFFF: undefined length, all bytes to the end of the memory". */
	qspi->s.left = length == UINT32_MAX ? UINT64_MAX : (uint64_t)length + 1;
	qspi->s.active = true;
	qspi->s.fifo_count = 0;
	if (qspi->s.mode == MODE_READ)
		fill_fifo(qspi);
}

/**
 * A write of the instruction starts a command without an address, a write of the address one with
 * (12.3.5, "Triggering the start of a command").
 */
static void written(struct qspi *qspi, uint32_t offset)
{
	const struct header header = qspi->layout->header(&qspi->registers);

	if (qspi->layout->mode(&qspi->registers) == MODE_MAPPED || qspi->s.active ||
		qspi->s.polling)
		return;
	if (offset == (header.address_lanes ? qspi->layout->ar : qspi->layout->instruction) &&
		(header.instruction_lanes || header.address_lanes))
		start(qspi, false);
}

static uint32_t receive(struct qspi *qspi, unsigned bytes)
{
	const struct header header = qspi->layout->header(&qspi->registers);
	uint32_t value = 0;
	uint8_t byte;

	for (unsigned i = 0; i < bytes && (qspi->s.active || qspi->s.fifo_count); i++) {
		if (qspi->s.fifo_count) {
			byte = qspi->s.fifo[qspi->s.fifo_at++ % FIFO_SIZE];
			qspi->s.fifo_count--;
		} else {
			byte = qspi_nor_receive(qspi->nor, header.data_lanes);
			qspi->s.left--;
			fill_fifo(qspi);
		}
		value |= (uint32_t)byte << 8 * i;
	}
	return value;
}

static void transmit(struct qspi *qspi, uint32_t value, unsigned bytes)
{
	const struct header header = qspi->layout->header(&qspi->registers);

	if (qspi->s.pending)
		start(qspi, true);
	for (unsigned i = 0; i < bytes && qspi->s.active; i++) {
		qspi_nor_send(qspi->nor, (uint8_t)(value >> 8 * i), header.data_lanes);
		if (--qspi->s.left == 0)
			finish(qspi, SR_TCF);
	}
}

/* --- registers ------------------------------------------------------------------------------- */

static uint32_t read_sr(struct qspi *qspi)
{
	uint32_t sr;

	if (qspi->s.polling)
		poll_once(qspi);
	sr = qspi->s.sr;
	if (qspi->s.pending)
		sr |= SR_FTF;
	if (qspi->s.active)
		sr |= SR_FTF | SR_BUSY;
	if (qspi->s.fifo_count)
		sr |= SR_FTF | SR_BUSY | FIELD_PREP(SR_FLEVEL, qspi->s.fifo_count);
	else if (qspi->s.active && qspi->s.mode == MODE_READ)
		sr |= FIELD_PREP(SR_FLEVEL, FIFO_SIZE);
	return qspi->s.polling ? sr | SR_BUSY : sr;
}

/* LANES_RAW: DR is read and written in bytes, half-words and words. */
static bool qspi_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct qspi *qspi = model;
	const uint32_t word = access->offset & ~3u;

	*value = 0;
	if (word == qspi->layout->dr) {
		if (qspi->s.mode == MODE_READ)
			*value = receive(qspi, access->size);
		take_time(qspi, access, 8 * access->size);
	} else if (word == qspi->layout->sr) {
		*value = read_sr(qspi) >> 8 * (access->offset & 3);
	} else {
		*value = get(qspi, word) >> 8 * (access->offset & 3);
	}
	if (access->size < 4)
		*value &= (1u << 8 * access->size) - 1;
	update_irq(qspi);
	return true;
}

static void write_cr(struct qspi *qspi, uint32_t value)
{
	/* ABORT clears itself; in memory-mapped mode, too, BUSY falls. */
	if (value & CR_ABORT || !(value & CR_EN))
		finish(qspi, value & CR_ABORT && (qspi->s.active || qspi->s.polling) ? SR_TCF : 0);
}

static bool qspi_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct qspi *qspi = model;
	const unsigned shift = 8 * (access->offset & 3);
	const uint32_t word = access->offset & ~3u;
	const uint32_t lanes =
		access->size == 4 ? UINT32_MAX : ((1u << 8 * access->size) - 1) << shift;

	(void)mask;
	if (word == qspi->layout->dr) {
		if (qspi->s.mode == MODE_WRITE)
			transmit(qspi, value, access->size);
		take_time(qspi, access, 8 * access->size);
	} else if (word == qspi->layout->fcr) {
		qspi->s.sr &= ~(value << shift & (SR_TEF | SR_TCF | SR_SMF | SR_TOF));
	} else {
		registers_write(&qspi->registers, word, value << shift, lanes);
		if (word == qspi->layout->cr)
			write_cr(qspi, value << shift);
		else
			written(qspi, word);
	}
	update_irq(qspi);
	return true;
}

/** Memory-mapped: each access is a read command of its own. */
static bool mapped_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct qspi *qspi = model;
	const struct header header = qspi->layout->header(&qspi->registers);
	const unsigned bits = qspi->layout->size_bits(&qspi->registers);

	if (!is_on(qspi, CR_EN) || qspi->layout->mode(&qspi->registers) != MODE_MAPPED ||
		!header.data_lanes || (bits < 28 && access->offset >> bits))
		return false;
	*value = 0;
	send_header(qspi, &header, access->offset);
	for (unsigned i = 0; i < access->size; i++)
		*value |= (uint32_t)qspi_nor_receive(qspi->nor, header.data_lanes) << 8 * i;
	qspi_nor_select(qspi->nor, false);
	take_time(qspi, access, 8 * access->size);
	return true;
}

static const struct window_ops mapped_ops = { .read = mapped_read };

/* --- life ------------------------------------------------------------------------------------ */

static void qspi_reset(void *model, enum board_reset kind)
{
	struct qspi *qspi = model;

	registers_reset(&qspi->registers);
	finish(qspi, 0);
	qspi->s = (struct qspi_state){ 0 };
	if (kind == RESET_POWER_ON)
		qspi_nor_power_on(qspi->nor);
	update_irq(qspi);
}

static const char *const setting_keys[] = { QSPI_NOR_SETTING_KEYS, NULL };

static dapper_status qspi_set(void *model, const char *key, const char *value, bool *taken)
{
	struct qspi *qspi = model;

	return qspi_nor_set(qspi->nor, key, value, taken);
}

static void qspi_power_lost(void *model)
{
	struct qspi *qspi = model;

	qspi_nor_power_lost(qspi->nor);
}

static void qspi_destroy(void *model)
{
	struct qspi *qspi = model;

	qspi_nor_destroy(qspi->nor);
	free(qspi);
}

struct qspi_nor *stm32_qspi_nor(void *model)
{
	struct qspi *qspi = model;

	return qspi->nor;
}

static dapper_status create(struct board *board, const struct model_config *config,
	const struct layout *layout, void **model)
{
	const struct stm32_qspi_config *data = config->data;
	const struct qspi_nor_config nor = { .chip = data->chip, .mapped_base = data->mapped_base };
	struct qspi *qspi = xnew(qspi);

	if (!qspi)
		return FAIL_NO_MEMORY("a controller for serial flash");
	*model = qspi; /* the board ends it, whatever comes */
	qspi->board = board;
	qspi->layout = layout;
	qspi->irq = config->irq;
	qspi->poll = (struct board_event){ .fire = poll_fired, .model = qspi };
	board_registers_init(&qspi->registers, layout->rows, layout->row_count);
	TRY(qspi_nor_create(board, &nor, &qspi->nor));
	TRY(board_keep(board, "registers", qspi->registers.values, sizeof(qspi->registers.values)));
	TRY(board_keep(board, "transfer", &qspi->s, sizeof(qspi->s)));
	TRY(board_keep_event(board, "polling", &qspi->poll));
	return board_add_window(board, "serial flash", data->mapped_base, MAPPED_SIZE, LANES_RAW,
		&mapped_ops, qspi);
}

static dapper_status quadspi_create(
	struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &quadspi, model);
}

static dapper_status octospi_create(
	struct board *board, const struct model_config *config, void **model)
{
	return create(board, config, &octospi, model);
}

static const struct model_field fields[] = {
	{ "mapped-base", FIELD_U32, offsetof(struct stm32_qspi_config, mapped_base), true },
	{ "chip", FIELD_TEXT, offsetof(struct stm32_qspi_config, chip), true },
	{ NULL },
};

/* Rows of both stand LANES_RAW. */
const struct model_class stm32_quadspi_class = {
	.name = "STM32 QUADSPI",
	.create = quadspi_create,
	.reset = qspi_reset,
	.set = qspi_set,
	.keys = setting_keys,
	.power_lost = qspi_power_lost,
	.destroy = qspi_destroy,
	.ops = { .read = qspi_read, .write = qspi_write },
	.fields = fields,
	.config_size = sizeof(struct stm32_qspi_config),
};

const struct model_class stm32_octospi_class = {
	.name = "STM32 OCTOSPI",
	.create = octospi_create,
	.reset = qspi_reset,
	.set = qspi_set,
	.keys = setting_keys,
	.power_lost = qspi_power_lost,
	.destroy = qspi_destroy,
	.ops = { .read = qspi_read, .write = qspi_write },
	.fields = fields,
	.config_size = sizeof(struct stm32_qspi_config),
};
