/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots: the state part of struct cpu as bytes, with a head that says what it fits.
 */
#include <string.h>

#include "vboard/cpu/internal.h"

enum { SNAPSHOT_VERSION = 2, HEAD_WORDS = 12, HEAD_SIZE = HEAD_WORDS * 4 };

/* Far from where cycle arithmetic would wrap; a century at 1 GHz is less. */
#define MAX_CYCLES (UINT64_C(1) << 62)

#define STATE_START offsetof(struct cpu, r)
#define STATE_SIZE  (offsetof(struct cpu, end_of_state) - STATE_START)

static void make_head(const struct cpu *c, uint32_t head[HEAD_WORDS])
{
	head[0] = 0x4d435644; /* "DVCM" */
	head[1] = SNAPSHOT_VERSION;
	head[2] = (uint32_t)STATE_SIZE;
	head[3] = (uint32_t)c->config.arch;
	head[4] = (uint32_t)c->config.fpu;
	head[5] = c->config.cpuid;
	head[6] = c->config.irqs;
	head[7] = c->config.mpu_regions;
	head[8] = c->config.security;
	head[9] = c->config.sau_regions;
	head[10] = c->config.mpu_ns_regions;
	head[11] = c->config.mve;
}

size_t cpu_snapshot_size(const struct cpu *c)
{
	(void)c;
	return HEAD_SIZE + STATE_SIZE;
}

void cpu_snapshot(const struct cpu *c, void *buf)
{
	uint32_t head[HEAD_WORDS];

	make_head(c, head);
	for (size_t i = 0; i < HEAD_WORDS; i++)
		put_le32((uint8_t *)buf + 4 * i, head[i]);
	memcpy((uint8_t *)buf + HEAD_SIZE, (const uint8_t *)c + STATE_START, STATE_SIZE);
}

static void sanitize_bank(struct bank *bank)
{
	bank->prigroup &= 7;
	bank->syst.rvr &= SYST_COUNTER;
	if (!(bank->syst.csr & SYST_CSR_ENABLE))
		bank->syst.zero_at = UINT64_MAX;
}

/* Bytes may come from anywhere: what indexes or counts is brought into range. */
static void sanitize(struct cpu *c)
{
	c->flag_c &= 1;
	c->flag_v &= 1;
	c->flag_q &= 1;
	c->ge &= 15;
	c->it &= 0xff;
	c->thumb &= 1;
	c->ipsr &= 0x1ff;
	c->r[PC] &= ~1u;
	c->next_pc &= ~1u;
	c->cycles %= MAX_CYCLES;
	if (c->slept > c->cycles)
		c->slept = 0;
	c->secure = c->config.security ? c->secure & 1 : 0;
	c->ltpsize = c->ltpsize > 4 ? 4 : c->ltpsize;
	for (size_t i = 0; i < BANK_COUNT; i++)
		sanitize_bank(&c->bank[i]);
	if (c->break_count > CPU_MAX_COMPARATORS)
		c->break_count = 0;
	if (c->watch_count > CPU_MAX_COMPARATORS)
		c->watch_count = 0;
	if (c->patch_count > CPU_MAX_PATCHES)
		c->patch_count = 0;
	for (unsigned n = EXC_IRQ0 + c->config.irqs; n < EXC_SLOTS; n++) {
		if (nvic_exception_exists(c, n))
			continue;
		exc_set(c->pending, n, false);
		exc_set(c->active, n, false);
		exc_set(c->enabled, n, false);
		exc_set(c->level, n, false);
	}
}

bool cpu_restore(struct cpu *c, const void *buf, size_t len)
{
	uint32_t head[HEAD_WORDS];

	if (len != cpu_snapshot_size(c))
		return false;
	make_head(c, head);
	for (size_t i = 0; i < HEAD_WORDS; i++)
		if (get_le32((const uint8_t *)buf + 4 * i) != head[i])
			return false;
	memcpy((uint8_t *)c + STATE_START, (const uint8_t *)buf + HEAD_SIZE, STATE_SIZE);
	sanitize(c);
	sp_limit_update(c);
	mem_update_view(c);
	mem_flush(c);
	return true;
}
