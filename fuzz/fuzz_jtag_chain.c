/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "adi/jtag_chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came out of TDO: ID codes, then instruction registers. The size chooses the position. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t dr[(JTAG_DR_BITS + 7) / 8], ir[(JTAG_IR_BITS + 7) / 8];
	const size_t head = size < sizeof(dr) ? size : sizeof(dr);
	const size_t rest = size - head < sizeof(ir) ? size - head : sizeof(ir);
	struct jtag_chain chain;
	size_t dp = 0, total = 0;

	memset(dr, 0xff, sizeof(dr));
	memset(ir, 0xff, sizeof(ir));
	if (size)
		memcpy(dr, data, head);
	if (rest)
		memcpy(ir, data + head, rest);
	if (jtag_chain_take_idcodes(&chain, dr) != DAPPER_OK)
		return 0;
	if (chain.count == 0 || chain.count > JTAG_MAX_TAPS)
		abort();
	if (jtag_chain_find_dp(&chain, size % 4, &dp) != DAPPER_OK)
		return 0;
	if (dp >= chain.count)
		abort();
	if (jtag_chain_take_ir(&chain, ir, dp) != DAPPER_OK)
		return 0;
	for (size_t i = 0; i < chain.count; i++)
		total += chain.taps[i].ir_length;
	if (total > JTAG_IR_FILL ||
		(chain.taps[dp].ir_length != 4 && chain.taps[dp].ir_length != 8))
		abort();
	return 0;
}
