/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_MODELS_QSPI_NOR_H
#define VBOARD_MODELS_QSPI_NOR_H

/**
 * @file
 * A serial NOR flash chip on the pins of a QSPI or octal SPI controller, clock cycle by clock
 * cycle: what is on a pin that nobody drives, a wrong number of dummy cycles or lanes shows as it
 * would on a board. The controller's model owns the chip and does what CS#, SCK and the I/Os do.
 *
 * Commands: JESD216 (SFDP) and the data sheets named in qspi_nor_chips.c.
 */
#include "vboard/models/nvm.h"

struct qspi_nor;
struct qspi_nor_chip;

struct qspi_nor_config {
	const char *chip; /* "W25Q16JV"; qspi_nor_chip_names() */
	/* Where the controller shows the contents: addresses of bad-cell, board_touched(). */
	uint32_t mapped_base;
	/*
	 * The part's main memory: its keys are "flash", "bad-cell", ... Otherwise it stands beside
	 * one: "nor", "nor-bad-cell", ...
	 */
	bool is_main;
};

/** For the `keys` of the controller's class. */
#define QSPI_NOR_SETTING_KEYS \
	"nor", "nor-power-loss-at-op", "nor-stuck-busy-at-op", "nor-bad-cell", "nor-speed"
#define QSPI_NOR_MAIN_SETTING_KEYS "flash", NVM_SETTING_KEYS

/** An erased chip. @p nor is set in any case, for qspi_nor_destroy(). */
dapper_status qspi_nor_create(
	struct board *board, const struct qspi_nor_config *config, struct qspi_nor **nor);
void qspi_nor_destroy(struct qspi_nor *nor);
/** Power-on: registers as delivered. Nothing but that resets a chip without a RESET# pin. */
void qspi_nor_power_on(struct qspi_nor *nor);
void qspi_nor_power_lost(struct qspi_nor *nor);
dapper_status qspi_nor_set(struct qspi_nor *nor, const char *key, const char *value, bool *taken);

uint32_t qspi_nor_size(const struct qspi_nor *nor);
/** The contents, for a controller that lets a core read mapped memory without asking. */
uint8_t *qspi_nor_bytes(struct qspi_nor *nor);
/** An erase or a program is under way: until when, for whoever waits. */
bool qspi_nor_is_busy(struct qspi_nor *nor);

/** CS#: a falling edge begins a command, a rising one carries it out. */
void qspi_nor_select(struct qspi_nor *nor, bool selected);
/** Drive @p lanes (1, 2, 4 or 8) for a byte, most significant bit first. */
void qspi_nor_send(struct qspi_nor *nor, uint8_t byte, unsigned lanes);
/** Clock without driving. In a double-rate protocol a cycle is two edges. */
void qspi_nor_idle(struct qspi_nor *nor, unsigned cycles);
/** Clock and sample a byte: with one lane from IO1. */
uint8_t qspi_nor_receive(struct qspi_nor *nor, unsigned lanes);
/** As a plain SPI controller does it: a byte out on IO0 while one comes in on IO1. */
uint8_t qspi_nor_exchange(struct qspi_nor *nor, uint8_t byte);
/** A controller that samples by DQS waits until the chip drives. */
void qspi_nor_await_strobe(struct qspi_nor *nor);

#endif /* VBOARD_MODELS_QSPI_NOR_H */
