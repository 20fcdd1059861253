/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GPIO port (RM0090 rev 19, section 8.4). Nothing is connected to the pins: an output reads back
 * what it drives, an input its pull resistor. The lock of LCKR is kept, not enforced.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32.h"

#define GPIO_MODER   0x00u
#define GPIO_OTYPER  0x04u
#define GPIO_OSPEEDR 0x08u
#define GPIO_PUPDR   0x0cu
#define GPIO_IDR     0x10u
#define GPIO_ODR     0x14u
#define GPIO_BSRR    0x18u
#define GPIO_LCKR    0x1cu
#define GPIO_AFRL    0x20u
#define GPIO_AFRH    0x24u

enum { MODE_OUTPUT = 1, PULL_UP = 1, PIN_COUNT = 16 };

static const struct register_row rows[] = {
	{ GPIO_MODER, 0, UINT32_MAX },
	{ GPIO_OTYPER, 0, BITS(15, 0) },
	{ GPIO_OSPEEDR, 0, UINT32_MAX },
	{ GPIO_PUPDR, 0, UINT32_MAX },
	{ GPIO_ODR, 0, BITS(15, 0) },
	{ GPIO_LCKR, 0, BITS(16, 0) },
	{ GPIO_AFRL, 0, UINT32_MAX },
	{ GPIO_AFRH, 0, UINT32_MAX },
};

struct gpio {
	const struct stm32_gpio_config *config;
	struct register_file registers;
};

/* SWDIO and SWCLK: PA13 and PA14 as alternate functions, as after reset (RM0090, 8.3.2). */
#define DEBUG_PINS        BITS(29, 26)
#define DEBUG_PINS_IN_USE 10u

static bool debug_pins_are_connected(void *model)
{
	const struct gpio *gpio = model;

	return FIELD_GET(DEBUG_PINS, registers_get(&gpio->registers, GPIO_MODER)) ==
	       DEBUG_PINS_IN_USE;
}

static dapper_status gpio_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct gpio *gpio = xnew(gpio);

	if (!gpio)
		return FAIL_NO_MEMORY("a GPIO port");
	gpio->config = config->data;
	board_registers_init(&gpio->registers, rows, ARRAY_SIZE(rows));
	if (FIELD_GET(DEBUG_PINS, gpio->config->moder) == DEBUG_PINS_IN_USE)
		board_gate_wire(board, debug_pins_are_connected, gpio);
	*model = gpio;
	return board_keep(
		board, config->name, gpio->registers.values, sizeof(gpio->registers.values));
}

static void gpio_reset(void *model, enum board_reset kind)
{
	struct gpio *gpio = model;

	(void)kind;
	registers_reset(&gpio->registers);
	registers_set(&gpio->registers, GPIO_MODER, gpio->config->moder);
	registers_set(&gpio->registers, GPIO_OSPEEDR, gpio->config->ospeedr);
	registers_set(&gpio->registers, GPIO_PUPDR, gpio->config->pupdr);
}

static uint32_t pin_levels(const struct gpio *gpio)
{
	const uint32_t moder = registers_get(&gpio->registers, GPIO_MODER);
	const uint32_t pupdr = registers_get(&gpio->registers, GPIO_PUPDR);
	uint32_t levels = 0;

	for (unsigned pin = 0; pin < PIN_COUNT; pin++) {
		const bool drives = (moder >> 2 * pin & 3) == MODE_OUTPUT;
		const bool is_pulled_up = (pupdr >> 2 * pin & 3) == PULL_UP;

		if (drives)
			levels |= registers_get(&gpio->registers, GPIO_ODR) & BIT(0) << pin;
		else if (is_pulled_up)
			levels |= BIT(0) << pin;
	}
	return levels;
}

static bool gpio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gpio *gpio = model;

	*value = access->offset == GPIO_IDR ? pin_levels(gpio)
	                                    : registers_get(&gpio->registers, access->offset);
	return true;
}

/* BSRR: the lower half sets, the upper resets; where both are 1, set wins (8.4.7). */
static bool gpio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gpio *gpio = model;
	uint32_t odr = registers_get(&gpio->registers, GPIO_ODR);

	if (access->offset != GPIO_BSRR) {
		registers_write(&gpio->registers, access->offset, value, mask);
		return true;
	}
	value &= mask;
	odr &= ~(value >> 16);
	odr |= value & BITS(15, 0);
	registers_set(&gpio->registers, GPIO_ODR, odr);
	return true;
}

static const struct model_field stm32_gpio_fields[] = {
	{ "moder", FIELD_U32, offsetof(struct stm32_gpio_config, moder) },
	{ "ospeedr", FIELD_U32, offsetof(struct stm32_gpio_config, ospeedr) },
	{ "pupdr", FIELD_U32, offsetof(struct stm32_gpio_config, pupdr) },
	{ NULL },
};

const struct model_class stm32_gpio_class = {
	.name = "STM32 GPIO port",
	.create = gpio_create,
	.reset = gpio_reset,
	.destroy = free,
	.ops = { .read = gpio_read, .write = gpio_write },
	.fields = stm32_gpio_fields,
	.config_size = sizeof(struct stm32_gpio_config),
};
