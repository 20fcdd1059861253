/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_BOARD_INTERNAL_H
#define VBOARD_BOARD_INTERNAL_H

/**
 * @file
 * The seam inside the virtual board: what the probe side (vboard/probe, wire, adi) needs of the
 * target side (vboard/board, cpu, coresight, models), so that each can be built and tested without
 * the other.
 */
#include <dapper/context.h>
#include <dapper/error.h>
#include <dapper/vboard.h>

/** Attributes of a debugger's bus access. */
enum vbus_attr { VBUS_PRIVILEGED = 1 << 0, VBUS_SECURE = 1 << 1 };

/** The bus behind a MEM-AP: one access of 1, 2 or 4 bytes, naturally aligned. */
struct vbus {
	/** false: bus error, which the AP turns into STICKYERR. */
	bool (*read)(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t *value);
	bool (*write)(void *data, uint64_t address, unsigned size, unsigned attr, uint32_t value);
	void *data;
};

/** The registers of an AP that is no MEM-AP; @p reg is 0x00 to 0xFC. false: error response. */
struct vap_registers {
	bool (*read)(void *data, uint8_t reg, uint32_t *value);
	bool (*write)(void *data, uint8_t reg, uint32_t value);
	void *data;
};

/** One access port as a board describes it. */
struct vap_config {
	uint8_t apsel;
	/* With a read function the AP is this and nothing else; what follows is a MEM-AP's. */
	struct vap_registers registers;
	uint32_t idr;  /* e.g. 0x24770011: AHB-AP of a Cortex-M4 */
	uint32_t base; /* BASE register: ROM table address | format | present */
	uint32_t cfg;
	uint32_t csw_reset;
	bool can_pack;      /* CSW.AddrInc packed is implemented */
	bool can_unaligned; /* words and half-words at any address; else low bits do not count */
	/* How many bits of TAR increment, which is where the address wraps; 0: 10. */
	uint8_t increment_bits;
	struct vbus bus;
	/* CSW.DeviceEn: without it there are no accesses. NULL: always. Takes bus.data. */
	bool (*is_enabled)(void *data);
};

enum { VTARGET_MAX_APS = 8, VTARGET_MAX_TAPS = 4 };

/** A TAP that shares a scan chain with the debug port's: it knows IDCODE and BYPASS. */
struct vtap_config {
	const char *name;
	uint32_t idcode;
	uint8_t ir_length;
	uint8_t ir_capture; /* what Capture-IR loads; ends in 01 (IEEE 1149.1, 7.1.1) */
	uint8_t ir_idcode;  /* the instruction IDCODE */
};

/** A target as seen from the wire. */
struct vtarget {
	uint32_t dpidr;     /* e.g. 0x2ba01477: SW-DP of an STM32F4 */
	uint32_t target_id; /* 0 before DPv2 */
	uint8_t instance;   /* DPv2: TINSTANCE of DLPIDR and TARGETSEL */
	/*
	 * Protocols: with a JTAG ID code there is a JTAG-DP, and without no_swd a SW-DP; with both
	 * (SWJ-DP) it starts up in JTAG. DPv2 has the dormant state too, and may start up in it.
	 */
	uint32_t jtag_idcode;
	bool no_swd;
	bool starts_dormant;
	uint8_t jtag_ir_length; /* of the JTAG-DP: 8, else 4 */
	/* Other TAPs in the same chain, from TDI to TDO; the DP follows on taps_before of them. */
	struct vtap_config taps[VTARGET_MAX_TAPS];
	uint8_t tap_count, taps_before;

	struct vap_config aps[VTARGET_MAX_APS];
	size_t ap_count;

	/* The target's side of the pins and of time. All take the target as data. */
	void (*drive_reset)(void *data, bool asserted); /* nRESET pin */
	void (*debug_power)(
		void *data, bool debug, bool system); /* CDBGPWRUPREQ, CSYSPWRUPREQ changed */
	void (*advance)(void *data, uint64_t now_ns); /* let the cores run up to this time */
	uint64_t (*flash_busy_ns)(void *data);        /* total so far */
	uint64_t (*instructions)(void *data);         /* total so far */
	void (*set_output)(void *data,
		void (*output)(void *payload, const void *bytes, size_t size), void *payload);
	/* For its serial port, see vboard_input(); NULL: it has none. */
	size_t (*input)(void *data, const void *bytes, size_t size, uint32_t baud);
	bool (*is_powered)(void *data); /* false: nobody answers on the wire */
	void (*destroy)(void *data);
	/**
	 * The target's clock. After a bus access it can be later than the last advance(): the
	 * access had to wait on the bus (flash read while it is being erased), and the wire would
	 * have answered WAIT for so long. NULL: never later.
	 */
	uint64_t (*now_ns)(void *data);
	void *data;
};

struct vboard_setting {
	const char *key;
	const char *value;
};

/** One board of the built-in table. */
struct vboard_type {
	dapper_vboard_info info;
	/** Optional: what DAP_Info tells of the target, "STMicroelectronics", "STM32F407VGTx". */
	const char *device_vendor;
	const char *device_name;
	/**
	 * Make its target. @p settings are the KEY=VALUE pairs that the probe side did not
	 * understand, count pairs; unknown ones are an error.
	 */
	dapper_status (*create)(dapper_context *context, const struct vboard_setting *settings,
		size_t setting_count, struct vtarget *target);
};

/** NULL-terminated; order of `dapper list`. */
extern const struct vboard_type *const vboard_types[];

struct vboard;

/** vboard_create() with a table of boards of one's own, which outlives the board. */
dapper_status vboard_create_from(dapper_context *context, const struct vboard_type *const *types,
	const char *spec, struct vboard **board);

#endif /* VBOARD_BOARD_INTERNAL_H */
