/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FAKE_TARGET_H
#define SUPPORT_FAKE_TARGET_H

/**
 * @file
 * A target for tests of flash programming: byte arrays for flash and RAM, and flash algorithms that
 * are executed in C, by the address that is called. It holds the rules that real parts do not
 * check: what breaks one is written down in fake_target.broken.
 *
 * An algorithm is only found when its bytes are where the call says, so that loading is tested too;
 * each call writes over the 512 bytes below the top of its stack. So is our own code (flash/
 * loader_code.h): what it calls from the ring is a call like any other.
 */
#include <dapper/image.h>

#include "flash/flm.h"
#include "support/test.h"
#include "target/target.h"

enum {
	FAKE_FLASHES_MAX = 3,
	FAKE_LOG = 1 << 16,
	FAKE_NEVER = 0,
	FAKE_RAM_SIZE = 0x8000,
	FAKE_RAM_START = 0x20000000,
	FAKE_SECTOR_RUNS = 4,
};

/** Flash with its algorithm. */
struct fake_flash {
	uint64_t start;
	uint32_t size;
	uint8_t *bytes;
	const struct flm *flm;
	unsigned active;       /* what Init said; 0 after UnInit */
	bool needs_init_3;     /* is only mapped after Init(3), as external flash */
	bool blank_faults;     /* pages that are erased cannot be read, as on LPC55 */
	uint64_t bad_cell;     /* a byte whose bits do not program; 0: none */
	size_t erased_sectors; /* counters of this flash */
	size_t erased_chips;
	size_t programmed_pages;
};

struct fake_target {
	struct dapper_target target; /* first */
	struct clock clock;
	uint64_t now_ns;
	struct fake_flash flashes[FAKE_FLASHES_MAX];
	size_t flash_count;
	uint8_t ram[FAKE_RAM_SIZE];
	bool is_halted;
	bool only_whole_calls; /* no call_start */
	bool no_own_code;      /* what is ours faults when it is called */
	bool eager;            /* the ring is served as soon, and not as late, as can be */
	bool is_running;       /* between call_start and call_finish */
	bool cancellable;
	struct target_call started;
	uint64_t slot;  /* that the ring's server is at */
	bool has_ended; /* the server has returned, ring_result to tell */
	bool is_stuck;  /* it has called what hangs */
	uint32_t ring_result;
	size_t hashed;
	size_t starts; /* of calls, whole or in halves */

	char log[FAKE_LOG]; /* calls, one a line: "EraseSector 08004000" */
	char broken[256];   /* the first rule that was broken, or "" */

	/* Failures. Operations are halts, memory accesses and calls (a call in halves: both). */
	size_t operations;
	size_t fail_at; /* operation that fails; FAKE_NEVER */
	dapper_status fail_status;
	bool fail_for_ever; /* and all after it */
	bool has_failed;    /* an UnInit may have got lost */
	size_t cancel_at;   /* operation before which the context is cancelled */
	size_t calls;
	size_t fail_call; /* call that returns 1 instead of doing anything */
	size_t hang_call; /* call that does not return */
	uint64_t bad_ram; /* address whose byte does not hold what is written; 0: none */
	size_t read_bytes;
	size_t written_bytes;
};

/** A target with RAM at FAKE_RAM_START. End it with fake_target_free(). */
struct fake_target *fake_target_new(void);
void fake_target_free(struct fake_target *fake);

/** Add flash, all erased, with a region in the memory map; @p flm outlives the target. */
struct fake_flash *fake_target_add_flash(
	struct fake_target *fake, const char *name, uint64_t start, const struct flm *flm);

/** Add a region of memory that is only in the map. */
void fake_target_add_region(struct fake_target *fake, const char *name, dapper_region_type type,
	uint64_t start, uint64_t size);

/** Start counting operations, calls and the log anew. */
void fake_target_restart(struct fake_target *fake);

/* --- algorithms ------------------------------------------------------------------------------ */

/** What an algorithm is made from; 0 and NULL: as a small STM32. */
struct fake_flm {
	uint32_t start;
	uint32_t size;
	uint32_t page_size;
	bool erases_to_zero;
	uint16_t type;
	struct flm_sectors sectors[FAKE_SECTOR_RUNS];
	uint32_t code_size;
	uint32_t bss_size;
	uint32_t alignment;
	uint32_t program_timeout_ms;
	uint32_t erase_timeout_ms;
	unsigned without; /* mask of BIT(FLM_...) */
};

/** For flm_free(). */
struct flm *fake_flm_new(const struct fake_flm *fake);

/** Deep copy: two owners, one algorithm. */
struct flm *fake_flm_copy(const struct flm *flm);

/** An image of one segment. */
dapper_image *fake_image_new(const char *name, uint64_t address, const void *data, size_t size);

#endif /* SUPPORT_FAKE_TARGET_H */
