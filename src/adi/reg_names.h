/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_REG_NAMES_H
#define ADI_REG_NAMES_H

/**
 * @file
 * Registers of DP and AP as people read them: for the wire log.
 */
#include <dapper/plugin/probe_driver.h>

struct reg_field {
	const char *name;
	uint32_t mask;
};

struct reg {
	const char *name;
	const struct reg_field
		*fields; /**< From bit 31 down, ends with an empty one; NULL: none. */
};

/**
 * What lies at an address of the DP.
 *
 * @param bank  SELECT.DPBANKSEL
 * @return Never NULL.
 */
const struct reg *dp_reg_find(uint8_t offset, uint8_t bank, bool write);
/** What lies at an address of an AP, by the names of a MEM-AP; NULL for what has no name. */
const struct reg *ap_reg_find(uint8_t address);

/**
 * "CDBGPWRUPREQ=1 TRNCNT=0x3" into @p text; fields that are 0 are left out, a register without
 * fields, or one where none is set, gives its value. @return @p text.
 */
char *reg_describe(const struct reg *reg, uint32_t value, char *text, size_t size);

/** Follows SELECT over the wire log, so that each transfer gets its register's name. */
struct wire_names {
	uint32_t select;
};

/** A probe_describe_transfer; @p data is a struct wire_names. */
void wire_names_describe(void *data, const dapper_transfer *transfer, char *text, size_t size);

#endif /* ADI_REG_NAMES_H */
