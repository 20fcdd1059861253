/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_FLM_DEVICE_H
#define FLASH_FLM_DEVICE_H

#include "flash/flm.h"

/**
 * Parse a struct FlashDevice.
 *
 * @param bytes  It, and what follows it in its section.
 * @param[out] device  Zeroed by the caller; its sectors are freed by the caller on failure too.
 */
dapper_status flm_device_parse(const uint8_t *bytes, size_t size, struct flm_device *device);

#endif /* FLASH_FLM_DEVICE_H */
