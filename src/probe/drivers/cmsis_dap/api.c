/* SPDX-License-Identifier: Apache-2.0 */
/* The CMSIS-DAP driver as the registry sees it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "probe/drivers.h"
#include "probe/drivers/cmsis_dap/dap.h"
#include "probe/drivers/cmsis_dap/protocol.h"

dapper_status cmsis_dap_open(dapper_context *context, const char *name,
	const struct cmsis_dap_transport *transport, struct dap **dap)
{
	struct dap *made = xnew(made);
	dapper_status status;

	if (!made) {
		transport->ops->close(transport->data);
		FAIL_NO_MEMORY("a CMSIS-DAP probe");
		return DAPPER_ERR_NO_MEMORY;
	}
	made->context = context;
	status = link_init(&made->link, transport);
	if (status != DAPPER_OK) {
		free(made);
		return status;
	}
	made->name = xstrdup(name);
	status = made->name ? cmsis_dap_identify(made) : FAIL_NO_MEMORY("the probe's name");
	if (status != DAPPER_OK) {
		cmsis_dap_close(made);
		return status;
	}
	*dap = made;
	return DAPPER_OK;
}

void cmsis_dap_close(struct dap *dap)
{
	struct error_state error;

	error_save(&error);
	if (dap->connected && !dap->link.gone)
		cmsis_dap_disconnect(dap, DAP_CLOSE_TIMEOUT_MS);
	error_restore(&error);
	link_finish(&dap->link);
	free(dap->flight);
	free(dap->name);
	free(dap);
}

/* ---- ops ---- */

static dapper_status op_connect(
	void *driver_data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	TRY(cmsis_dap_connect(driver_data, wire, clock_hz));
	/* A probe does not tell what it made of it. */
	*actual_hz = clock_hz;
	return DAPPER_OK;
}

static dapper_status op_disconnect(void *driver_data)
{
	return cmsis_dap_disconnect(driver_data, DAP_TIMEOUT_MS);
}

static dapper_status op_run_batch(void *driver_data, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result)
{
	return cmsis_dap_run_batch(driver_data, batch, count, timeout_ms, result);
}

static dapper_status op_swj_sequence(void *driver_data, size_t bit_count, const uint8_t *bits)
{
	return cmsis_dap_swj_sequence(driver_data, bit_count, bits);
}

static dapper_status op_drive_reset(void *driver_data, bool assert_reset)
{
	return cmsis_dap_drive_reset(driver_data, assert_reset);
}

static bool op_get_property(void *driver_data, size_t index, const char **name, const char **value)
{
	return cmsis_dap_get_property(driver_data, index, name, value);
}

static void op_get_counters(void *driver_data, dapper_probe_counters *counters)
{
	const struct dap_link *link = &((struct dap *)driver_data)->link;

	counters->packets_out = link->counters.packets_out;
	counters->packets_in = link->counters.packets_in;
	counters->bytes_out = link->counters.bytes_out;
	counters->bytes_in = link->counters.bytes_in;
	counters->waits = link->counters.waits;
	if (link->transport.ops->get_counters)
		link->transport.ops->get_counters(link->transport.data, counters);
}

static dapper_status op_set_serial(
	void *driver_data, dapper_serial_callback callback, void *payload)
{
	const struct cmsis_dap_transport *transport = &((struct dap *)driver_data)->link.transport;

	if (!transport->ops->set_serial)
		return dapper_fail(DAPPER_ERR_UNSUPPORTED, "this probe has no serial port");
	transport->ops->set_serial(transport->data, callback, payload);
	return DAPPER_OK;
}

static uint64_t op_now_ns(void *driver_data)
{
	return clock_now_ns(&((struct dap *)driver_data)->link.clock);
}

static void op_sleep_ns(void *driver_data, uint64_t ns)
{
	const struct clock *clock = &((struct dap *)driver_data)->link.clock;

	clock->sleep_ns(clock->data, ns);
}

static void op_close(void *driver_data)
{
	cmsis_dap_close(driver_data);
}

static dapper_status op_jtag_sequence(void *driver_data, const dapper_jtag_run *runs, size_t count)
{
	return cmsis_dap_jtag_sequence(driver_data, runs, count);
}

static dapper_status op_jtag_configure(
	void *driver_data, const uint8_t *ir_lengths, size_t tap_count, size_t index)
{
	return cmsis_dap_jtag_configure(driver_data, ir_lengths, tap_count, index);
}

static dapper_status op_swd_sequence(void *driver_data, const dapper_swd_run *runs, size_t count)
{
	return cmsis_dap_swd_sequence(driver_data, runs, count);
}

static const dapper_probe_ops cmsis_dap_ops = {
	.connect = op_connect,
	.disconnect = op_disconnect,
	.run_batch = op_run_batch,
	.swj_sequence = op_swj_sequence,
	.drive_reset = op_drive_reset,
	.get_property = op_get_property,
	.get_counters = op_get_counters,
	.now_ns = op_now_ns,
	.sleep_ns = op_sleep_ns,
	.jtag_sequence = op_jtag_sequence,
	.jtag_configure = op_jtag_configure,
	.swd_sequence = op_swd_sequence,
	.set_serial = op_set_serial,
	.close = op_close,
};

/* ---- opening ---- */

static const struct {
	const char *scheme;
	cmsis_dap_transport_open open;
} transports[] = {
	{ "virtual:", cmsis_dap_virtual_open },
	{ "tcp:", cmsis_dap_tcp_open },
	{ "usb:", cmsis_dap_usb_open_address },
};

static dapper_status open_transport(
	dapper_context *context, const char *name, struct cmsis_dap_transport *transport)
{
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++) {
		size_t length = strlen(transports[i].scheme);

		if (strncmp(name, transports[i].scheme, length) == 0)
			return transports[i].open(context, name + length, transport);
	}
	return cmsis_dap_usb_open(context, name, transport);
}

static dapper_status driver_open(
	dapper_context *context, const char *name, void **driver_data, dapper_probe_info *info)
{
	struct cmsis_dap_transport transport = { .ops = NULL };
	const char *vendor = "", *product = "", *key;
	struct dap *dap = NULL;

	TRY(open_transport(context, name, &transport));
	TRY(cmsis_dap_open(context, name, &transport, &dap));
	cmsis_dap_get_property(dap, 0, &key, &vendor);
	cmsis_dap_get_property(dap, 1, &key, &product);
	*info = (dapper_probe_info){
		.unique_id = dap->name,
		.vendor = vendor,
		.product = product,
		.description = product[0] ? product : "CMSIS-DAP probe",
	};
	*driver_data = dap;
	return DAPPER_OK;
}

const dapper_probe_driver cmsis_dap_driver = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "cmsis-dap",
	.description = "CMSIS-DAP: probes on USB (v1 and v2) and over TCP, and virtual boards",
	.schemes = "virtual tcp usb",
	.ops = &cmsis_dap_ops,
	.enumerate = cmsis_dap_usb_enumerate,
	.open = driver_open,
};
