/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

/**
 * @file
 * The abstract target: what SoC and core have in common. No Arm word belongs into this folder.
 *
 * The public dapper_target_*() functions check their arguments and call the ops; an op that is NULL
 * answers DAPPER_ERR_UNSUPPORTED with the target's name. A SoC's ops forward to its selected core.
 */
#include <dapper/context.h>
#include <dapper/target.h>

#include "base/clock.h"
#include "base/node.h"
#include "target/memory_map.h"

struct dapper_fault;
struct target_area;
struct target_call;
struct target_wait;

struct target_ops {
	dapper_status (*read_memory)(
		struct dapper_target *target, uint64_t address, void *data, size_t size);
	dapper_status (*write_memory)(
		struct dapper_target *target, uint64_t address, const void *data, size_t size);
	dapper_status (*read_units)(struct dapper_target *target, uint64_t address,
		unsigned unit_size, void *data, size_t count);
	dapper_status (*write_units)(struct dapper_target *target, uint64_t address,
		unsigned unit_size, const void *data, size_t count);

	/** Does not touch the target. */
	const dapper_register *(*get_registers)(const struct dapper_target *target, size_t *count);
	/** The ids are known to be valid. */
	dapper_status (*read_registers)(
		struct dapper_target *target, const uint16_t *ids, uint64_t *values, size_t count);
	dapper_status (*write_registers)(struct dapper_target *target, const uint16_t *ids,
		const uint64_t *values, size_t count);

	dapper_status (*get_state)(struct dapper_target *target, dapper_target_state *state);
	dapper_status (*get_halt_reason)(struct dapper_target *target, dapper_halt_reason *reason);
	dapper_status (*halt)(struct dapper_target *target);
	dapper_status (*resume)(struct dapper_target *target);
	dapper_status (*step)(struct dapper_target *target);
	dapper_status (*step_range)(struct dapper_target *target, uint64_t start, uint64_t end,
		uint32_t max_steps, uint64_t *pc, dapper_halt_reason *reason);
	dapper_status (*wait_halted)(struct dapper_target *target, uint32_t timeout_ms);
	dapper_status (*reset)(
		struct dapper_target *target, dapper_reset_type type, bool halt_after);

	dapper_status (*set_breakpoint)(struct dapper_target *target, uint64_t address);
	dapper_status (*clear_breakpoint)(struct dapper_target *target, uint64_t address);
	/** The size is not 0, does not wrap around; the kind is valid. */
	dapper_status (*set_watchpoint)(
		struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
	dapper_status (*clear_watchpoint)(
		struct dapper_target *target, uint64_t address, uint64_t size, dapper_watch watch);
	dapper_status (*get_watchpoint_hit)(
		struct dapper_target *target, uint64_t *address, dapper_watch *watch);

	/**
	 * Call a function on the halted core and wait until it returns: the heart of the flash
	 * algorithm runner, here because registers, run and wait make one batch together.
	 */
	dapper_status (*call)(
		struct dapper_target *target, const struct target_call *call, uint32_t *result);
	/**
	 * The same in two halves, so that memory can be accessed while the function runs. Between
	 * them nothing but memory accesses; each successful start is followed by a finish with the
	 * same call, whatever fails between. The call's time counts from its start. NULL: only
	 * whole calls.
	 */
	dapper_status (*call_start)(struct dapper_target *target, const struct target_call *call);
	dapper_status (*call_finish)(
		struct dapper_target *target, const struct target_call *call, uint32_t *result);

	/**
	 * While a started call runs: wait until a word of memory has the value, or the function
	 * has returned, or the time has passed. The call's own time counts anew from here.
	 */
	dapper_status (*call_wait)(
		struct dapper_target *target, const struct target_wait *wait, bool *matched);

	/** Whether a cancelled context ends what is done to the target. NULL: it always does. */
	void (*set_cancellable)(struct dapper_target *target, bool cancellable);

	/** As target_read_areas(). NULL: one read_memory each. */
	dapper_status (*read_areas)(
		struct dapper_target *target, const struct target_area *areas, size_t count);
	/** As dapper_target_describe_fault() and dapper_target_catch_faults(). */
	dapper_status (*describe_fault)(struct dapper_target *target, struct dapper_fault *fault);
	dapper_status (*catch_faults)(struct dapper_target *target, bool enable);

	/* SoC only. */
	size_t (*core_count)(const struct dapper_target *target);
	struct dapper_target *(*get_core)(const struct dapper_target *target, size_t index);
	dapper_status (*select_core)(struct dapper_target *target, size_t index);
};

/** A run of words to be read. */
struct target_area {
	uint64_t address; /**< Word-aligned. */
	uint8_t *data;
	size_t size; /**< A multiple of 4. */
};

/** A call of a function on the target, by the procedure call standard of its architecture. */
struct target_call {
	uint64_t function;
	uint32_t arguments[4];
	size_t argument_count;
	uint64_t stack_top;
	uint64_t static_base;    /**< AAPCS r9. */
	uint64_t return_address; /**< Where a breakpoint instruction lies. */
	uint32_t timeout_ms;     /**< In the probe's time; the core is halted when it passes. */
};

/** What to wait for while a call runs. */
struct target_wait {
	uint64_t address; /**< Of a word, aligned. */
	uint32_t mask;
	uint32_t value;      /**< Until (word & mask) == value. */
	uint32_t timeout_ms; /**< In the probe's time. */
};

/** Which run state subscribers of events were told last; see target/events.h. */
enum target_told { TARGET_TOLD_NOTHING, TARGET_TOLD_HALTED, TARGET_TOLD_RUNNING };

struct event_hub;

struct dapper_target {
	struct node node; /* first: see NODE_OBJECT */
	const struct target_ops *ops;
	dapper_context *context;   /* borrowed: the session holds a reference */
	const struct clock *clock; /* the probe's */
	/* Owned by the SoC; its cores point to the same. */
	struct dapper_memory_map *memory_map;
	struct event_hub *events; /* the session's; NULL: nobody to tell */
	enum target_told told;    /* of a core */
};

/**
 * As target_ops.call.
 *
 * @param[out] result  What the function returned (AAPCS r0).
 * @retval DAPPER_ERR_TIMEOUT  It did not return in time; the core is halted, the hint says at which
 * pc.
 * @retval DAPPER_ERR_FLASH_ALGORITHM  It halted elsewhere than at the return address, or faulted.
 */
dapper_status target_call(
	struct dapper_target *target, const struct target_call *call, uint32_t *result);

/**
 * As target_ops.call_start: target_call() = target_call_start() + target_call_finish().
 *
 * @retval DAPPER_ERR_UNSUPPORTED  Only whole calls; nothing was done.
 */
dapper_status target_call_start(struct dapper_target *target, const struct target_call *call);
/** As target_ops.call_finish; results and failures as target_call(). */
dapper_status target_call_finish(
	struct dapper_target *target, const struct target_call *call, uint32_t *result);

/**
 * As target_ops.call_wait; the call still has to be finished, whatever comes of it.
 *
 * @param[out] matched  false: the function has returned, or the core is halted otherwise.
 * @retval DAPPER_ERR_TIMEOUT  Neither; target_call_finish() will not wait any longer either, but
 * halt the core and say where it was.
 */
dapper_status target_call_wait(
	struct dapper_target *target, const struct target_wait *wait, bool *matched);

/**
 * Read several areas in their order, in one batch where the target can: what is read later was
 * there later.
 */
dapper_status target_read_areas(
	struct dapper_target *target, const struct target_area *areas, size_t count);

/** While cleaning up, go on talking to the target although the context was cancelled. */
void target_set_cancellable(struct dapper_target *target, bool cancellable);

#endif /* TARGET_TARGET_H */
