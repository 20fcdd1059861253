/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/bitbang.h"

enum { NS_PER_MS = 1000000, NS_PER_US = 1000 };

/* TCK low, nothing reset. A host that wants SWD says 'O' or 'o' before it uses the line. */
void vbitbang_init(struct vbitbang *bitbang, struct vport *port)
{
	*bitbang = (struct vbitbang){ .port = port, .drives = true };
	vport_connect(port, VPORT_JTAG);
	vclock_set_swclk(port->clock, VCLOCK_DEFAULT_HZ);
	port->swclk = false;
	vswj_fall(port->wire);
}

void vbitbang_finish(struct vbitbang *bitbang)
{
	vport_disconnect(bitbang->port);
}

static struct vswj_pins pins_of(const struct vbitbang *bitbang)
{
	const struct vport *port = bitbang->port;

	return (struct vswj_pins){
		.driven = bitbang->drives, .tms = port->swdio, .tdi = port->tdi
	};
}

static void set_clock(struct vbitbang *bitbang, bool level)
{
	struct vport *port = bitbang->port;

	if (port->swclk == level)
		return;
	port->swclk = level;
	if (!level) {
		vswj_fall(port->wire);
		return;
	}
	vclock_run(port->clock, 1);
	vswj_rise(port->wire, pins_of(bitbang));
}

/* Data before the clock: as a host that sets them together expects. */
static void write_jtag(struct vbitbang *bitbang, unsigned bits)
{
	bitbang->port->swdio = bits & 2;
	bitbang->port->tdi = bits & 1;
	set_clock(bitbang, bits & 4);
}

static void write_swd(struct vbitbang *bitbang, unsigned bits)
{
	bitbang->port->swdio = bits & 1;
	set_clock(bitbang, bits & 2);
}

static void write_resets(struct vbitbang *bitbang, unsigned bits)
{
	vport_drive_ntrst(bitbang->port, !(bits & 2));
	vport_drive_nreset(bitbang->port, !(bits & 1));
}

static void drive_swdio(struct vbitbang *bitbang, unsigned drives)
{
	bitbang->drives = drives;
}

static void pass(struct vbitbang *bitbang, unsigned ns)
{
	vclock_pass(bitbang->port->clock, ns);
}

static void nothing(struct vbitbang *bitbang, unsigned bits)
{
	(void)bitbang;
	(void)bits;
}

static bool read_tdo(const struct vbitbang *bitbang)
{
	return vswj_tdo(bitbang->port->wire);
}

static bool read_swdio(const struct vbitbang *bitbang)
{
	return vswj_swdio(bitbang->port->wire, pins_of(bitbang));
}

/* What a character does, with which argument; or what it asks for. */
struct action {
	void (*act)(struct vbitbang *bitbang, unsigned argument);
	bool (*ask)(const struct vbitbang *bitbang);
	unsigned argument;
};

static const struct action actions['z' + 1] = {
	['0'] = { write_jtag, NULL, 0 },
	['1'] = { write_jtag, NULL, 1 },
	['2'] = { write_jtag, NULL, 2 },
	['3'] = { write_jtag, NULL, 3 },
	['4'] = { write_jtag, NULL, 4 },
	['5'] = { write_jtag, NULL, 5 },
	['6'] = { write_jtag, NULL, 6 },
	['7'] = { write_jtag, NULL, 7 },
	['d'] = { write_swd, NULL, 0 },
	['e'] = { write_swd, NULL, 1 },
	['f'] = { write_swd, NULL, 2 },
	['g'] = { write_swd, NULL, 3 },
	['r'] = { write_resets, NULL, 0 },
	['s'] = { write_resets, NULL, 1 },
	['t'] = { write_resets, NULL, 2 },
	['u'] = { write_resets, NULL, 3 },
	['O'] = { drive_swdio, NULL, 1 },
	['o'] = { drive_swdio, NULL, 0 },
	['Z'] = { pass, NULL, NS_PER_MS },
	['z'] = { pass, NULL, NS_PER_US },
	['B'] = { nothing, NULL, 0 },
	['b'] = { nothing, NULL, 0 },
	['\n'] = { nothing, NULL, 0 },
	['\r'] = { nothing, NULL, 0 },
	[' '] = { nothing, NULL, 0 },
	['R'] = { NULL, read_tdo, 0 },
	['c'] = { NULL, read_swdio, 0 },
};

enum vbitbang_end vbitbang_process(struct vbitbang *bitbang, const uint8_t *in, size_t *in_size,
	uint8_t *out, size_t *out_size)
{
	const size_t size = *in_size, room = *out_size;

	*out_size = 0;
	for (*in_size = 0; *in_size < size; ++*in_size) {
		uint8_t c = in[*in_size];
		const struct action *action = &actions[c < ARRAY_SIZE(actions) ? c : 0];

		if (c == 'Q')
			return VBITBANG_QUIT;
		if (!action->act && !action->ask)
			return VBITBANG_GARBAGE;
		if (action->act)
			action->act(bitbang, action->argument);
		else if (*out_size < room)
			out[(*out_size)++] = action->ask(bitbang) ? '1' : '0';
		else
			return VBITBANG_MORE;
	}
	return VBITBANG_MORE;
}
