/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/probe/swo.h"

#include "base/bits.h"

enum {
	NS_IN_S = 1000000000,
	UART_STOP_SAMPLE = 9, /* 0 is the start bit's */
	BURST_UART_BITS = 10,
};

/* --- the buffer ------------------------------------------------------------------------------ */

uint32_t vswo_count(const struct vswo *swo)
{
	return swo->in - swo->out;
}

static void store(struct vswo *swo, uint8_t byte, uint64_t now_ns)
{
	if (vswo_count(swo) == VSWO_BUFFER_SIZE) {
		swo->overrun = true;
		return;
	}
	swo->buffer[swo->in++ % VSWO_BUFFER_SIZE] = byte;
	swo->stamp_ns = now_ns;
}

size_t vswo_take(struct vswo *swo, uint8_t *bytes, size_t size)
{
	size_t taken = 0;

	for (; taken < size && vswo_count(swo); taken++)
		bytes[taken] = swo->buffer[swo->out++ % VSWO_BUFFER_SIZE];
	return taken;
}

/* --- decoders -------------------------------------------------------------------------------- */

/* A UART samples the middle of each bit; Manchester both halves, in their middles. */
static uint64_t sample_ns(const struct vswo *swo)
{
	const uint64_t half_steps = 2 * (uint64_t)swo->sample + 1;
	const uint64_t divider = swo->mode == VSWO_UART ? 2 : 4;

	return swo->start_ns + half_steps * NS_IN_S / (divider * swo->baud);
}

static void lose(struct vswo *swo)
{
	swo->stream_error = true;
	swo->state = VSWO_LOST;
}

static void uart_sample(struct vswo *swo, bool level, uint64_t now_ns)
{
	const uint32_t sample = swo->sample++;

	if (sample == 0) {
		/* A start bit that is gone in its middle was none. */
		if (level)
			swo->state = VSWO_IDLE;
	} else if (sample < UART_STOP_SAMPLE) {
		swo->byte = (uint8_t)(swo->byte >> 1 | level << 7);
	} else {
		store(swo, swo->byte, now_ns);
		swo->state = VSWO_IDLE;
		if (!level)
			lose(swo);
	}
}

/* A bit 1 is high and then low, a bit 0 the other way round; twice low ends the packet. */
static void manchester_bit(struct vswo *swo, bool first, bool second, uint64_t now_ns)
{
	const bool is_start = !swo->bits;

	if (second && (first || is_start)) {
		lose(swo);
	} else if (!first && !second) {
		swo->state = VSWO_IDLE;
		swo->stream_error |= swo->bits % 8 != 1; /* the start bit, and whole bytes */
	} else {
		swo->byte = (uint8_t)(swo->byte >> 1 | first << 7);
		if (!is_start && swo->bits % 8 == 0)
			store(swo, swo->byte, now_ns);
		swo->bits++;
	}
}

static void manchester_sample(struct vswo *swo, bool level, uint64_t now_ns)
{
	if (swo->sample++ % 2 == 0)
		swo->first_half = level;
	else
		manchester_bit(swo, swo->first_half, level, now_ns);
}

/* --- the line -------------------------------------------------------------------------------- */

/* The line has a level up to a time. */
static void hear(struct vswo *swo, bool level, uint64_t until_ns)
{
	const bool rest = swo->mode == VSWO_UART;

	if (until_ns <= swo->at_ns)
		return;
	if (swo->state == VSWO_LOST && level == rest)
		swo->state = VSWO_IDLE;
	if (swo->state == VSWO_IDLE && level != rest) {
		swo->state = VSWO_RECEIVING;
		swo->start_ns = swo->at_ns;
		swo->sample = swo->bits = 0;
	}
	while (swo->state == VSWO_RECEIVING && sample_ns(swo) < until_ns) {
		if (swo->mode == VSWO_UART)
			uart_sample(swo, level, sample_ns(swo));
		else
			manchester_sample(swo, level, sample_ns(swo));
	}
	swo->at_ns = until_ns;
}

static uint64_t half_bits_ns(const struct vswo_burst *burst, uint64_t half_bits)
{
	return burst->start_ns + half_bits * NS_IN_S / (2 * (uint64_t)burst->bit_rate);
}

static void hear_uart(struct vswo *swo, const struct vswo_burst *burst)
{
	for (unsigned bit = 0; bit < (unsigned)BURST_UART_BITS * burst->size; bit++) {
		/* Start bit 0, stop bit 1 around the byte. */
		const unsigned frame = burst->bytes[bit / BURST_UART_BITS] << 1 | BIT(9);

		hear(swo, frame >> bit % BURST_UART_BITS & 1,
			half_bits_ns(burst, 2 * (uint64_t)(bit + 1)));
	}
}

static void hear_manchester(struct vswo *swo, const struct vswo_burst *burst)
{
	for (unsigned bit = 0; bit < 1 + 8u * burst->size; bit++) {
		const bool value = !bit || (burst->bytes[(bit - 1) / 8] >> (bit - 1) % 8 & 1);

		hear(swo, value, half_bits_ns(burst, 2 * (uint64_t)bit + 1));
		hear(swo, !value, half_bits_ns(burst, 2 * (uint64_t)bit + 2));
	}
}

void vswo_receive(struct vswo *swo, const struct vswo_burst *burst)
{
	if (!swo->active)
		return;
	swo->idle_level = !burst->manchester;
	hear(swo, swo->idle_level, burst->start_ns);
	if (burst->manchester)
		hear_manchester(swo, burst);
	else
		hear_uart(swo, burst);
}

void vswo_start(struct vswo *swo, uint64_t now_ns)
{
	swo->in = swo->out = 0;
	swo->stream_error = swo->overrun = false;
	swo->state = VSWO_IDLE;
	swo->at_ns = swo->stamp_ns = now_ns;
	swo->idle_level = swo->mode == VSWO_UART;
	swo->active = true;
}

void vswo_stop(struct vswo *swo, uint64_t now_ns)
{
	/* What is still on its way into a slower receiver arrives. */
	if (swo->active)
		hear(swo, swo->idle_level, now_ns);
	swo->active = false;
}
