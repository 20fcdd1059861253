/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

#include <dapper/error.h>

/** What the process ends with. Documented in README.md and `dapper --help`; never renumbered. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,     /**< The operation failed on the target. */
	EXIT_USAGE = 2,      /**< The command line, an option or a name is wrong. */
	EXIT_PROBE = 3,      /**< No probe, or it does not answer. */
	EXIT_CONNECT = 4,    /**< The probe works, the target does not answer. */
	EXIT_FLASH = 5,      /**< Erasing or programming failed. */
	EXIT_VERIFY = 6,     /**< The target's contents differ from what they should be. */
	EXIT_INPUT = 7,      /**< A file cannot be read or is malformed. */
	EXIT_TIMEOUT = 124,  /**< `dapper run --timeout`: the program still runs. */
	EXIT_CANCELLED = 130 /**< Ctrl-C, as shells report it. */
};

/** The exit code for a failed call. */
enum exit_code exit_code_for(dapper_status status);

#endif /* CLI_EXIT_CODE_H */
