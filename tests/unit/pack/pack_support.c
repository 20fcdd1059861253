/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/pack/pack_support.h"

#include "support/folder.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

dapper_context *context;
char *folder;

static char log_text[4096];
static size_t log_count;

static void on_line(void *payload, dapper_log_topic topic, dapper_log_level level, const char *line)
{
	size_t used = strlen(log_text);

	(void)payload;
	assert_int_equal(topic, DAPPER_LOG_PACK);
	assert_int_equal(level, DAPPER_LOG_WARNING);
	snprintf(log_text + used, sizeof(log_text) - used, "%s\n", line);
	log_count++;
}

int pack_set_up(void **state)
{
	(void)state;
	assert_ok(dapper_context_new(&context));
	log_text[0] = '\0';
	log_count = 0;
	dapper_context_set_log(context, DAPPER_LOG_ALL, DAPPER_LOG_DEBUG, on_line, NULL);
	folder = folder_new();
	return 0;
}

int pack_tear_down(void **state)
{
	(void)state;
	folder_remove(folder);
	context = dapper_context_unref(context);
	return 0;
}

const char *logged(void)
{
	return log_text;
}

size_t logged_lines(void)
{
	return log_count;
}

const char *write_pdsc(const char *families)
{
	size_t size = strlen(families) + 300;
	char *text = malloc(size);

	assert_non_null(text);
	snprintf(text, size,
		"<?xml version=\"1.0\"?><package schemaVersion=\"1.7\"><vendor>Acme</vendor>"
		"<name>Test_DFP</name><releases><release version=\"1.0.0\">First.</release>"
		"</releases><devices>%s</devices></package>",
		families);
	folder_write(folder, "Acme.Test_DFP.pdsc", text, strlen(text));
	free(text);
	return folder_path(folder, "Acme.Test_DFP.pdsc");
}

dapper_pack *open_families(const char *families)
{
	dapper_pack *pack = NULL;
	size_t missing;

	assert_ok(dapper_pack_open(context, write_pdsc(families), &pack));
	assert_ok(dapper_pack_check(context, pack, &missing));
	return pack;
}

const dapper_pack_device *only_device(const dapper_pack *pack)
{
	assert_int_equal(dapper_pack_device_count(pack), 1);
	return dapper_pack_get_device(pack, 0);
}

static char *put(char *at, const char *text)
{
	return at + sprintf(at, "%s", text);
}

void describe_processors(const dapper_pack_device *device, char text[DESCRIPTION_SIZE])
{
	char *at = text;

	*at = '\0';
	for (size_t i = 0; i < device->processor_count; i++) {
		const dapper_pack_processor *processor = &device->processors[i];

		at += sprintf(at, "%s:%s@%u.%u/%s ", processor->name, processor->core,
			processor->dp, processor->ap, processor->svd);
	}
}

void describe_memories(const dapper_pack_device *device, char text[DESCRIPTION_SIZE])
{
	char *at = text;

	*at = '\0';
	for (size_t i = 0; i < device->memory_count; i++) {
		const dapper_pack_memory *memory = &device->memories[i];

		at += sprintf(at, "%s[%s]=%llx+%llx", memory->name, memory->processor,
			(unsigned long long)memory->start, (unsigned long long)memory->size);
		at = put(at, memory->access & DAPPER_ACCESS_READ ? "r" : "");
		at = put(at, memory->access & DAPPER_ACCESS_WRITE ? "w" : "");
		at = put(at, memory->access & DAPPER_ACCESS_EXECUTE ? "x" : "");
		at = put(at, memory->access & DAPPER_ACCESS_SECURE ? "s" : "");
		at = put(at, memory->is_startup || memory->is_default ? "-" : "");
		at = put(at, memory->is_startup ? "s" : "");
		at = put(at, memory->is_default ? "d " : " ");
	}
}

void describe_algorithms(const dapper_pack_device *device, char text[DESCRIPTION_SIZE])
{
	char *at = text;

	*at = '\0';
	for (size_t i = 0; i < device->algorithm_count; i++) {
		const dapper_pack_algorithm *algorithm = &device->algorithms[i];

		at += sprintf(at, "%s[%s]=%llx+%llx@%llx+%llx%s ", algorithm->path,
			algorithm->processor, (unsigned long long)algorithm->start,
			(unsigned long long)algorithm->size,
			(unsigned long long)algorithm->ram_start,
			(unsigned long long)algorithm->ram_size, algorithm->is_default ? "-d" : "");
	}
}
