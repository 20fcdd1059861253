/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MDM-AP of Kinetis parts (K64 RM, 9.3 and 9.5, from memory): what a debugger can do with a part
 * that is secured or does not run: see its state, erase everything, hold it in reset.
 *
 * System Reset Request holds the whole part, Core Hold Reset the core alone. The low-power handshakes
 * have no effect: the modes are not modelled.
 */
#include "vboard/cpu/cpu.h"
#include "vboard/models/kinetis_flash.h"

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
#define MDM_AP_IDR_VALUE          0x001c0000u

static bool mass_erase_is_enabled(const struct kinetis_flash *flash)
{
	return FIELD_GET(FTFX_FSEC_MEEN, flash->state.registers[FTFX_FSEC]) != FTFX_MEEN_DISABLED ||
	       !kinetis_flash_is_secured(flash);
}

/** The request bit stays until the erase is over. */
static void settle_control(struct kinetis_flash *flash)
{
	struct kinetis_flash_state *state = &flash->state;

	if (state->mdm_control & MDM_CONTROL_MASS_ERASE && !kinetis_flash_is_busy(flash) &&
		!state->mass_erase_pending)
		state->mdm_control &= ~MDM_CONTROL_MASS_ERASE;
}

static uint32_t read_status(struct kinetis_flash *flash)
{
	const struct kinetis_flash_state *state = &flash->state;
	const uint8_t fsec = state->registers[FTFX_FSEC];
	const bool backdoor = FIELD_GET(FTFX_FSEC_KEYEN, fsec) == FTFX_KEYEN_ENABLED;
	const bool in_reset = state->mdm_control & MDM_CONTROL_RESET;

	return FIELD_PREP(MDM_STATUS_CORE_HALTED, cpu_halted(board_cpu(flash->board, 0))) |
	       FIELD_PREP(MDM_STATUS_BACKDOOR, backdoor) |
	       FIELD_PREP(MDM_STATUS_MASS_ERASE, mass_erase_is_enabled(flash)) |
	       FIELD_PREP(MDM_STATUS_NOT_IN_RESET, !in_reset) |
	       FIELD_PREP(MDM_STATUS_SECURED, kinetis_flash_is_secured(flash)) |
	       /* Set once flash has been initialized, whatever it does then. */
	       MDM_STATUS_FLASH_READY |
	       FIELD_PREP(MDM_STATUS_ERASE_ACK, state->mass_erase_acknowledged);
}

static bool mdm_ap_read(void *model, uint8_t reg, uint32_t *value)
{
	struct kinetis_flash *flash = model;

	settle_control(flash);
	*value = 0;
	if (reg == MDM_AP_STATUS)
		*value = read_status(flash);
	else if (reg == MDM_AP_CONTROL)
		*value = flash->state.mdm_control;
	else if (reg == MDM_AP_IDR)
		*value = MDM_AP_IDR_VALUE;
	return true;
}

static void request_mass_erase(struct kinetis_flash *flash)
{
	if (!mass_erase_is_enabled(flash)) {
		flash->state.mdm_control &= ~MDM_CONTROL_MASS_ERASE;
		return;
	}
	flash->state.mass_erase_acknowledged = true;
	if (kinetis_flash_is_busy(flash))
		flash->state.mass_erase_pending = true;
	else
		kinetis_flash_start_mass_erase(flash);
}

static bool mdm_ap_write(void *model, uint8_t reg, uint32_t value)
{
	struct kinetis_flash *flash = model;
	struct kinetis_flash_state *state = &flash->state;
	const uint32_t before = state->mdm_control;
	uint32_t changed;

	if (reg != MDM_AP_CONTROL)
		return true;
	settle_control(flash);
	/* The erase request cannot be taken back. */
	state->mdm_control = (value & MDM_CONTROL_WRITABLE) | (before & MDM_CONTROL_MASS_ERASE);
	changed = state->mdm_control ^ before;
	if (changed & MDM_CONTROL_CORE_HOLD)
		board_hold_core(flash->board, 0, state->mdm_control & MDM_CONTROL_CORE_HOLD);
	if (changed & MDM_CONTROL_RESET)
		board_hold_reset(flash->board, state->mdm_control & MDM_CONTROL_RESET);
	if (state->mdm_control & MDM_CONTROL_MASS_ERASE && !(before & MDM_CONTROL_MASS_ERASE))
		request_mass_erase(flash);
	if (state->mdm_control & MDM_CONTROL_DEBUG_REQUEST && !kinetis_flash_is_secured(flash))
		cpu_request_halt(board_cpu(flash->board, 0));
	return true;
}

void kinetis_mdm_ap_reset(struct kinetis_flash *flash, enum board_reset kind)
{
	/* A reset ends the erase; all else is the debugger's, until the power goes. */
	flash->state.mdm_control &= ~MDM_CONTROL_MASS_ERASE;
	flash->state.mass_erase_acknowledged = false;
	if (kind == RESET_POWER_ON)
		flash->state.mdm_control = 0;
}

dapper_status kinetis_mdm_ap_create(struct kinetis_flash *flash)
{
	const struct board_ap ap = { MDM_AP_APSEL, mdm_ap_read, mdm_ap_write, flash };

	return board_add_ap(flash->board, &ap);
}
