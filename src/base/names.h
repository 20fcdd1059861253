/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

/**
 * @file
 * Names that people type: devices, boards, options, commands. They are found as written, else in
 * any case, else by an unambiguous beginning; a miss says which names are near. '-' and '_' are the
 * same from the second step on.
 */
#include <stdbool.h>
#include <stddef.h>

#include <dapper/error.h>

enum { NAMES_NEAREST_MAX = 3 };

/** No name, where an index is expected. */
#define NAMES_NONE ((size_t)-1)

/** How well a name fits what was typed; better is larger. */
enum names_fit {
	NAMES_FIT_NOT,
	NAMES_FIT_PREFIX, /**< It begins so, in any case. */
	NAMES_FIT_FOLDED, /**< It is the same in any case. */
	NAMES_FIT_EXACT
};

/** A list of names, wherever they are kept. Duplicates are fine: the first one counts. */
struct names {
	const char *(*get)(const void *list, size_t index);
	/**
	 * The more general entry that @p index is a special case of, or NAMES_NONE: when both fit
	 * equally well, the general one is meant. NULL: there is no such relation.
	 */
	size_t (*parent)(const void *list, size_t index);
	const void *list;
	size_t count;
};

/** names.get for a `const char *const[]`. */
const char *names_get_from_array(const void *list, size_t index);

/** Does @p name fit what was typed? The empty text fits nothing. */
enum names_fit names_match(const char *name, const char *typed);

/**
 * Find a name.
 *
 * @param what        What the names are of, for messages: "device".
 * @param[out] index  Of the name found.
 * @retval DAPPER_ERR_NOT_FOUND  The hint names the nearest, if any is near.
 * @retval DAPPER_ERR_AMBIGUOUS  The hint names some that fit.
 */
dapper_status names_find(
	const struct names *names, const char *what, const char *typed, size_t *index);

/**
 * The names most like what was typed, best first: by how many characters must be changed, put in,
 * left out or swapped with their neighbour to make it the name or its beginning.
 *
 * @return How many are near enough to be worth a mention; at most NAMES_NEAREST_MAX.
 */
size_t names_nearest(
	const struct names *names, const char *typed, size_t nearest[NAMES_NEAREST_MAX]);

#endif /* BASE_NAMES_H */
