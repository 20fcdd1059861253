/* SPDX-License-Identifier: Apache-2.0 */
/* The root of the object graph: opens, holds and closes one connection. */
#include <dapper/session.h>

#include <stdlib.h>

#include <dapper/flash.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "base/event.h"
#include "probe/probe.h"
#include "session/board.h"
#include "session/config.h"
#include "session/options.h"

struct dapper_session {
	struct node node; /* first: see NODE_OBJECT */
	dapper_context *context;
	struct options *options;
	struct config *config; /* NULL: no files were read */
	struct event_hub events;
	dapper_probe *probe; /* NULL while closed */
	bool probe_is_lost;
	struct board *board; /* below node; NULL while closed */
};

/* The probe as a node of the graph: probes are counted and may outlive the session. */
struct probe_node {
	struct node node;
	const dapper_probe *probe;
};

static void describe_probe(const struct node *node, struct dapper_node_visitor *visitor)
{
	const dapper_probe *probe = NODE_OBJECT_CONST(struct probe_node, node)->probe;
	const dapper_probe_info *info = dapper_probe_get_info(probe);
	const char *name, *value;

	node_put_text(visitor, "driver", "%s", info->driver);
	node_put_text(visitor, "unique id", "%s", info->unique_id);
	for (size_t i = 0; dapper_probe_get_property(probe, i, &name, &value); i++)
		node_put_text(visitor, name, "%s", value);
}

static void destroy_probe(struct node *node)
{
	free(NODE_OBJECT(struct probe_node, node));
}

static const struct node_class probe_class = {
	.kind = "probe",
	.describe = describe_probe,
	.destroy = destroy_probe,
};

static void destroy_session(struct node *node)
{
	dapper_session *session = NODE_OBJECT(dapper_session, node);

	event_hub_finish(&session->events);
	config_destroy(session->config);
	options_destroy(session->options);
	dapper_context_unref(session->context);
	free(session);
}

static const struct node_class session_class = { .kind = "session", .destroy = destroy_session };

static void tell(dapper_session *session, dapper_event_type type)
{
	const dapper_event event = { .type = type };

	event_publish(&session->events, &event);
}

static void tell_option(void *data, enum option_id id, const char *old)
{
	dapper_session *session = data;
	const dapper_event event = {
		.type = DAPPER_EVENT_OPTION_CHANGED,
		.data.option = { .name = option_get_name(id),
			.old_value = old,
			.value = options_get_text(session->options, id) },
	};

	event_publish(&session->events, &event);
}

dapper_status dapper_session_new(dapper_context *context, dapper_session **session)
{
	dapper_session *made;
	dapper_status status;

	if (!context || !session)
		return dapper_fail(
			DAPPER_ERR_INVALID, "no context given, or no place for a session");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a session");
	node_init(&made->node, &session_class, "session");
	made->context = context_ref(context);
	event_hub_init(&made->events, made);
	status = options_create(&made->options);
	if (status != DAPPER_OK) {
		node_destroy(&made->node);
		return status;
	}
	options_set_listener(made->options, tell_option, made);
	*session = made;
	return DAPPER_OK;
}

void dapper_session_free(dapper_session *session)
{
	if (!session)
		return;
	(void)dapper_session_close(session);
	/* From here on there is nothing that a subscriber could look at. */
	event_hub_finish(&session->events);
	options_set_listener(session->options, NULL, NULL);
	node_destroy(&session->node);
}

dapper_status dapper_session_subscribe(dapper_session *session, unsigned types,
	dapper_event_callback callback, void *payload, dapper_subscription **subscription)
{
	if (!session)
		return dapper_fail(DAPPER_ERR_INVALID, "no session given");
	return event_subscribe(&session->events, types, callback, payload, subscription);
}

/* --- options ---------------------------------------------------------------------------------- */

static dapper_status set_option(
	dapper_session *session, enum option_source source, const char *name, const char *value)
{
	enum option_id id = OPTION_COUNT;

	if (!session || !name || !value)
		return dapper_fail(
			DAPPER_ERR_INVALID, "an option needs a session, a name and a value");
	TRY(options_find(name, &id));
	TRY(options_set_id(session->options, source, id, value, NULL));
	if (!option_is_used(id))
		log_warning(session->context, DAPPER_LOG_SESSION,
			"the option '%s' is not used yet, so without effect", option_get_name(id));
	return DAPPER_OK;
}

dapper_status dapper_session_set_option(
	dapper_session *session, const char *name, const char *value)
{
	return set_option(session, OPTION_SOURCE_COMMAND_LINE, name, value);
}

dapper_status dapper_session_set_default(
	dapper_session *session, const char *name, const char *value)
{
	return set_option(session, OPTION_SOURCE_TOOL, name, value);
}

const char *dapper_session_get_option(const dapper_session *session, const char *name)
{
	enum option_id id;

	if (options_find(name, &id) != DAPPER_OK)
		return NULL;
	return options_get_text(session->options, id);
}

const char *dapper_session_get_option_source(const dapper_session *session, const char *name)
{
	enum option_id id;

	if (options_find(name, &id) != DAPPER_OK)
		return NULL;
	return option_source_text(options_get_source(session->options, id));
}

const char *dapper_session_get_option_origin(const dapper_session *session, const char *name)
{
	enum option_id id;

	if (options_find(name, &id) != DAPPER_OK)
		return NULL;
	return options_get_origin(session->options, id);
}

dapper_status dapper_session_load_config(dapper_session *session)
{
	if (!session)
		return dapper_fail(DAPPER_ERR_INVALID, "no session given");
	if (session->probe)
		return dapper_fail(DAPPER_ERR_INVALID,
			"the session is open: configuration is read before that");
	config_destroy(session->config);
	session->config = NULL;
	return config_load(session->context, session->options, &session->config);
}

const char *dapper_session_get_project_folder(const dapper_session *session)
{
	return session && session->config ? config_get_folder(session->config) : NULL;
}

/* --- opening -----------------------------------------------------------------------------------
 */

static dapper_status attach_probe_node(dapper_session *session)
{
	struct probe_node *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("a node of the graph");
	node_init(&made->node, &probe_class, "%s",
		dapper_probe_get_info(session->probe)->description);
	made->probe = session->probe;
	node_attach(&session->node, &made->node);
	return DAPPER_OK;
}

static void tell_probe_lost(void *data)
{
	dapper_session *session = data;

	if (session->probe_is_lost)
		return;
	session->probe_is_lost = true;
	tell(session, DAPPER_EVENT_PROBE_LOST);
}

static dapper_status open_probe(dapper_session *session)
{
	const char *name = options_get_text(session->options, OPTION_PROBE);

	TRY(dapper_probe_open(session->context, name[0] ? name : NULL, &session->probe));
	session->probe_is_lost = false;
	probe_set_on_gone(session->probe, tell_probe_lost, session);
	if (session->config)
		TRY(config_select(
			session->config, dapper_probe_get_info(session->probe)->unique_id));
	return attach_probe_node(session);
}

static dapper_status open_board(dapper_session *session)
{
	TRY(board_create(session->context, session->probe, session->options, &session->board));
	node_attach(&session->node, &session->board->node);
	session->board->soc->events = &session->events;
	return coresight_soc_init(session->board->soc);
}

dapper_status dapper_session_open(dapper_session *session)
{
	struct error_state error;
	dapper_status status;

	if (!session)
		return dapper_fail(DAPPER_ERR_INVALID, "no session given");
	if (session->probe)
		return dapper_fail(DAPPER_ERR_INVALID, "the session is open already");
	status = open_probe(session);
	if (status == DAPPER_OK)
		status = open_board(session);
	if (status == DAPPER_OK) {
		tell(session, DAPPER_EVENT_SESSION_OPENED);
		return DAPPER_OK;
	}
	error_save(&error);
	(void)dapper_session_close(session);
	return error_restore(&error);
}

dapper_status dapper_session_close(dapper_session *session)
{
	dapper_status status;

	if (!session->probe)
		return DAPPER_OK;
	/* Also after Ctrl-C: a target must not be left halted by a debugger that has gone. */
	probe_set_cancellable(session->probe, false);
	tell(session, DAPPER_EVENT_SESSION_CLOSING);
	if (session->board)
		coresight_soc_release(session->board->soc,
			options_get_bool(session->options, OPTION_RESUME_ON_DISCONNECT));
	while (session->node.last_child)
		node_destroy(session->node.last_child);
	session->board = NULL;
	status = dapper_probe_disconnect(session->probe);
	/* The probe may outlive the session. */
	probe_set_on_gone(session->probe, NULL, NULL);
	session->probe = dapper_probe_unref(session->probe);
	return status;
}

dapper_target *dapper_session_get_target(const dapper_session *session)
{
	return session && session->board ? session->board->soc : NULL;
}

dapper_probe *dapper_session_get_probe(const dapper_session *session)
{
	return session ? session->probe : NULL;
}

const dapper_node *dapper_session_get_node(const dapper_session *session)
{
	return &session->node;
}

/* --- flash -------------------------------------------------------------------------------------
 */

/* A programming or erasing call, whose progress goes to the subscribers and to its own callback. */
struct flash_call {
	dapper_session *session;
	dapper_flash_options options;
	dapper_progress_callback progress;
	void *payload;
};

static void tell_progress(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	struct flash_call *call = payload;
	const dapper_event event = {
		.type = DAPPER_EVENT_FLASH_PROGRESS,
		.data.flash = { .phase = phase, .done = done, .total = total },
	};

	event_publish(&call->session->events, &event);
	if (call->progress)
		call->progress(call->payload, phase, done, total);
}

static dapper_status begin_flash(
	dapper_session *session, const dapper_flash_options *options, struct flash_call *call)
{
	if (!session || !session->board)
		return dapper_fail(DAPPER_ERR_INVALID, "the session is not open");
	*call = (struct flash_call){ .session = session, .options = DAPPER_FLASH_OPTIONS_INIT };
	if (options)
		TRY(flash_take_options(options, &call->options));
	call->progress = call->options.progress;
	call->payload = call->options.payload;
	call->options.progress = tell_progress;
	call->options.payload = call;
	return DAPPER_OK;
}

dapper_status dapper_flash_program(dapper_session *session, dapper_image *const *images,
	size_t image_count, const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash_call call;

	TRY(begin_flash(session, options, &call));
	return flash_program(session->board->flash, images, image_count, &call.options, result);
}

dapper_status dapper_flash_erase_chip(
	dapper_session *session, const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash_call call;

	TRY(begin_flash(session, options, &call));
	return flash_erase_chip(session->board->flash, &call.options, result);
}

dapper_status dapper_flash_erase_range(dapper_session *session, uint64_t address, uint64_t size,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash_call call;

	TRY(begin_flash(session, options, &call));
	return flash_erase_range(session->board->flash, address, size, &call.options, result);
}
