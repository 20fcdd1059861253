/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_PART_H
#define VBOARD_BOARD_PART_H

/**
 * @file
 * A microcontroller (with the board it sits on) as data: struct board_part. It comes from a
 * description, a YAML file (board/description.h).
 */
#include "vboard/board/board.h"
#include "vboard/board/internal.h"
#include "vboard/cpu/cpu.h"

enum memory_kind {
	MEMORY_RAM,   /* garbage at power-on, kept over resets */
	MEMORY_NVRAM, /* starts with all bytes `fill`, keeps what is written */
	MEMORY_ROM,   /* all bytes `fill`; writes are ignored */
};

struct memory_config {
	const char *name;
	uint32_t base;
	uint32_t size;
	enum memory_kind kind;
	uint8_t fill;
	uint8_t private_to;         /* as in struct model_config */
	enum bus_security security; /* likewise */
};

/** Another place where something is seen. */
struct alias_config {
	uint32_t base, size, target;
	enum bus_security security; /* what may look there */
};

/**
 * What the IDAU says of a range of addresses (DDI 0553, B8.3). Where ranges overlap, the first one
 * counts; of others it says "Non-secure", so that the SAU alone decides.
 */
struct idau_range {
	uint32_t base, size;
	struct cpu_idau says;
};

/** A range of addresses that the real part has and the board does not model. */
struct quiet_range {
	const char *name;
	uint32_t base;
	uint32_t size;
};

/** A word that firmware writes. */
struct part_poke {
	uint32_t address;
	uint32_t value;
};

/** Firmware that misbehaves in this part's own way, for scenarios: what it writes. */
struct part_firmware {
	const char *name; /* "swd-off", "watchdog" */
	const struct part_poke *pokes;
	size_t poke_count;
};

/** A core, and how it stands in the part. */
struct core_config {
	struct cpu_config cpu;
	const char *name;       /* "cm4" */
	enum board_clock clock; /* what it runs on */
	bool held;              /* every system reset leaves it in reset: board_hold_core() */
	bool resets_itself;     /* its SYSRESETREQ resets only it */
};

/** A MEM-AP. Of its vap_config, the bus and is_enabled are filled in by the board. */
struct part_ap {
	struct vap_config config;
	uint8_t core; /* whose bus it is on: private windows are this core's */
	uint8_t dp;   /* 0: the first debug port; n: more_dps[n - 1] */
};

/** A debug port beside the first on the same wire; what it does not say is as the first has it. */
struct part_dp {
	uint32_t dpidr, target_id, jtag_idcode; /* 0: as the first */
	uint8_t instance;
	bool is_rescue; /* asking it for power is no more than a call for help: board_listen_rescue() */
};

/** Interrupt lines that go to some cores only; those in no route go to all. */
struct irq_route {
	uint16_t first, last;
	uint8_t cores; /* a bit each */
};

enum { BOARD_MAX_CORES = 4 };

struct board_part {
	const char *name; /* as printed on the part */
	/* The cores; without, there is one of this configuration. */
	struct cpu_config cpu;
	const struct core_config *cores;
	size_t core_count;
	const struct irq_route *irq_routes;
	size_t irq_route_count;
	uint32_t clock_hz[BOARD_CLOCK_COUNT]; /* after reset */
	bool bit_band;                        /* Cortex-M3 and -M4 alias regions */
	/* What is at address 0 after reset, 0: nothing is remapped there. */
	uint32_t boot_base, boot_size;
	const struct alias_config *aliases;
	size_t alias_count;
	const struct idau_range *idau;
	size_t idau_count;

	/* The wire. */
	uint32_t dpidr;
	uint32_t target_id;
	uint8_t instance; /* DPv2: TINSTANCE */
	/* As in struct vdp_config. */
	uint32_t dpidr1;
	bool dp_has_rom, needs_system_power;
	uint64_t dp_rom_address, dp_rom_pidr;
	uint32_t power_up_ns;
	bool no_swd, starts_dormant;
	uint32_t jtag_idcode;
	uint8_t jtag_ir_length; /* 8, else 4 */
	/* TAPs nearer to TDI than the debug port's, but for the last taps_after, which follow it. */
	const struct vtap_config *taps;
	uint8_t tap_count, taps_after;
	/* Its MEM-APs; without, there is one at 0 with what the ap_ fields say. */
	const struct part_ap *aps;
	size_t ap_count;
	const struct part_dp *more_dps;
	size_t more_dp_count;
	uint32_t ap_idr;
	uint32_t ap_base;
	uint32_t ap_csw_reset;
	bool ap_can_pack;
	bool ap_can_unaligned;
	uint8_t ap_increment_bits; /* of TAR; 0: 10 */

	const struct memory_config *memories;
	size_t memory_count;
	const struct model_config *models;
	size_t model_count;
	const struct quiet_range *quiet;
	size_t quiet_count;
	const struct part_firmware *firmware;
	size_t firmware_count;
};

/** @p part outlives the board. */
dapper_status board_make(dapper_context *context, const struct board_part *part,
	const struct vboard_setting *settings, size_t setting_count, struct board **board);
void board_destroy(struct board *board);

/** Fill in the seam to the probe side. The target owns @p board from now on. */
void board_fill_target(struct board *board, struct vtarget *target);

#endif /* VBOARD_BOARD_PART_H */
