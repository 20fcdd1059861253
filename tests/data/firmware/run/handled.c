/* SPDX-License-Identifier: Apache-2.0 */
/* A BusFault that has a handler of its own, which hangs having pushed registers. */
#include "run.h"

int main(void)
{
	*(volatile uint32_t *)0xe000ed24 |= 1u << 17; /* SHCSR.BUSFAULTENA */
	return (int)*(volatile const uint32_t *)0x60000000;
}
