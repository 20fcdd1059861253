/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_CONTEXT_H
#define DAPPER_CONTEXT_H

#include <dapper/common.h>
#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The context: where log lines go and how a running operation is cancelled. Everything else is made
 * from one.
 *
 * Threads: a context may be shared by sessions that run in different threads once its log is set.
 */

typedef struct dapper_context dapper_context;

/** What a log line is about: a mask, so that one can listen to some subjects only. */
typedef enum dapper_log_topic {
	DAPPER_LOG_SESSION = 1 << 0,
	DAPPER_LOG_PROBE = 1 << 1,  /**< The probe and its commands. */
	DAPPER_LOG_WIRE = 1 << 2,   /**< Every DP and AP transfer, decoded. */
	DAPPER_LOG_ADI = 1 << 3,    /**< Debug port, access ports, recovery. */
	DAPPER_LOG_TARGET = 1 << 4, /**< Discovery, cores, run control. */
	DAPPER_LOG_FLASH = 1 << 5,
	DAPPER_LOG_PACK = 1 << 6, /**< Packs, images, SVD. */
	DAPPER_LOG_VBOARD = 1 << 7,
	DAPPER_LOG_ALL = 0xff
} dapper_log_topic;

typedef enum dapper_log_level {
	DAPPER_LOG_WARNING, /**< Something is odd; the operation goes on. */
	DAPPER_LOG_INFO,
	DAPPER_LOG_DEBUG
} dapper_log_level;

/** Receives one line without line end. Called from the thread that works. */
typedef void (*dapper_log_callback)(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line);

/** Make a context. @param[out] context Owned by the caller; end it with dapper_context_unref(). */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_context_new(dapper_context **context);

/** Drop a reference; NULL is fine. @return Always NULL. */
DAPPER_API dapper_context *dapper_context_unref(dapper_context *context);

/**
 * Listen to the log. Without a callback nothing is logged: the library never prints.
 *
 * @param topics    Mask of #dapper_log_topic.
 * @param level     The most talkative level wanted.
 * @param callback  NULL switches the log off.
 */
DAPPER_API void dapper_context_set_log(dapper_context *context, unsigned topics,
	dapper_log_level level, dapper_log_callback callback, void *payload);

/**
 * Make every wait of operations in this context end with #DAPPER_ERR_CANCELLED, as soon as the
 * target is in a state that can be reported. Async-signal-safe.
 *
 * @threadsafe Yes: the one call that may come from any thread or a signal handler.
 */
DAPPER_API void dapper_context_cancel(dapper_context *context);

/** Whether dapper_context_cancel() was called. @threadsafe As dapper_context_cancel(). */
DAPPER_API bool dapper_context_is_cancelled(const dapper_context *context);

/** Allow operations again after dapper_context_cancel(). */
DAPPER_API void dapper_context_resume(dapper_context *context);

/** The library's version, e.g. "0.1.0". */
DAPPER_API const char *dapper_version(void);

DAPPER_END_DECLS

#endif /* DAPPER_CONTEXT_H */
