/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_MODEL_AP_H
#define SUPPORT_MODEL_AP_H

/**
 * @file
 * A probe with a small target behind it: a debug port and MEM-APs over a bus, as IHI 0031 says, at
 * the level of transactions. For unit tests of what talks to a MEM-AP; whole boards, with timing
 * and bits on the wire, are the virtual board's.
 *
 * Uses no test framework, so that fuzz targets can have it too.
 */
#include "probe/probe.h"

enum { MODEL_APS = 8, MODEL_RAM_SIZE = 16 * 1024, MODEL_PROBLEMS = 8 };

/** What listens on the wire (IHI 0031, B5.1). */
enum model_wire { MODEL_SWD, MODEL_JTAG, MODEL_DORMANT };

struct model_mem_ap {
	uint32_t idr; /* 0: absent */
	uint32_t base, base_hi;
	uint32_t cfg;
	uint32_t csw, csw_fixed; /* bits of csw_fixed read as they were at first */
	uint64_t tar;
	unsigned increment_bits; /* of TAR, where it wraps; 0: 10 */
	bool words_only;
	bool no_packing;
	bool faults; /* every access of one of its registers faults */
};

/** Something that goes wrong, once, at the N-th transaction (from 1, over all batches). */
struct model_problem {
	uint64_t at; /* 0: none */
	enum {
		MODEL_SILENT,     /* the target loses the line: no answer until a line reset */
		MODEL_PARITY,     /* the access is done, but its data arrives damaged */
		MODEL_BUSY,       /* the AP answers WAIT for busy_ns */
		MODEL_STUCK,      /* the AP answers WAIT until DAPABORT */
		MODEL_POWER_LOSS, /* back in JTAG mode, powered down, registers lost */
		MODEL_DEAD,       /* nobody answers any more */
		MODEL_PROBE_LOST, /* the probe itself fails */
	} kind;
};

/**
 * One bus access of 1, 2 or 4 bytes, aligned; values right-aligned. @return false: bus error.
 */
typedef bool (*model_bus)(void *data, uint64_t address, unsigned size, bool write, uint32_t *value);

struct model {
	/* ---- set up by the test, after model_init() ---- */
	uint32_t dpidr;
	uint32_t target_id;
	enum model_wire wire;
	bool knows_no_switch; /* the deprecated JTAG-to-SWD sequence does nothing */
	uint32_t power_polls; /* CTRL/STAT reads before the acknowledges follow; UINT32_MAX never */
	struct model_mem_ap ap[MODEL_APS];
	bool posted_write_faults; /* a write's bus error shows at the transaction after it */
	bool hides_words;         /* the probe does not tell how far a block came */
	bool has_no_sequences;    /* the driver switches protocols itself, in connect() */
	uint64_t busy_ns;
	struct model_problem problems[MODEL_PROBLEMS];
	model_bus bus; /* asked first where it is set; all of the address space */
	void *bus_data;
	uint64_t ram_base; /* RAM when there is no bus; all else faults */
	uint8_t ram[MODEL_RAM_SIZE];
	uint64_t hole_start, hole_end; /* a part of the RAM that faults */

	/* ---- to be looked at ---- */
	uint64_t now_ns; /* its clock: 5 us a transaction, and what is slept */
	uint64_t transactions;
	uint64_t batches;
	uint64_t sequences, connects;
	uint64_t bus_accesses;
	uint64_t writes_of_csw, writes_of_tar, writes_of_select;
	uint64_t protocol_violations; /* what a real target would take badly */
	bool reset_low;

	/* ---- the port's own ---- */
	uint32_t select, ctrl_stat;
	uint32_t polls_left;
	bool needs_line_reset, needs_dpidr, is_dead, is_stuck, write_fault;
	uint64_t busy_until_ns;
	unsigned ones;
	uint64_t bits_low, bits_high;
};

/** DPv1 of an STM32F4 with one AHB-AP, that of a Cortex-M7, RAM at 0x20000000. */
void model_init(struct model *model);

/** A probe over @p model, which must outlive it. NULL when there is no memory. */
dapper_probe *model_probe_new(dapper_context *context, struct model *model);

#endif /* SUPPORT_MODEL_AP_H */
