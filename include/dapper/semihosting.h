/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_SEMIHOSTING_H
#define DAPPER_SEMIHOSTING_H

#include <dapper/common.h>
#include <dapper/error.h>
#include <dapper/target.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Semihosting: a program on the target asks the debugger for input and output, by BKPT 0xAB with
 * the operation in r0 and its argument in r1 ("Semihosting for AArch32 and AArch64", Arm, version
 * 3.0).
 *
 * Whoever controls the core calls dapper_semihosting_handle() after each halt on a breakpoint, and
 * lets the core run again when that was a call. What the target says is not trusted: files lie in
 * one folder, which no name and no symbolic link leads out of, or there are none.
 *
 * Ownership: dapper_semihosting_free(), before the session is closed. Threads: as the session's.
 */

typedef struct dapper_semihosting dapper_semihosting;

typedef struct dapper_semihosting_options {
	size_t struct_size;
	/** Where the target's files are. NULL: it cannot open, remove or rename any. */
	const char *folder;
	const char *command_line; /**< For SYS_GET_CMDLINE; NULL: "". */
	/** What the target prints. May be NULL. */
	void (*output)(void *payload, bool is_error, const void *data, size_t size);
	/** Wait for input. @return Bytes put into @p data; 0: end of file. May be NULL: always. */
	size_t (*input)(void *payload, void *data, size_t size);
	void *payload;
} dapper_semihosting_options;

#define DAPPER_SEMIHOSTING_OPTIONS_INIT                           \
	{                                                         \
		.struct_size = sizeof(dapper_semihosting_options) \
	}

/**
 * @param options  NULL: no files, no console.
 * @retval DAPPER_ERR_FILE  The folder cannot be opened.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_semihosting_new(dapper_target *target,
	const dapper_semihosting_options *options, dapper_semihosting **semihosting);

/** Close the target's files, and free. NULL is fine. */
DAPPER_API void dapper_semihosting_free(dapper_semihosting *semihosting);

typedef enum dapper_semihosting_event {
	DAPPER_SEMIHOSTING_NO_CALL, /**< The core stands elsewhere; nothing was changed. */
	DAPPER_SEMIHOSTING_CALL,    /**< Done, pc is behind the call: resume. */
	DAPPER_SEMIHOSTING_EXIT     /**< The program has ended: see the exit code. */
} dapper_semihosting_event;

/**
 * Serve the call on which a halted core stands, if it does. A call that fails is the target's
 * business: it gets its -1 and asks SYS_ERRNO. An error here means that the target could not be
 * talked to.
 *
 * @param[out] exit_code  With #DAPPER_SEMIHOSTING_EXIT. SYS_EXIT_EXTENDED says it; SYS_EXIT is 0
 *                        for ADP_Stopped_ApplicationExit and 1 for anything else.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_semihosting_handle(
	dapper_semihosting *semihosting, dapper_semihosting_event *event, int32_t *exit_code);

DAPPER_END_DECLS

#endif /* DAPPER_SEMIHOSTING_H */
