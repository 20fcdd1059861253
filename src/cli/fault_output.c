/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_output.h"

#include <inttypes.h>

static void print_headline(FILE *stream, const dapper_fault *fault)
{
	if (fault->is_locked_up)
		fprintf(stream, "fault: the core is locked up (in %s)\n", fault->exception_name);
	else if (fault->is_fault)
		fprintf(stream, "fault: %s\n", fault->exception_name);
	else
		fprintf(stream, "no fault: the core is in %s\n", fault->exception_name);
}

static void print_causes(FILE *stream, const dapper_fault *fault)
{
	if (!fault->is_fault && fault->cause_count > 0)
		fprintf(stream, "  left in the fault status since the last reset:\n");
	for (size_t i = 0; i < fault->cause_count; i++)
		fprintf(stream, "  %s.%s: %s\n", fault->causes[i].reg, fault->causes[i].name,
			fault->causes[i].text);
	if (fault->is_fault && !(fault->known & DAPPER_FAULT_STATUS))
		fprintf(stream, "  this core has no fault status registers that say why\n");
}

static void print_addresses(FILE *stream, const dapper_fault *fault)
{
	if (fault->known & DAPPER_FAULT_MEMORY_ADDRESS)
		fprintf(stream, "  MMFAR 0x%08" PRIx32 ": the address that was accessed\n",
			fault->mmfar);
	if (fault->known & DAPPER_FAULT_BUS_ADDRESS)
		fprintf(stream, "  BFAR 0x%08" PRIx32 ": the address that was accessed\n",
			fault->bfar);
	if (fault->known & DAPPER_FAULT_SECURE_ADDRESS)
		fprintf(stream, "  SFAR 0x%08" PRIx32 ": the address that was accessed\n",
			fault->sfar);
}

static void print_status(FILE *stream, const dapper_fault *fault)
{
	if (fault->known & DAPPER_FAULT_STATUS)
		fprintf(stream, "  CFSR 0x%08" PRIx32 "  HFSR 0x%08" PRIx32 "  DFSR 0x%08" PRIx32,
			fault->cfsr, fault->hfsr, fault->dfsr);
	if (fault->known & DAPPER_FAULT_SECURE)
		fprintf(stream, "  SFSR 0x%08" PRIx32, fault->sfsr);
	if (fault->known & DAPPER_FAULT_STATUS)
		fputc('\n', stream);
}

static void print_frame(FILE *stream, const dapper_fault *fault)
{
	const dapper_fault_frame *f = &fault->stacked;

	if (!(fault->known & DAPPER_FAULT_FRAME))
		return;
	fprintf(stream, "  stacked at 0x%08" PRIx64 " (%s stack%s)%s:\n", fault->frame_address,
		fault->uses_psp ? "process" : "main",
		fault->has_float_frame ? ", with floating-point registers" : "",
		fault->known & DAPPER_FAULT_FRAME_GUESSED ? ", found by search" : "");
	fprintf(stream,
		"    r0 0x%08" PRIx32 "  r1 0x%08" PRIx32 "  r2   0x%08" PRIx32 "  r3 0x%08" PRIx32
		"\n    r12 0x%08" PRIx32 "  lr 0x%08" PRIx32 "  pc 0x%08" PRIx32
		"  xpsr 0x%08" PRIx32 "\n",
		f->r0, f->r1, f->r2, f->r3, f->r12, f->lr, f->pc, f->xpsr);
}

void print_fault(FILE *stream, const dapper_fault *fault)
{
	print_headline(stream, fault);
	print_causes(stream, fault);
	print_addresses(stream, fault);
	fprintf(stream,
		"  at pc 0x%08" PRIx32 ", called from lr 0x%08" PRIx32 ", sp 0x%08" PRIx32 "\n",
		fault->pc, fault->lr, fault->sp);
	print_status(stream, fault);
	print_frame(stream, fault);
}

static json_t *json_causes(const dapper_fault *fault)
{
	json_t *causes = json_array();

	for (size_t i = 0; i < fault->cause_count; i++)
		json_array_append_new(causes,
			json_pack("{s:s, s:s, s:s}", "register", fault->causes[i].reg, "bit",
				fault->causes[i].name, "text", fault->causes[i].text));
	return causes;
}

static void add_number(json_t *object, const char *name, bool is_known, uint64_t value)
{
	if (is_known)
		json_object_set_new(object, name, json_integer((json_int_t)value));
}

static json_t *json_frame(const dapper_fault *fault)
{
	const dapper_fault_frame *f = &fault->stacked;

	return json_pack("{s:I, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "address",
		(json_int_t)fault->frame_address, "stack", fault->uses_psp ? "psp" : "msp",
		"floating_point", (int)fault->has_float_frame, "guessed",
		(fault->known & DAPPER_FAULT_FRAME_GUESSED) != 0, "r0", (json_int_t)f->r0, "r1",
		(json_int_t)f->r1, "r2", (json_int_t)f->r2, "r3", (json_int_t)f->r3, "r12",
		(json_int_t)f->r12, "lr", (json_int_t)f->lr, "pc", (json_int_t)f->pc, "xpsr",
		(json_int_t)f->xpsr);
}

json_t *json_fault(const dapper_fault *fault)
{
	bool has_status = fault->known & DAPPER_FAULT_STATUS;
	bool is_secure = fault->known & DAPPER_FAULT_SECURE;
	json_t *object = json_pack("{s:b, s:b, s:i, s:s, s:o, s:I, s:I, s:I}", "is_fault",
		(int)fault->is_fault, "locked_up", (int)fault->is_locked_up, "exception",
		(int)fault->exception, "exception_name", fault->exception_name, "causes",
		json_causes(fault), "pc", (json_int_t)fault->pc, "lr", (json_int_t)fault->lr, "sp",
		(json_int_t)fault->sp);

	if (!object)
		return NULL;
	add_number(object, "cfsr", has_status, fault->cfsr);
	add_number(object, "hfsr", has_status, fault->hfsr);
	add_number(object, "dfsr", has_status, fault->dfsr);
	add_number(object, "sfsr", is_secure, fault->sfsr);
	add_number(object, "mmfar", fault->known & DAPPER_FAULT_MEMORY_ADDRESS, fault->mmfar);
	add_number(object, "bfar", fault->known & DAPPER_FAULT_BUS_ADDRESS, fault->bfar);
	add_number(object, "sfar", fault->known & DAPPER_FAULT_SECURE_ADDRESS, fault->sfar);
	add_number(object, "exc_return", fault->exc_return != 0, fault->exc_return);
	if (fault->known & DAPPER_FAULT_FRAME)
		json_object_set_new(object, "frame", json_frame(fault));
	return object;
}
