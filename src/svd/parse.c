/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file as a draft. Which element means what, and where, is the table below; what is not in it
 * is skipped whole: vendorExtensions, sauRegionsConfig, dimArrayIndex, what later versions add.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/xml.h"
#include "svd/draft.h"
#include "svd/number.h"

enum place {
	IN_FILE,
	IN_DEVICE,
	IN_CPU,
	IN_PERIPHERALS,
	IN_PERIPHERAL,
	IN_REGISTERS,
	IN_CLUSTER,
	IN_REGISTER,
	IN_FIELDS,
	IN_FIELD,
	IN_ENUMERATION,
	IN_VALUE,
	IN_INTERRUPT,
	IN_BLOCK,
	IN_CONSTRAINT,
	IN_RANGE
};

enum {
	DEVICE = BIT(IN_DEVICE),
	CPU = BIT(IN_CPU),
	PERIPHERAL = BIT(IN_PERIPHERAL),
	CLUSTER = BIT(IN_CLUSTER),
	REGISTER = BIT(IN_REGISTER),
	FIELD = BIT(IN_FIELD),
	ENUMERATION = BIT(IN_ENUMERATION),
	VALUE = BIT(IN_VALUE),
	INTERRUPT = BIT(IN_INTERRUPT),
	BLOCK = BIT(IN_BLOCK),
	CONSTRAINT = BIT(IN_CONSTRAINT),
	RANGE = BIT(IN_RANGE),
	REPEATABLE = PERIPHERAL | CLUSTER | REGISTER | FIELD,
	HAS_PROPERTIES = DEVICE | PERIPHERAL | CLUSTER | REGISTER
};

enum action {
	OPEN_GROUP, /* An element that only holds others. */
	OPEN_NODE,
	OPEN_ENTRY,
	NODE_TEXT,
	NODE_NUMBER,
	NODE_WORD,
	NODE_BIT_RANGE,
	NODE_CONSTRAINT, /* A flag that says which. */
	ENTRY_NAME,
	ENTRY_DESCRIPTION,
	ENTRY_VALUE,
	ENTRY_PATTERN,
	ENTRY_EXTRA,
	ENTRY_DEFAULT,
	ENTRY_USAGE,
	ENTRY_PROTECTION,
	FACT_TEXT,
	FACT_NUMBER,
	FACT_FLAG
};

struct rule {
	const char *element;
	unsigned places; /* Mask of BIT(enum place). */
	enum action action;
	unsigned index; /* Property, node's kind, or offset of the fact. */
	unsigned more;  /* Place that an opened element is; words of a NODE_WORD. */
};

#define FACT(member) offsetof(dapper_svd_device, member)

/* Sorted by element. */
static const struct rule rules[] = {
	{ "access", HAS_PROPERTIES | FIELD, NODE_WORD, SVD_ACCESS, SVD_WORDS_ACCESS },
	{ "addressBlock", PERIPHERAL, OPEN_ENTRY, 0, IN_BLOCK },
	{ "addressOffset", CLUSTER | REGISTER, NODE_NUMBER, SVD_ADDRESS, 0 },
	{ "addressUnitBits", DEVICE, FACT_NUMBER, FACT(address_unit_bits), 0 },
	{ "alternateCluster", CLUSTER, NODE_TEXT, SVD_ALTERNATE, 0 },
	{ "alternateGroup", REGISTER, NODE_TEXT, SVD_ALTERNATE_GROUP, 0 },
	{ "alternatePeripheral", PERIPHERAL, NODE_TEXT, SVD_ALTERNATE, 0 },
	{ "alternateRegister", REGISTER, NODE_TEXT, SVD_ALTERNATE, 0 },
	{ "appendToName", PERIPHERAL, NODE_TEXT, SVD_APPEND, 0 },
	{ "baseAddress", PERIPHERAL, NODE_NUMBER, SVD_ADDRESS, 0 },
	{ "bitOffset", FIELD, NODE_NUMBER, SVD_ADDRESS, 0 },
	{ "bitRange", FIELD, NODE_BIT_RANGE, 0, 0 },
	{ "bitWidth", FIELD, NODE_NUMBER, SVD_SIZE, 0 },
	{ "cluster", BIT(IN_REGISTERS) | CLUSTER, OPEN_NODE, SVD_CLUSTER, IN_CLUSTER },
	{ "cpu", DEVICE, OPEN_GROUP, 0, IN_CPU },
	{ "dataType", REGISTER, NODE_TEXT, SVD_DATA_TYPE, 0 },
	{ "dcachePresent", CPU, FACT_FLAG, FACT(cpu.has_data_cache), 0 },
	{ "description", DEVICE, FACT_TEXT, FACT(description), 0 },
	{ "description", REPEATABLE, NODE_TEXT, SVD_DESCRIPTION, 0 },
	{ "description", VALUE | INTERRUPT, ENTRY_DESCRIPTION, 0, 0 },
	{ "device", BIT(IN_FILE), OPEN_NODE, SVD_DEVICE, IN_DEVICE },
	{ "deviceNumInterrupts", CPU, FACT_NUMBER, FACT(cpu.interrupt_count), 0 },
	{ "dim", REPEATABLE, NODE_NUMBER, SVD_DIM, 0 },
	{ "dimIncrement", REPEATABLE, NODE_NUMBER, SVD_DIM_INCREMENT, 0 },
	{ "dimIndex", REPEATABLE, NODE_TEXT, SVD_DIM_INDEX, 0 },
	{ "disableCondition", PERIPHERAL, NODE_TEXT, SVD_DISABLE_CONDITION, 0 },
	{ "displayName", REGISTER, NODE_TEXT, SVD_DISPLAY_NAME, 0 },
	{ "dspPresent", CPU, FACT_FLAG, FACT(cpu.has_dsp), 0 },
	{ "endian", CPU, FACT_TEXT, FACT(cpu.endian), 0 },
	{ "enumeratedValue", ENUMERATION, OPEN_ENTRY, 0, IN_VALUE },
	{ "enumeratedValues", FIELD, OPEN_NODE, SVD_ENUMERATION, IN_ENUMERATION },
	{ "field", BIT(IN_FIELDS), OPEN_NODE, SVD_FIELD, IN_FIELD },
	{ "fields", REGISTER, OPEN_GROUP, 0, IN_FIELDS },
	{ "fpuDP", CPU, FACT_FLAG, FACT(cpu.has_double_fpu), 0 },
	{ "fpuPresent", CPU, FACT_FLAG, FACT(cpu.has_fpu), 0 },
	{ "groupName", PERIPHERAL, NODE_TEXT, SVD_GROUP_NAME, 0 },
	{ "headerStructName", PERIPHERAL | CLUSTER, NODE_TEXT, SVD_STRUCT_NAME, 0 },
	{ "icachePresent", CPU, FACT_FLAG, FACT(cpu.has_instruction_cache), 0 },
	{ "interrupt", PERIPHERAL, OPEN_ENTRY, 0, IN_INTERRUPT },
	{ "isDefault", VALUE, ENTRY_DEFAULT, 0, 0 },
	{ "licenseText", DEVICE, FACT_TEXT, FACT(license), 0 },
	{ "lsb", FIELD, NODE_NUMBER, SVD_ADDRESS, 0 },
	{ "maximum", RANGE, NODE_NUMBER, SVD_MAXIMUM, 0 },
	{ "minimum", RANGE, NODE_NUMBER, SVD_MINIMUM, 0 },
	{ "modifiedWriteValues", REGISTER | FIELD, NODE_WORD, SVD_WRITE_ACTION,
		SVD_WORDS_WRITE_ACTION },
	{ "mpuPresent", CPU, FACT_FLAG, FACT(cpu.has_mpu), 0 },
	{ "msb", FIELD, NODE_NUMBER, SVD_MSB, 0 },
	{ "name", DEVICE, FACT_TEXT, FACT(name), 0 },
	{ "name", CPU, FACT_TEXT, FACT(cpu.name), 0 },
	{ "name", REPEATABLE | ENUMERATION, NODE_TEXT, SVD_NAME, 0 },
	{ "name", VALUE | INTERRUPT, ENTRY_NAME, 0, 0 },
	{ "nvicPrioBits", CPU, FACT_NUMBER, FACT(cpu.nvic_priority_bits), 0 },
	{ "offset", BLOCK, ENTRY_VALUE, 0, 0 },
	{ "peripheral", BIT(IN_PERIPHERALS), OPEN_NODE, SVD_PERIPHERAL, IN_PERIPHERAL },
	{ "peripherals", DEVICE, OPEN_GROUP, 0, IN_PERIPHERALS },
	{ "prependToName", PERIPHERAL, NODE_TEXT, SVD_PREPEND, 0 },
	{ "protection", HAS_PROPERTIES, NODE_WORD, SVD_PROTECTION, SVD_WORDS_PROTECTION },
	{ "protection", BLOCK, ENTRY_PROTECTION, 0, 0 },
	{ "range", CONSTRAINT, OPEN_GROUP, 0, IN_RANGE },
	{ "readAction", REGISTER | FIELD, NODE_WORD, SVD_READ_ACTION, SVD_WORDS_READ_ACTION },
	{ "register", BIT(IN_REGISTERS) | CLUSTER, OPEN_NODE, SVD_REGISTER, IN_REGISTER },
	{ "registers", PERIPHERAL, OPEN_GROUP, 0, IN_REGISTERS },
	{ "resetMask", HAS_PROPERTIES, NODE_NUMBER, SVD_RESET_MASK, 0 },
	{ "resetValue", HAS_PROPERTIES, NODE_NUMBER, SVD_RESET_VALUE, 0 },
	{ "revision", CPU, FACT_TEXT, FACT(cpu.revision), 0 },
	{ "sauNumRegions", CPU, FACT_NUMBER, FACT(cpu.sau_region_count), 0 },
	{ "series", DEVICE, FACT_TEXT, FACT(series), 0 },
	{ "size", HAS_PROPERTIES, NODE_NUMBER, SVD_SIZE, 0 },
	{ "size", BLOCK, ENTRY_EXTRA, 0, 0 },
	{ "usage", ENUMERATION, NODE_WORD, SVD_USAGE, SVD_WORDS_USAGE },
	{ "usage", BLOCK, ENTRY_USAGE, 0, 0 },
	{ "useEnumeratedValues", CONSTRAINT, NODE_CONSTRAINT, DAPPER_SVD_WRITE_ENUMERATED, 0 },
	{ "value", VALUE, ENTRY_PATTERN, 0, 0 },
	{ "value", INTERRUPT, ENTRY_VALUE, 0, 0 },
	{ "vendor", DEVICE, FACT_TEXT, FACT(vendor), 0 },
	{ "vendorID", DEVICE, FACT_TEXT, FACT(vendor_id), 0 },
	{ "vendorSystickConfig", CPU, FACT_FLAG, FACT(cpu.has_vendor_systick), 0 },
	{ "version", DEVICE, FACT_TEXT, FACT(version), 0 },
	{ "version", PERIPHERAL, NODE_TEXT, SVD_VERSION, 0 },
	{ "vtorPresent", CPU, FACT_FLAG, FACT(cpu.has_vtor), 0 },
	{ "width", DEVICE, FACT_NUMBER, FACT(width), 0 },
	{ "writeAsRead", CONSTRAINT, NODE_CONSTRAINT, DAPPER_SVD_WRITE_AS_READ, 0 },
	{ "writeConstraint", REGISTER | FIELD, OPEN_GROUP, 0, IN_CONSTRAINT },
};

struct parser {
	struct svd_draft *draft;
	size_t skip_depth;        /* Elements open inside one that is skipped, with that one. */
	const struct rule *value; /* Of the element whose text is being read. */
	enum place places[XML_DEPTH_MAX + 1];
	size_t depth;
	struct svd_node *node;
	struct svd_entry *entry;
	struct svd_node *last_derived;

	char *text;
	size_t text_length;
	size_t text_capacity;
};

static dapper_status fail_memory(const struct svd_draft *draft)
{
	return arena_fail(&draft->arena, "a System View Description");
}

/* As strcmp(), which is called only where the first letters are the same: this is half of what is
 * spent outside of expat. */
static int compare_names(const char *a, const char *b)
{
	if (a[0] != b[0])
		return (unsigned char)a[0] - (unsigned char)b[0];
	return strcmp(a, b);
}

static const struct rule *find_rule(const char *name, enum place place)
{
	size_t low = 0;
	size_t high = ARRAY_SIZE(rules);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_names(rules[middle].element, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < ARRAY_SIZE(rules) && compare_names(rules[low].element, name) == 0; low++)
		if (rules[low].places & BIT(place))
			return &rules[low];
	return NULL;
}

static dapper_status keep_text(
	struct parser *parser, const char *text, size_t length, const char **kept)
{
	*kept = string_set_add(parser->draft->strings, text, length, NULL);
	return *kept ? DAPPER_OK
	             : arena_fail(parser->draft->strings->arena, "a System View Description");
}

/* ---- opening elements ---- */

static void append_node(struct svd_node *parent, struct svd_node *node)
{
	node->parent = parent;
	if (!parent)
		return;
	if (parent->last_child)
		parent->last_child->next = node;
	else
		parent->first_child = node;
	parent->last_child = node;
}

static dapper_status open_node(struct parser *parser, const struct xml *xml, enum svd_kind kind)
{
	struct svd_draft *draft = parser->draft;
	struct svd_node *node = arena_new(&draft->arena, node);
	const char *derived_from = xml_get_attribute(xml, "derivedFrom");

	if (!node)
		return fail_memory(draft);
	node->kind = (uint8_t)kind;
	node->line = (uint32_t)xml_get_line(xml);
	append_node(parser->node, node);
	parser->node = node;
	if (kind == SVD_DEVICE)
		draft->root = node;
	if (!derived_from)
		return DAPPER_OK;
	if (parser->last_derived)
		parser->last_derived->next_derived = node;
	else
		draft->first_derived = node;
	parser->last_derived = node;
	return keep_text(
		parser, derived_from, strlen(derived_from), &node->texts[SVD_DERIVED_FROM]);
}

static dapper_status open_entry(struct parser *parser, const struct xml *xml, enum place place)
{
	struct svd_entry *entry = arena_new(&parser->draft->arena, entry);
	struct svd_entries *entries =
		place == IN_BLOCK ? &parser->node->blocks : &parser->node->entries;

	if (!entry)
		return fail_memory(parser->draft);
	entry->line = (uint32_t)xml_get_line(xml);
	if (entries->last)
		entries->last->next = entry;
	else
		entries->first = entry;
	entries->last = entry;
	entries->count++;
	parser->entry = entry;
	return DAPPER_OK;
}

static dapper_status on_start(void *payload, const struct xml *xml, const char *name)
{
	struct parser *parser = payload;
	enum place place = parser->places[parser->depth];
	const struct rule *rule;

	if (parser->skip_depth > 0 || parser->value) {
		parser->skip_depth++;
		return DAPPER_OK;
	}
	rule = find_rule(name, place);
	if (!rule && place == IN_FILE)
		return dapper_fail(DAPPER_ERR_PARSE,
			"not a System View Description: the root element is '%.64s', not 'device'",
			name);
	if (!rule) {
		parser->skip_depth = 1;
		return DAPPER_OK;
	}
	if (rule->action > OPEN_ENTRY) {
		parser->value = rule;
		parser->text_length = 0;
		return DAPPER_OK;
	}
	parser->places[++parser->depth] = (enum place)rule->more;
	if (rule->action == OPEN_NODE)
		return open_node(parser, xml, (enum svd_kind)rule->index);
	return rule->action == OPEN_ENTRY ? open_entry(parser, xml, rule->more) : DAPPER_OK;
}

/* ---- values ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Every run of white space one space, none at the ends: how files are indented is not text. */
static void tidy_text(struct parser *parser)
{
	size_t kept = 0;

	for (size_t i = 0; i < parser->text_length; i++) {
		if (!is_space(parser->text[i]))
			parser->text[kept++] = parser->text[i];
		else if (kept > 0 && parser->text[kept - 1] != ' ')
			parser->text[kept++] = ' ';
	}
	if (kept > 0 && parser->text[kept - 1] == ' ')
		kept--;
	parser->text_length = kept;
	parser->text[kept] = '\0';
}

static bool set_constraint(struct svd_node *node, const char *text, unsigned kind)
{
	bool flag;

	if (!svd_read_flag(text, &flag))
		return false;
	if (flag)
		svd_give(node, SVD_CONSTRAINT, kind);
	return true;
}

static bool set_node_value(struct svd_node *node, const struct rule *rule, const char *text)
{
	uint64_t value = 0;
	uint64_t more = 0;

	/* The table has rules for nodes only where one is open. */
	assert(node);
	switch ((int)rule->action) {
	case NODE_CONSTRAINT:
		return set_constraint(node, text, rule->index);
	case NODE_BIT_RANGE:
		if (!svd_read_bit_range(text, &value, &more))
			return false;
		svd_give(node, SVD_MSB, more);
		svd_give(node, SVD_ADDRESS, value);
		return true;
	case NODE_WORD:
		if (!svd_read_word((enum svd_words)rule->more, text, &value))
			return false;
		break;
	default:
		if (!svd_read_number(text, &value))
			return false;
	}
	svd_give(node, (enum svd_number)rule->index, value);
	return true;
}

static bool set_entry_value(struct svd_entry *entry, enum action action, const char *text)
{
	uint64_t word = 0;

	assert(entry);
	switch ((int)action) {
	case ENTRY_VALUE:
		return entry->has_value = svd_read_number(text, &entry->value);
	case ENTRY_PATTERN:
		return entry->has_value = svd_read_pattern(text, &entry->value, &entry->extra);
	case ENTRY_EXTRA:
		return entry->has_extra = svd_read_number(text, &entry->extra);
	case ENTRY_DEFAULT:
		return svd_read_flag(text, &entry->is_default);
	case ENTRY_USAGE:
		if (!svd_read_word(SVD_WORDS_BLOCK_USAGE, text, &word))
			return false;
		entry->usage = (uint8_t)word;
		return true;
	default:
		if (!svd_read_word(SVD_WORDS_PROTECTION, text, &word))
			return false;
		entry->protection = (uint8_t)word;
		return true;
	}
}

static bool set_fact(dapper_svd_device *device, const struct rule *rule, const char *text)
{
	char *fact = (char *)device + rule->index;
	uint64_t number;
	unsigned small;

	if (rule->action == FACT_FLAG)
		return svd_read_flag(text, (bool *)fact);
	if (!svd_read_number(text, &number) || number > UINT32_MAX)
		return false;
	small = (unsigned)number;
	memcpy(fact, &small, sizeof(small));
	return true;
}

/* Where a text that stays goes; NULL: the value is something else. */
static const char **text_target(struct parser *parser, const struct rule *rule)
{
	switch ((int)rule->action) {
	case NODE_TEXT:
		return &parser->node->texts[rule->index];
	case ENTRY_NAME:
		return &parser->entry->name;
	case ENTRY_DESCRIPTION:
		return &parser->entry->description;
	case FACT_TEXT:
		return (const char **)(void *)((char *)&parser->draft->device + rule->index);
	default:
		return NULL;
	}
}

static dapper_status take_value(struct parser *parser, const struct xml *xml)
{
	const struct rule *rule = parser->value;
	const char **target;
	bool is_good;

	parser->value = NULL;
	if (parser->text_length == 0)
		return DAPPER_OK;
	tidy_text(parser);
	/* Two interrupts in one element: CMSDK_CM3.svd of Arm has them. */
	if (rule->action == ENTRY_NAME && parser->entry->name && parser->entry->has_value &&
		parser->places[parser->depth] == IN_INTERRUPT)
		TRY(open_entry(parser, xml, IN_INTERRUPT));
	target = text_target(parser, rule);
	if (target)
		return keep_text(parser, parser->text, parser->text_length, target);
	if (rule->action >= FACT_TEXT)
		is_good = set_fact(&parser->draft->device, rule, parser->text);
	else if (rule->action >= ENTRY_NAME)
		is_good = set_entry_value(parser->entry, rule->action, parser->text);
	else
		is_good = set_node_value(parser->node, rule, parser->text);
	if (!is_good)
		svd_warn(parser->draft, (uint32_t)xml_get_line(xml),
			"'%.64s' is no value for %s; ignored", parser->text, rule->element);
	return DAPPER_OK;
}

/* However a field says where it ends, its width is what others derive. */
static void settle_width(struct svd_node *node)
{
	uint64_t lsb = node->numbers[SVD_ADDRESS];
	uint64_t msb = node->numbers[SVD_MSB];

	if (!svd_is_given(node, SVD_MSB) || !svd_is_given(node, SVD_ADDRESS) || msb < lsb)
		return;
	svd_give(node, SVD_SIZE, msb - lsb + 1);
	node->given &= ~BIT(SVD_MSB);
}

static void close_place(struct parser *parser)
{
	switch (parser->places[parser->depth--]) {
	case IN_FIELD:
		settle_width(parser->node);
		parser->node = parser->node->parent;
		return;
	case IN_PERIPHERAL:
	case IN_CLUSTER:
	case IN_REGISTER:
	case IN_ENUMERATION:
	case IN_DEVICE:
		parser->node = parser->node->parent;
		return;
	case IN_VALUE:
	case IN_INTERRUPT:
	case IN_BLOCK:
		parser->entry = NULL;
		return;
	case IN_FILE:
	case IN_CPU:
	case IN_PERIPHERALS:
	case IN_REGISTERS:
	case IN_FIELDS:
	case IN_CONSTRAINT:
	case IN_RANGE:
		return;
	}
}

static dapper_status on_end(void *payload, const struct xml *xml, const char *name)
{
	struct parser *parser = payload;

	(void)name;
	if (parser->skip_depth > 0) {
		parser->skip_depth--;
		return DAPPER_OK;
	}
	if (parser->value)
		return take_value(parser, xml);
	close_place(parser);
	return DAPPER_OK;
}

static dapper_status on_text(void *payload, const struct xml *xml, const char *text, size_t length)
{
	struct parser *parser = payload;

	(void)xml;
	if (!parser->value || parser->skip_depth > 0)
		return DAPPER_OK;
	/* One more for the NUL. */
	if (parser->text_capacity - parser->text_length <= length) {
		size_t capacity = (parser->text_length + length + 1) * 2;
		char *grown = xrealloc_array(parser->text, capacity, 1);

		if (!grown)
			return FAIL_NO_MEMORY("text of a System View Description");
		parser->text = grown;
		parser->text_capacity = capacity;
	}
	memcpy(parser->text + parser->text_length, text, length);
	parser->text_length += length;
	return DAPPER_OK;
}

dapper_status svd_parse(struct svd_draft *draft, const void *data, size_t size)
{
	static const struct xml_handler handler = {
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};
	struct parser parser = { .draft = draft, .places = { IN_FILE } };
	dapper_status status = xml_parse(draft->what, data, size, &handler, &parser);

	free(parser.text);
	return status;
}
