/* SPDX-License-Identifier: Apache-2.0 */
/* All programs, one after the other. On a core: start-up code, and semihosting for text and end. */
#include "programs.h"

#ifdef __arm__

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18, ADP_STOPPED_APPLICATION_EXIT = 0x20026, VECTORS = 16 };

extern uint32_t _stack_top[], _data_load[], _data[], _data_end[], _bss[], _bss_end[];

int main(void);
void Reset_Handler(void);
void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);

static void semihost(uint32_t operation, const void *argument)
{
	register uint32_t r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt #0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *text)
{
	semihost(SYS_WRITE0, text);
}

static void unexpected(void)
{
	print("unexpected exception\n");
	semihost(SYS_EXIT, 0);
	for (;;)
		continue;
}

void Reset_Handler(void)
{
	for (uint32_t *to = _data, *from = _data_load; to < _data_end;)
		*to++ = *from++;
	for (uint32_t *to = _bss; to < _bss_end;)
		*to++ = 0;
#ifdef __ARM_FP
	*(volatile uint32_t *)0xe000ed88 |= 0xf00000u; /* CPACR: CP10, CP11 */
	__asm__ volatile("dsb\nisb");
#endif
	main();
	semihost(SYS_EXIT, (const void *)ADP_STOPPED_APPLICATION_EXIT);
	for (;;)
		continue;
}

__attribute__((section(".vectors"), used)) static void (*const vectors[VECTORS])(
	void) = { (void (*)(void))_stack_top, Reset_Handler, unexpected, unexpected, unexpected,
	unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, SVC_Handler,
	unexpected, unexpected, PendSV_Handler, SysTick_Handler };

#else

#include <stdio.h>

static void print(const char *text)
{
	fputs(text, stdout);
}

#endif

void report(const char *name, uint32_t value)
{
	static const char digits[] = "0123456789abcdef";
	char text[] = ": 00000000\n";

	for (int i = 0; i < 8; i++)
		text[9 - i] = digits[value >> (4 * i) & 15];
	print(name);
	print(text);
}

int main(void)
{
	run_sorts();
	run_digests();
	run_numbers();
	run_floats();
	run_control();
	run_exceptions();
	return 0;
}
