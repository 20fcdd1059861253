/* SPDX-License-Identifier: Apache-2.0 */
#include "target/events.h"

#include "base/event.h"

static void tell(struct dapper_target *target, dapper_event_type type)
{
	const dapper_event event = { .type = type, .data.core.target = target };

	event_publish(target->events, &event);
}

static bool is_core(const struct dapper_target *target)
{
	return target->ops->core_count == NULL;
}

/* What is known is noted first: a subscriber may ask for the state, and so come by here again. */
static void note(struct dapper_target *target, enum target_told told, dapper_event_type type)
{
	if (!is_core(target) || target->told == told)
		return;
	target->told = told;
	tell(target, type);
}

void target_tell_halted(struct dapper_target *target)
{
	note(target, TARGET_TOLD_HALTED, DAPPER_EVENT_CORE_HALTED);
}

void target_tell_resumed(struct dapper_target *target)
{
	note(target, TARGET_TOLD_RUNNING, DAPPER_EVENT_CORE_RESUMED);
}

void target_tell_reset(struct dapper_target *target, bool halted_after)
{
	if (!is_core(target))
		return;
	target->told = TARGET_TOLD_NOTHING;
	tell(target, DAPPER_EVENT_CORE_RESET);
	if (halted_after)
		target_tell_halted(target);
	else
		target_tell_resumed(target);
}

void target_tell_state(struct dapper_target *target, dapper_target_state state)
{
	switch (state) {
	case DAPPER_STATE_HALTED:
		target_tell_halted(target);
		break;
	case DAPPER_STATE_RUNNING:
	case DAPPER_STATE_SLEEPING:
		/* That it ran all along is no event. */
		if (is_core(target) && target->told == TARGET_TOLD_NOTHING)
			target->told = TARGET_TOLD_RUNNING;
		target_tell_resumed(target);
		break;
	case DAPPER_STATE_UNKNOWN:
	case DAPPER_STATE_RESET:
	case DAPPER_STATE_LOCKUP:
		break;
	}
}
