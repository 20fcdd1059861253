/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_BOARD_H
#define SESSION_BOARD_H

/**
 * @file
 * The board: what the probe is wired to. Knows its name and which device is on it; owns the SoC and
 * the programmers of its flash.
 */
#include "flash/flash.h"
#include "session/options.h"
#include "soc/coresight_soc.h"

struct board {
	struct node node;
	struct dapper_target *soc; /* below node */
	struct flash *flash;
};

/**
 * Make the board with the device that the options name. Nothing is sent yet.
 *
 * @param[out] board  Attached nowhere; end it with node_destroy().
 */
dapper_status board_create(dapper_context *context, dapper_probe *probe,
	const struct options *options, struct board **board);

#endif /* SESSION_BOARD_H */
