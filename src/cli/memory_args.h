/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MEMORY_ARGS_H
#define CLI_MEMORY_ARGS_H

#include <stdbool.h>
#include <stdint.h>

/** "ADDR+LEN", as `erase --sector` takes. */
bool parse_range(const char *text, uint64_t *address, uint64_t *size);

/** "8", "16", "32" -> bytes of an access; NULL or "auto" -> 0. false: something else. */
bool parse_width(const char *text, unsigned *bytes);

#endif /* CLI_MEMORY_ARGS_H */
