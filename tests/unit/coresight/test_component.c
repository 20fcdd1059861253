/* SPDX-License-Identifier: Apache-2.0 */
/* What sets of identification registers mean. */
#include "support/adi_fixture.h"
#include "support/model_rom.h"

#include "coresight/component.h"

struct row {
	const char *what;
	unsigned class, designer, part, archid, devtype;
	const char *name, *kind; /* kind NULL: unknown */
};

/* Values: the TRMs that components.def names. */
static const struct row rows[] = {
	{ "M0 SCS", 14, 0x23b, 0x008, 0, 0, "SCS-M0", "scs" },
	{ "M0 BPU", 14, 0x23b, 0x00b, 0, 0, "BPU-M0", "fpb" },
	{ "M0 DWT", 14, 0x23b, 0x00a, 0, 0, "DWT-M0", "dwt" },
	{ "M0+ MTB", 9, 0x23b, 0x932, 0x0a31, 0x31, "MTB-M0+", "mtb" },
	{ "M0+ CTI", 9, 0x23b, 0x9a6, 0x1a14, 0x14, "CTI-M0+", "cti" },
	{ "M3 SCS", 14, 0x23b, 0x000, 0, 0, "SCS-M3", "scs" },
	{ "M3 TPIU", 9, 0x23b, 0x923, 0, 0x11, "TPIU-M3", "tpiu" },
	{ "M3 ETM", 9, 0x23b, 0x924, 0, 0x13, "ETM-M3", "etm" },
	{ "M4 SCS", 14, 0x23b, 0x00c, 0, 0, "SCS-M4/M7", "scs" },
	{ "M4 ITM", 14, 0x23b, 0x001, 0, 0, "ITM", "itm" },
	{ "M4 ETM", 9, 0x23b, 0x925, 0, 0x13, "ETM-M4", "etm" },
	{ "M7 FPB", 14, 0x23b, 0x00e, 0, 0, "FPB-M7", "fpb" },
	{ "M7 ETM", 9, 0x23b, 0x975, 0x4a13, 0x13, "ETM-M7", "etm" },
	{ "M23 SCS", 9, 0x23b, 0xd20, 0x2a04, 0, "SCS-M23", "scs" },
	{ "M33 SCS", 9, 0x23b, 0xd21, 0x2a04, 0, "SCS-M33", "scs" },
	{ "M33 DWT", 9, 0x23b, 0xd21, 0x1a02, 0, "DWT-v8M", "dwt" },
	{ "M33 FPB", 9, 0x23b, 0xd21, 0x1a03, 0, "FPB-v8M", "fpb" },
	{ "M33 ITM", 9, 0x23b, 0xd21, 0x1a01, 0x43, "ITM-v8M", "itm" },
	{ "M33 ETM", 9, 0x23b, 0xd21, 0x4a13, 0x13, "ETMv4", "etm" },
	{ "M33 MTB", 9, 0x23b, 0xd21, 0x0a31, 0x31, "MTB", "mtb" },
	{ "M33 CTI", 9, 0x23b, 0xd21, 0x1a14, 0x14, "CTI", "cti" },
	{ "M33 TPIU", 9, 0x23b, 0xd21, 0, 0x11, "TPIU-M33", "tpiu" },
	{ "M55 SCS", 9, 0x23b, 0xd22, 0x2a04, 0, "SCS-M55", "scs" },
	{ "M55 PMU", 9, 0x23b, 0xd22, 0x0a06, 0x16, "PMU", "pmu" },
	{ "M85 SCS", 9, 0x23b, 0xd23, 0x2a04, 0, "SCS-M85", "scs" },
	{ "STAR-MC1", 9, 0x575, 0x132, 0x2a04, 0, "SCS-STAR-MC1", "scs" },
	{ "v8-M of a maker unknown", 9, 0x7aa, 0x001, 0x2a04, 0, "SCS-v8M", "scs" },
	{ "SoC-400 CTI", 9, 0x23b, 0x906, 0, 0x14, "CTI", "cti" },
	{ "class 1 ROM table", 1, 0x020, 0x413, 0, 0, "ROM table", "rom-table" },
	{ "class 9 ROM table", 9, 0x23b, 0x4cb, 0x0af7, 0, "ROM table", "rom-table" },
	{ "unknown part of a known maker", 9, 0x144, 0x111, 0, 0,
		"part 0x111 of Nordic Semiconductor", NULL },
	{ "unknown part of an unknown maker", 15, 0x7aa, 0x111, 0, 0,
		"part 0x111 of an unknown maker", NULL },
};

/* The AP's BASE names the component itself. */
static void component__is_known_by_its_registers(void **state)
{
	const struct row *row = *state;
	static struct model_rom rom;
	struct model_page *page;
	struct adi_fixture *f;
	struct component *component;
	void *fixture = NULL;

	adi_set_up(&fixture);
	f = fixture;
	model_rom_init(&rom, &f->model);
	page = model_rom_add(&rom, 0xe00ff000, row->class, row->designer, row->part);
	page->words[0xfcc / 4] = row->devtype;
	if (row->archid)
		model_rom_set_arch(page, row->archid, row->devtype);
	adi_connect_ap(f);
	assert_ok(rom_table_discover(f->ap));
	component = NODE_OBJECT(struct component, f->ap->ap.node.first_child);
	assert_string_equal(component->node.name, row->name);
	assert_int_equal(component->id.part, row->part);
	assert_int_equal(component->id.designer, row->designer);
	assert_int_equal(component->id.class, row->class);
	assert_int_equal(component->id.revision, 3);
	assert_string_equal(
		component->type ? component->type->kind : "", row->kind ? row->kind : "");
	adi_tear_down(&fixture);
}

static void jep106__names_makers(void **state)
{
	(void)state;
	assert_string_equal(jep106_name(0x23b), "Arm");
	assert_string_equal(jep106_name(0x020), "STMicroelectronics");
	assert_string_equal(jep106_name(0x493), "Raspberry Pi");
	assert_string_equal(jep106_name(0x144), "Nordic Semiconductor");
	assert_null(jep106_name(0x7ff));
	assert_null(jep106_name(0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(jep106__names_makers) };

	return test_run_all("coresight/component", tests, ARRAY_SIZE(tests),
		component__is_known_by_its_registers, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
