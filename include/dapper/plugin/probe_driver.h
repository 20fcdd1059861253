/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_PLUGIN_PROBE_DRIVER_H
#define DAPPER_PLUGIN_PROBE_DRIVER_H

#include <dapper/plugin/error.h>
#include <dapper/probe.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * What a probe driver implements. `src/probe/drivers/loopback` is the smallest true implementation.
 *
 * All ops of one instance are called by one thread at a time, with no lock held. They may block up
 * to the timeout they are given, or 5 s where they are given none, and not longer, whatever the
 * probe does. On failure they say why with dapper_fail().
 */

/** Raised whenever a field changes meaning; appending optional ops does not raise it. */
#define DAPPER_PROBE_DRIVER_ABI 1u

typedef enum dapper_transfer_kind {
	DAPPER_TRANSFER_READ,
	DAPPER_TRANSFER_WRITE,
	DAPPER_TRANSFER_READ_BLOCK,  /**< The same register again and again. */
	DAPPER_TRANSFER_WRITE_BLOCK, /**< The same register again and again. */
	DAPPER_TRANSFER_READ_UNTIL_MATCH
} dapper_transfer_kind;

/**
 * One DP or AP access of a batch, or a run of accesses to one register. Buffers are borrowed until
 * run_batch() returns.
 *
 * A driver hides that AP reads are posted: each read yields its own register's value.
 */
typedef struct dapper_transfer {
	dapper_transfer_kind kind;
	bool ap;            /**< APnDP: true for the selected AP. */
	uint8_t reg;        /**< A[3:2] as a byte offset: 0x0, 0x4, 0x8 or 0xC. */
	uint32_t value;     /**< WRITE: the word. READ_UNTIL_MATCH: wanted value under @p mask. */
	uint32_t mask;      /**< READ_UNTIL_MATCH: bits that count. */
	uint32_t retries;   /**< READ_UNTIL_MATCH: reads after the first; at most 65535. */
	uint32_t *word;     /**< READ: where the word goes, in host order; NULL discards it. */
	const uint8_t *out; /**< WRITE_BLOCK: count words, little-endian bytes, any alignment. */
	uint8_t *in;        /**< READ_BLOCK: count words, little-endian bytes, any alignment. */
	size_t count;       /**< Words: 1 for the single-word kinds, at least 1 for blocks. */
} dapper_transfer;

/** Acknowledges as they are on the SWD wire (IHI 0031, "SWD protocol operation"). */
typedef enum dapper_ack {
	DAPPER_ACK_NONE = 0, /**< Not a target's answer: the probe itself failed. */
	DAPPER_ACK_OK = 1,
	DAPPER_ACK_WAIT = 2,
	DAPPER_ACK_FAULT = 4,
	DAPPER_ACK_SILENT = 7,   /**< Nobody drove the wire. */
	DAPPER_ACK_PARITY = 8,   /**< Acknowledged, but the data's parity is wrong. */
	DAPPER_ACK_MISMATCH = 16 /**< READ_UNTIL_MATCH ran out of retries. */
} dapper_ack;

/** How far a batch came, and how it failed. */
typedef struct dapper_batch_result {
	size_t completed; /**< Transfers that finished; == count on success. */
	size_t words;     /**< Words that finished of the block that failed. 0 where unknown. */
	dapper_ack ack;   /**< Acknowledge of the failing transfer. */
} dapper_batch_result;

/** TCK cycles with TMS at one level. Bits go and come lowest bit of the first byte first. */
typedef struct dapper_jtag_run {
	bool tms;
	size_t bit_count;
	const uint8_t *tdi; /**< NULL: ones. */
	uint8_t *tdo; /**< Whole bytes are written, spare bits 0; NULL: TDO is not looked at. */
} dapper_jtag_run;

/** SWCLK cycles in which SWDIO is driven, or not. Bits go lowest bit of the first byte first. */
typedef struct dapper_swd_run {
	size_t bit_count;
	const uint8_t *out; /**< NULL: SWDIO is released. */
	uint8_t *in;        /**< Where it is released: what was sampled, likewise; may be NULL. */
} dapper_swd_run;

typedef struct dapper_probe_ops {
	/* ---- required ---- */

	/** As dapper_probe_connect(). @p actual_hz is never NULL. */
	dapper_status (*connect)(
		void *driver_data, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz);
	dapper_status (*disconnect)(void *driver_data);

	/**
	 * Run a batch in order and stop at the first failure.
	 *
	 * May split and pipeline as it likes, and read ahead within the batch. On failure @p result
	 * says how many transfers finished and what the acknowledge was; words of finished reads
	 * are valid, later ones unspecified; sticky errors are left for the caller. A target's bad
	 * answer is one of ERR_WAIT, ERR_FAULT, ERR_NO_ACK, ERR_PARITY, ERR_MISMATCH; anything else
	 * means that the probe failed and that the state of the target is not known.
	 */
	dapper_status (*run_batch)(void *driver_data, const dapper_transfer *batch, size_t count,
		uint32_t timeout_ms, dapper_batch_result *result);

	/** Release everything, also when half-opened or unplugged. Never fails, blocks at most 1 s.
	 */
	void (*close)(void *driver_data);

	/* ---- optional: NULL means DAPPER_ERR_UNSUPPORTED, the caller falls back ---- */

	/**
	 * Clock out @p bit_count bits on SWDIO/TMS, least significant bit of the first byte first.
	 * Without it the driver does line reset and protocol switch in connect().
	 */
	dapper_status (*swj_sequence)(void *driver_data, size_t bit_count, const uint8_t *bits);

	/** Drive nRESET: true pulls it low. */
	dapper_status (*drive_reset)(void *driver_data, bool assert_reset);

	/** Facts for people, in order; return false past the last. */
	bool (*get_property)(
		void *driver_data, size_t index, const char **name, const char **value);

	/** Fill in what the driver knows; the rest is 0 or was filled by the caller. */
	void (*get_counters)(void *driver_data, dapper_probe_counters *counters);

	/**
	 * The time that deadlines of this probe count in, and how to let some pass. Both or
	 * neither; a virtual board's is simulated. NULL: the host's monotonic clock.
	 */
	uint64_t (*now_ns)(void *driver_data);
	void (*sleep_ns)(void *driver_data, uint64_t ns);

	/** JTAG: clock out runs of cycles, in order and without others between them. */
	dapper_status (*jtag_sequence)(
		void *driver_data, const dapper_jtag_run *runs, size_t count);

	/**
	 * JTAG: what the chain is, and whom run_batch() talks to from now on. Both are counted from
	 * the TAP that is nearest to TDO; the others are kept in BYPASS. Without it, and before it
	 * is called after each connect(), the chain is one JTAG-DP with an IR of 4 bits.
	 *
	 * A driver in JTAG mode writes the DP's ABORT (register 0) by the instruction ABORT, and
	 * never answers FAULT, which JTAG does not have: the caller looks at the sticky flags.
	 */
	dapper_status (*jtag_configure)(
		void *driver_data, const uint8_t *ir_lengths, size_t tap_count, size_t index);

	/** SWD: clock runs of cycles without a protocol, such as requests that nobody answers. */
	dapper_status (*swd_sequence)(void *driver_data, const dapper_swd_run *runs, size_t count);

	/** As dapper_probe_set_serial(). NULL: there is no serial port. */
	dapper_status (*set_serial)(
		void *driver_data, dapper_serial_callback callback, void *payload);
} dapper_probe_ops;

/** Where a driver reports the instances it finds. Strings are copied. */
typedef dapper_status (*dapper_probe_found)(void *payload, const dapper_probe_info *info);

typedef struct dapper_probe_driver {
	uint32_t abi;            /**< #DAPPER_PROBE_DRIVER_ABI */
	const char *name;        /**< Lower case, dashes: "cmsis-dap". */
	const char *description; /**< One line for `dapper list --drivers`. */
	/**
	 * Name prefixes that this driver opens by address, without a list: "tcp", "virtual";
	 * separated by spaces, or NULL.
	 */
	const char *schemes;
	const dapper_probe_ops *ops;

	/** Report each instance that could be opened, without opening it. NULL: opened by name
	 * only. */
	dapper_status (*enumerate)(
		dapper_context *context, dapper_probe_found found, void *payload);

	/**
	 * Open an instance.
	 *
	 * @param name   A unique ID from enumerate(), or a whole name of one of @p schemes.
	 * @param[out] driver_data  Handed to all ops; released by close().
	 * @param[out] info  What is known after opening; strings live until close().
	 */
	dapper_status (*open)(dapper_context *context, const char *name, void **driver_data,
		dapper_probe_info *info);
} dapper_probe_driver;

DAPPER_END_DECLS

#endif /* DAPPER_PLUGIN_PROBE_DRIVER_H */
