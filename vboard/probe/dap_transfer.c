/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DAP_Transfer and its kin. AP reads are posted on the wire, with JTAG those of the DP too; like
 * Arm's firmware this one hides that: a posted read that follows another one fetches its result
 * while it starts its own, anything else fetches it from RDBUFF. After writes the last response
 * comes from a read of RDBUFF, so that an error of the last write shows (with JTAG: a WAIT).
 */
#include "vboard/probe/dap_internal.h"

/* Request of DAP_Transfer; the lowest four go onto the wire. */
#define REQUEST_APNDP       BIT(0)
#define REQUEST_RNW         BIT(1)
#define REQUEST_WIRE        BITS(3, 0)
#define REQUEST_MATCH_VALUE BIT(4) /* of a read */
#define REQUEST_MATCH_MASK  BIT(5) /* of a write */
#define REQUEST_TIMESTAMP   BIT(7)

enum {
	READ_RDBUFF = 0xe, /* DP, read, A = 0xC */
	WRITE_ABORT = 0x0, /* DP, write, A = 0x0 */
	NS_PER_TICK = VCLOCK_NS_PER_S / VDAP_TIMER_HZ
};

bool dap_transfer_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t idle_cycles = dap_read_byte(in);
	uint16_t wait_retry = dap_read_short(in);
	uint16_t match_retry = dap_read_short(in);

	if (in->short_of_data)
		return false;
	dap->port->idle_cycles = idle_cycles;
	dap->wait_retry = wait_retry;
	dap->match_retry = match_retry;
	dap_write_byte(out, DAP_OK);
	return true;
}

/* Does the result of this read come with the transfer after it? */
static bool is_posted(const struct vdap *dap, uint8_t request)
{
	return (request & REQUEST_APNDP) || dap->port->mode == VPORT_JTAG;
}

/* Are the pins ours, and with JTAG, is there such a device? */
static bool select_device(struct vdap *dap, uint8_t index)
{
	if (dap->port->mode == VPORT_JTAG)
		return vport_jtag_select(dap->port, index);
	return dap->port->mode == VPORT_SWD;
}

/* One transfer, again while the target answers WAIT. */
static uint8_t attempt(struct vdap *dap, uint8_t request, uint32_t *data)
{
	unsigned left = dap->wait_retry;
	uint8_t ack;

	do {
		ack = vport_transfer(dap->port, request & REQUEST_WIRE, data);
	} while (ack == VPORT_ACK_WAIT && left--);
	return ack;
}

/* --- DAP_Transfer ---------------------------------------------------------------------------- */

/* One DAP_Transfer on its way. */
struct run {
	struct vdap *dap;
	struct dap_reader *in;
	struct dap_writer *out;
	uint8_t ack;
	bool posted;      /* a read's result is still to be fetched */
	uint8_t of;       /* and that was its request */
	bool check_write; /* the last transfer was a write whose error may be still to come */
};

static bool transfer(struct run *run, uint8_t request, uint32_t *data)
{
	run->ack = attempt(run->dap, request, data);
	return run->ack == VPORT_ACK_OK;
}

static void stamp(struct run *run, uint8_t request)
{
	if (request & REQUEST_TIMESTAMP)
		dap_write_word(run->out, (uint32_t)(run->dap->port->stamp_ns / NS_PER_TICK));
}

/* Fetch what the read before posted; with another plain read of its kind this also posts that. */
static bool fetch_posted(struct run *run, uint8_t next)
{
	bool chain = (next & (REQUEST_RNW | REQUEST_MATCH_VALUE)) == REQUEST_RNW &&
	             (next & REQUEST_APNDP) == (run->of & REQUEST_APNDP);
	uint32_t data = 0;

	if (!transfer(run, chain ? next : READ_RDBUFF, &data))
		return false;
	dap_write_word(run->out, data);
	run->posted = chain;
	if (chain)
		stamp(run, next);
	return true;
}

static bool write_one(struct run *run, uint8_t request)
{
	uint32_t data = dap_read_word(run->in);

	if (request & REQUEST_MATCH_MASK) {
		run->dap->match_mask = data;
		run->ack = VPORT_ACK_OK;
		return true;
	}
	if (!transfer(run, request, &data))
		return false;
	stamp(run, request);
	run->check_write = true;
	return true;
}

/* Read until the value is there. Each try takes its time on the wire, and the target runs on. */
static bool match_one(struct run *run, uint8_t request)
{
	uint32_t wanted = dap_read_word(run->in);
	unsigned left = run->dap->match_retry;
	uint32_t data = 0;

	if (is_posted(run->dap, request) && !transfer(run, request, &data))
		return false;
	do {
		if (!transfer(run, request, &data))
			return false;
		if ((data & run->dap->match_mask) == wanted)
			return true;
	} while (left--);
	run->ack |= VPORT_MISMATCH;
	return false;
}

static bool read_one(struct run *run, uint8_t request)
{
	uint32_t data = 0;

	if (!transfer(run, request, &data))
		return false;
	stamp(run, request);
	run->posted = is_posted(run->dap, request);
	run->of = request;
	if (!run->posted)
		dap_write_word(run->out, data);
	return true;
}

static bool run_one(struct run *run, uint8_t request)
{
	bool ok = true;

	if (run->posted && !fetch_posted(run, request))
		return false;
	if (!(request & REQUEST_RNW))
		return write_one(run, request);
	if (request & REQUEST_MATCH_VALUE)
		ok = match_one(run, request);
	else if (!run->posted) /* else it was started while fetching */
		ok = read_one(run, request);
	if (ok)
		run->check_write = false;
	return ok;
}

/* The result of the last AP read, or whether the last write worked. */
static void finish(struct run *run)
{
	uint32_t data = 0;

	if (run->ack != VPORT_ACK_OK || !(run->posted || run->check_write))
		return;
	if (transfer(run, READ_RDBUFF, &data) && run->posted)
		dap_write_word(run->out, data);
}

/* Is all of it there, and will the answer fit? @p in moves to the end. */
static bool transfers_fit(struct dap_reader *in, struct dap_writer out, unsigned count)
{
	dap_write(&out, 2);
	for (unsigned i = 0; i < count && !in->short_of_data; i++) {
		uint8_t request = dap_read_byte(in);
		bool read = request & REQUEST_RNW;
		bool match = request & (read ? REQUEST_MATCH_VALUE : REQUEST_MATCH_MASK);

		if (!read || match)
			dap_read(in, 4);
		if (read && !match)
			dap_write(&out, 4);
		if (!match && (request & REQUEST_TIMESTAMP))
			dap_write(&out, 4);
	}
	return !in->short_of_data && !out.overflow;
}

bool dap_transfer(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	struct run run = { .dap = dap, .in = in, .out = out };
	struct dap_reader end;
	uint8_t index, count, done = 0;
	uint8_t *head;

	index = dap_read_byte(in); /* in a JTAG chain */
	count = dap_read_byte(in);
	end = *in;
	if (!transfers_fit(&end, *out, count))
		return false;
	head = dap_write(out, 2);
	if (select_device(dap, index)) {
		while (done < count && run_one(&run, dap_read_byte(in)))
			done++;
		finish(&run);
	}
	*in = end; /* a failure left the rest unread */
	head[0] = done;
	head[1] = run.ack;
	return true;
}

/* --- DAP_TransferBlock ----------------------------------------------------------------------- */

/* @return Words done. Posted reads run one ahead, and end with RDBUFF. */
static unsigned read_block(
	struct vdap *dap, uint8_t request, struct dap_writer *out, unsigned count, uint8_t *ack)
{
	bool posted = is_posted(dap, request);
	uint32_t data = 0;

	if (posted) {
		*ack = attempt(dap, request, &data);
		if (*ack != VPORT_ACK_OK)
			return 0;
	}
	for (unsigned done = 0; done < count; done++) {
		bool last = done + 1 == count;

		*ack = attempt(dap, posted && last ? READ_RDBUFF : request, &data);
		if (*ack != VPORT_ACK_OK)
			return done;
		dap_write_word(out, data);
	}
	return count;
}

static unsigned write_block(
	struct vdap *dap, uint8_t request, struct dap_reader *in, unsigned count, uint8_t *ack)
{
	uint32_t data;

	for (unsigned done = 0; done < count; done++) {
		data = dap_read_word(in);
		*ack = attempt(dap, request, &data);
		if (*ack != VPORT_ACK_OK)
			return done;
	}
	*ack = attempt(dap, READ_RDBUFF, &data); /* did the last one work? */
	return count;
}

bool dap_transfer_block(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t index = dap_read_byte(in);
	uint16_t count = dap_read_short(in);
	uint8_t request = dap_read_byte(in);
	size_t bytes = (size_t)count * 4;
	struct dap_writer room = *out;
	struct dap_reader end = *in;
	unsigned done = 0;
	uint8_t ack = 0;
	uint8_t *head;

	dap_write(&room, 3);
	if (request & REQUEST_RNW)
		dap_write(&room, bytes);
	else
		dap_read(&end, bytes);
	if (end.short_of_data || room.overflow)
		return false;
	head = dap_write(out, 3);
	if (count && select_device(dap, index))
		done = request & REQUEST_RNW ? read_block(dap, request, out, count, &ack)
		                             : write_block(dap, request, in, count, &ack);
	*in = end;
	put_le16(head, (uint16_t)done);
	head[2] = ack;
	return true;
}

bool dap_write_abort(struct vdap *dap, struct dap_reader *in, struct dap_writer *out)
{
	uint8_t index = dap_read_byte(in);
	uint32_t value = dap_read_word(in);

	if (in->short_of_data)
		return false;
	if (select_device(dap, index)) {
		if (dap->port->mode == VPORT_JTAG)
			vport_jtag_write_abort(dap->port, value);
		else
			vport_transfer(dap->port, WRITE_ABORT, &value);
	}
	dap_write_byte(out, DAP_OK);
	return true;
}
