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
#define OPTION(id, name, type, default_value, help, constraint, use) OPTION_##id,
#include "session/options.def"
#undef OPTION
	OPTION_COUNT
};

/**
 * Where a value comes from; later ones win (ARCHITECTURE, section 5). Of one file: what is said for
 * this probe, then for this board, then for all.
 */
enum option_source {
	OPTION_SOURCE_DEFAULT,
	OPTION_SOURCE_TOOL,
	OPTION_SOURCE_BOARD,
	OPTION_SOURCE_USER_FILE,
	OPTION_SOURCE_USER_FILE_BOARD,
	OPTION_SOURCE_USER_FILE_PROBE,
	OPTION_SOURCE_PROJECT_FILE,
	OPTION_SOURCE_PROJECT_FILE_BOARD,
	OPTION_SOURCE_PROJECT_FILE_PROBE,
	OPTION_SOURCE_ENVIRONMENT,
	OPTION_SOURCE_COMMAND_LINE,
	OPTION_SOURCE_COUNT
};

enum option_type {
	OPTION_TYPE_BOOL,
	OPTION_TYPE_INT,
	OPTION_TYPE_TIME,
	OPTION_TYPE_HZ,
	OPTION_TYPE_TEXT,
	OPTION_TYPE_CHOICE,
	OPTION_TYPE_LIST,
	OPTION_TYPE_PORTS,
	OPTION_TYPE_DATA
};

struct options;

/* --- the table ------------------------------------------------------------------------------- */

/** By name, older names and beginnings included. @retval DAPPER_ERR_NOT_FOUND The hint says which
 * are near, or why an option of pyOCD is not here. */
dapper_status options_find(const char *name, enum option_id *id);
/** The same for names in files, which must be whole: what is unique today may not be tomorrow. */
dapper_status options_find_whole(const char *name, enum option_id *id);
const char *option_get_name(enum option_id id);
enum option_type option_get_type(enum option_id id);
/** Is its value a file name, or a list of them? */
bool option_is_path(enum option_id id);
/** Several values one after the other are one list. */
bool option_is_list(enum option_id id);
/** false: it is understood, but has no effect so far. */
bool option_is_used(enum option_id id);
/** Why an option of pyOCD has no meaning here; NULL: it is none of these. */
const char *option_get_foreign(const char *name);

/**
 * Check a value.
 *
 * @param[out] number  As options_get_number() gives it.
 * @param[out] text    As it is to be kept; free() it.
 */
dapper_status option_parse(enum option_id id, const char *value, uint64_t *number, char **text);

/* --- values ---------------------------------------------------------------------------------- */

/** All options at their defaults, or as the environment says: DAPPER_RESET_HOLD_TIME, ... */
dapper_status options_create(struct options **options);
/** NULL is fine. */
void options_destroy(struct options *options);

/** Called when a value that counts has changed; @p old lives for the call. */
typedef void (*options_listener)(void *data, enum option_id id, const char *old);
void options_set_listener(struct options *options, options_listener listener, void *data);

/** Set from text, by name; see dapper_session_set_option(). */
dapper_status options_set(
	struct options *options, enum option_source source, const char *name, const char *value);
/** The same by identifier. @param origin Where exactly: "FILE:LINE"; may be NULL. */
dapper_status options_set_id(struct options *options, enum option_source source, enum option_id id,
	const char *value, const char *origin);
/** Take back what a source has said. */
void options_forget(struct options *options, enum option_source source, enum option_id id);

/** The value that counts as text; entries of a list are joined by newlines. */
const char *options_get_text(const struct options *options, enum option_id id);
bool options_get_bool(const struct options *options, enum option_id id);
/** INT and HZ as they are (a negative one as int64_t), TIME in milliseconds (at least 1 unless 0),
 * CHOICE as its index, PORTS: the first one. */
uint64_t options_get_number(const struct options *options, enum option_id id);
const char *option_source_text(enum option_source source);
enum option_source options_get_source(const struct options *options, enum option_id id);
/** Where exactly: "FILE:LINE", the environment variable's name, or "". */
const char *options_get_origin(const struct options *options, enum option_id id);

#endif /* SESSION_OPTIONS_H */
