/* SPDX-License-Identifier: Apache-2.0 */
#include "support/model_rom.h"

#include <string.h>

enum { SCS = 0xe000e, DEMCR_WORD = 0xdfc / 4 };

static struct model_page *find(struct model_rom *rom, uint64_t address)
{
	for (size_t i = 0; i < rom->count; i++)
		if (rom->pages[i].address >> 12 == address >> 12)
			return &rom->pages[i];
	return NULL;
}

static bool access_page(void *data, uint64_t address, unsigned size, bool write, uint32_t *value)
{
	struct model_rom *rom = data;
	struct model_page *page = find(rom, address);
	const unsigned word = address >> 2 & (MODEL_PAGE_WORDS - 1);

	if (!page || page->faults || size != 4)
		return false;
	if (page->faults_below_fd0 && word < 0xfd0 / 4)
		return false;
	if (address >> 12 == SCS && word == DEMCR_WORD) {
		rom->demcr_writes += write;
		if (write)
			rom->demcr = *value;
		*value = rom->demcr;
		return true;
	}
	if (write)
		return true;
	*value = page->needs_trcena && !(rom->demcr & 1u << 24) ? 0 : page->words[word];
	return true;
}

void model_rom_init(struct model_rom *rom, struct model *model)
{
	memset(rom, 0, sizeof(*rom));
	model->bus = access_page;
	model->bus_data = rom;
}

struct model_page *model_rom_add(
	struct model_rom *rom, uint64_t address, unsigned class, unsigned designer, unsigned part)
{
	struct model_page *page = &rom->pages[rom->count++];
	uint32_t *w = page->words;

	page->address = address;
	w[0xfd0 / 4] = designer >> 7;
	w[0xfe0 / 4] = part & 0xff;
	w[0xfe4 / 4] = (designer & 0xf) << 4 | part >> 8;
	w[0xfe8 / 4] = 0x38 | (designer >> 4 & 7);
	w[0xff0 / 4] = 0x0d;
	w[0xff4 / 4] = class << 4;
	w[0xff8 / 4] = 0x05;
	w[0xffc / 4] = 0xb1;
	return page;
}

void model_rom_set_arch(struct model_page *page, unsigned archid, unsigned devtype)
{
	page->words[0xfbc / 4] = 0x23bu << 21 | 1u << 20 | archid;
	page->words[0xfcc / 4] = devtype;
}

void model_rom_add_stm32f4(struct model_rom *rom)
{
	static const uint32_t entries[] = { 0xfff0f003, 0xfff02003, 0xfff03003, 0xfff01003,
		0xfff41003, 0xfff42003 };
	struct model_page *table = model_rom_add(rom, 0xe00ff000, 1, 0x020, 0x413);

	memcpy(table->words, entries, sizeof(entries));
	table->words[0xfcc / 4] = 1;
	model_rom_add(rom, 0xe000e000, 14, 0x23b, 0x00c);
	model_rom_add(rom, 0xe0001000, 14, 0x23b, 0x002);
	model_rom_add(rom, 0xe0002000, 14, 0x23b, 0x003);
	model_rom_add(rom, 0xe0000000, 14, 0x23b, 0x001);
	model_rom_add(rom, 0xe0040000, 9, 0x23b, 0x9a1)->words[0xfcc / 4] = 0x11;
	model_rom_add(rom, 0xe0041000, 9, 0x23b, 0x925)->words[0xfcc / 4] = 0x13;
}
