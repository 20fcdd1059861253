/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H

#include <dapper/context.h>

/** Another reference. @return @p context. */
dapper_context *context_ref(dapper_context *context);

/** #DAPPER_ERR_CANCELLED (recorded) once dapper_context_cancel() was called. Asked by every wait
 * loop. */
dapper_status context_check_cancelled(const dapper_context *context);

/** Would a line of this topic and level be heard? Ask before costly formatting. NULL context: no.
 */
bool log_enabled(const dapper_context *context, dapper_log_topic topic, dapper_log_level level);

/** Log one line. The library is non-logging above debug, but for warnings that change no result. */
void log_line(const dapper_context *context, dapper_log_topic topic, dapper_log_level level,
	const char *format, ...) DAPPER_PRINTF(4, 5);

#define log_warning(context, topic, ...) log_line(context, topic, DAPPER_LOG_WARNING, __VA_ARGS__)
#define log_info(context, topic, ...)    log_line(context, topic, DAPPER_LOG_INFO, __VA_ARGS__)
#define log_debug(context, topic, ...)   log_line(context, topic, DAPPER_LOG_DEBUG, __VA_ARGS__)

#endif /* BASE_CONTEXT_H */
