/* SPDX-License-Identifier: Apache-2.0 */
/* The board as a USB device: descriptors, control requests, transfers and their faults, by USB/IP. */
#include "support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "support/fake_vtarget.h"
#include "support/folder.h"
#include "vboard/usb/usb_spec.h"
#include "vboard/usb/usbip.h"
#include "vboard/usb/vhci.h"

enum { NS_PER_MS = 1000000, HEADER = 48 };

/* --- a board whose serial port echoes -------------------------------------------------------- */

static size_t echo_input(void *data, const void *bytes, size_t size, uint32_t baud)
{
	struct fake_target *fake = data;

	/* A port with room for 100 bytes. */
	size = size < 100 ? size : 100;
	assert_int_equal(baud, 115200);
	if (fake->output)
		fake->output(fake->payload, bytes, size);
	return size;
}

static dapper_status create_target(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	struct fake_target *fake = xnew(fake);

	(void)context;
	(void)settings;
	(void)setting_count;
	assert_non_null(fake);
	fake_target_init(fake, target);
	target->destroy = free;
	target->set_output = fake_set_output;
	target->input = echo_input;
	return DAPPER_OK;
}

static const struct vboard_type type = {
	.info = { .name = "fake", .description = "RAM and holes" },
	.create = create_target,
};
static const struct vboard_type *const types[] = { &type, NULL };

struct rig {
	struct vboard *board;
	uint64_t real_ns;
	struct clock clock;
	struct vusb_device device;
	struct vusbip *usbip;
	uint32_t sequence;
};

static uint64_t rig_now(void *data)
{
	return *(const uint64_t *)data;
}

static void take_output(void *payload, const void *bytes, size_t size)
{
	vusb_serial_output(payload, bytes, size);
}

static void start(struct rig *rig, const char *spec, dapper_vboard_usb kind)
{
	*rig = (struct rig){ .real_ns = 1 };
	rig->clock.now_ns = rig_now;
	rig->clock.data = &rig->real_ns;
	assert_ok(vboard_create_from(NULL, types, spec, &rig->board));
	vusb_device_init(&rig->device, rig->board, kind, &rig->clock);
	vusb_device_plug(&rig->device);
	vboard_set_output(rig->board, take_output, &rig->device);
	rig->usbip = vusbip_new(&rig->device);
	assert_non_null(rig->usbip);
}

static void stop(struct rig *rig)
{
	vusbip_free(rig->usbip);
	vboard_destroy(rig->board);
}

/* --- the host's side of USB/IP --------------------------------------------------------------- */

static void put_be32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static int32_t get_be32(const uint8_t *bytes)
{
	return (int32_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
			 (uint32_t)bytes[2] << 8 | bytes[3]);
}

static void make_header(
	uint8_t *header, uint32_t command, uint32_t sequence, uint8_t address, uint32_t length)
{
	memset(header, 0, HEADER);
	put_be32(header, command);
	put_be32(header + 4, sequence);
	put_be32(header + 12, address >> 7);
	put_be32(header + 16, address & 0xf);
	put_be32(header + 24, length);
}

/* @return Its sequence number. @p setup may be NULL. */
static uint32_t submit(
	struct rig *rig, uint8_t address, const uint8_t *setup, const void *data, uint32_t length)
{
	uint8_t header[HEADER];

	make_header(header, 1, ++rig->sequence, address, length);
	if (setup)
		memcpy(header + 40, setup, 8);
	assert_ok(vusbip_feed(rig->usbip, header, sizeof(header)));
	if (!(address & 0x80) && length)
		assert_ok(vusbip_feed(rig->usbip, data, length));
	return rig->sequence;
}

static void unlink_transfer(struct rig *rig, uint32_t sequence)
{
	uint8_t header[HEADER];

	make_header(header, 2, ++rig->sequence, 0, 0);
	put_be32(header + 20, sequence);
	assert_ok(vusbip_feed(rig->usbip, header, sizeof(header)));
}

struct reply {
	uint32_t command, sequence;
	int32_t status, length;
	uint8_t data[1024];
};

/* The next answer of the device. @p with_data: it is that of a transfer to the host. */
static bool next_reply(struct rig *rig, struct reply *reply, bool with_data)
{
	const uint8_t *bytes;
	size_t size, data_size;

	assert_ok(vusbip_run(rig->usbip));
	bytes = vusbip_output(rig->usbip, &size);
	if (!size)
		return false;
	assert_true(size >= HEADER);
	reply->command = (uint32_t)get_be32(bytes);
	reply->sequence = (uint32_t)get_be32(bytes + 4);
	reply->status = get_be32(bytes + 20);
	reply->length = get_be32(bytes + 24);
	data_size = with_data ? (size_t)reply->length : 0;
	assert_true(data_size <= sizeof(reply->data) && size >= HEADER + data_size);
	memcpy(reply->data, bytes + HEADER, data_size);
	vusbip_sent(rig->usbip, HEADER + data_size);
	return true;
}

static void expect(
	struct rig *rig, struct reply *reply, uint32_t sequence, int32_t status, bool with_data)
{
	assert_true(next_reply(rig, reply, with_data));
	assert_int_equal(reply->command, 3);
	assert_int_equal(reply->sequence, sequence);
	assert_int_equal(reply->status, status);
}

static void expect_nothing(struct rig *rig)
{
	struct reply reply;

	assert_false(next_reply(rig, &reply, false));
}

static const uint8_t info_request[] = { 0x00, 0xfe }; /* packet count */

/* --- descriptors ----------------------------------------------------------------------------- */

static const struct device_row {
	const char *what;
	const char *spec;
	dapper_vboard_usb kind;
	uint16_t product, version;
	const char *endpoints; /* address/type/size of each, in hex */
} devices[] = {
	{ "v1 at full speed", "fake,link=fs-hid", DAPPER_VBOARD_USB_V1, 0x0001, 0x0200,
		"83/3/40 03/3/40 84/3/10 05/2/40 85/2/40 " },
	{ "v2 at high speed", "fake", DAPPER_VBOARD_USB_V2, 0x0002, 0x0201,
		"01/2/200 81/2/200 82/2/200 84/3/10 05/2/200 85/2/200 " },
	{ "v2 at full speed", "fake,link=fs-bulk", DAPPER_VBOARD_USB_V2, 0x0002, 0x0201,
		"01/2/40 81/2/40 82/2/40 84/3/10 05/2/40 85/2/40 " },
	{ "both at full speed", "fake,link=fs-bulk", DAPPER_VBOARD_USB_BOTH, 0x0003, 0x0201,
		"01/2/40 81/2/40 82/2/40 83/3/40 03/3/40 84/3/10 05/2/40 85/2/40 " },
	{ "both at high speed", "fake", DAPPER_VBOARD_USB_BOTH, 0x0003, 0x0201,
		"01/2/200 81/2/200 82/2/200 83/3/200 03/3/200 84/3/10 05/2/200 85/2/200 " },
};

static int get(
	struct rig *rig, uint8_t request_type, uint16_t value, uint16_t index, struct reply *reply)
{
	uint8_t setup[8] = { request_type, USB_GET_DESCRIPTOR };

	put_le16(setup + 2, value);
	put_le16(setup + 4, index);
	put_le16(setup + 6, 255);
	submit(rig, 0x80, setup, NULL, 255);
	assert_true(next_reply(rig, reply, true));
	return reply->status;
}

static void device__describes_itself(void **state)
{
	const struct device_row *row = *state;
	unsigned interfaces = 0, hid = 0;
	char endpoints[200] = "";
	struct reply reply;
	struct rig rig;
	int32_t at = 0;

	start(&rig, row->spec, row->kind);
	assert_int_equal(get(&rig, 0x80, USB_DT_DEVICE << 8, 0, &reply), 0);
	assert_int_equal(reply.length, 18);
	assert_int_equal(get_le16(reply.data + 2), row->version);
	assert_int_equal(get_le16(reply.data + 8), 0x1209);
	assert_int_equal(get_le16(reply.data + 10), row->product);
	assert_int_equal(get(&rig, 0x80, USB_DT_CONFIGURATION << 8, 0, &reply), 0);
	assert_int_equal(get_le16(reply.data + 2), reply.length);
	/* Descriptor by descriptor, up to the end and no further. */
	for (; at < reply.length; at += reply.data[at]) {
		const uint8_t *descriptor = reply.data + at;

		assert_true(descriptor[0] >= 2 && at + descriptor[0] <= reply.length);
		if (descriptor[1] == USB_DT_INTERFACE)
			assert_int_equal(descriptor[2], interfaces++);
		if (descriptor[1] == USB_DT_HID)
			hid = get_le16(descriptor + 7);
		if (descriptor[1] == USB_DT_ENDPOINT)
			snprintf(endpoints + strlen(endpoints),
				sizeof(endpoints) - strlen(endpoints), "%02x/%x/%x ", descriptor[2],
				descriptor[3], get_le16(descriptor + 4));
	}
	assert_int_equal(reply.data[4], interfaces);
	assert_string_equal(endpoints, row->endpoints);
	if (hid) {
		const uint16_t number = row->kind == DAPPER_VBOARD_USB_V1 ? 0 : 1;

		assert_int_equal(get(&rig, 0x81, USB_DT_HID_REPORT << 8, number, &reply), 0);
		assert_int_equal(reply.length, hid);
	}
	stop(&rig);
}

/* --- control requests ------------------------------------------------------------------------ */

static const struct control_row {
	const char *what;
	uint8_t setup[8];
	int32_t status;
	int32_t length; /* of an answer */
	uint8_t answer[8];
} controls[] = {
	{ "the languages", { 0x80, 6, 0, 3, 0, 0, 255, 0 }, 0, 4, { 4, 3, 9, 4 } },
	{ "the serial number, cut", { 0x80, 6, 3, 3, 9, 4, 4, 0 }, 0, 4, { 8, 3, 'S', 0 } },
	{ "no such text", { 0x80, 6, 9, 3, 9, 4, 255, 0 }, -EPIPE, 0, { 0 } },
	{ "no such configuration", { 0x80, 6, 1, 2, 0, 0, 255, 0 }, -EPIPE, 0, { 0 } },
	{ "device qualifier", { 0x80, 6, 0, 6, 0, 0, 3, 0 }, 0, 3, { 10, 6, 1 } },
	{ "BOS: head", { 0x80, 6, 0, 15, 0, 0, 5, 0 }, 0, 5, { 5, 15, 40, 0, 2 } },
	{ "MS OS 2.0: head", { 0xc0, 0x20, 0, 0, 7, 0, 8, 0 }, 0, 8, { 10, 0, 0, 0, 0, 0, 3, 6 } },
	{ "MS OS 2.0: another index", { 0xc0, 0x20, 0, 0, 4, 0, 8, 0 }, -EPIPE, 0, { 0 } },
	{ "status of the device", { 0x80, 0, 0, 0, 0, 0, 2, 0 }, 0, 2, { 0, 0 } },
	{ "status of an endpoint", { 0x82, 0, 0, 0, 0x81, 0, 2, 0 }, 0, 2, { 0, 0 } },
	{ "status of no endpoint", { 0x82, 0, 0, 0, 0x8f, 0, 2, 0 }, -EPIPE, 0, { 0 } },
	{ "configuration before it is set", { 0x80, 8, 0, 0, 0, 0, 1, 0 }, 0, 1, { 0 } },
	{ "alternate setting", { 0x81, 10, 0, 0, 0, 0, 1, 0 }, 0, 1, { 0 } },
	{ "SET_CONFIGURATION", { 0x00, 9, 1, 0, 0, 0, 0, 0 }, 0, 0, { 0 } },
	{ "SET_CONFIGURATION of another", { 0x00, 9, 2, 0, 0, 0, 0, 0 }, -EPIPE, 0, { 0 } },
	{ "SET_INTERFACE of another setting", { 0x01, 11, 1, 0, 0, 0, 0, 0 }, -EPIPE, 0, { 0 } },
	{ "line coding", { 0xa1, 0x21, 0, 0, 2, 0, 7, 0 }, 0, 7, { 0, 0xc2, 1, 0, 0, 0, 8 } },
	{ "line coding of another interface", { 0xa1, 0x21, 0, 0, 0, 0, 7, 0 }, -EPIPE, 0, { 0 } },
	{ "DTR and RTS", { 0x21, 0x22, 3, 0, 2, 0, 0, 0 }, 0, 0, { 0 } },
	{ "HID SET_IDLE", { 0x21, 0x0a, 0, 0, 1, 0, 0, 0 }, 0, 0, { 0 } },
	{ "HID SET_IDLE of another interface", { 0x21, 0x0a, 0, 0, 0, 0, 0, 0 }, -EPIPE, 0, { 0 } },
	{ "HID GET_REPORT", { 0xa1, 1, 0, 1, 1, 0, 4, 0 }, 0, 4, { 0 } },
	{ "a request that there is not", { 0x80, 0x33, 0, 0, 0, 0, 8, 0 }, -EPIPE, 0, { 0 } },
};

static void control__answers(void **state)
{
	const struct control_row *row = *state;
	const bool to_host = row->setup[0] & 0x80;
	struct reply reply;
	struct rig rig;
	uint32_t sequence;

	start(&rig, "fake,serial=SER", DAPPER_VBOARD_USB_BOTH);
	sequence = submit(&rig, to_host ? 0x80 : 0, row->setup, "", to_host ? row->setup[6] : 0);
	expect(&rig, &reply, sequence, row->status, to_host);
	assert_int_equal(reply.length, row->length);
	if (to_host)
		assert_memory_equal(reply.data, row->answer, (size_t)row->length);
	stop(&rig);
}

static void control__does_not_believe_wlength(void **state)
{
	/* The host's buffer is shorter than what the request says; and the other direction. */
	static const uint8_t longer[8] = { 0x80, 6, 0, 1, 0, 0, 255, 255 };
	static const uint8_t line[8] = { 0x21, 0x20, 0, 0, 1, 0, 7, 0 };
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	expect(&rig, &reply, submit(&rig, 0x80, longer, NULL, 8), -EPIPE, true);
	expect(&rig, &reply, submit(&rig, 0x80, line, NULL, 7), -EPIPE, true);
	expect(&rig, &reply, submit(&rig, 0x00, line, "\0\0\0\0\0\0\10", 7), 0, false);
	stop(&rig);
}

/* --- transfers ------------------------------------------------------------------------------- */

static void transfers__go_on_as_the_device_can(void **state)
{
	uint32_t out[6], in;
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	/* As many requests as there are buffers are taken, then NAKed until an answer is fetched. */
	for (unsigned i = 0; i < 6; i++)
		out[i] = submit(&rig, VUSB_V2_OUT, NULL, info_request, sizeof(info_request));
	for (unsigned i = 0; i < 4; i++)
		expect(&rig, &reply, out[i], 0, false);
	expect_nothing(&rig);
	in = submit(&rig, VUSB_V2_IN, NULL, NULL, 512);
	expect(&rig, &reply, in, 0, true);
	assert_int_equal(reply.length, 3);
	assert_memory_equal(reply.data, "\0\1\4", 3);
	expect(&rig, &reply, out[4], 0, false);
	expect_nothing(&rig);
	stop(&rig);
}

static void transfers__are_unlinked(void **state)
{
	uint32_t first, second;
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	first = submit(&rig, VUSB_V2_IN, NULL, NULL, 512);
	second = submit(&rig, VUSB_V2_IN, NULL, NULL, 512);
	expect_nothing(&rig);
	unlink_transfer(&rig, first);
	assert_true(next_reply(&rig, &reply, false));
	assert_int_equal(reply.command, 4);
	assert_int_equal(reply.status, -ECONNRESET);
	unlink_transfer(&rig, first); /* it is not there any more */
	assert_true(next_reply(&rig, &reply, false));
	assert_int_equal(reply.status, 0);
	submit(&rig, VUSB_V2_OUT, NULL, info_request, sizeof(info_request));
	expect(&rig, &reply, second + 3, 0, false);
	expect(&rig, &reply, second, 0, true);
	stop(&rig);
}

static void reports__have_their_full_length(void **state)
{
	uint8_t report[64] = { 0x00, 0xfe };
	static const uint8_t set_report[8] = { 0x21, 9, 0, 2, 0, 0, 64, 0 };
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake,link=fs-hid", DAPPER_VBOARD_USB_V1);
	expect(&rig, &reply, submit(&rig, VUSB_V1_OUT, NULL, report, 64), 0, false);
	expect(&rig, &reply, submit(&rig, 0, set_report, report, 64), 0, false);
	for (unsigned i = 0; i < 2; i++) {
		expect(&rig, &reply, submit(&rig, VUSB_V1_IN, NULL, NULL, 64), 0, true);
		assert_int_equal(reply.length, 64);
		assert_memory_equal(reply.data, "\0\1\4\0\0\0", 6);
	}
	/* There are no v2 endpoints. */
	expect(&rig, &reply, submit(&rig, VUSB_V2_OUT, NULL, report, 2), -EPIPE, false);
	stop(&rig);
}

static void serial__goes_both_ways(void **state)
{
	uint8_t text[250];
	struct reply reply;
	struct rig rig;
	uint32_t out;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)i;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	out = submit(&rig, VUSB_SERIAL_OUT, NULL, text, sizeof(text));
	/* The board has room for 100 bytes at a time: the transfer goes on when it is asked again. */
	expect_nothing(&rig);
	expect_nothing(&rig);
	expect(&rig, &reply, out, 0, false);
	assert_int_equal(reply.length, sizeof(text));
	expect(&rig, &reply, submit(&rig, VUSB_SERIAL_IN, NULL, NULL, 512), 0, true);
	assert_int_equal(reply.length, sizeof(text));
	assert_memory_equal(reply.data, text, sizeof(text));
	stop(&rig);
}

static void serial__keeps_the_newest(void **state)
{
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	for (unsigned i = 0; i < VUSB_SERIAL_BUFFER + 3; i++)
		vusb_serial_output(&rig.device, &"abcdefgh"[i % 8], 1);
	expect(&rig, &reply, submit(&rig, VUSB_SERIAL_IN, NULL, NULL, 8), 0, true);
	assert_memory_equal(reply.data, "defghabc", 8);
	stop(&rig);
}

/* --- faults ---------------------------------------------------------------------------------- */

static const struct fault_row {
	const char *what;
	const char *spec;
	int32_t out;      /* status of the request; 1: it is not taken */
	int32_t in;       /* of the answer's transfer; 1: there is none */
	int32_t length;   /* of the answer */
	bool comes_later; /* after 100 ms all is well */
} faults[] = {
	{ "none", "fake", 0, 0, 3, false },
	{ "a stall instead of the answer", "fake,usb-stall-in-at=1", 0, -EPIPE, 0, false },
	{ "a stall instead of the request", "fake,usb-stall-out-at=1", -EPIPE, 1, 0, false },
	{ "a packet of no bytes", "fake,usb-empty-at=1", 0, 0, 0, false },
	{ "babble", "fake,usb-babble-at=1", 0, -EOVERFLOW, 0, false },
	{ "a short packet", "fake,truncate-at=1", 0, 0, 1, false },
	{ "no answer", "fake,usb-silent-at=1", 0, 1, 0, false },
	{ "a late answer", "fake,usb-late=100@1", 0, 1, 0, true },
	{ "a request that is held", "fake,usb-hold=100@1", 1, 1, 0, true },
	{ "not yet", "fake,usb-stall-in-at=2", 0, 0, 3, false },
};

static void clear_halt(struct rig *rig, uint8_t address)
{
	const uint8_t setup[8] = { 0x02, USB_CLEAR_FEATURE, 0, 0, address };
	struct reply reply;

	expect(rig, &reply, submit(rig, 0, setup, NULL, 0), 0, false);
}

/* All over the next request is answered as ever. */
static void expect_to_work(struct rig *rig)
{
	struct reply reply;
	uint32_t out = submit(rig, VUSB_V2_OUT, NULL, info_request, sizeof(info_request));

	expect(rig, &reply, out, 0, false);
	do
		expect(rig, &reply, submit(rig, VUSB_V2_IN, NULL, NULL, 512), 0, true);
	while (reply.length == 0);
	assert_int_equal(reply.length, 3);
}

static void fault__happens_once(void **state)
{
	const struct fault_row *row = *state;
	struct reply reply;
	uint32_t out, in;
	struct rig rig;

	start(&rig, row->spec, DAPPER_VBOARD_USB_V2);
	out = submit(&rig, VUSB_V2_OUT, NULL, info_request, sizeof(info_request));
	if (row->out != 1)
		expect(&rig, &reply, out, row->out, false);
	in = submit(&rig, VUSB_V2_IN, NULL, NULL, 512);
	if (row->in == 1) {
		expect_nothing(&rig);
	} else {
		expect(&rig, &reply, in, row->in, true);
		assert_int_equal(reply.length, row->length);
	}
	if (row->comes_later) {
		assert_true(vusb_wait_ms(&rig.device) > 99);
		rig.real_ns += 100 * NS_PER_MS;
		if (row->out == 1)
			expect(&rig, &reply, out, 0, false);
		expect(&rig, &reply, in, 0, true);
		assert_int_equal(reply.length, 3);
	} else if (row->in == 1) {
		unlink_transfer(&rig, in);
		assert_true(next_reply(&rig, &reply, false));
	}
	assert_true(vusb_wait_ms(&rig.device) < 0);
	/* A stall stays until it is cleared. */
	if (row->in == -EPIPE || row->out == -EPIPE) {
		uint8_t address = row->in == -EPIPE ? VUSB_V2_IN : VUSB_V2_OUT;

		expect(&rig, &reply, submit(&rig, address, NULL, info_request, 2), -EPIPE,
			address & 0x80);
		clear_halt(&rig, address);
	}
	if (strstr(row->spec, "at=2") == NULL)
		expect_to_work(&rig);
	stop(&rig);
}

static void fault__unplugs_a_little_later_each_time(void **state)
{
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake,usb-unplug-at=1,usb-unplug-step=2", DAPPER_VBOARD_USB_V2);
	for (unsigned worked = 0; worked < 6; worked += 2) {
		for (unsigned i = 0; i < worked; i++)
			expect_to_work(&rig);
		submit(&rig, VUSB_V2_OUT, NULL, info_request, sizeof(info_request));
		assert_fails(DAPPER_ERR_PROBE_GONE, vusbip_run(rig.usbip));
		vusbip_free(rig.usbip);
		vusb_device_plug(&rig.device);
		rig.usbip = vusbip_new(&rig.device);
		assert_non_null(rig.usbip);
	}
	assert_false(next_reply(&rig, &reply, false));
	stop(&rig);
}

/* --- USB/IP ---------------------------------------------------------------------------------- */

static void feed__takes_messages_cut_anywhere(void **state)
{
	uint8_t message[HEADER + sizeof(info_request)];
	struct reply reply;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	make_header(message, 1, 7, VUSB_V2_OUT, sizeof(info_request));
	memcpy(message + HEADER, info_request, sizeof(info_request));
	for (size_t i = 0; i < sizeof(message); i++) {
		expect_nothing(&rig);
		assert_ok(vusbip_feed(rig.usbip, message + i, 1));
	}
	expect(&rig, &reply, 7, 0, false);
	assert_int_equal(reply.length, sizeof(info_request));
	stop(&rig);
}

static const struct nonsense_row {
	const char *what;
	uint32_t command, direction, endpoint, length, packets;
	dapper_status status;
} nonsense[] = {
	{ "an unknown command", 5, 0, 1, 0, 0, DAPPER_ERR_PARSE },
	{ "an endpoint that cannot be", 1, 1, 16, 0, 0, DAPPER_ERR_PARSE },
	{ "a direction that cannot be", 1, 2, 1, 0, 0, DAPPER_ERR_PARSE },
	{ "an isochronous transfer", 1, 1, 1, 64, 3, DAPPER_ERR_PARSE },
	{ "a transfer that is too large", 1, 1, 1, (1u << 20) + 1, 0, DAPPER_ERR_LIMIT },
	{ "a negative length", 1, 0, 1, 0xffffffff, 0, DAPPER_ERR_LIMIT },
	{ "as large as may be", 1, 1, 1, 1u << 20, UINT32_MAX, DAPPER_OK },
};

static void feed__refuses_nonsense(void **state)
{
	const struct nonsense_row *row = *state;
	uint8_t header[HEADER];
	struct rig rig;

	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	make_header(header, row->command, 1, 0, row->length);
	put_be32(header + 12, row->direction);
	put_be32(header + 16, row->endpoint);
	put_be32(header + 32, row->packets);
	assert_int_equal(vusbip_feed(rig.usbip, header, sizeof(header)), row->status);
	stop(&rig);
}

static void feed__bounds_what_is_under_way(void **state)
{
	dapper_status status = DAPPER_OK;
	uint8_t header[HEADER];
	unsigned count = 0;
	struct rig rig;

	(void)state;
	start(&rig, "fake", DAPPER_VBOARD_USB_V2);
	make_header(header, 1, 1, VUSB_V2_IN, 64);
	for (; status == DAPPER_OK && count < 10000; count++)
		status = vusbip_feed(rig.usbip, header, sizeof(header));
	assert_int_equal(status, DAPPER_ERR_LIMIT);
	assert_int_equal(count, 257);
	stop(&rig);
}

/* --- the host controller --------------------------------------------------------------------- */

static const struct vhci_row {
	const char *what;
	const char *status; /* NULL: no such file */
	bool high_speed;
	dapper_status result;
	const char *attached; /* how the line to the kernel begins and, behind the socket, ends */
	const char *end;
} hosts[] = {
	{ "no host controller", NULL, true, DAPPER_ERR_UNSUPPORTED, "", "" },
	{ "a free port", "hub port sta spd dev\nhs  0000 004 000 00000000 000000 0-0\n", true,
		DAPPER_OK, "0 ", " 65538 3" },
	{ "another one",
		"hs  0000 006 003 00010002 000004 1-1\nhs  0001 004 000 00000000 000000 0-0\n",
		false, DAPPER_OK, "1 ", " 65538 2" },
	{ "none but SuperSpeed's",
		"hs  0000 006 003 00010002 000004 1-1\nss  0008 004 000 00000000 000000 0-0\n",
		true, DAPPER_ERR_BUSY, "", "" },
	{ "garbage", "\x01\x02hs hs hs\n\n\nhs  99999999999999 4\n", true, DAPPER_ERR_BUSY, "",
		"" },
};

static void vhci_attach__finds_a_port(void **state)
{
	const struct vhci_row *row = *state;
	char *folder = folder_new();
	uint8_t *text;
	size_t size;
	int fd = -1;

	if (row->status) {
		folder_write(folder, "status", row->status, strlen(row->status));
		folder_write(folder, "attach", "", 0);
	}
	assert_int_equal(vhci_attach(folder, row->high_speed, &fd), row->result);
	if (row->result == DAPPER_OK) {
		assert_true(fd >= 0);
		close(fd);
		assert_ok(file_read(folder_path(folder, "attach"), 100, &text, &size));
		assert_memory_equal(text, row->attached, strlen(row->attached));
		assert_true(size > strlen(row->end));
		assert_string_equal((char *)text + size - strlen(row->end), row->end);
		free(text);
	}
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control__does_not_believe_wlength),
		cmocka_unit_test(transfers__go_on_as_the_device_can),
		cmocka_unit_test(transfers__are_unlinked),
		cmocka_unit_test(reports__have_their_full_length),
		cmocka_unit_test(serial__goes_both_ways),
		cmocka_unit_test(serial__keeps_the_newest),
		cmocka_unit_test(fault__unplugs_a_little_later_each_time),
		cmocka_unit_test(feed__takes_messages_cut_anywhere),
		cmocka_unit_test(feed__bounds_what_is_under_way),
	};
	const struct test_table tables[] = {
		TEST_TABLE(device__describes_itself, devices),
		TEST_TABLE(control__answers, controls),
		TEST_TABLE(fault__happens_once, faults),
		TEST_TABLE(feed__refuses_nonsense, nonsense),
		TEST_TABLE(vhci_attach__finds_a_port, hosts),
	};

	return test_run_tables("usb", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
