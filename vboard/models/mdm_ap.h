/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_MDM_AP_H
#define VBOARD_MODELS_MDM_AP_H

/**
 * @file
 * MDM-AP of Kinetis parts: what a debugger can do with a part that is secured or does not run. The
 * model of the part's flash owns one and answers its questions.
 */
#include "vboard/board/board.h"

/** All take the flash's model. */
struct mdm_ap_ops {
	bool (*is_secured)(void *flash);
	bool (*has_backdoor_key)(void *flash);
	bool (*may_mass_erase)(void *flash);
	/** Begin, or do so as soon as what is under way is over. */
	void (*mass_erase)(void *flash);
	/** Is one under way or still to begin? */
	bool (*is_mass_erasing)(void *flash);
};

struct mdm_ap {
	struct board *board;
	const struct mdm_ap_ops *ops;
	void *flash;
	uint32_t idr;
	struct {
		uint32_t control;
		bool erase_acknowledged;
	} state;
};

/** In the owner's create(): @p mdm with its first four members filled in. */
dapper_status mdm_ap_create(struct mdm_ap *mdm);
/** In the owner's reset(). */
void mdm_ap_reset(struct mdm_ap *mdm, enum board_reset kind);

#endif /* VBOARD_MODELS_MDM_AP_H */
