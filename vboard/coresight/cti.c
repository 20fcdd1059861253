/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Cross Trigger Interface (cti_regs.h) of a core: the core's halt and DWT's matches drive
 * channels, channels drive debug request and restart. The channels of all CTIs of a board are one
 * cross trigger matrix, behind each one's CTIGATE. Events take no time, and reach a core between
 * two instructions, one of another core at the end of its slice of time.
 *
 * A debug request stays until CTIINTACK: a core that is let go before halts again. The ETM's
 * triggers and the interrupts of the Cortex-M33's table are not connected.
 */
#include "vboard/coresight/cti.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/cti_regs.h"

enum { MAX_TRIGGERS = 8, MAX_CHANNELS = 4 };

struct cti {
	struct board *board;
	const struct cti_config *config;
	struct debug_link *link;
	unsigned core;
	struct cti_state {
		struct coresight_lock lock;
		uint32_t control, gate;
		uint32_t app; /* channels that software holds up */
		uint32_t in_enable[MAX_TRIGGERS], out_enable[MAX_TRIGGERS];
		uint32_t requested; /* outputs that wait for CTIINTACK */
	} state;
};

static uint32_t channel_mask(const struct cti *cti)
{
	return BITS(cti->config->channels - 1u, 0);
}

static bool is_on(const struct cti *cti)
{
	return cti->state.control & CTICONTROL_GLBEN;
}

/* --- events ---------------------------------------------------------------------------------- */

static void drive_output(struct cti *cti, unsigned output)
{
	struct cpu *cpu = board_cpu(cti->board, cti->core);

	if (output == CTI_OUT_REQUEST) {
		cti->state.requested |= BIT(CTI_OUT_REQUEST);
		cpu_external_halt(cpu);
	} else if (output == CTI_OUT_RESTART && cpu_halted(cpu) &&
		   !(cti->state.requested & BIT(CTI_OUT_REQUEST))) {
		cpu_resume(cpu);
	}
}

/* Channels arrive at a CTI, from itself or from the matrix. */
static void receive(struct cti *cti, uint32_t channels)
{
	if (!is_on(cti))
		return;
	for (unsigned i = 0; i < cti->config->triggers; i++)
		if (cti->state.out_enable[i] & channels)
			drive_output(cti, i);
}

static void send(struct cti *cti, uint32_t channels)
{
	const struct debug_link *link = cti->link;

	if (!channels || !is_on(cti))
		return;
	receive(cti, channels);
	channels &= cti->state.gate;
	for (unsigned i = 0; i < link->cti_count; i++)
		if (link->cti[i] != cti)
			receive(link->cti[i], channels & link->cti[i]->state.gate);
}

static void trigger_input(struct cti *cti, unsigned input)
{
	if (input < cti->config->triggers)
		send(cti, cti->state.in_enable[input]);
}

static void core_halted(void *ctx)
{
	trigger_input(ctx, CTI_IN_HALTED);
}

void cti_comparator_matched(const struct debug_link *link, unsigned core, unsigned comparator)
{
	for (unsigned i = 0; i < link->cti_count && comparator < 3; i++)
		if (link->cti[i]->core == core)
			trigger_input(link->cti[i], CTI_IN_DWT + comparator);
}

void cti_core_released(const struct debug_link *link, unsigned core)
{
	for (unsigned i = 0; i < link->cti_count; i++)
		if (link->cti[i]->core == core && is_on(link->cti[i]) &&
			(link->cti[i]->state.requested & BIT(CTI_OUT_REQUEST)))
			cpu_external_halt(board_cpu(link->cti[i]->board, core));
}

/* --- registers ------------------------------------------------------------------------------- */

/* A register of a row of them, one a trigger; NULL: not there. */
static uint32_t *trigger_register(struct cti *cti, uint32_t offset)
{
	const uint32_t in = (offset - CTIINEN0) / 4;
	const uint32_t out = (offset - CTIOUTEN0) / 4;

	if (offset >= CTIINEN0 && in < cti->config->triggers)
		return &cti->state.in_enable[in];
	if (offset >= CTIOUTEN0 && out < cti->config->triggers)
		return &cti->state.out_enable[out];
	return NULL;
}

/* An event is over at once: only what software holds up is ever seen on a channel. */
static bool shows_channels(uint32_t offset)
{
	return offset == CTIAPPSET || offset == CTICHINSTATUS || offset == CTICHOUTSTATUS;
}

static bool cti_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct cti *cti = model;
	const struct cti_state *state = &cti->state;
	const uint32_t *enable = trigger_register(cti, access->offset);

	*value = 0;
	if (enable)
		*value = *enable;
	else if (access->offset == CTICONTROL)
		*value = state->control;
	else if (shows_channels(access->offset))
		*value = state->app;
	else if (access->offset == CTITRIGINSTATUS)
		*value = FIELD_PREP(
			BIT(CTI_IN_HALTED), cpu_halted(board_cpu(cti->board, cti->core)));
	else if (access->offset == CTITRIGOUTSTATUS)
		*value = state->requested;
	else if (access->offset == CTIGATE)
		*value = state->gate;
	else
		(void)coresight_lock_read(&cti->config->ids, &state->lock, access, value);
	return true;
}

static bool cti_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct cti *cti = model;
	struct cti_state *state = &cti->state;
	uint32_t *enable = trigger_register(cti, access->offset);
	const uint32_t channels = value & mask & channel_mask(cti);

	if (!coresight_lock_write(&cti->config->ids, &state->lock, access, value))
		return true;
	if (enable) {
		*enable = channels;
	} else if (access->offset == CTICONTROL) {
		state->control = value & CTICONTROL_GLBEN;
	} else if (access->offset == CTIINTACK) {
		state->requested &= ~value;
	} else if (access->offset == CTIAPPSET) {
		state->app |= channels;
		send(cti, channels);
	} else if (access->offset == CTIAPPCLEAR) {
		state->app &= ~channels;
	} else if (access->offset == CTIAPPPULSE) {
		send(cti, channels);
	} else if (access->offset == CTIGATE) {
		state->gate = channels;
	}
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status check(const struct cti *cti)
{
	const struct cti_config *config = cti->config;

	if (config->channels < 1 || config->channels > MAX_CHANNELS ||
		config->triggers > MAX_TRIGGERS)
		return dapper_fail(DAPPER_ERR_INVALID,
			"a CTI has 1 to %d channels and at most %d triggers", MAX_CHANNELS,
			MAX_TRIGGERS);
	if (cti->link->cti_count == LINK_MAX_CTIS)
		return dapper_fail(
			DAPPER_ERR_LIMIT, "more than %d CTIs on one board", LINK_MAX_CTIS);
	return DAPPER_OK;
}

static dapper_status cti_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct cti *cti = xnew(cti);

	if (!cti)
		return FAIL_NO_MEMORY("a CTI");
	*model = cti;
	cti->board = board;
	cti->config = config->data;
	cti->core = model_core(config);
	cti->link = debug_link(board);
	if (!cti->link)
		return dapper_error_last()->status;
	TRY(check(cti));
	cti->link->cti[cti->link->cti_count++] = cti;
	cpu_listen_halt(board_cpu(board, cti->core), core_halted, cti);
	return board_keep(board, config->name, &cti->state, sizeof(cti->state));
}

static void cti_reset(void *model, enum board_reset kind)
{
	struct cti *cti = model;

	if (kind == RESET_POWER_ON)
		cti->state = (struct cti_state){ .gate = channel_mask(cti) };
}

static const struct model_field cti_fields[] = {
	CORESIGHT_IDS_FIELDS(struct cti_config),
	{ "channels", FIELD_U8, offsetof(struct cti_config, channels), true },
	{ "triggers", FIELD_U8, offsetof(struct cti_config, triggers), true },
	{ NULL },
};

const struct model_class cti_class = {
	.name = "CTI",
	.create = cti_create,
	.reset = cti_reset,
	.destroy = free,
	.ops = { .read = cti_read, .write = cti_write },
	.fields = cti_fields,
	.config_size = sizeof(struct cti_config),
};
