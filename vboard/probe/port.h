/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_PORT_H
#define VBOARD_PROBE_PORT_H

/**
 * @file
 * The probe's end of the wires: what a probe's firmware does to the pins, cycle by cycle as Arm's
 * CMSIS-DAP firmware does (its SW_DP.c and JTAG_DP.c, for the behaviour).
 */
#include "base/bits.h"
#include "vboard/wire/swj.h"

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
#define VPORT_PIN_TDI    BIT(2)
#define VPORT_PIN_TDO    BIT(3)
#define VPORT_PIN_NTRST  BIT(5)
#define VPORT_PIN_NRESET BIT(7)

/** Which pins are driven. */
enum vport_mode { VPORT_OFF, VPORT_SWD, VPORT_JTAG };

/** Devices that DAP_JTAG_Configure can tell of, as Arm's firmware has it. */
enum { VPORT_MAX_DEVICES = 8 };

struct vport {
	struct vswj *wire;
	struct vclock *clock;
	const struct vtarget *target;

	bool by_cycles; /* never take the short way; tests compare both */
	enum vport_mode mode;
	/* Levels driven: TCK/SWCLK, TMS/SWDIO, ... */
	bool swclk, swdio, tdi, ntrst, nreset;

	/* DAP_SWD_Configure, DAP_TransferConfigure */
	uint8_t turnaround; /* 1 to 4 */
	bool data_phase;
	uint8_t idle_cycles;

	/* DAP_JTAG_Configure; device 0 is the nearest to TDO. */
	uint8_t device_count;
	uint8_t ir_lengths[VPORT_MAX_DEVICES];
	uint8_t device; /* of the transfers to come */
	uint8_t ir;     /* what it holds, 0: not known */

	uint64_t stamp_ns; /* when the data of the last transfer were through */
};

void vport_init(struct vport *port, struct vswj *wire, struct vclock *clock);

/** Take the pins of a protocol, or let go of them (the resets too). */
void vport_connect(struct vport *port, enum vport_mode mode);
void vport_disconnect(struct vport *port);

/** Clock out @p count bits on TMS/SWDIO, lowest bit of the first byte first. */
void vport_write_bits(struct vport *port, const uint8_t *bits, unsigned count);
/** Clock in @p count bits with SWDIO released; whole bytes of @p bits are written. */
void vport_read_bits(struct vport *port, uint8_t *bits, unsigned count);

/** Levels of the pins that exist, others 0. */
uint8_t vport_read_pins(const struct vport *port);
/** Drive the pins in @p select to @p output; a rising SWCLK is a cycle on the wire. */
void vport_write_pins(struct vport *port, uint8_t output, uint8_t select);

/** nRESET: false drives it low. */
void vport_drive_nreset(struct vport *port, bool level);
/** nTRST likewise. */
void vport_drive_ntrst(struct vport *port, bool level);

/** One cycle of TCK. @return TDO. */
bool vport_jtag_cycle(struct vport *port, bool tms, bool tdi);
/**
 * @p count cycles of TCK with TMS at @p tms, lowest bit of the first byte first.
 *
 * @param[out] tdo  Whole bytes are written. May be NULL.
 */
void vport_jtag_bits(
	struct vport *port, bool tms, const uint8_t *tdi, uint8_t *tdo, unsigned count);
/** Talk to this device from now on; its IR is not known. @return false: there is none. */
bool vport_jtag_select(struct vport *port, uint8_t device);
/** Shift an instruction into the device, BYPASS into the others. */
void vport_jtag_write_ir(struct vport *port, uint8_t instruction);
/** Read 32 bits of its data register. */
uint32_t vport_jtag_read_idcode(struct vport *port);
/** Write the JTAG-DP's ABORT register. */
void vport_jtag_write_abort(struct vport *port, uint32_t data);

/**
 * One transaction with its idle cycles. JTAG: reads give the result of the read before, and the
 * device's IR is made to fit.
 *
 * @param request  Bits 3:0 of a DAP_Transfer request: APnDP, RnW, A2, A3.
 * @param data     To write, or [out] read. Untouched unless #VPORT_ACK_OK.
 * @return One of the responses above.
 */
uint8_t vport_transfer(struct vport *port, uint8_t request, uint32_t *data);

#endif /* VBOARD_PROBE_PORT_H */
