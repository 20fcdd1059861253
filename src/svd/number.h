/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_NUMBER_H
#define SVD_NUMBER_H

/**
 * @file
 * Numbers and words as CMSIS-SVD.xsd defines them: scaledNonNegativeInteger,
 * enumeratedValueDataType, bitRangeType, xs:boolean and the enumerations. All return false, with
 * the result untouched, for what is none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decimal (also with leading zeros), 0x hexadecimal, # or 0b binary; with k, m, g or t behind it
 * times 1024, 1024^2, ... */
bool svd_read_number(const char *text, uint64_t *value);

/** As svd_read_number(); in binary, the bits 'x' are not in the mask. */
bool svd_read_pattern(const char *text, uint64_t *value, uint64_t *mask);

/** "[msb:lsb]" */
bool svd_read_bit_range(const char *text, uint64_t *lsb, uint64_t *msb);

/** true, false, 1, 0. */
bool svd_read_flag(const char *text, bool *flag);

enum svd_words {
	SVD_WORDS_ACCESS,
	SVD_WORDS_PROTECTION,
	SVD_WORDS_READ_ACTION,
	SVD_WORDS_WRITE_ACTION,
	SVD_WORDS_USAGE,
	SVD_WORDS_BLOCK_USAGE
};

/** One of the words of a set, in any case, as its number in <dapper/svd.h>. */
bool svd_read_word(enum svd_words words, const char *text, uint64_t *value);

#endif /* SVD_NUMBER_H */
