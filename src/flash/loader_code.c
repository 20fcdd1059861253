/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/loader_code.h"

#include "base/bytes.h"
#include "flashalgo/flashalgo.h"

/* xxHash's 32-bit primes 1, 2 and 3: odd, with bits well spread. */
#define MULTIPLIER 0x9e3779b1u
#define SEED_A     0x85ebca77u
#define SEED_B     0xc2b2ae3du

enum { ROTATION = 17 };

struct hash {
	uint32_t a;
	uint32_t b;
};

const uint8_t *loader_code(size_t *size)
{
	*size = flashalgo_loader_size;
	return flashalgo_loader;
}

uint32_t loader_code_offset(enum loader_function function)
{
	/* It begins with a table of half-words. */
	return get_le16(flashalgo_loader + 2 * (size_t)function);
}

static struct hash begin(size_t size)
{
	return (struct hash){ SEED_A ^ (uint32_t)size, SEED_B };
}

static void mix(struct hash *hash, uint32_t word)
{
	uint32_t a = (hash->a ^ word) * MULTIPLIER;

	a = a >> ROTATION | a << (32 - ROTATION);
	hash->b = (hash->b ^ a) * MULTIPLIER;
	hash->a = a + hash->b;
}

static uint64_t end(const struct hash *hash)
{
	return (uint64_t)hash->b << 32 | hash->a;
}

uint64_t loader_hash(const uint8_t *bytes, size_t size)
{
	struct hash hash = begin(size);
	size_t i = 0;

	for (; size - i >= 4; i += 4)
		mix(&hash, get_le32(bytes + i));
	if (i < size) {
		uint8_t last[4] = { 0 };

		for (size_t k = 0; i + k < size; k++)
			last[k] = bytes[i + k];
		mix(&hash, get_le32(last));
	}
	return end(&hash);
}

uint64_t loader_hash_of_value(uint8_t value, size_t size)
{
	struct hash hash = begin(size);
	uint32_t word = value * 0x01010101u;

	for (size_t i = 0; i < size / 4; i++)
		mix(&hash, word);
	if (size % 4)
		mix(&hash, word >> 8 * (4 - size % 4));
	return end(&hash);
}
