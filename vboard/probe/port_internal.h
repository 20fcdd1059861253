/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_PORT_INTERNAL_H
#define VBOARD_PROBE_PORT_INTERNAL_H

/**
 * @file
 * What port.c (SWD, pins) and port_jtag.c share.
 */
#include "vboard/probe/port.h"

/* Request bits of DAP_Transfer (CMSIS-DAP 2.1.1). */
#define REQUEST_APNDP BIT(0)
#define REQUEST_RNW   BIT(1)
#define REQUEST_A     BITS(3, 2)

/** vport_transfer() where the port is connected for JTAG. */
uint8_t vport_jtag_transfer(struct vport *port, uint8_t request, uint32_t *data);

#endif /* VBOARD_PROBE_PORT_INTERNAL_H */
