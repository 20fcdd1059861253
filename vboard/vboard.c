/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board as a whole: target, debug port, wire, command processor and USB link on one clock.
 *
 * The target is only brought up to date when something can see it: at each request on the wire, at
 * a change of nRESET, at the end of each packet and in vboard_advance().
 */
#include "vboard/vboard.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "base/names.h"
#include "vboard/board/description.h"
#include "vboard/board/internal.h"
#include "vboard/board_files.h"
#include "vboard/probe/bitbang.h"
#include "vboard/probe/dap.h"
#include "vboard/probe/link.h"
#include "vboard/probe/settings.h"

struct vboard {
	dapper_context *context;
	const struct vboard_type *type;
	struct vboard_type file_type; /* type, of a board from a file */
	char *serial;
	struct vtarget target;
	struct vfaults faults;
	struct vclock clock;
	struct vdp dps[VTARGET_MAX_DPS];
	struct vswj wire;
	struct vport port;
	struct vdap dap;
	struct vbitbang bitbang;
	struct vlink link;
	struct vusb_faults usb_faults;
};

/* --- the table ------------------------------------------------------------------------------- */

static size_t count_types(const struct vboard_type *const *types)
{
	size_t count = 0;

	while (types[count])
		count++;
	return count;
}

const dapper_vboard_info *dapper_vboard_get_info(size_t index)
{
	return index < count_types(vboard_types) ? &vboard_types[index]->info : NULL;
}

static const char *get_name(const void *list, size_t index)
{
	const struct vboard_type *const *types = list;

	return types[index]->info.name;
}

static void list_names(const struct vboard_type *const *types, char *text, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; types[i] && length < size; i++)
		length += (size_t)snprintf(
			text + length, size - length, "%s%s", i ? ", " : "", types[i]->info.name);
}

static dapper_status find_type(
	const struct vboard_type *const *types, const char *name, const struct vboard_type **type)
{
	const struct names names = {
		.get = get_name,
		.list = types,
		.count = count_types(types),
	};
	char all[256] = "";
	dapper_status status;
	size_t index;

	status = names_find(&names, "virtual board", name, &index);
	if (status == DAPPER_OK) {
		*type = types[index];
		return status;
	}
	if (!dapper_error_last()->hint[0]) {
		list_names(types, all, sizeof(all));
		dapper_fail_hint(status, "boards that are built in: %s", all);
	}
	return status;
}

/* --- life ------------------------------------------------------------------------------------ */

static dapper_status wire_up(struct vboard *board, const struct vsettings *settings)
{
	const struct vlink_type *link = settings->link;
	const unsigned dp_count = board->target.dp_count ? (unsigned)board->target.dp_count : 1;
	struct vdap_identity identity = {
		.device_vendor = board->type->device_vendor,
		.device_name = board->type->device_name,
		.board_name = board->type->info.name,
		.packet_size = link->packet_size,
		.packet_count = link->packet_count,
		.command_ns = link->command_ns,
	};

	board->serial = settings->serial ? xstrdup(settings->serial)
	                                 : xasprintf("virtual-%s", board->type->info.name);
	if (!board->serial)
		return FAIL_NO_MEMORY("a virtual board");
	identity.serial = board->serial;
	board->faults = settings->faults;
	board->usb_faults = settings->usb_faults;
	vclock_init(&board->clock);
	for (unsigned i = 0; i < dp_count; i++)
		vdp_init_nth(&board->dps[i], &board->target, i, &board->clock, &board->faults);
	vswj_init_all(&board->wire, board->dps, dp_count);
	vport_init(&board->port, &board->wire, &board->clock);
	vdap_init(&board->dap, &identity, &board->port);
	vlink_init(&board->link, link);
	return DAPPER_OK;
}

/** The target of a board that is built in, or with @p path of one that a file describes. */
static dapper_status make_target(dapper_context *context, const char *path,
	const struct vsettings *settings, struct vboard *made)
{
	struct description *file;
	dapper_status status;

	if (!path)
		return made->type->create(
			context, settings->rest, settings->rest_count, &made->target);
	TRY(description_load(path, &file));
	made->file_type = (struct vboard_type){
		.info = file->info,
		.device_vendor = file->vendor,
		.device_name = file->device,
	};
	made->type = &made->file_type;
	status = description_make_target(
		context, file, settings->rest, settings->rest_count, &made->target);
	return status == DAPPER_OK ? status : dapper_fail_where(status, "%s", path);
}

/** @p type is not looked at when there is a @p path. */
static dapper_status create(dapper_context *context, const struct vboard_type *type,
	const char *path, const struct vsettings *settings, struct vboard **board)
{
	struct vboard *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a virtual board");
	made->type = type;
	status = make_target(context, path, settings, made);
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	made->context = context ? context_ref(context) : NULL;
	status = wire_up(made, settings);
	if (status != DAPPER_OK) {
		vboard_destroy(made);
		return status;
	}
	*board = made;
	return DAPPER_OK;
}

dapper_status vboard_create_from(dapper_context *context, const struct vboard_type *const *types,
	const char *spec, struct vboard **board)
{
	const struct vboard_type *type;
	struct vsettings settings;
	dapper_status status;

	status = vsettings_parse(&settings, spec);
	if (status == DAPPER_OK)
		status = find_type(types, settings.name, &type);
	if (status == DAPPER_OK)
		status = create(context, type, NULL, &settings, board);
	vsettings_finish(&settings);
	return status;
}

/** A file's board, or a built-in one. */
static dapper_status create_named(
	dapper_context *context, const struct vsettings *settings, struct vboard **board)
{
	const struct vboard_type *type = NULL;
	dapper_status status;
	char *path;

	TRY(board_file_find(settings->name, &path));
	status = path ? DAPPER_OK : find_type(vboard_types, settings->name, &type);
	if (status == DAPPER_OK)
		status = create(context, type, path, settings, board);
	free(path);
	return status;
}

dapper_status vboard_create(dapper_context *context, const char *spec, struct vboard **board)
{
	struct vsettings settings;
	dapper_status status = vsettings_parse(&settings, spec);

	if (status == DAPPER_OK)
		status = create_named(context, &settings, board);
	vsettings_finish(&settings);
	return status;
}

void vboard_destroy(struct vboard *board)
{
	if (!board)
		return;
	board->target.destroy(board->target.data);
	dapper_context_unref(board->context);
	free(board->serial);
	free(board);
}

/* --- packets and time ------------------------------------------------------------------------ */

uint32_t vboard_packet_size(const struct vboard *board)
{
	return board->link.type->packet_size;
}

uint32_t vboard_packet_count(const struct vboard *board)
{
	return board->link.type->packet_count;
}

const char *vboard_serial(const struct vboard *board)
{
	return board->serial;
}

bool vboard_is_high_speed(const struct vboard *board)
{
	enum { HIGH_SPEED_MBIT = 480 };

	return board->link.type->bit_rate >= HIGH_SPEED_MBIT;
}

const struct vusb_faults *vboard_usb_faults(const struct vboard *board)
{
	return &board->usb_faults;
}

static void catch_up(struct vboard *board)
{
	board->target.advance(board->target.data, board->clock.now_ns);
}

static dapper_status check_packet(struct vboard *board, size_t size)
{
	struct vfaults *faults = &board->faults;

	if (!size || size > vboard_packet_size(board))
		return dapper_fail(DAPPER_ERR_INVALID,
			"a packet of %zu bytes does not fit the virtual probe's link (1 to %u)",
			size, (unsigned)vboard_packet_size(board));
	faults->packets++;
	if (!faults->unplug_at || faults->packets < faults->unplug_at)
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_PROBE_GONE,
		"the virtual probe was unplugged (unplug-at=%llu)",
		(unsigned long long)faults->unplug_at);
}

dapper_status vboard_exchange(struct vboard *board, uint64_t host_ns, const uint8_t *request,
	size_t request_size, uint8_t *response, size_t *response_size, uint64_t *answer_ns)
{
	const struct vfaults *faults = &board->faults;
	size_t size;

	TRY(check_packet(board, request_size));
	vclock_reach(&board->clock, vlink_send(&board->link, host_ns, request_size));
	size = vdap_process(&board->dap, request, request_size, response);
	if (size > 1 && vfaults_in(faults->truncate, faults->packets))
		size = 1;
	if (vfaults_in(faults->lose, faults->packets))
		size = 0;
	if (vfaults_in(faults->delay, faults->packets))
		vclock_pass(&board->clock, faults->delay_ns);
	*response_size = size;
	*answer_ns = vlink_answer(&board->link, board->clock.now_ns, size);
	if (vfaults_in(faults->lose, faults->packets))
		*answer_ns = VBOARD_NEVER;
	catch_up(board);
	return DAPPER_OK;
}

void vboard_bitbang_open(struct vboard *board)
{
	vbitbang_init(&board->bitbang, &board->port);
}

void vboard_bitbang_close(struct vboard *board)
{
	vbitbang_finish(&board->bitbang);
	catch_up(board);
}

const char *vboard_bitbang(
	struct vboard *board, const uint8_t *in, size_t *in_size, uint8_t *out, size_t *out_size)
{
	static const char *const ends[] = {
		[VBITBANG_MORE] = NULL,
		[VBITBANG_QUIT] = "the host quits",
		[VBITBANG_GARBAGE] = "not remote_bitbang",
	};
	enum vbitbang_end end = vbitbang_process(&board->bitbang, in, in_size, out, out_size);

	catch_up(board);
	return ends[end];
}

void vboard_advance(struct vboard *board, uint64_t host_ns)
{
	vclock_reach(&board->clock, host_ns);
	catch_up(board);
}

uint64_t vboard_now_ns(const struct vboard *board)
{
	return board->clock.now_ns;
}

size_t vboard_read_swo(struct vboard *board, uint8_t *bytes, size_t size)
{
	return vdap_read_swo(&board->dap, bytes, size);
}

void vboard_get_counters(const struct vboard *board, struct vboard_counters *counters)
{
	const struct vtarget *target = &board->target;

	*counters = (struct vboard_counters){
		.packets = board->faults.packets,
		.swclk_cycles = board->clock.cycles,
		.wire_ns = board->clock.wire_ns,
		.flash_ns = target->flash_busy_ns(target->data),
		.instructions = target->instructions(target->data),
	};
}

void vboard_set_output(struct vboard *board,
	void (*output)(void *payload, const void *data, size_t size), void *payload)
{
	board->target.set_output(board->target.data, output, payload);
}

size_t vboard_input(struct vboard *board, const void *bytes, size_t size, uint32_t baud)
{
	const struct vtarget *target = &board->target;

	/* A target without a serial port: as a wire that hangs in the air. */
	return target->input ? target->input(target->data, bytes, size, baud) : size;
}
