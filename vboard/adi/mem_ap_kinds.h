/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_MEM_AP_KINDS_H
#define VBOARD_ADI_MEM_AP_KINDS_H

/**
 * @file
 * What the kinds of MEM-AP have in their CSW: a table.
 */
#include "vboard/board/internal.h"

struct mem_ap_kind {
	uint32_t csw_writable; /* beside AddrInc and Size */
	uint8_t sizes;         /* a bit for each value of CSW.Size up to 32 bits */
	bool packs;            /* packed transfers, where the AP's description has them too */
	bool has_barriers;     /* CSW.Mode and MBT */
	/* The bits of CSW that make an access privileged, Non-secure; 0: it always is, never is. */
	uint32_t privileged, nonsecure;
	uint32_t part; /* ADIv6: PIDR of Arm's CoreSight SoC-600 */
};

extern const struct mem_ap_kind mem_ap_kinds[];

#endif /* VBOARD_ADI_MEM_AP_KINDS_H */
