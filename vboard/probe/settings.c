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

static dapper_status parse_usb_fault(struct vsettings *settings, size_t offset, const char *value)
{
	uint64_t number;

	if (!parse_number(value, strlen(value), &number) || !number)
		return dapper_fail(DAPPER_ERR_INVALID, "'%s' is no count from 1 on", value);
	memcpy((char *)&settings->usb_faults + offset, &number, sizeof(number));
	return DAPPER_OK;
}

/* MS@N: the count stands at the offset, the time behind it. */
static dapper_status parse_usb_delay(struct vsettings *settings, size_t offset, const char *value)
{
	enum { MS_MAX = 3600 * 1000 };
	const char *at = strchr(value, '@');
	uint64_t numbers[2]; /* N, MS */

	if (!at || !parse_number(value, (size_t)(at - value), &numbers[1]) ||
		!parse_number(at + 1, strlen(at + 1), &numbers[0]) || !numbers[0] ||
		numbers[1] > MS_MAX)
		return dapper_fail(DAPPER_ERR_INVALID,
			"'%s' is not MS@N, as in 200@5: 200 ms at request 5", value);
	memcpy((char *)&settings->usb_faults + offset, numbers, sizeof(numbers));
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

static const struct key {
	const char *name;
	dapper_status (*parse)(struct vsettings *settings, size_t offset, const char *value);
	size_t offset; /* in struct vfaults or vusb_faults, of what parse_...() sets */
} keys[] = {
	{ "link", parse_link, 0 },
	{ "serial", parse_serial, 0 },
	{ "unplug-at", parse_fault, offsetof(struct vfaults, unplug_at) },
	{ "truncate-at", parse_fault, offsetof(struct vfaults, truncate_at) },
	{ "silent-at", parse_fault, offsetof(struct vfaults, silent_at) },
	{ "parity-error-at", parse_fault, offsetof(struct vfaults, parity_error_at) },
	{ "ap-error-at", parse_fault, offsetof(struct vfaults, ap_error_at) },
	{ "wait", parse_wait, 0 },
	{ "usb-stall-in-at", parse_usb_fault, offsetof(struct vusb_faults, stall_in_at) },
	{ "usb-stall-out-at", parse_usb_fault, offsetof(struct vusb_faults, stall_out_at) },
	{ "usb-empty-at", parse_usb_fault, offsetof(struct vusb_faults, empty_at) },
	{ "usb-babble-at", parse_usb_fault, offsetof(struct vusb_faults, babble_at) },
	{ "usb-silent-at", parse_usb_fault, offsetof(struct vusb_faults, silent_at) },
	{ "usb-late", parse_usb_delay, offsetof(struct vusb_faults, late_at) },
	{ "usb-hold", parse_usb_delay, offsetof(struct vusb_faults, hold_at) },
	{ "usb-unplug-at", parse_usb_fault, offsetof(struct vusb_faults, unplug_at) },
	{ "usb-replug-ms", parse_usb_fault, offsetof(struct vusb_faults, replug_ms) },
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
