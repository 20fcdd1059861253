/* SPDX-License-Identifier: Apache-2.0 */
/* Flash contents in a file, and what power loss leaves of them. */
#include "unit/vboard/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "vboard/board/state.h"
#include "vboard/models/stm32f4_flash_regs.h"

#define CR         0x40023c10u
#define KEYR       0x40023c04u
#define SR         0x40023c0cu
#define A          0x08000000u
#define FLASH_SIZE 0x100000u

static void unlock(struct rig *rig, uint32_t cr)
{
	rig_write32(rig, KEYR, FLASH_KEY1);
	rig_write32(rig, KEYR, FLASH_KEY2);
	rig_write32(rig, CR, cr);
}

static void fill(struct rig *rig, uint32_t address, uint32_t words, uint32_t value)
{
	for (uint32_t i = 0; i < words; i++)
		rig_write32(rig, address + 4 * i, value);
	rig_wait(rig, 20 * NS_PER_US);
}

static void open_with_file(struct rig *rig, const char *path, const char *more)
{
	char settings[400];

	snprintf(settings, sizeof(settings), "flash=%s%s", path, more);
	rig_open(rig, "stm32f407vg", settings);
}

static uint32_t word_in_file(const char *path, uint32_t offset)
{
	uint8_t *bytes;
	size_t size;
	uint32_t value;

	assert_ok(file_read(path, FLASH_SIZE, &bytes, &size));
	assert_int_equal(size, FLASH_SIZE);
	value = get_le32(bytes + offset);
	free(bytes);
	return value;
}

/* --- the file -------------------------------------------------------------------------------- */

static void flash_file__is_made_erased_and_keeps_what_is_programmed(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;

	(void)state;
	open_with_file(&rig, path, "");
	assert_int_equal(word_in_file(path, 0), 0xffffffff);
	unlock(&rig, FLASH_CR_PG | 0x200);
	rig_write32(&rig, A + 0x1000, 0x12345678);
	assert_int_equal(word_in_file(path, 0x1000), 0xffffffff);
	rig_wait(&rig, 16 * NS_PER_US);
	/* There already when the operation ends, not only when the board does. */
	assert_int_equal(word_in_file(path, 0x1000), 0x12345678);
	rig_close(&rig);

	open_with_file(&rig, path, "");
	assert_int_equal(rig_read32(&rig, A + 0x1000), 0x12345678);
	unlock(&rig, FLASH_CR_SER | 0x200);
	rig_write32(&rig, CR, FLASH_CR_SER | FLASH_CR_STRT | 0x200);
	rig_wait(&rig, 250 * NS_PER_MS);
	assert_int_equal(word_in_file(path, 0x1000), 0xffffffff);
	rig_close(&rig);
	unlink(path);
}

static void flash_file__of_another_size_is_refused(void **state)
{
	const char *path = rig_temporary_path();
	char settings[300];
	struct rig rig;

	(void)state;
	assert_ok(file_write(path, "too small", 9));
	snprintf(settings, sizeof(settings), "flash=%s", path);
	assert_fails(DAPPER_ERR_FILE, rig_try_open(&rig, "stm32f407vg", settings));
	assert_message("has 9 bytes, the flash memory 1048576");
	unlink(path);
}

static void flash_file__that_cannot_be_made_is_an_error(void **state)
{
	struct rig rig;

	(void)state;
	assert_fails(DAPPER_ERR_FILE,
		rig_try_open(&rig, "stm32f407vg", "flash=/nonexistent/folder/flash.bin"));
	assert_fails(DAPPER_ERR_FILE, rig_try_open(&rig, "stm32f407vg", "flash=/tmp"));
}

/* Locks are between processes. */
static void flash_file__is_for_one_process(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;
	pid_t child;
	int result;

	(void)state;
	open_with_file(&rig, path, "");
	child = fork();
	if (child == 0) {
		struct vboard_setting setting = { "flash", path };
		struct vtarget target;

		_exit(rig_type("stm32f407vg")->create(NULL, &setting, 1, &target) == DAPPER_ERR_BUSY
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
	rig_close(&rig);
	unlink(path);
}

/* --- power loss ------------------------------------------------------------------------------ */

static void assert_dead(struct rig *rig)
{
	uint32_t value;

	assert_false(rig->target.is_powered(rig->target.data));
	assert_false(rig_read(rig, A, 4, &value));
	assert_false(rig_read(rig, 0xe000ed00, 4, &value));
	assert_false(rig_write(rig, 0x20000000, 4, 0));
	rig_wait(rig, 1000 * NS_PER_MS);
	rig->target.drive_reset(rig->target.data, true);
	rig->target.drive_reset(rig->target.data, false);
	assert_false(rig->target.is_powered(rig->target.data));
}

static void power_loss__in_a_word_leaves_half_of_it(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;

	(void)state;
	open_with_file(&rig, path, ",power-loss-at-op=3");
	unlock(&rig, FLASH_CR_PG | 0x200);
	rig_write32(&rig, A, 0x11111111);
	rig_write32(&rig, A + 4, 0x22222222);
	rig_write32(&rig, A + 8, 0x33333333);
	rig_wait(&rig, 8 * NS_PER_US - 1);
	assert_true(rig.target.is_powered(rig.target.data));
	rig_wait(&rig, 1);
	assert_dead(&rig);
	rig_close(&rig);
	assert_int_equal(word_in_file(path, 0), 0x11111111);
	assert_int_equal(word_in_file(path, 4), 0x22222222);
	assert_int_equal(word_in_file(path, 8), 0xffff3333);

	/* The next run comes up with what was left. */
	open_with_file(&rig, path, "");
	assert_int_equal(rig_read32(&rig, A + 8), 0xffff3333);
	rig_close(&rig);
	unlink(path);
}

static void power_loss__in_an_erase_leaves_half_of_the_sector(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;

	(void)state;
	open_with_file(&rig, path, ",power-loss-at-op=5");
	unlock(&rig, FLASH_CR_PG | 0x200);
	rig_write32(&rig, A + 0x4000, 0);
	rig_write32(&rig, A + 0x5ffc, 0);
	rig_write32(&rig, A + 0x6000, 0);
	rig_write32(&rig, A + 0x7ffc, 0);
	rig_write32(&rig, CR, FLASH_CR_SER | FIELD_PREP(FLASH_CR_SNB, 1) | FLASH_CR_STRT | 0x200);
	rig_wait(&rig, 125 * NS_PER_MS);
	assert_dead(&rig);
	rig_close(&rig);
	assert_int_equal(word_in_file(path, 0x4000), 0xffffffff);
	assert_int_equal(word_in_file(path, 0x5ffc), 0xffffffff);
	assert_int_equal(word_in_file(path, 0x6000), 0);
	assert_int_equal(word_in_file(path, 0x7ffc), 0);
	unlink(path);
}

static void power_loss__at_a_time_hits_what_is_going_on(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;

	(void)state;
	open_with_file(&rig, path, ",power-loss-at-ns=100000000");
	unlock(&rig, FLASH_CR_PG | 0x200);
	fill(&rig, A, 2, 0);
	rig_write32(&rig, CR, FLASH_CR_MER | FLASH_CR_STRT | 0x200);
	/* A read that waits for the erase never gets its data. */
	assert_false(rig_read(&rig, A, 4, &(uint32_t){ 0 }));
	assert_int_equal(rig.now_ns, 100000000);
	assert_dead(&rig);
	rig_close(&rig);
	assert_int_equal(word_in_file(path, 0), 0xffffffff);
	unlink(path);
}

static void power_loss__between_operations_leaves_both_whole(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;

	(void)state;
	open_with_file(&rig, path, ",power-loss-at-ns=1000000");
	unlock(&rig, FLASH_CR_PG | 0x200);
	fill(&rig, A, 1, 0x55555555);
	rig_wait(&rig, NS_PER_MS);
	assert_dead(&rig);
	rig_close(&rig);
	assert_int_equal(word_in_file(path, 0), 0x55555555);
	assert_int_equal(word_in_file(path, 4), 0xffffffff);
	unlink(path);
}

/* The core waits for the erase in a flash read: for it, the erase never ends either. */
static void power_loss__is_not_overtaken_by_a_waiting_core(void **state)
{
	const char *path = rig_temporary_path();
	struct rig rig;
	uint32_t value;

	(void)state;
	open_with_file(&rig, path, ",power-loss-at-op=2");
	unlock(&rig, FLASH_CR_PG | 0x200);
	fill(&rig, A + 0x3ffc, 1, 0);
	rig_write32(&rig, CR, FLASH_CR_SER | FLASH_CR_STRT | 0x200);
	rig.board->in_core = true;
	assert_false(bus_core_read(&rig.board->cores[0], A, 4, CPU_A_PRIV, &value));
	rig.board->in_core = false;
	rig_wait(&rig, 1000 * NS_PER_MS);
	assert_dead(&rig);
	rig_close(&rig);
	assert_int_equal(word_in_file(path, 0x3ffc), 0);
	unlink(path);
}

static void reset__in_an_erase_leaves_half_of_the_sector(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, "stm32f407vg", "");
	unlock(&rig, FLASH_CR_PG | 0x200);
	fill(&rig, A, 1, 0);
	fill(&rig, A + 0x3ffc, 1, 0);
	rig_write32(&rig, CR, FLASH_CR_SER | FLASH_CR_STRT | 0x200);
	rig_wait(&rig, NS_PER_MS);
	rig.target.drive_reset(rig.target.data, true);
	rig.target.drive_reset(rig.target.data, false);
	assert_int_equal(rig_read32(&rig, SR), 0);
	assert_int_equal(rig_read32(&rig, A), 0xffffffff);
	assert_int_equal(rig_read32(&rig, A + 0x3ffc), 0);
	rig_close(&rig);
}

static void settings__of_the_flash_are_checked(void **state)
{
	struct rig rig;

	(void)state;
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "bad-cell=0x20000000"));
	assert_message("is not in flash memory");
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "write-protect=12"));
	assert_message("above the limit of 11");
	assert_fails(DAPPER_ERR_INVALID, rig_try_open(&rig, "stm32f407vg", "stuck-busy-at-op=two"));
	assert_message("is not a number");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(flash_file__is_made_erased_and_keeps_what_is_programmed),
		cmocka_unit_test(flash_file__of_another_size_is_refused),
		cmocka_unit_test(flash_file__that_cannot_be_made_is_an_error),
		cmocka_unit_test(flash_file__is_for_one_process),
		cmocka_unit_test(power_loss__in_a_word_leaves_half_of_it),
		cmocka_unit_test(power_loss__in_an_erase_leaves_half_of_the_sector),
		cmocka_unit_test(power_loss__at_a_time_hits_what_is_going_on),
		cmocka_unit_test(power_loss__between_operations_leaves_both_whole),
		cmocka_unit_test(power_loss__is_not_overtaken_by_a_waiting_core),
		cmocka_unit_test(reset__in_an_erase_leaves_half_of_the_sector),
		cmocka_unit_test(settings__of_the_flash_are_checked),
	};
	return cmocka_run_group_tests_name("vboard/stm32f4 faults", tests, NULL, NULL);
}
