/* SPDX-License-Identifier: Apache-2.0 */
/* Flash, reset, run, show what the program says, end as it ends. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "console.h"
#include "fault_output.h"

enum {
	SLICE_MS = 10, /* how long RTT waits at most for its next poll */
	RTT_BUFFER = 4096,
	RTT_ROUNDS = 64,     /* polls in a row while there is news; then the core is looked at */
	FIND_NS = 100000000, /* between looks for RTT */
};

#define NS_PER_S 1e9
#define VTOR     0xe000ed08u /* Armv7-M ARM, DDI 0403E.e, B3.2.5; ignored where there is none */

static const struct arg args[] = {
	{ 'a', "base-address", "ADDR", "Where a raw binary goes", NULL },
	{ 'T', "timeout", "SECONDS", "End with code 124 when it still runs, in the probe's time",
		NULL },
	{ .name = "no-flash",
		.help = "Run what is in the target already; FILE is for its symbols" },
	{ .name = "files", .value = "FOLDER", .help = "Let semihosting open files below FOLDER" },
	{ .name = "command-line",
		.value = "TEXT",
		.help = "What semihosting says of the arguments" },
	{ .name = "no-rtt", .help = "Do not look for RTT" },
	{ .name = "rtt-address", .value = "ADDR", .help = "Where the RTT control block is" },
	{ .name = NULL },
};

struct job {
	struct cli *cli;
	dapper_image *image;
	uint64_t timeout_ns; /* 0: none */
	bool in_ram;         /* the whole program is */
	bool use_rtt;
	dapper_rtt_options rtt_options;
	struct progress progress;

	dapper_session *session;
	dapper_probe *probe;
	dapper_target *target;
	dapper_semihosting *semihosting;
	dapper_rtt *rtt;
	uint64_t next_find_ns;
	struct console console;

	const char *reason; /* NULL while it runs */
	int exit_code;
	uint64_t pc;
	bool has_fault;
	dapper_fault fault;
};

/* --- the command line ------------------------------------------------------------------------ */

static bool parse_seconds(const char *text, uint64_t *ns)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds > 0) || seconds > 1e9)
		return false;
	*ns = (uint64_t)(seconds * NS_PER_S);
	return true;
}

static enum exit_code load_image(struct cli *cli, struct job *job)
{
	const char *base = args_last(&cli->args, "base-address");
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;

	if (base && !parse_number(base, &options.base_address))
		return output_usage(cli, "'%s' is no address", base);
	options.has_base_address = base != NULL;
	if (dapper_image_load(cli->context, cli->args.operands[0], &options, &job->image) !=
		DAPPER_OK)
		return output_error(cli);
	return EXIT_OK;
}

static enum exit_code read_command_line(struct cli *cli, struct job *job)
{
	const char *timeout = args_last(&cli->args, "timeout");
	const char *address = args_last(&cli->args, "rtt-address");

	if (timeout && !parse_seconds(timeout, &job->timeout_ns))
		return output_usage(cli, "'%s' is no number of seconds", timeout);
	job->rtt_options = (dapper_rtt_options)DAPPER_RTT_OPTIONS_INIT;
	if (address && !parse_number(address, &job->rtt_options.address))
		return output_usage(cli, "'%s' is no address", address);
	job->rtt_options.has_address = address != NULL;
	job->rtt_options.elf = cli->args.operands[0];
	job->use_rtt = args_count(&cli->args, "no-rtt") == 0;
	return load_image(cli, job);
}

/* --- what the program says --------------------------------------------------------------------- */

static void take_semihosting(void *payload, bool is_error, const void *data, size_t size)
{
	struct job *job = payload;

	console_put(&job->console, is_error ? CONSOLE_STDERR : CONSOLE_SEMIHOSTING, data, size);
}

static void take_serial(void *payload, const void *data, size_t size)
{
	struct job *job = payload;

	console_put(&job->console, CONSOLE_SERIAL, data, size);
}

static size_t give_input(void *payload, void *data, size_t size)
{
	struct job *job = payload;
	ssize_t got;

	console_flush(&job->console);
	/* Ctrl-C ends it: the handler does not restart system calls. */
	got = read(STDIN_FILENO, data, size);
	return got > 0 ? (size_t)got : 0;
}

static dapper_status find_rtt(struct job *job)
{
	uint64_t now = dapper_probe_get_time_ns(job->probe);
	bool found;

	if (dapper_rtt_is_found(job->rtt) || now < job->next_find_ns)
		return DAPPER_OK;
	job->next_find_ns = now + FIND_NS;
	return dapper_rtt_find(job->rtt, &found);
}

static dapper_status poll_rtt(struct job *job)
{
	dapper_status status;
	size_t size = 1;

	if (!job->rtt)
		return DAPPER_OK;
	status = find_rtt(job);
	for (unsigned i = 0; status == DAPPER_OK && size > 0 && i < RTT_ROUNDS; i++) {
		char buffer[RTT_BUFFER];

		status = dapper_rtt_read(job->rtt, 0, buffer, sizeof(buffer), &size);
		if (status == DAPPER_OK && size > 0)
			console_put(&job->console, CONSOLE_RTT, buffer, size);
	}
	return status;
}

/* --- how it ends ----------------------------------------------------------------------------- */

/* Whatever a program returns in 32 bits: what is not 0 must not look like success. */
static int shell_code(int32_t code)
{
	int low = (int)((uint32_t)code & 0xff);

	return low == 0 && code != 0 ? EXIT_FAILED : low;
}

static dapper_status end_stopped(struct job *job, const char *reason, int code)
{
	const dapper_register *pc = dapper_target_find_register(job->target, "pc");

	job->reason = reason;
	job->exit_code = code;
	return pc ? dapper_target_read_registers(job->target, &pc->id, &job->pc, 1) : DAPPER_OK;
}

static dapper_status end_with_fault(struct job *job, const char *reason)
{
	dapper_status status = dapper_target_describe_fault(job->target, &job->fault);

	if (status != DAPPER_OK)
		return status;
	job->has_fault = true;
	job->pc = job->fault.pc;
	job->reason = reason;
	job->exit_code = EXIT_FAILED;
	return DAPPER_OK;
}

/* A program that hangs in its fault handler has not just been slow. */
static dapper_status end_by_timeout(struct job *job)
{
	dapper_status status = dapper_target_halt(job->target);

	if (status == DAPPER_OK)
		status = end_with_fault(job, "fault");
	if (status != DAPPER_OK || job->fault.is_fault)
		return status;
	job->has_fault = false;
	return end_stopped(job, "timeout", EXIT_TIMEOUT);
}

static dapper_status serve_breakpoint(struct job *job)
{
	dapper_semihosting_event event;
	int32_t code = 0;
	dapper_status status = dapper_semihosting_handle(job->semihosting, &event, &code);

	if (status != DAPPER_OK)
		return status;
	switch (event) {
	case DAPPER_SEMIHOSTING_CALL:
		return dapper_target_resume(job->target);
	case DAPPER_SEMIHOSTING_EXIT:
		return end_stopped(job, "exit", shell_code(code));
	case DAPPER_SEMIHOSTING_NO_CALL:
		break;
	}
	return end_stopped(job, "breakpoint", EXIT_FAILED);
}

static dapper_status serve_halt(struct job *job)
{
	dapper_halt_reason reason;
	dapper_status status = dapper_target_get_halt_reason(job->target, &reason);

	if (status != DAPPER_OK)
		return status;
	if (reason == DAPPER_HALT_BREAKPOINT)
		return serve_breakpoint(job);
	if (reason == DAPPER_HALT_VECTOR_CATCH)
		return end_with_fault(job, "fault");
	return end_stopped(job, "halted", EXIT_FAILED);
}

static dapper_status look_at_running(struct job *job)
{
	dapper_target_state state;
	dapper_status status = dapper_target_get_state(job->target, &state);

	if (status != DAPPER_OK || state != DAPPER_STATE_LOCKUP)
		return status;
	status = dapper_target_halt(job->target);
	return status == DAPPER_OK ? end_with_fault(job, "lockup") : status;
}

/* --- running --------------------------------------------------------------------------------- */

static uint32_t slice_ms(const struct job *job, uint64_t end_ns)
{
	uint64_t now = dapper_probe_get_time_ns(job->probe);
	uint64_t left_ms = end_ns > now ? (end_ns - now) / 1000000 + 1 : 0;

	return job->timeout_ns && left_ms < SLICE_MS ? (uint32_t)left_ms : SLICE_MS;
}

static dapper_status run_slice(struct job *job, uint64_t end_ns)
{
	dapper_status status = dapper_target_wait_halted(job->target, slice_ms(job, end_ns));

	if (status == DAPPER_OK)
		status = serve_halt(job);
	else if (status == DAPPER_ERR_TIMEOUT)
		status = look_at_running(job);
	if (status == DAPPER_OK)
		status = poll_rtt(job);
	console_flush(&job->console);
	return status;
}

static dapper_status watch(struct job *job)
{
	uint64_t end_ns = dapper_probe_get_time_ns(job->probe) + job->timeout_ns;
	dapper_status status = DAPPER_OK;

	while (status == DAPPER_OK && !job->reason) {
		status = run_slice(job, end_ns);
		if (status == DAPPER_OK && !job->reason && job->timeout_ns &&
			dapper_probe_get_time_ns(job->probe) >= end_ns)
			status = end_by_timeout(job);
	}
	return status;
}

/* --- starting -------------------------------------------------------------------------------- */

static bool is_all_in_ram(const struct job *job)
{
	const dapper_memory_map *map = dapper_target_get_memory_map(job->target);

	for (size_t i = 0; i < dapper_image_segment_count(job->image); i++) {
		const dapper_region *region = dapper_memory_map_find(
			map, dapper_image_get_segment(job->image, i)->address);

		if (!region || region->type != DAPPER_REGION_RAM)
			return false;
	}
	return true;
}

static dapper_status program(struct job *job)
{
	dapper_flash_options options = DAPPER_FLASH_OPTIONS_INIT;
	dapper_status status;

	if (args_count(&job->cli->args, "no-flash"))
		return DAPPER_OK;
	status = progress_attach(&job->progress, job->session);
	if (status == DAPPER_OK)
		status = prepare_for_flash(job->session);
	if (status == DAPPER_OK)
		status = dapper_flash_program(job->session, &job->image, 1, &options, NULL);
	progress_finish(&job->progress);
	return status;
}

static uint32_t get_word(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* What a reset would do with the vector table in flash: stack and pc from its first two words. */
static dapper_status start_in_ram(struct job *job)
{
	static const char *const names[] = { "sp", "pc", "xpsr" };
	const dapper_segment *segment = dapper_image_get_segment(job->image, 0);
	uint64_t values[] = { 0, 0, 0x01000000 }; /* xPSR.T */
	uint16_t ids[3];
	uint8_t vtor[4];
	dapper_status status;

	if (!segment || segment->size < 8)
		return DAPPER_OK;
	values[0] = get_word(segment->data);
	values[1] = get_word(segment->data + 4) & ~1u;
	for (size_t i = 0; i < 3; i++) {
		const dapper_register *found = dapper_target_find_register(job->target, names[i]);

		if (!found)
			return DAPPER_OK;
		ids[i] = found->id;
		vtor[i] = (uint8_t)(segment->address >> 8 * i);
	}
	vtor[3] = (uint8_t)(segment->address >> 24);
	status = dapper_target_write_units(job->target, VTOR, 4, vtor, 1);
	if (status == DAPPER_OK)
		status = dapper_target_write_registers(job->target, ids, values, 3);
	return status;
}

static dapper_status make_helpers(struct job *job)
{
	const struct cli *cli = job->cli;
	dapper_semihosting_options options = DAPPER_SEMIHOSTING_OPTIONS_INIT;
	dapper_status status;

	options.folder = args_last(&cli->args, "files");
	options.command_line = args_last(&cli->args, "command-line");
	options.output = take_semihosting;
	options.input = give_input;
	options.payload = job;
	status = dapper_semihosting_new(job->target, &options, &job->semihosting);
	if (status == DAPPER_OK && job->use_rtt)
		status = dapper_rtt_new(job->target, &job->rtt_options, &job->rtt);
	return status;
}

static dapper_status start(struct job *job)
{
	dapper_status status = dapper_target_reset_and_halt(job->target, DAPPER_RESET_DEFAULT);

	if (status == DAPPER_OK)
		status = dapper_target_catch_faults(job->target, true);
	/* A block that was loaded with the program is no old one. */
	if (status == DAPPER_OK && job->rtt && !job->in_ram)
		status = dapper_rtt_wipe(job->rtt);
	if (status == DAPPER_OK && job->in_ram)
		status = start_in_ram(job);
	/* Before the probe's time moves on: nothing may be missed. Most probes have no such port. */
	if (status == DAPPER_OK)
		(void)!dapper_probe_set_serial(job->probe, take_serial, job);
	if (status == DAPPER_OK)
		status = dapper_target_resume(job->target);
	return status;
}

static dapper_status run_program(struct job *job)
{
	dapper_status status;

	job->in_ram = is_all_in_ram(job);
	status = make_helpers(job);
	if (status == DAPPER_OK)
		status = program(job);
	if (status == DAPPER_OK)
		status = start(job);
	if (status == DAPPER_OK)
		status = watch(job);
	return status;
}

/* --- reporting ------------------------------------------------------------------------------- */

static void report(const struct job *job)
{
	const struct cli *cli = job->cli;

	if (cli->json) {
		json_t *event = json_pack("{s:s, s:s, s:i, s:I}", "event", "end", "reason",
			job->reason, "exit_code", job->exit_code, "pc", (json_int_t)job->pc);

		if (event && job->has_fault)
			json_object_set_new(event, "fault", json_fault(&job->fault));
		output_json(cli, event);
		return;
	}
	if (job->has_fault)
		print_fault(stderr, &job->fault);
	else if (strcmp(job->reason, "exit") != 0)
		fprintf(stderr, "dapper: %s at pc 0x%08" PRIx64 "\n",
			strcmp(job->reason, "timeout") == 0 ? "timeout: the program still runs,"
			: strcmp(job->reason, "breakpoint") == 0
				? "the program stopped on a breakpoint instruction"
				: "the core was halted by someone else",
			job->pc);
	else if (!cli->quiet)
		fprintf(stderr, "dapper: the program ended with code %d\n", job->exit_code);
}

static enum exit_code run_session(struct cli *cli, struct job *job)
{
	enum exit_code code;
	dapper_status status;

	job->target = dapper_session_get_target(job->session);
	job->probe = dapper_session_get_probe(job->session);
	progress_init(&job->progress, cli);
	console_init(&job->console, cli);
	status = run_program(job);
	console_finish(&job->console);
	if (status != DAPPER_OK) {
		code = output_error(cli);
	} else {
		/* It has ended: running on from there would be into nothing. */
		(void)!dapper_session_set_option(job->session, "resume_on_disconnect", "false");
		report(job);
		code = (enum exit_code)job->exit_code;
	}
	(void)!dapper_probe_set_serial(job->probe, NULL, NULL);
	dapper_rtt_free(job->rtt);
	dapper_semihosting_free(job->semihosting);
	return disconnect(cli, job->session, code);
}

static enum exit_code run(struct cli *cli)
{
	struct job job = { .cli = cli };
	enum exit_code code = read_command_line(cli, &job);

	if (code == EXIT_OK && connect_session(cli, "halt", &job.session, &code))
		code = run_session(cli, &job);
	dapper_image_free(job.image);
	return code;
}

const struct command command_run = {
	.name = "run",
	.summary = "Program a file, run it, show what it prints, end with its exit code",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.args = args,
	.options = COMMAND_TARGET,
	.details =
		"Shows the semihosting console, RTT channel 0 and, of a virtual board in this "
		"process, the serial\noutput. Ends when the program does: with the code of its "
		"semihosting exit (the low 8 bits; 1 where\nthose are 0 and the code is not), 1 on "
		"a breakpoint instruction, a fault or a lockup, 124 after\n--timeout, 130 on "
		"Ctrl-C. The core is then left halted, but runs on after Ctrl-C.\n"
		"A program that lies in RAM is started from its vector table there.",
	.examples = "  dapper run -t stm32f407vg test.elf --timeout 10\n"
		    "  dapper run -t stm32f407vg -p virtual:stm32f407vg test.elf\n"
		    "  dapper run test.elf --files out --json    # semihosting may write to out/",
	.run = run,
};
