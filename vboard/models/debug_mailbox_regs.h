/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_DEBUG_MAILBOX_REGS_H
#define VBOARD_MODELS_DEBUG_MAILBOX_REGS_H

/**
 * @file
 * Registers and requests of the debug mailbox. Registers: NXP's CMSIS headers (LPC55S69, MCXN947:
 * DEBUGGER_MAILBOX_Type, the same in the SVDs of shared/data). Requests: UM11126, table "DM-AP
 * commands", from memory; START_DM_AP, START_SESSION and the form of the answers as in probe-rs
 * (vendor/nxp).
 */
#include "base/bits.h"

#define DM_CSW                0x00u
#define DM_CSW_RESYNCH_REQ    BIT(0)
#define DM_CSW_REQ_PENDING    BIT(1)
#define DM_CSW_DBG_OR_ERR     BIT(2)
#define DM_CSW_AHB_OR_ERR     BIT(3)
#define DM_CSW_SOFT_RESET     BIT(4)
#define DM_CSW_CHIP_RESET_REQ BIT(5)

/* REQUEST: a request and what belongs to it, or, while an answer has more words, a token. */
#define DM_REQUEST         0x04u
#define DM_REQUEST_COMMAND BITS(7, 0)
#define DM_REQUEST_DATA    BITS(31, 16)
#define DM_REQUEST_TOKEN   BITS(15, 0)
#define DM_TOKEN           0xa5a5u

#define DM_RETURN        0x08u
#define DM_RETURN_STATUS BITS(15, 0)
#define DM_RETURN_WORDS  BITS(30, 16) /* which follow */

#define DM_IDR 0xfcu

enum dm_command {
	DM_START_DM_AP = 0x01,
	DM_GET_PROTECTION = 0x02, /* "Get CRP level" */
	DM_BULK_ERASE = 0x03,
	DM_EXIT_DM_AP = 0x04,
	DM_ENTER_ISP = 0x05,
	DM_SET_FA_MODE = 0x06,
	DM_START_SESSION = 0x07
};

/* DM_RETURN_STATUS */
enum { DM_SUCCESS = 0, DM_FAIL = 1 };

#endif /* VBOARD_MODELS_DEBUG_MAILBOX_REGS_H */
