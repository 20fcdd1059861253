/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/cpu_rig.h"

#include <stdlib.h>

enum { HANDLER_SIZE = 0x20, VECTORS = 64 };

static bool rig_read(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val)
{
	struct rig *rig = ctx;

	(void)size;
	(void)attr;
	if (addr != RIG_DEVICE)
		return false;
	rig->device_reads++;
	*val = rig->device;
	return true;
}

static bool rig_write(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val)
{
	struct rig *rig = ctx;

	(void)size;
	(void)attr;
	if (addr != RIG_DEVICE)
		return false;
	rig->device_writes++;
	rig->device = val;
	if (rig->on_device_write)
		rig->on_device_write(rig, val);
	return true;
}

static void rig_matched(void *ctx, unsigned comparator)
{
	((struct rig *)ctx)->matches[comparator % RIG_MATCHES]++;
}

static void rig_warn(void *ctx, const char *text)
{
	assert_non_null(text);
	((struct rig *)ctx)->warnings++;
}

uint32_t rig_handler(unsigned exception)
{
	return RIG_HANDLERS + HANDLER_SIZE * exception;
}

struct rig *rig_new_config(const struct cpu_config *config)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	const struct cpu_bus bus = { rig_read, rig_write, rig, rig_matched, rig_warn };

	assert_non_null(rig);
	rig->cpu = cpu_new(config, &bus);
	assert_non_null(rig->cpu);
	assert_true(cpu_map_ram(rig->cpu, 0, RIG_MEMORY, rig->flash, false));
	assert_true(cpu_map_ram(rig->cpu, 0x20000000, RIG_MEMORY, rig->ram, true));
	put_le32(rig->flash, RIG_STACK);
	put_le32(rig->flash + 4, RIG_CODE | 1);
	for (unsigned n = 2; n < VECTORS; n++) {
		put_le32(rig->flash + 4 * n, rig_handler(n) | 1);
		put_le16(rig->flash + rig_handler(n), I_NOP);
		put_le16(rig->flash + rig_handler(n) + 2, I_BX_LR);
	}
	cpu_reset(rig->cpu, false);
	return rig;
}

struct rig *rig_new(enum rig_core core)
{
	static const struct cpu_config configs[] = {
		[RIG_M0] = { .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 },
		[RIG_M3] = { .arch = CPU_ARMV7M,
			.cpuid = 0x412fc231,
			.prio_bits = 4,
			.irqs = 43,
			.mpu_regions = 8,
			.has_vtor = true },
		[RIG_M4F] = { .arch = CPU_ARMV7EM,
			.fpu = CPU_FPU_FPV4_SP,
			.cpuid = 0x410fc241,
			.prio_bits = 4,
			.irqs = 82,
			.mpu_regions = 8,
			.has_vtor = true,
			.systick_divide = 8 },
		[RIG_M7] = { .arch = CPU_ARMV7EM,
			.fpu = CPU_FPU_FPV5_SP,
			.cpuid = 0x411fc270,
			.prio_bits = 4,
			.irqs = 110,
			.mpu_regions = 16,
			.has_vtor = true },
		[RIG_M23] = { .arch = CPU_ARMV8M_BASE,
			.cpuid = 0x411cd200,
			.prio_bits = 2,
			.irqs = 32,
			.mpu_regions = 8,
			.has_vtor = true },
		[RIG_M33] = { .arch = CPU_ARMV8M_MAIN,
			.cpuid = 0x410fd214,
			.prio_bits = 3,
			.irqs = 40,
			.mpu_regions = 8,
			.has_vtor = true },
		[RIG_M33S] = { .arch = CPU_ARMV8M_MAIN,
			.fpu = CPU_FPU_FPV5_SP,
			.cpuid = 0x410fd214,
			.prio_bits = 3,
			.irqs = 40,
			.mpu_regions = 8,
			.mpu_ns_regions = 8,
			.sau_regions = 8,
			.has_vtor = true,
			.security = true,
			.spiden = true },
		[RIG_M55] = { .arch = CPU_ARMV8M_MAIN,
			.fpu = CPU_FPU_FPV5_DP,
			.cpuid = 0x410fd221,
			.prio_bits = 3,
			.irqs = 40,
			.mpu_regions = 8,
			.mpu_ns_regions = 8,
			.sau_regions = 8,
			.has_vtor = true,
			.security = true,
			.spiden = true,
			.mve = true },
	};

	return rig_new_config(&configs[core]);
}

void rig_free(struct rig *rig)
{
	cpu_free(rig->cpu);
	free(rig);
}

static void put_code(struct rig *rig, uint32_t addr, va_list list)
{
	for (int h = va_arg(list, int); h != RIG_END; h = va_arg(list, int), addr += 2)
		put_le16(rig->flash + addr, (uint16_t)h);
}

void rig_code(struct rig *rig, ...)
{
	va_list list;

	va_start(list, rig);
	put_code(rig, RIG_CODE, list);
	va_end(list);
	rig_set_reg(rig, CPU_REG_PC, RIG_CODE);
}

void rig_code_at(struct rig *rig, uint32_t addr, ...)
{
	va_list list;

	va_start(list, addr);
	put_code(rig, addr, list);
	va_end(list);
}

uint32_t rig_reg(const struct rig *rig, unsigned regsel)
{
	uint32_t value = 0;

	assert_true(cpu_reg_get(rig->cpu, regsel, &value));
	return value;
}

void rig_set_reg(struct rig *rig, unsigned regsel, uint32_t value)
{
	assert_true(cpu_reg_set(rig->cpu, regsel, value));
}

uint32_t rig_pc(const struct rig *rig)
{
	return rig_reg(rig, CPU_REG_PC);
}

uint32_t rig_ipsr(const struct rig *rig)
{
	return rig_reg(rig, CPU_REG_XPSR) & 0x1ff;
}

uint32_t rig_scs(struct rig *rig, uint32_t offset)
{
	uint32_t value = 0;

	assert_true(cpu_scs_read(rig->cpu, SCS_BASE + offset, true, &value));
	return value;
}

void rig_set_scs(struct rig *rig, uint32_t offset, uint32_t value)
{
	assert_true(cpu_scs_write(rig->cpu, SCS_BASE + offset, true, value));
}

void rig_dhcsr(struct rig *rig, uint32_t control)
{
	rig_set_scs(rig, SCS_DHCSR, DHCSR_DBGKEY << 16 | control);
}

uint32_t rig_word(const struct rig *rig, uint32_t addr)
{
	return addr < RIG_MEMORY ? get_le32(rig->flash + addr)
	                         : get_le32(rig->ram + (addr - 0x20000000));
}

void rig_set_word(struct rig *rig, uint32_t addr, uint32_t value)
{
	put_le32(addr < RIG_MEMORY ? rig->flash + addr : rig->ram + (addr - 0x20000000), value);
}

enum cpu_stop rig_step(struct rig *rig)
{
	return cpu_step(rig->cpu, false, &rig->halt);
}

enum cpu_stop rig_run(struct rig *rig, uint64_t insns)
{
	return cpu_run(rig->cpu, insns, &rig->halt);
}
