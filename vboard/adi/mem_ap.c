/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/mem_ap.h"

#include "vboard/adi/mem_ap_regs.h"

/* What a write of CSW changes; the rest is what the board says (csw_reset). */
#define CSW_WRITABLE (MEM_AP_CSW_DBGSWEN | MEM_AP_CSW_PROT | MEM_AP_CSW_ADDR_INC | MEM_AP_CSW_SIZE)

enum { WORD_BYTES = 4 };

void vmem_ap_init(struct vmem_ap *ap, const struct vap_config *config)
{
	*ap = (struct vmem_ap){ .config = config, .csw = config->csw_reset };
}

bool vmem_ap_uses_bus(uint8_t reg)
{
	return reg == MEM_AP_DRW || (reg >= MEM_AP_BD0 && reg <= MEM_AP_BD3);
}

/* A size or increment that the AP lacks reads back as one that it has (C2.6.4). */
static void write_csw(struct vmem_ap *ap, uint32_t value)
{
	uint32_t increment = FIELD_GET(MEM_AP_CSW_ADDR_INC, value);

	ap->csw = (ap->config->csw_reset & ~CSW_WRITABLE) | (value & CSW_WRITABLE);
	if (FIELD_GET(MEM_AP_CSW_SIZE, value) > MEM_AP_SIZE_WORD)
		ap->csw = (ap->csw & ~MEM_AP_CSW_SIZE) |
		          FIELD_PREP(MEM_AP_CSW_SIZE, MEM_AP_SIZE_WORD);
	if (increment > (ap->config->can_pack ? MEM_AP_ADDR_INC_PACKED : MEM_AP_ADDR_INC_SINGLE))
		ap->csw &= ~MEM_AP_CSW_ADDR_INC;
}

static unsigned bus_attributes(const struct vmem_ap *ap)
{
	unsigned attr = 0;

	if (ap->csw & MEM_AP_CSW_HPROT1)
		attr |= VBUS_PRIVILEGED;
	if (!(ap->csw & MEM_AP_CSW_HNONSEC))
		attr |= VBUS_SECURE;
	return attr;
}

/* CSW.DeviceEn, where the part can take it away (C2.6.4). */
static bool is_enabled(const struct vmem_ap *ap)
{
	return !ap->config->is_enabled || ap->config->is_enabled(ap->config->bus.data);
}

/* One bus access with the data in its byte lanes (C2.2.6). */
static bool access_bus(
	struct vmem_ap *ap, bool read, uint32_t address, unsigned size, uint32_t *lanes)
{
	const struct vbus *bus = &ap->config->bus;
	unsigned attr = bus_attributes(ap);
	unsigned shift = 8 * (address % WORD_BYTES);
	uint32_t mask = size == WORD_BYTES ? UINT32_MAX : (1u << 8 * size) - 1;
	uint32_t value;

	if (!is_enabled(ap))
		return false;
	if (!read)
		return bus->write(bus->data, address, size, attr, (*lanes >> shift) & mask);
	if (!bus->read(bus->data, address, size, attr, &value))
		return false;
	*lanes |= (value & mask) << shift;
	return true;
}

/*
 * Where the bus splits what is not aligned: byte by byte, each in the lane of its address. Others
 * have no low address bits for it.
 */
static bool access_unaligned(
	struct vmem_ap *ap, bool read, uint32_t address, unsigned size, uint32_t *lanes)
{
	if (!ap->config->can_unaligned || address % size == 0)
		return access_bus(ap, read, address & ~(size - 1), size, lanes);
	for (unsigned i = 0; i < size; i++)
		if (!access_bus(ap, read, address + i, 1, lanes))
			return false;
	return true;
}

/* The address wraps where the AP says, else within 1 KiB, which is the least (C2.2.2). */
static void increment_tar(struct vmem_ap *ap, unsigned size)
{
	unsigned bits =
		ap->config->increment_bits ? ap->config->increment_bits : MEM_AP_TAR_INCREMENT_BITS;
	uint32_t mask = BITS(bits - 1, 0);

	ap->tar = (ap->tar & ~mask) | ((ap->tar + size) & mask);
}

/* TAR only moves past accesses that succeeded (C2.2.2). */
static bool access_drw(struct vmem_ap *ap, bool read, uint32_t *value)
{
	unsigned size = 1u << FIELD_GET(MEM_AP_CSW_SIZE, ap->csw);
	unsigned increment = FIELD_GET(MEM_AP_CSW_ADDR_INC, ap->csw);
	unsigned count = increment == MEM_AP_ADDR_INC_PACKED ? WORD_BYTES / size : 1;

	for (unsigned i = 0; i < count; i++) {
		if (!access_unaligned(ap, read, ap->tar, size, value))
			return false;
		if (increment != MEM_AP_ADDR_INC_OFF)
			increment_tar(ap, size);
	}
	return true;
}

/* BD0 to BD3 are the four words around TAR; they neither use CSW.Size nor move TAR (C2.6.1). */
static bool access_bd(struct vmem_ap *ap, bool read, uint8_t reg, uint32_t *value)
{
	uint32_t address = (ap->tar & ~BITS(3, 0)) | (reg & BITS(3, 0));

	return access_bus(ap, read, address, WORD_BYTES, value);
}

bool vmem_ap_read(struct vmem_ap *ap, uint8_t reg, uint32_t *value)
{
	*value = 0;
	if (ap->config->registers.read)
		return ap->config->registers.read(ap->config->registers.data, reg, value);
	if (reg >= MEM_AP_BD0 && reg <= MEM_AP_BD3)
		return access_bd(ap, true, reg, value);
	switch (reg) {
	case MEM_AP_DRW:
		return access_drw(ap, true, value);
	case MEM_AP_CSW:
		*value = is_enabled(ap) ? ap->csw : ap->csw & ~MEM_AP_CSW_DEVICE_EN;
		break;
	case MEM_AP_TAR:
		*value = ap->tar;
		break;
	case MEM_AP_CFG:
		*value = ap->config->cfg;
		break;
	case MEM_AP_BASE:
		*value = ap->config->base;
		break;
	case MEM_AP_IDR:
		*value = ap->config->idr;
		break;
	default: /* reserved: RAZ/WI (C1.1) */
		break;
	}
	return true;
}

bool vmem_ap_write(struct vmem_ap *ap, uint8_t reg, uint32_t value)
{
	if (ap->config->registers.read)
		return ap->config->registers.write(ap->config->registers.data, reg, value);
	if (reg >= MEM_AP_BD0 && reg <= MEM_AP_BD3)
		return access_bd(ap, false, reg, &value);
	switch (reg) {
	case MEM_AP_DRW:
		return access_drw(ap, false, &value);
	case MEM_AP_CSW:
		write_csw(ap, value);
		break;
	case MEM_AP_TAR:
		ap->tar = value;
		break;
	default: /* read-only or reserved */
		break;
	}
	return true;
}
