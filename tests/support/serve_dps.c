/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves boards that no built-in one is like, for debuggers that others wrote (tests/e2e): their
 * debug ports and access ports are what is tried, their core is a Cortex-M0 with 64 KB of RAM.
 *
 *     serve_dps NAME     until standard input ends; prints the port of remote_bitbang
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/part.h"
#include "vboard/vboard.h"

enum { AP_ADDRESS = 0x2000 };

static dapper_status make(dapper_context *context, struct vtarget *target)
{
	struct board *board;

	TRY(board_make(context, &cortex_m0_part, NULL, 0, &board));
	board_fill_target(board, target);
	return DAPPER_OK;
}

/* DPv3: an AHB5-AP and a JTAG-AP found by the ROM table of the DP's own bus. */
static void describe_v3(struct vtarget *target, uint64_t rom)
{
	struct vap_config *aps = target->aps;

	target->dpidr = 0x4c013477; /* of an RP2350 */
	target->target_id = 0x00040927;
	target->jtag_idcode = 0x4ba06477;
	target->dpidr1 = rom >> 32 ? 0xb4 : 0xa0; /* 52 bits or 32, ERRMODE */
	target->has_rom = true;
	target->rom_address = rom;
	target->rom_pidr = UINT64_C(0x4000bb4e4);
	aps[0].kind = VAP_AHB5;
	aps[0].idr = 0x34770008;
	aps[0].csw_reset = 0x40;
	aps[0].address = rom + AP_ADDRESS;
	aps[0].has_dars = true;
	aps[0].has_error_control = true;
	aps[1] = (struct vap_config){
		.kind = VAP_JTAG, .idr = 0x34760010, .address = rom + 2 * AP_ADDRESS
	};
	target->ap_count = 2;
}

static dapper_status create_v3(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	(void)settings;
	(void)setting_count;
	TRY(make(context, target));
	describe_v3(target, 0);
	return DAPPER_OK;
}

static dapper_status create_v3_wide(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	(void)settings;
	(void)setting_count;
	TRY(make(context, target));
	describe_v3(target, UINT64_C(0x1234500000000));
	return DAPPER_OK;
}

/* Two JTAG-DPs in one chain, each with an AP on the same bus. */
static dapper_status create_pair(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	(void)settings;
	(void)setting_count;
	TRY(make(context, target));
	target->dps[1] = target->dps[0];
	target->dps[1].jtag_idcode = 0x5ba00477;
	target->dp_count = 2;
	return DAPPER_OK;
}

static const struct vboard_type v3 = { .info = { "v3", "DPv3" }, .create = create_v3 };
static const struct vboard_type v3_wide = { .info = { "wide", "DPv3 with 52 bits of address" },
	.create = create_v3_wide };
static const struct vboard_type pair = { .info = { "pair", "two DPs" }, .create = create_pair };
static const struct vboard_type *const types[] = { &v3, &v3_wide, &pair, NULL };

static void ready(void *payload, const char *host, uint16_t port)
{
	(void)payload;
	printf("serving pins on %s:%u\n", host, port);
	fflush(stdout);
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
	options.no_tcp = true;
	options.bitbang_ready = ready;
	TRY(vboard_create_from(context, types, name, &board));
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
