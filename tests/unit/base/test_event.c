/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/event.h"

/* A subscriber that counts, and may do something when it is called. */
struct listener {
	unsigned count;
	struct event_hub *hub;
	dapper_subscription *own;
	dapper_subscription *other;
	void (*act)(struct listener *listener);
};

static void on_event(void *payload, const dapper_event *event)
{
	struct listener *listener = payload;

	assert_int_equal(event->struct_size, sizeof(*event));
	listener->count++;
	if (listener->act)
		listener->act(listener);
}

static void publish(struct event_hub *hub, dapper_event_type type)
{
	const dapper_event event = { .type = type };

	event_publish(hub, &event);
}

static void event_publish__tells_who_asked(void **state)
{
	struct listener halted = { .count = 0 }, all = { .count = 0 };
	struct event_hub hub;

	(void)state;
	event_hub_init(&hub, NULL);
	publish(NULL, DAPPER_EVENT_CORE_HALTED);
	assert_false(event_is_wanted(&hub, DAPPER_EVENT_CORE_HALTED));
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_CORE_HALTED, on_event, &halted, &halted.own));
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &all, NULL));
	publish(&hub, DAPPER_EVENT_CORE_HALTED);
	publish(&hub, DAPPER_EVENT_CORE_RESET);
	assert_int_equal(halted.count, 1);
	assert_int_equal(all.count, 2);
	dapper_unsubscribe(halted.own);
	dapper_unsubscribe(NULL);
	publish(&hub, DAPPER_EVENT_CORE_HALTED);
	assert_int_equal(halted.count, 1);
	assert_int_equal(all.count, 3);
	event_hub_finish(&hub);
}

static void end_both(struct listener *listener)
{
	dapper_unsubscribe(listener->own);
	dapper_unsubscribe(listener->other);
	listener->own = listener->other = NULL;
}

static void event_publish__lets_subscribers_go_meanwhile(void **state)
{
	struct listener first = { .act = end_both }, second = { .count = 0 };
	struct event_hub hub;

	(void)state;
	event_hub_init(&hub, NULL);
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &first, &first.own));
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &second, &first.other));
	publish(&hub, DAPPER_EVENT_CORE_RESET);
	assert_int_equal(first.count, 1);
	assert_int_equal(second.count, 0);
	assert_null(hub.first);
	event_hub_finish(&hub);
}

static void add_one(struct listener *listener)
{
	assert_ok(event_subscribe(
		listener->hub, DAPPER_EVENT_ALL, on_event, (void *)listener->other, NULL));
	listener->act = NULL;
}

static void event_publish__tells_newcomers_of_the_next(void **state)
{
	struct listener newcomer = { .count = 0 };
	struct event_hub hub;
	/* The place of a subscription serves as the newcomer's payload here. */
	struct listener first = { .hub = &hub, .act = add_one, .other = (void *)&newcomer };

	(void)state;
	event_hub_init(&hub, NULL);
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &first, NULL));
	publish(&hub, DAPPER_EVENT_CORE_RESET);
	assert_int_equal(newcomer.count, 0);
	publish(&hub, DAPPER_EVENT_CORE_RESET);
	assert_int_equal(newcomer.count, 1);
	assert_int_equal(first.count, 2);
	event_hub_finish(&hub);
}

static void publish_again(struct listener *listener)
{
	publish(listener->hub, DAPPER_EVENT_CORE_RESET);
}

static void event_publish__bounds_echoes(void **state)
{
	struct event_hub hub;
	struct listener echo = { .hub = &hub, .act = publish_again };

	(void)state;
	event_hub_init(&hub, NULL);
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &echo, NULL));
	publish(&hub, DAPPER_EVENT_CORE_RESET);
	assert_in_range(echo.count, 2, 16);
	event_hub_finish(&hub);
}

static void fail_something(struct listener *listener)
{
	(void)listener;
	dapper_fail(DAPPER_ERR_BUSY, "a subscriber's own trouble");
}

static void event_publish__keeps_the_error_that_is_on_its_way(void **state)
{
	struct listener clumsy = { .act = fail_something };
	struct event_hub hub;

	(void)state;
	event_hub_init(&hub, NULL);
	assert_ok(event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &clumsy, NULL));
	dapper_fail(DAPPER_ERR_PROBE_GONE, "unplugged");
	publish(&hub, DAPPER_EVENT_PROBE_LOST);
	assert_int_equal(clumsy.count, 1);
	assert_string_equal(dapper_error_last()->message, "unplugged");
	event_hub_finish(&hub);
}

static void event_subscribe__refuses_what_cannot_work(void **state)
{
	struct listener listener = { .count = 0 };
	struct event_hub hub;

	(void)state;
	event_hub_init(&hub, NULL);
	assert_fails(
		DAPPER_ERR_INVALID, event_subscribe(&hub, DAPPER_EVENT_ALL, NULL, &listener, NULL));
	assert_fails(DAPPER_ERR_INVALID, event_subscribe(&hub, 0, on_event, &listener, NULL));
	assert_fails(
		DAPPER_ERR_INVALID, event_subscribe(&hub, 1u << 30, on_event, &listener, NULL));
	alloc_fail_at(1);
	assert_fails(DAPPER_ERR_NO_MEMORY,
		event_subscribe(&hub, DAPPER_EVENT_ALL, on_event, &listener, NULL));
	alloc_fail_at(0);
	assert_null(hub.first);
}

static void dapper_event_type_text__names_each(void **state)
{
	(void)state;
	for (unsigned bit = 1; bit & DAPPER_EVENT_ALL; bit <<= 1)
		assert_string_not_equal(
			dapper_event_type_text((dapper_event_type)bit), "unknown event");
	assert_string_equal(dapper_event_type_text(DAPPER_EVENT_ALL), "unknown event");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_publish__tells_who_asked),
		cmocka_unit_test(event_publish__lets_subscribers_go_meanwhile),
		cmocka_unit_test(event_publish__tells_newcomers_of_the_next),
		cmocka_unit_test(event_publish__bounds_echoes),
		cmocka_unit_test(event_publish__keeps_the_error_that_is_on_its_way),
		cmocka_unit_test(event_subscribe__refuses_what_cannot_work),
		cmocka_unit_test(dapper_event_type_text__names_each),
	};

	return cmocka_run_group_tests_name("base/event", tests, NULL, NULL);
}
