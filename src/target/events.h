/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TARGET_EVENTS_H
#define TARGET_EVENTS_H

/**
 * @file
 * What is told of cores. Called where the public functions of targets have succeeded; a SoC's are
 * told by the core that it forwarded to.
 */
#include "target/target.h"

void target_tell_halted(struct dapper_target *target);
void target_tell_resumed(struct dapper_target *target);
void target_tell_reset(struct dapper_target *target, bool halted_after);
/** The state was asked for: it may have changed by itself. */
void target_tell_state(struct dapper_target *target, dapper_target_state state);

#endif /* TARGET_EVENTS_H */
