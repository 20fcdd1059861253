/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_PLUG_H
#define VBOARD_USB_PLUG_H

/**
 * @file
 * A board that is plugged into this machine's USB, for the loop of vboard/serve.c: device model,
 * front-end and socket together, plugged out and in again as the scenario has it.
 */
#include "vboard/vboard.h"

struct vplug;

/**
 * Plug a board in.
 *
 * @param folder  Of the host controller in sysfs: vhci_folder.
 * @param board   Outlives it.
 */
dapper_status vplug_new(dapper_context *context, struct vboard *board, dapper_vboard_usb kind,
	const char *folder, struct vplug **plug);
/** Pull it out. NULL is fine. */
void vplug_free(struct vplug *plug);

/** What to poll; -1: nothing, it is plugged out. */
int vplug_fd(const struct vplug *plug, short *events);
/** At least so often vplug_run() has something to do, in milliseconds; -1: not by itself. */
int vplug_wait_ms(const struct vplug *plug);
/** Go on, whether or not something has come. */
void vplug_run(struct vplug *plug);

/** The firmware's serial output. */
void vplug_output(struct vplug *plug, const void *bytes, size_t size);

#endif /* VBOARD_USB_PLUG_H */
