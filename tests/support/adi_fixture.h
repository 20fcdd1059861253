/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_ADI_FIXTURE_H
#define SUPPORT_ADI_FIXTURE_H

/**
 * @file
 * A debug port over the model target of model_ap.h, for tests of adi/ and of what stands on it.
 */
#include "adi/mem_ap.h"
#include "support/model_ap.h"
#include "support/test.h"

struct adi_fixture {
	dapper_context *context;
	struct model model;
	dapper_probe *probe;
	struct dp *dp;
	struct mem_ap *ap; /* the first one, after adi_connect() */
};

/** cmocka set-up: a model as model_init() makes it, a DP that is not connected. */
int adi_set_up(void **state);
int adi_tear_down(void **state);

/** Make the probe and the DP anew, for a model whose driver is to be another. */
void adi_remake(struct adi_fixture *fixture);
/** Connect at 1 MHz; assert that it works. */
void adi_connect(struct adi_fixture *fixture);
/** Connect, and scan for APs. */
void adi_connect_ap(struct adi_fixture *fixture);
/** Let a problem start at the N-th transaction from now on; 1 is the next. */
void adi_problem(struct adi_fixture *fixture, int kind, uint64_t n);

#define adi_test(function) cmocka_unit_test_setup_teardown(function, adi_set_up, adi_tear_down)

#endif /* SUPPORT_ADI_FIXTURE_H */
