/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include <stdio.h>

static const char *const source_names[CONSOLE_SOURCES] = {
	[CONSOLE_SEMIHOSTING] = "semihosting",
	[CONSOLE_STDERR] = "semihosting-error",
	[CONSOLE_RTT] = "rtt",
	[CONSOLE_SERIAL] = "serial",
};

void console_init(struct console *console, const struct cli *cli)
{
	*console = (struct console){ .cli = cli };
}

/* Bytes that are no UTF-8 are taken for Latin-1: JSON has no other way to say them. */
static json_t *json_text(const char *text, size_t size)
{
	char utf8[2 * CONSOLE_LINE];
	size_t length = 0;
	json_t *json = json_stringn(text, size);

	if (json)
		return json;
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte >= 0x80)
			utf8[length++] = (char)(0xc0 | byte >> 6);
		utf8[length++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte);
	}
	return json_stringn(utf8, length);
}

static void put_event(struct console *console, enum console_source source)
{
	struct console_line *line = &console->lines[source];

	output_json(console->cli,
		json_pack("{s:s, s:s, s:o}", "event", "output", "source", source_names[source],
			"text", json_text(line->text, line->length)));
	line->length = 0;
}

void console_put(struct console *console, enum console_source source, const void *data, size_t size)
{
	struct console_line *line = &console->lines[source];
	const char *text = data;

	if (!console->cli->json) {
		fwrite(data, 1, size, source == CONSOLE_STDERR ? stderr : stdout);
		return;
	}
	for (size_t i = 0; i < size; i++) {
		line->text[line->length++] = text[i];
		if (text[i] == '\n' || line->length == CONSOLE_LINE)
			put_event(console, source);
	}
}

void console_flush(const struct console *console)
{
	(void)console;
	fflush(stdout);
}

void console_finish(struct console *console)
{
	for (size_t i = 0; i < CONSOLE_SOURCES; i++)
		if (console->lines[i].length > 0)
			put_event(console, (enum console_source)i);
	fflush(stdout);
}
