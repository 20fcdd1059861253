/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest true driver: answers every transfer with OK and reads as 0. For tests. */
#include <string.h>

#include "probe/drivers.h"

static dapper_status loopback_connect(
	void *driver_data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	(void)driver_data;
	if (wire == DAPPER_WIRE_JTAG) {
		dapper_fail(DAPPER_ERR_UNSUPPORTED, "the loopback probe has no JTAG");
		return dapper_fail_hint(DAPPER_ERR_UNSUPPORTED, "use -O dap_protocol=swd");
	}
	*actual_hz = clock_hz;
	return DAPPER_OK;
}

static dapper_status loopback_disconnect(void *driver_data)
{
	(void)driver_data;
	return DAPPER_OK;
}

static dapper_status loopback_run_batch(void *driver_data, const dapper_transfer *batch,
	size_t count, uint32_t timeout_ms, dapper_batch_result *result)
{
	(void)driver_data;
	(void)timeout_ms;
	for (size_t i = 0; i < count; i++) {
		if (batch[i].kind == DAPPER_TRANSFER_READ && batch[i].word)
			*batch[i].word = 0;
		if (batch[i].kind == DAPPER_TRANSFER_READ_BLOCK)
			memset(batch[i].in, 0, batch[i].count * 4);
	}
	*result = (dapper_batch_result){ .completed = count, .ack = DAPPER_ACK_OK };
	return DAPPER_OK;
}

static void loopback_close(void *driver_data)
{
	(void)driver_data;
}

static dapper_status loopback_open(
	dapper_context *context, const char *name, void **driver_data, dapper_probe_info *info)
{
	(void)context;
	*driver_data = NULL;
	*info = (dapper_probe_info){
		.unique_id = name,
		.vendor = "dapper",
		.product = "loopback",
		.description = "answers everything with OK",
	};
	return DAPPER_OK;
}

static const dapper_probe_ops loopback_ops = {
	.connect = loopback_connect,
	.disconnect = loopback_disconnect,
	.run_batch = loopback_run_batch,
	.close = loopback_close,
};

const dapper_probe_driver loopback_driver = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "loopback",
	.description = "Answers every transfer with OK; for tests",
	.schemes = "loopback",
	.ops = &loopback_ops,
	.open = loopback_open,
};
