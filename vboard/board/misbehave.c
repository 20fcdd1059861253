/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scenario lets go wrong on the part's side: the supply, the bus, the firmware. The flash
 * controllers have their own (models/nvm.c), and so has the wire (adi/faults.h).
 *
 * Misbehaving firmware is a few instructions of our own, put where the part boots from: they count
 * down for a while, write a table of words to a table of addresses, and end as the row says. So a
 * debugger that is quick enough after a reset finds the part as it should be, as with real firmware.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/context.h"
#include "base/error.h"
#include "vboard/board/state.h"

/* --- supply ---------------------------------------------------------------------------------- */

static dapper_status set_power_loss(struct board *board, const char *key, const char *value)
{
	uint64_t ns;

	TRY(setting_number(key, value, UINT64_MAX - 1, &ns));
	board_lose_power_at(board, ns);
	return DAPPER_OK;
}

static dapper_status set_power_return(struct board *board, const char *key, const char *value)
{
	TRY(setting_number(key, value, UINT64_MAX / 2, &board->power_off_ns));
	board->power_returns = true;
	return DAPPER_OK;
}

/* --- bus ------------------------------------------------------------------------------------- */

bool board_fault_hits(struct board *board, uint32_t address)
{
	for (size_t i = 0; i < board->bus_fault_count; i++) {
		struct bus_fault *fault = &board->bus_faults[i];

		if (address - fault->base >= fault->size)
			continue;
		fault->seen++;
		if (fault->seen >= fault->first && fault->seen - fault->first < fault->count)
			return true;
	}
	return false;
}

/* Reads "SIGNnumber" if it is there. */
static bool optional_number(const char **text, char sign, uint64_t *number)
{
	char *end;

	if (**text != sign)
		return true;
	*number = strtoull(*text + 1, &end, 0);
	if (end == *text + 1)
		return false;
	*text = end;
	return true;
}

/* ADDRESS[+SIZE][@FIRST[xCOUNT]] */
static dapper_status set_bus_fault(struct board *board, const char *key, const char *value)
{
	struct bus_fault *fault = &board->bus_faults[board->bus_fault_count];
	uint64_t size = 4;
	uint64_t first = 1;
	uint64_t count = UINT64_MAX;
	uint64_t base;
	char *end;
	const char *rest;

	if (board->bus_fault_count == BOARD_MAX_BUS_FAULTS)
		return dapper_fail(
			DAPPER_ERR_LIMIT, "at most %d of '%s'", BOARD_MAX_BUS_FAULTS, key);
	base = strtoull(value, &end, 0);
	rest = end;
	if (end == value || base > UINT32_MAX || !optional_number(&rest, '+', &size) ||
		!optional_number(&rest, '@', &first) || !optional_number(&rest, 'x', &count) ||
		*rest || !size || size > UINT32_MAX || !first || !count)
		return dapper_fail(DAPPER_ERR_INVALID,
			"'%s' is not ADDRESS[+SIZE][@FIRST[xCOUNT]], as in %s=0x20000000+16@3x2",
			value, key);
	*fault = (struct bus_fault){
		.base = (uint32_t)base, .size = (uint32_t)size, .first = first, .count = count
	};
	board->bus_fault_count++;
	for (unsigned i = 0; i < board->core_count; i++)
		cpu_unmap(board->cores[i].cpu, fault->base, fault->size);
	return DAPPER_OK;
}

/* --- firmware -------------------------------------------------------------------------------- */

enum tail { TAIL_SLEEP, TAIL_SPIN, TAIL_UNDEFINED };

/* SCR.SLEEPDEEP; AIRCR: VECTKEY | SYSRESETREQ (DDI 0403E.e, B3.2.6 and B3.2.7). */
static const struct part_poke sleep_pokes[] = { { 0xe000ed10, 0x4 } };
static const struct part_poke reset_pokes[] = { { 0xe000ed0c, 0x05fa0004 } };

static const struct misbehaviour {
	const char *name;
	const struct part_poke *pokes;
	size_t poke_count;
	enum tail tail;
} generic[] = {
	{ "sleep", sleep_pokes, ARRAY_SIZE(sleep_pokes), TAIL_SLEEP },
	{ "reset-loop", reset_pokes, ARRAY_SIZE(reset_pokes), TAIL_SPIN },
	{ "lockup", NULL, 0, TAIL_UNDEFINED },
};

static const uint16_t tails[][2] = {
	[TAIL_SLEEP] = { 0xbf30, 0xe7fd },     /* wfi; b .-2 */
	[TAIL_SPIN] = { 0xe7fe, 0xe7fe },      /* b . */
	[TAIL_UNDEFINED] = { 0xde00, 0xe7fd }, /* udf #0 */
};

/*
 *	ldr	r2, [pc, #16]	; literals: DELAY
 * 1:	subs	r2, #1
 *	bne	1b
 *	ldr	r3, [pc, #16]	; table
 *	ldr	r4, [pc, #16]	; its end
 * 2:	cmp	r3, r4
 *	beq	3f
 *	ldmia	r3!, {r0, r1}
 *	str	r1, [r0]
 *	b	2b
 * 3:	(tail)
 */
static const uint16_t code[] = { 0x4a05, 0x3a01, 0xd1fd, 0x4b05, 0x4c05, 0x42a3, 0xd002, 0xcb03,
	0x6001, 0xe7fa };

enum {
	VECTORS = 64,
	CODE = VECTORS, /* literals are at fixed distances behind: see above */
	TAIL = CODE + sizeof(code),
	LITERALS = CODE + 24,
	TABLE = LITERALS + 12,
	DELAY_TURNS = 2000,
};

static struct exposure *exposure_with(struct board *board, uint32_t address)
{
	for (size_t i = 0; i < board->exposure_count; i++)
		if (address - board->exposures[i].base < board->exposures[i].size)
			return &board->exposures[i];
	return NULL;
}

static uint32_t ram_top(const struct board *board)
{
	for (size_t i = 0; i < board->part->memory_count; i++)
		if (board->part->memories[i].kind == MEMORY_RAM)
			return board->part->memories[i].base + board->part->memories[i].size;
	return 0;
}

/* All handlers are 0: a fault finds no Thumb code there, and locks the core up. */
static void make_image(
	const struct board *board, const struct misbehaviour *what, uint32_t base, uint8_t *image)
{
	const uint32_t table = base + TABLE;

	memset(image, 0, VECTORS);
	put_le32(image, ram_top(board));
	put_le32(image + 4, base + CODE + 1);
	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		put_le16(image + CODE + 2 * i, code[i]);
	put_le16(image + TAIL, tails[what->tail][0]);
	put_le16(image + TAIL + 2, tails[what->tail][1]);
	put_le32(image + LITERALS, DELAY_TURNS);
	put_le32(image + LITERALS + 4, table);
	put_le32(image + LITERALS + 8, table + (uint32_t)what->poke_count * 8);
	for (size_t i = 0; i < what->poke_count; i++) {
		put_le32(image + TABLE + 8 * i, what->pokes[i].address);
		put_le32(image + TABLE + 8 * i + 4, what->pokes[i].value);
	}
}

static bool find_misbehaviour(
	const struct board *board, const char *name, struct misbehaviour *found)
{
	for (size_t i = 0; i < ARRAY_SIZE(generic); i++)
		if (strcmp(generic[i].name, name) == 0) {
			*found = generic[i];
			return true;
		}
	for (size_t i = 0; i < board->part->firmware_count; i++) {
		const struct part_firmware *own = &board->part->firmware[i];

		if (strcmp(own->name, name) == 0) {
			*found = (struct misbehaviour){ own->name, own->pokes, own->poke_count,
				TAIL_SPIN };
			return true;
		}
	}
	return false;
}

static dapper_status set_firmware(struct board *board, const char *key, const char *value)
{
	struct misbehaviour what;

	(void)key;
	if (!find_misbehaviour(board, value, &what)) {
		dapper_fail(DAPPER_ERR_INVALID, "a virtual %s has no firmware '%s'",
			board->part->name, value);
		return dapper_fail_hint(DAPPER_ERR_INVALID,
			"sleep, reset-loop and lockup are there for all, swd-off and watchdog for "
			"parts whose description has them");
	}
	free(board->firmware);
	board->firmware = xstrdup(value);
	return board->firmware ? DAPPER_OK : FAIL_NO_MEMORY("a board's firmware");
}

dapper_status board_put_firmware(struct board *board)
{
	const uint32_t base = board->part->boot_base;
	const struct exposure *exposure = exposure_with(board, base);
	struct misbehaviour what;

	if (!board->firmware || !find_misbehaviour(board, board->firmware, &what))
		return DAPPER_OK;
	if (!exposure || exposure->size < TABLE + 8 * what.poke_count || !ram_top(board))
		return dapper_fail(DAPPER_ERR_UNSUPPORTED,
			"a virtual %s does not boot from a memory that firmware can be put into",
			board->part->name);
	make_image(board, &what, base, (uint8_t *)exposure->host + (base - exposure->base));
	board_reset(board, RESET_POWER_ON);
	return DAPPER_OK;
}

/* --- the table ------------------------------------------------------------------------------- */

const struct board_setting board_settings[] = {
	{ "power-loss-at-ns", set_power_loss },
	{ "power-returns-after-ns", set_power_return },
	{ "bus-fault", set_bus_fault },
	{ "firmware", set_firmware },
	{ "restore", set_restore },
	{ "save-at-end", set_save_at_end },
	{ NULL, NULL },
};
