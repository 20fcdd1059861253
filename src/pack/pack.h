/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_PACK_H
#define PACK_PACK_H

#include <dapper/pack.h>

#include "pack/pdsc.h"

/**
 * The scope of a device (with those around it: scope->parent), where what is not interpreted here
 * is kept as the PDSC writes it: sequences, debugvars, debugport, accessportV1 and V2, debugconfig,
 * flashinfo, trace. Belongs to the pack.
 */
const struct pdsc_scope *pack_device_get_scope(const dapper_pack_device *device);

#endif /* PACK_PACK_H */
