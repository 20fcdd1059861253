/* SPDX-License-Identifier: Apache-2.0 */
/* STM32F407 (RM0090 rev 19): USART2 with its reset pins left alone, the model sends all the same. */
#include "run.h"

#define RCC_APB1ENR (*(volatile uint32_t *)0x40023840)
#define USART2_SR   (*(volatile uint32_t *)0x40004400)
#define USART2_DR   (*(volatile uint32_t *)0x40004404)
#define USART2_BRR  (*(volatile uint32_t *)0x40004408)
#define USART2_CR1  (*(volatile uint32_t *)0x4000440c)

int main(void)
{
	RCC_APB1ENR |= 1u << 17;
	USART2_BRR = 139; /* 16 MHz / 115200 */
	USART2_CR1 = 1u << 13 | 1u << 3;
	for (const char *text = "over the wire\n"; *text; text++) {
		while (!(USART2_SR & 1u << 7))
			;
		USART2_DR = (uint8_t)*text;
	}
	while (!(USART2_SR & 1u << 6))
		;
	exit_with(0);
	return 0;
}
