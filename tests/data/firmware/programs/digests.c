/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 (IEEE 802.3) and SHA-256 (FIPS 180-4): shifts, rotates, byte order. The text "abc" has
 * published digests: 352441c2, and ba7816bf ... f20015ad. */
#include <string.h>

#include "programs.h"

static uint32_t crc32(const uint8_t *bytes, uint32_t size)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1)));
	}
	return ~crc;
}

static uint32_t ror(uint32_t v, unsigned n)
{
	return v >> n | v << (32 - n);
}

/* The first 32 bits of the fractional parts of cube roots of the first 64 primes; made rather than
 * listed: x = floor(root(p) * 2^32) by bisection in integers. */
static uint32_t root_bits(uint32_t prime, int cube)
{
	uint64_t lo = 0, hi = UINT64_C(8) << 32;

	for (int i = 0; i < 40 && hi - lo > 1; i++) {
		const uint64_t mid = (lo + hi) / 2;
		/* mid^2 or mid^3 against prime * 2^64 or 2^96, in 32-bit limbs */
		uint32_t limbs[8] = { (uint32_t)mid, (uint32_t)(mid >> 32) };
		uint32_t target[8] = { 0 };
		int less = 0;

		for (int power = 1; power < (cube ? 3 : 2); power++) {
			uint32_t product[8] = { 0 };
			const uint32_t factor[2] = { (uint32_t)mid, (uint32_t)(mid >> 32) };

			for (int f = 0; f < 2; f++) {
				uint64_t carry = 0;

				for (int l = 0; l + f < 8; l++) {
					carry += (uint64_t)limbs[l] * factor[f] + product[l + f];
					product[l + f] = (uint32_t)carry;
					carry >>= 32;
				}
			}
			memcpy(limbs, product, sizeof(limbs));
		}
		target[cube ? 3 : 2] = prime;
		for (int l = 7; l >= 0; l--)
			if (limbs[l] != target[l]) {
				less = limbs[l] < target[l];
				break;
			}
		if (less)
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}

static uint32_t round_constants[64], initial[8];

static void make_constants(void)
{
	uint32_t prime = 1;

	for (int i = 0; i < 64; i++) {
		int divides;

		do {
			prime++;
			divides = 0;
			for (uint32_t d = 2; d * d <= prime; d++)
				divides |= prime % d == 0;
		} while (divides);
		round_constants[i] = root_bits(prime, 1);
		if (i < 8)
			initial[i] = root_bits(prime, 0);
	}
}

static void compress(uint32_t *h, const uint8_t *block)
{
	uint32_t w[64], s[8];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       w[i - 7] + (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(s, h, sizeof(s));
	for (int i = 0; i < 64; i++) {
		const uint32_t t1 = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) +
		                    ((s[4] & s[5]) ^ (~s[4] & s[6])) + round_constants[i] + w[i];
		const uint32_t t2 = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) +
		                    ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

static void sha256(uint32_t *h, const uint8_t *bytes, uint32_t size)
{
	uint8_t block[64] = { 0 };
	uint32_t done = 0;

	memcpy(h, initial, sizeof(initial));
	for (; size - done >= 64; done += 64)
		compress(h, bytes + done);
	memcpy(block, bytes + done, size - done);
	block[size - done] = 0x80;
	if (size - done > 55) {
		compress(h, block);
		memset(block, 0, sizeof(block));
	}
	for (int i = 0; i < 4; i++)
		block[60 + i] = (uint8_t)(size * 8 >> (24 - 8 * i));
	compress(h, block);
}

void run_digests(void)
{
	static uint8_t bytes[1000];
	uint32_t seed = 99, sum = 0, h[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)next_random(&seed);
	report("CRC-32 of abc", crc32((const uint8_t *)"abc", 3));
	report("CRC-32", crc32(bytes, sizeof(bytes)));
	make_constants();
	sha256(h, (const uint8_t *)"abc", 3);
	report("SHA-256 of abc, first word", h[0]);
	report("SHA-256 of abc, last word", h[7]);
	for (uint32_t size = 0; size < 130; size += 13) {
		sha256(h, bytes, size);
		for (int i = 0; i < 8; i++)
			sum = fold(sum, h[i]);
	}
	report("SHA-256 of many", sum);
}
