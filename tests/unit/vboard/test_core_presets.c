/* SPDX-License-Identifier: Apache-2.0 */
/* The components that a board gets by naming its core's type: what a walk of the ROM tables finds. */
#include "unit/vboard/rig.h"

#include <stdio.h>

#include "vboard/board/description.h"
#include "vboard/board/state.h"
#include "vboard/coresight/ids.h"

struct preset_row {
	const char *what; /* the type */
	const char *found;
};

/* PIDR and, of class 9, DEVTYPE and DEVARCH.ARCHID, at each base, in the order of the tables. */
static const struct preset_row preset_rows[] = {
	{ "cortex-m0", "e00ff000:04000bb471 e000e000:04000bb008 e0001000:04000bb00a "
		       "e0002000:04000bb00b " },
	{ "cortex-m0plus", "e00ff000:04000bb4c0 e000e000:04000bb008 e0001000:04000bb00a "
			   "e0002000:04000bb00b " },
	{ "cortex-m3", "e00ff000:04000bb4c3 e000e000:04000bb000 e0001000:04001bb002 "
		       "e0002000:04000bb003 e0000000:04001bb001 e0040000:04001bb923/11/0 " },
	{ "cortex-m4", "e00ff000:04000bb4c4 e000e000:04000bb00c e0001000:04003bb002 "
		       "e0002000:04002bb003 e0000000:04003bb001 e0040000:04000bb9a1/11/0 "
		       "e0041000:04000bb925/13/0 " },
	{ "cortex-m7", "e00fe000:04000bb4c8 e00ff000:04000bb4c7 e000e000:04000bb00c "
		       "e0001000:04000bb002 e0002000:04000bb00e e0000000:04000bb001 "
		       "e0041000:04001bb975/13/4a13 e0042000:04004bb906/14/0 "
		       "e0040000:04000bb9a9/11/0 " },
	{ "cortex-m23", "e00ff000:04000bb4cb e000e000:04000bbd20/0/2a04 "
			"e0001000:04000bbd20/0/1a02 e0002000:04000bbd20/0/1a03 "
			"e0042000:04000bbd20/14/1a14 " },
	{ "cortex-m33", "e00ff000:04000bb4c9 e000e000:04000bbd21/0/2a04 "
			"e0001000:04000bbd21/0/1a02 e0002000:04000bbd21/0/1a03 "
			"e0000000:04000bbd21/43/1a01 e0040000:04000bbd21/11/0 "
			"e0041000:04000bbd21/13/4a13 e0042000:04000bbd21/14/1a14 " },
	{ "cortex-m55", "e00ff000:04000bb4d2 e000e000:04001bbd22/0/2a04 "
			"e0001000:04001bbd22/0/1a02 e0002000:04001bbd22/0/1a03 "
			"e0003000:04001bbd22/16/a06 e0000000:04001bbd22/43/1a01 "
			"e0040000:04001bbd22/11/0 e0041000:04001bbd22/13/4a13 "
			"e0042000:04001bbd22/14/1a14 " },
};

static void open_preset(struct rig *rig, const char *type)
{
	struct description *description;
	char text[400];

	snprintf(text, sizeof(text),
		"board: tiny\npart: Tiny\ndescription: a small one\n"
		"debug-port: { dpidr: 0x0bb11477 }\nclocks: { core: 48 MHz }\n"
		"cores: [{ name: core, type: %s, irqs: 8, priority-bits: 2 }]\n"
		"memories: [{ name: RAM, kind: ram, base: 0x20000000, size: 4 KB }]\n",
		type);
	memset(rig, 0, sizeof(*rig));
	assert_ok(description_parse("t", text, strlen(text), &description));
	assert_ok(description_make_target(NULL, description, NULL, 0, &rig->target));
	rig->board = rig->target.data;
}

static uint64_t read_bytes(struct rig *rig, uint32_t address, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value |= (uint64_t)(rig_read32(rig, address + 4 * i) & 0xff) << 8 * i;
	return value;
}

static void walk(struct rig *rig, uint32_t base, char **text, size_t *room, unsigned depth)
{
	const uint64_t pidr = read_bytes(rig, base + 0xfe0, 4) | read_bytes(rig, base + 0xfd0, 4)
	                                                                 << 32;
	const uint32_t cidr = (uint32_t)read_bytes(rig, base + 0xff0, 4);
	const uint32_t devarch = rig_read32(rig, base + 0xfbc);
	const bool is_class_9 = (cidr >> 12 & 0xf) == 9;
	char details[20] = "";
	int length;

	if (is_class_9)
		snprintf(details, sizeof(details), "/%x/%x", rig_read32(rig, base + 0xfcc),
			devarch & 0xffff);
	length = snprintf(*text, *room, "%08x:%010llx%s ", base, (unsigned long long)pidr, details);
	assert_true(length > 0 && (size_t)length < *room);
	*text += length;
	*room -= (size_t)length;
	for (uint32_t i = 0; cidr == CIDR_ROM_TABLE && i < 32; i++) {
		const uint32_t entry = rig_read32(rig, base + 4 * i);

		if (!entry)
			break;
		assert_true(depth < 3);
		if (entry & 1)
			walk(rig, base + (entry & ~0xfffu), text, room, depth + 1);
	}
}

static void preset__has_its_components(void **state)
{
	const struct preset_row *row = *state;
	char found[600];
	char *end = found;
	size_t room = sizeof(found);
	struct rig rig;

	open_preset(&rig, row->what);
	walk(&rig, rig.target.aps[0].base & ~0xfffu, &end, &room, 0);
	assert_string_equal(found, row->found);
	rig_close(&rig);
}

int main(void)
{
	return test_run_table("vboard/core_presets", preset__has_its_components, preset_rows,
		sizeof(preset_rows[0]), ARRAY_SIZE(preset_rows));
}
