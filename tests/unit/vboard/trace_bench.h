/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_TRACE_BENCH_H
#define UNIT_VBOARD_TRACE_BENCH_H

/**
 * @file
 * A part made of a core and its debug components alone, with an ear on its SWO pin: 16 MHz, memory
 * for code at 0 and RAM at 0x20000000.
 */
#include "unit/vboard/itm_decoder.h"
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"
#include "vboard/coresight/coresight.h"
#include "vboard/coresight/dwt_regs.h"
#include "vboard/coresight/fpb_regs.h"
#include "vboard/coresight/itm_regs.h"
#include "vboard/coresight/tpiu_regs.h"

enum {
	BENCH_CODE = 0x1000,
	BENCH_DATA = 0x20001000,
	BENCH_STACK = 0x20003000,
	BENCH_VECTORS = 0x0,
	BENCH_HANDLER = 0x800, /* all exceptions': BX LR */
	BENCH_CYCLE_PS = 62500,
};

#define DHCSR  0xe000edf0u
#define DFSR   0xe000ed30u
#define DEMCR  0xe000edfcu
#define TRCENA BIT(24)
#define ITM    0xe0000000u
#define DWT    0xe0001000u
#define FPB    0xe0002000u
#define TPIU   0xe0040000u
#define CTI    0xe0042000u

#define COMP(n)     (DWT + 0x20 + 16 * (n))
#define MASK(n)     (DWT + 0x24 + 16 * (n))
#define FUNCTION(n) (DWT + 0x28 + 16 * (n))

/** What differs from the components of a Cortex-M4; NULL: nothing. */
struct bench_options {
	const struct itm_config *itm;
	const struct dwt_config *dwt;
	const struct fpb_config *fpb;
	const struct tpiu_config *tpiu;
};

struct bench {
	struct rig rig;
	struct model_config models[6];
	struct board_part part;
	uint8_t stream[8192];
	size_t size;
	struct vswo_burst last;
	char text[8192];
};

/** The core is halted, TRCENA is set, the TPIU sends UART at 16 Mbit/s without formatter. */
void bench_open(struct bench *bench, const struct bench_options *options);
void bench_close(struct bench *bench);

/** Put half-words at BENCH_CODE, ended by 0xBE00 (BKPT), and run them until that. */
void bench_run(struct bench *bench, const uint16_t *code);
void bench_load(struct bench *bench, const uint16_t *code);
/** Let the pin become quiet; the stream so far as text, and forget it. */
const char *bench_text(struct bench *bench);

#endif /* UNIT_VBOARD_TRACE_BENCH_H */
