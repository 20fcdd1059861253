/* SPDX-License-Identifier: Apache-2.0 */
/* What the two kinds of USB probes have in common: from a name to an open one, and what to say. */
#include "probe/drivers/cmsis_dap/transports/usb.h"

#include <stdio.h>
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

static dapper_status fail_unknown(const char *unique_id)
{
	return dapper_fail(DAPPER_ERR_NO_PROBE, "no CMSIS-DAP probe is named '%s'", unique_id);
}

dapper_status cmsis_dap_usb_open(
	dapper_context *context, const char *unique_id, struct cmsis_dap_transport *transport)
{
	dapper_status status = DAPPER_OK;
	struct usb_probes probes;
	size_t i = 0;

	TRY(usb_probes_find("/sys", &probes));
	while (i < probes.count && strcmp(probes.items[i].unique_id, unique_id) != 0)
		i++;
	if (i == probes.count)
		status = fail_unknown(unique_id);
	else if (probes.items[i].kind == USB_BULK)
		status = usb_bulk_open(context, &probes.items[i], transport);
	else
		status = usb_hid_open(context, &probes.items[i], transport);
	if (status == DAPPER_OK) {
		transport->usb_vendor_id = probes.items[i].vendor_id;
		transport->usb_product_id = probes.items[i].product_id;
		snprintf(transport->usb_product, sizeof(transport->usb_product), "%s",
			probes.items[i].product);
	}
	usb_probes_finish(&probes);
	return status;
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
