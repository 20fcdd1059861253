/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_PROBE_SETTINGS_H
#define VBOARD_PROBE_SETTINGS_H

/**
 * @file
 * "NAME[,KEY=VALUE]...": which board, and how. Keys of the probe's side are understood here (see
 * docs/virtual-boards.md), others are left to the board. scenario=FILE names a YAML file with more
 * of them: a map of settings, where a list is the same key several times.
 */
#include "vboard/adi/faults.h"
#include "vboard/board/internal.h"
#include "vboard/probe/link.h"
#include "vboard/usb/faults.h"

struct yaml_tree;

struct vsettings {
	char *text; /* a copy of the spec; all other strings point into it */
	const char *name;
	const char *serial; /* NULL: not given */
	const struct vlink_type *link;
	struct vfaults faults;
	struct vusb_faults usb_faults;
	struct vboard_setting *all; /* as given */
	size_t all_count, all_capacity;
	struct vboard_setting *rest; /* what the board must understand */
	size_t rest_count, rest_capacity;
	struct yaml_tree *scenario; /* what the texts of its settings are in; or NULL */
};

/**
 * @param[out] settings  End it with vsettings_finish(), also after a failure.
 * @retval DAPPER_ERR_INVALID  A key without value, twice, or with a value that makes no sense.
 */
dapper_status vsettings_parse(struct vsettings *settings, const char *spec);

/** Take a setting that is a fault, if @p key is one. */
dapper_status vsettings_take_fault(
	struct vsettings *settings, const char *key, const char *value, bool *taken);

void vsettings_finish(struct vsettings *settings);

#endif /* VBOARD_PROBE_SETTINGS_H */
