/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Trace Port Interface Unit (tpiu_regs.h): what the ITMs of a board have to say leaves by its
 * pin, bit by bit in simulated time: SWO (UART or Manchester), through the formatter or around it,
 * or the parallel port, which no probe of ours can hear. Debug logic: only power-on resets it.
 *
 * Choices: a bit takes ACPR + 1 cycles of the trace clock in both serial modes, as debuggers
 * program it. A frame that no source fills up is filled with source 0 as soon as there is nothing
 * else to send. The parallel port takes a byte in 8 / pins cycles of the core's clock.
 */
#include "vboard/coresight/itm.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/board/internal.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/formatter.h"

/* A UART's bits around eight of data; Manchester: a start bit, and a time of idle at the end. */
enum { UART_BITS = 10, MANCHESTER_EXTRA_BITS = 2, MANCHESTER_BYTES = 8 };

struct tpiu {
	struct board *board;
	const struct tpiu_config *config;
	struct debug_link *link;
	struct board_event sent;
	struct tpiu_state {
		uint32_t cspsr, acpr, sppr, ffcr, pscr, claim;
		struct coresight_lock lock;
		struct formatter formatter;
		uint8_t itm; /* whose turn it is */
		bool sync_due;
		bool held; /* a packet waits for the frame before it */
		struct trace_packet packet;
		/* Bytes on their way out, of which `burst` is on the pin. */
		uint8_t bytes[FRAME_SIZE];
		uint8_t size, done;
		bool heard; /* by SWO */
		struct vswo_burst burst;
	} state;
};

static bool is_formatting(const struct tpiu *tpiu)
{
	return (tpiu->state.ffcr & TPIU_FFCR_ENFCONT) || tpiu->state.sppr == TXMODE_PARALLEL;
}

uint32_t tpiu_prescaler(const struct tpiu *tpiu)
{
	return tpiu ? tpiu->state.acpr + 1 : 1;
}

bool tpiu_is_busy(const struct tpiu *tpiu)
{
	return tpiu && tpiu->state.size;
}

void tpiu_synchronise(struct tpiu *tpiu)
{
	if (tpiu)
		tpiu->state.sync_due = is_formatting(tpiu);
}

/* --- on the pin ------------------------------------------------------------------------------ */

static uint32_t clock_hz(const struct tpiu *tpiu)
{
	return tpiu->config->clock_hz ? tpiu->config->clock_hz
	                              : board_clock_hz(tpiu->board, CLOCK_CORE);
}

/* The pin may have to be given to trace first (DBGMCU_CR.TRACE_IOEN and its like). */
static bool has_pin(const struct tpiu *tpiu)
{
	const struct tpiu_config *config = tpiu->config;

	return !config->pin_mask || (board_peek(tpiu->board, config->pin_address) &
					    config->pin_mask) == config->pin_value;
}

static uint64_t burst_ns(const struct tpiu *tpiu, const struct vswo_burst *burst)
{
	uint64_t bits = (uint64_t)UART_BITS * burst->size;

	if (tpiu->state.sppr == TXMODE_PARALLEL)
		bits = UINT64_C(8) * burst->size;
	else if (burst->manchester)
		bits = UINT64_C(8) * burst->size + MANCHESTER_EXTRA_BITS;
	return (bits * NS_PER_S + burst->bit_rate - 1) / burst->bit_rate;
}

/* Number of pins of the parallel port. */
static uint32_t port_width(const struct tpiu *tpiu)
{
	uint32_t width = 1;

	while (width < 32 && !(tpiu->state.cspsr >> (width - 1) & 1))
		width++;
	return width;
}

static uint32_t bit_rate(const struct tpiu *tpiu)
{
	uint32_t rate;

	if (tpiu->state.sppr == TXMODE_PARALLEL)
		rate = clock_hz(tpiu) / 8 * port_width(tpiu);
	else
		rate = clock_hz(tpiu) / tpiu_prescaler(tpiu);
	return rate ? rate : 1;
}

static void send_burst(struct tpiu *tpiu)
{
	struct tpiu_state *state = &tpiu->state;
	struct vswo_burst *burst = &state->burst;
	unsigned size = state->size - state->done;

	if (state->sppr == TXMODE_MANCHESTER && size > MANCHESTER_BYTES)
		size = MANCHESTER_BYTES;
	*burst = (struct vswo_burst){
		.start_ns = board_now_ns(tpiu->board),
		.bit_rate = bit_rate(tpiu),
		.manchester = state->sppr == TXMODE_MANCHESTER,
		.size = (uint8_t)size,
	};
	memcpy(burst->bytes, state->bytes + state->done, size);
	state->heard = state->sppr != TXMODE_PARALLEL && has_pin(tpiu);
	board_arm(tpiu->board, &tpiu->sent, burst->start_ns + burst_ns(tpiu, burst));
}

/* --- what is sent ---------------------------------------------------------------------------- */

/* Cores take turns. */
static bool fetch_packet(struct tpiu *tpiu, struct trace_packet *packet)
{
	for (unsigned i = 0; i < LINK_MAX_CORES; i++) {
		const unsigned core = (tpiu->state.itm + i) % LINK_MAX_CORES;

		if (!itm_next_packet(tpiu->link->itm[core], packet))
			continue;
		tpiu->state.itm = (uint8_t)((core + 1) % LINK_MAX_CORES);
		return true;
	}
	return false;
}

static bool put_packet(struct formatter *formatter, struct trace_packet *packet)
{
	unsigned done = 0;

	for (; done < packet->size && formatter_has_room(formatter, packet->id); done++)
		formatter_put(formatter, packet->id, packet->bytes[done]);
	packet->size = (uint8_t)(packet->size - done);
	memmove(packet->bytes, packet->bytes + done, packet->size);
	return !packet->size;
}

/* Fill a frame as far as there is something to fill it with. */
static void next_frame(struct tpiu *tpiu)
{
	struct tpiu_state *state = &tpiu->state;

	while (state->held || fetch_packet(tpiu, &state->packet)) {
		state->held = !put_packet(&state->formatter, &state->packet);
		if (state->held)
			break;
	}
	if (formatter_is_empty(&state->formatter))
		return;
	formatter_take(&state->formatter, state->bytes);
	state->size = FRAME_SIZE;
}

static void next_sync(struct tpiu_state *state)
{
	for (unsigned i = 0; i < 4; i++)
		state->bytes[i] = (uint8_t)(FRAME_SYNC >> 8 * i);
	state->size = 4;
	state->sync_due = false;
}

static void next_bytes(struct tpiu *tpiu)
{
	struct tpiu_state *state = &tpiu->state;

	state->size = state->done = 0;
	if (is_formatting(tpiu)) {
		if (state->sync_due)
			next_sync(state);
		else
			next_frame(tpiu);
	} else if (fetch_packet(tpiu, &state->packet)) {
		state->size = state->packet.size;
		memcpy(state->bytes, state->packet.bytes, state->size);
	}
	if (state->size)
		send_burst(tpiu);
}

void tpiu_kick(struct tpiu *tpiu)
{
	if (tpiu && !tpiu->state.size)
		next_bytes(tpiu);
}

static void burst_sent(void *model)
{
	struct tpiu *tpiu = model;
	struct tpiu_state *state = &tpiu->state;

	if (state->heard)
		board_swo(tpiu->board, &state->burst);
	state->done = (uint8_t)(state->done + state->burst.size);
	if (state->done < state->size)
		send_burst(tpiu);
	else
		next_bytes(tpiu);
}

/* --- registers ------------------------------------------------------------------------------- */

static bool tpiu_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct tpiu *tpiu = model;
	const struct tpiu_state *state = &tpiu->state;
	const struct {
		uint32_t offset, value;
	} registers[] = {
		{ TPIU_SSPSR, tpiu->config->port_sizes },
		{ TPIU_CSPSR, state->cspsr },
		{ TPIU_ACPR, state->acpr },
		{ TPIU_SPPR, state->sppr },
		{ TPIU_FFSR, TPIU_FFSR_FTNONSTOP },
		{ TPIU_FFCR, state->ffcr | TPIU_FFCR_TRIGIN },
		{ TPIU_PSCR, state->pscr },
		{ CORESIGHT_CLAIMSET, 0xf },
		{ CORESIGHT_CLAIMCLR, state->claim },
	};

	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].offset == access->offset) {
			*value = registers[i].value;
			return true;
		}
	*value = 0;
	(void)coresight_lock_read(&tpiu->config->ids, &state->lock, access, value);
	return true;
}

static void write_ffcr(struct tpiu *tpiu, uint32_t value)
{
	struct tpiu_state *state = &tpiu->state;
	const bool was_formatting = is_formatting(tpiu);

	state->ffcr = value & TPIU_FFCR_ENFCONT;
	if (is_formatting(tpiu) && !was_formatting) {
		formatter_reset(&state->formatter);
		state->sync_due = true;
	}
}

static void write_sppr(struct tpiu *tpiu, uint32_t value)
{
	const uint32_t mode = FIELD_GET(TPIU_SPPR_TXMODE, value);

	if (mode <= TXMODE_NRZ)
		tpiu->state.sppr = mode;
}

static bool tpiu_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct tpiu *tpiu = model;
	struct tpiu_state *state = &tpiu->state;

	if (!coresight_lock_write(&tpiu->config->ids, &state->lock, access, value))
		return true;
	switch (access->offset) {
	case TPIU_CSPSR:
		/* One of the sizes that are there (C1.10.3). */
		if ((value & tpiu->config->port_sizes) == value && value && !(value & (value - 1)))
			state->cspsr = value;
		break;
	case TPIU_ACPR:
		state->acpr = merge_lanes(state->acpr, value, mask) & tpiu->config->acpr_mask;
		break;
	case TPIU_SPPR:
		write_sppr(tpiu, merge_lanes(state->sppr, value, mask));
		break;
	case TPIU_FFCR:
		write_ffcr(tpiu, merge_lanes(state->ffcr, value, mask));
		break;
	case TPIU_PSCR:
		if (tpiu->config->has_pscr)
			state->pscr = value & TPIU_PSCR_PSCOUNT;
		break;
	case CORESIGHT_CLAIMSET:
		state->claim |= value & 0xf;
		break;
	case CORESIGHT_CLAIMCLR:
		state->claim &= ~value;
		break;
	default:
		break;
	}
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status tpiu_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct tpiu *tpiu = xnew(tpiu);

	if (!tpiu)
		return FAIL_NO_MEMORY("a TPIU");
	*model = tpiu;
	tpiu->board = board;
	tpiu->config = config->data;
	tpiu->sent = (struct board_event){ .fire = burst_sent, .model = tpiu };
	tpiu->link = debug_link(board);
	if (!tpiu->link)
		return dapper_error_last()->status;
	tpiu->link->tpiu = tpiu;
	TRY(board_keep(board, config->name, &tpiu->state, sizeof(tpiu->state)));
	return board_keep_event(board, config->name, &tpiu->sent);
}

static void tpiu_reset(void *model, enum board_reset kind)
{
	struct tpiu *tpiu = model;

	if (kind != RESET_POWER_ON)
		return;
	board_disarm(tpiu->board, &tpiu->sent);
	/* Formatting is on after reset (DDI 0439D, table 11-2), and so is Manchester coding. */
	tpiu->state = (struct tpiu_state){
		.cspsr = BIT(0),
		.sppr = TXMODE_MANCHESTER,
		.ffcr = TPIU_FFCR_ENFCONT,
		.sync_due = true,
	};
}

static const struct model_field tpiu_fields[] = {
	CORESIGHT_IDS_FIELDS(struct tpiu_config),
	{ "port-sizes", FIELD_U32, offsetof(struct tpiu_config, port_sizes), true },
	{ "acpr-mask", FIELD_U32, offsetof(struct tpiu_config, acpr_mask), true },
	{ "has-pscr", FIELD_BOOL, offsetof(struct tpiu_config, has_pscr) },
	{ "clock-hz", FIELD_U32, offsetof(struct tpiu_config, clock_hz) },
	{ "pin-address", FIELD_U32, offsetof(struct tpiu_config, pin_address) },
	{ "pin-mask", FIELD_U32, offsetof(struct tpiu_config, pin_mask) },
	{ "pin-value", FIELD_U32, offsetof(struct tpiu_config, pin_value) },
	{ NULL },
};

const struct model_class tpiu_class = {
	.name = "TPIU",
	.create = tpiu_create,
	.reset = tpiu_reset,
	.destroy = free,
	.ops = { .read = tpiu_read, .write = tpiu_write },
	.fields = tpiu_fields,
	.config_size = sizeof(struct tpiu_config),
};
