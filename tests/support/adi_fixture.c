/* SPDX-License-Identifier: Apache-2.0 */
#include "support/adi_fixture.h"

#include <stdlib.h>

static void make(struct adi_fixture *fixture)
{
	fixture->probe = model_probe_new(fixture->context, &fixture->model);
	assert_non_null(fixture->probe);
	assert_ok(dp_create(fixture->context, fixture->probe, &fixture->dp));
}

static void unmake(struct adi_fixture *fixture)
{
	node_destroy(&fixture->dp->node);
	dapper_probe_unref(fixture->probe);
}

int adi_set_up(void **state)
{
	struct adi_fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	model_init(&fixture->model);
	assert_ok(dapper_context_new(&fixture->context));
	make(fixture);
	*state = fixture;
	return 0;
}

int adi_tear_down(void **state)
{
	struct adi_fixture *fixture = *state;

	unmake(fixture);
	dapper_context_unref(fixture->context);
	free(fixture);
	return 0;
}

void adi_remake(struct adi_fixture *fixture)
{
	unmake(fixture);
	make(fixture);
}

void adi_connect(struct adi_fixture *fixture)
{
	const struct dp_options options = { .clock_hz = 1000000 };

	assert_ok(dp_connect(fixture->dp, &options));
}

void adi_connect_ap(struct adi_fixture *fixture)
{
	size_t count = 0;

	adi_connect(fixture);
	assert_ok(ap_scan(fixture->dp, &count));
	assert_true(count > 0);
	fixture->ap = dp_get_mem_ap(fixture->dp, 0);
}

void adi_problem(struct adi_fixture *fixture, int kind, uint64_t n)
{
	for (size_t i = 0; i < MODEL_PROBLEMS; i++) {
		struct model_problem *problem = &fixture->model.problems[i];

		if (problem->at > fixture->model.transactions)
			continue;
		problem->at = fixture->model.transactions + n;
		problem->kind = kind;
		return;
	}
	fail_msg("too many problems");
}
