/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include "base/error.h"

static void fail__replaces_everything(void **state)
{
	(void)state;
	dapper_fail(DAPPER_ERR_FAULT, "old");
	dapper_fail_where(DAPPER_ERR_FAULT, "AP#0");
	dapper_fail_hint(DAPPER_ERR_FAULT, "try again");
	dapper_fail(DAPPER_ERR_WAIT, "new after %s", dapper_error_last()->message);

	assert_int_equal(dapper_error_last()->status, DAPPER_ERR_WAIT);
	assert_string_equal(dapper_error_last()->message, "new after old");
	assert_string_equal(dapper_error_last()->where, "");
	assert_string_equal(dapper_error_last()->hint, "");
}

static void fail_where__joins_places(void **state)
{
	(void)state;
	dapper_fail(DAPPER_ERR_FAULT, "target answered FAULT");
	dapper_fail_where(DAPPER_ERR_FAULT, "address 0x%08x", 0x20000000u);
	dapper_fail_where(DAPPER_ERR_FAULT, "AP#%u", 0u);
	assert_string_equal(dapper_error_last()->where, "address 0x20000000, AP#0");
}

static void fail_where__truncates(void **state)
{
	(void)state;
	dapper_fail(DAPPER_ERR_FAULT, "x");
	for (int i = 0; i < 100; i++)
		dapper_fail_where(DAPPER_ERR_FAULT, "0123456789");
	assert_int_equal(strlen(dapper_error_last()->where), 255);
}

static void fail_hint__keeps_the_first(void **state)
{
	(void)state;
	dapper_fail(DAPPER_ERR_FAULT, "x");
	dapper_fail_hint(DAPPER_ERR_FAULT, "near");
	dapper_fail_hint(DAPPER_ERR_FAULT, "far");
	assert_string_equal(dapper_error_last()->hint, "near");
}

static void save__survives_other_failures(void **state)
{
	struct error_state saved;

	(void)state;
	dapper_fail(DAPPER_ERR_FAULT, "first");
	error_save(&saved);
	dapper_fail(DAPPER_ERR_TIMEOUT, "second");
	assert_int_equal(error_restore(&saved), DAPPER_ERR_FAULT);
	assert_string_equal(dapper_error_last()->message, "first");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fail__replaces_everything),
		cmocka_unit_test(fail_where__joins_places),
		cmocka_unit_test(fail_where__truncates),
		cmocka_unit_test(fail_hint__keeps_the_first),
		cmocka_unit_test(save__survives_other_failures),
	};
	return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
