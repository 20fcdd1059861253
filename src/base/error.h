/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <dapper/plugin/error.h>

/** Return from the calling function when @p call fails; the error is already recorded. */
#define TRY(call)                                        \
	do {                                             \
		const dapper_status try_status = (call); \
		if (try_status != DAPPER_OK)             \
			return try_status;               \
	} while (0)

/** dapper_fail() for an allocation of @p what that did not succeed. */
#define FAIL_NO_MEMORY(what) dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory for %s", what)

/** A copy of the last error, to keep it over clean-up that may fail itself. */
struct error_state {
	dapper_status status;
	char message[256];
	char where[256];
	char hint[256];
};

void error_save(struct error_state *state);
/** Put a saved error back. @return Its status. */
dapper_status error_restore(const struct error_state *state);
/** No error at all, as after a successful call. */
void error_clear(void);

#endif /* BASE_ERROR_H */
