/* SPDX-License-Identifier: Apache-2.0 */
#include "base/names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* What is longer than this is compared, and shown, up to here only. */
enum { LENGTH_MAX = 64 };

/* ASCII only, whatever the locale: names must mean the same everywhere. */
static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return (char)(c == '-' ? '_' : c);
}

const char *names_get_from_array(const void *list, size_t index)
{
	return ((const char *const *)list)[index];
}

enum names_fit names_match(const char *name, const char *typed)
{
	size_t i = 0;

	if (!typed[0])
		return NAMES_FIT_NOT;
	if (strcmp(name, typed) == 0)
		return NAMES_FIT_EXACT;
	while (typed[i] && fold(name[i]) == fold(typed[i]))
		i++;
	if (typed[i])
		return NAMES_FIT_NOT;
	return name[i] ? NAMES_FIT_PREFIX : NAMES_FIT_FOLDED;
}

/* The names that fit best, as far as they are worth telling. */
struct candidates {
	enum names_fit fit;
	size_t count; /* All that fit so well. */
	size_t kept[NAMES_NEAREST_MAX];
};

static const char *name_at(const struct names *names, size_t index)
{
	return names->get(names->list, index);
}

static bool is_listed(
	const struct names *names, const size_t *indexes, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name_at(names, indexes[i]), name) == 0)
			return true;
	return false;
}

/* Does the more general entry fit as well? Then it stands for this one. */
static bool stands_behind_parent(
	const struct names *names, const char *typed, size_t index, enum names_fit fit)
{
	size_t parent = names->parent ? names->parent(names->list, index) : NAMES_NONE;

	return parent != NAMES_NONE && names_match(name_at(names, parent), typed) >= fit;
}

static void consider(
	const struct names *names, const char *typed, size_t index, struct candidates *found)
{
	const char *name = name_at(names, index);
	enum names_fit fit = names_match(name, typed);
	size_t kept;

	if (fit == NAMES_FIT_NOT || fit < found->fit)
		return;
	if (fit > found->fit)
		*found = (struct candidates){ .fit = fit };
	kept = found->count < NAMES_NEAREST_MAX ? found->count : NAMES_NEAREST_MAX;
	if (is_listed(names, found->kept, kept, name) ||
		stands_behind_parent(names, typed, index, fit))
		return;
	if (found->count < NAMES_NEAREST_MAX)
		found->kept[found->count] = index;
	found->count++;
}

/* "'a', 'b' or 'c'" */
static void list_names(const struct names *names, const size_t *indexes, size_t count,
	const char *last_separator, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++) {
		const char *separator = i == 0 ? "" : i + 1 < count ? ", " : last_separator;

		used += (size_t)snprintf(text + used, size - used, "%s'%.*s'", separator,
			LENGTH_MAX, name_at(names, indexes[i]));
	}
}

static dapper_status fail_ambiguous(const struct names *names, const char *what, const char *typed,
	const struct candidates *found)
{
	dapper_status status = dapper_fail(DAPPER_ERR_AMBIGUOUS, "%s '%.*s' fits %zu names", what,
		LENGTH_MAX, typed, found->count);
	char list[NAMES_NEAREST_MAX * (LENGTH_MAX + 8)];

	if (found->count <= NAMES_NEAREST_MAX) {
		list_names(names, found->kept, found->count, " or ", list, sizeof(list));
		return dapper_fail_hint(status, "say which: %s", list);
	}
	list_names(names, found->kept, NAMES_NEAREST_MAX, ", ", list, sizeof(list));
	return dapper_fail_hint(
		status, "say which: %s or %zu more", list, found->count - NAMES_NEAREST_MAX);
}

static dapper_status fail_unknown(const struct names *names, const char *what, const char *typed)
{
	dapper_status status =
		dapper_fail(DAPPER_ERR_NOT_FOUND, "unknown %s '%.*s'", what, LENGTH_MAX, typed);
	char list[NAMES_NEAREST_MAX * (LENGTH_MAX + 8)];
	size_t nearest[NAMES_NEAREST_MAX];
	size_t count = names_nearest(names, typed, nearest);

	if (count == 0)
		return status;
	list_names(names, nearest, count, " or ", list, sizeof(list));
	return dapper_fail_hint(status, "did you mean %s?", list);
}

dapper_status names_find(
	const struct names *names, const char *what, const char *typed, size_t *index)
{
	struct candidates found = { .fit = NAMES_FIT_NOT };

	for (size_t i = 0; i < names->count; i++)
		consider(names, typed, i, &found);
	if (found.count == 0)
		return fail_unknown(names, what, typed);
	if (found.count > 1)
		return fail_ambiguous(names, what, typed, &found);
	*index = found.kept[0];
	return DAPPER_OK;
}

/* How far a name is from what was typed: from its nearest beginning, and as a whole. */
struct distance {
	unsigned beginning;
	unsigned whole;
};

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* One row of the table: @p typed up to row against every beginning of @p name. */
static void distance_row(const char *typed, const char *name, size_t length, size_t row,
	unsigned rows[3][LENGTH_MAX + 1])
{
	const unsigned *before = rows[(row + 1) % 3]; /* row - 2 */
	const unsigned *above = rows[(row + 2) % 3];  /* row - 1 */
	unsigned *here = rows[row % 3];

	here[0] = (unsigned)row;
	for (size_t column = 1; column <= length; column++) {
		char a = fold(typed[row - 1]);
		char b = fold(name[column - 1]);

		here[column] =
			min3(above[column] + 1, here[column - 1] + 1, above[column - 1] + (a != b));
		if (row > 1 && column > 1 && a == fold(name[column - 2]) &&
			b == fold(typed[row - 2]) && before[column - 2] + 1 < here[column])
			here[column] = before[column - 2] + 1;
	}
}

/* Optimal string alignment (Damerau-Levenshtein without overlapping swaps). */
static struct distance distance_between(const char *typed, const char *name)
{
	size_t typed_length = strnlen(typed, LENGTH_MAX);
	size_t name_length = strnlen(name, LENGTH_MAX);
	unsigned rows[3][LENGTH_MAX + 1] = { 0 };
	struct distance distance;

	for (size_t column = 0; column <= name_length; column++)
		rows[0][column] = (unsigned)column;
	for (size_t row = 1; row <= typed_length; row++)
		distance_row(typed, name, name_length, row, rows);

	distance.whole = rows[typed_length % 3][name_length];
	distance.beginning = distance.whole;
	for (size_t column = 0; column < name_length; column++)
		if (rows[typed_length % 3][column] < distance.beginning)
			distance.beginning = rows[typed_length % 3][column];
	return distance;
}

static bool is_nearer(const struct distance *a, const struct distance *b)
{
	return a->beginning != b->beginning ? a->beginning < b->beginning : a->whole < b->whole;
}

size_t names_nearest(
	const struct names *names, const char *typed, size_t nearest[NAMES_NEAREST_MAX])
{
	/* A third of it mistyped is still a slip; more is another word. */
	size_t length = strnlen(typed, LENGTH_MAX);
	size_t tolerance = length < 6 ? 1 : length / 3;
	struct distance best[NAMES_NEAREST_MAX];
	size_t count = 0;

	for (size_t i = 0; length > 0 && i < names->count; i++) {
		struct distance distance = distance_between(typed, name_at(names, i));
		size_t place = count;

		if (distance.beginning > tolerance ||
			is_listed(names, nearest, count, name_at(names, i)))
			continue;
		while (place > 0 && is_nearer(&distance, &best[place - 1]))
			place--;
		if (place == NAMES_NEAREST_MAX)
			continue;
		if (count < NAMES_NEAREST_MAX)
			count++;
		for (size_t k = count - 1; k > place; k--) {
			best[k] = best[k - 1];
			nearest[k] = nearest[k - 1];
		}
		best[place] = distance;
		nearest[place] = i;
	}
	return count;
}
