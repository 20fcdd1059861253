/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_TRANSPORTS_USB_H
#define CMSIS_DAP_TRANSPORTS_USB_H

/**
 * @file
 * CMSIS-DAP probes on USB: which there are, by what Linux says of them in sysfs, and the two ways
 * to talk to one. Nothing is opened to find them, neither ours nor others'.
 */
#include "probe/drivers/cmsis_dap/transport.h"

enum { USB_TEXT_SIZE = 128, USB_PATH_SIZE = 512 };

enum usb_kind {
	USB_HID, /**< CMSIS-DAP v1: reports of a fixed size. */
	USB_BULK /**< CMSIS-DAP v2: bulk endpoints; preferred. */
};

/** A probe as found. Texts are printable. */
struct usb_probe {
	enum usb_kind kind;
	uint16_t vendor_id;
	uint16_t product_id;
	uint8_t bus;
	uint8_t address;    /**< On the bus; another one after each plugging in. */
	uint8_t interface;  /**< bInterfaceNumber. */
	bool vendor_page;   /**< HID: its usage page is one of those for vendors. */
	uint16_t report_in; /**< HID: bytes of a report, without its ID. 0: not known. */
	uint16_t report_out;
	char port[USB_TEXT_SIZE];   /**< "1-1.4": where it is plugged in. */
	char serial[USB_TEXT_SIZE]; /**< Or "". */
	char vendor[USB_TEXT_SIZE];
	char product[USB_TEXT_SIZE];
	char unique_id[2 * USB_TEXT_SIZE]; /**< The serial number, or made from where it is. */
	char node[USB_TEXT_SIZE];          /**< "/dev/bus/usb/001/002", "/dev/hidraw0". */
};

struct usb_probes {
	struct usb_probe *items;
	size_t count;
	size_t capacity;
};

/**
 * Find the probes that are plugged in, one for each device, in the order of their ports. No USB at
 * all is an empty list.
 *
 * @param sysfs  "/sys".
 * @param[out] probes  End with usb_probes_finish().
 */
dapper_status usb_probes_find(const char *sysfs, struct usb_probes *probes);
void usb_probes_finish(struct usb_probes *probes);

/** Its sizes and usage page, as bytes of a HID report descriptor say. */
struct hid_reports {
	uint16_t usage_page; /**< Of the first collection. */
	uint16_t in_size;
	uint16_t out_size;
};

/** @return false: not a descriptor; nothing in @p reports means anything. */
bool hid_reports_parse(const uint8_t *bytes, size_t size, struct hid_reports *reports);

/** May this process open the probe's node? Asked without opening it. */
bool usb_probe_may_open(const struct usb_probe *probe);

/** One line for `dapper list`. */
void usb_probe_describe(const struct usb_probe *probe, char *text, size_t size);

/** DAPPER_ERR_PROBE_IO that names the node, and in its hint the missing udev rule. */
dapper_status usb_fail_access(const struct usb_probe *probe);
/** DAPPER_ERR_PROBE_GONE. */
dapper_status usb_fail_gone(const char *unique_id, const char *why);
/** DAPPER_ERR_UNSUPPORTED: built without the library for this kind of probe. */
dapper_status usb_fail_not_built(const struct usb_probe *probe, const char *library);

/** Open what was found. */
dapper_status usb_bulk_open(dapper_context *context, const struct usb_probe *probe,
	struct cmsis_dap_transport *transport);
dapper_status usb_hid_open(dapper_context *context, const struct usb_probe *probe,
	struct cmsis_dap_transport *transport);

#endif /* CMSIS_DAP_TRANSPORTS_USB_H */
