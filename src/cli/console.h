/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

/**
 * @file
 * What a program on the target prints: to stdout and stderr as it is, or as JSON events, one a line
 * of text.
 */
#include "output.h"

enum console_source {
	CONSOLE_SEMIHOSTING,
	CONSOLE_STDERR, /**< Semihosting's. */
	CONSOLE_RTT,
	CONSOLE_SERIAL,
	CONSOLE_SOURCES,
};

enum { CONSOLE_LINE = 1024 };

struct console {
	const struct cli *cli;
	/* --json: lines that have not ended yet. */
	struct console_line {
		char text[CONSOLE_LINE];
		size_t length;
	} lines[CONSOLE_SOURCES];
};

void console_init(struct console *console, const struct cli *cli);
void console_put(
	struct console *console, enum console_source source, const void *data, size_t size);
void console_flush(const struct console *console);
/** Show lines that have not ended. */
void console_finish(struct console *console);

#endif /* CLI_CONSOLE_H */
