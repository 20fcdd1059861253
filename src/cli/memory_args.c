/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_args.h"

#include <stdio.h>
#include <string.h>

#include "args.h"

bool parse_range(const char *text, uint64_t *address, uint64_t *size)
{
	const char *plus = strchr(text, '+');
	char first[32];

	if (!plus || (size_t)(plus - text) >= sizeof(first))
		return false;
	snprintf(first, sizeof(first), "%.*s", (int)(plus - text), text);
	return parse_number(first, address) && parse_number(plus + 1, size) && *size > 0 &&
	       *address + *size >= *address;
}

bool parse_width(const char *text, unsigned *bytes)
{
	static const struct {
		const char *text;
		unsigned bytes;
	} widths[] = { { "auto", 0 }, { "8", 1 }, { "16", 2 }, { "32", 4 } };

	if (!text)
		text = "auto";
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (strcmp(text, widths[i].text) == 0) {
			*bytes = widths[i].bytes;
			return true;
		}
	return false;
}
