/* SPDX-License-Identifier: Apache-2.0 */
/* The faults of docs/virtual-boards.md as settings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "vboard/probe/settings.h"

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

static bool parse_all(const char *text, uint64_t *number)
{
	return parse_number(text, strlen(text), number);
}

/* N or N-M */
static bool parse_range(const char *text, struct vfault_range *range)
{
	const char *dash = strchr(text, '-');
	size_t length = dash ? (size_t)(dash - text) : strlen(text);

	if (!parse_number(text, length, &range->first) || !range->first)
		return false;
	range->last = range->first;
	return !dash || (parse_all(dash + 1, &range->last) && range->last >= range->first);
}

/* What stands before the '@' of COUNT@N. @return What stands behind; NULL: it makes no sense. */
static const char *parse_before_at(const char *text, uint64_t *count)
{
	const char *at = strchr(text, '@');

	return at && parse_number(text, (size_t)(at - text), count) ? at + 1 : NULL;
}

static bool parse_count(struct vfaults *faults, size_t offset, const char *value)
{
	uint64_t *number = (uint64_t *)(void *)((char *)faults + offset);

	return parse_all(value, number) && *number;
}

static bool parse_packets(struct vfaults *faults, size_t offset, const char *value)
{
	return parse_range(value, (struct vfault_range *)(void *)((char *)faults + offset));
}

static bool parse_wait(struct vfaults *faults, size_t offset, const char *value)
{
	const char *from = parse_before_at(value, &faults->wait_count);

	(void)offset;
	return from && parse_all(from, &faults->wait_at) && faults->wait_at;
}

static bool parse_late(struct vfaults *faults, size_t offset, const char *value)
{
	enum { MAX_MS = 3600000, NS_PER_MS = 1000000 };
	uint64_t ms;
	const char *from = parse_before_at(value, &ms);

	(void)offset;
	if (!from || ms > MAX_MS || !parse_range(from, &faults->delay))
		return false;
	faults->delay_ns = ms * NS_PER_MS;
	return true;
}

/* As a fraction of 2^32. */
static bool parse_rate(struct vfaults *faults, size_t offset, const char *value)
{
	static const char digits[] = "0123456789.eE-+";
	char *end;
	double rate = strtod(value, &end);

	(void)offset;
	if (*end || end == value || value[strspn(value, digits)] || !(rate >= 0) || rate > 1)
		return false;
	faults->bit_error_rate = (uint64_t)(rate * 4294967296.0);
	return true;
}

static bool parse_seed(struct vfaults *faults, size_t offset, const char *value)
{
	(void)offset;
	return parse_all(value, &faults->random);
}

static bool parse_stuck(struct vfaults *faults, size_t offset, const char *value)
{
	static const char high[] = "high@", low[] = "low@";
	const char *from = NULL;

	(void)offset;
	if (strncmp(value, high, strlen(high)) == 0)
		from = value + strlen(high);
	else if (strncmp(value, low, strlen(low)) == 0)
		from = value + strlen(low);
	faults->stuck_high = *value == 'h';
	return from && parse_all(from, &faults->stuck_at) && faults->stuck_at;
}

/* --- the USB device --------------------------------------------------------------------------- */

static bool parse_usb_count(struct vusb_faults *faults, size_t offset, const char *value)
{
	uint64_t *number = (uint64_t *)(void *)((char *)faults + offset);

	return parse_all(value, number) && *number;
}

/* MS@N: the request stands at the offset, the time behind it. */
static bool parse_usb_delay(struct vusb_faults *faults, size_t offset, const char *value)
{
	enum { MS_MAX = 3600 * 1000 };
	uint64_t *numbers = (uint64_t *)(void *)((char *)faults + offset);
	const char *request = parse_before_at(value, &numbers[1]);

	return request && parse_all(request, &numbers[0]) && numbers[0] && numbers[1] <= MS_MAX;
}

#define A_COUNT   "a count from 1 on"
#define A_PACKETS "N or N-M, as in 5-10: packets 5 to 10"

static const struct fault_key {
	const char *name;
	bool (*parse)(struct vfaults *faults, size_t offset, const char *value);
	const char *form; /* what a value has to be */
	size_t offset;    /* of what parse_count() and parse_packets() set */
} fault_keys[] = {
	{ "ap-error-at", parse_count, A_COUNT, offsetof(struct vfaults, ap_error_at) },
	{ "bit-error-rate", parse_rate, "a rate from 0 to 1, as in 1e-4", 0 },
	{ "late", parse_late, "MS@N or MS@N-M, as in 50@10: packet 10, by 50 ms", 0 },
	{ "line-stuck", parse_stuck, "high@N or low@N: the level, and from which cycle on", 0 },
	{ "lost-at", parse_packets, A_PACKETS, offsetof(struct vfaults, lose) },
	{ "parity-error-at", parse_count, A_COUNT, offsetof(struct vfaults, parity_error_at) },
	{ "seed", parse_seed, "a number", 0 },
	{ "silent-at", parse_count, A_COUNT, offsetof(struct vfaults, silent_at) },
	{ "truncate-at", parse_packets, A_PACKETS, offsetof(struct vfaults, truncate) },
	{ "unplug-at", parse_count, A_COUNT, offsetof(struct vfaults, unplug_at) },
	{ "wait", parse_wait, "COUNT@N, as in wait=3@100: 3 times, from AP request 100 on", 0 },
};

#define A_DELAY "MS@N, as in 200@5: 200 ms at request 5"

static const struct usb_fault_key {
	const char *name;
	bool (*parse)(struct vusb_faults *faults, size_t offset, const char *value);
	const char *form;
	size_t offset;
} usb_fault_keys[] = {
	{ "usb-babble-at", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, babble_at) },
	{ "usb-empty-at", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, empty_at) },
	{ "usb-hold", parse_usb_delay, A_DELAY, offsetof(struct vusb_faults, hold_at) },
	{ "usb-late", parse_usb_delay, A_DELAY, offsetof(struct vusb_faults, late_at) },
	{ "usb-replug-ms", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, replug_ms) },
	{ "usb-silent-at", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, silent_at) },
	{ "usb-stall-in-at", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, stall_in_at) },
	{ "usb-stall-out-at", parse_usb_count, A_COUNT,
		offsetof(struct vusb_faults, stall_out_at) },
	{ "usb-unplug-at", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, unplug_at) },
	{ "usb-unplug-step", parse_usb_count, A_COUNT, offsetof(struct vusb_faults, unplug_step) },
};

/* --- both ------------------------------------------------------------------------------------- */

static dapper_status judge(bool good, const char *value, const char *form)
{
	return good ? DAPPER_OK : dapper_fail(DAPPER_ERR_INVALID, "'%s' is not %s", value, form);
}

dapper_status vsettings_take_fault(
	struct vsettings *settings, const char *key, const char *value, bool *taken)
{
	*taken = true;
	for (size_t i = 0; i < ARRAY_SIZE(fault_keys); i++) {
		const struct fault_key *fault = &fault_keys[i];

		if (strcmp(fault->name, key) == 0)
			return judge(fault->parse(&settings->faults, fault->offset, value), value,
				fault->form);
	}
	for (size_t i = 0; i < ARRAY_SIZE(usb_fault_keys); i++) {
		const struct usb_fault_key *fault = &usb_fault_keys[i];

		if (strcmp(fault->name, key) == 0)
			return judge(fault->parse(&settings->usb_faults, fault->offset, value),
				value, fault->form);
	}
	*taken = false;
	return DAPPER_OK;
}
