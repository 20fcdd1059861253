/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tasks under FreeRTOS, a tick, a mutex and a queue. Each task fills the registers that are
 * its own, waits until the tick has taken it off the processor, and looks whether they are as
 * before. After 300 ticks the program says how it went, by semihosting.
 */
#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

enum {
	SYS_WRITE0 = 0x04,
	SYS_EXIT = 0x18,
	ADP_STOPPED_APPLICATION_EXIT = 0x20026,
	TICKS = 300,
	VECTORS = 16,
	STACK_WORDS = 200,
	MAGIC = 0x600df00d,
};

extern uint32_t _stack_top[], _data_load[], _data[], _data_end[], _zero[], _zero_end[];

void Reset_Handler(void);
void SVC_Handler(void);
void PendSV_Handler(void);
void SysTick_Handler(void);
int main(void);
void vApplicationIdleHook(void);
void vApplicationTickHook(void);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);

/* What the test on the simulated core looks at; the first words of RAM. */
__attribute__((section(".results"))) volatile struct {
	uint32_t magic, ticks, idle, errors;
	uint32_t loops[2];
	uint32_t messages;
	uint32_t shared; /* under the mutex */
	uint32_t finished;
} results;

volatile uint32_t context_switches;

static void semihost(uint32_t operation, const void *argument)
{
	register uint32_t r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt #0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void end(const char *text)
{
	semihost(SYS_WRITE0, text);
	semihost(SYS_EXIT, (const void *)ADP_STOPPED_APPLICATION_EXIT);
	for (;;)
		continue;
}

void assert_failed(void)
{
	end("FreeRTOS: an assertion failed\n");
}

static void unexpected(void)
{
	end("FreeRTOS: unexpected exception\n");
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
	(void)task;
	(void)name;
	end("FreeRTOS: stack overflow\n");
}

void vApplicationIdleHook(void)
{
	results.idle++;
	__asm__ volatile("wfi");
}

void vApplicationTickHook(void)
{
	results.ticks++;
}

/* Registers r4 to r7 (and s0 to s31) hold numbers of this task over a few thousand cycles.
 * @return the number of those that changed. */
static uint32_t spin_with_registers(uint32_t number)
{
	uint32_t wrong = 0;

	__asm__ volatile(".syntax unified\n"
			 "mov r4, %1\n"
			 "adds r5, r4, #1\n"
			 "adds r6, r4, #2\n"
			 "ldr r2, =700\n"
#ifdef __ARM_FP
			 "vmov s0, r4\n vmov s1, r5\n vmov s15, r6\n vmov s16, r4\n"
			 "vmov s17, r5\n vmov s30, r6\n vmov s31, r4\n"
#endif
			 "1: subs r2, #1\n"
			 "bne 1b\n"
			 "cmp r4, %1\n beq 2f\n adds %0, #1\n"
			 "2: subs r5, #1\n cmp r5, %1\n beq 3f\n adds %0, #1\n"
			 "3: subs r6, #2\n cmp r6, %1\n beq 4f\n adds %0, #1\n"
			 "4:\n"
#ifdef __ARM_FP
			 "vmov r5, s0\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "vmov r5, s16\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "vmov r5, s31\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "adds r4, #1\n"
			 "vmov r5, s1\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "vmov r5, s17\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "adds r4, #1\n"
			 "vmov r5, s15\n cmp r5, r4\n it ne\n addne %0, #1\n"
			 "vmov r5, s30\n cmp r5, r4\n it ne\n addne %0, #1\n"
#endif
			 : "+l"(wrong)
			 : "l"(number)
			 : "r2", "r4", "r5", "r6", "cc"
#ifdef __ARM_FP
			 ,
			 "s0", "s1", "s15", "s16", "s17", "s30", "s31"
#endif
	);
	return wrong;
}

static SemaphoreHandle_t mutex;
static QueueHandle_t queue;

/* A float that both tasks compute on their own, in steps. */
static float step(float x)
{
	return x * 0.75f + 1.5f;
}

static void producer(void *argument)
{
	float x = 0.0f, y = 0.0f;

	(void)argument;
	for (uint32_t n = 1;; n++) {
		results.errors += spin_with_registers(0x1000 + n);
		x = step(x);
		taskYIELD();
		y = step(y);
		results.errors += x != y;
		if (xSemaphoreTake(mutex, 100) == pdTRUE) {
			const uint32_t before = results.shared;

			spin_with_registers(0);
			results.shared = before + 1;
			xSemaphoreGive(mutex);
		}
		results.loops[0]++;
		xQueueSend(queue, &n, portMAX_DELAY);
		if (n % 8 == 0)
			vTaskDelay(2);
		if (results.ticks >= TICKS) {
			results.finished = MAGIC;
			end(results.errors ? "FreeRTOS: registers were mixed up\n"
				: results.loops[0] < 20 || results.loops[1] < 20 ||
						results.idle < 20 || results.messages < 20 ||
						context_switches < 300
					? "FreeRTOS: a task starved\n"
					: "FreeRTOS: both tasks ran, registers kept\n");
		}
	}
}

static void consumer(void *argument)
{
	uint32_t wanted = 1;
	float x = 100.0f, y = 100.0f;

	(void)argument;
	for (;;) {
		uint32_t got = 0;

		x = step(x);
		while (xQueueReceive(queue, &got, 1) == pdTRUE) {
			results.errors += got != wanted++;
			results.messages++;
		}
		results.errors += spin_with_registers(0x2000000 + wanted);
		if (xSemaphoreTake(mutex, 100) == pdTRUE) {
			results.shared++;
			xSemaphoreGive(mutex);
		}
		y = step(y);
		results.errors += x != y;
		results.loops[1]++;
	}
}

int main(void)
{
	static StackType_t stacks[2][STACK_WORDS];
	static StaticTask_t tasks[2];
	static StaticSemaphore_t mutex_memory;
	static StaticQueue_t queue_memory;
	static uint8_t messages[4 * sizeof(uint32_t)];

	results.magic = MAGIC;
	mutex = xSemaphoreCreateMutexStatic(&mutex_memory);
	queue = xQueueCreateStatic(4, sizeof(uint32_t), messages, &queue_memory);
	vQueueAddToRegistry(mutex, "mutex");
	vQueueAddToRegistry(queue, "messages");
	xTaskCreateStatic(producer, "producer", STACK_WORDS, NULL, 2, stacks[0], &tasks[0]);
	xTaskCreateStatic(consumer, "consumer", STACK_WORDS, NULL, 2, stacks[1], &tasks[1]);
	vTaskStartScheduler();
	return 0;
}

void Reset_Handler(void)
{
	for (uint32_t *to = _zero; to < _zero_end;) /* .data is in between */
		*to++ = 0;
	for (uint32_t *to = _data, *from = _data_load; to < _data_end;)
		*to++ = *from++;
#ifdef __ARM_FP
	*(volatile uint32_t *)0xe000ed88 |= 0xf00000u; /* CPACR: CP10, CP11 */
	__asm__ volatile("dsb\nisb");
#endif
	main();
	unexpected();
}

__attribute__((section(".vectors"), used)) static void (*const vectors[VECTORS])(
	void) = { (void (*)(void))_stack_top, Reset_Handler, unexpected, unexpected, unexpected,
	unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, SVC_Handler,
	unexpected, unexpected, PendSV_Handler, SysTick_Handler };
