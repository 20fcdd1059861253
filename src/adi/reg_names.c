/* SPDX-License-Identifier: Apache-2.0 */
#include "adi/reg_names.h"

#include <stdarg.h>
#include <stdio.h>

#include "adi/dp_regs.h"
#include "adi/mem_ap_regs.h"

/* The name and the mask come from one word, so they cannot drift apart. */
#define FIELD(reg, field)                             \
	{                                             \
		.name = #field, .mask = reg##_##field \
	}
#define FIELDS_END      \
	{               \
		NULL, 0 \
	}

static const struct reg_field dpidr_fields[] = {
	FIELD(DP_DPIDR, REVISION),
	FIELD(DP_DPIDR, PARTNO),
	FIELD(DP_DPIDR, MIN),
	FIELD(DP_DPIDR, VERSION),
	FIELD(DP_DPIDR, DESIGNER),
	FIELDS_END,
};

static const struct reg_field abort_fields[] = {
	FIELD(DP_ABORT, ORUNERRCLR),
	FIELD(DP_ABORT, WDERRCLR),
	FIELD(DP_ABORT, STKERRCLR),
	FIELD(DP_ABORT, STKCMPCLR),
	FIELD(DP_ABORT, DAPABORT),
	FIELDS_END,
};

static const struct reg_field ctrl_stat_fields[] = {
	FIELD(DP_CTRL_STAT, CSYSPWRUPACK),
	FIELD(DP_CTRL_STAT, CSYSPWRUPREQ),
	FIELD(DP_CTRL_STAT, CDBGPWRUPACK),
	FIELD(DP_CTRL_STAT, CDBGPWRUPREQ),
	FIELD(DP_CTRL_STAT, CDBGRSTACK),
	FIELD(DP_CTRL_STAT, CDBGRSTREQ),
	FIELD(DP_CTRL_STAT, TRNCNT),
	FIELD(DP_CTRL_STAT, MASKLANE),
	FIELD(DP_CTRL_STAT, WDATAERR),
	FIELD(DP_CTRL_STAT, READOK),
	FIELD(DP_CTRL_STAT, STICKYERR),
	FIELD(DP_CTRL_STAT, STICKYCMP),
	FIELD(DP_CTRL_STAT, TRNMODE),
	FIELD(DP_CTRL_STAT, STICKYORUN),
	FIELD(DP_CTRL_STAT, ORUNDETECT),
	FIELDS_END,
};

static const struct reg_field dlcr_fields[] = {
	FIELD(DP_DLCR, TURNROUND),
	FIELDS_END,
};

static const struct reg_field targetid_fields[] = {
	FIELD(DP_TARGETID, TREVISION),
	FIELD(DP_TARGETID, TPARTNO),
	FIELD(DP_TARGETID, TDESIGNER),
	FIELDS_END,
};

static const struct reg_field dlpidr_fields[] = {
	FIELD(DP_DLPIDR, TINSTANCE),
	FIELD(DP_DLPIDR, PROTVSN),
	FIELDS_END,
};

static const struct reg_field eventstat_fields[] = {
	FIELD(DP_EVENTSTAT, EA),
	FIELDS_END,
};

static const struct reg_field select_fields[] = {
	FIELD(DP_SELECT, APSEL),
	FIELD(DP_SELECT, APBANKSEL),
	FIELD(DP_SELECT, DPBANKSEL),
	FIELDS_END,
};

static const struct reg_field targetsel_fields[] = {
	FIELD(DP_TARGETSEL, TINSTANCE),
	FIELD(DP_TARGETSEL, TPARTNO),
	FIELD(DP_TARGETSEL, TDESIGNER),
	FIELDS_END,
};

static const struct reg_field idr_fields[] = {
	FIELD(AP_IDR, REVISION),
	FIELD(AP_IDR, DESIGNER),
	FIELD(AP_IDR, CLASS),
	FIELD(AP_IDR, VARIANT),
	FIELD(AP_IDR, TYPE),
	FIELDS_END,
};

static const struct reg_field csw_fields[] = {
	FIELD(MEM_AP_CSW, DBGSWENABLE),
	FIELD(MEM_AP_CSW, PROT),
	FIELD(MEM_AP_CSW, SDEVICEEN),
	FIELD(MEM_AP_CSW, TYPE),
	FIELD(MEM_AP_CSW, MODE),
	FIELD(MEM_AP_CSW, TRINPROG),
	FIELD(MEM_AP_CSW, DEVICEEN),
	FIELD(MEM_AP_CSW, ADDRINC),
	FIELD(MEM_AP_CSW, SIZE),
	FIELDS_END,
};

static const struct reg_field cfg_fields[] = {
	FIELD(MEM_AP_CFG, LD),
	FIELD(MEM_AP_CFG, LA),
	FIELD(MEM_AP_CFG, BE),
	FIELDS_END,
};

static const struct reg_field base_fields[] = {
	FIELD(MEM_AP_BASE, BASEADDR),
	FIELD(MEM_AP_BASE, FORMAT),
	FIELD(MEM_AP_BASE, P),
	FIELDS_END,
};

enum { ANY_BANK = 0xff };
enum { FOR_READ = 1, FOR_WRITE = 2, FOR_BOTH = 3 };

static const struct dp_row {
	uint8_t offset;
	uint8_t bank;
	uint8_t direction;
	struct reg reg;
} dp_rows[] = {
	{ DP_DPIDR, ANY_BANK, FOR_READ, { "DPIDR", dpidr_fields } },
	{ DP_ABORT, ANY_BANK, FOR_WRITE, { "ABORT", abort_fields } },
	{ DP_CTRL_STAT, 0, FOR_BOTH, { "CTRL/STAT", ctrl_stat_fields } },
	{ DP_DLCR, DP_DLCR_BANK, FOR_BOTH, { "DLCR", dlcr_fields } },
	{ DP_TARGETID, DP_TARGETID_BANK, FOR_READ, { "TARGETID", targetid_fields } },
	{ DP_DLPIDR, DP_DLPIDR_BANK, FOR_READ, { "DLPIDR", dlpidr_fields } },
	{ DP_EVENTSTAT, DP_EVENTSTAT_BANK, FOR_READ, { "EVENTSTAT", eventstat_fields } },
	{ DP_SELECT, ANY_BANK, FOR_WRITE, { "SELECT", select_fields } },
	{ DP_RESEND, ANY_BANK, FOR_READ, { "RESEND", NULL } },
	{ DP_RDBUFF, ANY_BANK, FOR_READ, { "RDBUFF", NULL } },
	{ DP_TARGETSEL, ANY_BANK, FOR_WRITE, { "TARGETSEL", targetsel_fields } },
};

static const struct reg dp_unknown = { "address 0x4 of a reserved bank", NULL };

static const struct ap_row {
	uint8_t address;
	struct reg reg;
} ap_rows[] = {
	{ MEM_AP_CSW, { "CSW", csw_fields } },
	{ MEM_AP_TAR, { "TAR", NULL } },
	{ MEM_AP_TAR_HI, { "TAR[63:32]", NULL } },
	{ MEM_AP_DRW, { "DRW", NULL } },
	{ MEM_AP_BD0, { "BD0", NULL } },
	{ MEM_AP_BD0 + 4, { "BD1", NULL } },
	{ MEM_AP_BD0 + 8, { "BD2", NULL } },
	{ MEM_AP_BD0 + 12, { "BD3", NULL } },
	{ MEM_AP_BASE_HI, { "BASE[63:32]", NULL } },
	{ MEM_AP_CFG, { "CFG", cfg_fields } },
	{ MEM_AP_BASE, { "BASE", base_fields } },
	{ AP_IDR, { "IDR", idr_fields } },
};

const struct reg *dp_reg_find(uint8_t offset, uint8_t bank, bool write)
{
	const unsigned direction = write ? FOR_WRITE : FOR_READ;

	for (size_t i = 0; i < ARRAY_SIZE(dp_rows); i++) {
		const struct dp_row *row = &dp_rows[i];

		if (row->offset == offset && (row->direction & direction) &&
			(row->bank == ANY_BANK || row->bank == bank))
			return &row->reg;
	}
	return &dp_unknown;
}

const struct reg *ap_reg_find(uint8_t address)
{
	for (size_t i = 0; i < ARRAY_SIZE(ap_rows); i++)
		if (ap_rows[i].address == address)
			return &ap_rows[i].reg;
	return NULL;
}

/* Append to a text in a buffer, as far as there is room. */
static void append(char *text, size_t size, const char *format, ...) DAPPER_PRINTF(3, 4);

static void append(char *text, size_t size, const char *format, ...)
{
	size_t used = 0;
	va_list args;

	while (used < size && text[used])
		used++;
	va_start(args, format);
	vsnprintf(text + used, size - used, format, args);
	va_end(args);
}

char *reg_describe(const struct reg *reg, uint32_t value, char *text, size_t size)
{
	text[0] = '\0';
	for (const struct reg_field *field = reg->fields; field && field->name; field++) {
		const bool one_bit = (field->mask & (field->mask - 1)) == 0;
		const uint32_t v = FIELD_GET(field->mask, value);

		if (v == 0)
			continue;
		append(text, size, one_bit ? "%s%s=%u" : "%s%s=0x%x", text[0] ? " " : "",
			field->name, (unsigned)v);
	}
	if (!text[0])
		append(text, size, value ? "0x%08x" : "%x", (unsigned)value);
	return text;
}

static const struct reg *name_register(const struct wire_names *names, const dapper_transfer *t,
	bool write, char *text, size_t size)
{
	const uint8_t apsel = (uint8_t)FIELD_GET(DP_SELECT_APSEL, names->select);
	const uint8_t address = (uint8_t)((names->select & DP_SELECT_APBANKSEL) | t->reg);
	const uint8_t dp_bank = (uint8_t)FIELD_GET(DP_SELECT_DPBANKSEL, names->select);
	const struct reg *reg = t->ap ? ap_reg_find(address) : dp_reg_find(t->reg, dp_bank, write);

	if (!t->ap)
		append(text, size, "DP %s", reg->name);
	else if (reg)
		append(text, size, "AP#%u %s", apsel, reg->name);
	else
		append(text, size, "AP#%u 0x%02x", apsel, address);
	return reg;
}

static void append_value(const struct reg *reg, uint32_t value, char *text, size_t size)
{
	static const struct reg unnamed = { "", NULL };
	char fields[160];

	append(text, size, "%s", reg_describe(reg ? reg : &unnamed, value, fields, sizeof(fields)));
}

/* Runs after the transfer; a read that failed comes without a place for its word. */
void wire_names_describe(void *data, const dapper_transfer *t, char *text, size_t size)
{
	struct wire_names *names = data;
	const bool write =
		t->kind == DAPPER_TRANSFER_WRITE || t->kind == DAPPER_TRANSFER_WRITE_BLOCK;
	const struct reg *reg;

	text[0] = '\0';
	reg = name_register(names, t, write, text, size);
	switch (t->kind) {
	case DAPPER_TRANSFER_READ:
		append(text, size, " -> ");
		if (t->word)
			append_value(reg, *t->word, text, size);
		else
			append(text, size, "(not kept)");
		break;
	case DAPPER_TRANSFER_WRITE:
		append(text, size, " <- ");
		append_value(reg, t->value, text, size);
		if (!t->ap && t->reg == DP_SELECT)
			names->select = t->value;
		break;
	case DAPPER_TRANSFER_READ_BLOCK:
		append(text, size, " -> %zu words", t->count);
		break;
	case DAPPER_TRANSFER_WRITE_BLOCK:
		append(text, size, " <- %zu words", t->count);
		break;
	case DAPPER_TRANSFER_READ_UNTIL_MATCH:
		append(text, size, " until & 0x%08x is 0x%08x", (unsigned)t->mask,
			(unsigned)t->value);
		break;
	}
}
