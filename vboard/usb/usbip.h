/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_USBIP_H
#define VBOARD_USB_USBIP_H

/**
 * @file
 * The device's end of USB/IP once a device is imported: transfers as messages on a byte stream
 * (Linux, Documentation/usb/usbip_protocol.rst, "USBIP_CMD_SUBMIT" and on). Bytes in, bytes out; no
 * I/O. Who sends nonsense is an error, whatever it is; memory is bounded.
 */
#include "vboard/usb/device.h"

struct vusbip;

/** @param device  Outlives it. @return NULL: no memory. */
struct vusbip *vusbip_new(struct vusb_device *device);
/** NULL is fine. Transfers that are under way are forgotten. */
void vusbip_free(struct vusbip *usbip);

/**
 * Bytes from the host; messages may be cut anywhere.
 *
 * @retval DAPPER_ERR_PARSE  Not USB/IP, or isochronous.
 * @retval DAPPER_ERR_LIMIT  Too many transfers at once, or too large a one.
 */
dapper_status vusbip_feed(struct vusbip *usbip, const uint8_t *bytes, size_t size);

/**
 * Go on with all transfers, as far as the device can.
 *
 * @retval DAPPER_ERR_PROBE_GONE  The scenario pulls the plug.
 */
dapper_status vusbip_run(struct vusbip *usbip);

/** What is to be sent to the host; drop what was sent. */
const uint8_t *vusbip_output(const struct vusbip *usbip, size_t *size);
void vusbip_sent(struct vusbip *usbip, size_t size);

#endif /* VBOARD_USB_USBIP_H */
