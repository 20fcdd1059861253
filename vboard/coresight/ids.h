/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_IDS_H
#define VBOARD_CORESIGHT_IDS_H

/**
 * @file
 * Identification registers that every CoreSight component has at the end of its 4 KB (IHI 0029E,
 * B2.2 and B2.3; DDI 0403E.e, D1.2 for the PPB), and the software lock that some have (B2.3.10).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"
#include "vboard/board/board.h"

/* Component classes, CIDR1.CLASS (IHI 0029E, table B2-2). */
#define CIDR_ROM_TABLE  0xb105100du /* class 0x1 */
#define CIDR_CORESIGHT  0xb105900du /* class 0x9 */
#define CIDR_GENERIC_IP 0xb105e00du /* class 0xE */

#define CORESIGHT_CLAIMSET   0xfa0u
#define CORESIGHT_CLAIMCLR   0xfa4u
#define CORESIGHT_LAR        0xfb0u
#define CORESIGHT_LSR        0xfb4u
#define CORESIGHT_AUTHSTATUS 0xfb8u
#define CORESIGHT_DEVARCH    0xfbcu
#define CORESIGHT_DEVID2     0xfc0u
#define CORESIGHT_DEVID1     0xfc4u
#define CORESIGHT_DEVID      0xfc8u
#define CORESIGHT_DEVTYPE    0xfccu
#define CORESIGHT_PIDR4      0xfd0u

#define CORESIGHT_LAR_KEY 0xc5acce55u
#define CORESIGHT_LSR_SLI BIT(0) /* the lock is implemented */
#define CORESIGHT_LSR_SLK BIT(1) /* and locked */

struct coresight_ids {
	uint64_t pidr; /* PIDR0 is bits 7:0 ... PIDR4 is bits 39:32, as debuggers print it */
	uint32_t cidr;
	uint32_t devid;      /* class 9 only */
	uint32_t devtype;    /* class 9 only; MEMTYPE of a ROM table stands in the same place */
	uint32_t devarch;    /* class 9 only */
	uint32_t authstatus; /* 0xFB8, where the component has one */
	bool has_lock;       /* LAR, LSR: the core's writes are ignored until it is opened */
};

/** Rows of a struct model_field table for a `struct coresight_ids ids` inside @p type. */
#define CORESIGHT_IDS_FIELDS(type)                                           \
	{ "pidr", FIELD_U64, offsetof(type, ids.pidr), true },               \
		{ "cidr", FIELD_U32, offsetof(type, ids.cidr), true },       \
		{ "devid", FIELD_U32, offsetof(type, ids.devid) },           \
		{ "devtype", FIELD_U32, offsetof(type, ids.devtype) },       \
		{ "devarch", FIELD_U32, offsetof(type, ids.devarch) },       \
		{ "authstatus", FIELD_U32, offsetof(type, ids.authstatus) }, \
	{                                                                    \
		"lock", FIELD_BOOL, offsetof(type, ids.has_lock)             \
	}

/** @return false: the offset is not an identification register. */
bool coresight_ids_read(const struct coresight_ids *ids, uint32_t offset, uint32_t *value);

/** State of a component's lock: closed after power-on. */
struct coresight_lock {
	bool open;
};

/** coresight_ids_read() with LSR, which a debugger's view does not have. */
bool coresight_lock_read(const struct coresight_ids *ids, const struct coresight_lock *lock,
	const struct bus_access *access, uint32_t *value);
/**
 * A write comes to a component: LAR is taken care of.
 *
 * @return false: it is not for the component's registers, or the lock keeps it from them.
 */
bool coresight_lock_write(const struct coresight_ids *ids, struct coresight_lock *lock,
	const struct bus_access *access, uint32_t value);

#endif /* VBOARD_CORESIGHT_IDS_H */
