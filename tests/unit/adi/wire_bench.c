/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/adi/wire_bench.h"

#include "probe/drivers.h"
#include "probe/drivers/cmsis_dap/dap.h"

/* --- packets ---------------------------------------------------------------------------------- */

static dapper_status wire_send(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct wire_bench *bench = data;
	unsigned at = (bench->oldest + bench->waiting) % WIRE_PACKETS;

	(void)timeout_ms;
	assert_true(size <= bench->packet_size && bench->waiting < WIRE_PACKETS);
	if (bench->unplugged)
		return dapper_fail(DAPPER_ERR_PROBE_GONE, "the bench's probe is gone");
	bench->packets++;
	bench->answers[at].size =
		vdap_process(&bench->vdap, packet, size, bench->answers[at].bytes);
	bench->waiting++;
	return DAPPER_OK;
}

static dapper_status wire_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct wire_bench *bench = data;

	(void)timeout_ms;
	if (bench->waiting == 0)
		return dapper_fail(DAPPER_ERR_TIMEOUT, "nothing was asked");
	*size = bench->answers[bench->oldest].size;
	assert_true(*size <= capacity);
	memcpy(packet, bench->answers[bench->oldest].bytes, *size);
	bench->oldest = (bench->oldest + 1) % WIRE_PACKETS;
	bench->waiting--;
	return DAPPER_OK;
}

static uint64_t wire_now_ns(void *data)
{
	return ((struct wire_bench *)data)->clock.now_ns;
}

static void wire_sleep_ns(void *data, uint64_t ns)
{
	vclock_pass(&((struct wire_bench *)data)->clock, ns);
}

static void wire_close(void *data)
{
	(void)data;
}

static const struct cmsis_dap_transport_ops wire_ops = {
	.send = wire_send,
	.receive = wire_receive,
	.close = wire_close,
	.now_ns = wire_now_ns,
	.sleep_ns = wire_sleep_ns,
};

/* --- the bench -------------------------------------------------------------------------------- */

int wire_set_up(void **state)
{
	struct wire_bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	fake_target_init(&bench->fake, &bench->target);
	for (size_t i = 0; i < sizeof(bench->fake.ram); i++)
		bench->fake.ram[i] = (uint8_t)(i * 7 ^ i >> 8);
	bench->target.aps[0].increment_bits = 12;
	bench->target.tap_count = 1;
	bench->target.taps_before = 1;
	bench->target.taps[0] = (struct vtap_config){
		.idcode = 0x06413041, .ir_length = 5, .ir_capture = 1, .ir_idcode = 1
	};
	bench->packet_size = WIRE_PACKET_MAX;
	bench->options = (struct dp_options){ .wire = DAPPER_WIRE_JTAG, .clock_hz = 1000000 };
	assert_ok(dapper_context_new(&bench->context));
	*state = bench;
	return 0;
}

int wire_tear_down(void **state)
{
	struct wire_bench *bench = *state;

	if (bench->dp)
		node_destroy(&bench->dp->node);
	dapper_probe_unref(bench->probe);
	dapper_context_unref(bench->context);
	free(bench);
	return 0;
}

static const dapper_probe_driver *cmsis_dap(void)
{
	const dapper_probe_driver *const *driver = probe_drivers;

	while (strcmp((*driver)->name, "cmsis-dap") != 0)
		driver++;
	return *driver;
}

static void plug_in(struct wire_bench *bench)
{
	const struct vdap_identity identity = { .packet_size = bench->packet_size,
		.packet_count = WIRE_PACKETS };
	const struct cmsis_dap_transport transport = { .ops = &wire_ops, .data = bench };
	const dapper_probe_info info = { .unique_id = "bench" };
	struct dap *dap = NULL;

	vclock_init(&bench->clock);
	vdp_init(&bench->vdp, &bench->target, &bench->clock, &bench->faults);
	vswj_init(&bench->wire, &bench->vdp);
	vport_init(&bench->port, &bench->wire, &bench->clock);
	vdap_init(&bench->vdap, &identity, &bench->port);
	bench->driver = *cmsis_dap();
	bench->ops = *bench->driver.ops;
	bench->driver.ops = &bench->ops;
	if (bench->no_jtag_sequence)
		bench->ops.jtag_sequence = NULL;
	if (bench->no_jtag_configure)
		bench->ops.jtag_configure = NULL;
	if (bench->no_swd_sequence)
		bench->ops.swd_sequence = NULL;
	assert_ok(cmsis_dap_open(bench->context, "bench", &transport, &dap));
	assert_ok(probe_create(bench->context, &bench->driver, dap, &info, &bench->probe));
	assert_ok(dp_create(bench->context, bench->probe, &bench->dp));
}

dapper_status wire_connect(struct wire_bench *bench)
{
	if (!bench->probe)
		plug_in(bench);
	return dp_connect(bench->dp, &bench->options);
}

void wire_connect_ap(struct wire_bench *bench)
{
	size_t count = 0;

	assert_ok(wire_connect(bench));
	assert_ok(ap_scan(bench->dp, &count));
	assert_int_equal(count, 2);
	bench->ap = dp_get_mem_ap(bench->dp, 0);
}

void wire_disturb(struct wire_bench *bench, const char *bits)
{
	for (; *bits; bits++)
		vport_jtag_cycle(&bench->port, *bits == '1', true);
}
