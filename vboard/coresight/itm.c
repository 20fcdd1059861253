/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Instrumentation Trace Macrocell (itm_regs.h): stimulus ports, timestamps, and the arbiter
 * between them and DWT. The debug logic's own: only power-on resets it. It is dead while
 * DEMCR.TRCENA is 0.
 *
 * Two queues, one for stimulus ports and one for DWT, each of so many bytes (struct itm_config).
 * What does not fit is lost, and an overflow packet says so. The TPIU fetches packets when its pin
 * is free, in the order of C1.7.1: synchronisation, stimulus, DWT, local timestamp, global
 * timestamp; a local timestamp comes before any packet of a later time.
 *
 * Choices: the local timestamp counter counts cycles of the core, and with SWOENA bits of the
 * pin; the global one counts cycles of the core. A stimulus port that TER disables takes writes and
 * forgets them; on Armv8-M it says so (DISABLED).
 */
#include "vboard/coresight/itm.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/itm_regs.h"

enum { QUEUE_PACKETS = 32, LARGEST_SOURCE_PACKET = 5, GTS_OFTEN = 128, GTS_SELDOM = 8192 };

enum source { STIMULUS, HARDWARE, SOURCE_COUNT };

struct queued {
	uint64_t cycle; /* when it was made */
	uint64_t ns;
	uint8_t size;
	uint8_t bytes[LARGEST_SOURCE_PACKET];
};

struct queue {
	struct queued packets[QUEUE_PACKETS];
	uint8_t first, count;
	uint16_t bytes;
	bool overflow; /* to be told in the stream */
};

struct itm {
	struct board *board;
	const struct itm_config *config;
	struct debug_link *link;
	unsigned core;
	struct itm_state {
		uint32_t ter, tpr, tcr;
		struct coresight_lock lock;
		struct queue queues[SOURCE_COUNT];
		bool sync_due;
		/* Local timestamps: of the last packet sent, and where the counter stands. */
		bool lts_due, lts_late;
		uint64_t lts_cycle, lts_base;
		/* Global timestamps */
		bool gts1_due, gts2_due;
		uint64_t gts_cycle;     /* of the last one */
		uint64_t gts_high_sent; /* bits above 25 that the host knows */
	} state;
};

static uint64_t cycles_now(const struct itm *itm)
{
	return cpu_cycles(board_cpu(itm->board, itm->core));
}

static bool is_enabled(const struct itm *itm)
{
	return (itm->state.tcr & ITM_TCR_ITMENA) && board_trace_enabled(itm->board, itm->core);
}

/* --- queues ---------------------------------------------------------------------------------- */

static bool has_room(const struct itm *itm, enum source source, unsigned size)
{
	const struct queue *queue = &itm->state.queues[source];

	return queue->count < QUEUE_PACKETS && queue->bytes + size <= itm->config->fifo_bytes;
}

static void enqueue(struct itm *itm, enum source source, uint8_t header, uint32_t payload)
{
	static const uint8_t sizes[] = { 0, 1, 2, 4 };
	const uint8_t size = sizes[FIELD_GET(ITM_SOURCE_SIZE, header)];
	struct queue *queue = &itm->state.queues[source];
	struct queued *packet;

	if (!has_room(itm, source, 1u + size)) {
		queue->overflow = true;
		return;
	}
	packet = &queue->packets[(queue->first + queue->count++) % QUEUE_PACKETS];
	packet->cycle = cycles_now(itm);
	packet->ns = board_now_ns(itm->board);
	packet->size = (uint8_t)(1 + size);
	packet->bytes[0] = header;
	for (unsigned i = 0; i < size; i++)
		packet->bytes[1 + i] = (uint8_t)(payload >> 8 * i);
	queue->bytes = (uint16_t)(queue->bytes + packet->size);
	tpiu_kick(itm->link->tpiu);
}

void itm_hardware_packet(struct itm *itm, uint8_t header, uint32_t payload)
{
	if (itm && is_enabled(itm) && (itm->state.tcr & ITM_TCR_TXENA))
		enqueue(itm, HARDWARE, header, payload);
}

void itm_synchronise(struct itm *itm)
{
	if (!itm)
		return;
	if (is_enabled(itm) && (itm->state.tcr & ITM_TCR_SYNCENA))
		itm->state.sync_due = true;
	tpiu_synchronise(itm->link->tpiu);
	tpiu_kick(itm->link->tpiu);
}

/* The source that is next, or SOURCE_COUNT. */
static enum source next_source(const struct itm *itm)
{
	for (unsigned i = 0; i < SOURCE_COUNT; i++)
		if (itm->state.queues[i].count || itm->state.queues[i].overflow)
			return (enum source)i;
	return SOURCE_COUNT;
}

/* --- timestamps ------------------------------------------------------------------------------ */

/* Payload in groups of seven bits, lowest first, as many as it takes. */
static void put_groups(struct trace_packet *packet, uint64_t value, unsigned at_least)
{
	for (unsigned groups = 1; groups <= 6; groups++) {
		const bool more = value >> 7 || groups < at_least;

		packet->bytes[packet->size++] =
			(uint8_t)((value & 0x7f) | (more ? ITM_CONTINUES : 0));
		value >>= 7;
		if (!more)
			break;
	}
}

/* Cycles to a count of the local timestamp counter. */
static uint64_t lts_divider(const struct itm *itm)
{
	const uint32_t tcr = itm->state.tcr;
	const uint64_t prescale = UINT64_C(1) << 2 * FIELD_GET(ITM_TCR_TSPRESCALE, tcr);

	return tcr & ITM_TCR_SWOENA ? prescale * tpiu_prescaler(itm->link->tpiu) : prescale;
}

static void make_local_timestamp(struct itm *itm, struct trace_packet *packet)
{
	struct itm_state *state = &itm->state;
	const uint64_t divider = lts_divider(itm);
	uint64_t delta = 0;

	if (state->lts_cycle > state->lts_base)
		delta = (state->lts_cycle - state->lts_base) / divider;
	/* The counter is full: its value goes out, and the rest by the next packet. */
	if (delta > ITM_LTS1_MAX)
		delta = ITM_LTS1_MAX;
	else
		state->lts_due = false;
	state->lts_base += delta * divider;
	if (delta >= 1 && delta <= ITM_LTS2_MAX && !state->lts_late) {
		packet->bytes[packet->size++] = (uint8_t)FIELD_PREP(ITM_LTS2_TS, delta);
		return;
	}
	packet->bytes[packet->size++] =
		(uint8_t)(ITM_LTS1 | FIELD_PREP(ITM_LTS1_TC, state->lts_late ? ITM_TC_DATA_LATE
									     : ITM_TC_SYNCHRONOUS));
	put_groups(packet, delta, 1);
}

static void make_global_timestamp_1(struct itm *itm, struct trace_packet *packet)
{
	struct itm_state *state = &itm->state;
	const uint64_t now = cycles_now(itm) & ITM_GTS_MASK;
	const bool wrapped = now >> 26 != state->gts_high_sent;

	state->gts_cycle = cycles_now(itm);
	state->gts1_due = false;
	state->gts2_due = wrapped;
	packet->bytes[packet->size++] = ITM_GTS1;
	put_groups(packet, now & ITM_GTS1_TS, 4);
	packet->bytes[4] = (uint8_t)(packet->bytes[4] | (wrapped ? ITM_GTS1_WRAP : 0));
}

static void make_global_timestamp_2(struct itm *itm, struct trace_packet *packet)
{
	struct itm_state *state = &itm->state;

	state->gts_high_sent = (state->gts_cycle & ITM_GTS_MASK) >> 26;
	state->gts2_due = false;
	packet->bytes[packet->size++] = ITM_GTS2;
	put_groups(packet, state->gts_high_sent, 4);
}

/* A packet was sent: are timestamps due after it? */
static void note_sent(struct itm *itm, const struct queued *sent)
{
	struct itm_state *state = &itm->state;
	const uint64_t since = cycles_now(itm) - state->gts_cycle;

	if (state->tcr & ITM_TCR_TSENA) {
		state->lts_due = true;
		state->lts_cycle = sent->cycle;
		state->lts_late = board_now_ns(itm->board) != sent->ns;
	}
	switch (FIELD_GET(ITM_TCR_GTSFREQ, state->tcr)) {
	case 1:
		state->gts1_due = since >= GTS_OFTEN;
		break;
	case 2:
		state->gts1_due = since >= GTS_SELDOM;
		break;
	case 3:
		state->gts1_due = true;
		break;
	default:
		break;
	}
}

/* --- the arbiter ----------------------------------------------------------------------------- */

static void make_synchronisation(struct trace_packet *packet)
{
	for (unsigned i = 0; i + 1 < ITM_SYNC_SIZE; i++)
		packet->bytes[packet->size++] = 0;
	packet->bytes[packet->size++] = ITM_SYNC_LAST;
}

static void take_from(struct itm *itm, enum source source, struct trace_packet *packet)
{
	struct queue *queue = &itm->state.queues[source];
	const struct queued *first = &queue->packets[queue->first];

	/* What was lost came after all that is waiting. */
	if (!queue->count) {
		queue->overflow = false;
		packet->bytes[packet->size++] = ITM_OVERFLOW;
		return;
	}
	for (unsigned i = 0; i < first->size; i++)
		packet->bytes[packet->size++] = first->bytes[i];
	queue->bytes = (uint16_t)(queue->bytes - first->size);
	queue->first = (uint8_t)((queue->first + 1) % QUEUE_PACKETS);
	queue->count--;
	note_sent(itm, first);
}

/* Must the timestamp go out before this source's packet? */
static bool timestamp_is_first(const struct itm *itm, enum source source)
{
	const struct queue *queue = &itm->state.queues[source];

	return itm->state.lts_due &&
	       (!queue->count || queue->packets[queue->first].cycle != itm->state.lts_cycle);
}

bool itm_next_packet(struct itm *itm, struct trace_packet *packet)
{
	enum source source;

	if (!itm)
		return false;
	*packet = (struct trace_packet){
		.id = (uint8_t)FIELD_GET(ITM_TCR_TRACEBUSID, itm->state.tcr),
	};
	source = next_source(itm);
	if (itm->state.sync_due) {
		itm->state.sync_due = false;
		make_synchronisation(packet);
	} else if (source != SOURCE_COUNT && !timestamp_is_first(itm, source)) {
		take_from(itm, source, packet);
	} else if (itm->state.lts_due) {
		make_local_timestamp(itm, packet);
	} else if (itm->state.gts1_due) {
		make_global_timestamp_1(itm, packet);
	} else if (itm->state.gts2_due) {
		make_global_timestamp_2(itm, packet);
	}
	return packet->size;
}

/* --- registers ------------------------------------------------------------------------------- */

static bool is_waiting(const struct itm *itm)
{
	return next_source(itm) != SOURCE_COUNT || itm->state.sync_due || itm->state.lts_due;
}

/* C1.7.5: ports that TPR keeps for privileged code ignore others. */
static bool port_allows(const struct itm *itm, unsigned port, const struct bus_access *access)
{
	return access->privileged || !(itm->state.tpr >> port / 8 & 1);
}

static uint32_t read_port(const struct itm *itm, unsigned port, const struct bus_access *access)
{
	const bool enabled = is_enabled(itm) && port_allows(itm, port, access);

	if (itm->config->is_v8m && !(enabled && (itm->state.ter >> port & 1)))
		return ITM_STIM_DISABLED;
	return enabled && has_room(itm, STIMULUS, LARGEST_SOURCE_PACKET) ? ITM_STIM_FIFOREADY : 0;
}

static void write_port(
	struct itm *itm, unsigned port, const struct bus_access *access, uint32_t value)
{
	const uint8_t size = access->size == 4 ? 3 : (uint8_t)access->size;

	if (is_enabled(itm) && port_allows(itm, port, access) && (itm->state.ter >> port & 1))
		enqueue(itm, STIMULUS, (uint8_t)(FIELD_PREP(ITM_SOURCE_ID, port) | size), value);
}

static uint32_t tcr_writable(const struct itm *itm)
{
	uint32_t writable = ITM_TCR_TRACEBUSID | ITM_TCR_TSPRESCALE | ITM_TCR_SWOENA |
	                    ITM_TCR_TXENA | ITM_TCR_SYNCENA | ITM_TCR_TSENA | ITM_TCR_ITMENA;

	if (itm->config->has_global_timestamps)
		writable |= ITM_TCR_GTSFREQ;
	if (itm->config->is_v8m)
		writable |= ITM_TCR_STALLENA;
	return writable;
}

static void write_tcr(struct itm *itm, uint32_t value)
{
	const uint32_t begun = value & ~itm->state.tcr;

	itm->state.tcr = value & tcr_writable(itm);
	if (begun & ITM_TCR_TSENA)
		itm->state.lts_base = cycles_now(itm);
	if (begun & ITM_TCR_GTSFREQ) {
		itm->state.gts_cycle = cycles_now(itm);
		itm->state.gts_high_sent = 0;
	}
}

static bool itm_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct itm *itm = model;

	*value = 0;
	if (access->offset < ITM_STIM_END)
		*value = read_port(itm, access->offset / 4, access);
	else if (access->offset == ITM_TER0)
		*value = itm->state.ter;
	else if (access->offset == ITM_TPR)
		*value = itm->state.tpr;
	else if (access->offset == ITM_TCR)
		*value = itm->state.tcr | FIELD_PREP(ITM_TCR_BUSY, is_waiting(itm));
	else
		(void)coresight_lock_read(&itm->config->ids, &itm->state.lock, access, value);
	return true;
}

/* Unprivileged code changes TER where TPR lets it, and no other register (C1.7.2). */
static void write_ter(struct itm *itm, const struct bus_access *access, uint32_t value)
{
	uint32_t allowed = 0;

	for (unsigned port = 0; port < 32; port++)
		if (port_allows(itm, port, access))
			allowed |= BIT(0) << port;
	itm->state.ter = merge_lanes(itm->state.ter, value, allowed);
}

static bool itm_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct itm *itm = model;
	struct itm_state *state = &itm->state;

	if (access->offset < ITM_STIM_END) {
		/* The lanes are right-aligned: a port takes the value, wherever it was written. */
		for (; mask && !(mask & 1); mask >>= 1)
			value >>= 1;
		write_port(itm, access->offset / 4, access, value);
		return true;
	}
	if (!coresight_lock_write(&itm->config->ids, &state->lock, access, value))
		return true;
	if (access->offset == ITM_TER0)
		write_ter(itm, access, merge_lanes(state->ter, value, mask));
	else if (access->offset == ITM_TPR && access->privileged)
		state->tpr = merge_lanes(state->tpr, value, mask) & ITM_TPR_PRIVMASK;
	else if (access->offset == ITM_TCR && access->privileged)
		write_tcr(itm, merge_lanes(state->tcr, value, mask));
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status itm_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct itm *itm = xnew(itm);

	if (!itm)
		return FAIL_NO_MEMORY("an ITM");
	*model = itm;
	itm->board = board;
	itm->config = config->data;
	itm->core = model_core(config);
	itm->link = debug_link(board);
	if (!itm->link)
		return dapper_error_last()->status;
	itm->link->itm[itm->core] = itm;
	return board_keep(board, config->name, &itm->state, sizeof(itm->state));
}

static void itm_reset(void *model, enum board_reset kind)
{
	struct itm *itm = model;

	if (kind == RESET_POWER_ON)
		itm->state = (struct itm_state){ .ter = 0 };
}

static const struct model_field itm_fields[] = {
	CORESIGHT_IDS_FIELDS(struct itm_config),
	{ "fifo-bytes", FIELD_U16, offsetof(struct itm_config, fifo_bytes), true },
	{ "global-timestamps", FIELD_BOOL, offsetof(struct itm_config, has_global_timestamps) },
	{ "v8m", FIELD_BOOL, offsetof(struct itm_config, is_v8m) },
	{ NULL },
};

const struct model_class itm_class = {
	.name = "ITM",
	.create = itm_create,
	.reset = itm_reset,
	.destroy = free,
	.ops = { .read = itm_read, .write = itm_write },
	.fields = itm_fields,
	.config_size = sizeof(struct itm_config),
};
