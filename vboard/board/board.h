/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_BOARD_H
#define VBOARD_BOARD_BOARD_H

/**
 * @file
 * The target side of a virtual board, as its peripheral models and CoreSight components see it: a
 * bus to appear on, one simulated clock, events, interrupt lines, resets and a serial output.
 *
 * A board is made from a struct board_part, which is data only (board/part.h). A model is a struct
 * model_class plus a row of the part's table; it knows the board only through this header.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dapper/context.h>
#include <dapper/error.h>

struct board;
struct cpu;

/* --- the bus --------------------------------------------------------------------------------- */

/** One access, naturally aligned. */
struct bus_access {
	uint32_t offset; /* from the base of the window; of the aligned word, but for LANES_RAW */
	unsigned size;   /* 1, 2 or 4: what was really asked for */
	bool debugger;   /* came through the AP, not from the core */
	bool privileged;
	bool secure;  /* Armv8-M with Security: the access's attribute; elsewhere always true */
	uint8_t core; /* which one's; for a debugger the core behind whose AP it came */
};

/** How a window takes accesses that are narrower than a word. */
enum bus_lanes {
	LANES_RAW, /* memory: offset and size as they come, value right-aligned */
	/* Registers of 32 bit: offset of the word; value and mask stand in their byte lanes. */
	LANES_AHB,
	/*
	 * The same behind an AHB-to-APB bridge, which "duplicates the 16- or 8-bit data to feed the
	 * 32-bit vector" (RM0090 rev 19, section 2.1.10): the mask is always a whole word.
	 */
	LANES_APB,
};

/** What answers in a range of addresses. false: bus error. NULL write: bus error, NULL read too. */
struct window_ops {
	bool (*read)(void *model, const struct bus_access *access, uint32_t *value);
	bool (*write)(void *model, const struct bus_access *access, uint32_t value, uint32_t mask);
};

/** The registers' usual way to take a write. */
static inline uint32_t merge_lanes(uint32_t old, uint32_t value, uint32_t mask)
{
	return (old & ~mask) | (value & mask);
}

/** Put a window on the bus. Windows must not overlap. @p ops and @p model outlive the board. */
dapper_status board_add_window(struct board *board, const char *name, uint32_t base, uint32_t size,
	enum bus_lanes lanes, const struct window_ops *ops, void *model);

/**
 * Let the core read (and with @p write also write) host memory at an address without asking the
 * bus, until board_conceal(). Aliases follow by themselves.
 */
dapper_status board_expose(
	struct board *board, uint32_t base, uint32_t size, void *host, bool write);
void board_conceal(struct board *board, uint32_t base);
/** Tell the core that memory it may have seen was changed by someone else. */
void board_touched(struct board *board, uint32_t base, uint32_t size);

/** Which accesses a part of the bus takes, by their attribute (struct bus_access); others fail. */
enum bus_security { SECURITY_ANY, SECURITY_SECURE, SECURITY_NONSECURE };

/** The same for the window that begins at @p base, from now on; on every core's bus. */
dapper_status board_set_security(struct board *board, uint32_t base, enum bus_security security);

/** From now on [base, base + size) shows what is at @p target. One alias per base. */
dapper_status board_set_alias(struct board *board, uint32_t base, uint32_t size, uint32_t target);

/* --- time ------------------------------------------------------------------------------------ */

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

/**
 * Simulated time of whoever is accessing: inside an access of the core the core's own time, exact
 * to the instruction; otherwise the board's.
 */
uint64_t board_now_ns(const struct board *board);

/** Something that happens at a point in time. Embedded in its owner; @p fire may arm it again. */
struct board_event {
	void (*fire)(void *model);
	void *model;
	uint64_t at_ns;
	bool armed;
	struct board_event *next;
};
void board_arm(struct board *board, struct board_event *event, uint64_t at_ns);
void board_disarm(struct board *board, struct board_event *event);

/**
 * The access being handled has to wait on the bus until @p until_ns: a core stands still meanwhile,
 * for a debugger the board runs on.
 */
void board_stall(struct board *board, const struct bus_access *access, uint64_t until_ns);

/** Clocks of the part that models ask for. */
enum board_clock { CLOCK_CORE, CLOCK_APB1, CLOCK_APB2, CLOCK_CORE2, BOARD_CLOCK_COUNT };
void board_set_clock(struct board *board, enum board_clock clock, uint32_t hz);
uint32_t board_clock_hz(const struct board *board, enum board_clock clock);

/* --- the rest of the part -------------------------------------------------------------------- */

enum board_reset {
	RESET_POWER_ON, /* everything */
	RESET_PIN,      /* nRESET: all but the debug logic */
	RESET_SOFTWARE, /* AIRCR.SYSRESETREQ */
	RESET_WATCHDOG,
};

/**
 * A model is about to allocate this much for a memory of the part: descriptions from anywhere must
 * not ask for more than a board may have (128 MB).
 */
dapper_status board_claim_memory(struct board *board, uint64_t size);

dapper_context *board_context(const struct board *board);
/** Core number @p core, from 0; there is always one. */
struct cpu *board_cpu(const struct board *board, unsigned core);
unsigned board_core_count(const struct board *board);
/** Level of an interrupt line, at the cores that the part routes it to. */
void board_set_irq(struct board *board, unsigned line, bool level);
/** The same at one core only, for what is a core's own. */
void board_set_core_irq(struct board *board, unsigned core, unsigned line, bool level);
/**
 * Hold one core in reset, or let it go: it then starts as after a system reset. Takes effect as
 * soon as the access or event being handled is over, a core that holds itself included.
 */
void board_hold_core(struct board *board, unsigned core, bool hold);
/** Reset one core, as soon as the access or event being handled is over. */
void board_request_core_reset(struct board *board, unsigned core);
/** Reset the part as soon as the access or event being handled is over. */
void board_request_reset(struct board *board, enum board_reset kind);
/**
 * Take the supply away at a point in time, for good; the earliest wish counts. Models are told by
 * their class's power_lost().
 */
void board_lose_power_at(struct board *board, uint64_t ns);
/** When that will be; UINT64_MAX: never. */
uint64_t board_power_loss_ns(const struct board *board);
/** The serial port. */
void board_output(struct board *board, const void *bytes, size_t size);
/** The SWO pin: this was sent, until now. */
struct vswo_burst;
void board_swo(struct board *board, const struct vswo_burst *burst);
/**
 * Memory that models of a board know each other by: the same for the same @p name, zeroed at first,
 * there as long as the board. @p name is not copied. NULL: out of memory.
 */
void *board_shared(struct board *board, const char *name, size_t size);
/**
 * Listen to what comes by the serial port, a byte when its frame is over. For creating a board
 * only; up to 8 may, as several UARTs can be wired to one plug.
 */
dapper_status board_listen_input(
	struct board *board, void (*receive)(void *model, uint8_t byte), void *model);
/** A word of the bus as a debugger sees it, for models that depend on each other; 0 on error. */
uint32_t board_peek(struct board *board, uint32_t address);
/** Write a word of the bus for a model that masters it. false: bus error. */
bool board_poke(struct board *board, uint32_t address, uint32_t value);
/** Count time in which a flash controller worked. */
void board_count_flash_busy(struct board *board, uint64_t ns);

/* --- debug ----------------------------------------------------------------------------------- */

/** Which watches of a core, as given to cpu_set_watches(), matched since the last call: a bit each. */
uint32_t board_take_watch_hits(struct board *board, unsigned core);

/**
 * DEMCR.TRCENA of a core: the clock of its DWT and ITM. A debugger's write of DEMCR is announced to
 * who has asked for it (one listener a core).
 */
bool board_trace_enabled(const struct board *board, unsigned core);
void board_listen_demcr(
	struct board *board, unsigned core, void (*changed)(void *model), void *model);
void board_demcr_written(struct board *board, unsigned core);

/**
 * An access port of the part's own, beside the MEM-AP at 0. @p read and @p write take a register's
 * offset, 0x00 to 0xFC. For creating a board only.
 */
struct board_ap {
	uint8_t apsel;
	bool (*read)(void *model, uint8_t reg, uint32_t *value);
	bool (*write)(void *model, uint8_t reg, uint32_t value);
	void *model;
	/** Until when an access to this register is answered WAIT. NULL: never. */
	uint64_t (*ready_ns)(void *model, uint8_t reg, bool read);
};
dapper_status board_add_ap(struct board *board, const struct board_ap *ap);
/** Ask a model whether the MEM-AP may access the bus: CSW.DeviceEn. One model. */
void board_gate_debug(struct board *board, bool (*is_open)(void *model), void *model);
/** Likewise whether it may make Secure accesses: CSW.SPIDEN. One model. */
void board_gate_secure_debug(struct board *board, bool (*is_open)(void *model), void *model);
/** Ask a model whether a debugger may access an address while the MEM-AP is open. One model. */
void board_limit_debug(
	struct board *board, bool (*reaches)(void *model, uint32_t address), void *model);
/** Tell a model when a debugger calls for help through a rescue DP. One model. */
void board_listen_rescue(struct board *board, void (*rescue)(void *model), void *model);
/** Ask a model whether the debug pins are the debug port's. One model. */
void board_gate_wire(struct board *board, bool (*is_connected)(void *model), void *model);
/** Hold the part in reset, as the pin would, or let it go. Not from an access of the core. */
void board_hold_reset(struct board *board, bool hold);
/** The RAMs lose their contents. */
void board_forget_ram(struct board *board);

/* --- models ---------------------------------------------------------------------------------- */

struct model_config;

/** What a field of a model's configuration holds. */
enum model_field_kind {
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_U64,
	FIELD_BOOL,
	FIELD_TEXT, /* const char * */
	FIELD_LIST, /* a pointer to elements, and their number in a size_t */
	FIELD_WORD, /* one of `words`: its index, in an enum */
};

/**
 * One key of a model in a board's description (YAML), and where its value goes in the struct that
 * model_config.data points to. A table of them ends with a row whose key is NULL.
 */
struct model_field {
	const char *key;
	enum model_field_kind kind;
	uint16_t offset;
	bool required;
	/* FIELD_LIST only: the elements. A row without key: each is the plain value of that row. */
	const struct model_field *element;
	uint16_t element_size;
	uint16_t count_offset;
	const char *const *words; /* FIELD_WORD only; NULL-terminated */
};

/** The words of an enum board_clock. */
extern const char *const board_clock_words[];

struct model_class {
	const char *name;
	/** Make one; it has its window already. Reset comes after all models are made. */
	dapper_status (*create)(
		struct board *board, const struct model_config *config, void **model);
	/** NULL: nothing to reset. */
	void (*reset)(void *model, enum board_reset kind);
	/**
	 * Take a KEY=VALUE of the board's description. @p taken stays false when the key is not
	 * this model's. NULL: has none.
	 */
	dapper_status (*set)(void *model, const char *key, const char *value, bool *taken);
	/** For the hint about an unknown key; NULL-terminated. May be NULL. */
	const char *const *keys;
	void (*power_lost)(void *model); /* NULL: nobody cares */
	/** A snapshot has just replaced the state: what follows from it (interrupt lines, what the
	 * core sees directly). NULL: nothing. */
	void (*restored)(void *model);
	void (*destroy)(void *model);
	struct window_ops ops;
	/** What a description can say; NULL: nothing. config_size is that of the struct. */
	const struct model_field *fields;
	size_t config_size;
};

/** One model in a part's table. */
struct model_config {
	const struct model_class *class;
	const char *name; /* "USART2" */
	uint32_t base;
	uint32_t size;
	enum bus_lanes lanes;
	uint16_t irq;
	const void *data; /* what the class wants to know; its header says */
	/* 0: on the bus of all cores; n: on the private bus of core n - 1 (PPB, SIO, TCM). */
	uint8_t private_to;
	enum bus_security security;
};

/** The core that a model belongs to: core 0's if nobody's. */
static inline unsigned model_core(const struct model_config *config)
{
	return config->private_to ? config->private_to - 1u : 0;
}

/**
 * For snapshots: these bytes are part of the model's state. They hold no pointers, and live as long
 * as the board. Called in create(), always in the same order.
 */
dapper_status board_keep(struct board *board, const char *name, void *bytes, size_t size);
/** The same for a variable. */
#define KEEP(board, variable) board_keep(board, #variable, &(variable), sizeof(variable))
/** The same for when an event is due. */
dapper_status board_keep_event(struct board *board, const char *name, struct board_event *event);

/** A model's configuration makes no sense. @return DAPPER_ERR_INVALID. */
dapper_status model_invalid(const struct model_config *config, const char *why);

/** Parse the number of a setting, C syntax, up to @p limit. */
dapper_status setting_number(const char *key, const char *value, uint64_t limit, uint64_t *number);

#endif /* VBOARD_BOARD_BOARD_H */
