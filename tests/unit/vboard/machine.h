/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_VBOARD_MACHINE_H
#define UNIT_VBOARD_MACHINE_H

/**
 * @file
 * A bare core with memory, semihosting and no peripherals, or quiet ones: for firmware that needs
 * no board, or has none yet.
 */
#include "support/test.h"
#include "vboard/cpu/cpu.h"

enum { MACHINE_MEMORIES = 6, MACHINE_TEXT = 8192 };

/** RAM, or flash that the core cannot write. */
struct machine_memory {
	uint32_t address;
	uint32_t size; /**< 0: none */
	bool writable;
};

struct machine_config {
	struct cpu_config cpu;
	struct machine_memory memories[MACHINE_MEMORIES];
	/** Peripheral space (0x40000000 to 0x5FFFFFFF, 0xA..., 0xD..., 0xF00...) answers: it keeps what is written, and a
	 * value that is read again and again turns into its opposite, so that loops that wait for
	 * a bit end, whichever they wait for. Else: bus errors. */
	bool quiet_peripherals;
};

enum { MACHINE_REGISTERS = 512 };

struct machine {
	struct cpu *cpu;
	struct machine_config config;
	uint8_t *memory[MACHINE_MEMORIES];
	char text[MACHINE_TEXT]; /**< what semihosting printed */
	size_t text_size;
	bool exited;
	uint32_t exit_reason; /**< ADP_Stopped_ApplicationExit (0x20026) when all is well */
	unsigned warnings;
	uint64_t peripheral_accesses;
	struct {
		uint32_t address, value, reads;
	} registers[MACHINE_REGISTERS];
};

struct machine *machine_new(const struct machine_config *config);
void machine_free(struct machine *m);
/** ELF, Intel HEX, or a binary for @p base. @p path: absolute. */
void machine_load(struct machine *m, const char *path, uint32_t base);
/** Reset with the vector table where the image says: then cpu_run() and semihosting. */
void machine_reset(struct machine *m);
/** Up to so many instructions; ends earlier when the program exits, locks up, sleeps for ever or
 * asks for a reset. A BKPT other than semihosting's ends it, too: CPU_STOP_HALTED. */
enum cpu_stop machine_run(struct machine *m, uint64_t insns);
/** The bytes at an address; NULL: not so many there. */
uint8_t *machine_at(struct machine *m, uint32_t address, uint32_t size);
uint32_t machine_word(struct machine *m, uint32_t address);
uint32_t machine_reg(struct machine *m, unsigned regsel);

#endif /* UNIT_VBOARD_MACHINE_H */
