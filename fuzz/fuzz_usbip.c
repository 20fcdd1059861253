/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile USB host for the virtual board: USB/IP messages of any kind. The first byte chooses the
 * device: bits 1:0 the interfaces, bit 2: full speed.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/support/fake_vtarget.h"
#include "vboard/usb/usbip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static dapper_status create_target(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	struct fake_target *fake = calloc(1, sizeof(*fake));

	(void)context;
	(void)settings;
	(void)setting_count;
	if (!fake)
		abort();
	fake_target_init(fake, target);
	target->destroy = free;
	return DAPPER_OK;
}

static const struct vboard_type type = {
	.info = { .name = "fake", .description = "RAM and holes" },
	.create = create_target,
};
static const struct vboard_type *const types[] = { &type, NULL };

/* In pieces, as from a socket, what there is to say being fetched in between. */
static void run(struct vusbip *usbip, const uint8_t *data, size_t size)
{
	enum { PIECE = 100 };

	while (size) {
		size_t piece = size < PIECE ? size : PIECE;
		size_t said;

		if (vusbip_feed(usbip, data, piece) != DAPPER_OK || vusbip_run(usbip) != DAPPER_OK)
			return;
		vusbip_output(usbip, &said);
		vusbip_sent(usbip, said);
		data += piece;
		size -= piece;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vusb_device device;
	struct vusbip *usbip;
	struct vboard *board;

	if (!size)
		return 0;
	if (vboard_create_from(NULL, types, data[0] & 4 ? "fake,link=fs-bulk" : "fake", &board) !=
		DAPPER_OK)
		abort();
	vusb_device_init(&device, board, (dapper_vboard_usb)(data[0] & 3), &host_clock);
	usbip = vusbip_new(&device);
	if (!usbip)
		abort();
	run(usbip, data + 1, size - 1);
	vusbip_free(usbip);
	vboard_destroy(board);
	return 0;
}
