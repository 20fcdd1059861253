/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions, and the order they come in. Each handler adds a letter to a log. The host, which has
 * no such exceptions, writes the log that the architecture demands: that is what is compared.
 */
#include <string.h>

#include "programs.h"

static volatile uint32_t count;
static char log_text[64];

#ifdef __arm__

#define ICSR     (*(volatile uint32_t *)0xe000ed04)
#define SHPR2    (*(volatile uint32_t *)0xe000ed1c)
#define SHPR3    (*(volatile uint32_t *)0xe000ed20)
#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)
#define PENDSV   (1u << 28)
#define PENDST   (1u << 26)

static volatile uint32_t svc_value;

static void note(char letter)
{
	const uint32_t at = count;

	if (at < sizeof(log_text) - 1)
		log_text[at] = letter;
	count = at + 1;
}

static void barrier(void)
{
	__asm__ volatile("dsb\nisb" : : : "memory");
}

static void pend(uint32_t what)
{
	ICSR = what;
	barrier();
}

void svc_with_frame(uint32_t *frame);

/* The number is in the instruction, the argument in the frame's r0, the result goes there. */
void svc_with_frame(uint32_t *frame)
{
	const uint16_t insn = *(const uint16_t *)(frame[6] - 2);

	note('V');
	if ((insn & 0xff) == 2)
		pend(PENDSV | PENDST); /* of the same priority: both at the end, PendSV first */
	svc_value = frame[0];
	frame[0] = frame[0] * 3 + (insn & 0xff);
	note('v');
}

void __attribute__((naked)) SVC_Handler(void)
{
	__asm__ volatile("mov r0, sp\n"
			 "ldr r1, =svc_with_frame\n"
			 "bx r1\n"
			 ".ltorg");
}

void PendSV_Handler(void)
{
	note('P');
}

void SysTick_Handler(void)
{
	note('T');
}

static uint32_t svc1(uint32_t value)
{
	register uint32_t r0 __asm__("r0") = value;

	__asm__ volatile("svc #1" : "+r"(r0) : : "memory");
	return r0;
}

static uint32_t svc2(uint32_t value)
{
	register uint32_t r0 __asm__("r0") = value;

	__asm__ volatile("svc #2" : "+r"(r0) : : "memory");
	return r0;
}

static uint32_t with_ticks(void)
{
	uint32_t ticks;

	SYST_RVR = 999;
	SYST_CVR = 0;
	SYST_CSR = 7;
	count = 0;
	while (count < 20)
		continue;
	SYST_CSR = 0;
	barrier();
	ticks = count >= 20 ? 20 : 0; /* how many more depends on the time between two reads */
	memset(log_text, 0, sizeof(log_text));
	return ticks;
}

void run_exceptions(void)
{
	uint32_t sum = 0;

	SHPR2 = 0x80u << 24;               /* SVCall */
	SHPR3 = 0xc0u << 24 | 0xc0u << 16; /* SysTick, PendSV: same priority, lower number first */
	report("ticks", with_ticks());
	count = 0;
	report("SVC result", svc1(14));
	report("SVC argument", svc_value);
	sum = svc2(5);
	report("SVC with others pending", sum);
	__asm__ volatile("cpsid i" : : : "memory");
	pend(PENDSV);
	note('m'); /* masked */
	__asm__ volatile("cpsie i" : : : "memory");
	barrier();
	note('e');
	SHPR3 = 0xc0u << 24 | 0x40u << 16; /* PendSV above SysTick and SVCall */
	sum = svc2(6);
	report("SVC preempted", sum);
	SHPR3 = 0xc0u << 24 | 0xc0u << 16;
	sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum = fold(sum, (uint8_t)log_text[i]);
	report(log_text, sum);
}

#else

void run_exceptions(void)
{
	/* Of equal priority the lower number goes first: PendSV (14) before SysTick (15). */
	strcpy(log_text, "VvVvPTmPeVPvT");
	uint32_t sum = 0;

	report("ticks", 20);
	report("SVC result", 14 * 3 + 1);
	report("SVC argument", 14);
	report("SVC with others pending", 5 * 3 + 2);
	report("SVC preempted", 6 * 3 + 2);
	for (count = 0; log_text[count]; count++)
		sum = fold(sum, (uint8_t)log_text[count]);
	report(log_text, sum);
}

#endif
