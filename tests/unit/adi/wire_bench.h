/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_ADI_WIRE_BENCH_H
#define UNIT_ADI_WIRE_BENCH_H

/**
 * @file
 * A debug port through the CMSIS-DAP driver, a simulated probe and wires at bit level, to a target
 * that a test makes as it likes: other TAPs, the dormant state, several targets to choose from.
 */
#include "adi/mem_ap.h"
#include "support/fake_vtarget.h"
#include "support/test.h"
#include "vboard/probe/dap.h"

enum { WIRE_PACKET_MAX = 512, WIRE_PACKETS = 4 };

struct wire_bench {
	/* Set up by the test between wire_set_up() and wire_connect(). */
	struct fake_target fake;
	struct vtarget target;
	uint16_t packet_size; /* 512 */
	/* Ops that the driver is to lack. */
	bool no_jtag_sequence, no_jtag_configure, no_swd_sequence;
	struct dp_options options;

	/* The other end. */
	struct vclock clock;
	struct vfaults faults;
	struct vdp vdp;
	struct vswj wire;
	struct vport port;
	struct vdap vdap;
	bool unplugged;
	unsigned packets;
	struct {
		uint8_t bytes[WIRE_PACKET_MAX];
		size_t size;
	} answers[WIRE_PACKETS];
	unsigned oldest, waiting;

	/* Ours; NULL before wire_connect(). */
	dapper_context *context;
	dapper_probe_ops ops;
	dapper_probe_driver driver;
	dapper_probe *probe;
	struct dp *dp;
	struct mem_ap *ap; /* after wire_connect_ap() */
};

/** cmocka set-up: the chain of an STM32F407, to be connected by JTAG at 1 MHz. */
int wire_set_up(void **state);
int wire_tear_down(void **state);

dapper_status wire_connect(struct wire_bench *bench);
/** Connect and scan for APs; both work. */
void wire_connect_ap(struct wire_bench *bench);

/** Somebody else clocks bits on TMS/SWDIO. */
void wire_disturb(struct wire_bench *bench, const char *bits);

#define wire_test(function) cmocka_unit_test_setup_teardown(function, wire_set_up, wire_tear_down)

#endif /* UNIT_ADI_WIRE_BENCH_H */
