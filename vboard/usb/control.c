/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint 0: the requests of USB 2.0 chapter 9, HID, CDC-ACM and Windows, as a table. */
#include "vboard/usb/control.h"

#include <string.h>

#include "base/bytes.h"
#include "vboard/usb/usb_spec.h"

/* --- endpoints ------------------------------------------------------------------------------- */

static const struct endpoint {
	uint8_t address;
	int interface; /* offset in struct vusb_descriptors */
	size_t halted; /* offset in struct vusb_device; 0: cannot be */
} endpoints[] = {
	{ VUSB_V2_OUT, offsetof(struct vusb_descriptors, v2_interface),
		offsetof(struct vusb_device, v2.out_halted) },
	{ VUSB_V2_IN, offsetof(struct vusb_descriptors, v2_interface),
		offsetof(struct vusb_device, v2.in_halted) },
	{ VUSB_SWO_IN, offsetof(struct vusb_descriptors, v2_interface),
		offsetof(struct vusb_device, swo_halted) },
	{ VUSB_V1_OUT, offsetof(struct vusb_descriptors, v1_interface),
		offsetof(struct vusb_device, v1.out_halted) },
	{ VUSB_V1_IN, offsetof(struct vusb_descriptors, v1_interface),
		offsetof(struct vusb_device, v1.in_halted) },
	{ VUSB_SERIAL_NOTIFY, offsetof(struct vusb_descriptors, serial_interface), 0 },
	{ VUSB_SERIAL_OUT, offsetof(struct vusb_descriptors, serial_interface),
		offsetof(struct vusb_device, serial.out_halted) },
	{ VUSB_SERIAL_IN, offsetof(struct vusb_descriptors, serial_interface),
		offsetof(struct vusb_device, serial.in_halted) },
};

static const struct endpoint *find_endpoint(const struct vusb_device *device, uint16_t address)
{
	for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
		const char *descriptors = (const char *)&device->descriptors;
		int interface;

		if (endpoints[i].address != address)
			continue;
		memcpy(&interface, descriptors + endpoints[i].interface, sizeof(interface));
		return interface >= 0 ? &endpoints[i] : NULL;
	}
	return NULL;
}

bool vusb_has_endpoint(const struct vusb_device *device, uint8_t address)
{
	return find_endpoint(device, address);
}

static bool *halted_of(struct vusb_device *device, const struct endpoint *endpoint)
{
	return endpoint && endpoint->halted ? (bool *)((char *)device + endpoint->halted) : NULL;
}

/* --- standard requests ----------------------------------------------------------------------- */

typedef enum vusb_result (*handler)(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size);

static enum vusb_result accept_it(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)device;
	(void)setup;
	(void)data;
	*size = 0;
	return VUSB_DONE;
}

static enum vusb_result get_descriptor(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	*size = vusb_get_descriptor(&device->descriptors, setup->value, data);
	return *size ? VUSB_DONE : VUSB_STALL;
}

/* Only of the HID interface: its own descriptors. */
static enum vusb_result get_interface_descriptor(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	if (setup->index != device->descriptors.v1_interface || setup->value != USB_DT_HID_REPORT
											<< 8)
		return VUSB_STALL;
	return get_descriptor(device, setup, data, size);
}

/* Neither self-powered nor able to wake anybody up. */
static enum vusb_result get_status(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	const struct endpoint *endpoint = find_endpoint(device, setup->index);
	const bool *halted = halted_of(device, endpoint);

	if ((setup->type & 0x1f) == USB_RECIP_ENDPOINT && setup->index & 0x7f && !endpoint)
		return VUSB_STALL;
	put_le16(data, (setup->type & 0x1f) == USB_RECIP_ENDPOINT && halted && *halted);
	*size = 2;
	return VUSB_DONE;
}

static enum vusb_result change_halt(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	bool *halted = halted_of(device, find_endpoint(device, setup->index));

	(void)data;
	*size = 0;
	if (setup->value != USB_ENDPOINT_HALT || !halted)
		return VUSB_STALL;
	*halted = setup->request == USB_SET_FEATURE;
	return VUSB_DONE;
}

static enum vusb_result get_configuration(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)setup;
	data[0] = device->configuration;
	*size = 1;
	return VUSB_DONE;
}

static enum vusb_result set_configuration(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)data;
	*size = 0;
	if (setup->value > 1)
		return VUSB_STALL;
	vusb_device_reset(device);
	device->configuration = (uint8_t)setup->value;
	return VUSB_DONE;
}

/* No interface has alternate settings. */
static enum vusb_result get_interface(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)device;
	(void)setup;
	data[0] = 0;
	*size = 1;
	return VUSB_DONE;
}

static enum vusb_result set_interface(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)device;
	(void)data;
	*size = 0;
	return setup->value ? VUSB_STALL : VUSB_DONE;
}

/* --- classes and Windows --------------------------------------------------------------------- */

static enum vusb_result set_report(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	enum vusb_result result;

	*size = 0;
	if (setup->index != device->descriptors.v1_interface)
		return VUSB_STALL;
	result = vusb_take_report(device, data, setup->length);
	return result == VUSB_PENDING ? VUSB_STALL : result;
}

/* Reports come by the interrupt endpoint; asked for here there is an empty one. */
static enum vusb_result get_report(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	if (setup->index != device->descriptors.v1_interface)
		return VUSB_STALL;
	*size = setup->length < 256 ? setup->length : 256;
	memset(data, 0, *size);
	return VUSB_DONE;
}

static enum vusb_result set_idle(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	(void)data;
	*size = 0;
	return setup->index == device->descriptors.v1_interface ? VUSB_DONE : VUSB_STALL;
}

static enum vusb_result line_coding(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	uint8_t *coding = device->serial.line_coding;

	*size = 0;
	if (setup->index != device->descriptors.serial_interface)
		return VUSB_STALL;
	if (setup->request == CDC_GET_LINE_CODING) {
		*size = sizeof(device->serial.line_coding);
		memcpy(data, coding, *size);
	} else if (setup->length == sizeof(device->serial.line_coding)) {
		memcpy(coding, data, setup->length);
	} else {
		return VUSB_STALL;
	}
	return VUSB_DONE;
}

static enum vusb_result get_msos(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	const struct vusb_bytes *msos = &device->descriptors.msos;

	if (setup->index != MSOS20_DESCRIPTOR_INDEX || !msos->size)
		return VUSB_STALL;
	memcpy(data, msos->bytes, msos->size);
	*size = msos->size;
	return VUSB_DONE;
}

enum {
	/* NOLINTNEXTLINE(misc-redundant-expression): zeros, by their names */
	FROM_DEVICE = USB_DIR_IN | USB_TYPE_STANDARD | USB_RECIP_DEVICE,
	FROM_INTERFACE = USB_DIR_IN | USB_TYPE_STANDARD | USB_RECIP_INTERFACE,
	FROM_ENDPOINT = USB_DIR_IN | USB_TYPE_STANDARD | USB_RECIP_ENDPOINT,
	TO_DEVICE = USB_TYPE_STANDARD | USB_RECIP_DEVICE,
	TO_INTERFACE = USB_TYPE_STANDARD | USB_RECIP_INTERFACE,
	TO_ENDPOINT = USB_TYPE_STANDARD | USB_RECIP_ENDPOINT,
	CLASS_FROM = USB_DIR_IN | USB_TYPE_CLASS | USB_RECIP_INTERFACE,
	CLASS_TO = USB_TYPE_CLASS | USB_RECIP_INTERFACE,
	VENDOR_FROM = USB_DIR_IN | USB_TYPE_VENDOR | USB_RECIP_DEVICE
};

static const struct request {
	uint8_t type, request;
	handler handle;
} requests[] = {
	{ FROM_DEVICE, USB_GET_DESCRIPTOR, get_descriptor },
	{ FROM_INTERFACE, USB_GET_DESCRIPTOR, get_interface_descriptor },
	{ FROM_DEVICE, USB_GET_STATUS, get_status },
	{ FROM_INTERFACE, USB_GET_STATUS, get_status },
	{ FROM_ENDPOINT, USB_GET_STATUS, get_status },
	{ TO_ENDPOINT, USB_CLEAR_FEATURE, change_halt },
	{ TO_ENDPOINT, USB_SET_FEATURE, change_halt },
	{ TO_DEVICE, USB_SET_ADDRESS, accept_it },
	{ FROM_DEVICE, USB_GET_CONFIGURATION, get_configuration },
	{ TO_DEVICE, USB_SET_CONFIGURATION, set_configuration },
	{ FROM_INTERFACE, USB_GET_INTERFACE, get_interface },
	{ TO_INTERFACE, USB_SET_INTERFACE, set_interface },
	{ CLASS_TO, HID_SET_REPORT, set_report },
	{ CLASS_FROM, HID_GET_REPORT, get_report },
	{ CLASS_TO, HID_SET_IDLE, set_idle },
	{ CLASS_TO, CDC_SET_LINE_CODING, line_coding },
	{ CLASS_FROM, CDC_GET_LINE_CODING, line_coding },
	{ CLASS_TO, CDC_SET_CONTROL_LINE_STATE, accept_it }, /* nothing hangs on DTR and RTS */
	{ CLASS_TO, CDC_SEND_BREAK, accept_it },
	{ VENDOR_FROM, VUSB_MSOS_VENDOR_CODE, get_msos },
};

enum vusb_result vusb_control(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size)
{
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (requests[i].type == setup->type && requests[i].request == setup->request) {
			enum vusb_result result = requests[i].handle(device, setup, data, size);

			if (*size > setup->length)
				*size = setup->length;
			return result;
		}
	return VUSB_STALL;
}
