/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile target: the input decides what identification registers and ROM tables read as, which
 * pages fault, and what happens to the wire meanwhile.
 */
#include <stdlib.h>

#include "adi/mem_ap.h"
#include "base/bytes.h"
#include "coresight/component.h"
#include "tests/support/model_ap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 24, PROBLEM_BYTES = 3 };

struct hostile {
	const uint8_t *data;
	size_t size;
};

static uint8_t byte_at(const struct hostile *hostile, uint64_t index)
{
	return hostile->data[index % hostile->size];
}

static uint32_t word_at(const struct hostile *hostile, uint64_t index)
{
	uint32_t word = 0;

	for (unsigned i = 0; i < 4; i++)
		word |= (uint32_t)byte_at(hostile, index + i) << 8 * i;
	return word;
}

/* A CoreSight preamble mostly, for without it nothing is followed. */
static uint32_t read_cidr(uint8_t control, unsigned index)
{
	static const uint8_t preamble[4] = { 0x0d, 0x00, 0x05, 0xb1 };
	static const uint8_t classes[4] = { 1, 9, 9, 14 };

	return index == 1 ? (uint32_t)classes[control >> 4 & 3] << 4 : preamble[index];
}

/* Each page of 4 KB has a place in the input: a control byte, then its words. */
static bool hostile_bus(
	void *bus_data, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	const struct hostile *hostile = bus_data;
	const uint64_t place = (address >> 12) * 67;
	const uint8_t control = byte_at(hostile, place);
	const unsigned offset = address & 0xffc;

	(void)size;
	if (control == 0xff || (offset < 0xfd0 && control == 0xfe))
		return false;
	if (write)
		return true;
	if (offset >= 0xff0 && !(control & 8))
		*value = read_cidr(control, (offset - 0xff0) / 4);
	else if (offset == 0xfbc && (control & 4))
		*value = 0x47700af7;
	else
		*value = word_at(hostile, place + 1 + offset);
	return true;
}

static void take_head(struct model *model, const uint8_t *head)
{
	model->ap[0].base = get_le32(head);
	model->ap[0].base_hi = get_le32(head + 4);
	model->ap[0].cfg = head[8];
	model->ap[0].words_only = head[9] & 1;
	model->posted_write_faults = head[9] & 2;
	model->hides_words = head[9] & 4;
	model->busy_ns = head[10] * UINT64_C(100000);
	for (size_t i = 0; i < 4; i++) {
		const uint8_t *problem = head + 12 + PROBLEM_BYTES * i;

		model->problems[i].at = 40 + get_le16(problem);
		model->problems[i].kind = problem[2] % 7;
	}
}

static void ignore_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	(void)payload;
	(void)key;
	(void)text;
	(void)is_number;
	(void)number;
}

static void walk(const struct node *node)
{
	struct dapper_node_visitor visitor = { .fact = ignore_fact };

	dapper_node_describe(node, &visitor);
	for (node = node->first_child; node; node = node->next)
		walk(node);
}

static void explore(struct dp *dp)
{
	const struct dp_options options = { .clock_hz = 1000000 };
	size_t count;

	if (dp_connect(dp, &options) != DAPPER_OK || ap_scan(dp, &count) != DAPPER_OK)
		return;
	for (size_t i = 0; i < count; i++)
		if (rom_table_discover(dp_get_mem_ap(dp, i)) != DAPPER_OK)
			break;
	walk(&dp->node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model model; /* large; made anew each time */
	struct hostile hostile = { data + HEAD, size - HEAD };
	dapper_context *context;
	dapper_probe *probe;
	struct dp *dp;

	if (size <= HEAD || dapper_context_new(&context) != DAPPER_OK)
		return 0;
	model_init(&model);
	take_head(&model, data);
	model.bus = hostile_bus;
	model.bus_data = &hostile;
	probe = model_probe_new(context, &model);
	if (probe && dp_create(context, probe, &dp) == DAPPER_OK) {
		explore(dp);
		dp_disconnect(dp);
		node_destroy(&dp->node);
	}
	dapper_probe_unref(probe);
	dapper_context_unref(context);
	return 0;
}
