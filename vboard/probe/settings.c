/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"

/* Digits only: strtoull() alone would take signs, spaces and whatever follows. */
static bool parse_number(const char *text, size_t length, uint64_t *number)
{
	char copy[24];
	char *end;

	if (!length || length >= sizeof(copy) || text[0] < '0' || text[0] > '9')
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	errno = 0;
	*number = strtoull(copy, &end, 0);
	return !*end && !errno;
}

static dapper_status parse_link(struct vsettings *settings, size_t offset, const char *value)
{
	(void)offset;
	for (size_t i = 0; vlink_types[i]; i++)
		if (strcmp(vlink_types[i]->name, value) == 0) {
			settings->link = vlink_types[i];
			return DAPPER_OK;
		}
	dapper_fail(DAPPER_ERR_INVALID, "no link is called '%s'", value);
	return dapper_fail_hint(DAPPER_ERR_INVALID, "links are hs-bulk, fs-bulk and fs-hid");
}

static dapper_status parse_serial(struct vsettings *settings, size_t offset, const char *value)
{
	(void)offset;
	settings->serial = value;
	return DAPPER_OK;
}

static uint64_t *fault_at(struct vsettings *settings, size_t offset)
{
	return (uint64_t *)(void *)((char *)&settings->faults + offset);
}

static dapper_status parse_fault(struct vsettings *settings, size_t offset, const char *value)
{
	uint64_t number;

	if (!parse_number(value, strlen(value), &number) || !number)
		return dapper_fail(DAPPER_ERR_INVALID, "'%s' is no count from 1 on", value);
	*fault_at(settings, offset) = number;
	return DAPPER_OK;
}

/* COUNT@N */
static dapper_status parse_wait(struct vsettings *settings, size_t offset, const char *value)
{
	const char *at = strchr(value, '@');
	struct vfaults *faults = &settings->faults;

	(void)offset;
	if (!at || !parse_number(value, (size_t)(at - value), &faults->wait_count) ||
		!parse_number(at + 1, strlen(at + 1), &faults->wait_at) || !faults->wait_at)
		return dapper_fail(DAPPER_ERR_INVALID,
			"'%s' is not COUNT@N, as in wait=3@100: 3 times, from AP request 100 on",
			value);
	return DAPPER_OK;
}

/* N or N-M */
static bool parse_range(const char *text, struct vfault_range *range)
{
	const char *dash = strchr(text, '-');
	size_t length = dash ? (size_t)(dash - text) : strlen(text);

	if (!parse_number(text, length, &range->first) || !range->first)
		return false;
	range->last = range->first;
	return !dash || (parse_number(dash + 1, strlen(dash + 1), &range->last) &&
				range->last >= range->first);
}

static dapper_status parse_packets(struct vsettings *settings, size_t offset, const char *value)
{
	struct vfault_range *range =
		(struct vfault_range *)(void *)((char *)&settings->faults + offset);

	if (parse_range(value, range))
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_INVALID,
		"'%s' is not N or N-M, as in 5 or 5-10: packets 5 to 10", value);
}

/* MS@N or MS@N-M */
static dapper_status parse_late(struct vsettings *settings, size_t offset, const char *value)
{
	enum { MAX_MS = 3600000, NS_PER_MS = 1000000 };
	const char *at = strchr(value, '@');
	struct vfaults *faults = &settings->faults;
	uint64_t ms;

	(void)offset;
	if (!at || !parse_number(value, (size_t)(at - value), &ms) || ms > MAX_MS ||
		!parse_range(at + 1, &faults->delay))
		return dapper_fail(DAPPER_ERR_INVALID,
			"'%s' is not MS@N or MS@N-M, as in late=50@10: packet 10, by 50 ms", value);
	faults->delay_ns = ms * NS_PER_MS;
	return DAPPER_OK;
}

/* "1e-4", "0.001"; as a fraction of 2^32. */
static dapper_status parse_rate(struct vsettings *settings, size_t offset, const char *value)
{
	static const char digits[] = "0123456789.eE-+";
	char *end;
	double rate = strtod(value, &end);

	(void)offset;
	if (*end || end == value || strspn(value, digits) != strlen(value) || !(rate >= 0) ||
		rate > 1)
		return dapper_fail(
			DAPPER_ERR_INVALID, "'%s' is no rate from 0 to 1, as in 1e-4", value);
	settings->faults.bit_error_rate = (uint64_t)(rate * 4294967296.0);
	return DAPPER_OK;
}

static dapper_status parse_seed(struct vsettings *settings, size_t offset, const char *value)
{
	(void)offset;
	if (parse_number(value, strlen(value), &settings->faults.random))
		return DAPPER_OK;
	return dapper_fail(DAPPER_ERR_INVALID, "'%s' is not a number", value);
}

/* high@N or low@N */
static dapper_status parse_stuck(struct vsettings *settings, size_t offset, const char *value)
{
	const char *at = strchr(value, '@');
	struct vfaults *faults = &settings->faults;

	(void)offset;
	faults->stuck_high = strncmp(value, "high@", 5) == 0;
	if (!at || (!faults->stuck_high && strncmp(value, "low@", 4) != 0) ||
		!parse_number(at + 1, strlen(at + 1), &faults->stuck_at) || !faults->stuck_at)
		return dapper_fail(DAPPER_ERR_INVALID,
			"'%s' is not high@N or low@N: the level, and from which cycle on", value);
	return DAPPER_OK;
}

static const struct key {
	const char *name;
	dapper_status (*parse)(struct vsettings *settings, size_t offset, const char *value);
	size_t offset; /* in struct vfaults, of what parse_fault(), parse_packets() set */
} keys[] = {
	{ "link", parse_link, 0 },
	{ "serial", parse_serial, 0 },
	{ "unplug-at", parse_fault, offsetof(struct vfaults, unplug_at) },
	{ "truncate-at", parse_packets, offsetof(struct vfaults, truncate) },
	{ "lost-at", parse_packets, offsetof(struct vfaults, lose) },
	{ "late", parse_late, 0 },
	{ "silent-at", parse_fault, offsetof(struct vfaults, silent_at) },
	{ "parity-error-at", parse_fault, offsetof(struct vfaults, parity_error_at) },
	{ "ap-error-at", parse_fault, offsetof(struct vfaults, ap_error_at) },
	{ "wait", parse_wait, 0 },
	{ "bit-error-rate", parse_rate, 0 },
	{ "seed", parse_seed, 0 },
	{ "line-stuck", parse_stuck, 0 },
};

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static dapper_status check_new(const struct vsettings *settings, const char *name)
{
	for (size_t i = 0; i < settings->all_count; i++)
		if (strcmp(settings->all[i].key, name) == 0)
			return dapper_fail(DAPPER_ERR_INVALID,
				"setting '%s' of the virtual board is there twice", name);
	return DAPPER_OK;
}

static dapper_status take_setting(struct vsettings *settings, const char *name, const char *value)
{
	const struct key *key = find_key(name);
	const struct vboard_setting setting = { name, value };
	dapper_status status;

	TRY(check_new(settings, name));
	settings->all[settings->all_count++] = setting;
	if (!key) {
		settings->rest[settings->rest_count++] = setting;
		return DAPPER_OK;
	}
	status = key->parse(settings, key->offset, value);
	if (status != DAPPER_OK)
		dapper_fail_where(status, "setting '%s' of the virtual board", name);
	return status;
}

static size_t count_commas(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

/* @p next is behind the comma of "NAME,A=1,B=2". */
static dapper_status parse_pairs(struct vsettings *settings, char *next)
{
	while (next) {
		char *name = next;
		char *value;

		next = strchr(name, ',');
		if (next)
			*next++ = '\0';
		value = strchr(name, '=');
		if (!value || value == name)
			return dapper_fail(DAPPER_ERR_INVALID,
				"'%s' is not KEY=VALUE, as it should be behind a board's name",
				name);
		*value++ = '\0';
		TRY(take_setting(settings, name, value));
	}
	return DAPPER_OK;
}

dapper_status vsettings_parse(struct vsettings *settings, const char *spec)
{
	size_t pairs = count_commas(spec);
	char *next;

	*settings = (struct vsettings){ .link = vlink_types[0] };
	settings->text = xstrdup(spec);
	settings->all = xcalloc(pairs + 1, sizeof(*settings->all));
	settings->rest = xcalloc(pairs + 1, sizeof(*settings->rest));
	if (!settings->text || !settings->all || !settings->rest)
		return FAIL_NO_MEMORY("a board's settings");
	settings->name = settings->text;
	next = strchr(settings->text, ',');
	if (next)
		*next++ = '\0';
	return parse_pairs(settings, next);
}

void vsettings_finish(struct vsettings *settings)
{
	free(settings->rest);
	free(settings->all);
	free(settings->text);
	*settings = (struct vsettings){ 0 };
}
