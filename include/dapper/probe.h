/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_PROBE_H
#define DAPPER_PROBE_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * Debug probes: find them, open one, connect it to a target. Usable without a session.
 *
 * Ownership: dapper_probe is counted; a session holds one reference.
 * Threads: one thread per probe at a time; different probes are independent.
 */

typedef struct dapper_probe dapper_probe;

typedef enum dapper_wire { DAPPER_WIRE_DEFAULT = 0, DAPPER_WIRE_SWD, DAPPER_WIRE_JTAG } dapper_wire;

/** What a driver knows of a probe that it can open. Strings belong to the list. */
typedef struct dapper_probe_info {
	const char *driver;    /**< Driver's name, e.g. "cmsis-dap". */
	const char *unique_id; /**< What `--probe` takes, e.g. a serial number or "virtual:NAME". */
	const char *vendor;    /**< Or "". */
	const char *product;   /**< Or "". */
	const char *description; /**< One line for people. */
} dapper_probe_info;

typedef struct dapper_probe_list dapper_probe_list;

/**
 * Find the probes that can be opened now. Opens none.
 *
 * @param[out] list  Owned by the caller; dapper_probe_list_free(). Empty when there is none.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_probe_list_new(
	dapper_context *context, dapper_probe_list **list);
DAPPER_API size_t dapper_probe_list_count(const dapper_probe_list *list);
/** @return Belongs to the list. NULL when @p index is too large. */
DAPPER_API const dapper_probe_info *dapper_probe_list_get(
	const dapper_probe_list *list, size_t index);
/** NULL is fine. */
DAPPER_API void dapper_probe_list_free(dapper_probe_list *list);

/** Compiled-in drivers: name and one line each; NULL when @p index is too large. */
DAPPER_API const char *dapper_probe_driver_get_name(size_t index);
DAPPER_API const char *dapper_probe_driver_get_description(size_t index);

/**
 * Open a probe.
 *
 * @param name   What names it: "KIND:REST" for the drivers that take an address ("tcp:HOST:PORT",
 *               "virtual:BOARD[,KEY=VALUE]..."), else a unique ID or an unambiguous part of one.
 *               NULL: the only probe there is.
 * @param[out] probe  Owned by the caller: dapper_probe_unref().
 *
 * @retval DAPPER_ERR_NO_PROBE   There is none, or none of that name.
 * @retval DAPPER_ERR_AMBIGUOUS  Several fit; the hint lists them.
 * @retval DAPPER_ERR_PROBE_IO   It is there but does not answer.
 * @retval DAPPER_ERR_BUSY       Another process has it.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_probe_open(
	dapper_context *context, const char *name, dapper_probe **probe);

/** Drop a reference; the last one closes the probe. NULL is fine. @return Always NULL. */
DAPPER_API dapper_probe *dapper_probe_unref(dapper_probe *probe);

/** Facts about an open probe; strings live as long as it does. */
DAPPER_API const dapper_probe_info *dapper_probe_get_info(const dapper_probe *probe);

/** "key = value" facts of an open probe, in order: firmware version, packet size, ... */
DAPPER_API size_t dapper_probe_get_property_count(const dapper_probe *probe);
/** @return false when @p index is too large. Strings belong to the probe. */
DAPPER_API bool dapper_probe_get_property(
	const dapper_probe *probe, size_t index, const char **name, const char **value);

/**
 * Connect the probe to the wire: choose the protocol, set the clock, drive the pins. Nothing is
 * said to the target yet; that is the debug port's business.
 *
 * @param probe   An open probe.
 * @param wire    #DAPPER_WIRE_DEFAULT lets the driver choose.
 * @param clock_hz  Wanted SWCLK/TCK in hertz; the driver takes the next lower rate it has.
 * @param actual_hz  [out] Rate in use, in hertz, as far as the probe tells. May be NULL.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  The probe lacks the wire protocol.
 * @retval DAPPER_ERR_PROBE_IO     The probe did not answer within its timeout.
 *
 * @since 0.1
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_probe_connect(
	dapper_probe *probe, dapper_wire wire, uint32_t clock_hz, uint32_t *actual_hz);

/** Release the pins. The probe stays open. */
DAPPER_API dapper_status dapper_probe_disconnect(dapper_probe *probe);

/** Drive the target's nRESET pin: true pulls it low. */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_probe_drive_reset(
	dapper_probe *probe, bool assert_reset);

/**
 * What was spent on the probe so far. Exact on a virtual board; on hardware the last five, which
 * only a simulation can know, are 0.
 */
typedef struct dapper_probe_counters {
	uint64_t transfers; /**< DP and AP transfers asked for by the layers above (words). */
	uint64_t batches;   /**< Batches they were given in. */
	uint64_t packets_out;
	uint64_t packets_in;
	uint64_t bytes_out;
	uint64_t bytes_in;
	/** Round trips waited for with nothing else in flight: each left the wire idle for its length. */
	uint64_t waits;
	uint64_t swclk_cycles;
	uint64_t simulated_ns; /**< Since the board was made. */
	uint64_t wire_ns;      /**< Part of it in which the wire was clocked. */
	uint64_t flash_ns;     /**< Part of it in which a flash controller was busy. */
	uint64_t wait_ns;      /**< Part of it in which the host waited for the probe. */
} dapper_probe_counters;

/**
 * The time that waits on this probe count in, in nanoseconds from an unknown start: the host's
 * monotonic clock, or simulated on a virtual board in this process.
 */
DAPPER_API uint64_t dapper_probe_get_time_ns(const dapper_probe *probe);
/** Let some of that time pass. */
DAPPER_API void dapper_probe_sleep_ns(const dapper_probe *probe, uint64_t ns);

/** Receives what a target's serial port sends, as it comes. */
typedef void (*dapper_serial_callback)(void *payload, const void *data, size_t size);
/**
 * Listen to the serial output of the firmware, where the probe has it: a virtual board in this
 * process. Called from within other calls on the probe. NULL: no more.
 *
 * @retval DAPPER_ERR_UNSUPPORTED  This probe has none.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_probe_set_serial(
	dapper_probe *probe, dapper_serial_callback callback, void *payload);

DAPPER_API void dapper_probe_get_counters(
	const dapper_probe *probe, dapper_probe_counters *counters);

DAPPER_END_DECLS

#endif /* DAPPER_PROBE_H */
