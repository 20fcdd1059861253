/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_XML_H
#define BASE_XML_H

/**
 * @file
 * XML as a stream of elements: expat, hardened for files from anywhere. A document type
 * declaration, and with it any entity of one's own, is refused: nothing that we read has one, and
 * every expansion attack needs one. Namespaces are not looked at.
 */
#include <stddef.h>
#include <stdint.h>

#include <dapper/error.h>

enum {
	XML_DEPTH_MAX = 64,         /**< Elements inside each other. */
	XML_ATTRIBUTES_MAX = 64,    /**< Of one element. */
	XML_VALUE_SIZE_MAX = 65536, /**< Of one name or attribute value, in bytes. */
};

/** A document while it is being parsed. */
struct xml;

/**
 * What to do with the elements. A status other than DAPPER_OK stops the parser and is returned from
 * xml_parse(), with the place added.
 */
struct xml_handler {
	dapper_status (*start)(void *payload, const struct xml *xml, const char *name);
	/** NULL: not of interest. */
	dapper_status (*end)(void *payload, const struct xml *xml, const char *name);
	/** Part of an element's text, not terminated. NULL: not of interest. */
	dapper_status (*text)(
		void *payload, const struct xml *xml, const char *text, size_t length);
};

/** In start(): the value of an attribute of the element, or NULL. Lives for the call. */
const char *xml_get_attribute(const struct xml *xml, const char *name);

/**
 * In start(): attribute number @p index.
 *
 * @param[out] value  Untouched when there is none.
 * @return Its name; NULL when there are not so many.
 */
const char *xml_attribute_at(const struct xml *xml, size_t index, const char **value);

/** The line the parser is at, from 1. */
unsigned long xml_get_line(const struct xml *xml);

/**
 * Parse a document.
 *
 * @param what  Of what, for messages: a file name.
 * @retval DAPPER_ERR_PARSE  It is not well-formed, or has a document type declaration.
 * @retval DAPPER_ERR_LIMIT  Too deep, too many attributes, too long values.
 */
dapper_status xml_parse(const char *what, const void *data, size_t size,
	const struct xml_handler *handler, void *payload);

#endif /* BASE_XML_H */
