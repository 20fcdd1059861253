/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FOLDER_H
#define SUPPORT_FOLDER_H

/**
 * @file
 * Folders and zip archives that a test makes for itself and that are gone after it.
 */
#include <stddef.h>

/** A new empty folder. @return Its path; free() it after folder_remove(). */
char *folder_new(void);
/** Remove it with all that is in it, and free the path. */
void folder_remove(char *folder);
/** Path of something in it. Static storage, good for eight calls. */
const char *folder_path(const char *folder, const char *name);
/** Write a file there; folders on the way are made. */
void folder_write(const char *folder, const char *name, const void *data, size_t size);

/** A file for an archive. */
struct archived {
	const char *name;
	const char *text; /**< NULL: a folder. */
};
/** Write a zip archive of some texts. */
void folder_zip(const char *path, const struct archived *files, size_t count);
/** Write a zip archive of a whole folder tree, below @p prefix in the archive. */
void folder_zip_tree(const char *path, const char *tree, const char *prefix);

#endif /* SUPPORT_FOLDER_H */
