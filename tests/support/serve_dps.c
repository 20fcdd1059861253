/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves the boards of dp_boards.h, until standard input ends:
 *
 *     serve_dps NAME
 *
 * as remote_bitbang and as CMSIS-DAP over TCP; prints "serving pins on HOST:PORT" and "serving
 * packets on HOST:PORT", in any order.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "support/dp_boards.h"
#include "vboard/vboard.h"

static void tell(const char *what, const char *host, uint16_t port)
{
	printf("serving %s on %s:%u\n", what, host, port);
	fflush(stdout);
}

static void packets_ready(void *payload, const char *host, uint16_t port)
{
	(void)payload;
	tell("packets", host, port);
}

static void pins_ready(void *payload, const char *host, uint16_t port)
{
	(void)payload;
	tell("pins", host, port);
}

static void *wait_for_end(void *context)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	dapper_context_cancel(context);
	return NULL;
}

static dapper_status serve(dapper_context *context, const char *name)
{
	dapper_vboard_serve_options options = DAPPER_VBOARD_SERVE_OPTIONS_INIT;
	struct vboard *board;
	dapper_status status;

	options.bitbang = true;
	options.ready = packets_ready;
	options.bitbang_ready = pins_ready;
	TRY(vboard_create_from(context, dp_board_types, name, &board));
	status = vboard_serve(context, board, &options);
	vboard_destroy(board);
	return status;
}

int main(int argc, char **argv)
{
	dapper_context *context;
	dapper_status status;
	pthread_t thread;

	if (argc != 2 || dapper_context_new(&context) != DAPPER_OK)
		return 2;
	if (pthread_create(&thread, NULL, wait_for_end, context) != 0)
		return 2;
	status = serve(context, argv[1]);
	if (status != DAPPER_ERR_CANCELLED) {
		fprintf(stderr, "%s\n", dapper_error_last()->message);
		return 1;
	}
	pthread_join(thread, NULL);
	dapper_context_unref(context);
	return 0;
}
