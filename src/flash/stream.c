/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing and programming with one start of the core: the server of flash/loader_code.h calls the
 * algorithm's functions from a ring in RAM, and all there is to do here is to keep that filled while
 * it runs, so that wire and flash work at once.
 *
 * Steps are numbered in the order in which they are to be done; number n is in slot n modulo
 * LOADER_SLOTS. At most LOADER_SLOTS - 1 are in the ring: the server always comes to a free slot,
 * which is where it is told to stop.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/loader_code.h"
#include "flash/operation.h"

enum { SLOTS_SIZE = LOADER_SLOTS * RING_SLOT_SIZE, IN_FLIGHT_MAX = LOADER_SLOTS - 1 };

enum stage {
	STAGE_INIT_ERASE,
	STAGE_ERASE,
	STAGE_UNINIT_ERASE,
	STAGE_INIT_PROGRAM,
	STAGE_PROGRAM,
	STAGE_END,
};

struct step {
	enum flm_function function;
	uint32_t arguments[3];
	uint64_t address; /* as it is told to people */
	uint32_t size;
	uint32_t timeout_ms;
	struct job *job;
	const uint8_t *data; /* for a buffer; NULL: it needs none */
};

struct stream {
	struct operation *operation;
	struct runner *runner;
	const struct flash_programmer *programmer;
	/* What is to be done. */
	struct job *jobs;
	size_t job_count;
	uint64_t to_erase; /* bytes */
	uint64_t to_program;
	/* What is next. */
	enum stage stage;
	size_t job;
	size_t page;
	bool has_next;
	struct step next;
	/* What was put into the ring. */
	struct step steps[LOADER_SLOTS];
	uint64_t filled;   /* steps */
	uint64_t finished; /* of these, as far as is known */
	size_t next_buffer;
	size_t free_buffers;
	size_t chunk; /* most pages to be written at once */
	struct target_call call;
	bool is_running;           /* the server, or it was not waited for yet */
	uint8_t *data;             /* of a chunk, as it goes to the buffers */
	uint8_t slots[SLOTS_SIZE]; /* of a chunk, or the whole ring as it was read */
};

/* --- what is next ----------------------------------------------------------------------------- */

static struct step init_step(const struct stream *stream, enum flm_operation operation)
{
	uint64_t start = stream->programmer->placement.start;

	return (struct step){
		.function = FLM_INIT,
		.arguments = { (uint32_t)start, FLM_CLOCK_UNKNOWN, (uint32_t)operation },
		.address = start,
		.timeout_ms = stream->runner->timeouts->init,
	};
}

static struct step uninit_step(const struct stream *stream)
{
	return (struct step){
		.function = FLM_UNINIT,
		.arguments = { FLM_OPERATION_ERASE },
		.address = stream->programmer->placement.start,
		.timeout_ms = stream->runner->timeouts->init,
	};
}

static bool next_erase(struct stream *stream)
{
	for (; stream->job < stream->job_count; stream->job++) {
		struct job *job = &stream->jobs[stream->job];

		if (job->action != JOB_ERASE)
			continue;
		stream->next = (struct step){
			.function = FLM_ERASE_SECTOR,
			.arguments = { (uint32_t)job->sector->address },
			.address = job->sector->address,
			.size = (uint32_t)job->sector->size,
			.timeout_ms = runner_erase_timeout(stream->runner),
			.job = job,
		};
		stream->job++;
		return true;
	}
	return false;
}

static struct step page_step(const struct stream *stream, struct job *job, size_t page)
{
	size_t offset;
	size_t size = plan_page(job->sector, page, &offset);
	uint64_t address = job->sector->address + offset;

	return (struct step){
		.function = FLM_PROGRAM_PAGE,
		.arguments = { (uint32_t)address, (uint32_t)size },
		.address = address,
		.size = (uint32_t)size,
		.timeout_ms = runner_program_timeout(stream->runner),
		.job = job,
		.data = job->contents + offset,
	};
}

static bool next_page(struct stream *stream)
{
	for (; stream->job < stream->job_count; stream->job++, stream->page = 0) {
		struct job *job = &stream->jobs[stream->job];
		size_t count = job->action == JOB_SKIP ? 0 : plan_page_count(job->sector);

		for (; stream->page < count; stream->page++) {
			if (!(job->pages[stream->page] & PAGE_PROGRAM))
				continue;
			stream->next = page_step(stream, job, stream->page);
			stream->page++;
			return true;
		}
	}
	return false;
}

/* @return false: this stage has nothing (more). */
static bool next_of_stage(struct stream *stream)
{
	switch (stream->stage) {
	case STAGE_INIT_ERASE:
		stream->next = init_step(stream, FLM_OPERATION_ERASE);
		return stream->to_erase > 0;
	case STAGE_ERASE:
		return stream->to_erase > 0 && next_erase(stream);
	case STAGE_UNINIT_ERASE:
		stream->next = uninit_step(stream);
		return stream->to_erase > 0;
	case STAGE_INIT_PROGRAM:
		stream->next = init_step(stream, FLM_OPERATION_PROGRAM);
		return stream->to_program > 0;
	case STAGE_PROGRAM:
		return next_page(stream);
	case STAGE_END:
		break;
	}
	return false;
}

static void advance(struct stream *stream)
{
	stream->has_next = true;
	while (stream->stage != STAGE_END) {
		bool is_list = stream->stage == STAGE_ERASE || stream->stage == STAGE_PROGRAM;
		bool found = next_of_stage(stream);

		if (!is_list || !found) {
			stream->stage++;
			stream->job = stream->page = 0;
		}
		if (found)
			return;
	}
	stream->has_next = false;
}

/* --- filling ---------------------------------------------------------------------------------- */

static uint64_t slot_address(const struct stream *stream, uint64_t step)
{
	return stream->runner->layout.ring + step % LOADER_SLOTS * RING_SLOT_SIZE;
}

/* Steps that are put into the ring by one write, or two with data. */
struct chunk {
	size_t first_buffer;
	size_t pages;
	size_t steps;
};

/* Is there room for the next step, behind those of the chunk? */
static bool has_room(const struct stream *stream, const struct chunk *chunk)
{
	uint64_t number = stream->filled + chunk->steps;

	if (!stream->has_next || number - stream->finished == IN_FLIGHT_MAX)
		return false;
	/* One run of slots, and of buffers. */
	if (chunk->steps > 0 && number % LOADER_SLOTS == 0)
		return false;
	if (!stream->next.data)
		return true;
	if (chunk->pages > 0 && stream->next_buffer == 0)
		return false;
	return stream->free_buffers > 0 && chunk->pages < stream->chunk;
}

static void take_buffer(struct stream *stream, struct chunk *chunk)
{
	const struct loader_layout *layout = &stream->runner->layout;
	struct step *step = &stream->next;

	memcpy(stream->data + chunk->pages * layout->buffer_stride, step->data, step->size);
	step->arguments[2] = (uint32_t)layout->buffers[stream->next_buffer];
	stream->next_buffer = (stream->next_buffer + 1) % layout->buffer_count;
	stream->free_buffers--;
	chunk->pages++;
}

static void append(struct stream *stream, struct chunk *chunk)
{
	const struct runner *runner = stream->runner;
	uint8_t *slot = stream->slots + chunk->steps * RING_SLOT_SIZE;
	struct step *step = &stream->next;
	uint64_t function = runner->layout.code + runner->loaded->flm->functions[step->function];

	if (step->data)
		take_buffer(stream, chunk);
	for (size_t i = 0; i < ARRAY_SIZE(step->arguments); i++)
		put_le32(slot + RING_ARGUMENTS + 4 * i, step->arguments[i]);
	put_le32(slot + RING_FUNCTION, (uint32_t)function | 1u);
	stream->steps[(stream->filled + chunk->steps) % LOADER_SLOTS] = *step;
	chunk->steps++;
	advance(stream);
}

/* What is erased from here on is at risk. */
static void mark_erases(struct stream *stream, size_t steps)
{
	for (size_t i = 0; i < steps; i++) {
		struct step *step = &stream->steps[(stream->filled + i) % LOADER_SLOTS];

		if (step->function == FLM_ERASE_SECTOR)
			step->job->erase_started = true;
	}
}

static dapper_status write_chunk(struct stream *stream, const struct chunk *chunk)
{
	struct dapper_target *target = stream->runner->target;
	const struct loader_layout *layout = &stream->runner->layout;
	uint64_t slots = slot_address(stream, stream->filled);

	if (chunk->pages > 0)
		TRY(dapper_target_write_memory(target, layout->buffers[chunk->first_buffer],
			stream->data,
			(chunk->pages - 1) * layout->buffer_stride + layout->buffer_size));
	mark_erases(stream, chunk->steps);
	/* Also when the write fails some of them may be there. */
	stream->filled += chunk->steps;
	return dapper_target_write_memory(
		target, slots, stream->slots, chunk->steps * RING_SLOT_SIZE);
}

/* @param[out] any  Was there room for anything? */
static dapper_status fill_some(struct stream *stream, bool *any)
{
	struct chunk chunk = { .first_buffer = stream->next_buffer };
	size_t half = stream->runner->layout.buffer_count / 2;

	while (has_room(stream, &chunk))
		append(stream, &chunk);
	*any = chunk.steps > 0;
	if (!*any)
		return DAPPER_OK;
	/* Small at first, for the flash has nothing to do until then. */
	stream->chunk = 2 * stream->chunk < half ? 2 * stream->chunk : half;
	return write_chunk(stream, &chunk);
}

/* --- what has come of it ---------------------------------------------------------------------- */

static void enter_program_phase(struct stream *stream)
{
	if (stream->to_program > 0)
		phase_begin(stream->operation, DAPPER_PHASE_PROGRAM, stream->to_program);
}

static void take_erased(struct stream *stream, const struct step *step)
{
	struct operation *operation = stream->operation;

	step->job->erased = true;
	operation->result.erased_bytes += step->size;
	operation->result.erased_sectors++;
	phase_advance(operation, step->size);
}

static void take_step(struct stream *stream, const struct step *step)
{
	struct operation *operation = stream->operation;

	if (step->function == FLM_INIT) {
		stream->runner->active = (enum flm_operation)step->arguments[2];
	} else if (step->function == FLM_UNINIT) {
		stream->runner->active = 0;
		if (stream->to_program > 0) {
			phase_end(operation, DAPPER_OK);
			enter_program_phase(stream);
		}
	} else if (step->function == FLM_ERASE_SECTOR) {
		take_erased(stream, step);
	} else {
		stream->free_buffers++;
		stream->runner->programmed += step->size;
		operation->result.programmed_bytes += step->size;
		phase_advance(operation, step->size);
	}
}

static void take_until(struct stream *stream, uint64_t end)
{
	while (stream->finished < end)
		take_step(stream, &stream->steps[stream->finished++ % LOADER_SLOTS]);
}

static struct step *oldest(struct stream *stream)
{
	return &stream->steps[stream->finished % LOADER_SLOTS];
}

/* Look at the ring: take what was done. */
static dapper_status look(struct stream *stream)
{
	uint64_t end = stream->finished;

	TRY(dapper_target_read_memory(
		stream->runner->target, stream->runner->layout.ring, stream->slots, SLOTS_SIZE));
	while (end < stream->filled &&
		get_le32(stream->slots + end % LOADER_SLOTS * RING_SLOT_SIZE + RING_FUNCTION) == 0)
		end++;
	take_until(stream, end);
	return DAPPER_OK;
}

/* What to wait for: half of what is in the ring, for the other half keeps the flash busy meanwhile.
 * Erasing takes so long that each sector is worth a look, for those who watch the progress; and the
 * phases end where they end. */
static uint64_t half(const struct stream *stream)
{
	uint64_t until = stream->finished + (stream->filled - stream->finished + 1) / 2;

	for (uint64_t i = stream->finished; i < until; i++) {
		enum flm_function function = stream->steps[i % LOADER_SLOTS].function;

		if (function == FLM_ERASE_SECTOR || function == FLM_UNINIT)
			return i + 1;
	}
	return until;
}

/* Wait until half is done. */
static dapper_status wait_half(struct stream *stream, bool *has_returned)
{
	uint64_t until = half(stream);
	const struct target_wait wait = {
		.address = slot_address(stream, until - 1) + RING_FUNCTION,
		.mask = UINT32_MAX,
		.value = 0,
		.timeout_ms = oldest(stream)->timeout_ms,
	};
	uint64_t finished = stream->finished;
	bool matched = false;
	dapper_status status = target_call_wait(stream->runner->target, &wait, &matched);

	*has_returned = status == DAPPER_OK && !matched;
	if (status == DAPPER_OK && matched)
		take_until(stream, until);
	if (status != DAPPER_ERR_TIMEOUT)
		return status;
	TRY(look(stream));
	if (stream->finished > finished)
		return DAPPER_OK;
	/* The oldest is stuck. */
	*has_returned = true;
	return DAPPER_OK;
}

/* --- ending ----------------------------------------------------------------------------------- */

static dapper_status write_end(struct stream *stream, uint64_t step)
{
	uint8_t mark[4];

	put_le32(mark, RING_END);
	return dapper_target_write_memory(stream->runner->target,
		slot_address(stream, step) + RING_FUNCTION, mark, sizeof(mark));
}

static dapper_status finish(struct stream *stream)
{
	uint32_t result = 0;

	TRY(write_end(stream, stream->filled));
	stream->is_running = false;
	TRY(target_call_finish(stream->runner->target, &stream->call, &result));
	if (result != 0)
		return dapper_fail(DAPPER_ERR_INTERNAL,
			"the ring of flash operations ended at 0x%08x", (unsigned)result);
	return DAPPER_OK;
}

/* The server has returned by itself, or what it has called does not. The oldest step tells. */
static dapper_status fail_step(struct stream *stream)
{
	struct runner *runner = stream->runner;
	struct target_call call = stream->call;
	struct step *step;
	uint32_t at = 0;
	dapper_status status;

	TRY(look(stream));
	step = oldest(stream);
	/* So that a message is about it and not about the server. */
	call.function = runner->layout.code + runner->loaded->flm->functions[step->function];
	call.timeout_ms = step->timeout_ms;
	stream->is_running = false;
	status = target_call_finish(runner->target, &call, &at);
	if (step->function == FLM_INIT)
		runner->active = (enum flm_operation)step->arguments[2];
	else if (step->function == FLM_UNINIT)
		runner->active = 0;
	TRY(runner_at_call(runner, step->function, step->address, status));
	TRY(look(stream));
	if (at != slot_address(stream, stream->finished))
		return dapper_fail(DAPPER_ERR_INTERNAL,
			"the ring of flash operations ended at 0x%08x", (unsigned)at);
	return runner_check_result(runner, step->function, step->address,
		get_le32(stream->slots + (at - runner->layout.ring) + RING_RESULT));
}

/* Let what the server is at be the last. Others in the ring become end marks: what it comes to
 * before it sees that is done as well, and takes its own mark away, but not the next one's. */
static void stop(struct stream *stream)
{
	const struct target_wait wait = {
		.address = slot_address(stream, stream->finished) + RING_FUNCTION,
		.mask = UINT32_MAX,
		.timeout_ms = oldest(stream)->timeout_ms,
	};
	bool matched;

	for (uint64_t i = stream->finished + 1; i <= stream->filled; i++)
		if (write_end(stream, i) != DAPPER_OK)
			return;
	if (stream->finished == stream->filled)
		(void)!write_end(stream, stream->filled);
	else
		(void)!target_call_wait(stream->runner->target, &wait, &matched);
}

static void abandon(struct stream *stream)
{
	struct runner *runner = stream->runner;
	uint32_t result = 0;

	if (look(stream) == DAPPER_OK)
		stop(stream);
	if (target_call_finish(runner->target, &stream->call, &result) != DAPPER_OK)
		log_debug(runner->target->context, DAPPER_LOG_FLASH, "while giving up: %s",
			dapper_error_last()->message);
	/* It may have failed just now, as well. */
	(void)!look(stream);
	if (stream->finished < stream->filled && oldest(stream)->function == FLM_INIT)
		runner->active = (enum flm_operation)oldest(stream)->arguments[2];
}

/* As the runner does: whatever comes of it and although the context may be cancelled. */
static dapper_status abandon_after(struct stream *stream, dapper_status status)
{
	struct error_state error;

	if (!stream->is_running)
		return status;
	error_save(&error);
	target_set_cancellable(stream->runner->target, false);
	abandon(stream);
	target_set_cancellable(stream->runner->target, true);
	return error_restore(&error);
}

/* --- one programmer --------------------------------------------------------------------------- */

static dapper_status serve(struct stream *stream)
{
	advance(stream);
	while (stream->has_next || stream->finished < stream->filled) {
		bool any = false;
		bool has_returned = false;

		TRY(operation_check_cancelled(stream->operation));
		TRY(fill_some(stream, &any));
		if (any)
			continue;
		TRY(wait_half(stream, &has_returned));
		if (has_returned)
			return fail_step(stream);
	}
	return finish(stream);
}

static struct target_call server_call(const struct runner *runner)
{
	const struct loader_layout *layout = &runner->layout;

	return (struct target_call){
		.function = layout->own_code + loader_code_offset(LOADER_SERVE),
		.arguments = { (uint32_t)layout->ring, (uint32_t)layout->ring + SLOTS_SIZE },
		.argument_count = 2,
		.stack_top = layout->stack_top,
		.static_base = layout->static_base,
		.return_address = layout->breakpoint,
		.timeout_ms = runner->timeouts->init,
	};
}

static dapper_status clear_ring(struct stream *stream)
{
	if (stream->runner->ring_is_clear)
		return DAPPER_OK;
	memset(stream->slots, 0, SLOTS_SIZE);
	return dapper_target_write_memory(
		stream->runner->target, stream->runner->layout.ring, stream->slots, SLOTS_SIZE);
}

static dapper_status run(struct stream *stream)
{
	struct runner *runner = stream->runner;
	dapper_status status;

	TRY(clear_ring(stream));
	stream->call = server_call(runner);
	status = target_call_start(runner->target, &stream->call);
	if (status == DAPPER_ERR_UNSUPPORTED) {
		runner->only_whole = true;
		return status;
	}
	TRY(status);
	stream->is_running = true;
	runner->ring_is_clear = false;
	if (stream->to_erase > 0)
		phase_begin(stream->operation, DAPPER_PHASE_ERASE, stream->to_erase);
	else
		enter_program_phase(stream);
	status = serve(stream);
	if (status != DAPPER_OK)
		status = abandon_after(stream, status);
	return phase_end(stream->operation, status);
}

static void add_up(struct stream *stream, bool with_erase)
{
	for (size_t i = 0; i < stream->job_count; i++) {
		const struct job *job = &stream->jobs[i];

		if (with_erase && job->action == JOB_ERASE)
			stream->to_erase += job->sector->size;
		stream->to_program += job_bytes_to_program(job);
	}
}

static dapper_status stream_group(
	struct operation *operation, struct job *jobs, size_t count, bool with_erase)
{
	struct runner *runner = &operation->runner;
	const struct loader_layout *layout = &runner->layout;
	struct stream stream = {
		.operation = operation,
		.runner = runner,
		.programmer = jobs->sector->programmer,
		.jobs = jobs,
		.job_count = count,
		.chunk = 1,
	};
	dapper_status status;

	add_up(&stream, with_erase);
	if (stream.to_erase + stream.to_program == 0)
		return DAPPER_OK;
	TRY(operation_check_cancelled(operation));
	TRY(runner_end(runner));
	TRY(runner_load(runner, stream.programmer));
	if (!layout->own_code)
		return DAPPER_OK;
	stream.free_buffers = layout->buffer_count;
	stream.data = xcalloc(layout->buffer_count, layout->buffer_stride);
	if (!stream.data)
		return FAIL_NO_MEMORY("pages");
	status = run(&stream);
	free(stream.data);
	for (size_t i = 0; status == DAPPER_OK && i < count; i++)
		jobs[i].streamed = true;
	return status == DAPPER_ERR_UNSUPPORTED && runner->only_whole ? DAPPER_OK : status;
}

dapper_status stream_jobs(struct operation *operation, bool with_erase)
{
	struct job *jobs = operation->jobs;
	size_t count = operation->plan.sector_count;
	size_t end;

	for (size_t first = 0; first < count && !operation->runner.only_whole; first = end) {
		end = first + 1;
		while (end < count &&
			jobs[end].sector->programmer == jobs[first].sector->programmer)
			end++;
		TRY(stream_group(operation, jobs + first, end - first, with_erase));
	}
	return DAPPER_OK;
}
