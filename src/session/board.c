/* SPDX-License-Identifier: Apache-2.0 */
#include "session/board.h"

#include <stdlib.h>
#include <string.h>

#include <dapper/pack.h>

#include "base/alloc.h"
#include "base/error.h"
#include "soc/device.h"

enum { MAX_PACKS = 64 };

static void destroy(struct node *node)
{
	struct board *board = NODE_OBJECT(struct board, node);

	flash_destroy(board->flash);
	free(board);
}

static const struct node_class board_class = { .kind = "board", .destroy = destroy };

/* --- which device ------------------------------------------------------------------------------
 */

struct pack_list {
	dapper_pack *packs[MAX_PACKS];
	size_t count;
};

static void close_packs(struct pack_list *list)
{
	while (list->count > 0)
		dapper_pack_close(list->packs[--list->count]);
}

/* The option's value is one path a line. */
static dapper_status open_packs(dapper_context *context, const char *paths, struct pack_list *list)
{
	while (*paths) {
		size_t length = strcspn(paths, "\n");
		char *path = xstrndup(paths, length);
		dapper_status status;

		if (!path)
			return FAIL_NO_MEMORY("a path");
		if (list->count == MAX_PACKS)
			status = dapper_fail(
				DAPPER_ERR_LIMIT, "more than %d packs at once", MAX_PACKS);
		else
			status = dapper_pack_open(context, path, &list->packs[list->count]);
		free(path);
		if (status != DAPPER_OK)
			return status;
		list->count++;
		paths += length + (paths[length] == '\n');
	}
	return DAPPER_OK;
}

static dapper_status find_device(
	dapper_context *context, const struct options *options, struct device *device)
{
	struct pack_list packs = { .count = 0 };
	dapper_status status = open_packs(context, options_get_text(options, OPTION_PACK), &packs);

	if (status == DAPPER_OK)
		status = device_find(context, packs.packs, packs.count,
			options_get_text(options, OPTION_TARGET_OVERRIDE), device);
	close_packs(&packs);
	return status;
}

/* --- SoC and flash -----------------------------------------------------------------------------
 */

static uint32_t ms(const struct options *options, enum option_id id)
{
	return (uint32_t)options_get_number(options, id);
}

static struct soc_options soc_options(const struct options *options)
{
	return (struct soc_options){
		.connect_mode = (enum connect_mode)options_get_number(options, OPTION_CONNECT_MODE),
		.wire = (dapper_wire)options_get_number(options, OPTION_DAP_PROTOCOL),
		.target_sel = (uint32_t)options_get_number(options, OPTION_DP_TARGET_ID),
		.use_dormant = options_get_bool(options, OPTION_DAP_SWJ_USE_DORMANT),
		.jtag_tap = (unsigned)options_get_number(options, OPTION_JTAG_TAP),
		.clock_hz = (uint32_t)options_get_number(options, OPTION_FREQUENCY),
		.reset_hold_ms = ms(options, OPTION_RESET_HOLD_TIME),
		.reset_post_delay_ms = ms(options, OPTION_RESET_POST_DELAY),
		.reset_halt_timeout_ms = ms(options, OPTION_RESET_HALT_TIMEOUT),
		.allow_no_cores = options_get_bool(options, OPTION_ALLOW_NO_CORES),
		.primary_core = (size_t)options_get_number(options, OPTION_PRIMARY_CORE),
	};
}

static dapper_status add_flash(
	struct board *board, const struct options *options, struct device *device)
{
	const struct flash_timeouts timeouts = {
		.init = ms(options, OPTION_FLASH_TIMEOUT_INIT),
		.erase_all = ms(options, OPTION_FLASH_TIMEOUT_ERASE_ALL),
		.erase_sector = ms(options, OPTION_FLASH_TIMEOUT_ERASE_SECTOR),
		.program = ms(options, OPTION_FLASH_TIMEOUT_PROGRAM),
	};

	TRY(flash_create(board->soc, &timeouts, options_get_bool(options, OPTION_SMART_FLASH),
		&board->flash));
	flash_set_readback(board->flash, options_get_bool(options, OPTION_FLASH_READBACK));
	for (size_t i = 0; i < device->algorithm_count; i++) {
		struct flm *flm = device->algorithms[i].flm;

		device->algorithms[i].flm = NULL;
		TRY(flash_add(board->flash, &device->algorithms[i].placement, flm));
	}
	return DAPPER_OK;
}

static dapper_status populate(struct board *board, dapper_context *context, dapper_probe *probe,
	const struct options *options, struct device *device)
{
	const struct soc_options soc = soc_options(options);
	struct dapper_memory_map *map = device->map;

	device->map = NULL;
	TRY(coresight_soc_create(context, probe, device->name, map, &soc, &board->soc));
	node_attach(&board->node, &board->soc->node);
	return add_flash(board, options, device);
}

dapper_status board_create(dapper_context *context, dapper_probe *probe,
	const struct options *options, struct board **board)
{
	struct device device = { .name = NULL };
	struct board *made;
	dapper_status status;

	TRY(find_device(context, options, &device));
	made = xnew(made);
	if (!made) {
		device_finish(&device);
		return FAIL_NO_MEMORY("a board");
	}
	node_init(&made->node, &board_class, "%s", dapper_probe_get_info(probe)->description);
	status = populate(made, context, probe, options, &device);
	device_finish(&device);
	if (status != DAPPER_OK) {
		node_destroy(&made->node);
		return status;
	}
	*board = made;
	return DAPPER_OK;
}
