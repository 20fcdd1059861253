/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMSIS-DAP packets for the virtual probe: input is a list of packets, each behind a byte with its
 * length. Request and response are in memory of their own size, so that ASan sees a step beyond.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fake_vtarget.h"
#include "vboard/probe/dap.h"

enum { PACKET_SIZE = 64, MAX_PACKETS = 64, MAX_RETRIES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bench {
	struct fake_target fake;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
	struct vswj wire;
	struct vport port;
	struct vdap dap;
};

static void run_packet(struct bench *bench, const uint8_t *data, size_t size)
{
	uint8_t *request = malloc(size ? size : 1);
	uint8_t *response = malloc(PACKET_SIZE);

	if (!request || !response)
		abort();
	if (size)
		memcpy(request, data, size);
	if (vdap_process(&bench->dap, request, size, response) > PACKET_SIZE)
		abort();
	free(request);
	free(response);
	/* All retries are done as they should; here they would only cost time. */
	if (bench->dap.match_retry > MAX_RETRIES)
		bench->dap.match_retry = MAX_RETRIES;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vdap_identity identity = {
		.serial = "fuzz", .packet_size = PACKET_SIZE, .packet_count = 4
	};
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		abort();
	fake_target_init(&bench->fake, &bench->target);
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->dp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vdap_init(&bench->dap, &identity, &bench->port);
	for (unsigned i = 0; i < MAX_PACKETS && size; i++) {
		size_t length = data[0];

		data++;
		size--;
		if (length > size)
			length = size;
		run_packet(bench, data, length);
		data += length;
		size -= length;
	}
	free(bench);
	return 0;
}
