/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_ERROR_H
#define DAPPER_ERROR_H

#include <dapper/common.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Result codes and the last error of the calling thread.
 */

/**
 * Every status: name, number, what it means in one phrase.
 *
 * The numbers are part of the ABI: append, never renumber. Ranges: 0 to -19 the host, -20 to -39
 * the probe, -40 to -59 the target's debug interface, -60 to -79 the core, -80 to -99 flash, -100
 * to -119 files.
 */
#define DAPPER_STATUS_MAP(X)                                             \
	X(OK, 0, "success")                                              \
	X(ERR_INVALID, -1, "invalid argument")                           \
	X(ERR_NO_MEMORY, -2, "out of host memory")                       \
	X(ERR_TIMEOUT, -3, "timed out")                                  \
	X(ERR_NOT_FOUND, -4, "not found")                                \
	X(ERR_UNSUPPORTED, -5, "not supported by this probe or part")    \
	X(ERR_CANCELLED, -6, "cancelled")                                \
	X(ERR_AMBIGUOUS, -7, "the name fits several")                    \
	X(ERR_BUSY, -8, "in use by someone else")                        \
	X(ERR_INTERNAL, -9, "internal error")                            \
	X(ERR_PROBE_IO, -20, "cannot talk to the debug probe")           \
	X(ERR_PROBE_GONE, -21, "debug probe is gone")                    \
	X(ERR_NO_PROBE, -22, "no debug probe found")                     \
	X(ERR_PROBE_PROTOCOL, -23, "debug probe answered nonsense")      \
	X(ERR_NO_ACK, -40, "target does not answer")                     \
	X(ERR_WAIT, -41, "target keeps answering WAIT")                  \
	X(ERR_FAULT, -42, "target answered FAULT")                       \
	X(ERR_PARITY, -43, "data from the target has a parity error")    \
	X(ERR_MISMATCH, -44, "register did not reach the wanted value")  \
	X(ERR_POWER, -45, "debug power domain does not come up")         \
	X(ERR_LOCKED, -46, "target is locked")                           \
	X(ERR_NO_CORE, -60, "no core found")                             \
	X(ERR_NOT_HALTED, -61, "core is not halted")                     \
	X(ERR_NO_RESOURCE, -62, "no free hardware resource")             \
	X(ERR_NO_REGION, -80, "address is in no memory region")          \
	X(ERR_FLASH_ALGORITHM, -81, "flash algorithm reported an error") \
	X(ERR_VERIFY, -82, "target contents differ")                     \
	X(ERR_NO_ALGORITHM, -83, "no flash algorithm for this address")  \
	X(ERR_FILE, -100, "cannot access a file")                        \
	X(ERR_PARSE, -101, "malformed input")                            \
	X(ERR_LIMIT, -102, "input exceeds a limit")

typedef enum dapper_status {
#define X(name, number, text) DAPPER_##name = (number),
	DAPPER_STATUS_MAP(X)
#undef X
} dapper_status;

/** What is known about a failure. Strings live until the next failing call of the same thread. */
typedef struct dapper_error {
	dapper_status status;
	const char *message; /**< What happened, one line, no newline, never NULL. */
	const char *where;   /**< e.g. "AP#0 address 0x20000000", or "". */
	const char *hint;    /**< What to do about it, or "". */
} dapper_error;

/**
 * The last error of the calling thread.
 *
 * Meaningful only directly after a call that did not return #DAPPER_OK.
 *
 * @return Never NULL; owned by the library.
 * @threadsafe Each thread has its own.
 * @since 0.1
 */
DAPPER_API const dapper_error *dapper_error_last(void);

/** Fixed phrase for a status, e.g. "target answered FAULT". Never NULL. */
DAPPER_API const char *dapper_status_text(dapper_status status);

/** Name of a status, e.g. "DAPPER_ERR_FAULT". Never NULL. */
DAPPER_API const char *dapper_status_name(dapper_status status);

DAPPER_END_DECLS

#endif /* DAPPER_ERROR_H */
