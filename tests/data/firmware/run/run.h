/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs for the tests of `dapper run` share. */
#ifndef RUN_H
#define RUN_H

#include <stddef.h>
#include <stdint.h>

int main(void);
void reset_handler(void);
void hang(void);

/* "Semihosting for AArch32 and AArch64", Arm: operation in r0, argument in r1, result in r0. */
static inline int32_t semihosting(uint32_t operation, const volatile void *argument)
{
	register uint32_t r0 __asm__("r0") = operation;
	register const volatile void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return (int32_t)r0;
}

static inline void print(const char *text)
{
	semihosting(0x04, text);
}

static inline void exit_with(uint32_t code)
{
	const uint32_t block[2] = { 0x20026, code };

	semihosting(0x20, block);
}

static inline uint32_t length_of(const char *text)
{
	uint32_t length = 0;

	while (text[length])
		length++;
	return length;
}

#endif /* RUN_H */
