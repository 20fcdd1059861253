/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dapper itself runs on the target beside the algorithms: a hash over flash, and a server of
 * calls that come over a ring. Armv6-M Thumb, so that it runs on every core; no address in it, no
 * data of its own. Layout and protocols, and why the hash is as it is: src/flash/loader_code.h.
 */
	.syntax unified
	.cpu	cortex-m0
	.thumb
	.text

/* Offsets of the functions, for the host. */
	.hword	hash_list - .
	.hword	serve - (. - 2)

/*
 * int hash_list(struct { uint32_t address, size; } *list, size_t count)
 *
 * Each range becomes its hash, in place: low word a, high word b. Returns 0.
 *
 * r0 place, r1 a, r2 b, r3 multiplier; r8 entry, r10 end of the list, r11 end of the blocks, r12
 * end of the range. r9 is the algorithms'.
 */
	.equ	MULTIPLIER, 0x9e3779b1
	.equ	SEED_A, 0x85ebca77
	.equ	SEED_B, 0xc2b2ae3d
	.equ	BLOCK, 32

	/* The shift takes the low byte of its register: the multiplier's, 17 modulo 32. */
	.macro	mix word
	eors	r1, \word
	muls	r1, r3, r1
	rors	r1, r3
	eors	r2, r1
	muls	r2, r3, r2
	adds	r1, r1, r2
	.endm

	.thumb_func
hash_list:
	push	{r4, r5, r6, r7, lr}
	mov	r4, r8
	mov	r5, r10
	mov	r6, r11
	push	{r4, r5, r6}
	lsls	r1, r1, #3
	adds	r1, r1, r0
	mov	r10, r1
	mov	r8, r0
	ldr	r3, multiplier

next_range:
	mov	r4, r8
	cmp	r4, r10
	beq	hash_done
	ldr	r0, [r4, #0]
	ldr	r5, [r4, #4]
	ldr	r1, seed_a
	eors	r1, r5
	ldr	r2, seed_b
	adds	r6, r0, r5
	mov	r12, r6
	/* Blocks only where words are aligned: this core has no other loads. */
	lsls	r6, r0, #30
	bne	tail
	lsrs	r5, r5, #5
	beq	tail
	lsls	r5, r5, #5
	adds	r5, r5, r0
	mov	r11, r5

block:
	ldmia	r0!, {r4, r5, r6, r7}
	mix	r4
	mix	r5
	mix	r6
	mix	r7
	ldmia	r0!, {r4, r5, r6, r7}
	mix	r4
	mix	r5
	mix	r6
	mix	r7
	cmp	r0, r11
	bne	block

	/* What is left, byte by byte; zeros fill the last word. */
tail:
	cmp	r0, r12
	beq	store
	movs	r5, #0
	movs	r6, #0
byte:
	ldrb	r7, [r0]
	lsls	r7, r6
	orrs	r5, r7
	adds	r0, #1
	adds	r6, #8
	cmp	r6, #32
	beq	whole
	cmp	r0, r12
	bne	byte
whole:
	mix	r5
	b	tail

store:
	mov	r4, r8
	stmia	r4!, {r1, r2}
	mov	r8, r4
	b	next_range

hash_done:
	pop	{r4, r5, r6}
	mov	r8, r4
	mov	r10, r5
	mov	r11, r6
	movs	r0, #0
	pop	{r4, r5, r6, r7, pc}

/*
 * struct slot *serve(struct slot *first, struct slot *end)
 *
 * Calls slot->function(slot->arguments) in order, round and round, as the host fills slots. Returns
 * 0 at an end mark, or the slot whose function returned something else than 0: that is then its
 * first argument. r9 is passed on as it came.
 *
 * r4 slot, r5 first, r6 end, r7 static base.
 */
	.equ	FUNCTION, 12
	.equ	END_MARK, 1

	.thumb_func
serve:
	push	{r4, r5, r6, r7, lr}
	mov	r4, r0
	mov	r5, r0
	mov	r6, r1
	mov	r7, r9
wait:
	ldr	r3, [r4, #FUNCTION]
	cmp	r3, #END_MARK
	bcc	wait
	beq	ended
	ldr	r0, [r4, #0]
	ldr	r1, [r4, #4]
	ldr	r2, [r4, #8]
	mov	r9, r7
	blx	r3
	cmp	r0, #0
	bne	failed
	str	r0, [r4, #FUNCTION]
	adds	r4, #16
	cmp	r4, r6
	bne	wait
	mov	r4, r5
	b	wait
ended:
	movs	r0, #0
	pop	{r4, r5, r6, r7, pc}
failed:
	str	r0, [r4, #0]
	mov	r0, r4
	pop	{r4, r5, r6, r7, pc}

	.align	2
multiplier:
	.word	MULTIPLIER
seed_a:
	.word	SEED_A
seed_b:
	.word	SEED_B
