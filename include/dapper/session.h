/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_SESSION_H
#define DAPPER_SESSION_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/node.h>
#include <dapper/probe.h>
#include <dapper/target.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The session: root of the object graph; one connection to one target through one probe.
 *
 * Ownership: dapper_session_new() gives it to the caller, dapper_session_free() ends it and
 * everything below. Threads: objects of one session: one thread at a time; sessions are
 * independent.
 */

typedef struct dapper_session dapper_session;

/** A session with all options at their defaults; nothing is opened. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_new(
	dapper_context *context, dapper_session **session);

/** Close if open, and free. NULL is fine. */
DAPPER_API void dapper_session_free(dapper_session *session);

/**
 * Set an option by name, from text, as `-O name=value` does. Options have pyOCD's names and
 * meaning; lists (like `pack`) append.
 *
 * @retval DAPPER_ERR_NOT_FOUND  No such option; the hint names the nearest.
 * @retval DAPPER_ERR_INVALID    The value does not fit its type or range; the hint says what does.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_set_option(
	dapper_session *session, const char *name, const char *value);

/** Change an option's built-in default: what a tool prefers when nobody has said anything else. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_set_default(
	dapper_session *session, const char *name, const char *value);

/** An option's value as text; "" when unset. NULL when there is no such option. */
DAPPER_API const char *dapper_session_get_option(const dapper_session *session, const char *name);

/** Where an option's value comes from: "default", "command line", ... NULL: no such option. */
DAPPER_API const char *dapper_session_get_option_source(
	const dapper_session *session, const char *name);

/** Where exactly: "FILE:LINE", the name of an environment variable, or "". NULL: no such option. */
DAPPER_API const char *dapper_session_get_option_origin(
	const dapper_session *session, const char *name);

/**
 * Read the configuration files: the user's, `$XDG_CONFIG_HOME/dapper/dapper.yaml`, and the
 * project's, `dapper.yaml`, else `pyocd.yaml` or `.pyocd.yaml` (or .yml), from the working folder
 * upwards. The options `project_dir`, `config_file` and `no_config` say otherwise.
 *
 * A library reads no files unasked, so dapper_session_open() does not call this. What is set by
 * dapper_session_set_option() and by environment variables wins over the files, whether it was set
 * before or after. Sections for one probe (`probes`) and for one board (`boards`) are chosen by the
 * option `probe`, and again when the probe is open and its unique ID known. Called again it reads
 * everything anew.
 *
 * @retval DAPPER_ERR_INVALID    The session is open; or a value does not fit.
 * @retval DAPPER_ERR_FILE       A file or folder that was named cannot be read.
 * @retval DAPPER_ERR_PARSE      A file is malformed; the place is "FILE:LINE" for this and for
 * @retval DAPPER_ERR_NOT_FOUND  an option that does not exist: the hint names the nearest.
 * On failure no file's value stays.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_load_config(dapper_session *session);

/** The project folder; NULL before dapper_session_load_config(). Belongs to the session. */
DAPPER_API const char *dapper_session_get_project_folder(const dapper_session *session);

/** What an option is, for help texts. */
typedef struct dapper_option_info {
	const char *name;
	const char *type; /**< "BOOL", "INT", "TIME", "HZ", "TEXT", "CHOICE", "LIST", "PORTS",
	                       "DATA". */
	const char *default_value; /**< As text. */
	const char *help;          /**< One line. */
	const char *values;        /**< "MIN..MAX", "a|b|c", "path", or "". */
	bool is_used; /**< false: it is understood and kept, but has no effect so far. */
} dapper_option_info;
/** @return NULL when @p index is too large. */
DAPPER_API const dapper_option_info *dapper_option_get_info(size_t index);

/**
 * Open: find the probe (option `probe`), connect to the debug port, run the init sequence of the
 * target that `target_override` names (generic "cortex_m" without one), honouring `connect_mode`.
 *
 * On failure everything that was opened is closed again.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_open(dapper_session *session);

/**
 * Close: breakpoints removed, cores resumed unless `resume_on_disconnect` is off, debug off, probe
 * closed; whatever fails, the rest is tried.
 *
 * @return The first failure.
 */
DAPPER_API dapper_status dapper_session_close(dapper_session *session);

/** The SoC as a target; NULL while not open. Belongs to the session. */
DAPPER_API dapper_target *dapper_session_get_target(const dapper_session *session);
/** The probe; NULL while not open. Borrowed. */
DAPPER_API dapper_probe *dapper_session_get_probe(const dapper_session *session);
/** The root of the object graph. */
DAPPER_API const dapper_node *dapper_session_get_node(const dapper_session *session);

DAPPER_END_DECLS

#endif /* DAPPER_SESSION_H */
