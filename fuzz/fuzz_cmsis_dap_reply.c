/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile CMSIS-DAP probe: whatever it answers, the driver neither over-reads nor loses count.
 *
 * Input: one byte of settings, then answers: length (two bytes, little-endian) and so many bytes.
 * When they are used up the probe is gone. Settings: bit 0 identify and connect honestly, so that
 * the input is all for the batches; bit 1 atomic commands; bit 2 padded; bits 4..3 packet size.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "probe/drivers/cmsis_dap/dap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hostile {
	const uint8_t *data;
	size_t left;
	uint8_t settings;
	uint64_t now_ns;
	uint8_t honest[64]; /* the answer to the request before, when that is honest */
	size_t honest_size;
};

static size_t answer_info(const struct hostile *probe, uint8_t id, uint8_t *answer)
{
	static const uint16_t sizes[] = { 64, 512, 1024, 32768 };

	switch (id) {
	case 0xf0:
		answer[0] = 1;
		answer[1] = probe->settings & 2 ? 0x11 : 1;
		return 2;
	case 0xfe:
		answer[0] = 1;
		answer[1] = 4;
		return 2;
	case 0xff:
		answer[0] = 2;
		put_le16(answer + 1, sizes[probe->settings >> 3 & 3]);
		return 3;
	default:
		answer[0] = 0;
		return 1;
	}
}

/* Only what fits: a list of commands that is not understood is left to the input. */
static size_t answer_honestly(const struct hostile *probe, const uint8_t *packet, uint8_t *answer)
{
	static const uint8_t sizes[0x14] = {
		[0] = 2, [1] = 3, [2] = 2, [3] = 1, [4] = 6, [0x10] = 7, [0x11] = 5, [0x13] = 2
	};
	unsigned count = packet[0] == 0x7f ? packet[1] : 1;
	size_t size = 0;

	if (packet[0] == 0x7f) {
		answer[size++] = 0x7f;
		answer[size++] = (uint8_t)count;
		packet += 2;
	}
	for (unsigned i = 0; i < count; i++) {
		if (packet[0] >= sizeof(sizes) || !sizes[packet[0]])
			return 0;
		answer[size++] = packet[0];
		if (packet[0] == 0)
			size += answer_info(probe, packet[1], answer + size);
		else
			answer[size++] = packet[0] == 2 ? packet[1] : 0;
		packet += sizes[packet[0]];
	}
	return size;
}

static dapper_status hostile_send(
	void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct hostile *probe = data;

	(void)timeout_ms;
	(void)size;
	probe->honest_size = 0;
	if (probe->settings & 1)
		probe->honest_size = answer_honestly(probe, packet, probe->honest);
	return DAPPER_OK;
}

static dapper_status hostile_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct hostile *probe = data;
	size_t length;

	(void)timeout_ms;
	if (probe->honest_size) {
		memcpy(packet, probe->honest, *size = probe->honest_size);
		probe->honest_size = 0;
		return DAPPER_OK;
	}
	if (probe->left < 2)
		return dapper_fail(DAPPER_ERR_PROBE_GONE, "the input is used up");
	length = get_le16(probe->data);
	probe->data += 2;
	probe->left -= 2;
	if (length == 0xffff) {
		probe->now_ns += (uint64_t)timeout_ms * 1000000;
		return dapper_fail(DAPPER_ERR_TIMEOUT, "silence");
	}
	if (length > probe->left)
		length = probe->left;
	if (length > capacity)
		length = capacity;
	memcpy(packet, probe->data, length);
	probe->data += length;
	probe->left -= length;
	*size = length;
	return DAPPER_OK;
}

static void hostile_close(void *data)
{
	(void)data;
}

static void hostile_get_counters(void *data, dapper_probe_counters *counters)
{
	(void)data;
	(void)counters;
}

static uint64_t hostile_now_ns(void *data)
{
	return ((struct hostile *)data)->now_ns += 1000;
}

static void hostile_sleep_ns(void *data, uint64_t ns)
{
	((struct hostile *)data)->now_ns += ns;
}

static const struct cmsis_dap_transport_ops hostile_ops = {
	.send = hostile_send,
	.receive = hostile_receive,
	.close = hostile_close,
	.get_counters = hostile_get_counters,
	.now_ns = hostile_now_ns,
	.sleep_ns = hostile_sleep_ns,
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void run_batch(struct dap *dap)
{
	uint8_t bytes[4 * 40] = { 0 };
	uint32_t words[4];
	const dapper_transfer batch[] = {
		{ .kind = DAPPER_TRANSFER_WRITE, .reg = 8, .count = 1 },
		{ .kind = DAPPER_TRANSFER_READ, .ap = true, .reg = 12, .word = words, .count = 1 },
		{ .kind = DAPPER_TRANSFER_READ, .reg = 4, .word = words + 1, .count = 1 },
		{ .kind = DAPPER_TRANSFER_READ_BLOCK,
			.ap = true,
			.reg = 12,
			.in = bytes,
			.count = 40 },
		{ .kind = DAPPER_TRANSFER_READ_UNTIL_MATCH,
			.ap = true,
			.mask = 1,
			.retries = 65535,
			.count = 1 },
		{ .kind = DAPPER_TRANSFER_WRITE_BLOCK,
			.ap = true,
			.reg = 12,
			.out = bytes,
			.count = 40 },
		{ .kind = DAPPER_TRANSFER_READ, .ap = true, .reg = 12, .count = 1 },
	};
	size_t count = sizeof(batch) / sizeof(batch[0]);
	dapper_batch_result result;
	dapper_status status = cmsis_dap_run_batch(dap, batch, count, 1000, &result);

	require((status == DAPPER_OK) == (result.completed == count));
	require(status == DAPPER_OK || result.words < batch[result.completed].count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile probe = { .data = data + 1, .left = size - 1 };
	struct cmsis_dap_transport transport = { .ops = &hostile_ops, .data = &probe };
	struct dap *dap = NULL;

	if (size < 1)
		return 0;
	probe.settings = data[0];
	transport.is_padded = data[0] & 4;
	if (cmsis_dap_open(NULL, "fuzz", &transport, &dap) != DAPPER_OK)
		return 0;
	if (cmsis_dap_connect(dap, DAPPER_WIRE_DEFAULT, 1000000) == DAPPER_OK) {
		run_batch(dap);
		run_batch(dap);
	}
	cmsis_dap_close(dap);
	return 0;
}
