/* SPDX-License-Identifier: Apache-2.0 */
/* Probes as sysfs shows them, in a folder made up like it; sizes of reports; the table of quirks. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "probe/drivers/cmsis_dap/transports/quirks.h"
#include "probe/drivers/cmsis_dap/transports/usb.h"
#include "support/folder.h"
#include "support/test.h"

enum { DEVICES_MAX = 4, INTERFACES_MAX = 4 };

/* From a DAPLink: reports of 64 bytes in both directions. */
static const uint8_t vendor_reports[] = { 0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00,
	0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09, 0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x01,
	0x91, 0x02, 0xc0 };
/* The boot keyboard of HID 1.11, appendix B.1, up to its output report. */
static const uint8_t keyboard_reports[] = { 0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19,
	0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01,
	0x75, 0x08, 0x81, 0x01, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91,
	0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65,
	0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0 };

struct interface {
	const char *class;
	const char *text; /* NULL: none */
	bool keyboard;
};

struct device {
	const char *port;
	const char *ids; /* "0d28:0204" */
	const char *product;
	const char *serial;
	struct interface interfaces[INTERFACES_MAX];
};

static void write_text(const char *sysfs, const char *folder, const char *name, const char *text)
{
	char path[512], line[256];

	if (!text)
		return;
	snprintf(path, sizeof(path), "bus/usb/devices/%s/%s", folder, name);
	snprintf(line, sizeof(line), "%s\n", text);
	folder_write(sysfs, path, line, strlen(line));
}

static void write_hid(const char *sysfs, const char *folder, bool keyboard, int number)
{
	const uint8_t *bytes = keyboard ? keyboard_reports : vendor_reports;
	size_t size = keyboard ? sizeof(keyboard_reports) : sizeof(vendor_reports);
	char path[512];

	snprintf(path, sizeof(path), "bus/usb/devices/%s/0003:1:2.%d/report_descriptor", folder,
		number);
	folder_write(sysfs, path, bytes, size);
	snprintf(path, sizeof(path), "bus/usb/devices/%s/0003:1:2.%d/hidraw/hidraw%d/dev", folder,
		number, number);
	folder_write(sysfs, path, "", 0);
}

static void write_device(const char *sysfs, const struct device *device, int number)
{
	char text[16], folder[64];

	snprintf(text, sizeof(text), "%.4s", device->ids);
	write_text(sysfs, device->port, "idVendor", text);
	write_text(sysfs, device->port, "idProduct", device->ids + 5);
	write_text(sysfs, device->port, "busnum", "1");
	snprintf(text, sizeof(text), "%d", number + 2);
	write_text(sysfs, device->port, "devnum", text);
	write_text(sysfs, device->port, "manufacturer", "Maker");
	write_text(sysfs, device->port, "product", device->product);
	write_text(sysfs, device->port, "serial", device->serial);
	for (int i = 0; i < INTERFACES_MAX && device->interfaces[i].class; i++) {
		const struct interface *interface = &device->interfaces[i];

		snprintf(folder, sizeof(folder), "%s/%s:1.%d", device->port, device->port, i);
		snprintf(text, sizeof(text), "%02x", (unsigned)i);
		write_text(sysfs, folder, "bInterfaceNumber", text);
		write_text(sysfs, folder, "bInterfaceClass", interface->class);
		write_text(sysfs, folder, "bNumEndpoints", "02");
		write_text(sysfs, folder, "interface", interface->text);
		if (strcmp(interface->class, "03") == 0)
			write_hid(sysfs, folder, interface->keyboard, 10 * number + i);
	}
}

static const struct find_row {
	const char *what;
	struct device devices[DEVICES_MAX];
	/* A line a probe: unique ID, v and number, interface, node. */
	const char *expected;
} finds[] = {
	{ "nothing is plugged in", { { .port = NULL } }, "" },
	{ "a mouse is none", { { "1-1", "046d:c077", "Mouse", "1", { { "03", NULL, true } } } },
		"" },
	{ "v2 by its interface's text",
		{ { "1-1", "1209:0001", "Something", "AB12",
			{ { "ff", "My CMSIS-DAP v2", false } } } },
		"AB12 v2 0 /dev/bus/usb/001/002\n" },
	{ "a vendor's interface of a CMSIS-DAP product need not be v2",
		{ { "1-1", "1209:0001", "CMSIS-DAP", "AB12", { { "ff", "Trace", false } } } }, "" },
	{ "v1 by the product's text",
		{ { "1-1", "1209:0001", "My cmsis-dap", "AB12", { { "03", NULL, false } } } },
		"AB12 v1 0 /dev/hidraw0\n" },
	{ "v1 by its IDs",
		{ { "1-1", "0d28:0204", "BBC micro:bit", "9904",
			{ { "08", NULL, false }, { "03", NULL, false } } } },
		"9904 v1 1 /dev/hidraw1\n" },
	{ "v2 wins over v1 of the same device",
		{ { "1-1", "0d28:0204", "DAPLink CMSIS-DAP", "9905",
			{ { "03", "CMSIS-DAP v1", false }, { "02", NULL, false },
				{ "ff", "CMSIS-DAP v2", false } } } },
		"9905 v2 2 /dev/bus/usb/001/002\n" },
	{ "of several HID interfaces the one that says so",
		{ { "1-1", "1209:0001", "CMSIS-DAP", "1",
			{ { "03", "UART", false }, { "03", "CMSIS-DAP", false } } } },
		"1 v1 1 /dev/hidraw1\n" },
	{ "else the one with a vendor's usage page",
		{ { "1-1", "1209:0001", "CMSIS-DAP", "1",
			{ { "03", NULL, true }, { "03", NULL, false } } } },
		"1 v1 1 /dev/hidraw1\n" },
	{ "a KitProg3 needs a vendor's usage page",
		{ { "1-1", "04b4:f155", "KitProg3 CMSIS-DAP", "1", { { "03", NULL, true } } } },
		"" },
	{ "no serial number: the place is its name",
		{ { "1-1.4", "1209:0001", "CMSIS-DAP", NULL, { { "03", NULL, false } } } },
		"usb-1209-0001-1-1.4 v1 0 /dev/hidraw0\n" },
	{ "an empty serial number is none",
		{ { "1-2", "1209:0001", "CMSIS-DAP", "  ", { { "03", NULL, false } } } },
		"usb-1209-0001-1-2 v1 0 /dev/hidraw0\n" },
	{ "clones of one serial number are told apart",
		{ { "1-1", "1209:0001", "CMSIS-DAP", "0123", { { "03", NULL, false } } },
			{ "1-2", "1209:0001", "CMSIS-DAP", "0123", { { "03", NULL, false } } },
			{ "1-3", "1209:0001", "CMSIS-DAP", "0124", { { "03", NULL, false } } } },
		"0123@1-1 v1 0 /dev/hidraw0\n0123@1-2 v1 0 /dev/hidraw10\n"
		"0124 v1 0 /dev/hidraw20\n" },
	{ "a name is one word and printable",
		{ { "1-1", "1209:0001", "CMSIS-DAP", "a b:c\033[2J", { { "03", NULL, false } } } },
		"a_b_c?[2J v1 0 /dev/hidraw0\n" },
	{ "nonsense in sysfs is no probe",
		{ { "1-1", "zzzz:0001", "CMSIS-DAP", "1", { { "03", NULL, false } } } }, "" },
};

static void usb_probes_find__finds(void **state)
{
	const struct find_row *row = *state;
	char *sysfs = folder_new();
	struct usb_probes probes;
	char text[1024] = "";

	for (int i = 0; i < DEVICES_MAX && row->devices[i].port; i++)
		write_device(sysfs, &row->devices[i], i);
	assert_ok(usb_probes_find(sysfs, &probes));
	for (size_t i = 0; i < probes.count; i++) {
		const struct usb_probe *probe = &probes.items[i];
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s v%d %u %s\n", probe->unique_id,
			probe->kind == USB_BULK ? 2 : 1, probe->interface, probe->node);
	}
	assert_string_equal(text, row->expected);
	usb_probes_finish(&probes);
	folder_remove(sysfs);
}

static void usb_probes_find__survives_lack_of_memory(void **state)
{
	const struct device device = finds[6].devices[0];
	char *sysfs = folder_new();
	struct usb_probes probes;
	dapper_status status = DAPPER_ERR_NO_MEMORY;

	(void)state;
	write_device(sysfs, &device, 0);
	for (uint64_t n = 1; n < 100 && status != DAPPER_OK; n++) {
		alloc_fail_at(n);
		status = usb_probes_find(sysfs, &probes);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
	}
	assert_int_equal(probes.count, 1);
	usb_probes_finish(&probes);
	folder_remove(sysfs);
}

#define LONG(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })

static const struct report_row {
	const char *what;
	const uint8_t *bytes;
	size_t size;
	bool valid;
	unsigned page, in, out;
} reports[] = {
	{ "a DAPLink", vendor_reports, sizeof(vendor_reports), true, 0xff00, 64, 64 },
	{ "a keyboard", keyboard_reports, sizeof(keyboard_reports), true, 1, 8, 1 },
	{ "a count of two bytes: an EDBG of 512",
		LONG(0x06, 0x00, 0xff, 0xa1, 0x01, 0x75, 0x08, 0x96, 0x00, 0x02, 0x81, 0x02, 0x91,
			0x02, 0xc0),
		true, 0xff00, 512, 512 },
	{ "a long item is passed over",
		LONG(0xfe, 0x02, 0x10, 0x81, 0x91, 0x05, 0x01, 0xa1, 0x01, 0xc0), true, 1, 0, 0 },
	{ "cut within an item", LONG(0x06, 0x00), false, 0, 0, 0 },
	{ "a long item that is cut", LONG(0xa1, 0x01, 0xfe, 0xff, 0x10), false, 0, 0, 0 },
	{ "a long item without its length", LONG(0xa1, 0x01, 0xfe), false, 0, 0, 0 },
	{ "nothing", NULL, 0, false, 0, 0, 0 },
	{ "no report is that long",
		LONG(0xa1, 0x01, 0x77, 0xff, 0xff, 0xff, 0xff, 0x97, 0xff, 0xff, 0xff, 0xff, 0x81,
			0x02),
		true, 0, 0, 0 },
};

static void hid_reports_parse__reads(void **state)
{
	const struct report_row *row = *state;
	struct hid_reports found;

	assert_int_equal(hid_reports_parse(row->bytes, row->size, &found), row->valid);
	if (!row->valid)
		return;
	assert_int_equal(found.usage_page, row->page);
	assert_int_equal(found.in_size, row->in);
	assert_int_equal(found.out_size, row->out);
}

static const struct quirk_row {
	const char *what;
	unsigned vendor, product;
	const char *firmware, *name;
	unsigned packets;
} quirk_rows[] = {
	{ "an XDS110 of that firmware", 0x0451, 0xbef3, "03.00.00.25", "XDS110", 1 },
	{ "an XDS110 that says so in its name", 0x0451, 0xbef3, "",
		"XDS110 (03.00.00.25) Embed with CMSIS-DAP", 1 },
	{ "another XDS110", 0x0451, 0xbef3, "03.00.00.26", "XDS110", 0 },
	{ "an old picoprobe", 0x2e8a, 0x000c, "2.0.0", "Picoprobe CMSIS-DAP", 1 },
	{ "a debug probe", 0x2e8a, 0x000c, "2.0.0", "Debug Probe (CMSIS-DAP)", 0 },
	{ "not on USB", 0, 0, "03.00.00.25", "", 0 },
};

static void quirks__limit_packets(void **state)
{
	const struct quirk_row *row = *state;
	struct cmsis_dap_limits limits = quirks_find_limits(
		(uint16_t)row->vendor, (uint16_t)row->product, row->firmware, row->name);

	assert_int_equal(limits.packet_count, row->packets);
	assert_int_equal(limits.why != NULL, row->packets > 0);
}

/* Every probe that is known by its IDs must also be in the udev rules. */
static void quirks__are_in_the_udev_rules(void **state)
{
	FILE *file = fopen(test_source_path("udev/60-dapper.rules"), "r");
	static char rules[16384];
	uint16_t vendor, product;
	size_t i = 0;

	(void)state;
	assert_non_null(file);
	rules[fread(rules, 1, sizeof(rules) - 1, file)] = '\0';
	fclose(file);
	for (; quirks_get_known(i, &vendor, &product); i++) {
		char line[80];

		snprintf(line, sizeof(line),
			"ATTRS{idVendor}==\"%04x\", ATTRS{idProduct}==\"%04x\"", vendor, product);
		if (!strstr(rules, line))
			fail_msg("the udev rules lack %s", line);
	}
	assert_true(i > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usb_probes_find__survives_lack_of_memory),
		cmocka_unit_test(quirks__are_in_the_udev_rules),
	};
	const struct test_table tables[] = {
		TEST_TABLE(usb_probes_find__finds, finds),
		TEST_TABLE(hid_reports_parse__reads, reports),
		TEST_TABLE(quirks__limit_packets, quirk_rows),
	};

	return test_run_tables(
		"usb_enumerate", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
