/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdint.h>

void assert_failed(void);
extern volatile uint32_t context_switches;

/* 5,000 cycles a tick. */
#define configCPU_CLOCK_HZ                   5000000
#define configTICK_RATE_HZ                   1000
#define configTICK_TYPE_WIDTH_IN_BITS        TICK_TYPE_WIDTH_32_BITS
#define configUSE_PREEMPTION                 1
#define configUSE_TIME_SLICING               1
#define configMAX_PRIORITIES                 4
#define configMINIMAL_STACK_SIZE             192
#define configMAX_TASK_NAME_LEN              12
#define configUSE_IDLE_HOOK                  1
#define configUSE_TICK_HOOK                  1
#define configUSE_MUTEXES                    1
#define configUSE_TRACE_FACILITY             1
#define configQUEUE_REGISTRY_SIZE            4
#define configCHECK_FOR_STACK_OVERFLOW       2
#define configSUPPORT_STATIC_ALLOCATION      1
#define configSUPPORT_DYNAMIC_ALLOCATION     0
#define configKERNEL_PROVIDED_STATIC_MEMORY  1
#define configKERNEL_INTERRUPT_PRIORITY      0xf0
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 0x50
#define configENABLE_MPU                     0
#define configENABLE_TRUSTZONE               0
#ifndef configRUN_FREERTOS_SECURE_ONLY
#define configRUN_FREERTOS_SECURE_ONLY 0
#endif
#ifdef __ARM_FP
#define configENABLE_FPU 1
#else
#define configENABLE_FPU 0
#endif
#define configASSERT(condition)          \
	do {                             \
		if (!(condition))        \
			assert_failed(); \
	} while (0)
#define traceTASK_SWITCHED_IN() (context_switches++)

#define INCLUDE_vTaskDelay             1
#define INCLUDE_xTaskGetSchedulerState 1

/* The Cortex-M4F port has its own names for the handlers. */
#define vPortSVCHandler     SVC_Handler
#define xPortPendSVHandler  PendSV_Handler
#define xPortSysTickHandler SysTick_Handler

#endif /* FREERTOS_CONFIG_H */
