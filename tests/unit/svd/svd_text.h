/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_TEXT_H
#define SVD_TEXT_H

/**
 * @file
 * A description as text, as expected.py writes it.
 */
#include <stdio.h>

#include <dapper/svd.h>

struct svd_counts {
	size_t peripherals;
	size_t clusters;
	size_t registers;
	size_t fields;
	size_t values;
};

/** A line for each thing in it. */
void svd_write_text(const dapper_svd *svd, FILE *out, struct svd_counts *counts);

#endif /* SVD_TEXT_H */
