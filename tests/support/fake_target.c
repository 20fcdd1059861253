/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "flash/loader_code.h"

enum { CALL_NS = 1000000, ACCESS_NS = 1000, STACK_USED = 512 };

static struct fake_target *fake_of(struct dapper_target *target)
{
	return (struct fake_target *)(void *)target;
}

static void break_rule(struct fake_target *fake, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void break_rule(struct fake_target *fake, const char *format, ...)
{
	va_list args;

	if (fake->broken[0])
		return;
	va_start(args, format);
	vsnprintf(fake->broken, sizeof(fake->broken), format, args);
	va_end(args);
}

/* --- failures --------------------------------------------------------------------------------- */

static dapper_status check_cancelled(struct fake_target *fake)
{
	dapper_status status = context_check_cancelled(fake->target.context);

	fake->has_failed = fake->has_failed || status != DAPPER_OK;
	return status;
}

static dapper_status begin_operation(struct fake_target *fake)
{
	fake->operations++;
	fake->now_ns += ACCESS_NS;
	if (fake->operations == fake->cancel_at)
		dapper_context_cancel(fake->target.context);
	if (fake->cancellable)
		TRY(check_cancelled(fake));
	if (fake->fail_at == FAKE_NEVER || fake->operations < fake->fail_at)
		return DAPPER_OK;
	if (fake->operations > fake->fail_at && !fake->fail_for_ever)
		return DAPPER_OK;
	fake->has_failed = true;
	return dapper_fail(fake->fail_status, "failure at operation %zu", fake->operations);
}

/* --- memory ----------------------------------------------------------------------------------- */

static uint8_t *ram_at(struct fake_target *fake, uint64_t address, size_t size)
{
	uint64_t offset = address - FAKE_RAM_START;

	if (offset > FAKE_RAM_SIZE || size > FAKE_RAM_SIZE - offset)
		return NULL;
	return fake->ram + offset;
}

static struct fake_flash *flash_at(struct fake_target *fake, uint64_t address)
{
	for (size_t i = 0; i < fake->flash_count; i++)
		if (address - fake->flashes[i].start < fake->flashes[i].size)
			return &fake->flashes[i];
	return NULL;
}

static bool is_erased(const struct fake_flash *flash, size_t offset, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (flash->bytes[offset + i] != flash->flm->device.erased_value)
			return false;
	return true;
}

/* Is one of the pages that a read touches blank, where that is an error? */
static bool read_faults(const struct fake_flash *flash, size_t offset, size_t size)
{
	const uint32_t page = flash->flm->device.page_size;

	for (size_t at = offset / page * page; flash->blank_faults && at < offset + size;
		at += page)
		if (is_erased(flash, at, page))
			return true;
	return false;
}

static dapper_status read_memory(
	struct dapper_target *target, uint64_t address, void *data, size_t size)
{
	struct fake_target *fake = fake_of(target);
	struct fake_flash *flash = flash_at(fake, address);

	TRY(begin_operation(fake));
	fake->read_bytes += size;
	if (ram_at(fake, address, size)) {
		memcpy(data, ram_at(fake, address, size), size);
		return DAPPER_OK;
	}
	if (flash && fake->is_running)
		break_rule(fake, "flash is read while an algorithm works on it");
	if (!flash || size > flash->start + flash->size - address ||
		(flash->needs_init_3 && flash->active != FLM_OPERATION_VERIFY) ||
		read_faults(flash, (size_t)(address - flash->start), size))
		return dapper_fail(DAPPER_ERR_FAULT, "nothing at 0x%08" PRIx64, address);
	memcpy(data, flash->bytes + (address - flash->start), size);
	return DAPPER_OK;
}

static void serve_what_is_there(struct fake_target *fake);

static dapper_status write_memory(
	struct dapper_target *target, uint64_t address, const void *data, size_t size)
{
	struct fake_target *fake = fake_of(target);
	uint8_t *ram = ram_at(fake, address, size);

	TRY(begin_operation(fake));
	fake->written_bytes += size;
	if (!ram)
		return dapper_fail(DAPPER_ERR_FAULT, "no RAM at 0x%08" PRIx64, address);
	memcpy(ram, data, size);
	if (fake->bad_ram - address < size)
		ram[fake->bad_ram - address] ^= 1;
	if (fake->eager)
		serve_what_is_there(fake);
	return DAPPER_OK;
}

/* --- what algorithms do ----------------------------------------------------------------------- */

static void log_call(struct fake_target *fake, enum flm_function function,
	const struct target_call *call, size_t shown)
{
	size_t used = strlen(fake->log);

	used += (size_t)snprintf(
		fake->log + used, FAKE_LOG - used, "%s", flm_function_text(function));
	for (size_t i = 0; i < shown && used < FAKE_LOG - 32; i++)
		used += (size_t)snprintf(fake->log + used, FAKE_LOG - used,
			i == 0 && function != FLM_UNINIT ? " %08" PRIx32 : " %" PRIx32,
			call->arguments[i]);
	snprintf(fake->log + used, FAKE_LOG - used, "\n");
}

static uint32_t do_init(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	for (size_t i = 0; i < fake->flash_count; i++)
		if (fake->flashes[i].active && !fake->has_failed)
			break_rule(fake, "Init without UnInit of what was active");
	if (call->arguments[0] != flash->start)
		break_rule(fake, "Init with address 0x%08" PRIx32, call->arguments[0]);
	if (call->arguments[2] < 1 || call->arguments[2] > 3)
		break_rule(fake, "Init with function %" PRIu32, call->arguments[2]);
	flash->active = call->arguments[2];
	return 0;
}

static uint32_t do_uninit(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	if (flash->active && flash->active != call->arguments[0])
		break_rule(fake, "UnInit(%" PRIu32 ") after Init(%u)", call->arguments[0],
			flash->active);
	flash->active = 0;
	return 0;
}

static void require_active(
	struct fake_target *fake, const struct fake_flash *flash, unsigned operation)
{
	if (flash->active != operation)
		break_rule(fake, "a function of operation %u after Init(%u)", operation,
			flash->active);
}

static uint32_t do_erase_sector(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	uint32_t start, size;

	require_active(fake, flash, FLM_OPERATION_ERASE);
	if (!flm_find_sector(&flash->flm->device, call->arguments[0], &start, &size) ||
		start != call->arguments[0]) {
		break_rule(fake, "EraseSector(0x%08" PRIx32 ")", call->arguments[0]);
		return 1;
	}
	if (size > flash->start + flash->size - start)
		size = (uint32_t)(flash->start + flash->size - start);
	memset(flash->bytes + (start - flash->start), flash->flm->device.erased_value, size);
	flash->erased_sectors++;
	return 0;
}

static uint32_t do_erase_chip(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	(void)call;
	require_active(fake, flash, FLM_OPERATION_ERASE);
	memset(flash->bytes, flash->flm->device.erased_value, flash->size);
	flash->erased_chips++;
	return 0;
}

static uint32_t do_program_page(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	const struct flm_device *device = &flash->flm->device;
	uint64_t offset = call->arguments[0] - flash->start;
	uint32_t size = call->arguments[1];
	const uint8_t *data = ram_at(fake, call->arguments[2], size);

	require_active(fake, flash, FLM_OPERATION_PROGRAM);
	if (!data || size == 0 || size > device->page_size || offset + size > flash->size ||
		call->arguments[2] % 8 != 0) {
		break_rule(fake, "ProgramPage(0x%08" PRIx32 ", %" PRIu32 ", 0x%08" PRIx32 ")",
			call->arguments[0], size, call->arguments[2]);
		return 1;
	}
	for (size_t i = 0; i < size; i++) {
		if (flash->bad_cell && call->arguments[0] + i == flash->bad_cell)
			continue;
		/* Only away from the erased value. */
		if (device->erased_value == 0xff)
			flash->bytes[offset + i] &= data[i];
		else
			flash->bytes[offset + i] |= data[i];
	}
	flash->programmed_pages++;
	return 0;
}

static uint32_t do_verify(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	uint64_t offset = call->arguments[0] - flash->start;
	const uint8_t *data = ram_at(fake, call->arguments[2], call->arguments[1]);
	uint32_t i = 0;

	require_active(fake, flash, FLM_OPERATION_VERIFY);
	while (data && i < call->arguments[1] && data[i] == flash->bytes[offset + i])
		i++;
	return call->arguments[0] + i;
}

static uint32_t do_blank_check(
	struct fake_target *fake, struct fake_flash *flash, const struct target_call *call)
{
	require_active(fake, flash, FLM_OPERATION_VERIFY);
	return !is_erased(flash, (size_t)(call->arguments[0] - flash->start), call->arguments[1]);
}

static const struct {
	uint32_t (*run)(struct fake_target *, struct fake_flash *, const struct target_call *);
	size_t arguments;
	size_t shown; /* of the arguments, in the log */
} functions[FLM_FUNCTION_COUNT] = {
	[FLM_INIT] = { do_init, 3, 3 },
	[FLM_UNINIT] = { do_uninit, 1, 1 },
	[FLM_ERASE_CHIP] = { do_erase_chip, 0, 0 },
	[FLM_ERASE_SECTOR] = { do_erase_sector, 1, 1 },
	[FLM_PROGRAM_PAGE] = { do_program_page, 3, 2 },
	[FLM_VERIFY] = { do_verify, 3, 2 },
	[FLM_BLANK_CHECK] = { do_blank_check, 3, 2 },
};

/* --- calls ------------------------------------------------------------------------------------ */

/* Is the algorithm's code where this call of one of its functions says? */
static bool is_loaded(struct fake_target *fake, const struct flm *flm, size_t function,
	const struct target_call *call)
{
	uint64_t code = call->function - flm->functions[function];
	const uint8_t *ram = ram_at(fake, code, flm->size);

	return flm->functions[function] != FLM_ABSENT && ram && code % flm->alignment == 0 &&
	       call->static_base == code + flm->static_base &&
	       memcmp(ram, flm->bytes, flm->size) == 0;
}

static struct fake_flash *find_function(
	struct fake_target *fake, const struct target_call *call, enum flm_function *function)
{
	for (size_t i = 0; i < fake->flash_count; i++)
		for (size_t k = 0; k < FLM_FUNCTION_COUNT; k++)
			if (is_loaded(fake, fake->flashes[i].flm, k, call)) {
				*function = (enum flm_function)k;
				return &fake->flashes[i];
			}
	return NULL;
}

static void check_call(struct fake_target *fake, const struct target_call *call)
{
	const uint8_t *breakpoint = ram_at(fake, call->return_address, 4);
	uint8_t *stack = ram_at(fake, call->stack_top - STACK_USED, STACK_USED);

	if (!fake->is_halted)
		break_rule(fake, "a call of a running core");
	if (!breakpoint || get_le16(breakpoint) != 0xbe00)
		break_rule(fake, "no breakpoint at the return address");
	if (!stack || call->stack_top % 8 != 0)
		break_rule(fake, "the stack's top is 0x%08" PRIx64, call->stack_top);
	if (call->timeout_ms == 0)
		break_rule(fake, "a call without a timeout");
}

/* Is it our own code that is called? */
static bool is_own(
	struct fake_target *fake, const struct target_call *call, enum loader_function function)
{
	size_t size;
	const uint8_t *code = loader_code(&size);
	const uint8_t *ram = ram_at(fake, call->function - loader_code_offset(function), size);

	return ram && memcmp(ram, code, size) == 0;
}

static const uint8_t *hashable(struct fake_target *fake, uint32_t address, uint32_t size)
{
	struct fake_flash *flash = flash_at(fake, address);
	size_t offset = flash ? (size_t)(address - flash->start) : 0;

	if (!flash || size > flash->size - offset || read_faults(flash, offset, size))
		return NULL;
	if (flash->needs_init_3 && flash->active != FLM_OPERATION_VERIFY)
		return NULL;
	return flash->bytes + offset;
}

static dapper_status hash_list(struct fake_target *fake, const struct target_call *call)
{
	for (uint32_t i = 0; i < call->arguments[1]; i++) {
		uint8_t *entry = ram_at(fake, call->arguments[0] + 8ull * i, 8);
		const uint8_t *bytes =
			entry ? hashable(fake, get_le32(entry), get_le32(entry + 4)) : NULL;
		uint64_t hash;

		if (!bytes || fake->no_own_code)
			return dapper_fail(DAPPER_ERR_FLASH_ALGORITHM, "hash_list faulted");
		fake->hashed += get_le32(entry + 4);
		hash = loader_hash(bytes, get_le32(entry + 4));
		put_le32(entry, (uint32_t)hash);
		put_le32(entry + 4, (uint32_t)(hash >> 32));
	}
	return DAPPER_OK;
}

static dapper_status execute(
	struct fake_target *fake, const struct target_call *call, uint32_t *result)
{
	enum flm_function function = FLM_INIT;
	struct fake_flash *flash = find_function(fake, call, &function);

	if (is_own(fake, call, LOADER_HASH_LIST)) {
		*result = 0;
		return hash_list(fake, call);
	}
	fake->calls++;
	fake->now_ns += CALL_NS;
	if (!flash || call->argument_count < functions[function].arguments) {
		break_rule(fake, "a call of 0x%08" PRIx64 ", where no function is", call->function);
		return dapper_fail(DAPPER_ERR_FLASH_ALGORITHM, "function 0x%08" PRIx64 " faulted",
			call->function);
	}
	log_call(fake, function, call, functions[function].shown);
	if (fake->calls == fake->hang_call) {
		fake->has_failed = true;
		fake->now_ns += (uint64_t)call->timeout_ms * 1000000;
		return dapper_fail(DAPPER_ERR_TIMEOUT, "it did not return within %" PRIu32 " ms",
			call->timeout_ms);
	}
	*result = 1;
	fake->has_failed = fake->has_failed || fake->calls == fake->fail_call;
	if (fake->calls != fake->fail_call)
		*result = functions[function].run(fake, flash, call);
	memset(ram_at(fake, call->stack_top - STACK_USED, STACK_USED), 0xa5, STACK_USED);
	return DAPPER_OK;
}

/* --- the ring --------------------------------------------------------------------------------- */

static bool is_serving(const struct fake_target *fake)
{
	return fake->is_running && fake->slot != 0;
}

/* One slot. @return false: there is nothing to do, or never again. */
static bool serve_slot(struct fake_target *fake)
{
	uint8_t *slot = ram_at(fake, fake->slot, RING_SLOT_SIZE);
	struct target_call call = fake->started;
	uint32_t result = 0;

	if (!slot || fake->has_ended || fake->is_stuck || get_le32(slot + RING_FUNCTION) == 0)
		return false;
	if (get_le32(slot + RING_FUNCTION) == RING_END) {
		fake->has_ended = true;
		return false;
	}
	if (!(get_le32(slot + RING_FUNCTION) & 1))
		break_rule(fake, "a function in the ring without its Thumb bit");
	call.function = get_le32(slot + RING_FUNCTION) & ~1u;
	call.argument_count = 3;
	for (size_t i = 0; i < 3; i++)
		call.arguments[i] = get_le32(slot + RING_ARGUMENTS + 4 * i);
	if (execute(fake, &call, &result) != DAPPER_OK) {
		fake->is_stuck = true;
		return false;
	}
	if (result != 0) {
		put_le32(slot + RING_RESULT, result);
		fake->ring_result = (uint32_t)fake->slot;
		fake->has_ended = true;
		return false;
	}
	put_le32(slot + RING_FUNCTION, 0);
	fake->slot += RING_SLOT_SIZE;
	if (fake->slot == fake->started.arguments[1])
		fake->slot = fake->started.arguments[0];
	return true;
}

static void serve_what_is_there(struct fake_target *fake)
{
	while (is_serving(fake) && serve_slot(fake))
		;
}

static void start_serving(struct fake_target *fake)
{
	bool is_serve = is_own(fake, &fake->started, LOADER_SERVE);

	fake->slot = is_serve ? fake->started.arguments[0] : 0;
	fake->has_ended = fake->is_stuck = false;
	fake->ring_result = 0;
}

static bool is_as_waited_for(struct fake_target *fake, const struct target_wait *wait)
{
	const uint8_t *word = ram_at(fake, wait->address, 4);

	return word && (get_le32(word) & wait->mask) == wait->value;
}

static dapper_status call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched)
{
	struct fake_target *fake = fake_of(target);

	TRY(begin_operation(fake));
	if (!is_serving(fake))
		break_rule(fake, "waiting for a call that does not serve a ring");
	if (wait->timeout_ms == 0)
		break_rule(fake, "waiting without a timeout");
	while (!is_as_waited_for(fake, wait) && serve_slot(fake))
		;
	*matched = is_as_waited_for(fake, wait);
	if (*matched || fake->has_ended)
		return DAPPER_OK;
	if (!fake->is_stuck)
		break_rule(fake, "waiting for what was never put into the ring");
	fake->now_ns += (uint64_t)wait->timeout_ms * 1000000;
	return dapper_fail(
		DAPPER_ERR_TIMEOUT, "no progress within %" PRIu32 " ms", wait->timeout_ms);
}

static dapper_status finish_serving(
	struct fake_target *fake, const struct target_call *what, uint32_t *result)
{
	serve_what_is_there(fake);
	*result = fake->ring_result;
	if (fake->has_ended)
		return DAPPER_OK;
	if (!fake->is_stuck && !fake->has_failed)
		break_rule(fake, "a ring that was not ended");
	fake->has_failed = true;
	return dapper_fail(
		DAPPER_ERR_TIMEOUT, "it did not return within %" PRIu32 " ms", what->timeout_ms);
}

static dapper_status call(
	struct dapper_target *target, const struct target_call *what, uint32_t *result)
{
	struct fake_target *fake = fake_of(target);

	TRY(begin_operation(fake));
	if (fake->is_running)
		break_rule(fake, "a call while another runs");
	check_call(fake, what);
	fake->starts++;
	return execute(fake, what, result);
}

static dapper_status call_start(struct dapper_target *target, const struct target_call *what)
{
	struct fake_target *fake = fake_of(target);

	if (fake->only_whole_calls)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "only whole calls");
	TRY(begin_operation(fake));
	if (fake->is_running)
		break_rule(fake, "a call while another runs");
	check_call(fake, what);
	fake->starts++;
	fake->is_running = true;
	fake->started = *what;
	start_serving(fake);
	return DAPPER_OK;
}

/* The work is done as late as can be: a buffer that is overwritten too early shows. */
static dapper_status call_finish(
	struct dapper_target *target, const struct target_call *what, uint32_t *result)
{
	struct fake_target *fake = fake_of(target);

	bool serving = is_serving(fake);
	dapper_status status = begin_operation(fake);

	if (!fake->is_running || fake->started.return_address != what->return_address)
		break_rule(fake, "the end of a call that was not started");
	if (status == DAPPER_OK && serving)
		status = finish_serving(fake, what, result);
	fake->is_running = false;
	TRY(status);
	return serving ? DAPPER_OK : execute(fake, what, result);
}

static dapper_status halt(struct dapper_target *target)
{
	struct fake_target *fake = fake_of(target);

	TRY(begin_operation(fake));
	fake->is_halted = true;
	return DAPPER_OK;
}

static void set_cancellable(struct dapper_target *target, bool cancellable)
{
	fake_of(target)->cancellable = cancellable;
}

static const struct target_ops ops = {
	.read_memory = read_memory,
	.write_memory = write_memory,
	.halt = halt,
	.call = call,
	.call_start = call_start,
	.call_finish = call_finish,
	.call_wait = call_wait,
	.set_cancellable = set_cancellable,
};

/* --- life ------------------------------------------------------------------------------------- */

static uint64_t now(void *data)
{
	const struct fake_target *fake = data;

	return fake->now_ns;
}

static void sleep_ns(void *data, uint64_t ns)
{
	struct fake_target *fake = data;

	fake->now_ns += ns;
}

static const struct node_class fake_class = { .kind = "soc" };

struct fake_target *fake_target_new(void)
{
	struct fake_target *fake = calloc(1, sizeof(*fake));

	assert_non_null(fake);
	node_init(&fake->target.node, &fake_class, "fake");
	fake->target.ops = &ops;
	fake->clock = (struct clock){ .now_ns = now, .sleep_ns = sleep_ns, .data = fake };
	fake->target.clock = &fake->clock;
	fake->cancellable = true;
	assert_ok(dapper_context_new(&fake->target.context));
	assert_ok(memory_map_create(&fake->target.memory_map));
	fake_target_add_region(fake, "RAM", DAPPER_REGION_RAM, FAKE_RAM_START, FAKE_RAM_SIZE);
	/* What is in RAM after power-up is anything. */
	memset(fake->ram, 0x5a, sizeof(fake->ram));
	return fake;
}

void fake_target_free(struct fake_target *fake)
{
	for (size_t i = 0; i < fake->flash_count; i++)
		free(fake->flashes[i].bytes);
	memory_map_destroy(fake->target.memory_map);
	dapper_context_unref(fake->target.context);
	free(fake);
}

void fake_target_restart(struct fake_target *fake)
{
	fake->operations = 0;
	fake->calls = 0;
	fake->hashed = 0;
	fake->starts = 0;
	fake->read_bytes = 0;
	fake->written_bytes = 0;
	fake->log[0] = '\0';
	fake->fail_at = fake->cancel_at = fake->fail_call = fake->hang_call = FAKE_NEVER;
	fake->fail_for_ever = false;
	fake->has_failed = false;
	fake->is_halted = false;
	fake->is_running = false;
	for (size_t i = 0; i < fake->flash_count; i++) {
		struct fake_flash *flash = &fake->flashes[i];

		flash->erased_sectors = flash->erased_chips = flash->programmed_pages = 0;
		flash->active = 0;
	}
	memset(fake->ram, 0x5a, sizeof(fake->ram));
	dapper_context_resume(fake->target.context);
}

void fake_target_add_region(struct fake_target *fake, const char *name, dapper_region_type type,
	uint64_t start, uint64_t size)
{
	const dapper_region region = {
		.name = name,
		.type = type,
		.address = start,
		.size = size,
		.is_default = type == DAPPER_REGION_RAM && start == FAKE_RAM_START,
	};

	assert_ok(memory_map_add(fake->target.memory_map, &region));
}

struct fake_flash *fake_target_add_flash(
	struct fake_target *fake, const char *name, uint64_t start, const struct flm *flm)
{
	const struct flm_device *device = &flm->device;
	struct fake_flash *flash = &fake->flashes[fake->flash_count++];
	dapper_sector_run runs[FAKE_SECTOR_RUNS];
	dapper_region region = {
		.name = name,
		.type = DAPPER_REGION_FLASH,
		.address = start,
		.size = device->size,
		.page_size = device->page_size,
		.erased_value = device->erased_value,
		.sectors = runs,
		.sector_run_count = device->sectors_count,
	};

	assert_true(fake->flash_count <= FAKE_FLASHES_MAX);
	for (size_t i = 0; i < device->sectors_count; i++)
		runs[i] = (dapper_sector_run){ start + device->sectors[i].offset,
			device->sectors[i].size };
	assert_ok(memory_map_add(fake->target.memory_map, &region));
	*flash = (struct fake_flash){ .start = start, .size = device->size, .flm = flm };
	flash->bytes = malloc(device->size);
	assert_non_null(flash->bytes);
	memset(flash->bytes, device->erased_value, device->size);
	return flash;
}

/* --- algorithms and images ------------------------------------------------------------------- */

static void *copy_of(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, data, size);
	return copy;
}

static uint32_t or_else(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static struct flm_device make_device(const struct fake_flm *fake)
{
	static const struct flm_sectors small[] = { { 0, 0x400, 4 }, { 0x1000, 0x1000, 3 } };
	struct flm_device device = {
		.version = 0x0101,
		.name = "fake",
		.type = (uint16_t)or_else(fake->type, FLM_TYPE_ONCHIP),
		.start = or_else(fake->start, 0x08000000),
		.size = or_else(fake->size, 0x4000),
		.page_size = or_else(fake->page_size, 0x100),
		.erased_value = fake->erases_to_zero ? 0x00 : 0xff,
		.program_timeout_ms = fake->program_timeout_ms,
		.erase_timeout_ms = fake->erase_timeout_ms,
	};

	while (device.sectors_count < FAKE_SECTOR_RUNS && fake->sectors[device.sectors_count].size)
		device.sectors_count++;
	if (device.sectors_count > 0) {
		device.sectors =
			copy_of(fake->sectors, device.sectors_count * sizeof(*device.sectors));
	} else {
		device.sectors = copy_of(small, sizeof(small));
		device.sectors_count = ARRAY_SIZE(small);
	}
	return device;
}

struct flm *fake_flm_new(const struct fake_flm *fake)
{
	struct flm *flm = calloc(1, sizeof(*flm));
	uint32_t seed = fake->start + 1;

	assert_non_null(flm);
	flm->device = make_device(fake);
	flm->size = or_else(fake->code_size, 0x150);
	flm->bss_size = fake->bss_size;
	flm->alignment = or_else(fake->alignment, 4);
	flm->static_base = flm->size - 4;
	flm->bytes = malloc(flm->size);
	assert_non_null(flm->bytes);
	for (size_t i = 0; i < flm->size; i++) {
		seed = seed * 1103515245 + 12345;
		flm->bytes[i] = (uint8_t)(seed >> 16);
	}
	for (size_t i = 0; i < FLM_FUNCTION_COUNT; i++)
		flm->functions[i] = fake->without & BIT(i) ? FLM_ABSENT : (uint32_t)(2 + 10 * i);
	return flm;
}

struct flm *fake_flm_copy(const struct flm *flm)
{
	struct flm *copy = copy_of(flm, sizeof(*flm));

	copy->bytes = copy_of(flm->bytes, flm->size);
	copy->device.sectors = copy_of(
		flm->device.sectors, flm->device.sectors_count * sizeof(*flm->device.sectors));
	return copy;
}

dapper_image *fake_image_new(const char *name, uint64_t address, const void *data, size_t size)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context;
	dapper_image *image;

	assert_ok(dapper_context_new(&context));
	options.format = DAPPER_IMAGE_BIN;
	options.has_base_address = true;
	options.base_address = address;
	assert_ok(dapper_image_parse(context, name, data, size, &options, &image));
	dapper_context_unref(context);
	return image;
}
