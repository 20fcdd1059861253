/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which probes are plugged in. Linux keeps what it once read from each device in sysfs, texts of
 * interfaces too (Documentation/ABI/testing/sysfs-bus-usb and stable/sysfs-bus-usb of the kernel):
 *
 *   /sys/bus/usb/devices/1-1.4/{idVendor,idProduct,serial,product,manufacturer,busnum,devnum}
 *   /sys/bus/usb/devices/1-1.4:1.0/{bInterfaceClass,bInterfaceNumber,bNumEndpoints,interface}
 *   /sys/bus/usb/devices/1-1.4:1.0/0003:0D28:0204.0001/{report_descriptor,hidraw/hidraw0}
 *
 * So nothing is opened, which would wake up devices, disturb those of other programs, and need a
 * permission that one gets by knowing what is there.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/transports/quirks.h"
#include "probe/drivers/cmsis_dap/transports/usb.h"

enum {
	CLASS_HID = 0x03,
	CLASS_VENDOR = 0xff,
	USAGE_PAGE_VENDOR = 0xff00, /* HID Usage Tables 1.3, section 3: from here on */
	REPORT_DESCRIPTOR_MAX = 4096,
	DEVICES_MAX = 1024,
	INTERFACES_MAX = 64
};

/* ---- small files ---- */

static size_t read_bytes(const char *folder, const char *name, void *bytes, size_t capacity)
{
	char path[USB_PATH_SIZE];
	size_t size = 0;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return 0;
	file = fopen(path, "rbe");
	if (!file)
		return 0;
	size = fread(bytes, 1, capacity, file);
	fclose(file);
	return size;
}

/* A device's text is printed on terminals: what is not printable becomes '?', ends are trimmed. */
static void read_text(const char *folder, const char *name, char text[USB_TEXT_SIZE])
{
	size_t size = read_bytes(folder, name, text, USB_TEXT_SIZE - 1);
	size_t start = 0;

	while (size > 0 && isspace((unsigned char)text[size - 1]))
		size--;
	while (start < size && isspace((unsigned char)text[start]))
		start++;
	memmove(text, text + start, size - start);
	size -= start;
	text[size] = '\0';
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
}

/* @return false when it is not there, or no number up to @p most. */
static bool read_number(
	const char *folder, const char *name, int base, unsigned most, unsigned *number)
{
	char text[USB_TEXT_SIZE];
	unsigned long value;
	char *end;

	read_text(folder, name, text);
	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoul(text, &end, base);
	if (*end || errno || value > most)
		return false;
	*number = (unsigned)value;
	return true;
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

/* Names in a folder that pass, sorted; none when it is not there. */
static dapper_status list_folder(const char *path,
	bool (*passes)(const char *name, const char *with), const char *with, size_t most,
	char ***names, size_t *count)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	size_t capacity = 0;

	*names = NULL;
	*count = 0;
	while (folder && *count < most && (entry = readdir(folder))) {
		char **grown;

		if (!passes(entry->d_name, with))
			continue;
		grown = xgrow(*names, *count, &capacity, sizeof(*grown));
		if (grown)
			*names = grown;
		if (!grown || !(grown[*count] = xstrdup(entry->d_name))) {
			closedir(folder);
			free_names(*names, *count);
			FAIL_NO_MEMORY("the USB devices");
			return DAPPER_ERR_NO_MEMORY;
		}
		++*count;
	}
	if (folder)
		closedir(folder);
	if (*count > 0)
		qsort(*names, *count, sizeof(**names), compare_names);
	return DAPPER_OK;
}

/* "1-1.4": neither a root hub, "usb1", nor an interface, "1-1.4:1.0". */
static bool is_device(const char *name, const char *with)
{
	(void)with;
	return isdigit((unsigned char)name[0]) && strchr(name, '-') && !strchr(name, ':');
}

static bool is_interface_of(const char *name, const char *device)
{
	size_t length = strlen(device);

	return strncmp(name, device, length) == 0 && name[length] == ':';
}

static bool has_colon(const char *name)
{
	return strchr(name, ':') != NULL;
}

static bool is_hidraw(const char *name)
{
	return strncmp(name, "hidraw", 6) == 0 && isdigit((unsigned char)name[6]);
}

/* The first name in a folder that passes. @return false: there is none. */
static bool find_first(const char *path, bool (*passes)(const char *), char text[USB_TEXT_SIZE])
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	text[0] = '\0';
	while (folder && (entry = readdir(folder)))
		if (passes(entry->d_name) && strlen(entry->d_name) < USB_TEXT_SIZE &&
			(!text[0] || strcmp(entry->d_name, text) < 0))
			memcpy(text, entry->d_name, strlen(entry->d_name) + 1);
	if (folder)
		closedir(folder);
	return text[0] != '\0';
}

/* ---- interfaces ---- */

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

static bool says_cmsis_dap(const char *text)
{
	return contains_folded(text, "CMSIS-DAP") || contains_folded(text, "CMSIS_DAP");
}

/* Where the report's sizes are and its node; without a node nobody has bound it, and none can. */
static bool read_hid(const char *folder, struct usb_probe *probe)
{
	uint8_t descriptor[REPORT_DESCRIPTOR_MAX];
	char path[USB_PATH_SIZE], name[USB_TEXT_SIZE];
	struct hid_reports reports;
	size_t size;

	if (!find_first(folder, has_colon, name))
		return false;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	size = read_bytes(path, "report_descriptor", descriptor, sizeof(descriptor));
	if (hid_reports_parse(descriptor, size, &reports)) {
		probe->vendor_page = reports.usage_page >= USAGE_PAGE_VENDOR;
		probe->report_in = reports.in_size;
		probe->report_out = reports.out_size;
	}
	snprintf(path, sizeof(path), "%s/%s/hidraw", folder, name);
	if (!find_first(path, is_hidraw, name))
		return false;
	snprintf(probe->node, sizeof(probe->node), "/dev/%.100s", name);
	return true;
}

/*
 * How likely an interface is the one: 0 not at all. One that says so itself wins over one of a
 * device that does; v2 wins over v1.
 */
static unsigned rate_interface(
	const char *folder, const struct usb_probe *device, struct usb_probe *probe)
{
	bool named =
		says_cmsis_dap(device->product) || contains_folded(device->product, "WCH-Link");
	bool known = quirks_is_known_hid(device->vendor_id, device->product_id);
	unsigned class, number, endpoints = 0;
	char text[USB_TEXT_SIZE];

	*probe = *device;
	if (!read_number(folder, "bInterfaceClass", 16, UINT8_MAX, &class) ||
		!read_number(folder, "bInterfaceNumber", 16, UINT8_MAX, &number))
		return 0;
	read_text(folder, "interface", text);
	read_number(folder, "bNumEndpoints", 16, UINT8_MAX, &endpoints);
	probe->interface = (uint8_t)number;
	if (class == CLASS_VENDOR && endpoints >= 2 && says_cmsis_dap(text)) {
		probe->kind = USB_BULK;
		snprintf(probe->node, sizeof(probe->node), "/dev/bus/usb/%03u/%03u", probe->bus,
			probe->address);
		return 4;
	}
	if (class != CLASS_HID || !(named || known || says_cmsis_dap(text)) ||
		!read_hid(folder, probe))
		return 0;
	probe->kind = USB_HID;
	if (quirks_needs_vendor_page(probe->vendor_id, probe->product_id) && !probe->vendor_page)
		return 0;
	if (says_cmsis_dap(text))
		return 3;
	return probe->vendor_page ? 2 : 1;
}

/* ---- devices ---- */

static bool read_device(const char *folder, const char *port, struct usb_probe *device)
{
	unsigned vendor, product, bus, address;

	*device = (struct usb_probe){ .kind = USB_HID };
	if (!read_number(folder, "idVendor", 16, UINT16_MAX, &vendor) ||
		!read_number(folder, "idProduct", 16, UINT16_MAX, &product) ||
		!read_number(folder, "busnum", 10, UINT8_MAX, &bus) ||
		!read_number(folder, "devnum", 10, UINT8_MAX, &address))
		return false;
	device->vendor_id = (uint16_t)vendor;
	device->product_id = (uint16_t)product;
	device->bus = (uint8_t)bus;
	device->address = (uint8_t)address;
	snprintf(device->port, sizeof(device->port), "%s", port);
	read_text(folder, "serial", device->serial);
	read_text(folder, "manufacturer", device->vendor);
	read_text(folder, "product", device->product);
	return true;
}

/* A serial number as one word; without one, the place it is plugged into, which is as lasting. */
static void name_probe(struct usb_probe *probe)
{
	if (probe->serial[0])
		snprintf(probe->unique_id, sizeof(probe->unique_id), "%s", probe->serial);
	else
		snprintf(probe->unique_id, sizeof(probe->unique_id), "usb-%04x-%04x-%s",
			probe->vendor_id, probe->product_id, probe->port);
	for (char *c = probe->unique_id; *c; c++)
		if (*c == ' ' || *c == ':')
			*c = '_';
}

static dapper_status add_probe(struct usb_probes *probes, const struct usb_probe *probe)
{
	struct usb_probe *items =
		xgrow(probes->items, probes->count, &probes->capacity, sizeof(*items));

	if (!items)
		return FAIL_NO_MEMORY("the list of probes");
	probes->items = items;
	items[probes->count++] = *probe;
	name_probe(&items[probes->count - 1]);
	return DAPPER_OK;
}

static dapper_status add_device(struct usb_probes *probes, const char *devices, const char *port)
{
	struct usb_probe device, best = { .kind = USB_HID }, probe;
	char path[USB_PATH_SIZE];
	unsigned best_rate = 0;
	char **names;
	size_t count;

	if (snprintf(path, sizeof(path), "%s/%s", devices, port) >= (int)sizeof(path) ||
		!read_device(path, port, &device))
		return DAPPER_OK;
	TRY(list_folder(path, is_interface_of, port, INTERFACES_MAX, &names, &count));
	for (size_t i = 0; i < count; i++) {
		unsigned rate = 0;

		if (snprintf(path, sizeof(path), "%s/%s/%s", devices, port, names[i]) <
			(int)sizeof(path))
			rate = rate_interface(path, &device, &probe);
		if (rate > best_rate) {
			best_rate = rate;
			best = probe;
		}
	}
	free_names(names, count);
	return best_rate > 0 ? add_probe(probes, &best) : DAPPER_OK;
}

/* Clones come with the same serial number: then the place tells them apart. */
static void tell_apart(struct usb_probes *probes)
{
	for (size_t i = 0; i < probes->count; i++) {
		struct usb_probe *probe = &probes->items[i];
		bool shared = false;

		for (size_t k = 0; k < probes->count; k++) {
			const struct usb_probe *other = &probes->items[k];

			if (k != i && strcmp(other->serial, probe->serial) == 0)
				shared = probe->serial[0] != '\0';
		}
		if (shared) {
			size_t used = strlen(probe->unique_id);

			snprintf(probe->unique_id + used, sizeof(probe->unique_id) - used, "@%s",
				probe->port);
		}
	}
}

dapper_status usb_probes_find(const char *sysfs, struct usb_probes *probes)
{
	dapper_status status = DAPPER_OK;
	char path[USB_PATH_SIZE];
	char **names;
	size_t count;

	*probes = (struct usb_probes){ .items = NULL };
	snprintf(path, sizeof(path), "%s/bus/usb/devices", sysfs);
	TRY(list_folder(path, is_device, NULL, DEVICES_MAX, &names, &count));
	for (size_t i = 0; i < count && status == DAPPER_OK; i++)
		status = add_device(probes, path, names[i]);
	free_names(names, count);
	if (status != DAPPER_OK)
		usb_probes_finish(probes);
	else
		tell_apart(probes);
	return status;
}

void usb_probes_finish(struct usb_probes *probes)
{
	free(probes->items);
	*probes = (struct usb_probes){ .items = NULL };
}
