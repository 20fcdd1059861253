/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_PORT_H
#define VBOARD_PROBE_PORT_H

/**
 * @file
 * The probe's end of the wires: what a probe's firmware does to SWCLK, SWDIO and nRESET, cycle by
 * cycle as Arm's CMSIS-DAP firmware does (its SW_DP.c, for the behaviour).
 */
#include "base/bits.h"
#include "vboard/wire/swd.h"

/** Response of DAP_Transfer (CMSIS-DAP 2.1.1, "Transfer Response"). */
enum {
	VPORT_ACK_OK = VDP_ACK_OK,
	VPORT_ACK_WAIT = VDP_ACK_WAIT,
	VPORT_ACK_FAULT = VDP_ACK_FAULT,
	VPORT_ACK_NONE = VDP_ACK_NONE,
	VPORT_PROTOCOL_ERROR = 1 << 3, /* here: the parity of the data read is wrong */
	VPORT_MISMATCH = 1 << 4
};

/** Bits of DAP_SWJ_Pins. */
#define VPORT_PIN_SWCLK  BIT(0)
#define VPORT_PIN_SWDIO  BIT(1)
#define VPORT_PIN_NRESET BIT(7)

struct vport {
	struct vswd *wire;
	struct vclock *clock;
	const struct vtarget *target;

	bool by_cycles;            /* never take the short way; tests compare both */
	bool connected;            /* SWD pins are driven */
	bool swclk, swdio, nreset; /* levels driven */

	/* DAP_SWD_Configure, DAP_TransferConfigure */
	uint8_t turnaround; /* 1 to 4 */
	bool data_phase;
	uint8_t idle_cycles;

	uint64_t stamp_ns; /* when the data of the last transfer were through */
};

void vport_init(struct vport *port, struct vswd *wire, struct vclock *clock);

/** Take the pins, or let go of them (nRESET too). */
void vport_connect(struct vport *port);
void vport_disconnect(struct vport *port);

/** Clock out @p count bits, lowest bit of the first byte first. */
void vport_write_bits(struct vport *port, const uint8_t *bits, unsigned count);
/** Clock in @p count bits with SWDIO released; whole bytes of @p bits are written. */
void vport_read_bits(struct vport *port, uint8_t *bits, unsigned count);

/** Levels of the pins that exist, others 0. */
uint8_t vport_read_pins(const struct vport *port);
/** Drive the pins in @p select to @p output; a rising SWCLK is a cycle on the wire. */
void vport_write_pins(struct vport *port, uint8_t output, uint8_t select);

/**
 * One SWD transaction with its idle cycles.
 *
 * @param request  Bits 3:0 of a DAP_Transfer request: APnDP, RnW, A2, A3.
 * @param data     To write, or [out] read. Untouched unless #VPORT_ACK_OK.
 * @return One of the responses above.
 */
uint8_t vport_transfer(struct vport *port, uint8_t request, uint32_t *data);

#endif /* VBOARD_PROBE_PORT_H */
