/* SPDX-License-Identifier: Apache-2.0 */
#include "mock_sysfs.h"

#include <string.h>

#include <glib.h>

#include "base/bytes.h"

/* Reports of so many bytes in both directions, on a vendor's usage page. */
const uint8_t mock_report_descriptor[MOCK_REPORT_DESCRIPTOR_SIZE] = { 0x06, 0x00, 0xff, 0x09, 0x01,
	0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, MOCK_HID_REPORT, 0x09, 0x01,
	0x81, 0x02, 0x95, MOCK_HID_REPORT, 0x09, 0x01, 0x91, 0x02, 0xc0 };

/* USB 2.0, 9.6: device, configuration, interfaces with their endpoints. */
static size_t write_descriptors(const struct mock_options *options, uint8_t *bytes)
{
	uint8_t interfaces = (uint8_t)(options->v1 + options->v2);
	uint8_t device[] = { 18, 1, 0x00, 0x02, 0, 0, 0, 64, 0, 0, 0, 0, 0, 1, 1, 2, 3, 1 };
	uint8_t config[] = { 9, 2, 0, 0, interfaces, 1, 0, 0x80, 250 };
	uint8_t hid[] = { 9, 4, 0, 0, 2, 3, 0, 0, 4, 9, 0x21, 0x11, 1, 0, 1, 0x22,
		MOCK_REPORT_DESCRIPTOR_SIZE, 0, 7, 5, 0x83, 3, 64, 0, 1, 7, 5, 0x03, 3, 64, 0, 1 };
	uint8_t bulk[] = { 9, 4, options->v1, 0, 3, 0xff, 0, 0, 5, 7, 5, MOCK_EP_OUT, 2, 0, 0, 0, 7,
		5, MOCK_EP_IN, 2, 0, 0, 0, 7, 5, 0x82, 2, 0, 0, 0 };
	size_t size = sizeof(device);

	put_le16(device + 8, options->vendor_id);
	put_le16(device + 10, options->product_id);
	for (size_t at = 13; at < sizeof(bulk); at += 7)
		put_le16(bulk + at, (uint16_t)options->endpoint);
	memcpy(bytes, device, sizeof(device));
	size += sizeof(config);
	if (options->v1) {
		memcpy(bytes + size, hid, sizeof(hid));
		size += sizeof(hid);
	}
	if (options->v2) {
		memcpy(bytes + size, bulk, sizeof(bulk));
		size += sizeof(bulk);
	}
	put_le16(config + 2, (uint16_t)(size - sizeof(device)));
	memcpy(bytes + sizeof(device), config, sizeof(config));
	return size;
}

static void add_hex(GString *text, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		g_string_append_printf(text, "%02X", bytes[i]);
}

static void add_device(GString *text, const struct mock_options *options)
{
	uint8_t descriptors[128];

	g_string_append_printf(text,
		"P: /devices/usb1/%s\nN: bus/usb/001/%03u\nE: SUBSYSTEM=usb\nE: "
		"DEVTYPE=usb_device\n"
		"E: DEVNAME=/dev/bus/usb/001/%03u\nE: BUSNUM=001\nE: DEVNUM=%03u\n"
		"A: idVendor=%04x\\n\nA: idProduct=%04x\\n\nA: busnum=1\\n\nA: devnum=%u\\n\n"
		"A: speed=%s\\n\nA: bConfigurationValue=1\\n\nA: bNumConfigurations=1\\n\n"
		"A: manufacturer=dapper\\n\nA: product=%s\\n\n",
		options->port, options->address, options->address, options->address,
		options->vendor_id, options->product_id, options->address,
		options->endpoint > 64 ? "480" : "12", options->product);
	if (options->serial)
		g_string_append_printf(text, "A: serial=%s\\n\n", options->serial);
	g_string_append(text, "H: descriptors=");
	add_hex(text, descriptors, write_descriptors(options, descriptors));
	g_string_append(text, "\n\n");
}

static void add_interface(GString *text, const struct mock_options *options, bool v2)
{
	g_string_append_printf(text,
		"P: /devices/usb1/%s/%s:1.%u\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
		"A: bInterfaceNumber=%02x\\n\nA: bInterfaceClass=%s\\n\nA: bNumEndpoints=%s\\n\n"
		"A: interface=%s\\n\n\n",
		options->port, options->port, v2 && options->v1, v2 && options->v1,
		v2 ? "ff" : "03", v2 ? "03" : "02", v2 ? "CMSIS-DAP v2" : "HID");
}

static void add_hidraw(GString *text, const struct mock_options *options)
{
	g_string_append_printf(text,
		"P: /devices/usb1/%s/%s:1.0/0003:%04X:%04X.%04X\nE: SUBSYSTEM=hid\n"
		"E: HID_ID=0003:0000%04X:0000%04X\nE: HID_NAME=%s\nH: report_descriptor=",
		options->port, options->port, options->vendor_id, options->product_id,
		options->address, options->vendor_id, options->product_id, options->product);
	add_hex(text, mock_report_descriptor, MOCK_REPORT_DESCRIPTOR_SIZE);
	g_string_append_printf(text,
		"\n\nP: /devices/usb1/%s/%s:1.0/0003:%04X:%04X.%04X/hidraw/hidraw%u\nN: hidraw%u\n"
		"E: SUBSYSTEM=hidraw\nE: DEVNAME=/dev/hidraw%u\nE: MAJOR=246\nE: MINOR=%u\n"
		"L: device=../../../0003:%04X:%04X.%04X\n\n",
		options->port, options->port, options->vendor_id, options->product_id,
		options->address, options->address, options->address, options->address,
		options->address, options->vendor_id, options->product_id, options->address);
}

char *mock_sysfs_describe(const struct mock_options *options)
{
	GString *text = g_string_new("");

	add_device(text, options);
	if (options->v1)
		add_interface(text, options, false);
	if (options->v2)
		add_interface(text, options, true);
	if (options->v1)
		add_hidraw(text, options);
	return g_string_free(text, FALSE);
}
