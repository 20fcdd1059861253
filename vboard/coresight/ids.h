/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_IDS_H
#define VBOARD_CORESIGHT_IDS_H

/**
 * @file
 * Identification registers that every CoreSight component has at the end of its 4 KB
 * (IHI 0029E, B2.2 and B2.3; DDI 0403E.e, D1.2 for the PPB).
 */
#include <stdbool.h>
#include <stdint.h>

/* Component classes, CIDR1.CLASS (IHI 0029E, table B2-2). */
#define CIDR_ROM_TABLE  0xb105100du /* class 0x1 */
#define CIDR_CORESIGHT  0xb105900du /* class 0x9 */
#define CIDR_GENERIC_IP 0xb105e00du /* class 0xE */

#define CORESIGHT_DEVID   0xfc8u
#define CORESIGHT_DEVTYPE 0xfccu
#define CORESIGHT_PIDR4   0xfd0u

struct coresight_ids {
	uint64_t pidr; /* PIDR0 is bits 7:0 ... PIDR4 is bits 39:32, as debuggers print it */
	uint32_t cidr;
	uint32_t devid;   /* class 9 only */
	uint32_t devtype; /* class 9 only; MEMTYPE of a ROM table stands in the same place */
};

/** Rows of a struct model_field table for a `struct coresight_ids ids` inside @p type. */
#define CORESIGHT_IDS_FIELDS(type)                                     \
	{ "pidr", FIELD_U64, offsetof(type, ids.pidr), true },         \
		{ "cidr", FIELD_U32, offsetof(type, ids.cidr), true }, \
		{ "devid", FIELD_U32, offsetof(type, ids.devid) },     \
	{                                                              \
		"devtype", FIELD_U32, offsetof(type, ids.devtype)      \
	}

/** @return false: the offset is not an identification register. */
bool coresight_ids_read(const struct coresight_ids *ids, uint32_t offset, uint32_t *value);

#endif /* VBOARD_CORESIGHT_IDS_H */
