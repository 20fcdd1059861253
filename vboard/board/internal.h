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
	/** Until when an access to this register is answered WAIT. NULL: never. */
	uint64_t (*ready_ns)(void *data, uint8_t reg, bool read);
};

/** What kind of bus a MEM-AP has, which says what is in its CSW; see vboard/adi/mem_ap_kinds.c. */
enum vap_kind {
	VAP_AHB3, /* also the AHB-APs inside of Armv6-M and Armv7-M cores */
	VAP_AHB5, /* with HNONSEC */
	VAP_APB2, /* words only; no attributes. Also APB3 */
	VAP_APB4, /* words only; PPROT */
	VAP_AXI,
	VAP_JTAG, /* no MEM-AP but a JTAG-AP, with nothing behind it */
};

/** One access port as a board describes it. */
struct vap_config {
	uint8_t apsel; /* ADIv5 */
	/*
	 * ADIv6: where its 4 KB of registers are. On the DP's bus, or with a parent on the bus
	 * behind that AP: 1 is aps[0]. A parent stands before its children in aps[].
	 */
	uint64_t address;
	uint8_t parent;
	enum vap_kind kind;
	/* With a read function the AP is this and nothing else; what follows is a MEM-AP's. */
	struct vap_registers registers;
	uint32_t idr;  /* e.g. 0x24770011: AHB-AP of a Cortex-M4 */
	uint32_t base; /* BASE register: ROM table address | format | present */
	uint32_t base_high;
	uint32_t cfg;  /* bits beside those that follow from the fields below */
	uint32_t cfg1; /* CFG1, 0xE0 */
	uint32_t csw_reset;
	bool can_pack;      /* CSW.AddrInc packed is implemented */
	bool can_unaligned; /* words and half-words at any address; else low bits do not count */
	/* How many bits of TAR increment, which is where the address wraps; 0: 10. */
	uint8_t increment_bits;
	/* Bits of an address and of the largest transfer (64 to 256); 0: 32. CFG.LA, CFG.LD. */
	uint16_t address_bits, data_bits;
	bool big_endian; /* CFG.BE */
	/* ADIv6: DAR0 to DAR255 (CFG.DARSIZE); CSW.ERRNPASS, CSW.ERRSTOP and TRR (CFG.ERR). */
	bool has_dars, has_error_control;
	uint64_t pidr; /* ADIv6: PIDR4 to PIDR0, as debuggers print it; 0: Arm's for the kind */
	struct vbus bus;
	/* CSW.DeviceEn: without it there are no accesses. NULL: always. Takes bus.data. */
	bool (*is_enabled)(void *data);
	/* CSW.SPIDEN: without it there are no Secure accesses. NULL: as csw_reset says; allowed. */
	bool (*is_secure_enabled)(void *data);
};

enum { VTARGET_MAX_APS = 8, VTARGET_MAX_TAPS = 4, VTARGET_MAX_DPS = 4 };

/** A TAP that shares a scan chain with the debug port's: it knows IDCODE and BYPASS. */
struct vtap_config {
	const char *name;
	uint32_t idcode;
	uint8_t ir_length;
	uint8_t ir_capture; /* what Capture-IR loads; ends in 01 (IEEE 1149.1, 7.1.1) */
	uint8_t ir_idcode;  /* the instruction IDCODE */
};

/** What a target's SWO pin sends in one go, between two times of being idle or not. */
struct vswo_burst {
	uint64_t start_ns; /* it is over when the probe is told of it */
	uint32_t bit_rate; /* a bit takes 1 s / bit_rate */
	/*
	 * Manchester: a start bit 1, the bytes, and idle (low) for at least one bit. Otherwise UART:
	 * each byte with a start and a stop bit, no parity; idle is high. Lowest bit first.
	 */
	bool manchester;
	uint8_t size;
	uint8_t bytes[16]; /* Manchester: at most 8 */
};

/*
 * A debug port. The fields are listed once, for struct vdp_config and, as the first DP of most
 * boards is the only one, for struct vtarget directly.
 */
#define VDP_CONFIG_FIELDS                                                                         \
	uint32_t dpidr;         /* e.g. 0x2ba01477: SW-DP of an STM32F4 */                        \
	uint32_t target_id;     /* 0 before DPv2 */                                               \
	uint8_t instance;       /* DPv2: TINSTANCE of DLPIDR and TARGETSEL */                     \
	uint32_t jtag_idcode;   /* with one it has a TAP; what the wire speaks: struct vtarget */ \
	uint8_t jtag_ir_length; /* 8, else 4 */                                                   \
	uint32_t dpidr1;        /* DPv3; 0: 32 bits of address, no ERRMODE */                     \
	/* DPv3: BASEPTR shows a ROM table of class 9 with the APs on the DP's own bus. */        \
	bool has_rom;                                                                             \
	uint64_t rom_address, rom_pidr;                                                           \
	/* How long a power domain takes to come up once asked; 0: VDP_POWER_UP_NS. */            \
	uint32_t power_up_ns;                                                                     \
	/* What is behind the APs answers only while there is system power. */                    \
	bool needs_system_power;                                                                  \
	/* Power requests that are not for the target's debug_power(), as a rescue DP's. */       \
	void (*power_changed)(void *data, bool debug, bool system);                               \
	void *power_data;                                                                         \
	struct vap_config aps[VTARGET_MAX_APS];                                                   \
	size_t ap_count;

struct vdp_config {
	VDP_CONFIG_FIELDS
};

/**
 * A target as seen from the wire.
 *
 * Several DPs share the wire: with SWD by multidrop (DPv2: each its own instance), with JTAG as
 * TAPs of one chain, one behind the other from TDI to TDO. All but dps[0], and dp_count, stay zero
 * on boards that have one; dps[0].dpidr and dpidr are the same thing. To describe an RP2040: dps[0]
 * and dps[1] are instances 0 and 1 with an AP each, dps[2] is instance 15 without APs and with
 * power_changed set.
 */
struct vtarget {
	union {
		struct vdp_config dps[VTARGET_MAX_DPS];
		struct {
			VDP_CONFIG_FIELDS
		};
	};
	size_t dp_count; /* 0: one */
	/*
	 * Protocols: where dps[0] has a JTAG ID code there are JTAG-DPs, and without no_swd SW-DPs;
	 * with both (SWJ-DP) it starts up in JTAG. DPv2 has the dormant state too, and may start up
	 * in it.
	 */
	bool no_swd;
	bool starts_dormant;
	/* Other TAPs in the same chain, from TDI to TDO; the DPs follow on taps_before of them. */
	struct vtap_config taps[VTARGET_MAX_TAPS];
	uint8_t tap_count, taps_before;

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
	/* Firmware may use the debug pins for something else. NULL: it cannot. */
	bool (*is_wired)(void *data);
	/* How often power has come back; each time the debug port starts anew. NULL: never. */
	uint32_t (*power_cycles)(void *data);
	void (*destroy)(void *data);
	/**
	 * The target's clock. After a bus access it can be later than the last advance(): the
	 * access had to wait on the bus (flash read while it is being erased), and the wire would
	 * have answered WAIT for so long. NULL: never later.
	 */
	uint64_t (*now_ns)(void *data);
	/** Who hears the SWO pin, in the order of time. NULL: the target has none. */
	void (*set_swo)(void *data, void (*sink)(void *payload, const struct vswo_burst *burst),
		void *payload);
	/** CTRL/STAT.CDBGRSTREQ changed. NULL: the request is never acknowledged. */
	void (*debug_reset)(void *data, bool asserted);
	/** EVENTSTAT (DPv2 and later): does something want attention? NULL: not implemented, RAZ. */
	bool (*has_event)(void *data);
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
