/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/mem_ap.h"

#include "vboard/adi/mem_ap_kinds.h"
#include "vboard/adi/mem_ap_regs.h"
#include "vboard/adi/saved.h"

enum { WORD_BYTES = 4, WORD_BITS = 32, DAR_BYTES = 0x400 };

void vmem_ap_init(struct vmem_ap *ap, const struct vap_config *config)
{
	*ap = (struct vmem_ap){ .config = config, .state.csw = config->csw_reset };
}

bool vmem_ap_uses_bus(uint8_t reg)
{
	return reg == MEM_AP_DRW || (reg >= MEM_AP_BD0 && reg <= MEM_AP_BD3);
}

static const struct mem_ap_kind *kind_of(const struct vmem_ap *ap)
{
	return &mem_ap_kinds[ap->config->kind];
}

static bool has_large_address(const struct vmem_ap *ap)
{
	return ap->config->address_bits > WORD_BITS;
}

static bool has_large_data(const struct vmem_ap *ap)
{
	return ap->config->data_bits > WORD_BITS;
}

static bool has_error_control(const struct vmem_ap *ap)
{
	return ap->v2 && ap->config->has_error_control;
}

/* CSW.DeviceEn, where the part can take it away (C2.6.4). */
static bool is_enabled(const struct vmem_ap *ap)
{
	return !ap->config->is_enabled || ap->config->is_enabled(ap->config->bus.data);
}

static bool is_secure_enabled(const struct vmem_ap *ap)
{
	return !ap->config->is_secure_enabled ||
	       ap->config->is_secure_enabled(ap->config->bus.data);
}

/* --- CSW and CFG ----------------------------------------------------------------------------- */

/* A size that the AP lacks reads back as one that it has (C2.6.4). */
static uint32_t size_field(const struct vmem_ap *ap, uint32_t size)
{
	if (size <= MEM_AP_SIZE_WORD)
		return kind_of(ap)->sizes & BIT(size) ? size : MEM_AP_SIZE_WORD;
	if (size <= MEM_AP_SIZE_256 && has_large_data(ap) && 8u << size <= ap->config->data_bits)
		return size;
	return MEM_AP_SIZE_WORD;
}

/* So does an increment. */
static uint32_t increment_field(const struct vmem_ap *ap, uint32_t increment)
{
	const bool packs = ap->config->can_pack && kind_of(ap)->packs;
	const uint32_t most = packs ? MEM_AP_ADDR_INC_PACKED : MEM_AP_ADDR_INC_SINGLE;

	return increment <= most ? increment : MEM_AP_ADDR_INC_OFF;
}

static uint32_t csw_writable(const struct vmem_ap *ap)
{
	uint32_t writable = kind_of(ap)->csw_writable;

	if (has_error_control(ap))
		writable |= MEM_AP_CSW_ERRSTOP | MEM_AP_CSW_ERRNPASS;
	return writable;
}

static uint32_t mode_field(uint32_t mode)
{
	return mode == MEM_AP_MODE_BARRIER ? mode : MEM_AP_MODE_BASIC;
}

static uint32_t with_field(uint32_t csw, uint32_t mask, uint32_t value)
{
	return (csw & ~mask) | FIELD_PREP(mask, value);
}

static void write_csw(struct vmem_ap *ap, uint32_t value)
{
	const uint32_t writable = csw_writable(ap);
	uint32_t csw = (ap->config->csw_reset & ~writable) | (value & writable);
	uint32_t increment = increment_field(ap, FIELD_GET(MEM_AP_CSW_ADDR_INC, value));
	uint32_t size = size_field(ap, FIELD_GET(MEM_AP_CSW_SIZE, value));

	csw = with_field(csw, MEM_AP_CSW_ADDR_INC, increment);
	csw = with_field(csw, MEM_AP_CSW_SIZE, size);
	if (kind_of(ap)->has_barriers)
		csw = with_field(
			csw, MEM_AP_CSW_MODE, mode_field(FIELD_GET(MEM_AP_CSW_MODE, value)));
	ap->state.csw = csw;
}

static uint32_t read_csw(const struct vmem_ap *ap)
{
	uint32_t csw = ap->state.csw;

	if (!is_enabled(ap))
		csw &= ~MEM_AP_CSW_DEVICE_EN;
	if (ap->in_progress)
		csw |= MEM_AP_CSW_TRINPROG;
	if (ap->config->is_secure_enabled) {
		csw &= ~MEM_AP_CSW_SPIDEN;
		if (is_secure_enabled(ap))
			csw |= MEM_AP_CSW_SPIDEN;
	}
	return csw;
}

static unsigned increment_bits(const struct vmem_ap *ap)
{
	return ap->config->increment_bits ? ap->config->increment_bits : MEM_AP_TAR_INCREMENT_BITS;
}

static uint32_t read_cfg(const struct vmem_ap *ap)
{
	uint32_t cfg = ap->config->cfg;

	if (has_large_address(ap))
		cfg |= MEM_AP_CFG_LA;
	if (has_large_data(ap))
		cfg |= MEM_AP_CFG_LD;
	if (ap->config->big_endian)
		cfg |= MEM_AP_CFG_BE;
	if (!ap->v2)
		return cfg;
	cfg |= FIELD_PREP(MEM_AP_CFG_TARINC, increment_bits(ap) - MEM_AP_TARINC_BASE);
	if (ap->config->has_error_control)
		cfg |= FIELD_PREP(MEM_AP_CFG_ERR, 1);
	if (ap->config->has_dars)
		cfg |= FIELD_PREP(MEM_AP_CFG_DARSIZE, MEM_AP_DARSIZE_1K);
	return cfg;
}

/* A size that was not there would be too large for words[]; the rest is checked where it is used. */
bool vmem_ap_is_valid(const struct vmem_ap *ap, const struct vmem_ap_state *state)
{
	const uint32_t size = FIELD_GET(MEM_AP_CSW_SIZE, state->csw);
	const bool is_reset = state->csw == ap->config->csw_reset;
	static const size_t bools[] = {
		offsetof(struct vmem_ap_state, reading),
		offsetof(struct vmem_ap_state, error),
	};

	return saved_bools_are_valid(state, bools, ARRAY_SIZE(bools)) &&
	       state->word < VMEM_AP_MAX_WORDS &&
	       (size_field(ap, size) == size || (is_reset && size <= MEM_AP_SIZE_WORD));
}

/* --- the bus --------------------------------------------------------------------------------- */

static unsigned bus_attributes(const struct vmem_ap *ap)
{
	const struct mem_ap_kind *kind = kind_of(ap);
	unsigned attr = 0;

	if (!kind->privileged || (ap->state.csw & kind->privileged))
		attr |= VBUS_PRIVILEGED;
	if (!(ap->state.csw & kind->nonsecure))
		attr |= VBUS_SECURE;
	return attr;
}

/* May there be an access, with these attributes? */
static bool is_allowed(const struct vmem_ap *ap, unsigned attr)
{
	const bool stopped = (ap->state.csw & MEM_AP_CSW_ERRSTOP) && ap->state.error;

	if (!is_enabled(ap) || ap->no_bus_power || (has_error_control(ap) && stopped))
		return false;
	return !(attr & VBUS_SECURE) || is_secure_enabled(ap);
}

static uint32_t swap_bytes(uint32_t value, unsigned size)
{
	return __builtin_bswap32(value) >> 8 * (WORD_BYTES - size);
}

/* The right-aligned value of an access that is allowed. */
static bool transfer(struct vmem_ap *ap, bool read, uint64_t address, unsigned size, unsigned attr,
	uint32_t *value)
{
	const struct vbus *bus = &ap->config->bus;
	bool done;

	if (ap->nested && ap->nested(ap->nested_data, ap, read, address, value, &done))
		return done;
	if (!read)
		return bus->write(bus->data, address, size, attr, *value);
	return bus->read(bus->data, address, size, attr, value);
}

/* One bus access with the data in its byte lanes (C2.2.6). */
static bool access_bus(
	struct vmem_ap *ap, bool read, uint64_t address, unsigned size, uint32_t *lanes)
{
	const unsigned attr = bus_attributes(ap);
	const unsigned lane = address % WORD_BYTES;
	const bool big = ap->config->big_endian;
	const unsigned shift = 8 * (big ? WORD_BYTES - size - lane : lane);
	const uint32_t mask = size == WORD_BYTES ? UINT32_MAX : (1u << 8 * size) - 1;
	uint32_t value = (*lanes >> shift) & mask;

	if (!is_allowed(ap, attr))
		return false;
	if (!read && big)
		value = swap_bytes(value, size);
	if (!transfer(ap, read, address, size, attr, &value))
		return false;
	if (!read)
		return true;
	value &= mask;
	*lanes |= (big ? swap_bytes(value, size) : value) << shift;
	return true;
}

/*
 * Where the bus splits what is not aligned: byte by byte, each in the lane of its address. Others
 * have no low address bits for it.
 */
static bool access_unaligned(
	struct vmem_ap *ap, bool read, uint64_t address, unsigned size, uint32_t *lanes)
{
	if (!ap->config->can_unaligned || address % size == 0)
		return access_bus(ap, read, address & ~(uint64_t)(size - 1), size, lanes);
	for (unsigned i = 0; i < size; i++)
		if (!access_bus(ap, read, address + i, 1, lanes))
			return false;
	return true;
}

/* The address wraps where the AP says, else within 1 KiB, which is the least (C2.2.2). */
static void increment_tar(struct vmem_ap *ap, unsigned size)
{
	const uint64_t mask = BITS(increment_bits(ap) - 1, 0);

	ap->state.tar = (ap->state.tar & ~mask) | ((ap->state.tar + size) & mask);
}

/* --- DRW, BD, DAR ---------------------------------------------------------------------------- */

/* TAR only moves past accesses that succeeded (C2.2.2). */
static bool access_narrow(struct vmem_ap *ap, bool read, unsigned size, uint32_t *value)
{
	const unsigned increment = FIELD_GET(MEM_AP_CSW_ADDR_INC, ap->state.csw);
	const unsigned count = increment == MEM_AP_ADDR_INC_PACKED ? WORD_BYTES / size : 1;

	for (unsigned i = 0; i < count; i++) {
		if (!access_unaligned(ap, read, ap->state.tar, size, value))
			return false;
		if (increment != MEM_AP_ADDR_INC_OFF)
			increment_tar(ap, size);
	}
	return true;
}

/* All words of a transfer of more than 32 bits. */
static bool access_words(struct vmem_ap *ap, bool read, unsigned size)
{
	const uint64_t address = ap->state.tar & ~(uint64_t)(size - 1);

	for (unsigned i = 0; i < size / WORD_BYTES; i++) {
		if (read)
			ap->state.words[i] = 0;
		if (!access_bus(ap, read, address + (uint64_t)i * WORD_BYTES, WORD_BYTES,
			    &ap->state.words[i]))
			return false;
	}
	return true;
}

/* One of the accesses to DRW that make up a transfer of more than 32 bits (C2.2.5). */
static bool access_wide(struct vmem_ap *ap, bool read, unsigned size, uint32_t *value)
{
	struct vmem_ap_state *state = &ap->state;
	const unsigned last = size / WORD_BYTES - 1;

	if (state->reading != read)
		state->word = 0;
	state->reading = read;
	if (!read)
		state->words[state->word] = *value;
	if (state->word == (read ? 0 : last) && !access_words(ap, read, size)) {
		state->word = 0;
		return false;
	}
	if (read)
		*value = state->words[state->word];
	if (state->word++ < last)
		return true;
	state->word = 0;
	if (FIELD_GET(MEM_AP_CSW_ADDR_INC, state->csw) != MEM_AP_ADDR_INC_OFF)
		increment_tar(ap, size);
	return true;
}

static bool access_drw(struct vmem_ap *ap, bool read, uint32_t *value)
{
	const unsigned size = 1u << FIELD_GET(MEM_AP_CSW_SIZE, ap->state.csw);

	if (size > WORD_BYTES)
		return access_wide(ap, read, size, value);
	return access_narrow(ap, read, size, value);
}

/* BD0 to BD3 are the four words around TAR; they neither use CSW.Size nor move TAR (C2.6.1). */
static bool access_bd(struct vmem_ap *ap, bool read, uint8_t reg, uint32_t *value)
{
	const uint64_t address = (ap->state.tar & ~(uint64_t)BITS(3, 0)) | (reg & BITS(3, 0));

	return access_bus(ap, read, address, WORD_BYTES, value);
}

/* What becomes of an error of the bus: CSW.ERRNPASS keeps it inside (IHI 0074, C2.2). */
static bool end_access(struct vmem_ap *ap, bool done)
{
	if (done || !has_error_control(ap))
		return done;
	ap->state.error = true;
	return ap->state.csw & MEM_AP_CSW_ERRNPASS;
}

static bool access_memory(struct vmem_ap *ap, bool read, uint8_t reg, uint32_t *value)
{
	if (reg == MEM_AP_DRW)
		return end_access(ap, access_drw(ap, read, value));
	ap->state.word = 0;
	return end_access(ap, access_bd(ap, read, reg, value));
}

bool vmem_ap_access_dar(struct vmem_ap *ap, bool read, uint16_t offset, uint32_t *value)
{
	const uint64_t address = (ap->state.tar & ~(uint64_t)(DAR_BYTES - 1)) | offset;

	if (read)
		*value = 0;
	if (!ap->config->has_dars)
		return true;
	return end_access(ap, access_bus(ap, read, address, WORD_BYTES, value));
}

/* --- registers ------------------------------------------------------------------------------- */

static uint32_t read_register(const struct vmem_ap *ap, uint8_t reg)
{
	switch (reg) {
	case MEM_AP_CSW:
		return read_csw(ap);
	case MEM_AP_TAR:
		return (uint32_t)ap->state.tar;
	case MEM_AP_TAR_HIGH:
		return (uint32_t)(ap->state.tar >> WORD_BITS);
	case MEM_AP_TRR:
		return ap->state.error ? MEM_AP_TRR_ERR : 0;
	case MEM_AP_CFG1:
		return ap->config->cfg1;
	case MEM_AP_BASE_HIGH:
		return ap->config->base_high;
	case MEM_AP_CFG:
		return read_cfg(ap);
	case MEM_AP_BASE:
		return ap->config->base;
	case MEM_AP_IDR:
		return ap->config->idr;
	default: /* reserved: RAZ/WI (C1.1) */
		return 0;
	}
}

bool vmem_ap_read(struct vmem_ap *ap, uint8_t reg, uint32_t *value)
{
	*value = 0;
	if (vmem_ap_uses_bus(reg))
		return access_memory(ap, true, reg, value);
	*value = read_register(ap, reg);
	return true;
}

static void write_tar_high(struct vmem_ap *ap, uint32_t value)
{
	const unsigned bits = ap->config->address_bits;
	uint64_t high = value;

	if (!has_large_address(ap))
		return;
	if (bits < 2 * WORD_BITS)
		high &= (1u << (bits - WORD_BITS)) - 1;
	ap->state.tar = high << WORD_BITS | (uint32_t)ap->state.tar;
}

bool vmem_ap_write(struct vmem_ap *ap, uint8_t reg, uint32_t value)
{
	if (vmem_ap_uses_bus(reg))
		return access_memory(ap, false, reg, &value);
	ap->state.word = 0;
	if (reg == MEM_AP_CSW)
		write_csw(ap, value);
	else if (reg == MEM_AP_TAR)
		ap->state.tar = (ap->state.tar >> WORD_BITS << WORD_BITS) | value;
	else if (reg == MEM_AP_TAR_HIGH)
		write_tar_high(ap, value);
	else if (reg == MEM_AP_TRR && (value & MEM_AP_TRR_ERR))
		ap->state.error = false;
	return true;
}
