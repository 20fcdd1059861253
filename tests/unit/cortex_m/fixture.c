/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/cortex_m/fixture.h"

#include <stdio.h>

#include "base/error.h"

static void take_log(
	void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	struct fixture *f = payload;
	size_t used = strlen(f->log);

	(void)level;
	if (topic == DAPPER_LOG_TARGET)
		snprintf(f->log + used, sizeof(f->log) - used, "%s\n", line);
}

static dapper_status drive_reset(void *data, bool assert_reset)
{
	TRY(dapper_probe_drive_reset(data, assert_reset));
	if (assert_reset)
		clock_sleep_ms(probe_clock(data), 10);
	return DAPPER_OK;
}

int fixture_set_up(void **state)
{
	static struct fixture fixture;
	struct fixture *f = &fixture;
	const struct dp_options options = { .clock_hz = 10000000 };
	size_t count = 0;

	memset(f, 0, sizeof(*f));
	assert_ok(dapper_context_new(&f->context));
	dapper_context_set_log(f->context, DAPPER_LOG_TARGET, DAPPER_LOG_WARNING, take_log, f);
	model_core_init(&f->model, f->context);
	f->probe = model_core_probe(&f->model);
	f->host = (struct cortex_m_host){ .drive_reset = drive_reset, .data = f->probe };
	assert_ok(dp_create(f->context, f->probe, &f->dp));
	assert_ok(dp_connect(f->dp, &options));
	assert_ok(ap_scan(f->dp, &count));
	assert_int_equal(count, 1);
	f->scs = (struct component){ .ap = dp_get_mem_ap(f->dp, 0), .address = 0xe000e000 };
	*state = f;
	return 0;
}

int fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->core)
		node_destroy(&f->core->node);
	node_destroy(&f->dp->node);
	dapper_probe_unref(f->probe);
	dapper_context_unref(f->context);
	if (f->model.violation[0])
		print_error("the core was treated wrongly: %s\n", f->model.violation);
	return f->model.violation[0] ? -1 : 0;
}

dapper_status fixture_make_core(struct fixture *f)
{
	return cortex_m_create(f->context, &f->scs, &f->host, &f->core);
}

void fixture_create(struct fixture *f)
{
	assert_ok(fixture_make_core(f));
}

int fixture_set_up_halted(void **state)
{
	struct fixture *f;

	fixture_set_up(state);
	f = *state;
	fixture_create(f);
	assert_ok(dapper_target_halt(f->core));
	return 0;
}

void fixture_count(struct fixture *f)
{
	dapper_probe_get_counters(f->probe, &f->before);
}

uint64_t fixture_batches(struct fixture *f)
{
	dapper_probe_counters now;

	dapper_probe_get_counters(f->probe, &now);
	return now.batches - f->before.batches;
}

uint64_t fixture_transfers(struct fixture *f)
{
	dapper_probe_counters now;

	dapper_probe_get_counters(f->probe, &now);
	return now.transfers - f->before.transfers;
}

uint64_t fixture_read(struct fixture *f, const char *name)
{
	const dapper_register *reg = dapper_target_find_register(f->core, name);
	uint64_t value = 0;

	assert_non_null(reg);
	assert_ok(dapper_target_read_registers(f->core, &reg->id, &value, 1));
	return value;
}

void fixture_write(struct fixture *f, const char *name, uint64_t value)
{
	const dapper_register *reg = dapper_target_find_register(f->core, name);

	assert_non_null(reg);
	assert_ok(dapper_target_write_registers(f->core, &reg->id, &value, 1));
}

dapper_target_state fixture_state(struct fixture *f)
{
	dapper_target_state state = DAPPER_STATE_UNKNOWN;

	assert_ok(dapper_target_get_state(f->core, &state));
	return state;
}

static void take_fact(
	void *payload, const char *key, const char *text, bool is_number, uint64_t number)
{
	struct fixture *f = payload;
	size_t used = strlen(f->facts);

	(void)is_number;
	(void)number;
	snprintf(f->facts + used, sizeof(f->facts) - used, "%s=%s\n", key, text);
}

const char *fixture_facts(struct fixture *f)
{
	dapper_node_visitor visitor = { .fact = take_fact, .payload = f };

	f->facts[0] = '\0';
	dapper_node_describe(dapper_target_get_node(f->core), &visitor);
	return f->facts;
}
