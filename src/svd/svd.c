/* SPDX-License-Identifier: Apache-2.0 */
#include "svd/svd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "base/file.h"

enum {
	FILE_LIMIT = 128 << 20,
	ARENA_LIMIT = 256 << 20,
	/* Elements looked at. Of the files in shared/data none takes more than 46 thousand. */
	STEP_LIMIT = 20 * 1000 * 1000,
	LOGGED_WARNINGS_MAX = 100
};

const char *svd_kind_text(enum svd_kind kind)
{
	static const char *const texts[] = {
		[SVD_DEVICE] = "device",
		[SVD_PERIPHERAL] = "peripheral",
		[SVD_CLUSTER] = "cluster",
		[SVD_REGISTER] = "register",
		[SVD_FIELD] = "field",
		[SVD_ENUMERATION] = "enumeratedValues",
	};

	return texts[kind];
}

void svd_warn(struct svd_draft *draft, uint32_t line, const char *format, ...)
{
	char text[256];
	va_list args;

	if (draft->warning_count++ >= LOGGED_WARNINGS_MAX ||
		!log_enabled(draft->context, DAPPER_LOG_PACK, DAPPER_LOG_WARNING))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_warning(draft->context, DAPPER_LOG_PACK, "%s, line %u: %s", draft->what, line, text);
	if (draft->warning_count == LOGGED_WARNINGS_MAX)
		log_warning(draft->context, DAPPER_LOG_PACK,
			"%s: what else makes no sense in it is not listed", draft->what);
}

dapper_status svd_count_steps(struct svd_draft *draft, uint64_t count)
{
	if (count > draft->steps_left)
		return dapper_fail_where(
			dapper_fail(DAPPER_ERR_LIMIT, "expanding it takes more than %d steps",
				STEP_LIMIT),
			"%s", draft->what);
	draft->steps_left -= count;
	return DAPPER_OK;
}

static void set_default_facts(dapper_svd_device *device)
{
	*device = (dapper_svd_device){
		.name = "",
		.vendor = "",
		.vendor_id = "",
		.series = "",
		.version = "",
		.description = "",
		.license = "",
		.address_unit_bits = 8,
		.width = 32,
		.cpu = { .name = "", .revision = "", .endian = "", .has_vtor = true },
	};
}

static dapper_status build(
	struct svd_draft *draft, const void *data, size_t size, struct dapper_svd *svd)
{
	dapper_status status = svd_parse(draft, data, size);

	if (status != DAPPER_OK)
		return status;
	if (!draft->root)
		return dapper_fail_where(
			dapper_fail(DAPPER_ERR_PARSE, "not a System View Description: no 'device'"),
			"%s", draft->what);
	TRY(svd_derive(draft));
	TRY(svd_resolve(draft, &svd->arena, &svd->resolved));
	svd->device = draft->device;
	svd->warning_count = draft->warning_count;
	return DAPPER_OK;
}

dapper_status svd_parse_within(dapper_context *context, const char *name, const void *data,
	size_t size, size_t limit, dapper_svd **svd)
{
	struct dapper_svd *made = xnew(made);
	struct string_set strings;
	struct svd_draft draft = {
		.context = context,
		.what = name,
		.strings = &strings,
		.steps_left = STEP_LIMIT,
	};
	dapper_status status = DAPPER_ERR_NO_MEMORY;

	if (!made)
		return FAIL_NO_MEMORY("a System View Description");
	arena_init(&made->arena, limit);
	arena_init(&draft.arena, limit);
	string_set_init(&strings, &made->arena);
	set_default_facts(&draft.device);
	made->name = xstrdup(name);
	if (made->name)
		status = build(&draft, data, size, made);
	else
		FAIL_NO_MEMORY("a System View Description");
	string_set_finish(&strings);
	arena_finish(&draft.arena);
	if (status != DAPPER_OK) {
		dapper_svd_free(made);
		return status;
	}
	*svd = made;
	return DAPPER_OK;
}

dapper_status dapper_svd_parse(
	dapper_context *context, const char *name, const void *data, size_t size, dapper_svd **svd)
{
	if (!name || (!data && size > 0) || !svd)
		return dapper_fail(DAPPER_ERR_INVALID, "name, data or svd is NULL");
	return svd_parse_within(context, name, data ? data : "", size, ARENA_LIMIT, svd);
}

dapper_status dapper_svd_load(dapper_context *context, const char *path, dapper_svd **svd)
{
	dapper_status status;
	uint8_t *data;
	size_t size;

	if (!path || !svd)
		return dapper_fail(DAPPER_ERR_INVALID, "path or svd is NULL");
	TRY(file_read(path, FILE_LIMIT, &data, &size));
	status = dapper_svd_parse(context, path, data, size, svd);
	free(data);
	return status;
}

void dapper_svd_free(dapper_svd *svd)
{
	if (!svd)
		return;
	arena_finish(&svd->arena);
	free(svd->name);
	free(svd);
}

const char *dapper_svd_get_name(const dapper_svd *svd)
{
	return svd->name;
}

const dapper_svd_device *dapper_svd_get_device(const dapper_svd *svd)
{
	return &svd->device;
}

size_t dapper_svd_warning_count(const dapper_svd *svd)
{
	return svd->warning_count;
}

size_t dapper_svd_peripheral_count(const dapper_svd *svd)
{
	return svd->resolved.peripheral_count;
}

const dapper_svd_peripheral *dapper_svd_get_peripheral(const dapper_svd *svd, size_t index)
{
	return index < svd->resolved.peripheral_count ? &svd->resolved.peripherals[index] : NULL;
}

size_t dapper_svd_register_count(const dapper_svd *svd)
{
	return svd->resolved.register_count;
}

const dapper_svd_register *dapper_svd_get_register(const dapper_svd *svd, size_t index)
{
	return index < svd->resolved.register_count ? svd->resolved.registers[index] : NULL;
}

size_t dapper_svd_interrupt_count(const dapper_svd *svd)
{
	return svd->resolved.interrupt_count;
}

const dapper_svd_interrupt *dapper_svd_get_interrupt(const dapper_svd *svd, size_t index)
{
	return index < svd->resolved.interrupt_count ? svd->resolved.interrupts[index] : NULL;
}

const dapper_svd_interrupt *dapper_svd_find_interrupt(const dapper_svd *svd, uint32_t number)
{
	size_t low = 0;
	size_t high = svd->resolved.interrupt_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (svd->resolved.interrupts[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == svd->resolved.interrupt_count || svd->resolved.interrupts[low]->number != number)
		return NULL;
	return svd->resolved.interrupts[low];
}
