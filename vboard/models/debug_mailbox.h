/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_DEBUG_MAILBOX_H
#define VBOARD_MODELS_DEBUG_MAILBOX_H

/**
 * @file
 * The debug mailbox of NXP's LPC55xx, MCX and i.MX RT5xx: an access port through which a debugger
 * talks to the boot ROM (LPC55S6x user manual UM11126, chapter "Debug subsystem"). This is AP and
 * ROM in one; a flash controller, which makes it, says what the requests do.
 *
 * The ROM only listens after a reset that the debugger asked for together with a resynchronization
 * (CSW = RESYNCH_REQ | CHIP_RESET_REQ). The core does not run firmware while it does, until a
 * session is started or the mailbox is left.
 */
#include "vboard/board/board.h"

struct debug_mailbox;

struct debug_mailbox_config {
	uint8_t apsel;      /* 2 */
	uint32_t idr;       /* 0x002a0000 */
	bool needs_session; /* without one the MEM-APs are closed */
};

/** What the part does at requests. Each may be NULL: the request is refused. */
struct debug_mailbox_ops {
	/** Erase all. @return When that will be over; 0: it cannot be. */
	uint64_t (*bulk_erase)(void *owner);
	/** Into the boot loader that is programmed over a serial line, by interface @p parameter. */
	bool (*enter_isp)(void *owner, uint32_t parameter);
	bool (*set_fault_analysis)(void *owner);
	/** May a session be started without authentication? NULL: yes. */
	bool (*may_start_session)(void *owner);
	/** How the part is protected. NULL: 0. */
	uint32_t (*get_protection)(void *owner);
};

/** Make one, in create() of a model; @p ops and @p owner outlive it. Declares its state itself. */
dapper_status debug_mailbox_create(struct board *board, const struct debug_mailbox_config *config,
	const struct debug_mailbox_ops *ops, void *owner, struct debug_mailbox **mailbox);
/** For the owner's reset(). */
void debug_mailbox_reset(struct debug_mailbox *mailbox, enum board_reset kind);
void debug_mailbox_destroy(struct debug_mailbox *mailbox);

/** Is a session going on, or none needed? */
bool debug_mailbox_is_open(const struct debug_mailbox *mailbox);

#endif /* VBOARD_MODELS_DEBUG_MAILBOX_H */
