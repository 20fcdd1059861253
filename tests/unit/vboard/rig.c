/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vboard/board/state.h"

#define DHCSR 0xe000edf0u
#define DCRSR 0xe000edf4u
#define DCRDR 0xe000edf8u

static void keep_output(void *payload, const void *bytes, size_t size)
{
	struct rig *rig = payload;

	for (size_t i = 0; i < size && rig->output_size + 1 < sizeof(rig->output); i++)
		rig->output[rig->output_size++] = ((const char *)bytes)[i];
	rig->output[rig->output_size] = '\0';
}

const struct vboard_type *rig_type(const char *name)
{
	for (size_t i = 0; vboard_types[i]; i++)
		if (strcmp(vboard_types[i]->info.name, name) == 0)
			return vboard_types[i];
	fail_msg("no board '%s'", name);
	return vboard_types[0]; /* not reached; the compiler does not know */
}

dapper_status rig_try_open(struct rig *rig, const char *board, const char *settings)
{
	struct vboard_setting pairs[8];
	char text[512];
	size_t count = 0;
	dapper_status status;

	memset(rig, 0, sizeof(*rig));
	snprintf(text, sizeof(text), "%s", settings);
	for (char *key = strtok(text, ","); key; key = strtok(NULL, ",")) {
		char *value = key + strcspn(key, "=");

		*value = '\0';
		pairs[count++] = (struct vboard_setting){ key, value + 1 };
	}
	status = rig_type(board)->create(NULL, pairs, count, &rig->target);
	if (status != DAPPER_OK)
		return status;
	rig->board = rig->target.data;
	rig->target.set_output(rig->target.data, keep_output, rig);
	return DAPPER_OK;
}

void rig_open(struct rig *rig, const char *board, const char *settings)
{
	assert_ok(rig_try_open(rig, board, settings));
}

void rig_close(struct rig *rig)
{
	rig->target.destroy(rig->target.data);
}

/* The core's own clock may be ahead after an access that stalled: catch up. */
static void catch_up(struct rig *rig)
{
	rig->board->in_core = true;
	rig->now_ns = board_now_ns(rig->board);
	rig->board->in_core = false;
	rig->target.advance(rig->target.data, rig->now_ns);
}

bool rig_read(struct rig *rig, uint32_t address, unsigned size, uint32_t *value)
{
	const struct vbus *bus = &rig->target.aps[0].bus;
	bool done;

	if (!rig->as_core) {
		done = bus->read(bus->data, address, size, VBUS_PRIVILEGED, value);
		rig->now_ns = rig->target.now_ns(rig->target.data);
		return done;
	}
	rig->board->in_core = true;
	done = bus_core_read(&rig->board->cores[0], address, size, CPU_A_PRIV, value);
	rig->board->in_core = false;
	catch_up(rig);
	return done;
}

bool rig_write(struct rig *rig, uint32_t address, unsigned size, uint32_t value)
{
	const struct vbus *bus = &rig->target.aps[0].bus;
	bool done;

	if (!rig->as_core) {
		done = bus->write(bus->data, address, size, VBUS_PRIVILEGED, value);
		rig->now_ns = rig->target.now_ns(rig->target.data);
		return done;
	}
	rig->board->in_core = true;
	done = bus_core_write(&rig->board->cores[0], address, size, CPU_A_PRIV, value);
	rig->board->in_core = false;
	catch_up(rig);
	return done;
}

uint32_t rig_read32(struct rig *rig, uint32_t address)
{
	uint32_t value = 0;

	if (!rig_read(rig, address, 4, &value))
		fail_msg("bus error at 0x%08x", address);
	return value;
}

void rig_write32(struct rig *rig, uint32_t address, uint32_t value)
{
	if (!rig_write(rig, address, 4, value))
		fail_msg("bus error at 0x%08x", address);
}

void rig_wait(struct rig *rig, uint64_t ns)
{
	rig->now_ns += ns;
	rig->target.advance(rig->target.data, rig->now_ns);
}

/* DHCSR: DBGKEY, C_HALT, C_DEBUGEN. */
void rig_halt(struct rig *rig)
{
	rig_write32(rig, DHCSR, 0xa05f0003);
	rig_wait(rig, 10 * NS_PER_US);
	assert_true(rig_read32(rig, DHCSR) & BIT(17));
}

void rig_write_register(struct rig *rig, unsigned regsel, uint32_t value)
{
	rig_write32(rig, DCRDR, value);
	rig_write32(rig, DCRSR, BIT(16) | regsel);
}

uint32_t rig_read_register(struct rig *rig, unsigned regsel)
{
	rig_write32(rig, DCRSR, regsel);
	return rig_read32(rig, DCRDR);
}

void rig_run_from(struct rig *rig, uint32_t pc, uint32_t sp)
{
	rig_write_register(rig, CPU_REG_PC, pc);
	rig_write_register(rig, CPU_REG_SP, sp);
	rig_write_register(rig, CPU_REG_XPSR, 0x01000000);
	rig_write32(rig, DHCSR, 0xa05f0001);
}

const char *rig_temporary_path(void)
{
	static char path[256];
	static unsigned number;
	const char *folder = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/dapper-test-%ld-%u.bin", folder ? folder : "/tmp",
		(long)getpid(), number++);
	return path;
}
