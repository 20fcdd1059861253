/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: as many packets in flight as the probe buffers, answers taken in their order. */
#include "base/error.h"
#include "probe/drivers/cmsis_dap/dap.h"
#include "probe/drivers/cmsis_dap/protocol.h"
#include "probe/drivers/cmsis_dap/reply.h"

enum {
	TRANSFER_CYCLES = 46, /* on the wire: request, acknowledge, data, two turnarounds */
	CLOCK_BEFORE_CONNECT_HZ = 1000000,
	/*
	 * Longest time that a probe should poll for in one packet, so that packets keep to their
	 * timeouts and cancelling takes no longer; or this part of the batch's timeout if shorter.
	 */
	POLL_MS = 200,
	POLL_TIMEOUT_PART = 4,
	/* A probe needs this long at least to read a register, however fast the wire is. */
	POLL_READ_NS = 10000
};

struct pipeline {
	struct dap *dap;
	struct dap_packer packer;
	struct deadline deadline;
	unsigned oldest;   /* in the ring: its answer comes next */
	bool packed;       /* the packet behind those in flight is built, but not sent */
	bool wait_for_all; /* the last one sent is to be answered before more are sent */
	uint64_t sent_ns;  /* when the last one was */
};

static uint16_t retries_at_once(const struct dap *dap, uint32_t timeout_ms)
{
	uint64_t hz = dap->clock_hz ? dap->clock_hz : CLOCK_BEFORE_CONNECT_HZ;
	uint64_t read_ns = (TRANSFER_CYCLES + DAP_IDLE_CYCLES) * UINT64_C(1000000000) / hz;
	uint64_t poll_ms = timeout_ms / POLL_TIMEOUT_PART;
	uint64_t reads;

	if (poll_ms > POLL_MS)
		poll_ms = POLL_MS;
	if (read_ns < POLL_READ_NS)
		read_ns = POLL_READ_NS;
	reads = poll_ms * 1000000 / read_ns;
	if (reads == 0)
		return 0;
	return reads > UINT16_MAX ? UINT16_MAX : (uint16_t)(reads - 1);
}

static struct dap_packet *packet_at(const struct pipeline *p, unsigned position)
{
	return &p->dap->flight[(p->oldest + position) % p->dap->link.packet_count];
}

/* Build the next packet, unless that is done; say whether it can be sent now. */
static bool may_send(struct pipeline *p)
{
	struct dap_link *link = &p->dap->link;

	if (link->in_flight >= link->packet_count || (p->wait_for_all && link->in_flight > 0))
		return false;
	if (!p->packed && cmsis_dap_packer_is_done(&p->packer))
		return false;
	if (!p->packed)
		cmsis_dap_packer_next(&p->packer, link->request, packet_at(p, link->in_flight));
	p->packed = true;
	return link->in_flight == 0 || !packet_at(p, link->in_flight)->alone_before;
}

static dapper_status send_packet(struct pipeline *p)
{
	struct dap_link *link = &p->dap->link;
	const struct dap_packet *packet = packet_at(p, link->in_flight);

	p->sent_ns = clock_now_ns(&link->clock);
	TRY(link_send(link, packet->request, packet->request_size, &p->deadline));
	p->packed = false;
	p->wait_for_all = packet->alone_after;
	return DAPPER_OK;
}

/* What the oldest unanswered packet asked for was not finished, as far as can be known. */
static void note_unfinished(const struct pipeline *p, struct dap_failure *failure)
{
	const struct dap_place *place = &packet_at(p, 0)->segments[0].place;

	*failure = (struct dap_failure){
		.index = place->index,
		.word = place->word,
		.ack = DAPPER_ACK_NONE,
	};
}

/*
 * A match that has retries left goes on in another packet, unless that might take longer than there
 * is time: then it has failed, rather than the probe. Nothing is in flight.
 */
static bool goes_on(struct pipeline *p, dapper_status status, const struct dap_failure *failure)
{
	uint64_t now_ns = clock_now_ns(&p->dap->link.clock);
	uint64_t spent_ns = now_ns - p->sent_ns;

	return status == DAPPER_ERR_MISMATCH &&
	       now_ns + spent_ns + spent_ns / 4 < p->deadline.end_ns &&
	       cmsis_dap_packer_resume(&p->packer, failure->index);
}

static dapper_status receive_packet(struct pipeline *p, struct dap_failure *failure)
{
	struct dap_link *link = &p->dap->link;
	const struct dap_packet *packet = packet_at(p, 0);
	dapper_status status;
	size_t size = 0;

	TRY(link_receive(link, &size, &p->deadline));
	status = cmsis_dap_take_reply(
		p->packer.batch, packet, link->answer, size, link->transport.is_padded, failure);
	if (goes_on(p, status, failure)) {
		error_clear();
		status = DAPPER_OK;
	}
	if (status == DAPPER_OK)
		p->oldest = (p->oldest + 1) % link->packet_count;
	return status;
}

static dapper_status run(struct pipeline *p, struct dap_failure *failure)
{
	struct dap_link *link = &p->dap->link;

	for (;;) {
		dapper_status status;

		if (may_send(p))
			status = send_packet(p);
		else if (link->in_flight > 0)
			status = receive_packet(p, failure);
		else
			return DAPPER_OK;
		if (status == DAPPER_OK)
			continue;
		if (!cmsis_dap_is_target_failure(status))
			note_unfinished(p, failure);
		return status;
	}
}

static dapper_status check_batch(const dapper_transfer *batch, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (batch[i].count == 0)
			return dapper_fail(
				DAPPER_ERR_INVALID, "transfer %zu of the batch has no words", i);
	return DAPPER_OK;
}

static struct pipeline make_pipeline(
	struct dap *dap, const dapper_transfer *batch, size_t count, uint32_t timeout_ms)
{
	return (struct pipeline){
		.dap = dap,
		.deadline = deadline_in_ms(&dap->link.clock, timeout_ms),
		.packer = {
			.batch = batch,
			.count = count,
			.packet_size = dap->link.packet_size,
			.atomic = dap->atomic,
			.wait_retries = dap->wait_retries,
			.idle_cycles = DAP_IDLE_CYCLES,
			.retries_at_once = retries_at_once(dap, timeout_ms),
			.poll = dap->poll,
			.jtag = dap->jtag,
			.dap_index = dap->dap_index,
		},
	};
}

dapper_status cmsis_dap_run_batch(struct dap *dap, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result)
{
	struct pipeline p = make_pipeline(dap, batch, count, timeout_ms);
	struct dap_failure failure = { .index = 0 };
	dapper_status status;

	*result = (dapper_batch_result){ .completed = 0 };
	TRY(check_batch(batch, count));
	TRY(link_settle(&dap->link, &p.deadline));
	status = run(&p, &failure);
	dap->poll = p.packer.poll;
	if (status == DAPPER_OK) {
		*result = (dapper_batch_result){ .completed = count, .ack = DAPPER_ACK_OK };
		return DAPPER_OK;
	}
	/* The answers to what was in flight are of no use, but are not to be taken for others. */
	link_drain(&dap->link, &p.deadline);
	dap->poll.mask_known = false;
	dap->poll.retries_known = dap->poll.retries_known && cmsis_dap_is_target_failure(status);
	*result = (dapper_batch_result){
		.completed = failure.index,
		.words = failure.word,
		.ack = failure.ack,
	};
	return status;
}
