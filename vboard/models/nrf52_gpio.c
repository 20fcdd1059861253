/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GPIO port (nRF52840 PS v1.7, 6.9). Nothing is connected to the pins: an output reads back what
 * it drives, an input its pull resistor; an input must be connected (PIN_CNF.INPUT) to be seen.
 * LATCH and SENSE are kept and do nothing. The offsets here begin at OUT, 0x504 in the manual.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/nrf52.h"

#define GPIO_OUT        0x000u
#define GPIO_OUTSET     0x004u
#define GPIO_OUTCLR     0x008u
#define GPIO_IN         0x00cu
#define GPIO_DIR        0x010u
#define GPIO_DIRSET     0x014u
#define GPIO_DIRCLR     0x018u
#define GPIO_LATCH      0x01cu
#define GPIO_DETECTMODE 0x020u
#define GPIO_PIN_CNF    0x1fcu /* 0x700 in the manual */

#define PIN_CNF_WRITABLE (BITS(17, 16) | BITS(10, 8) | BITS(3, 0))
#define PIN_CNF_PULL     BITS(3, 2)
#define PIN_CNF_INPUT    BIT(1) /* 1: disconnected */
#define PIN_CNF_DIR      BIT(0)
#define PIN_CNF_RESET    PIN_CNF_INPUT

enum { PULL_UP = 3, MAX_PINS = 32 };

struct gpio {
	uint32_t pins; /* which there are */
	uint32_t out, dir, detect_mode;
	uint32_t pin_cnf[MAX_PINS]; /* but DIR, which is in dir */
};

static dapper_status gpio_create(
	struct board *board, const struct model_config *config, void **model)
{
	const struct nrf52_gpio_config *gpio_config = config->data;
	struct gpio *gpio;

	if (gpio_config->pin_count < 1 || gpio_config->pin_count > MAX_PINS)
		return model_invalid(config, "a port has 1 to 32 pins");
	gpio = xnew(gpio);
	if (!gpio)
		return FAIL_NO_MEMORY("a GPIO port");
	gpio->pins = BITS(gpio_config->pin_count - 1, 0);
	*model = gpio;
	return KEEP(board, *gpio);
}

static void gpio_reset(void *model, enum board_reset kind)
{
	struct gpio *gpio = model;

	(void)kind;
	gpio->out = 0;
	gpio->dir = 0;
	gpio->detect_mode = 0;
	for (unsigned pin = 0; pin < MAX_PINS; pin++)
		gpio->pin_cnf[pin] = PIN_CNF_RESET;
}

static uint32_t pin_levels(const struct gpio *gpio)
{
	uint32_t levels = gpio->dir & gpio->out;

	for (unsigned pin = 0; pin < MAX_PINS; pin++) {
		const uint32_t cnf = gpio->pin_cnf[pin];

		if (cnf & PIN_CNF_INPUT)
			levels &= ~(BIT(0) << pin);
		else if (!(gpio->dir >> pin & 1) && FIELD_GET(PIN_CNF_PULL, cnf) == PULL_UP)
			levels |= BIT(0) << pin;
	}
	return levels & gpio->pins;
}

/** The pin whose PIN_CNF is at an offset; MAX_PINS: it is another register. */
static unsigned pin_at(const struct gpio *gpio, uint32_t offset)
{
	const uint32_t pin = (offset - GPIO_PIN_CNF) / 4;

	return offset >= GPIO_PIN_CNF && pin < MAX_PINS && gpio->pins >> pin & 1 ? pin : MAX_PINS;
}

static bool gpio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gpio *gpio = model;
	const unsigned pin = pin_at(gpio, access->offset);

	*value = 0;
	if (pin < MAX_PINS)
		*value = gpio->pin_cnf[pin] | (gpio->dir >> pin & 1);
	else if (access->offset <= GPIO_OUTCLR)
		*value = gpio->out;
	else if (access->offset == GPIO_IN)
		*value = pin_levels(gpio);
	else if (access->offset >= GPIO_DIR && access->offset <= GPIO_DIRCLR)
		*value = gpio->dir;
	else if (access->offset == GPIO_DETECTMODE)
		*value = gpio->detect_mode;
	return true;
}

static void write_pin(struct gpio *gpio, unsigned pin, uint32_t value, uint32_t mask)
{
	const uint32_t bit = BIT(0) << pin;
	const uint32_t cnf = merge_lanes(
		gpio->pin_cnf[pin] | (gpio->dir >> pin & 1), value, mask & PIN_CNF_WRITABLE);

	gpio->pin_cnf[pin] = cnf & ~PIN_CNF_DIR;
	gpio->dir = cnf & PIN_CNF_DIR ? gpio->dir | bit : gpio->dir & ~bit;
}

/** OUT or DIR, by where in its group of three the register is: itself, set, clear. */
static void write_group(uint32_t *target, uint32_t which, uint32_t value, uint32_t mask)
{
	if (which == 0)
		*target = merge_lanes(*target, value, mask);
	else if (which == 4)
		*target |= value & mask;
	else
		*target &= ~(value & mask);
}

static bool gpio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gpio *gpio = model;
	const unsigned pin = pin_at(gpio, access->offset);

	if (pin < MAX_PINS)
		write_pin(gpio, pin, value, mask);
	else if (access->offset <= GPIO_OUTCLR)
		write_group(&gpio->out, access->offset - GPIO_OUT, value, mask & gpio->pins);
	else if (access->offset >= GPIO_DIR && access->offset <= GPIO_DIRCLR)
		write_group(&gpio->dir, access->offset - GPIO_DIR, value, mask & gpio->pins);
	else if (access->offset == GPIO_DETECTMODE)
		gpio->detect_mode = merge_lanes(gpio->detect_mode, value, mask & BIT(0));
	return true;
}

static const struct model_field nrf52_gpio_fields[] = {
	{ "pins", FIELD_U32, offsetof(struct nrf52_gpio_config, pin_count), true },
	{ NULL },
};

const struct model_class nrf52_gpio_class = {
	.name = "nRF52 GPIO port",
	.create = gpio_create,
	.reset = gpio_reset,
	.destroy = free,
	.ops = { .read = gpio_read, .write = gpio_write },
	.fields = nrf52_gpio_fields,
	.config_size = sizeof(struct nrf52_gpio_config),
};
