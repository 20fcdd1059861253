/* SPDX-License-Identifier: Apache-2.0 */
/* Which probes there are, and how to open the one that a name means. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "base/names.h"
#include "probe/drivers.h"
#include "probe/probe.h"

enum { TEXT_SIZE = 200 };

struct entry {
	const dapper_probe_driver *driver;
	dapper_probe_info info; /* strings are ours, in one piece of memory */
	char *strings;
};

struct dapper_probe_list {
	struct entry *entries;
	size_t count;
	size_t capacity;
	const dapper_probe_driver *driver; /* that reports at present */
};

/* ---- the compiled-in drivers ---- */

static const dapper_probe_driver *get_driver(size_t index)
{
	for (size_t i = 0; probe_drivers[i]; i++)
		if (i == index)
			return probe_drivers[i];
	return NULL;
}

const char *dapper_probe_driver_get_name(size_t index)
{
	const dapper_probe_driver *driver = get_driver(index);

	return driver ? driver->name : NULL;
}

const char *dapper_probe_driver_get_description(size_t index)
{
	const dapper_probe_driver *driver = get_driver(index);

	return driver ? driver->description : NULL;
}

/* ---- the list ---- */

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

/* Put a copy of @p text at *@p end, and the end behind it. */
static const char *append(char **end, const char *text)
{
	size_t size = strlen(text) + 1;
	const char *copy = *end;

	memcpy(*end, text, size);
	*end += size;
	return copy;
}

static dapper_status add_probe(void *payload, const dapper_probe_info *info)
{
	dapper_probe_list *list = payload;
	const char *texts[] = { text_or_empty(info->unique_id), text_or_empty(info->vendor),
		text_or_empty(info->product), text_or_empty(info->description) };
	struct entry *entries =
		xgrow(list->entries, list->count, &list->capacity, sizeof(*entries));
	struct entry *entry;
	size_t size = 0;
	char *end;

	if (!entries)
		return FAIL_NO_MEMORY("the list of probes");
	list->entries = entries;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		size += strlen(texts[i]) + 1;
	entry = &entries[list->count];
	entry->strings = end = xcalloc(size, 1);
	if (!end)
		return FAIL_NO_MEMORY("the list of probes");
	entry->driver = list->driver;
	entry->info.driver = list->driver->name;
	entry->info.unique_id = append(&end, texts[0]);
	entry->info.vendor = append(&end, texts[1]);
	entry->info.product = append(&end, texts[2]);
	entry->info.description = append(&end, texts[3]);
	list->count++;
	return DAPPER_OK;
}

/* One driver that cannot look must not hide what the others find. */
static dapper_status ask_driver(
	dapper_context *context, const dapper_probe_driver *driver, dapper_probe_list *list)
{
	dapper_status status;

	if (!driver->enumerate)
		return DAPPER_OK;
	list->driver = driver;
	status = driver->enumerate(context, add_probe, list);
	if (status == DAPPER_OK || status == DAPPER_ERR_NO_MEMORY || status == DAPPER_ERR_CANCELLED)
		return status;
	log_warning(context, DAPPER_LOG_PROBE, "the %s driver cannot look for probes: %s",
		driver->name, dapper_error_last()->message);
	return DAPPER_OK;
}

dapper_status probe_list_from(dapper_context *context, const dapper_probe_driver *const *drivers,
	dapper_probe_list **list)
{
	dapper_probe_list *made = xnew(made);
	dapper_status status = DAPPER_OK;

	if (!made) {
		FAIL_NO_MEMORY("the list of probes");
		return DAPPER_ERR_NO_MEMORY;
	}
	for (size_t i = 0; drivers[i] && status == DAPPER_OK; i++)
		status = ask_driver(context, drivers[i], made);
	if (status != DAPPER_OK) {
		dapper_probe_list_free(made);
		return status;
	}
	*list = made;
	return DAPPER_OK;
}

dapper_status dapper_probe_list_new(dapper_context *context, dapper_probe_list **list)
{
	if (!context || !list)
		return dapper_fail(DAPPER_ERR_INVALID, "no context, or nowhere to put the list");
	return probe_list_from(context, probe_drivers, list);
}

size_t dapper_probe_list_count(const dapper_probe_list *list)
{
	return list->count;
}

const dapper_probe_info *dapper_probe_list_get(const dapper_probe_list *list, size_t index)
{
	return index < list->count ? &list->entries[index].info : NULL;
}

void dapper_probe_list_free(dapper_probe_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; list->entries && i < list->count; i++)
		free(list->entries[i].strings);
	free(list->entries);
	free(list);
}

/* ---- which one is meant ---- */

/* Add "A, B and C" style texts piece by piece; what does not fit is left out. */
static void add_text(char *text, const char *separator, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, TEXT_SIZE - used, "%s%s", used ? separator : "", more);
}

/* Next of the words of @p schemes; its length, 0 at the end. */
static size_t next_word(const char **schemes)
{
	*schemes += strspn(*schemes, " ");
	return strcspn(*schemes, " ");
}

/* "KIND:REST", or KIND alone: the driver will say what is missing. */
static bool has_scheme(const dapper_probe_driver *driver, const char *name)
{
	const char *scheme = text_or_empty(driver->schemes);
	size_t length;

	while ((length = next_word(&scheme)) > 0) {
		if (strncmp(name, scheme, length) == 0 &&
			(name[length] == ':' || name[length] == '\0'))
			return true;
		scheme += length;
	}
	return false;
}

static const dapper_probe_driver *find_by_scheme(
	const dapper_probe_driver *const *drivers, const char *name)
{
	for (size_t i = 0; drivers[i]; i++)
		if (has_scheme(drivers[i], name))
			return drivers[i];
	return NULL;
}

static void list_schemes(const dapper_probe_driver *const *drivers, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; drivers[i]; i++) {
		const char *scheme = text_or_empty(drivers[i]->schemes);
		size_t length;

		while ((length = next_word(&scheme)) > 0) {
			char word[TEXT_SIZE];

			snprintf(word, sizeof(word), "%.*s:", (int)length, scheme);
			add_text(text, ", ", word);
			scheme += length;
		}
	}
}

static int fold(char c)
{
	return tolower((unsigned char)c);
}

static bool begins_folded(const char *text, const char *part)
{
	while (*part && fold(*text) == fold(*part)) {
		text++;
		part++;
	}
	return !*part;
}

static bool contains_folded(const char *text, const char *part)
{
	for (; *text; text++)
		if (begins_folded(text, part))
			return true;
	return false;
}

static dapper_status fail_none(void)
{
	dapper_fail(DAPPER_ERR_NO_PROBE, "no debug probe found");
	return dapper_fail_hint(DAPPER_ERR_NO_PROBE,
		"plug one in and see `dapper list`, or try without hardware: "
		"--probe virtual:stm32f407vg");
}

static const char *get_unique_id(const void *list, size_t index)
{
	return ((const dapper_probe_list *)list)->entries[index].info.unique_id;
}

/* Said of the part before the ':' when there is one, else of the probes that are there. */
static dapper_status fail_unknown(
	const dapper_probe_list *list, const dapper_probe_driver *const *drivers, const char *name)
{
	struct names names = { .get = get_unique_id, .list = list, .count = list->count };
	size_t nearest[NAMES_NEAREST_MAX];
	size_t near = names_nearest(&names, name, nearest);
	const char *colon = strchr(name, ':');
	char text[TEXT_SIZE] = "";

	if (colon)
		dapper_fail(DAPPER_ERR_NO_PROBE, "no debug probe '%s', and no kind '%.*s'", name,
			(int)(colon - name), name);
	else
		dapper_fail(DAPPER_ERR_NO_PROBE, "no debug probe '%s'", name);
	for (size_t i = 0; i < near; i++)
		add_text(text, ", ", get_unique_id(list, nearest[i]));
	if (near > 0)
		return dapper_fail_hint(DAPPER_ERR_NO_PROBE, "did you mean %s?", text);
	list_schemes(drivers, text);
	return dapper_fail_hint(DAPPER_ERR_NO_PROBE,
		"see `dapper list`; kinds that are opened by address: %s", text);
}

static dapper_status fail_ambiguous(const dapper_probe_list *list, const char *name)
{
	char text[TEXT_SIZE] = "";

	for (size_t i = 0; i < list->count; i++)
		if (!name || contains_folded(get_unique_id(list, i), name))
			add_text(text, ", ", get_unique_id(list, i));
	if (name)
		dapper_fail(DAPPER_ERR_AMBIGUOUS, "'%s' fits several debug probes", name);
	else
		dapper_fail(DAPPER_ERR_AMBIGUOUS, "there are %zu debug probes", list->count);
	return dapper_fail_hint(DAPPER_ERR_AMBIGUOUS, "say which with --probe: %s", text);
}

static dapper_status find_only(const dapper_probe_list *list, const struct entry **found)
{
	if (list->count == 0)
		return fail_none();
	if (list->count > 1)
		return fail_ambiguous(list, NULL);
	*found = &list->entries[0];
	return DAPPER_OK;
}

/* A whole unique ID wins over being a part of others. */
static dapper_status find_named(const dapper_probe_list *list,
	const dapper_probe_driver *const *drivers, const char *name, const struct entry **found)
{
	const struct entry *fits = NULL;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(get_unique_id(list, i), name) == 0) {
			*found = &list->entries[i];
			return DAPPER_OK;
		}
		if (contains_folded(get_unique_id(list, i), name)) {
			fits = &list->entries[i];
			count++;
		}
	}
	if (count == 0)
		return fail_unknown(list, drivers, name);
	if (count > 1)
		return fail_ambiguous(list, name);
	*found = fits;
	return DAPPER_OK;
}

/* ---- opening ---- */

static dapper_status open_by_driver(dapper_context *context, const dapper_probe_driver *driver,
	const char *name, dapper_probe **probe)
{
	dapper_probe_info info = { .driver = driver->name };
	void *data = NULL;

	TRY(driver->open(context, name, &data, &info));
	return probe_create(context, driver, data, &info, probe);
}

static dapper_status open_from_list(dapper_context *context,
	const dapper_probe_driver *const *drivers, const char *name, dapper_probe **probe)
{
	const struct entry *found = NULL;
	dapper_probe_list *list = NULL;
	dapper_status status;

	TRY(probe_list_from(context, drivers, &list));
	status = name ? find_named(list, drivers, name, &found) : find_only(list, &found);
	if (found)
		status = open_by_driver(context, found->driver, found->info.unique_id, probe);
	dapper_probe_list_free(list);
	return status;
}

dapper_status probe_open_from(dapper_context *context, const dapper_probe_driver *const *drivers,
	const char *name, dapper_probe **probe)
{
	const dapper_probe_driver *driver;

	if (name && !name[0])
		name = NULL;
	driver = name ? find_by_scheme(drivers, name) : NULL;
	if (driver)
		return open_by_driver(context, driver, name, probe);
	return open_from_list(context, drivers, name, probe);
}

dapper_status dapper_probe_open(dapper_context *context, const char *name, dapper_probe **probe)
{
	if (!context || !probe)
		return dapper_fail(DAPPER_ERR_INVALID, "no context, or nowhere to put the probe");
	return probe_open_from(context, probe_drivers, name, probe);
}
