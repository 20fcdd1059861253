/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "support/adi_fixture.h"
#include "support/model_rom.h"

#include "base/alloc.h"
#include "coresight/component.h"

/* One at a time: these are large. */
static struct model_rom rom;

static int set_up(void **state)
{
	struct adi_fixture *f;

	if (adi_set_up(state))
		return 1;
	f = *state;
	model_rom_init(&rom, &f->model);
	adi_connect_ap(f);
	return 0;
}

static struct model_page *add_table(uint64_t address)
{
	return model_rom_add(&rom, address, 1, 0x23b, 0x4c4);
}

/* Put an entry for @p address into a table. */
static void list_at(struct model_page *table, size_t index, uint64_t address)
{
	table->words[index] = ((uint32_t)(address - table->address) & 0xfffff000) | 3;
}

static void add_line(char *text, size_t size, const struct node *node, int depth)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%*s%s %08llx%s\n", 2 * depth, "", node->name,
		(unsigned long long)NODE_OBJECT_CONST(struct component, node)->id_address,
		NODE_OBJECT_CONST(struct component, node)->problem[0] ? " !" : "");
	for (node = node->first_child; node; node = node->next)
		add_line(text, size, node, depth + 1);
}

/* All below the AP, one component a line; those with a problem have a '!'. */
static const char *tree(const struct adi_fixture *f)
{
	static char text[4096];

	text[0] = '\0';
	for (const struct node *n = f->ap->ap.node.first_child; n; n = n->next)
		add_line(text, sizeof(text), n, 0);
	return text;
}

static const struct component *component_at(const struct adi_fixture *f, uint64_t address)
{
	for (struct component *c = component_find(&f->ap->ap.node, "rom-table"); c;
		c = component_find_next(&f->ap->ap.node, c, "rom-table"))
		for (struct node *n = c->node.first_child; n; n = n->next)
			if (NODE_OBJECT(struct component, n)->id_address == address)
				return NODE_OBJECT(struct component, n);
	fail_msg("no component at 0x%llx", (unsigned long long)address);
	return NULL;
}

static const char stm32f4_tree[] = "ROM table e00ff000\n"
				   "  SCS-M4/M7 e000e000\n"
				   "  DWT e0001000\n"
				   "  FPB e0002000\n"
				   "  ITM e0000000\n"
				   "  TPIU-M4 e0040000\n"
				   "  ETM-M4 e0041000\n";

/* --- what is found
 * ---------------------------------------------------------------------------------- */

static void discover__of_an_stm32f4_takes_two_batches(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t batches = f->model.batches;

	model_rom_add_stm32f4(&rom);
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), stm32f4_tree);
	assert_int_equal(f->model.batches - batches, 2);
	assert_string_equal(f->ap->ap.node.first_child->class->kind, "rom-table");
	assert_string_equal(f->ap->ap.node.first_child->first_child->class->kind, "component");
	assert_int_equal(f->model.protocol_violations, 0);
}

static void discover__without_a_table_finds_nothing(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t transactions = f->model.transactions;

	f->ap->rom_present = false;
	assert_ok(rom_table_discover(f->ap));
	assert_null(f->ap->ap.node.first_child);
	assert_int_equal(f->model.transactions, transactions);
}

static void discover__follows_nested_tables(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000), *inner;

	list_at(root, 0, 0xe00fe000);
	list_at(root, 1, 0xe0043000);
	inner = add_table(0xe00fe000);
	list_at(inner, 0, 0xe000e000);
	model_rom_add(&rom, 0xe000e000, 14, 0x23b, 0x00c);
	model_rom_add(&rom, 0xe0043000, 9, 0x23b, 0x906);
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), "ROM table e00ff000\n"
				     "  ROM table e00fe000\n"
				     "    SCS-M4/M7 e000e000\n"
				     "  CTI e0043000\n");
}

static void discover__reads_long_tables_to_the_end(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000);

	/* Past the first group and past the next: entries 0 to 99 absent, then one. */
	for (size_t i = 0; i < 100; i++)
		root->words[i] = 0x1002;
	list_at(root, 100, 0xe000e000);
	model_rom_add(&rom, 0xe000e000, 14, 0x23b, 0x00c);
	assert_ok(rom_table_discover(f->ap));
	assert_non_null(component_find(&f->ap->ap.node, "scs"));
	assert_int_equal(component_find(&f->ap->ap.node, "rom-table")->absent_entries, 100);
}

static void discover__notes_power_domains(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000);

	list_at(root, 0, 0xe0043000);
	root->words[0] |= 1u << 2 | 5u << 4;
	assert_ok(rom_table_discover(f->ap));
	assert_int_equal(component_at(f, 0xe0043000)->power_id, 5);
	assert_non_null(strstr(component_at(f, 0xe0043000)->problem, "power domain may be off"));
}

struct rom9_row {
	const char *what;
	unsigned format; /* DEVID.FORMAT */
	uint32_t words[8];
	const char *tree;
};

static const struct rom9_row rom9_rows[] = {
	{ "32-bit entries", 0, { 0xfff0f003, 0xfff02002, 0xfff03007, 0, 0xfff01003 },
		"ROM table e00ff000\n  SCS-M4/M7 e000e000\n  FPB e0002000\n" },
	{ "64-bit entries", 1, { 0xfff0f003, 0xffffffff, 0xfff02002, 0, 0xfff03003, 0xffffffff },
		"ROM table e00ff000\n  SCS-M4/M7 e000e000\n  FPB e0002000\n" },
	{ "reserved presence is not followed", 0, { 0xfff0f001, 0 }, "ROM table e00ff000\n" },
};

static void rom9__is_read_in_each_format(void **state)
{
	const struct rom9_row *row = *state;
	struct adi_fixture *f;
	struct model_page *root;
	void *fixture = NULL;

	set_up(&fixture);
	f = fixture;
	root = model_rom_add(&rom, 0xe00ff000, 9, 0x23b, 0x4cb);
	model_rom_set_arch(root, 0x0af7, 0);
	root->words[0xfc8 / 4] = row->format;
	memcpy(root->words, row->words, sizeof(row->words));
	model_rom_add(&rom, 0xe000e000, 14, 0x23b, 0x00c);
	model_rom_add(&rom, 0xe0002000, 14, 0x23b, 0x003);
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), row->tree);
	adi_tear_down(&fixture);
}

static void large_component__begins_below_its_last_page(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000);

	list_at(root, 0, 0xe0083000);
	/* 4 pages: PIDR4.SIZE is 2. */
	model_rom_add(&rom, 0xe0083000, 9, 0x23b, 0x906)->words[0xfd0 / 4] |= 0x20;
	assert_ok(rom_table_discover(f->ap));
	assert_int_equal(component_find(&f->ap->ap.node, "cti")->address, 0xe0080000);
}

/* --- what goes wrong
 * ------------------------------------------------------------------------------------ */

static void discover__fails_when_the_first_table_cannot_be_read(void **state)
{
	struct adi_fixture *f = *state;

	assert_fails(DAPPER_ERR_NOT_FOUND, rom_table_discover(f->ap));
	assert_message("cannot be read: target answered FAULT");
	assert_non_null(strstr(dapper_error_last()->where, "ROM table at 0xe00ff000"));
}

static void discover__fails_when_there_is_no_table(void **state)
{
	struct adi_fixture *f = *state;

	memset(model_rom_add(&rom, 0xe00ff000, 1, 0, 0)->words, 0, sizeof(rom.pages[0].words));
	assert_fails(DAPPER_ERR_NOT_FOUND, rom_table_discover(f->ap));
	assert_message("CIDR is 0x00000000");
}

static void bad_component__is_skipped_and_reported(void **state)
{
	struct adi_fixture *f = *state;

	model_rom_add_stm32f4(&rom);
	rom.pages[2].faults = true;           /* DWT */
	rom.pages[3].words[0xff0 / 4] = 0xff; /* FPB: no preamble */
	rom.pages[4].faults_below_fd0 = true; /* ITM: no harm */
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), "ROM table e00ff000\n"
				     "  SCS-M4/M7 e000e000\n"
				     "  unknown e0001000 !\n"
				     "  unknown e0002000 !\n"
				     "  ITM e0000000\n"
				     "  TPIU-M4 e0040000\n"
				     "  ETM-M4 e0041000\n");
	assert_non_null(strstr(component_at(f, 0xe0001000)->problem, "answered FAULT"));
	assert_non_null(strstr(component_at(f, 0xe0002000)->problem, "CIDR"));
	assert_int_equal(dapper_error_last()->status, DAPPER_OK);
}

static void root__without_devarch_is_read(void **state)
{
	struct adi_fixture *f = *state;

	model_rom_add_stm32f4(&rom);
	for (size_t i = 8; i < 0xfd0 / 4; i++)
		rom.pages[0].words[i] = 0;
	rom.pages[1].faults_below_fd0 = true;
	rom.pages[5].faults_below_fd0 = true;
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), stm32f4_tree);
}

static void loops__are_reported_and_not_followed(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000), *inner;

	list_at(root, 0, 0xe00ff000);
	list_at(root, 1, 0xe00fe000);
	inner = add_table(0xe00fe000);
	list_at(inner, 0, 0xe00ff000);
	list_at(inner, 1, 0xe00fe000);
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), "ROM table e00ff000\n"
				     "  unknown e00ff000 !\n"
				     "  ROM table e00fe000\n"
				     "    unknown e00ff000 !\n"
				     "    unknown e00fe000 !\n");
	assert_non_null(strstr(component_at(f, 0xe00ff000)->problem, "lists itself"));
}

static void deep_nesting__is_bounded(void **state)
{
	struct adi_fixture *f = *state;
	uint64_t address = 0xe00ff000;
	const struct node *node;
	int depth = 0;

	for (size_t i = 0; i < 20; i++, address -= 0x1000)
		list_at(add_table(address), 0, address - 0x1000);
	assert_ok(rom_table_discover(f->ap));
	for (node = f->ap->ap.node.first_child; node->first_child; node = node->first_child)
		depth++;
	assert_int_equal(depth, 8);
	assert_non_null(
		strstr(NODE_OBJECT_CONST(struct component, node)->problem, "deeper than 8"));
}

static void breadth__is_bounded(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000), *inner;
	size_t count = 0;

	for (size_t i = 0; i < 20; i++)
		list_at(root, i, 0xe00fe000);
	inner = add_table(0xe00fe000);
	for (size_t i = 0; i < 960; i++)
		list_at(inner, i, 0xe000e000);
	model_rom_add(&rom, 0xe000e000, 14, 0x23b, 0x00c);
	assert_ok(rom_table_discover(f->ap));
	for (struct component *c = component_find(&f->ap->ap.node, "scs"); c;
		c = component_find_next(&f->ap->ap.node, c, "scs"))
		count++;
	assert_in_range(count, 960, 1024);
}

static void entries_that_fault__leave_the_table_empty(void **state)
{
	struct adi_fixture *f = *state;
	struct model_page *root = add_table(0xe00ff000);

	list_at(root, 0, 0xe00fe000);
	list_at(root, 1, 0xe000e000);
	model_rom_add(&rom, 0xe000e000, 14, 0x23b, 0x00c);
	add_table(0xe00fe000)->faults_below_fd0 = true;
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), "ROM table e00ff000\n"
				     "  ROM table e00fe000 !\n"
				     "  SCS-M4/M7 e000e000\n");
}

static void sleeping_trace__is_woken_and_put_back(void **state)
{
	struct adi_fixture *f = *state;

	model_rom_add_stm32f4(&rom);
	rom.pages[2].needs_trcena = rom.pages[4].needs_trcena = true;
	rom.demcr = 0x401;
	assert_ok(rom_table_discover(f->ap));
	assert_string_equal(tree(f), stm32f4_tree);
	assert_int_equal(rom.demcr, 0x401);
	assert_int_equal(rom.demcr_writes, 2);
}

static void lost_target__ends_the_walk(void **state)
{
	struct adi_fixture *f = *state;

	model_rom_add_stm32f4(&rom);
	adi_problem(f, MODEL_DEAD, 60);
	assert_fails(DAPPER_ERR_NO_ACK, rom_table_discover(f->ap));
}

static void every_transaction__may_fail(void **state)
{
	struct adi_fixture *f = *state;
	static const int kinds[] = { MODEL_SILENT, MODEL_PARITY, MODEL_STUCK, MODEL_BUSY };

	model_rom_add_stm32f4(&rom);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (uint64_t n = 1; n < 160; n += 3) {
			adi_problem(f, kinds[k], n);
			assert_ok(rom_table_discover(f->ap));
			assert_string_equal(tree(f), stm32f4_tree);
			node_destroy(f->ap->ap.node.first_child);
			memset(f->model.problems, 0, sizeof(f->model.problems));
		}
}

static void every_lost_allocation__is_reported(void **state)
{
	struct adi_fixture *f = *state;

	model_rom_add_stm32f4(&rom);
	for (uint64_t n = 1;; n++) {
		dapper_status status;

		assert_true(n < 200);
		test_clear_error();
		alloc_fail_at(n);
		status = rom_table_discover(f->ap);
		alloc_fail_at(0);
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		if (f->ap->ap.node.first_child)
			node_destroy(f->ap->ap.node.first_child);
	}
	assert_string_equal(tree(f), stm32f4_tree);
}

/* --- finding
 * ---------------------------------------------------------------------------------------------- */

static void find__goes_through_all_of_a_kind(void **state)
{
	struct adi_fixture *f = *state;
	struct node *root = &f->dp->node;
	struct component *first;

	model_rom_add_stm32f4(&rom);
	assert_ok(rom_table_discover(f->ap));
	first = component_find(root, "etm");
	assert_int_equal(first->address, 0xe0041000);
	assert_null(component_find_next(root, first, "etm"));
	assert_null(component_find(root, "mtb"));
	assert_ptr_equal(component_find(&first->node, "etm"), first);
	assert_null(component_find(&first->node, "itm"));
}

static void collect_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	char *facts = payload;
	size_t used = strlen(facts);

	(void)is_number;
	(void)number;
	snprintf(facts + used, 512 - used, "%s=%s\n", key, text);
}

static void describe__tells_the_facts(void **state)
{
	struct adi_fixture *f = *state;
	char facts[512] = "";
	struct dapper_node_visitor visitor = { .fact = collect_fact, .payload = facts };

	model_rom_add_stm32f4(&rom);
	assert_ok(rom_table_discover(f->ap));
	dapper_node_describe(f->ap->ap.node.first_child, &visitor);
	assert_string_equal(facts, "address=0xe00ff000\ntype=rom-table\nclass=0x1\n"
				   "designer=STMicroelectronics (0x020)\npart=0x413\nrevision=3\n");
	facts[0] = '\0';
	dapper_node_describe(&component_find(&f->dp->node, "tpiu")->node, &visitor);
	assert_string_equal(facts, "address=0xe0040000\ntype=tpiu\nclass=0x9\n"
				   "designer=Arm (0x23b)\npart=0x9a1\nrevision=3\ndevtype=0x11\n");
}

#define rom_test(function) cmocka_unit_test_setup_teardown(function, set_up, adi_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		rom_test(discover__of_an_stm32f4_takes_two_batches),
		rom_test(discover__without_a_table_finds_nothing),
		rom_test(discover__follows_nested_tables),
		rom_test(discover__reads_long_tables_to_the_end),
		rom_test(discover__notes_power_domains),
		rom_test(large_component__begins_below_its_last_page),
		rom_test(discover__fails_when_the_first_table_cannot_be_read),
		rom_test(discover__fails_when_there_is_no_table),
		rom_test(bad_component__is_skipped_and_reported),
		rom_test(root__without_devarch_is_read),
		rom_test(loops__are_reported_and_not_followed),
		rom_test(deep_nesting__is_bounded),
		rom_test(breadth__is_bounded),
		rom_test(entries_that_fault__leave_the_table_empty),
		rom_test(sleeping_trace__is_woken_and_put_back),
		rom_test(lost_target__ends_the_walk),
		rom_test(every_transaction__may_fail),
		rom_test(every_lost_allocation__is_reported),
		rom_test(find__goes_through_all_of_a_kind),
		rom_test(describe__tells_the_facts),
	};
	return test_run_all("coresight/rom_table", tests, ARRAY_SIZE(tests),
		rom9__is_read_in_each_format, rom9_rows, sizeof(rom9_rows[0]),
		ARRAY_SIZE(rom9_rows));
}
