/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOC_CORESIGHT_SOC_H
#define SOC_CORESIGHT_SOC_H

/**
 * @file
 * The generic Arm SoC: owns the debug port, finds everything else by itself, forwards what concerns
 * a core to the selected one. No device knowledge is needed to halt, read and write.
 */
#include "adi/dp.h"
#include "target/init_sequence.h"
#include "target/target.h"

/** In the order of the option `connect_mode`. */
enum connect_mode {
	CONNECT_HALT,
	CONNECT_ATTACH,
	CONNECT_PRE_RESET,
	CONNECT_UNDER_RESET,
};

struct soc_options {
	enum connect_mode connect_mode;
	dapper_wire wire;
	uint32_t clock_hz;
	/* As in struct dp_options. */
	uint32_t target_sel;
	bool use_dormant;
	unsigned jtag_tap;
	uint32_t reset_hold_ms;
	uint32_t reset_post_delay_ms;
	uint32_t reset_halt_timeout_ms;
	bool allow_no_cores;
	size_t primary_core;
};

/**
 * Make a SoC and its init sequence; nothing is sent yet.
 *
 * The steps: pre_connect, connect_dp, find_aps, discover_components, create_cores, check_for_cores,
 * halt_on_connect, post_connect.
 *
 * @param name  Of the device, or "cortex_m".
 * @param map   Taken over, also on failure. NULL: the architecture's generic map.
 * @param[out] soc  Attached nowhere; end it with node_destroy().
 */
dapper_status coresight_soc_create(dapper_context *context, dapper_probe *probe, const char *name,
	struct dapper_memory_map *map, const struct soc_options *options,
	struct dapper_target **soc);

/** The steps, to be edited before they run. Belongs to the SoC. */
struct init_sequence *coresight_soc_get_init_sequence(struct dapper_target *soc);

/** Run the init sequence. On failure nRESET is released and the SoC can only be destroyed. */
dapper_status coresight_soc_init(struct dapper_target *soc);

/** Give the target back: cores released (resumed on demand), debug powered down. Best effort. */
void coresight_soc_release(struct dapper_target *soc, bool resume);

/** The Armv6-M to v8-M system address map (DDI 0403, B3.1): what is true of every Cortex-M. */
dapper_status architecture_memory_map(struct dapper_memory_map **map);

#endif /* SOC_CORESIGHT_SOC_H */
