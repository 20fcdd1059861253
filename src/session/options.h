/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_OPTIONS_H
#define SESSION_OPTIONS_H

/**
 * @file
 * The options of a session: typed, with a value for each source, of which the most important one
 * counts.
 */
#include <dapper/error.h>

enum option_id {
#define OPTION(id, name, type, default_value, help, constraint) OPTION_##id,
#include "session/options.def"
#undef OPTION
	OPTION_COUNT
};

/** Where a value comes from; later ones win (ARCHITECTURE, section 5). */
enum option_source {
	OPTION_SOURCE_DEFAULT,
	OPTION_SOURCE_TOOL,
	OPTION_SOURCE_BOARD,
	OPTION_SOURCE_USER_FILE,
	OPTION_SOURCE_PROJECT_FILE,
	OPTION_SOURCE_ENVIRONMENT,
	OPTION_SOURCE_COMMAND_LINE,
	OPTION_SOURCE_COUNT
};

struct options;

/** All options at their defaults, or as the environment says: DAPPER_RESET_HOLD_TIME, ... */
dapper_status options_create(struct options **options);
/** NULL is fine. */
void options_destroy(struct options *options);

/** Set from text, by name; see dapper_session_set_option(). */
dapper_status options_set(
	struct options *options, enum option_source source, const char *name, const char *value);

/** By name. @retval DAPPER_ERR_NOT_FOUND The hint says which are near. */
dapper_status options_find(const char *name, enum option_id *id);

/** The value that counts as text; entries of a list are joined by newlines. */
const char *options_get_text(const struct options *options, enum option_id id);
bool options_get_bool(const struct options *options, enum option_id id);
/** INT and HZ as they are, TIME in milliseconds (at least 1 unless 0), CHOICE as its index. */
uint64_t options_get_number(const struct options *options, enum option_id id);
const char *option_source_text(enum option_source source);
enum option_source options_get_source(const struct options *options, enum option_id id);

#endif /* SESSION_OPTIONS_H */
