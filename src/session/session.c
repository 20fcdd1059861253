/* SPDX-License-Identifier: Apache-2.0 */
/* The root of the object graph: opens, holds and closes one connection. */
#include <dapper/session.h>

#include <stdlib.h>

#include <dapper/flash.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "probe/probe.h"
#include "session/board.h"
#include "session/options.h"

struct dapper_session {
	struct node node; /* first: see NODE_OBJECT */
	dapper_context *context;
	struct options *options;
	dapper_probe *probe; /* NULL while closed */
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

	options_destroy(session->options);
	dapper_context_unref(session->context);
	free(session);
}

static const struct node_class session_class = { .kind = "session", .destroy = destroy_session };

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
	status = options_create(&made->options);
	if (status != DAPPER_OK) {
		node_destroy(&made->node);
		return status;
	}
	*session = made;
	return DAPPER_OK;
}

void dapper_session_free(dapper_session *session)
{
	if (!session)
		return;
	(void)dapper_session_close(session);
	node_destroy(&session->node);
}

static dapper_status set_option(
	dapper_session *session, enum option_source source, const char *name, const char *value)
{
	if (!session || !name || !value)
		return dapper_fail(
			DAPPER_ERR_INVALID, "an option needs a session, a name and a value");
	return options_set(session->options, source, name, value);
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

static dapper_status open_probe(dapper_session *session)
{
	const char *name = options_get_text(session->options, OPTION_PROBE);

	TRY(dapper_probe_open(session->context, name[0] ? name : NULL, &session->probe));
	return attach_probe_node(session);
}

static dapper_status open_board(dapper_session *session)
{
	TRY(board_create(session->context, session->probe, session->options, &session->board));
	node_attach(&session->node, &session->board->node);
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
	if (status == DAPPER_OK)
		return DAPPER_OK;
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
	if (session->board)
		coresight_soc_release(session->board->soc,
			options_get_bool(session->options, OPTION_RESUME_ON_DISCONNECT));
	while (session->node.last_child)
		node_destroy(session->node.last_child);
	session->board = NULL;
	status = dapper_probe_disconnect(session->probe);
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

static dapper_status get_flash(dapper_session *session, struct flash **flash)
{
	if (!session || !session->board)
		return dapper_fail(DAPPER_ERR_INVALID, "the session is not open");
	*flash = session->board->flash;
	return DAPPER_OK;
}

dapper_status dapper_flash_program(dapper_session *session, dapper_image *const *images,
	size_t image_count, const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash *flash = NULL;

	TRY(get_flash(session, &flash));
	return flash_program(flash, images, image_count, options, result);
}

dapper_status dapper_flash_erase_chip(
	dapper_session *session, const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash *flash = NULL;

	TRY(get_flash(session, &flash));
	return flash_erase_chip(flash, options, result);
}

dapper_status dapper_flash_erase_range(dapper_session *session, uint64_t address, uint64_t size,
	const dapper_flash_options *options, dapper_flash_result *result)
{
	struct flash *flash = NULL;

	TRY(get_flash(session, &flash));
	return flash_erase_range(flash, address, size, options, result);
}
