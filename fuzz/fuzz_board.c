/* SPDX-License-Identifier: Apache-2.0 */
/* A board's description from anywhere: refused, or a board that can be made and runs. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "vboard/board/description.h"

enum { RUN_NS = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_around(const struct vtarget *target)
{
	static const uint32_t places[] = { 0, 0x08000000, 0x1fff0000, 0x20000000, 0x40000000,
		0x50000000, 0xe0000000, 0xe0001000, 0xe0002000, 0xe000e000, 0xe00ff000 };

	for (size_t i = 0; i < target->ap_count; i++) {
		const struct vbus *bus = &target->aps[i].bus;
		uint32_t value;

		if (!bus->read)
			continue;
		for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++)
			for (uint32_t offset = 0; offset < 0x40; offset += 4) {
				const uint64_t address = (uint64_t)places[k] + offset;

				bus->read(bus->data, address, 4, VBUS_PRIVILEGED, &value);
				bus->write(bus->data, address, 4, VBUS_PRIVILEGED, value + 1);
			}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct description *description;
	struct vtarget target;

	if (description_parse("fuzz.yaml", data, size, &description) != DAPPER_OK)
		return 0;
	if (description_make_target(NULL, description, NULL, 0, &target) != DAPPER_OK)
		return 0;
	target.advance(target.data, RUN_NS);
	look_around(&target);
	target.advance(target.data, 2 * RUN_NS);
	target.destroy(target.data);
	return 0;
}
