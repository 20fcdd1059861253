/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_MEM_AP_H
#define VBOARD_ADI_MEM_AP_H

/**
 * @file
 * A memory access port of the target (IHI 0031 and IHI 0074, chapter C2): turns register accesses
 * into bus accesses.
 *
 * What the specifications leave open, and what was chosen:
 * - A Secure access where CSW.SPIDEN is 0 ends with an error and does not reach the bus.
 * - Transfers of more than 32 bits are made of words on the bus, all when the first half of a read
 *   or the last half of a write comes; other registers between the halves begin anew.
 * - BD0 to BD3 and the DARs are words, whatever CSW.Size says.
 * - A barrier (MBT) does nothing: nothing is ever under way.
 */
#include "vboard/board/internal.h"

enum { VMEM_AP_MAX_WORDS = 8 }; /* of one transfer: 256 bits */

/** What a snapshot keeps. */
struct vmem_ap_state {
	uint64_t tar;
	uint64_t busy_until_ns; /* a transfer that was aborted still is on the bus */
	uint32_t csw;
	uint32_t words[VMEM_AP_MAX_WORDS]; /* a transfer of more than 32 bits */
	uint8_t word;                      /* which is next */
	bool reading;
	bool error; /* TRR.ERR */
};

struct vmem_ap {
	const struct vap_config *config;
	bool v2; /* ADIv6 */
	struct vmem_ap_state state;

	/* For the accesses to come, set by the DP. */
	bool in_progress;  /* CSW.TrInProg */
	bool no_bus_power; /* what is behind it has no power */
	/**
	 * Other APs may stand on the bus behind this one (ADIv6). NULL: none do.
	 *
	 * @return Whether one does at @p address; then @p done says whether it liked the access.
	 */
	bool (*nested)(void *data, const struct vmem_ap *ap, bool read, uint64_t address,
		uint32_t *value, bool *done);
	void *nested_data;
};

/** Power-on reset. @p config outlives the AP. */
void vmem_ap_init(struct vmem_ap *ap, const struct vap_config *config);

/**
 * One access to a register by its ADIv5 offset (0x00 to 0xFC; in ADIv6 without the 0xD00). The
 * register's bus accesses are made at once.
 *
 * @return false: bus error; TAR still shows the address that failed.
 */
bool vmem_ap_read(struct vmem_ap *ap, uint8_t reg, uint32_t *value);
bool vmem_ap_write(struct vmem_ap *ap, uint8_t reg, uint32_t value);

/** Direct access to a word of the 1 KB around TAR (ADIv6: DAR0 to DAR255). */
bool vmem_ap_access_dar(struct vmem_ap *ap, bool read, uint16_t offset, uint32_t *value);

/** Does @p state make sense for such an AP? For snapshots. */
bool vmem_ap_is_valid(const struct vmem_ap *ap, const struct vmem_ap_state *state);

/** Does an access to this register become one on the bus? */
bool vmem_ap_uses_bus(uint8_t reg);

#endif /* VBOARD_ADI_MEM_AP_H */
