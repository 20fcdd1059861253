/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/models/nrf_ctrl_ap.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "vboard/models/nrf_ctrl_ap_regs.h"

enum { PERIPHERAL_SIZE = 0x1000 };

/* A protection that debugger and firmware can lift together. */
struct lift {
	uint32_t debugger, firmware; /* DISABLE of both */
	bool locked;                 /* firmware cannot write its own any more */
};

enum { LIFT_DEBUG, LIFT_SECURE, LIFT_ERASE, LIFT_COUNT };

/* What a snapshot keeps. */
struct ctrl_ap_state {
	struct lift lifts[LIFT_COUNT];
	bool is_protected, is_secure_protected; /* as UICR was at the reset */
	bool reset_held;
	/* The mailbox: a word each way. */
	uint32_t to_firmware, to_debugger;
	bool for_firmware, for_debugger; /* and not read yet */
};

struct nrf_ctrl_ap {
	struct board *board;
	struct nrf_ctrl_ap_config config;
	const struct nrf_ctrl_ap_ops *ops;
	void *owner;
	struct ctrl_ap_state state;
};

static bool is_lifted(const struct nrf_ctrl_ap *ap, unsigned which)
{
	const struct lift *lift = &ap->state.lifts[which];

	return lift->debugger && lift->debugger == lift->firmware;
}

/* On newer parts UICR alone does not open: firmware has to say so as well. */
static bool is_open(const struct nrf_ctrl_ap *ap, bool is_protected, unsigned which)
{
	if (is_lifted(ap, which))
		return true;
	if (is_protected)
		return false;
	return !ap->config.needs_disable_both || ap->state.lifts[which].firmware;
}

bool nrf_ctrl_ap_is_open(const struct nrf_ctrl_ap *ap)
{
	return is_open(ap, ap->state.is_protected, LIFT_DEBUG);
}

bool nrf_ctrl_ap_is_secure_open(const struct nrf_ctrl_ap *ap)
{
	return !ap->config.has_secure || is_open(ap, ap->state.is_secure_protected, LIFT_SECURE);
}

static bool gate(void *model)
{
	return nrf_ctrl_ap_is_open(model);
}

static bool secure_gate(void *model)
{
	return nrf_ctrl_ap_is_secure_open(model);
}

static void erase_all(struct nrf_ctrl_ap *ap)
{
	if (!ap->ops->is_erasing(ap->owner))
		ap->ops->erase_all(ap->owner);
}

/* Both have written the same to ERASEPROTECT.DISABLE. */
static void look_at_erase(struct nrf_ctrl_ap *ap)
{
	if (is_lifted(ap, LIFT_ERASE))
		erase_all(ap);
}

/* --- the debugger's side --------------------------------------------------------------------- */

static uint32_t read_status(const struct nrf_ctrl_ap *ap)
{
	return FIELD_PREP(CTRL_AP_APPROTECT_OPEN, nrf_ctrl_ap_is_open(ap)) |
	       FIELD_PREP(CTRL_AP_SECUREAPPROTECT_OPEN, nrf_ctrl_ap_is_secure_open(ap));
}

static uint32_t take(bool *there, uint32_t value)
{
	*there = false;
	return value;
}

static bool ctrl_ap_read(void *model, uint8_t reg, uint32_t *value)
{
	struct nrf_ctrl_ap *ap = model;
	struct ctrl_ap_state *state = &ap->state;

	*value = 0;
	switch (reg) {
	case CTRL_AP_RESET:
		*value = state->reset_held;
		break;
	case CTRL_AP_ERASEALLSTATUS:
		*value = ap->ops->is_erasing(ap->owner);
		break;
	case CTRL_AP_APPROTECTSTATUS:
		*value = ap->config.has_disable ? 0 : read_status(ap);
		break;
	case CTRL_AP_ERASEPROTECT_STATUS:
		*value = !ap->ops->is_erase_protected(ap->owner);
		break;
	case CTRL_AP_MAILBOX_TXSTATUS:
		*value = state->for_firmware;
		break;
	case CTRL_AP_MAILBOX_RXDATA:
		*value = take(&state->for_debugger, state->to_debugger);
		break;
	case CTRL_AP_MAILBOX_RXSTATUS:
		*value = state->for_debugger;
		break;
	case CTRL_AP_IDR:
		*value = ap->config.idr;
		break;
	default: /* write-only or reserved */
		break;
	}
	return true;
}

static void hold_reset(struct nrf_ctrl_ap *ap, bool hold)
{
	ap->state.reset_held = hold;
	board_hold_reset(ap->board, hold);
}

static bool ctrl_ap_write(void *model, uint8_t reg, uint32_t value)
{
	struct nrf_ctrl_ap *ap = model;
	struct ctrl_ap_state *state = &ap->state;

	switch (reg) {
	case CTRL_AP_RESET:
		hold_reset(ap, value & BIT(0));
		break;
	case CTRL_AP_ERASEALL:
		if ((value & BIT(0)) && !ap->ops->is_erase_protected(ap->owner))
			erase_all(ap);
		break;
	case CTRL_AP_APPROTECT_DISABLE:
		if (ap->config.has_disable)
			state->lifts[LIFT_DEBUG].debugger = value;
		break;
	case CTRL_AP_SECURE_DISABLE:
		if (ap->config.has_disable && ap->config.has_secure)
			state->lifts[LIFT_SECURE].debugger = value;
		break;
	case CTRL_AP_ERASEPROTECT_DISABLE:
		state->lifts[LIFT_ERASE].debugger = value;
		look_at_erase(ap);
		break;
	case CTRL_AP_MAILBOX_TXDATA:
		state->to_firmware = value;
		state->for_firmware = true;
		break;
	default: /* read-only or reserved */
		break;
	}
	return true;
}

/* --- CTRLAPPERI ------------------------------------------------------------------------------ */

static bool peripheral_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct nrf_ctrl_ap *ap = model;
	struct ctrl_ap_state *state = &ap->state;

	*value = 0;
	switch (access->offset) {
	case CTRLAPPERI_MAILBOX_RXDATA:
		*value = take(&state->for_firmware, state->to_firmware);
		break;
	case CTRLAPPERI_MAILBOX_RXSTATUS:
		*value = state->for_firmware;
		break;
	case CTRLAPPERI_MAILBOX_TXDATA:
		*value = state->to_debugger;
		break;
	case CTRLAPPERI_MAILBOX_TXSTATUS:
		*value = state->for_debugger;
		break;
	case CTRLAPPERI_ERASEPROTECT_LOCK:
		*value = state->lifts[LIFT_ERASE].locked;
		break;
	case CTRLAPPERI_APPROTECT_LOCK:
		*value = state->lifts[LIFT_DEBUG].locked;
		break;
	case CTRLAPPERI_SECURE_LOCK:
		*value = state->lifts[LIFT_SECURE].locked;
		break;
	default: /* the DISABLE registers read as 0 */
		break;
	}
	return true;
}

static void disable(struct lift *lift, uint32_t value)
{
	if (!lift->locked)
		lift->firmware = value;
}

static bool peripheral_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct nrf_ctrl_ap *ap = model;
	struct ctrl_ap_state *state = &ap->state;

	value &= mask;
	switch (access->offset) {
	case CTRLAPPERI_MAILBOX_TXDATA:
		state->to_debugger = value;
		state->for_debugger = true;
		break;
	case CTRLAPPERI_ERASEPROTECT_LOCK:
		state->lifts[LIFT_ERASE].locked |= value & BIT(0);
		break;
	case CTRLAPPERI_ERASEPROTECT_DISABLE:
		disable(&state->lifts[LIFT_ERASE], value);
		look_at_erase(ap);
		break;
	case CTRLAPPERI_APPROTECT_LOCK:
		state->lifts[LIFT_DEBUG].locked |= value & BIT(0);
		break;
	case CTRLAPPERI_APPROTECT_DISABLE:
		disable(&state->lifts[LIFT_DEBUG], value);
		break;
	case CTRLAPPERI_SECURE_LOCK:
		state->lifts[LIFT_SECURE].locked |= value & BIT(0);
		break;
	case CTRLAPPERI_SECURE_DISABLE:
		disable(&state->lifts[LIFT_SECURE], value);
		break;
	default: /* read-only or reserved */
		break;
	}
	return true;
}

/* --- life ------------------------------------------------------------------------------------ */

void nrf_ctrl_ap_reset(struct nrf_ctrl_ap *ap)
{
	struct ctrl_ap_state *state = &ap->state;

	/* The debugger's DISABLE values are its own, and stay. */
	for (unsigned i = 0; i < LIFT_COUNT; i++) {
		state->lifts[i].firmware = 0;
		state->lifts[i].locked = false;
	}
	state->is_protected = ap->ops->is_protected(ap->owner);
	state->is_secure_protected =
		ap->config.has_secure && ap->ops->is_secure_protected(ap->owner);
	state->for_debugger = false;
	state->for_firmware = false;
}

static dapper_status put_on_board(struct nrf_ctrl_ap *ap)
{
	static const struct window_ops window = { peripheral_read, peripheral_write };
	const struct board_ap registers = {
		.apsel = ap->config.apsel, .read = ctrl_ap_read, .write = ctrl_ap_write, .model = ap
	};

	TRY(board_add_ap(ap->board, &registers));
	TRY(board_keep(ap->board, "CTRL-AP", &ap->state, sizeof(ap->state)));
	if (!ap->config.base)
		return DAPPER_OK;
	return board_add_window(
		ap->board, "CTRLAPPERI", ap->config.base, PERIPHERAL_SIZE, LANES_AHB, &window, ap);
}

dapper_status nrf_ctrl_ap_create(struct board *board, const struct nrf_ctrl_ap_config *config,
	const struct nrf_ctrl_ap_ops *ops, void *owner, struct nrf_ctrl_ap **ap)
{
	struct nrf_ctrl_ap *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a CTRL-AP");
	made->board = board;
	made->config = *config;
	made->ops = ops;
	made->owner = owner;
	status = put_on_board(made);
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	board_gate_debug(board, gate, made);
	if (config->has_secure)
		board_gate_secure_debug(board, secure_gate, made);
	*ap = made;
	return DAPPER_OK;
}

void nrf_ctrl_ap_destroy(struct nrf_ctrl_ap *ap)
{
	free(ap);
}
