/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "pack/pack.h"
#include "support/folder.h"
#include "unit/pack/pack_support.h"

#define FAMILY                                                                           \
	"<family Dfamily='F1 Series' Dvendor='Acme:1'><processor Dcore='Cortex-M3'/>"    \
	"<debug svd='SVD\\f1.svd'/><memory id='IROM1' start='0' size='0x1000'/>"         \
	"<algorithm name='Flash\\F1.FLM' start='0' size='0x1000' default='1'/>"          \
	"<sequences><sequence name='S'/></sequences>"                                    \
	"<device Dname='F1-10'><variant Dvariant='F1-10A'/><variant Dvariant='F1-10B'/>" \
	"</device><device Dname='F1_20'/></family>"

#define PDSC                                                                                  \
	"<package><vendor>Acme</vendor><name>F1_DFP</name><releases><release version='2.0'/>" \
	"</releases><devices>" FAMILY "</devices></package>"

static const struct archived pack_files[] = {
	{ "Acme.F1_DFP.pdsc", PDSC },
	{ "Flash/", NULL },
	{ "Flash/F1.FLM", "algorithm" },
	{ "SVD/F1.svd", "registers" },
};

static const char *unpacked(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pack_files); i++) {
		const char *text = pack_files[i].text;

		if (text)
			folder_write(folder, pack_files[i].name, text, strlen(text));
	}
	return folder;
}

static const char *packed(void)
{
	const char *path = folder_path(folder, "Acme.F1_DFP.2.0.pack");

	folder_zip(path, pack_files, ARRAY_SIZE(pack_files));
	return path;
}

/* What is the same however the pack is stored. */
static void check_pack(const char *path)
{
	const dapper_pack_device *device;
	dapper_pack *pack = NULL;
	uint8_t *data;
	size_t size;

	assert_ok(dapper_pack_open(context, path, &pack));
	assert_string_equal(dapper_pack_get_vendor(pack), "Acme");
	assert_string_equal(dapper_pack_get_name(pack), "F1_DFP");
	assert_string_equal(dapper_pack_get_version(pack), "2.0");
	assert_string_equal(dapper_pack_get_path(pack), path);
	assert_int_equal(dapper_pack_device_count(pack), 3);
	assert_string_equal(dapper_pack_get_device(pack, 0)->name, "F1-10A");
	assert_string_equal(dapper_pack_get_device(pack, 1)->name, "F1-10B");
	device = dapper_pack_get_device(pack, 2);
	assert_string_equal(device->name, "F1_20");
	assert_string_equal(device->family, "F1 Series");
	assert_string_equal(device->vendor, "Acme");
	assert_string_equal(device->sub_family, "");
	assert_null(dapper_pack_get_device(pack, 3));

	assert_string_equal(device->algorithms[0].path, "Flash/F1.FLM");
	assert_true(dapper_pack_has_file(pack, device->algorithms[0].path));
	assert_ok(dapper_pack_read_file(pack, device->algorithms[0].path, &data, &size));
	assert_int_equal(size, 9);
	assert_string_equal((const char *)data, "algorithm");
	free(data);
	/* As the PDSC writes it: other slash, other case. */
	assert_ok(dapper_pack_read_file(pack, "SVD\\f1.svd", &data, &size));
	assert_string_equal((const char *)data, "registers");
	free(data);
	assert_false(dapper_pack_has_file(pack, "SVD"));
	assert_false(dapper_pack_has_file(pack, "Flash/"));
	assert_false(dapper_pack_has_file(pack, "SVD/f2.svd"));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_pack_read_file(pack, "x", &data, &size));
	assert_message("no file 'x' in the pack");
	assert_fails(DAPPER_ERR_INVALID,
		dapper_pack_read_file(pack, "SVD/../../../etc/passwd", &data, &size));
	assert_message("leads out of the pack");
	assert_fails(
		DAPPER_ERR_INVALID, dapper_pack_read_file(pack, "\\etc\\passwd", &data, &size));
	assert_false(dapper_pack_has_file(pack, "/etc/passwd"));
	assert_false(dapper_pack_has_file(pack, "Flash/../Flash/F1.FLM"));
	assert_string_equal(logged(), "");
	dapper_pack_close(pack);
}

static void dapper_pack_open__takes_a_folder(void **state)
{
	(void)state;
	check_pack(unpacked());
}

static void dapper_pack_open__takes_a_folder_with_a_slash(void **state)
{
	(void)state;
	unpacked();
	check_pack(folder_path(folder, ""));
}

static void dapper_pack_open__takes_a_pdsc(void **state)
{
	(void)state;
	unpacked();
	check_pack(folder_path(folder, "Acme.F1_DFP.pdsc"));
}

static void dapper_pack_open__takes_a_pdsc_in_the_current_folder(void **state)
{
	char before[1024];

	(void)state;
	unpacked();
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	check_pack("Acme.F1_DFP.pdsc");
	assert_int_equal(chdir(before), 0);
}

static void dapper_pack_open__takes_an_archive(void **state)
{
	(void)state;
	check_pack(packed());
}

static void dapper_pack_open__takes_an_archive_of_the_folder_itself(void **state)
{
	char *other = folder_new();

	(void)state;
	unpacked();
	folder_zip_tree(folder_path(other, "F1.zip"), folder, "Acme.F1_DFP/");
	check_pack(folder_path(other, "F1.zip"));
	folder_remove(other);
}

static void dapper_pack_open__keeps_what_it_does_not_interpret(void **state)
{
	const struct pdsc_scope *scope;
	dapper_pack *pack = NULL;

	(void)state;
	assert_ok(dapper_pack_open(context, packed(), &pack));
	scope = pack_device_get_scope(dapper_pack_get_device(pack, 0));
	assert_int_equal(scope->level, PDSC_VARIANT);
	scope = scope->parent->parent;
	assert_string_equal(scope->name, "F1 Series");
	for (const struct pdsc_element *element = scope->first_element;; element = element->next) {
		assert_non_null(element);
		if (strcmp(element->name, "sequences") == 0) {
			assert_string_equal(pdsc_get_attribute(element->first_child, "name"), "S");
			break;
		}
	}
	dapper_pack_close(pack);
}

static void dapper_pack_check__warns_once_of_each_missing_file(void **state)
{
	dapper_pack *pack;

	(void)state;
	pack = open_families(FAMILY);
	assert_int_equal(logged_lines(), 2);
	assert_non_null(
		strstr(logged(), "Acme.Test_DFP.pdsc names 'SVD/f1.svd', which is not there"));
	assert_non_null(strstr(logged(), "names 'Flash/F1.FLM', which is not there"));
	dapper_pack_close(pack);
}

static void dapper_pack_open__takes_a_pack_without_devices(void **state)
{
	const dapper_pack_device *device;
	dapper_pack *pack;

	(void)state;
	pack = open_families("");
	assert_int_equal(dapper_pack_device_count(pack), 0);
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_pack_find_device(pack, "x", &device));
	assert_non_null(
		strstr(dapper_error_last()->hint, "there are no devices in the packs given"));
	dapper_pack_close(pack);
}

/* ---- finding ---- */

static const struct find_row {
	const char *what;
	const char *typed;
	const char *found;
	dapper_status status;
	const char *hint;
} find_rows[] = {
	{ "dapper_pack_find_device__finds_the_device_of_variants", "F1-10", .found = "F1-10" },
	{ "dapper_pack_find_device__finds_a_variant", "f1_10b", .found = "F1-10B" },
	{ "dapper_pack_find_device__prefers_the_device_to_its_variants", "f1-1", .found = "F1-10" },
	{ "dapper_pack_find_device__takes_a_prefix", "F1-2", .found = "F1_20" },
	{ "dapper_pack_find_device__names_those_that_fit", "f1", .status = DAPPER_ERR_AMBIGUOUS,
		.hint = "say which: 'F1_20' or 'F1-10'" },
	{ "dapper_pack_find_device__names_the_nearest", "F2-10b", .status = DAPPER_ERR_NOT_FOUND,
		.hint = "did you mean 'F1-10B', 'F1-10A' or 'F1-10'?" },
	{ "dapper_pack_find_device__doubts_the_pack", "stm32", .status = DAPPER_ERR_NOT_FOUND,
		.hint = "none of the 4 devices of the packs has such a name; is it the right "
			"pack?" },
};

static void find_device__row(void **state)
{
	const struct find_row *row = *state;
	const dapper_pack_device *device = NULL;
	dapper_pack *pack = NULL;

	pack_set_up(state);
	assert_ok(dapper_pack_open(context, packed(), &pack));
	if (row->status == DAPPER_OK) {
		assert_ok(dapper_pack_find_device(pack, row->typed, &device));
		assert_string_equal(device->name, row->found);
		assert_int_equal(device->memory_count, 1);
	} else {
		assert_fails(row->status, dapper_pack_find_device(pack, row->typed, &device));
		assert_string_equal(dapper_error_last()->hint, row->hint);
		assert_null(device);
	}
	dapper_pack_close(pack);
	pack_tear_down(state);
}

static void dapper_packs_find_device__looks_in_all(void **state)
{
	const dapper_pack_device *device = NULL;
	dapper_pack *packs[3] = { NULL };
	dapper_pack *found = NULL;

	(void)state;
	packs[0] = open_families("");
	packs[1] = open_families("<family><device Dname='G1'/><device Dname='F1_20'/></family>");
	assert_ok(dapper_pack_open(context, packed(), &packs[2]));

	assert_ok(dapper_packs_find_device(packs, 3, "g", &found, &device));
	assert_ptr_equal(found, packs[1]);
	assert_string_equal(device->name, "G1");
	/* The parent relation holds behind other packs, too. */
	assert_ok(dapper_packs_find_device(packs, 3, "f1-1", &found, &device));
	assert_ptr_equal(found, packs[2]);
	assert_string_equal(device->name, "F1-10");
	/* Of two that know it, the first. */
	assert_ok(dapper_packs_find_device(packs, 3, "f1_20", &found, &device));
	assert_ptr_equal(found, packs[1]);
	assert_fails(DAPPER_ERR_AMBIGUOUS, dapper_packs_find_device(packs, 3, "f1", NULL, NULL));
	assert_fails(DAPPER_ERR_NOT_FOUND, dapper_packs_find_device(packs, 0, "f1", NULL, NULL));
	for (size_t i = 0; i < 3; i++)
		dapper_pack_close(packs[i]);
}

/* ---- hostile and broken ---- */

static void refuse(dapper_status status, const char *path, const char *message)
{
	dapper_pack *pack = NULL;

	assert_fails(status, dapper_pack_open(context, path, &pack));
	assert_message(message);
	assert_null(pack);
}

static void dapper_pack_open__names_two_descriptions(void **state)
{
	static const struct archived two[] = { { "B.pdsc", PDSC }, { "A.PDSC", PDSC } };
	const char *path = folder_path(folder, "two.pack");

	(void)state;
	folder_zip(path, two, 2);
	refuse(DAPPER_ERR_AMBIGUOUS, path, "more than one pack description: 'A.PDSC' and 'B.pdsc'");
	folder_write(folder, "B.pdsc", PDSC, strlen(PDSC));
	folder_write(folder, "A.PDSC", PDSC, strlen(PDSC));
	refuse(DAPPER_ERR_AMBIGUOUS, folder,
		"more than one pack description: 'A.PDSC' and 'B.pdsc'");
	assert_string_equal(dapper_error_last()->hint, "give the path of the .pdsc itself");
}

static void dapper_pack_open__prefers_the_description_in_the_root(void **state)
{
	static const struct archived files[] = {
		{ "x/B.pdsc", "<not/>" },
		{ "y/C.pdsc", "<not/>" },
		{ "A.pdsc", PDSC },
		{ "z/z/D.pdsc", "<not/>" },
	};
	const char *path = folder_path(folder, "a.pack");
	dapper_pack *pack = NULL;

	(void)state;
	folder_zip(path, files, ARRAY_SIZE(files));
	assert_ok(dapper_pack_open(context, path, &pack));
	dapper_pack_close(pack);
}

static void dapper_pack_open__wants_a_description(void **state)
{
	static const struct archived file = { "readme.txt", "x" };
	const char *path = folder_path(folder, "a.pack");

	(void)state;
	refuse(DAPPER_ERR_PARSE, folder, "is not a pack: no .pdsc file in it");
	folder_zip(path, &file, 1);
	refuse(DAPPER_ERR_PARSE, path, "is not a pack: no .pdsc file in it");
	refuse(DAPPER_ERR_FILE, folder_path(folder, "b.pack"), "cannot open pack");
}

static void dapper_pack_open__refuses_what_is_neither_file_nor_folder(void **state)
{
	const char *path = folder_path(folder, "pipe.pdsc");

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse(DAPPER_ERR_FILE, path, "is neither a regular file nor a folder");
}

static void dapper_pack_open__survives_every_truncation(void **state)
{
	dapper_pack *pack = NULL;
	const char *path;
	uint8_t *data;
	size_t size;

	(void)state;
	path = packed();
	assert_ok(file_read(path, 1 << 16, &data, &size));
	for (size_t cut = 0; cut < size; cut += 3) {
		folder_write(folder, "cut.pack", data, cut);
		assert_fails(DAPPER_ERR_PARSE,
			dapper_pack_open(context, folder_path(folder, "cut.pack"), &pack));
	}
	free(data);
	for (size_t cut = 0; cut < strlen(PDSC); cut += 5) {
		folder_write(folder, "cut.pdsc", PDSC, cut);
		assert_fails(DAPPER_ERR_PARSE,
			dapper_pack_open(context, folder_path(folder, "cut.pdsc"), &pack));
	}
}

static void dapper_pack_open__refuses_names_that_lead_out(void **state)
{
	static const struct archived files[] = { { "A.pdsc", PDSC }, { "../../evil", "x" } };
	const char *path = folder_path(folder, "a.pack");

	(void)state;
	folder_zip(path, files, 2);
	refuse(DAPPER_ERR_PARSE, path, "whose name leads out of it");
}

static void dapper_pack_open__refuses_billion_laughs(void **state)
{
	static const char text[] = "<!DOCTYPE package [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
				   "<package><vendor>&b;</vendor></package>";

	(void)state;
	folder_write(folder, "a.pdsc", text, strlen(text));
	refuse(DAPPER_ERR_PARSE, folder, "document type declarations are refused");
	assert_non_null(strstr(dapper_error_last()->where, "a.pdsc, line 1, pack "));
}

/* @p head, then @p part @p count times, then @p tail. */
static dapper_pack *open_repeated(
	const char *head, const char *part, size_t count, const char *tail, dapper_status expected)
{
	char *text = malloc(strlen(head) + strlen(part) * count + strlen(tail) + 1);
	dapper_pack *pack = NULL;
	char *at = text;

	assert_non_null(text);
	at += sprintf(at, "%s", head);
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "%s", part);
	sprintf(at, "%s", tail);
	if (expected == DAPPER_OK)
		pack = open_families(text);
	else
		assert_fails(expected, dapper_pack_open(context, write_pdsc(text), &pack));
	free(text);
	return pack;
}

static void dapper_pack_open__limits_entries(void **state)
{
	(void)state;
	open_repeated("<family>", "<memory name='a' start='0' size='1'/>", 1001,
		"<device Dname='D'/></family>", DAPPER_ERR_LIMIT);
	assert_message("more than 1000 <memory> for one device");
	assert_non_null(strstr(dapper_error_last()->where, "Acme.Test_DFP.pdsc, line 1"));
	open_repeated(
		"<family>", "<processor/>", 65, "<device Dname='D'/></family>", DAPPER_ERR_LIMIT);
	assert_message("more than 64 <processor> for one device");
}

/* A megabyte of text must not become gigabytes of devices. */
static void dapper_pack_open__limits_memory(void **state)
{
	char head[50000] = "<family>";

	(void)state;
	for (size_t i = 0; i < 900; i++)
		strcat(head, "<memory name='a' start='0' size='1'/>");
	open_repeated(head, "<device Dname='D'><memory name='b' start='9' size='1'/></device>",
		10000, "</family>", DAPPER_ERR_LIMIT);
	assert_message("a pack description needs more than 67108864 bytes");
}

static void dapper_pack_open__limits_devices(void **state)
{
	(void)state;
	open_repeated("<family>", "<device Dname='D'/>", 50001, "</family>", DAPPER_ERR_LIMIT);
	assert_message("more than 50000 devices");
}

/* Variants say nothing of their own, and so cost next to nothing. */
static void dapper_pack_open__bears_many_devices(void **state)
{
	char head[40000] = "<family>";
	dapper_pack *pack;

	(void)state;
	for (size_t i = 0; i < 900; i++)
		strcat(head, "<memory name='a' start='0' size='1'/>");
	pack = open_repeated(head, "<device Dname='D'/>", 40000, "</family>", DAPPER_OK);
	assert_int_equal(dapper_pack_device_count(pack), 40000);
	assert_int_equal(dapper_pack_get_device(pack, 39999)->memory_count, 900);
	dapper_pack_close(pack);
}

static void dapper_pack_open__refuses_deep_nesting(void **state)
{
	(void)state;
	open_repeated("<family>", "<debug>", 10000, "", DAPPER_ERR_LIMIT);
	assert_message("elements are nested deeper than 64");
}

static void survive_failing_allocations(const char *path)
{
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	dapper_pack *pack = NULL;
	unsigned n;

	for (n = 1; status != DAPPER_OK; n++) {
		test_clear_error();
		alloc_fail_at(n);
		status = dapper_pack_open(context, path, &pack);
		alloc_fail_at(0);
		if (status != DAPPER_OK) {
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
			assert_int_equal(dapper_error_last()->status, DAPPER_ERR_NO_MEMORY);
			assert_null(pack);
		}
		assert_true(n < 10000);
	}
	assert_true(n > 20);
	assert_string_equal(logged(), "");
	dapper_pack_close(pack);
}

static void dapper_pack_open__survives_every_failing_allocation(void **state)
{
	(void)state;
	survive_failing_allocations(packed());
	survive_failing_allocations(unpacked());
}

static void dapper_pack_open__checks_its_arguments(void **state)
{
	dapper_pack *pack = NULL;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID, dapper_pack_open(context, NULL, &pack));
	assert_fails(DAPPER_ERR_INVALID, dapper_pack_open(context, folder, NULL));
	assert_fails(DAPPER_ERR_INVALID, dapper_pack_find_device(NULL, "x", NULL));
	dapper_pack_close(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		PACK_TEST(dapper_pack_open__takes_a_folder),
		PACK_TEST(dapper_pack_open__takes_a_folder_with_a_slash),
		PACK_TEST(dapper_pack_open__takes_a_pdsc),
		PACK_TEST(dapper_pack_open__takes_a_pdsc_in_the_current_folder),
		PACK_TEST(dapper_pack_open__takes_an_archive),
		PACK_TEST(dapper_pack_open__takes_an_archive_of_the_folder_itself),
		PACK_TEST(dapper_pack_open__keeps_what_it_does_not_interpret),
		PACK_TEST(dapper_pack_check__warns_once_of_each_missing_file),
		PACK_TEST(dapper_pack_open__takes_a_pack_without_devices),
		PACK_TEST(dapper_packs_find_device__looks_in_all),
		PACK_TEST(dapper_pack_open__names_two_descriptions),
		PACK_TEST(dapper_pack_open__prefers_the_description_in_the_root),
		PACK_TEST(dapper_pack_open__wants_a_description),
		PACK_TEST(dapper_pack_open__refuses_what_is_neither_file_nor_folder),
		PACK_TEST(dapper_pack_open__survives_every_truncation),
		PACK_TEST(dapper_pack_open__refuses_names_that_lead_out),
		PACK_TEST(dapper_pack_open__refuses_billion_laughs),
		PACK_TEST(dapper_pack_open__limits_entries),
		PACK_TEST(dapper_pack_open__limits_memory),
		PACK_TEST(dapper_pack_open__limits_devices),
		PACK_TEST(dapper_pack_open__bears_many_devices),
		PACK_TEST(dapper_pack_open__refuses_deep_nesting),
		PACK_TEST(dapper_pack_open__survives_every_failing_allocation),
		PACK_TEST(dapper_pack_open__checks_its_arguments),
	};
	return test_run_all("pack/pack", tests, ARRAY_SIZE(tests), find_device__row, find_rows,
		sizeof(find_rows[0]), ARRAY_SIZE(find_rows));
}
