/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_ADI_JTAG_AP_H
#define VBOARD_ADI_JTAG_AP_H

/**
 * @file
 * A JTAG access port (IHI 0031, chapter C3) with nothing connected to its eight ports: the engine
 * takes what is written to it, shifts it to nobody and has no answers.
 */
#include "vboard/board/internal.h"

/** What a snapshot keeps. */
struct vjtag_ap_state {
	uint32_t csw; /* TRST_OUT, SRST_OUT */
	uint32_t psel;
};

struct vjtag_ap {
	const struct vap_config *config;
	struct vjtag_ap_state state;
};

void vjtag_ap_init(struct vjtag_ap *ap, const struct vap_config *config);
uint32_t vjtag_ap_read(const struct vjtag_ap *ap, uint8_t reg);
void vjtag_ap_write(struct vjtag_ap *ap, uint8_t reg, uint32_t value);

/** A read of the empty answer FIFO waits for ever, until the debugger aborts it. */
bool vjtag_ap_stalls(uint8_t reg, bool read);

#endif /* VBOARD_ADI_JTAG_AP_H */
