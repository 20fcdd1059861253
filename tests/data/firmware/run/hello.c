/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

int main(void)
{
	const uint32_t open_error[3] = { (uintptr_t) ":tt", 8, 3 };
	uint32_t write[3];

	print("hello from the target\n");
	write[0] = (uint32_t)semihosting(0x01, open_error);
	write[1] = (uintptr_t) "to stderr\n";
	write[2] = 10;
	semihosting(0x05, write);
	exit_with(42);
	return 0;
}
