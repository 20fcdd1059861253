/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_DESCRIPTORS_H
#define VBOARD_USB_DESCRIPTORS_H

/**
 * @file
 * What the virtual probe says of itself on USB: a composite device of CMSIS-DAP interfaces (v2:
 * vendor class, bulk endpoints; v1: HID) and a serial port (CDC-ACM). Built once, as bytes.
 * CMSIS-DAP 2.1.1, "USB configuration": the order of the bulk endpoints, and what the interface's
 * text must hold.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/vboard.h>

/* Endpoint addresses; bit 7: to the host. */
enum {
	VUSB_V2_OUT = 0x01,
	VUSB_V2_IN = 0x81,
	VUSB_SWO_IN = 0x82,
	VUSB_V1_OUT = 0x03,
	VUSB_V1_IN = 0x83,
	VUSB_SERIAL_NOTIFY = 0x84,
	VUSB_SERIAL_OUT = 0x05,
	VUSB_SERIAL_IN = 0x85
};

/* Vendor request by which Windows asks for its descriptors. */
enum { VUSB_MSOS_VENDOR_CODE = 0x20 };

enum { VUSB_TEXT_MAX = 126 }; /* UTF-16 units in a string descriptor */

struct vusb_identity {
	dapper_vboard_usb kind;
	bool high_speed;
	uint16_t packet_size; /* of CMSIS-DAP: a bulk packet, a HID report */
	const char *serial;   /* outlives this */
};

struct vusb_bytes {
	uint8_t bytes[256];
	size_t size;
};

struct vusb_descriptors {
	struct vusb_identity identity;
	struct vusb_bytes device, qualifier, configuration, report, bos, msos;
	/* Interface numbers; -1: not there. */
	int v2_interface, v1_interface, serial_interface;
};

void vusb_describe(struct vusb_descriptors *descriptors, const struct vusb_identity *identity);

/**
 * GET_DESCRIPTOR.
 *
 * @param value  wValue: type and index.
 * @param bytes  Must hold 256 bytes.
 * @return Bytes of it; 0: no such descriptor.
 */
size_t vusb_get_descriptor(
	const struct vusb_descriptors *descriptors, uint16_t value, uint8_t *bytes);

/** Largest packet of an endpoint in bytes. */
uint16_t vusb_endpoint_size(const struct vusb_identity *identity, uint8_t address);

#endif /* VBOARD_USB_DESCRIPTORS_H */
