/* SPDX-License-Identifier: Apache-2.0 */
#include "vboard/board/internal.h"

const struct vboard_type *const vboard_types[] = { NULL };
