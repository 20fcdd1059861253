/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_SVD_H
#define DAPPER_SVD_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * System View Descriptions: the peripherals, registers and fields of a device, by name and address.
 *
 * Everything is resolved: arrays and lists are expanded, derivedFrom is followed, properties are
 * inherited. What a description leaves open has the default of CMSIS-SVD 1.3. Texts are never NULL;
 * "" is none. Nothing here touches a target.
 *
 * Ownership: a description owns all that it hands out. Threads: constant once loaded.
 */

typedef struct dapper_svd dapper_svd;
typedef struct dapper_svd_peripheral dapper_svd_peripheral;
typedef struct dapper_svd_cluster dapper_svd_cluster;
typedef struct dapper_svd_register dapper_svd_register;

typedef enum dapper_svd_access {
	DAPPER_SVD_READ_WRITE,
	DAPPER_SVD_READ_ONLY,
	DAPPER_SVD_WRITE_ONLY,
	DAPPER_SVD_WRITE_ONCE,     /**< Cannot be read; the first write after reset counts. */
	DAPPER_SVD_READ_WRITE_ONCE /**< The first write after reset counts. */
} dapper_svd_access;

typedef enum dapper_svd_protection {
	DAPPER_SVD_UNPROTECTED, /**< Nothing is said. */
	DAPPER_SVD_SECURE,
	DAPPER_SVD_NON_SECURE,
	DAPPER_SVD_PRIVILEGED
} dapper_svd_protection;

/** What a read does to the register or field itself. */
typedef enum dapper_svd_read_action {
	DAPPER_SVD_READ_HARMLESS,
	DAPPER_SVD_READ_CLEARS,
	DAPPER_SVD_READ_SETS,
	DAPPER_SVD_READ_MODIFIES,
	DAPPER_SVD_READ_MODIFIES_OTHERS /**< modifyExternal: something else changes. */
} dapper_svd_read_action;

/** What bits become that are written. */
typedef enum dapper_svd_write_action {
	DAPPER_SVD_WRITE_MODIFIES, /**< What was written. */
	DAPPER_SVD_WRITE_ONE_TO_CLEAR,
	DAPPER_SVD_WRITE_ONE_TO_SET,
	DAPPER_SVD_WRITE_ONE_TO_TOGGLE,
	DAPPER_SVD_WRITE_ZERO_TO_CLEAR,
	DAPPER_SVD_WRITE_ZERO_TO_SET,
	DAPPER_SVD_WRITE_ZERO_TO_TOGGLE,
	DAPPER_SVD_WRITE_CLEARS, /**< All bits 0, whatever is written. */
	DAPPER_SVD_WRITE_SETS    /**< All bits 1, whatever is written. */
} dapper_svd_write_action;

typedef enum dapper_svd_constraint_kind {
	DAPPER_SVD_WRITE_ANY,
	DAPPER_SVD_WRITE_AS_READ,    /**< Only what was read before. */
	DAPPER_SVD_WRITE_ENUMERATED, /**< Only the enumerated values. */
	DAPPER_SVD_WRITE_RANGE       /**< minimum to maximum, both allowed. */
} dapper_svd_constraint_kind;

typedef struct dapper_svd_constraint {
	dapper_svd_constraint_kind kind;
	uint64_t minimum;
	uint64_t maximum;
} dapper_svd_constraint;

/** A mask: what an enumerated value is the name of. */
typedef enum dapper_svd_usage {
	DAPPER_SVD_USAGE_READ = 1 << 0,
	DAPPER_SVD_USAGE_WRITE = 1 << 1
} dapper_svd_usage;

typedef struct dapper_svd_value {
	const char *name;
	const char *description;
	uint64_t value;
	uint64_t mask;   /**< Bits that count; those written 'x' do not. */
	uint8_t usage;   /**< Mask of #dapper_svd_usage. */
	bool is_default; /**< For all values that have no other name; value and mask are 0. */
} dapper_svd_value;

typedef struct dapper_svd_field {
	const char *name;
	const char *description;
	uint8_t lsb;   /**< Number of its lowest bit. */
	uint8_t width; /**< In bits, from 1; lsb + width is at most 64. */
	dapper_svd_access access;
	dapper_svd_read_action read_action;
	dapper_svd_write_action write_action;
	dapper_svd_constraint constraint;
	const dapper_svd_value *values; /**< In the order of the file. */
	size_t value_count;
} dapper_svd_field;

struct dapper_svd_register {
	const char *name; /**< In its scope, with its index: "PIN_CNF[3]". */
	const char *display_name;
	const char *description;
	const char *alternate_group;
	const char *alternate_register; /**< The one that it shares its address with. */
	const char *data_type;          /**< C type, e.g. "uint32_t *". */
	uint64_t address;
	uint64_t offset;    /**< From the peripheral's base address. */
	uint8_t size_bits;  /**< From 1 to 64, as the file has it. */
	uint8_t size_bytes; /**< Width of an access to it: 1, 2, 4 or 8. */
	dapper_svd_access access;
	dapper_svd_protection protection;
	dapper_svd_read_action read_action; /**< Of the register; fields may have their own. */
	dapper_svd_write_action write_action;
	bool has_read_effect; /**< Reading it changes it, one of its fields or something else. */
	uint64_t reset_value;
	uint64_t reset_mask; /**< Bits whose value after reset is known; 0: none is. */
	dapper_svd_constraint constraint;
	const dapper_svd_field *fields; /**< By lsb. */
	size_t field_count;
	const dapper_svd_cluster *cluster; /**< The innermost that it is in, or NULL. */
	const dapper_svd_peripheral *peripheral;
};

/** What is directly in a peripheral or cluster; both lists are sorted by address. */
typedef struct dapper_svd_content {
	const dapper_svd_register *registers;
	size_t register_count;
	const dapper_svd_cluster *clusters;
	size_t cluster_count;
} dapper_svd_content;

struct dapper_svd_cluster {
	const char *name; /**< In its scope, with its index. */
	const char *description;
	const char *alternate_cluster;
	const char *struct_name; /**< headerStructName */
	uint64_t address;
	dapper_svd_content content;
	const dapper_svd_cluster *parent; /**< NULL when it is directly in the peripheral. */
	const dapper_svd_peripheral *peripheral;
};

typedef struct dapper_svd_interrupt {
	const char *name;
	const char *description;
	uint32_t number; /**< Of the external interrupt: exception number - 16. */
	const dapper_svd_peripheral *peripheral;
} dapper_svd_interrupt;

typedef enum dapper_svd_block_usage {
	DAPPER_SVD_BLOCK_REGISTERS,
	DAPPER_SVD_BLOCK_BUFFER,
	DAPPER_SVD_BLOCK_RESERVED
} dapper_svd_block_usage;

typedef struct dapper_svd_block {
	uint64_t address;
	uint64_t size; /**< In bytes; never 0, never past the end of addresses. */
	dapper_svd_block_usage usage;
	dapper_svd_protection protection;
} dapper_svd_block;

struct dapper_svd_peripheral {
	const char *name;
	const char *description;
	const char *group;
	const char *version;
	const char *alternate_peripheral;
	const char *disable_condition; /**< A C expression that is true when it is switched off. */
	const char *struct_name;       /**< headerStructName */
	const char *prepend_to_name;   /**< Names of registers in the vendor's header begin so. */
	const char *append_to_name;    /**< ... and end so. */
	const char *derived_from;
	uint64_t address;
	const dapper_svd_block *blocks; /**< In the order of the file. */
	size_t block_count;
	const dapper_svd_interrupt *interrupts; /**< In the order of the file. */
	size_t interrupt_count;
	dapper_svd_content content;
};

typedef struct dapper_svd_cpu {
	const char *name; /**< "CM4", or "" when the file says nothing of the processor. */
	const char *revision;
	const char *endian; /**< "little", "big", "selectable" or "other". */
	unsigned nvic_priority_bits;
	unsigned interrupt_count; /**< deviceNumInterrupts; 0 not given. */
	unsigned sau_region_count;
	bool has_mpu;
	bool has_fpu;
	bool has_double_fpu;
	bool has_dsp;
	bool has_instruction_cache;
	bool has_data_cache;
	bool has_vtor; /**< true unless the file says that it has none. */
	bool has_vendor_systick;
} dapper_svd_cpu;

typedef struct dapper_svd_device {
	const char *name;
	const char *vendor;
	const char *vendor_id;
	const char *series;
	const char *version;
	const char *description;
	const char *license;
	unsigned address_unit_bits; /**< 8 on all that we know. */
	unsigned width;             /**< Of the bus, in bits. */
	dapper_svd_cpu cpu;
} dapper_svd_device;

/* ---- loading ---- */

/**
 * Load a file.
 *
 * Parts that make no sense (a register without an address, a derivedFrom that leads nowhere or in
 * a circle) are left out, with a warning in the log; the rest is good.
 *
 * @param[out] svd  Owned by the caller: dapper_svd_free().
 * @retval DAPPER_ERR_FILE   It cannot be read.
 * @retval DAPPER_ERR_PARSE  It is not XML, or not a System View Description.
 * @retval DAPPER_ERR_LIMIT  More than 128 MB of file, or more than 256 MB when expanded.
 * @since 0.1
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_svd_load(
	dapper_context *context, const char *path, dapper_svd **svd);

/** As dapper_svd_load(), from memory; @p name stands for the file in messages. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_svd_parse(
	dapper_context *context, const char *name, const void *data, size_t size, dapper_svd **svd);

/** NULL is fine. */
DAPPER_API void dapper_svd_free(dapper_svd *svd);

/** The path, or the name given to dapper_svd_parse(). */
DAPPER_API const char *dapper_svd_get_name(const dapper_svd *svd);
DAPPER_API const dapper_svd_device *dapper_svd_get_device(const dapper_svd *svd);
/** How many things in the file made no sense; each was a line in the log, up to a limit. */
DAPPER_API size_t dapper_svd_warning_count(const dapper_svd *svd);

/* ---- going through, in the order of addresses; where they are equal, of the file ---- */

DAPPER_API size_t dapper_svd_peripheral_count(const dapper_svd *svd);
/** @return NULL when @p index is too large. */
DAPPER_API const dapper_svd_peripheral *dapper_svd_get_peripheral(
	const dapper_svd *svd, size_t index);

/** Registers of the whole device. */
DAPPER_API size_t dapper_svd_register_count(const dapper_svd *svd);
/** @return NULL when @p index is too large. */
DAPPER_API const dapper_svd_register *dapper_svd_get_register(const dapper_svd *svd, size_t index);

/** Interrupts of the whole device, by number; of those with the same number, the one of the first
 * peripheral. */
DAPPER_API size_t dapper_svd_interrupt_count(const dapper_svd *svd);
/** @return NULL when @p index is too large. */
DAPPER_API const dapper_svd_interrupt *dapper_svd_get_interrupt(
	const dapper_svd *svd, size_t index);
/** The interrupt with a number, or NULL. */
DAPPER_API const dapper_svd_interrupt *dapper_svd_find_interrupt(
	const dapper_svd *svd, uint32_t number);

/* ---- finding ---- */

/** What a path names: the last one that is not NULL, and what that is in. */
typedef struct dapper_svd_match {
	const dapper_svd_peripheral *peripheral; /**< Never NULL. */
	const dapper_svd_cluster *cluster;
	const dapper_svd_register *reg;
	const dapper_svd_field *field;
} dapper_svd_match;

/**
 * Find by path: "GPIOA", "GPIOA.MODER", "RADIO.PSEL.TXD", "GPIOA.MODER.MODER5". Each part is found
 * as written, else in any case, else by an unambiguous beginning. The index of an array may stand
 * without its brackets (PIN_CNF3), and a register's name with its peripheral's prefix.
 *
 * @retval DAPPER_ERR_NOT_FOUND  The hint names the nearest, the place says where they are.
 * @retval DAPPER_ERR_AMBIGUOUS  The hint names those that fit.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_svd_find(
	const dapper_svd *svd, const char *path, dapper_svd_match *match);

/**
 * All registers that the byte at @p address is part of: several, where they are alternatives or
 * peripherals share addresses.
 *
 * @param[out] found  The first @p capacity of them, in the order of the description.
 * @return How many there are; may be more than @p capacity.
 */
DAPPER_API size_t dapper_svd_find_at(const dapper_svd *svd, uint64_t address,
	const dapper_svd_register **found, size_t capacity);

/** The first peripheral one of whose address blocks holds @p address, or NULL. */
DAPPER_API const dapper_svd_peripheral *dapper_svd_find_peripheral_at(
	const dapper_svd *svd, uint64_t address);

/**
 * The path of a register, as dapper_svd_find() takes it, cut to @p size with its NUL.
 *
 * @return Its length, uncut.
 */
DAPPER_API size_t dapper_svd_describe_path(const dapper_svd_register *reg, char *text, size_t size);

/* ---- values ---- */

/** Can it be read? */
DAPPER_API bool dapper_svd_is_readable(dapper_svd_access access);
/** Can it be written, at least once? */
DAPPER_API bool dapper_svd_is_writable(dapper_svd_access access);

/** The field's bits out of its register's value. */
DAPPER_API uint64_t dapper_svd_field_extract(const dapper_svd_field *field, uint64_t reg);
/** The register's value with the field's bits replaced; bits of @p value above it are dropped. */
DAPPER_API uint64_t dapper_svd_field_insert(
	const dapper_svd_field *field, uint64_t reg, uint64_t value);
/** The name of a field's value, or NULL. Names without don't-cares go first, the default last. */
DAPPER_API const dapper_svd_value *dapper_svd_field_find_value(
	const dapper_svd_field *field, uint64_t value, dapper_svd_usage usage);

/** As CMSIS-SVD writes it: "read-write". */
DAPPER_API const char *dapper_svd_access_text(dapper_svd_access access);
/** "secure", "non-secure", "privileged" or "". */
DAPPER_API const char *dapper_svd_protection_text(dapper_svd_protection protection);
/** As CMSIS-SVD writes it: "modifyExternal"; "" for none. */
DAPPER_API const char *dapper_svd_read_action_text(dapper_svd_read_action action);
/** As CMSIS-SVD writes it: "oneToClear"; "modify" where nothing special happens. */
DAPPER_API const char *dapper_svd_write_action_text(dapper_svd_write_action action);

DAPPER_END_DECLS

#endif /* DAPPER_SVD_H */
