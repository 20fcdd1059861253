/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CONNECT_H
#define CLI_CONNECT_H

#include "command.h"

/**
 * Make and open a session as the command line says.
 *
 * @param default_mode  Value of `connect_mode` when --connect is not given; NULL: the option's
 * default.
 * @param[out] session  End it with disconnect().
 * @return false after having reported the error; @p code is set.
 */
bool connect_session(
	struct cli *cli, const char *default_mode, dapper_session **session, enum exit_code *code);

/** Set a session's options from the command line and the configuration files, as
 * connect_session() does. */
dapper_status set_session_options(
	struct cli *cli, const char *default_mode, dapper_session *session);

/** Before flash is touched: reset and halt, as the option `load.pre_reset` says. */
dapper_status prepare_for_flash(dapper_session *session);

/** Text of a reset type -> the type; NULL is the default. false: no such type. */
bool parse_reset_type(const char *text, dapper_reset_type *type);

/** Print counters, close and free. @return @p code, or a failure of closing when @p code was
 * EXIT_OK. */
enum exit_code disconnect(struct cli *cli, dapper_session *session, enum exit_code code);

#endif /* CLI_CONNECT_H */
