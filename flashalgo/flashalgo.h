/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASHALGO_FLASHALGO_H
#define FLASHALGO_FLASHALGO_H

/**
 * @file
 * Our own flash algorithms: the FLM files of flashalgo/prebuilt/, compiled in. For flm_parse().
 */
#include <stddef.h>
#include <stdint.h>

/** STM32F1 with 128 KB of flash in pages of 1 KB. */
extern const uint8_t flashalgo_stm32f1_128[];
extern const size_t flashalgo_stm32f1_128_size;
/** STM32F4 with 512 KB and 1 MB of flash in one bank. */
extern const uint8_t flashalgo_stm32f4_512[];
extern const size_t flashalgo_stm32f4_512_size;
extern const uint8_t flashalgo_stm32f4_1024[];
extern const size_t flashalgo_stm32f4_1024_size;

/** What dapper runs beside the algorithms: see src/flash/loader_code.h. */
extern const uint8_t flashalgo_loader[];
extern const size_t flashalgo_loader_size;

#endif /* FLASHALGO_FLASHALGO_H */
