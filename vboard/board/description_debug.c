/* SPDX-License-Identifier: Apache-2.0 */
/* Of a board's description: cores with their presets, access ports, the debug port and its TAPs. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/description_internal.h"

/* --- cores ----------------------------------------------------------------------------------- */

/* In the order of enum cpu_arch and enum cpu_fpu. */
static const char *const arch_words[] = { "armv6-m", "armv7-m", "armv7e-m", "armv8-m.base",
	"armv8-m.main", NULL };
static const char *const fpu_words[] = { "none", "fpv4-sp", "fpv5-sp", "fpv5-dp", NULL };

#define CORE(key, kind, member, required)                                  \
	{                                                                  \
		key, kind, offsetof(struct core_config, member), required, \
	}
#define CORE_WORD(key, member, list, required)                                                  \
	{                                                                                       \
		key, FIELD_WORD, offsetof(struct core_config, member), required, .words = list, \
	}

static const struct model_field core_fields[] = {
	CORE("name", FIELD_TEXT, name, true),
	CORE_WORD("arch", cpu.arch, arch_words, true),
	CORE_WORD("fpu", cpu.fpu, fpu_words, false),
	CORE("cpuid", FIELD_U32, cpu.cpuid, true),
	CORE("priority-bits", FIELD_U8, cpu.prio_bits, true),
	CORE("irqs", FIELD_U16, cpu.irqs, true),
	CORE("mpu-regions", FIELD_U8, cpu.mpu_regions, false),
	CORE("mpu-ns-regions", FIELD_U8, cpu.mpu_ns_regions, false),
	CORE("spiden", FIELD_BOOL, cpu.spiden, false),
	CORE("sau-regions", FIELD_U8, cpu.sau_regions, false),
	CORE("security", FIELD_BOOL, cpu.security, false),
	CORE("mve", FIELD_BOOL, cpu.mve, false),
	CORE("vtor", FIELD_BOOL, cpu.has_vtor, false),
	CORE("vtor-reset", FIELD_U32, cpu.vtor_reset, false),
	CORE("systick-divide", FIELD_U8, cpu.systick_divide, false),
	CORE("systick-calib", FIELD_U32, cpu.systick_calib, false),
	CORE_WORD("clock", clock, board_clock_words, false),
	CORE("held", FIELD_BOOL, held, false),
	CORE("resets-itself", FIELD_BOOL, resets_itself, false),
	{ NULL },
};

static const char *const core_keys[] = { "type", "components", "access-port", "omit", NULL };

/** What the type of a core says is behind what the board says of it. */
static dapper_status add_preset(struct reader *reader, struct view *core)
{
	struct view preset = { .count = 0 };
	struct ref type;

	if (!view_find(core, "type", &type))
		return DAPPER_OK;
	TRY(sources_add_part(&reader->sources, type, &preset));
	for (size_t i = 0; i < preset.count; i++) {
		const struct yaml_node *map = yaml_find(preset.layers[i].node, "core");

		if (map)
			TRY(view_add(core, (struct ref){ map, preset.layers[i].file }));
	}
	return DAPPER_OK;
}

static dapper_status check_cores(const struct reader *reader, const struct core_config *cores)
{
	const size_t count = reader->made->part.core_count;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(cores[i].name, cores[k].name) == 0)
				return ref_fail(reader->cores->all[i].layers[0],
					"two cores are called '%s'", cores[i].name);
	return DAPPER_OK;
}

dapper_status reader_read_cores(struct reader *reader)
{
	struct board_part *part = &reader->made->part;
	struct core_config *cores;

	TRY(items_gather(&reader->root, "cores", &reader->cores));
	part->core_count = reader->cores->count;
	if (part->core_count == 0 || part->core_count > BOARD_MAX_CORES)
		return ref_fail(reader->root.layers[0], "a board has 1 to %d cores under 'cores'",
			BOARD_MAX_CORES);
	TRY(reader_alloc(reader, part->core_count, sizeof(*cores), &cores));
	for (size_t i = 0; i < part->core_count; i++) {
		struct view *core = &reader->cores->all[i];

		TRY(add_preset(reader, core));
		TRY(reader_fill(reader, core, "a core", core_fields, core_keys, &cores[i]));
	}
	part->cores = cores;
	return check_cores(reader, cores);
}

/* --- access ports ---------------------------------------------------------------------------- */

/* In the order of enum vap_kind; a JTAG-AP is no MEM-AP. */
static const char *const ap_words[] = { "ahb3", "ahb5", "apb2", "apb4", "axi", NULL };

static const struct model_field ap_fields[] = {
	{ "kind", FIELD_WORD, offsetof(struct vap_config, kind), .words = ap_words },
	{ "address", FIELD_U64, offsetof(struct vap_config, address) },
	{ "number", FIELD_U8, offsetof(struct vap_config, apsel) },
	{ "idr", FIELD_U32, offsetof(struct vap_config, idr), true },
	{ "base", FIELD_U32, offsetof(struct vap_config, base), true },
	{ "base-high", FIELD_U32, offsetof(struct vap_config, base_high) },
	{ "cfg", FIELD_U32, offsetof(struct vap_config, cfg) },
	{ "cfg1", FIELD_U32, offsetof(struct vap_config, cfg1) },
	{ "csw-reset", FIELD_U32, offsetof(struct vap_config, csw_reset) },
	{ "packed", FIELD_BOOL, offsetof(struct vap_config, can_pack) },
	{ "unaligned", FIELD_BOOL, offsetof(struct vap_config, can_unaligned) },
	{ "increment-bits", FIELD_U8, offsetof(struct vap_config, increment_bits) },
	{ "address-bits", FIELD_U16, offsetof(struct vap_config, address_bits) },
	{ "data-bits", FIELD_U16, offsetof(struct vap_config, data_bits) },
	{ "big-endian", FIELD_BOOL, offsetof(struct vap_config, big_endian) },
	{ "dars", FIELD_BOOL, offsetof(struct vap_config, has_dars) },
	{ "error-control", FIELD_BOOL, offsetof(struct vap_config, has_error_control) },
	{ "pidr", FIELD_U64, offsetof(struct vap_config, pidr) },
	{ "debug-port", FIELD_U8, offsetof(struct part_ap, dp) },
	{ NULL },
};

_Static_assert(offsetof(struct part_ap, config) == 0, "ap_fields has offsets in both");

static const char *const ap_keys[] = { "name", "core", "omit", NULL };

static dapper_status check_ap(
	const struct board_part *part, const struct part_ap *ap, struct ref at)
{
	const uint8_t bits = ap->config.increment_bits;

	if (bits && (bits < 10 || bits > 32))
		return ref_fail(at, "'increment-bits' is 10 to 32");
	if (ap->config.address_bits > 64 || (ap->config.data_bits & (ap->config.data_bits - 1)) ||
		ap->config.data_bits > 256)
		return ref_fail(at, "'address-bits' is up to 64, 'data-bits' 32, 64, 128 or 256");
	if (ap->dp > part->more_dp_count)
		return ref_fail(at, "there is no debug port number %u", (unsigned)ap->dp);
	for (size_t i = 0; i < part->ap_count; i++)
		if (part->aps[i].dp == ap->dp && part->aps[i].config.apsel == ap->config.apsel &&
			part->aps[i].config.address == ap->config.address)
			return ref_fail(at, "there are two access ports number %u",
				(unsigned)ap->config.apsel);
	return DAPPER_OK;
}

/** @p core counts from 1. */
static dapper_status read_ap(
	struct reader *reader, const struct view *view, struct part_ap *aps, uint8_t core)
{
	struct board_part *part = &reader->made->part;
	struct part_ap *ap = &aps[part->ap_count];
	uint8_t named;

	if (part->ap_count == VTARGET_MAX_APS)
		return ref_fail(
			view->layers[0], "too many access ports (%d at most)", VTARGET_MAX_APS);
	TRY(reader_fill(reader, view, "an access port", ap_fields, ap_keys, ap));
	TRY(check_ap(part, ap, view->layers[0]));
	TRY(reader_core(reader, view, "core", &named));
	core = named ? named : core;
	ap->core = core ? (uint8_t)(core - 1) : 0;
	part->ap_count++;
	return DAPPER_OK;
}

static bool is_omitted(const struct view *view)
{
	struct ref omit;

	return view_find(view, "omit", &omit) && omit.node->kind == YAML_KIND_TEXT &&
	       (strcmp(omit.node->text, "yes") == 0 || strcmp(omit.node->text, "true") == 0);
}

static dapper_status read_core_aps(struct reader *reader, struct part_ap *aps)
{
	for (size_t i = 0; i < reader->cores->count; i++) {
		struct view view;

		TRY(view_below(&reader->cores->all[i], "access-port", &view));
		if (view.count && !is_omitted(&view))
			TRY(read_ap(reader, &view, aps, (uint8_t)(i + 1)));
	}
	return DAPPER_OK;
}

static dapper_status read_other_aps(struct reader *reader, struct part_ap *aps)
{
	struct items *items;
	dapper_status status = DAPPER_OK;

	TRY(items_gather(&reader->root, "access-ports", &items));
	for (size_t i = 0; i < items->count && status == DAPPER_OK; i++)
		status = read_ap(reader, &items->all[i], aps, 0);
	free(items);
	return status;
}

static dapper_status read_aps(struct reader *reader)
{
	struct board_part *part = &reader->made->part;
	struct part_ap *aps;

	TRY(reader_alloc(reader, VTARGET_MAX_APS, sizeof(*aps), &aps));
	part->aps = aps;
	TRY(read_core_aps(reader, aps));
	TRY(read_other_aps(reader, aps));
	return part->ap_count ? DAPPER_OK
	                      : ref_fail(reader->root.layers[0],
					"a board needs an access port, under 'access-ports' or in "
					"a core as 'access-port'");
}

/* --- debug port ------------------------------------------------------------------------------ */

static const struct model_field tap_fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct vtap_config, name), true },
	{ "idcode", FIELD_U32, offsetof(struct vtap_config, idcode), true },
	{ "ir-length", FIELD_U8, offsetof(struct vtap_config, ir_length), true },
	{ "ir-capture", FIELD_U8, offsetof(struct vtap_config, ir_capture), true },
	{ "ir-idcode", FIELD_U8, offsetof(struct vtap_config, ir_idcode), true },
	{ NULL },
};

struct debug_port {
	uint32_t dpidr, target_id, jtag_idcode;
	uint32_t dpidr1, power_up_ns;
	uint64_t rom_address, rom_pidr;
	uint8_t instance, jtag_ir_length, taps_after;
	bool swd, starts_dormant, has_rom, needs_system_power;
	const struct vtap_config *taps;
	size_t tap_count;
};

#define DP(key, kind, member, required)                                   \
	{                                                                 \
		key, kind, offsetof(struct debug_port, member), required, \
	}

static const struct model_field debug_port_fields[] = {
	DP("dpidr", FIELD_U32, dpidr, true),
	DP("target-id", FIELD_U32, target_id, false),
	DP("instance", FIELD_U8, instance, false),
	DP("dpidr1", FIELD_U32, dpidr1, false),
	DP("rom", FIELD_BOOL, has_rom, false),
	DP("rom-address", FIELD_U64, rom_address, false),
	DP("rom-pidr", FIELD_U64, rom_pidr, false),
	DP("power-up-ns", FIELD_U32, power_up_ns, false),
	DP("needs-system-power", FIELD_BOOL, needs_system_power, false),
	DP("swd", FIELD_BOOL, swd, false),
	DP("starts-dormant", FIELD_BOOL, starts_dormant, false),
	DP("jtag-idcode", FIELD_U32, jtag_idcode, false),
	DP("jtag-ir-length", FIELD_U8, jtag_ir_length, false),
	{ "taps", FIELD_LIST, offsetof(struct debug_port, taps), false, tap_fields,
		sizeof(struct vtap_config), offsetof(struct debug_port, tap_count) },
	DP("taps-after", FIELD_U8, taps_after, false),
	{ NULL },
};

#define DPIDR_VERSION BITS(15, 12)

/* IEEE 1149.1, 7.1.1: at least two bits, of which Capture-IR loads 01. */
static dapper_status check_taps(const struct debug_port *port, struct ref at)
{
	if (port->tap_count > VTARGET_MAX_TAPS || port->taps_after > port->tap_count)
		return ref_fail(
			at, "there are at most %d 'taps', 'taps-after' of them", VTARGET_MAX_TAPS);
	for (size_t i = 0; i < port->tap_count; i++) {
		const struct vtap_config *tap = &port->taps[i];

		if (tap->ir_length < 2 || tap->ir_length > 8 || (tap->ir_capture & 3) != 1)
			return ref_fail(at,
				"TAP '%s' needs an 'ir-length' of 2 to 8 and an 'ir-capture' that "
				"ends in binary 01",
				tap->name);
	}
	return DAPPER_OK;
}

static dapper_status check_debug_port(const struct debug_port *port, struct ref at)
{
	const uint32_t version = FIELD_GET(DPIDR_VERSION, port->dpidr);

	if (!port->swd && !port->jtag_idcode)
		return ref_fail(at, "a debug port without SWD needs a 'jtag-idcode'");
	if (port->jtag_ir_length && port->jtag_ir_length != 4 && port->jtag_ir_length != 8)
		return ref_fail(at, "'jtag-ir-length' is 4 or 8");
	if (version < 3 && (port->dpidr1 || port->has_rom))
		return ref_fail(at, "'dpidr1' and 'rom' need a DP of version 3");
	if (port->instance > 15)
		return ref_fail(at, "'instance' is 0 to 15");
	if (version < 2 && (port->starts_dormant || port->target_id || port->instance))
		return ref_fail(at,
			"'starts-dormant', 'target-id' and 'instance' need a DP of version 2; "
			"'dpidr' 0x%08x is version %u",
			port->dpidr, version);
	return check_taps(port, at);
}

static const struct model_field more_dp_fields[] = {
	{ "dpidr", FIELD_U32, offsetof(struct part_dp, dpidr) },
	{ "target-id", FIELD_U32, offsetof(struct part_dp, target_id) },
	{ "jtag-idcode", FIELD_U32, offsetof(struct part_dp, jtag_idcode) },
	{ "instance", FIELD_U8, offsetof(struct part_dp, instance) },
	{ "rescue", FIELD_BOOL, offsetof(struct part_dp, is_rescue) },
	{ NULL },
};

static const char *const more_dp_keys[] = { "name", "omit", NULL };

static dapper_status read_more_dps(struct reader *reader)
{
	struct board_part *part = &reader->made->part;
	struct part_dp *dps;
	struct items *items;
	dapper_status status = DAPPER_OK;

	TRY(items_gather(&reader->root, "more-debug-ports", &items));
	if (items->count >= VTARGET_MAX_DPS)
		status = ref_fail(items->all[0].layers[0], "too many debug ports (%d at most)",
			VTARGET_MAX_DPS);
	if (status == DAPPER_OK)
		status = reader_alloc(reader, VTARGET_MAX_DPS, sizeof(*dps), &dps);
	for (size_t i = 0; status == DAPPER_OK && i < items->count; i++) {
		status = reader_fill(reader, &items->all[i], "a debug port", more_dp_fields,
			more_dp_keys, &dps[i]);
		if (status == DAPPER_OK && dps[i].instance > 15)
			status = ref_fail(items->all[i].layers[0], "'instance' is 0 to 15");
	}
	if (status == DAPPER_OK) {
		part->more_dps = dps;
		part->more_dp_count = items->count;
	}
	free(items);
	return status;
}

dapper_status reader_read_debug(struct reader *reader)
{
	struct board_part *part = &reader->made->part;
	struct debug_port port = { .swd = true };
	struct view view;

	TRY(view_below(&reader->root, "debug-port", &view));
	if (!view.count)
		return ref_fail(reader->root.layers[0], "a board needs the key 'debug-port'");
	TRY(reader_fill(reader, &view, "a debug port", debug_port_fields, NULL, &port));
	TRY(check_debug_port(&port, view.layers[0]));
	part->dpidr = port.dpidr;
	part->target_id = port.target_id;
	part->instance = port.instance;
	part->dpidr1 = port.dpidr1;
	part->dp_has_rom = port.has_rom;
	part->dp_rom_address = port.rom_address;
	part->dp_rom_pidr = port.rom_pidr;
	part->power_up_ns = port.power_up_ns;
	part->needs_system_power = port.needs_system_power;
	part->no_swd = !port.swd;
	part->starts_dormant = port.starts_dormant;
	part->jtag_idcode = port.jtag_idcode;
	part->jtag_ir_length = port.jtag_ir_length;
	part->taps = port.taps;
	part->tap_count = (uint8_t)port.tap_count;
	part->taps_after = port.taps_after;
	TRY(read_more_dps(reader));
	return read_aps(reader);
}
