/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_GDB_H
#define DAPPER_GDB_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/session.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The GDB server: a session's target to GDB, and to whatever else speaks its remote protocol.
 *
 * Threads: as the session's.
 */

typedef struct dapper_gdb_options {
	size_t struct_size; /**< sizeof(dapper_gdb_options) */
	const char *host;   /**< An IPv4 address; NULL: 127.0.0.1, this machine only. */
	uint16_t port;      /**< 0 lets the system choose. */
	bool persist;       /**< Wait for the next client when one has gone. */
	/** Called once clients can connect. May be NULL. */
	void (*ready)(void *payload, const char *host, uint16_t port);
	void *payload;
} dapper_gdb_options;

#define DAPPER_GDB_OPTIONS_INIT                           \
	{                                                 \
		.struct_size = sizeof(dapper_gdb_options) \
	}

/**
 * Serve clients, one at a time, until one has gone (with `persist`: for ever) or
 * dapper_context_cancel().
 *
 * A client finds all cores halted, each as a thread; when it goes its breakpoints are removed and
 * the cores resumed, unless `resume_on_disconnect` is off.
 *
 * @param session  Open.
 * @retval DAPPER_ERR_CANCELLED  The way to end it.
 * @retval DAPPER_ERR_INVALID    The address is none, or the port in use.
 * @retval DAPPER_ERR_PROBE_GONE  The probe was unplugged; so for other failures of the probe.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_gdb_serve(
	dapper_context *context, dapper_session *session, const dapper_gdb_options *options);

DAPPER_END_DECLS

#endif /* DAPPER_GDB_H */
