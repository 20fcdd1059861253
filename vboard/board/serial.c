/* SPDX-License-Identifier: Apache-2.0 */
/* The part's serial port: both wires of it, between UART models and whoever is at the other end. */
#include "base/error.h"
#include "vboard/board/state.h"

enum { FRAME_BITS = 10, MIN_BAUD = 300, MAX_BAUD = 12000000 };

void board_output(struct board *board, const void *bytes, size_t size)
{
	if (board->output)
		board->output(board->output_payload, bytes, size);
}

dapper_status board_listen_input(
	struct board *board, void (*receive)(void *model, uint8_t byte), void *model)
{
	struct board_input *input = &board->input;

	if (input->listener_count == INPUT_LISTENERS)
		return dapper_fail(DAPPER_ERR_LIMIT,
			"more than %d serial ports are wired to the board's plug", INPUT_LISTENERS);
	input->listeners[input->listener_count].receive = receive;
	input->listeners[input->listener_count].model = model;
	input->listener_count++;
	return DAPPER_OK;
}

static void frame_ended(void *data)
{
	struct board *board = data;
	struct board_input *input = &board->input;
	uint8_t byte = input->bytes[input->first];

	input->first = (input->first + 1) % INPUT_SIZE;
	input->count--;
	for (size_t i = 0; i < input->listener_count && board->powered; i++)
		input->listeners[i].receive(input->listeners[i].model, byte);
	if (input->count)
		board_arm(board, &input->frame_end, input->frame_end.at_ns + input->frame_ns);
}

size_t serial_input(struct board *board, const void *bytes, size_t size, uint32_t baud)
{
	struct board_input *input = &board->input;
	const uint8_t *from = bytes;
	size_t room = INPUT_SIZE - input->count;

	if (size > room)
		size = room;
	for (size_t i = 0; i < size; i++)
		input->bytes[(input->first + input->count++) % INPUT_SIZE] = from[i];
	baud = baud < MIN_BAUD ? MIN_BAUD : baud > MAX_BAUD ? MAX_BAUD : baud;
	input->frame_ns = FRAME_BITS * NS_PER_S / baud;
	if (input->count && !input->frame_end.armed) {
		input->frame_end.fire = frame_ended;
		input->frame_end.model = board;
		board_arm(board, &input->frame_end, board->now_ns + input->frame_ns);
	}
	return size;
}
