/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own boot ROM of the virtual RP2040: what stands at fixed places (RP2040 datasheet, 2.8.2 and
 * 2.8.3): vectors, magic, the tables of functions and data, and the way to look things up.
 */
	.syntax unified
	.cpu cortex-m0plus
	.thumb

	.section .vectors, "a"
	.word	0x20041f00		/* stack: below where the second stage goes */
	.word	rom_reset + 1
	.word	rom_hang + 1		/* NMI */
	.word	rom_hang + 1		/* HardFault */
	.byte	'M', 'u', 1, 2		/* 0x10: magic, version (of B1 silicon) */
	.hword	rom_functions		/* 0x14 */
	.hword	rom_data		/* 0x16 */
	.hword	rom_table_lookup + 1	/* 0x18 */
	.hword	0

	.macro entry a, b, function
	.byte	\a, \b
	.hword	\function + 1
	.endm

	.section .text.tables, "a"
	.balign	4
rom_functions:
	entry	'P', '3', rom_popcount32
	entry	'R', '3', rom_reverse32
	entry	'L', '3', rom_clz32
	entry	'T', '3', rom_ctz32
	entry	'M', 'S', rom_memset
	entry	'S', '4', rom_memset4
	entry	'M', 'C', rom_memcpy
	entry	'C', '4', rom_memcpy44
	entry	'U', 'B', rom_reset_to_usb_boot
	entry	'D', 'T', rom_debug_trampoline
	entry	'D', 'E', rom_debug_trampoline_end
	entry	'W', 'V', rom_wait_for_vector
	entry	'I', 'F', rom_connect_internal_flash
	entry	'E', 'X', rom_flash_exit_xip
	entry	'R', 'E', rom_flash_range_erase
	entry	'R', 'P', rom_flash_range_program
	entry	'F', 'C', rom_flash_flush_cache
	entry	'C', 'X', rom_flash_enter_cmd_xip
	.word	0
rom_data:
	.byte	'C', 'R'
	.hword	rom_copyright
	.byte	'G', 'R'
	.hword	rom_revision
	.word	0
rom_copyright:
	.asciz	"dapper virtual RP2040 boot ROM, Apache-2.0"
	.balign	4
rom_revision:
	.word	0xda99e201

	.text
/* 2.8.3: "void *rom_table_lookup(uint16_t *table, uint32_t code)"; 0: not there. */
	.thumb_func
rom_table_lookup:
	uxth	r1, r1
1:	ldrh	r2, [r0]
	cmp	r2, #0
	beq	3f
	cmp	r2, r1
	beq	2f
	adds	r0, #4
	b	1b
2:	ldrh	r0, [r0, #2]
	bx	lr
3:	movs	r0, #0
	bx	lr

/* 2.8.3.1.4: calls the function in r7; a debugger waits for the breakpoint behind. */
	.thumb_func
rom_debug_trampoline:
	blx	r7
	.thumb_func
rom_debug_trampoline_end:
	bkpt	#0
	b	rom_debug_trampoline_end

	.global	rom_hang
	.thumb_func
rom_hang:
	b	rom_hang

/* SIO.CPUID (2.3.1.7): core 1 waits to be launched, core 0 boots. */
	.global	rom_reset
	.thumb_func
rom_reset:
	ldr	r0, =0xd0000000
	ldr	r0, [r0]
	cmp	r0, #0
	bne	rom_wait_for_vector
	bl	rom_boot
	b	rom_hang

	.thumb_func
rom_wait_for_vector:
	ldr	r0, =0x20040800		/* the end of SRAM4's first half: core 1's stack meanwhile */
	mov	sp, r0
	bl	rom_wait_for_launch
	/* r0: { vector table, stack, entry } */
	ldr	r1, =0xe000ed08		/* VTOR */
	ldmia	r0!, {r2, r3, r4}
	str	r2, [r1]
	msr	msp, r3
	blx	r4
	b	rom_hang

/* void rom_enter_stage2(uint32_t address): with lr = 0 it goes on into the program by itself. */
	.global	rom_enter_stage2
	.thumb_func
rom_enter_stage2:
	movs	r1, #0
	mov	lr, r1
	bx	r0

/* void rom_jump(uint32_t entry, uint32_t stack) */
	.global	rom_jump
	.thumb_func
rom_jump:
	msr	msp, r1
	bx	r0
