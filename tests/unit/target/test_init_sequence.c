/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "base/error.h"
#include "target/init_sequence.h"

static char ran[64];

static dapper_status run_a(void *data)
{
	(void)data;
	strcat(ran, "a");
	return DAPPER_OK;
}

static dapper_status run_b(void *data)
{
	strcat(ran, data);
	return DAPPER_OK;
}

static dapper_status run_bad(void *data)
{
	(void)data;
	return dapper_fail(DAPPER_ERR_TIMEOUT, "too slow");
}

static struct init_sequence *make(void)
{
	static const struct init_step a = { "a", run_a, NULL };
	static char text_b[] = "b";
	static const struct init_step b = { "b", run_b, text_b };
	struct init_sequence *sequence = NULL;

	ran[0] = '\0';
	assert_ok(init_sequence_create(&sequence));
	assert_ok(init_sequence_append(sequence, &a));
	assert_ok(init_sequence_append(sequence, &b));
	return sequence;
}

static void run__goes_in_order(void **state)
{
	struct init_sequence *sequence = make();

	(void)state;
	assert_ok(init_sequence_run(sequence, NULL));
	assert_string_equal(ran, "ab");
	init_sequence_destroy(sequence);
}

static void edits__take_effect(void **state)
{
	static char text_x[] = "x", text_y[] = "y", text_z[] = "z";
	const struct init_step x = { "x", run_b, text_x };
	const struct init_step y = { "y", run_b, text_y };
	const struct init_step z = { "z", run_b, text_z };
	struct init_sequence *sequence = make();

	(void)state;
	assert_ok(init_sequence_insert_before(sequence, "a", &x));
	assert_ok(init_sequence_insert_after(sequence, "a", &y));
	assert_ok(init_sequence_replace(sequence, "b", &z));
	assert_ok(init_sequence_remove(sequence, "a"));
	assert_ok(init_sequence_run(sequence, NULL));
	assert_string_equal(ran, "xyz");
	assert_string_equal(init_sequence_get_name(sequence, 2), "z");
	assert_null(init_sequence_get_name(sequence, 3));
	init_sequence_destroy(sequence);
}

static void edits__name_what_is_missing(void **state)
{
	const struct init_step x = { "x", run_a, NULL };
	const struct init_step a = { "a", run_a, NULL };
	struct init_sequence *sequence = make();

	(void)state;
	assert_fails(DAPPER_ERR_NOT_FOUND, init_sequence_insert_before(sequence, "q", &x));
	assert_message("'q'");
	assert_fails(DAPPER_ERR_NOT_FOUND, init_sequence_insert_after(sequence, "q", &x));
	assert_fails(DAPPER_ERR_NOT_FOUND, init_sequence_replace(sequence, "q", &x));
	assert_fails(DAPPER_ERR_NOT_FOUND, init_sequence_remove(sequence, "q"));
	assert_fails(DAPPER_ERR_INVALID, init_sequence_append(sequence, &a));
	init_sequence_destroy(sequence);
}

static void run__stops_at_the_failure_and_names_it(void **state)
{
	const struct init_step bad = { "bad", run_bad, NULL };
	struct init_sequence *sequence = make();

	(void)state;
	assert_ok(init_sequence_insert_before(sequence, "b", &bad));
	assert_fails(DAPPER_ERR_TIMEOUT, init_sequence_run(sequence, NULL));
	assert_string_equal(ran, "a");
	assert_string_equal(dapper_error_last()->where, "init step bad");
	init_sequence_destroy(sequence);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__goes_in_order),
		cmocka_unit_test(edits__take_effect),
		cmocka_unit_test(edits__name_what_is_missing),
		cmocka_unit_test(run__stops_at_the_failure_and_names_it),
	};

	return cmocka_run_group_tests_name("target/init_sequence", tests, NULL, NULL);
}
