/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GPIO of LPC parts with byte, word and port registers (UM10601, chapter 9; UM10914, chapter 11), two
 * ports of 32 pins. Nothing is connected to the pins: an output reads back what it drives, an input
 * low.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/lpc.h"

enum { PORTS = 2, BYTES_END = 0x40 };
#define WORDS     0x1000u
#define WORDS_END 0x1100u
#define GROUPS    0x2000u /* a register of each port in each 0x80 bytes */

enum group { DIR, MASK, PIN, MPIN, SET, CLR, NOT, DIRSET, DIRCLR, DIRNOT };

struct gpio {
	struct {
		uint32_t dir[PORTS], mask[PORTS], out[PORTS];
	} state;
};

static uint32_t pins(const struct gpio *gpio, unsigned port)
{
	return gpio->state.out[port] & gpio->state.dir[port];
}

static uint32_t read_group(const struct gpio *gpio, enum group group, unsigned port)
{
	switch (group) {
	case DIR:
		return gpio->state.dir[port];
	case MASK:
		return gpio->state.mask[port];
	case PIN:
		return pins(gpio, port);
	case MPIN:
		return pins(gpio, port) & ~gpio->state.mask[port];
	case SET:
		return gpio->state.out[port];
	case CLR:
	case NOT:
	case DIRSET:
	case DIRCLR:
	case DIRNOT:
		break;
	}
	return 0;
}

static void write_group(struct gpio *gpio, enum group group, unsigned port, uint32_t value)
{
	uint32_t *dir = &gpio->state.dir[port];
	uint32_t *out = &gpio->state.out[port];
	uint32_t *mask = &gpio->state.mask[port];

	switch (group) {
	case DIR:
		*dir = value;
		break;
	case MASK:
		*mask = value;
		break;
	case PIN:
		*out = value;
		break;
	case MPIN:
		*out = merge_lanes(*out, value, ~*mask);
		break;
	case SET:
		*out |= value;
		break;
	case CLR:
		*out &= ~value;
		break;
	case NOT:
		*out ^= value;
		break;
	case DIRSET:
		*dir |= value;
		break;
	case DIRCLR:
		*dir &= ~value;
		break;
	case DIRNOT:
		*dir ^= value;
		break;
	}
}

/** The port register at an offset. */
static bool find_group(uint32_t offset, enum group *group, unsigned *port)
{
	const uint32_t index = (offset - GROUPS) / 0x80;

	if (offset < GROUPS || index > DIRNOT || offset % 0x80 >= 4 * PORTS)
		return false;
	*group = (enum group)index;
	*port = offset % 0x80 / 4;
	return true;
}

static bool gpio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gpio *gpio = model;
	const uint32_t offset = access->offset;
	enum group group;
	unsigned port;

	*value = 0;
	if (offset < BYTES_END)
		for (unsigned i = 0; i < access->size; i++)
			*value |= (pins(gpio, (offset + i) / 32) >> (offset + i) % 32 & 1) << 8 * i;
	else if (offset >= WORDS && offset < WORDS_END)
		*value = pins(gpio, offset / 4 % 64 / 32) >> offset / 4 % 32 & 1 ? UINT32_MAX : 0;
	else if (find_group(offset & ~3u, &group, &port))
		*value = read_group(gpio, group, port) >> 8 * (offset & 3);
	return true;
}

static void write_pin(struct gpio *gpio, unsigned pin, bool level)
{
	uint32_t *out = &gpio->state.out[pin / 32];
	const uint32_t bit = BIT(0) << pin % 32;

	*out = level ? *out | bit : *out & ~bit;
}

static bool gpio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gpio *gpio = model;
	const uint32_t offset = access->offset;
	enum group group;
	unsigned port;

	(void)mask;
	if (offset < BYTES_END)
		for (unsigned i = 0; i < access->size; i++)
			write_pin(gpio, offset + i, value >> 8 * i & 1);
	else if (offset >= WORDS && offset < WORDS_END)
		write_pin(gpio, offset / 4 % 64, value != 0);
	else if (access->size == 4 && find_group(offset, &group, &port))
		write_group(gpio, group, port, value);
	return true;
}

static void gpio_reset(void *model, enum board_reset kind)
{
	struct gpio *gpio = model;

	(void)kind;
	*gpio = (struct gpio){ 0 };
}

static dapper_status gpio_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct gpio *gpio = xnew(gpio);

	if (!gpio)
		return FAIL_NO_MEMORY("a GPIO port");
	*model = gpio;
	return board_keep(board, config->name, &gpio->state, sizeof(gpio->state));
}

const struct model_class lpc_gpio_class = {
	.name = "LPC GPIO",
	.create = gpio_create,
	.reset = gpio_reset,
	.destroy = free,
	.ops = { .read = gpio_read, .write = gpio_write },
};
