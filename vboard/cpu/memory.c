/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory as the core sees it: pages of host memory, the SCS, and the board's bus for all else.
 *
 * The TLB of internal.h holds pages for which nothing needs to be asked: host memory, no watch on
 * them, the MPU of one mind over the page. Everything else comes here.
 */
#include <string.h>

#include <dapper/plugin/error.h>

#include "vboard/cpu/internal.h"

enum { SG_HALFWORD = 0xe97f }; /* both halves of it */

void mem_flush(struct cpu *c)
{
	for (size_t i = 0; i < TLB_ENTRIES; i++)
		c->tlb_read[i].tag = c->tlb_write[i].tag = TLB_EMPTY;
	/* The run loop holds on to the page it executes from. */
	cpu_attention(c);
}

void mem_update_view(struct cpu *c)
{
	const uint32_t mpu = mpu_active(c, c->secure) ? 1u | (uint32_t)is_privileged(c) << 1 : 0;
	const uint32_t view = mpu | c->secure << 2;

	if (view != c->mpu_view) {
		c->mpu_view = view;
		mem_flush(c);
	}
}

/* --- mappings --------------------------------------------------------------------------------- */

static void remove_mapping(struct cpu *c, size_t i)
{
	memmove(&c->mappings[i], &c->mappings[i + 1],
		(c->mapping_count - i - 1) * sizeof(c->mappings[0]));
	c->mapping_count--;
}

static bool add_mapping(struct cpu *c, uint32_t first, uint32_t last, uint8_t *host, bool write)
{
	if (c->mapping_count == MAX_MAPPINGS)
		return false;
	c->mappings[c->mapping_count++] = (struct mapping){ first, last, host, write };
	return true;
}

/* Mappings never overlap: the part of one that is in the way goes. */
static bool cut(struct cpu *c, size_t i, uint32_t first, uint32_t last)
{
	struct mapping *m = &c->mappings[i];
	const struct mapping whole = *m;

	if (whole.first < first && whole.last > last) {
		m->last = first - 1;
		return add_mapping(c, last + 1, whole.last, whole.host + (last + 1 - whole.first),
			whole.write);
	}
	if (whole.first < first) {
		m->last = first - 1;
	} else if (whole.last > last) {
		m->first = last + 1;
		m->host += last + 1 - whole.first;
	} else {
		remove_mapping(c, i);
	}
	return true;
}

static uint32_t last_byte(uint32_t addr, uint32_t len)
{
	return len - 1 > UINT32_MAX - addr ? UINT32_MAX : addr + (len - 1);
}

static bool clear_range(struct cpu *c, uint32_t first, uint32_t last)
{
	bool complete = true;

	for (size_t i = c->mapping_count; i-- > 0;)
		if (c->mappings[i].first <= last && c->mappings[i].last >= first)
			complete = cut(c, i, first, last) && complete;
	mem_flush(c);
	return complete;
}

bool cpu_map_ram(struct cpu *c, uint32_t addr, uint32_t len, void *host, bool write)
{
	bool mapped;

	if (!len)
		return true;
	mapped = clear_range(c, addr, last_byte(addr, len)) &&
	         add_mapping(c, addr, last_byte(addr, len), host, write);
	if (!mapped)
		dapper_fail(DAPPER_ERR_LIMIT, "more than %d memories are mapped to one core",
			MAX_MAPPINGS);
	return mapped;
}

void cpu_unmap(struct cpu *c, uint32_t addr, uint32_t len)
{
	if (len)
		clear_range(c, addr, last_byte(addr, len));
}

void cpu_touched(struct cpu *c, uint32_t addr, uint32_t len)
{
	/* Instructions are decoded from memory each time they run. */
	(void)c;
	(void)addr;
	(void)len;
}

static const struct mapping *find_mapping(const struct cpu *c, uint32_t addr)
{
	for (size_t i = 0; i < c->mapping_count; i++)
		if (addr >= c->mappings[i].first && addr <= c->mappings[i].last)
			return &c->mappings[i];
	return NULL;
}

static bool covers_page(const struct mapping *m, uint32_t page)
{
	return m && m->first <= page && m->last >= (page | PAGE_OFFSET);
}

/* --- one aligned access ----------------------------------------------------------------------- */

static bool is_ppb(uint32_t addr)
{
	return addr >> 20 == 0xe00;
}

#define ITM_BASE 0xe0000000u

static bool is_scs(uint32_t addr)
{
	return (addr & ~PAGE_OFFSET) == SCS_BASE;
}

/*
 * Unprivileged code may only touch STIR, and that by leave of CCR (B3.1.3, B3.2.26), and the ITM,
 * which has its own rules (C1.7.2).
 */
static bool ppb_allows(const struct cpu *c, uint32_t addr, unsigned attr)
{
	return (attr & CPU_A_PRIV) || (c->is_v7m && (addr & ~PAGE_OFFSET) == ITM_BASE) ||
	       (addr == SCS_BASE + SCS_STIR && (bank_seen(c)->ccr & CCR_USERSETMPEND));
}

/* The state that asks, as index of its bank. */
static unsigned asking(const struct cpu *c, unsigned attr)
{
	return attr & CPU_A_SECURE ? owner_bank(c) : BANK_NS;
}

/*
 * Attribution, then MPU or default map. @p attr comes back as the bus is told it. Secure code may
 * touch Non-secure memory as such, but not run from it; the one thing that Non-secure code may
 * fetch of the Secure state is SG in what is callable, which mem_fetch() looks after.
 */
static enum mem_result permit(const struct cpu *c, uint32_t addr, unsigned *attr, bool write)
{
	const unsigned secure = asking(c, *attr);
	enum mem_result result = MEM_OK;
	const bool mpu = mpu_active(c, secure) && !is_ppb(addr) && !(*attr & CPU_A_VECTOR);

	if (mpu ? !mpu_allows(c, addr, *attr, write) : !default_map_allows(addr, *attr))
		result = MEM_PROT;
	if (!c->config.security) {
		*attr |= CPU_A_SECURE;
	} else {
		const bool fetch = *attr & CPU_A_FETCH;
		const struct attribution at = sau_check(c, addr, fetch, secure);

		if (secure ? fetch && at.ns : !at.ns)
			return MEM_SECURE;
		if (at.ns)
			*attr &= ~(unsigned)CPU_A_SECURE;
	}
	return result;
}

/* May the answer for this access stand for its page from now on? */
static bool may_cache(const struct cpu *c, const struct mapping *m, uint32_t page, unsigned attr)
{
	return covers_page(m, page) && !(attr & (CPU_A_FETCH | CPU_A_VECTOR)) &&
	       asking(c, attr) == c->secure &&
	       (!(c->mpu_view & 1) || (((attr & CPU_A_PRIV) != 0) == is_privileged(c) &&
					      mpu_page_uniform(c, c->secure, page))) &&
	       (!c->config.security || sau_page_uniform(c, page)) && !debug_page_watched(c, page) &&
	       !observe_page_patched(c, page, attr);
}

static void fill(struct tlb_entry *tlb, const struct cpu *c, const struct mapping *m, uint32_t addr,
	unsigned attr)
{
	const uint32_t page = addr & ~PAGE_OFFSET;

	if (may_cache(c, m, page, attr))
		tlb[page / PAGE_SIZE % TLB_ENTRIES] =
			(struct tlb_entry){ page, m->host + (page - m->first) };
}

static uint32_t host_read(const uint8_t *host, unsigned size)
{
	return size == 4 ? get_le32(host) : size == 2 ? get_le16(host) : *host;
}

static void host_write(uint8_t *host, unsigned size, uint32_t value)
{
	if (size == 4)
		put_le32(host, value);
	else if (size == 2)
		put_le16(host, (uint16_t)value);
	else
		*host = (uint8_t)value;
}

/* A mapping may end in the middle of a word: such a word is the bus's. */
static bool holds(const struct mapping *m, uint32_t addr, unsigned size)
{
	return m && m->last - addr >= size - 1;
}

/* The SCS and its alias, as @p asker sees them. @return false: it is something else. */
static bool is_scs_access(uint32_t addr, unsigned asker, unsigned *view)
{
	if (is_scs(addr))
		*view = asker ? SCS_SECURE : SCS_BY_CORE;
	else if ((addr & ~PAGE_OFFSET) == SCS_NS_BASE && asker)
		*view = SCS_BY_CORE;
	else
		return false;
	return true;
}

static enum mem_result read_device(
	struct cpu *c, uint32_t addr, unsigned size, unsigned asker, unsigned attr, uint32_t *value)
{
	unsigned view;

	if (is_ppb(addr)) {
		if (!ppb_allows(c, addr, attr))
			return MEM_BUS;
		if (is_scs_access(addr, asker, &view))
			return scs_read(c, addr, size, view, value);
	}
	return c->bus.read && c->bus.read(c->bus.ctx, addr, size, attr, value) ? MEM_OK : MEM_BUS;
}

static enum mem_result write_device(
	struct cpu *c, uint32_t addr, unsigned size, unsigned asker, unsigned attr, uint32_t value)
{
	unsigned view;

	if (is_ppb(addr)) {
		if (!ppb_allows(c, addr, attr))
			return MEM_BUS;
		if (is_scs_access(addr, asker, &view))
			return scs_write(c, addr, size, view, value);
	}
	return c->bus.write && c->bus.write(c->bus.ctx, addr, size, attr, value) ? MEM_OK : MEM_BUS;
}

enum mem_result mem_read(
	struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t *value)
{
	const unsigned asked = attr;
	const uint32_t asked_addr = addr;
	const struct mapping *m;
	enum mem_result result = permit(c, addr, &attr, false);

	*value = 0;
	if (result != MEM_OK)
		return result;
	if (UNLIKELY(c->patch_count))
		addr = observe_patched(c, addr, attr);
	m = find_mapping(c, addr);
	if (holds(m, addr, size)) {
		*value = host_read(m->host + (addr - m->first), size);
		if (addr == asked_addr)
			fill(c->tlb_read, c, m, addr, asked);
	} else {
		result = read_device(c, addr, size, asking(c, asked), attr, value);
	}
	if (result == MEM_OK && c->watch_count && !(attr & (CPU_A_FETCH | CPU_A_VECTOR)))
		debug_data_access(c, asked_addr, size, false, *value);
	return result;
}

enum mem_result mem_write(
	struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t value)
{
	const unsigned asked = attr;
	const struct mapping *m;
	enum mem_result result = permit(c, addr, &attr, true);

	if (result != MEM_OK)
		return result;
	m = find_mapping(c, addr);
	if (holds(m, addr, size) && m->write) {
		host_write(m->host + (addr - m->first), size, value);
		fill(c->tlb_write, c, m, addr, asked);
	} else {
		result = write_device(c, addr, size, asking(c, asked), attr, value);
	}
	if (result == MEM_OK && c->watch_count)
		debug_data_access(c, addr, size, true, value);
	return result;
}

/* --- accesses of instructions ----------------------------------------------------------------- */

/* B3.2.8 CCR.BFHFNMIGN: at priority -1 and -2, data bus faults may be ignored. */
static void refuse(struct cpu *c, enum mem_result result, uint32_t addr, unsigned attr)
{
	if (result == MEM_BUS && (bank_now(c)->ccr & CCR_BFHFNMIGN) &&
		nvic_execution_priority(c) < 0) {
		c->bfsr |= CFSR_PRECISERR | CFSR_BFARVALID;
		c->bfar = addr;
		return;
	}
	fault_access(c, result, addr, attr);
}

/* A3.2.1: Armv6-M has no unaligned accesses; Armv7-M may be told to refuse them. */
static void check_unaligned(struct cpu *c)
{
	if (!c->is_v7m || (bank_now(c)->ccr & CCR_UNALIGN_TRP))
		fault_usage(c, CFSR_UNALIGNED);
}

/* The largest aligned piece at the start of what is left. */
static unsigned piece_size(uint32_t addr, unsigned left)
{
	return (addr & 1) || left < 2 ? 1 : (addr & 2) || left < 4 ? 2 : 4;
}

static uint32_t load_aligned(struct cpu *c, uint32_t addr, unsigned size, unsigned attr)
{
	uint32_t value;
	const enum mem_result result = mem_read(c, addr, size, attr, &value);

	if (UNLIKELY(result != MEM_OK))
		refuse(c, result, addr, attr);
	return value;
}

static void store_aligned(
	struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t value)
{
	const enum mem_result result = mem_write(c, addr, size, attr, value);

	if (UNLIKELY(result != MEM_OK))
		refuse(c, result, addr, attr);
}

uint32_t mem_load(struct cpu *c, uint32_t addr, unsigned size, unsigned attr)
{
	uint32_t value = 0;

	if (!(addr & (size - 1)))
		return load_aligned(c, addr, size, attr);
	check_unaligned(c);
	for (unsigned done = 0, piece; done < size; done += piece) {
		piece = piece_size(addr + done, size - done);
		value |= load_aligned(c, addr + done, piece, attr) << (8 * (done & 3));
	}
	return value;
}

void mem_store(struct cpu *c, uint32_t addr, unsigned size, unsigned attr, uint32_t value)
{
	if (size < 4)
		value &= BITS(8 * size - 1, 0);
	if (!(addr & (size - 1))) {
		store_aligned(c, addr, size, attr, value);
		return;
	}
	check_unaligned(c);
	for (unsigned done = 0, piece; done < size; done += piece) {
		piece = piece_size(addr + done, size - done);
		store_aligned(c, addr + done, piece, attr,
			value >> (8 * done) & (piece == 2 ? 0xffff : 0xff));
	}
}

/* --- instruction fetch ------------------------------------------------------------------------ */

static unsigned fetch_attr(const struct cpu *c)
{
	return data_attr(c) | CPU_A_FETCH;
}

const uint8_t *mem_code_page(struct cpu *c, uint32_t pc)
{
	const uint32_t page = pc & ~PAGE_OFFSET;
	const struct mapping *m = find_mapping(c, page);
	unsigned attr = fetch_attr(c);
	enum mem_result result;

	if (!covers_page(m, page) ||
		(mpu_active(c, c->secure) && !mpu_page_uniform(c, c->secure, page)) ||
		(c->config.security && !sau_page_uniform(c, page)) ||
		observe_page_patched(c, page, CPU_A_FETCH))
		return NULL;
	result = permit(c, pc, &attr, false);
	if (result == MEM_SECURE)
		return NULL;
	if (result != MEM_OK)
		fault_access(c, result, pc, fetch_attr(c));
	return m->host + (page - m->first);
}

/* SG at a Non-secure callable address is what Non-secure code may execute of the Secure state. */
static bool is_gateway(struct cpu *c, uint32_t addr)
{
	const unsigned attr = CPU_A_FETCH | CPU_A_SECURE | (data_attr(c) & CPU_A_PRIV);
	uint32_t low = 0;
	uint32_t high = 0;

	return !c->secure && sau_check(c, addr, true, BANK_NS).nsc &&
	       sau_check(c, addr + 2, true, BANK_NS).nsc &&
	       mem_read(c, addr, 2, attr, &low) == MEM_OK &&
	       mem_read(c, addr + 2, 2, attr, &high) == MEM_OK &&
	       (low & high & 0xffff) == SG_HALFWORD && low == high;
}

uint32_t mem_fetch(struct cpu *c, uint32_t addr)
{
	const unsigned attr = fetch_attr(c);
	uint32_t value = 0;
	const enum mem_result result = mem_read(c, addr & ~1u, 2, attr, &value);

	if (result == MEM_SECURE && is_gateway(c, c->insn_pc))
		return SG_HALFWORD;
	if (result != MEM_OK)
		fault_access(c, result, addr, attr);
	return value & 0xffff;
}
