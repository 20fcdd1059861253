/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a file, reads it back, tries to break out, echoes a line of input; exits with the number
 * of the first check that failed, or 0. */
#include "run.h"

static int32_t open_file(const char *name, uint32_t mode)
{
	const uint32_t block[3] = { (uintptr_t)name, mode, length_of(name) };

	return semihosting(0x01, block);
}

static int32_t transfer(uint32_t operation, int32_t handle, const void *data, uint32_t size)
{
	const uint32_t block[3] = { (uint32_t)handle, (uintptr_t)data, size };

	return semihosting(operation, block);
}

static int32_t with_handle(uint32_t operation, int32_t handle)
{
	const uint32_t block[1] = { (uint32_t)handle };

	return semihosting(operation, block);
}

static char buffer[64];

static uint32_t check(void)
{
	int32_t file = open_file("out.txt", 4);
	int32_t left;

	if (file < 0)
		return 1;
	if (transfer(0x05, file, "written\n", 8) != 0)
		return 2;
	if (with_handle(0x0c, file) != 8 || with_handle(0x02, file) != 0)
		return 3;
	file = open_file("out.txt", 0);
	if (transfer(0x06, file, buffer, sizeof(buffer)) != (int32_t)sizeof(buffer) - 8 ||
		buffer[0] != 'w')
		return 4;
	if (open_file("../outside.txt", 0) != -1 || open_file("/etc/passwd", 0) != -1 ||
		open_file("link", 0) != -1)
		return 5;
	if (transfer(0x05, file, (const void *)0x60000000, 8) != 8)
		return 6;
	if (open_file((const char *)0x20008000, 99) != -1)
		return 7;
	file = open_file(":tt", 0);
	left = transfer(0x06, file, buffer, sizeof(buffer) - 1);
	if (left < 0)
		return 8;
	buffer[sizeof(buffer) - 1 - (uint32_t)left] = '\0';
	print(buffer);
	return 0;
}

int main(void)
{
	exit_with(check());
	return 0;
}
