/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ROM_ROM_H
#define VBOARD_ROM_ROM_H

/**
 * @file
 * Our own boot ROMs of virtual parts, from prebuilt/ (build.sh).
 */
#include <stddef.h>
#include <stdint.h>

extern const uint8_t vboard_rom_rp2040[];
extern const size_t vboard_rom_rp2040_size;

#endif /* VBOARD_ROM_ROM_H */
