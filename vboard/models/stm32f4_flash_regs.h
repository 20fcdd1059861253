/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F4_FLASH_REGS_H
#define VBOARD_MODELS_STM32F4_FLASH_REGS_H

/*
 * Flash interface of the STM32F4: RM0090 rev 19, section 3.9. What only parts with two banks have
 * (STM32F42x, F43x; the same in F469) is from memory of 3.9.8 to 3.9.11.
 */
#include "base/bits.h"

/* FLASH_ACR, access control register (3.9.1) */
#define FLASH_ACR          0x00u
#define FLASH_ACR_WRITABLE (BITS(12, 8) | BITS(2, 0))

/* FLASH_KEYR, key register (3.9.3; the keys: 3.6.1) */
#define FLASH_KEYR 0x04u
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xcdef89abu

/* FLASH_OPTKEYR, option key register (3.9.4; the keys: 3.7.2) */
#define FLASH_OPTKEYR 0x08u
#define FLASH_OPTKEY1 0x08192a3bu
#define FLASH_OPTKEY2 0x4c5d6e7fu

/* FLASH_SR, status register (3.9.5) */
#define FLASH_SR        0x0cu
#define FLASH_SR_BSY    BIT(16)
#define FLASH_SR_PGSERR BIT(7) /* programming sequence error */
#define FLASH_SR_PGPERR BIT(6) /* programming parallelism error */
#define FLASH_SR_PGAERR BIT(5) /* programming alignment error */
#define FLASH_SR_WRPERR BIT(4) /* write protection error */
#define FLASH_SR_OPERR  BIT(1) /* operation error */
#define FLASH_SR_EOP    BIT(0) /* end of operation */
#define FLASH_SR_FLAGS  (BITS(7, 4) | BITS(1, 0))

/* FLASH_CR, control register (3.9.7) */
#define FLASH_CR          0x10u
#define FLASH_CR_LOCK     BIT(31)
#define FLASH_CR_ERRIE    BIT(25)
#define FLASH_CR_EOPIE    BIT(24)
#define FLASH_CR_STRT     BIT(16)
#define FLASH_CR_PSIZE    BITS(9, 8)
#define FLASH_CR_MER1     BIT(15)    /* two banks: bank 2 */
#define FLASH_CR_SNB      BITS(7, 3) /* above 12 sectors; BITS(6, 3) otherwise */
#define FLASH_CR_MER      BIT(2)
#define FLASH_CR_SER      BIT(1)
#define FLASH_CR_PG       BIT(0)
#define FLASH_CR_WRITABLE (BITS(25, 24) | BITS(9, 8) | BITS(6, 0))
/* Of parts with more sectors and with two banks. */
#define FLASH_CR_WRITABLE_16 BIT(7)
#define FLASH_CR_WRITABLE_2  (BIT(15) | BIT(7))

/* FLASH_OPTCR, option control register of STM32F405/407 (3.9) */
#define FLASH_OPTCR          0x14u
#define FLASH_OPTCR_NWRP     BITS(27, 16)
#define FLASH_OPTCR_RDP      BITS(15, 8)
#define FLASH_OPTCR_USER     BITS(7, 5) /* nRST_STDBY, nRST_STOP, WDG_SW */
#define FLASH_OPTCR_BOR_LEV  BITS(3, 2)
#define FLASH_OPTCR_OPTSTRT  BIT(1)
#define FLASH_OPTCR_OPTLOCK  BIT(0)
#define FLASH_OPTCR_WRITABLE (BITS(27, 16) | BITS(15, 8) | BITS(7, 5) | BITS(3, 2))
#define FLASH_OPTCR_RESET    0x0fffaaedu

#define FLASH_OPTCR_DB1M    BIT(30) /* 1 MB as two banks */
#define FLASH_OPTCR_BFB2    BIT(4)
#define FLASH_OPTCR_NWRP_15 BITS(30, 16) /* STM32F413: the last bit is of two sectors */

/* FLASH_OPTCR1, parts with two banks: nWRP of bank 2 (3.9.11) */
#define FLASH_OPTCR1       0x18u
#define FLASH_OPTCR1_NWRP  BITS(27, 16)
#define FLASH_OPTCR1_RESET 0x0fff0000u

/* OTP area (3.8): 16 blocks, then a byte for each that locks it when it is 0. */
enum { FLASH_OTP_BLOCK = 32, FLASH_OTP_BLOCKS = 16, FLASH_OTP_SIZE = 16 * 32 + 16 };

#define FLASH_RDP_LEVEL_0 0xaau /* no read protection (3.7.3) */

#endif /* VBOARD_MODELS_STM32F4_FLASH_REGS_H */
