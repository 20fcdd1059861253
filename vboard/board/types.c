/* SPDX-License-Identifier: Apache-2.0 */
/* The boards whose parts are described in C: parts/parts.def. */
#include "base/error.h"
#include "vboard/board/part.h"

#define PART(part, key, vendor, device, text)                                            \
	static dapper_status create_##part(dapper_context *context,                      \
		const struct vboard_setting *settings, size_t setting_count,             \
		struct vtarget *target)                                                  \
	{                                                                                \
		struct board *board;                                                     \
                                                                                         \
		TRY(board_make(context, &part##_part, settings, setting_count, &board)); \
		board_fill_target(board, target);                                        \
		return DAPPER_OK;                                                        \
	}                                                                                \
	extern const struct vboard_type part##_type;                                     \
	const struct vboard_type part##_type = {                                         \
		.info = { .name = (key), .description = (text) },                        \
		.device_vendor = (vendor),                                               \
		.device_name = (device),                                                 \
		.create = create_##part,                                                 \
	};
#include "vboard/board/parts/parts.def"
