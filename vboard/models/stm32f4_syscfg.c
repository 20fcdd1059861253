/* SPDX-License-Identifier: Apache-2.0 */
/* System configuration controller (RM0090 rev 19, section 9.2): what stands at address 0; the rest
 * is only kept. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/bits.h"
#include "base/error.h"
#include "vboard/board/registers.h"
#include "vboard/models/stm32.h"

/* SYSCFG_MEMRMP, memory remap register (9.2.1) */
#define SYSCFG_MEMRMP          0x00u
#define SYSCFG_MEMRMP_MEM_MODE BITS(1, 0)

static const struct register_row rows[] = {
	{ SYSCFG_MEMRMP, 0, SYSCFG_MEMRMP_MEM_MODE }, { 0x04, 0, BIT(23) }, /* PMC */
	{ 0x08, 0, BITS(15, 0) },                                           /* EXTICR1 */
	{ 0x0c, 0, BITS(15, 0) },                                           /* EXTICR2 */
	{ 0x10, 0, BITS(15, 0) },                                           /* EXTICR3 */
	{ 0x14, 0, BITS(15, 0) },                                           /* EXTICR4 */
	{ 0x20, 0, BIT(0) },                                                /* CMPCR */
};

struct syscfg {
	struct board *board;
	const struct stm32f4_syscfg_config *config;
	struct register_file registers;
};

static dapper_status syscfg_create(
	struct board *board, const struct model_config *config, void **model)
{
	struct syscfg *syscfg = xnew(syscfg);

	if (!syscfg)
		return FAIL_NO_MEMORY("a SYSCFG");
	syscfg->board = board;
	syscfg->config = config->data;
	board_registers_init(&syscfg->registers, rows, ARRAY_SIZE(rows));
	*model = syscfg;
	return board_keep(
		board, config->name, syscfg->registers.values, sizeof(syscfg->registers.values));
}

/* The boot pins select main flash on this board; the board itself puts the alias back. */
static void syscfg_reset(void *model, enum board_reset kind)
{
	struct syscfg *syscfg = model;

	(void)kind;
	registers_reset(&syscfg->registers);
}

static bool syscfg_read(void *model, const struct bus_access *access, uint32_t *value)
{
	const struct syscfg *syscfg = model;

	*value = registers_get(&syscfg->registers, access->offset);
	return true;
}

static bool syscfg_write(
	void *model, const struct bus_access *access, uint32_t value, uint32_t mask)
{
	struct syscfg *syscfg = model;
	struct stm32f4_memory_mode shown = { 0 };
	uint32_t mode;

	registers_write(&syscfg->registers, access->offset, value, mask);
	if (access->offset != SYSCFG_MEMRMP)
		return true;
	mode = FIELD_GET(SYSCFG_MEMRMP_MEM_MODE, registers_get(&syscfg->registers, SYSCFG_MEMRMP));
	if (mode < syscfg->config->mode_count)
		shown = syscfg->config->modes[mode];
	return board_set_alias(syscfg->board, 0, shown.size, shown.base) == DAPPER_OK;
}

static const struct model_field mode_fields[] = {
	{ "base", FIELD_U32, offsetof(struct stm32f4_memory_mode, base) },
	{ "size", FIELD_U32, offsetof(struct stm32f4_memory_mode, size) },
	{ NULL },
};

static const struct model_field stm32f4_syscfg_fields[] = {
	{ "modes", FIELD_LIST, offsetof(struct stm32f4_syscfg_config, modes), true, mode_fields,
		sizeof(struct stm32f4_memory_mode),
		offsetof(struct stm32f4_syscfg_config, mode_count) },
	{ NULL },
};

const struct model_class stm32f4_syscfg_class = {
	.name = "STM32F4 SYSCFG",
	.create = syscfg_create,
	.reset = syscfg_reset,
	.destroy = free,
	.ops = { .read = syscfg_read, .write = syscfg_write },
	.fields = stm32f4_syscfg_fields,
	.config_size = sizeof(struct stm32f4_syscfg_config),
};
