/* SPDX-License-Identifier: Apache-2.0 */
/* A small executable for the tests of image/ and base/elf_file; small.ld says where things go. */
	.syntax unified
	.cpu cortex-m0
	.section .text, "ax"
	.word 0x20001000
	.word start + 1
	.global start
	.type start, %function
	.thumb_func
start:	b start
	nop
	.size start, . - start

	.section .data, "aw"
	.global counter
	.type counter, %object
counter: .word 0x11223344
	.size counter, 4

	.section .extra, "a"
	.ascii "dapper!"

	.section .bss, "aw", %nobits
	.global buffer
	.type buffer, %object
buffer:	.space 16
	.size buffer, 16
