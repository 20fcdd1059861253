/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MEM-AP as an object: set-up and what it can do (IHI 0031, C2.6).
 */
#include <stdlib.h>

#include "adi/mem_ap_internal.h"
#include "base/alloc.h"

enum {
	/* "at least the bottom 10 bits of TAR" are incremented (IHI 0031, C2.2.2): APs that do more
	 * lose one transfer in 257 by this. */
	TAR_WRAP = 1024,
};

/*
 * APs that are known to increment more bits.
 *
 * AHB-AP of Cortex-M3 and M4 (IDR 0x24770011, other revisions too): 4 KB. So has OpenOCD it for those
 * cores (target/cortex_m.c, CORTEX_M_F_TAR_AUTOINCR_BLOCK_4K; not for M7, whose AHB-AP is variant 0),
 * and pyOCD for this variant.
 */
static const struct {
	uint32_t mask, idr;
	uint32_t wrap;
} wraps[] = {
	{ AP_IDR_DESIGNER | AP_IDR_CLASS | AP_IDR_VARIANT | AP_IDR_TYPE, 0x04770011, 4096 },
};

static uint32_t wrap_of(uint32_t idr)
{
	for (size_t i = 0; i < ARRAY_SIZE(wraps); i++)
		if ((idr & wraps[i].mask) == wraps[i].idr)
			return wraps[i].wrap;
	return TAR_WRAP;
}

static void mem_ap_describe(const struct node *node, struct dapper_node_visitor *visitor)
{
	const struct mem_ap *ap = NODE_OBJECT_CONST(struct mem_ap, node);

	ap_describe(&ap->ap, visitor);
	if (ap->rom_present)
		node_put_hex(visitor, "rom_base", ap->rom_base, 8);
	node_put_text(visitor, "sizes", "%s%s", ap->can_byte ? "8, 16, 32" : "32",
		ap->can_pack ? ", packed" : "");
	node_put_number(visitor, "address_bits", ap->large_address ? 64 : 32);
}

static void mem_ap_destroy(struct node *node)
{
	free(NODE_OBJECT(struct mem_ap, node));
}

static const struct node_class mem_ap_class = {
	.kind = "ap",
	.describe = mem_ap_describe,
	.destroy = mem_ap_destroy,
};

bool mem_ap_is(const struct node *node)
{
	return node->class == &mem_ap_class;
}

void mem_ap_queue_setup(
	struct dp *dp, struct batch *batch, uint8_t apsel, struct mem_ap_setup *setup)
{
	dp_select_ap(dp, batch, apsel, AP_REG_BANK(MEM_AP_CFG));
	batch_read_ap(batch, AP_REG_OFFSET(MEM_AP_BASE_HI), &setup->base_hi);
	batch_read_ap(batch, AP_REG_OFFSET(MEM_AP_CFG), &setup->cfg);
	batch_read_ap(batch, AP_REG_OFFSET(MEM_AP_BASE), &setup->base);
	dp_select_ap(dp, batch, apsel, AP_REG_BANK(MEM_AP_CSW));
	batch_read_ap(batch, AP_REG_OFFSET(MEM_AP_CSW), &setup->csw);
}

/*
 * Accesses as the core's own privileged data accesses, non-secure where secure debug is off. What
 * the bus gives the bits of Prot is in appendix E of IHI 0031; unnamed ones stay as they were
 * found.
 */
static uint32_t make_csw_base(uint32_t idr, uint32_t csw)
{
	const bool secure = (csw & MEM_AP_CSW_SDEVICEEN) != 0;
	const uint32_t kept = csw & MEM_AP_CSW_PROT;
	const uint32_t ahb = MEM_AP_CSW_AHB_PRIVILEGED | MEM_AP_CSW_AHB_DATA;

	switch (FIELD_GET(AP_IDR_TYPE, idr)) {
	case AP_TYPE_AHB3:
		return MEM_AP_CSW_DBGSWENABLE | kept | ahb | MEM_AP_CSW_AHB_MASTERTYPE;
	case AP_TYPE_AHB5:
	case AP_TYPE_AHB5_HPROT:
		return MEM_AP_CSW_DBGSWENABLE | (kept & ~MEM_AP_CSW_AHB_HNONSEC) | ahb |
		       (secure ? 0 : MEM_AP_CSW_AHB_HNONSEC);
	case AP_TYPE_AXI3:
	case AP_TYPE_AXI5:
		return MEM_AP_CSW_DBGSWENABLE |
		       (kept & ~(MEM_AP_CSW_AXI_INSTRUCTION | MEM_AP_CSW_AXI_NONSECURE)) |
		       MEM_AP_CSW_AXI_PRIVILEGED | (secure ? 0 : MEM_AP_CSW_AXI_NONSECURE);
	default:
		return MEM_AP_CSW_DBGSWENABLE | kept;
	}
}

/* BASE in the ADIv5.2 format, or the legacy one: bit 1 tells (IHI 0031 C2.6, BASE). */
static void take_base(struct mem_ap *ap, const struct mem_ap_setup *setup)
{
	const uint32_t base = setup->base;

	ap->rom_base = base & MEM_AP_BASE_BASEADDR;
	if (ap->large_address)
		ap->rom_base |= (uint64_t)setup->base_hi << 32;
	if (base & MEM_AP_BASE_FORMAT)
		ap->rom_present = base != MEM_AP_BASE_LEGACY_NONE && (base & MEM_AP_BASE_P);
	else
		/* Legacy: the address alone says it. Zero is what an AP without any reads as. */
		ap->rom_present = base != 0;
}

struct mem_ap *mem_ap_create(
	struct dp *dp, uint8_t apsel, uint32_t idr, const struct mem_ap_setup *setup)
{
	struct mem_ap *ap = xnew(ap);

	if (!ap)
		return NULL;
	ap_init(&ap->ap, &mem_ap_class, dp, apsel, idr);
	ap->large_address = (setup->cfg & MEM_AP_CFG_LA) != 0;
	ap->wrap = wrap_of(idr);
	ap->csw_base = make_csw_base(idr, setup->csw);
	ap->generation = dp->generation;
	take_base(ap, setup);
	return ap;
}

/* --- sizes ---------------------------------------------------------------------------------------
 */

static void try_csw(
	struct mem_ap *ap, struct batch *batch, unsigned size, unsigned addrinc, uint32_t *word)
{
	mem_ap_queue_csw(ap, batch, size, addrinc);
	batch_read_ap(batch, AP_REG_OFFSET(MEM_AP_CSW), word);
}

void mem_ap_queue_sizes(struct mem_ap *ap, struct batch *batch, struct mem_ap_sizes *sizes)
{
	try_csw(ap, batch, MEM_AP_CSW_SIZE_8, MEM_AP_CSW_ADDRINC_SINGLE, &sizes->byte);
	try_csw(ap, batch, MEM_AP_CSW_SIZE_16, MEM_AP_CSW_ADDRINC_SINGLE, &sizes->half);
	try_csw(ap, batch, MEM_AP_CSW_SIZE_8, MEM_AP_CSW_ADDRINC_PACKED, &sizes->packed);
	mem_ap_queue_csw(ap, batch, MEM_AP_CSW_SIZE_32, MEM_AP_CSW_ADDRINC_SINGLE);
}

static bool csw_is(uint32_t csw, unsigned size, unsigned addrinc)
{
	return FIELD_GET(MEM_AP_CSW_SIZE, csw) == size &&
	       FIELD_GET(MEM_AP_CSW_ADDRINC, csw) == addrinc;
}

void mem_ap_take_sizes(struct mem_ap *ap, const struct mem_ap_sizes *sizes)
{
	ap->can_byte = csw_is(sizes->byte, MEM_AP_CSW_SIZE_8, MEM_AP_CSW_ADDRINC_SINGLE) &&
	               csw_is(sizes->half, MEM_AP_CSW_SIZE_16, MEM_AP_CSW_ADDRINC_SINGLE);
	ap->can_pack =
		ap->can_byte && csw_is(sizes->packed, MEM_AP_CSW_SIZE_8, MEM_AP_CSW_ADDRINC_PACKED);
}
