/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_SAVED_H
#define VBOARD_ADI_SAVED_H

/**
 * @file
 * Saved state comes from files: a bool that is neither 0 nor 1 must not be looked at.
 */
#include <stdbool.h>
#include <stddef.h>

/** Are the bools at these offsets of @p state what bools can be? */
static inline bool saved_bools_are_valid(const void *state, const size_t *offsets, size_t count)
{
	const unsigned char *bytes = state;

	_Static_assert(sizeof(bool) == 1, "one byte tells a bool");
	for (size_t i = 0; i < count; i++)
		if (bytes[offsets[i]] > 1)
			return false;
	return true;
}

#endif /* VBOARD_ADI_SAVED_H */
