/* SPDX-License-Identifier: Apache-2.0 */
/* General queries and settings: q and Q packets (E.4). */
#include <stdlib.h>

#include "gdb.h"

/* --- features ---------------------------------------------------------------------------------- */

static void take_feature(struct gdb *gdb, struct scan *scan)
{
	static const struct {
		const char *name;
		size_t offset;
	} features[] = {
		{ "error-message+", offsetof(struct gdb, has_error_texts) },
		{ "swbreak+", offsetof(struct gdb, reports_swbreak) },
		{ "hwbreak+", offsetof(struct gdb, reports_hwbreak) },
	};

	for (size_t i = 0; i < GDB_COUNT(features); i++)
		if (scan_word(scan, features[i].name))
			*(bool *)((char *)gdb + features[i].offset) = true;
	while (!scan_at_end(scan) && !scan_char(scan, ';'))
		scan->at++;
}

static void query_supported(struct gdb *gdb, struct scan *scan)
{
	(void)scan_char(scan, ':');
	while (!scan_at_end(scan))
		take_feature(gdb, scan);
	gdb_reply(gdb, "");
	text_put_format(&gdb->reply, "PacketSize=%x", RSP_PACKET_SIZE - 1);
	text_put_string(&gdb->reply,
		";QStartNoAckMode+;qXfer:features:read+;qXfer:memory-map:read+;qXfer:threads:read+"
		";swbreak+;hwbreak+;vContSupported+;binary-upload+;error-message+");
}

/* --- documents --------------------------------------------------------------------------------- */

enum { DOCUMENT_SIZE = 0x10000 };

/* "OFFSET,LENGTH": 'm' with a part, 'l' with the last (E.4, qXfer object read). */
static void reply_part(struct gdb *gdb, struct scan *scan, const struct text *document)
{
	const size_t room = RSP_PACKET_SIZE - 2;
	uint64_t offset, length;
	size_t left;

	if (!scan_hex(scan, &offset) || !scan_char(scan, ',') || !scan_hex(scan, &length)) {
		gdb_reply_error(gdb, "offset and length are malformed");
		return;
	}
	if (offset > document->size) {
		gdb_reply_error(gdb, "the offset is beyond the end");
		return;
	}
	left = document->size - (size_t)offset;
	length = length < room ? length : room;
	gdb_reply(gdb, left > length ? "m" : "l");
	text_put(&gdb->reply, document->data + offset, left > length ? (size_t)length : left);
}

static void reply_document(
	struct gdb *gdb, struct scan *scan, void (*put)(struct gdb *gdb, struct text *xml))
{
	struct text document = { .data = malloc(DOCUMENT_SIZE + 1), .capacity = DOCUMENT_SIZE };

	if (!document.data) {
		gdb_reply_error(gdb, "out of memory");
		return;
	}
	text_clear(&document);
	put(gdb, &document);
	if (document.is_cut)
		gdb_reply_error(gdb, "the document is too long");
	else
		reply_part(gdb, scan, &document);
	free(document.data);
}

static void query_features(struct gdb *gdb, struct scan *scan)
{
	if (scan_word(scan, "target.xml:"))
		reply_document(gdb, scan, gdb_put_target_xml);
	else
		gdb_reply(gdb, "E00");
}

static void query_memory_map(struct gdb *gdb, struct scan *scan)
{
	reply_document(gdb, scan, gdb_put_memory_map);
}

static void query_threads(struct gdb *gdb, struct scan *scan)
{
	reply_document(gdb, scan, gdb_put_threads);
}

/* --- threads ----------------------------------------------------------------------------------- */

static void query_current_thread(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "QC");
	text_put_format(&gdb->reply, "%zx", gdb->selected + 1);
}

static void query_first_threads(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "m");
	for (size_t i = 0; i < gdb->core_count; i++)
		text_put_format(&gdb->reply, i == 0 ? "%zx" : ",%zx", i + 1);
}

static void query_more_threads(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "l");
}

static void query_thread_text(struct gdb *gdb, struct scan *scan)
{
	const struct gdb_core *core = gdb_find_core(gdb, scan);
	char bytes[128];
	struct text text = { .data = bytes, .capacity = sizeof(bytes) - 1 };

	if (!core) {
		gdb_reply_error(gdb, "no such thread");
		return;
	}
	text_clear(&text);
	text_put_string(&text, dapper_node_get_name(dapper_target_get_node(core->target)));
	text_put_string(&text, core->is_running ? ", running" : ", halted");
	gdb_reply(gdb, "");
	text_put_hex(&gdb->reply, text.data, text.size);
}

/* --- others ------------------------------------------------------------------------------------ */

static void answer_ok(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "OK");
}

/* There was a program before the debugger came: do not kill it on the way out. */
static void query_attached(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "1");
}

static void query_offsets(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb_reply(gdb, "Text=0;Data=0;Bss=0");
}

void gdb_handle_query(struct gdb *gdb, struct scan *scan)
{
	static const struct gdb_packet queries[] = {
		{ "Attached", query_attached },
		{ "C", query_current_thread },
		{ "CRC:", gdb_handle_crc },
		{ "Offsets", query_offsets },
		{ "Rcmd,", gdb_handle_monitor },
		{ "Search:memory:", gdb_handle_search },
		{ "Supported", query_supported },
		{ "Symbol:", answer_ok }, /* no symbols are wanted */
		{ "ThreadExtraInfo,", query_thread_text },
		{ "Xfer:features:read:", query_features },
		{ "Xfer:memory-map:read::", query_memory_map },
		{ "Xfer:threads:read::", query_threads },
		{ "fThreadInfo", query_first_threads },
		{ "sThreadInfo", query_more_threads },
	};
	struct scan whole = *scan;

	/* qC stands alone; other queries that begin so are others. */
	if (scan_word(&whole, "C") && !scan_at_end(&whole) && !scan_word(&whole, "RC:")) {
		gdb_reply(gdb, "");
		return;
	}
	if (!gdb_dispatch(gdb, queries, GDB_COUNT(queries), scan))
		gdb_reply(gdb, "");
}

static void set_no_ack(struct gdb *gdb, struct scan *scan)
{
	(void)scan;
	gdb->wants_no_ack = true;
	gdb_reply(gdb, "OK");
}

void gdb_handle_set(struct gdb *gdb, struct scan *scan)
{
	static const struct gdb_packet settings[] = {
		{ "NonStop:0", answer_ok },
		{ "StartNoAckMode", set_no_ack },
	};

	if (!gdb_dispatch(gdb, settings, GDB_COUNT(settings), scan))
		gdb_reply(gdb, "");
}
