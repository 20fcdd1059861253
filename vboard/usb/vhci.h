/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_VHCI_H
#define VBOARD_USB_VHCI_H

/**
 * @file
 * Linux's virtual host controller, vhci_hcd: a USB host whose devices are sockets. Formats: the
 * kernel's drivers/usb/usbip/vhci_sysfs.c.
 */
#include <stdbool.h>

#include <dapper/error.h>

/** Where it is in sysfs. */
extern const char vhci_folder[];

/**
 * Plug a device in.
 *
 * @param folder       vhci_folder, or a test's.
 * @param[out] socket  The device's end, non-blocking: USB/IP messages. Closed: unplugged.
 * @retval DAPPER_ERR_UNSUPPORTED  This machine has none.
 * @retval DAPPER_ERR_FILE         It may not be used.
 * @retval DAPPER_ERR_BUSY         All its ports are taken.
 */
dapper_status vhci_attach(const char *folder, bool high_speed, int *socket);

#endif /* VBOARD_USB_VHCI_H */
