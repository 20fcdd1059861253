/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct xml {
	XML_Parser parser;
	const struct xml_handler *handler;
	void *payload;
	const char **attributes; /* Names and values in turn; NULL outside start(). */
	size_t depth;
	dapper_status status;
};

static void stop(struct xml *xml, dapper_status status)
{
	if (status == DAPPER_OK || xml->status != DAPPER_OK)
		return;
	xml->status = status;
	XML_StopParser(xml->parser, XML_FALSE);
}

static dapper_status check_limits(const struct xml *xml, const char *name, const char **attributes)
{
	size_t count = 0;

	if (xml->depth >= XML_DEPTH_MAX)
		return dapper_fail(
			DAPPER_ERR_LIMIT, "elements are nested deeper than %d", XML_DEPTH_MAX);
	if (strnlen(name, XML_VALUE_SIZE_MAX) == XML_VALUE_SIZE_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT, "an element's name is longer than %d bytes",
			XML_VALUE_SIZE_MAX);
	for (; attributes[count * 2]; count++) {
		if (count == XML_ATTRIBUTES_MAX)
			return dapper_fail(DAPPER_ERR_LIMIT,
				"element '%.64s' has more than %d attributes", name,
				XML_ATTRIBUTES_MAX);
		if (strnlen(attributes[count * 2], XML_VALUE_SIZE_MAX) == XML_VALUE_SIZE_MAX ||
			strnlen(attributes[count * 2 + 1], XML_VALUE_SIZE_MAX) ==
				XML_VALUE_SIZE_MAX)
			return dapper_fail(DAPPER_ERR_LIMIT,
				"an attribute of element '%.64s' is longer than %d bytes", name,
				XML_VALUE_SIZE_MAX);
	}
	return DAPPER_OK;
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *xml = data;
	dapper_status status = check_limits(xml, name, attributes);

	xml->depth++;
	xml->attributes = attributes;
	if (status == DAPPER_OK)
		status = xml->handler->start(xml->payload, xml, name);
	xml->attributes = NULL;
	stop(xml, status);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
	struct xml *xml = data;

	xml->depth--;
	/* Of an empty element, expat reports the end even after its start stopped the parser. */
	if (xml->handler->end && xml->status == DAPPER_OK)
		stop(xml, xml->handler->end(xml->payload, xml, name));
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length)
{
	struct xml *xml = data;

	if (xml->status == DAPPER_OK)
		stop(xml, xml->handler->text(xml->payload, xml, text, (size_t)length));
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
	const XML_Char *public_id, int has_internal_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_internal_subset;
	stop(data,
		dapper_fail(DAPPER_ERR_PARSE,
			"document type declarations are refused: entities could be hidden in it"));
}

static void *allocate(size_t size)
{
	return xrealloc_array(NULL, size, 1);
}

static void *reallocate(void *memory, size_t size)
{
	return xrealloc_array(memory, size, 1);
}

const char *xml_get_attribute(const struct xml *xml, const char *name)
{
	for (const char **at = xml->attributes; at && *at; at += 2)
		if (strcmp(at[0], name) == 0)
			return at[1];
	return NULL;
}

const char *xml_attribute_at(const struct xml *xml, size_t index, const char **value)
{
	const char **at = xml->attributes;

	for (size_t i = 0; i < index && at && *at; i++)
		at += 2;
	if (!at || !*at)
		return NULL;
	*value = at[1];
	return at[0];
}

unsigned long xml_get_line(const struct xml *xml)
{
	return XML_GetCurrentLineNumber(xml->parser);
}

/* Why the parser ended, as our error. */
static dapper_status fail_expat(const struct xml *xml)
{
	enum XML_Error code = XML_GetErrorCode(xml->parser);

	if (xml->status != DAPPER_OK)
		return xml->status;
	if (code == XML_ERROR_NO_MEMORY)
		return FAIL_NO_MEMORY("an XML parser");
	if (code == XML_ERROR_NO_ELEMENTS)
		return dapper_fail(DAPPER_ERR_PARSE, "not XML: no element in it");
	return dapper_fail(DAPPER_ERR_PARSE, "not well-formed XML: %s", XML_ErrorString(code));
}

static dapper_status run(struct xml *xml, const char *what, const void *data, size_t size)
{
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, on_start, on_end);
	if (xml->handler->text)
		XML_SetCharacterDataHandler(xml->parser, on_text);
	XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);

	/* In one piece: expat then works on our bytes, without copying them. */
	if (XML_Parse(xml->parser, data, (int)size, XML_TRUE) == XML_STATUS_OK &&
		xml->status == DAPPER_OK)
		return DAPPER_OK;
	return dapper_fail_where(fail_expat(xml), "%s, line %lu", what, xml_get_line(xml));
}

dapper_status xml_parse(const char *what, const void *data, size_t size,
	const struct xml_handler *handler, void *payload)
{
	static const XML_Memory_Handling_Suite memory = {
		.malloc_fcn = allocate,
		.realloc_fcn = reallocate,
		.free_fcn = free,
	};
	struct xml xml = { .handler = handler, .payload = payload };
	dapper_status status;

	if (size > INT_MAX)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"'%s' has %zu bytes, more than the limit of %d", what, size, INT_MAX);
	xml.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (!xml.parser)
		return FAIL_NO_MEMORY("an XML parser");
	status = run(&xml, what, data, size);
	XML_ParserFree(xml.parser);
	return status;
}
