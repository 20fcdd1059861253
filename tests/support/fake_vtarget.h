/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FAKE_VTARGET_H
#define SUPPORT_FAKE_VTARGET_H

/**
 * @file
 * The smallest target behind the virtual board's probe side, for its tests and fuzz targets: RAM, a
 * clock to read, a slave that stalls the bus, and holes.
 */
#include <stdlib.h>
#include <string.h>

#include "vboard/board/internal.h"

enum {
	FAKE_RAM = 0x20000000,
	FAKE_RAM_SIZE = 0x10000,
	FAKE_MICROSECONDS = 0x40000000, /* reads the target's time */
	FAKE_SLOW = 0x40001000,         /* each access takes FAKE_SLOW_NS */
	FAKE_SLOW_FAULT = 0x40001004,   /* and this one fails then */
	FAKE_SLOW_NS = 100000
};

#define FAKE_DPIDR      0x2ba01477u /* DPv1 */
#define FAKE_DPIDR_V2   0x2ba02477u
#define FAKE_DPIDR_MIN  0x0bb11477u /* DPv1, MINDP: Cortex-M0 */
#define FAKE_TARGET_ID  0x01002927u
#define FAKE_IDR        0x24770011u
#define FAKE_IDR_SIMPLE 0x04770021u
#define FAKE_BASE       0xe00ff003u
#define FAKE_CSW        0x23000042u

struct fake_target {
	uint8_t ram[FAKE_RAM_SIZE];
	uint64_t now_ns;
	uint64_t stalled_ns;
	/* The last bus access, and how many there were. */
	uint32_t address;
	unsigned size, attr, accesses;
	/* What reached the target otherwise. */
	unsigned advances, resets, power_changes, destroyed;
	bool in_reset, debug, system;
	bool no_power;
	void (*output)(void *payload, const void *bytes, size_t size);
	void *payload;
};

static inline uint8_t *fake_access(
	struct fake_target *fake, uint64_t address, unsigned size, unsigned attr)
{
	fake->address = (uint32_t)address;
	fake->size = size;
	fake->attr = attr;
	fake->accesses++;
	if (address < FAKE_RAM || address - FAKE_RAM > FAKE_RAM_SIZE - size)
		return NULL;
	return &fake->ram[address - FAKE_RAM];
}

static inline bool fake_is_slow(struct fake_target *fake, uint64_t address)
{
	if (address != FAKE_SLOW && address != FAKE_SLOW_FAULT)
		return false;
	fake->stalled_ns = fake->now_ns + FAKE_SLOW_NS;
	return true;
}

static inline bool fake_read(
	void *data, uint64_t address, unsigned size, unsigned attr, uint32_t *value)
{
	struct fake_target *fake = data;
	const uint8_t *bytes = fake_access(fake, address, size, attr);

	*value = 0;
	if (fake_is_slow(fake, address))
		return address == FAKE_SLOW;
	if (address == FAKE_MICROSECONDS)
		*value = (uint32_t)(fake->now_ns / 1000);
	else if (bytes)
		memcpy(value, bytes, size); /* both are little-endian on hosts of the tests */
	else
		return false;
	return true;
}

static inline bool fake_write(
	void *data, uint64_t address, unsigned size, unsigned attr, uint32_t value)
{
	struct fake_target *fake = data;
	uint8_t *bytes = fake_access(fake, address, size, attr);

	if (fake_is_slow(fake, address))
		return address == FAKE_SLOW;
	if (bytes)
		memcpy(bytes, &value, size);
	return bytes;
}

static inline void fake_drive_reset(void *data, bool asserted)
{
	struct fake_target *fake = data;

	fake->in_reset = asserted;
	fake->resets += asserted;
}

static inline void fake_debug_power(void *data, bool debug, bool system)
{
	struct fake_target *fake = data;

	fake->debug = debug;
	fake->system = system;
	fake->power_changes++;
}

static inline void fake_advance(void *data, uint64_t now_ns)
{
	struct fake_target *fake = data;

	fake->advances++;
	if (fake->now_ns < now_ns)
		fake->now_ns = now_ns;
}

static inline uint64_t fake_flash_busy_ns(void *data)
{
	(void)data;
	return 12345;
}

static inline uint64_t fake_instructions(void *data)
{
	return ((struct fake_target *)data)->advances;
}

static inline void fake_set_output(
	void *data, void (*output)(void *payload, const void *bytes, size_t size), void *payload)
{
	struct fake_target *fake = data;

	fake->output = output;
	fake->payload = payload;
}

static inline bool fake_is_powered(void *data)
{
	return !((struct fake_target *)data)->no_power;
}

static inline void fake_destroy(void *data)
{
	((struct fake_target *)data)->destroyed++;
}

static inline uint64_t fake_now_ns(void *data)
{
	const struct fake_target *fake = data;

	return fake->stalled_ns > fake->now_ns ? fake->stalled_ns : fake->now_ns;
}

/** AP 0 as of a Cortex-M4; AP 3 without packed transfers; others absent. */
static inline void fake_target_init(struct fake_target *fake, struct vtarget *target)
{
	const struct vbus bus = { .read = fake_read, .write = fake_write, .data = fake };

	*fake = (struct fake_target){ 0 };
	*target = (struct vtarget){
		.dpidr = FAKE_DPIDR,
		.target_id = FAKE_TARGET_ID,
		.jtag_idcode = 0x4ba00477,
		.aps = {
			{ .apsel = 0, .idr = FAKE_IDR, .base = FAKE_BASE, .csw_reset = FAKE_CSW,
				.can_pack = true, .bus = bus },
			{ .apsel = 3, .idr = FAKE_IDR_SIMPLE, .base = 2, .cfg = 0,
				.csw_reset = FAKE_CSW, .bus = bus },
		},
		.ap_count = 2,
		.drive_reset = fake_drive_reset,
		.debug_power = fake_debug_power,
		.advance = fake_advance,
		.flash_busy_ns = fake_flash_busy_ns,
		.instructions = fake_instructions,
		.set_output = fake_set_output,
		.is_powered = fake_is_powered,
		.destroy = fake_destroy,
		.now_ns = fake_now_ns,
		.data = fake,
	};
}

#endif /* SUPPORT_FAKE_VTARGET_H */
