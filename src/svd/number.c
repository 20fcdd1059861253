/* SPDX-License-Identifier: Apache-2.0 */
#include "svd/number.h"

#include <string.h>
#include <strings.h>

#include <dapper/svd.h>

#include "base/bits.h"

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

/* The base, and the text behind its prefix. */
static unsigned take_base(const char **text)
{
	const char *at = *text;

	if (*at == '+')
		at++;
	*text = at;
	if (at[0] == '#') {
		*text = at + 1;
		return 2;
	}
	if (at[0] != '0')
		return 10;
	if (at[1] == 'x' || at[1] == 'X') {
		*text = at + 2;
		return 16;
	}
	if (at[1] == 'b' || at[1] == 'B') {
		*text = at + 2;
		return 2;
	}
	return 10;
}

/* Digits from @p text on. @return Where they end; NULL: there are none, or too many. */
static const char *take_digits(const char *text, unsigned base, uint64_t *value)
{
	const char *start = text;
	uint64_t sum = 0;
	unsigned digit;

	while ((digit = digit_of(*text)) < base) {
		if (sum > (UINT64_MAX - digit) / base)
			return NULL;
		sum = sum * base + digit;
		text++;
	}
	if (text == start)
		return NULL;
	*value = sum;
	return text;
}

static unsigned scale_shift(char suffix)
{
	static const char suffixes[] = "kmgt";
	const char *at = suffix ? strchr(suffixes, suffix | 0x20) : NULL;

	return at && *at ? (unsigned)(at - suffixes + 1) * 10 : 0;
}

bool svd_read_number(const char *text, uint64_t *value)
{
	unsigned base = take_base(&text);
	uint64_t read = 0;
	unsigned shift;

	text = take_digits(text, base, &read);
	if (!text)
		return false;
	shift = scale_shift(*text);
	if (shift > 0)
		text++;
	if (*text || read > UINT64_MAX >> shift)
		return false;
	*value = read << shift;
	return true;
}

bool svd_read_pattern(const char *text, uint64_t *value, uint64_t *mask)
{
	const char *at = text;
	uint64_t bits = 0;
	uint64_t cares = UINT64_MAX;
	size_t count = 0;

	if (take_base(&at) != 2 || !strpbrk(at, "xX")) {
		if (!svd_read_number(text, value))
			return false;
		*mask = UINT64_MAX;
		return true;
	}
	for (; at[count]; count++) {
		if (count == 64 || !strchr("01xX", at[count]))
			return false;
		bits = bits << 1 | (at[count] == '1');
		cares = cares << 1 | (at[count] == '0' || at[count] == '1');
	}
	*value = bits;
	*mask = cares;
	return true;
}

bool svd_read_bit_range(const char *text, uint64_t *lsb, uint64_t *msb)
{
	uint64_t high = 0;
	uint64_t low = 0;

	if (*text++ != '[')
		return false;
	text = take_digits(text, 10, &high);
	if (!text || *text++ != ':')
		return false;
	text = take_digits(text, 10, &low);
	if (!text || strcmp(text, "]") != 0)
		return false;
	*lsb = low;
	*msb = high;
	return true;
}

bool svd_read_flag(const char *text, bool *flag)
{
	bool is_true = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;

	if (!is_true && strcasecmp(text, "false") != 0 && strcmp(text, "0") != 0)
		return false;
	*flag = is_true;
	return true;
}

static const struct {
	enum svd_words words;
	unsigned value;
	const char *text;
} word_table[] = {
	{ SVD_WORDS_ACCESS, DAPPER_SVD_READ_WRITE, "read-write" },
	{ SVD_WORDS_ACCESS, DAPPER_SVD_READ_ONLY, "read-only" },
	{ SVD_WORDS_ACCESS, DAPPER_SVD_WRITE_ONLY, "write-only" },
	{ SVD_WORDS_ACCESS, DAPPER_SVD_WRITE_ONCE, "writeOnce" },
	{ SVD_WORDS_ACCESS, DAPPER_SVD_READ_WRITE_ONCE, "read-writeOnce" },
	{ SVD_WORDS_PROTECTION, DAPPER_SVD_SECURE, "s" },
	{ SVD_WORDS_PROTECTION, DAPPER_SVD_NON_SECURE, "n" },
	{ SVD_WORDS_PROTECTION, DAPPER_SVD_PRIVILEGED, "p" },
	{ SVD_WORDS_READ_ACTION, DAPPER_SVD_READ_CLEARS, "clear" },
	{ SVD_WORDS_READ_ACTION, DAPPER_SVD_READ_SETS, "set" },
	{ SVD_WORDS_READ_ACTION, DAPPER_SVD_READ_MODIFIES, "modify" },
	{ SVD_WORDS_READ_ACTION, DAPPER_SVD_READ_MODIFIES_OTHERS, "modifyExternal" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ONE_TO_CLEAR, "oneToClear" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ONE_TO_SET, "oneToSet" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ONE_TO_TOGGLE, "oneToToggle" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ZERO_TO_CLEAR, "zeroToClear" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ZERO_TO_SET, "zeroToSet" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_ZERO_TO_TOGGLE, "zeroToToggle" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_CLEARS, "clear" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_SETS, "set" },
	{ SVD_WORDS_WRITE_ACTION, DAPPER_SVD_WRITE_MODIFIES, "modify" },
	{ SVD_WORDS_USAGE, DAPPER_SVD_USAGE_READ, "read" },
	{ SVD_WORDS_USAGE, DAPPER_SVD_USAGE_WRITE, "write" },
	{ SVD_WORDS_USAGE, DAPPER_SVD_USAGE_READ | DAPPER_SVD_USAGE_WRITE, "read-write" },
	{ SVD_WORDS_BLOCK_USAGE, DAPPER_SVD_BLOCK_REGISTERS, "registers" },
	{ SVD_WORDS_BLOCK_USAGE, DAPPER_SVD_BLOCK_BUFFER, "buffer" },
	{ SVD_WORDS_BLOCK_USAGE, DAPPER_SVD_BLOCK_RESERVED, "reserved" },
};

bool svd_read_word(enum svd_words words, const char *text, uint64_t *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(word_table); i++)
		if (word_table[i].words == words && strcasecmp(word_table[i].text, text) == 0) {
			*value = word_table[i].value;
			return true;
		}
	return false;
}

static const char *word_text(enum svd_words words, unsigned value)
{
	for (size_t i = 0; i < ARRAY_SIZE(word_table); i++)
		if (word_table[i].words == words && word_table[i].value == value)
			return word_table[i].text;
	return "";
}

const char *dapper_svd_access_text(dapper_svd_access access)
{
	return word_text(SVD_WORDS_ACCESS, access);
}

const char *dapper_svd_read_action_text(dapper_svd_read_action action)
{
	return word_text(SVD_WORDS_READ_ACTION, action);
}

const char *dapper_svd_write_action_text(dapper_svd_write_action action)
{
	return word_text(SVD_WORDS_WRITE_ACTION, action);
}

const char *dapper_svd_protection_text(dapper_svd_protection protection)
{
	switch (protection) {
	case DAPPER_SVD_SECURE:
		return "secure";
	case DAPPER_SVD_NON_SECURE:
		return "non-secure";
	case DAPPER_SVD_PRIVILEGED:
		return "privileged";
	case DAPPER_SVD_UNPROTECTED:
		return "";
	}
	return "";
}
