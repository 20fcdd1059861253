/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access ports: looking for them and telling what they are (IHI 0031, C1.2 selecting, C1.3 IDR).
 */
#include <stdio.h>
#include <stdlib.h>

#include "adi/dp_internal.h"
#include "adi/mem_ap_internal.h"
#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

enum {
	APSEL_COUNT = 256,
	SCAN_GROUP = 4,  /* APs looked at in one batch */
	EMPTY_LIMIT = 3, /* consecutive empty ones that end the scan: pyOCD's default */
	DESIGNER_ARM = 0x23b,
};

/* --- what an IDR means --------------------------------------------------------------------------
 */

static const struct {
	uint8_t class;
	uint8_t type;
	const char *name;
} ap_types[] = {
	{ AP_CLASS_NONE, 0, "JTAG-AP" },
	{ AP_CLASS_COM, 0, "COM-AP" },
	{ AP_CLASS_MEM, AP_TYPE_AHB3, "AHB3-AP" },
	{ AP_CLASS_MEM, AP_TYPE_APB, "APB-AP" },
	{ AP_CLASS_MEM, AP_TYPE_AXI3, "AXI-AP" },
	{ AP_CLASS_MEM, AP_TYPE_AHB5, "AHB5-AP" },
	{ AP_CLASS_MEM, AP_TYPE_APB4, "APB4-AP" },
	{ AP_CLASS_MEM, AP_TYPE_AXI5, "AXI5-AP" },
	{ AP_CLASS_MEM, AP_TYPE_AHB5_HPROT, "AHB5-AP" },
};

static bool is_mem_ap(uint32_t idr)
{
	return FIELD_GET(AP_IDR_CLASS, idr) == AP_CLASS_MEM;
}

static const char *type_name(uint32_t idr)
{
	const unsigned class = FIELD_GET(AP_IDR_CLASS, idr);

	/* Types of class 0 are their designer's own: Nordic's CTRL-AP has type 0 too. */
	if (class == AP_CLASS_NONE && FIELD_GET(AP_IDR_DESIGNER, idr) != DESIGNER_ARM)
		return "vendor's AP";
	for (size_t i = 0; i < ARRAY_SIZE(ap_types); i++)
		if (ap_types[i].class == class && ap_types[i].type == FIELD_GET(AP_IDR_TYPE, idr))
			return ap_types[i].name;
	return is_mem_ap(idr) ? "MEM-AP" : "unknown AP";
}

void ap_describe(const struct ap *ap, struct dapper_node_visitor *visitor)
{
	node_put_text(visitor, "type", "%s", ap->type);
	node_put_hex(visitor, "idr", ap->idr, 8);
	node_put_hex(visitor, "designer", FIELD_GET(AP_IDR_DESIGNER, ap->idr), 3);
	node_put_number(visitor, "revision", FIELD_GET(AP_IDR_REVISION, ap->idr));
	node_put_number(visitor, "variant", FIELD_GET(AP_IDR_VARIANT, ap->idr));
	if (ap->problem[0])
		node_put_text(visitor, "problem", "%s", ap->problem);
}

void ap_init(
	struct ap *ap, const struct node_class *class, struct dp *dp, uint8_t apsel, uint32_t idr)
{
	node_init(&ap->node, class, "AP#%u", (unsigned)apsel);
	ap->dp = dp;
	ap->apsel = apsel;
	ap->idr = idr;
	ap->type = type_name(idr);
}

static void plain_ap_describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	ap_describe(NODE_OBJECT_CONST(struct ap, node), visitor);
}

static void plain_ap_destroy(struct node *node)
{
	free(NODE_OBJECT(struct ap, node));
}

/* An AP that is no MEM-AP, or that cannot be used as one. */
static const struct node_class plain_ap_class = {
	.kind = "ap",
	.describe = plain_ap_describe,
	.destroy = plain_ap_destroy,
};

/* --- the scan -----------------------------------------------------------------------------------
 */

/* One APSEL as the scan sees it. */
struct found {
	uint32_t idr;
	struct mem_ap_setup setup;
	bool is_set_up;
	char problem[160];
};

struct scan {
	struct dp *dp;
	unsigned count; /* APSELs looked at */
	struct found found[APSEL_COUNT];
};

static void queue_idr(struct dp *dp, struct batch *batch, unsigned apsel, struct found *found)
{
	dp_select_ap(dp, batch, (uint8_t)apsel, AP_REG_BANK(AP_IDR));
	batch_read_ap(batch, AP_REG_OFFSET(AP_IDR), &found->idr);
}

static void note_problem(struct scan *scan, unsigned apsel)
{
	struct found *found = &scan->found[apsel];

	snprintf(found->problem, sizeof(found->problem), "%s", dapper_error_last()->message);
	log_warning(scan->dp->context, DAPPER_LOG_ADI, "AP#%u cannot be read: %s, ignoring", apsel,
		found->problem);
	error_clear();
}

static dapper_status run(struct scan *scan, struct batch *batch)
{
	dapper_status status = dp_run(scan->dp, batch);

	batch_finish(batch);
	return status;
}

/*
 * Most parts have one AP, and it is a MEM-AP: its other registers are read along with its IDR, to
 * save a round trip. To read them of what is no MEM-AP does no harm.
 */
static dapper_status look_at_group(struct scan *scan, unsigned first, unsigned count)
{
	struct batch batch = BATCH_INIT;

	for (unsigned i = first; i < first + count; i++) {
		queue_idr(scan->dp, &batch, i, &scan->found[i]);
		if (i == 0)
			mem_ap_queue_setup(scan->dp, &batch, 0, &scan->found[0].setup);
	}
	TRY(run(scan, &batch));
	if (first == 0)
		scan->found[0].is_set_up = true;
	return DAPPER_OK;
}

static dapper_status look_at_one(struct scan *scan, unsigned apsel)
{
	struct batch batch = BATCH_INIT;
	dapper_status status;

	scan->found[apsel].idr = 0;
	queue_idr(scan->dp, &batch, apsel, &scan->found[apsel]);
	status = run(scan, &batch);
	if (status == DAPPER_OK || !dp_is_target_answer(status) || scan->dp->is_lost)
		return status;
	scan->found[apsel].idr = 0;
	note_problem(scan, apsel);
	return DAPPER_OK;
}

/* One AP that faults must not hide its neighbours. */
static dapper_status look_at(struct scan *scan, unsigned first, unsigned count)
{
	dapper_status status = look_at_group(scan, first, count);

	if (status == DAPPER_OK || !dp_is_target_answer(status) || scan->dp->is_lost)
		return status;
	error_clear();
	for (unsigned i = first; i < first + count; i++)
		TRY(look_at_one(scan, i));
	return DAPPER_OK;
}

static bool scan_is_over(const struct scan *scan)
{
	unsigned empty = 0;

	for (unsigned i = 0; i < scan->count && empty < EMPTY_LIMIT; i++)
		empty = scan->found[i].idr == 0 ? empty + 1 : 0;
	return empty >= EMPTY_LIMIT || scan->count >= APSEL_COUNT;
}

/* --- setting them up ----------------------------------------------------------------------------
 */

static bool needs_setup(const struct found *found)
{
	return is_mem_ap(found->idr) && !found->is_set_up && !found->problem[0];
}

/* Those of APSEL first..last in one batch. */
static dapper_status read_setups(struct scan *scan, unsigned first, unsigned last)
{
	struct batch batch = BATCH_INIT;

	for (unsigned i = first; i <= last; i++)
		if (needs_setup(&scan->found[i]))
			mem_ap_queue_setup(scan->dp, &batch, (uint8_t)i, &scan->found[i].setup);
	TRY(run(scan, &batch));
	for (unsigned i = first; i <= last; i++)
		if (needs_setup(&scan->found[i]))
			scan->found[i].is_set_up = true;
	return DAPPER_OK;
}

static dapper_status set_up(struct scan *scan)
{
	dapper_status status = read_setups(scan, 0, scan->count - 1);

	if (status == DAPPER_OK || !dp_is_target_answer(status) || scan->dp->is_lost)
		return status;
	for (unsigned i = 0; i < scan->count; i++) {
		status = needs_setup(&scan->found[i]) ? read_setups(scan, i, i) : DAPPER_OK;
		if (status == DAPPER_OK)
			continue;
		if (!dp_is_target_answer(status) || scan->dp->is_lost)
			return status;
		note_problem(scan, i);
	}
	return DAPPER_OK;
}

static struct node *make_ap(struct scan *scan, unsigned apsel)
{
	const struct found *found = &scan->found[apsel];
	struct mem_ap *mem_ap;
	struct ap *ap;

	if (is_mem_ap(found->idr) && found->is_set_up) {
		mem_ap = mem_ap_create(scan->dp, (uint8_t)apsel, found->idr, &found->setup);
		return mem_ap ? &mem_ap->ap.node : NULL;
	}
	ap = xnew(ap);
	if (!ap)
		return NULL;
	ap_init(ap, &plain_ap_class, scan->dp, (uint8_t)apsel, found->idr);
	snprintf(ap->problem, sizeof(ap->problem), "%s", found->problem);
	return &ap->node;
}

static dapper_status attach_aps(struct scan *scan)
{
	for (unsigned i = 0; i < scan->count; i++) {
		struct node *node;

		if (scan->found[i].idr == 0 && !scan->found[i].problem[0])
			continue;
		node = make_ap(scan, i);
		if (!node)
			return FAIL_NO_MEMORY("an access port");
		node_attach(&scan->dp->node, node);
	}
	return DAPPER_OK;
}

/* All MEM-APs in one batch; where that fails, what is safe is assumed: 32 bits only. */
static dapper_status find_sizes(struct dp *dp)
{
	struct mem_ap_sizes sizes[APSEL_COUNT] = { { 0, 0, 0 } };
	struct batch batch = BATCH_INIT;
	struct mem_ap *ap;
	dapper_status status;

	for (size_t i = 0; (ap = dp_get_mem_ap(dp, i)); i++)
		mem_ap_queue_sizes(ap, &batch, &sizes[i]);
	status = dp_run(dp, &batch);
	batch_finish(&batch);
	if (status != DAPPER_OK && (!dp_is_target_answer(status) || dp->is_lost))
		return status;
	if (status != DAPPER_OK) {
		log_warning(dp->context, DAPPER_LOG_ADI,
			"access sizes cannot be found out: %s, using words only",
			dapper_error_last()->message);
		error_clear();
		return DAPPER_OK;
	}
	for (size_t i = 0; (ap = dp_get_mem_ap(dp, i)); i++)
		mem_ap_take_sizes(ap, &sizes[i]);
	return DAPPER_OK;
}

static dapper_status scan_all(struct scan *scan)
{
	do {
		TRY(look_at(scan, scan->count, SCAN_GROUP));
		scan->count += SCAN_GROUP;
	} while (!scan_is_over(scan));
	TRY(set_up(scan));
	TRY(attach_aps(scan));
	return find_sizes(scan->dp);
}

dapper_status ap_scan(struct dp *dp, size_t *count)
{
	struct scan *scan;
	dapper_status status;

	if (dp->version >= 3)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"the debug port is a DPv%u: ADIv6 access ports are not supported yet",
			dp->version);
	scan = xnew(scan);
	if (!scan)
		return FAIL_NO_MEMORY("a scan of access ports");
	scan->dp = dp;
	status = scan_all(scan);
	free(scan);
	if (status != DAPPER_OK)
		return status;
	for (*count = 0; dp_get_mem_ap(dp, *count);)
		++*count;
	return DAPPER_OK;
}

struct mem_ap *dp_get_mem_ap(const struct dp *dp, size_t index)
{
	for (struct node *node = dp->node.first_child; node; node = node->next)
		if (mem_ap_is(node) && index-- == 0)
			return NODE_OBJECT(struct mem_ap, node);
	return NULL;
}
