/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACK_SUPPORT_H
#define PACK_SUPPORT_H

/**
 * @file
 * What the tests of packs share: a context whose log is written down, and packs made of a text.
 */
#include <dapper/context.h>
#include <dapper/pack.h>

/** Of the test that runs: pack_set_up() makes them, pack_tear_down() ends them. */
extern dapper_context *context;
extern char *folder;

int pack_set_up(void **state);
int pack_tear_down(void **state);

/** Lines of the log so far, each with "\n". Cut to some thousand characters. */
const char *logged(void);
size_t logged_lines(void);

/** A PDSC with these families, in the folder of the test. @return Its path. */
const char *write_pdsc(const char *families);
/** The pack of that PDSC, checked for missing files; end it with dapper_pack_close(). */
dapper_pack *open_families(const char *families);
/** The only device in it that is listed. */
const dapper_pack_device *only_device(const dapper_pack *pack);

enum { DESCRIPTION_SIZE = 1024 };

/*
 * What is known of a device as one text, each entry with a space behind it.
 */
/** name:core@dp.ap/svd */
void describe_processors(const dapper_pack_device *device, char text[DESCRIPTION_SIZE]);
/** name[processor]=start+size, access in letters; "-s" startup, "-d" default, "-sd" both. */
void describe_memories(const dapper_pack_device *device, char text[DESCRIPTION_SIZE]);
/** path[processor]=start+size@ram start+ram size; "-d" default. */
void describe_algorithms(const dapper_pack_device *device, char text[DESCRIPTION_SIZE]);

#define PACK_TEST(test) cmocka_unit_test_setup_teardown(test, pack_set_up, pack_tear_down)

#endif /* PACK_SUPPORT_H */
