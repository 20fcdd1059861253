/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "base/names.h"
#include "pack/files.h"
#include "pack/resolve.h"

/* What a description may grow to. Keil's for STM32F4, with 360 devices, takes 0.25 MiB. */
enum { ARENA_LIMIT = 64 << 20 };

struct dapper_pack {
	struct pack_files *files;
	char *path;
	struct arena arena; /* Everything below, and what it points to. */
	struct string_set strings;
	struct pdsc pdsc;
	struct pack_devices devices;
};

static dapper_status read_description(dapper_context *context, dapper_pack *pack, const char *name)
{
	dapper_status status;
	uint8_t *data;
	size_t size;

	TRY(pack_files_read(pack->files, name, &data, &size));
	status = pdsc_parse(name, data, size, &pack->strings, &pack->pdsc);
	free(data);
	TRY(status);
	return pack_resolve(context, name, &pack->pdsc, &pack->strings, &pack->devices);
}

static dapper_status open_pack(dapper_context *context, const char *path, dapper_pack *pack)
{
	const char *name;
	dapper_status status;

	pack->path = xstrdup(path);
	if (!pack->path)
		return FAIL_NO_MEMORY("a pack");
	TRY(pack_files_open(path, &pack->files, &name));
	status = read_description(context, pack, name);
	if (status != DAPPER_OK)
		return dapper_fail_where(status, "pack %s", path);
	return DAPPER_OK;
}

dapper_status dapper_pack_open(dapper_context *context, const char *path, dapper_pack **pack)
{
	dapper_pack *made;
	dapper_status status;

	if (!path || !pack)
		return dapper_fail(DAPPER_ERR_INVALID, "path or pack is NULL");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("a pack");
	arena_init(&made->arena, ARENA_LIMIT);
	string_set_init(&made->strings, &made->arena);
	status = open_pack(context, path, made);
	/* Only needed to build it. */
	string_set_finish(&made->strings);
	if (status != DAPPER_OK) {
		dapper_pack_close(made);
		return status;
	}
	*pack = made;
	return DAPPER_OK;
}

void dapper_pack_close(dapper_pack *pack)
{
	if (!pack)
		return;
	pack_files_close(pack->files);
	free(pack->devices.files);
	arena_finish(&pack->arena);
	free(pack->path);
	free(pack);
}

const char *dapper_pack_get_vendor(const dapper_pack *pack)
{
	return pack->pdsc.vendor;
}

const char *dapper_pack_get_name(const dapper_pack *pack)
{
	return pack->pdsc.name;
}

const char *dapper_pack_get_version(const dapper_pack *pack)
{
	return pack->pdsc.version;
}

const char *dapper_pack_get_path(const dapper_pack *pack)
{
	return pack->path;
}

size_t dapper_pack_device_count(const dapper_pack *pack)
{
	return pack->devices.listed_count;
}

const dapper_pack_device *dapper_pack_get_device(const dapper_pack *pack, size_t index)
{
	return index < pack->devices.listed_count ? &pack->devices.devices[index].device : NULL;
}

const struct pdsc_scope *pack_device_get_scope(const dapper_pack_device *device)
{
	return ((const struct pack_device *)(const void *)device)->scope;
}

/* ---- finding a device: the devices of all packs, one behind the other ---- */

struct pack_list {
	dapper_pack *const *packs;
	size_t count;
};

/* @param[in,out] index  Among all, and one that is; becomes the one among the pack's. */
static dapper_pack *pack_at(const struct pack_list *list, size_t *index)
{
	dapper_pack *const *pack = list->packs;

	for (; *index >= (*pack)->devices.count; pack++)
		*index -= (*pack)->devices.count;
	return *pack;
}

static const struct pack_device *device_at(const void *list, size_t index)
{
	const dapper_pack *pack = pack_at(list, &index);

	return &pack->devices.devices[index];
}

static const char *get_device_name(const void *list, size_t index)
{
	return device_at(list, index)->device.name;
}

static size_t get_device_parent(const void *list, size_t index)
{
	size_t own = index;
	const dapper_pack *pack = pack_at(list, &own);
	size_t parent = pack->devices.devices[own].parent;

	return parent == (size_t)-1 ? NAMES_NONE : index - own + parent;
}

static dapper_status find_device(const struct pack_list *list, const char *name, size_t *index)
{
	struct names names = {
		.get = get_device_name,
		.parent = get_device_parent,
		.list = list,
	};
	dapper_status status;

	for (size_t i = 0; i < list->count; i++)
		names.count += list->packs[i]->devices.count;
	status = names_find(&names, "device", name, index);
	if (status != DAPPER_ERR_NOT_FOUND)
		return status;
	/* Both stay unheard where near names are the hint already. */
	if (names.count == 0)
		return dapper_fail_hint(status, "there are no devices in the packs given");
	return dapper_fail_hint(status,
		"none of the %zu devices of the packs has such a name; is it the right pack?",
		names.count);
}

dapper_status dapper_packs_find_device(dapper_pack *const *packs, size_t pack_count,
	const char *name, dapper_pack **pack, const dapper_pack_device **device)
{
	const struct pack_list list = { .packs = packs, .count = pack_count };
	dapper_pack *found;
	size_t index = 0;

	if ((!packs && pack_count > 0) || !name)
		return dapper_fail(DAPPER_ERR_INVALID, "packs or name is NULL");
	TRY(find_device(&list, name, &index));
	found = pack_at(&list, &index);
	if (pack)
		*pack = found;
	if (device)
		*device = &found->devices.devices[index].device;
	return DAPPER_OK;
}

dapper_status dapper_pack_find_device(
	const dapper_pack *pack, const char *name, const dapper_pack_device **device)
{
	/* Only looked at: the list is of writable ones for the caller above. */
	dapper_pack *const packs[] = { (dapper_pack *)(uintptr_t)pack };

	if (!pack)
		return dapper_fail(DAPPER_ERR_INVALID, "pack is NULL");
	return dapper_packs_find_device(packs, 1, name, NULL, device);
}

bool dapper_pack_has_file(dapper_pack *pack, const char *name)
{
	bool is_there;

	return name && pack_files_find(pack->files, name, &is_there) == DAPPER_OK && is_there;
}

dapper_status dapper_pack_read_file(
	dapper_pack *pack, const char *name, uint8_t **data, size_t *size)
{
	dapper_status status;

	if (!name || !data || !size)
		return dapper_fail(DAPPER_ERR_INVALID, "name, data or size is NULL");
	status = pack_files_read(pack->files, name, data, size);
	if (status != DAPPER_OK)
		return dapper_fail_where(status, "pack %s", pack->path);
	return DAPPER_OK;
}

dapper_status dapper_pack_check(dapper_context *context, dapper_pack *pack, size_t *missing_count)
{
	size_t missing = 0;

	for (size_t i = 0; i < pack->devices.file_count; i++) {
		const char *name = pack->devices.files[i];
		bool is_there;

		TRY(pack_files_find(pack->files, name, &is_there));
		if (is_there)
			continue;
		missing++;
		log_warning(context, DAPPER_LOG_PACK, "%s names '%s', which is not there",
			pack->path, name);
	}
	*missing_count = missing;
	return DAPPER_OK;
}
