/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASHALGO_STM32F4_REGS_H
#define FLASHALGO_STM32F4_REGS_H

/* RM0090 rev 19. Memory map: 2.3, table 1. */
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define FLASH_START 0x08000000u

/* Flash interface: 0x40023C00, section 3.9. */
#define FLASH_ACR       REGISTER(0x40023c00u) /* access control, 3.9.1 */
#define FLASH_ACR_DCRST (1u << 12)
#define FLASH_ACR_ICRST (1u << 11)
#define FLASH_ACR_DCEN  (1u << 10)
#define FLASH_ACR_ICEN  (1u << 9)

#define FLASH_KEYR REGISTER(0x40023c04u) /* key, 3.9.3; the keys: 3.6.1 */
#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xcdef89abu

#define FLASH_SR        REGISTER(0x40023c0cu) /* status, 3.9.5 */
#define FLASH_SR_BSY    (1u << 16)
#define FLASH_SR_PGSERR (1u << 7)
#define FLASH_SR_PGPERR (1u << 6)
#define FLASH_SR_PGAERR (1u << 5)
#define FLASH_SR_WRPERR (1u << 4)
#define FLASH_SR_OPERR  (1u << 1)
#define FLASH_SR_EOP    (1u << 0)
#define FLASH_SR_ERRORS \
	(FLASH_SR_PGSERR | FLASH_SR_PGPERR | FLASH_SR_PGAERR | FLASH_SR_WRPERR | FLASH_SR_OPERR)

#define FLASH_CR           REGISTER(0x40023c10u) /* control, 3.9.7 */
#define FLASH_CR_LOCK      (1u << 31)
#define FLASH_CR_STRT      (1u << 16)
#define FLASH_CR_PSIZE_X32 (2u << 8)
#define FLASH_CR_SNB_SHIFT 3
#define FLASH_CR_MER       (1u << 2)
#define FLASH_CR_SER       (1u << 1)
#define FLASH_CR_PG        (1u << 0)

/* Independent watchdog: 0x40003000; IWDG_KR, 21.4.1 */
#define IWDG_KR        REGISTER(0x40003000u)
#define IWDG_KR_RELOAD 0xaaaau

/* Debug MCU APB1 freeze register, 38.16.4 */
#define DBGMCU_APB1_FZ               REGISTER(0xe0042008u)
#define DBGMCU_APB1_FZ_DBG_IWDG_STOP (1u << 12)
#define DBGMCU_APB1_FZ_DBG_WWDG_STOP (1u << 11)

#endif /* FLASHALGO_STM32F4_REGS_H */
