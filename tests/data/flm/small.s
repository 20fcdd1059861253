/* SPDX-License-Identifier: Apache-2.0 */
/* A flash algorithm that does nothing, laid out as most vendors' are (see
 * shared/data/packs/README.md): NOBITS PrgData and DevDscr at one address. */
	.syntax unified
	.cpu cortex-m0
	.macro function name
	.global \name
	.type \name, %function
	.thumb_func
\name:	movs r0, #0
	bx lr
	.size \name, . - \name
	.endm

	.section PrgCode, "ax"
	function Init
	function UnInit
	function EraseSector
	function ProgramPage
	/* A helper with the name of a function that is not there: local, so not meant. */
	.type Verify, %function
	.thumb_func
Verify:	bx lr
	nop

	.section PrgData, "aw"
	.word 0x55667788

	.section PrgBss, "aw", %nobits
	.space 8

	.section DevDscr, "a"
	.global FlashDevice
	.type FlashDevice, %object
FlashDevice:
	.hword 0x0101
name:	.ascii "small"
	.space 128 - (. - name)
	.hword 1
	.word 0x08000000, 0x00018000, 256, 0
	.byte 0xff, 0, 0, 0
	.word 100, 2000
	.word 0x4000, 0, 0x8000, 0x8000
	.word 0xffffffff, 0xffffffff
	.size FlashDevice, . - FlashDevice
