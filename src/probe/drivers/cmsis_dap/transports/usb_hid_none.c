/* SPDX-License-Identifier: Apache-2.0 */
/* Built without hidapi. */
#include "probe/drivers/cmsis_dap/transports/usb.h"

dapper_status usb_hid_open(dapper_context *context, const struct usb_probe *probe,
	struct cmsis_dap_transport *transport)
{
	(void)context;
	(void)transport;
	return usb_fail_not_built(probe, "hidapi-hidraw");
}
