/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_CPU_RIG_SECURE_H
#define UNIT_VBOARD_CPU_RIG_SECURE_H

/**
 * @file
 * The rig with the Security Extension: lower halves of flash and RAM Secure, upper ones Non-secure,
 * a Non-secure callable page between, and a Non-secure vector table.
 */
#include "unit/vboard/cpu_rig.h"

enum {
	NSC_CODE = 0x3000,
	NS_VECTORS = 0x8000,
	NS_CODE = 0x9000,
	NS_HANDLERS = 0xa000, /* each NOP, BX LR */
	NS_RAM = 0x20008000,
	NS_STACK = 0x20010000,
};

/** A core that runs Secure code at RIG_CODE, with all of that set up. */
struct rig *secure_rig_new(enum rig_core core);
/** The same, and then in the Non-secure state at NS_CODE. */
struct rig *non_secure_rig_new(enum rig_core core);
bool rig_is_secure(struct rig *rig);
/** A register of the Non-secure state, by its alias. */
uint32_t rig_scs_ns(struct rig *rig, uint32_t offset);
void rig_set_scs_ns(struct rig *rig, uint32_t offset, uint32_t value);
/** A register of the Secure state, whatever the present one. */
uint32_t rig_scs_s(struct rig *rig, uint32_t offset);
void rig_set_scs_s(struct rig *rig, uint32_t offset, uint32_t value);
uint32_t ns_handler(unsigned exception);

#endif /* UNIT_VBOARD_CPU_RIG_SECURE_H */
