/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/resolve_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"
#include "pack/files.h"

/*
 * Of one kind, for one device. Real ones have up to some fifty memories and a dozen of the others.
 * What is said of all processors is applied to each: there the limit keeps the square small.
 */
static const struct {
	const char *name;
	size_t max;
} limits[] = {
	{ "processor", 64 },
	{ "debug", 64 },
	{ "accessportV1", 256 },
	{ "accessportV2", 256 },
	{ "memory", 1000 },
	{ "algorithm", 1000 },
};

void complain(
	const struct resolver *resolver, const struct pdsc_element *element, const char *problem)
{
	log_warning(resolver->context, DAPPER_LOG_PACK, "%s, line %lu: <%s> left out: %s",
		resolver->what, element->line, element->name, problem);
}

/* ---- attributes ---- */

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Decimal, or hexadecimal with 0x: NonNegativeInteger of the schema. */
static bool parse_number(const char *text, uint64_t *number)
{
	uint64_t value = 0;
	uint64_t base = 10;

	text += strspn(text, " +");
	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	}
	if (!text[0] || text[0] == ' ')
		return false;
	for (; *text && *text != ' '; text++) {
		uint64_t digit = (uint64_t)digit_value(*text);

		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (text[strspn(text, " ")])
		return false;
	*number = value;
	return true;
}

bool take_number(const struct pdsc_element *element, const char *name, uint64_t *number)
{
	const char *value = pdsc_get_attribute(element, name);

	return value && parse_number(value, number);
}

bool take_unsigned(const struct pdsc_element *element, const char *name, unsigned *number)
{
	uint64_t value;

	if (!take_number(element, name, &value) || value > UINT32_MAX)
		return false;
	*number = (unsigned)value;
	return true;
}

void take_text(const struct pdsc_element *element, const char *name, const char **text)
{
	const char *value = pdsc_get_attribute(element, name);

	if (value)
		*text = value;
}

void take_bool(const struct pdsc_element *element, const char *name, bool *flag)
{
	const char *value = pdsc_get_attribute(element, name);

	if (value)
		*flag = strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0;
}

const char *processor_of(const struct pdsc_element *element)
{
	const char *name = pdsc_get_attribute(element, "Pname");

	return name ? name : "";
}

static dapper_status note_file(struct resolver *resolver, const char *path)
{
	struct pack_devices *devices = resolver->devices;
	const char **files;
	bool is_new;

	if (!string_set_add(&resolver->files, path, strlen(path), &is_new))
		return arena_fail(resolver->strings->arena, "a pack description");
	if (!is_new)
		return DAPPER_OK;
	files = xgrow(devices->files, devices->file_count, &devices->file_capacity,
		sizeof(*devices->files));
	if (!files)
		return FAIL_NO_MEMORY("a list of files");
	devices->files = files;
	files[devices->file_count++] = path;
	return DAPPER_OK;
}

dapper_status take_path(struct resolver *resolver, const struct pdsc_element *element,
	const char *name, const char **path)
{
	const char *value = pdsc_get_attribute(element, name);
	char *plain;

	if (!value || !value[0])
		return DAPPER_OK;
	plain = pack_files_plain_name(value);
	if (!plain)
		return FAIL_NO_MEMORY("a file name");
	value = string_set_add(resolver->strings, plain, strlen(plain), NULL);
	free(plain);
	if (!value)
		return arena_fail(resolver->strings->arena, "a pack description");
	*path = value;
	return note_file(resolver, value);
}

/* ---- lists ---- */

const struct pdsc_element *next_named(const struct pdsc_element *element, const char *name)
{
	while (element && strcmp(element->name, name) != 0)
		element = element->next;
	return element;
}

static size_t count_named(const struct pdsc_scope *scope, const char *name)
{
	const struct pdsc_element *element = next_named(scope->first_element, name);
	size_t count = 0;

	for (; element; element = next_named(element->next, name))
		count++;
	return count;
}

static size_t limit_of(const char *name)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(limits) && strcmp(limits[i].name, name) != 0)
		i++;
	return limits[i].max;
}

dapper_status copy_list(const struct resolver *resolver, const struct pdsc_scope *scope,
	const char *name, const void *inherited, size_t count, size_t size, void **copy)
{
	size_t own = count_named(scope, name);

	*copy = NULL;
	if (own == 0)
		return DAPPER_OK;
	if (own + count > limit_of(name)) {
		dapper_fail(DAPPER_ERR_LIMIT, "more than %zu <%s> for one device", limit_of(name),
			name);
		return dapper_fail_where(
			DAPPER_ERR_LIMIT, "%s, line %lu", resolver->what, scope->line);
	}
	*copy = arena_alloc(resolver->strings->arena, own + count, size);
	if (!*copy)
		return arena_fail(resolver->strings->arena, "a pack description");
	if (count > 0)
		memcpy(*copy, inherited, count * size);
	return DAPPER_OK;
}
