/* SPDX-License-Identifier: Apache-2.0 */
/*
 * About 254 KB that look random and are the same in every build, for the large variant of the demo:
 * a xorshift32 sequence (13, 17, 5) computed by the assembler, and its sum to check it by.
 */
	.set WORDS, 65024
	.set x, 0x2545f491
	.set sum, 0

	.section .rodata.table, "a"
	.balign 4
	.global table, table_end, table_sum
table:
	.rept WORDS
	.set x, (x ^ (x << 13)) & 0xffffffff
	.set x, (x ^ (x >> 17)) & 0xffffffff
	.set x, (x ^ (x << 5)) & 0xffffffff
	.set sum, (sum + x) & 0xffffffff
	.word x
	.endr
table_end:
table_sum:
	.word sum
