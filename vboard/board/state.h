/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_STATE_H
#define VBOARD_BOARD_STATE_H

/**
 * @file
 * The inside of struct board, for vboard/board alone: board.c (life, resets, power), bus.c, time.c,
 * target.c (the seam to the probe side).
 */
#include "vboard/board/part.h"

enum { BUS_RECENT = 64 };

struct window {
	const char *name;
	uint32_t base;
	uint32_t size;
	enum bus_lanes lanes;
	const struct window_ops *ops;
	void *model;
	enum bus_security security;
};

/** Windows sorted by base. */
struct window_map {
	struct window *windows;
	size_t count, capacity;
	const struct window *recent[BUS_RECENT]; /* found lately, by address bits */
};

/** Host memory that cores may see, at its own address. */
struct exposure {
	uint32_t base;
	uint32_t size;
	void *host;
	bool write;
	bool visible;
	uint8_t private_to; /* as in struct model_config */
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

enum { BOARD_MAX_ALIASES = 16, BOARD_MAX_APS = VTARGET_MAX_APS - 1 };

/** A core of the part. */
struct core {
	struct board *board;
	const struct core_config *config;
	uint8_t number;
	struct cpu *cpu;
	struct core_clock clock;
	struct window_map bus; /* its private one */
	uint64_t slice_end_cycle;
	bool held, hold_wanted; /* in reset by itself; hold_wanted: from the next chance on */
	bool reset_wanted;

	/* debug.c */
	uint32_t watch_hits;
	void (*demcr_changed)(void *model);
	void *demcr_listener;
};

/** The bus as a MEM-AP sees it. */
struct debug_bus {
	struct board *board;
	uint8_t core;
};

/** An access port of the part's own, as the probe side calls it. */
struct own_ap {
	struct board *board;
	struct board_ap ap;
};

struct alias {
	uint32_t base;
	uint32_t size;
	uint32_t target;
	enum bus_security security;
};

/** Plain bytes, or an event, that a snapshot saves. */
struct kept {
	const char *name;
	void *bytes;
	size_t size;
	struct board_event *event; /* instead of bytes */
};

/** Accesses to a range end in bus errors: from number `first` on, `count` of them. */
struct bus_fault {
	uint32_t base, size;
	uint64_t first, count, seen;
};

enum { BOARD_MAX_BUS_FAULTS = 8 };

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
	struct description *description; /* which the part belongs to; NULL: to nobody */
	uint64_t claimed_memory;
	struct core_config only_core; /* of a part that lists none */
	struct core cores[BOARD_MAX_CORES];
	unsigned core_count;

	/* bus.c */
	struct window_map bus; /* what all cores have */
	struct exposure *exposures;
	size_t exposure_count, exposure_capacity;
	struct alias aliases[BOARD_MAX_ALIASES];
	size_t alias_count;
	struct memory *memories;
	struct quiet *quiets;

	/* time.c */
	uint64_t now_ns;
	uint32_t clock_hz[BOARD_CLOCK_COUNT];
	struct board_event *events; /* soonest first */
	bool in_core;               /* a core is executing: accesses are at its time... */
	uint8_t running;            /* ...this one */

	/* board.c */
	void **models;
	bool powered;
	bool in_reset; /* by either of these */
	bool pin_holds_reset, model_holds_reset;
	bool resets_due; /* something of: */
	bool reset_requested;
	enum board_reset requested_reset;
	uint64_t flash_busy_ns;
	struct board_event power_loss;
	bool power_returns; /* power_off_ns after it was lost */
	uint64_t power_off_ns, power_lost_ns;
	uint32_t power_cycles;
	void (*output)(void *payload, const void *bytes, size_t size);
	void *output_payload;

	/* shared.c */
	struct shared *shared;
	void (*swo_sink)(void *payload, const struct vswo_burst *burst);
	void *swo_payload;

	/* misbehave.c */
	struct bus_fault bus_faults[BOARD_MAX_BUS_FAULTS];
	size_t bus_fault_count;
	char *firmware; /* name of what misbehaves */

	/* snapshot.c */
	char *restore_from, *save_to;
	/* serial.c */
	struct board_input input;

	/* keep.c */
	struct kept *kept;
	size_t kept_count, kept_capacity;

	/* debug.c */
	struct debug_bus debug_buses[VTARGET_MAX_APS];
	size_t debug_bus_count;
	struct own_ap aps[BOARD_MAX_APS];
	size_t ap_count;
	bool (*debug_gate)(void *model); /* NULL: always open */
	void *debug_gate_model;
	bool (*secure_gate)(void *model); /* NULL: always open */
	void *secure_gate_model;
	bool (*debug_limit)(void *model, uint32_t address); /* NULL: none */
	void *debug_limit_model;
	void (*rescue)(void *model);
	void *rescue_model;
	bool (*wire_gate)(void *model); /* NULL: always connected */
	void *wire_gate_model;
};

/* bus.c */
bool bus_read(struct board *board, uint32_t address, struct bus_access access, uint32_t *value);
bool bus_write(struct board *board, uint32_t address, struct bus_access access, uint32_t value);
/** The callbacks of struct cpu_bus; ctx is the core. */
bool bus_core_read(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t *value);
bool bus_core_write(void *ctx, uint32_t address, unsigned size, unsigned attr, uint32_t value);
/** board_add_window() for one core's private bus, or all: struct model_config. */
dapper_status bus_add_window(struct board *board, const struct window *window, uint8_t private_to);
/** The aliases that the part always has. */
dapper_status bus_add_aliases(struct board *board);
/** Make RAM and ROM of the part. */
dapper_status bus_add_memories(struct board *board);
dapper_status bus_add_quiet_ranges(struct board *board);
/** RAM loses its contents. */
void bus_scramble_ram(struct board *board);
void bus_finish(struct board *board);

/* security.c */
/** Does a part of the bus take this access? */
bool security_permits(enum bus_security security, const struct bus_access *access);
/** May cores see memory directly that only such accesses reach? */
bool security_may_expose(
	const struct board *board, uint32_t base, uint32_t size, enum bus_security security);
/** Is there a core with the Security Extension? Elsewhere all accesses are Secure. */
bool security_is_there(const struct board *board);
/** The callback of struct cpu_bus; ctx is the core. */
struct cpu_idau security_core_idau(void *ctx, uint32_t address);

/* time.c */
uint64_t core_clock_ns_at(const struct core_clock *clock, uint64_t cycles);
/** First cycle that is not before @p ns. */
uint64_t core_clock_cycle_at(const struct core_clock *clock, uint64_t ns);
/** Run the board up to a point in time; events happen on the way. */
void time_advance(struct board *board, uint64_t until_ns);

/** Has the core asked for a reset? It is due then. */
void time_core_resets(struct core *core);
/** board_now_ns() of one core. */
uint64_t core_now_ns(const struct core *core);
/** Its clock starts anew at the board's time. */
void core_restart_clock(struct core *core, uint32_t hz);
/* serial.c */
/** See vboard_input(). */
size_t serial_input(struct board *board, const void *bytes, size_t size, uint32_t baud);

/* debug.c */
/** The callbacks of struct cpu_bus. */
void debug_core_matched(void *ctx, unsigned comparator);
void debug_core_warn(void *ctx, const char *text);

/* shared.c */
void board_finish_shared(struct board *board);
/** The seam's set_swo(); data is the board. */
void board_set_swo(
	void *data, void (*sink)(void *payload, const struct vswo_burst *burst), void *payload);

/* misbehave.c */
/** A setting of the board as a whole. */
struct board_setting {
	const char *key;
	dapper_status (*set)(struct board *board, const char *key, const char *value);
};
/** Ends with a NULL key. */
extern const struct board_setting board_settings[];
/** Count an access to the address; whether a scenario makes it fail. */
bool board_fault_hits(struct board *board, uint32_t address);

/** Once the memories can be seen: the firmware that was asked for, and a reset into it. */
dapper_status board_put_firmware(struct board *board);

/* snapshot.c */
dapper_status set_restore(struct board *board, const char *key, const char *value);
dapper_status set_save_at_end(struct board *board, const char *key, const char *value);
dapper_status board_save(struct board *board, const char *path);
/** On failure nothing has changed, but for a core that does not fit. */
dapper_status board_restore(struct board *board, const char *path);
/** Do what these two asked for. */
dapper_status board_restore_if_asked(struct board *board);
void board_save_if_asked(struct board *board);

/* board.c */
/** Do what board_request_reset() and those for one core asked for. */
void board_do_resets(struct board *board);
void board_reset(struct board *board, enum board_reset kind);
/** The supply comes back. */
void board_power_up(struct board *board);
/** One of those who hold the part in reset has changed its mind. */
void board_change_reset(struct board *board, bool *holds, bool hold, enum board_reset kind);

#endif /* VBOARD_BOARD_STATE_H */
