/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_KINETIS_FLASH_REGS_H
#define VBOARD_MODELS_KINETIS_FLASH_REGS_H

/*
 * Flash memory modules FTFE, FTFL and FTFA of Kinetis K: K64 Sub-Family Reference Manual
 * (K64P144M120SF5RM rev 2), chapter 29 (FTFE), and K22 (K22P121M120SF7RM rev 4), chapter 28 (FTFA).
 * From memory, checked against what NXP's flash algorithms (FLM) write.
 * Registers are bytes.
 */
#include "base/bits.h"

#define FTFX_FSTAT          0x00u
#define FTFX_FSTAT_CCIF     BIT(7)
#define FTFX_FSTAT_RDCOLERR BIT(6)
#define FTFX_FSTAT_ACCERR   BIT(5)
#define FTFX_FSTAT_FPVIOL   BIT(4)
#define FTFX_FSTAT_MGSTAT0  BIT(0)
#define FTFX_FSTAT_ERRORS   (FTFX_FSTAT_RDCOLERR | FTFX_FSTAT_ACCERR | FTFX_FSTAT_FPVIOL)

#define FTFX_FCNFG          0x01u
#define FTFX_FCNFG_CCIE     BIT(7)
#define FTFX_FCNFG_RDCOLLIE BIT(6)
#define FTFX_FCNFG_ERSAREQ  BIT(5)
#define FTFX_FCNFG_PFLSH    BIT(2)
#define FTFX_FCNFG_RAMRDY   BIT(1)

#define FTFX_FSEC          0x02u
#define FTFX_FSEC_KEYEN    BITS(7, 6)
#define FTFX_FSEC_MEEN     BITS(5, 4)
#define FTFX_FSEC_SEC      BITS(1, 0)
#define FTFX_KEYEN_ENABLED 2u
#define FTFX_MEEN_DISABLED 2u
#define FTFX_SEC_UNSECURE  2u
#define FTFX_UNSECURE_BYTE 0xfeu

#define FTFX_FOPT 0x03u

/* FCCOB0 is the highest byte of the first word, FCCOB4 of the second, FCCOB8 of the third. */
#define FTFX_FCCOB      0x04u
#define FTFX_FCCOB_DATA 0x08u /* data, in the order of memory */
#define FTFX_FCCOB_END  0x10u

#define FTFX_FPROT     0x10u /* bit n of the word: region n is not protected */
#define FTFX_FPROT_END 0x14u
#define FTFE_FEPROT    0x16u
#define FTFE_FDPROT    0x17u

/* FTFA: execute-only and supervisor-only segments, as loaded in the last reset. */
#define FTFA_XACC  0x18u
#define FTFA_SACC  0x20u
#define FTFA_FACSS 0x28u
#define FTFA_FACSN 0x2bu

enum { FTFX_REGISTERS_SIZE = 0x2c };

/* Commands (K64 RM, table 29-29; K22 RM, table 28-30): FCCOB0. */
enum ftfx_command {
	FTFX_RD1BLK = 0x00,
	FTFX_RD1SEC = 0x01,
	FTFX_PGMCHK = 0x02,
	FTFX_RDRSRC = 0x03,
	FTFX_PGM4 = 0x06,
	FTFX_PGM8 = 0x07,
	FTFX_ERSBLK = 0x08,
	FTFX_ERSSCR = 0x09,
	FTFX_PGMSEC = 0x0b,
	FTFX_RD1ALL = 0x40,
	FTFX_RDONCE = 0x41,
	FTFX_PGMONCE = 0x43,
	FTFX_ERSALL = 0x44,
	FTFX_VFYKEY = 0x45,
	FTFX_ERSALLU = 0x49,
	FTFX_RD1XA = 0x4a,
	FTFX_ERSXA = 0x4b,
	FTFX_SETRAM = 0x81,
};

/* Flash configuration field. */
#define FTFX_FIELD_KEY    0x400u
#define FTFX_FIELD_FPROT  0x408u
#define FTFX_FIELD_FSEC   0x40cu
#define FTFX_FIELD_FOPT   0x40du
#define FTFX_FIELD_FEPROT 0x40eu
#define FTFX_FIELD_FDPROT 0x40fu

#endif /* VBOARD_MODELS_KINETIS_FLASH_REGS_H */
