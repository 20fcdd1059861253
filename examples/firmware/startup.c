/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors and reset of the demo firmware: what a C program needs before main(). */
#include <stdint.h>

extern uint32_t data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern const uint32_t data_load[];

int main(void);
void systick_handler(void);
void reset_handler(void);
void default_handler(void);

void reset_handler(void)
{
	const uint32_t *from = data_load;

	for (uint32_t *to = data_start; to < data_end;)
		*to++ = *from++;
	for (uint32_t *to = bss_start; to < bss_end;)
		*to++ = 0;
	main();
	default_handler();
}

/* A fault stops here, where a debugger finds it. */
void default_handler(void)
{
	for (;;)
		__asm__ volatile("nop");
}

union vector {
	uint32_t *stack;
	void (*handler)(void);
};

/* Armv7-M vector table: initial stack, then exceptions by number. */
__attribute__((section(".vectors"), used)) static const union vector vectors[16] = {
	[0] = { .stack = stack_top },
	[1] = { .handler = reset_handler },
	[2] = { .handler = default_handler },  /* NMI */
	[3] = { .handler = default_handler },  /* HardFault */
	[4] = { .handler = default_handler },  /* MemManage */
	[5] = { .handler = default_handler },  /* BusFault */
	[6] = { .handler = default_handler },  /* UsageFault */
	[11] = { .handler = default_handler }, /* SVCall */
	[12] = { .handler = default_handler }, /* DebugMonitor */
	[14] = { .handler = default_handler }, /* PendSV */
	[15] = { .handler = systick_handler },
};
