/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAPPER_VBOARD_H
#define DAPPER_VBOARD_H

#include <dapper/common.h>
#include <dapper/context.h>
#include <dapper/error.h>

DAPPER_BEGIN_DECLS

/**
 * @file
 * The virtual board: a simulated probe and target. To use one in this process, open the probe
 * "virtual:BOARD"; here is what else can be done with them.
 */

/** A board that is built in. */
typedef struct dapper_vboard_info {
	const char *name;        /**< "stm32f407vg" */
	const char *description; /**< One line. */
} dapper_vboard_info;

/** @return Built-in board number @p index; NULL when it is too large. */
DAPPER_API const dapper_vboard_info *dapper_vboard_get_info(size_t index);

/** A file that describes a board (docs/virtual-boards.md, "Writing a board"). */
typedef struct dapper_vboard_file {
	const char *path;
	const char *name;        /**< As for "virtual:NAME"; NULL when the file is no board. */
	const char *description; /**< One line; NULL likewise. */
	/** What is wrong with it, and where; NULL: nothing. */
	const char *problem, *where;
} dapper_vboard_file;

/**
 * Look at the board descriptions that are found by their names alone: *.yaml in `boards` of the
 * working folder and in $XDG_DATA_HOME/dapper/boards (else ~/.local/share/dapper/boards). Files of
 * the first come before those of the second and before built-in boards of the same name.
 *
 * @param each  Told of each one in turn; what @p file points to is gone when it returns.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_vboard_list_files(dapper_context *context,
	void (*each)(void *payload, const dapper_vboard_file *file), void *payload);

/**
 * Check a description: can a board be made of it? As `each` above is told, once; what is wrong is
 * the status, too.
 *
 * @param each  May be NULL.
 * @retval DAPPER_ERR_FILE   It cannot be read.
 * @retval DAPPER_ERR_PARSE  The error says the line.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_vboard_check(dapper_context *context,
	const char *path, void (*each)(void *payload, const dapper_vboard_file *file),
	void *payload);

/** What is plugged into this machine's USB: a mask of CMSIS-DAP interfaces. */
typedef enum dapper_vboard_usb {
	DAPPER_VBOARD_USB_NONE = 0,
	DAPPER_VBOARD_USB_V1 = 1, /**< HID. */
	DAPPER_VBOARD_USB_V2 = 2, /**< Bulk endpoints. */
	DAPPER_VBOARD_USB_BOTH = 3
} dapper_vboard_usb;

typedef struct dapper_vboard_serve_options {
	size_t struct_size;
	const char *board; /**< As behind "virtual:": NAME[,KEY=VALUE]... */
	const char *host;  /**< NULL: 127.0.0.1 only. */
	uint16_t tcp_port; /**< CMSIS-DAP over TCP; 0 lets the system choose. */
	/** Told once when clients may come, with the real port. May be NULL. */
	void (*ready)(void *payload, const char *host, uint16_t tcp_port);
	/** What the firmware writes to its serial port. May be NULL. */
	void (*output)(void *payload, const void *data, size_t size);
	void *payload;
	/** Offer the pins too, by the protocol of OpenOCD's remote_bitbang driver (JTAG and SWD)...
	 */
	bool bitbang;
	uint16_t bitbang_port; /**< ...on this port; 0 lets the system choose. */
	bool no_tcp;           /**< With `bitbang` or `usb`: and not by CMSIS-DAP over TCP. */
	/** As `ready`, for that port. May be NULL. */
	void (*bitbang_ready)(void *payload, const char *host, uint16_t port);
	/**
	 * Plug the board into this machine's USB by Linux's virtual host controller (vhci_hcd): a
	 * composite device with a serial port.
	 */
	dapper_vboard_usb usb;
	/** Told once when it is plugged in, with its serial number. May be NULL. */
	void (*usb_ready)(void *payload, const char *serial);
} dapper_vboard_serve_options;

#define DAPPER_VBOARD_SERVE_OPTIONS_INIT                           \
	{                                                          \
		.struct_size = sizeof(dapper_vboard_serve_options) \
	}

/**
 * Serve a virtual board as CMSIS-DAP over TCP (the framing of OpenOCD's cmsis_dap_tcp back end),
 * or its pins as remote_bitbang, until dapper_context_cancel(). One client at a time, whichever it
 * speaks; others wait in a short queue. The firmware runs in real time, whoever is connected. On USB
 * it is there beside that client.
 *
 * @retval DAPPER_ERR_CANCELLED  The usual end.
 * @retval DAPPER_ERR_NOT_FOUND  No such board, or no such host.
 * @retval DAPPER_ERR_BUSY       Something else has the port.
 * @retval DAPPER_ERR_UNSUPPORTED  USB: this machine has no vhci_hcd.
 * @retval DAPPER_ERR_FILE       USB: only root may.
 */
DAPPER_API DAPPER_MUST_CHECK dapper_status dapper_vboard_serve(
	dapper_context *context, const dapper_vboard_serve_options *options);

DAPPER_END_DECLS

#endif /* DAPPER_VBOARD_H */
