/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of qXfer: target description (appendix G), memory map (E.16), thread list (E.17). */
#include "gdb.h"

#include <string.h>

/* --- the target description -------------------------------------------------------------------- */

/* By what the core says of itself. GDB has no name for Armv7-M without DSP. */
static const struct {
	const char *fact;
	const char *name;
} architectures[] = {
	{ "Armv6-M", "armv6s-m" },
	{ "Armv7-M", "armv7e-m" },
	{ "Armv7E-M", "armv7e-m" },
	{ "Armv8-M Baseline", "armv8-m.base" },
	{ "Armv8-M Mainline", "armv8-m.main" },
	{ "Armv8.1-M Mainline", "armv8.1-m.main" },
};

static void take_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	const char **name = payload;

	(void)is_number;
	(void)number;
	for (size_t i = 0; strcmp(key, "architecture") == 0 && i < GDB_COUNT(architectures); i++)
		if (strcmp(text, architectures[i].fact) == 0)
			*name = architectures[i].name;
}

static const char *find_architecture(const struct gdb_core *core)
{
	const char *name = "arm";
	dapper_node_visitor visitor = { .fact = take_fact, .payload = &name };

	dapper_node_describe(dapper_target_get_node(core->target), &visitor);
	return name;
}

enum feature { PROFILE, SYSTEM, SECURITY, MVE, FLOAT, FEATURE_COUNT };

static const char *const feature_names[FEATURE_COUNT] = {
	[PROFILE] = "org.gnu.gdb.arm.m-profile",
	[SYSTEM] = "org.gnu.gdb.arm.m-system",
	[SECURITY] = "org.gnu.gdb.arm.secext",
	[MVE] = "org.gnu.gdb.arm.m-profile-mve",
	[FLOAT] = "org.gnu.gdb.arm.vfp",
};

static enum feature feature_of(const dapper_register *reg)
{
	const char *bank = strrchr(reg->name, '_');

	if (strcmp(reg->group, "general") == 0)
		return PROFILE;
	if (strcmp(reg->group, "float") == 0)
		return FLOAT;
	if (strcmp(reg->name, "vpr") == 0)
		return MVE;
	if (bank && (strcmp(bank, "_s") == 0 || strcmp(bank, "_ns") == 0))
		return SECURITY;
	return SYSTEM;
}

static const char *type_of(const dapper_register *reg)
{
	static const struct {
		const char *name;
		const char *type;
	} special[] = {
		{ "sp", "data_ptr" },
		{ "msp", "data_ptr" },
		{ "psp", "data_ptr" },
		{ "pc", "code_ptr" },
		{ "xpsr", "xpsr_fields" },
		{ "control", "control_fields" },
	};

	for (size_t i = 0; i < GDB_COUNT(special); i++)
		if (strcmp(reg->name, special[i].name) == 0)
			return special[i].type;
	if (reg->bits == 64)
		return "ieee_double";
	return reg->bits == 8 ? "uint8" : "uint32";
}

/* The parts of registers, which GDB shows by name: DDI 0403E.e, B1.4.2 and B1.4.4. */
static const char profile_types[] =
	"<flags id=\"xpsr_fields\" size=\"4\">"
	"<field name=\"EXC\" start=\"0\" end=\"8\" type=\"uint32\"/>"
	"<field name=\"T\" start=\"24\" end=\"24\"/><field name=\"Q\" start=\"27\" end=\"27\"/>"
	"<field name=\"V\" start=\"28\" end=\"28\"/><field name=\"C\" start=\"29\" end=\"29\"/>"
	"<field name=\"Z\" start=\"30\" end=\"30\"/><field name=\"N\" start=\"31\" end=\"31\"/>"
	"</flags>\n";
static const char system_types[] = "<flags id=\"control_fields\" size=\"1\">"
				   "<field name=\"nPRIV\" start=\"0\" end=\"0\"/>"
				   "<field name=\"SPSEL\" start=\"1\" end=\"1\"/>"
				   "<field name=\"FPCA\" start=\"2\" end=\"2\"/>"
				   "<field name=\"SFPA\" start=\"3\" end=\"3\"/></flags>\n";

static void put_register(struct text *xml, const dapper_register *reg)
{
	text_put_format(xml,
		"<reg name=\"%s\" bitsize=\"%u\" regnum=\"%u\" type=\"%s\" group=\"%s\"/>\n",
		reg->name, reg->bits, reg->id, type_of(reg), reg->group);
}

static void put_feature(struct text *xml, const struct gdb_core *core, enum feature feature)
{
	bool is_open = false;

	for (size_t i = 0; i < core->register_count; i++) {
		const dapper_register *reg = &core->registers[i];

		if (feature_of(reg) != feature || !gdb_is_shown(reg))
			continue;
		if (!is_open) {
			text_put_format(xml, "<feature name=\"%s\">\n", feature_names[feature]);
			if (feature == PROFILE)
				text_put_string(xml, profile_types);
			if (feature == SYSTEM)
				text_put_string(xml, system_types);
		}
		is_open = true;
		put_register(xml, reg);
	}
	if (is_open)
		text_put_string(xml, "</feature>\n");
}

void gdb_put_target_xml(struct gdb *gdb, struct text *xml)
{
	const struct gdb_core *core = gdb_selected(gdb);

	text_put_string(xml, "<?xml version=\"1.0\"?>\n"
			     "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n");
	text_put_format(xml, "<architecture>%s</architecture>\n", find_architecture(core));
	for (enum feature feature = 0; feature < FEATURE_COUNT; feature++)
		put_feature(xml, core, feature);
	text_put_string(xml, "</target>\n");
}

/* --- the memory map ---------------------------------------------------------------------------- */

static void put_memory(struct text *xml, const char *type, uint64_t start, uint64_t end)
{
	if (start < end)
		text_put_format(xml, "<memory type=\"%s\" start=\"0x%llx\" length=\"0x%llx\"/>\n",
			type, (unsigned long long)start, (unsigned long long)(end - start));
}

static void put_flash(struct text *xml, const dapper_region *region)
{
	for (size_t i = 0; i < region->sector_run_count; i++) {
		const dapper_sector_run *run = &region->sectors[i];
		bool is_last = i + 1 == region->sector_run_count;
		uint64_t end = is_last ? region->address + region->size : run[1].address;

		text_put_format(xml,
			"<memory type=\"flash\" start=\"0x%llx\" length=\"0x%llx\">"
			"<property name=\"blocksize\">0x%llx</property></memory>\n",
			(unsigned long long)run->address, (unsigned long long)(end - run->address),
			(unsigned long long)run->sector_size);
	}
}

static void put_region(struct text *xml, const dapper_region *region)
{
	bool is_flash = region->type == DAPPER_REGION_FLASH;

	if (is_flash && region->sector_run_count > 0)
		put_flash(xml, region);
	else
		put_memory(xml, is_flash || region->type == DAPPER_REGION_ROM ? "rom" : "ram",
			region->address, region->address + region->size);
}

/* What no region covers is RAM to GDB, or it would refuse to look at it: peripherals, mostly. */
void gdb_put_memory_map(struct gdb *gdb, struct text *xml)
{
	const dapper_memory_map *map = dapper_target_get_memory_map(gdb->host.target);
	uint64_t covered = 0;

	text_put_string(xml,
		"<?xml version=\"1.0\"?>\n"
		"<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\""
		" \"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n<memory-map>\n");
	for (size_t i = 0; i < dapper_memory_map_count(map); i++) {
		const dapper_region *region = dapper_memory_map_get(map, i);

		put_memory(xml, "ram", covered, region->address);
		put_region(xml, region);
		covered = region->address + region->size;
	}
	put_memory(xml, "ram", covered, UINT64_C(1) << 32);
	text_put_string(xml, "</memory-map>\n");
}

/* --- threads ----------------------------------------------------------------------------------- */

void gdb_put_threads(struct gdb *gdb, struct text *xml)
{
	text_put_string(xml, "<?xml version=\"1.0\"?>\n<threads>\n");
	for (size_t i = 0; i < gdb->core_count; i++) {
		text_put_format(xml, "<thread id=\"%zx\" core=\"%zu\" name=\"", i + 1, i);
		text_put_xml(
			xml, dapper_node_get_name(dapper_target_get_node(gdb->cores[i].target)));
		text_put_format(
			xml, "\">%s</thread>\n", gdb->cores[i].is_running ? "running" : "halted");
	}
	text_put_string(xml, "</threads>\n");
}
