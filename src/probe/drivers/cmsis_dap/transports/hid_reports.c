/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes of HID reports, which hidapi does not tell. Document: Device Class Definition for HID,
 * version 1.11, 6.2.2 "Report Descriptor": items of one prefix byte and 0, 1, 2 or 4 bytes.
 */
#include "base/bytes.h"
#include "probe/drivers/cmsis_dap/transports/usb.h"

/* Prefix without its size bits: 6.2.2.4 main items, 6.2.2.7 global items. */
enum {
	ITEM_SIZE = 0x03,
	ITEM_INPUT = 0x80,
	ITEM_OUTPUT = 0x90,
	ITEM_COLLECTION = 0xa0,
	ITEM_USAGE_PAGE = 0x04,
	ITEM_REPORT_SIZE = 0x74,
	ITEM_REPORT_COUNT = 0x94,
	ITEM_LONG = 0xfe
};

struct hid_state {
	uint32_t page;
	uint32_t size; /* of a field, in bits */
	uint32_t count;
	uint64_t in_bits;
	uint64_t out_bits;
	bool in_collection;
};

static uint32_t item_value(const uint8_t *bytes, size_t size)
{
	switch (size) {
	case 0:
		return 0;
	case 1:
		return bytes[0];
	case 2:
		return get_le16(bytes);
	default:
		return get_le32(bytes);
	}
}

static void take_item(
	struct hid_state *state, struct hid_reports *reports, unsigned tag, uint32_t value)
{
	uint64_t bits = (uint64_t)state->size * state->count;

	switch (tag) {
	case ITEM_USAGE_PAGE:
		state->page = value;
		break;
	case ITEM_REPORT_SIZE:
		state->size = value > UINT16_MAX ? UINT16_MAX : value;
		break;
	case ITEM_REPORT_COUNT:
		state->count = value > UINT16_MAX ? UINT16_MAX : value;
		break;
	case ITEM_INPUT:
		state->in_bits += bits;
		break;
	case ITEM_OUTPUT:
		state->out_bits += bits;
		break;
	case ITEM_COLLECTION:
		if (!state->in_collection)
			reports->usage_page = (uint16_t)state->page;
		state->in_collection = true;
		break;
	default:
		break;
	}
}

static uint16_t whole_bytes(uint64_t bits)
{
	uint64_t bytes = (bits + 7) / 8;

	return bytes > UINT16_MAX ? 0 : (uint16_t)bytes;
}

bool hid_reports_parse(const uint8_t *bytes, size_t size, struct hid_reports *reports)
{
	struct hid_state state = { .page = 0 };
	size_t at = 0;

	*reports = (struct hid_reports){ 0 };
	while (at < size) {
		unsigned prefix = bytes[at++];
		size_t length = prefix & ITEM_SIZE;

		if (length == 3)
			length = 4;
		if (prefix == ITEM_LONG) /* its length is in its first byte, behind that a tag */
			length = at < size ? (size_t)bytes[at] + 2 : 2;
		if (length > size - at)
			return false;
		if (prefix != ITEM_LONG)
			take_item(&state, reports, prefix & ~(unsigned)ITEM_SIZE,
				item_value(bytes + at, length));
		at += length;
	}
	reports->in_size = whole_bytes(state.in_bits);
	reports->out_size = whole_bytes(state.out_bits);
	return state.in_collection;
}
