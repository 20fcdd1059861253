/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_FILES_H
#define VBOARD_BOARD_FILES_H

#include <dapper/error.h>

/**
 * The file that a board's name stands for: itself when it is a path ("./my.yaml"), else NAME.yaml
 * in one of the folders that dapper_vboard_list_files() looks at.
 *
 * @param[out] path  free() it; NULL: there is none, the name is that of a built-in board.
 */
dapper_status board_file_find(const char *name, char **path);

#endif /* VBOARD_BOARD_FILES_H */
