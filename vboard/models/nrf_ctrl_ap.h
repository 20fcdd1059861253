/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NRF_CTRL_AP_H
#define VBOARD_MODELS_NRF_CTRL_AP_H

/**
 * @file
 * The CTRL-AP of nRF53 and nRF91, which has more than that of nRF52 (nrf52_nvmc.c): protection of
 * Secure debugging apart, protection against erasing, and a mailbox between debugger and firmware.
 *
 * - UICR says whether the part is protected; it counts from each reset on.
 * - nRF53: debugging is open again until the next reset once debugger and firmware have written the
 *   same value, not 0, to their DISABLE registers.
 * - With ERASEPROTECT the debugger's ERASEALL does nothing, until both have written the same value
 *   to ERASEPROTECT.DISABLE: then everything is erased.
 *
 * A flash controller makes it and says what there is in UICR; firmware's side of it, CTRLAPPERI, is
 * a window of its own.
 */
#include "vboard/board/board.h"

struct nrf_ctrl_ap;

struct nrf_ctrl_ap_config {
	uint8_t apsel;
	uint32_t idr;            /* 0x12880000 */
	uint32_t base;           /* of CTRLAPPERI; 0: none */
	bool has_secure;         /* SECUREAPPROTECT */
	bool has_disable;        /* nRF53: APPROTECT.DISABLE; nRF91: APPROTECTSTATUS */
	bool needs_disable_both; /* firmware must disable too, whatever UICR says (newer parts) */
};

/** What the flash controller knows. */
struct nrf_ctrl_ap_ops {
	/** UICR as it is: APPROTECT, SECUREAPPROTECT, ERASEPROTECT. */
	bool (*is_protected)(void *owner);
	bool (*is_secure_protected)(void *owner);
	bool (*is_erase_protected)(void *owner);
	/** Erase everything, UICR too. */
	void (*erase_all)(void *owner);
	bool (*is_erasing)(void *owner);
};

/** Make one, in create() of a model; @p ops and @p owner outlive it. Declares its state itself. */
dapper_status nrf_ctrl_ap_create(struct board *board, const struct nrf_ctrl_ap_config *config,
	const struct nrf_ctrl_ap_ops *ops, void *owner, struct nrf_ctrl_ap **ap);
/** For the owner's reset(), once UICR can be read. */
void nrf_ctrl_ap_reset(struct nrf_ctrl_ap *ap);
void nrf_ctrl_ap_destroy(struct nrf_ctrl_ap *ap);

/** May a debugger access anything, anything Secure? */
bool nrf_ctrl_ap_is_open(const struct nrf_ctrl_ap *ap);
bool nrf_ctrl_ap_is_secure_open(const struct nrf_ctrl_ap *ap);

#endif /* VBOARD_MODELS_NRF_CTRL_AP_H */
