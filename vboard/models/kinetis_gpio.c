/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GPIO port of Kinetis K (K64 RM, chapter 55). Nothing is connected to the pins: an output reads
 * back what it drives, an input low.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/kinetis.h"

#define GPIO_PDOR 0x00u
#define GPIO_PSOR 0x04u
#define GPIO_PCOR 0x08u
#define GPIO_PTOR 0x0cu
#define GPIO_PDIR 0x10u
#define GPIO_PDDR 0x14u

struct gpio {
	struct {
		uint32_t pdor, pddr;
	} state;
};

static bool gpio_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct gpio *gpio = model;

	*value = 0;
	if (access->offset == GPIO_PDOR)
		*value = gpio->state.pdor;
	else if (access->offset == GPIO_PDIR)
		*value = gpio->state.pdor & gpio->state.pddr;
	else if (access->offset == GPIO_PDDR)
		*value = gpio->state.pddr;
	return true;
}

static bool gpio_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct gpio *gpio = model;

	switch (access->offset) {
	case GPIO_PDOR:
		gpio->state.pdor = merge_lanes(gpio->state.pdor, value, mask);
		break;
	case GPIO_PSOR:
		gpio->state.pdor |= value & mask;
		break;
	case GPIO_PCOR:
		gpio->state.pdor &= ~(value & mask);
		break;
	case GPIO_PTOR:
		gpio->state.pdor ^= value & mask;
		break;
	case GPIO_PDDR:
		gpio->state.pddr = merge_lanes(gpio->state.pddr, value, mask);
		break;
	default:
		break;
	}
	return true;
}

static void gpio_reset(void *model, enum board_reset kind)
{
	struct gpio *gpio = model;

	(void)kind;
	gpio->state.pdor = 0;
	gpio->state.pddr = 0;
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

const struct model_class kinetis_gpio_class = {
	.name = "Kinetis GPIO",
	.create = gpio_create,
	.reset = gpio_reset,
	.destroy = free,
	.ops = { .read = gpio_read, .write = gpio_write },
};
