/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/cpu_rig_secure.h"

enum { VECTORS = 64, HANDLER_SIZE = 0x20 };

uint32_t ns_handler(unsigned exception)
{
	return NS_HANDLERS + HANDLER_SIZE * exception;
}

static void set_region(struct rig *rig, unsigned n, uint32_t base, uint32_t limit, bool nsc)
{
	rig_set_scs(rig, SCS_SAU_RNR, n);
	rig_set_scs(rig, SCS_SAU_RBAR, base);
	rig_set_scs(
		rig, SCS_SAU_RLAR, (limit & ~31u) | SAU_RLAR_ENABLE | (nsc ? SAU_RLAR_NSC : 0u));
}

struct rig *secure_rig_new(enum rig_core core)
{
	struct rig *rig = rig_new(core);

	for (unsigned n = 2; n < VECTORS; n++) {
		put_le32(rig->flash + NS_VECTORS + 4 * n, ns_handler(n) | 1);
		put_le16(rig->flash + ns_handler(n), I_NOP);
		put_le16(rig->flash + ns_handler(n) + 2, I_BX_LR);
	}
	set_region(rig, 0, NS_VECTORS, RIG_MEMORY - 1, false);
	set_region(rig, 1, NSC_CODE, NSC_CODE + 0xff, true);
	set_region(rig, 2, NS_RAM, NS_STACK - 1, false);
	set_region(rig, 3, RIG_DEVICE, RIG_DEVICE + 0xfff, false);
	rig_set_scs(rig, SCS_SAU_CTRL, SAU_CTRL_ENABLE);
	rig_set_scs_ns(rig, SCS_VTOR, NS_VECTORS);
	rig_set_reg(rig, CPU_REG_MSP_NS, NS_STACK);
	rig_set_reg(rig, CPU_REG_PSP_NS, NS_STACK - 0x1000);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
	return rig;
}

struct rig *non_secure_rig_new(enum rig_core core)
{
	struct rig *rig = secure_rig_new(core);

	rig_code(rig, I_BXNS_R0, RIG_END);
	rig_set_reg(rig, 0, NS_CODE);
	rig_step(rig);
	assert_false(rig_is_secure(rig));
	assert_int_equal(rig_pc(rig), NS_CODE);
	return rig;
}

/* By the debugger's eyes: DSCSR.CDS. */
bool rig_is_secure(struct rig *rig)
{
	return rig_scs(rig, SCS_DSCSR) & DSCSR_CDS;
}

uint32_t rig_scs_ns(struct rig *rig, uint32_t offset)
{
	uint32_t value = 0;

	assert_true(cpu_scs_read(rig->cpu, SCS_NS_BASE + offset, CPU_SCS_DEBUGGER, &value));
	return value;
}

void rig_set_scs_ns(struct rig *rig, uint32_t offset, uint32_t value)
{
	assert_true(cpu_scs_write(rig->cpu, SCS_NS_BASE + offset, CPU_SCS_DEBUGGER, value));
}

uint32_t rig_scs_s(struct rig *rig, uint32_t offset)
{
	uint32_t value;

	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY | DSCSR_SBRSELEN | DSCSR_SBRSEL);
	value = rig_scs(rig, offset);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY);
	return value;
}

void rig_set_scs_s(struct rig *rig, uint32_t offset, uint32_t value)
{
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY | DSCSR_SBRSELEN | DSCSR_SBRSEL);
	rig_set_scs(rig, offset, value);
	rig_set_scs(rig, SCS_DSCSR, DSCSR_CDSKEY);
}
