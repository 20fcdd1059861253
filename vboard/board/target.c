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

	return address <= UINT32_MAX && (!board->in_reset || is_ppb);
}

static bool target_read(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t *value)
{
	struct board *board = data;
	const struct bus_access access = {
		.size = size,
		.debugger = true,
		.privileged = attr & VBUS_PRIVILEGED,
		.secure = attr & VBUS_SECURE,
	};

	return reachable(board, address) && bus_read(board, (uint32_t)address, access, value);
}

static bool target_write(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t value)
{
	struct board *board = data;
	const struct bus_access access = {
		.size = size,
		.debugger = true,
		.privileged = attr & VBUS_PRIVILEGED,
		.secure = attr & VBUS_SECURE,
	};
	bool done;

	if (!reachable(board, address))
		return false;
	done = bus_write(board, (uint32_t)address, access, value);
	if (cpu_reset_requested(board->cpu))
		board_request_reset(board, RESET_SOFTWARE);
	if (board->reset_requested)
		board_do_reset(board);
	return done;
}

static bool target_is_open(void *data)
{
	const struct board *board = data;

	return !board->debug_gate || board->debug_gate(board->debug_gate_model);
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

	if (own->board->reset_requested)
		board_do_reset(own->board);
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

	return cpu_insns(board->cpu);
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

static uint64_t target_now_ns(void *data)
{
	const struct board *board = data;

	return board->now_ns;
}

static void target_destroy(void *data)
{
	board_destroy(data);
}

void board_fill_target(struct board *board, struct vtarget *target)
{
	const struct board_part *part = board->part;

	*target = (struct vtarget){
		.dpidr = part->dpidr,
		.target_id = part->target_id,
		.jtag_idcode = part->jtag_idcode,
		.aps[0] = {
			.apsel = 0,
			.idr = part->ap_idr,
			.base = part->ap_base,
			.csw_reset = part->ap_csw_reset,
			.can_pack = part->ap_can_pack,
			.can_unaligned = part->ap_can_unaligned,
			.increment_bits = part->ap_increment_bits,
			.bus = { target_read, target_write, board },
			.is_enabled = target_is_open,
		},
		.ap_count = 1,
		.drive_reset = target_drive_reset,
		.debug_power = target_debug_power,
		.advance = target_advance,
		.flash_busy_ns = target_flash_busy_ns,
		.instructions = target_instructions,
		.set_output = target_set_output,
		.input = target_input,
		.is_powered = target_is_powered,
		.destroy = target_destroy,
		.now_ns = target_now_ns,
		.data = board,
		.tap_count = part->tap_count,
		.taps_before = part->tap_count,
	};
	for (size_t i = 0; i < part->tap_count; i++)
		target->taps[i] = part->taps[i];
	for (size_t i = 0; i < board->ap_count; i++)
		target->aps[target->ap_count++] = (struct vap_config){
			.apsel = board->aps[i].ap.apsel,
			.registers = { own_ap_read, own_ap_write, &board->aps[i] },
		};
}
