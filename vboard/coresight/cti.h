/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_CTI_H
#define VBOARD_CORESIGHT_CTI_H

/**
 * @file
 * What other debug components tell the cross trigger interface of their core.
 */
#include "vboard/coresight/link.h"

/** DWT: a comparator matched. */
void cti_comparator_matched(const struct debug_link *link, unsigned core, unsigned comparator);
/** SCS: a debugger has written DHCSR; a debug request that nobody has acknowledged halts again. */
void cti_core_released(const struct debug_link *link, unsigned core);

#endif /* VBOARD_CORESIGHT_CTI_H */
