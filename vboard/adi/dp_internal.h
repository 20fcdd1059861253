/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_DP_INTERNAL_H
#define VBOARD_ADI_DP_INTERNAL_H

/**
 * @file
 * What the files of the DP share: dp.c (life, SWD), dp_access.c (AP transactions), dp_bus.c (what
 * is behind the DP), dp_registers.c (its registers), dp_scan.c (JTAG).
 */
#include "vboard/adi/dp.h"
#include "vboard/adi/dp_regs.h"

#define DP_STICKY_FLAGS                                                            \
	(DP_CTRL_STAT_WDATAERR | DP_CTRL_STAT_STICKYERR | DP_CTRL_STAT_STICKYCMP | \
		DP_CTRL_STAT_STICKYORUN)

/* WIREMODE has one value that SWD implements: synchronous (B2.2.3). */
#define DP_DLCR_RESET FIELD_PREP(DP_DLCR_WIREMODE, 1)

enum { DP_VERSION_2 = 2, DP_VERSION_3 = 3 };

/* dp.c */
bool dp_is_busy(const struct vdp *dp);
/** An access that is over shows its error. */
void dp_settle(struct vdp *dp);
/** Would this request be answered WAIT? */
bool dp_must_wait(struct vdp *dp, struct vdp_request request);

/* dp_access.c */
/** One AP transaction; @p reg is A[3:2]. */
bool dp_access_ap(struct vdp *dp, bool read, uint8_t reg, uint32_t *value);
/** An AP write as the transfer mode and the transaction counter have it. */
void dp_write_ap(struct vdp *dp, uint8_t reg, uint32_t data);

/**
 * Until when an AP access has to wait: where the AP's bus still works on a transfer that was
 * aborted, or the AP says so.
 */
uint64_t dp_ready_ns(struct vdp *dp, struct vdp_request request);

/* dp_bus.c */
/** Where an AP access goes: an AP and its register; no AP: something else, or nothing. */
struct dp_place {
	struct vap *ap;
	uint64_t address; /* on the DP's bus; ADIv6 */
	uint16_t offset;  /* in the AP */
};
struct dp_place dp_selected(struct vdp *dp, uint8_t reg);
/** An access to what is not an AP. @return false: error. */
bool dp_access_other(const struct vdp *dp, struct dp_place place, bool read, uint32_t *value);

/* dp_registers.c */
bool dp_has_debug_power(const struct vdp *dp);
bool dp_has_system_power(const struct vdp *dp);
uint32_t dp_read(const struct vdp *dp, uint8_t reg);
void dp_write(struct vdp *dp, uint8_t reg, uint32_t value);
void dp_write_abort(struct vdp *dp, uint32_t value);

#endif /* VBOARD_ADI_DP_INTERNAL_H */
