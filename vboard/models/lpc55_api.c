/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the functions of an LPC55 boot ROM do (UM11126, 9.2; status codes: fsl_iap.h of NXP's SDK):
 * flash_init fills in the caller's configuration, which the others believe; erase and program work on
 * whole pages of 512 bytes; a page must be erased before it is programmed. The protected flash region
 * behind the user's flash is written through the ffr functions only: factory page (CMPA), in-field
 * page (CFPA). The key store's functions answer that they are not supported.
 */
#include <string.h>

#include "base/bytes.h"
#include "vboard/models/lpc55_rom.h"

#define ERASE_KEY 0x6b65666cu /* "lfek" */

/* flash_config_t: words. */
enum { CONFIG_BASE, CONFIG_SIZE, CONFIG_BLOCKS, CONFIG_PAGE, CONFIG_SECTOR, CONFIG_WORDS = 11 };
enum { SECTOR_SIZE = 32 * 1024 };

/* Pages of the protected region, from the array's end: CFPA scratch, CFPA 0 and 1, CMPA. */
enum { INFIELD_PAGES_BEFORE_END = 16, FACTORY_PAGES_BEFORE_END = 14 };

static uint32_t config_word(const struct lpc55_rom *rom, unsigned index)
{
	return board_peek(rom->board, rom->state.arguments[0] + 4 * index);
}

/** The range that arguments 1 and @p size name, whole pages of the user's flash. */
static enum lpc55_status check_range(const struct lpc55_rom *rom, uint32_t size)
{
	const uint32_t start = rom->state.arguments[1];
	const uint32_t total = config_word(rom, CONFIG_SIZE);
	const uint32_t limit = total < rom->config->flash_size ? total : rom->config->flash_size;

	if (!lpc55_in_ram(rom, rom->state.arguments[0], 4 * CONFIG_WORDS))
		return LPC55_INVALID_ARGUMENT;
	if (start % LPC55_PAGE || size % LPC55_PAGE || !size)
		return LPC55_ALIGNMENT_ERROR;
	if (start >= limit || size > limit - start)
		return LPC55_ADDRESS_ERROR;
	return LPC55_SUCCESS;
}

static enum lpc55_status flash_init(struct lpc55_rom *rom)
{
	const struct lpc55_rom_config *config = rom->config;
	const uint32_t words[CONFIG_WORDS] = { 0, config->flash_size, 1, LPC55_PAGE, SECTOR_SIZE,
		/* The protected region: base, size, page, sector, version and offset of CFPA. */
		config->flash_size, config->array_size - config->flash_size, LPC55_PAGE,
		SECTOR_SIZE, 0, 0 };

	if (!lpc55_in_ram(rom, rom->state.arguments[0], sizeof(words)))
		return LPC55_INVALID_ARGUMENT;
	for (unsigned i = 0; i < CONFIG_WORDS; i++)
		(void)board_poke(rom->board, rom->state.arguments[0] + 4 * i, words[i]);
	return LPC55_SUCCESS;
}

static enum lpc55_status flash_erase(struct lpc55_rom *rom)
{
	const uint32_t size = rom->state.arguments[2];
	const enum lpc55_status status = check_range(rom, size);
	const struct nvm_range range = { 0, rom->state.arguments[1], size };

	if (status != LPC55_SUCCESS)
		return status;
	if (rom->state.arguments[3] != ERASE_KEY)
		return LPC55_ERASE_KEY_ERROR;
	nvm_erase(&rom->nvm, &range, 1, rom->config->erase_us * NS_PER_US * (size / LPC55_PAGE));
	return LPC55_SUCCESS;
}

void lpc55_continue(struct lpc55_rom *rom, uint64_t begin_ns)
{
	struct lpc55_work *work = &rom->state.flash;
	const struct nvm_range page = { 0, work->offset, LPC55_PAGE };
	uint8_t data[LPC55_PAGE];

	if (!work->size)
		return;
	if (lpc55_is_programmed(rom, work->offset / LPC55_PAGE)) {
		rom->state.status = LPC55_COMMAND_FAILURE;
		work->size = 0;
		return;
	}
	for (unsigned i = 0; i < LPC55_PAGE; i += 4)
		put_le32(data + i, board_peek(rom->board, work->source + i));
	work->offset += LPC55_PAGE;
	work->source += LPC55_PAGE;
	work->size -= LPC55_PAGE;
	nvm_program(&rom->nvm, page, data, begin_ns, rom->config->program_us * NS_PER_US);
}

/** The source may have any alignment. */
static enum lpc55_status flash_program(struct lpc55_rom *rom)
{
	const uint32_t source = rom->state.arguments[2], size = rom->state.arguments[3];
	const enum lpc55_status status = check_range(rom, size);

	if (status != LPC55_SUCCESS)
		return status;
	if (!lpc55_in_ram(rom, source, size) || source % 4)
		return LPC55_INVALID_ARGUMENT;
	/* An error on the way overwrites it. */
	rom->state.status = LPC55_SUCCESS;
	rom->state.flash = (struct lpc55_work){ rom->state.arguments[1], size, source, 0 };
	lpc55_continue(rom, board_now_ns(rom->board));
	return (enum lpc55_status)rom->state.status;
}

static enum lpc55_status flash_verify_erase(struct lpc55_rom *rom)
{
	const uint32_t start = rom->state.arguments[1], size = rom->state.arguments[2];
	const enum lpc55_status status = check_range(rom, size);

	if (status != LPC55_SUCCESS)
		return status;
	for (uint32_t i = 0; i < size / LPC55_PAGE; i++)
		if (lpc55_is_programmed(rom, start / LPC55_PAGE + i))
			return LPC55_COMMAND_FAILURE;
	return LPC55_SUCCESS;
}

/** Arguments 4 and 5: where to tell address and contents of what differs. */
static enum lpc55_status flash_verify_program(struct lpc55_rom *rom)
{
	const uint32_t *arguments = rom->state.arguments;
	const uint32_t start = arguments[1], size = arguments[2], expected = arguments[3];
	const enum lpc55_status status = check_range(rom, size);

	if (status != LPC55_SUCCESS)
		return status;
	if (!lpc55_in_ram(rom, expected, size) || expected % 4)
		return LPC55_INVALID_ARGUMENT;
	for (uint32_t i = 0; i < size; i += 4) {
		const uint32_t word = nvm_peek(&rom->nvm, 0, start + i, 4);

		if (word == board_peek(rom->board, expected + i))
			continue;
		if (lpc55_in_ram(rom, arguments[4], 4))
			(void)board_poke(rom->board, arguments[4], start + i);
		if (lpc55_in_ram(rom, arguments[5], 4))
			(void)board_poke(rom->board, arguments[5], word);
		return LPC55_COMPARE_ERROR;
	}
	return LPC55_SUCCESS;
}

static enum lpc55_status flash_get_property(struct lpc55_rom *rom)
{
	const struct lpc55_rom_config *config = rom->config;
	const struct {
		uint8_t which;
		uint32_t value;
	} properties[] = {
		{ 0x00, SECTOR_SIZE },
		{ 0x01, config->flash_size },
		{ 0x02, config->flash_size },
		{ 0x03, 1 },
		{ 0x04, 0 },
		{ 0x30, LPC55_PAGE },
		{ 0x31, board_clock_hz(rom->board, CLOCK_CORE) },
		{ 0x40, SECTOR_SIZE },
		{ 0x41, config->array_size - config->flash_size },
		{ 0x42, config->flash_size },
		{ 0x43, LPC55_PAGE },
	};

	if (!lpc55_in_ram(rom, rom->state.arguments[2], 4))
		return LPC55_INVALID_ARGUMENT;
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (properties[i].which == rom->state.arguments[1]) {
			(void)board_poke(rom->board, rom->state.arguments[2], properties[i].value);
			return LPC55_SUCCESS;
		}
	return LPC55_UNKNOWN_PROPERTY;
}

/* --- the protected flash region -------------------------------------------------------------- */

static uint32_t region_page(const struct lpc55_rom *rom, enum lpc55_function function)
{
	const bool factory =
		function == LPC55_FFR_FACTORY_WRITE || function == LPC55_FFR_GET_FACTORY;

	return rom->config->array_size -
	       LPC55_PAGE * (factory ? FACTORY_PAGES_BEFORE_END : INFIELD_PAGES_BEFORE_END);
}

/** Arguments: configuration, the page. The page is erased and programmed in one operation's time. */
static enum lpc55_status write_region(struct lpc55_rom *rom, enum lpc55_function function)
{
	const uint32_t source = rom->state.arguments[1];
	const uint32_t page = region_page(rom, function);

	if (!lpc55_in_ram(rom, source, LPC55_PAGE) || source % 4)
		return LPC55_INVALID_ARGUMENT;
	memset(rom->nvm.areas[0].bytes + page, 0xff, LPC55_PAGE);
	lpc55_set_programmed(rom, page, LPC55_PAGE, false);
	rom->state.status = LPC55_SUCCESS;
	rom->state.flash = (struct lpc55_work){ page, LPC55_PAGE, source, 0 };
	lpc55_continue(rom, board_now_ns(rom->board) + rom->config->erase_us * NS_PER_US);
	return (enum lpc55_status)rom->state.status;
}

/** Arguments: configuration, where to, offset, size. */
static enum lpc55_status read_region(struct lpc55_rom *rom, enum lpc55_function function)
{
	const uint32_t to = rom->state.arguments[1], offset = rom->state.arguments[2];
	const uint32_t size = rom->state.arguments[3];
	const uint32_t page = region_page(rom, function);

	if (offset > LPC55_PAGE || size > LPC55_PAGE - offset || (offset | size | to) % 4 ||
		!lpc55_in_ram(rom, to, size))
		return LPC55_INVALID_ARGUMENT;
	for (uint32_t i = 0; i < size; i += 4)
		(void)board_poke(rom->board, to + i, nvm_peek(&rom->nvm, 0, page + offset + i, 4));
	return LPC55_SUCCESS;
}

/** Made up. */
static enum lpc55_status get_uuid(struct lpc55_rom *rom)
{
	static const uint32_t uuid[] = { 0x70706164, 0x6c007265, 0x35356370, 0x00000001 };

	if (!lpc55_in_ram(rom, rom->state.arguments[1], sizeof(uuid)))
		return LPC55_INVALID_ARGUMENT;
	for (unsigned i = 0; i < ARRAY_SIZE(uuid); i++)
		(void)board_poke(rom->board, rom->state.arguments[1] + 4 * i, uuid[i]);
	return LPC55_SUCCESS;
}

enum lpc55_status lpc55_call(struct lpc55_rom *rom, enum lpc55_function function)
{
	static enum lpc55_status (*const flash_functions[])(struct lpc55_rom * rom) = {
		[LPC55_FLASH_INIT] = flash_init,
		[LPC55_FLASH_ERASE] = flash_erase,
		[LPC55_FLASH_PROGRAM] = flash_program,
		[LPC55_FLASH_VERIFY_ERASE] = flash_verify_erase,
		[LPC55_FLASH_VERIFY_PROGRAM] = flash_verify_program,
		[LPC55_FLASH_GET_PROPERTY] = flash_get_property,
		[LPC55_FFR_GET_UUID] = get_uuid,
	};

	if (function < ARRAY_SIZE(flash_functions) && flash_functions[function])
		return flash_functions[function](rom);
	if (function == LPC55_FFR_INIT || function == LPC55_FFR_LOCK)
		return LPC55_SUCCESS;
	if (function == LPC55_FFR_FACTORY_WRITE || function == LPC55_FFR_INFIELD_WRITE)
		return write_region(rom, function);
	if (function == LPC55_FFR_GET_FACTORY || function == LPC55_FFR_GET_INFIELD)
		return read_region(rom, function);
	if (function >= LPC55_NOR_INIT && function <= LPC55_NOR_CLOCK && rom->nor)
		return lpc55_flexspi_call(rom, function);
	return LPC55_NOT_SUPPORTED;
}
