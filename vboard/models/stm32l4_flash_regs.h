/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32L4_FLASH_REGS_H
#define VBOARD_MODELS_STM32L4_FLASH_REGS_H

/*
 * Flash interfaces of STM32L4 (RM0351 rev 9, 3.7), STM32G0 (RM0444 rev 5, 3.7) and STM32L5 (RM0438
 * rev 7, 6.9). Offsets and bits of STM32L5 were checked against STM32L552.svd; the others are from
 * memory. Bits have the same places in all of them; offsets differ (stm32l4_flash.c).
 */
#include "base/bits.h"

#define L4_FLASH_KEY1    0x45670123u
#define L4_FLASH_KEY2    0xcdef89abu
#define L4_FLASH_OPTKEY1 0x08192a3bu
#define L4_FLASH_OPTKEY2 0x4c5d6e7fu

/* FLASH_SR; STM32L5: NSSR and SECSR */
#define L4_FLASH_SR_BSY     BIT(16)
#define L4_FLASH_SR_OPTVERR BIT(15)
#define L4_FLASH_SR_RDERR   BIT(14)
#define L4_FLASH_SR_OPTWERR BIT(13) /* STM32L5 */
#define L4_FLASH_SR_FASTERR BIT(9)
#define L4_FLASH_SR_MISERR  BIT(8)
#define L4_FLASH_SR_PGSERR  BIT(7)
#define L4_FLASH_SR_SIZERR  BIT(6)
#define L4_FLASH_SR_PGAERR  BIT(5)
#define L4_FLASH_SR_WRPERR  BIT(4)
#define L4_FLASH_SR_PROGERR BIT(3)
#define L4_FLASH_SR_OPERR   BIT(1)
#define L4_FLASH_SR_EOP     BIT(0)
#define L4_FLASH_SR_ERRORS  (BITS(9, 3) | BIT(1))
#define L4_FLASH_SR_FLAGS   (L4_FLASH_SR_ERRORS | BITS(15, 13) | BIT(0))

/* FLASH_CR; STM32L5: NSCR and SECCR */
#define L4_FLASH_CR_LOCK       BIT(31)
#define L4_FLASH_CR_OPTLOCK    BIT(30)
#define L4_FLASH_CR_OBL_LAUNCH BIT(27)
#define L4_FLASH_CR_ERRIE      BIT(25)
#define L4_FLASH_CR_EOPIE      BIT(24)
#define L4_FLASH_CR_FSTPG      BIT(18) /* not STM32L5 */
#define L4_FLASH_CR_OPTSTRT    BIT(17)
#define L4_FLASH_CR_STRT       BIT(16)
#define L4_FLASH_CR_MER2       BIT(15)
#define L4_FLASH_CR_BKER       BIT(11)
#define L4_FLASH_CR_PNB        BITS(10, 3)
#define L4_FLASH_CR_MER1       BIT(2)
#define L4_FLASH_CR_PER        BIT(1)
#define L4_FLASH_CR_PG         BIT(0)
#define L4_FLASH_CR_WRITABLE   (BITS(26, 24) | BIT(18) | BIT(15) | BITS(11, 0))

/* FLASH_OPTR */
#define L4_FLASH_OPTR_RDP   BITS(7, 0)
#define L5_FLASH_OPTR_TZEN  BIT(31)
#define L5_FLASH_OPTR_DBANK BIT(22)
#define L4_RDP_LEVEL_0      0xaau
#define L4_RDP_LEVEL_2      0xccu

enum { L4_DOUBLE_WORD = 8, L4_ROW = 256 };

#endif /* VBOARD_MODELS_STM32L4_FLASH_REGS_H */
