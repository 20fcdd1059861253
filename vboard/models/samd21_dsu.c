/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device service unit of SAM D21 (data sheet, chapter 13): identification, chip erase, CRC-32 of a
 * memory, communication channels, CoreSight ROM table. The first 0x100 bytes are the internal
 * address space; the same registers at 0x100 are the external one, which a debugger reaches even
 * when the security bit is set, and nothing else then.
 *
 * The CRC is that of IEEE 802.3 over words, without the inversion at the end; its time is not
 * modelled. Not modelled: memory test (MBIST fails with PERR), CPU reset extension (the core is
 * never held at start-up: that needs SWCLK to be low then).
 */
#include "vboard/models/samd21_nvm.h"

#define DSU_BASE     0x41002000u
#define DSU_SIZE     0x2000u
#define EXTERNAL     0x100u
#define EXTERNAL_END 0x200u

/* The word at 0: CTRL, STATUSA, STATUSB. */
#define DSU_CTRL_CE         BIT(4)
#define DSU_CTRL_MBIST      BIT(3)
#define DSU_CTRL_CRC        BIT(2)
#define DSU_CTRL_SWRST      BIT(0)
#define DSU_STATUSA_PERR    BIT(4)
#define DSU_STATUSA_FAIL    BIT(3)
#define DSU_STATUSA_BERR    BIT(2)
#define DSU_STATUSA_DONE    BIT(0)
#define DSU_STATUSB_HPE     BIT(4)
#define DSU_STATUSB_DBGPRES BIT(1)
#define DSU_STATUSB_PROT    BIT(0)
#define DSU_ADDR            0x04u
#define DSU_LENGTH          0x08u
#define DSU_DATA            0x0cu
#define DSU_DCC0            0x10u
#define DSU_DCC1            0x14u
#define DSU_DID             0x18u
#define DSU_ROM             0x1000u

static bool is_in(uint32_t address, uint32_t length, uint32_t base, uint32_t size)
{
	return address >= base && address - base < size && length <= size - (address - base);
}

/** CRC of a range of flash or RAM. */
static void compute_crc(struct samd21_nvm *nvm)
{
	struct samd21_nvm_state *state = &nvm->state;
	uint32_t crc = state->dsu_data;

	if (!state->dsu_length ||
		(!is_in(state->dsu_addr, state->dsu_length, 0, nvm->config->flash_size) &&
			!is_in(state->dsu_addr, state->dsu_length, nvm->config->ram_base,
				nvm->config->ram_size))) {
		state->dsu_statusa |= DSU_STATUSA_BERR | DSU_STATUSA_DONE;
		return;
	}
	for (uint32_t i = 0; i < state->dsu_length; i += 4) {
		crc ^= board_peek(nvm->board, state->dsu_addr + i);
		for (int bit = 0; bit < 32; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	state->dsu_data = crc;
	state->dsu_statusa |= DSU_STATUSA_DONE;
}

static void write_control(struct samd21_nvm *nvm, uint32_t ctrl)
{
	struct samd21_nvm_state *state = &nvm->state;

	if (ctrl & DSU_CTRL_SWRST) {
		state->dsu_statusa = 0;
		state->dsu_addr = 0;
		state->dsu_length = 0;
		state->dsu_data = 0;
	}
	if (ctrl & DSU_CTRL_CE)
		samd21_chip_erase(nvm);
	/* "If the device is protected, ... DONE and PERR are set." */
	if (ctrl & (DSU_CTRL_CRC | DSU_CTRL_MBIST) && samd21_is_secured(nvm))
		state->dsu_statusa |= DSU_STATUSA_PERR | DSU_STATUSA_DONE;
	else if (ctrl & DSU_CTRL_CRC)
		compute_crc(nvm);
	else if (ctrl & DSU_CTRL_MBIST)
		state->dsu_statusa |= DSU_STATUSA_FAIL | DSU_STATUSA_DONE;
}

void samd21_dsu_chip_erased(struct samd21_nvm *nvm)
{
	nvm->state.dsu_statusa |= DSU_STATUSA_DONE;
}

/** ENTRY0 (Arm's ROM table), ENTRY1 (MTB, not modelled: absent), identification: Atmel, 0xCD0. */
static uint32_t read_rom(uint32_t offset)
{
	static const struct {
		uint16_t offset;
		uint32_t value;
	} words[] = {
		{ 0x1000, 0x9f0fc003 },
		{ 0x1004, 0x00003002 },
		{ 0x1fcc, 0x00000001 },
		{ 0x1fe0, 0x000000d0 },
		{ 0x1fe4, 0x000000fc },
		{ 0x1fe8, 0x00000009 },
		{ 0x1ff0, 0x0000000d },
		{ 0x1ff4, 0x00000010 },
		{ 0x1ff8, 0x00000005 },
		{ 0x1ffc, 0x000000b1 },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].offset == offset)
			return words[i].value;
	return 0;
}

static uint32_t read_register(struct samd21_nvm *nvm, uint32_t offset)
{
	const struct samd21_nvm_state *state = &nvm->state;
	const uint32_t statusb = DSU_STATUSB_HPE | DSU_STATUSB_DBGPRES |
	                         (samd21_is_secured(nvm) ? DSU_STATUSB_PROT : 0);

	switch (offset) {
	case 0:
		return (uint32_t)state->dsu_statusa << 8 | statusb << 16;
	case DSU_ADDR:
		return state->dsu_addr;
	case DSU_LENGTH:
		return state->dsu_length;
	case DSU_DATA:
		return state->dsu_data;
	case DSU_DCC0:
	case DSU_DCC1:
		return state->dsu_dcc[offset == DSU_DCC1];
	case DSU_DID:
		return nvm->config->did;
	default:
		return 0;
	}
}

static bool dsu_read(void *model, const struct bus_access *access, uint32_t *value)
{
	struct samd21_nvm *nvm = model;

	(void)nvm_is_busy(&nvm->nvm);
	*value = access->offset >= DSU_ROM ? read_rom(access->offset)
	                                   : read_register(nvm, access->offset % EXTERNAL);
	return true;
}

static bool dsu_write(void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct samd21_nvm *nvm = model;
	struct samd21_nvm_state *state = &nvm->state;

	if (access->offset >= EXTERNAL_END)
		return true;
	switch (access->offset % EXTERNAL) {
	case 0:
		state->dsu_statusa &= (uint8_t) ~((value & mask) >> 8);
		write_control(nvm, value & mask & 0xff);
		break;
	case DSU_ADDR:
		state->dsu_addr = merge_lanes(state->dsu_addr, value, mask) & ~3u;
		break;
	case DSU_LENGTH:
		state->dsu_length = merge_lanes(state->dsu_length, value, mask) & ~3u;
		break;
	case DSU_DATA:
		state->dsu_data = merge_lanes(state->dsu_data, value, mask);
		break;
	case DSU_DCC0:
		state->dsu_dcc[0] = merge_lanes(state->dsu_dcc[0], value, mask);
		break;
	case DSU_DCC1:
		state->dsu_dcc[1] = merge_lanes(state->dsu_dcc[1], value, mask);
		break;
	default:
		break;
	}
	return true;
}

static const struct window_ops dsu_ops = { .read = dsu_read, .write = dsu_write };

/** What a debugger sees of a secured part: the external address space and the ROM table. */
static bool debugger_reaches(void *model, uint32_t address)
{
	const struct samd21_nvm *nvm = model;

	return !samd21_is_secured(nvm) ||
	       (address - DSU_BASE >= EXTERNAL && address - DSU_BASE < EXTERNAL_END) ||
	       (address - DSU_BASE >= DSU_ROM && address - DSU_BASE < DSU_SIZE);
}

void samd21_dsu_reset(struct samd21_nvm *nvm, enum board_reset kind)
{
	if (kind != RESET_POWER_ON)
		return;
	nvm->state.dsu_statusa = 0;
	nvm->state.dsu_addr = 0;
	nvm->state.dsu_length = 0;
	nvm->state.dsu_data = 0;
}

dapper_status samd21_dsu_create(struct samd21_nvm *nvm)
{
	board_limit_debug(nvm->board, debugger_reaches, nvm);
	return board_add_window(nvm->board, "DSU", DSU_BASE, DSU_SIZE, LANES_AHB, &dsu_ops, nvm);
}
