/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_JTAG_AP_REGS_H
#define VBOARD_ADI_JTAG_AP_REGS_H

/**
 * @file
 * Registers of a JTAG access port. Document: IHI 0031 (ADIv5.2), chapter C3 "The JTAG Access Port",
 * section C3.3 "JTAG-AP register summary". It was not at hand; offsets and bits are from memory.
 */
#include "base/bits.h"

/* CSW, Control/Status Word register */
#define JTAG_AP_CSW               0x00u
#define JTAG_AP_CSW_SERACTV       BIT(31)
#define JTAG_AP_CSW_WFIFOCNT      BITS(30, 28)
#define JTAG_AP_CSW_RFIFOCNT      BITS(26, 24)
#define JTAG_AP_CSW_PORTCONNECTED BIT(3)
#define JTAG_AP_CSW_SRSTCONNECTED BIT(2)
#define JTAG_AP_CSW_TRST_OUT      BIT(1)
#define JTAG_AP_CSW_SRST_OUT      BIT(0)

/* PSEL, Port Select register; PSTA, Port Status register: a bit for each of eight ports */
#define JTAG_AP_PSEL  0x04u
#define JTAG_AP_PSTA  0x08u
#define JTAG_AP_PORTS BITS(7, 0)

/* BFIFO1 to BFIFO4, Byte FIFO registers, for 1 to 4 bytes at a time */
#define JTAG_AP_BFIFO1 0x10u
#define JTAG_AP_BFIFO4 0x1Cu

#define JTAG_AP_IDR 0xFCu

#endif /* VBOARD_ADI_JTAG_AP_REGS_H */
