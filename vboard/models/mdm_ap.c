/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MDM-AP of Kinetis parts (K64 RM, 9.3 and 9.5, from memory): see the part's state, erase
 * everything, hold it in reset.
 *
 * System Reset Request holds the whole part, Core Hold Reset the core alone. The low-power handshakes
 * have no effect: the modes are not modelled.
 */
#include "vboard/models/mdm_ap.h"

#include "base/bits.h"
#include "base/error.h"
#include "vboard/cpu/cpu.h"

enum { MDM_AP_APSEL = 1 };

#define MDM_AP_STATUS             0x00u
#define MDM_STATUS_CORE_HALTED    BIT(16)
#define MDM_STATUS_BACKDOOR       BIT(6)
#define MDM_STATUS_MASS_ERASE     BIT(5)
#define MDM_STATUS_NOT_IN_RESET   BIT(3)
#define MDM_STATUS_SECURED        BIT(2)
#define MDM_STATUS_FLASH_READY    BIT(1)
#define MDM_STATUS_ERASE_ACK      BIT(0)
#define MDM_AP_CONTROL            0x04u
#define MDM_CONTROL_CORE_HOLD     BIT(4)
#define MDM_CONTROL_RESET         BIT(3)
#define MDM_CONTROL_DEBUG_REQUEST BIT(2)
#define MDM_CONTROL_MASS_ERASE    BIT(0)
#define MDM_CONTROL_WRITABLE      BITS(8, 0)
#define MDM_AP_IDR                0xfcu

/** The request bit stays until the erase is over. */
static void settle_control(struct mdm_ap *mdm)
{
	if (mdm->state.control & MDM_CONTROL_MASS_ERASE && !mdm->ops->is_mass_erasing(mdm->flash))
		mdm->state.control &= ~MDM_CONTROL_MASS_ERASE;
}

static uint32_t read_status(const struct mdm_ap *mdm)
{
	const struct mdm_ap_ops *ops = mdm->ops;
	const bool in_reset = mdm->state.control & MDM_CONTROL_RESET;

	return FIELD_PREP(MDM_STATUS_CORE_HALTED, cpu_halted(board_cpu(mdm->board, 0))) |
	       FIELD_PREP(MDM_STATUS_BACKDOOR, ops->has_backdoor_key(mdm->flash)) |
	       FIELD_PREP(MDM_STATUS_MASS_ERASE, ops->may_mass_erase(mdm->flash)) |
	       FIELD_PREP(MDM_STATUS_NOT_IN_RESET, !in_reset) |
	       FIELD_PREP(MDM_STATUS_SECURED, ops->is_secured(mdm->flash)) |
	       /* Set once flash has been initialized, whatever it does then. */
	       MDM_STATUS_FLASH_READY |
	       FIELD_PREP(MDM_STATUS_ERASE_ACK, mdm->state.erase_acknowledged);
}

static bool mdm_ap_read(void *model, uint8_t reg, uint32_t *value)
{
	struct mdm_ap *mdm = model;

	settle_control(mdm);
	*value = 0;
	if (reg == MDM_AP_STATUS)
		*value = read_status(mdm);
	else if (reg == MDM_AP_CONTROL)
		*value = mdm->state.control;
	else if (reg == MDM_AP_IDR)
		*value = mdm->idr;
	return true;
}

static void request_mass_erase(struct mdm_ap *mdm)
{
	if (!mdm->ops->may_mass_erase(mdm->flash)) {
		mdm->state.control &= ~MDM_CONTROL_MASS_ERASE;
		return;
	}
	mdm->state.erase_acknowledged = true;
	mdm->ops->mass_erase(mdm->flash);
}

static bool mdm_ap_write(void *model, uint8_t reg, uint32_t value)
{
	struct mdm_ap *mdm = model;
	const uint32_t before = mdm->state.control;
	uint32_t now, changed;

	if (reg != MDM_AP_CONTROL)
		return true;
	settle_control(mdm);
	/* The erase request cannot be taken back. */
	now = (value & MDM_CONTROL_WRITABLE) | (mdm->state.control & MDM_CONTROL_MASS_ERASE);
	changed = now ^ before;
	mdm->state.control = now;
	if (changed & MDM_CONTROL_CORE_HOLD)
		board_hold_core(mdm->board, 0, now & MDM_CONTROL_CORE_HOLD);
	if (changed & MDM_CONTROL_RESET)
		board_hold_reset(mdm->board, now & MDM_CONTROL_RESET);
	if (changed & now & MDM_CONTROL_MASS_ERASE)
		request_mass_erase(mdm);
	if (now & MDM_CONTROL_DEBUG_REQUEST && !mdm->ops->is_secured(mdm->flash))
		cpu_request_halt(board_cpu(mdm->board, 0));
	return true;
}

void mdm_ap_reset(struct mdm_ap *mdm, enum board_reset kind)
{
	/* A reset ends the erase; all else is the debugger's, until the power goes. */
	mdm->state.control &= ~MDM_CONTROL_MASS_ERASE;
	mdm->state.erase_acknowledged = false;
	if (kind == RESET_POWER_ON)
		mdm->state.control = 0;
}

dapper_status mdm_ap_create(struct mdm_ap *mdm)
{
	const struct board_ap ap = { MDM_AP_APSEL, mdm_ap_read, mdm_ap_write, mdm };

	TRY(KEEP(mdm->board, mdm->state));
	return board_add_ap(mdm->board, &ap);
}
