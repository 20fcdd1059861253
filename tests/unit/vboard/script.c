/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/vboard/script.h"

bool script_is_busy(const struct script_part *part, struct rig *rig)
{
	return (rig_read32(rig, part->address) & part->mask) == part->busy;
}

static void wait_idle(const struct script_part *part, struct rig *rig)
{
	int polls = 0;

	while (script_is_busy(part, rig)) {
		assert_true(polls++ < 20000);
		rig_wait(rig, NS_PER_MS);
	}
}

/* DHCSR is the debugger's, whoever makes the other accesses. */
static void halt(struct rig *rig)
{
	const bool as_core = rig->as_core;

	rig->as_core = false;
	rig_halt(rig);
	rig->as_core = as_core;
}

static void access_memory(struct rig *rig, const struct script_step *step)
{
	static const uint8_t sizes[] = { [W32] = 4,
		[W16] = 2,
		[W8] = 1,
		[FAIL32] = 4,
		[FAIL16] = 2,
		[FAIL8] = 1,
		[R32] = 4,
		[R16] = 2,
		[RFAIL] = 4 };
	const unsigned size = sizes[step->verb];
	uint32_t value;

	if (step->verb <= W8) {
		assert_true(rig_write(rig, step->address, size, step->value));
	} else if (step->verb <= FAIL8) {
		assert_false(rig_write(rig, step->address, size, step->value));
	} else if (step->verb == RFAIL) {
		assert_false(rig_read(rig, step->address, size, &value));
	} else {
		assert_true(rig_read(rig, step->address, size, &value));
		assert_int_equal(value, step->value);
	}
}

static void access_ap(struct rig *rig, const struct script_step *step)
{
	const struct vap_registers *ap = &rig->target.aps[1].registers;
	uint32_t value;

	if (step->verb == APW) {
		assert_true(ap->write(ap->data, (uint8_t)step->address, step->value));
		return;
	}
	assert_true(ap->read(ap->data, (uint8_t)step->address, &value));
	assert_int_equal(value, step->value);
}

static void run_step(
	const struct script_part *part, struct rig *rig, const struct script_step *step)
{
	const struct vap_config *mem_ap = &rig->target.aps[0];

	switch (step->verb) {
	case END:
		break;
	case IDLE:
		wait_idle(part, rig);
		break;
	case BUSY:
		assert_true(script_is_busy(part, rig));
		break;
	case NOT_BUSY:
		assert_false(script_is_busy(part, rig));
		break;
	case US:
		rig_wait(rig, step->value * NS_PER_US);
		break;
	case RESET:
		rig->target.drive_reset(rig->target.data, true);
		rig->target.drive_reset(rig->target.data, false);
		break;
	case HALT:
		halt(rig);
		break;
	case APR:
	case APW:
		access_ap(rig, step);
		break;
	case CLOSED:
	case OPEN:
		assert_int_equal(mem_ap->is_enabled(mem_ap->bus.data), step->verb == OPEN);
		break;
	case W32:
	case W16:
	case W8:
	case FAIL32:
	case FAIL16:
	case FAIL8:
	case R32:
	case R16:
	case RFAIL:
		access_memory(rig, step);
		break;
	}
}

void script_run(const struct script_part *part, const struct script *script, bool as_core)
{
	struct rig rig;

	rig_open(&rig, part->board, script->settings);
	rig.as_core = as_core;
	for (size_t i = 0; i < SCRIPT_STEPS; i++)
		run_step(part, &rig, &script->steps[i]);
	rig_close(&rig);
}
