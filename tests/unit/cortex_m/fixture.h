/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_CORTEX_M_FIXTURE_H
#define UNIT_CORTEX_M_FIXTURE_H

/**
 * @file
 * A core object over the model of a core, with the true adi/ between them.
 */
#include "cortex_m/cortex_m.h"
#include "cortex_m/scs_regs.h"
#include "support/model_core.h"
#include "support/test.h"

struct fixture {
	dapper_context *context;
	struct model_core model;
	dapper_probe *probe;
	struct dp *dp;
	struct component scs;
	struct cortex_m_host host;
	struct dapper_target *core; /* NULL until fixture_create() */
	char log[4096];             /* warnings, one a line */
	char facts[1024];
	dapper_probe_counters before;
};

/** Everything but the core, so that a test can change the model first. */
int fixture_set_up(void **state);
/** Requires that nothing forbidden was done to the model. */
int fixture_tear_down(void **state);
/** With the core made, and halted. */
int fixture_set_up_halted(void **state);

dapper_status fixture_make_core(struct fixture *f);
void fixture_create(struct fixture *f);

/** Count from here. */
void fixture_count(struct fixture *f);
/** Since fixture_count(): batches, and transfers as asked for (a poll is one). */
uint64_t fixture_batches(struct fixture *f);
uint64_t fixture_transfers(struct fixture *f);

/** What the core says of itself, "KEY=TEXT" one a line. */
const char *fixture_facts(struct fixture *f);

uint64_t fixture_read(struct fixture *f, const char *name);
void fixture_write(struct fixture *f, const char *name, uint64_t value);
dapper_target_state fixture_state(struct fixture *f);

#define fixture_test(function) \
	cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)
#define fixture_test_halted(function) \
	cmocka_unit_test_setup_teardown(function, fixture_set_up_halted, fixture_tear_down)

#define assert_hint(text)      assert_non_null(strstr(dapper_error_last()->hint, (text)))
#define assert_logged(f, text) assert_non_null(strstr((f)->log, (text)))

#endif /* UNIT_CORTEX_M_FIXTURE_H */
