/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_MEM_AP_H
#define VBOARD_ADI_MEM_AP_H

/**
 * @file
 * A memory access port of the target (IHI 0031, chapter C2): turns register accesses into bus
 * accesses. 32-bit addresses; no large data, no barriers.
 */
#include "vboard/board/internal.h"

struct vmem_ap {
	const struct vap_config *config;
	uint32_t csw;
	uint32_t tar;
};

/** Power-on reset. @p config outlives the AP. */
void vmem_ap_init(struct vmem_ap *ap, const struct vap_config *config);

/**
 * One access to register @p reg (0x00 to 0xFC). The register's bus accesses are made at once.
 *
 * @return false: bus error; TAR still shows the address that failed.
 */
bool vmem_ap_read(struct vmem_ap *ap, uint8_t reg, uint32_t *value);
bool vmem_ap_write(struct vmem_ap *ap, uint8_t reg, uint32_t value);

/** Does an access to this register become one on the bus? */
bool vmem_ap_uses_bus(uint8_t reg);

#endif /* VBOARD_ADI_MEM_AP_H */
