/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_CONTROL_H
#define VBOARD_USB_CONTROL_H

/** @file Between the files of the device model. */
#include "vboard/usb/device.h"

/** Whether this kind of device has such an endpoint. */
bool vusb_has_endpoint(const struct vusb_device *device, uint8_t address);

/** HID SET_REPORT: a request by way of endpoint 0. */
enum vusb_result vusb_take_report(struct vusb_device *device, const uint8_t *bytes, size_t size);

#endif /* VBOARD_USB_CONTROL_H */
