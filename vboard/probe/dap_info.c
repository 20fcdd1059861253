/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "vboard/probe/dap_internal.h"

enum {
	INFO_CAPABILITIES = 0xf0,
	INFO_TIMER = 0xf1,
	INFO_SWO_BUFFER = 0xfd,
	INFO_PACKET_COUNT = 0xfe,
	INFO_PACKET_SIZE = 0xff
};

/* Info0 of the capabilities; the rest (UART) is not there. */
#define CAPABILITY_SWD            BIT(0)
#define CAPABILITY_JTAG           BIT(1)
#define CAPABILITY_SWO_UART       BIT(2)
#define CAPABILITY_SWO_MANCHESTER BIT(3)
#define CAPABILITY_ATOMIC         BIT(4)
#define CAPABILITY_TIMER          BIT(5)
#define CAPABILITY_SWO_STREAM     BIT(6)

/* Length with the NUL; an unknown string has none. */
static void write_string(struct dap_writer *out, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	size_t room = out->capacity - out->size;
	uint8_t *data;

	if (size >= room) /* a serial number that is too long is cut */
		size = room > 1 ? room - 1 : 0;
	if (size > UINT8_MAX)
		size = UINT8_MAX;
	dap_write_byte(out, (uint8_t)size);
	data = dap_write(out, size);
	if (!data || !size)
		return;
	memcpy(data, text, size - 1);
	data[size - 1] = '\0';
}

static const char *find_string(const struct vdap_identity *identity, uint8_t id)
{
	const char *const strings[] = {
		[0x01] = "dapper",
		/* Hosts look for "CMSIS-DAP" in the product's name. */
		[0x02] = "dapper virtual CMSIS-DAP",
		[0x03] = identity->serial,
		[0x04] = "2.1.1", /* of the protocol */
		[0x05] = identity->device_vendor,
		[0x06] = identity->device_name,
		[0x07] = "dapper",
		[0x08] = identity->board_name,
		[0x09] = DAPPER_VERSION, /* of the firmware */
	};

	return id < ARRAY_SIZE(strings) ? strings[id] : NULL;
}

bool dap_info(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	const struct vdap_identity *identity = &dap->identity;
	uint8_t id = dap_read_byte(in);

	if (in->short_of_data)
		return false;
	switch (id) {
	case INFO_CAPABILITIES:
		dap_write_byte(out, 2);
		dap_write_byte(
			out, (uint8_t)(CAPABILITY_SWD | CAPABILITY_JTAG | CAPABILITY_SWO_UART |
				       CAPABILITY_SWO_MANCHESTER | CAPABILITY_ATOMIC |
				       CAPABILITY_TIMER | CAPABILITY_SWO_STREAM));
		dap_write_byte(out, 0);
		break;
	case INFO_TIMER:
		dap_write_byte(out, 4);
		dap_write_word(out, VDAP_TIMER_HZ);
		break;
	case INFO_SWO_BUFFER:
		dap_write_byte(out, 4);
		dap_write_word(out, VSWO_BUFFER_SIZE);
		break;
	case INFO_PACKET_COUNT:
		dap_write_byte(out, 1);
		dap_write_byte(out, identity->packet_count);
		break;
	case INFO_PACKET_SIZE:
		dap_write_byte(out, 2);
		dap_write_byte(out, (uint8_t)identity->packet_size);
		dap_write_byte(out, (uint8_t)(identity->packet_size >> 8));
		break;
	default:
		write_string(out, find_string(identity, id));
		break;
	}
	return true;
}
