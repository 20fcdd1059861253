/* SPDX-License-Identifier: Apache-2.0 */
#include "target/init_sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"

struct init_sequence {
	struct init_step *steps; /* names are ours */
	size_t count;
	size_t capacity;
};

dapper_status init_sequence_create(struct init_sequence **sequence)
{
	struct init_sequence *made = xnew(made);

	if (!made)
		return FAIL_NO_MEMORY("an init sequence");
	*sequence = made;
	return DAPPER_OK;
}

static void free_step(struct init_step *step)
{
	free((void *)(uintptr_t)step->name);
}

void init_sequence_destroy(struct init_sequence *sequence)
{
	if (!sequence)
		return;
	for (size_t i = 0; i < sequence->count; i++)
		free_step(&sequence->steps[i]);
	free(sequence->steps);
	free(sequence);
}

/* Index of a step; the count when there is none. */
static size_t find(const struct init_sequence *sequence, const char *name)
{
	size_t i = 0;

	while (i < sequence->count && strcmp(sequence->steps[i].name, name) != 0)
		i++;
	return i;
}

static dapper_status find_or_fail(
	const struct init_sequence *sequence, const char *name, size_t *index)
{
	*index = find(sequence, name);
	if (*index == sequence->count)
		return dapper_fail(DAPPER_ERR_NOT_FOUND, "no init step '%s'", name);
	return DAPPER_OK;
}

static dapper_status check_new(const struct init_sequence *sequence, const char *name)
{
	if (find(sequence, name) < sequence->count)
		return dapper_fail(DAPPER_ERR_INVALID, "there is an init step '%s' already", name);
	return DAPPER_OK;
}

static dapper_status insert_at(
	struct init_sequence *sequence, size_t index, const struct init_step *step)
{
	struct init_step copy = *step;
	struct init_step *steps;

	TRY(check_new(sequence, step->name));
	steps = xgrow(sequence->steps, sequence->count, &sequence->capacity, sizeof(*steps));
	if (!steps)
		return FAIL_NO_MEMORY("an init step");
	sequence->steps = steps;
	copy.name = xstrdup(step->name);
	if (!copy.name)
		return FAIL_NO_MEMORY("an init step");
	memmove(&steps[index + 1], &steps[index], (sequence->count - index) * sizeof(*steps));
	steps[index] = copy;
	sequence->count++;
	return DAPPER_OK;
}

dapper_status init_sequence_append(struct init_sequence *sequence, const struct init_step *step)
{
	return insert_at(sequence, sequence->count, step);
}

dapper_status init_sequence_insert_before(
	struct init_sequence *sequence, const char *name, const struct init_step *step)
{
	size_t index;

	TRY(find_or_fail(sequence, name, &index));
	return insert_at(sequence, index, step);
}

dapper_status init_sequence_insert_after(
	struct init_sequence *sequence, const char *name, const struct init_step *step)
{
	size_t index;

	TRY(find_or_fail(sequence, name, &index));
	return insert_at(sequence, index + 1, step);
}

dapper_status init_sequence_replace(
	struct init_sequence *sequence, const char *name, const struct init_step *step)
{
	struct init_step copy = *step;
	size_t index;

	TRY(find_or_fail(sequence, name, &index));
	if (strcmp(name, step->name) != 0)
		TRY(check_new(sequence, step->name));
	copy.name = xstrdup(step->name);
	if (!copy.name)
		return FAIL_NO_MEMORY("an init step");
	free_step(&sequence->steps[index]);
	sequence->steps[index] = copy;
	return DAPPER_OK;
}

dapper_status init_sequence_remove(struct init_sequence *sequence, const char *name)
{
	struct init_step *steps = sequence->steps;
	size_t index;

	TRY(find_or_fail(sequence, name, &index));
	free_step(&steps[index]);
	memmove(&steps[index], &steps[index + 1], (sequence->count - index - 1) * sizeof(*steps));
	sequence->count--;
	return DAPPER_OK;
}

const char *init_sequence_get_name(const struct init_sequence *sequence, size_t index)
{
	return index < sequence->count ? sequence->steps[index].name : NULL;
}

dapper_status init_sequence_run(struct init_sequence *sequence, dapper_context *context)
{
	for (size_t i = 0; i < sequence->count; i++) {
		const struct init_step *step = &sequence->steps[i];
		dapper_status status;

		log_debug(context, DAPPER_LOG_TARGET, "init step %s", step->name);
		status = step->run(step->data);
		if (status != DAPPER_OK)
			return dapper_fail_where(status, "init step %s", step->name);
	}
	return DAPPER_OK;
}
