/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/probe.h"
#include "support/test.h"

#include "base/alloc.h"

/* Drivers over tables, so that there are probes to find. */
static const dapper_probe_info usb_probes[] = {
	{ .unique_id = "0240000034544e45", .vendor = "Arm", .description = "DAPLink" },
	{ .unique_id = "0240000099999999", .product = "Other" },
	{ .unique_id = "066BFF52", .vendor = "Maker", .product = "Link" },
	{ .unique_id = "066BFF52-2" },
};

static size_t usb_count;
static char opened[64];

static dapper_status usb_enumerate(dapper_context *context, dapper_probe_found found, void *payload)
{
	(void)context;
	for (size_t i = 0; i < usb_count; i++) {
		dapper_status status = found(payload, &usb_probes[i]);

		if (status != DAPPER_OK)
			return status;
	}
	return DAPPER_OK;
}

static dapper_status broken_enumerate(
	dapper_context *context, dapper_probe_found found, void *payload)
{
	(void)context;
	(void)found;
	(void)payload;
	return dapper_fail(DAPPER_ERR_PROBE_IO, "no access to the bus");
}

static void no_close(void *driver_data)
{
	(void)driver_data;
}

static dapper_status note_open(
	dapper_context *context, const char *name, void **driver_data, dapper_probe_info *info)
{
	(void)context;
	*driver_data = NULL;
	info->unique_id = name;
	strncpy(opened, name, sizeof(opened) - 1);
	return DAPPER_OK;
}

static const dapper_probe_ops no_ops = { .close = no_close };
static const dapper_probe_driver usb_driver = { .abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "usb",
	.ops = &no_ops,
	.enumerate = usb_enumerate,
	.open = note_open };
static const dapper_probe_driver broken_driver = { .abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "broken",
	.ops = &no_ops,
	.enumerate = broken_enumerate,
	.open = note_open };
static const dapper_probe_driver net_driver = { .abi = DAPPER_PROBE_DRIVER_ABI,
	.name = "net",
	.schemes = "virtual tcp",
	.ops = &no_ops,
	.open = note_open };
static const dapper_probe_driver *const drivers[] = { &broken_driver, &usb_driver, &net_driver,
	NULL };

static const struct row {
	const char *what;
	size_t count; /* of the probes above */
	const char *name;
	dapper_status status;
	const char *text; /* opened, or in the message */
	const char *hint; /* in it */
} rows[] = {
	{ "none there", 0, NULL, DAPPER_ERR_NO_PROBE, "no debug probe found",
		"--probe virtual:stm32f407vg" },
	{ "the empty name is none", 0, "", DAPPER_ERR_NO_PROBE, "no debug probe found",
		"dapper list" },
	{ "the only one", 1, NULL, DAPPER_OK, "0240000034544e45", "" },
	{ "several", 2, NULL, DAPPER_ERR_AMBIGUOUS, "there are 2 debug probes",
		"0240000034544e45, 0240000099999999" },
	{ "a whole unique ID", 4, "0240000099999999", DAPPER_OK, "0240000099999999", "" },
	{ "a whole one that is part of another", 4, "066BFF52", DAPPER_OK, "066BFF52", "" },
	{ "part of one, in any case", 2, "34544E", DAPPER_OK, "0240000034544e45", "" },
	{ "part of two", 4, "0240", DAPPER_ERR_AMBIGUOUS, "'0240' fits several debug probes",
		"0240000034544e45, 0240000099999999" },
	{ "a near miss", 4, "066BFF51", DAPPER_ERR_NO_PROBE, "no debug probe '066BFF51'",
		"did you mean 066BFF52" },
	{ "nothing like it", 1, "xyzzy", DAPPER_ERR_NO_PROBE, "no debug probe 'xyzzy'",
		"virtual:, tcp:" },
	{ "an unknown kind", 0, "udp:host:1", DAPPER_ERR_NO_PROBE, "no kind 'udp'",
		"virtual:, tcp:" },
	{ "by address", 0, "tcp:host:1", DAPPER_OK, "tcp:host:1", "" },
	{ "a kind alone is the driver's to refuse", 0, "virtual", DAPPER_OK, "virtual", "" },
	{ "a kind is no prefix", 0, "virtualx", DAPPER_ERR_NO_PROBE, "no debug probe 'virtualx'",
		"" },
};

static void open__finds(void **state)
{
	const struct row *row = *state;
	dapper_context *context = NULL;
	dapper_probe *probe = NULL;
	dapper_status status;

	usb_count = row->count;
	memset(opened, 0, sizeof(opened));
	assert_ok(dapper_context_new(&context));
	test_clear_error();
	status = probe_open_from(context, drivers, row->name, &probe);
	assert_int_equal(status, row->status);
	if (status == DAPPER_OK) {
		assert_string_equal(opened, row->text);
		assert_string_equal(dapper_probe_get_info(probe)->unique_id, row->text);
	} else {
		assert_message(row->text);
		assert_non_null(strstr(dapper_error_last()->hint, row->hint));
	}
	dapper_probe_unref(probe);
	dapper_context_unref(context);
}

static void list__copies_what_drivers_report(void **state)
{
	dapper_context *context = NULL;
	dapper_probe_list *list = NULL;
	const dapper_probe_info *info;

	(void)state;
	usb_count = 2;
	assert_ok(dapper_context_new(&context));
	assert_ok(probe_list_from(context, drivers, &list));
	assert_int_equal(dapper_probe_list_count(list), 2);
	info = dapper_probe_list_get(list, 0);
	assert_string_equal(info->driver, "usb");
	assert_string_equal(info->unique_id, "0240000034544e45");
	assert_ptr_not_equal(info->unique_id, usb_probes[0].unique_id);
	assert_string_equal(info->vendor, "Arm");
	assert_string_equal(info->product, "");
	assert_string_equal(info->description, "DAPLink");
	assert_null(dapper_probe_list_get(list, 2));
	dapper_probe_list_free(list);
	dapper_probe_list_free(NULL);
	dapper_context_unref(context);
}

static void list__survives_every_lost_allocation(void **state)
{
	dapper_context *context = NULL;
	dapper_status status = DAPPER_ERR_NO_MEMORY;
	uint64_t n = 0;

	(void)state;
	usb_count = 4;
	assert_ok(dapper_context_new(&context));
	while (status != DAPPER_OK) {
		dapper_probe *probe = NULL;

		assert_true(++n < 50);
		alloc_fail_at(n);
		status = probe_open_from(context, drivers, "066BFF52", &probe);
		alloc_fail_at(0);
		if (status != DAPPER_OK)
			assert_int_equal(status, DAPPER_ERR_NO_MEMORY);
		dapper_probe_unref(probe);
	}
	assert_true(n > 5);
	dapper_context_unref(context);
}

static void registry__has_the_compiled_in_drivers(void **state)
{
	dapper_context *context = NULL;
	dapper_probe_list *list = NULL;
	dapper_probe *probe = NULL;

	(void)state;
	assert_string_equal(dapper_probe_driver_get_name(0), "cmsis-dap");
	assert_string_equal(dapper_probe_driver_get_name(1), "loopback");
	assert_non_null(dapper_probe_driver_get_description(1));
	assert_null(dapper_probe_driver_get_name(2));
	assert_null(dapper_probe_driver_get_description(2));
	assert_ok(dapper_context_new(&context));
	assert_ok(dapper_probe_list_new(context, &list));
	dapper_probe_list_free(list);
	assert_ok(dapper_probe_open(context, "loopback:", &probe));
	dapper_probe_unref(probe);
	assert_fails(DAPPER_ERR_INVALID, dapper_probe_open(NULL, "loopback:", &probe));
	assert_fails(DAPPER_ERR_INVALID, dapper_probe_list_new(context, NULL));
	dapper_context_unref(context);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(list__copies_what_drivers_report),
		cmocka_unit_test(list__survives_every_lost_allocation),
		cmocka_unit_test(registry__has_the_compiled_in_drivers),
	};

	return test_run_all("probe/registry", tests, ARRAY_SIZE(tests), open__finds, rows,
		sizeof(rows[0]), ARRAY_SIZE(rows));
}
