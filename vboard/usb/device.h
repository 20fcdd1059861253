/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_DEVICE_H
#define VBOARD_USB_DEVICE_H

/**
 * @file
 * The virtual probe as a USB device: endpoint 0, CMSIS-DAP over bulk and HID endpoints, a serial
 * port. It knows nothing of how transfers reach it: a front-end (usbip.h) owns them, calls in here,
 * and calls again after anything happened when one was VUSB_PENDING, which is what a NAK is.
 *
 * Flow control is that of a real probe: requests are taken while there is a free buffer for their
 * answer, then NAKed.
 */
#include "base/clock.h"
#include "vboard/usb/descriptors.h"
#include "vboard/usb/faults.h"
#include "vboard/vboard.h"

enum vusb_result {
	VUSB_DONE,
	VUSB_PENDING,  /* NAK: nothing to say, or no room */
	VUSB_STALL,    /* and stalled until CLEAR_FEATURE, but for endpoint 0 */
	VUSB_OVERFLOW, /* babble: more than the host asked for */
	VUSB_GONE      /* the plug was pulled */
};

enum { VUSB_PACKET_MAX = 512, VUSB_QUEUE = 10 };

/** Answers of one CMSIS-DAP interface that the host has not fetched yet. */
struct vusb_answer {
	enum vusb_result result; /* DONE, STALL or OVERFLOW */
	uint16_t size;
	uint64_t due_ns; /* real time: not before; 0: now */
	uint8_t bytes[VUSB_PACKET_MAX];
};

struct vusb_dap {
	bool is_reports; /* v1: all packets have their full length */
	bool in_halted, out_halted;
	struct vusb_answer answers[VUSB_QUEUE];
	unsigned first, count;
};

enum { VUSB_SERIAL_BUFFER = 4096 };

/** What the firmware said and nobody has fetched; of too much the oldest is lost. */
struct vusb_serial {
	uint8_t bytes[VUSB_SERIAL_BUFFER];
	size_t first, count;
	uint8_t line_coding[7];
	bool in_halted, out_halted;
};

struct vusb_device {
	struct vboard *board;
	const struct clock *clock; /* real time, for late answers */
	struct vusb_descriptors descriptors;
	struct vusb_faults faults;
	uint64_t requests;   /* so far, over both interfaces */
	uint64_t since_plug; /* of these, since it was plugged in */
	uint64_t hold_until_ns;
	bool held;
	uint64_t host_ns; /* when what is being worked off was sent; simulated */
	uint64_t answer_ns;
	uint8_t configuration;
	struct vusb_dap v1, v2;
	struct vusb_serial serial;
	bool swo_halted;
};

/** @p board and @p clock outlive the device. Only V1, V2 or both. */
void vusb_device_init(struct vusb_device *device, struct vboard *board, dapper_vboard_usb kind,
	const struct clock *clock);

/** Nothing queued, nothing stalled: a new configuration. */
void vusb_device_reset(struct vusb_device *device);
/** It is plugged in (again). */
void vusb_device_plug(struct vusb_device *device);

/** What arrives from now on was sent at this moment of the board's time, or after the last answer. */
void vusb_device_stamp(struct vusb_device *device);

/** SETUP of a control transfer, USB 2.0 table 9-2. */
struct vusb_setup {
	uint8_t type; /* bmRequestType */
	uint8_t request;
	uint16_t value, index, length;
};

/**
 * A control transfer as a whole.
 *
 * @param data  To the device: setup->length bytes. To the host: room for 256.
 * @param[out] size  To the host: bytes of the answer, at most setup->length.
 */
enum vusb_result vusb_control(
	struct vusb_device *device, const struct vusb_setup *setup, uint8_t *data, size_t *size);

/** Go on with a transfer to the device, of which @p done of @p size bytes were taken. */
enum vusb_result vusb_out(struct vusb_device *device, uint8_t address, const uint8_t *data,
	size_t size, size_t *done);

/** Go on with a transfer to the host, of whose @p size bytes @p done are there. */
enum vusb_result vusb_in(
	struct vusb_device *device, uint8_t address, uint8_t *data, size_t size, size_t *done);

/** The firmware's serial output. */
void vusb_serial_output(struct vusb_device *device, const void *bytes, size_t size);

/** Milliseconds until something pending may go on by itself; -1: nothing will. */
int vusb_wait_ms(const struct vusb_device *device);

#endif /* VBOARD_USB_DEVICE_H */
