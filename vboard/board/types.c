/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boards that are built in. A new one: its part in board/parts/, its declaration in part.h and
 * a line here.
 */
#include "base/error.h"
#include "vboard/board/part.h"

/* Part, name, its maker and the part's name as a pack has it, description. */
#define BOARD_TYPES(X)                                                            \
	X(stm32f407vg, "stm32f407vg", "STMicroelectronics", "STM32F407VGTx",      \
		"STM32F407VG: Cortex-M4F, 1 MB flash, 192 KB RAM, 8 MHz crystal") \
	X(stm32f103rb, "stm32f103rb", "STMicroelectronics", "STM32F103RB",        \
		"STM32F103RB: Cortex-M3, 128 KB flash, 20 KB RAM, 8 MHz clock")   \
	X(cortex_m0, "cortex-m0", "ARM", "ARMCM0",                                \
		"generic Cortex-M0: 64 KB writable code memory, 64 KB RAM")       \
	X(mk22fn512, "mk22fn512", "NXP", "MK22FN512xxx12",                        \
		"MK22FN512: Cortex-M4F, 512 KB flash (FTFA), 128 KB RAM, MDM-AP") \
	X(mk64fn1m0, "mk64fn1m0", "NXP", "MK64FN1M0xxx12",                        \
		"MK64FN1M0: Cortex-M4F, 1 MB flash (FTFE), 256 KB RAM, MDM-AP")   \
	X(mk64fx512, "mk64fx512", "NXP", "MK64FX512xxx12",                        \
		"MK64FX512: Cortex-M4F, 512 KB flash, 128 KB FlexNVM, MDM-AP")    \
	X(nrf52832, "nrf52832", "Nordic Semiconductor", "nRF52832_xxAA",          \
		"nRF52832: Cortex-M4F, 512 KB flash, 64 KB RAM, APPROTECT")       \
	X(nrf52840, "nrf52840", "Nordic Semiconductor", "nRF52840_xxAA",          \
		"nRF52840: Cortex-M4F, 1 MB flash, 256 KB RAM, APPROTECT")        \
	X(samd21j18a, "samd21j18a", "Microchip", "ATSAMD21J18A",                  \
		"ATSAMD21J18A: Cortex-M0+, 256 KB flash, 32 KB RAM, DSU")

#define X(part, key, vendor, device, text)                                               \
	static dapper_status create_##part(dapper_context *context,                      \
		const struct vboard_setting *settings, size_t setting_count,             \
		struct vtarget *target)                                                  \
	{                                                                                \
		struct board *board;                                                     \
                                                                                         \
		TRY(board_make(context, &part##_part, settings, setting_count, &board)); \
		board_fill_target(board, target);                                        \
		return DAPPER_OK;                                                        \
	}                                                                                \
	static const struct vboard_type part##_type = {                                  \
		.info = { .name = (key), .description = (text) },                        \
		.device_vendor = (vendor),                                               \
		.device_name = (device),                                                 \
		.create = create_##part,                                                 \
	};
BOARD_TYPES(X)
#undef X

const struct vboard_type *const vboard_types[] = {
#define X(part, key, vendor, device, text) &part##_type,
	BOARD_TYPES(X)
#undef X
		NULL,
};
