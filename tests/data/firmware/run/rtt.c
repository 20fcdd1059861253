/* SPDX-License-Identifier: Apache-2.0 */
/* Prints 40 lines through a small RTT ring, echoes one line, and exits with its length. */
#include "run.h"

struct ring {
	const char *name;
	char *buffer;
	uint32_t size;
	volatile uint32_t wr;
	volatile uint32_t rd;
	uint32_t flags;
};

struct block {
	volatile char id[16];
	uint32_t ups, downs;
	struct ring up, down;
};

struct block _SEGGER_RTT;
static char up_buffer[61], down_buffer[16];

static void put(char c)
{
	struct ring *ring = &_SEGGER_RTT.up;
	uint32_t next = (ring->wr + 1) % ring->size;

	while (next == ring->rd)
		;
	((volatile char *)ring->buffer)[ring->wr] = c;
	ring->wr = next;
}

static void say(const char *text)
{
	while (*text)
		put(*text++);
}

int main(void)
{
	static const char id[] = "SEGGER RTT";

	_SEGGER_RTT.ups = _SEGGER_RTT.downs = 1;
	_SEGGER_RTT.up = (struct ring){ "Terminal", up_buffer, sizeof(up_buffer), 0, 0, 2 };
	_SEGGER_RTT.down = (struct ring){ "Terminal", down_buffer, sizeof(down_buffer), 0, 0, 0 };
	for (size_t i = 0; i < sizeof(id); i++)
		_SEGGER_RTT.id[i] = id[i];
	for (int i = 0; i < 40; i++) {
		char number[] = "00\n";

		number[0] = (char)('0' + (unsigned)i / 10);
		number[1] = (char)('0' + (unsigned)i % 10);
		say("line ");
		say(number);
	}
	exit_with(7);
	return 0;
}
