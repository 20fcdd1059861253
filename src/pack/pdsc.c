/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/pdsc.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "base/xml.h"

enum { DEVICES_MAX = 50000 };

/* Where the parser is. What it has no use for is skipped whole. */
enum place { AT_START, IN_PACKAGE, IN_FIELD, IN_RELEASES, IN_DEVICES, IN_SCOPE, IN_ELEMENT };

struct parser {
	struct string_set *strings;
	struct pdsc *pdsc;
	enum place place;
	size_t skip_depth;  /* Elements open inside one that is skipped, with that one. */
	const char **field; /* IN_FIELD: where its text goes. */

	struct pdsc_scope *scope;
	struct pdsc_element *open[XML_DEPTH_MAX]; /* The elements being read, outermost first. */
	size_t open_count;
	struct pdsc_element *last[XML_DEPTH_MAX + 1]; /* The last child of each; [0] the scope's. */
	struct pdsc_element *last_in_scope[PDSC_VARIANT + 1]; /* last[0] of the scopes around. */

	char *text; /* Since the last tag. */
	size_t text_length;
	size_t text_capacity;
};

/* Elements of a scope that are kept. */
static const char *const kept_elements[] = {
	"accessportV1",
	"accessportV2",
	"algorithm",
	"debug",
	"debugconfig",
	"debugport",
	"debugvars",
	"flashinfo",
	"memory",
	"processor",
	"sequences",
	"trace",
};

static const struct {
	const char *element;
	const char *name_attribute;
} levels[] = {
	[PDSC_FAMILY] = { "family", "Dfamily" },
	[PDSC_SUB_FAMILY] = { "subFamily", "DsubFamily" },
	[PDSC_DEVICE] = { "device", "Dname" },
	[PDSC_VARIANT] = { "variant", "Dvariant" },
};

static bool is_kept(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept_elements); i++)
		if (strcmp(kept_elements[i], name) == 0)
			return true;
	return false;
}

static dapper_status keep_text(
	struct parser *parser, const char *text, size_t length, const char **kept)
{
	*kept = string_set_add(parser->strings, text, length, NULL);
	return *kept ? DAPPER_OK : arena_fail(parser->strings->arena, "a pack description");
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && is_space((*text)[0])) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && is_space((*text)[*length - 1]))
		(*length)--;
}

static void append_element(struct parser *parser, struct pdsc_element *element)
{
	struct pdsc_element **last = &parser->last[parser->open_count];

	if (*last)
		(*last)->next = element;
	else if (parser->open_count > 0)
		parser->open[parser->open_count - 1]->first_child = element;
	else
		parser->scope->first_element = element;
	*last = element;
}

static dapper_status add_element(struct parser *parser, const struct xml *xml, const char *name,
	struct pdsc_element *element)
{
	TRY(keep_text(parser, name, strlen(name), &element->name));
	element->text = "";
	element->line = xml_get_line(xml);
	append_element(parser, element);
	return DAPPER_OK;
}

/* Text becomes an element of its own, so that its place between the others is kept. */
static dapper_status flush_text(struct parser *parser, const struct xml *xml)
{
	const char *text = parser->text;
	size_t length = parser->text_length;
	struct pdsc_element *element;

	parser->text_length = 0;
	trim(&text, &length);
	if (length == 0)
		return DAPPER_OK;
	if (parser->place == IN_FIELD)
		return keep_text(parser, text, length, parser->field);
	element = arena_new(parser->strings->arena, element);
	if (!element)
		return arena_fail(parser->strings->arena, "a pack description");
	TRY(add_element(parser, xml, "", element));
	return keep_text(parser, text, length, &element->text);
}

static dapper_status copy_attributes(
	struct parser *parser, const struct xml *xml, struct pdsc_element *element)
{
	struct arena *arena = parser->strings->arena;
	struct pdsc_attribute *attributes;
	const char *value;
	size_t count = 0;

	while (xml_attribute_at(xml, count, &value))
		count++;
	if (count == 0)
		return DAPPER_OK;
	attributes = arena_alloc(arena, count, sizeof(*attributes));
	if (!attributes)
		return arena_fail(arena, "a pack description");
	for (size_t i = 0; i < count; i++) {
		const char *name = xml_attribute_at(xml, i, &value);

		TRY(keep_text(parser, name, strlen(name), &attributes[i].name));
		TRY(keep_text(parser, value, strlen(value), &attributes[i].value));
	}
	element->attributes = attributes;
	element->attribute_count = count;
	return DAPPER_OK;
}

static dapper_status open_element(struct parser *parser, const struct xml *xml, const char *name)
{
	struct pdsc_element *element = arena_new(parser->strings->arena, element);

	if (!element)
		return arena_fail(parser->strings->arena, "a pack description");
	TRY(add_element(parser, xml, name, element));
	TRY(copy_attributes(parser, xml, element));
	parser->open[parser->open_count++] = element;
	parser->last[parser->open_count] = NULL;
	parser->place = IN_ELEMENT;
	return DAPPER_OK;
}

static void append_scope(struct parser *parser, struct pdsc_scope *scope)
{
	struct pdsc_scope **link =
		scope->parent ? &parser->scope->first_child : &parser->pdsc->first_family;

	/* In front; turn_scopes() puts them into the order of the file. */
	scope->next = *link;
	*link = scope;
}

static dapper_status open_scope(struct parser *parser, const struct xml *xml, enum pdsc_level level)
{
	const char *name = xml_get_attribute(xml, levels[level].name_attribute);
	const char *vendor = xml_get_attribute(xml, "Dvendor");
	struct pdsc_scope *scope = arena_new(parser->strings->arena, scope);

	if (!scope)
		return arena_fail(parser->strings->arena, "a pack description");
	if (level >= PDSC_DEVICE && ++parser->pdsc->device_count > DEVICES_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT, "more than %d devices", DEVICES_MAX);
	if (level >= PDSC_DEVICE && (!name || !name[0]))
		return dapper_fail(DAPPER_ERR_PARSE, "a %s without the attribute %s",
			levels[level].element, levels[level].name_attribute);
	*scope = (struct pdsc_scope){
		.level = level,
		.line = xml_get_line(xml),
		.parent = parser->scope,
	};
	TRY(keep_text(parser, name ? name : "", name ? strlen(name) : 0, &scope->name));
	/* "STMicroelectronics:13": the number is of a list in the specification. */
	TRY(keep_text(
		parser, vendor ? vendor : "", vendor ? strcspn(vendor, ":") : 0, &scope->vendor));
	append_scope(parser, scope);
	if (parser->scope)
		parser->last_in_scope[parser->scope->level] = parser->last[0];
	parser->scope = scope;
	parser->last[0] = NULL;
	parser->place = IN_SCOPE;
	return DAPPER_OK;
}

static dapper_status skip(struct parser *parser)
{
	parser->skip_depth = 1;
	return DAPPER_OK;
}

static dapper_status start_in_scope(struct parser *parser, const struct xml *xml, const char *name)
{
	for (size_t level = parser->scope->level + 1; level < ARRAY_SIZE(levels); level++)
		/* A variant can only be inside a device. */
		if (strcmp(levels[level].element, name) == 0 &&
			(level != PDSC_VARIANT || parser->scope->level == PDSC_DEVICE))
			return open_scope(parser, xml, (enum pdsc_level)level);
	return is_kept(name) ? open_element(parser, xml, name) : skip(parser);
}

static dapper_status start_in_package(struct parser *parser, const char *name)
{
	parser->field = strcmp(name, "vendor") == 0 ? &parser->pdsc->vendor
	                : strcmp(name, "name") == 0 ? &parser->pdsc->name
	                                            : NULL;
	if (parser->field)
		parser->place = IN_FIELD;
	else if (strcmp(name, "releases") == 0)
		parser->place = IN_RELEASES;
	else if (strcmp(name, "devices") == 0)
		parser->place = IN_DEVICES;
	else
		return skip(parser);
	return DAPPER_OK;
}

static dapper_status start_release(struct parser *parser, const struct xml *xml)
{
	const char *version = xml_get_attribute(xml, "version");

	if (version && (!parser->pdsc->version[0] ||
			       pdsc_version_is_newer(version, parser->pdsc->version)))
		TRY(keep_text(parser, version, strlen(version), &parser->pdsc->version));
	return skip(parser);
}

static dapper_status on_start(void *payload, const struct xml *xml, const char *name)
{
	struct parser *parser = payload;

	if (parser->skip_depth > 0) {
		parser->skip_depth++;
		return DAPPER_OK;
	}
	TRY(flush_text(parser, xml));
	switch (parser->place) {
	case AT_START:
		if (strcmp(name, "package") != 0)
			return dapper_fail(DAPPER_ERR_PARSE,
				"not a pack description: expected element 'package', found '%.64s'",
				name);
		parser->place = IN_PACKAGE;
		return DAPPER_OK;
	case IN_PACKAGE:
		return start_in_package(parser, name);
	case IN_FIELD:
		return skip(parser);
	case IN_RELEASES:
		return start_release(parser, xml);
	case IN_DEVICES:
		return strcmp(name, "family") == 0 ? open_scope(parser, xml, PDSC_FAMILY)
		                                   : skip(parser);
	case IN_SCOPE:
		return start_in_scope(parser, xml, name);
	case IN_ELEMENT:
		return open_element(parser, xml, name);
	}
	return DAPPER_OK;
}

static void turn_scopes(struct pdsc_scope **first)
{
	struct pdsc_scope *turned = NULL;

	while (*first) {
		struct pdsc_scope *scope = *first;

		*first = scope->next;
		scope->next = turned;
		turned = scope;
	}
	*first = turned;
}

static void close_scope(struct parser *parser)
{
	turn_scopes(&parser->scope->first_child);
	parser->scope = parser->scope->parent;
	parser->last[0] = parser->scope ? parser->last_in_scope[parser->scope->level] : NULL;
	parser->place = parser->scope ? IN_SCOPE : IN_DEVICES;
}

static dapper_status on_end(void *payload, const struct xml *xml, const char *name)
{
	struct parser *parser = payload;

	(void)name;
	if (parser->skip_depth > 0) {
		parser->skip_depth--;
		return DAPPER_OK;
	}
	TRY(flush_text(parser, xml));
	switch (parser->place) {
	case IN_ELEMENT:
		parser->open_count--;
		if (parser->open_count == 0)
			parser->place = IN_SCOPE;
		return DAPPER_OK;
	case IN_SCOPE:
		close_scope(parser);
		return DAPPER_OK;
	case IN_FIELD:
	case IN_RELEASES:
	case IN_DEVICES:
		parser->place = IN_PACKAGE;
		return DAPPER_OK;
	case AT_START:
	case IN_PACKAGE:
		return DAPPER_OK;
	}
	return DAPPER_OK;
}

static dapper_status on_text(void *payload, const struct xml *xml, const char *text, size_t length)
{
	struct parser *parser = payload;

	(void)xml;
	if (parser->skip_depth > 0 || (parser->place != IN_FIELD && parser->place != IN_ELEMENT))
		return DAPPER_OK;
	if (parser->text_capacity - parser->text_length < length) {
		size_t capacity = (parser->text_length + length) * 2;
		char *grown = xrealloc_array(parser->text, capacity, 1);

		if (!grown)
			return FAIL_NO_MEMORY("text of a pack description");
		parser->text = grown;
		parser->text_capacity = capacity;
	}
	memcpy(parser->text + parser->text_length, text, length);
	parser->text_length += length;
	return DAPPER_OK;
}

dapper_status pdsc_parse(const char *what, const void *data, size_t size,
	struct string_set *strings, struct pdsc *pdsc)
{
	static const struct xml_handler handler = {
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};
	struct pdsc made = { .vendor = "", .name = "", .version = "" };
	struct parser parser = { .strings = strings, .pdsc = &made };
	dapper_status status = xml_parse(what, data, size, &handler, &parser);

	free(parser.text);
	if (status != DAPPER_OK)
		return status;
	turn_scopes(&made.first_family);
	*pdsc = made;
	return DAPPER_OK;
}

const char *pdsc_get_attribute(const struct pdsc_element *element, const char *name)
{
	for (size_t i = 0; i < element->attribute_count; i++)
		if (strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}

/* Numbers by value, of any length; others by character. Returns as strcmp(). */
static int compare_identifiers(const char *a, size_t a_length, const char *b, size_t b_length)
{
	bool a_is_number = a_length > 0 && strspn(a, "0123456789") >= a_length;
	bool b_is_number = b_length > 0 && strspn(b, "0123456789") >= b_length;
	int order;

	if (a_is_number != b_is_number)
		return a_is_number ? -1 : 1;
	if (a_is_number) {
		for (; a_length > 1 && *a == '0'; a_length--)
			a++;
		for (; b_length > 1 && *b == '0'; b_length--)
			b++;
		if (a_length != b_length)
			return a_length < b_length ? -1 : 1;
	}
	order = strncmp(a, b, a_length < b_length ? a_length : b_length);
	return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* Identifiers between dots up to @p end. A part that is not there is lower than any. */
static int compare_dotted(const char *a, const char *b, const char *end)
{
	int order = 0;

	while (order == 0 && (*a || *b)) {
		size_t a_length = strcspn(a, end);
		size_t b_length = strcspn(b, end);

		if (a_length == 0 || b_length == 0)
			return (a_length > 0) - (b_length > 0);
		order = compare_identifiers(a, a_length, b, b_length);
		a += a_length;
		b += b_length;
		if (*a != '.' || *b != '.')
			return order ? order : (*a == '.') - (*b == '.');
		a++;
		b++;
	}
	return order;
}

bool pdsc_version_is_newer(const char *a, const char *b)
{
	int order = compare_dotted(a, b, ".-+");
	const char *a_rest = a + strcspn(a, "-+");
	const char *b_rest = b + strcspn(b, "-+");

	if (order != 0)
		return order > 0;
	/* What is released is newer than what was to become it. */
	if (*a_rest != '-' || *b_rest != '-')
		return *a_rest != '-' && *b_rest == '-';
	return compare_dotted(a_rest + 1, b_rest + 1, ".+") > 0;
}
