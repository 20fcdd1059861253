/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters of remote_bitbang for the virtual board: any edges on any pins, JTAG and SWD. The
 * first byte chooses the target: bit 0: DPv2, bit 1: no JTAG, bit 2: no SWD, bit 3: dormant, bit 4:
 * IR of 8 bits, bits 6:5: other TAPs.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_vtarget.h"
#include "vboard/probe/bitbang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
	struct vbitbang bitbang;
};

static void choose_target(struct vtarget *target, uint8_t choice)
{
	if (choice & 1)
		target->dpidr = FAKE_DPIDR_V2;
	if (choice & 2)
		target->jtag_idcode = 0;
	target->no_swd = choice & 4;
	target->starts_dormant = choice & 8;
	target->jtag_ir_length = choice & 16 ? 8 : 4;
	target->tap_count = choice >> 5 & 3;
	target->taps_before = target->tap_count / 2;
	for (unsigned i = 0; i < target->tap_count; i++)
		target->taps[i] = (struct vtap_config){
			.idcode = 0x06413041, .ir_length = 5, .ir_capture = 1, .ir_idcode = 1
		};
}

static void run(struct vbitbang *bitbang, const uint8_t *data, size_t size)
{
	enum vbitbang_end end = VBITBANG_MORE;

	while (size && end == VBITBANG_MORE) {
		uint8_t out[8];
		size_t taken = size, count = sizeof(out);

		end = vbitbang_process(bitbang, data, &taken, out, &count);
		if (taken > size || count > sizeof(out) || (end == VBITBANG_MORE && !taken))
			abort();
		data += taken;
		size -= taken;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		abort();
	fake_target_init(&bench->fake, &bench->target);
	if (size)
		choose_target(&bench->target, data[0]);
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vbitbang_init(&bench->bitbang, &bench->port);
	if (size)
		run(&bench->bitbang, data + 1, size - 1);
	vbitbang_finish(&bench->bitbang);
	free(bench);
	return 0;
}
