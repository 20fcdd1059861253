/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vendors' access ports on a board, through the DP: NXP's debug mailbox (UM11126, "Debug
 * subsystem"), Nordic's CTRL-AP of nRF53 and nRF91 (nRF5340 PS v1.3, 7.5; nRF9160 PS v2.1, 9.2).
 */
#include "support/test.h"

#include "vboard/adi/dp.h"
#include "vboard/adi/dp_regs.h"
#include "vboard/adi/mem_ap_regs.h"
#include "vboard/board/state.h"
#include "vboard/models/debug_mailbox.h"
#include "vboard/models/debug_mailbox_regs.h"
#include "vboard/models/nrf_ctrl_ap.h"
#include "vboard/models/nrf_ctrl_ap_regs.h"

enum { OK = VDP_ACK_OK, WAIT = VDP_ACK_WAIT, FAULT = VDP_ACK_FAULT };
enum { VENDOR_AP = 2, RAM = 0x20000000, PERIPHERAL = 0x50006000, ERASE_NS = 50000000 };
#define POWER (DP_CTRL_STAT_CSYSPWRUPREQ | DP_CTRL_STAT_CDBGPWRUPREQ)

/* A flash controller that has nothing but its access port. */
struct owner {
	struct board *board;
	struct debug_mailbox *mailbox;
	struct nrf_ctrl_ap *ctrl_ap;
	bool no_session, is_protected, is_secure_protected, is_erase_protected;
	unsigned erases;
	uint32_t isp;
	uint64_t erased_ns;
};

static uint64_t bulk_erase(void *data)
{
	struct owner *owner = data;

	owner->erases++;
	return board_now_ns(owner->board) + ERASE_NS;
}

static bool enter_isp(void *data, uint32_t parameter)
{
	struct owner *owner = data;

	owner->isp = parameter;
	return true;
}

static bool may_start_session(void *data)
{
	return !((struct owner *)data)->no_session;
}

static uint32_t get_protection(void *data)
{
	(void)data;
	return 0x12345678;
}

static const struct debug_mailbox_ops mailbox_ops = {
	.bulk_erase = bulk_erase,
	.enter_isp = enter_isp,
	.may_start_session = may_start_session,
	.get_protection = get_protection,
};

static dapper_status mailbox_create(
	struct board *board, const struct model_config *config, void **model)
{
	static const struct debug_mailbox_config mailbox = {
		.apsel = VENDOR_AP, .idr = 0x002a0000, .needs_session = true
	};
	struct owner *owner = *(struct owner *const *)config->data;

	owner->board = board;
	*model = owner;
	return debug_mailbox_create(board, &mailbox, &mailbox_ops, owner, &owner->mailbox);
}

static void mailbox_reset(void *model, enum board_reset kind)
{
	debug_mailbox_reset(((struct owner *)model)->mailbox, kind);
}

static void mailbox_destroy(void *model)
{
	debug_mailbox_destroy(((struct owner *)model)->mailbox);
}

static const struct model_class mailbox_class = {
	.name = "test-mailbox",
	.create = mailbox_create,
	.reset = mailbox_reset,
	.destroy = mailbox_destroy,
};

/* --- CTRL-AP --------------------------------------------------------------------------------- */

static bool is_protected(void *data)
{
	return ((struct owner *)data)->is_protected;
}

static bool is_secure_protected(void *data)
{
	return ((struct owner *)data)->is_secure_protected;
}

static bool is_erase_protected(void *data)
{
	return ((struct owner *)data)->is_erase_protected;
}

static void erase_all(void *data)
{
	struct owner *owner = data;

	owner->erased_ns = board_now_ns(owner->board) + ERASE_NS;
	owner->is_protected = false;
	owner->erases++;
}

static bool is_erasing(void *data)
{
	const struct owner *owner = data;

	return board_now_ns(owner->board) < owner->erased_ns;
}

static const struct nrf_ctrl_ap_ops ctrl_ap_ops = {
	.is_protected = is_protected,
	.is_secure_protected = is_secure_protected,
	.is_erase_protected = is_erase_protected,
	.erase_all = erase_all,
	.is_erasing = is_erasing,
};

static dapper_status create_ctrl_ap(struct board *board, const struct model_config *config,
	const struct nrf_ctrl_ap_config *ctrl_ap, void **model)
{
	struct owner *owner = *(struct owner *const *)config->data;

	owner->board = board;
	*model = owner;
	return nrf_ctrl_ap_create(board, ctrl_ap, &ctrl_ap_ops, owner, &owner->ctrl_ap);
}

static dapper_status nrf53_create(
	struct board *board, const struct model_config *config, void **model)
{
	static const struct nrf_ctrl_ap_config ctrl_ap = { .apsel = VENDOR_AP,
		.idr = 0x12880000,
		.base = PERIPHERAL,
		.has_secure = true,
		.has_disable = true };

	return create_ctrl_ap(board, config, &ctrl_ap, model);
}

static dapper_status nrf91_create(
	struct board *board, const struct model_config *config, void **model)
{
	static const struct nrf_ctrl_ap_config ctrl_ap = { .apsel = VENDOR_AP,
		.idr = 0x12880000,
		.base = PERIPHERAL,
		.has_secure = true,
		.needs_disable_both = true };

	return create_ctrl_ap(board, config, &ctrl_ap, model);
}

static void ctrl_ap_reset(void *model, enum board_reset kind)
{
	(void)kind;
	nrf_ctrl_ap_reset(((struct owner *)model)->ctrl_ap);
}

static void ctrl_ap_destroy(void *model)
{
	nrf_ctrl_ap_destroy(((struct owner *)model)->ctrl_ap);
}

static const struct model_class nrf53_class = {
	.name = "test-nrf53",
	.create = nrf53_create,
	.reset = ctrl_ap_reset,
	.destroy = ctrl_ap_destroy,
};
static const struct model_class nrf91_class = {
	.name = "test-nrf91",
	.create = nrf91_create,
	.reset = ctrl_ap_reset,
	.destroy = ctrl_ap_destroy,
};

/* --- the bench ------------------------------------------------------------------------------- */

struct bench {
	struct owner owner;
	struct owner *owner_pointer; /* what the model gets as its data */
	struct model_config model;
	struct board_part part;
	struct vtarget target;
	struct vclock clock;
	struct vfaults faults;
	struct vdp dp;
};

static int request(struct bench *bench, bool ap, bool read, uint8_t reg, uint32_t *data)
{
	const struct vdp_request what = { .ap = ap, .read = read, .reg = reg };
	enum vdp_ack ack;

	vclock_pass(&bench->clock, 1000);
	assert_true(vdp_is_alive(&bench->dp));
	ack = vdp_begin(&bench->dp, what, data);
	if (ack == VDP_ACK_OK && !read)
		vdp_write(&bench->dp, what, *data, true);
	return ack;
}

static void write_dp(struct bench *bench, uint8_t reg, uint32_t value)
{
	assert_int_equal(request(bench, false, false, reg, &value), OK);
}

static int try_read(struct bench *bench, unsigned ap, uint8_t reg, uint32_t *value)
{
	int ack;

	write_dp(bench, DP_ABORT, DP_ABORT_STKERRCLR);
	write_dp(bench, DP_SELECT, ap << 24 | (reg & 0xf0u));
	ack = request(bench, true, true, reg & 0xc, value);
	return ack == OK ? request(bench, false, true, DP_RDBUFF, value) : ack;
}

static uint32_t read_ap(struct bench *bench, unsigned ap, uint8_t reg)
{
	uint32_t value = 0xdeadbeef;

	assert_int_equal(try_read(bench, ap, reg, &value), OK);
	return value;
}

static void write_ap(struct bench *bench, unsigned ap, uint8_t reg, uint32_t value)
{
	write_dp(bench, DP_ABORT, DP_ABORT_STKERRCLR);
	write_dp(bench, DP_SELECT, ap << 24 | (reg & 0xf0u));
	assert_int_equal(request(bench, true, false, reg & 0xc, &value), OK);
}

/* A Cortex-M0 with the model, which erased code memory lets lock up. */
static void setup(struct bench *bench, const struct model_class *class)
{
	static const struct memory_config memories[] = {
		{ .name = "code", .base = 0, .size = 0x1000, .kind = MEMORY_NVRAM, .fill = 0xff },
		{ .name = "RAM", .base = RAM, .size = 0x1000, .kind = MEMORY_RAM },
	};
	struct board *board;

	bench->model = (struct model_config){
		.class = class, .name = "test", .base = 0x40000000, .size = 0x1000
	};
	bench->owner_pointer = &bench->owner;
	bench->model.data = &bench->owner_pointer;
	bench->part = (struct board_part){
		.name = "test part",
		.cpu = { .arch = CPU_ARMV6M, .cpuid = 0x410cc200, .prio_bits = 2, .irqs = 32 },
		.clock_hz = { 16000000, 16000000, 16000000 },
		.dpidr = 0x2ba01477,
		.ap_idr = 0x84770001,
		.ap_csw_reset = 0x40,
		.memories = memories,
		.memory_count = ARRAY_SIZE(memories),
		.models = &bench->model,
		.model_count = class ? 1 : 0,
	};
	assert_ok(board_make(NULL, &bench->part, NULL, 0, &board));
	board_fill_target(board, &bench->target);
}

static void connect(struct bench *bench)
{
	vclock_init(&bench->clock);
	vdp_init(&bench->dp, &bench->target, &bench->clock, &bench->faults);
	write_dp(bench, DP_CTRL_STAT, POWER);
	vclock_pass(&bench->clock, VDP_POWER_UP_NS);
}

static void finish(struct bench *bench)
{
	bench->target.destroy(bench->target.data);
}

static bool memory_is_open(struct bench *bench, uint32_t csw)
{
	uint32_t value;

	write_ap(bench, 0, MEM_AP_CSW, csw);
	write_ap(bench, 0, MEM_AP_TAR, RAM);
	return try_read(bench, 0, MEM_AP_DRW, &value) == OK;
}

static void pin_reset(struct bench *bench)
{
	bench->target.drive_reset(bench->target.data, true);
	bench->target.drive_reset(bench->target.data, false);
}

/* --- debug mailbox --------------------------------------------------------------------------- */

static uint32_t wait_return(struct bench *bench)
{
	uint32_t value = 0xdeadbeef;
	unsigned tries = 0;

	while (try_read(bench, VENDOR_AP, DM_RETURN, &value) == WAIT)
		assert_true(tries++ < 100000);
	assert_true(tries > 0);
	return value;
}

static uint32_t ask(struct bench *bench, uint32_t value)
{
	write_ap(bench, VENDOR_AP, DM_REQUEST, value);
	return wait_return(bench);
}

static void resynchronize(struct bench *bench)
{
	unsigned tries = 0;

	write_ap(bench, VENDOR_AP, DM_CSW, DM_CSW_RESYNCH_REQ | DM_CSW_CHIP_RESET_REQ);
	assert_int_equal(read_ap(bench, VENDOR_AP, DM_CSW), DM_CSW_RESYNCH_REQ);
	while (read_ap(bench, VENDOR_AP, DM_CSW))
		assert_true(tries++ < 1000);
	assert_true(bench->owner.board->cores[0].held);
}

static void mailbox__session_opens_the_mem_ap(void **state)
{
	struct bench bench = { 0 };

	(void)state;
	setup(&bench, &mailbox_class);
	connect(&bench);
	assert_int_equal(read_ap(&bench, VENDOR_AP, DM_IDR), 0x002a0000);
	assert_false(memory_is_open(&bench, 2));
	resynchronize(&bench);
	assert_int_equal(ask(&bench, DM_START_DM_AP), 0);
	assert_false(memory_is_open(&bench, 2));
	assert_int_equal(ask(&bench, DM_START_SESSION), 0);
	assert_true(memory_is_open(&bench, 2));
	assert_false(bench.owner.board->cores[0].held);
	pin_reset(&bench);
	assert_true(memory_is_open(&bench, 2));
	resynchronize(&bench);
	assert_false(memory_is_open(&bench, 2));
	finish(&bench);
}

static void mailbox__requests(void **state)
{
	struct bench bench = { 0 };
	uint64_t before;

	(void)state;
	setup(&bench, &mailbox_class);
	connect(&bench);
	resynchronize(&bench);
	assert_int_equal(ask(&bench, DM_GET_PROTECTION), FIELD_PREP(DM_RETURN_WORDS, 1));
	assert_int_equal(ask(&bench, 1u << 16 | DM_TOKEN), 0x12345678);
	before = bench.clock.now_ns;
	assert_int_equal(ask(&bench, DM_BULK_ERASE), 0);
	assert_true(bench.clock.now_ns - before >= ERASE_NS);
	assert_int_equal(bench.owner.erases, 1);
	assert_int_equal(ask(&bench, 3u << 16 | DM_ENTER_ISP), 0);
	assert_int_equal(bench.owner.isp, 3);
	assert_int_equal(ask(&bench, DM_SET_FA_MODE), DM_FAIL); /* this part has none */
	assert_int_equal(ask(&bench, 0x10), DM_FAIL);
	bench.owner.no_session = true;
	assert_int_equal(ask(&bench, DM_START_SESSION), DM_FAIL);
	assert_false(memory_is_open(&bench, 2));
	assert_int_equal(ask(&bench, DM_EXIT_DM_AP), 0);
	assert_false(bench.owner.board->cores[0].held);
	finish(&bench);
}

static void mailbox__nobody_listens_without_resynchronization(void **state)
{
	struct bench bench = { 0 };

	(void)state;
	setup(&bench, &mailbox_class);
	connect(&bench);
	write_ap(&bench, VENDOR_AP, DM_REQUEST, DM_START_SESSION);
	vclock_pass(&bench.clock, NS_PER_S);
	assert_int_equal(read_ap(&bench, VENDOR_AP, DM_CSW), DM_CSW_REQ_PENDING);
	write_ap(&bench, VENDOR_AP, DM_REQUEST, DM_START_SESSION);
	assert_int_equal(
		read_ap(&bench, VENDOR_AP, DM_CSW), DM_CSW_REQ_PENDING | DM_CSW_DBG_OR_ERR);
	assert_false(memory_is_open(&bench, 2));
	write_ap(&bench, VENDOR_AP, DM_CSW, DM_CSW_SOFT_RESET);
	assert_int_equal(read_ap(&bench, VENDOR_AP, DM_CSW), 0);
	resynchronize(&bench);
	assert_int_equal(ask(&bench, DM_START_SESSION), 0);
	finish(&bench);
}

/* --- CTRL-AP --------------------------------------------------------------------------------- */

/* As firmware. */
static void poke(struct bench *bench, uint32_t offset, uint32_t value)
{
	const struct bus_access access = { .size = 4, .privileged = true, .secure = true };

	assert_true(bus_write(bench->owner.board, PERIPHERAL + offset, access, value));
}

static uint32_t peek(struct bench *bench, uint32_t offset)
{
	const struct bus_access access = { .size = 4, .privileged = true, .secure = true };
	uint32_t value = 0;

	assert_true(bus_read(bench->owner.board, PERIPHERAL + offset, access, &value));
	return value;
}

static void setup_nrf(struct bench *bench, const struct model_class *class)
{
	setup(bench, class);
	connect(bench);
	assert_int_equal(read_ap(bench, VENDOR_AP, CTRL_AP_IDR), 0x12880000);
}

enum { SECURE = 2, NONSECURE = 0x40000002 };

static void ctrl_ap__both_sides_lift_approtect(void **state)
{
	struct bench bench = { .owner = { .is_protected = true, .is_secure_protected = true } };

	(void)state;
	setup_nrf(&bench, &nrf53_class);
	assert_false(memory_is_open(&bench, NONSECURE));
	write_ap(&bench, VENDOR_AP, CTRL_AP_APPROTECT_DISABLE, 0x5a);
	assert_false(memory_is_open(&bench, NONSECURE));
	poke(&bench, CTRLAPPERI_APPROTECT_DISABLE, 0x5b);
	assert_false(memory_is_open(&bench, NONSECURE));
	poke(&bench, CTRLAPPERI_APPROTECT_DISABLE, 0x5a);
	assert_true(memory_is_open(&bench, NONSECURE));
	assert_false(memory_is_open(&bench, SECURE));
	assert_int_equal(read_ap(&bench, 0, MEM_AP_CSW) & MEM_AP_CSW_SPIDEN, 0);
	write_ap(&bench, VENDOR_AP, CTRL_AP_SECURE_DISABLE, 1);
	poke(&bench, CTRLAPPERI_SECURE_DISABLE, 1);
	assert_true(memory_is_open(&bench, SECURE));
	assert_true(read_ap(&bench, 0, MEM_AP_CSW) & MEM_AP_CSW_SPIDEN);
	pin_reset(&bench);
	assert_false(memory_is_open(&bench, NONSECURE));
	poke(&bench, CTRLAPPERI_APPROTECT_LOCK, 1);
	poke(&bench, CTRLAPPERI_APPROTECT_DISABLE, 0x5a);
	assert_false(memory_is_open(&bench, NONSECURE));
	assert_int_equal(peek(&bench, CTRLAPPERI_APPROTECT_LOCK), 1);
	finish(&bench);
}

static void ctrl_ap__newer_parts_need_firmware_to_open(void **state)
{
	struct bench bench = { 0 };

	(void)state;
	setup_nrf(&bench, &nrf91_class);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_APPROTECTSTATUS), 0);
	assert_false(memory_is_open(&bench, NONSECURE));
	poke(&bench, CTRLAPPERI_APPROTECT_DISABLE, 0x5a);
	poke(&bench, CTRLAPPERI_SECURE_DISABLE, 0x5a);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_APPROTECTSTATUS), 3);
	assert_true(memory_is_open(&bench, SECURE));
	finish(&bench);
}

static void ctrl_ap__eraseall_opens_after_a_reset(void **state)
{
	struct bench bench = { .owner = { .is_protected = true } };
	unsigned tries = 0;

	(void)state;
	setup_nrf(&bench, &nrf53_class);
	write_ap(&bench, VENDOR_AP, CTRL_AP_ERASEALL, 1);
	while (read_ap(&bench, VENDOR_AP, CTRL_AP_ERASEALLSTATUS))
		assert_true(tries++ < 100000);
	assert_true(tries > 1000);
	assert_false(memory_is_open(&bench, NONSECURE));
	write_ap(&bench, VENDOR_AP, CTRL_AP_RESET, 1);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_RESET), 1);
	write_ap(&bench, VENDOR_AP, CTRL_AP_RESET, 0);
	assert_true(memory_is_open(&bench, NONSECURE));
	finish(&bench);
}

static void ctrl_ap__eraseprotect_needs_both_sides(void **state)
{
	struct bench bench = { .owner = { .is_protected = true, .is_erase_protected = true } };

	(void)state;
	setup_nrf(&bench, &nrf53_class);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_ERASEPROTECT_STATUS), 0);
	write_ap(&bench, VENDOR_AP, CTRL_AP_ERASEALL, 1);
	assert_int_equal(bench.owner.erases, 0);
	write_ap(&bench, VENDOR_AP, CTRL_AP_ERASEPROTECT_DISABLE, 0xa5a5);
	assert_int_equal(bench.owner.erases, 0);
	poke(&bench, CTRLAPPERI_ERASEPROTECT_DISABLE, 0xa5a5);
	assert_int_equal(bench.owner.erases, 1);
	finish(&bench);
}

static void ctrl_ap__mailbox_has_a_word_each_way(void **state)
{
	struct bench bench = { .owner = { .is_protected = true } };

	(void)state;
	setup_nrf(&bench, &nrf53_class);
	write_ap(&bench, VENDOR_AP, CTRL_AP_MAILBOX_TXDATA, 0x11223344);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_MAILBOX_TXSTATUS), 1);
	assert_int_equal(peek(&bench, CTRLAPPERI_MAILBOX_RXSTATUS), 1);
	assert_int_equal(peek(&bench, CTRLAPPERI_MAILBOX_RXDATA), 0x11223344);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_MAILBOX_TXSTATUS), 0);
	poke(&bench, CTRLAPPERI_MAILBOX_TXDATA, 0x55667788);
	assert_int_equal(peek(&bench, CTRLAPPERI_MAILBOX_TXSTATUS), 1);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_MAILBOX_RXSTATUS), 1);
	assert_int_equal(read_ap(&bench, VENDOR_AP, CTRL_AP_MAILBOX_RXDATA), 0x55667788);
	assert_int_equal(peek(&bench, CTRLAPPERI_MAILBOX_TXSTATUS), 0);
	finish(&bench);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mailbox__session_opens_the_mem_ap),
		cmocka_unit_test(mailbox__requests),
		cmocka_unit_test(mailbox__nobody_listens_without_resynchronization),
		cmocka_unit_test(ctrl_ap__both_sides_lift_approtect),
		cmocka_unit_test(ctrl_ap__newer_parts_need_firmware_to_open),
		cmocka_unit_test(ctrl_ap__eraseall_opens_after_a_reset),
		cmocka_unit_test(ctrl_ap__eraseprotect_needs_both_sides),
		cmocka_unit_test(ctrl_ap__mailbox_has_a_word_each_way),
	};

	return cmocka_run_group_tests_name("vboard/vendor_aps", tests, NULL, NULL);
}
