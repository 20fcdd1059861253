/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GPIO port of the STM32F1 (RM0008 rev 21, section 9.2). Nothing is connected to the pins: an
 * output reads back what it drives, an input its pull resistor. The lock of LCKR is kept, not
 * enforced; alternate functions drive nothing.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32f1.h"

#define GPIO_CRL  0x00u
#define GPIO_CRH  0x04u
#define GPIO_IDR  0x08u
#define GPIO_ODR  0x0cu
#define GPIO_BSRR 0x10u
#define GPIO_BRR  0x14u
#define GPIO_LCKR 0x18u

/* CNFy[1:0] above MODEy[1:0]; an input with a pull resistor: the ODR bit says which (table 20). */
enum { MODE_INPUT = 0, CNF_PULL = 2, CNF_ALTERNATE = 2, PIN_COUNT = 16, PINS_PER_REGISTER = 8 };

static const struct register_row rows[] = {
	{ GPIO_CRL, 0x44444444, UINT32_MAX },
	{ GPIO_CRH, 0x44444444, UINT32_MAX },
	{ GPIO_ODR, 0, BITS(15, 0) },
	{ GPIO_LCKR, 0, BITS(16, 0) },
};

struct gpio {
	struct register_file registers;
};

static dapper_status gpio_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct gpio *gpio = xnew(gpio);

	if (!gpio)
		return FAIL_NO_MEMORY("a GPIO port");
	board_registers_init(&gpio->registers, rows, ARRAY_SIZE(rows));
	*model = gpio;
	return board_keep(
		board, config->name, gpio->registers.values, sizeof(gpio->registers.values));
}

static void gpio_reset(void *model, enum board_reset kind)
{
	struct gpio *gpio = model;

	(void)kind;
	registers_reset(&gpio->registers);
}

/** Does ODR decide the level: a plain output, or an input with a pull resistor? */
static bool follows_odr(const struct gpio *gpio, unsigned pin)
{
	const uint32_t offset = pin < PINS_PER_REGISTER ? GPIO_CRL : GPIO_CRH;
	const uint32_t bits =
		registers_get(&gpio->registers, offset) >> 4 * (pin % PINS_PER_REGISTER);
	const uint32_t cnf = bits >> 2 & 3;

	return (bits & 3) == MODE_INPUT ? cnf == CNF_PULL : cnf < CNF_ALTERNATE;
}

static uint32_t pin_levels(const struct gpio *gpio)
{
	uint32_t levels = 0;

	for (unsigned pin = 0; pin < PIN_COUNT; pin++)
		if (follows_odr(gpio, pin))
			levels |= BIT(0) << pin;
	return levels & registers_get(&gpio->registers, GPIO_ODR);
}

static bool gpio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gpio *gpio = model;

	*value = access->offset == GPIO_IDR ? pin_levels(gpio)
	                                    : registers_get(&gpio->registers, access->offset);
	return true;
}

/* BSRR: the lower half sets, the upper resets; where both are 1, set wins (9.2.5). */
static bool gpio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gpio *gpio = model;
	uint32_t odr = registers_get(&gpio->registers, GPIO_ODR);

	value &= mask;
	if (access->offset == GPIO_BSRR)
		odr = (odr & ~(value >> 16)) | (value & BITS(15, 0));
	else if (access->offset == GPIO_BRR)
		odr &= ~(value & BITS(15, 0));
	else
		registers_write(&gpio->registers, access->offset, value, mask);
	if (access->offset == GPIO_BSRR || access->offset == GPIO_BRR)
		registers_set(&gpio->registers, GPIO_ODR, odr);
	return true;
}

const struct model_class stm32f1_gpio_class = {
	.name = "STM32F1 GPIO port",
	.create = gpio_create,
	.reset = gpio_reset,
	.destroy = free,
	.ops = { .read = gpio_read, .write = gpio_write },
};
