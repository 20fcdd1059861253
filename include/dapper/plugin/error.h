/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_PLUGIN_ERROR_H
#define DAPPER_PLUGIN_ERROR_H

#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * How the library and its plug-ins say why something failed.
 *
 * The layer that knows *what* happened calls dapper_fail(); the layers above, which know *where*
 * and what people can do, add that and pass the status on. Nobody overwrites a message that is
 * being propagated, and nobody logs *and* returns.
 *
 * Message grammar: lower case, no full stop, no "failed to ..." about what the caller asked for,
 * numbers in hex with their width, user text in 'single quotes', expected and found where they
 * differ.
 */

/** Record a new failure of this thread; place and hint are cleared. @return @p status. */
DAPPER_API dapper_status dapper_fail(dapper_status status, const char *format, ...)
	DAPPER_PRINTF(2, 3);

/** Add a place to the failure being propagated; several are joined by ", ". @return @p status. */
DAPPER_API dapper_status dapper_fail_where(dapper_status status, const char *format, ...)
	DAPPER_PRINTF(2, 3);

/** Say what to do about it; the first hint, from nearest to the cause, stays. @return @p status. */
DAPPER_API dapper_status dapper_fail_hint(dapper_status status, const char *format, ...)
	DAPPER_PRINTF(2, 3);

DAPPER_END_DECLS

#endif /* DAPPER_PLUGIN_ERROR_H */
