/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F1_FLASH_REGS_H
#define VBOARD_MODELS_STM32F1_FLASH_REGS_H

/*
 * Flash program/erase controller (FPEC) of STM32F101/102/103: PM0075 rev 2, section 3. Offsets,
 * bits and reset values were checked against STM32F103.svd. The names carry the family: the F4's
 * interface has other bits under the same names.
 */
#include "base/bits.h"

#define F1_FLASH_ACR          0x00u
#define F1_FLASH_ACR_PRFTBS   BIT(5) /* prefetch is on */
#define F1_FLASH_ACR_PRFTBE   BIT(4)
#define F1_FLASH_ACR_WRITABLE BITS(4, 0)
#define F1_FLASH_ACR_RESET    0x30u

/* Keys: 2.3.1 and 2.4 */
#define F1_FLASH_KEYR    0x04u
#define F1_FLASH_OPTKEYR 0x08u
#define F1_FLASH_KEY1    0x45670123u
#define F1_FLASH_KEY2    0xcdef89abu

#define F1_FLASH_SR          0x0cu
#define F1_FLASH_SR_EOP      BIT(5)
#define F1_FLASH_SR_WRPRTERR BIT(4)
#define F1_FLASH_SR_PGERR    BIT(2)
#define F1_FLASH_SR_BSY      BIT(0)
#define F1_FLASH_SR_FLAGS    (F1_FLASH_SR_EOP | F1_FLASH_SR_WRPRTERR | F1_FLASH_SR_PGERR)

#define F1_FLASH_CR          0x10u
#define F1_FLASH_CR_EOPIE    BIT(12)
#define F1_FLASH_CR_ERRIE    BIT(10)
#define F1_FLASH_CR_OPTWRE   BIT(9)
#define F1_FLASH_CR_LOCK     BIT(7)
#define F1_FLASH_CR_STRT     BIT(6)
#define F1_FLASH_CR_OPTER    BIT(5)
#define F1_FLASH_CR_OPTPG    BIT(4)
#define F1_FLASH_CR_MER      BIT(2)
#define F1_FLASH_CR_PER      BIT(1)
#define F1_FLASH_CR_PG       BIT(0)
#define F1_FLASH_CR_WRITABLE (BIT(12) | BIT(10) | BITS(6, 4) | BITS(2, 0))

#define F1_FLASH_AR 0x14u

#define F1_FLASH_OBR        0x1cu
#define F1_FLASH_OBR_DATA1  BITS(25, 18)
#define F1_FLASH_OBR_DATA0  BITS(17, 10)
#define F1_FLASH_OBR_USER   BITS(9, 2)
#define F1_FLASH_OBR_RDPRT  BIT(1)
#define F1_FLASH_OBR_OPTERR BIT(0)

#define F1_FLASH_WRPR 0x20u

/* Option bytes (2.2, table 3): eight half-words, each a byte below its complement. */
#define F1_OPTION_BASE 0x1ffff800u
enum {
	F1_OPTION_RDP,
	F1_OPTION_USER,
	F1_OPTION_DATA0,
	F1_OPTION_DATA1,
	F1_OPTION_WRP0,
	F1_OPTION_COUNT = 8
};
#define F1_RDP_OPEN 0xa5u /* RDPRT key */

#endif /* VBOARD_MODELS_STM32F1_FLASH_REGS_H */
