/* SPDX-License-Identifier: Apache-2.0 */
/* A HID report descriptor of a hostile device. */
#include <stdlib.h>

#include "probe/drivers/cmsis_dap/transports/usb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hid_reports first, again;

	if (!hid_reports_parse(data, size, &first))
		return 0;
	/* Whatever it says is said again, and nothing is said by less than an item. */
	if (size < 1 || !hid_reports_parse(data, size, &again) || first.in_size != again.in_size ||
		first.out_size != again.out_size || first.usage_page != again.usage_page)
		abort();
	return 0;
}
