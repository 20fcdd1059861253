/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMSIS_DAP_PROTOCOL_H
#define CMSIS_DAP_PROTOCOL_H

/**
 * @file
 * Numbers of the CMSIS-DAP protocol, by the names of its documentation: "CMSIS-DAP, Interface
 * Firmware for CoreSight Debug Access Port", version 2.1.1, section "CMSIS-DAP Commands".
 */
#include "base/bits.h"

/* Commands: first byte of a request, repeated in the first byte of the answer. */
enum dap_command_id {
	DAP_INFO = 0x00,
	DAP_HOST_STATUS = 0x01,
	DAP_CONNECT = 0x02,
	DAP_DISCONNECT = 0x03,
	DAP_TRANSFER_CONFIGURE = 0x04,
	DAP_TRANSFER = 0x05,
	DAP_TRANSFER_BLOCK = 0x06,
	DAP_WRITE_ABORT = 0x08,
	DAP_SWJ_PINS = 0x10,
	DAP_SWJ_CLOCK = 0x11,
	DAP_SWJ_SEQUENCE = 0x12,
	DAP_SWD_CONFIGURE = 0x13,
	DAP_JTAG_SEQUENCE = 0x14,
	DAP_JTAG_CONFIGURE = 0x15,
	DAP_SWD_SEQUENCE = 0x1d,
	DAP_EXECUTE_COMMANDS = 0x7f,
	/** Instead of the repeated command: the probe does not implement it. */
	DAP_INVALID = 0xff
};

/* DAP_Info: ID of what is asked for. */
enum dap_info_id {
	DAP_INFO_VENDOR = 0x01,
	DAP_INFO_PRODUCT = 0x02,
	DAP_INFO_SERIAL = 0x03,
	DAP_INFO_PROTOCOL_VERSION = 0x04,
	DAP_INFO_FIRMWARE_VERSION = 0x09,
	DAP_INFO_CAPABILITIES = 0xf0,
	DAP_INFO_PACKET_COUNT = 0xfe,
	DAP_INFO_PACKET_SIZE = 0xff
};

/* DAP_Info: capabilities, Info0 in bits 7..0, Info1 in bits 15..8. */
#define DAP_CAPABILITY_SWD            BIT(0)
#define DAP_CAPABILITY_JTAG           BIT(1)
#define DAP_CAPABILITY_SWO_UART       BIT(2)
#define DAP_CAPABILITY_SWO_MANCHESTER BIT(3)
#define DAP_CAPABILITY_ATOMIC         BIT(4)
#define DAP_CAPABILITY_TIMER          BIT(5)
#define DAP_CAPABILITY_SWO_STREAMING  BIT(6)
#define DAP_CAPABILITY_UART           BIT(7)
#define DAP_CAPABILITY_USB_COM        BIT(8)

/* Status byte of most answers. */
#define DAP_STATUS_OK 0x00u

/* DAP_Connect: port asked for and port opened. */
#define DAP_PORT_SWD  1u
#define DAP_PORT_JTAG 2u

/* DAP_SWJ_Pins: bits of pin output, select and input. */
#define DAP_PIN_NRESET BIT(7)

/* DAP_Transfer, DAP_TransferBlock: the transfer request byte. A[3:2] lie in bits 3:2. */
#define DAP_REQUEST_APNDP       BIT(0)
#define DAP_REQUEST_RNW         BIT(1)
#define DAP_REQUEST_A           BITS(3, 2)
#define DAP_REQUEST_VALUE_MATCH BIT(4)
#define DAP_REQUEST_MATCH_MASK  BIT(5)

/* ... and the transfer response byte. */
#define DAP_RESPONSE_ACK            BITS(2, 0)
#define DAP_RESPONSE_PROTOCOL_ERROR BIT(3)
#define DAP_RESPONSE_VALUE_MISMATCH BIT(4)

/* DAP_JTAG_Sequence, DAP_SWD_Sequence: the byte before each run. 64 cycles are written as 0. */
#define DAP_RUN_CYCLES       BITS(5, 0)
#define DAP_RUN_JTAG_TMS     BIT(6)
#define DAP_RUN_JTAG_CAPTURE BIT(7)
#define DAP_RUN_SWD_INPUT    BIT(7)

enum {
	DAP_ACK_OK = 1,
	DAP_ACK_WAIT = 2,
	DAP_ACK_FAULT = 4,

	/* Bytes before the first transfer or word. */
	DAP_TRANSFER_REQUEST_HEADER = 3,
	DAP_TRANSFER_ANSWER_HEADER = 3,
	DAP_BLOCK_REQUEST_HEADER = 5,
	DAP_BLOCK_ANSWER_HEADER = 4,
	DAP_EXECUTE_HEADER = 2,
	DAP_CONFIGURE_REQUEST = 6,
	DAP_WRITE_ABORT_REQUEST = 6,
	DAP_STATUS_ANSWER = 2,

	DAP_TRANSFER_COUNT_MAX = 255, /* transfers of a DAP_Transfer: one byte */
	DAP_SEQUENCE_BITS_MAX = 256,  /* bits of a DAP_SWJ_Sequence */
	DAP_RUN_BITS_MAX = 64,        /* of one run in a DAP_JTAG_Sequence or DAP_SWD_Sequence */
	DAP_RUN_COUNT_MAX = 255,      /* runs in one of them */

	/* What a probe may say of its packets; the smallest one is that of a full-speed HID report.
	 */
	DAP_PACKET_SIZE_MIN = 64,
	DAP_PACKET_SIZE_MAX = 32768,
	DAP_PACKET_COUNT_MAX = 255
};

#endif /* CMSIS_DAP_PROTOCOL_H */
