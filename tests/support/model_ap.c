/* SPDX-License-Identifier: Apache-2.0 */
#include "support/model_ap.h"

#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"

/* Numbers here are the manual's again, on purpose: a slip in src/adi's headers must show. */
#define STICKYORUN 0x02u
#define STICKYCMP  0x10u
#define STICKYERR  0x20u
#define WDATAERR   0x80u
#define STICKY     (STICKYORUN | STICKYCMP | STICKYERR | WDATAERR)
#define PWRUPREQ   0x50000000u

enum { TRANSACTION_NS = 5000, INCREMENT_BITS = 10 };

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->dpidr = 0x2ba01477;
	model->wire = MODEL_JTAG;
	model->power_polls = 2;
	model->ap[0] = (struct model_mem_ap){
		.idr = 0x84770001,
		.base = 0xe00ff003,
		.csw = 0x03000040,
		.csw_fixed = 0x00ffffc8,
	};
	model->ram_base = 0x20000000;
	model->busy_ns = 3000000;
}

/* --- the wire's select sequences
 * ------------------------------------------------------------------ */

static void line_reset(struct model *model)
{
	model->needs_line_reset = false;
	model->needs_dpidr = true;
	model->select = 0;
}

static void take_bit(struct model *model, unsigned bit)
{
	model->bits_low = model->bits_low >> 1 | model->bits_high << 63;
	model->bits_high = model->bits_high >> 1 | (uint64_t)bit << 63;
	model->ones = bit ? model->ones + 1 : 0;
	switch (model->wire) {
	case MODEL_JTAG:
		if (model->bits_high >> 48 == 0xe79e && !model->knows_no_switch) {
			model->wire = MODEL_SWD;
			model->needs_line_reset = true;
		}
		if (model->bits_high >> 33 == 0x33bbbbba)
			model->wire = MODEL_DORMANT;
		break;
	case MODEL_DORMANT:
		/* Alert (128 bits) and activation (12): the alert's first 12 bits are gone. */
		if (model->bits_high >> 52 == 0x1a0 &&
			(model->bits_high << 12 | model->bits_low >> 52) == 0x19bc0ea2e3ddafe9) {
			model->wire = MODEL_SWD;
			model->needs_line_reset = true;
		}
		break;
	case MODEL_SWD:
		if (model->ones == 50)
			line_reset(model);
		break;
	}
}

static dapper_status model_swj_sequence(void *data, size_t bit_count, const uint8_t *bits)
{
	struct model *model = data;

	model->sequences++;
	for (size_t i = 0; i < bit_count; i++)
		take_bit(model, bits[i / 8] >> i % 8 & 1);
	return DAPPER_OK;
}

/* --- the bus
 * --------------------------------------------------------------------------------------- */

static bool access_ram(
	struct model *model, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	const uint64_t offset = address - model->ram_base;

	if (address < model->ram_base || offset + size > MODEL_RAM_SIZE)
		return false;
	if (address + size > model->hole_start && address < model->hole_end)
		return false;
	for (unsigned i = 0; i < size; i++)
		if (write)
			model->ram[offset + i] = (uint8_t)(*value >> 8 * i);
	if (!write)
		*value = 0;
	for (unsigned i = 0; i < size && !write; i++)
		*value |= (uint32_t)model->ram[offset + i] << 8 * i;
	return true;
}

static bool access_bus(
	struct model *model, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	model->bus_accesses++;
	if (address % size != 0) {
		model->protocol_violations++;
		return false;
	}
	if (model->bus)
		return model->bus(model->bus_data, address, size, write, value);
	return access_ram(model, address, size, write, value);
}

/* One bus access in the byte lanes of a word on the wire. */
static bool access_lane(
	struct model *model, uint64_t address, unsigned size, bool write, uint32_t *word)
{
	const unsigned shift = (unsigned)(address % 4) * 8;
	const uint32_t mask = size == 4 ? UINT32_MAX : (1u << 8 * size) - 1;
	uint32_t value = *word >> shift & mask;

	if (!access_bus(model, address, size, write, &value))
		return false;
	if (!write)
		*word = (*word & ~(mask << shift)) | (value & mask) << shift;
	return true;
}

static void move_tar(struct model_mem_ap *ap, unsigned size)
{
	const unsigned bits = ap->increment_bits ? ap->increment_bits : INCREMENT_BITS;
	const uint64_t low = (UINT64_C(1) << bits) - 1;

	ap->tar = (ap->tar & ~low) | ((ap->tar + size) & low);
}

static bool access_drw(struct model *model, struct model_mem_ap *ap, bool write, uint32_t *word)
{
	const unsigned size = 1u << (ap->csw & 7);
	const unsigned increment = ap->csw >> 4 & 3;
	const unsigned count = increment == 2 ? 4 / size : 1;

	if (increment == 2 && ap->tar % 4 != 0)
		model->protocol_violations++;
	/* A TAR that errs stays at the access that failed. */
	for (unsigned i = 0; i < count; i++) {
		if (!access_lane(model, ap->tar, size, write, word))
			return false;
		if (increment)
			move_tar(ap, size);
	}
	return true;
}

/* --- access ports
 * ---------------------------------------------------------------------------------- */

static void write_csw(struct model *model, struct model_mem_ap *ap, uint32_t value)
{
	const unsigned size = value & 7;
	const unsigned increment = value >> 4 & 3;

	model->writes_of_csw++;
	ap->csw = (ap->csw & ap->csw_fixed) | (value & ~ap->csw_fixed);
	if (size > 2 || ap->words_only)
		ap->csw = (ap->csw & ~7u) | 2;
	if (increment == 3 || (increment == 2 && (ap->no_packing || ap->words_only)))
		ap->csw &= ~0x30u;
}

static bool write_ap(struct model *model, struct model_mem_ap *ap, uint8_t address, uint32_t value)
{
	uint64_t bank = ap->tar & ~UINT64_C(15);

	switch (address) {
	case 0x00:
		write_csw(model, ap, value);
		return true;
	case 0x04:
		model->writes_of_tar++;
		ap->tar = (ap->tar & ~UINT64_C(0xffffffff)) | value;
		return true;
	case 0x08:
		ap->tar = (ap->tar & 0xffffffff) | (ap->cfg & 2 ? (uint64_t)value << 32 : 0);
		return true;
	case 0x0c:
		return access_drw(model, ap, true, &value);
	case 0x10:
	case 0x14:
	case 0x18:
	case 0x1c:
		if ((ap->csw & 7) != 2)
			model->protocol_violations++;
		return access_bus(model, bank + (address & 15), 4, true, &value);
	default:
		model->protocol_violations++;
		return true;
	}
}

static bool read_ap(struct model *model, struct model_mem_ap *ap, uint8_t address, uint32_t *value)
{
	uint64_t bank = ap->tar & ~UINT64_C(15);

	*value = 0;
	switch (address) {
	case 0x00:
		*value = ap->csw;
		return true;
	case 0x04:
		*value = (uint32_t)ap->tar;
		return true;
	case 0x08:
		*value = (uint32_t)(ap->tar >> 32);
		return true;
	case 0x0c:
		/* Lanes not accessed are UNKNOWN. */
		*value = 0xdeadbeef;
		return access_drw(model, ap, false, value);
	case 0x10:
	case 0x14:
	case 0x18:
	case 0x1c:
		return access_bus(model, bank + (address & 15), 4, false, value);
	case 0xf0:
		*value = ap->base_hi;
		return true;
	case 0xf4:
		*value = ap->cfg;
		return true;
	case 0xf8:
		*value = ap->base;
		return true;
	case 0xfc:
		*value = ap->idr;
		return true;
	default:
		return true;
	}
}

static dapper_ack access_ap(struct model *model, uint8_t reg, bool write, uint32_t *value)
{
	const unsigned apsel = model->select >> 24;
	struct model_mem_ap *ap = &model->ap[apsel % MODEL_APS];
	const uint8_t address = (uint8_t)((model->select & 0xf0) | reg);

	if (model->is_stuck || model->now_ns < model->busy_until_ns)
		return DAPPER_ACK_WAIT;
	if ((model->ctrl_stat & PWRUPREQ) != PWRUPREQ) {
		model->ctrl_stat |= STICKYERR;
		return DAPPER_ACK_FAULT;
	}
	if (apsel >= MODEL_APS || ap->idr == 0) {
		*value = write ? *value : 0;
		return DAPPER_ACK_OK;
	}
	if (!ap->faults &&
		(write ? write_ap(model, ap, address, *value) : read_ap(model, ap, address, value)))
		return DAPPER_ACK_OK;
	model->ctrl_stat |= STICKYERR;
	if (!write || !model->posted_write_faults)
		return DAPPER_ACK_FAULT;
	model->write_fault = true;
	return DAPPER_ACK_OK;
}

/* --- debug port
 * ------------------------------------------------------------------------------------ */

static void write_abort(struct model *model, uint32_t value)
{
	static const struct {
		uint32_t clear, flag;
	} map[] = { { 0x2, STICKYCMP }, { 0x4, STICKYERR }, { 0x8, WDATAERR },
		{ 0x10, STICKYORUN } };

	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (value & map[i].clear)
			model->ctrl_stat &= ~map[i].flag;
	if (value & 1) {
		model->is_stuck = false;
		model->busy_until_ns = 0;
	}
	/* A minimal DP wants zero there. */
	if ((value & 2) && (model->dpidr & 0x10000))
		model->protocol_violations++;
}

static void write_ctrl_stat(struct model *model, uint32_t value)
{
	if ((value & PWRUPREQ) != (model->ctrl_stat & PWRUPREQ))
		model->polls_left = model->power_polls;
	model->ctrl_stat = (model->ctrl_stat & STICKY) | (value & 0x54ffff0d);
}

static uint32_t read_ctrl_stat(struct model *model)
{
	const uint32_t requests = model->ctrl_stat & PWRUPREQ;

	if (model->polls_left > 0) {
		if (model->polls_left != UINT32_MAX)
			model->polls_left--;
		return model->ctrl_stat;
	}
	return model->ctrl_stat | requests << 1;
}

static void write_dp(struct model *model, uint8_t reg, uint32_t value)
{
	if (reg == 0x0)
		write_abort(model, value);
	else if (reg == 0x4 && (model->select & 15) == 0)
		write_ctrl_stat(model, value);
	else if (reg == 0x8) {
		model->writes_of_select++;
		model->select = value;
	}
}

static uint32_t read_dp(struct model *model, uint8_t reg)
{
	if (reg == 0x0)
		return model->dpidr;
	if (reg != 0x4)
		return 0;
	switch (model->select & 15) {
	case 0:
		return read_ctrl_stat(model);
	case 2:
		return model->target_id;
	default:
		return 0;
	}
}

static dapper_ack access_dp(struct model *model, uint8_t reg, bool write, uint32_t *value)
{
	const bool always =
		write ? reg == 0x0 : reg == 0x0 || (reg == 0x4 && (model->select & 15) == 0);

	if (!always && (model->ctrl_stat & STICKY))
		return DAPPER_ACK_FAULT;
	/* RDBUFF and SELECT wait for the AP to end. */
	if (!always && (model->is_stuck || model->now_ns < model->busy_until_ns))
		return DAPPER_ACK_WAIT;
	if (write)
		write_dp(model, reg, *value);
	else
		*value = read_dp(model, reg);
	return DAPPER_ACK_OK;
}

/* --- problems
 * -------------------------------------------------------------------------------------- */

static void lose_power(struct model *model)
{
	model->wire = MODEL_JTAG;
	model->ctrl_stat = 0;
	model->select = 0;
	for (size_t i = 0; i < MODEL_APS; i++) {
		model->ap[i].csw &= model->ap[i].csw_fixed;
		model->ap[i].tar = 0;
	}
}

/* @return Whether this transaction's data arrives damaged, or (lost) the probe fails. */
static bool start_problem(struct model *model, bool *lost)
{
	bool parity = false;

	for (size_t i = 0; i < MODEL_PROBLEMS; i++) {
		if (model->problems[i].at != model->transactions)
			continue;
		switch (model->problems[i].kind) {
		case MODEL_SILENT:
			model->needs_line_reset = true;
			break;
		case MODEL_PARITY:
			parity = true;
			break;
		case MODEL_BUSY:
			model->busy_until_ns = model->now_ns + model->busy_ns;
			break;
		case MODEL_STUCK:
			model->is_stuck = true;
			break;
		case MODEL_POWER_LOSS:
			lose_power(model);
			break;
		case MODEL_DEAD:
			model->is_dead = true;
			break;
		case MODEL_PROBE_LOST:
			*lost = true;
			break;
		}
	}
	return parity;
}

static dapper_ack transact(struct model *model, bool ap, uint8_t reg, bool write, uint32_t *value)
{
	bool lost = false;
	bool parity;
	dapper_ack ack;

	model->transactions++;
	model->now_ns += TRANSACTION_NS;
	parity = start_problem(model, &lost);
	if (lost)
		return DAPPER_ACK_NONE;
	if (model->is_dead || model->wire != MODEL_SWD || model->needs_line_reset)
		return DAPPER_ACK_SILENT;
	if (model->needs_dpidr && (ap || write || reg != 0)) {
		model->needs_line_reset = true;
		model->protocol_violations++;
		return DAPPER_ACK_SILENT;
	}
	model->needs_dpidr = false;
	if (ap && (model->ctrl_stat & STICKY))
		return DAPPER_ACK_FAULT;
	ack = ap ? access_ap(model, reg, write, value) : access_dp(model, reg, write, value);
	return ack == DAPPER_ACK_OK && parity ? DAPPER_ACK_PARITY : ack;
}

/* --- the driver
 * ------------------------------------------------------------------------------------ */

static dapper_ack run_poll(struct model *model, const dapper_transfer *t)
{
	for (uint32_t i = 0; i <= t->retries; i++) {
		uint32_t value = 0;
		dapper_ack ack = transact(model, t->ap, t->reg, false, &value);

		if (ack != DAPPER_ACK_OK)
			return ack;
		if ((value & t->mask) == t->value)
			return DAPPER_ACK_OK;
	}
	return DAPPER_ACK_MISMATCH;
}

static dapper_ack run_word(struct model *model, const dapper_transfer *t, size_t index)
{
	const bool write =
		t->kind == DAPPER_TRANSFER_WRITE || t->kind == DAPPER_TRANSFER_WRITE_BLOCK;
	uint32_t value = 0;
	dapper_ack ack;

	if (write)
		value = t->out ? get_le32(t->out + 4 * index) : t->value;
	ack = transact(model, t->ap, t->reg, write, &value);
	if (ack != DAPPER_ACK_OK || write)
		return ack;
	if (t->in)
		put_le32(t->in + 4 * index, value);
	if (t->word)
		*t->word = value;
	return ack;
}

static dapper_ack run_transfer(struct model *model, const dapper_transfer *t, size_t *words)
{
	*words = 0;
	if (t->kind == DAPPER_TRANSFER_READ_UNTIL_MATCH)
		return run_poll(model, t);
	for (; *words < t->count; ++*words) {
		dapper_ack ack = run_word(model, t, *words);

		if (ack != DAPPER_ACK_OK)
			return ack;
	}
	return DAPPER_ACK_OK;
}

static dapper_status fail(struct model *model, dapper_ack ack)
{
	switch (ack) {
	case DAPPER_ACK_WAIT:
		return dapper_fail(DAPPER_ERR_WAIT, "target keeps answering WAIT");
	case DAPPER_ACK_FAULT:
		return dapper_fail(DAPPER_ERR_FAULT, "target answered FAULT");
	case DAPPER_ACK_SILENT:
		return dapper_fail(DAPPER_ERR_NO_ACK, "no acknowledge");
	case DAPPER_ACK_PARITY:
		return dapper_fail(DAPPER_ERR_PARITY, "parity error");
	case DAPPER_ACK_MISMATCH:
		return dapper_fail(DAPPER_ERR_MISMATCH, "register did not match");
	case DAPPER_ACK_NONE:
	case DAPPER_ACK_OK:
		break;
	}
	model->is_dead = true;
	return dapper_fail(DAPPER_ERR_PROBE_GONE, "the model's probe is gone");
}

static dapper_status model_run_batch(void *data, const dapper_transfer *batch, size_t count,
	uint32_t timeout_ms, dapper_batch_result *result)
{
	struct model *model = data;
	dapper_ack ack = DAPPER_ACK_OK;
	size_t words = 0, i;

	(void)timeout_ms;
	model->batches++;
	for (i = 0; i < count; i++) {
		ack = run_transfer(model, &batch[i], &words);
		if (ack != DAPPER_ACK_OK)
			break;
	}
	/* As CMSIS-DAP does: the last write's error is collected before the answer goes out. */
	if (ack == DAPPER_ACK_OK && model->write_fault) {
		ack = DAPPER_ACK_FAULT;
		words = batch[--i].count - 1;
	}
	model->write_fault = false;
	*result = (dapper_batch_result){
		.completed = i,
		.words = model->hides_words || i == count ? 0 : words,
		.ack = ack,
	};
	return ack == DAPPER_ACK_OK ? DAPPER_OK : fail(model, ack);
}

static dapper_status model_connect(
	void *data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz)
{
	struct model *model = data;

	(void)wire;
	model->connects++;
	*actual_hz = clock_hz;
	if (model->has_no_sequences && model->wire == MODEL_JTAG)
		model->wire = MODEL_SWD;
	if (model->has_no_sequences)
		line_reset(model);
	return DAPPER_OK;
}

static dapper_status model_disconnect(void *data)
{
	(void)data;
	return DAPPER_OK;
}

static dapper_status model_drive_reset(void *data, bool assert_reset)
{
	((struct model *)data)->reset_low = assert_reset;
	return DAPPER_OK;
}

static uint64_t model_now_ns(void *data)
{
	return ((struct model *)data)->now_ns;
}

static void model_sleep_ns(void *data, uint64_t ns)
{
	((struct model *)data)->now_ns += ns;
}

static void model_close(void *data)
{
	(void)data;
}

#define MODEL_OPS                                                                               \
	.connect = model_connect, .disconnect = model_disconnect, .run_batch = model_run_batch, \
	.drive_reset = model_drive_reset, .now_ns = model_now_ns, .sleep_ns = model_sleep_ns,   \
	.close = model_close

static const dapper_probe_ops model_ops = {
	MODEL_OPS,
	.swj_sequence = model_swj_sequence,
};

static const dapper_probe_ops model_ops_without_sequences = { MODEL_OPS };

static const dapper_probe_driver model_driver = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "model",
	.description = "A small model of a target; for tests",
	.ops = &model_ops,
};

static const dapper_probe_driver model_driver_without_sequences = {
	.abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "model",
	.description = "As the other, without SWJ sequences",
	.ops = &model_ops_without_sequences,
};

dapper_probe *model_probe_new(dapper_context *context, struct model *model)
{
	const dapper_probe_info info = { .unique_id = "model" };
	dapper_probe *probe = NULL;
	dapper_status status = probe_create(context,
		model->has_no_sequences ? &model_driver_without_sequences : &model_driver, model,
		&info, &probe);

	return status == DAPPER_OK ? probe : NULL;
}
