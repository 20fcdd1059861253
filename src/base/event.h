/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_EVENT_H
#define BASE_EVENT_H

/**
 * @file
 * The hub of a session's events: the session owns it, what stands below publishes to it.
 */
#include <dapper/event.h>

struct event_hub {
	dapper_session *session; /* what events say they are of */
	struct dapper_subscription *first;
	unsigned publishing; /* calls of event_publish() inside each other */
	uint64_t next_serial;
};

void event_hub_init(struct event_hub *hub, dapper_session *session);
/** End all subscriptions. */
void event_hub_finish(struct event_hub *hub);

/** As dapper_session_subscribe(). */
dapper_status event_subscribe(struct event_hub *hub, unsigned types, dapper_event_callback callback,
	void *payload, dapper_subscription **subscription);

/** Is anyone listening? To be asked before costly preparation. NULL: no. */
bool event_is_wanted(const struct event_hub *hub, dapper_event_type type);

/**
 * Tell an event, of which type and data are given. The last error is kept: it may be just on its
 * way to the caller. A NULL hub is fine: nobody listens.
 */
void event_publish(struct event_hub *hub, const dapper_event *event);

#endif /* BASE_EVENT_H */
