/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two preemptive tasks, a SysTick, a PendSV switch, an SVC yield and one interrupt, as an RTOS port
 * has them; Cortex-M0, M3, and M4F with FP state in both tasks. tools/build_test_firmware.sh builds
 * it.
 */
#include <stdint.h>
#define R32(a) (*(volatile uint32_t *)(a))
#ifndef TICK
#define TICK 5000
#endif
typedef struct {
	uint32_t *sp;
} tcb;
volatile struct {
	uint32_t magic, ticks, switches, a, b, yields, err, fa, fb, svc, done, irq;
} res __attribute__((section(".res")));
static tcb t[2];
static uint32_t stk[2][256];
tcb *volatile cur;
extern uint32_t _estack;
int main(void);
#ifdef USE_FP
static float kfa = 1.0f, kfb = 2.0f;
#endif
static void yield(void)
{
	res.yields++;
	__asm volatile("svc 1");
}
static uint32_t work(uint32_t x)
{
	for (int i = 0; i < 40; i++)
		x = x * 1664525u + 1013904223u ^ (x >> 3);
	return x;
}
static void taskA(void)
{
	uint32_t s = 1;
#ifdef USE_FP
	float f = 1.0f;
	volatile float sh = 1.0f;
#endif
	for (;;) {
		s = work(s);
		res.a++;
#ifdef USE_FP
		f = f * 1.0001f + 0.5f;
		if (f > 1000.f)
			f = 1.0f;
		sh = f;
		for (int i = 0; i < 20; i++)
			__asm volatile("nop");
		if (sh != f)
			res.err |= 1;
		res.fa = (uint32_t)f;
		kfa = f;
#endif
		if ((res.a & 63) == 0)
			yield();
	}
}
static void taskB(void)
{
	uint32_t s = 7;
#ifdef USE_FP
	float f = 2.0f;
	volatile float sh;
#endif
	for (;;) {
		s = work(s);
		res.b++;
#ifdef USE_FP
		f = f * 0.9997f + 0.25f;
		sh = f;
		for (int i = 0; i < 20; i++)
			__asm volatile("nop");
		if (sh != f)
			res.err |= 2;
		res.fb = (uint32_t)(f * 1000);
		kfb = f;
#endif
		if ((res.b & 127) == 0)
			R32(0xE000E200) = 1; /* pend IRQ0 */
	}
}
void SysTick(void)
{
	res.ticks++;
	R32(0xE000ED04) = 1u << 28;
	if (res.ticks >= 200 && !res.done) {
		res.done = 1;
		res.magic = 0x600DF00D;
	}
}
void IRQ0(void)
{
	res.irq++;
#ifdef USE_FP
	__asm volatile(
		"vmov s0,%0\n vmov s15,%0" ::"r"(0xdeadbeef)
		: "s0", "s15"); /* clobber FP caller-saved inside ISR: lazy stacking must protect */
#endif
}
void pick(void)
{
	res.switches++;
	cur = cur == &t[0] ? &t[1] : &t[0];
}
void svc_c(uint32_t *f)
{
	uint8_t n = ((uint8_t *)f[6])[-2];
	res.svc++;
	if (n == 1)
		R32(0xE000ED04) = 1u << 28;
}
#if defined(__ARM_ARCH_6M__)
__attribute__((naked)) void PendSV(void)
{
	__asm volatile(".syntax unified\n"
		       " mrs r0,psp\n subs r0,#32\n mov r3,r0\n stmia r3!,{r4-r7}\n mov r4,r8\n "
		       "mov r5,r9\n mov r6,r10\n mov r7,r11\n stmia r3!,{r4-r7}\n"
		       " ldr r3,=cur\n ldr r2,[r3]\n str r0,[r2]\n push {r3,lr}\n cpsid i\n bl "
		       "pick\n cpsie i\n pop {r2,r3}\n mov lr,r3\n ldr r3,[r2]\n ldr r0,[r3]\n"
		       " mov r2,r0\n adds r0,#16\n ldmia r0!,{r4-r7}\n mov r8,r4\n mov r9,r5\n mov "
		       "r10,r6\n mov r11,r7\n msr psp,r0\n ldmia r2!,{r4-r7}\n bx lr\n .ltorg\n");
}
__attribute__((naked)) void SVC(void)
{
	__asm volatile(".syntax unified\n movs r0,#4\n mov r1,lr\n tst r0,r1\n beq 1f\n mrs "
		       "r0,psp\n b 2f\n1: mrs r0,msp\n2: ldr r1,=svc_c\n bx r1\n .ltorg\n");
}
__attribute__((naked)) static void first(void)
{
	__asm volatile(".syntax unified\n ldr r0,=cur\n ldr r0,[r0]\n ldr r0,[r0]\n adds r0,#32\n "
		       "msr psp,r0\n movs r0,#2\n msr control,r0\n isb\n pop {r0-r5}\n mov lr,r5\n "
		       "cpsie i\n pop {r3}\n pop {r2}\n adds r3,#1\n bx r3\n .ltorg\n");
}
#else
__attribute__((naked)) void PendSV(void)
{
	__asm volatile(" mrs r0,psp\n isb\n ldr r3,=cur\n ldr r2,[r3]\n"
#ifdef USE_FP
		       " tst lr,#0x10\n it eq\n vstmdbeq r0!,{s16-s31}\n"
#endif
		       " stmdb r0!,{r4-r11,lr}\n str r0,[r2]\n stmdb sp!,{r0,r3}\n mov r0,#0x20\n "
		       "msr basepri,r0\n dsb\n isb\n bl pick\n mov r0,#0\n msr basepri,r0\n ldmia "
		       "sp!,{r0,r3}\n"
		       " ldr r1,[r3]\n ldr r0,[r1]\n ldmia r0!,{r4-r11,lr}\n"
#ifdef USE_FP
		       " tst lr,#0x10\n it eq\n vldmiaeq r0!,{s16-s31}\n"
#endif
		       " msr psp,r0\n isb\n bx lr\n .ltorg\n");
}
__attribute__((naked)) void SVC(void)
{
	__asm volatile(" ldr r3,=started\n ldr r2,[r3]\n cbnz r2,1f\n movs r2,#1\n str r2,[r3]\n "
		       "ldr r0,=cur\n ldr r0,[r0]\n ldr r0,[r0]\n ldmia r0!,{r4-r11,lr}\n msr "
		       "psp,r0\n isb\n mov r0,#0\n msr basepri,r0\n bx lr\n"
		       "1: tst lr,#4\n ite eq\n mrseq r0,msp\n mrsne r0,psp\n b svc_c\n .ltorg\n");
}
static void first(void)
{
	__asm volatile("cpsie i\n cpsie f\n dsb\n isb\n svc 0\n nop");
}
#endif
uint32_t started;
static uint32_t *mkstk(uint32_t *top, void (*f)(void))
{
	*--top = 0x01000000;
	*--top = (uint32_t)f & ~1u;
	*--top = 0xffffffff;
	for (int i = 0; i < 5; i++)
		*--top = i;
#if !defined(__ARM_ARCH_6M__)
	*--top = 0xfffffffd;
#endif
	for (int i = 0; i < 8; i++)
		*--top = 0x40 + i;
	return top;
}
int main(void)
{
#ifdef USE_FP
	R32(0xE000ED88) |= 0xf << 20;
	__asm volatile("dsb\nisb");
#endif
	t[0].sp = mkstk(&stk[0][256], taskA);
	t[1].sp = mkstk(&stk[1][256], taskB);
	cur = &t[0];
	R32(0xE000ED20) = 0xffff0000; /* PendSV+SysTick lowest */
	R32(0xE000E400) = 0x80;
	R32(0xE000E100) = 1;
	R32(0xE000E014) = TICK - 1;
	R32(0xE000E018) = 0;
	R32(0xE000E010) = 7;
#if defined(__ARM_ARCH_6M__)
	/* the M0 first() pops r0-r5,pc-ish from the initial frame: r0-r3,r12,lr,pc,xpsr */
#endif
	first();
	for (;;)
		;
}
void fault(void)
{
	res.err |= 0x80000000;
	for (;;)
		;
}
extern uint32_t _sidata, _sdata, _edata, _sbss, _ebss;
void Reset(void)
{
	uint32_t *s = &_sidata, *d = &_sdata;
	while (d < &_edata)
		*d++ = *s++;
	for (d = &_sbss; d < &_ebss;)
		*d++ = 0;
	main();
}
__attribute__((section(".vec"), used)) void *const vec[] = { &_estack, Reset, fault, fault, fault,
	fault, fault, 0, 0, 0, 0, SVC, fault, 0, PendSV, SysTick, IRQ0 };
