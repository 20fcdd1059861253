/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_NRF52_NVMC_REGS_H
#define VBOARD_MODELS_NRF52_NVMC_REGS_H

/* Non-volatile memory controller, UICR, CTRL-AP: nRF52840 PS v1.7, sections 4.3, 4.5 and 4.8.1. */
#include "base/bits.h"

/* NVMC (4.3.8) */
#define NVMC_READY               0x400u /* 1: no operation is under way */
#define NVMC_READYNEXT           0x408u /* nRF52840: 1: a write can be taken */
#define NVMC_CONFIG              0x504u
#define NVMC_CONFIG_WEN          BITS(1, 0)
#define NVMC_ERASEPAGE           0x508u /* the page's address; ERASEPCR1 has the same place */
#define NVMC_ERASEALL            0x50cu
#define NVMC_ERASEPCR0           0x510u
#define NVMC_ERASEUICR           0x514u
#define NVMC_ERASEPAGEPARTIAL    0x518u
#define NVMC_ERASEPAGEPARTIALCFG 0x51cu
#define NVMC_PARTIAL_DURATION    BITS(6, 0) /* ms */
#define NVMC_PARTIAL_RESET       0x0au
#define NVMC_ICACHECNF           0x540u
#define NVMC_ICACHECNF_WRITABLE  (BIT(8) | BIT(0)) /* CACHEPROFEN, CACHEEN */
#define NVMC_IHIT                0x548u
#define NVMC_IMISS               0x54cu

/* Values of CONFIG.WEN */
enum { NVMC_REN = 0, NVMC_WEN = 1, NVMC_EEN = 2 };

/* UICR (4.5) */
#define UICR_BASE      0x10001000u
#define UICR_SIZE      0x1000u
#define UICR_APPROTECT 0x208u
#define UICR_PALL      BITS(7, 0)
#define UICR_PALL_OPEN 0xffu

/* CTRL-AP (4.8.1.2); offsets in the AP */
#define CTRL_AP_APSEL           1u
#define CTRL_AP_RESET           0x00u
#define CTRL_AP_ERASEALL        0x04u
#define CTRL_AP_ERASEALLSTATUS  0x08u /* 1: busy */
#define CTRL_AP_APPROTECTSTATUS 0x0cu /* 0: protected */
#define CTRL_AP_IDR             0xfcu
#define CTRL_AP_IDR_VALUE       0x02880000u

#endif /* VBOARD_MODELS_NRF52_NVMC_REGS_H */
