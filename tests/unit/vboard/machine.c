/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/machine.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "dapper/context.h"
#include "dapper/image.h"

#define DHCSR             0xe000edf0u
#define DHCSR_KEY_DEBUGEN 0xa05f0001u

enum {
	SEMIHOSTING = 0xbeab, /* BKPT 0xAB */
	SYS_WRITEC = 0x03,
	SYS_WRITE0 = 0x04,
	SYS_EXIT = 0x18,
	SYS_EXIT_EXTENDED = 0x20,
	READS_TO_TURN = 4,
};

uint8_t *machine_at(struct machine *m, uint32_t address, uint32_t size)
{
	for (unsigned i = 0; i < MACHINE_MEMORIES; i++) {
		const struct machine_memory *memory = &m->config.memories[i];
		const uint32_t offset = address - memory->address;

		if (offset < memory->size && size <= memory->size - offset)
			return m->memory[i] + offset;
	}
	return NULL;
}

uint32_t machine_word(struct machine *m, uint32_t address)
{
	const uint8_t *bytes = machine_at(m, address, 4);

	if (!bytes)
		fail_msg("no memory at 0x%08x", (unsigned)address);
	return bytes ? get_le32(bytes) : 0;
}

uint32_t machine_reg(struct machine *m, unsigned regsel)
{
	uint32_t value = 0;

	assert_true(cpu_reg_get(m->cpu, regsel, &value));
	return value;
}

/* --- peripherals ------------------------------------------------------------------------------ */

/* The slot of a register; the last one is shared by all that find no other. */
static unsigned slot_of(struct machine *m, uint32_t address)
{
	unsigned slot = (address >> 2) * 0x9e3779b1u >> 23;

	for (unsigned i = 0; i < MACHINE_REGISTERS - 1; i++, slot = (slot + 1) % MACHINE_REGISTERS)
		if (!m->registers[slot].address || m->registers[slot].address == address)
			break;
	m->registers[slot].address = address;
	return slot;
}

static bool is_peripheral(const struct machine *m, uint32_t address)
{
	return m->config.quiet_peripherals &&
	       (address >> 29 == 2 || address >> 28 == 0xa || address >> 28 == 0xd ||
		       address >> 20 == 0xf00);
}

static bool on_read(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t *val)
{
	struct machine *m = ctx;
	unsigned slot;

	(void)attr;
	if (m->config.quiet_peripherals && addr >> 20 == 0xe00) { /* DWT, ITM, FPB */
		*val = 0;
		return true;
	}
	if (!is_peripheral(m, addr))
		return false;
	m->peripheral_accesses++;
	slot = slot_of(m, addr & ~3u);
	if (++m->registers[slot].reads % READS_TO_TURN == 0)
		m->registers[slot].value = ~m->registers[slot].value;
	*val = m->registers[slot].value >> (addr % 4 * 8);
	if (size < 4)
		*val &= (1u << (8 * size)) - 1;
	return true;
}

static bool on_write(void *ctx, uint32_t addr, unsigned size, unsigned attr, uint32_t val)
{
	struct machine *m = ctx;
	unsigned slot;

	(void)attr;
	(void)size;
	if (m->config.quiet_peripherals && addr >> 20 == 0xe00)
		return true;
	if (!is_peripheral(m, addr))
		return false;
	m->peripheral_accesses++;
	slot = slot_of(m, addr & ~3u);
	m->registers[slot].value = val << (addr % 4 * 8);
	m->registers[slot].reads = 0;
	return true;
}

static void on_warn(void *ctx, const char *text)
{
	struct machine *m = ctx;

	print_message("core: %s\n", text);
	m->warnings++;
}

/* --- making one ------------------------------------------------------------------------------- */

struct machine *machine_new(const struct machine_config *config)
{
	struct machine *m = calloc(1, sizeof(*m));
	const struct cpu_bus bus = {
		.read = on_read, .write = on_write, .warn = on_warn, .ctx = m
	};

	assert_non_null(m);
	m->config = *config;
	m->cpu = cpu_new(&config->cpu, &bus);
	assert_non_null(m->cpu);
	for (unsigned i = 0; i < MACHINE_MEMORIES && config->memories[i].size; i++) {
		const struct machine_memory *memory = &config->memories[i];

		m->memory[i] = calloc(1, memory->size);
		assert_non_null(m->memory[i]);
		assert_true(cpu_map_ram(
			m->cpu, memory->address, memory->size, m->memory[i], memory->writable));
	}
	return m;
}

void machine_free(struct machine *m)
{
	cpu_free(m->cpu);
	for (unsigned i = 0; i < MACHINE_MEMORIES; i++)
		free(m->memory[i]);
	free(m);
}

void machine_load(struct machine *m, const char *path, uint32_t base)
{
	const size_t length = strlen(path);
	const bool raw = length > 4 && strcmp(path + length - 4, ".bin") == 0;
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context = NULL;
	dapper_image *image = NULL;

	assert_ok(dapper_context_new(&context));
	if (raw) {
		options.format = DAPPER_IMAGE_BIN;
		options.has_base_address = true;
		options.base_address = base;
	}
	assert_ok(dapper_image_load(context, path, &options, &image));
	for (size_t i = 0; i < dapper_image_segment_count(image); i++) {
		const dapper_segment *s = dapper_image_get_segment(image, i);
		uint8_t *to = machine_at(m, (uint32_t)s->address, (uint32_t)s->size);

		if (to)
			memcpy(to, s->data, s->size);
		else
			print_message("no memory for %zu bytes at 0x%08x\n", s->size,
				(unsigned)s->address);
	}
	dapper_image_free(image);
	dapper_context_unref(context);
}

/* Under a debugger, or semihosting would be a fault. */
void machine_reset(struct machine *m)
{
	cpu_reset(m->cpu, false);
	cpu_scs_write(m->cpu, DHCSR, true, DHCSR_KEY_DEBUGEN);
}

/* --- running ---------------------------------------------------------------------------------- */

static void print(struct machine *m, uint32_t address, bool one)
{
	const uint8_t *at;

	while ((at = machine_at(m, address++, 1)) && (one || *at) &&
		m->text_size < MACHINE_TEXT - 1) {
		m->text[m->text_size++] = (char)*at;
		if (one)
			return;
	}
}

/* Calls that are not known fail. */
static void semihost(struct machine *m)
{
	const uint32_t operation = machine_reg(m, 0);
	const uint32_t argument = machine_reg(m, 1);

	switch (operation) {
	case SYS_WRITEC:
	case SYS_WRITE0:
		print(m, argument, operation == SYS_WRITEC);
		break;
	case SYS_EXIT:
	case SYS_EXIT_EXTENDED:
		m->exited = true;
		m->exit_reason = operation == SYS_EXIT ? argument : machine_word(m, argument);
		break;
	default:
		cpu_reg_set(m->cpu, 0, UINT32_MAX);
		break;
	}
}

static bool at_semihosting(struct machine *m)
{
	const uint8_t *code = machine_at(m, machine_reg(m, CPU_REG_PC), 2);

	return code && get_le16(code) == SEMIHOSTING;
}

enum cpu_stop machine_run(struct machine *m, uint64_t insns)
{
	const uint64_t end = cpu_insns(m->cpu) + insns;
	enum cpu_stop stop = CPU_STOP_BUDGET;

	while (!m->exited && cpu_insns(m->cpu) < end) {
		struct cpu_halt halt;

		stop = cpu_run(m->cpu, end - cpu_insns(m->cpu), &halt);
		if (stop != CPU_STOP_HALTED || halt.why != CPU_HALT_BKPT || !at_semihosting(m))
			break;
		semihost(m);
		cpu_reg_set(m->cpu, CPU_REG_PC, machine_reg(m, CPU_REG_PC) + 2);
		cpu_resume(m->cpu);
	}
	return stop;
}
