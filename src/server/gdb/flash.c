/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GDB's `load` into flash: what it erases and writes is collected, and at vFlashDone programmed as
 * `dapper flash` does it: compared first, sectors whose contents are right already left alone.
 */
#include <dapper/plugin/error.h>

#include <stdlib.h>
#include <string.h>

#include "gdb.h"

enum { FLASH_TOTAL_MAX = 64 << 20, BLOCKS_MAX = 4096, FIRST_CAPACITY = 4096 };

void gdb_forget_flash(struct gdb *gdb)
{
	for (size_t i = 0; i < gdb->flash.count; i++)
		free(gdb->flash.blocks[i].data);
	free(gdb->flash.blocks);
	gdb->flash = (struct gdb_flash){ .count = 0 };
}

static struct gdb_flash_block *add_block(struct gdb_flash *flash, uint64_t address)
{
	if (flash->count == BLOCKS_MAX)
		return NULL;
	if (!flash->blocks || flash->count == flash->capacity) {
		size_t capacity = flash->capacity ? 2 * flash->capacity : 16;
		struct gdb_flash_block *blocks = realloc(flash->blocks, capacity * sizeof(*blocks));

		if (!blocks)
			return NULL;
		flash->blocks = blocks;
		flash->capacity = capacity;
	}
	flash->blocks[flash->count] = (struct gdb_flash_block){ .address = address };
	return &flash->blocks[flash->count++];
}

/* vFlashErase:ADDRESS,LENGTH */
void gdb_handle_flash_erase(struct gdb *gdb, struct scan *scan)
{
	struct gdb_flash_block *block;
	uint64_t address, size;

	if (!scan_hex(scan, &address) || !scan_char(scan, ',') || !scan_hex(scan, &size) ||
		size > UINT32_MAX || address > UINT32_MAX) {
		gdb_reply_error(gdb, "address and length are malformed");
		return;
	}
	block = add_block(&gdb->flash, address);
	if (!block) {
		gdb_reply_error(gdb, "too many pieces of flash at once");
		return;
	}
	block->size = (size_t)size;
	gdb_reply(gdb, "OK");
}

static bool append(struct gdb_flash_block *block, const void *data, size_t size)
{
	size_t capacity = block->capacity ? block->capacity : FIRST_CAPACITY;
	uint8_t *bytes = block->data;

	while (capacity < block->size + size)
		capacity *= 2;
	if (capacity != block->capacity)
		bytes = realloc(block->data, capacity);
	if (!bytes)
		return false;
	memcpy(bytes + block->size, data, size);
	block->data = bytes;
	block->capacity = capacity;
	block->size += size;
	return true;
}

/* vFlashWrite:ADDRESS:DATA. What goes on where the last ended makes one block with it. */
void gdb_handle_flash_write(struct gdb *gdb, struct scan *scan)
{
	struct gdb_flash *flash = &gdb->flash;
	struct gdb_flash_block *block = NULL;
	uint64_t address;

	if (!scan_hex(scan, &address) || !scan_char(scan, ':') || address > UINT32_MAX) {
		gdb_reply_error(gdb, "the address is malformed");
		return;
	}
	if (scan_left(scan) > FLASH_TOTAL_MAX - flash->total) {
		gdb_reply_error(gdb, "more than 64 MB to program");
		return;
	}
	if (scan_at_end(scan)) {
		gdb_reply(gdb, "OK");
		return;
	}
	if (flash->count > 0)
		block = &flash->blocks[flash->count - 1];
	if (!block || !block->data || block->address + block->size != address)
		block = add_block(flash, address);
	if (!block || !append(block, scan->at, scan_left(scan))) {
		gdb_reply_error(gdb, "too much flash at once");
		return;
	}
	flash->total += scan_left(scan);
	gdb_reply(gdb, "OK");
}

/* --- vFlashDone -------------------------------------------------------------------------------- */

static void look_at_client(void *payload, dapper_flash_phase phase, uint64_t done, uint64_t total)
{
	struct gdb *gdb = payload;

	(void)phase;
	(void)done;
	(void)total;
	gdb->host.poll(gdb->host.payload);
	if (gdb->is_interrupted)
		dapper_context_cancel(gdb->host.context);
}

static dapper_status make_image(
	struct gdb *gdb, const struct gdb_flash_block *block, dapper_image **image)
{
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;

	options.format = DAPPER_IMAGE_BIN;
	options.has_base_address = true;
	options.base_address = block->address;
	return dapper_image_parse(
		gdb->host.context, "GDB's load", block->data, block->size, &options, image);
}

static dapper_status program_blocks(
	struct gdb *gdb, dapper_image **images, const dapper_flash_options *options)
{
	dapper_status status = DAPPER_OK;
	size_t count = 0;

	for (size_t i = 0; i < gdb->flash.count && status == DAPPER_OK; i++) {
		if (!gdb->flash.blocks[i].data)
			continue;
		status = make_image(gdb, &gdb->flash.blocks[i], &images[count]);
		count += status == DAPPER_OK;
	}
	if (status == DAPPER_OK)
		status = gdb->host.program(gdb->host.session, images, count, options, NULL);
	for (size_t i = 0; i < count; i++)
		dapper_image_free(images[i]);
	return status;
}

static dapper_status program(struct gdb *gdb, const dapper_flash_options *options)
{
	dapper_image **images = calloc(gdb->flash.count, sizeof(dapper_image *));
	dapper_status status;

	if (!images)
		return dapper_fail(DAPPER_ERR_NO_MEMORY, "no memory to program flash");
	status = program_blocks(gdb, images, options);
	free(images);
	return status;
}

/* GDB's `flash-erase`: nothing is written. */
static dapper_status erase(struct gdb *gdb, const dapper_flash_options *options)
{
	for (size_t i = 0; i < gdb->flash.count; i++) {
		const struct gdb_flash_block *block = &gdb->flash.blocks[i];
		dapper_status status = gdb->host.erase(
			gdb->host.session, block->address, block->size, options, NULL);

		if (status != DAPPER_OK)
			return status;
	}
	return DAPPER_OK;
}

/* As the option says, and whether at all. */
static dapper_status reset_before(struct gdb *gdb)
{
	static const struct {
		const char *text;
		dapper_reset_type type;
	} types[] = {
		{ "default", DAPPER_RESET_DEFAULT },
		{ "hardware", DAPPER_RESET_HARDWARE },
		{ "system", DAPPER_RESET_SYSTEM },
	};
	const char *wanted =
		gdb->host.session ? dapper_session_get_option(gdb->host.session, "load.pre_reset")
				  : NULL;

	for (size_t i = 0; wanted && i < GDB_COUNT(types); i++)
		if (strcmp(wanted, types[i].text) == 0)
			return gdb_reset_and_halt(gdb, types[i].type);
	return DAPPER_OK;
}

static dapper_status commit(struct gdb *gdb)
{
	dapper_flash_options options = DAPPER_FLASH_OPTIONS_INIT;
	dapper_status status = reset_before(gdb);

	options.progress = look_at_client;
	options.payload = gdb;
	gdb->is_interrupted = false;
	if (status == DAPPER_OK)
		status = gdb_settle_points(gdb);
	if (status == DAPPER_OK)
		status = gdb->flash.total > 0 ? program(gdb, &options) : erase(gdb, &options);
	/* GDB's Ctrl-C ends this only, not the server. */
	if (gdb->is_interrupted)
		dapper_context_resume(gdb->host.context);
	gdb->is_interrupted = false;
	gdb_forget(gdb);
	/* The algorithm has left its own registers; where GDB starts nothing of it may show. */
	if (status == DAPPER_OK)
		status = gdb_reset_and_halt(gdb, DAPPER_RESET_DEFAULT);
	return status;
}

void gdb_handle_flash_done(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply_status(gdb, gdb->flash.count > 0 ? commit(gdb) : DAPPER_OK);
	gdb_forget_flash(gdb);
}
