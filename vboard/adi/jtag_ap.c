/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/adi/jtag_ap.h"

#include "vboard/adi/jtag_ap_regs.h"

#define CSW_WRITABLE (JTAG_AP_CSW_TRST_OUT | JTAG_AP_CSW_SRST_OUT)

void vjtag_ap_init(struct vjtag_ap *ap, const struct vap_config *config)
{
	*ap = (struct vjtag_ap){ .config = config };
}

uint32_t vjtag_ap_read(const struct vjtag_ap *ap, uint8_t reg)
{
	switch (reg) {
	case JTAG_AP_CSW: /* both FIFOs are empty, no port is connected */
		return ap->state.csw;
	case JTAG_AP_PSEL:
		return ap->state.psel;
	case JTAG_AP_IDR:
		return ap->config->idr;
	default: /* PSTA: no connected port was ever disabled */
		return 0;
	}
}

void vjtag_ap_write(struct vjtag_ap *ap, uint8_t reg, uint32_t value)
{
	if (reg == JTAG_AP_CSW)
		ap->state.csw = value & CSW_WRITABLE;
	else if (reg == JTAG_AP_PSEL)
		ap->state.psel = value & JTAG_AP_PORTS;
}

bool vjtag_ap_stalls(uint8_t reg, bool read)
{
	return read && reg >= JTAG_AP_BFIFO1 && reg <= JTAG_AP_BFIFO4;
}
