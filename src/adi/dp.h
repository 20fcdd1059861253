/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADI_DP_H
#define ADI_DP_H

/**
 * @file
 * The Arm Debug Interface's debug port (IHI 0031 ADIv5.2, IHI 0074 ADIv6.0): connect, power-up,
 * register selection, and the one place where failed transfers are recovered from.
 *
 * Access ports and everything above put transfers into a batch and run it with dp_run(). SELECT and
 * the APs' CSW and TAR are cached as the batch is *built*, so that no needless write is queued;
 * when a batch fails, all caches are dropped together.
 */
#include "adi/jtag_chain.h"
#include "adi/reg_names.h"
#include "base/node.h"
#include "probe/probe.h"

struct mem_ap;

struct dp_options {
	dapper_wire wire; /* default: SWD */
	uint32_t clock_hz;
	bool under_reset; /* nRESET is pulled, stays so after the connect; release it later */
	/* SWD: TARGETSEL of one among several targets on the wire: TARGETID with TINSTANCE in the
	 * top bits. 0: there is one only. */
	uint32_t target_sel;
	/* Through the dormant state at once, not only when the older switches did not help. With
	 * target_sel always. */
	bool use_dormant;
	unsigned jtag_tap; /* JTAG: 0 find it, n: TAP n - 1, counted from TDO */
};

struct dp {
	struct node node;
	dapper_probe *probe; /* borrowed: the session holds it */
	dapper_context *context;
	uint32_t dpidr;
	unsigned version;   /* 0..3, from DPIDR */
	bool is_minimal;    /* MINDP: no transaction counter, no pushed operations */
	uint32_t target_id; /* 0 before DPv2 */
	uint32_t select;    /* last value written; see select_valid */
	bool select_valid;
	/* Raised whenever caches above (CSW, TAR) must be dropped: they compare it with their own
	 * copy. */
	uint32_t generation;
	/* What the wire has seen, as opposed to what batches being built assume. */
	uint32_t select_done;
	bool select_done_valid;
	bool is_connected;
	bool is_lost; /* the link could not be restored; the next batch tries again first */
	uint32_t clock_hz;
	struct dp_options options; /* of the last dp_connect() */
	struct jtag_chain chain;   /* JTAG: as found; empty where the probe cannot look */
	size_t tap;                /* ours */
	uint32_t dlpidr;           /* read with target_sel only */
	struct wire_names names;   /* for the wire log */
};

/** Make a debug port object; it is attached nowhere and nothing is sent yet. */
dapper_status dp_create(dapper_context *context, dapper_probe *probe, struct dp **dp);

/**
 * Connect: clock, switch of protocol (IHI 0031 B5.2, B5.3), target selection or the look for our
 * TAP, DPIDR, clear sticky errors, power up the system and debug domains. A few attempts are made.
 *
 * @retval DAPPER_ERR_NO_ACK  Nobody answers; the hint says what to check.
 * @retval DAPPER_ERR_POWER   The power-up handshake does not end.
 * @retval DAPPER_ERR_AMBIGUOUS, NOT_FOUND  JTAG: which TAP is the debug port cannot be told.
 */
dapper_status dp_connect(struct dp *dp, const struct dp_options *options);

/** Power down and leave the wire; best effort, all steps are tried. */
void dp_disconnect(struct dp *dp);

/**
 * Run a batch, the last one that was built: the caches stand for its end.
 *
 * WAIT is retried by the probe and, with back-off, here. On FAULT the sticky flags are cleared
 * (ABORT) and DAPPER_ERR_FAULT is returned with the address that faulted as the place; a protocol
 * error (no acknowledge, parity) is recovered from by line reset and re-select, and the batch is
 * repeated only when nothing in it has been done yet. After any failure the port is usable again,
 * or the error says that it is not, and the next batch begins with another try.
 *
 * JTAG has no FAULT: each batch is followed by a read of the sticky flags. All of it has run then,
 * though access ports ignore what comes after a failure, and the place is as good as TAR tells.
 *
 * A batch that was built and is not run needs dp_invalidate().
 */
dapper_status dp_run(struct dp *dp, const struct batch *batch);
/** As dp_run(), for batches that wait on the target for long. */
dapper_status dp_run_timeout(struct dp *dp, const struct batch *batch, uint32_t timeout_ms);

/** Append what makes SELECT hold this AP and bank: nothing, or one write. */
void dp_select_ap(struct dp *dp, struct batch *batch, uint8_t apsel, uint8_t bank);
/** Append what makes DPBANKSEL hold this bank. */
void dp_select_dp_bank(struct dp *dp, struct batch *batch, uint8_t bank);

/** Forget SELECT, CSW and TAR: after resets and errors. */
void dp_invalidate(struct dp *dp);

/** After a reset of the target: wait until the port answers and is powered; reconnect if need be.
 */
dapper_status dp_recover(struct dp *dp, uint32_t timeout_ms);

#endif /* ADI_DP_H */
