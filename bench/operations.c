/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the everyday operations cost on a virtual STM32F407: packets, bytes, round trips waited for,
 * SWCLK cycles, simulated time. All figures are counted, none depends on the machine. One JSON
 * object a line.
 *
 *     operations LINK CLOCK_HZ [PACK]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dapper/dapper.h>

enum { RAM_SIZE = 64 * 1024, IMAGE_SIZE = 256 * 1024, STEPS = 100, MAX_REGISTERS = 128 };

static const uint64_t ram_address = 0x20000000;
static const uint64_t flash_address = 0x08000000;

struct bench {
	const char *link;
	const char *clock_hz;
	const char *pack; /* NULL: our own algorithm */
	dapper_context *context;
	dapper_session *session;
	dapper_target *soc;
	uint8_t *image; /* IMAGE_SIZE bytes */
};

static void check(dapper_status status, const char *what)
{
	const dapper_error *error = dapper_error_last();

	if (status == DAPPER_OK)
		return;
	fprintf(stderr, "%s: %s (%s) %s\n", what, error->message, error->where, error->hint);
	exit(EXIT_FAILURE);
}

/* --- counting -----------------------------------------------------------------------------------
 */

static dapper_probe_counters counters(const struct bench *bench)
{
	dapper_probe_counters now = { 0 };
	const dapper_probe *probe = dapper_session_get_probe(bench->session);

	if (probe)
		dapper_probe_get_counters(probe, &now);
	return now;
}

static void print_row(const struct bench *bench, const char *operation,
	const dapper_probe_counters *from, const dapper_probe_counters *to)
{
	printf("{\"operation\": \"%s\", \"link\": \"%s\", \"clock_hz\": %s, \"packets\": %" PRIu64
	       ", \"bytes\": %" PRIu64 ", \"waits\": %" PRIu64 ", \"swclk\": %" PRIu64
	       ", \"seconds\": %.6f, \"wire_s\": %.6f, \"flash_s\": %.6f}\n",
		operation, bench->link, bench->clock_hz, to->packets_out - from->packets_out,
		to->bytes_out + to->bytes_in - from->bytes_out - from->bytes_in,
		to->waits - from->waits, to->swclk_cycles - from->swclk_cycles,
		(double)(to->simulated_ns - from->simulated_ns) / 1e9,
		(double)(to->wire_ns - from->wire_ns) / 1e9,
		(double)(to->flash_ns - from->flash_ns) / 1e9);
}

static void measure(struct bench *bench, const char *operation, void (*run)(struct bench *bench))
{
	dapper_probe_counters from = counters(bench);
	dapper_probe_counters to;

	run(bench);
	to = counters(bench);
	print_row(bench, operation, &from, &to);
}

/* --- operations
 * ----------------------------------------------------------------------------------- */

static void set(struct bench *bench, const char *name, const char *value)
{
	check(dapper_session_set_option(bench->session, name, value), name);
}

static void read_all_registers(struct bench *bench)
{
	uint16_t ids[MAX_REGISTERS];
	uint64_t values[MAX_REGISTERS];
	size_t count;
	const dapper_register *registers = dapper_target_get_registers(bench->soc, &count);

	for (size_t i = 0; i < count && i < MAX_REGISTERS; i++)
		ids[i] = registers[i].id;
	check(dapper_target_read_registers(bench->soc, ids, values, count), "registers");
}

static void connect_halt_registers(struct bench *bench)
{
	char probe[128];

	snprintf(probe, sizeof(probe), "virtual:stm32f407vg,link=%s", bench->link);
	check(dapper_session_new(bench->context, &bench->session), "session");
	set(bench, "probe", probe);
	set(bench, "frequency", bench->clock_hz);
	set(bench, "target_override", bench->pack ? "STM32F407VG" : "stm32f407vg");
	if (bench->pack)
		set(bench, "pack", bench->pack);
	check(dapper_session_open(bench->session), "open");
	bench->soc = dapper_session_get_target(bench->session);
	read_all_registers(bench);
}

static void write_ram(struct bench *bench)
{
	check(dapper_target_write_memory(bench->soc, ram_address, bench->image, RAM_SIZE), "write");
}

static void read_ram(struct bench *bench)
{
	static uint8_t back[RAM_SIZE];

	check(dapper_target_read_memory(bench->soc, ram_address, back, RAM_SIZE), "read");
	if (memcmp(back, bench->image, RAM_SIZE) != 0) {
		fprintf(stderr, "RAM reads back wrong\n");
		exit(EXIT_FAILURE);
	}
}

static void flash_image(struct bench *bench)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_image *image;

	options.format = DAPPER_IMAGE_BIN;
	options.has_base_address = true;
	options.base_address = flash_address;
	check(dapper_image_parse(
		      bench->context, "bench.bin", bench->image, IMAGE_SIZE, &options, &image),
		"image");
	check(dapper_flash_program(bench->session, &image, 1, NULL, NULL), "flash");
	dapper_image_free(image);
}

/* Steps need code: a loop in RAM (ADDS r0, #1; B .-2). */
static void prepare_steps(struct bench *bench)
{
	static const uint8_t loop[] = { 0x01, 0x30, 0xfd, 0xe7 };
	uint16_t pc = dapper_target_find_register(bench->soc, "pc")->id;
	uint64_t address = ram_address;

	check(dapper_target_write_memory(bench->soc, ram_address, loop, sizeof(loop)), "loop");
	check(dapper_target_write_registers(bench->soc, &pc, &address, 1), "pc");
}

static void steps(struct bench *bench)
{
	uint16_t pc = dapper_target_find_register(bench->soc, "pc")->id;
	uint64_t value;

	for (int i = 0; i < STEPS; i++) {
		check(dapper_target_step(bench->soc), "step");
		check(dapper_target_read_registers(bench->soc, &pc, &value, 1), "pc");
	}
}

/* Looks like firmware for a compressor: neither constant nor noise. Deterministic. */
static void fill_image(uint8_t *image)
{
	uint32_t state = 1;

	for (size_t i = 0; i < IMAGE_SIZE; i++) {
		state = state * 1664525u + 1013904223u;
		image[i] = (uint8_t)(state >> 30 ? state >> 24 : i >> 3);
	}
}

int main(int argc, char **argv)
{
	static uint8_t image[IMAGE_SIZE];
	struct bench bench = { .image = image };

	if (argc < 3) {
		fprintf(stderr, "usage: %s LINK CLOCK_HZ [PACK]\n", argv[0]);
		return 2;
	}
	bench.link = argv[1];
	bench.clock_hz = argv[2];
	bench.pack = argc > 3 ? argv[3] : NULL;
	fill_image(image);
	check(dapper_context_new(&bench.context), "context");
	measure(&bench, "connect + halt + all registers", connect_halt_registers);
	measure(&bench, "write 64 KB RAM", write_ram);
	measure(&bench, "read 64 KB RAM", read_ram);
	measure(&bench, "flash 256 KB (blank part)", flash_image);
	memset(image, 0x5a, IMAGE_SIZE / 2);
	measure(&bench, "flash 256 KB, half changed", flash_image);
	image[0x21000] ^= 0x55;
	measure(&bench, "flash 256 KB, one page changed", flash_image);
	measure(&bench, "flash 256 KB, nothing changed", flash_image);
	prepare_steps(&bench);
	measure(&bench, "100 steps with pc", steps);
	dapper_session_free(bench.session);
	dapper_context_unref(bench.context);
	return EXIT_SUCCESS;
}
