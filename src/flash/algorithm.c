/* SPDX-License-Identifier: Apache-2.0 */
#include "flash/algorithm.h"

#include <inttypes.h>

#include "base/bits.h"
#include "base/context.h"
#include "base/error.h"

/* One call, as it is told to people when it fails. */
struct function_call {
	enum flm_function function;
	uint64_t address;
	uint32_t arguments[4];
	size_t argument_count;
	uint32_t timeout_ms;
};

void runner_init(
	struct runner *runner, struct dapper_target *target, const struct flash_timeouts *timeouts)
{
	*runner = (struct runner){ .target = target, .timeouts = timeouts };
}

bool programmer_has(const struct flash_programmer *programmer, enum flm_function function)
{
	return programmer->flm->functions[function] != FLM_ABSENT;
}

/* --- calls ------------------------------------------------------------------------------------ */

static struct target_call make_call(const struct runner *runner, const struct function_call *what)
{
	const struct loader_layout *layout = &runner->layout;
	struct target_call call = {
		.function = layout->code + runner->loaded->flm->functions[what->function],
		.argument_count = what->argument_count,
		.stack_top = layout->stack_top,
		.static_base = layout->static_base,
		.return_address = layout->breakpoint,
		.timeout_ms = what->timeout_ms,
	};

	for (size_t i = 0; i < what->argument_count; i++)
		call.arguments[i] = what->arguments[i];
	return call;
}

/* The call itself did not work: a fault, a timeout, a lost target. */
dapper_status runner_at_call(const struct runner *runner, enum flm_function function,
	uint64_t address, dapper_status status)
{
	if (status == DAPPER_OK)
		return status;
	return dapper_fail_where(status, "%s of algorithm %s, address 0x%08" PRIx64,
		flm_function_text(function), runner->loaded->placement.name, address);
}

static dapper_status run(struct runner *runner, const struct function_call *what, uint32_t *result)
{
	const struct target_call call = make_call(runner, what);

	return runner_at_call(
		runner, what->function, what->address, target_call(runner->target, &call, result));
}

static const char *const hints[FLM_FUNCTION_COUNT] = {
	[FLM_INIT] = "is it the algorithm for this device? Reset the target (--connect "
		     "under-reset) so that it finds clocks and protection as after reset",
	[FLM_UNINIT] = "reset the target before going on",
	[FLM_ERASE_CHIP] = "is the flash write-protected, and is the supply voltage high enough?",
	[FLM_ERASE_SECTOR] = "is the sector write-protected, and is the supply voltage high "
			     "enough?",
	[FLM_PROGRAM_PAGE] = "is the flash write-protected or not erased, and is the supply "
			     "voltage high enough?",
};

dapper_status runner_check_result(
	const struct runner *runner, enum flm_function function, uint64_t address, uint32_t result)
{
	if (result == 0)
		return DAPPER_OK;
	if (result < 10)
		dapper_fail(DAPPER_ERR_FLASH_ALGORITHM, "%s returned %" PRIu32,
			flm_function_text(function), result);
	else
		dapper_fail(DAPPER_ERR_FLASH_ALGORITHM, "%s returned 0x%08" PRIx32,
			flm_function_text(function), result);
	dapper_fail_where(DAPPER_ERR_FLASH_ALGORITHM, "algorithm %s, address 0x%08" PRIx64,
		runner->loaded->placement.name, address);
	return dapper_fail_hint(DAPPER_ERR_FLASH_ALGORITHM, "%s", hints[function]);
}

/* For the functions whose result is 0 when all is well. */
static dapper_status run_checked(struct runner *runner, const struct function_call *what)
{
	uint32_t result = 0;

	TRY(run(runner, what, &result));
	return runner_check_result(runner, what->function, what->address, result);
}

/* --- Init and UnInit -------------------------------------------------------------------------- */

static dapper_status load(struct runner *runner, const struct flash_programmer *programmer)
{
	runner->loaded = NULL;
	TRY(loader_find_place(runner->target, programmer, &runner->layout));
	TRY(loader_load(runner->target, programmer, &runner->layout));
	runner->loaded = programmer;
	runner->ring_is_clear = true;
	runner->next_buffer = 0;
	log_debug(runner->target->context, DAPPER_LOG_FLASH,
		"%s: loaded at 0x%08" PRIx64 ", stack %" PRIu32 ", %zu page buffers of %" PRIu32,
		programmer->placement.name, runner->layout.code, runner->layout.stack_size,
		runner->layout.buffer_count, runner->layout.buffer_size);
	return DAPPER_OK;
}

dapper_status runner_load(struct runner *runner, const struct flash_programmer *programmer)
{
	if (runner->loaded == programmer)
		return DAPPER_OK;
	TRY(runner_end(runner));
	return load(runner, programmer);
}

dapper_status runner_begin(struct runner *runner, const struct flash_programmer *programmer,
	enum flm_operation operation)
{
	const struct function_call init = {
		.function = FLM_INIT,
		.address = programmer->placement.start,
		.arguments = { (uint32_t)programmer->placement.start, FLM_CLOCK_UNKNOWN,
			(uint32_t)operation },
		.argument_count = 3,
		.timeout_ms = runner->timeouts->init,
	};

	if (runner->loaded == programmer && runner->active == operation)
		return DAPPER_OK;
	TRY(runner_end(runner));
	TRY(runner_load(runner, programmer));
	/* Also when Init fails it may have unlocked something: UnInit is due. */
	runner->active = operation;
	return run_checked(runner, &init);
}

dapper_status runner_end(struct runner *runner)
{
	struct function_call uninit = {
		.function = FLM_UNINIT,
		.arguments = { (uint32_t)runner->active },
		.argument_count = 1,
		.timeout_ms = runner->timeouts->init,
	};

	TRY(runner_finish_pages(runner));
	if (!runner->active)
		return DAPPER_OK;
	uninit.address = runner->loaded->placement.start;
	runner->active = 0;
	return run_checked(runner, &uninit);
}

dapper_status runner_abandon(struct runner *runner, dapper_status status)
{
	struct error_state error;

	if (!runner->active && !runner->is_pending)
		return status;
	error_save(&error);
	target_set_cancellable(runner->target, false);
	if (runner_finish_pages(runner) != DAPPER_OK)
		log_debug(runner->target->context, DAPPER_LOG_FLASH, "while giving up: %s",
			dapper_error_last()->message);
	if (runner_end(runner) != DAPPER_OK)
		log_debug(runner->target->context, DAPPER_LOG_FLASH, "while giving up: %s",
			dapper_error_last()->message);
	target_set_cancellable(runner->target, true);
	return error_restore(&error);
}

/* --- erase ------------------------------------------------------------------------------------ */

static uint32_t longer(uint32_t one, uint32_t other)
{
	return one > other ? one : other;
}

uint32_t runner_erase_timeout(const struct runner *runner)
{
	return longer(runner->timeouts->erase_sector, runner->loaded->flm->device.erase_timeout_ms);
}

uint32_t runner_program_timeout(const struct runner *runner)
{
	return longer(runner->timeouts->program, runner->loaded->flm->device.program_timeout_ms);
}

dapper_status runner_erase_sector(struct runner *runner, uint64_t address)
{
	const struct function_call erase = {
		.function = FLM_ERASE_SECTOR,
		.address = address,
		.arguments = { (uint32_t)address },
		.argument_count = 1,
		.timeout_ms = runner_erase_timeout(runner),
	};

	return run_checked(runner, &erase);
}

dapper_status runner_erase_chip(struct runner *runner)
{
	const struct function_call erase = {
		.function = FLM_ERASE_CHIP,
		.address = runner->loaded->placement.start,
		.timeout_ms = runner->timeouts->erase_all,
	};

	return run_checked(runner, &erase);
}

/* --- program ---------------------------------------------------------------------------------- */

static dapper_status page_done(struct runner *runner, uint32_t result)
{
	TRY(runner_check_result(runner, FLM_PROGRAM_PAGE, runner->pending_address, result));
	runner->programmed += runner->pending_size;
	return DAPPER_OK;
}

dapper_status runner_finish_pages(struct runner *runner)
{
	uint32_t result = 0;

	if (!runner->is_pending)
		return DAPPER_OK;
	runner->is_pending = false;
	TRY(runner_at_call(runner, FLM_PROGRAM_PAGE, runner->pending_address,
		target_call_finish(runner->target, &runner->pending_call, &result)));
	return page_done(runner, result);
}

static dapper_status start_page(struct runner *runner)
{
	dapper_status status = DAPPER_ERR_UNSUPPORTED;
	uint32_t result = 0;

	if (!runner->only_whole)
		status = target_call_start(runner->target, &runner->pending_call);
	if (status == DAPPER_OK) {
		runner->is_pending = true;
		return DAPPER_OK;
	}
	if (status == DAPPER_ERR_UNSUPPORTED) {
		runner->only_whole = true;
		status = target_call(runner->target, &runner->pending_call, &result);
	}
	TRY(runner_at_call(runner, FLM_PROGRAM_PAGE, runner->pending_address, status));
	return page_done(runner, result);
}

dapper_status runner_program_page(
	struct runner *runner, uint64_t address, const uint8_t *data, uint32_t size)
{
	uint64_t buffer = runner->layout.buffers[runner->next_buffer];
	const struct function_call program = {
		.function = FLM_PROGRAM_PAGE,
		.address = address,
		.arguments = { (uint32_t)address, size, (uint32_t)buffer },
		.argument_count = 3,
		.timeout_ms = runner_program_timeout(runner),
	};

	if (runner->layout.buffer_count == 1)
		TRY(runner_finish_pages(runner));
	TRY(runner_at_call(runner, FLM_PROGRAM_PAGE, address,
		dapper_target_write_memory(runner->target, buffer, data, size)));
	TRY(runner_finish_pages(runner));
	runner->pending_call = make_call(runner, &program);
	runner->pending_address = address;
	runner->pending_size = size;
	runner->next_buffer = (runner->next_buffer + 1) % runner->layout.buffer_count;
	return start_page(runner);
}

/* --- verify ----------------------------------------------------------------------------------- */

dapper_status runner_verify(
	struct runner *runner, uint64_t address, const uint8_t *data, uint32_t size)
{
	uint64_t buffer = runner->layout.buffers[0];
	const struct function_call verify = {
		.function = FLM_VERIFY,
		.address = address,
		.arguments = { (uint32_t)address, size, (uint32_t)buffer },
		.argument_count = 3,
		.timeout_ms = runner_program_timeout(runner),
	};
	uint32_t stopped = 0;

	TRY(runner_finish_pages(runner));
	TRY(runner_at_call(runner, FLM_VERIFY, address,
		dapper_target_write_memory(runner->target, buffer, data, size)));
	TRY(run(runner, &verify, &stopped));
	if (stopped == (uint32_t)(address + size))
		return DAPPER_OK;
	dapper_fail(DAPPER_ERR_VERIFY, "flash differs: Verify stopped at 0x%08" PRIx32, stopped);
	return dapper_fail_where(DAPPER_ERR_VERIFY, "algorithm %s, address 0x%08" PRIx64,
		runner->loaded->placement.name, address);
}

dapper_status runner_blank_check(
	struct runner *runner, uint64_t address, uint32_t size, bool *is_blank)
{
	const struct flm_device *device = &runner->loaded->flm->device;
	const struct function_call check = {
		.function = FLM_BLANK_CHECK,
		.address = address,
		.arguments = { (uint32_t)address, size, device->erased_value },
		.argument_count = 3,
		.timeout_ms = runner_program_timeout(runner),
	};
	uint32_t result = 0;

	TRY(runner_finish_pages(runner));
	TRY(run(runner, &check, &result));
	*is_blank = result == 0;
	return DAPPER_OK;
}
