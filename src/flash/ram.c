/* SPDX-License-Identifier: Apache-2.0 */
/* What images have for RAM. It comes last, for the algorithms work in RAM. */
#include "base/error.h"
#include "flash/operation.h"

/* One write: between two of them progress is shown and a cancellation seen. */
enum { WRITE_MAX = 16384 };

static dapper_status write_piece(struct operation *operation, const struct plan_piece *piece)
{
	for (size_t done = 0; done < piece->size;) {
		size_t part = piece->size - done < WRITE_MAX ? piece->size - done : WRITE_MAX;

		TRY(operation_check_cancelled(operation));
		TRY(dapper_target_write_memory(
			operation->target, piece->address + done, piece->data + done, part));
		operation->result.programmed_bytes += part;
		phase_advance(operation, part);
		done += part;
	}
	return DAPPER_OK;
}

static dapper_status write_all(struct operation *operation)
{
	for (size_t i = 0; i < operation->plan.ram_count; i++)
		TRY(write_piece(operation, &operation->plan.ram[i]));
	return DAPPER_OK;
}

static dapper_status verify_all(struct operation *operation)
{
	for (size_t i = 0; i < operation->plan.ram_count; i++) {
		const struct plan_piece *piece = &operation->plan.ram[i];

		TRY(verify_memory(operation, piece->address, piece->data, piece->size));
	}
	return DAPPER_OK;
}

dapper_status ram_write(struct operation *operation)
{
	uint64_t total = 0;

	for (size_t i = 0; i < operation->plan.ram_count; i++)
		total += operation->plan.ram[i].size;
	if (total == 0)
		return DAPPER_OK;
	/* The algorithm may be overwritten: it has its last call now. */
	TRY(runner_end(&operation->runner));
	operation->runner.loaded = NULL;
	phase_begin(operation, DAPPER_PHASE_PROGRAM, total);
	TRY(phase_end(operation, write_all(operation)));
	if (operation->options.skip_verify)
		return DAPPER_OK;
	phase_begin(operation, DAPPER_PHASE_VERIFY, total);
	return phase_end(operation, verify_all(operation));
}
