/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SVD_DRAFT_H
#define SVD_DRAFT_H

/**
 * @file
 * A System View Description as it is written: a tree of elements with the properties that each one
 * says itself. parse.c builds it, derive.c copies along derivedFrom, resolve.c makes of it what
 * users see; then it goes.
 *
 * Source: CMSIS-SVD 1.3, "CMSIS System View Description Format" and CMSIS-SVD.xsd.
 */
#include <dapper/svd.h>

#include "base/arena.h"
#include "base/bits.h"

enum svd_kind {
	SVD_DEVICE,
	SVD_PERIPHERAL,
	SVD_CLUSTER,
	SVD_REGISTER,
	SVD_FIELD,
	SVD_ENUMERATION /* One <enumeratedValues>. */
};

/** Properties that are texts. */
enum svd_text {
	SVD_NAME,
	SVD_DERIVED_FROM,
	SVD_DESCRIPTION,
	SVD_DISPLAY_NAME,
	SVD_ALTERNATE, /* alternatePeripheral, alternateCluster or alternateRegister. */
	SVD_ALTERNATE_GROUP,
	SVD_STRUCT_NAME,
	SVD_DATA_TYPE,
	SVD_DIM_INDEX,
	SVD_GROUP_NAME,
	SVD_PREPEND,
	SVD_APPEND,
	SVD_VERSION,
	SVD_DISABLE_CONDITION,
	SVD_TEXT_COUNT
};

/** Properties that are numbers or one of some words. */
enum svd_number {
	SVD_ADDRESS, /* baseAddress, addressOffset, or bitOffset and lsb. */
	SVD_SIZE,    /* size, or bitWidth. */
	SVD_ACCESS,
	SVD_PROTECTION,
	SVD_RESET_VALUE,
	SVD_RESET_MASK,
	SVD_DIM,
	SVD_DIM_INCREMENT,
	SVD_READ_ACTION,
	SVD_WRITE_ACTION,
	SVD_CONSTRAINT,
	SVD_MINIMUM,
	SVD_MAXIMUM,
	SVD_MSB,
	SVD_USAGE,
	SVD_NUMBER_COUNT
};

enum svd_state { SVD_NOT_DERIVED, SVD_DERIVING, SVD_DERIVED };

/** An enumerated value, an interrupt or an address block: small, and many. */
struct svd_entry {
	struct svd_entry *next;
	const char *name; /* NULL: not given. */
	const char *description;
	uint64_t value;
	uint64_t extra; /* The value's mask, the block's size. */
	uint8_t usage;
	uint8_t protection;
	bool is_default;
	bool has_value;
	bool has_extra;
	uint32_t line;
};

struct svd_entries {
	struct svd_entry *first;
	struct svd_entry *last;
	size_t count;
};

struct svd_node {
	uint8_t kind;
	uint8_t state; /* Of following derivedFrom. */
	bool is_open;  /* Being resolved: it must not contain itself. */
	uint32_t line;
	uint32_t given;                    /* Mask of BIT(enum svd_number). */
	const char *texts[SVD_TEXT_COUNT]; /* NULL: not given. */
	uint64_t numbers[SVD_NUMBER_COUNT];
	struct svd_node *parent;
	struct svd_node *first_child; /* May be another's list, which it is derived from. */
	struct svd_node *last_child;
	struct svd_node *next;
	struct svd_node *next_derived; /* Of all that say derivedFrom. */
	struct svd_entries entries;    /* Enumerated values, or interrupts. */
	struct svd_entries blocks;     /* Address blocks. */

	const char *const *indexes; /* Of its instances, once they are known. */
	/* A register's fields as resolved, and the access they inherited. */
	const dapper_svd_field *fields;
	size_t field_count;
	uint8_t fields_access;
	/* A field's values as resolved. */
	const dapper_svd_value *values;
	size_t value_count;
};

struct svd_draft {
	dapper_context *context;
	const char *what;           /* File name, for messages. */
	struct arena arena;         /* The tree. */
	struct string_set *strings; /* All texts; its arena keeps them and the result. */
	dapper_svd_device device;
	struct svd_node *root; /* NULL: no <device> was there. */
	struct svd_node *first_derived;
	size_t warning_count;
	/* Against input that is small and means endless work. */
	uint64_t steps_left;
};

static inline bool svd_is_given(const struct svd_node *node, enum svd_number number)
{
	return node->given & BIT(number);
}

static inline void svd_give(struct svd_node *node, enum svd_number number, uint64_t value)
{
	node->numbers[number] = value;
	node->given |= BIT(number);
}

/** The text, or "". */
static inline const char *svd_text(const struct svd_node *node, enum svd_text text)
{
	return node->texts[text] ? node->texts[text] : "";
}

/** "peripheral", "enumeratedValues". */
const char *svd_kind_text(enum svd_kind kind);

/** Log a warning about a line of the file. */
void svd_warn(struct svd_draft *draft, uint32_t line, const char *format, ...) DAPPER_PRINTF(3, 4);

/** Count work done. @retval DAPPER_ERR_LIMIT  It was too much. */
dapper_status svd_count_steps(struct svd_draft *draft, uint64_t count);

/** Read the file into the draft. */
dapper_status svd_parse(struct svd_draft *draft, const void *data, size_t size);

/** Follow every derivedFrom. */
dapper_status svd_derive(struct svd_draft *draft);

#endif /* SVD_DRAFT_H */
