/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_STM32F4_RCC_REGS_H
#define VBOARD_MODELS_STM32F4_RCC_REGS_H

/* Reset and clock control of STM32F405/407/415/417: RM0090 rev 19, section 7.3. */
#include "base/bits.h"

/* RCC_CR, clock control register (7.3.1) */
#define RCC_CR           0x00u
#define RCC_CR_PLLI2SRDY BIT(27)
#define RCC_CR_PLLI2SON  BIT(26)
#define RCC_CR_PLLRDY    BIT(25)
#define RCC_CR_PLLON     BIT(24)
#define RCC_CR_HSERDY    BIT(17)
#define RCC_CR_HSEON     BIT(16)
#define RCC_CR_HSIRDY    BIT(1)
#define RCC_CR_HSION     BIT(0)

/* RCC_PLLCFGR, PLL configuration register (7.3.2) */
#define RCC_PLLCFGR        0x04u
#define RCC_PLLCFGR_PLLSRC BIT(22)
#define RCC_PLLCFGR_PLLP   BITS(17, 16)
#define RCC_PLLCFGR_PLLN   BITS(14, 6)
#define RCC_PLLCFGR_PLLM   BITS(5, 0)

/* RCC_CFGR, clock configuration register (7.3.3) */
#define RCC_CFGR       0x08u
#define RCC_CFGR_PPRE2 BITS(15, 13)
#define RCC_CFGR_PPRE1 BITS(12, 10)
#define RCC_CFGR_HPRE  BITS(7, 4)
#define RCC_CFGR_SWS   BITS(3, 2)
#define RCC_CFGR_SW    BITS(1, 0)

/* RCC_BDCR, backup domain control register (7.3.20) */
#define RCC_BDCR        0x70u
#define RCC_BDCR_LSERDY BIT(1)
#define RCC_BDCR_LSEON  BIT(0)

/* RCC_CSR, control and status register (7.3.21) */
#define RCC_CSR          0x74u
#define RCC_CSR_IWDGRSTF BIT(29)
#define RCC_CSR_SFTRSTF  BIT(28)
#define RCC_CSR_PORRSTF  BIT(27)
#define RCC_CSR_PINRSTF  BIT(26)
#define RCC_CSR_BORRSTF  BIT(25)
#define RCC_CSR_RMVF     BIT(24)
#define RCC_CSR_FLAGS    BITS(31, 25)
#define RCC_CSR_LSIRDY   BIT(1)
#define RCC_CSR_LSION    BIT(0)

#endif /* VBOARD_MODELS_STM32F4_RCC_REGS_H */
