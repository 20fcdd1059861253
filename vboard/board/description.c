/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/description.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/description_internal.h"
#include "vboard/board/state.h"

enum { DESCRIPTION_SIZE_MAX = 4 << 20 }; /* in memory */

const char *const board_clock_words[] = { "core", "apb1", "apb2", "core2", NULL };
const char *const security_words[] = { "any", "secure", "nonsecure", NULL };

/* --- services -------------------------------------------------------------------------------- */

dapper_status reader_alloc(struct reader *reader, size_t count, size_t size, void *memory)
{
	struct arena *arena = &reader->made->arena;
	void *zeroed = arena_alloc(arena, count ? count : 1, size);

	if (!zeroed)
		return arena_fail(arena, "a board's description");
	memcpy(memory, &zeroed, sizeof(zeroed));
	return DAPPER_OK;
}

dapper_status reader_fill(struct reader *reader, const struct view *view, const char *what,
	const struct model_field *fields, const char *const *others, void *target)
{
	return fields_fill(&reader->made->arena, view, what, fields, others, target);
}

dapper_status reader_find_core(struct reader *reader, struct ref name, uint8_t *core)
{
	const struct board_part *part = &reader->made->part;

	for (size_t i = 0; i < part->core_count && name.node->kind == YAML_KIND_TEXT; i++)
		if (strcmp(part->cores[i].name, name.node->text) == 0) {
			*core = (uint8_t)(i + 1);
			return DAPPER_OK;
		}
	ref_fail(name, "no core is called '%s'",
		name.node->kind == YAML_KIND_TEXT ? name.node->text : "(not a text)");
	return dapper_fail_hint(DAPPER_ERR_PARSE, "the first one is '%s'", part->cores[0].name);
}

dapper_status reader_core(
	struct reader *reader, const struct view *view, const char *key, uint8_t *core)
{
	struct ref name;

	*core = 0;
	return view_find(view, key, &name) ? reader_find_core(reader, name, core) : DAPPER_OK;
}

/* --- the head -------------------------------------------------------------------------------- */

struct head {
	const char *board, *part, *vendor, *device, *description;
	bool bit_band;
};

static const struct model_field head_fields[] = {
	{ "board", FIELD_TEXT, offsetof(struct head, board), true },
	{ "part", FIELD_TEXT, offsetof(struct head, part), true },
	{ "vendor", FIELD_TEXT, offsetof(struct head, vendor) },
	{ "device", FIELD_TEXT, offsetof(struct head, device) },
	{ "description", FIELD_TEXT, offsetof(struct head, description), true },
	{ "bit-band", FIELD_BOOL, offsetof(struct head, bit_band) },
	{ NULL },
};

static const char *const root_keys[] = { "include", "access-ports", "aliases", "boot", "clocks",
	"core", "cores", "debug-port", "firmware", "idau", "idau-bit", "irq-routes", "memories",
	"more-debug-ports", "peripherals", "quiet", NULL };

/* The name is used in paths, serial numbers and "NAME,KEY=VALUE". */
static dapper_status check_name(const struct reader *reader, const char *name)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	const size_t length = strlen(name);
	struct ref at = { NULL, "?" };

	(void)view_find(&reader->root, "board", &at);
	if (length == 0 || length > 32 || strspn(name, fine) != length || name[0] == '.')
		return ref_fail(at,
			"a board's name has up to 32 of the characters a-z 0-9 - _ .: '%s'", name);
	return DAPPER_OK;
}

static dapper_status read_head(struct reader *reader)
{
	struct description *made = reader->made;
	struct head head = { 0 };

	TRY(reader_fill(reader, &reader->root, "a board", head_fields, root_keys, &head));
	TRY(check_name(reader, head.board));
	made->info.name = head.board;
	made->info.description = head.description;
	made->vendor = head.vendor;
	made->device = head.device;
	made->part.name = head.part;
	made->part.bit_band = head.bit_band;
	return DAPPER_OK;
}

struct boot {
	uint32_t base, size;
};

static dapper_status read_boot(struct reader *reader)
{
	static const struct model_field fields[] = {
		{ "base", FIELD_U32, offsetof(struct boot, base), true },
		{ "size", FIELD_U32, offsetof(struct boot, size), true },
		{ NULL },
	};
	struct boot boot = { 0 };
	struct view view;

	TRY(view_below(&reader->root, "boot", &view));
	if (!view.count)
		return DAPPER_OK;
	TRY(reader_fill(reader, &view, "'boot'", fields, NULL, &boot));
	reader->made->part.boot_base = boot.base;
	reader->made->part.boot_size = boot.size;
	return DAPPER_OK;
}

/* APB and second cores' clocks are the core's where nothing is said. */
static dapper_status read_clocks(struct reader *reader)
{
	static const struct model_field fields[] = {
		{ "core", FIELD_U32, CLOCK_CORE * sizeof(uint32_t), true },
		{ "apb1", FIELD_U32, CLOCK_APB1 * sizeof(uint32_t) },
		{ "apb2", FIELD_U32, CLOCK_APB2 * sizeof(uint32_t) },
		{ "core2", FIELD_U32, CLOCK_CORE2 * sizeof(uint32_t) },
		{ NULL },
	};
	uint32_t *clock_hz = reader->made->part.clock_hz;
	struct view view;

	TRY(view_below(&reader->root, "clocks", &view));
	if (!view.count)
		return ref_fail(reader->root.layers[0], "a board needs the key 'clocks'");
	TRY(reader_fill(reader, &view, "'clocks'", fields, NULL, clock_hz));
	for (size_t i = 0; i < BOARD_CLOCK_COUNT; i++)
		clock_hz[i] = clock_hz[i] ? clock_hz[i] : clock_hz[CLOCK_CORE];
	return clock_hz[CLOCK_CORE] ? DAPPER_OK
	                            : ref_fail(view.layers[0], "a core cannot run with 0 Hz");
}

/* --- firmware that misbehaves ------------------------------------------------------------------ */

static const struct model_field poke_fields[] = {
	{ "address", FIELD_U32, offsetof(struct part_poke, address), true },
	{ "value", FIELD_U32, offsetof(struct part_poke, value), true },
	{ NULL },
};

static const struct model_field firmware_fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct part_firmware, name), true },
	{ "writes", FIELD_LIST, offsetof(struct part_firmware, pokes), true, poke_fields,
		sizeof(struct part_poke), offsetof(struct part_firmware, poke_count) },
	{ NULL },
};

static dapper_status read_firmware(struct reader *reader)
{
	static const char *const keys[] = { "omit", NULL };
	struct board_part *part = &reader->made->part;
	struct part_firmware *firmware = NULL;
	struct items *items;
	dapper_status status;

	TRY(items_gather(&reader->root, "firmware", &items));
	status = reader_alloc(reader, items->count, sizeof(*firmware), &firmware);
	for (size_t i = 0; status == DAPPER_OK && i < items->count; i++)
		status = reader_fill(
			reader, &items->all[i], "firmware", firmware_fields, keys, &firmware[i]);
	if (status == DAPPER_OK) {
		part->firmware = firmware;
		part->firmware_count = items->count;
	}
	free(items);
	return status;
}

/* --- the whole ------------------------------------------------------------------------------- */

static dapper_status read_all(struct reader *reader)
{
	TRY(read_head(reader));
	TRY(read_boot(reader));
	TRY(read_clocks(reader));
	TRY(reader_read_cores(reader));
	TRY(reader_read_debug(reader));
	TRY(read_firmware(reader));
	return reader_read_bus(reader);
}

static dapper_status begin(struct reader *reader)
{
	*reader = (struct reader){ .made = xnew(reader->made) };
	if (!reader->made)
		return FAIL_NO_MEMORY("a board's description");
	arena_init(&reader->made->arena, DESCRIPTION_SIZE_MAX);
	return DAPPER_OK;
}

/** @p status is that of reading the files. */
static dapper_status end(
	struct reader *reader, dapper_status status, struct description **description)
{
	if (status == DAPPER_OK)
		status = read_all(reader);
	free(reader->cores);
	sources_finish(&reader->sources);
	if (status != DAPPER_OK)
		description_destroy(reader->made);
	else
		*description = reader->made;
	return status;
}

dapper_status description_load(const char *path, struct description **description)
{
	struct reader reader;

	TRY(begin(&reader));
	return end(&reader, sources_add_file(&reader.sources, path, &reader.root), description);
}

dapper_status description_load_builtin(const char *name, struct description **description)
{
	struct reader reader;

	TRY(begin(&reader));
	return end(&reader, sources_add_builtin(&reader.sources, name, &reader.root), description);
}

dapper_status description_parse(
	const char *what, const void *text, size_t size, struct description **description)
{
	struct reader reader;

	TRY(begin(&reader));
	return end(&reader,
		sources_add_text(&reader.sources, what, false, text, size, &reader.root),
		description);
}

void description_destroy(struct description *description)
{
	if (!description)
		return;
	arena_finish(&description->arena);
	free(description);
}

dapper_status description_make_target(dapper_context *context, struct description *description,
	const struct vboard_setting *settings, size_t setting_count, struct vtarget *target)
{
	struct board *board;
	dapper_status status =
		board_make(context, &description->part, settings, setting_count, &board);

	if (status != DAPPER_OK) {
		description_destroy(description);
		return status;
	}
	board->description = description;
	board_fill_target(board, target);
	return DAPPER_OK;
}

dapper_status description_create_builtin(dapper_context *context, const char *name,
	const struct vboard_setting *settings, size_t setting_count, struct vtarget *target)
{
	struct description *description;

	TRY(description_load_builtin(name, &description));
	return description_make_target(context, description, settings, setting_count, target);
}
