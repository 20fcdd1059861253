/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_VBOARD_H
#define VBOARD_VBOARD_H

/**
 * @file
 * A virtual board as a whole: a simulated CMSIS-DAP probe, wired to a simulated target, under one
 * simulated clock. This is the only header that code outside vboard/ may include (the probe
 * driver's virtual transport, and the server).
 *
 * vboard/ sees src/base and nothing else of src/: the other side of the wire must not share the
 * debugger's misunderstandings.
 */
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/vboard.h>

struct vboard;

/** A time that does not come. */
#define VBOARD_NEVER UINT64_MAX

/**
 * Make a board from "NAME[,KEY=VALUE]...". A name with a slash is the path of a description; one
 * without is looked for in the folders of descriptions (board_files.h) before the built-in boards.
 *
 * Keys: flash=FILE (contents kept there between runs), link=hs-bulk|fs-bulk|fs-hid (packet size,
 * count and timing of the probe's USB link; default hs-bulk), and the faults listed in
 * docs/virtual-boards.md.
 *
 * @retval DAPPER_ERR_NOT_FOUND  No such board; the hint lists them.
 * @retval DAPPER_ERR_INVALID    A bad key or value.
 */
dapper_status vboard_create(dapper_context *context, const char *spec, struct vboard **board);

/** Write back what is kept in files, and free. NULL is fine. */
void vboard_destroy(struct vboard *board);

/** What the probe and the scenario say, for the front-end on USB. */
const char *vboard_serial(const struct vboard *board);
bool vboard_is_high_speed(const struct vboard *board);
struct vusb_faults;
const struct vusb_faults *vboard_usb_faults(const struct vboard *board);

/** Largest packet of the simulated link, and how many of them the probe buffers. */
uint32_t vboard_packet_size(const struct vboard *board);
uint32_t vboard_packet_count(const struct vboard *board);

/**
 * The host sends a request at simulated time @p host_ns. The board runs up to when the packet has
 * arrived and the probe is free, and then processes it.
 *
 * @param[out] response       At least vboard_packet_size() bytes.
 * @param[out] response_size  Bytes of it that mean something; 0: no answer comes, as for
 *                            DAP_TransferAbort.
 * @param[out] answer_ns      When the response has arrived at the host; #VBOARD_NEVER: it is lost
 *                            (a fault of the scenario).
 * @retval DAPPER_ERR_PROBE_GONE  A fault of the scenario: the probe was unplugged.
 * @retval DAPPER_ERR_INVALID     The request is empty or larger than a packet.
 */
dapper_status vboard_exchange(struct vboard *board, uint64_t host_ns, const uint8_t *request,
	size_t request_size, uint8_t *response, size_t *response_size, uint64_t *answer_ns);

/**
 * The same board behind a probe of another kind, OpenOCD's remote_bitbang: a host comes, its
 * characters are worked off at the board's time, it goes.
 *
 * @param[in,out] in_size   How many characters there are; how many were taken, which is fewer when
 *                          there was no room for an answer.
 * @param[in,out] out_size  Room for answers; how many bytes there are.
 * @return NULL; or why the connection has to end.
 */
const char *vboard_bitbang(
	struct vboard *board, const uint8_t *in, size_t *in_size, uint8_t *out, size_t *out_size);
void vboard_bitbang_open(struct vboard *board);
void vboard_bitbang_close(struct vboard *board);

/** Let the board run up to @p host_ns with nobody talking to it. */
void vboard_advance(struct vboard *board, uint64_t host_ns);
/** The board's clock. */
uint64_t vboard_now_ns(const struct vboard *board);

/**
 * The probe's SWO endpoint: what the host that has chosen it (DAP_SWO_Transport 2) is to be sent,
 * oldest first. Does not let time pass.
 *
 * @return How many bytes; 0: there are none, or the host reads by DAP_SWO_Data.
 */
size_t vboard_read_swo(struct vboard *board, uint8_t *bytes, size_t size);

/** Exact figures, all since the board was made. */
struct vboard_counters {
	uint64_t packets;
	uint64_t swclk_cycles;
	uint64_t wire_ns;  /* the wire was clocked */
	uint64_t flash_ns; /* a flash controller was busy */
	uint64_t instructions;
};
void vboard_get_counters(const struct vboard *board, struct vboard_counters *counters);

/** Where the firmware's serial output goes. NULL: nowhere. */
void vboard_set_output(struct vboard *board,
	void (*output)(void *payload, const void *data, size_t size), void *payload);

/**
 * Bytes for the firmware's serial port: they arrive one after the other at @p baud, whatever the
 * firmware set; where nobody listens they are lost.
 *
 * @return How many there was room for.
 */
size_t vboard_input(struct vboard *board, const void *bytes, size_t size, uint32_t baud);

/** As dapper_vboard_serve(), with a board that the caller owns; options->board is not looked at. */
dapper_status vboard_serve(
	dapper_context *context, struct vboard *board, const dapper_vboard_serve_options *options);

#endif /* VBOARD_VBOARD_H */
