/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASHALGO_STM32F1_REGS_H
#define FLASHALGO_STM32F1_REGS_H

/* PM0075 rev 2 (flash), RM0008 rev 21 (the rest). Memory map: RM0008, 3.3. */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define FLASH_START 0x08000000u

/* FPEC: 0x40022000, PM0075 section 3. */
#define FLASH_KEYR REGISTER(0x40022004u) /* keys: 2.3.1 */
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xcdef89abu

#define FLASH_SR          REGISTER(0x4002200cu)
#define FLASH_SR_EOP      (1u << 5)
#define FLASH_SR_WRPRTERR (1u << 4)
#define FLASH_SR_PGERR    (1u << 2)
#define FLASH_SR_BSY      (1u << 0)
#define FLASH_SR_ERRORS   (FLASH_SR_WRPRTERR | FLASH_SR_PGERR)

#define FLASH_CR      REGISTER(0x40022010u)
#define FLASH_CR_LOCK (1u << 7)
#define FLASH_CR_STRT (1u << 6)
#define FLASH_CR_MER  (1u << 2)
#define FLASH_CR_PER  (1u << 1)
#define FLASH_CR_PG   (1u << 0)

#define FLASH_AR REGISTER(0x40022014u)

/* Reset and clock control: 0x40021000, RM0008 7.3.1 */
#define RCC_CR        REGISTER(0x40021000u)
#define RCC_CR_HSIRDY (1u << 1)
#define RCC_CR_HSION  (1u << 0)

/* Independent watchdog: 0x40003000, RM0008 19.4.1 */
#define IWDG_KR        REGISTER(0x40003000u)
#define IWDG_KR_RELOAD 0xaaaau

/* Debug MCU configuration register, RM0008 31.16.3 */
#define DBGMCU_CR               REGISTER(0xe0042004u)
#define DBGMCU_CR_DBG_WWDG_STOP (1u << 9)
#define DBGMCU_CR_DBG_IWDG_STOP (1u << 8)

#endif /* FLASHALGO_STM32F1_REGS_H */
