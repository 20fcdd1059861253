/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_DAP_H
#define VBOARD_PROBE_DAP_H

/**
 * @file
 * The probe's CMSIS-DAP command processor: a request packet in, a response packet out, SWCLK
 * cycles and time in between. Document: CMSIS-DAP 2.1.1, "CMSIS-DAP Commands"; where it is silent,
 * what Arm's reference firmware does.
 *
 * Choices:
 * - A command that ends before its data, or whose answer would not fit a packet, is answered with
 *   its ID and DAP_ERROR (0xFF), and nothing of it is done.
 * - DAP_QueueCommands: packets are handed over one by one and answered one by one, so that nothing
 *   is gained by holding one back; it is executed like DAP_ExecuteCommands, and answered so.
 * - DAP_TransferAbort: a packet is worked off before the next is seen, so that there never is a
 *   transfer left to abort; as always it has no answer.
 * - UART: not there; its commands are unknown.
 * - A transfer to a JTAG device that DAP_JTAG_Configure did not tell of: none done, response 0.
 */
#include "vboard/probe/port.h"
#include "vboard/probe/swo.h"

enum {
	VDAP_MAX_HZ = 50000000,
	VDAP_TIMER_HZ = 100000000 /* Test Domain Timer, of which DAP_Transfer makes time stamps */
};

/** What DAP_Info tells. Strings may be NULL; they outlive the processor. */
struct vdap_identity {
	const char *serial;
	const char *device_vendor;
	const char *device_name;
	const char *board_name;
	uint16_t packet_size;
	uint8_t packet_count;
	uint32_t command_ns; /* what the firmware itself needs for a command */
};

struct vdap {
	struct vdap_identity identity;
	struct vport *port;
	struct vclock *clock;
	/* DAP_TransferConfigure, and the mask that DAP_Transfer keeps */
	uint16_t wait_retry;
	uint16_t match_retry;
	uint32_t match_mask;
	bool in_list;          /* inside DAP_ExecuteCommands */
	uint8_t swo_transport; /* DAP_SWO_Transport */
	struct vswo swo;
};

/** @p port is connected to its wire already; @p dap must not move afterwards. */
void vdap_init(struct vdap *dap, const struct vdap_identity *identity, struct vport *port);

/**
 * Work off one packet.
 *
 * @param response  identity.packet_size bytes.
 * @return Bytes of the response; 0: this command has none.
 */
size_t vdap_process(
	struct vdap *dap, const uint8_t *request, size_t request_size, uint8_t *response);

/** What the SWO endpoint has to send (DAP_SWO_Transport 2), oldest first. @return How much. */
size_t vdap_read_swo(struct vdap *dap, uint8_t *bytes, size_t size);

#endif /* VBOARD_PROBE_DAP_H */
