/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/usb/descriptors.h"

#include <string.h>

#include "base/bytes.h"
#include "vboard/usb/usb_spec.h"

/* pid.codes keeps these for tests: no device that is sold has them. */
enum { VENDOR_ID = 0x1209, PRODUCT_V1 = 0x0001, PRODUCT_V2 = 0x0002, PRODUCT_BOTH = 0x0003 };

enum { RELEASE = 0x0100, POWER_2_MA = 50, LANGUAGE_US_ENGLISH = 0x0409, CONTROL_SIZE = 64 };

enum { TEXT_LANGUAGES, TEXT_VENDOR, TEXT_PRODUCT, TEXT_SERIAL, TEXT_V2, TEXT_V1, TEXT_PORT };

/* Hosts look for "CMSIS-DAP" in the texts of product and interfaces. */
static const char *const texts[] = {
	[TEXT_VENDOR] = "dapper",
	[TEXT_PRODUCT] = "virtual CMSIS-DAP",
	[TEXT_V2] = "dapper CMSIS-DAP v2",
	[TEXT_V1] = "dapper CMSIS-DAP v1",
	[TEXT_PORT] = "dapper serial port",
};

/* --- a growing descriptor -------------------------------------------------------------------- */

static void add(struct vusb_bytes *to, const uint8_t *bytes, size_t size)
{
	memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
}

#define ADD(to, ...)                                         \
	do {                                                 \
		const uint8_t add_bytes[] = { __VA_ARGS__ }; \
		add((to), add_bytes, sizeof(add_bytes));     \
	} while (0)

#define LE16(value) (uint8_t)(value), (uint8_t)((value) >> 8)
#define LE32(value) LE16(value), LE16((value) >> 16)

static void add_utf16(struct vusb_bytes *to, const char *text)
{
	for (; *text; text++)
		ADD(to, LE16((uint8_t)*text));
}

static void add_endpoint(struct vusb_descriptors *made, uint8_t address, uint8_t attributes)
{
	const struct vusb_identity *identity = &made->identity;
	uint16_t size = vusb_endpoint_size(identity, address);
	uint8_t interval = 0;

	/* Each frame, or (high speed) each microframe; line states change seldom. */
	if (attributes == USB_EP_INTERRUPT)
		interval = address == VUSB_SERIAL_NOTIFY ? 8 : 1;
	ADD(&made->configuration, 7, USB_DT_ENDPOINT, address, attributes, LE16(size), interval);
}

uint16_t vusb_endpoint_size(const struct vusb_identity *identity, uint8_t address)
{
	switch (address) {
	case VUSB_SERIAL_NOTIFY:
		return 16;
	case VUSB_V1_IN:
	case VUSB_V1_OUT:
		return identity->packet_size;
	default:
		return identity->high_speed ? 512 : 64; /* USB 2.0, 5.8.3 */
	}
}

/* --- interfaces ------------------------------------------------------------------------------ */

static void add_v2(struct vusb_descriptors *made, uint8_t number)
{
	made->v2_interface = number;
	ADD(&made->configuration, 9, USB_DT_INTERFACE, number, 0, 3, USB_CLASS_VENDOR, 0, 0,
		TEXT_V2);
	add_endpoint(made, VUSB_V2_OUT, USB_EP_BULK);
	add_endpoint(made, VUSB_V2_IN, USB_EP_BULK);
	add_endpoint(made, VUSB_SWO_IN, USB_EP_BULK);
}

/* HID 1.11, 6.2.2 and appendix E: one report of plain bytes in each direction. */
static void make_report(struct vusb_descriptors *made)
{
	struct vusb_bytes *report = &made->report;
	uint16_t size = made->identity.packet_size;

	ADD(report, 0x06, LE16(0xff00)); /* Usage Page: vendor defined */
	ADD(report, 0x09, 0x01);         /* Usage 1 */
	ADD(report, 0xa1, 0x01);         /* Collection: application */
	ADD(report, 0x15, 0x00);         /* Logical Minimum 0 */
	ADD(report, 0x26, LE16(255));    /* Logical Maximum 255 */
	ADD(report, 0x75, 8);            /* Report Size: bits */
	ADD(report, 0x96, LE16(size));   /* Report Count */
	ADD(report, 0x09, 0x01);
	ADD(report, 0x81, 0x02); /* Input: data, variable, absolute */
	ADD(report, 0x96, LE16(size));
	ADD(report, 0x09, 0x01);
	ADD(report, 0x91, 0x02); /* Output */
	ADD(report, 0xc0);       /* End Collection */
}

static void add_v1(struct vusb_descriptors *made, uint8_t number)
{
	made->v1_interface = number;
	make_report(made);
	ADD(&made->configuration, 9, USB_DT_INTERFACE, number, 0, 2, USB_CLASS_HID, 0, 0, TEXT_V1);
	ADD(&made->configuration, 9, USB_DT_HID, LE16(0x0111), 0, 1, USB_DT_HID_REPORT,
		LE16(made->report.size));
	add_endpoint(made, VUSB_V1_IN, USB_EP_INTERRUPT);
	add_endpoint(made, VUSB_V1_OUT, USB_EP_INTERRUPT);
}

static void add_serial(struct vusb_descriptors *made, uint8_t number)
{
	struct vusb_bytes *to = &made->configuration;
	uint8_t data = (uint8_t)(number + 1);

	made->serial_interface = number;
	ADD(to, 8, USB_DT_INTERFACE_ASSOCIATION, number, 2, USB_CLASS_CDC, CDC_SUBCLASS_ACM,
		CDC_PROTOCOL_AT, 0);
	ADD(to, 9, USB_DT_INTERFACE, number, 0, 1, USB_CLASS_CDC, CDC_SUBCLASS_ACM, CDC_PROTOCOL_AT,
		TEXT_PORT);
	ADD(to, 5, USB_DT_CS_INTERFACE, CDC_HEADER, LE16(0x0120));
	ADD(to, 5, USB_DT_CS_INTERFACE, CDC_CALL_MANAGEMENT, 0, data);
	ADD(to, 4, USB_DT_CS_INTERFACE, CDC_ACM, CDC_ACM_LINE_CODING | CDC_ACM_BREAK);
	ADD(to, 5, USB_DT_CS_INTERFACE, CDC_UNION, number, data);
	add_endpoint(made, VUSB_SERIAL_NOTIFY, USB_EP_INTERRUPT);
	ADD(to, 9, USB_DT_INTERFACE, data, 0, 2, USB_CLASS_CDC_DATA, 0, 0, 0);
	add_endpoint(made, VUSB_SERIAL_OUT, USB_EP_BULK);
	add_endpoint(made, VUSB_SERIAL_IN, USB_EP_BULK);
}

static void make_configuration(struct vusb_descriptors *made)
{
	struct vusb_bytes *to = &made->configuration;
	uint8_t interfaces = 0;

	/* Lengths follow. */
	ADD(to, 9, USB_DT_CONFIGURATION, 0, 0, 0, 1, 0, USB_CONFIG_ONE, POWER_2_MA);
	if (made->identity.kind & DAPPER_VBOARD_USB_V2)
		add_v2(made, interfaces++);
	if (made->identity.kind & DAPPER_VBOARD_USB_V1)
		add_v1(made, interfaces++);
	add_serial(made, interfaces);
	put_le16(to->bytes + 2, (uint16_t)to->size);
	to->bytes[4] = (uint8_t)(interfaces + 2);
}

/* --- Windows --------------------------------------------------------------------------------- */

/* CMSIS-DAP 2.1.1 has this GUID for all v2 probes. */
static const char interface_guid[] = "{CDB3B5AD-293B-4663-AA36-1AAE46463776}";
static const char guid_property[] = "DeviceInterfaceGUIDs";

/* "WinUSB is the driver of the v2 interface". */
static void make_msos(struct vusb_descriptors *made)
{
	enum { SET = 10, SUBSET = 8, COMPATIBLE = 20 };
	struct vusb_bytes *to = &made->msos;
	const uint16_t name = 2 * sizeof(guid_property);
	const uint16_t data = 2 * sizeof(interface_guid) + 2; /* a list ends with one more NUL */
	const uint16_t property = (uint16_t)(10 + name + data);
	const uint16_t function = (uint16_t)(SUBSET + COMPATIBLE + property);

	ADD(to, LE16(SET), LE16(MSOS20_SET_HEADER), LE32(MSOS20_WINDOWS_8_1),
		LE16(SET + SUBSET + function));
	ADD(to, LE16(SUBSET), LE16(MSOS20_SUBSET_CONFIG), 0, 0, LE16(SUBSET + function));
	ADD(to, LE16(SUBSET), LE16(MSOS20_SUBSET_FUNCTION), (uint8_t)made->v2_interface, 0,
		LE16(function));
	ADD(to, LE16(COMPATIBLE), LE16(MSOS20_COMPATIBLE_ID), 'W', 'I', 'N', 'U', 'S', 'B', 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0);
	ADD(to, LE16(property), LE16(MSOS20_REGISTRY_PROPERTY), LE16(MSOS20_REG_MULTI_SZ),
		LE16(name));
	add_utf16(to, guid_property);
	ADD(to, 0, 0, LE16(data));
	add_utf16(to, interface_guid);
	ADD(to, 0, 0, 0, 0);
}

static void make_bos(struct vusb_descriptors *made)
{
	struct vusb_bytes *to = &made->bos;

	ADD(to, 5, USB_DT_BOS, 0, 0, 2);
	ADD(to, 7, USB_DT_DEVICE_CAPABILITY, USB_CAPABILITY_USB_2_0_EXTENSION, LE32(0));
	ADD(to, 28, USB_DT_DEVICE_CAPABILITY, USB_CAPABILITY_PLATFORM, 0,
		/* {D8DD60DF-4589-4CC7-9CD2-659D9E648A9F}: MS OS 2.0 */
		LE32(0xd8dd60df), LE16(0x4589), LE16(0x4cc7), 0x9c, 0xd2, 0x65, 0x9d, 0x9e, 0x64,
		0x8a, 0x9f, LE32(MSOS20_WINDOWS_8_1), LE16(made->msos.size), VUSB_MSOS_VENDOR_CODE,
		0);
	put_le16(to->bytes + 2, (uint16_t)to->size);
}

/* --- the device ------------------------------------------------------------------------------ */

static uint16_t product_id(dapper_vboard_usb kind)
{
	switch (kind) {
	case DAPPER_VBOARD_USB_V1:
		return PRODUCT_V1;
	case DAPPER_VBOARD_USB_V2:
		return PRODUCT_V2;
	case DAPPER_VBOARD_USB_BOTH:
	case DAPPER_VBOARD_USB_NONE:
		break;
	}
	return PRODUCT_BOTH;
}

void vusb_describe(struct vusb_descriptors *made, const struct vusb_identity *identity)
{
	const bool has_bos = identity->kind & DAPPER_VBOARD_USB_V2;
	const uint16_t version = has_bos ? 0x0201 : 0x0200;

	*made = (struct vusb_descriptors){
		.identity = *identity,
		.v1_interface = -1,
		.v2_interface = -1,
		.serial_interface = -1,
	};
	ADD(&made->device, 18, USB_DT_DEVICE, LE16(version), USB_CLASS_MISC, 2, 1, CONTROL_SIZE,
		LE16(VENDOR_ID), LE16(product_id(identity->kind)), LE16(RELEASE), TEXT_VENDOR,
		TEXT_PRODUCT, TEXT_SERIAL, 1);
	/* Only what can do high speed has one: itself at the other speed. */
	if (identity->high_speed)
		ADD(&made->qualifier, 10, USB_DT_DEVICE_QUALIFIER, LE16(version), USB_CLASS_MISC, 2,
			1, CONTROL_SIZE, 1, 0);
	make_configuration(made);
	if (!has_bos)
		return;
	make_msos(made);
	make_bos(made);
}

static size_t get_text(const struct vusb_descriptors *made, uint8_t index, uint8_t *bytes)
{
	const char *text = index < sizeof(texts) / sizeof(texts[0]) ? texts[index] : NULL;
	size_t length;

	bytes[1] = USB_DT_STRING;
	if (index == TEXT_LANGUAGES) {
		bytes[0] = 4;
		put_le16(bytes + 2, LANGUAGE_US_ENGLISH);
		return 4;
	}
	if (index == TEXT_SERIAL)
		text = made->identity.serial;
	if (!text)
		return 0;
	length = strlen(text);
	if (length > VUSB_TEXT_MAX)
		length = VUSB_TEXT_MAX;
	for (size_t i = 0; i < length; i++)
		put_le16(bytes + 2 + 2 * i, (uint8_t)text[i]);
	bytes[0] = (uint8_t)(2 + 2 * length);
	return bytes[0];
}

size_t vusb_get_descriptor(const struct vusb_descriptors *made, uint16_t value, uint8_t *bytes)
{
	const struct {
		uint8_t type;
		const struct vusb_bytes *from;
	} table[] = {
		{ USB_DT_DEVICE, &made->device },
		{ USB_DT_CONFIGURATION, &made->configuration },
		{ USB_DT_DEVICE_QUALIFIER, &made->qualifier },
		{ USB_DT_BOS, &made->bos },
		{ USB_DT_HID_REPORT, &made->report },
	};
	const uint8_t type = (uint8_t)(value >> 8);
	const uint8_t index = (uint8_t)value;

	if (type == USB_DT_STRING)
		return get_text(made, index, bytes);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].type == type && index == 0) {
			memcpy(bytes, table[i].from->bytes, table[i].from->size);
			return table[i].from->size;
		}
	return 0;
}
