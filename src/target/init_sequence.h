/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TARGET_INIT_SEQUENCE_H
#define TARGET_INIT_SEQUENCE_H

/**
 * @file
 * The ordered list of named steps by which a SoC comes up. The concrete SoC builds it; families,
 * packs and scripts insert into it, replace in it and remove from it by name before it runs.
 */
#include <dapper/context.h>
#include <dapper/error.h>

struct init_step {
	const char *name; /* copied */
	dapper_status (*run)(void *data);
	void *data;
};

struct init_sequence;

dapper_status init_sequence_create(struct init_sequence **sequence);
/** NULL is fine. */
void init_sequence_destroy(struct init_sequence *sequence);

/** @retval DAPPER_ERR_INVALID  There is a step of that name already. */
dapper_status init_sequence_append(struct init_sequence *sequence, const struct init_step *step);
/** @retval DAPPER_ERR_NOT_FOUND  There is no step @p name; so for the next three. */
dapper_status init_sequence_insert_before(
	struct init_sequence *sequence, const char *name, const struct init_step *step);
dapper_status init_sequence_insert_after(
	struct init_sequence *sequence, const char *name, const struct init_step *step);
/** The step keeps its place and gets the new name. */
dapper_status init_sequence_replace(
	struct init_sequence *sequence, const char *name, const struct init_step *step);
dapper_status init_sequence_remove(struct init_sequence *sequence, const char *name);

/** Name of step @p index, or NULL past the last. */
const char *init_sequence_get_name(const struct init_sequence *sequence, size_t index);

/** Run all steps in order up to the first failure, whose place is the step's name. */
dapper_status init_sequence_run(struct init_sequence *sequence, dapper_context *context);

#endif /* TARGET_INIT_SEQUENCE_H */
