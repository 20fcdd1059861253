/* SPDX-License-Identifier: Apache-2.0 */
/* Where programs go: function pointers, variable arguments, structures by value, switches, long
 * jumps, recursion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

static uint32_t add(uint32_t a, uint32_t b)
{
	return a + b;
}

static uint32_t subtract(uint32_t a, uint32_t b)
{
	return a - b;
}

static uint32_t mix(uint32_t a, uint32_t b)
{
	return fold(a, b);
}

static void function_pointers(void)
{
	static uint32_t (*const table[])(uint32_t, uint32_t) = { add, subtract, mix };
	uint32_t (*volatile const *const hidden)(uint32_t, uint32_t) =
		(uint32_t(*volatile const *)(uint32_t, uint32_t))table;
	uint32_t seed = 21, sum = 0;

	for (int i = 0; i < 200; i++)
		sum = hidden[next_random(&seed) % 3](sum, next_random(&seed));
	report("function pointers", sum);
}

/* Formats: d int32_t, l uint64_t, f double, s text. */
static uint32_t gather(const char *format, ...)
{
	uint32_t sum = 0;
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		if (*format == 'd') {
			sum = fold(sum, (uint32_t)va_arg(args, int));
		} else if (*format == 'l') {
			const uint64_t v = va_arg(args, uint64_t);

			sum = fold(fold(sum, (uint32_t)v), (uint32_t)(v >> 32));
		} else if (*format == 'f') {
			sum = fold(sum, (uint32_t)(int32_t)(va_arg(args, double) * 256.0));
		} else {
			const char *text = va_arg(args, const char *);

			while (*text)
				sum = fold(sum, (uint8_t)*text++);
		}
	}
	va_end(args);
	return sum;
}

struct block {
	uint8_t a;
	uint16_t b;
	uint32_t c[9];
	uint64_t d;
};

static struct block changed(struct block x, uint32_t by)
{
	x.a = (uint8_t)(x.a + by);
	x.b = (uint16_t)(x.b ^ by);
	for (int i = 0; i < 9; i++)
		x.c[i] += by * (uint32_t)i;
	x.d = x.d * 3 + by;
	return x;
}

static void structures(void)
{
	struct block x = { 1, 2, { 3 }, 4 };
	uint32_t sum = 0;

	for (uint32_t i = 0; i < 50; i++) {
		const struct block y = x;

		x = changed(y, i * 77);
		sum = fold(sum, x.a + x.b + (uint32_t)x.d);
		for (int n = 0; n < 9; n++)
			sum = fold(sum, x.c[n]);
	}
	report("structures by value", sum);
}

static uint32_t machine(const char *program)
{
	uint32_t a = 1, b = 0;

	for (; *program; program++)
		switch (*program) {
		case 'a':
			a += 7;
			break;
		case 'b':
			b += a;
			break;
		case 'c':
			a ^= b;
			break;
		case 'd':
			a = b * 3;
			break;
		case 'e':
			b = a >> 1;
			break;
		case 'f':
			a = ~a;
			break;
		case 'g':
			b -= a;
			break;
		case 'h':
			a = a << 3 | a >> 29;
			break;
		case 'z':
			a = 1000;
			break;
		default:
			b += (uint8_t)*program;
			break;
		}
	return fold(a, b);
}

static jmp_buf away;

static void descend(int depth, int value)
{
	volatile int kept[4] = { depth, value, depth + value, 0 };

	if (depth > 0)
		descend(depth - 1, value + kept[0] % 3);
	else if (value)
		longjmp(away, value);
	kept[3] = 1;
}

static void long_jumps(void)
{
	volatile uint32_t sum = 0;
	volatile int round = 0;

	while (round < 10) {
		const int value = setjmp(away);

		if (value == 0) {
			descend(5 + round, 1);
		} else {
			sum = fold(sum, (uint32_t)value);
			round++;
		}
	}
	report("setjmp, longjmp", sum);
}

static uint32_t ackermann(uint32_t m, uint32_t n)
{
	if (m == 0)
		return n + 1;
	return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static void text(void)
{
	char buffer[64] = "the quick brown fox";
	uint32_t sum = 0;

	strcat(buffer, " jumps over");
	memmove(buffer + 4, buffer, strlen(buffer) + 1);
	memcpy(buffer, "and ", 4);
	for (const char *at = buffer; *at; at++)
		sum = fold(sum, (uint8_t)*at);
	sum = fold(sum, (uint32_t)(strcmp(buffer, "and then") > 0));
	sum = fold(sum, (uint32_t)strtol("-1234", NULL, 10));
	sum = fold(sum, (uint32_t)(strstr(buffer, "fox") - buffer));
	report("text", sum);
}

void run_control(void)
{
	function_pointers();
	report("variable arguments", gather("dlfsldfds", -5, UINT64_C(0x123456789abcdef0), 2.5,
					     "text", UINT64_C(77), 1000000, -1.25, 9, "!"));
	structures();
	report("switch", machine("abcabcddeefghijkzabfgh?hgfedcba"));
	long_jumps();
	report("recursion", ackermann(2, 6));
	text();
}
