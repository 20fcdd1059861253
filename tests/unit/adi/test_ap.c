/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "support/adi_fixture.h"

#include "base/alloc.h"

enum { AHB_IDR = 0x24770011, APB_IDR = 0x54770002, CTRL_AP_IDR = 0x02880000 };

static size_t scan(struct adi_fixture *f)
{
	size_t count = 0;

	assert_ok(ap_scan(f->dp, &count));
	return count;
}

static void scan__of_the_usual_part_takes_two_batches(void **state)
{
	struct adi_fixture *f = *state;
	const struct mem_ap *ap;
	uint64_t batches;

	adi_connect(f);
	batches = f->model.batches;
	assert_int_equal(scan(f), 1);
	assert_int_equal(f->model.batches, batches + 2);
	ap = dp_get_mem_ap(f->dp, 0);
	assert_string_equal(ap->ap.node.name, "AP#0");
	assert_string_equal(ap->ap.type, "AHB3-AP");
	assert_int_equal(ap->rom_base, 0xe00ff000);
	assert_true(ap->rom_present);
	assert_true(ap->can_byte);
	assert_true(ap->can_pack);
	assert_false(ap->large_address);
	/* DbgSwEnable, MasterType, privileged data. */
	assert_int_equal(ap->csw_base, 0xa3000000);
	assert_null(dp_get_mem_ap(f->dp, 1));
}

static void scan__finds_several_kinds(void **state)
{
	struct adi_fixture *f = *state;
	const struct node *node;
	uint64_t batches;

	f->model.ap[1] = (struct model_mem_ap){
		.idr = APB_IDR, .base = 0xe0080003, .words_only = true, .csw = 0x80000042
	};
	f->model.ap[4] = (struct model_mem_ap){ .idr = CTRL_AP_IDR };
	adi_connect(f);
	batches = f->model.batches;
	assert_int_equal(scan(f), 2);
	/* IDRs of 0 to 3 and 4 to 7, AP#1's registers, sizes of both. */
	assert_int_equal(f->model.batches, batches + 4);
	assert_false(dp_get_mem_ap(f->dp, 1)->can_byte);
	assert_false(dp_get_mem_ap(f->dp, 1)->can_pack);
	assert_int_equal(dp_get_mem_ap(f->dp, 1)->rom_base, 0xe0080000);
	node = f->dp->node.last_child;
	assert_string_equal(node->name, "AP#4");
	assert_string_equal(NODE_OBJECT_CONST(struct ap, node)->type, "vendor's AP");
}

static void scan__skips_an_ap_that_faults(void **state)
{
	struct adi_fixture *f = *state;

	f->model.ap[1] = (struct model_mem_ap){ .idr = AHB_IDR, .faults = true };
	f->model.ap[2] = (struct model_mem_ap){ .idr = AHB_IDR, .csw = 0x40 };
	adi_connect(f);
	assert_int_equal(scan(f), 2);
	assert_int_equal(dp_get_mem_ap(f->dp, 1)->ap.apsel, 2);
	assert_string_equal(f->dp->node.first_child->next->name, "AP#1");
	assert_true(NODE_OBJECT(struct ap, f->dp->node.first_child->next)->problem[0]);
	assert_int_equal(dapper_error_last()->status, DAPPER_OK);
}

static void scan__ends_at_the_last_apsel(void **state)
{
	struct adi_fixture *f = *state;

	/* Every APSEL below MODEL_APS is there, the rest is empty. */
	for (size_t i = 0; i < MODEL_APS; i++)
		f->model.ap[i] = (struct model_mem_ap){ .idr = AHB_IDR, .csw = 0x40 };
	adi_connect(f);
	assert_int_equal(scan(f), MODEL_APS);
}

static void scan__of_nothing_finds_nothing(void **state)
{
	struct adi_fixture *f = *state;

	f->model.ap[0].idr = 0;
	adi_connect(f);
	assert_int_equal(scan(f), 0);
	assert_null(f->dp->node.first_child);
}

static void scan__refuses_adiv6(void **state)
{
	struct adi_fixture *f = *state;
	size_t count;

	f->model.dpidr = 0x4c013477;
	adi_connect(f);
	assert_fails(DAPPER_ERR_UNSUPPORTED, ap_scan(f->dp, &count));
	assert_message("DPv3");
}

static void scan__stops_when_the_target_dies(void **state)
{
	struct adi_fixture *f = *state;
	size_t count;

	adi_connect(f);
	adi_problem(f, MODEL_DEAD, 3);
	assert_fails(DAPPER_ERR_NO_ACK, ap_scan(f->dp, &count));
}

/* What the set-up registers say. */
struct setup_row {
	const char *what;
	uint32_t idr, csw, cfg, base, base_hi;
	bool present;
	uint64_t address;
	uint32_t csw_base;
};

#define AHB3 AHB_IDR, 0x03000040

static const struct setup_row setup_rows[] = {
	{ "BASE present", AHB3, 0, 0xe00ff003, 0, true, 0xe00ff000, 0xa3000000 },
	{ "BASE not present", AHB3, 0, 0xe00ff002, 0, false, 0xe00ff000, 0xa3000000 },
	{ "BASE legacy", AHB3, 0, 0xe00ff000, 0, true, 0xe00ff000, 0xa3000000 },
	{ "BASE legacy, none", AHB3, 0, 0xffffffff, 0, false, 0xfffff000, 0xa3000000 },
	{ "BASE zero", AHB3, 0, 0, 0, false, 0, 0xa3000000 },
	{ "BASE large", AHB3, 2, 0x80000003, 0x12, true, 0x1280000000, 0xa3000000 },
	{ "BASE high half that does not count", AHB3, 0, 0x80000003, 0x12, true, 0x80000000,
		0xa3000000 },
	{ "CSW of AHB5, secure debug", 0x14770015, 0x00800040, 0, 0, 0, false, 0, 0x83000000 },
	{ "CSW of AHB5, no secure debug", 0x14770015, 0x00000040, 0, 0, 0, false, 0, 0xc3000000 },
	{ "CSW of APB keeps what it had", 0x54770002, 0x80000042, 0, 0, 0, false, 0, 0x80000000 },
	{ "CSW of AXI", 0x74770004, 0x00000042, 0, 0, 0, false, 0, 0xb0000000 },
};

static void setup__is_read_as_the_manual_says(void **state)
{
	const struct setup_row *row = *state;
	struct adi_fixture *f;
	void *fixture = NULL;

	adi_set_up(&fixture);
	f = fixture;
	f->model.ap[0] = (struct model_mem_ap){
		.idr = row->idr,
		.csw = row->csw,
		.cfg = row->cfg,
		.base = row->base,
		.base_hi = row->base_hi,
	};
	adi_connect_ap(f);
	assert_int_equal(f->ap->rom_present, row->present);
	assert_int_equal(f->ap->rom_base, row->address);
	assert_int_equal(f->ap->csw_base, row->csw_base);
	adi_tear_down(&fixture);
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

	adi_connect_ap(f);
	dapper_node_describe(&f->ap->ap.node, &visitor);
	assert_string_equal(facts, "type=AHB3-AP\nidr=0x84770001\ndesigner=0x23b\nrevision=8\n"
				   "variant=0\nrom_base=0xe00ff000\nsizes=8, 16, 32, packed\n"
				   "address_bits=32\n");
	facts[0] = '\0';
	dapper_node_describe(&f->dp->node, &visitor);
	assert_string_equal(facts, "dpidr=0x2ba01477\nversion=DPv1\ndesigner=0x23b\npart=0xba\n"
				   "revision=2\nclock_hz=1000000\n");
}

static void every_lost_allocation__is_reported(void **state)
{
	struct adi_fixture *f = *state;

	adi_connect(f);
	for (uint64_t n = 1;; n++) {
		dapper_status status;
		size_t count;

		assert_true(n < 100);
		test_clear_error();
		alloc_fail_at(n);
		status = ap_scan(f->dp, &count);
		alloc_fail_at(0);
		while (f->dp->node.first_child)
			node_destroy(f->dp->node.first_child);
		if (status == DAPPER_OK)
			break;
		assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		assert_int_equal(dapper_error_last()->status, DAPPER_ERR_NO_MEMORY);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		adi_test(scan__of_the_usual_part_takes_two_batches),
		adi_test(scan__finds_several_kinds),
		adi_test(scan__skips_an_ap_that_faults),
		adi_test(scan__ends_at_the_last_apsel),
		adi_test(scan__of_nothing_finds_nothing),
		adi_test(scan__refuses_adiv6),
		adi_test(scan__stops_when_the_target_dies),
		adi_test(describe__tells_the_facts),
		adi_test(every_lost_allocation__is_reported),
	};
	return test_run_all("adi/ap", tests, ARRAY_SIZE(tests), setup__is_read_as_the_manual_says,
		setup_rows, sizeof(setup_rows[0]), ARRAY_SIZE(setup_rows));
}
