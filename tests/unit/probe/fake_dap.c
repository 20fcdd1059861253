/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_dap.h"

#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"
#include "support/test.h"

static void note(struct fake_dap *fake, const char *format, ...) DAPPER_PRINTF(2, 3);

static void note(struct fake_dap *fake, const char *format, ...)
{
	size_t used = strlen(fake->log);
	va_list args;

	va_start(args, format);
	vsnprintf(fake->log + used, sizeof(fake->log) - used, format, args);
	va_end(args);
}

static void note_order(struct fake_dap *fake, char what)
{
	size_t used = strlen(fake->order);

	if (used + 1 < sizeof(fake->order))
		fake->order[used] = what;
}

/* One command of a request and its answer; both pointers move behind them. */
struct command {
	struct fake_dap *fake;
	const uint8_t *in;
	uint8_t *out;
};

static uint32_t next_word(struct command *c)
{
	c->in += 4;
	return get_le32(c->in - 4);
}

static void answer_word(struct command *c)
{
	put_le32(c->out, 0x1000 + c->fake->read_count++);
	c->out += 4;
}

static bool entry_fails(struct fake_dap *fake)
{
	int entry = fake->entries++;

	return fake->sticky || (entry == fake->fail_at && !fake->fail_check);
}

static void make_sticky(struct fake_dap *fake)
{
	/* FAULT sets a sticky flag, and after no answer the target waits for a line reset. */
	fake->sticky = fake->fail_response == 4 || fake->fail_response == 7;
}

struct transfer {
	unsigned kinds[4]; /* w r k m */
	unsigned done;
	bool posted;
	uint8_t response;
};

/* As Arm's firmware: a posted read's word comes with the next AP read, or from RDBUFF before
 * anything else. */
static void run_entry(struct command *c, struct transfer *t)
{
	uint8_t request = *c->in++;
	bool read = request & 2;
	bool match = read && (request & 0x10);
	bool mask = !read && (request & 0x20);
	bool chained = t->posted && read && !match && (request & 1);
	uint32_t word = !read || match ? next_word(c) : 0;
	bool fails;

	t->kinds[mask ? 2 : match ? 3 : read ? 1 : 0]++;
	if (t->response != 1)
		return;
	fails = entry_fails(c->fake);
	if (t->posted && !(chained && fails))
		answer_word(c);
	if (t->posted && !chained)
		t->posted = false;
	if (match && !fails && c->fake->mismatches > 0) {
		c->fake->mismatches--;
		t->response = 0x11;
		return;
	}
	if (fails) {
		t->posted = false;
		t->response = c->fake->fail_response;
		make_sticky(c->fake);
		return;
	}
	t->done++;
	if (!read && !mask)
		c->fake->written[c->fake->write_count++] = word;
	if (read && !match && (request & 1))
		t->posted = true;
	else if (read && !match)
		answer_word(c);
}

static bool check_fails(struct fake_dap *fake, int first)
{
	bool fails = fake->fail_check && fake->fail_at >= first && fake->fail_at < fake->entries;

	if (fails)
		make_sticky(fake);
	return fails;
}

static void run_transfer(struct command *c)
{
	unsigned count = c->in[1];
	uint8_t *head = c->out;
	struct transfer t = { .response = 1 };
	int first = c->fake->entries;

	c->in += 2;
	c->out += 2;
	for (unsigned i = 0; i < count; i++)
		run_entry(c, &t);
	if (t.response == 1 && check_fails(c->fake, first))
		t.response = c->fake->fail_response;
	else if (t.response == 1 && t.posted)
		answer_word(c);
	head[0] = (uint8_t)t.done;
	head[1] = t.response;
	note(c->fake, "T(");
	for (unsigned i = 0, some = 0; i < 4; i++)
		if (t.kinds[i])
			note(c->fake, "%s%c%u", some++ ? " " : "", "wrkm"[i], t.kinds[i]);
	note(c->fake, ")");
}

static void run_block(struct command *c)
{
	unsigned count = get_le16(c->in + 1);
	bool read = c->in[3] & 2;
	uint8_t *head = c->out;
	unsigned done = 0;
	uint8_t response = 1;
	int first = c->fake->entries;

	note(c->fake, "B(%c%u)", read ? 'r' : 'w', count);
	c->in += 4;
	c->out += 3;
	for (unsigned i = 0; i < count; i++) {
		uint32_t word = read ? 0 : next_word(c);

		if (response != 1)
			continue;
		if (entry_fails(c->fake)) {
			response = c->fake->fail_response;
			make_sticky(c->fake);
			continue;
		}
		done++;
		if (read)
			answer_word(c);
		else
			c->fake->written[c->fake->write_count++] = word;
	}
	if (response == 1 && !read && check_fails(c->fake, first))
		response = c->fake->fail_response;
	put_le16(head, (uint16_t)done);
	head[2] = response;
}

static void answer_text(struct command *c, const char *text)
{
	size_t size = strlen(text) + 1;

	*c->out++ = (uint8_t)size;
	memcpy(c->out, text, size);
	c->out += size;
}

static void run_info(struct command *c)
{
	uint8_t id = *c->in++;

	note(c->fake, "I(%02x)", id);
	switch (id) {
	case 0x01:
		answer_text(c, "Maker");
		break;
	case 0x02:
		answer_text(c, "Fake\tDAP");
		break;
	case 0x03:
		answer_text(c, "0042");
		break;
	case 0x04:
		answer_text(c, "2.1.1");
		break;
	case 0xf0:
		*c->out++ = 1;
		*c->out++ = c->fake->capabilities;
		break;
	case 0xfe:
		*c->out++ = 1;
		*c->out++ = c->fake->packet_count;
		break;
	case 0xff:
		*c->out++ = 2;
		put_le16(c->out, c->fake->packet_size);
		c->out += 2;
		break;
	default:
		*c->out++ = 0;
		break;
	}
}

static void run_command(struct command *c);

static void run_list(struct command *c)
{
	unsigned count = *c->in++;

	note(c->fake, "X");
	*c->out++ = (uint8_t)count;
	for (unsigned i = 0; i < count; i++)
		run_command(c);
}

/* "J(+6 64 5)": runs, with a + where TMS is 1, or where SWDIO is driven. Captured bits are ones. */
static void run_sequence(struct command *c, bool swd)
{
	unsigned count = *c->in++;

	note(c->fake, swd ? "S(" : "J(");
	*c->out++ = 0;
	for (unsigned i = 0; i < count; i++) {
		uint8_t info = *c->in++;
		size_t size = ((info & 0x3f ? info & 0x3f : 64) + 7u) / 8;
		bool high = swd ? !(info & 0x80) : info & 0x40;

		note(c->fake, "%s%s%u", i ? " " : "", high ? "+" : "",
			info & 0x3f ? info & 0x3f : 64);
		if (!swd || high)
			c->in += size;
		if (info & 0x80) {
			memset(c->out, 0xff, size);
			c->out += size;
		}
	}
	note(c->fake, ")");
}

static void run_command(struct command *c)
{
	/* Bytes of the request behind the command; the answer is a status, or as it says. */
	static const uint8_t sizes[] = {
		[1] = 2, [2] = 1, [3] = 0, [4] = 5, [8] = 5, [0x10] = 6, [0x11] = 4, [0x13] = 1
	};
	uint8_t id = *c->in++;

	if ((id == 0x7f && c->fake->no_execute) || (id == 1 && c->fake->no_lamp)) {
		*c->out++ = 0xff;
		return;
	}
	*c->out++ = id;
	switch (id) {
	case 0x00:
		run_info(c);
		return;
	case 0x05:
		run_transfer(c);
		return;
	case 0x06:
		run_block(c);
		return;
	case 0x7f:
		run_list(c);
		return;
	case 0x02:
		note(c->fake, "%02x", id);
		*c->out++ = *c->in++;
		return;
	case 0x04:
		note(c->fake, "C(%u)", get_le16(c->in + 3));
		break;
	case 0x12:
		note(c->fake, "%02x(%u)", id, c->in[0] ? c->in[0] : 256);
		c->in += 1 + ((c->in[0] ? c->in[0] : 256) + 7) / 8;
		*c->out++ = 0;
		return;
	case 0x14:
	case 0x1d:
		run_sequence(c, id == 0x1d);
		return;
	case 0x15:
		note(c->fake, "%02x", id);
		c->in += 1 + c->in[0];
		break;
	default:
		note(c->fake, "%02x", id);
		break;
	}
	c->in += id < sizeof(sizes) ? sizes[id] : 0;
	*c->out++ = 0;
}

/* Where the count of transfers or commands is, and the response byte. */
static void lie(uint8_t *bytes, size_t *size, enum fake_lie lie)
{
	switch (lie) {
	case FAKE_TRUNCATED:
		--*size;
		break;
	case FAKE_EMPTY:
		*size = 0;
		break;
	case FAKE_LONGER:
		bytes[(*size)++] = 0;
		break;
	case FAKE_OTHER_COMMAND:
		bytes[0] ^= 0x20;
		break;
	case FAKE_COUNT_HIGH:
		bytes[1]++;
		break;
	case FAKE_COUNT_LOW:
		bytes[1]--;
		break;
	case FAKE_ODD_RESPONSE:
		bytes[bytes[0] == 6 ? 3 : 2] = 0x42;
		break;
	case FAKE_HONEST:
	case FAKE_SILENT:
	case FAKE_GARBAGE:
	case FAKE_GONE:
		break;
	}
}

static dapper_status fake_send(void *data, const uint8_t *packet, size_t size, uint32_t timeout_ms)
{
	struct fake_dap *fake = data;
	unsigned slot = (fake->oldest + fake->waiting) % FAKE_DAP_QUEUE;
	struct command c = { .fake = fake, .in = packet, .out = fake->queue[slot].bytes };
	int number = fake->packets++;
	bool lies = number == fake->lie_at || (fake->lie_on && number > fake->lie_at);

	(void)timeout_ms;
	if (lies && fake->lie == FAKE_GONE)
		return dapper_fail(DAPPER_ERR_PROBE_GONE, "the fake was unplugged");
	assert_true(size <= 64 || size <= fake->packet_size);
	assert_true(fake->waiting < FAKE_DAP_QUEUE);
	memcpy(fake->last, packet, size);
	fake->last_size = size;
	run_command(&c);
	note(fake, "\n");
	note_order(fake, 's');
	/* What is behind an unknown command cannot be made sense of. */
	if (!fake->no_execute && !fake->no_lamp)
		assert_int_equal(c.in - packet, size);
	fake->queue[slot].size = (size_t)(c.out - fake->queue[slot].bytes);
	assert_true(fake->queue[slot].size <= 64 || fake->queue[slot].size <= fake->packet_size);
	fake->queue[slot].lie = lies ? fake->lie : FAKE_HONEST;
	lie(fake->queue[slot].bytes, &fake->queue[slot].size, fake->queue[slot].lie);
	fake->waiting++;
	if (fake->waiting > fake->most_in_flight)
		fake->most_in_flight = fake->waiting;
	return DAPPER_OK;
}

static dapper_status fake_receive(
	void *data, uint8_t *packet, size_t capacity, size_t *size, uint32_t timeout_ms)
{
	struct fake_dap *fake = data;
	unsigned slot = fake->oldest;

	assert_true(fake->waiting > 0);
	if (fake->queue[slot].lie == FAKE_SILENT) {
		fake->now_ns += (uint64_t)timeout_ms * 1000000;
		return dapper_fail(DAPPER_ERR_TIMEOUT, "the fake is silent");
	}
	note_order(fake, 'r');
	fake->oldest = (fake->oldest + 1) % FAKE_DAP_QUEUE;
	fake->waiting--;
	if (fake->queue[slot].lie == FAKE_GARBAGE)
		return dapper_fail(DAPPER_ERR_PROBE_PROTOCOL, "the fake sends garbage");
	*size = fake->queue[slot].size;
	assert_true(*size <= capacity);
	memcpy(packet, fake->queue[slot].bytes, *size);
	if (fake->padded && *size < fake->packet_size) {
		memset(packet + *size, 0, fake->packet_size - *size);
		*size = fake->packet_size;
	}
	return DAPPER_OK;
}

static void fake_close(void *data)
{
	((struct fake_dap *)data)->closed = true;
}

static void fake_get_counters(void *data, dapper_probe_counters *counters)
{
	(void)data;
	counters->wire_ns = 7;
}

static uint64_t fake_now_ns(void *data)
{
	return ((struct fake_dap *)data)->now_ns;
}

static void fake_sleep_ns(void *data, uint64_t ns)
{
	((struct fake_dap *)data)->now_ns += ns;
}

static const struct cmsis_dap_transport_ops fake_ops = {
	.send = fake_send,
	.receive = fake_receive,
	.close = fake_close,
	.get_counters = fake_get_counters,
	.now_ns = fake_now_ns,
	.sleep_ns = fake_sleep_ns,
};

void fake_dap_init(struct fake_dap *fake)
{
	memset(fake, 0, sizeof(*fake));
	fake->packet_size = 512;
	fake->packet_count = 4;
	fake->capabilities = 1;
	fake->fail_at = FAKE_NO_FAIL;
	fake->lie_at = FAKE_NO_FAIL;
}

struct cmsis_dap_transport fake_dap_transport(struct fake_dap *fake)
{
	return (struct cmsis_dap_transport){
		.ops = &fake_ops,
		.data = fake,
		.is_padded = fake->padded,
	};
}

void fake_dap_forget(struct fake_dap *fake)
{
	memset(fake->log, 0, sizeof(fake->log));
	memset(fake->order, 0, sizeof(fake->order));
	fake->entries = 0;
	fake->packets = 0;
	fake->most_in_flight = 0;
}

struct dap *fake_dap_open(struct fake_dap *fake, dapper_context *context)
{
	struct cmsis_dap_transport transport = fake_dap_transport(fake);
	int lie_at = fake->lie_at;
	struct dap *dap = NULL;

	fake->lie_at = FAKE_NO_FAIL;
	assert_ok(cmsis_dap_open(context, "fake", &transport, &dap));
	fake->lie_at = lie_at;
	fake_dap_forget(fake);
	return dap;
}

struct dap *fake_dap_connect(struct fake_dap *fake, dapper_context *context)
{
	struct dap *dap = fake_dap_open(fake, context);
	int lie_at = fake->lie_at;

	fake->lie_at = FAKE_NO_FAIL;
	assert_ok(cmsis_dap_connect(dap, DAPPER_WIRE_SWD, 1000000));
	fake->lie_at = lie_at;
	fake_dap_forget(fake);
	return dap;
}
