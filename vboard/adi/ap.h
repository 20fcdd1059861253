/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_AP_H
#define VBOARD_ADI_AP_H

/**
 * @file
 * An access port of any kind, and what an address on a bus of APs leads to. In ADIv5 an AP has 256
 * bytes of registers; in ADIv6 it has 4 KB: the same registers at 0xD00, a MEM-AP's DARs at 0, and
 * what every CoreSight component has at the end (IHI 0074, C1).
 */
#include "vboard/adi/jtag_ap.h"
#include "vboard/adi/mem_ap.h"

enum { VAP_FRAME_SIZE = 0x1000 };

/** What a snapshot keeps. */
struct vap_state {
	struct vmem_ap_state mem;
	struct vjtag_ap_state jtag;
};

struct vap {
	const struct vap_config *config;
	struct vmem_ap mem;
	struct vjtag_ap jtag;
};

/** All APs of a DP. */
struct vaps {
	bool v2; /* ADIv6 */
	size_t count;
	struct vap items[VTARGET_MAX_APS];
};

/** Power-on reset. The APs hold pointers to each other: do not move @p aps. */
void vaps_init(struct vaps *aps, const struct vdp_config *config);

/** ADIv5: the AP with this number; NULL: there is none. */
struct vap *vaps_find(struct vaps *aps, unsigned apsel);
/** ADIv6: the AP whose registers are at @p address behind @p parent (NULL: on the DP's bus). */
struct vap *vaps_at(struct vaps *aps, const struct vap *parent, uint64_t address);

/** One access at @p offset of the AP's 256 or 4096 bytes. @return false: error. */
bool vap_access(struct vap *ap, bool read, uint16_t offset, uint32_t *value);

/** Does an access there become one on the bus? */
bool vap_uses_bus(const struct vap *ap, uint16_t offset);
/** Until when an access there is answered WAIT by the AP itself. */
uint64_t vap_ready_ns(const struct vap *ap, bool read, uint16_t offset);
/** Will an access there, at that time, have to wait for something other than time? */
bool vap_stalls(const struct vap *ap, bool read, uint16_t offset);

#endif /* VBOARD_ADI_AP_H */
