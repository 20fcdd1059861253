/* SPDX-License-Identifier: Apache-2.0 */
#include "base/context.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

enum { LINE_SIZE = 1024 };

struct dapper_context {
	atomic_uint references;
	atomic_bool cancelled;
	unsigned topics;
	dapper_log_level level;
	dapper_log_callback callback;
	void *payload;
};

dapper_status dapper_context_new(dapper_context **context)
{
	dapper_context *made;

	if (!context)
		return dapper_fail(DAPPER_ERR_INVALID, "context is NULL");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a context");
	atomic_init(&made->references, 1);
	atomic_init(&made->cancelled, false);
	*context = made;
	return DAPPER_OK;
}

dapper_context *context_ref(dapper_context *context)
{
	atomic_fetch_add(&context->references, 1);
	return context;
}

dapper_context *dapper_context_unref(dapper_context *context)
{
	if (context && atomic_fetch_sub(&context->references, 1) == 1)
		free(context);
	return NULL;
}

void dapper_context_set_log(dapper_context *context, unsigned topics, dapper_log_level level,
	dapper_log_callback callback, void *payload)
{
	context->topics = callback ? topics : 0;
	context->level = level;
	context->callback = callback;
	context->payload = payload;
}

void dapper_context_cancel(dapper_context *context)
{
	atomic_store(&context->cancelled, true);
}

void dapper_context_resume(dapper_context *context)
{
	atomic_store(&context->cancelled, false);
}

bool dapper_context_is_cancelled(const dapper_context *context)
{
	return context && atomic_load(&context->cancelled);
}

dapper_status context_check_cancelled(const dapper_context *context)
{
	if (context && atomic_load(&context->cancelled))
		return dapper_fail(DAPPER_ERR_CANCELLED, "cancelled");
	return DAPPER_OK;
}

bool log_enabled(const dapper_context *context, dapper_log_topic topic, dapper_log_level level)
{
	return context && (context->topics & topic) && level <= context->level;
}

void log_line(const dapper_context *context, dapper_log_topic topic, dapper_log_level level,
	const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	if (!log_enabled(context, topic, level))
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	context->callback(context->payload, topic, level, line);
}

const char *dapper_version(void)
{
	return DAPPER_VERSION;
}
