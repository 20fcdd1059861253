/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORESIGHT_COMPONENT_H
#define CORESIGHT_COMPONENT_H

/**
 * @file
 * CoreSight components and the ROM tables that list them (IHI 0029 CoreSight Architecture; IHI 0031
 * D3, IHI 0074 D). Component objects hang in the graph below the AP they were found through, ROM
 * tables as nodes of their own with their entries below.
 */
#include "adi/mem_ap.h"

enum component_class {
	COMPONENT_CLASS_ROM = 0x1,
	COMPONENT_CLASS_CORESIGHT = 0x9,
	COMPONENT_CLASS_GENERIC = 0xe,
	COMPONENT_CLASS_SYSTEM = 0xf,
};

/** What a component can be asked about itself. */
struct component_id {
	uint8_t class;     /* CIDR1[7:4] */
	uint16_t designer; /* JEP106 continuation << 7 | identity: 0x23b is Arm */
	uint16_t part;     /* PIDR */
	uint8_t revision;
	uint8_t size_log2; /* PIDR4.SIZE: it takes 4 KB << this */
	uint8_t devtype;   /* class 9 */
	uint16_t archid;   /* class 9, DEVARCH.ARCHID of Arm's architectures, else 0 */
	uint32_t devid;    /* class 9 */
};

/** One line of components.def: what a set of IDs means. */
struct component_type {
	const char *name; /* "SCS-M4", "FPBv1" */
	const char *kind; /* "scs", "fpb", "dwt", "itm", "tpiu", "etm", "rom-table", ... */
};

struct component {
	struct node node;
	struct mem_ap *ap;
	uint64_t address;    /* its first register */
	uint64_t id_address; /* the 4 KB with the identification registers: what tables list */
	struct component_id id;
	bool is_identified;                /* id is valid */
	const struct component_type *type; /* NULL: unknown */
	int power_id;                      /* of its power domain; -1: none is named */
	size_t absent_entries;             /* ROM tables: entries marked as not present */
	char problem[160];                 /* what is wrong with it, or "" */
};

/**
 * Read the ROM table of an AP and attach what it lists.
 *
 * Bounded in depth and in entries; an entry that does not answer or loops is reported as a node of
 * its own and skipped. Only when the first table cannot be read at all an error is returned.
 */
dapper_status rom_table_discover(struct mem_ap *ap);

/** Is this node a component or a ROM table? */
bool component_is(const struct node *node);
/** The maker with a JEP106 code as in component_id; NULL: not in our list. */
const char *jep106_name(uint16_t code);

/** First component of a kind at or below @p node, depth first; NULL when there is none. */
struct component *component_find(struct node *node, const char *kind);
/** The next one after @p previous of the same kind below @p root. */
struct component *component_find_next(
	struct node *root, const struct component *previous, const char *kind);

#endif /* CORESIGHT_COMPONENT_H */
