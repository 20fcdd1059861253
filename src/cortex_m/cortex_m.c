/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core object: what it is, by its ID registers; its beginning and its end. Everything that it
 * does is in the other files of this folder.
 */
#include "cortex_m/cortex_m.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/context.h"
#include "cortex_m/core.h"

enum { IMPLEMENTER_ARM = 0x41, IMPLEMENTER_ARM_CHINA = 0x63, ARCHID_V8M = 0x2a04 };

/* CPUID.IMPLEMENTER and PARTNO; from each core's Technical Reference Manual, "CPUID". */
static const struct core_part {
	uint16_t partno;
	uint8_t implementer;
	uint8_t arch; /* enum cortex_m_arch */
	const char *name;
} core_parts[] = {
	{ 0xc20, IMPLEMENTER_ARM, ARCH_V6M, "Cortex-M0" },
	{ 0xc60, IMPLEMENTER_ARM, ARCH_V6M, "Cortex-M0+" },
	{ 0xc21, IMPLEMENTER_ARM, ARCH_V6M, "Cortex-M1" },
	{ 0xc30, IMPLEMENTER_ARM, ARCH_V6M, "SecurCore SC000" },
	{ 0xc23, IMPLEMENTER_ARM, ARCH_V7M, "Cortex-M3" },
	{ 0xc24, IMPLEMENTER_ARM, ARCH_V7M, "Cortex-M4" },
	{ 0xc27, IMPLEMENTER_ARM, ARCH_V7M, "Cortex-M7" },
	{ 0xc33, IMPLEMENTER_ARM, ARCH_V7M, "SecurCore SC300" },
	{ 0xd20, IMPLEMENTER_ARM, ARCH_V8M_BASE, "Cortex-M23" },
	{ 0xd21, IMPLEMENTER_ARM, ARCH_V8M_MAIN, "Cortex-M33" },
	{ 0xd31, IMPLEMENTER_ARM, ARCH_V8M_MAIN, "Cortex-M35P" },
	{ 0xd24, IMPLEMENTER_ARM, ARCH_V8M_MAIN, "Cortex-M52" },
	{ 0xd24, IMPLEMENTER_ARM_CHINA, ARCH_V8M_MAIN, "Cortex-M52" },
	{ 0xd22, IMPLEMENTER_ARM, ARCH_V8M_MAIN, "Cortex-M55" },
	{ 0xd23, IMPLEMENTER_ARM, ARCH_V8M_MAIN, "Cortex-M85" },
	{ 0x132, IMPLEMENTER_ARM_CHINA, ARCH_V8M_MAIN, "STAR-MC1" },
};

/* What is read to know a core. */
struct identity {
	uint32_t cpuid;
	uint32_t dhcsr;
	uint32_t demcr;
	uint32_t pfr1;
	uint32_t isar0;
	uint32_t isar3;
	uint32_t mvfr0;
	uint32_t mvfr1;
	uint32_t mvfr2;
	uint32_t fp_ctrl;
	uint32_t dwt_ctrl;
};

/* --- facts ----------------------------------------------------------------------------------- */

static const char *arch_text(const struct cortex_m *core)
{
	switch (core->arch) {
	case ARCH_V6M:
		return "Armv6-M";
	case ARCH_V7M:
		return core->has_dsp ? "Armv7E-M" : "Armv7-M";
	case ARCH_V8M_BASE:
		return "Armv8-M Baseline";
	case ARCH_V8M_MAIN:
		break;
	}
	return core->is_v8_1 ? "Armv8.1-M Mainline" : "Armv8-M Mainline";
}

/* FPv5 is what Armv7-M calls an FPU with MVFR2.FPMisc; Armv8-M has no older one. */
static const char *fpu_text(const struct cortex_m *core)
{
	bool has_double = FIELD_GET(SCS_MVFR0_DOUBLE, core->mvfr0) != 0;
	bool has_half = core->is_v8_1 && FIELD_GET(SCS_MVFR1_FP16, core->mvfr1) != 0;

	if (FIELD_GET(SCS_MVFR0_SINGLE, core->mvfr0) == 0)
		return "none";
	if (has_half)
		return has_double ? "FPv5, half to double precision"
		                  : "FPv5, half and single precision";
	if (has_double)
		return "FPv5-DP";
	return FIELD_GET(SCS_MVFR2_FPMISC, core->mvfr2) ? "FPv5-SP" : "FPv4-SP";
}

static void describe_breakpoints(const struct fpb *fpb, struct dapper_node_visitor *visitor)
{
	node_put_number(visitor, "breakpoints", fpb->count);
	if (fpb->version)
		node_put_text(visitor, "breakpoint unit", "FPB version %u%s", fpb->version,
			fpb->version == 1 ? ", below 0x20000000" : "");
}

static void describe_core(const struct node *node, struct dapper_node_visitor *visitor)
{
	const struct cortex_m *core = NODE_OBJECT_CONST(struct cortex_m, node);
	unsigned mve = core->is_v8_1 ? FIELD_GET(SCS_MVFR1_MVE, core->mvfr1) : 0;

	node_put_hex(visitor, "CPUID", core->cpuid, 8);
	node_put_text(visitor, "revision", "r%up%u",
		(unsigned)FIELD_GET(SCS_CPUID_VARIANT, core->cpuid),
		(unsigned)FIELD_GET(SCS_CPUID_REVISION, core->cpuid));
	node_put_text(visitor, "architecture", "%s", arch_text(core));
	node_put_text(visitor, "FPU", "%s", fpu_text(core));
	if (mve)
		node_put_text(visitor, "MVE", mve == 1 ? "integer" : "integer and floating point");
	if (core->arch >= ARCH_V8M_BASE)
		node_put_text(visitor, "Security Extension", core->has_security ? "yes" : "no");
	describe_breakpoints(&core->fpb, visitor);
	node_put_number(visitor, "watchpoints", core->dwt.count);
}

/* --- memory: the MEM-AP of the SCS sees what the core sees --------------------------------------
 */

static dapper_status read_memory(
	struct dapper_target *target, uint64_t address, void *data, size_t size)
{
	return mem_ap_read(cortex_m_of(target)->ap, address, data, size);
}

static dapper_status write_memory(
	struct dapper_target *target, uint64_t address, const void *data, size_t size)
{
	return mem_ap_write(cortex_m_of(target)->ap, address, data, size);
}

static dapper_status read_units(struct dapper_target *target, uint64_t address, unsigned unit_size,
	void *data, size_t count)
{
	return mem_ap_read_units(cortex_m_of(target)->ap, address, unit_size, data, count);
}

static dapper_status write_units(struct dapper_target *target, uint64_t address, unsigned unit_size,
	const void *data, size_t count)
{
	return mem_ap_write_units(cortex_m_of(target)->ap, address, unit_size, data, count);
}

/* --- the object ------------------------------------------------------------------------------ */

static void destroy_core(struct node *node)
{
	free(NODE_OBJECT(struct cortex_m, node));
}

static const struct node_class core_class = {
	.kind = "core",
	.describe = describe_core,
	.destroy = destroy_core,
};

static const struct target_ops core_ops = {
	.read_memory = read_memory,
	.write_memory = write_memory,
	.read_units = read_units,
	.write_units = write_units,
	.get_registers = cortex_m_get_registers,
	.read_registers = cortex_m_read_registers,
	.write_registers = cortex_m_write_registers,
	.get_state = cortex_m_get_state,
	.get_halt_reason = cortex_m_get_halt_reason,
	.halt = cortex_m_halt,
	.resume = cortex_m_resume,
	.step = cortex_m_step,
	.step_range = cortex_m_step_range,
	.wait_halted = cortex_m_wait_halted,
	.reset = cortex_m_reset,
	.set_breakpoint = cortex_m_set_breakpoint,
	.clear_breakpoint = cortex_m_clear_breakpoint,
	.set_watchpoint = cortex_m_set_watchpoint,
	.clear_watchpoint = cortex_m_clear_watchpoint,
	.get_watchpoint_hit = cortex_m_get_watchpoint_hit,
	.call = cortex_m_call,
	.call_start = cortex_m_call_start,
	.call_finish = cortex_m_call_finish,
	.call_wait = cortex_m_call_wait,
	.read_areas = cortex_m_read_areas,
	.describe_fault = cortex_m_describe_fault,
	.catch_faults = cortex_m_catch_faults,
};

/* --- identification --------------------------------------------------------------------------- */

struct id_read {
	uint32_t address;
	uint32_t *word;
	bool is_required;
};

static dapper_status read_one(struct cortex_m *core, const struct id_read *read)
{
	dapper_status status = mem_ap_read32(core->ap, read->address, read->word);

	if (status != DAPPER_ERR_FAULT || read->is_required)
		return status;
	/* Not there is an answer too: no such feature. */
	error_clear();
	*read->word = 0;
	return DAPPER_OK;
}

/* All in one batch; where a core answers one of them with a fault, one by one. */
static dapper_status read_ids(struct cortex_m *core, const struct id_read *reads, size_t count)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	for (size_t i = 0; i < count; i++)
		mem_ap_queue_read32(core->ap, &batch, reads[i].address, reads[i].word);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_ERR_FAULT)
		return status;
	error_clear();
	for (size_t i = 0; i < count; i++)
		TRY(read_one(core, &reads[i]));
	return DAPPER_OK;
}

static dapper_status read_identity(struct cortex_m *core, struct identity *id)
{
	const struct id_read reads[] = {
		{ SCS_CPUID, &id->cpuid, true },
		{ SCS_ID_PFR1, &id->pfr1, false },
		{ SCS_ID_ISAR0, &id->isar0, false },
		{ SCS_ID_ISAR3, &id->isar3, false },
		{ SCS_DHCSR, &id->dhcsr, true },
		{ SCS_DEMCR, &id->demcr, true },
		{ SCS_MVFR0, &id->mvfr0, false },
		{ SCS_MVFR1, &id->mvfr1, false },
		{ SCS_MVFR2, &id->mvfr2, false },
		{ FPB_FP_CTRL, &id->fp_ctrl, false },
	};

	return read_ids(core, reads, ARRAY_SIZE(reads));
}

static dapper_status restore_demcr(struct cortex_m *core, uint32_t demcr)
{
	return mem_ap_write32(core->ap, SCS_DEMCR, demcr);
}

/*
 * Halting debug on, without touching C_HALT: where C_DEBUGEN is set already nothing is written, and
 * where it is not the core cannot be halted. And the DWT's number of comparators, for which
 * TRCENA must be set for a moment.
 */
static dapper_status enable_debug(struct cortex_m *core, struct identity *id)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	if (!(id->dhcsr & SCS_DHCSR_C_DEBUGEN))
		control_queue_write(core, &batch, 0);
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, id->demcr | SCS_DEMCR_TRCENA);
	mem_ap_queue_banked_read32(core->ap, &batch, SCS_DHCSR, &id->dhcsr);
	mem_ap_queue_read32(core->ap, &batch, DWT_DWT_CTRL, &id->dwt_ctrl);
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, id->demcr);
	status = dp_run(core->dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_ERR_FAULT)
		return status;
	error_clear();
	id->dwt_ctrl = 0;
	return restore_demcr(core, id->demcr);
}

static const struct core_part *find_part(uint32_t cpuid)
{
	for (size_t i = 0; i < ARRAY_SIZE(core_parts); i++)
		if (core_parts[i].partno == FIELD_GET(SCS_CPUID_PARTNO, cpuid) &&
			core_parts[i].implementer == FIELD_GET(SCS_CPUID_IMPLEMENTER, cpuid))
			return &core_parts[i];
	return NULL;
}

/* Of a core that we do not know: ARCHITECTURE is 0xc without the Main Extension and 0xf with it,
 * and an SCS of Armv8-M says so in its DEVARCH. */
static enum cortex_m_arch guess_arch(const struct component *scs, uint32_t cpuid)
{
	bool is_main = FIELD_GET(SCS_CPUID_ARCHITECTURE, cpuid) == 0xf;

	if (scs->id.archid == ARCHID_V8M)
		return is_main ? ARCH_V8M_MAIN : ARCH_V8M_BASE;
	return is_main ? ARCH_V7M : ARCH_V6M;
}

static void name_core(struct cortex_m *core, const struct core_part *part)
{
	if (part)
		node_init(&core->target.node, &core_class, "%s", part->name);
	else
		node_init(&core->target.node, &core_class, "%s core 0x%08" PRIx32, arch_text(core),
			core->cpuid);
}

static void apply_identity(struct cortex_m *core, const struct identity *id)
{
	const struct core_part *part = find_part(id->cpuid);
	bool is_v8;

	core->cpuid = id->cpuid;
	core->arch = part ? (enum cortex_m_arch)part->arch : guess_arch(core->scs, id->cpuid);
	is_v8 = core->arch == ARCH_V8M_BASE || core->arch == ARCH_V8M_MAIN;
	core->has_security = is_v8 && FIELD_GET(SCS_ID_PFR1_SECURITY, id->pfr1) != 0;
	core->has_dsp = FIELD_GET(SCS_ID_ISAR3_SIMD, id->isar3) == 3;
	core->is_v8_1 =
		core->arch == ARCH_V8M_MAIN && FIELD_GET(SCS_ID_ISAR0_CMPBRANCH, id->isar0) == 3;
	core->mvfr0 = id->mvfr0;
	core->mvfr1 = id->mvfr1;
	core->mvfr2 = id->mvfr2;
	core->dwt.count = FIELD_GET(DWT_DWT_CTRL_NUMCOMP, id->dwt_ctrl);
	core->dwt.is_v8 = is_v8;
	core->kept_control = id->dhcsr & SCS_DHCSR_C_KEPT;
	fpb_init(core, id->fp_ctrl);
	registers_init(core);
	name_core(core, part);
}

static dapper_status identify(struct cortex_m *core)
{
	struct identity id = { .cpuid = 0 };

	TRY(read_identity(core, &id));
	if (id.cpuid == 0 || id.cpuid == UINT32_MAX) {
		dapper_fail(
			DAPPER_ERR_NO_CORE, "no core answers: CPUID reads 0x%08" PRIx32, id.cpuid);
		dapper_fail_hint(DAPPER_ERR_NO_CORE,
			"it is switched off, or the part is protected against debugging");
		return dapper_fail_where(DAPPER_ERR_NO_CORE, "%s", core->ap->ap.node.name);
	}
	TRY(enable_debug(core, &id));
	apply_identity(core, &id);
	if (!(id.dhcsr & SCS_DHCSR_C_DEBUGEN))
		log_warning(core->target.context, DAPPER_LOG_TARGET,
			"core %s: halting debug is disabled, it cannot be halted (DHCSR "
			"0x%08" PRIx32 ")",
			core->target.node.name, id.dhcsr);
	return DAPPER_OK;
}

dapper_status cortex_m_create(dapper_context *context, struct component *scs,
	const struct cortex_m_host *host, struct dapper_target **core)
{
	struct cortex_m *made = xnew(made);
	dapper_status status;

	if (!made)
		return FAIL_NO_MEMORY("a core");
	node_init(&made->target.node, &core_class, "core");
	made->scs = scs;
	made->ap = scs->ap;
	made->dp = scs->ap->ap.dp;
	made->host = *host;
	made->target.ops = &core_ops;
	made->target.context = context;
	made->target.clock = probe_clock(made->dp->probe);
	control_init(made);
	status = identify(made);
	if (status != DAPPER_OK) {
		node_destroy(&made->target.node);
		return status;
	}
	*core = &made->target;
	return DAPPER_OK;
}

/* --- the end --------------------------------------------------------------------------------- */

/* One step of the release: its failure is told, and does not keep the others from being tried. */
static void try_step(struct cortex_m *core, struct batch *batch, const char *what)
{
	if (dp_run(core->dp, batch) != DAPPER_OK) {
		log_warning(core->target.context, DAPPER_LOG_TARGET, "core %s: cannot %s: %s",
			core->target.node.name, what, dapper_error_last()->message);
		error_clear();
	}
	batch_finish(batch);
}

static void release_breakpoints(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;

	fpb_queue_remove_all(core, &batch);
	try_step(core, &batch, "remove the breakpoints");
}

static void release_watchpoints(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;

	dwt_queue_remove_all(core, &batch);
	try_step(core, &batch, "remove the watchpoints");
}

static void release_vector_catch(struct cortex_m *core)
{
	struct batch batch = BATCH_INIT;
	uint32_t demcr;

	core->demcr_known = false;
	if (demcr_read(core, &demcr) != DAPPER_OK) {
		error_clear();
		demcr = 0;
	}
	demcr &= ~SCS_DEMCR_VC_ALL;
	if (core->dwt.set_trcena)
		demcr &= ~SCS_DEMCR_TRCENA;
	mem_ap_queue_banked_write32(core->ap, &batch, SCS_DEMCR, demcr);
	try_step(core, &batch, "switch the vector catch off");
	core->demcr_known = false;
}

static void release_control(struct cortex_m *core, bool keep_halted)
{
	struct batch batch = BATCH_INIT;

	if (core->kept_control && cortex_m_halt(&core->target) != DAPPER_OK)
		error_clear();
	if (!keep_halted) {
		mem_ap_queue_write32(core->ap, &batch, SCS_DFSR, SCS_DFSR_ALL);
		control_queue_write(core, &batch, 0);
		mem_ap_queue_banked_write32(core->ap, &batch, SCS_DHCSR, SCS_DHCSR_DBGKEY_KEY);
	}
	try_step(core, &batch, "leave halting debug");
}

void cortex_m_release(struct dapper_target *target, bool keep_halted)
{
	struct cortex_m *core = cortex_m_of(target);

	release_breakpoints(core);
	release_watchpoints(core);
	release_vector_catch(core);
	release_control(core, keep_halted);
}
