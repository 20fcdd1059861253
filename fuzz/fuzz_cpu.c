/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as code, registers, SCS writes and snapshot: the core must stay inside of its memory.
 */
#include <string.h>

#include "base/bytes.h"
#include "vboard/cpu/cpu.h"

enum { MEMORY = 4096, INSNS = 2000, HEAD = 76 };

static bool bus_read(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val)
{
	(void)ctx;
	(void)size;
	(void)attr;
	*val = addr * 0x9e3779b1u;
	return addr >> 28 == 4;
}

static bool bus_write(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val)
{
	(void)ctx;
	(void)size;
	(void)attr;
	(void)val;
	return addr >> 28 == 4;
}

static void set_registers(struct cpu *c, const uint8_t *data)
{
	for (unsigned i = 0; i < 15; i++)
		cpu_reg_set(c, i, get_le32(data + 4 * i));
	cpu_reg_set(c, CPU_REG_CFBP, get_le32(data + 60));
	cpu_scs_write(c, 0xe000e000 | (get_le32(data + 64) & 0xffc), true, get_le32(data + 68));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cpu_config configs[] = {
		{ .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 },
		{ .arch = CPU_ARMV7EM,
			.fpu = CPU_FPU_FPV5_DP,
			.cpuid = 0x411fc270,
			.prio_bits = 4,
			.irqs = 480,
			.mpu_regions = 8 },
	};
	const struct cpu_bus bus = { .read = bus_read, .write = bus_write };
	static uint8_t code[MEMORY], ram[MEMORY], snapshot[16384];
	struct cpu *c;

	if (size < HEAD)
		return 0;
	memset(code, 0, sizeof(code));
	memset(ram, 0, sizeof(ram));
	memcpy(code + 64, data + HEAD, size - HEAD < MEMORY - 64 ? size - HEAD : MEMORY - 64);
	put_le32(code, 0x20000800);
	for (unsigned i = 4; i < 64; i += 4)
		put_le32(code + i, 65 + (get_le32(data + i) & 0xfe));
	c = cpu_new(&configs[data[72] & 1], &bus);
	if (!c)
		return 0;
	cpu_map_ram(c, 0, sizeof(code), code, false);
	cpu_map_ram(c, 0x20000000, sizeof(ram), ram, true);
	cpu_reset(c, false);
	cpu_scs_write(c, 0xe000ed88, true, data[73] & 1 ? 0x00f00000 : 0);
	set_registers(c, data);
	if ((data[73] & 2) && size >= HEAD + 64 && cpu_snapshot_size(c) <= sizeof(snapshot)) {
		cpu_snapshot(c, snapshot);
		for (size_t i = 64; i < cpu_snapshot_size(c); i++)
			snapshot[i] ^= data[HEAD + i % (size - HEAD)];
		cpu_restore(c, snapshot, cpu_snapshot_size(c));
	}
	for (unsigned i = 0; i < data[74] % 16u; i++)
		cpu_step(c, data[75] & 1, NULL);
	cpu_resume(c);
	cpu_run(c, INSNS, NULL);
	cpu_free(c);
	return 0;
}
