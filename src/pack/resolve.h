/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_RESOLVE_H
#define PACK_RESOLVE_H

/**
 * @file
 * From a pack description's tree to its devices, with everything inherited worked out.
 *
 * What a scope says is added to what it inherits, and overrides it where it is about the same
 * thing:
 * - processor, debug: per processor (Pname), each attribute by itself; without Pname, for all;
 * - memory: of the same name, each attribute by itself; and an inherited one that overlaps a new
 * one is dropped;
 * - algorithm: for the same range, or the same file at the same address.
 * Within one scope nothing overrides anything: three algorithms for one range are a choice.
 *
 * Source: Open-CMSIS-Pack specification 1.7, "/package/devices/family" and below.
 */
#include <dapper/context.h>
#include <dapper/pack.h>

#include "pack/pdsc.h"

struct pack_device {
	dapper_pack_device device; /* First, so that one is the other. */
	const struct pdsc_scope *scope;
	size_t parent; /**< Of a variant: index of its device; else (size_t)-1. */
};

struct pack_devices {
	/** First those that are listed, then the devices that are there as their variants. */
	struct pack_device *devices;
	size_t count;
	size_t listed_count;
	/** Each file that a processor or algorithm names, once. */
	const char **files;
	size_t file_count;
	size_t file_capacity;
};

/**
 * Work out all devices. What is amiss in the description is left out, with a warning in the log.
 *
 * @param what          Name of the pack description, for messages.
 * @param[out] devices  In the arena of @p strings, but for @p files: free() it.
 * @retval DAPPER_ERR_LIMIT  A description made to need absurdly much memory.
 */
dapper_status pack_resolve(dapper_context *context, const char *what, const struct pdsc *pdsc,
	struct string_set *strings, struct pack_devices *devices);

#endif /* PACK_RESOLVE_H */
