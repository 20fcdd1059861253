/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

extern uint32_t data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern const uint32_t data_load[];

void reset_handler(void)
{
	const uint32_t *from = data_load;

	for (uint32_t *to = data_start; to < data_end;)
		*to++ = *from++;
	for (uint32_t *to = bss_start; to < bss_end;)
		*to++ = 0;
	main();
	hang();
}

void hang(void)
{
	for (;;)
		__asm__ volatile("nop");
}

union vector {
	uint32_t *stack;
	void (*handler)(void);
};

__attribute__((section(".vectors"), used)) static const union vector vectors[16] = {
	[0] = { .stack = stack_top },
	[1] = { .handler = reset_handler },
	[2] = { .handler = hang },
	[3] = { .handler = hang },
	[4] = { .handler = hang },
	[5] = { .handler = hang },
	[6] = { .handler = hang },
	[11] = { .handler = hang },
	[14] = { .handler = hang },
	[15] = { .handler = hang },
};
