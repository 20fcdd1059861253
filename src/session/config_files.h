/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SESSION_CONFIG_FILES_H
#define SESSION_CONFIG_FILES_H

/**
 * @file
 * Where configuration files are: the user's, and the project's, which is found from the working
 * folder upwards. Nothing is ever written there.
 */
#include "session/options.h"

struct config_files {
	char *user;    /* NULL: there is none */
	char *project; /* NULL: there is none */
	char *folder;  /* of the project: what relative paths in its file are relative to */
};

/**
 * Look for them as the options project_dir, config_file and no_config say.
 *
 * @param[out] files  End it with config_files_finish(), also on failure.
 * @retval DAPPER_ERR_FILE  A folder or file that was named is not there.
 */
dapper_status config_files_find(const struct options *options, struct config_files *files);
void config_files_finish(struct config_files *files);

/** Folder of a file: "a/b" of "a/b/c", "." of "c". New memory. */
char *config_folder_of(const char *path);
/** What a path in a file means: "~/" is the home folder, a relative one begins at @p folder. New
 * memory. */
char *config_resolve(const char *folder, const char *path);

#endif /* SESSION_CONFIG_FILES_H */
