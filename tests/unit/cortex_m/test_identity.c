/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

/* FPU registers there are: fpscr, s0-s31, d0-d15. */
enum { ALL_FLOATS = 49 };

/*
 * CPUIDs and MVFR0..2 from each core's Technical Reference Manual (M4: DDI 0439, M7: DDI 0489, M33:
 * 100230, M55: 101051); unknown ones are made up.
 */
static const struct row {
	const char *what;
	uint32_t cpuid;
	uint16_t archid;
	uint32_t pfr1;
	uint32_t isar0;
	uint32_t isar3;
	uint32_t mvfr[3];
	const char *name;
	const char *fact;
	size_t floats;
	size_t systems; /* registers of the group "system" */
} rows[] = {
	{ "Cortex-M0", 0x410cc200, 0, 0, 0, 0, { 0 }, "Cortex-M0", "architecture=Armv6-M\n", 0, 4 },
	{ "Cortex-M0+", 0x410cc601, 0, 0, 0, 0, { 0 }, "Cortex-M0+", "=Armv6-M\n", 0, 4 },
	{ "Cortex-M1", 0x411cc210, 0, 0, 0, 0, { 0 }, "Cortex-M1", "=Armv6-M\n", 0, 4 },
	{ "Cortex-M3", 0x412fc231, 0, 0, 0, 0x01111110, { 0 }, "Cortex-M3", "=Armv7-M\n", 0, 6 },
	{ "Cortex-M4", 0x410fc241, 0, 0, 0, 0x01111131, { 0 }, "Cortex-M4", "=Armv7E-M\n", 0, 6 },
	{ "Cortex-M7", 0x411fc272, 0, 0, 0, 0x01111131, { 0 }, "Cortex-M7", "=Armv7E-M\n", 0, 6 },
	{ "Cortex-M23", 0x411cd200, 0x2a04, 0, 0, 0, { 0 }, "Cortex-M23", "=Armv8-M Baseline\n", 0,
		4 },
	{ "Cortex-M23 with security", 0x411cd200, 0x2a04, 0x10, 0, 0, { 0 }, "Cortex-M23",
		"Security Extension=yes\n", 0, 14 },
	{ "Cortex-M33", 0x410fd213, 0x2a04, 0, 0, 0, { 0 }, "Cortex-M33", "=Armv8-M Mainline\n", 0,
		6 },
	{ "Cortex-M33 with security", 0x410fd213, 0x2a04, 0x10, 0, 0, { 0 }, "Cortex-M33",
		"Security Extension=yes\n", 0, 22 },
	{ "Cortex-M35P", 0x410fd311, 0x2a04, 0, 0, 0, { 0 }, "Cortex-M35P", "=Armv8-M Mainline\n",
		0, 6 },
	{ "Cortex-M55", 0x410fd221, 0x2a04, 0, 0x3000, 0, { 0 }, "Cortex-M55",
		"=Armv8.1-M Mainline\n", 0, 6 },
	{ "Cortex-M85", 0x410fd232, 0x2a04, 0, 0x3000, 0, { 0 }, "Cortex-M85",
		"=Armv8.1-M Mainline\n", 0, 6 },
	{ "Cortex-M52", 0x630fd240, 0x2a04, 0, 0x3000, 0, { 0 }, "Cortex-M52",
		"=Armv8.1-M Mainline\n", 0, 6 },
	{ "STAR-MC1", 0x631f1320, 0x2a04, 0, 0, 0, { 0 }, "STAR-MC1", "=Armv8-M Mainline\n", 0, 6 },
	{ "unknown v6-M", 0x990c1230, 0, 0, 0, 0, { 0 }, "Armv6-M core 0x990c1230", "=Armv6-M\n", 0,
		4 },
	{ "unknown v7-M", 0x990f1230, 0, 0, 0, 0, { 0 }, "Armv7-M core 0x990f1230", "=Armv7-M\n", 0,
		6 },
	{ "a known part number of another maker", 0x990fc241, 0, 0, 0, 0, { 0 },
		"Armv7-M core 0x990fc241", "=Armv7-M\n", 0, 6 },
	{ "unknown v8-M Baseline", 0x990c1230, 0x2a04, 0, 0, 0, { 0 },
		"Armv8-M Baseline core 0x990c1230", "=Armv8-M Baseline\n", 0, 4 },
	{ "unknown v8-M Mainline", 0x990f1230, 0x2a04, 0, 0, 0, { 0 },
		"Armv8-M Mainline core 0x990f1230", "=Armv8-M Mainline\n", 0, 6 },
	{ "no FPU", 0x410fc241, 0, 0, 0, 0, { 0 }, "Cortex-M4", "FPU=none\n", 0, 6 },
	{ "FPv4-SP", 0x410fc241, 0, 0, 0, 0, { 0x10110021, 0x11000011, 0 }, "Cortex-M4",
		"FPU=FPv4-SP\n", ALL_FLOATS, 6 },
	{ "FPv5-SP", 0x411fc272, 0, 0, 0, 0, { 0x10110021, 0x11000011, 0x40 }, "Cortex-M7",
		"FPU=FPv5-SP\n", ALL_FLOATS, 6 },
	{ "FPv5-DP", 0x411fc272, 0, 0, 0, 0, { 0x10110221, 0x12000011, 0x40 }, "Cortex-M7",
		"FPU=FPv5-DP\n", ALL_FLOATS, 6 },
	{ "Armv8.1-M without half precision", 0x410fd221, 0x2a04, 0, 0x3000, 0,
		{ 0x10110221, 0x12000011, 0x40 }, "Cortex-M55", "FPU=FPv5-DP\n", ALL_FLOATS, 6 },
	{ "half precision", 0x410fd221, 0x2a04, 0, 0x3000, 0, { 0x10110221, 0x12100011, 0x40 },
		"Cortex-M55", "FPU=FPv5, half to double precision\n", ALL_FLOATS, 6 },
	{ "MVE, integer only", 0x410fd221, 0x2a04, 0, 0x3000, 0, { 0, 0x00000100, 0 }, "Cortex-M55",
		"FPU=none\nMVE=integer\n", ALL_FLOATS, 7 },
	{ "MVE, floating point", 0x410fd221, 0x2a04, 0, 0x3000, 0, { 0x10110221, 0x12100211, 0x40 },
		"Cortex-M55", "MVE=integer and floating point\n", ALL_FLOATS, 7 },
};

static size_t count_group(struct fixture *f, const char *group)
{
	size_t count, found = 0;
	const dapper_register *registers = dapper_target_get_registers(f->core, &count);

	for (size_t i = 0; i < count; i++)
		found += strcmp(registers[i].group, group) == 0;
	return found;
}

static void create__knows_the_core(void **state)
{
	const struct row *row = *state;
	void *fixture;
	struct fixture *f;

	fixture_set_up(&fixture);
	f = fixture;
	f->model.cpuid = row->cpuid;
	f->model.pfr1 = row->pfr1;
	f->model.isar0 = row->isar0;
	f->model.isar3 = row->isar3;
	memcpy(f->model.mvfr, row->mvfr, sizeof(row->mvfr));
	f->scs.id.archid = row->archid;
	fixture_create(f);
	assert_string_equal(dapper_node_get_name(dapper_target_get_node(f->core)), row->name);
	if (!strstr(fixture_facts(f), row->fact))
		assert_string_equal(fixture_facts(f), row->fact);
	assert_int_equal(count_group(f, "general"), 17);
	assert_int_equal(count_group(f, "system"), row->systems);
	assert_int_equal(count_group(f, "float"), row->floats);
	assert_int_equal(fixture_tear_down(&fixture), 0);
}

int main(void)
{
	return test_run_table("cortex_m/identity", create__knows_the_core, rows, sizeof(rows[0]),
		ARRAY_SIZE(rows));
}
