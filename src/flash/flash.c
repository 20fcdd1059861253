/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/flash.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "flash/programmer.h"

dapper_status flash_create(struct dapper_target *soc, const struct flash_timeouts *timeouts,
	bool smart, struct flash **flash)
{
	struct flash *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("a flash programmer");
	*made = (struct flash){ .soc = soc, .timeouts = *timeouts, .smart = smart };
	*flash = made;
	return DAPPER_OK;
}

void flash_set_readback(struct flash *flash, bool readback)
{
	flash->readback = readback;
}

void flash_destroy(struct flash *flash)
{
	if (!flash)
		return;
	for (size_t i = 0; i < flash->programmer_count; i++) {
		free((void *)(uintptr_t)flash->programmers[i].placement.name);
		flm_free(flash->programmers[i].flm);
	}
	free(flash->programmers);
	free(flash);
}

static dapper_status check_placement(
	const struct flash *flash, const struct flash_placement *placement)
{
	if (placement->size == 0 || placement->start > UINT32_MAX ||
		placement->size - 1 > UINT32_MAX - placement->start)
		return dapper_fail(DAPPER_ERR_INVALID,
			"flash algorithm '%s' serves 0x%llx bytes at 0x%08llx, not in 32 bits",
			placement->name, (unsigned long long)placement->size,
			(unsigned long long)placement->start);
	for (size_t i = 0; i < flash->programmer_count; i++) {
		const struct flash_placement *other = &flash->programmers[i].placement;

		if (placement->start < other->start + other->size &&
			other->start < placement->start + placement->size)
			return dapper_fail(DAPPER_ERR_INVALID,
				"flash algorithms '%s' and '%s' both serve address 0x%08llx",
				other->name, placement->name,
				(unsigned long long)(placement->start > other->start
							     ? placement->start
							     : other->start));
	}
	return DAPPER_OK;
}

static dapper_status add(
	struct flash *flash, const struct flash_placement *placement, struct flm *flm)
{
	struct flash_programmer *programmers;
	char *name;

	TRY(check_placement(flash, placement));
	programmers = xgrow(flash->programmers, flash->programmer_count,
		&flash->programmer_capacity, sizeof(*programmers));
	if (!programmers)
		return FAIL_NO_MEMORY("a flash algorithm");
	flash->programmers = programmers;
	name = xstrdup(placement->name);
	if (!name)
		return FAIL_NO_MEMORY("a flash algorithm");
	programmers[flash->programmer_count] =
		(struct flash_programmer){ .placement = *placement, .flm = flm };
	programmers[flash->programmer_count++].placement.name = name;
	return DAPPER_OK;
}

dapper_status flash_add(
	struct flash *flash, const struct flash_placement *placement, struct flm *flm)
{
	dapper_status status = add(flash, placement, flm);

	if (status != DAPPER_OK)
		flm_free(flm);
	return status;
}

const struct flash_programmer *programmer_find(const struct programmer_list *list, uint64_t address)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct flash_placement *placement = &list->items[i].placement;

		if (address - placement->start < placement->size)
			return &list->items[i];
	}
	return NULL;
}
