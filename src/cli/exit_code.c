/* SPDX-License-Identifier: Apache-2.0 */
#include "exit_code.h"

static const struct {
	dapper_status status;
	enum exit_code code;
} codes[] = {
	{ DAPPER_OK, EXIT_OK },
	{ DAPPER_ERR_INVALID, EXIT_USAGE },
	{ DAPPER_ERR_NOT_FOUND, EXIT_USAGE },
	{ DAPPER_ERR_AMBIGUOUS, EXIT_USAGE },
	{ DAPPER_ERR_CANCELLED, EXIT_CANCELLED },
	{ DAPPER_ERR_BUSY, EXIT_PROBE },
	{ DAPPER_ERR_PROBE_IO, EXIT_PROBE },
	{ DAPPER_ERR_PROBE_GONE, EXIT_PROBE },
	{ DAPPER_ERR_NO_PROBE, EXIT_PROBE },
	{ DAPPER_ERR_PROBE_PROTOCOL, EXIT_PROBE },
	{ DAPPER_ERR_NO_ACK, EXIT_CONNECT },
	{ DAPPER_ERR_POWER, EXIT_CONNECT },
	{ DAPPER_ERR_LOCKED, EXIT_CONNECT },
	{ DAPPER_ERR_NO_CORE, EXIT_CONNECT },
	{ DAPPER_ERR_FLASH_ALGORITHM, EXIT_FLASH },
	{ DAPPER_ERR_NO_ALGORITHM, EXIT_FLASH },
	{ DAPPER_ERR_NO_REGION, EXIT_FLASH },
	{ DAPPER_ERR_VERIFY, EXIT_VERIFY },
	{ DAPPER_ERR_FILE, EXIT_INPUT },
	{ DAPPER_ERR_PARSE, EXIT_INPUT },
	{ DAPPER_ERR_LIMIT, EXIT_INPUT },
};

enum exit_code exit_code_for(dapper_status status)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].status == status)
			return codes[i].code;
	return EXIT_FAILED;
}
