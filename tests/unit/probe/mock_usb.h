/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_MOCK_USB_H
#define PROBE_MOCK_USB_H

/**
 * @file
 * CMSIS-DAP probes on a USB that umockdev makes up: libusb and hidapi are the real ones, usbfs and
 * hidraw are imitated here, and behind them is a virtual board. Must be run by umockdev-wrapper.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/context.h>

/** What happens at request number fault_at (from 0), once. */
enum mock_fault {
	MOCK_HONEST,
	MOCK_SILENT,    /* no answer */
	MOCK_LATE,      /* not before mock_probe_let_go() */
	MOCK_STALL_IN,  /* instead of the answer */
	MOCK_STALL_OUT, /* instead of taking the request */
	MOCK_EMPTY,     /* a packet of no bytes before the answer */
	MOCK_SHORT,     /* the answer's first byte only */
	MOCK_BABBLE,    /* more than was asked for */
	MOCK_ERROR,     /* nobody acknowledges on the bus any more, as when a plug is half out */
	MOCK_HOLD,      /* the request is not taken */
	MOCK_UNPLUG
};

struct mock_options {
	const char *port; /**< "1-1" */
	unsigned address; /**< 2 and up; also the number of the hidraw node */
	uint16_t vendor_id, product_id;
	const char *product;
	const char *serial; /**< NULL: none */
	bool v1, v2;        /**< which interfaces it has */
	unsigned endpoint;  /**< wMaxPacketSize of the bulk endpoints: 64 or 512 */
	const char *board;  /**< spec of the virtual board */
	unsigned stale;     /**< answers that wait for who opens it */
	bool claimed;       /**< by another program */
};

struct mock_probe;
struct mock_usb;

struct mock_usb *mock_usb_new(void);
void mock_usb_free(struct mock_usb *usb);

struct mock_probe *mock_usb_plug(struct mock_usb *usb, const struct mock_options *options);

void mock_probe_set_fault(struct mock_probe *probe, enum mock_fault fault, unsigned at);
void mock_probe_let_go(struct mock_probe *probe);
/** Requests from now on count from 0. */
void mock_probe_forget(struct mock_probe *probe);
/** Take away everybody's permission. */
void mock_usb_forbid(struct mock_usb *usb, const struct mock_probe *probe);

/** What came of it. */
struct mock_counts {
	unsigned requests;
	unsigned zero_packets; /**< requests that were ended by an empty packet */
	unsigned unended;      /**< requests whose end a probe could not have seen */
	unsigned most_ahead;   /**< most requests that came before an answer was taken */
	unsigned pending;      /**< transfers that the kernel has now */
	unsigned abandoned;    /**< that it had when the interface was released */
	unsigned interfaces;   /**< that are claimed now */
	unsigned calls;        /**< ioctls, reads and writes: 0 when it was never opened */
};
struct mock_counts mock_probe_count(struct mock_probe *probe);

#endif /* PROBE_MOCK_USB_H */
