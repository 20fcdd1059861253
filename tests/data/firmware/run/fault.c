/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where nothing is. */
#include "run.h"

__attribute__((noinline)) uint32_t bad_read(volatile const uint32_t *from)
{
	return *from;
}

int main(void)
{
	print("before\n");
	return (int)bad_read((volatile const uint32_t *)0x60000000);
}
