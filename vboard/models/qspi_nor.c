/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A serial NOR chip (qspi_nor.h; the chips and commands: qspi_nor_chips.c).
 *
 * - A command is carried out when CS# rises; a program or an erase needs WEL, and takes its time
 *   with WIP set. Meanwhile only status can be read, as with a chip (no suspend here).
 * - Programming clears bits in one page of 256 bytes, in which the address wraps; of more bytes
 *   than that the last count.
 * - BP2..0 (and TB, bit 5) of the status register protect that many blocks from the top (or the
 *   bottom). A program or erase that touches them does nothing but clear WEL, with the error flags
 *   of those chips that have such.
 * - What the chip does not know, or hears while asleep or busy, it ignores; nobody drives then, and
 *   the pull-ups make it 0xFF.
 *
 * Not modelled: suspend, security registers and OTP, individual block locks, QPI of Winbond and
 * Micron, Micron's XIP mode. The order of bytes in double-rate octal mode is that of memory.
 */
#include "vboard/models/qspi_nor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/models/qspi_nor_chips.h"

#define SR_WIP BIT(0)
#define SR_WEL BIT(1)
#define SR_BP  BITS(4, 2)
#define SR_TB  BIT(5)

/* Micron's flag status register; Macronix's security register. */
#define FSR_READY         BIT(7)
#define FSR_ERASE         BIT(5)
#define FSR_PROGRAM       BIT(4)
#define FSR_PROTECTION    BIT(1)
#define FSR_FOUR_BYTE     BIT(0)
#define SCUR_E_FAIL       BIT(6)
#define SCUR_P_FAIL       BIT(5)
#define MACRONIX_QE       BIT(6) /* of SR1 */
#define MACRONIX_TB       BIT(3) /* of the configuration register */
#define MACRONIX_4BYTE    BIT(5)
#define WINBOND_QE        BIT(1) /* of SR2 */
#define WINBOND_ADS       BIT(0) /* of SR3 */
#define CR2_DTR           BIT(1)
#define CR2_STR           BIT(0)
#define CR2_DUMMY_ADDRESS 0x300u
#define WINBOND_WRITABLE  (BITS(7, 2))

enum phase { PHASE_OPCODE, PHASE_SECOND_OPCODE, PHASE_ADDRESS, PHASE_DUMMY, PHASE_DATA, PHASE_OFF };

/** All but the contents; no pointers, for snapshots. */
struct nor_state {
	uint8_t registers[NOR_REGISTERS];
	uint8_t cr2_mode, cr2_dummy;
	bool four_byte;
	bool asleep;
	bool reset_enabled;

	/* The command that is coming in. */
	bool selected;
	enum phase phase;
	int command;     /* -1: none */
	bool continuous; /* the next one is a read without an opcode */
	uint32_t shift;
	unsigned bits;
	unsigned address_left, dummy_left, mode_left;
	uint32_t mode;
	uint32_t address;
	uint32_t position; /* bytes of data, in or out */
	uint8_t data[NOR_PAGE];
};

struct qspi_nor {
	struct board *board;
	const struct qspi_nor_chip *chip;
	bool is_main;
	struct nvm nvm;
	uint8_t sfdp[NOR_SFDP_SIZE];
	struct nor_state s;
};

/* --- state ----------------------------------------------------------------------------------- */

static bool is_a(const struct qspi_nor *nor, uint8_t set)
{
	return nor->chip->sets & set;
}

static bool is_octal(const struct qspi_nor *nor)
{
	return nor->s.cr2_mode & (CR2_DTR | CR2_STR);
}

static bool is_double_rate(const struct qspi_nor *nor)
{
	return nor->s.cr2_mode & CR2_DTR;
}

bool qspi_nor_is_busy(struct qspi_nor *nor)
{
	return nvm_is_busy(&nor->nvm);
}

/** WEL goes with the operation that it allowed. */
static void operation_ended(void *owner)
{
	struct qspi_nor *nor = owner;

	nor->s.registers[NOR_SR1] &= (uint8_t)~SR_WEL;
}

/** Four lanes are the I/Os only where QE says so; otherwise IO2 and IO3 are WP# and HOLD#. */
static bool has_quad(const struct qspi_nor *nor)
{
	if (is_a(nor, NOR_WINBOND))
		return nor->s.registers[NOR_SR2] & WINBOND_QE;
	if (is_a(nor, NOR_MACRONIX) && is_a(nor, NOR_QUAD))
		return nor->s.registers[NOR_SR1] & MACRONIX_QE;
	return true;
}

/* --- protection ------------------------------------------------------------------------------ */

static bool is_protected(const struct qspi_nor *nor, uint32_t offset, uint32_t size)
{
	const uint32_t bp = FIELD_GET(SR_BP, nor->s.registers[NOR_SR1]);
	const bool bottom = is_a(nor, NOR_MACRONIX) ? nor->s.registers[NOR_SR2] & MACRONIX_TB
	                                            : nor->s.registers[NOR_SR1] & SR_TB;
	uint64_t length;

	if (bp == 0)
		return false;
	length = (uint64_t)nor->chip->protect_granule << (bp - 1);
	if (length >= nor->chip->size || bp == 7)
		return true;
	return bottom ? offset < length : (uint64_t)offset + size > nor->chip->size - length;
}

static void refuse(struct qspi_nor *nor, bool erase)
{
	nor->s.registers[NOR_SR1] &= (uint8_t)~SR_WEL;
	if (is_a(nor, NOR_MICRON))
		nor->s.registers[NOR_FLAGS] |=
			(uint8_t)(FSR_PROTECTION | (erase ? FSR_ERASE : FSR_PROGRAM));
	else if (is_a(nor, NOR_MACRONIX))
		nor->s.registers[NOR_FLAGS] |= (uint8_t)(erase ? SCUR_E_FAIL : SCUR_P_FAIL);
}

/* --- what commands do when CS# rises ---------------------------------------------------------- */

static void start_program(struct qspi_nor *nor)
{
	const uint32_t page = nor->s.address & ~(NOR_PAGE - 1u);
	const uint32_t count = nor->s.position < NOR_PAGE ? nor->s.position : NOR_PAGE;
	const uint64_t full_ns = NS_PER_US * nor->chip->program_us;
	const uint64_t bytes_ns = (uint64_t)count * nor->chip->byte_program_ns;

	if (count == 0)
		return;
	if (is_protected(nor, page, NOR_PAGE)) {
		refuse(nor, false);
		return;
	}
	if (is_a(nor, NOR_MACRONIX))
		nor->s.registers[NOR_FLAGS] &= (uint8_t)~SCUR_P_FAIL;
	nvm_program(&nor->nvm, (struct nvm_range){ 0, page, NOR_PAGE }, nor->s.data,
		board_now_ns(nor->board), bytes_ns < full_ns ? bytes_ns : full_ns);
}

static void start_erase(struct qspi_nor *nor, uint32_t offset, uint32_t size, uint32_t ms)
{
	const struct nvm_range range = { 0, offset, size };

	if (is_protected(nor, offset, size)) {
		refuse(nor, true);
		return;
	}
	if (is_a(nor, NOR_MACRONIX))
		nor->s.registers[NOR_FLAGS] &= (uint8_t)~SCUR_E_FAIL;
	nvm_erase(&nor->nvm, &range, 1, NS_PER_MS * ms);
}

/** Registers are there at once here; the time they take is that of a program of nothing. */
static void take_time(struct qspi_nor *nor)
{
	uint8_t nothing[1] = { 0xff };

	nvm_program(&nor->nvm, (struct nvm_range){ 0, 0, 1 }, nothing, board_now_ns(nor->board),
		NS_PER_MS * nor->chip->register_ms);
}

static void write_status(struct qspi_nor *nor)
{
	nor->s.registers[NOR_SR1] = (uint8_t)((nor->s.data[0] & ~(SR_WIP | SR_WEL)) |
					      (nor->s.registers[NOR_SR1] & SR_WEL));
	/* A second byte: SR2 of Winbond, the configuration register of Macronix. */
	if (nor->s.position >= 2 && is_a(nor, NOR_WINBOND))
		nor->s.registers[NOR_SR2] = nor->s.data[1];
	else if (nor->s.position >= 2 && is_a(nor, NOR_MACRONIX))
		nor->s.registers[NOR_SR2] = (uint8_t)(nor->s.data[1] & ~MACRONIX_4BYTE);
	take_time(nor);
}

static void write_register(struct qspi_nor *nor, unsigned index)
{
	if (nor->s.position == 0)
		return;
	if (index == NOR_SR1) {
		write_status(nor);
		return;
	}
	nor->s.registers[index] = nor->s.data[0];
	if (index == NOR_NVCR_LOW && nor->s.position >= 2)
		nor->s.registers[NOR_NVCR_HIGH] = nor->s.data[1];
	if (index == NOR_SR2 || index == NOR_SR3 || index == NOR_NVCR_LOW)
		take_time(nor);
	else
		nor->s.registers[NOR_SR1] &= (uint8_t)~SR_WEL;
}

/* Volatile: no time, and WEL is cleared. */
static void write_cr2(struct qspi_nor *nor)
{
	if (nor->s.position == 0)
		return;
	if (nor->s.address == 0)
		nor->s.cr2_mode = nor->s.data[0] & (CR2_DTR | CR2_STR);
	else if (nor->s.address == CR2_DUMMY_ADDRESS)
		nor->s.cr2_dummy = nor->s.data[0] & 7;
	nor->s.registers[NOR_SR1] &= (uint8_t)~SR_WEL;
}

static void set_four_byte(struct qspi_nor *nor, bool on)
{
	nor->s.four_byte = on;
	nor->s.registers[NOR_SR1] &= (uint8_t)(is_a(nor, NOR_MICRON) ? ~SR_WEL : UINT32_MAX);
}

void qspi_nor_power_on(struct qspi_nor *nor)
{
	const bool selected = nor->s.selected;

	nor->s = (struct nor_state){ .phase = PHASE_OFF, .command = -1, .selected = selected };
	memcpy(nor->s.registers, nor->chip->registers, sizeof(nor->s.registers));
}

/** The soft reset keeps what is non-volatile. */
static void soft_reset(struct qspi_nor *nor)
{
	uint8_t keep[NOR_REGISTERS];
	static const uint8_t volatile_registers[] = { NOR_FLAGS, NOR_VCR, NOR_EVCR, NOR_EAR };

	nvm_reset(&nor->nvm);
	memcpy(keep, nor->s.registers, sizeof(keep));
	for (unsigned i = 0; i < ARRAY_SIZE(volatile_registers); i++)
		keep[volatile_registers[i]] = nor->chip->registers[volatile_registers[i]];
	keep[NOR_SR1] &= (uint8_t)~SR_WEL;
	qspi_nor_power_on(nor);
	memcpy(nor->s.registers, keep, sizeof(keep));
}

/** Needs WEL; and says whether it is there. */
static bool is_enabled(const struct qspi_nor *nor)
{
	return nor->s.registers[NOR_SR1] & SR_WEL;
}

static void do_guarded(struct qspi_nor *nor, const struct nor_command *command)
{
	const uint32_t offset = nor->s.address % nor->chip->size;
	const uint32_t size = nor_erase_sizes[command->index % NOR_ERASE_KINDS];

	if (!is_enabled(nor))
		return;
	switch (command->kind) {
	case NOR_PROGRAM:
		start_program(nor);
		break;
	case NOR_ERASE:
		start_erase(nor, offset & ~(size - 1), size, nor->chip->erase_ms[command->index]);
		break;
	case NOR_ERASE_CHIP:
		start_erase(nor, 0, nor->chip->size, nor->chip->chip_erase_ms);
		break;
	case NOR_WRITE_CR2:
		write_cr2(nor);
		break;
	case NOR_WRITE_REGISTER:
		write_register(nor, command->index);
		break;
	default: /* reads have nothing to do at their end */
		break;
	}
}

static void do_simple(struct qspi_nor *nor, const struct nor_command *command)
{
	switch (command->kind) {
	case NOR_WRITE_ENABLE:
	/* Only for the status registers, which keep no difference here. */
	case NOR_WRITE_ENABLE_VOLATILE:
		nor->s.registers[NOR_SR1] |= SR_WEL;
		break;
	case NOR_WRITE_DISABLE:
		nor->s.registers[NOR_SR1] &= (uint8_t)~SR_WEL;
		break;
	case NOR_CLEAR_FLAGS:
		nor->s.registers[NOR_FLAGS] = nor->chip->registers[NOR_FLAGS];
		break;
	case NOR_FOUR_BYTES_ON:
	case NOR_FOUR_BYTES_OFF:
		set_four_byte(nor, command->kind == NOR_FOUR_BYTES_ON);
		break;
	case NOR_POWER_DOWN:
		nor->s.asleep = true;
		break;
	case NOR_POWER_UP:
		nor->s.asleep = false;
		break;
	default:
		do_guarded(nor, command);
		break;
	}
}

/** CS# rises: was it a whole command? */
static void finish_command(struct qspi_nor *nor)
{
	const struct nor_command *command = qspi_nor_command(nor->s.command);
	const bool was_enabled = nor->s.reset_enabled;
	const bool complete = nor->s.phase == PHASE_DATA ||
	                      (nor->s.phase == PHASE_DUMMY && command->kind == NOR_POWER_UP);

	nor->s.reset_enabled = false;
	if (!complete || nor->s.bits % 8)
		return;
	if (command->kind == NOR_RESET_ENABLE)
		nor->s.reset_enabled = true;
	else if (command->kind == NOR_RESET && was_enabled)
		soft_reset(nor);
	else if (command->kind != NOR_RESET && !nvm_is_busy(&nor->nvm))
		do_simple(nor, command);
}

/* --- data out -------------------------------------------------------------------------------- */

static uint8_t read_register(struct qspi_nor *nor, unsigned index)
{
	const bool busy = nvm_is_busy(&nor->nvm);
	uint8_t value = nor->s.registers[index];

	if (index == NOR_SR1 && busy)
		value |= SR_WIP;
	if (index == NOR_FLAGS && is_a(nor, NOR_MICRON)) {
		value = (uint8_t)(busy ? value & ~FSR_READY : value);
		value |= nor->s.four_byte ? FSR_FOUR_BYTE : 0;
	}
	if (index == NOR_SR2 && is_a(nor, NOR_MACRONIX))
		value |= nor->s.four_byte ? MACRONIX_4BYTE : 0;
	if (index == NOR_SR3 && is_a(nor, NOR_WINBOND))
		value |= nor->s.four_byte ? WINBOND_ADS : 0;
	return value;
}

static uint8_t data_out(struct qspi_nor *nor, const struct nor_command *command)
{
	static const uint8_t unique_id[8] = { 'd', 'a', 'p', 'p', 'e', 'r', 0, 1 };
	const uint32_t at = nor->s.position++;

	switch (command->kind) {
	case NOR_READ:
		return nor->nvm.areas[0].bytes[(nor->s.address + at) % nor->chip->size];
	case NOR_READ_ID: /* Micron: more of a unique ID follows, of which there is none */
		if (at < 3)
			return nor->chip->id[at];
		return is_a(nor, NOR_MICRON) ? 0 : nor->chip->id[at % 3];
	case NOR_READ_MAKER_ID:
	case NOR_POWER_UP:
		if (command->kind == NOR_READ_MAKER_ID && (nor->s.address + at) % 2 == 0)
			return nor->chip->id[0];
		return (uint8_t)(nor->chip->id[2] - 1);
	case NOR_READ_SFDP:
		return nor->sfdp[(nor->s.address + at) % NOR_SFDP_SIZE];
	case NOR_READ_UNIQUE_ID:
		return unique_id[at % sizeof(unique_id)];
	case NOR_READ_REGISTER:
		if (command->index == NOR_NVCR_LOW && at % 2)
			return read_register(nor, NOR_NVCR_HIGH);
		return read_register(nor, command->index);
	case NOR_READ_CR2:
		return nor->s.address == CR2_DUMMY_ADDRESS ? nor->s.cr2_dummy : nor->s.cr2_mode;
	default:
		return 0xff;
	}
}

static bool drives_data(const struct nor_command *command)
{
	return command->kind <= NOR_READ_REGISTER || command->kind == NOR_READ_CR2 ||
	       command->kind == NOR_POWER_UP;
}

/* --- phases ---------------------------------------------------------------------------------- */

static unsigned dummy_cycles(const struct qspi_nor *nor, const struct nor_command *command)
{
	const unsigned vcr = nor->s.registers[NOR_VCR] >> 4;
	static const uint8_t octal[] = { 20, 18, 16, 14, 12, 10, 8, 6 };
	/* MX25L51245G, DC1..0 of the configuration register. */
	static const uint8_t macronix_output[] = { 8, 6, 8, 10 };
	static const uint8_t macronix_io[] = { 6, 4, 8, 10 };

	switch (command->dummy) {
	case NOR_DUMMY_OCTAL:
		return octal[nor->s.cr2_dummy];
	case NOR_DUMMY_OUTPUT:
		if (is_a(nor, NOR_MICRON))
			return vcr == 0 || vcr == 15 ? 8 : vcr;
		return is_a(nor, NOR_MACRONIX) ? macronix_output[nor->s.registers[NOR_SR2] >> 6]
		                               : 8;
	case NOR_DUMMY_IO:
		if (is_a(nor, NOR_MICRON))
			return vcr == 0 || vcr == 15 ? 10 : vcr;
		return is_a(nor, NOR_MACRONIX) ? macronix_io[nor->s.registers[NOR_SR2] >> 6] : 6;
	default:
		return command->dummy;
	}
}

static void enter_data(struct qspi_nor *nor)
{
	nor->s.phase = PHASE_DATA;
	nor->s.bits = 0;
	nor->s.position = 0;
	memset(nor->s.data, 0xff, sizeof(nor->s.data));
}

static void enter_dummy(struct qspi_nor *nor)
{
	const struct nor_command *command = qspi_nor_command(nor->s.command);

	nor->s.dummy_left = dummy_cycles(nor, command) * (is_double_rate(nor) ? 2 : 1);
	nor->s.mode_left = command->has_mode ? 8 / command->address_lanes : 0;
	nor->s.mode = 0;
	nor->s.continuous = false;
	nor->s.phase = PHASE_DUMMY;
	if (nor->s.dummy_left == 0)
		enter_data(nor);
}

static void enter_address(struct qspi_nor *nor)
{
	const struct nor_command *command = qspi_nor_command(nor->s.command);

	nor->s.address = 0;
	nor->s.bits = 0;
	nor->s.address_left = command->address_bytes;
	if (command->address_bytes == NOR_MODE_ADDRESS)
		nor->s.address_left = nor->s.four_byte ? 4 : 3;
	nor->s.phase = PHASE_ADDRESS;
	if (nor->s.address_left == 0)
		enter_dummy(nor);
}

/** Whether the chip listens to a command in its state. */
static bool hears(struct qspi_nor *nor, const struct nor_command *command)
{
	const bool four_lanes = command->address_lanes == 4 || command->data_lanes == 4;

	if (nor->s.asleep)
		return command->kind == NOR_POWER_UP || command->kind == NOR_RESET_ENABLE ||
		       command->kind == NOR_RESET;
	if (four_lanes && !has_quad(nor))
		return false;
	return !nvm_is_busy(&nor->nvm) || command->kind == NOR_READ_REGISTER ||
	       command->kind == NOR_RESET_ENABLE || command->kind == NOR_RESET;
}

static void take_opcode(struct qspi_nor *nor, uint8_t opcode)
{
	nor->s.command = qspi_nor_find_command(nor->chip, opcode, is_octal(nor));
	if (nor->s.command < 0 || !hears(nor, qspi_nor_command(nor->s.command)))
		nor->s.phase = PHASE_OFF;
	else if (is_octal(nor))
		nor->s.phase = PHASE_SECOND_OPCODE;
	else
		enter_address(nor);
}

static void take_byte(struct qspi_nor *nor, uint8_t byte)
{
	const struct nor_command *command;

	if (nor->s.phase == PHASE_OPCODE) {
		take_opcode(nor, byte);
		return;
	}
	command = qspi_nor_command(nor->s.command);
	if (nor->s.phase == PHASE_SECOND_OPCODE) {
		if ((byte ^ command->opcode) == 0xff)
			enter_address(nor);
		else
			nor->s.phase = PHASE_OFF;
	} else if (nor->s.phase == PHASE_ADDRESS) {
		nor->s.address = nor->s.address << 8 | byte;
		if (--nor->s.address_left)
			return;
		/* Three bytes reach 16 MB; the extended address register says which. */
		if (command->address_bytes == NOR_MODE_ADDRESS && !nor->s.four_byte)
			nor->s.address |= (uint32_t)nor->s.registers[NOR_EAR] << 24;
		enter_dummy(nor);
	} else {
		const uint32_t first = command->kind == NOR_PROGRAM ? nor->s.address : 0;

		nor->s.data[(first + nor->s.position) % NOR_PAGE] = byte;
		if (nor->s.position < UINT32_MAX)
			nor->s.position++;
	}
}

/** Lanes on which the chip listens now. */
static unsigned listening_lanes(const struct qspi_nor *nor)
{
	if (is_octal(nor))
		return 8;
	if (nor->s.phase == PHASE_ADDRESS || nor->s.phase == PHASE_DUMMY)
		return qspi_nor_command(nor->s.command)->address_lanes;
	if (nor->s.phase == PHASE_DATA)
		return qspi_nor_command(nor->s.command)->data_lanes;
	return 1;
}

/* Mode bits M5-4 = 10 (Winbond) or a toggled half (Macronix) ask for the next read at once. */
static void dummy_edge(struct qspi_nor *nor, unsigned pins)
{
	const unsigned lanes = listening_lanes(nor);

	if (nor->s.mode_left) {
		nor->s.mode = nor->s.mode << lanes | (pins & ((1u << lanes) - 1));
		if (--nor->s.mode_left == 0)
			nor->s.continuous =
				(is_a(nor, NOR_WINBOND) && (nor->s.mode & 0x30) == 0x20) ||
				(is_a(nor, NOR_MACRONIX) &&
					(nor->s.mode >> 4 ^ nor->s.mode) == 0x0f);
	}
	if (--nor->s.dummy_left == 0)
		enter_data(nor);
}

/** One sampling edge of SCK: what the host drives, and what is on the pins after it. */
static unsigned edge(struct qspi_nor *nor, unsigned pins)
{
	const struct nor_command *command;
	unsigned lanes, out;

	if (!nor->s.selected || nor->s.phase == PHASE_OFF)
		return 0xff;
	if (nor->s.phase == PHASE_DUMMY) {
		dummy_edge(nor, pins);
		return 0xff;
	}
	lanes = listening_lanes(nor);
	command = nor->s.command < 0 ? NULL : qspi_nor_command(nor->s.command);
	if (nor->s.phase == PHASE_DATA && drives_data(command)) {
		if (nor->s.bits == 0) {
			nor->s.shift = data_out(nor, command);
			nor->s.bits = 8;
		}
		nor->s.bits -= lanes;
		out = nor->s.shift >> nor->s.bits & ((1u << lanes) - 1);
		return lanes == 1 ? 0xfdu | out << 1 : (0xffu << lanes & 0xff) | out;
	}
	nor->s.shift = nor->s.shift << lanes | (pins & ((1u << lanes) - 1));
	nor->s.bits += lanes;
	if (nor->s.bits == 8) {
		nor->s.bits = 0;
		take_byte(nor, (uint8_t)nor->s.shift);
	}
	return 0xff;
}

/* --- pins ------------------------------------------------------------------------------------ */

void qspi_nor_select(struct qspi_nor *nor, bool selected)
{
	if (nor->s.selected == selected)
		return;
	nor->s.selected = selected;
	if (!selected) {
		if (nor->s.command >= 0)
			finish_command(nor);
		return;
	}
	nor->s.shift = 0;
	nor->s.bits = 0;
	if (nor->s.continuous && nor->s.command >= 0) {
		enter_address(nor);
		return;
	}
	nor->s.command = -1;
	nor->s.phase = PHASE_OPCODE;
}

void qspi_nor_send(struct qspi_nor *nor, uint8_t byte, unsigned lanes)
{
	const unsigned mask = (1u << lanes) - 1;

	for (unsigned left = 8; left > 0; left -= lanes)
		(void)edge(nor, (0xffu & ~mask) | (byte >> (left - lanes) & mask));
}

void qspi_nor_idle(struct qspi_nor *nor, unsigned cycles)
{
	for (unsigned i = cycles * (is_double_rate(nor) ? 2 : 1); i > 0; i--)
		(void)edge(nor, 0xff);
}

uint8_t qspi_nor_receive(struct qspi_nor *nor, unsigned lanes)
{
	unsigned byte = 0;

	for (unsigned got = 0; got < 8; got += lanes) {
		const unsigned pins = edge(nor, 0xff);

		byte = byte << lanes | (lanes == 1 ? pins >> 1 & 1 : pins & ((1u << lanes) - 1));
	}
	return (uint8_t)byte;
}

uint8_t qspi_nor_exchange(struct qspi_nor *nor, uint8_t byte)
{
	unsigned in = 0;

	for (unsigned left = 8; left > 0; left--)
		in = in << 1 | (edge(nor, 0xfeu | (byte >> (left - 1) & 1u)) >> 1 & 1);
	return (uint8_t)in;
}

void qspi_nor_await_strobe(struct qspi_nor *nor)
{
	while (nor->s.selected && nor->s.phase == PHASE_DUMMY)
		(void)edge(nor, 0xff);
}

/* --- life ------------------------------------------------------------------------------------ */

uint32_t qspi_nor_size(const struct qspi_nor *nor)
{
	return nor->chip->size;
}

uint8_t *qspi_nor_bytes(struct qspi_nor *nor)
{
	return nor->nvm.areas[0].bytes;
}

void qspi_nor_power_lost(struct qspi_nor *nor)
{
	nvm_power_lost(&nor->nvm);
}

dapper_status qspi_nor_set(struct qspi_nor *nor, const char *key, const char *value, bool *taken)
{
	static const char prefix[] = "nor-";
	const bool is_prefixed = strncmp(key, prefix, sizeof(prefix) - 1) == 0;

	*taken = false;
	if (nor->is_main || strcmp(key, nor->nvm.areas[0].file_key) == 0)
		return nvm_set(&nor->nvm, key, value, taken);
	return is_prefixed ? nvm_set(&nor->nvm, key + sizeof(prefix) - 1, value, taken) : DAPPER_OK;
}

void qspi_nor_destroy(struct qspi_nor *nor)
{
	if (!nor)
		return;
	nvm_finish(&nor->nvm);
	free(nor);
}

dapper_status qspi_nor_create(
	struct board *board, const struct qspi_nor_config *config, struct qspi_nor **nor_out)
{
	struct qspi_nor *nor = *nor_out = xnew(nor);

	if (!nor)
		return FAIL_NO_MEMORY("a serial flash");
	nvm_init(&nor->nvm, board, operation_ended, nor);
	nor->board = board;
	nor->is_main = config->is_main;
	nor->chip = qspi_nor_find_chip(config->chip);
	if (!nor->chip)
		return dapper_fail(DAPPER_ERR_INVALID,
			"there is no model of the serial flash '%s' (there are %s)", config->chip,
			qspi_nor_chip_names());
	TRY(nvm_add_area(&nor->nvm, config->mapped_base, nor->chip->size,
		config->is_main ? "flash" : "nor"));
	qspi_nor_make_sfdp(nor->chip, nor->sfdp);
	qspi_nor_power_on(nor);
	return board_keep(board, "serial flash", &nor->s, sizeof(nor->s));
}
