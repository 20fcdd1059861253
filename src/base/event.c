/* SPDX-License-Identifier: Apache-2.0 */
#include "base/event.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"

/* A subscriber that causes events of its own is told of those too, so deep and no deeper. */
enum { NESTING_MAX = 8 };

struct dapper_subscription {
	struct event_hub *hub;
	struct dapper_subscription *next;
	uint64_t serial;
	unsigned types;
	dapper_event_callback callback; /* NULL: ended, to be freed when nobody is being told */
	void *payload;
};

void event_hub_init(struct event_hub *hub, dapper_session *session)
{
	*hub = (struct event_hub){ .session = session };
}

void event_hub_finish(struct event_hub *hub)
{
	while (hub->first) {
		struct dapper_subscription *next = hub->first->next;

		free(hub->first);
		hub->first = next;
	}
}

dapper_status event_subscribe(struct event_hub *hub, unsigned types, dapper_event_callback callback,
	void *payload, dapper_subscription **subscription)
{
	struct dapper_subscription **link = &hub->first;
	struct dapper_subscription *made;

	if (!callback || !(types & DAPPER_EVENT_ALL))
		return dapper_fail(
			DAPPER_ERR_INVALID, "a subscription needs a callback and known events");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a subscription");
	made->hub = hub;
	made->serial = hub->next_serial++;
	made->types = types;
	made->callback = callback;
	made->payload = payload;
	while (*link)
		link = &(*link)->next;
	*link = made;
	if (subscription)
		*subscription = made;
	return DAPPER_OK;
}

/* While someone is being told, the list must keep its shape. */
static void sweep(struct event_hub *hub)
{
	struct dapper_subscription **link = &hub->first;

	while (hub->publishing == 0 && *link) {
		struct dapper_subscription *entry = *link;

		if (entry->callback) {
			link = &entry->next;
			continue;
		}
		*link = entry->next;
		free(entry);
	}
}

void dapper_unsubscribe(dapper_subscription *subscription)
{
	if (!subscription)
		return;
	subscription->callback = NULL;
	sweep(subscription->hub);
}

bool event_is_wanted(const struct event_hub *hub, dapper_event_type type)
{
	const struct dapper_subscription *entry = hub ? hub->first : NULL;

	while (entry && !(entry->callback && (entry->types & (unsigned)type)))
		entry = entry->next;
	return entry != NULL;
}

void event_publish(struct event_hub *hub, const dapper_event *event)
{
	struct error_state error;
	dapper_event told = *event;
	uint64_t newest;

	if (!event_is_wanted(hub, event->type) || hub->publishing == NESTING_MAX)
		return;
	told.struct_size = sizeof(told);
	told.session = hub->session;
	/* Who subscribes during this event hears the next one. */
	newest = hub->next_serial;
	error_save(&error);
	hub->publishing++;
	for (struct dapper_subscription *entry = hub->first; entry; entry = entry->next)
		if (entry->callback && entry->serial < newest &&
			(entry->types & (unsigned)told.type))
			entry->callback(entry->payload, &told);
	hub->publishing--;
	sweep(hub);
	(void)error_restore(&error);
}

const char *dapper_event_type_text(dapper_event_type type)
{
	static const struct {
		dapper_event_type type;
		const char *text;
	} texts[] = {
		{ DAPPER_EVENT_SESSION_OPENED, "session opened" },
		{ DAPPER_EVENT_SESSION_CLOSING, "session closing" },
		{ DAPPER_EVENT_CORE_HALTED, "core halted" },
		{ DAPPER_EVENT_CORE_RESUMED, "core resumed" },
		{ DAPPER_EVENT_CORE_RESET, "core reset" },
		{ DAPPER_EVENT_FLASH_PROGRESS, "flash progress" },
		{ DAPPER_EVENT_OPTION_CHANGED, "option changed" },
		{ DAPPER_EVENT_PROBE_LOST, "probe lost" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].type == type)
			return texts[i].text;
	return "unknown event";
}
