/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/description_fields.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/names.h"

dapper_status ref_fail(struct ref at, const char *format, ...)
{
	char message[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	dapper_fail(DAPPER_ERR_PARSE, "%s", message);
	return dapper_fail_where(DAPPER_ERR_PARSE, "%s:%u", at.file, at.node ? at.node->line : 1);
}

bool same_key(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
			return false;
	return *a == *b;
}

/* --- views ----------------------------------------------------------------------------------- */

static const struct yaml_node *find_in_map(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *child = map->first_child; child; child = child->next)
		if (same_key(child->key, key))
			return child;
	return NULL;
}

bool view_find(const struct view *view, const char *key, struct ref *found)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct yaml_node *node = find_in_map(view->layers[i].node, key);

		if (node) {
			*found = (struct ref){ node, view->layers[i].file };
			return true;
		}
	}
	return false;
}

dapper_status view_add(struct view *view, struct ref map)
{
	if (map.node->kind != YAML_KIND_MAP)
		return ref_fail(map, "keys with values are expected here, not %s",
			yaml_kind_text(map.node->kind));
	if (view->count == VIEW_LAYERS_MAX)
		return ref_fail(
			map, "this is described in too many files (%d at most)", VIEW_LAYERS_MAX);
	view->layers[view->count++] = map;
	return DAPPER_OK;
}

dapper_status view_below(const struct view *view, const char *key, struct view *below)
{
	*below = (struct view){ .count = 0 };
	for (size_t i = 0; i < view->count; i++) {
		const struct yaml_node *node = find_in_map(view->layers[i].node, key);

		if (node)
			TRY(view_add(below, (struct ref){ node, view->layers[i].file }));
	}
	return DAPPER_OK;
}

/* --- keys that nobody knows ------------------------------------------------------------------ */

enum { KNOWN_KEYS_MAX = 96 };

struct known_keys {
	const char *keys[KNOWN_KEYS_MAX];
	size_t count;
};

static void collect_keys(
	struct known_keys *known, const struct model_field *fields, const char *const *others)
{
	for (; fields && fields->key && known->count < KNOWN_KEYS_MAX; fields++)
		known->keys[known->count++] = fields->key;
	for (; others && *others && known->count < KNOWN_KEYS_MAX; others++)
		known->keys[known->count++] = *others;
}

static bool is_known(const struct known_keys *known, const char *key)
{
	for (size_t i = 0; i < known->count; i++)
		if (same_key(known->keys[i], key))
			return true;
	return false;
}

/** Name what is near, else all. */
static dapper_status hint_at(
	dapper_status status, const char *const *list, size_t count, const char *typed)
{
	const struct names names = { .get = names_get_from_array, .list = list, .count = count };
	size_t nearest[NAMES_NEAREST_MAX];
	char all[220] = "";
	size_t used = 0;

	if (names_nearest(&names, typed, nearest))
		return dapper_fail_hint(status, "did you mean '%s'?", list[nearest[0]]);
	for (size_t i = 0; i < count && used < sizeof(all); i++)
		used += (size_t)snprintf(
			all + used, sizeof(all) - used, "%s%s", i ? ", " : "", list[i]);
	return dapper_fail_hint(status, "known are: %s", count ? all : "none");
}

static dapper_status check_keys(const struct view *view, const char *what,
	const struct model_field *fields, const char *const *others)
{
	struct known_keys known = { .count = 0 };

	collect_keys(&known, fields, others);
	for (size_t i = 0; i < view->count; i++) {
		const struct yaml_node *child = view->layers[i].node->first_child;

		for (; child; child = child->next) {
			const struct ref at = { child, view->layers[i].file };

			if (!is_known(&known, child->key))
				return hint_at(ref_fail(at, "%s has no key '%s'", what, child->key),
					known.keys, known.count, child->key);
		}
	}
	return DAPPER_OK;
}

/* --- values ---------------------------------------------------------------------------------- */

static const struct unit {
	const char *name;
	uint64_t factor;
} units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1024 },
	{ "KB", 1024 },
	{ "M", 1024 * 1024 },
	{ "MB", 1024 * 1024 },
	{ "Hz", 1 },
	{ "kHz", 1000 },
	{ "MHz", 1000 * 1000 },
};

static bool find_unit(const char *name, uint64_t *factor)
{
	while (*name == ' ')
		name++;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(units[i].name, name) == 0) {
			*factor = units[i].factor;
			return true;
		}
	return false;
}

/* "64", "0x40", "64 KB", "8 MHz"; nothing octal. */
static bool parse_number(const char *text, uint64_t *number)
{
	const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	uint64_t factor;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, is_hex ? 16 : 10);
	if (errno || (is_hex && end == text + 1) || !find_unit(end, &factor))
		return false;
	if (*number > UINT64_MAX / factor)
		return false;
	*number *= factor;
	return true;
}

static dapper_status need_text(struct ref at, const char *key, const char *expected)
{
	if (at.node->kind == YAML_KIND_TEXT)
		return DAPPER_OK;
	return ref_fail(
		at, "'%s' must be %s, not %s", key, expected, yaml_kind_text(at.node->kind));
}

static dapper_status store_number(struct ref at, const char *key, unsigned bits, void *target)
{
	const uint64_t limit = UINT64_MAX >> (64 - bits);
	uint64_t number;

	TRY(need_text(at, key, "a number"));
	if (at.node->is_quoted || !parse_number(at.node->text, &number))
		return ref_fail(at, "'%s' is not a number for '%s'", at.node->text, key);
	if (number > limit)
		return ref_fail(at, "%s for '%s' is above 0x%llx", at.node->text, key,
			(unsigned long long)limit);
	switch (bits) {
	case 8:
		*(uint8_t *)target = (uint8_t)number;
		break;
	case 16:
		*(uint16_t *)target = (uint16_t)number;
		break;
	case 32:
		*(uint32_t *)target = (uint32_t)number;
		break;
	default:
		*(uint64_t *)target = number;
		break;
	}
	return DAPPER_OK;
}

static dapper_status store_bool(struct ref at, const char *key, bool *target)
{
	static const char *const truths[] = { "no", "yes", "false", "true", "off", "on" };

	TRY(need_text(at, key, "yes or no"));
	for (size_t i = 0; i < ARRAY_SIZE(truths); i++)
		if (!at.node->is_quoted && strcmp(truths[i], at.node->text) == 0) {
			*target = i & 1;
			return DAPPER_OK;
		}
	return ref_fail(at, "'%s' must be yes or no, not '%s'", key, at.node->text);
}

static dapper_status store_text(
	struct arena *arena, struct ref at, const char *key, const char **target)
{
	size_t size;
	char *copy;

	TRY(need_text(at, key, "a text"));
	size = strlen(at.node->text) + 1;
	copy = arena_alloc(arena, size, 1);
	if (!copy)
		return arena_fail(arena, "a board's description");
	memcpy(copy, at.node->text, size);
	*target = copy;
	return DAPPER_OK;
}

static dapper_status store_word(
	struct ref at, const char *key, const char *const *words, unsigned *target)
{
	size_t count = 0;

	TRY(need_text(at, key, "a word"));
	for (; words[count]; count++)
		if (same_key(words[count], at.node->text)) {
			*target = (unsigned)count;
			return DAPPER_OK;
		}
	return hint_at(ref_fail(at, "'%s' cannot be '%s'", key, at.node->text), words, count,
		at.node->text);
}

static dapper_status store_list(
	struct arena *arena, struct ref at, const struct model_field *field, char *target);

/** @p target is the struct that the field is in. */
static dapper_status store_value(
	struct arena *arena, struct ref at, const struct model_field *field, char *target)
{
	void *place = target + field->offset;

	switch (field->kind) {
	case FIELD_U8:
		return store_number(at, field->key, 8, place);
	case FIELD_U16:
		return store_number(at, field->key, 16, place);
	case FIELD_U32:
		return store_number(at, field->key, 32, place);
	case FIELD_U64:
		return store_number(at, field->key, 64, place);
	case FIELD_BOOL:
		return store_bool(at, field->key, place);
	case FIELD_TEXT:
		return store_text(arena, at, field->key, place);
	case FIELD_LIST:
		return store_list(arena, at, field, target);
	case FIELD_WORD:
		return store_word(at, field->key, field->words, place);
	}
	return DAPPER_OK;
}

static dapper_status store_element(
	struct arena *arena, struct ref at, const struct model_field *list, char *element)
{
	struct model_field plain = *list->element;
	struct view view = { .count = 0 };

	if (!plain.key) {
		plain.key = list->key;
		return store_value(arena, at, &plain, element);
	}
	TRY(view_add(&view, at));
	return fields_fill(arena, &view, list->key, list->element, NULL, element);
}

static dapper_status store_list(
	struct arena *arena, struct ref at, const struct model_field *field, char *target)
{
	const size_t count = at.node->count;
	const struct yaml_node *child = at.node->first_child;
	char *elements;

	if (at.node->kind != YAML_KIND_LIST)
		return ref_fail(at, "'%s' must be a list, not %s", field->key,
			yaml_kind_text(at.node->kind));
	elements = arena_alloc(arena, count ? count : 1, field->element_size);
	if (!elements)
		return arena_fail(arena, "a board's description");
	for (size_t i = 0; child; child = child->next, i++)
		TRY(store_element(arena, (struct ref){ child, at.file }, field,
			elements + i * field->element_size));
	memcpy(target + field->offset, &elements, sizeof(elements));
	memcpy(target + field->count_offset, &count, sizeof(count));
	return DAPPER_OK;
}

dapper_status fields_fill(struct arena *arena, const struct view *view, const char *what,
	const struct model_field *fields, const char *const *others, void *target)
{
	TRY(check_keys(view, what, fields, others));
	for (; fields && fields->key; fields++) {
		struct ref value;

		if (view_find(view, fields->key, &value))
			TRY(store_value(arena, value, fields, target));
		else if (fields->required)
			return ref_fail(view->count ? view->layers[0] : (struct ref){ NULL, "?" },
				"%s needs the key '%s'", what, fields->key);
	}
	return DAPPER_OK;
}
