/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/ap.h"

#include "base/bits.h"
#include "vboard/adi/mem_ap_kinds.h"
#include "vboard/adi/mem_ap_regs.h"
#include "vboard/coresight/ids.h"

/* DEVARCH of APs (IHI 0074, C2.6 and C3.3; ids as in pyOCD's coresight/component_ids.py). */
#define DEVARCH         0xfbcu
#define DEVARCH_MEM_AP  0x47700a17u
#define DEVARCH_JTAG_AP 0x47700a27u
#define DEVARCH_OTHER   0x47700a47u /* unknown AP */

/* The rest of a PIDR of Arm's: JEP106 bank 4, identity 0x3B, given by JEDEC. */
#define PIDR_ARM UINT64_C(0x4000bb000)

enum { V2_REGISTERS_END = 0xe00 };

/* --- all of them ----------------------------------------------------------------------------- */

struct vap *vaps_find(struct vaps *aps, unsigned apsel)
{
	for (size_t i = 0; i < aps->count; i++)
		if (aps->items[i].config->apsel == apsel)
			return &aps->items[i];
	return NULL;
}

struct vap *vaps_at(struct vaps *aps, const struct vap *parent, uint64_t address)
{
	const size_t behind = parent ? (size_t)(parent - aps->items) + 1 : 0;

	for (size_t i = behind; i < aps->count; i++) {
		const struct vap_config *config = aps->items[i].config;

		if (config->parent == behind && address >= config->address &&
			address - config->address < VAP_FRAME_SIZE)
			return &aps->items[i];
	}
	return NULL;
}

/* An AP behind another one; it stands after it in the list, so this comes to an end. */
static bool access_nested(void *data, const struct vmem_ap *mem, bool read, uint64_t address,
	uint32_t *value, bool *done)
{
	struct vaps *aps = data;
	const struct vap *parent = NULL;
	struct vap *ap;

	for (size_t i = 0; i < aps->count; i++)
		if (&aps->items[i].mem == mem)
			parent = &aps->items[i];
	ap = parent ? vaps_at(aps, parent, address) : NULL;
	if (!ap)
		return false;
	*done = vap_access(ap, read, (uint16_t)((address - ap->config->address) & ~3u), value);
	return true;
}

void vaps_init(struct vaps *aps, const struct vdp_config *config)
{
	enum { DPIDR_VERSION_3 = 3 };

	*aps = (struct vaps){ .count = config->ap_count };
	aps->v2 = (config->dpidr >> 12 & 0xf) >= DPIDR_VERSION_3;
	for (size_t i = 0; i < aps->count; i++) {
		struct vap *ap = &aps->items[i];

		ap->config = &config->aps[i];
		vmem_ap_init(&ap->mem, ap->config);
		vjtag_ap_init(&ap->jtag, ap->config);
		ap->mem.v2 = aps->v2;
		if (aps->v2) {
			ap->mem.nested = access_nested;
			ap->mem.nested_data = aps;
		}
	}
}

/* --- one ------------------------------------------------------------------------------------- */

static bool is_mem_ap(const struct vap *ap)
{
	return !ap->config->registers.read && ap->config->kind != VAP_JTAG;
}

/* By the ADIv5 offset. */
static bool access_register(struct vap *ap, bool read, uint8_t reg, uint32_t *value)
{
	const struct vap_registers *own = &ap->config->registers;

	if (own->read)
		return read ? own->read(own->data, reg, value) : own->write(own->data, reg, *value);
	if (ap->config->kind == VAP_JTAG) {
		if (read)
			*value = vjtag_ap_read(&ap->jtag, reg);
		else
			vjtag_ap_write(&ap->jtag, reg, *value);
		return true;
	}
	return read ? vmem_ap_read(&ap->mem, reg, value) : vmem_ap_write(&ap->mem, reg, *value);
}

static uint32_t devarch(const struct vap *ap)
{
	if (ap->config->registers.read)
		return DEVARCH_OTHER;
	return ap->config->kind == VAP_JTAG ? DEVARCH_JTAG_AP : DEVARCH_MEM_AP;
}

/* What every component of class 9 has (IHI 0029E, B2.3). */
static uint32_t read_identification(const struct vap *ap, uint16_t offset)
{
	const struct coresight_ids ids = {
		.pidr = ap->config->pidr ? ap->config->pidr
		                         : PIDR_ARM | mem_ap_kinds[ap->config->kind].part,
		.cidr = CIDR_CORESIGHT,
	};
	uint32_t value = 0;

	if (offset == DEVARCH)
		return devarch(ap);
	coresight_ids_read(&ids, offset, &value);
	return value;
}

static bool access_v2(struct vap *ap, bool read, uint16_t offset, uint32_t *value)
{
	if (is_mem_ap(ap) && offset < MEM_AP_V2_DAR_END)
		return vmem_ap_access_dar(&ap->mem, read, offset, value);
	if (offset >= MEM_AP_V2_BASE && offset < V2_REGISTERS_END)
		return access_register(ap, read, (uint8_t)(offset - MEM_AP_V2_BASE), value);
	if (read)
		*value = read_identification(ap, offset);
	return true;
}

bool vap_access(struct vap *ap, bool read, uint16_t offset, uint32_t *value)
{
	if (ap->mem.v2)
		return access_v2(ap, read, offset, value);
	return access_register(ap, read, (uint8_t)offset, value);
}

bool vap_uses_bus(const struct vap *ap, uint16_t offset)
{
	if (!is_mem_ap(ap))
		return false;
	if (!ap->mem.v2)
		return vmem_ap_uses_bus((uint8_t)offset);
	if (offset < MEM_AP_V2_DAR_END)
		return ap->config->has_dars;
	return offset >= MEM_AP_V2_BASE && offset < V2_REGISTERS_END &&
	       vmem_ap_uses_bus((uint8_t)(offset - MEM_AP_V2_BASE));
}

uint64_t vap_ready_ns(const struct vap *ap, bool read, uint16_t offset)
{
	const struct vap_registers *own = &ap->config->registers;

	if (vap_uses_bus(ap, offset))
		return ap->mem.state.busy_until_ns;
	if (!own->read || !own->ready_ns)
		return 0;
	if (ap->mem.v2 && (offset < MEM_AP_V2_BASE || offset >= V2_REGISTERS_END))
		return 0;
	return own->ready_ns(
		own->data, (uint8_t)(ap->mem.v2 ? offset - MEM_AP_V2_BASE : offset), read);
}

bool vap_stalls(const struct vap *ap, bool read, uint16_t offset)
{
	if (ap->config->registers.read || ap->config->kind != VAP_JTAG)
		return false;
	if (ap->mem.v2 && (offset < MEM_AP_V2_BASE || offset >= V2_REGISTERS_END))
		return false;
	return vjtag_ap_stalls((uint8_t)(ap->mem.v2 ? offset - MEM_AP_V2_BASE : offset), read);
}
