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
	X(stm32f401cb, "stm32f401cb", "STMicroelectronics", "STM32F401CBUx",      \
		"STM32F401CB: Cortex-M4F, 128 KB flash, 64 KB RAM")               \
	X(stm32f401cc, "stm32f401cc", "STMicroelectronics", "STM32F401CCUx",      \
		"STM32F401CC: Cortex-M4F, 256 KB flash, 64 KB RAM")               \
	X(stm32f401re, "stm32f401re", "STMicroelectronics", "STM32F401RETx",      \
		"STM32F401RE: Cortex-M4F, 512 KB flash, 96 KB RAM")               \
	X(stm32f401vd, "stm32f401vd", "STMicroelectronics", "STM32F401VDTx",      \
		"STM32F401VD: Cortex-M4F, 384 KB flash, 96 KB RAM")               \
	X(stm32f411re, "stm32f411re", "STMicroelectronics", "STM32F411RETx",      \
		"STM32F411RE: Cortex-M4F, 512 KB flash, 128 KB RAM")              \
	X(stm32f412zg, "stm32f412zg", "STMicroelectronics", "STM32F412ZGTx",      \
		"STM32F412ZG: Cortex-M4F, 1 MB flash, 256 KB RAM")                \
	X(stm32f413zh, "stm32f413zh", "STMicroelectronics", "STM32F413ZHTx",      \
		"STM32F413ZH: Cortex-M4F, 1.5 MB flash, 320 KB RAM")              \
	X(stm32f429zg, "stm32f429zg", "STMicroelectronics", "STM32F429ZGTx",      \
		"STM32F429ZG: Cortex-M4F, 1 MB flash (DB1M), 192 KB RAM")         \
	X(stm32f429zi, "stm32f429zi", "STMicroelectronics", "STM32F429ZITx",      \
		"STM32F429ZI: Cortex-M4F, 2 MB flash in two banks, 192 KB RAM")   \
	X(stm32f446ze, "stm32f446ze", "STMicroelectronics", "STM32F446ZETx",      \
		"STM32F446ZE: Cortex-M4F, 512 KB flash, 32 MB serial flash")      \
	X(stm32f469ni, "stm32f469ni", "STMicroelectronics", "STM32F469NIHx",      \
		"STM32F469NI: Cortex-M4F, 2 MB flash, 16 MB serial flash")        \
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
	X(rp2040, "rp2040", "Raspberry Pi", "RP2040",                             \
		"RP2040: two Cortex-M0+, 264 KB RAM, 2 MB QSPI flash")            \
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
