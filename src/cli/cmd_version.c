/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <dapper/dapper.h>

int cmd_version(int argc, char **argv);

int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("dapper %s\n", dapper_version());
	return 0;
}
