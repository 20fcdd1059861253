/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLASH_LOADER_CODE_H
#define FLASH_LOADER_CODE_H

/**
 * @file
 * What dapper runs on the target beside the algorithms (flashalgo/loader.S), as the host sees it.
 *
 * hash_list(list, count): each {address, size} of the list becomes the hash of that memory.
 *
 * The hash is 64 bits of state, two words a and b, and each word w of memory is taken in by
 *
 *     a = rotate((a ^ w) * K, 17);  b = (b ^ a) * K;  a = a + b
 *
 * A wrong "equal" would mean flash that is silently wrong, so it is not a sum, and not one CRC-32
 * (one in 4e9 is too few for a tool that compares pages by the million). Each step is a bijection
 * of the state for a given w, and injective in w: one word that differs is always seen, two next to
 * each other as well, more are missed with the chance of 2^-64 unless they were made to be. The
 * first product carries upwards, the rotation brings that down again, the second product spreads it
 * over the other word, the sum feeds it back. With one product only, as was tried, top bits that
 * differ in neighbouring words can meet: test_hash.c looks for that. The size is part of the start. It is no defence against
 * somebody who looks for collisions, and need not be: who can write the flash needs none.
 *
 * Six instructions a word beside the load: 1.9 cycles a byte on Cortex-M0+ and M4. CRC-32 costs
 * 8 and more with a table in RAM; a CRC unit is not in every part.
 *
 * serve(first, end): see struct ring_slot.
 */
#include <stddef.h>
#include <stdint.h>

enum {
	LOADER_CODE_ALIGNMENT = 4,
	LOADER_LIST_ENTRY = 8, /* {address, size}, afterwards the hash */
};

/**
 * A call for the server. The host fills slots in order, round and round, the function last: it is
 * what the server waits for. When the function has returned 0 it is set to 0, and the slot is the
 * host's again. Otherwise the first argument is set to what it returned, and serve() returns the
 * slot's address.
 */
enum {
	RING_SLOT_SIZE = 16,
	RING_RESULT = 0,    /* of the function that failed */
	RING_ARGUMENTS = 0, /* three words */
	RING_FUNCTION = 12, /* with its Thumb bit */
	RING_END = 1,       /* as a function: serve() is to return 0 */
};

enum loader_function { LOADER_HASH_LIST, LOADER_SERVE };

/** To be loaded at a multiple of LOADER_CODE_ALIGNMENT. */
const uint8_t *loader_code(size_t *size);
/** Where a function begins in it. */
uint32_t loader_code_offset(enum loader_function function);

/** What hash_list() makes of @p size bytes: a in the low word. */
uint64_t loader_hash(const uint8_t *bytes, size_t size);
/** The same of @p size bytes that all have @p value. */
uint64_t loader_hash_of_value(uint8_t value, size_t size);

#endif /* FLASH_LOADER_CODE_H */
