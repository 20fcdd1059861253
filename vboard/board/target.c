/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam to the probe side of the virtual board: struct vtarget in front of a struct board.
 */
#include "base/bits.h"
#include "vboard/board/state.h"

/* The private peripheral bus stays reachable while nRESET is held: connect under reset. */
static bool reachable(const struct board *board, uint64_t address)
{
	const bool is_ppb = address >> 20 == 0xe00;

	if (address > UINT32_MAX || (board->in_reset && !is_ppb))
		return false;
	return !board->debug_limit ||
	       board->debug_limit(board->debug_limit_model, (uint32_t)address);
}

static bool target_read(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t *value)
{
	const struct debug_bus *bus = data;
	struct board *board = bus->board;
	const struct bus_access access = {
		.size = size,
		.debugger = true,
		.privileged = attr & VBUS_PRIVILEGED,
		.secure = (attr & VBUS_SECURE) || !security_is_there(board),
		.core = bus->core,
	};

	return reachable(board, address) && bus_read(board, (uint32_t)address, access, value);
}

static bool target_write(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t value)
{
	const struct debug_bus *bus = data;
	struct board *board = bus->board;
	const struct bus_access access = {
		.size = size,
		.debugger = true,
		.privileged = attr & VBUS_PRIVILEGED,
		.secure = (attr & VBUS_SECURE) || !security_is_there(board),
		.core = bus->core,
	};
	bool done;

	if (!reachable(board, address))
		return false;
	done = bus_write(board, (uint32_t)address, access, value);
	time_core_resets(&board->cores[bus->core]);
	if (board->resets_due)
		board_do_resets(board);
	return done;
}

static bool target_is_open(void *data)
{
	const struct debug_bus *bus = data;
	const struct board *board = bus->board;

	return !board->debug_gate || board->debug_gate(board->debug_gate_model);
}

static bool target_is_secure_open(void *data)
{
	const struct debug_bus *bus = data;
	const struct board *board = bus->board;

	return board->secure_gate(board->secure_gate_model);
}

static uint64_t own_ap_ready_ns(void *data, uint8_t reg, bool read)
{
	const struct own_ap *own = data;

	return own->ap.ready_ns ? own->ap.ready_ns(own->ap.model, reg, read) : 0;
}

static bool own_ap_read(void *data, uint8_t reg, uint32_t *value)
{
	const struct own_ap *own = data;

	return own->ap.read(own->ap.model, reg, value);
}

static bool own_ap_write(void *data, uint8_t reg, uint32_t value)
{
	const struct own_ap *own = data;
	const bool done = own->ap.write(own->ap.model, reg, value);

	if (own->board->resets_due)
		board_do_resets(own->board);
	return done;
}

static void target_drive_reset(void *data, bool asserted)
{
	struct board *board = data;

	board_change_reset(board, &board->pin_holds_reset, asserted, RESET_PIN);
}

/* Nothing of the part depends on the debug power domain: it has only one (RM0090, 5.1). */
static void target_debug_power(void *data, bool debug, bool system)
{
	(void)data;
	(void)debug;
	(void)system;
}

static void target_advance(void *data, uint64_t now_ns)
{
	time_advance(data, now_ns);
}

static uint64_t target_flash_busy_ns(void *data)
{
	const struct board *board = data;

	return board->flash_busy_ns;
}

static uint64_t target_instructions(void *data)
{
	const struct board *board = data;
	uint64_t total = 0;

	for (unsigned i = 0; i < board->core_count; i++)
		total += cpu_insns(board->cores[i].cpu);
	return total;
}

static void target_set_output(
	void *data, void (*output)(void *payload, const void *bytes, size_t size), void *payload)
{
	struct board *board = data;

	board->output = output;
	board->output_payload = payload;
}

static size_t target_input(void *data, const void *bytes, size_t size, uint32_t baud)
{
	return serial_input(data, bytes, size, baud);
}

static bool target_is_powered(void *data)
{
	const struct board *board = data;

	return board->powered;
}

static bool target_is_wired(void *data)
{
	const struct board *board = data;

	return !board->wire_gate || board->in_reset || board->wire_gate(board->wire_gate_model);
}

static uint32_t target_power_cycles(void *data)
{
	const struct board *board = data;

	return board->power_cycles;
}

static uint64_t target_now_ns(void *data)
{
	const struct board *board = data;

	return board->now_ns;
}

static void target_destroy(void *data)
{
	board_destroy(data);
}

/** Of a part that lists no MEM-AP: its only one. */
static struct part_ap only_ap(const struct board_part *part)
{
	return (struct part_ap){
		.config = {
			.idr = part->ap_idr,
			.base = part->ap_base,
			.csw_reset = part->ap_csw_reset,
			.can_pack = part->ap_can_pack,
			.can_unaligned = part->ap_can_unaligned,
			.increment_bits = part->ap_increment_bits,
		},
	};
}

static void add_mem_ap(struct board *board, struct vtarget *target, const struct part_ap *ap)
{
	struct vdp_config *dp = &target->dps[ap->dp];
	struct debug_bus *bus = &board->debug_buses[board->debug_bus_count++];
	struct vap_config *config = &dp->aps[dp->ap_count++];

	*bus = (struct debug_bus){ board, ap->core };
	*config = ap->config;
	config->bus = (struct vbus){ target_read, target_write, bus };
	config->is_enabled = target_is_open;
	if (board->secure_gate)
		config->is_secure_enabled = target_is_secure_open;
}

/* Once for each time power is asked for; what the rescue wants done takes effect at once. */
static void rescue_power_changed(void *data, bool debug, bool system)
{
	struct board *board = data;

	(void)system;
	if (!debug || !board->rescue || !board->powered)
		return;
	board->rescue(board->rescue_model);
	if (board->resets_due)
		board_do_resets(board);
}

static void add_more_dps(struct board *board, struct vtarget *target)
{
	const struct board_part *part = board->part;

	target->dp_count = 1 + part->more_dp_count;
	for (size_t i = 0; i < part->more_dp_count; i++) {
		const struct part_dp *more = &part->more_dps[i];
		struct vdp_config *dp = &target->dps[i + 1];

		*dp = target->dps[0];
		dp->instance = more->instance;
		if (more->dpidr)
			dp->dpidr = more->dpidr;
		if (more->target_id)
			dp->target_id = more->target_id;
		if (more->jtag_idcode)
			dp->jtag_idcode = more->jtag_idcode;
		if (more->is_rescue) {
			dp->power_changed = rescue_power_changed;
			dp->power_data = board;
		}
	}
}

static void add_mem_aps(struct board *board, struct vtarget *target)
{
	const struct board_part *part = board->part;
	const struct part_ap only = only_ap(part);

	if (!part->ap_count)
		add_mem_ap(board, target, &only);
	for (size_t i = 0; i < part->ap_count; i++)
		add_mem_ap(board, target, &part->aps[i]);
}

void board_fill_target(struct board *board, struct vtarget *target)
{
	const struct board_part *part = board->part;

	*target = (struct vtarget){
		.dpidr = part->dpidr,
		.target_id = part->target_id,
		.instance = part->instance,
		.dpidr1 = part->dpidr1,
		.has_rom = part->dp_has_rom,
		.rom_address = part->dp_rom_address,
		.rom_pidr = part->dp_rom_pidr,
		.power_up_ns = part->power_up_ns,
		.needs_system_power = part->needs_system_power,
		.no_swd = part->no_swd,
		.starts_dormant = part->starts_dormant,
		.jtag_idcode = part->jtag_idcode,
		.jtag_ir_length = part->jtag_ir_length,
		.drive_reset = target_drive_reset,
		.debug_power = target_debug_power,
		.advance = target_advance,
		.flash_busy_ns = target_flash_busy_ns,
		.instructions = target_instructions,
		.set_output = target_set_output,
		.input = target_input,
		.is_powered = target_is_powered,
		.is_wired = target_is_wired,
		.power_cycles = target_power_cycles,
		.destroy = target_destroy,
		.now_ns = target_now_ns,
		.set_swo = board_set_swo,
		.data = board,
		.tap_count = part->tap_count,
		.taps_before = (uint8_t)(part->tap_count - part->taps_after),
	};
	for (size_t i = 0; i < part->tap_count; i++)
		target->taps[i] = part->taps[i];
	add_more_dps(board, target);
	add_mem_aps(board, target);
	for (size_t i = 0; i < board->ap_count; i++)
		target->aps[target->ap_count++] = (struct vap_config){
			.apsel = board->aps[i].ap.apsel,
			.registers = { own_ap_read, own_ap_write, &board->aps[i], own_ap_ready_ns },
		};
}
