/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_RESOLVE_INTERNAL_H
#define PACK_RESOLVE_INTERNAL_H

/**
 * @file
 * What the files of the resolver share. Lists are copied when a scope adds to them, and shared with
 * it by all scopes inside which do not.
 */
#include "pack/resolve.h"

struct debug {
	const char *processor; /* Pname, or "" for all. */
	const char *svd;
	unsigned ap;
	unsigned dp;
	bool has_port;
	unsigned port; /* __apid: then the access port says ap and dp. */
};

struct port {
	unsigned id;
	unsigned ap;
	unsigned dp;
	bool has_dp;
};

/* What holds in a scope. The arrays are shared with the scopes around, and so never changed. */
struct inherited {
	const char *family;
	const char *sub_family;
	const char *vendor;
	size_t parent_device;

	const dapper_pack_processor *processors; /* As said; the one named "" is for all. */
	const struct debug *debugs;
	const struct port *ports;
	size_t processor_count;
	size_t debug_count;
	size_t port_count;

	const dapper_pack_processor *joined; /* Processors with what debug and ports say of them. */
	const dapper_pack_memory *memories;
	const dapper_pack_algorithm *algorithms;
	size_t joined_count;
	size_t memory_count;
	size_t algorithm_count;
};

struct resolver {
	dapper_context *context;
	const char *what;
	const struct pdsc *pdsc;
	struct string_set *strings;
	struct string_set files; /* Those that were noted. */
	struct pack_devices *devices;
	size_t next_listed;
	size_t next_unlisted;
};

/* ---- resolve_entry.c: elements, attributes and lists ---- */

/** Warn of an element that is left out. */
void complain(
	const struct resolver *resolver, const struct pdsc_element *element, const char *problem);

/**
 * Take over an attribute's value, if the element has it and it is right.
 * @return Whether it is so.
 */
bool take_number(const struct pdsc_element *element, const char *name, uint64_t *number);
bool take_unsigned(const struct pdsc_element *element, const char *name, unsigned *number);
void take_text(const struct pdsc_element *element, const char *name, const char **text);
void take_bool(const struct pdsc_element *element, const char *name, bool *flag);
/** Take over the name of a file, with '/' between its parts, and note the file. */
dapper_status take_path(struct resolver *resolver, const struct pdsc_element *element,
	const char *name, const char **path);
/** Pname; "" for all. */
const char *processor_of(const struct pdsc_element *element);

/** @p element or the first behind it that has the name; NULL: there is none. */
const struct pdsc_element *next_named(const struct pdsc_element *element, const char *name);

/**
 * A copy of what is inherited, with space for what the scope says: NULL in @p copy when it says
 * nothing of this kind.
 */
dapper_status copy_list(const struct resolver *resolver, const struct pdsc_scope *scope,
	const char *name, const void *inherited, size_t count, size_t size, void **copy);

/* ---- resolve_processor.c: processor, debug, accessportV1, accessportV2 ---- */

dapper_status add_processors(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited);

/* ---- resolve_memory.c: memory, algorithm ---- */

dapper_status add_memories(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited);
dapper_status add_algorithms(
	struct resolver *resolver, const struct pdsc_scope *scope, struct inherited *inherited);

#endif /* PACK_RESOLVE_INTERNAL_H */
