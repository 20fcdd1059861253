/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_CONFIG_H
#define SESSION_CONFIG_H

/**
 * @file
 * Configuration files, read and turned into values of options: what holds for all, in `probes` for
 * a probe (by a part of its unique ID, the first that fits), in `boards` for a board (by the name
 * of its target).
 */
#include <dapper/context.h>

#include "session/options.h"

struct config;

/**
 * Find and read the files and set the options that they hold for all. Options without effect are
 * named in one warning line a file. Every section is checked, whether it is used or not.
 *
 * @param options      Outlives the config.
 * @param[out] config  End it with config_destroy().
 * @retval DAPPER_ERR_FILE       A file cannot be read.
 * @retval DAPPER_ERR_PARSE      It is malformed; the place of this and the next is "FILE:LINE".
 * @retval DAPPER_ERR_NOT_FOUND  An option in it does not exist; the hint names the nearest.
 * @retval DAPPER_ERR_INVALID    A value does not fit.
 */
dapper_status config_load(dapper_context *context, struct options *options, struct config **config);
/** Take its values back, and free it. NULL is fine. */
void config_destroy(struct config *config);

/**
 * Set, and take back, what the files say for one probe and board only.
 *
 * @param probe_id  The probe's unique ID. The board is what the option target_override says.
 */
dapper_status config_select(struct config *config, const char *probe_id);

/** The project folder. Belongs to the config. */
const char *config_get_folder(const struct config *config);

#endif /* SESSION_CONFIG_H */
