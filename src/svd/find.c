/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what people type, or from an address, to peripherals, registers and fields.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/names.h"
#include "svd/svd.h"

enum {
	PART_SIZE_MAX = 256,
	CLUSTERS_MAX = 64 /* Inside each other: svd_resolve() allows no more. */
};

/* ---- lists of names ---- */

static const char *peripheral_name(const void *list, size_t index)
{
	const struct dapper_svd *svd = list;

	return svd->resolved.peripherals[index].name;
}

/* Registers, and behind them clusters. */
static const char *content_name(const void *list, size_t index)
{
	const dapper_svd_content *content = list;

	if (index < content->register_count)
		return content->registers[index].name;
	return content->clusters[index - content->register_count].name;
}

static const char *field_name(const void *list, size_t index)
{
	const dapper_svd_register *reg = list;

	return reg->fields[index].name;
}

/* ---- one part of a path ---- */

/* "PIN_CNF3" as "PIN_CNF[3]". @return false: it does not end in a number. */
static bool put_brackets(const char *typed, char bracketed[PART_SIZE_MAX])
{
	size_t length = strlen(typed);
	size_t name = length;

	while (name > 0 && typed[name - 1] >= '0' && typed[name - 1] <= '9')
		name--;
	if (name == length || name == 0)
		return false;
	return snprintf(bracketed, PART_SIZE_MAX, "%.*s[%s]", (int)name, typed, typed + name) <
	       PART_SIZE_MAX;
}

/* @param prefix  What names may begin with that is not in them. */
static dapper_status find_part(const struct names *names, const char *what, const char *prefix,
	const char *typed, size_t *index)
{
	dapper_status status = names_find(names, what, typed, index);
	char bracketed[PART_SIZE_MAX];
	struct error_state first;
	size_t length = strlen(prefix);

	if (status != DAPPER_ERR_NOT_FOUND)
		return status;
	error_save(&first);
	if (put_brackets(typed, bracketed) &&
		names_find(names, what, bracketed, index) == DAPPER_OK)
		return DAPPER_OK;
	if (length > 0 && strncasecmp(typed, prefix, length) == 0 &&
		names_find(names, what, typed + length, index) == DAPPER_OK)
		return DAPPER_OK;
	return error_restore(&first);
}

static dapper_status find_peripheral(
	const dapper_svd *svd, const char *typed, dapper_svd_match *match)
{
	const struct names names = {
		.get = peripheral_name,
		.list = svd,
		.count = svd->resolved.peripheral_count,
	};
	size_t index = 0;

	TRY(find_part(&names, "peripheral", "", typed, &index));
	match->peripheral = &svd->resolved.peripherals[index];
	return DAPPER_OK;
}

static dapper_status find_in_content(const dapper_svd_content *content, const char *prefix,
	const char *typed, dapper_svd_match *match)
{
	const struct names names = {
		.get = content_name,
		.list = content,
		.count = content->register_count + content->cluster_count,
	};
	size_t index = 0;

	TRY(find_part(&names, "register", prefix, typed, &index));
	if (index < content->register_count)
		match->reg = &content->registers[index];
	else
		match->cluster = &content->clusters[index - content->register_count];
	return DAPPER_OK;
}

static dapper_status find_field(
	const dapper_svd_register *reg, const char *typed, dapper_svd_match *match)
{
	const struct names names = {
		.get = field_name,
		.list = reg,
		.count = reg->field_count,
	};
	size_t index = 0;

	TRY(find_part(&names, "field", "", typed, &index));
	match->field = &reg->fields[index];
	return DAPPER_OK;
}

/* Names that follow each other, as a path, behind what is in the text already. */
static size_t append_name(char *text, size_t size, size_t used, const char *name)
{
	int length = snprintf(used < size ? text + used : NULL, used < size ? size - used : 0,
		"%s%s", used > 0 ? "." : "", name);

	return used + (size_t)length;
}

static size_t describe(const dapper_svd_peripheral *peripheral, const dapper_svd_cluster *cluster,
	const char *reg, char *text, size_t size)
{
	const dapper_svd_cluster *clusters[CLUSTERS_MAX + 1];
	size_t count = 0;
	size_t used = append_name(text, size, 0, peripheral->name);

	for (; cluster && count < CLUSTERS_MAX + 1; cluster = cluster->parent)
		clusters[count++] = cluster;
	while (count > 0)
		used = append_name(text, size, used, clusters[--count]->name);
	return reg ? append_name(text, size, used, reg) : used;
}

static dapper_status find_next_part(
	const dapper_svd *svd, const char *typed, dapper_svd_match *match)
{
	if (match->field)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "there is no '%.64s' in a field", typed);
	if (match->reg)
		return find_field(match->reg, typed, match);
	if (match->cluster)
		return find_in_content(&match->cluster->content, "", typed, match);
	if (match->peripheral)
		return find_in_content(&match->peripheral->content,
			match->peripheral->prepend_to_name, typed, match);
	return find_peripheral(svd, typed, match);
}

static dapper_status fail_in(
	const dapper_svd *svd, const dapper_svd_match *match, dapper_status status)
{
	char path[PART_SIZE_MAX];

	if (!match->peripheral)
		return dapper_fail_where(status, "%s", svd->name);
	describe(match->peripheral, match->cluster, match->reg ? match->reg->name : NULL, path,
		sizeof(path));
	return dapper_fail_where(status, "in %s of %s", path, svd->name);
}

dapper_status dapper_svd_find(const dapper_svd *svd, const char *path, dapper_svd_match *match)
{
	dapper_svd_match found = { .peripheral = NULL };
	bool is_last = false;

	if (!svd || !path || !match)
		return dapper_fail(DAPPER_ERR_INVALID, "svd, path or match is NULL");
	while (!is_last) {
		size_t length = strcspn(path, ".");
		char part[PART_SIZE_MAX];
		dapper_status status;

		snprintf(part, sizeof(part), "%.*s", (int)(length < INT32_MAX ? length : INT32_MAX),
			path);
		status = find_next_part(svd, part, &found);
		if (status != DAPPER_OK)
			return fail_in(svd, &found, status);
		is_last = !path[length];
		path += length + 1;
	}
	*match = found;
	return DAPPER_OK;
}

size_t dapper_svd_describe_path(const dapper_svd_register *reg, char *text, size_t size)
{
	return describe(reg->peripheral, reg->cluster, reg->name, text, size);
}

/* ---- by address ---- */

/* The first register at @p address or above. */
static size_t lower_bound(const dapper_svd *svd, uint64_t address)
{
	size_t low = 0;
	size_t high = svd->resolved.register_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (svd->resolved.registers[middle]->address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t dapper_svd_find_at(
	const dapper_svd *svd, uint64_t address, const dapper_svd_register **found, size_t capacity)
{
	/* No register is wider than 8 bytes. */
	size_t index = lower_bound(svd, address < 7 ? 0 : address - 7);
	size_t count = 0;

	for (; index < svd->resolved.register_count; index++) {
		const dapper_svd_register *reg = svd->resolved.registers[index];

		if (reg->address > address)
			break;
		if (address - reg->address >= reg->size_bytes)
			continue;
		if (count < capacity)
			found[count] = reg;
		count++;
	}
	return count;
}

const dapper_svd_peripheral *dapper_svd_find_peripheral_at(const dapper_svd *svd, uint64_t address)
{
	for (size_t i = 0; i < svd->resolved.peripheral_count; i++) {
		const dapper_svd_peripheral *peripheral = &svd->resolved.peripherals[i];

		for (size_t j = 0; j < peripheral->block_count; j++)
			if (address >= peripheral->blocks[j].address &&
				address - peripheral->blocks[j].address <
					peripheral->blocks[j].size)
				return peripheral;
	}
	return NULL;
}
