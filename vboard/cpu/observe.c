/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the core does for the debug components beside it: it tells a trace unit (DWT) of matches,
 * exceptions and cycles, a cross trigger of halts, and reads patched words from elsewhere (FPB).
 */
#include "vboard/cpu/internal.h"

enum patch_kind { PATCH_CODE = 1, PATCH_DATA = 2 };

void cpu_set_observer(struct cpu *c, const struct cpu_observer *o)
{
	c->observer = o ? *o : (struct cpu_observer){ .ctx = NULL };
}

void cpu_observe_at(struct cpu *c, uint64_t cycle)
{
	c->observe_at = cycle;
	cpu_attention(c);
}

void cpu_listen_halt(struct cpu *c, void (*halted)(void *ctx), void *ctx)
{
	c->halt_listener = halted;
	c->halt_listener_ctx = ctx;
}

void observe_cycles(struct cpu *c)
{
	if (c->cycles < c->observe_at)
		return;
	c->observe_at = UINT64_MAX;
	if (c->observer.due)
		c->observer.due(c->observer.ctx);
}

bool observe_match(struct cpu *c, const struct cpu_match *match)
{
	return !c->observer.matched || c->observer.matched(c->observer.ctx, match);
}

void observe_exception(struct cpu *c, unsigned exception, enum cpu_exception_event event)
{
	if (c->observer.exception)
		c->observer.exception(c->observer.ctx, exception, (int)event);
}

void observe_halt(struct cpu *c)
{
	if (c->halt_listener)
		c->halt_listener(c->halt_listener_ctx);
}

void observe_reset(struct cpu *c)
{
	c->observe_at = UINT64_MAX;
	c->patch_count = 0;
}

/* --- patches ---------------------------------------------------------------------------------- */

void cpu_set_patches(struct cpu *c, const struct cpu_patch *p, size_t n)
{
	const uint32_t count = n < CPU_MAX_PATCHES ? (uint32_t)n : CPU_MAX_PATCHES;

	if (!count && !c->patch_count)
		return;
	c->patch_count = count;
	for (size_t i = 0; i < count; i++)
		c->patches[i] = (struct patch_state){
			.addr = p[i].addr & ~3u,
			.target = p[i].target & ~3u,
			.kinds = (p[i].code ? PATCH_CODE : 0u) | (p[i].data ? PATCH_DATA : 0u),
		};
	mem_flush(c);
}

static uint32_t patch_kind(unsigned attr)
{
	if (attr & CPU_A_VECTOR)
		return 0;
	return attr & CPU_A_FETCH ? PATCH_CODE : PATCH_DATA;
}

uint32_t observe_patched(const struct cpu *c, uint32_t addr, unsigned attr)
{
	const uint32_t kind = patch_kind(attr);

	for (size_t i = 0; i < c->patch_count; i++)
		if ((c->patches[i].kinds & kind) && c->patches[i].addr == (addr & ~3u))
			return c->patches[i].target | (addr & 3);
	return addr;
}

bool observe_page_patched(const struct cpu *c, uint32_t page, unsigned attr)
{
	const uint32_t kind = patch_kind(attr);

	for (size_t i = 0; i < c->patch_count; i++)
		if ((c->patches[i].kinds & kind) && (c->patches[i].addr & ~PAGE_OFFSET) == page)
			return true;
	return false;
}
