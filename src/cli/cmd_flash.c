/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connect.h"
#include "output.h"

enum { MAX_FILES = 64 };

static const struct arg args[] = {
	{ 'a', "base-address", "ADDR", "Where a raw binary goes (one file only)", NULL },
	{ .name = "format",
		.value = "FORMAT",
		.help = "What the files are; found from their contents by default",
		.choices = "auto|elf|hex|srec|bin" },
	{ 'e', "erase", "MODE", "What to erase; default auto: sectors that change",
		"auto|sector|chip|none" },
	{ .name = "no-verify", .help = "Do not compare afterwards" },
	{ .name = "no-reset", .help = "Leave the core halted instead of resetting it" },
	{ .name = NULL },
};

struct choice {
	const char *text;
	int value;
};

static const struct choice formats[] = {
	{ "auto", DAPPER_IMAGE_AUTO },
	{ "elf", DAPPER_IMAGE_ELF },
	{ "hex", DAPPER_IMAGE_IHEX },
	{ "srec", DAPPER_IMAGE_SREC },
	{ "bin", DAPPER_IMAGE_BIN },
	{ NULL, 0 },
};

static const struct choice erase_modes[] = {
	{ "auto", DAPPER_ERASE_AUTO },
	{ "sector", DAPPER_ERASE_SECTOR },
	{ "chip", DAPPER_ERASE_CHIP },
	{ "none", DAPPER_ERASE_NONE },
	{ NULL, 0 },
};

static bool choose(const struct choice *choices, const char *text, int *value)
{
	for (; choices->text; choices++)
		if (!text || strcmp(text, choices->text) == 0) {
			*value = choices->value;
			return true;
		}
	return false;
}

struct job {
	dapper_image_options image_options;
	dapper_flash_options options;
	dapper_image *images[MAX_FILES];
	size_t image_count;
	struct progress progress;
};

static enum exit_code read_command_line(struct cli *cli, struct job *job)
{
	const char *base = args_last(&cli->args, "base-address");
	int value;

	job->image_options = (dapper_image_options)DAPPER_IMAGE_OPTIONS_INIT;
	job->options = (dapper_flash_options)DAPPER_FLASH_OPTIONS_INIT;
	if (!choose(formats, args_last(&cli->args, "format"), &value))
		return output_usage(cli, "--format takes auto, elf, hex, srec or bin");
	job->image_options.format = (dapper_image_format)value;
	if (base && cli->args.operand_count > 1)
		return output_usage(cli, "--base-address is for one file only");
	if (base && !parse_number(base, &job->image_options.base_address))
		return output_usage(cli, "'%s' is no address", base);
	job->image_options.has_base_address = base != NULL;
	job->options.skip_verify = args_count(&cli->args, "no-verify") > 0;
	progress_init(&job->progress, cli);
	return EXIT_OK;
}

/* --erase, or else what the session's options say (chip_erase). */
static enum exit_code choose_erase(struct cli *cli, dapper_session *session, struct job *job)
{
	const char *text = args_last(&cli->args, "erase");
	int value;

	if (!text)
		text = dapper_session_get_option(session, "chip_erase");
	if (!choose(erase_modes, text, &value))
		return output_usage(cli, "--erase takes auto, sector, chip or none");
	job->options.erase = (dapper_erase_mode)value;
	return EXIT_OK;
}

/* Before the target is touched: a wrong file should not cost a connection. */
static enum exit_code load_images(struct cli *cli, struct job *job)
{
	for (size_t i = 0; i < cli->args.operand_count; i++) {
		if (dapper_image_load(cli->context, cli->args.operands[i], &job->image_options,
			    &job->images[i]) != DAPPER_OK)
			return output_error(cli);
		job->image_count++;
	}
	return EXIT_OK;
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

static void print_summary(const dapper_flash_result *r)
{
	char rate[32];
	uint64_t total = r->compare_ns + r->erase_ns + r->program_ns + r->verify_ns;

	format_rate(rate, sizeof(rate), r->programmed_bytes, r->erase_ns + r->program_ns);
	printf("erased %zu sector%s (%" PRIu64 " bytes), programmed %" PRIu64
	       " bytes at %s, skipped %" PRIu64 ", verified %" PRIu64 "\n",
		r->erased_sectors, r->erased_sectors == 1 ? "" : "s", r->erased_bytes,
		r->programmed_bytes, rate, r->skipped_bytes, r->verified_bytes);
	printf("%.3f s: compare %.3f, erase %.3f, program %.3f, verify %.3f\n", seconds(total),
		seconds(r->compare_ns), seconds(r->erase_ns), seconds(r->program_ns),
		seconds(r->verify_ns));
}

static json_t *json_result(const dapper_flash_result *r, const dapper_probe *probe)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"event", "done", "result", "ok", "image_bytes", (json_int_t)r->image_bytes,
		"erased_bytes", (json_int_t)r->erased_bytes, "erased_sectors",
		(json_int_t)r->erased_sectors, "programmed_bytes", (json_int_t)r->programmed_bytes,
		"skipped_bytes", (json_int_t)r->skipped_bytes, "verified_bytes",
		(json_int_t)r->verified_bytes, "compare_ns", (json_int_t)r->compare_ns, "erase_ns",
		(json_int_t)r->erase_ns, "program_ns", (json_int_t)r->program_ns, "verify_ns",
		(json_int_t)r->verify_ns, "counters", json_counters(probe));
}

static dapper_status reset_target(struct cli *cli, dapper_session *session)
{
	dapper_reset_type type;

	/* "off" is no type of reset. */
	if (args_count(&cli->args, "no-reset") ||
		!parse_reset_type(dapper_session_get_option(session, "load.post_reset"), &type))
		return dapper_session_set_option(session, "resume_on_disconnect", "false");
	return dapper_target_reset(dapper_session_get_target(session), type);
}

static enum exit_code program(struct cli *cli, dapper_session *session, struct job *job)
{
	dapper_flash_result result = { 0 };
	enum exit_code code = choose_erase(cli, session, job);
	dapper_status status;

	if (code != EXIT_OK)
		return code;
	status = progress_attach(&job->progress, session);
	if (status == DAPPER_OK)
		status = prepare_for_flash(session);
	if (status == DAPPER_OK)
		status = dapper_flash_program(
			session, job->images, job->image_count, &job->options, &result);
	progress_finish(&job->progress);
	if (status == DAPPER_OK)
		status = reset_target(cli, session);
	if (status != DAPPER_OK)
		return output_error(cli);
	if (cli->json)
		return output_json(cli, json_result(&result, dapper_session_get_probe(session)));
	if (!cli->quiet)
		print_summary(&result);
	return EXIT_OK;
}

static enum exit_code run(struct cli *cli)
{
	struct job job = { .image_count = 0 };
	enum exit_code code = read_command_line(cli, &job);
	dapper_session *session;

	if (code == EXIT_OK)
		code = load_images(cli, &job);
	if (code == EXIT_OK && connect_session(cli, "halt", &session, &code))
		code = disconnect(cli, session, program(cli, session, &job));
	for (size_t i = 0; i < job.image_count; i++)
		dapper_image_free(job.images[i]);
	return code;
}

const struct command command_flash = {
	.name = "flash",
	.summary = "Program files into flash and RAM: compare, erase as needed, program, verify, "
		   "reset",
	.operands = "FILE...",
	.min_operands = 1,
	.max_operands = MAX_FILES,
	.args = args,
	.options = COMMAND_TARGET,
	.details =
		"ELF, Intel HEX, S-record and raw binaries are told apart by their contents. "
		"Sectors whose\ncontents are right already are left alone; what a touched sector "
		"holds beside the image is kept.",
	.examples =
		"  dapper flash -t STM32F407VG --pack Keil.STM32F4xx_DFP.2.17.0.pack firmware.elf\n"
		"  dapper flash -t stm32f407vg -p virtual:stm32f407vg,flash=board.bin "
		"firmware.elf\n"
		"  dapper flash -t stm32f407vg --base-address 0x08000000 firmware.bin",
	.run = run,
};
