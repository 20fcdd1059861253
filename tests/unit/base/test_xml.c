/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/xml.h"

/* Writes down what it hears: <name a=value>text</name>. */
struct listener {
	char heard[512];
	const char *stop_at;
};

static void hear(struct listener *listener, const char *text, size_t length)
{
	size_t used = strlen(listener->heard);

	snprintf(listener->heard + used, sizeof(listener->heard) - used, "%.*s", (int)length, text);
}

static dapper_status on_start(void *payload, const struct xml *xml, const char *name)
{
	struct listener *listener = payload;
	const char *value = "";
	const char *attribute;

	if (listener->stop_at && strcmp(listener->stop_at, name) == 0)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "no '%s' here", name);
	hear(listener, "<", 1);
	hear(listener, name, 40);
	for (size_t i = 0; (attribute = xml_attribute_at(xml, i, &value)); i++) {
		assert_string_equal(xml_get_attribute(xml, attribute), value);
		hear(listener, " ", 1);
		hear(listener, attribute, 40);
		hear(listener, "=", 1);
		hear(listener, value, 40);
	}
	assert_null(xml_get_attribute(xml, "absent"));
	hear(listener, ">", 1);
	return DAPPER_OK;
}

static dapper_status on_end(void *payload, const struct xml *xml, const char *name)
{
	(void)xml;
	hear(payload, "</", 2);
	hear(payload, name, 40);
	hear(payload, ">", 1);
	return DAPPER_OK;
}

static dapper_status on_text(void *payload, const struct xml *xml, const char *text, size_t length)
{
	(void)xml;
	hear(payload, text, length);
	return DAPPER_OK;
}

static const struct xml_handler handler = { .start = on_start, .end = on_end, .text = on_text };

static const struct row {
	const char *what;
	const char *document;
	const char *heard;
	dapper_status status;
	const char *message;
	const char *where;
	const char *stop_at;
} rows[] = {
	{ "xml_parse__hands_out_elements", "<a x='1' y=\"&lt;2&#x41;\"><b/>t&amp;u</a>",
		.heard = "<a x=1 y=<2A><b></b>t&u</a>" },
	{ "xml_parse__skips_comments_and_instructions",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- no --><a><?pi?><![CDATA[<>]]></a>",
		.heard = "<a><></a>" },
	{ "xml_parse__names_the_line_of_an_error", "<a>\n<b>\n</a>", .status = DAPPER_ERR_PARSE,
		.message = "not well-formed XML: mismatched tag", .where = "f.xml, line 3" },
	{ "xml_parse__passes_on_the_handlers_error", "<a>\n<bad/><b/></a>", .heard = "<a>\n",
		.status = DAPPER_ERR_UNSUPPORTED, .message = "no 'bad' here",
		.where = "f.xml, line 2", .stop_at = "bad" },
	{ "xml_parse__refuses_an_empty_file", "", .status = DAPPER_ERR_PARSE,
		.message = "not XML: no element in it", .where = "f.xml, line 1" },
	{ "xml_parse__refuses_what_is_not_xml",
		"\x7f"
		"ELF",
		.status = DAPPER_ERR_PARSE, .message = "not well-formed XML",
		.where = "f.xml, line 1" },
	{ "xml_parse__refuses_a_truncated_file", "<a><b x='1", .status = DAPPER_ERR_PARSE,
		.message = "not well-formed XML: unclosed token", .where = "f.xml, line 1" },
	{ "xml_parse__refuses_document_types", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
		.status = DAPPER_ERR_PARSE, .message = "document type declarations are refused",
		.where = "f.xml, line 1" },
	{ "xml_parse__refuses_billion_laughs",
		"<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>",
		.status = DAPPER_ERR_PARSE, .message = "document type declarations are refused",
		.where = "f.xml, line 1" },
	{ "xml_parse__refuses_unknown_entities", "<a>&b;</a>", .status = DAPPER_ERR_PARSE,
		.message = "not well-formed XML: undefined entity", .where = "f.xml, line 1" },
	{ "xml_parse__refuses_two_roots", "<a/><a/>", .status = DAPPER_ERR_PARSE,
		.message = "not well-formed XML: junk after document element",
		.where = "f.xml, line 1" },
};

static void xml_parse__row(void **state)
{
	const struct row *row = *state;
	struct listener listener = { .stop_at = row->stop_at };
	size_t size = strlen(row->document);

	if (row->status == DAPPER_OK) {
		assert_ok(xml_parse("f.xml", row->document, size, &handler, &listener));
	} else {
		assert_fails(
			row->status, xml_parse("f.xml", row->document, size, &handler, &listener));
		assert_message(row->message);
		assert_string_equal(dapper_error_last()->where, row->where);
	}
	if (row->heard)
		assert_string_equal(listener.heard, row->heard);
}

static dapper_status ignore(void *payload, const struct xml *xml, const char *name)
{
	(void)payload;
	(void)xml;
	(void)name;
	return DAPPER_OK;
}

/* @p head, then @p part @p count times, then @p tail. */
static dapper_status parse_repeated(
	const char *head, const char *part, size_t count, const char *tail)
{
	static const struct xml_handler nothing = { .start = ignore };
	size_t part_size = strlen(part);
	size_t size = strlen(head) + part_size * count + strlen(tail);
	char *document = malloc(size + 1);
	dapper_status status;
	char *at = document;

	assert_non_null(document);
	at += sprintf(at, "%s", head);
	for (size_t i = 0; i < count; i++, at += part_size)
		memcpy(at, part, part_size);
	sprintf(at, "%s", tail);
	status = xml_parse("f.xml", document, size, &nothing, NULL);
	free(document);
	return status;
}

static void xml_parse__refuses_deep_nesting(void **state)
{
	(void)state;
	assert_fails(DAPPER_ERR_LIMIT, parse_repeated("", "<a>", 1000000, ""));
	assert_message("elements are nested deeper than 64");
}

static void xml_parse__refuses_many_attributes(void **state)
{
	char head[2000] = "<a";

	(void)state;
	for (int i = 0; i < 65; i++)
		sprintf(head + strlen(head), " a%d='x'", i);
	assert_fails(DAPPER_ERR_LIMIT, parse_repeated(head, " ", 1, "/>"));
	assert_message("element 'a' has more than 64 attributes");
}

static void xml_parse__refuses_long_values(void **state)
{
	(void)state;
	assert_fails(DAPPER_ERR_LIMIT, parse_repeated("<a b='", "x", 65536, "'/>"));
	assert_message("an attribute of element 'a' is longer than 65536 bytes");
	assert_ok(parse_repeated("<a b='", "x", 65535, "'/>"));
	assert_fails(DAPPER_ERR_LIMIT, parse_repeated("<", "x", 65536, "/>"));
}

static void xml_parse__survives_every_failing_allocation(void **state)
{
	const char *document = "<a x='1'><b>text</b></a>";
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	unsigned n;

	(void)state;
	for (n = 1; status != DAPPER_OK; n++) {
		struct listener listener = { .stop_at = NULL };

		test_clear_error();
		alloc_fail_at(n);
		status = xml_parse("f.xml", document, strlen(document), &handler, &listener);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(dapper_error_last()->status, DAPPER_ERR_NO_MEMORY);
		assert_true(n < 100);
	}
	assert_true(n > 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(xml_parse__refuses_deep_nesting),
		cmocka_unit_test(xml_parse__refuses_many_attributes),
		cmocka_unit_test(xml_parse__refuses_long_values),
		cmocka_unit_test(xml_parse__survives_every_failing_allocation),
	};
	return test_run_all("base/xml", tests, ARRAY_SIZE(tests), xml_parse__row, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
