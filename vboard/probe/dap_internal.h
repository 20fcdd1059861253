/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_DAP_INTERNAL_H
#define VBOARD_PROBE_DAP_INTERNAL_H

/**
 * @file
 * What the files of the command processor share. Packets are only touched through a reader and a
 * writer, which never leave them: past the end a reader gives 0 and a writer drops, and both
 * remember it.
 */
#include "base/bits.h"
#include "base/bytes.h"
#include "vboard/probe/dap.h"

/* Response status (CMSIS-DAP 2.1.1, "Response Status"). */
enum { DAP_OK = 0, DAP_ERROR = 0xff };

struct dap_reader {
	const uint8_t *data;
	size_t size;
	size_t at;
	bool short_of_data;
};

struct dap_writer {
	uint8_t *data;
	size_t capacity;
	size_t size;
	bool overflow;
};

/** The next @p size bytes, or NULL. */
const uint8_t *dap_read(struct dap_reader *in, size_t size);
uint8_t dap_read_byte(struct dap_reader *in);
uint16_t dap_read_short(struct dap_reader *in);
uint32_t dap_read_word(struct dap_reader *in);

/** Room for @p size bytes, or NULL. */
uint8_t *dap_write(struct dap_writer *out, size_t size);
void dap_write_byte(struct dap_writer *out, uint8_t value);
void dap_write_word(struct dap_writer *out, uint32_t value);

/**
 * One command. Its ID is read and its answer's ID written already.
 *
 * @return false: malformed, or not to be done; the answer becomes ID, DAP_ERROR.
 */
typedef bool (*dap_handler)(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);

/* dap_info.c */
bool dap_info(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
/* dap_swj.c */
bool dap_connect(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_disconnect(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swj_pins(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swj_clock(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swj_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swd_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swd_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
/* dap_jtag.c */
bool dap_jtag_sequence(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_jtag_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_jtag_idcode(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
/* dap_transfer.c */
bool dap_transfer_configure(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_transfer(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_transfer_block(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_write_abort(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);

/* dap_swo.c */
void dap_swo_init(struct vdap *dap);
bool dap_swo_transport(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_mode(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_baudrate(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_control(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_status(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_data(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);
bool dap_swo_extended_status(struct vdap *dap, struct dap_reader *in, struct dap_writer *out);

#endif /* VBOARD_PROBE_DAP_INTERNAL_H */
