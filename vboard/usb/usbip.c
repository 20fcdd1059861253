/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/usb/usbip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

enum { CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };

/* Offsets in a header; all numbers are big-endian. */
enum {
	HEADER_SIZE = 48,
	AT_COMMAND = 0,
	AT_SEQUENCE = 4,
	AT_DIRECTION = 12, /* 1: to the host */
	AT_ENDPOINT = 16,
	AT_LENGTH = 24,       /* CMD_SUBMIT */
	AT_PACKETS = 32,      /* CMD_SUBMIT: of isochronous transfers */
	AT_SETUP = 40,        /* CMD_SUBMIT */
	AT_UNLINKED = 20,     /* CMD_UNLINK */
	AT_STATUS = 20,       /* RET_: an errno of Linux, negative */
	AT_ACTUAL_LENGTH = 24 /* RET_SUBMIT */
};

enum {
	MAX_TRANSFER = 1 << 20,
	MAX_TRANSFERS = 256,
	CONTROL_ROOM = 256, /* what a control request may write, whatever its length */
	/* The numbers are Linux's in the protocol too. */
	STATUS_STALL = -EPIPE,
	STATUS_BABBLE = -EOVERFLOW,
	STATUS_UNLINKED = -ECONNRESET
};

struct transfer {
	uint32_t sequence;
	uint8_t address; /* of the endpoint */
	uint8_t setup[8];
	uint8_t *data;
	size_t size; /* of data */
	size_t done;
	struct transfer *next;
};

struct vusbip {
	struct vusb_device *device;
	/* What is arriving: a header, then the data of the transfer it made. */
	uint8_t header[HEADER_SIZE];
	size_t header_size;
	struct transfer *arriving;
	size_t arrived;
	/* In the order in which they came. */
	struct transfer *transfers;
	size_t count;
	uint8_t *out;
	size_t out_size, out_capacity;
};

static uint32_t get_be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void put_be32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

struct vusbip *vusbip_new(struct vusb_device *device)
{
	struct vusbip *usbip = xnew(usbip);

	if (usbip)
		usbip->device = device;
	return usbip;
}

static void free_transfer(struct transfer *transfer)
{
	if (!transfer)
		return;
	free(transfer->data);
	free(transfer);
}

void vusbip_free(struct vusbip *usbip)
{
	if (!usbip)
		return;
	while (usbip->transfers) {
		struct transfer *transfer = usbip->transfers;

		usbip->transfers = transfer->next;
		free_transfer(transfer);
	}
	free_transfer(usbip->arriving);
	free(usbip->out);
	free(usbip);
}

/* --- to the host ----------------------------------------------------------------------------- */

static dapper_status put(struct vusbip *usbip, const void *bytes, size_t size)
{
	if (usbip->out_capacity - usbip->out_size < size) {
		size_t capacity = 2 * (usbip->out_size + size);
		uint8_t *out = xrealloc_array(usbip->out, capacity, 1);

		if (!out)
			return FAIL_NO_MEMORY("USB transfers");
		usbip->out = out;
		usbip->out_capacity = capacity;
	}
	memcpy(usbip->out + usbip->out_size, bytes, size);
	usbip->out_size += size;
	return DAPPER_OK;
}

static dapper_status put_return(
	struct vusbip *usbip, uint32_t command, uint32_t sequence, int status, size_t actual_length)
{
	uint8_t header[HEADER_SIZE] = { 0 };

	put_be32(header + AT_COMMAND, command);
	put_be32(header + AT_SEQUENCE, sequence);
	put_be32(header + AT_STATUS, (uint32_t)status);
	put_be32(header + AT_ACTUAL_LENGTH, (uint32_t)actual_length);
	return put(usbip, header, sizeof(header));
}

static bool is_to_host(const struct transfer *transfer)
{
	return transfer->address & 0x80;
}

static dapper_status give_back(struct vusbip *usbip, const struct transfer *transfer, int status)
{
	TRY(put_return(usbip, RET_SUBMIT, transfer->sequence, status, transfer->done));
	return is_to_host(transfer) ? put(usbip, transfer->data, transfer->done) : DAPPER_OK;
}

const uint8_t *vusbip_output(const struct vusbip *usbip, size_t *size)
{
	*size = usbip->out_size;
	return usbip->out;
}

void vusbip_sent(struct vusbip *usbip, size_t size)
{
	usbip->out_size -= size;
	if (usbip->out_size)
		memmove(usbip->out, usbip->out + size, usbip->out_size);
}

/* --- transfers ------------------------------------------------------------------------------- */

static struct transfer *take_out(struct vusbip *usbip, struct transfer **link)
{
	struct transfer *transfer = *link;

	*link = transfer->next;
	usbip->count--;
	return transfer;
}

static enum vusb_result run_control(struct vusbip *usbip, struct transfer *transfer)
{
	const struct vusb_setup setup = {
		.type = transfer->setup[0],
		.request = transfer->setup[1],
		.value = get_le16(transfer->setup + 2),
		.index = get_le16(transfer->setup + 4),
		.length = get_le16(transfer->setup + 6),
	};
	const bool to_host = setup.type & 0x80;
	enum vusb_result result;
	size_t size = 0;

	/* The host's buffer is what wLength says, in the direction that it says. */
	if (setup.length > transfer->size || (setup.length && to_host != is_to_host(transfer)))
		return VUSB_STALL;
	result = vusb_control(usbip->device, &setup, transfer->data, &size);
	transfer->done = to_host ? size : setup.length;
	return result;
}

static enum vusb_result run_transfer(struct vusbip *usbip, struct transfer *transfer)
{
	if (!(transfer->address & 0x7f))
		return run_control(usbip, transfer);
	if (is_to_host(transfer))
		return vusb_in(usbip->device, transfer->address, transfer->data, transfer->size,
			&transfer->done);
	return vusb_out(
		usbip->device, transfer->address, transfer->data, transfer->size, &transfer->done);
}

static int status_of(enum vusb_result result)
{
	switch (result) {
	case VUSB_STALL:
		return STATUS_STALL;
	case VUSB_OVERFLOW:
		return STATUS_BABBLE;
	case VUSB_DONE:
	case VUSB_PENDING:
	case VUSB_GONE:
		break;
	}
	return 0;
}

static dapper_status finish_transfer(
	struct vusbip *usbip, struct transfer *transfer, enum vusb_result result)
{
	dapper_status status;

	/* A refused control transfer moved nothing. */
	if (result != VUSB_DONE && !(transfer->address & 0x7f))
		transfer->done = 0;
	status = give_back(usbip, transfer, status_of(result));
	free_transfer(transfer);
	return status;
}

/* One for each endpoint and direction. */
static uint32_t endpoint_bit(const struct transfer *transfer)
{
	return UINT32_C(1) << ((transfer->address & 0xf) + (is_to_host(transfer) ? 16 : 0));
}

/* @return false: nothing moved. */
static dapper_status run_once(struct vusbip *usbip, bool *moved)
{
	struct transfer **link = &usbip->transfers;
	uint32_t blocked = 0;

	*moved = false;
	while (*link) {
		enum vusb_result result = VUSB_PENDING;

		/* Those of an endpoint go one after the other. */
		if (!(blocked & endpoint_bit(*link)))
			result = run_transfer(usbip, *link);
		if (result == VUSB_GONE)
			return dapper_fail(DAPPER_ERR_PROBE_GONE, "the plug was pulled");
		if (result == VUSB_PENDING) {
			blocked |= endpoint_bit(*link);
			link = &(*link)->next;
			continue;
		}
		*moved = true;
		TRY(finish_transfer(usbip, take_out(usbip, link), result));
	}
	return DAPPER_OK;
}

dapper_status vusbip_run(struct vusbip *usbip)
{
	bool moved = true;

	/* An answer that was fetched makes room for a request. */
	while (moved)
		TRY(run_once(usbip, &moved));
	return DAPPER_OK;
}

/* --- from the host --------------------------------------------------------------------------- */

static void append(struct vusbip *usbip, struct transfer *transfer)
{
	struct transfer **link = &usbip->transfers;

	while (*link)
		link = &(*link)->next;
	*link = transfer;
	usbip->count++;
}

/* What came in already of a transfer to the host is given back with it: RET_UNLINK has no data. */
static dapper_status unlink_transfer(struct vusbip *usbip, const uint8_t *header)
{
	const uint32_t sequence = get_be32(header + AT_SEQUENCE);
	struct transfer **link = &usbip->transfers;
	struct transfer *transfer;
	dapper_status status = DAPPER_OK;
	bool is_partial;

	while (*link && (*link)->sequence != get_be32(header + AT_UNLINKED))
		link = &(*link)->next;
	if (!*link) /* done meanwhile */
		return put_return(usbip, RET_UNLINK, sequence, 0, 0);
	transfer = take_out(usbip, link);
	is_partial = transfer->done && is_to_host(transfer);
	if (is_partial)
		status = give_back(usbip, transfer, STATUS_UNLINKED);
	free_transfer(transfer);
	TRY(status);
	return put_return(usbip, RET_UNLINK, sequence, is_partial ? 0 : STATUS_UNLINKED, 0);
}

static dapper_status check_submit(const struct vusbip *usbip, const uint8_t *header)
{
	const uint32_t packets = get_be32(header + AT_PACKETS);

	if (get_be32(header + AT_ENDPOINT) > 15 || get_be32(header + AT_DIRECTION) > 1)
		return dapper_fail(DAPPER_ERR_PARSE, "USB/IP: no such endpoint");
	/* Linux sends 0 or, as the protocol's page has it, all ones. */
	if (packets && packets != UINT32_MAX)
		return dapper_fail(DAPPER_ERR_PARSE, "USB/IP: an isochronous transfer");
	if (get_be32(header + AT_LENGTH) > MAX_TRANSFER || usbip->count >= MAX_TRANSFERS)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"USB/IP: a transfer of %u bytes beside %zu others",
			(unsigned)get_be32(header + AT_LENGTH), usbip->count);
	return DAPPER_OK;
}

static dapper_status submit_transfer(struct vusbip *usbip, const uint8_t *header)
{
	struct transfer *transfer;
	size_t room;

	TRY(check_submit(usbip, header));
	transfer = xnew(transfer);
	if (!transfer)
		return FAIL_NO_MEMORY("a USB transfer");
	transfer->sequence = get_be32(header + AT_SEQUENCE);
	transfer->address =
		(uint8_t)(get_be32(header + AT_ENDPOINT) | get_be32(header + AT_DIRECTION) << 7);
	transfer->size = get_be32(header + AT_LENGTH);
	memcpy(transfer->setup, header + AT_SETUP, sizeof(transfer->setup));
	room = transfer->size > CONTROL_ROOM ? transfer->size : CONTROL_ROOM;
	transfer->data = xcalloc(room, 1);
	if (!transfer->data) {
		free_transfer(transfer);
		return FAIL_NO_MEMORY("a USB transfer");
	}
	if (is_to_host(transfer) || !transfer->size) {
		append(usbip, transfer);
		return DAPPER_OK;
	}
	usbip->arriving = transfer;
	usbip->arrived = 0;
	return DAPPER_OK;
}

static dapper_status take_header(struct vusbip *usbip)
{
	const uint8_t *header = usbip->header;

	switch (get_be32(header + AT_COMMAND)) {
	case CMD_SUBMIT:
		return submit_transfer(usbip, header);
	case CMD_UNLINK:
		return unlink_transfer(usbip, header);
	default:
		return dapper_fail(DAPPER_ERR_PARSE, "USB/IP: command 0x%08x is unknown",
			(unsigned)get_be32(header + AT_COMMAND));
	}
}

/* Fill @p to up to @p wanted bytes. @return How many were used. */
static size_t fill(uint8_t *to, size_t *have, size_t wanted, const uint8_t *bytes, size_t size)
{
	size_t part = wanted - *have < size ? wanted - *have : size;

	memcpy(to + *have, bytes, part);
	*have += part;
	return part;
}

dapper_status vusbip_feed(struct vusbip *usbip, const uint8_t *bytes, size_t size)
{
	while (size) {
		struct transfer *arriving = usbip->arriving;
		size_t used;

		if (arriving) {
			used = fill(arriving->data, &usbip->arrived, arriving->size, bytes, size);
			if (usbip->arrived == arriving->size) {
				usbip->arriving = NULL;
				append(usbip, arriving);
			}
		} else {
			used = fill(usbip->header, &usbip->header_size, HEADER_SIZE, bytes, size);
			if (usbip->header_size == HEADER_SIZE) {
				usbip->header_size = 0;
				TRY(take_header(usbip));
			}
		}
		bytes += used;
		size -= used;
	}
	return DAPPER_OK;
}
