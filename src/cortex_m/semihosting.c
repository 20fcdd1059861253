/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semihosting: "Semihosting for AArch32 and AArch64", Arm, version 3.0 (abi-aa); the numbers in
 * comments are its operations. Registers, memory and nothing else of the target are used, through
 * its public face.
 *
 * Pointers and lengths come from the target: every read of its memory is cut to a buffer here, and
 * every loop ends at a limit. Memory that does not answer makes the call fail, not the debugger.
 */
#include <dapper/semihosting.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/context.h"
#include "base/error.h"
#include "cortex_m/semihosting_files.h"
#include "target/target.h"

enum {
	BKPT_AB = 0xbeab,
	HANDLES = 64,
	CHUNK = 4096,
	NAME_LIMIT = 1024,
	TEXT_LIMIT = 64 * 1024, /* of SYS_WRITE0: a string without end ends here */
	TRANSFER_LIMIT = 16 * 1024 * 1024,
	PARAMETERS_MAX = 4,
	FIRST_FILE_MODE_WRITE = 4,
	FIRST_FILE_MODE_APPEND = 8,
	FILE_MODES = 12,
	NS_PER_US = 1000,
	NS_PER_CS = 10000000,
	TICKS_PER_SECOND = 1000000,
};

#define FAILED UINT32_MAX /* -1 */

enum handle_kind {
	HANDLE_FREE,
	HANDLE_INPUT,
	HANDLE_OUTPUT,
	HANDLE_ERROR,
	HANDLE_FEATURES,
	HANDLE_FILE
};

struct handle {
	enum handle_kind kind;
	int file;       /* HANDLE_FILE */
	uint32_t place; /* HANDLE_FEATURES */
};

struct dapper_semihosting {
	dapper_target *target;
	dapper_semihosting_options options;
	char *command_line;
	int folder; /* -1: none */
	struct handle handles[HANDLES];
	uint32_t last_errno;
	uint64_t start_ns;
};

/* One call while it is served. */
struct call {
	struct dapper_semihosting *host;
	uint32_t argument; /* r1 */
	uint32_t parameters[PARAMETERS_MAX];
	uint32_t result; /* r0 */
	bool is_exit;
	int32_t exit_code;
	uint8_t chunk[CHUNK];
};

/* --- the target's memory ----------------------------------------------------------------------- */

/* What a bad pointer of the target's leads to, as opposed to a target that has gone. */
static bool is_bad_pointer(dapper_status status)
{
	return status == DAPPER_ERR_FAULT || status == DAPPER_ERR_INVALID;
}

static void fail_call(struct call *call, int error)
{
	call->result = FAILED;
	call->host->last_errno = (uint32_t)error;
}

/* A bad pointer makes the call fail, and is then no error any more. */
static dapper_status blame_target(struct call *call, dapper_status status)
{
	if (!is_bad_pointer(status))
		return status;
	error_clear();
	fail_call(call, EFAULT);
	return DAPPER_OK;
}

static dapper_status read_guest(struct call *call, uint32_t address, void *data, size_t size)
{
	if (size > UINT32_MAX - address)
		return dapper_fail(DAPPER_ERR_INVALID, "the area wraps around");
	return size ? dapper_target_read_memory(call->host->target, address, data, size)
	            : DAPPER_OK;
}

static dapper_status write_guest(struct call *call, uint32_t address, const void *data, size_t size)
{
	if (size > UINT32_MAX - address)
		return dapper_fail(DAPPER_ERR_INVALID, "the area wraps around");
	return size ? dapper_target_write_memory(call->host->target, address, data, size)
	            : DAPPER_OK;
}

static dapper_status write_guest_word(struct call *call, uint32_t address, uint32_t value)
{
	uint8_t bytes[4];

	put_le32(bytes, value);
	return write_guest(call, address, bytes, sizeof(bytes));
}

/* A name of known length, as NUL-terminated text; one with a NUL inside is refused. */
static dapper_status read_name(struct call *call, uint32_t address, uint32_t length, char *name)
{
	if (length >= NAME_LIMIT)
		return dapper_fail(DAPPER_ERR_INVALID, "a name of %u bytes", (unsigned)length);
	TRY(read_guest(call, address, name, length));
	name[length] = '\0';
	if (strlen(name) != length)
		return dapper_fail(DAPPER_ERR_INVALID, "a name with a NUL inside");
	return DAPPER_OK;
}

/* --- console --------------------------------------------------------------------------------- */

static void print(
	const struct dapper_semihosting *host, bool is_error, const void *data, size_t size)
{
	if (host->options.output && size > 0)
		host->options.output(host->options.payload, is_error, data, size);
}

static size_t get_input(const struct dapper_semihosting *host, void *data, size_t size)
{
	size_t got =
		host->options.input ? host->options.input(host->options.payload, data, size) : 0;

	return got < size ? got : size;
}

/* SYS_WRITEC (0x03): r1 points to the character. */
static dapper_status do_writec(struct call *call)
{
	uint8_t byte = 0;

	TRY(read_guest(call, call->argument, &byte, 1));
	print(call->host, false, &byte, 1);
	return DAPPER_OK;
}

/* Up to the next multiple of this many bytes is read at once: no page of memory is touched that the
 * string does not begin in. */
enum { TEXT_STEP = 64 };

/* SYS_WRITE0 (0x04): r1 points to a NUL-terminated string. */
static dapper_status do_write0(struct call *call)
{
	uint32_t address = call->argument;

	for (size_t total = 0; total < TEXT_LIMIT;) {
		size_t size = TEXT_STEP - address % TEXT_STEP;
		const uint8_t *end;

		TRY(read_guest(call, address, call->chunk, size));
		end = memchr(call->chunk, 0, size);
		if (end)
			size = (size_t)(end - call->chunk);
		print(call->host, false, call->chunk, size);
		if (end)
			return DAPPER_OK;
		total += size;
		address += (uint32_t)size;
	}
	return DAPPER_OK;
}

/* SYS_READC (0x07) */
static dapper_status do_readc(struct call *call)
{
	uint8_t byte = 0;

	call->result = get_input(call->host, &byte, 1) == 1 ? byte : FAILED;
	return DAPPER_OK;
}

/* --- handles --------------------------------------------------------------------------------- */

/* ":semihosting-features" (section "Feature reporting"): magic, then SH_EXT_EXIT_EXTENDED and
 * SH_EXT_STDOUT_STDERR. */
static const uint8_t features[] = { 0x53, 0x48, 0x46, 0x42, 0x03 };

static struct handle *find_handle(struct call *call, uint32_t number)
{
	if (number >= 1 && number <= HANDLES) {
		struct handle *handle = &call->host->handles[number - 1];

		if (handle->kind != HANDLE_FREE)
			return handle;
	}
	fail_call(call, EBADF);
	return NULL;
}

static enum handle_kind console_kind(uint32_t mode)
{
	if (mode < FIRST_FILE_MODE_WRITE)
		return HANDLE_INPUT;
	return mode < FIRST_FILE_MODE_APPEND ? HANDLE_OUTPUT : HANDLE_ERROR;
}

/* @return errno, 0 for success. */
static int open_handle(
	struct dapper_semihosting *host, const char *name, uint32_t mode, struct handle *handle)
{
	*handle = (struct handle){ .file = -1 };
	if (mode >= FILE_MODES)
		return EINVAL;
	if (strcmp(name, ":tt") == 0) {
		handle->kind = console_kind(mode);
		return 0;
	}
	if (strcmp(name, ":semihosting-features") == 0) {
		handle->kind = HANDLE_FEATURES;
		return mode <= 1 ? 0 : EACCES;
	}
	if (host->folder < 0)
		return EACCES;
	handle->kind = HANDLE_FILE;
	handle->file = sandbox_open_file(host->folder, name, mode);
	return handle->file < 0 ? errno : 0;
}

/* SYS_OPEN (0x01): name, mode, length of the name. */
static dapper_status do_open(struct call *call)
{
	struct dapper_semihosting *host = call->host;
	char name[NAME_LIMIT];
	size_t free_index = 0;
	int error;

	TRY(read_name(call, call->parameters[0], call->parameters[2], name));
	while (free_index < HANDLES && host->handles[free_index].kind != HANDLE_FREE)
		free_index++;
	if (free_index == HANDLES) {
		fail_call(call, EMFILE);
		return DAPPER_OK;
	}
	error = open_handle(host, name, call->parameters[1], &host->handles[free_index]);
	if (error) {
		host->handles[free_index] = (struct handle){ .kind = HANDLE_FREE };
		fail_call(call, error);
		return DAPPER_OK;
	}
	call->result = (uint32_t)free_index + 1;
	return DAPPER_OK;
}

/* SYS_CLOSE (0x02): handle. */
static dapper_status do_close(struct call *call)
{
	struct handle *handle = find_handle(call, call->parameters[0]);

	if (!handle)
		return DAPPER_OK;
	if (handle->kind == HANDLE_FILE && close(handle->file) != 0)
		fail_call(call, errno);
	*handle = (struct handle){ .kind = HANDLE_FREE };
	return DAPPER_OK;
}

/* @return false: errno says why. */
static bool write_file(int file, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data += written;
		size -= (size_t)written;
	}
	return true;
}

static bool write_handle(struct call *call, const struct handle *handle, size_t size)
{
	switch (handle->kind) {
	case HANDLE_OUTPUT:
	case HANDLE_ERROR:
		print(call->host, handle->kind == HANDLE_ERROR, call->chunk, size);
		return true;
	case HANDLE_FILE:
		return write_file(handle->file, call->chunk, size);
	case HANDLE_FREE:
	case HANDLE_INPUT:
	case HANDLE_FEATURES:
		break;
	}
	errno = EBADF;
	return false;
}

/* SYS_WRITE (0x05): handle, data, length. Returns how many bytes were not written. */
static dapper_status do_write(struct call *call)
{
	struct handle *handle = find_handle(call, call->parameters[0]);
	uint32_t address = call->parameters[1];
	uint32_t left = call->parameters[2];
	uint32_t limit = TRANSFER_LIMIT;

	call->result = left;
	while (handle && left > 0 && limit > 0) {
		uint32_t size = left < CHUNK ? left : CHUNK;
		dapper_status status = read_guest(call, address, call->chunk, size);

		if (is_bad_pointer(status)) {
			error_clear();
			call->host->last_errno = EFAULT;
			return DAPPER_OK;
		}
		TRY(status);
		if (!write_handle(call, handle, size)) {
			call->host->last_errno = (uint32_t)errno;
			return DAPPER_OK;
		}
		address += size;
		left -= size;
		limit -= size;
		call->result = left;
	}
	return DAPPER_OK;
}

/* @return Bytes in the chunk; 0 at the end, or with errno set. */
static size_t read_handle(struct call *call, struct handle *handle, size_t size)
{
	ssize_t got = 0;
	size_t left;

	errno = 0;
	switch (handle->kind) {
	case HANDLE_INPUT:
		return get_input(call->host, call->chunk, size);
	case HANDLE_FEATURES:
		left = handle->place < sizeof(features) ? sizeof(features) - handle->place : 0;
		size = size < left ? size : left;
		memcpy(call->chunk, features + sizeof(features) - left, size);
		handle->place += (uint32_t)size;
		return size;
	case HANDLE_FILE:
		do
			got = read(handle->file, call->chunk, size);
		while (got < 0 && errno == EINTR);
		return got > 0 ? (size_t)got : 0;
	case HANDLE_FREE:
	case HANDLE_OUTPUT:
	case HANDLE_ERROR:
		break;
	}
	errno = EBADF;
	return 0;
}

/* SYS_READ (0x06): handle, buffer, length. Returns how many bytes were not read. From the console
 * what is there is enough: it comes in lines. */
static dapper_status do_read(struct call *call)
{
	struct handle *handle = find_handle(call, call->parameters[0]);
	uint32_t address = call->parameters[1];
	uint32_t left = call->parameters[2];
	uint32_t limit = TRANSFER_LIMIT;

	if (!handle)
		return DAPPER_OK;
	call->result = left;
	while (left > 0 && limit > 0) {
		size_t got = read_handle(call, handle, left < CHUNK ? left : CHUNK);

		if (got == 0) {
			if (errno)
				fail_call(call, errno);
			return DAPPER_OK;
		}
		TRY(write_guest(call, address, call->chunk, got));
		address += (uint32_t)got;
		left -= (uint32_t)got;
		limit -= (uint32_t)got;
		call->result = left;
		if (handle->kind == HANDLE_INPUT)
			return DAPPER_OK;
	}
	return DAPPER_OK;
}

/* SYS_ISTTY (0x09): handle. */
static dapper_status do_istty(struct call *call)
{
	const struct handle *handle = find_handle(call, call->parameters[0]);

	if (handle)
		call->result = handle->kind == HANDLE_INPUT || handle->kind == HANDLE_OUTPUT ||
		               handle->kind == HANDLE_ERROR;
	return DAPPER_OK;
}

/* SYS_SEEK (0x0a): handle, position from the start. */
static dapper_status do_seek(struct call *call)
{
	struct handle *handle = find_handle(call, call->parameters[0]);
	uint32_t place = call->parameters[1];

	if (!handle)
		return DAPPER_OK;
	if (handle->kind == HANDLE_FEATURES && place <= sizeof(features))
		handle->place = place;
	else if (handle->kind != HANDLE_FILE)
		fail_call(call, ESPIPE);
	else if (lseek(handle->file, (off_t)place, SEEK_SET) < 0)
		fail_call(call, errno);
	return DAPPER_OK;
}

/* SYS_FLEN (0x0c): handle. */
static dapper_status do_flen(struct call *call)
{
	const struct handle *handle = find_handle(call, call->parameters[0]);
	struct stat status;

	if (!handle)
		return DAPPER_OK;
	if (handle->kind == HANDLE_FEATURES)
		call->result = sizeof(features);
	else if (handle->kind != HANDLE_FILE)
		fail_call(call, ESPIPE);
	else if (fstat(handle->file, &status) != 0)
		fail_call(call, errno);
	else if (status.st_size > INT32_MAX)
		fail_call(call, EOVERFLOW);
	else
		call->result = (uint32_t)status.st_size;
	return DAPPER_OK;
}

/* --- names ----------------------------------------------------------------------------------- */

/* SYS_TMPNAM (0x0d): buffer, identifier 0 to 255, length of the buffer. */
static dapper_status do_tmpnam(struct call *call)
{
	char name[32];
	int length =
		snprintf(name, sizeof(name), "dapper-%u.tmp", (unsigned)call->parameters[1] & 255);

	if ((uint32_t)length + 1 > call->parameters[2]) {
		fail_call(call, EINVAL);
		return DAPPER_OK;
	}
	return write_guest(call, call->parameters[0], name, (size_t)length + 1);
}

/* SYS_REMOVE (0x0e): name, length. */
static dapper_status do_remove(struct call *call)
{
	char name[NAME_LIMIT];

	TRY(read_name(call, call->parameters[0], call->parameters[1], name));
	if (call->host->folder < 0)
		fail_call(call, EACCES);
	else if (sandbox_remove(call->host->folder, name) != 0)
		fail_call(call, errno);
	return DAPPER_OK;
}

/* SYS_RENAME (0x0f): old name, length, new name, length. */
static dapper_status do_rename(struct call *call)
{
	char from[NAME_LIMIT], to[NAME_LIMIT];

	TRY(read_name(call, call->parameters[0], call->parameters[1], from));
	TRY(read_name(call, call->parameters[2], call->parameters[3], to));
	if (call->host->folder < 0)
		fail_call(call, EACCES);
	else if (sandbox_rename(call->host->folder, from, to) != 0)
		fail_call(call, errno);
	return DAPPER_OK;
}

/* --- time and the rest ------------------------------------------------------------------------- */

static uint64_t elapsed_ns(const struct call *call)
{
	return clock_now_ns(call->host->target->clock) - call->host->start_ns;
}

/* SYS_CLOCK (0x10): centiseconds since the start. */
static dapper_status do_clock(struct call *call)
{
	call->result = (uint32_t)(elapsed_ns(call) / NS_PER_CS);
	return DAPPER_OK;
}

/* SYS_TIME (0x11): seconds since 1970. */
static dapper_status do_time(struct call *call)
{
	call->result = (uint32_t)time(NULL);
	return DAPPER_OK;
}

/* SYS_ELAPSED (0x30): r1 points to where the 64-bit count of ticks goes. */
static dapper_status do_elapsed(struct call *call)
{
	uint8_t bytes[8];

	put_le64(bytes, elapsed_ns(call) / NS_PER_US);
	return write_guest(call, call->argument, bytes, sizeof(bytes));
}

/* SYS_TICKFREQ (0x31) */
static dapper_status do_tickfreq(struct call *call)
{
	call->result = TICKS_PER_SECOND;
	return DAPPER_OK;
}

/* SYS_ISERROR (0x08): status. */
static dapper_status do_iserror(struct call *call)
{
	call->result = (call->parameters[0] & BIT(31)) != 0;
	return DAPPER_OK;
}

/* SYS_ERRNO (0x13) */
static dapper_status do_errno(struct call *call)
{
	call->result = call->host->last_errno;
	return DAPPER_OK;
}

/* SYS_SYSTEM (0x12): no target runs commands here. */
static dapper_status do_system(struct call *call)
{
	fail_call(call, EPERM);
	return DAPPER_OK;
}

/* SYS_GET_CMDLINE (0x15): buffer, its length; the length of the text is put back. */
static dapper_status do_get_cmdline(struct call *call)
{
	const char *text = call->host->command_line;
	size_t length = strlen(text);

	if (length + 1 > call->parameters[1]) {
		fail_call(call, EINVAL);
		return DAPPER_OK;
	}
	TRY(write_guest(call, call->parameters[0], text, length + 1));
	return write_guest_word(call, call->argument + 4, (uint32_t)length);
}

/* SYS_HEAPINFO (0x16): r1 points to a pointer to four words. 0 says "not known": the program's own
 * linker script knows better. */
static dapper_status do_heapinfo(struct call *call)
{
	static const uint8_t unknown[16] = { 0 };

	return write_guest(call, call->parameters[0], unknown, sizeof(unknown));
}

#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

static void end_program(struct call *call, uint32_t reason, uint32_t code)
{
	call->is_exit = true;
	call->exit_code = reason == ADP_STOPPED_APPLICATION_EXIT ? (int32_t)code : 1;
}

/* SYS_EXIT (0x18): on 32-bit targets r1 itself is the reason. */
static dapper_status do_exit(struct call *call)
{
	end_program(call, call->argument, 0);
	return DAPPER_OK;
}

/* SYS_EXIT_EXTENDED (0x20): reason, code. */
static dapper_status do_exit_extended(struct call *call)
{
	end_program(call, call->parameters[0], call->parameters[1]);
	return DAPPER_OK;
}

/* --- calls ----------------------------------------------------------------------------------- */

static const struct operation {
	uint8_t number;
	uint8_t parameter_count; /* words that r1 points to */
	dapper_status (*serve)(struct call *call);
} operations[] = {
	{ 0x01, 3, do_open },
	{ 0x02, 1, do_close },
	{ 0x03, 0, do_writec },
	{ 0x04, 0, do_write0 },
	{ 0x05, 3, do_write },
	{ 0x06, 3, do_read },
	{ 0x07, 0, do_readc },
	{ 0x08, 1, do_iserror },
	{ 0x09, 1, do_istty },
	{ 0x0a, 2, do_seek },
	{ 0x0c, 1, do_flen },
	{ 0x0d, 3, do_tmpnam },
	{ 0x0e, 2, do_remove },
	{ 0x0f, 4, do_rename },
	{ 0x10, 0, do_clock },
	{ 0x11, 0, do_time },
	{ 0x12, 2, do_system },
	{ 0x13, 0, do_errno },
	{ 0x15, 2, do_get_cmdline },
	{ 0x16, 1, do_heapinfo },
	{ 0x18, 0, do_exit },
	{ 0x20, 2, do_exit_extended },
	{ 0x30, 0, do_elapsed },
	{ 0x31, 0, do_tickfreq },
};

static const struct operation *find_operation(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (operations[i].number == number)
			return &operations[i];
	return NULL;
}

static dapper_status read_parameters(struct call *call, size_t count)
{
	uint8_t bytes[4 * PARAMETERS_MAX] = { 0 };

	TRY(read_guest(call, call->argument, bytes, 4 * count));
	for (size_t i = 0; i < count; i++)
		call->parameters[i] = get_le32(bytes + 4 * i);
	return DAPPER_OK;
}

static dapper_status serve(struct call *call, uint32_t number)
{
	const struct operation *operation = find_operation(number);
	dapper_status status;

	if (!operation) {
		log_warning(call->host->target->context, DAPPER_LOG_TARGET,
			"semihosting has no operation 0x%x", (unsigned)number);
		fail_call(call, ENOSYS);
		return DAPPER_OK;
	}
	status = read_parameters(call, operation->parameter_count);
	if (status == DAPPER_OK)
		status = operation->serve(call);
	return blame_target(call, status);
}

enum { R0, R1, PC, REGISTER_COUNT };

static dapper_status find_registers(const dapper_target *target, uint16_t *ids)
{
	static const char *const names[REGISTER_COUNT] = { "r0", "r1", "pc" };

	for (size_t i = 0; i < REGISTER_COUNT; i++) {
		const dapper_register *found = dapper_target_find_register(target, names[i]);

		if (!found)
			return dapper_fail(DAPPER_ERR_UNSUPPORTED,
				"semihosting needs register %s, which this core lacks", names[i]);
		ids[i] = found->id;
	}
	return DAPPER_OK;
}

/* Is the instruction at pc the call? Memory that cannot be read holds none. */
static dapper_status look_for_call(dapper_target *target, uint64_t pc, bool *is_call)
{
	uint8_t bytes[2];
	dapper_status status =
		dapper_target_read_memory(target, pc & ~UINT64_C(1), bytes, sizeof(bytes));

	*is_call = false;
	if (is_bad_pointer(status)) {
		error_clear();
		return DAPPER_OK;
	}
	TRY(status);
	*is_call = get_le16(bytes) == BKPT_AB;
	return DAPPER_OK;
}

static dapper_status return_from_call(
	dapper_target *target, const uint16_t *ids, uint64_t *values, uint32_t result)
{
	const uint16_t changed_ids[] = { ids[R0], ids[PC] };
	const uint64_t changed[] = { result, values[PC] + 2 };

	return dapper_target_write_registers(target, changed_ids, changed, 2);
}

dapper_status dapper_semihosting_handle(
	dapper_semihosting *semihosting, dapper_semihosting_event *event, int32_t *exit_code)
{
	struct call *call;
	uint16_t ids[REGISTER_COUNT];
	uint64_t values[REGISTER_COUNT];
	bool is_call;
	dapper_status status;

	*event = DAPPER_SEMIHOSTING_NO_CALL;
	TRY(find_registers(semihosting->target, ids));
	TRY(dapper_target_read_registers(semihosting->target, ids, values, REGISTER_COUNT));
	TRY(look_for_call(semihosting->target, values[PC], &is_call));
	if (!is_call)
		return DAPPER_OK;
	call = xnew(call);
	if (!call)
		return FAIL_NO_MEMORY("a semihosting call");
	call->host = semihosting;
	call->argument = (uint32_t)values[R1];
	status = serve(call, (uint32_t)values[R0]);
	if (status == DAPPER_OK && !call->is_exit)
		status = return_from_call(semihosting->target, ids, values, call->result);
	*event = call->is_exit ? DAPPER_SEMIHOSTING_EXIT : DAPPER_SEMIHOSTING_CALL;
	*exit_code = call->exit_code;
	free(call);
	return status;
}

/* --- the object ------------------------------------------------------------------------------ */

void dapper_semihosting_free(dapper_semihosting *semihosting)
{
	if (!semihosting)
		return;
	for (size_t i = 0; i < HANDLES; i++)
		if (semihosting->handles[i].kind == HANDLE_FILE)
			close(semihosting->handles[i].file);
	if (semihosting->folder >= 0)
		close(semihosting->folder);
	free(semihosting->command_line);
	free(semihosting);
}

static dapper_status set_up(struct dapper_semihosting *made)
{
	made->command_line = xstrdup(made->options.command_line ? made->options.command_line : "");
	if (!made->command_line)
		return FAIL_NO_MEMORY("a command line");
	return made->options.folder ? sandbox_open(made->options.folder, &made->folder) : DAPPER_OK;
}

dapper_status dapper_semihosting_new(dapper_target *target,
	const dapper_semihosting_options *options, dapper_semihosting **semihosting)
{
	dapper_semihosting *made;
	dapper_status status;

	if (!target)
		return dapper_fail(DAPPER_ERR_INVALID, "no target given");
	made = xnew(made);
	if (!made)
		return FAIL_NO_MEMORY("semihosting");
	made->target = target;
	made->folder = -1;
	made->start_ns = clock_now_ns(target->clock);
	if (options)
		made->options = *options;
	status = set_up(made);
	if (status != DAPPER_OK) {
		dapper_semihosting_free(made);
		return status;
	}
	/* Both were the caller's, and may not live longer than this call. */
	made->options.folder = NULL;
	made->options.command_line = NULL;
	*semihosting = made;
	return DAPPER_OK;
}
