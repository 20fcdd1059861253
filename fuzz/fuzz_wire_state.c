/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saved state of the wire and of three DPs, as it may come from a damaged snapshot: it is refused,
 * or what follows does no harm. Bytes: bits 1:0 choose DPv1, v2 or v3, bit 2: JTAG; then changes
 * of the state (offset of 16 bits, value) up to an offset of 0xffff, then what the pins do.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "tests/support/fake_vtarget.h"
#include "vboard/wire/swj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DP_COUNT = 3, CHANGE_BYTES = 3, END = 0xffff };

struct saved {
	struct vswj wire;
	struct vdp_state dps[DP_COUNT];
};

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dps[DP_COUNT];
	struct vswj wire;
	struct saved saved;
};

static void set_up(struct bench *bench, uint8_t choice)
{
	static const uint32_t dpidrs[] = { FAKE_DPIDR, FAKE_DPIDR_V2, 0x4c013477, FAKE_DPIDR_MIN };
	struct vtarget *target = &bench->target;

	fake_target_init(&bench->fake, target);
	target->dpidr = dpidrs[choice & 3];
	target->dpidr1 = 0xb4;
	target->has_rom = true;
	target->aps[0].address = 0x2000;
	target->aps[0].has_dars = true;
	target->aps[0].data_bits = 256;
	target->aps[0].kind = VAP_AXI;
	target->aps[1].address = 0x1000;
	target->aps[1].parent = 1;
	if (!(choice & 4))
		target->jtag_idcode = 0;
	target->dp_count = DP_COUNT;
	for (unsigned i = 1; i < DP_COUNT; i++) {
		target->dps[i] = target->dps[0];
		target->dps[i].instance = (uint8_t)i;
	}
	vclock_init(&bench->clock);
	for (unsigned i = 0; i < DP_COUNT; i++)
		vdp_init_nth(&bench->dps[i], target, i, &bench->clock, &bench->faults);
	vswj_init_all(&bench->wire, bench->dps, DP_COUNT);
}

/* @return What is left of the bytes. */
static size_t damage(struct saved *saved, const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (size - at >= CHANGE_BYTES) {
		const uint16_t offset = get_le16(data + at);

		at += CHANGE_BYTES;
		if (offset == END)
			break;
		((uint8_t *)saved)[offset % sizeof(*saved)] = data[at - 1];
	}
	return size - at;
}

static void run(struct bench *bench, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const struct vswj_pins pins = {
			.driven = data[i] & 1, .tms = data[i] & 2, .tdi = data[i] & 4
		};

		/* The same pins for up to 16 cycles. */
		for (unsigned n = 0; n <= data[i] >> 4; n++) {
			vclock_run(&bench->clock, 1);
			vswj_fall(&bench->wire);
			vswj_tdo(&bench->wire);
			vswj_swdio(&bench->wire, pins);
			vswj_rise(&bench->wire, pins);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	size_t left;

	if (!bench)
		abort();
	set_up(bench, size ? data[0] : 0);
	vswj_save(&bench->wire, &bench->saved.wire);
	for (unsigned i = 0; i < DP_COUNT; i++)
		vdp_save(&bench->dps[i], &bench->saved.dps[i]);
	left = size ? damage(&bench->saved, data + 1, size - 1) : 0;
	(void)!vswj_restore(&bench->wire, &bench->saved.wire);
	for (unsigned i = 0; i < DP_COUNT; i++)
		(void)!vdp_restore(&bench->dps[i], &bench->saved.dps[i]);
	if (left)
		run(bench, data + size - left, left);
	free(bench);
	return 0;
}
