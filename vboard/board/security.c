/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Security Extension's share of the bus: which accesses a window or an alias takes, and what the
 * IDAU says of addresses (DDI 0553, B8.3). Who may be Secure is the core's matter (SAU, state).
 */
#include "vboard/board/state.h"

bool security_permits(enum bus_security security, const struct bus_access *access)
{
	switch (security) {
	case SECURITY_ANY:
		return true;
	case SECURITY_SECURE:
		return access->secure;
	case SECURITY_NONSECURE:
		return !access->secure;
	}
	return false;
}

bool security_is_there(const struct board *board)
{
	for (unsigned i = 0; i < board->core_count; i++)
		if (board->cores[i].config->cpu.security)
			return true;
	return false;
}

static const struct idau_range *range_at(const struct board_part *part, uint32_t address)
{
	for (size_t i = 0; i < part->idau_count; i++)
		if (address - part->idau[i].base < part->idau[i].size)
			return &part->idau[i];
	return NULL;
}

/*
 * A core that sees memory directly does not ask the bus. That is right where the IDAU makes every
 * access Secure that comes as far as the bus: the core itself refuses the others.
 */
bool security_may_expose(
	const struct board *board, uint32_t base, uint32_t size, enum bus_security security)
{
	const struct idau_range *range = range_at(board->part, base);

	if (security == SECURITY_ANY)
		return true;
	if (!security_is_there(board))
		return security == SECURITY_SECURE;
	return security == SECURITY_SECURE && range && !range->says.ns && !range->says.exempt &&
	       base - range->base + (uint64_t)size <= range->size;
}

struct cpu_idau security_core_idau(void *ctx, uint32_t address)
{
	const struct core *core = ctx;
	const struct idau_range *range = range_at(core->board->part, address);

	return range ? range->says : (struct cpu_idau){ .ns = true };
}
