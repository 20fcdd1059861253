/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_CPU_RIG_H
#define UNIT_VBOARD_CPU_RIG_H

/**
 * @file
 * A core with flash at 0, RAM at 0x20000000 and one device register at 0x40000000, for tests that
 * write a few instructions and look at what comes of them.
 */
#include "base/bytes.h"
#include "support/test.h"
#include "vboard/cpu/cpu.h"
#include "vboard/cpu/scs_regs.h"

/* M33 has neither Security nor FPU, M33S both. */
enum rig_core { RIG_M0, RIG_M3, RIG_M4F, RIG_M7, RIG_M23, RIG_M33, RIG_M33S, RIG_M55 };

enum {
	RIG_MEMORY = 0x10000,
	RIG_CODE = 0x1000,    /* where rig_code() puts instructions, and the PC */
	RIG_HANDLERS = 0x400, /* handler of exception n: + 0x20 * n; each is NOP, BX LR */
	RIG_STACK = 0x20008000,
	RIG_DEVICE = 0x40000000,
	RIG_MATCHES = 8,
};

struct rig {
	uint8_t flash[RIG_MEMORY];
	uint8_t ram[RIG_MEMORY];
	struct cpu *cpu;
	struct cpu_halt halt;
	uint32_t device;
	unsigned device_reads, device_writes;
	unsigned matches[RIG_MATCHES];
	unsigned warnings;
	void (*on_device_write)(struct rig *rig, uint32_t value);
};

struct rig *rig_new(enum rig_core core);
struct rig *rig_new_config(const struct cpu_config *config);
void rig_free(struct rig *rig);

/** Instructions as halfwords, ended by RIG_END; the PC goes to the first. */
void rig_code(struct rig *rig, ...);
void rig_code_at(struct rig *rig, uint32_t addr, ...);
enum { RIG_END = -1 };
uint32_t rig_handler(unsigned exception);

uint32_t rig_reg(const struct rig *rig, unsigned regsel);
void rig_set_reg(struct rig *rig, unsigned regsel, uint32_t value);
uint32_t rig_pc(const struct rig *rig);
uint32_t rig_ipsr(const struct rig *rig);
/** As the debugger; offsets of scs_regs.h. */
uint32_t rig_scs(struct rig *rig, uint32_t offset);
void rig_set_scs(struct rig *rig, uint32_t offset, uint32_t value);
/** DHCSR with its key. */
void rig_dhcsr(struct rig *rig, uint32_t control);
uint32_t rig_word(const struct rig *rig, uint32_t addr);
void rig_set_word(struct rig *rig, uint32_t addr, uint32_t value);

enum cpu_stop rig_step(struct rig *rig);
enum cpu_stop rig_run(struct rig *rig, uint64_t insns);

/* Instructions that tests use often. */
enum {
	I_NOP = 0xbf00,
	I_B_SELF = 0xe7fe,
	I_BX_LR = 0x4770,
	I_SVC = 0xdf00,
	I_WFI = 0xbf30,
	I_WFE = 0xbf20,
	I_SEV = 0xbf40,
	I_UDF = 0xde00,
	I_BKPT = 0xbe00,
	I_IT_EQ = 0xbf08,
	I_ADDS_R0_1 = 0x1c40,
	I_LDR_R0_R1 = 0x6808,
	I_STR_R0_R1 = 0x6008,
	I_CPSID_I = 0xb672,
	I_CPSIE_I = 0xb662,
	I_CPSID_F = 0xb671,
	I_BXNS_R0 = 0x4704,
	I_BLXNS_R0 = 0x4784,
	I_SG = 0xe97f, /* twice */
};

#endif /* UNIT_VBOARD_CPU_RIG_H */
