/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A group of SAM D21's PORT (data sheet, chapter 23). Nothing is connected to the pins: an output
 * reads back what it drives, an input with its pull resistor what OUT says, another input low. Pin
 * configuration is kept; WRCONFIG configures several pins at once.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/samd21.h"

/* DIR, DIRCLR, DIRSET, DIRTGL; OUT and its three. */
#define PORT_DIR      0x00u
#define PORT_OUT      0x10u
#define PORT_IN       0x20u
#define PORT_CTRL     0x24u
#define PORT_WRCONFIG 0x28u
#define PORT_PMUX     0x30u
#define PORT_PINCFG   0x40u
#define PORT_END      0x60u

#define WRCONFIG_HWSEL    BIT(31)
#define WRCONFIG_WRPINCFG BIT(30)
#define WRCONFIG_WRPMUX   BIT(28)
#define WRCONFIG_PMUX     BITS(27, 24)
#define WRCONFIG_PINCFG   BITS(22, 16)
#define WRCONFIG_PINMASK  BITS(15, 0)
#define PINCFG_PULLEN     BIT(2)

struct port {
	struct {
		uint32_t dir, out, ctrl;
		uint8_t pmux[16], pincfg[32];
	} state;
};

static uint32_t read_pins(const struct port *port)
{
	uint32_t driven = port->state.dir;

	for (unsigned pin = 0; pin < 32; pin++)
		if (port->state.pincfg[pin] & PINCFG_PULLEN)
			driven |= BIT(0) << pin;
	return port->state.out & driven;
}

/** The byte registers of pin configuration: PMUX and PINCFG. */
static uint8_t *byte_at(struct port *port, uint32_t offset)
{
	return offset < PORT_PINCFG ? &port->state.pmux[offset - PORT_PMUX]
	                            : &port->state.pincfg[offset - PORT_PINCFG];
}

static bool port_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct port *port = model;

	*value = 0;
	if (access->offset < PORT_OUT)
		*value = port->state.dir;
	else if (access->offset < PORT_IN)
		*value = port->state.out;
	else if (access->offset == PORT_IN)
		*value = read_pins(port);
	else if (access->offset == PORT_CTRL)
		*value = port->state.ctrl;
	else if (access->offset >= PORT_PMUX && access->offset < PORT_END)
		for (unsigned lane = 0; lane < 4; lane++)
			*value |= (uint32_t)*byte_at(port, access->offset + lane) << 8 * lane;
	return true;
}

/** Plain, clear, set, toggle: the order of the four registers. */
static uint32_t changed(uint32_t old, unsigned which, uint32_t value, uint32_t mask)
{
	switch (which) {
	case 0:
		return merge_lanes(old, value, mask);
	case 1:
		return old & ~(value & mask);
	case 2:
		return old | (value & mask);
	default:
		return old ^ (value & mask);
	}
}

static void write_config(struct port *port, uint32_t value)
{
	const unsigned first = value & WRCONFIG_HWSEL ? 16 : 0;

	for (unsigned i = 0; i < 16; i++) {
		const unsigned pin = first + i;
		const unsigned shift = pin % 2 * 4;
		uint8_t *pmux = &port->state.pmux[pin / 2];

		if (!(value & WRCONFIG_PINMASK & BIT(0) << i))
			continue;
		if (value & WRCONFIG_WRPINCFG)
			port->state.pincfg[pin] = (uint8_t)FIELD_GET(WRCONFIG_PINCFG, value);
		if (value & WRCONFIG_WRPMUX)
			*pmux = (uint8_t)((*pmux & ~(0xfu << shift)) |
					  FIELD_GET(WRCONFIG_PMUX, value) << shift);
	}
}

static bool port_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct port *port = model;
	const unsigned which = access->offset / 4 % 4;

	if (access->offset < PORT_OUT)
		port->state.dir = changed(port->state.dir, which, value, mask);
	else if (access->offset < PORT_IN)
		port->state.out = changed(port->state.out, which, value, mask);
	else if (access->offset == PORT_CTRL)
		port->state.ctrl = merge_lanes(port->state.ctrl, value, mask);
	else if (access->offset == PORT_WRCONFIG)
		write_config(port, value & mask);
	else if (access->offset >= PORT_PMUX && access->offset < PORT_END)
		for (unsigned lane = 0; lane < 4; lane++)
			if (mask >> 8 * lane & 0xff)
				*byte_at(port, access->offset + lane) =
					(uint8_t)(value >> 8 * lane);
	return true;
}

static void port_reset(void *model, enum board_reset kind)
{
	struct port *port = model;

	(void)kind;
	*port = (struct port){ 0 };
}

static dapper_status port_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct port *port = xnew(port);

	if (!port)
		return FAIL_NO_MEMORY("a PORT group");
	*model = port;
	return board_keep(board, config->name, &port->state, sizeof(port->state));
}

const struct model_class samd21_port_class = {
	.name = "SAMD21 PORT",
	.create = port_create,
	.reset = port_reset,
	.destroy = free,
	.ops = { .read = port_read, .write = port_write },
};
