/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of all lengths: 64-bit products and quotients, saturation, bit fields, byte order. */
#include <string.h>

#include "programs.h"

static uint32_t fold64(uint32_t sum, uint64_t value)
{
	return fold(fold(sum, (uint32_t)value), (uint32_t)(value >> 32));
}

static uint64_t random64(uint32_t *seed)
{
	const uint64_t high = next_random(seed);

	return high << 32 | next_random(seed);
}

static void long_long(void)
{
	uint32_t seed = 7, sum = 0;

	for (int i = 0; i < 300; i++) {
		const uint64_t a = random64(&seed) >> (i % 40);
		const uint64_t b = (random64(&seed) >> (i % 50)) | 1;
		const unsigned n = next_random(&seed) % 64;

		sum = fold64(sum, a * b + (a - b));
		sum = fold64(sum, a / b ^ a % b);
		sum = fold64(sum, (uint64_t)((int64_t)a / (int64_t)b));
		sum = fold64(sum, (uint64_t)((int64_t)a % (int64_t)b));
		sum = fold64(sum, a << n ^ b >> n);
		sum = fold(sum, (a < b) + 2u * ((int64_t)a < (int64_t)b) + 4u * (a == b));
	}
	report("64-bit integers", sum);
}

static int32_t saturated(int32_t a, int32_t b)
{
	const int64_t wide = (int64_t)a + b;

	return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

static void small(void)
{
	uint32_t seed = 8, sum = 0;

	for (int i = 0; i < 300; i++) {
		const uint32_t a = next_random(&seed), b = next_random(&seed) | 1;
		const int16_t h = (int16_t)a;
		const int8_t c = (int8_t)b;

		sum = fold(sum, a / b ^ a % (b >> 20 | 1));
		sum = fold(sum, (uint32_t)((int32_t)a / (int32_t)(b >> 16 | 3)));
		sum = fold(sum, (uint32_t)(h * c) + (uint16_t)(h >> 3) + (uint8_t)(c << 1));
		sum = fold(sum, (uint32_t)saturated((int32_t)a, (int32_t)b));
		sum = fold(sum,
			(uint32_t)__builtin_clz(b) << 8 | (uint32_t)__builtin_ctz(a | 1u << 31));
		sum = fold(sum, __builtin_bswap32(a) ^ (uint32_t)__builtin_popcount(b));
		sum = fold(sum, (uint32_t)((uint64_t)a * b >> 32));
		sum = fold(sum, (uint32_t)((int64_t)(int32_t)a * (int32_t)b >> 32));
	}
	report("32, 16 and 8 bits", sum);
}

struct packed {
	unsigned a : 3;
	int b : 7;
	unsigned c : 22;
};

static void bit_fields(void)
{
	uint32_t seed = 9, sum = 0;
	struct packed p = { 0, 0, 0 };

	for (int i = 0; i < 100; i++) {
		const uint32_t r = next_random(&seed);

		p.a = r & 7;
		p.b = (int)(r >> 4 & 63) - 30;
		p.c += r >> 10;
		sum = fold(sum, p.a + (uint32_t)p.b * 3u + p.c);
	}
	report("bit fields", sum);
}

static void unaligned(void)
{
	uint8_t bytes[40];
	uint32_t sum = 0;

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37);
	for (unsigned i = 0; i < 32; i++) {
		uint32_t word;
		uint16_t half;

		memcpy(&word, bytes + i, sizeof(word));
		memcpy(&half, bytes + i + 1, sizeof(half));
		word += half;
		memcpy(bytes + (i * 7) % 32, &word, sizeof(word));
		sum = fold(sum, word);
	}
	report("unaligned words", sum);
}

void run_numbers(void)
{
	long_long();
	small();
	bit_fields();
	unaligned();
}
