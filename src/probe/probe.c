/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe object: one wrapper per op of the driver, where missing ops, the counters of what the
 * layers above asked for, and the wire log live.
 */
#include "probe/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

struct dapper_probe {
	unsigned references;
	dapper_context *context;
	const dapper_probe_driver *driver;
	void *driver_data;
	dapper_probe_info info; /* strings are ours */
	struct clock clock;
	probe_describe_transfer describe;
	void *describe_data;
	probe_on_gone on_gone;
	void *on_gone_data;
	bool ignore_cancel;
	uint64_t transfers;
	uint64_t batches;
};

static void free_info(dapper_probe_info *info)
{
	/* Our own copies, const only for those who read them. */
	free((void *)(uintptr_t)info->unique_id);
	free((void *)(uintptr_t)info->vendor);
	free((void *)(uintptr_t)info->product);
	free((void *)(uintptr_t)info->description);
}

static char *copy_or_empty(const char *text)
{
	return xstrdup(text ? text : "");
}

static bool copy_info(dapper_probe_info *to, const dapper_probe_info *from, const char *driver)
{
	*to = (dapper_probe_info){
		.driver = driver,
		.unique_id = copy_or_empty(from->unique_id),
		.vendor = copy_or_empty(from->vendor),
		.product = copy_or_empty(from->product),
		.description = copy_or_empty(from->description),
	};
	return to->unique_id && to->vendor && to->product && to->description;
}

dapper_status probe_create(dapper_context *context, const dapper_probe_driver *driver,
	void *driver_data, const dapper_probe_info *info, dapper_probe **probe)
{
	const dapper_probe_ops *ops = driver->ops;
	dapper_probe *made = xnew(made);

	if (!made || !copy_info(&made->info, info, driver->name)) {
		if (made)
			free_info(&made->info);
		free(made);
		ops->close(driver_data);
		return FAIL_NO_MEMORY("a probe");
	}
	made->references = 1;
	made->context = context_ref(context);
	made->driver = driver;
	made->driver_data = driver_data;
	made->clock = host_clock;
	if (ops->now_ns && ops->sleep_ns)
		made->clock = (struct clock){ ops->now_ns, ops->sleep_ns, driver_data };
	*probe = made;
	return DAPPER_OK;
}

dapper_probe *probe_ref(dapper_probe *probe)
{
	probe->references++;
	return probe;
}

dapper_probe *dapper_probe_unref(dapper_probe *probe)
{
	if (!probe || --probe->references > 0)
		return NULL;
	probe->driver->ops->close(probe->driver_data);
	dapper_context_unref(probe->context);
	free_info(&probe->info);
	free(probe);
	return NULL;
}

const struct clock *probe_clock(dapper_probe *probe)
{
	return &probe->clock;
}

dapper_context *probe_context(dapper_probe *probe)
{
	return probe->context;
}

const dapper_probe_info *dapper_probe_get_info(const dapper_probe *probe)
{
	return &probe->info;
}

bool dapper_probe_get_property(
	const dapper_probe *probe, size_t index, const char **name, const char **value)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	return ops->get_property && ops->get_property(probe->driver_data, index, name, value);
}

size_t dapper_probe_get_property_count(const dapper_probe *probe)
{
	const char *name, *value;
	size_t count = 0;

	while (dapper_probe_get_property(probe, count, &name, &value))
		count++;
	return count;
}

/* Whose probe failed; added here once, whatever the driver said. */
static dapper_status at_probe(const dapper_probe *probe, dapper_status status)
{
	if (status == DAPPER_OK)
		return status;
	dapper_fail_where(status, "probe %s (%s)", probe->info.unique_id, probe->driver->name);
	if (status == DAPPER_ERR_PROBE_GONE && probe->on_gone)
		probe->on_gone(probe->on_gone_data);
	return status;
}

static dapper_status fail_no_op(const dapper_probe *probe, const char *what)
{
	return dapper_fail(
		DAPPER_ERR_UNSUPPORTED, "the %s driver cannot %s", probe->driver->name, what);
}

dapper_status dapper_probe_connect(
	dapper_probe *probe, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	uint32_t hz = clock_hz;

	if (!probe || clock_hz == 0)
		return dapper_fail(DAPPER_ERR_INVALID, "no probe, or a clock of 0 Hz");
	TRY(at_probe(probe, probe->driver->ops->connect(probe->driver_data, wire, clock_hz, &hz)));
	log_debug(probe->context, DAPPER_LOG_PROBE, "connected, clock %u Hz", (unsigned)hz);
	if (actual_hz)
		*actual_hz = hz;
	return DAPPER_OK;
}

dapper_status dapper_probe_disconnect(dapper_probe *probe)
{
	return at_probe(probe, probe->driver->ops->disconnect(probe->driver_data));
}

dapper_status dapper_probe_drive_reset(dapper_probe *probe, bool assert_reset)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	if (!ops->drive_reset)
		return fail_no_op(probe, "drive the nRESET pin");
	log_debug(probe->context, DAPPER_LOG_PROBE, "nRESET %s", assert_reset ? "low" : "released");
	return at_probe(probe, ops->drive_reset(probe->driver_data, assert_reset));
}

dapper_status probe_swj_sequence(dapper_probe *probe, size_t bit_count, const uint8_t *bits)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	if (!ops->swj_sequence)
		return fail_no_op(probe, "clock out SWJ sequences");
	return at_probe(probe, ops->swj_sequence(probe->driver_data, bit_count, bits));
}

dapper_status probe_jtag_sequence(dapper_probe *probe, const dapper_jtag_run *runs, size_t count)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	if (!ops->jtag_sequence)
		return fail_no_op(probe, "clock out JTAG sequences");
	return at_probe(probe, ops->jtag_sequence(probe->driver_data, runs, count));
}

dapper_status probe_jtag_configure(
	dapper_probe *probe, const uint8_t *ir_lengths, size_t tap_count, size_t index)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	if (!ops->jtag_configure)
		return fail_no_op(probe, "talk to one of several TAPs");
	return at_probe(
		probe, ops->jtag_configure(probe->driver_data, ir_lengths, tap_count, index));
}

dapper_status probe_swd_sequence(dapper_probe *probe, const dapper_swd_run *runs, size_t count)
{
	const dapper_probe_ops *ops = probe->driver->ops;

	if (!ops->swd_sequence)
		return fail_no_op(probe, "clock out SWD sequences");
	return at_probe(probe, ops->swd_sequence(probe->driver_data, runs, count));
}

void probe_set_cancellable(dapper_probe *probe, bool cancellable)
{
	probe->ignore_cancel = !cancellable;
}

void probe_set_on_gone(dapper_probe *probe, probe_on_gone on_gone, void *data)
{
	probe->on_gone = on_gone;
	probe->on_gone_data = data;
}

void probe_set_describe(dapper_probe *probe, probe_describe_transfer describe, void *data)
{
	probe->describe = describe;
	probe->describe_data = data;
}

static void log_transfer(dapper_probe *probe, const dapper_transfer *transfer, size_t index,
	const struct dapper_batch_result *result)
{
	const bool done = index < result->completed;
	const char *outcome = done ? "" : "  ** failed";
	dapper_transfer shown = *transfer;
	char text[160];

	/* Where a failed read would have put its word, there is none. */
	if (!done)
		shown.word = NULL;
	if (probe->describe)
		probe->describe(probe->describe_data, &shown, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%s 0x%x kind %d x%zu", transfer->ap ? "AP" : "DP",
			transfer->reg, (int)transfer->kind, transfer->count);
	log_debug(probe->context, DAPPER_LOG_WIRE, "%s%s", text, outcome);
}

static void log_batch(
	dapper_probe *probe, const struct batch *batch, const struct dapper_batch_result *result)
{
	size_t shown = result->completed < batch->count ? result->completed + 1 : batch->count;

	if (!log_enabled(probe->context, DAPPER_LOG_WIRE, DAPPER_LOG_DEBUG))
		return;
	for (size_t i = 0; i < shown; i++)
		log_transfer(probe, &batch->transfers[i], i, result);
}

/* The place of a failed transfer, as far as the batch knows it. */
static dapper_status at_transfer(
	const struct batch *batch, const struct dapper_batch_result *result, dapper_status status)
{
	const struct batch_note *note = &batch->notes[result->completed];
	const uint64_t address = note->address + (uint64_t)result->words * note->stride;

	if (!note->is_memory)
		return status;
	return dapper_fail_where(status, "address 0x%08llx", (unsigned long long)address);
}

/* The one call of the driver's run_batch(); counts and logs what ran. */
static dapper_status run_and_count(dapper_probe *probe, const struct batch *batch,
	uint32_t timeout_ms, struct dapper_batch_result *result)
{
	struct dapper_batch_result outcome = { .completed = 0 };
	dapper_status status;

	*result = outcome;
	if (batch->out_of_memory)
		return FAIL_NO_MEMORY("a batch of transfers");
	if (batch->count == 0)
		return DAPPER_OK;
	if (!probe->ignore_cancel)
		TRY(context_check_cancelled(probe->context));
	status = probe->driver->ops->run_batch(
		probe->driver_data, batch->transfers, batch->count, timeout_ms, &outcome);
	if (status == DAPPER_OK)
		outcome.completed = batch->count;
	else if (outcome.completed >= batch->count)
		outcome.completed = batch->count - 1;

	probe->batches++;
	for (size_t i = 0; i < outcome.completed; i++)
		probe->transfers += batch->transfers[i].count;
	log_batch(probe, batch, &outcome);
	*result = outcome;
	return status;
}

dapper_status probe_run_transfers(dapper_probe *probe, const struct batch *batch,
	uint32_t timeout_ms, struct dapper_batch_result *result)
{
	return at_probe(probe, run_and_count(probe, batch, timeout_ms, result));
}

dapper_status probe_run_batch(dapper_probe *probe, const struct batch *batch, uint32_t timeout_ms,
	struct dapper_batch_result *result)
{
	struct dapper_batch_result outcome;
	dapper_status status = run_and_count(probe, batch, timeout_ms, &outcome);

	if (result)
		*result = outcome;
	if (status == DAPPER_OK)
		return DAPPER_OK;
	if (outcome.ack != DAPPER_ACK_NONE)
		at_transfer(batch, &outcome, status);
	return at_probe(probe, status);
}

void dapper_probe_get_counters(const dapper_probe *probe, dapper_probe_counters *counters)
{
	*counters = (dapper_probe_counters){
		.transfers = probe->transfers,
		.batches = probe->batches,
	};
	if (probe->driver->ops->get_counters)
		probe->driver->ops->get_counters(probe->driver_data, counters);
}

uint64_t dapper_probe_get_time_ns(const dapper_probe *probe)
{
	return clock_now_ns(&probe->clock);
}

void dapper_probe_sleep_ns(const dapper_probe *probe, uint64_t ns)
{
	probe->clock.sleep_ns(probe->clock.data, ns);
}

dapper_status dapper_probe_set_serial(
	dapper_probe *probe, dapper_serial_callback callback, void *payload)
{
	if (!probe)
		return dapper_fail(DAPPER_ERR_INVALID, "no probe given");
	if (!probe->driver->ops->set_serial)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "this probe has no serial port");
	return probe->driver->ops->set_serial(probe->driver_data, callback, payload);
}
