/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of cycles without a protocol: DAP_JTAG_Sequence and DAP_SWD_Sequence. Both carry up to 255
 * runs of up to 64 cycles each in a packet, and bring back the bits of those that capture.
 */
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/exchange.h"
#include "probe/drivers/cmsis_dap/protocol.h"

enum { HEADER = 2 /* command, number of runs; answer: command, status */ };

/* What both commands have in common. */
struct run {
	uint8_t info; /* without the number of cycles */
	bool sends;   /* bytes follow the info: these, or ones */
	const uint8_t *out;
	bool captures; /* bytes come back: to here, or nowhere */
	uint8_t *in;
	size_t bit_count;
};

struct sequence {
	struct dap *dap;
	struct deadline deadline;
	uint8_t command;
	size_t request; /* bytes used */
	size_t answer;  /* bytes that come */
	unsigned count; /* runs in this packet */
	struct {
		uint8_t *in;
		uint8_t bits;
	} captures[DAP_RUN_COUNT_MAX];
	unsigned capture_count;
};

static void begin_packet(struct sequence *sequence)
{
	sequence->request = HEADER;
	sequence->answer = HEADER;
	sequence->count = 0;
	sequence->capture_count = 0;
}

static void take_captures(struct sequence *sequence)
{
	const uint8_t *bytes = sequence->dap->link.answer + HEADER;

	for (unsigned i = 0; i < sequence->capture_count; i++) {
		const unsigned bits = sequence->captures[i].bits;
		const size_t size = (bits + 7) / 8;
		uint8_t *in = sequence->captures[i].in;

		if (in) {
			memcpy(in, bytes, size);
			if (bits % 8)
				in[size - 1] &= (uint8_t)BITS(bits % 8 - 1, 0);
		}
		bytes += size;
	}
}

static dapper_status send_packet(struct sequence *sequence)
{
	uint8_t *bytes = sequence->dap->link.request;

	if (sequence->count == 0)
		return DAPPER_OK;
	bytes[0] = sequence->command;
	bytes[1] = (uint8_t)sequence->count;
	TRY(exchange_packet(
		sequence->dap, sequence->request, sequence->answer, &sequence->deadline));
	take_captures(sequence);
	begin_packet(sequence);
	return DAPPER_OK;
}

/* At most 64 cycles, in whole bytes from the run's @p at on. */
static dapper_status add_part(
	struct sequence *sequence, const struct run *run, size_t at, unsigned bits)
{
	const size_t packet_size = sequence->dap->link.packet_size;
	const size_t size = (bits + 7) / 8;
	const size_t out_size = run->sends ? size : 0;
	const size_t in_size = run->captures ? size : 0;
	uint8_t *bytes;

	if (sequence->count == DAP_RUN_COUNT_MAX ||
		sequence->request + 1 + out_size > packet_size ||
		sequence->answer + in_size > packet_size)
		TRY(send_packet(sequence));
	bytes = sequence->dap->link.request + sequence->request;
	bytes[0] = (uint8_t)(run->info | (bits % DAP_RUN_BITS_MAX));
	if (run->sends && run->out)
		memcpy(bytes + 1, run->out + at, size);
	else if (run->sends)
		memset(bytes + 1, 0xff, size);
	if (run->captures) {
		sequence->captures[sequence->capture_count].in = run->in ? run->in + at : NULL;
		sequence->captures[sequence->capture_count].bits = (uint8_t)bits;
		sequence->capture_count++;
	}
	sequence->request += 1 + out_size;
	sequence->answer += in_size;
	sequence->count++;
	return DAPPER_OK;
}

static dapper_status add_run(struct sequence *sequence, const struct run *run)
{
	size_t left = run->bit_count;

	for (size_t at = 0; left > 0; at += DAP_RUN_BITS_MAX / 8) {
		unsigned bits = left < DAP_RUN_BITS_MAX ? (unsigned)left : DAP_RUN_BITS_MAX;

		TRY(add_part(sequence, run, at, bits));
		left -= bits;
	}
	return DAPPER_OK;
}

static void begin(struct sequence *sequence, struct dap *dap, uint8_t command)
{
	sequence->dap = dap;
	sequence->command = command;
	sequence->deadline = deadline_in_ms(&dap->link.clock, DAP_TIMEOUT_MS);
	begin_packet(sequence);
}

dapper_status cmsis_dap_jtag_sequence(struct dap *dap, const dapper_jtag_run *runs, size_t count)
{
	struct sequence sequence;

	begin(&sequence, dap, DAP_JTAG_SEQUENCE);
	for (size_t i = 0; i < count; i++) {
		const struct run run = {
			.info = (uint8_t)((runs[i].tms ? DAP_RUN_JTAG_TMS : 0) |
					  (runs[i].tdo ? DAP_RUN_JTAG_CAPTURE : 0)),
			.sends = true,
			.out = runs[i].tdi,
			.captures = runs[i].tdo,
			.in = runs[i].tdo,
			.bit_count = runs[i].bit_count,
		};

		TRY(add_run(&sequence, &run));
	}
	return send_packet(&sequence);
}

dapper_status cmsis_dap_swd_sequence(struct dap *dap, const dapper_swd_run *runs, size_t count)
{
	struct sequence sequence;

	begin(&sequence, dap, DAP_SWD_SEQUENCE);
	for (size_t i = 0; i < count; i++) {
		const struct run run = {
			.info = (uint8_t)(runs[i].out ? 0 : DAP_RUN_SWD_INPUT),
			.sends = runs[i].out,
			.out = runs[i].out,
			.captures = !runs[i].out,
			.in = runs[i].in,
			.bit_count = runs[i].bit_count,
		};

		TRY(add_run(&sequence, &run));
	}
	return send_packet(&sequence);
}
