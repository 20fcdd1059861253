/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

int main(void)
{
	__asm__ volatile("bkpt 1");
	return 0;
}
