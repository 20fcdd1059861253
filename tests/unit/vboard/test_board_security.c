/* SPDX-License-Identifier: Apache-2.0 */
/* The Security Extension's share of the bus, on the generic Cortex-M33: address bit 28 says Secure. */
#include "unit/vboard/rig.h"

#include "vboard/board/state.h"

#define DHCSR 0xe000edf0u

static bool access_from(struct rig *rig, bool secure, uint32_t address, uint32_t *value)
{
	const struct vbus *bus = &rig->target.aps[0].bus;
	const unsigned attr = VBUS_PRIVILEGED | (secure ? VBUS_SECURE : 0);

	return bus->read(bus->data, address, 4, attr, value);
}

/* --- who may look where ---------------------------------------------------------------------- */

struct alias_row {
	const char *what;
	uint32_t address;
	bool secure, nonsecure; /* answers such accesses */
};

static const struct alias_row alias_rows[] = {
	{ "code memory", 0x00000000, true, true },
	{ "code memory, Secure", 0x10000000, true, false },
	{ "RAM", 0x20000000, true, true },
	{ "RAM, Secure", 0x30000000, true, false },
	{ "last word of RAM, Secure", 0x301ffffc, true, false },
	{ "behind RAM, Secure", 0x30200000, false, false },
	{ "UART", 0x40200000, true, true },
	{ "UART, Secure", 0x50200000, true, false },
};

static void bus_read__asks_for_the_attribute(void **state)
{
	const struct alias_row *row = *state;
	struct rig rig;
	uint32_t value;

	rig_open(&rig, "cortex-m33", "");
	assert_int_equal(access_from(&rig, true, row->address, &value), row->secure);
	assert_int_equal(access_from(&rig, false, row->address, &value), row->nonsecure);
	rig_close(&rig);
}

static void alias__shows_the_same_memory(void **state)
{
	struct rig rig;
	uint32_t value = 0;

	(void)state;
	rig_open(&rig, "cortex-m33", "");
	rig_write32(&rig, 0x20000100, 0x5ec0de);
	assert_true(access_from(&rig, true, 0x30000100, &value));
	assert_int_equal(value, 0x5ec0de);
	rig_close(&rig);
}

/* --- IDAU ------------------------------------------------------------------------------------ */

struct idau_row {
	const char *what;
	uint32_t address;
	bool ns;
	uint8_t region;
};

static const struct idau_row idau_rows[] = {
	{ "code", 0x00001234, true, 0 },
	{ "code, Secure", 0x10001234, false, 1 },
	{ "end of a block", 0x1fffffff, false, 1 },
	{ "RAM", 0x20000000, true, 2 },
	{ "RAM, Secure", 0x3fffffff, false, 3 },
	{ "the last block", 0xdfffffff, false, 13 },
};

static void idau__says_bit_28(void **state)
{
	const struct idau_row *row = *state;
	struct cpu_idau says;
	struct rig rig;

	rig_open(&rig, "cortex-m33", "");
	says = security_core_idau(&rig.board->cores[0], row->address);
	assert_int_equal(says.ns, row->ns);
	assert_false(says.nsc || says.exempt);
	assert_true(says.valid);
	assert_int_equal(says.region, row->region);
	assert_true(security_core_idau(&rig.board->cores[0], 0xe000e000).ns);
	assert_false(security_core_idau(&rig.board->cores[0], 0xe000e000).valid);
	rig_close(&rig);
}

/* --- changed by models ----------------------------------------------------------------------- */

static void board_set_security__closes_a_window(void **state)
{
	struct rig rig;
	uint32_t value;

	(void)state;
	rig_open(&rig, "cortex-m33", "");
	assert_ok(board_set_security(rig.board, 0x20000000, SECURITY_SECURE));
	assert_false(access_from(&rig, false, 0x20000000, &value));
	assert_true(access_from(&rig, true, 0x20000000, &value));
	assert_true(access_from(&rig, true, 0x30000000, &value));
	assert_ok(board_set_security(rig.board, 0x20000000, SECURITY_NONSECURE));
	assert_true(access_from(&rig, false, 0x20000000, &value));
	assert_false(access_from(&rig, true, 0x20000000, &value));
	assert_fails(DAPPER_ERR_INTERNAL, board_set_security(rig.board, 0x20000004, SECURITY_ANY));
	rig_close(&rig);
}

/*
 * What the core sees directly and what it asks the bus for are the same: it counts in Secure RAM,
 * then in the same RAM as only Secure accesses reach it.
 */
static void core__runs_in_secure_memory(void **state)
{
	/* movs r0, #3; lsls r0, r0, #28; 1: ldr r1, [r0]; adds r1, #1; str r1, [r0]; b 1b */
	static const uint32_t code[] = { 0x07002003, 0x31016801, 0xe7fb6001 };
	struct rig rig;
	uint32_t before;

	(void)state;
	rig_open(&rig, "cortex-m33", "");
	rig_write32(&rig, 0, 0x30001000);
	rig_write32(&rig, 4, 0x10000041);
	for (uint32_t i = 0; i < ARRAY_SIZE(code); i++)
		rig_write32(&rig, 0x40 + 4 * i, code[i]);
	rig_write32(&rig, 0x20000000, 0);
	rig.target.drive_reset(rig.board, true);
	rig.target.drive_reset(rig.board, false);
	rig_wait(&rig, NS_PER_MS);
	before = rig_read32(&rig, 0x20000000);
	assert_in_range(before, 4900, 5000);
	assert_ok(board_set_security(rig.board, 0x20000000, SECURITY_SECURE));
	rig_wait(&rig, NS_PER_MS);
	assert_true(access_from(&rig, true, 0x20000000, &before));
	assert_in_range(before, 9900, 10000);
	rig_close(&rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(alias__shows_the_same_memory),
		cmocka_unit_test(board_set_security__closes_a_window),
		cmocka_unit_test(core__runs_in_secure_memory),
	};
	static const struct test_table tables[] = {
		TEST_TABLE(bus_read__asks_for_the_attribute, alias_rows),
		TEST_TABLE(idau__says_bit_28, idau_rows),
	};

	return test_run_tables(
		"board_security", tests, ARRAY_SIZE(tests), tables, ARRAY_SIZE(tables));
}
