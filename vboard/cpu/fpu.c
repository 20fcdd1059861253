/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/cpu/internal.h"
static void coprocessor(struct cpu *c, uint32_t w)
{
	(void)w;
	fault_usage(c, CFSR_NOCP);
}
static const struct encoding rows[] = {
	{ "coprocessor", 0xef000000u, 0xef000000u, NULL, 0 },
	{ "coprocessor", 0xec000000u, 0xec000000u, coprocessor, 0 },
};
const struct encoding_table fpu_table = { rows, ARRAY_SIZE(rows) };
