/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware that others built, in shared/data/firmware. */
#include "unit/image/image_test.h"

struct firmware_case {
	const char *what; /* Its path. */
	size_t segment_count;
	uint64_t first;
	uint64_t last;
	uint64_t size;
	uint32_t sum;   /* Of all bytes. */
	uint64_t entry; /* 0: none */
	/* Instead of all that. */
	dapper_status status;
	const char *message;
	const char *hint;
	bool has_base_address;
};

/* From arm-none-eabi-readelf -l and the bytes at the offsets it shows; for Intel HEX from
 * arm-none-eabi-objdump -fh and objcopy. The bytes were added up in Python. */
static const struct firmware_case cases[] = {
	{ "probe-rs/RP2040_full_unwind.elf", 2, 0x10000000, 0x1000e1b0, 57884, 0x51e2b4,
		.entry = 0x100001c1 },
	{ "probe-rs/atsamd51p19a.elf", 1, 0x00000000, 0x00000000, 6112, 0x80474, .entry = 0x0 },
	{ "probe-rs/exceptions.elf", 1, 0x00000000, 0x00000000, 2000, 0x2f461, .entry = 0x101 },
	{ "probe-rs/inlined-functions.elf", 1, 0x00000000, 0x00000000, 836, 0x108ff,
		.entry = 0x101 },
	{ "probe-rs/nRF52833_xxAA_full_unwind.elf", 2, 0x00000000, 0x00008200, 33388, 0x32551f,
		.entry = 0x101 },
	{ "probe-rs/stm32u585_nested_exceptions.elf", 1, 0x08000000, 0x08000000, 2320, 0x250d2,
		.entry = 0x8000801 },
	{ "probe-run/hello-rzcobs.elf", 2, 0x00000000, 0x000017f0, 7236, 0xab932, .entry = 0x101 },
	{ "probe-run/panic-rzcobs.elf", 2, 0x00000000, 0x000017f0, 7240, 0xac08e, .entry = 0x101 },
	{ "pyOCD/gdb_test.elf", 1, 0x00000000, 0x00000000, 452, 0x8b18, .entry = 0x1 },
	{ "CMSIS-DAP/LPC-Link2_CMSIS_DAP.hex", 1, 0x14000000, 0x14000000, 69632, 0x6b42d8,
		.entry = 0x14000115 },
	{ "micropython-microbit/firmware.hex", 2, 0x00000000, 0x100010c0, 243880, 0x144ecea,
		.entry = 0x1ccd9 },
	{ .what = "pyOCD/l1_k64f.bin",
		.has_base_address = true,
		.segment_count = 1,
		.first = 0x08000000,
		.last = 0x08000000,
		.size = 6996,
		.sum = 0x912c5 },
	{ .what = "pyOCD/NUCLEO_F411RE.bin",
		.status = DAPPER_ERR_INVALID,
		.message = "raw binary",
		.hint = "--base-address" },
	{ .what = "free-dap/free_dap_rp2040.uf2",
		.status = DAPPER_ERR_UNSUPPORTED,
		.message = "UF2" },
	{ .what = "free-dap/LICENSE",
		.status = DAPPER_ERR_PARSE,
		.message = "neither Intel HEX nor S-record" },
	{ .what = "probe-rs/RP2040_full_unwind.coredump",
		.status = DAPPER_ERR_INVALID,
		.message = "raw binary",
		.hint = "--base-address" },
};

static void check_image(const struct firmware_case *row, const dapper_image *image)
{
	size_t count = dapper_image_segment_count(image);
	uint64_t entry = 0;
	uint32_t sum = 0;

	assert_int_equal(count, row->segment_count);
	assert_int_equal(dapper_image_get_segment(image, 0)->address, row->first);
	assert_int_equal(dapper_image_get_segment(image, count - 1)->address, row->last);
	assert_int_equal(dapper_image_get_size(image), row->size);
	assert_int_equal(dapper_image_get_entry(image, &entry), row->entry != 0);
	assert_int_equal(entry, row->entry);
	for (size_t i = 0; i < count; i++) {
		const dapper_segment *segment = dapper_image_get_segment(image, i);

		for (size_t k = 0; k < segment->size; k++)
			sum += segment->data[k];
	}
	assert_int_equal(sum, row->sum);
}

static void load__row(void **state)
{
	const struct firmware_case *row = *state;
	dapper_image_options options = DAPPER_IMAGE_OPTIONS_INIT;
	dapper_context *context;
	dapper_image *image = NULL;
	char relative[256];
	const char *path;

	snprintf(relative, sizeof(relative), "firmware/%s", row->what);
	path = test_data_path(relative);
	assert_non_null(path);
	context = image_test_context();
	options.has_base_address = row->has_base_address;
	options.base_address = 0x08000000;
	if (row->status == DAPPER_OK) {
		assert_ok(dapper_image_load(context, path, &options, &image));
		check_image(row, image);
	} else {
		assert_fails(row->status, dapper_image_load(context, path, &options, &image));
		assert_message(row->message);
		assert_non_null(strstr(dapper_error_last()->where, path));
		if (row->hint)
			assert_non_null(strstr(dapper_error_last()->hint, row->hint));
	}
	dapper_image_free(image);
	dapper_context_unref(context);
}

int main(void)
{
	if (!test_data_path("firmware"))
		return test_skip_all("shared/data/firmware is not here");
	return test_run_table(
		"image/firmware", load__row, cases, sizeof(cases[0]), ARRAY_SIZE(cases));
}
