/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug mailbox and the part of NXP's boot ROM that serves it.
 *
 * Choices: the ROM needs ROM_NS for everything; a read of RETURN waits until its answer is there. A
 * request that the ROM does not know, or that the part refuses, is answered with status 1. Debug
 * authentication (requests 0x10 and 0x11) is not there. Once a session is started the core runs
 * firmware, where the real ROM loops until the debugger resets the part.
 */
#include "vboard/models/debug_mailbox.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/models/debug_mailbox_regs.h"

enum { ROM_NS = 200000 };

/* What a snapshot keeps. */
struct mailbox_state {
	uint32_t csw;
	uint32_t answer; /* what RETURN shows... */
	uint32_t next;   /* and, after the token, next */
	uint64_t ready_ns;
	bool has_next;
	bool listening; /* the ROM is in its loop */
	bool session;
};

struct debug_mailbox {
	struct board *board;
	struct debug_mailbox_config config;
	const struct debug_mailbox_ops *ops;
	void *owner;
	struct mailbox_state state;
};

/* --- the ROM --------------------------------------------------------------------------------- */

static void leave_rom(struct debug_mailbox *mailbox)
{
	mailbox->state.listening = false;
	board_hold_core(mailbox->board, 0, false);
}

static bool start_dm_ap(struct debug_mailbox *mailbox, uint32_t parameter)
{
	(void)mailbox;
	(void)parameter;
	return true;
}

static bool get_protection(struct debug_mailbox *mailbox, uint32_t parameter)
{
	const struct debug_mailbox_ops *ops = mailbox->ops;

	(void)parameter;
	mailbox->state.has_next = true;
	mailbox->state.next = ops->get_protection ? ops->get_protection(mailbox->owner) : 0;
	return true;
}

static bool bulk_erase(struct debug_mailbox *mailbox, uint32_t parameter)
{
	const struct debug_mailbox_ops *ops = mailbox->ops;
	const uint64_t end_ns = ops->bulk_erase ? ops->bulk_erase(mailbox->owner) : 0;

	(void)parameter;
	if (end_ns > mailbox->state.ready_ns)
		mailbox->state.ready_ns = end_ns;
	return end_ns;
}

static bool exit_dm_ap(struct debug_mailbox *mailbox, uint32_t parameter)
{
	(void)parameter;
	leave_rom(mailbox);
	return true;
}

static bool enter_isp(struct debug_mailbox *mailbox, uint32_t parameter)
{
	return mailbox->ops->enter_isp && mailbox->ops->enter_isp(mailbox->owner, parameter);
}

static bool set_fault_analysis(struct debug_mailbox *mailbox, uint32_t parameter)
{
	(void)parameter;
	return mailbox->ops->set_fault_analysis && mailbox->ops->set_fault_analysis(mailbox->owner);
}

static bool start_session(struct debug_mailbox *mailbox, uint32_t parameter)
{
	const struct debug_mailbox_ops *ops = mailbox->ops;

	(void)parameter;
	if (ops->may_start_session && !ops->may_start_session(mailbox->owner))
		return false;
	mailbox->state.session = true;
	leave_rom(mailbox);
	return true;
}

static const struct request {
	enum dm_command command;
	bool (*run)(struct debug_mailbox *mailbox, uint32_t parameter);
} requests[] = {
	{ DM_START_DM_AP, start_dm_ap },
	{ DM_GET_PROTECTION, get_protection },
	{ DM_BULK_ERASE, bulk_erase },
	{ DM_EXIT_DM_AP, exit_dm_ap },
	{ DM_ENTER_ISP, enter_isp },
	{ DM_SET_FA_MODE, set_fault_analysis },
	{ DM_START_SESSION, start_session },
};

/* The debugger has taken a word and wants the next. */
static bool take_token(struct mailbox_state *state, uint32_t value)
{
	if (!state->has_next || FIELD_GET(DM_REQUEST_TOKEN, value) != DM_TOKEN)
		return false;
	state->answer = state->next;
	state->has_next = false;
	return true;
}

static void serve(struct debug_mailbox *mailbox, uint32_t value)
{
	struct mailbox_state *state = &mailbox->state;
	bool done = false;

	state->ready_ns = board_now_ns(mailbox->board) + ROM_NS;
	if (take_token(state, value))
		return;
	state->has_next = false;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].command == FIELD_GET(DM_REQUEST_COMMAND, value))
			done = requests[i].run(mailbox, FIELD_GET(DM_REQUEST_DATA, value));
	state->answer = FIELD_PREP(DM_RETURN_STATUS, done ? DM_SUCCESS : DM_FAIL) |
	                FIELD_PREP(DM_RETURN_WORDS, state->has_next);
}

/* --- the AP ---------------------------------------------------------------------------------- */

static bool is_busy(const struct debug_mailbox *mailbox)
{
	return board_now_ns(mailbox->board) < mailbox->state.ready_ns;
}

/* The ROM has seen the resynchronization. */
static uint32_t read_csw(const struct debug_mailbox *mailbox)
{
	const struct mailbox_state *state = &mailbox->state;

	if (!state->listening || is_busy(mailbox))
		return state->csw;
	return state->csw & ~(DM_CSW_RESYNCH_REQ | DM_CSW_REQ_PENDING);
}

static bool mailbox_read(void *model, uint8_t reg, uint32_t *value)
{
	const struct debug_mailbox *mailbox = model;

	*value = 0;
	if (reg == DM_CSW)
		*value = read_csw(mailbox);
	else if (reg == DM_RETURN)
		*value = mailbox->state.answer;
	else if (reg == DM_IDR)
		*value = mailbox->config.idr;
	return true;
}

static void write_csw(struct debug_mailbox *mailbox, uint32_t value)
{
	struct mailbox_state *state = &mailbox->state;

	if (value & DM_CSW_SOFT_RESET) {
		state->csw = 0;
		state->answer = 0;
		state->has_next = false;
	}
	if (value & DM_CSW_RESYNCH_REQ) {
		state->csw = DM_CSW_RESYNCH_REQ; /* also the errors are forgotten */
		state->has_next = false;
		state->ready_ns = board_now_ns(mailbox->board) + ROM_NS;
	}
	if (value & DM_CSW_CHIP_RESET_REQ)
		board_request_reset(mailbox->board, RESET_SOFTWARE);
}

/* Without the ROM nobody takes it; the next one is an overrun. */
static void write_request(struct debug_mailbox *mailbox, uint32_t value)
{
	struct mailbox_state *state = &mailbox->state;

	if (read_csw(mailbox) & DM_CSW_REQ_PENDING) {
		state->csw |= DM_CSW_DBG_OR_ERR;
		return;
	}
	state->csw = read_csw(mailbox) | DM_CSW_REQ_PENDING;
	if (!state->listening)
		return;
	serve(mailbox, value);
	if (!state->listening) /* it was the last one, and the ROM has taken it */
		state->csw &= ~DM_CSW_REQ_PENDING;
}

static bool mailbox_write(void *model, uint8_t reg, uint32_t value)
{
	if (reg == DM_CSW)
		write_csw(model, value);
	else if (reg == DM_REQUEST)
		write_request(model, value);
	return true;
}

static uint64_t mailbox_ready_ns(void *model, uint8_t reg, bool read)
{
	const struct debug_mailbox *mailbox = model;

	return reg == DM_RETURN && read ? mailbox->state.ready_ns : 0;
}

/* --- life ------------------------------------------------------------------------------------ */

bool debug_mailbox_is_open(const struct debug_mailbox *mailbox)
{
	return mailbox->state.session || !mailbox->config.needs_session;
}

static bool is_open(void *model)
{
	return debug_mailbox_is_open(model);
}

void debug_mailbox_reset(struct debug_mailbox *mailbox, enum board_reset kind)
{
	struct mailbox_state *state = &mailbox->state;

	if (kind == RESET_POWER_ON)
		*state = (struct mailbox_state){ 0 };
	/* Only a reset that the debugger asks for ends its session. */
	state->listening = state->csw & DM_CSW_RESYNCH_REQ;
	if (!state->listening)
		return;
	state->session = false;
	state->ready_ns = board_now_ns(mailbox->board) + ROM_NS;
	board_hold_core(mailbox->board, 0, true);
}

dapper_status debug_mailbox_create(struct board *board, const struct debug_mailbox_config *config,
	const struct debug_mailbox_ops *ops, void *owner, struct debug_mailbox **mailbox)
{
	struct debug_mailbox *made = xnew(made);
	struct board_ap ap = { config->apsel, mailbox_read, mailbox_write, made, mailbox_ready_ns };
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a debug mailbox");
	made->board = board;
	made->config = *config;
	made->ops = ops;
	made->owner = owner;
	status = board_add_ap(board, &ap);
	if (status == DAPPER_OK)
		status = board_keep(board, "debug mailbox", &made->state, sizeof(made->state));
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	board_gate_debug(board, is_open, made);
	*mailbox = made;
	return DAPPER_OK;
}

void debug_mailbox_destroy(struct debug_mailbox *mailbox)
{
	free(mailbox);
}
