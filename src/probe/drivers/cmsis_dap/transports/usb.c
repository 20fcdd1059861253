/* SPDX-License-Identifier: Apache-2.0 */
/* What the two kinds of USB probes have in common: from a name to an open one, and what to say. */
#include "probe/drivers/cmsis_dap/transports/usb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#ifndef DAPPER_UDEV_RULES
#error "the build names the file of udev rules"
#endif

bool usb_probe_may_open(const struct usb_probe *probe)
{
	return access(probe->node, R_OK | W_OK) == 0;
}

void usb_probe_describe(const struct usb_probe *probe, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s (CMSIS-DAP v%d, %04x:%04x at %s)%s", probe->vendor,
		probe->vendor[0] && probe->product[0] ? " " : "", probe->product,
		probe->kind == USB_BULK ? 2 : 1, probe->vendor_id, probe->product_id, probe->port,
		usb_probe_may_open(probe) ? "" : ": no permission to open it");
}

/* ---- errors ---- */

dapper_status usb_fail_access(const struct usb_probe *probe)
{
	dapper_fail(DAPPER_ERR_PROBE_IO, "no permission to open the probe %s: %s", probe->unique_id,
		probe->node);
	return dapper_fail_hint(DAPPER_ERR_PROBE_IO,
		"a udev rule is missing: copy %s to /etc/udev/rules.d, run `udevadm control "
		"--reload` as root, and plug the probe in again",
		DAPPER_UDEV_RULES);
}

dapper_status usb_fail_gone(const char *unique_id, const char *why)
{
	dapper_fail(DAPPER_ERR_PROBE_GONE, "the probe %s is gone: %s", unique_id, why);
	return dapper_fail_hint(DAPPER_ERR_PROBE_GONE,
		"check the cable and the hub, plug the probe in again and start over");
}

dapper_status usb_fail_not_built(const struct usb_probe *probe, const char *library)
{
	dapper_fail(DAPPER_ERR_UNSUPPORTED,
		"this dapper was built without %s, which the probe %s needs", library,
		probe->unique_id);
	return dapper_fail_hint(DAPPER_ERR_UNSUPPORTED,
		"install the library's development package and build again");
}

/* ---- opening ---- */

/* Which probe is meant: what is not given fits all. */
struct wanted {
	const char *unique_id; /* or, NULL, by the others */
	uint16_t vendor_id;
	uint16_t product_id;
	const char *serial;
};

static bool is_wanted(const struct usb_probe *probe, const struct wanted *wanted)
{
	if (wanted->unique_id)
		return strcmp(probe->unique_id, wanted->unique_id) == 0;
	return probe->vendor_id == wanted->vendor_id && probe->product_id == wanted->product_id &&
	       (!wanted->serial || strcmp(probe->serial, wanted->serial) == 0);
}

static void fail_ambiguous(
	const struct usb_probes *probes, const struct wanted *wanted, const char *name)
{
	char text[USB_PATH_SIZE] = "";
	size_t used = 0;

	for (size_t i = 0; i < probes->count; i++)
		if (is_wanted(&probes->items[i], wanted) && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
				used ? ", " : "", probes->items[i].unique_id);
	dapper_fail(DAPPER_ERR_AMBIGUOUS, "'%s' fits several debug probes", name);
	dapper_fail_hint(DAPPER_ERR_AMBIGUOUS, "say which with --probe: %s", text);
}

static dapper_status find_probe(const struct usb_probes *probes, const struct wanted *wanted,
	const char *name, const struct usb_probe **found)
{
	size_t count = 0;

	for (size_t i = 0; i < probes->count; i++)
		if (is_wanted(&probes->items[i], wanted)) {
			*found = &probes->items[i];
			count++;
		}
	if (count == 1)
		return DAPPER_OK;
	if (count > 1) {
		fail_ambiguous(probes, wanted, name);
		return DAPPER_ERR_AMBIGUOUS;
	}
	dapper_fail(DAPPER_ERR_NO_PROBE, "no CMSIS-DAP probe is named '%s'", name);
	dapper_fail_hint(DAPPER_ERR_NO_PROBE, "`dapper list` shows those there are");
	return DAPPER_ERR_NO_PROBE;
}

static dapper_status open_wanted(dapper_context *context, const struct wanted *wanted,
	const char *name, struct cmsis_dap_transport *transport)
{
	const struct usb_probe *probe = NULL;
	struct usb_probes probes;
	dapper_status status;

	TRY(usb_probes_find("/sys", &probes));
	status = find_probe(&probes, wanted, name, &probe);
	if (status == DAPPER_OK)
		status = probe->kind == USB_BULK ? usb_bulk_open(context, probe, transport)
		                                 : usb_hid_open(context, probe, transport);
	if (status == DAPPER_OK) {
		transport->usb_vendor_id = probe->vendor_id;
		transport->usb_product_id = probe->product_id;
		snprintf(transport->usb_product, sizeof(transport->usb_product), "%s",
			probe->product);
	}
	usb_probes_finish(&probes);
	return status;
}

dapper_status cmsis_dap_usb_open(
	dapper_context *context, const char *unique_id, struct cmsis_dap_transport *transport)
{
	struct wanted wanted = { .unique_id = unique_id };

	return open_wanted(context, &wanted, unique_id, transport);
}

/* Four hexadecimal digits and what is behind them. */
static bool parse_id(const char **text, uint16_t *id)
{
	char digits[5] = "";

	if (strspn(*text, "0123456789abcdefABCDEF") < 4)
		return false;
	memcpy(digits, *text, 4);
	*id = (uint16_t)strtoul(digits, NULL, 16);
	*text += 4;
	return true;
}

dapper_status cmsis_dap_usb_open_address(
	dapper_context *context, const char *address, struct cmsis_dap_transport *transport)
{
	struct wanted wanted = { .unique_id = NULL };
	const char *text = address;

	if (!parse_id(&text, &wanted.vendor_id) || *text++ != ':' ||
		!parse_id(&text, &wanted.product_id) || (*text != '\0' && *text != ':')) {
		dapper_fail(DAPPER_ERR_INVALID, "'usb:%s' names no probe", address);
		return dapper_fail_hint(DAPPER_ERR_INVALID,
			"write usb:VENDOR:PRODUCT or usb:VENDOR:PRODUCT:SERIAL, with both IDs as "
			"four hexadecimal digits");
	}
	if (*text == ':')
		wanted.serial = text + 1;
	return open_wanted(context, &wanted, address, transport);
}

dapper_status cmsis_dap_usb_enumerate(
	dapper_context *context, dapper_probe_found found, void *payload)
{
	dapper_status status = DAPPER_OK;
	struct usb_probes probes;

	(void)context;
	TRY(usb_probes_find("/sys", &probes));
	for (size_t i = 0; i < probes.count && status == DAPPER_OK; i++) {
		const struct usb_probe *probe = &probes.items[i];
		char text[512];
		dapper_probe_info info = {
			.unique_id = probe->unique_id,
			.vendor = probe->vendor,
			.product = probe->product,
			.description = text,
		};

		usb_probe_describe(probe, text, sizeof(text));
		status = found(payload, &info);
	}
	usb_probes_finish(&probes);
	return status;
}
