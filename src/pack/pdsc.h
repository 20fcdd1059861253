/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_PDSC_H
#define PACK_PDSC_H

/**
 * @file
 * A PDSC (pack description) as a tree: what it says of devices, as it says it, not interpreted.
 *
 * Source: Open-CMSIS-Pack specification 1.7, "PDSC format" and "/package/devices". Scopes are
 * inside each other (family, subFamily, device, variant); what a scope says holds for all inside
 * it, unless they say otherwise: resolve.h works that out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct pdsc_attribute {
	const char *name;
	const char *value;
};

/** An element, or the text between elements: then the name is "". */
struct pdsc_element {
	const char *name;
	const char *text;
	const struct pdsc_attribute *attributes;
	size_t attribute_count;
	unsigned long line;
	struct pdsc_element *first_child;
	struct pdsc_element *next;
};

enum pdsc_level { PDSC_FAMILY, PDSC_SUB_FAMILY, PDSC_DEVICE, PDSC_VARIANT };

struct pdsc_scope {
	enum pdsc_level level;
	const char *name;   /**< "" when it has none. */
	const char *vendor; /**< Dvendor of a family without its number; "" inside. */
	unsigned long line;
	struct pdsc_scope *parent; /**< NULL for a family. */
	struct pdsc_scope *first_child;
	struct pdsc_scope *next;
	/** What this scope says itself: processor, memory, algorithm, debug, debugport,
	 * accessportV1, accessportV2, debugconfig, debugvars, sequences, flashinfo, trace. */
	struct pdsc_element *first_element;
};

struct pdsc {
	const char *vendor;
	const char *name;
	const char *version; /**< The newest release; "" when none is listed. */
	struct pdsc_scope *first_family;
	size_t device_count; /**< Scopes that are devices or variants. */
};

/**
 * Parse a PDSC.
 *
 * @param what       Its file name, for messages.
 * @param strings    Keeps all text; its arena keeps the tree.
 * @param[out] pdsc  Lives as long as the arena.
 */
dapper_status pdsc_parse(const char *what, const void *data, size_t size,
	struct string_set *strings, struct pdsc *pdsc);

/** Value of an attribute, or NULL. */
const char *pdsc_get_attribute(const struct pdsc_element *element, const char *name);

/** Is version @p a newer than @p b? Semantic versioning 2.0.0, section 11, without build data. */
bool pdsc_version_is_newer(const char *a, const char *b);

#endif /* PACK_PDSC_H */
