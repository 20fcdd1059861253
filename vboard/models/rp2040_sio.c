/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single-cycle I/O of an RP2040 (datasheet 2.3.1): a window of its own for each core onto what they
 * share. CPUID, GPIO, FIFOs between the cores, spinlocks, the dividers. The interpolators are not
 * modelled: a bus error.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/cpu/cpu.h"
#include "vboard/models/rp2040.h"

#define SIO_CPUID       0x000u
#define SIO_GPIO_IN     0x004u
#define SIO_GPIO_HI_IN  0x008u
#define SIO_GPIO_OUT    0x010u /* OUT, _SET, _CLR, _XOR; then OE likewise */
#define SIO_GPIO_HI_END 0x050u
#define SIO_FIFO_ST     0x050u
#define SIO_FIFO_WR     0x054u
#define SIO_FIFO_RD     0x058u
#define SIO_SPINLOCK_ST 0x05cu
#define SIO_DIV         0x060u /* UDIVIDEND, UDIVISOR, SDIVIDEND, SDIVISOR, QUOTIENT, REMAINDER, CSR */
#define SIO_DIV_END     0x07cu
#define SIO_SPINLOCK    0x100u
#define SIO_END         0x180u

#define FIFO_ST_VLD BIT(0)
#define FIFO_ST_RDY BIT(1)
#define FIFO_ST_WOF BIT(2)
#define FIFO_ST_ROE BIT(3)

enum { CORES = 2, DEPTH = 8, GPIO_WORDS = 4, PROC0_IRQ = 15 };
enum { OUT, OE, HI_OUT, HI_OE };

struct fifo {
	uint32_t words[DEPTH];
	uint32_t count;
	uint32_t errors; /* WOF and ROE of the core that reads it */
};

struct divider {
	uint32_t dividend, divisor, quotient, remainder;
	uint32_t dirty;
};

struct sio {
	struct board *board;
	struct {
		uint32_t gpio[GPIO_WORDS];
		uint32_t locks;
		struct fifo fifos[CORES]; /* to core n */
		struct divider dividers[CORES];
	} state;
};

/* --- FIFOs (2.3.1.4) --------------------------------------------------------------------------- */

static void update_irq(struct sio *sio, unsigned core)
{
	const struct fifo *fifo = &sio->state.fifos[core];

	if (core < board_core_count(sio->board))
		board_set_core_irq(sio->board, core, PROC0_IRQ + core, fifo->count || fifo->errors);
}

static uint32_t fifo_status(const struct sio *sio, unsigned core)
{
	const struct fifo *in = &sio->state.fifos[core];

	return (in->count ? FIFO_ST_VLD : 0) |
	       (sio->state.fifos[!core].count < DEPTH ? FIFO_ST_RDY : 0) | in->errors;
}

static uint32_t fifo_pop(struct sio *sio, unsigned core)
{
	struct fifo *fifo = &sio->state.fifos[core];
	uint32_t word = 0;

	if (fifo->count) {
		word = fifo->words[0];
		memmove(fifo->words, fifo->words + 1, (DEPTH - 1) * sizeof(*fifo->words));
		fifo->count--;
	} else {
		fifo->errors |= FIFO_ST_ROE;
	}
	update_irq(sio, core);
	return word;
}

static void fifo_push(struct sio *sio, unsigned core, uint32_t word)
{
	struct fifo *fifo = &sio->state.fifos[!core];

	if (fifo->count < DEPTH)
		fifo->words[fifo->count++] = word;
	else
		sio->state.fifos[core].errors |= FIFO_ST_WOF;
	update_irq(sio, !core);
	update_irq(sio, core);
}

/* --- the divider (2.3.1.5) --------------------------------------------------------------------- */

static void divide(struct divider *divider, bool is_signed)
{
	const uint32_t a = divider->dividend;
	const uint32_t b = divider->divisor;

	if (!b) { /* 2.3.1.5: all ones, or +-1 by the dividend's sign; the remainder is the dividend */
		divider->quotient = is_signed && (int32_t)a < 0 ? 1 : UINT32_MAX;
		divider->remainder = a;
	} else if (is_signed) {
		divider->quotient = (uint32_t)((int64_t)(int32_t)a / (int32_t)b);
		divider->remainder = (uint32_t)((int64_t)(int32_t)a % (int32_t)b);
	} else {
		divider->quotient = a / b;
		divider->remainder = a % b;
	}
	divider->dirty = 2;
}

static uint32_t divider_read(struct divider *divider, uint32_t reg)
{
	switch (reg) {
	case 0:
	case 2:
		return divider->dividend;
	case 1:
	case 3:
		return divider->divisor;
	case 4:
		divider->dirty = 0;
		return divider->quotient;
	case 5:
		return divider->remainder;
	default:
		return divider->dirty | 1; /* always ready */
	}
}

static void divider_write(struct divider *divider, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case 0:
	case 2:
		divider->dividend = value;
		divide(divider, reg == 2);
		break;
	case 1:
	case 3:
		divider->divisor = value;
		divide(divider, reg == 3);
		break;
	case 4:
		divider->quotient = value;
		break;
	case 5:
		divider->remainder = value;
		break;
	default:
		break;
	}
}

/* --- spinlocks (2.3.1.3) ----------------------------------------------------------------------- */

static uint32_t claim(struct sio *sio, uint32_t lock)
{
	const uint32_t bit = BIT(0) << lock;

	if (sio->state.locks & bit)
		return 0;
	sio->state.locks |= bit;
	return bit;
}

/* --- the window --------------------------------------------------------------------------------- */

/* GPIO_OUT..., GPIO_OE..., GPIO_HI_OUT..., GPIO_HI_OE...: value, set, clear, XOR. */
static void gpio_write(struct sio *sio, uint32_t offset, uint32_t value)
{
	uint32_t *word = &sio->state.gpio[(offset - SIO_GPIO_OUT) / 16];

	switch (offset / 4 % 4) {
	case 0:
		*word = value;
		break;
	case 1:
		*word |= value;
		break;
	case 2:
		*word &= ~value;
		break;
	default:
		*word ^= value;
		break;
	}
}

static bool sio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct sio *sio = model;
	const uint32_t offset = access->offset;
	const unsigned core = access->core & 1;

	*value = 0;
	if (offset == SIO_CPUID)
		*value = core;
	else if (offset == SIO_GPIO_IN)
		*value = sio->state.gpio[OUT] & sio->state.gpio[OE];
	else if (offset == SIO_GPIO_HI_IN)
		*value = sio->state.gpio[HI_OUT] & sio->state.gpio[HI_OE];
	else if (offset >= SIO_GPIO_OUT && offset < SIO_GPIO_HI_END)
		*value = sio->state.gpio[(offset - SIO_GPIO_OUT) / 16];
	else if (offset == SIO_FIFO_ST)
		*value = fifo_status(sio, core);
	else if (offset == SIO_FIFO_RD)
		*value = fifo_pop(sio, core);
	else if (offset == SIO_SPINLOCK_ST)
		*value = sio->state.locks;
	else if (offset >= SIO_DIV && offset < SIO_DIV_END)
		*value = divider_read(&sio->state.dividers[core], (offset - SIO_DIV) / 4);
	else if (offset >= SIO_SPINLOCK && offset < SIO_END)
		*value = claim(sio, (offset - SIO_SPINLOCK) / 4);
	else
		return offset == SIO_FIFO_WR || offset == 0xc;
	return true;
}

static bool sio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct sio *sio = model;
	const uint32_t offset = access->offset;
	const unsigned core = access->core & 1;

	(void)mask;
	if (offset >= SIO_GPIO_OUT && offset < SIO_GPIO_HI_END) {
		gpio_write(sio, offset, value);
	} else if (offset == SIO_FIFO_ST) {
		sio->state.fifos[core].errors = 0;
		update_irq(sio, core);
	} else if (offset == SIO_FIFO_WR) {
		fifo_push(sio, core, value);
	} else if (offset >= SIO_DIV && offset < SIO_DIV_END) {
		divider_write(&sio->state.dividers[core], (offset - SIO_DIV) / 4, value);
	} else if (offset >= SIO_SPINLOCK && offset < SIO_END) {
		sio->state.locks &= ~(BIT(0) << (offset - SIO_SPINLOCK) / 4);
	} else {
		return offset < SIO_DIV;
	}
	return true;
}

static dapper_status sio_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct sio *sio = xnew(sio);

	(void)config;
	if (!sio)
		return FAIL_NO_MEMORY("a SIO");
	*model = sio;
	sio->board = board;
	return KEEP(board, sio->state);
}

static void sio_reset(void *model, enum board_reset kind)
{
	struct sio *sio = model;

	(void)kind;
	memset(&sio->state, 0, sizeof(sio->state));
	for (unsigned core = 0; core < CORES; core++)
		update_irq(sio, core);
}

const struct model_class rp2040_sio_class = {
	.name = "rp2040-sio",
	.create = sio_create,
	.reset = sio_reset,
	.destroy = free,
	.ops = { .read = sio_read, .write = sio_write },
};
