/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VBOARD_CORESIGHT_CTI_REGS_H
#define VBOARD_CORESIGHT_CTI_REGS_H

/* Cross Trigger Interface: CoreSight SoC-400 TRM 100536, "Cross Trigger Interface". */
#include "base/bits.h"

#define CTICONTROL       0x000u
#define CTICONTROL_GLBEN BIT(0)
#define CTIINTACK        0x010u
#define CTIAPPSET        0x014u
#define CTIAPPCLEAR      0x018u
#define CTIAPPPULSE      0x01cu
#define CTIINEN0         0x020u /* one a trigger: the channels that it drives */
#define CTIOUTEN0        0x0a0u /* one a trigger: the channels that drive it */
#define CTITRIGINSTATUS  0x130u
#define CTITRIGOUTSTATUS 0x134u
#define CTICHINSTATUS    0x138u
#define CTICHOUTSTATUS   0x13cu
#define CTIGATE          0x140u /* channels that reach the other CTIs */

/* How a Cortex-M's triggers are connected (Cortex-M33 TRM 100230, "CTI", table of triggers) */
#define CTI_IN_HALTED   0u
#define CTI_IN_DWT      1u /* 1 to 3: comparators 0 to 2 */
#define CTI_OUT_REQUEST 0u /* halts, until it is acknowledged */
#define CTI_OUT_RESTART 1u

#endif /* VBOARD_CORESIGHT_CTI_REGS_H */
