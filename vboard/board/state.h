/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_STATE_H
#define VBOARD_BOARD_STATE_H

/**
 * @file
 * The inside of struct board, for vboard/board alone: board.c (life, resets, power), bus.c, time.c,
 * target.c (the seam to the probe side).
 */
#include "vboard/board/part.h"

struct window {
	const char *name;
	uint32_t base;
	uint32_t size;
	enum bus_lanes lanes;
	const struct window_ops *ops;
	void *model;
};

/** Host memory that the core may see, at its own address. */
struct exposure {
	uint32_t base;
	uint32_t size;
	void *host;
	bool write;
	bool visible;
};

/** RAM or ROM of the part. */
struct memory {
	struct board *board;
	const struct memory_config *config;
	uint8_t *bytes;
};

/** A range that is there but not modelled. */
struct quiet {
	struct board *board;
	const struct quiet_range *range;
	bool logged;
};

/**
 * Time against the core's cycle counter: base_ns + (cycles - base_cycles) / hz, in integers without
 * drift. Rebased when the clock changes or when time passes without the core.
 */
struct core_clock {
	uint64_t base_ns;
	uint64_t base_cycles;
	uint32_t hz;
};

enum { BOARD_MAX_ALIASES = 2, BUS_RECENT = 64, BOARD_MAX_APS = VTARGET_MAX_APS - 1 };

/** An access port of the part's own, as the probe side calls it. */
struct own_ap {
	struct board *board;
	struct board_ap ap;
};

struct alias {
	uint32_t base;
	uint32_t size;
	uint32_t target;
};

/** Plain bytes, or an event, that a snapshot saves. */
struct kept {
	const char *name;
	void *bytes;
	size_t size;
	struct board_event *event; /* instead of bytes */
};

enum { INPUT_SIZE = 4096, INPUT_LISTENERS = 8 };

/** Bytes on their way to the part's serial port. */
struct board_input {
	struct {
		void (*receive)(void *model, uint8_t byte);
		void *model;
	} listeners[INPUT_LISTENERS];
	size_t listener_count;
	uint8_t bytes[INPUT_SIZE];
	size_t first, count;
	uint64_t frame_ns;
	struct board_event frame_end; /* armed while a byte is on the line */
};

struct board {
	dapper_context *context;
	const struct board_part *part;
	struct cpu *cpu;

	/* bus.c */
	struct window *windows; /* sorted by base */
	size_t window_count, window_capacity;
	const struct window *recent[BUS_RECENT]; /* windows found lately, by address bits */
	struct exposure *exposures;
	size_t exposure_count, exposure_capacity;
	struct alias aliases[BOARD_MAX_ALIASES];
	size_t alias_count;
	struct memory *memories;
	struct quiet *quiets;

	/* time.c */
	uint64_t now_ns;
	struct core_clock core_clock;
	uint32_t clock_hz[BOARD_CLOCK_COUNT];
	struct board_event *events; /* soonest first */
	bool in_core;               /* the core is executing: accesses are at its time */
	uint64_t slice_end_cycle;

	/* board.c */
	void **models;
	bool powered;
	bool in_reset; /* by either of these */
	bool pin_holds_reset, model_holds_reset;
	bool reset_requested;
	enum board_reset requested_reset;
	uint64_t flash_busy_ns;
	struct board_event power_loss;
	void (*output)(void *payload, const void *bytes, size_t size);
	void *output_payload;

	/* serial.c */
	struct board_input input;

	/* keep.c */
	struct kept *kept;
	size_t kept_count, kept_capacity;

	/* debug.c */
	uint32_t watch_hits;
	void (*demcr_changed)(void *model);
	void *demcr_listener;
	struct own_ap aps[BOARD_MAX_APS];
	size_t ap_count;
	bool (*debug_gate)(void *model); /* NULL: always open */
	void *debug_gate_model;
};

/* bus.c */
bool bus_read(struct board *board, uint32_t address, struct bus_access access, uint32_t *value);
bool bus_write(struct board *board, uint32_t address, struct bus_access access, uint32_t value);
/** The callbacks of struct cpu_bus; ctx is the board. */
bool bus_core_read(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t *value);
bool bus_core_write(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t value);
/** Make RAM and ROM of the part. */
dapper_status bus_add_memories(struct board *board);
dapper_status bus_add_quiet_ranges(struct board *board);
/** RAM loses its contents. */
void bus_scramble_ram(struct board *board);
void bus_finish(struct board *board);

/* time.c */
uint64_t core_clock_ns_at(const struct core_clock *clock, uint64_t cycles);
/** First cycle that is not before @p ns. */
uint64_t core_clock_cycle_at(const struct core_clock *clock, uint64_t ns);
/** Run the board up to a point in time; events happen on the way. */
void time_advance(struct board *board, uint64_t until_ns);

/* serial.c */
/** See vboard_input(). */
size_t serial_input(struct board *board, const void *bytes, size_t size, uint32_t baud);

/* debug.c */
/** The callbacks of struct cpu_bus. */
void debug_core_matched(void *ctx, unsigned comparator);
void debug_core_warn(void *ctx, const char *text);

/* board.c */
/** Do what board_request_reset() asked for. */
void board_do_reset(struct board *board);
void board_reset(struct board *board, enum board_reset kind);
/** One of those who hold the part in reset has changed its mind. */
void board_change_reset(struct board *board, bool *holds, bool hold, enum board_reset kind);

#endif /* VBOARD_BOARD_STATE_H */
