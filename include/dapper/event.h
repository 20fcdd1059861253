/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_EVENT_H
#define DAPPER_EVENT_H

#include <dapper/common.h>
#include <dapper/error.h>
#include <dapper/flash.h>
#include <dapper/session.h>
#include <dapper/target.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Events: what happens in a session, told to everyone who subscribed.
 *
 * Subscribers are called one after the other, in the order they came, from the thread that works
 * and before the call that caused the event returns. They may read and write the target, subscribe,
 * and unsubscribe anyone, but must not open, close or free the session.
 *
 * Ownership: a subscription belongs to its session until dapper_unsubscribe() or the session's end.
 * Threads: as the session's.
 */

typedef enum dapper_event_type {
	DAPPER_EVENT_SESSION_OPENED = 1 << 0,  /**< dapper_session_open() has done all its work. */
	DAPPER_EVENT_SESSION_CLOSING = 1 << 1, /**< The target can still be accessed. Also told when
	                                          opening fails half-way. */
	/**
	 * A core is halted that was not known to be: asked for, found out by asking for its state, or
	 * waited for. Told while connecting too, before the session is opened.
	 */
	DAPPER_EVENT_CORE_HALTED = 1 << 2,
	/**
	 * A core runs that was not known to; a step tells this and the halt. Not told of the runs of
	 * flash algorithms, and of those after #DAPPER_EVENT_SESSION_CLOSING.
	 */
	DAPPER_EVENT_CORE_RESUMED = 1 << 3,
	DAPPER_EVENT_CORE_RESET = 1 << 4, /**< Whether it halts or runs is told behind it. */
	DAPPER_EVENT_FLASH_PROGRESS = 1 << 5,
	DAPPER_EVENT_OPTION_CHANGED = 1
	                              << 6, /**< Another value counts now, from whatever source. */
	DAPPER_EVENT_PROBE_LOST = 1 << 7,   /**< Unplugged, or its server is gone; told once. */
	DAPPER_EVENT_ALL = 0xff
} dapper_event_type;

/** What has happened. Lives for the call. */
typedef struct dapper_event {
	size_t struct_size; /**< sizeof(dapper_event) of the library: later ones may know more. */
	dapper_event_type type;
	dapper_session *session;
	union {
		/** CORE_HALTED, CORE_RESUMED, CORE_RESET. */
		struct {
			dapper_target *target;
		} core;
		/** FLASH_PROGRESS; @c done and @c total are bytes of this phase. */
		struct {
			dapper_flash_phase phase;
			uint64_t done;
			uint64_t total;
		} flash;
		/** OPTION_CHANGED; values as text. */
		struct {
			const char *name;
			const char *old_value;
			const char *value;
		} option;
	} data;
} dapper_event;

/** Receives the events of its subscription. */
typedef void (*dapper_event_callback)(void *payload, const dapper_event *event);

typedef struct dapper_subscription dapper_subscription;

/**
 * Be told of events of a session.
 *
 * @param types              Mask of #dapper_event_type.
 * @param payload            For the callback.
 * @param[out] subscription  For dapper_unsubscribe(). May be NULL: it lasts as long as the session.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_session_subscribe(dapper_session *session,
	unsigned types, dapper_event_callback callback, void *payload,
	dapper_subscription **subscription);

/** Be told no more, from this moment on. NULL is fine. */
DAPPER_API void dapper_unsubscribe(dapper_subscription *subscription);

/** "core halted", "flash progress", ... */
DAPPER_API const char *dapper_event_type_text(dapper_event_type type);

DAPPER_END_DECLS

#endif /* DAPPER_EVENT_H */
