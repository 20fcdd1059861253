/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_TRANSPORTS_QUIRKS_H
#define CMSIS_DAP_TRANSPORTS_QUIRKS_H

/**
 * @file
 * What is known of certain probes that they do not say of themselves, or say wrongly. The tables
 * are in quirks.def, each row with its source.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cmsis_dap_limits {
	unsigned packet_count; /**< Most packets in flight; 0: as many as it says. */
	const char *why;       /**< For the log. */
};

/**
 * What holds a probe back.
 *
 * @param firmware  The firmware version that it tells, or "".
 * @param product   The product's name on USB, which some put their version into, or "".
 */
struct cmsis_dap_limits quirks_find_limits(
	uint16_t vendor_id, uint16_t product_id, const char *firmware, const char *product);

/** Is it a CMSIS-DAP probe on HID whatever its texts say? */
bool quirks_is_known_hid(uint16_t vendor_id, uint16_t product_id);

/** Has it HID interfaces besides that of CMSIS-DAP, which alone has a vendor's usage page? */
bool quirks_needs_vendor_page(uint16_t vendor_id, uint16_t product_id);

/** The rows of known IDs, for the test of the udev rules; false past the last. */
bool quirks_get_known(size_t index, uint16_t *vendor_id, uint16_t *product_id);

#endif /* CMSIS_DAP_TRANSPORTS_QUIRKS_H */
