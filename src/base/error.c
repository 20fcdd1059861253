/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct thread_error {
	dapper_error error;
	struct error_state state;
};

static _Thread_local struct thread_error last = {
	.error = { .message = "", .where = "", .hint = "" }
};

const dapper_error *dapper_error_last(void)
{
	last.error = (dapper_error){
		.status = last.state.status,
		.message = last.state.message,
		.where = last.state.where,
		.hint = last.state.hint,
	};
	return &last.error;
}

const char *dapper_status_text(dapper_status status)
{
	switch (status) {
#define X(name, number, text) \
	case DAPPER_##name:   \
		return text;
		DAPPER_STATUS_MAP(X)
#undef X
	}
	return "unknown status";
}

const char *dapper_status_name(dapper_status status)
{
	switch (status) {
#define X(name, number, text) \
	case DAPPER_##name:   \
		return "DAPPER_" #name;
		DAPPER_STATUS_MAP(X)
#undef X
	}
	return "DAPPER_UNKNOWN";
}

dapper_status dapper_fail(dapper_status status, const char *format, ...)
{
	/* Formatted apart first: an argument may be text of the error that is being replaced. */
	char message[sizeof(last.state.message)];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);

	error_clear();
	last.state.status = status;
	memcpy(last.state.message, message, sizeof(message));
	return status;
}

dapper_status dapper_fail_where(dapper_status status, const char *format, ...)
{
	char place[sizeof(last.state.where)];
	size_t used = strlen(last.state.where);
	va_list args;

	va_start(args, format);
	vsnprintf(place, sizeof(place), format, args);
	va_end(args);

	snprintf(last.state.where + used, sizeof(last.state.where) - used, "%s%s", used ? ", " : "",
		place);
	return status;
}

dapper_status dapper_fail_hint(dapper_status status, const char *format, ...)
{
	va_list args;

	if (last.state.hint[0])
		return status;
	va_start(args, format);
	vsnprintf(last.state.hint, sizeof(last.state.hint), format, args);
	va_end(args);
	return status;
}

void error_save(struct error_state *state)
{
	*state = last.state;
}

dapper_status error_restore(const struct error_state *state)
{
	last.state = *state;
	return state->status;
}

void error_clear(void)
{
	last.state.status = DAPPER_OK;
	last.state.message[0] = '\0';
	last.state.where[0] = '\0';
	last.state.hint[0] = '\0';
}
