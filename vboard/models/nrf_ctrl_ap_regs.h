/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NRF_CTRL_AP_REGS_H
#define VBOARD_MODELS_NRF_CTRL_AP_REGS_H

/**
 * @file
 * CTRL-AP of nRF53 and nRF91 as the debugger has it, and as CTRLAPPERI, as the core has it.
 * Documents: nRF5340 PS v1.3, chapter 7.5 "CTRL-AP", nRF9160 PS v2.1, chapter 9.2; from memory.
 * CTRLAPPERI's offsets are in the SVDs of Nordic's pack (peripheral CTRLAP).
 */
#include "base/bits.h"

/* The AP. */
#define CTRL_AP_RESET                 0x00u
#define CTRL_AP_ERASEALL              0x04u
#define CTRL_AP_ERASEALLSTATUS        0x08u
#define CTRL_AP_APPROTECTSTATUS       0x0cu /* nRF91 */
#define CTRL_AP_APPROTECT_DISABLE     0x10u /* nRF53 */
#define CTRL_AP_SECURE_DISABLE        0x14u /* SECUREAPPROTECT.DISABLE; nRF53 */
#define CTRL_AP_ERASEPROTECT_STATUS   0x18u
#define CTRL_AP_ERASEPROTECT_DISABLE  0x1cu
#define CTRL_AP_MAILBOX_TXDATA        0x20u
#define CTRL_AP_MAILBOX_TXSTATUS      0x24u
#define CTRL_AP_MAILBOX_RXDATA        0x28u
#define CTRL_AP_MAILBOX_RXSTATUS      0x2cu
#define CTRL_AP_IDR                   0xfcu
#define CTRL_AP_APPROTECT_OPEN        BIT(0) /* APPROTECTSTATUS: not protected */
#define CTRL_AP_SECUREAPPROTECT_OPEN  BIT(1)
#define CTRL_AP_ERASEPROTECT_DISABLED BIT(0) /* ERASEPROTECT.STATUS */

/* The peripheral. */
#define CTRLAPPERI_MAILBOX_RXDATA       0x400u
#define CTRLAPPERI_MAILBOX_RXSTATUS     0x404u
#define CTRLAPPERI_MAILBOX_TXDATA       0x480u
#define CTRLAPPERI_MAILBOX_TXSTATUS     0x484u
#define CTRLAPPERI_ERASEPROTECT_LOCK    0x500u
#define CTRLAPPERI_ERASEPROTECT_DISABLE 0x504u
#define CTRLAPPERI_APPROTECT_LOCK       0x540u
#define CTRLAPPERI_APPROTECT_DISABLE    0x544u
#define CTRLAPPERI_SECURE_LOCK          0x548u
#define CTRLAPPERI_SECURE_DISABLE       0x54cu

#endif /* VBOARD_MODELS_NRF_CTRL_AP_REGS_H */
