/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_USB_FAULTS_H
#define VBOARD_USB_FAULTS_H

/**
 * @file
 * What a scenario lets go wrong on USB. Counts are of requests that came over USB, from 1 on; 0:
 * never. docs/virtual-boards.md describes each for users. Times are real ones, as hosts have them.
 */
#include <stdint.h>

struct vusb_faults {
	uint64_t stall_in_at;  /* request: its answer is a stall */
	uint64_t stall_out_at; /* request: it is refused by a stall */
	uint64_t empty_at;     /* request: a packet of no bytes comes before its answer */
	uint64_t babble_at;    /* request: its answer is longer than the host allows */
	uint64_t silent_at;    /* request: its answer never comes */
	uint64_t late_at;      /* request: its answer comes late_ms later */
	uint64_t late_ms;
	uint64_t hold_at; /* request: it is taken hold_ms later */
	uint64_t hold_ms;
	uint64_t unplug_at;   /* request: the device is pulled out instead of taking it */
	uint64_t unplug_step; /* and each time it comes back so many requests later; 0: once only */
	uint64_t replug_ms;   /* and plugged in again after this; 0: never */
};

#endif /* VBOARD_USB_FAULTS_H */
