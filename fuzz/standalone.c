/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over every file of the folder named: the corpus as a plain test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *folder, const char *name)
{
	static uint8_t data[1 << 20];
	char path[1024];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return EXIT_FAILURE;
	}
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	int result = EXIT_SUCCESS;
	int count = 0;

	if (!folder) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return EXIT_FAILURE;
	}
	while (result == EXIT_SUCCESS && (entry = readdir(folder)))
		if (entry->d_name[0] != '.') {
			result = run_file(argv[1], entry->d_name);
			count++;
		}
	closedir(folder);
	printf("%d inputs\n", count);
	return count ? result : EXIT_FAILURE;
}
