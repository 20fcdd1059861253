/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_MOCK_SYSFS_H
#define PROBE_MOCK_SYSFS_H

/**
 * @file
 * What the probes of mock_usb.h look like before anybody opens them: descriptors and sysfs.
 */
#include "mock_usb.h"

enum {
	MOCK_HID_REPORT = 64,
	MOCK_REPORT_DESCRIPTOR_SIZE = 27,
	MOCK_EP_OUT = 0x01,
	MOCK_EP_IN = 0x81
};

extern const uint8_t mock_report_descriptor[MOCK_REPORT_DESCRIPTOR_SIZE];

/** The device, its interfaces and nodes in umockdev's language; g_free() it. */
char *mock_sysfs_describe(const struct mock_options *options);

#endif /* PROBE_MOCK_SYSFS_H */
