/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_probe.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "support/test.h"

static void record(struct fake_probe *fake, const char *format, ...) DAPPER_PRINTF(2, 3);

static void record(struct fake_probe *fake, const char *format, ...)
{
	size_t used = strlen(fake->log);
	va_list args;

	va_start(args, format);
	vsnprintf(fake->log + used, sizeof(fake->log) - used, format, args);
	va_end(args);
}

static uint32_t next_read(struct fake_probe *fake)
{
	return fake->reads_used < fake->read_count ? fake->reads[fake->reads_used++] : 0;
}

static void run_transfer(struct fake_probe *fake, const dapper_transfer *t)
{
	const char *port = t->ap ? "ap" : "dp";

	switch (t->kind) {
	case DAPPER_TRANSFER_READ:
		record(fake, "R %s %x\n", port, t->reg);
		if (t->word)
			*t->word = next_read(fake);
		break;
	case DAPPER_TRANSFER_WRITE:
		record(fake, "W %s %x %08x\n", port, t->reg, (unsigned)t->value);
		break;
	case DAPPER_TRANSFER_READ_BLOCK:
		record(fake, "R %s %x x%zu\n", port, t->reg, t->count);
		for (size_t i = 0; i < t->count; i++)
			put_le32(t->in + 4 * i, next_read(fake));
		break;
	case DAPPER_TRANSFER_WRITE_BLOCK:
		record(fake, "W %s %x x%zu\n", port, t->reg, t->count);
		break;
	case DAPPER_TRANSFER_READ_UNTIL_MATCH:
		record(fake, "M %s %x %08x/%08x\n", port, t->reg, (unsigned)t->value,
			(unsigned)t->mask);
		break;
	}
}

static dapper_ack ack_of(dapper_status status)
{
	switch ((int)status) {
	case DAPPER_ERR_WAIT:
		return DAPPER_ACK_WAIT;
	case DAPPER_ERR_FAULT:
		return DAPPER_ACK_FAULT;
	case DAPPER_ERR_NO_ACK:
		return DAPPER_ACK_SILENT;
	case DAPPER_ERR_PARITY:
		return DAPPER_ACK_PARITY;
	case DAPPER_ERR_MISMATCH:
		return DAPPER_ACK_MISMATCH;
	default:
		return DAPPER_ACK_NONE;
	}
}

static dapper_status fake_run_batch(void *driver_data, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result)
{
	struct fake_probe *fake = driver_data;

	(void)timeout_ms;
	for (size_t i = 0; i < count; i++) {
		fake->transfers++;
		fake->now_ns += 1000;
		if (fake->fail_at && fake->transfers >= fake->fail_at) {
			if (fake->fail_times <= 1)
				fake->fail_at = 0;
			else
				fake->fail_times--;
			record(fake, "fail %s\n", dapper_status_name(fake->fail_status));
			*result = (dapper_batch_result){
				.completed = i,
				.ack = ack_of(fake->fail_status),
			};
			return dapper_fail(fake->fail_status, "fake probe fails");
		}
		run_transfer(fake, &batch[i]);
	}
	*result = (dapper_batch_result){ .completed = count, .ack = DAPPER_ACK_OK };
	return DAPPER_OK;
}

static dapper_status fake_connect(
	void *driver_data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	record(driver_data, "connect %d %u\n", (int)wire, (unsigned)clock_hz);
	*actual_hz = clock_hz;
	return DAPPER_OK;
}

static dapper_status fake_disconnect(void *driver_data)
{
	record(driver_data, "disconnect\n");
	return DAPPER_OK;
}

static dapper_status fake_swj_sequence(void *driver_data, size_t bit_count, const uint8_t *bits)
{
	(void)bits;
	record(driver_data, "swj %zu\n", bit_count);
	return DAPPER_OK;
}

static dapper_status fake_drive_reset(void *driver_data, bool assert_reset)
{
	record(driver_data, "reset %d\n", assert_reset);
	return DAPPER_OK;
}

static uint64_t fake_now_ns(void *driver_data)
{
	return ((struct fake_probe *)driver_data)->now_ns;
}

static void fake_sleep_ns(void *driver_data, uint64_t ns)
{
	((struct fake_probe *)driver_data)->now_ns += ns;
}

static void fake_close(void *driver_data)
{
	record(driver_data, "close\n");
}

static const dapper_probe_ops fake_ops = {
	.connect = fake_connect,
	.disconnect = fake_disconnect,
	.run_batch = fake_run_batch,
	.swj_sequence = fake_swj_sequence,
	.drive_reset = fake_drive_reset,
	.now_ns = fake_now_ns,
	.sleep_ns = fake_sleep_ns,
	.close = fake_close,
};

static const dapper_probe_driver fake_driver = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "fake",
	.description = "Records and scripts; for unit tests",
	.ops = &fake_ops,
};

dapper_probe *fake_probe_new(dapper_context *context, struct fake_probe *fake)
{
	dapper_probe_info info = { .unique_id = "fake" };
	dapper_probe *probe = NULL;

	assert_ok(probe_create(context, &fake_driver, fake, &info, &probe));
	return probe;
}
