/* SPDX-License-Identifier: Apache-2.0 */
#include "support/dp_boards.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

enum { AP_ADDRESS = 0x2000 };
#define NESTED_ADDRESS UINT64_C(0x90001000)
#define WIDE_ROM       UINT64_C(0x1234500000000)
/* Of an RP2350 and an RP2040. */
#define DPIDR_V3     0x4c013477u
#define DPIDR_V2     0x0bc12477u
#define TARGET_ID_V2 0x01002927u

static dapper_status make(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	for (size_t i = 0; vboard_types[i]; i++)
		if (strcmp(vboard_types[i]->info.name, "cortex-m0") == 0)
			return vboard_types[i]->create(context, settings, setting_count, target);
	return dapper_fail(DAPPER_ERR_NOT_FOUND, "there is no board cortex-m0");
}

static void describe_v3(struct vtarget *target, uint64_t rom)
{
	struct vap_config *aps = target->aps;

	target->dpidr = DPIDR_V3;
	target->target_id = 0x00040927;
	target->jtag_idcode = 0x4ba06477;
	target->dpidr1 = rom >> 32 ? 0xb4 : 0xa0; /* 52 bits or 32, ERRMODE */
	target->has_rom = true;
	target->rom_address = rom;
	target->rom_pidr = UINT64_C(0x4000bb4e4);
	aps[0].kind = VAP_AHB5;
	aps[0].idr = 0x34770008;
	aps[0].csw_reset = 0x40;
	aps[0].address = rom + AP_ADDRESS;
	aps[0].has_dars = true;
	aps[0].has_error_control = true;
	aps[1] = (struct vap_config){
		.kind = VAP_JTAG, .idr = 0x34760010, .address = rom + 2ull * AP_ADDRESS
	};
	target->ap_count = 2;
}

static dapper_status create_adiv6(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	TRY(make(context, settings, setting_count, target));
	describe_v3(target, 0);
	return DAPPER_OK;
}

static dapper_status create_adiv6_52(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	TRY(make(context, settings, setting_count, target));
	describe_v3(target, WIDE_ROM);
	return DAPPER_OK;
}

static dapper_status create_nested(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	struct vap_config *aps = target->aps;

	TRY(make(context, settings, setting_count, target));
	describe_v3(target, 0);
	aps[1] = aps[0];
	aps[1].address = NESTED_ADDRESS;
	aps[1].parent = 1;
	aps[0].kind = VAP_APB4;
	aps[0].idr = 0x34770006;
	aps[0].csw_reset = 0x42;
	aps[0].base = (uint32_t)NESTED_ADDRESS | 3; /* its only component is the AP behind */
	return DAPPER_OK;
}

static dapper_status create_pair(dapper_context *context, const struct vboard_setting *settings,
	size_t setting_count, struct vtarget *target)
{
	TRY(make(context, settings, setting_count, target));
	target->dps[1] = target->dps[0];
	target->dps[1].jtag_idcode = 0x5ba00477;
	target->dp_count = 2;
	return DAPPER_OK;
}

static dapper_status create_multidrop(dapper_context *context,
	const struct vboard_setting *settings, size_t setting_count, struct vtarget *target)
{
	TRY(make(context, settings, setting_count, target));
	target->dpidr = DPIDR_V2;
	target->target_id = TARGET_ID_V2;
	target->jtag_idcode = 0;
	target->starts_dormant = true;
	target->dps[1] = target->dps[0];
	target->dps[1].instance = 1;
	target->dps[2] = target->dps[0];
	target->dps[2].instance = 15;
	target->dps[2].ap_count = 0;
	target->dp_count = 3;
	return DAPPER_OK;
}

static const struct vboard_type types[] = {
	{ .info = { "adiv6", "DPv3" }, .create = create_adiv6 },
	{ .info = { "adiv6-52", "DPv3, 52 bits of address" }, .create = create_adiv6_52 },
	{ .info = { "nested", "DPv3, an AP behind an AP" }, .create = create_nested },
	{ .info = { "pair", "two JTAG-DPs" }, .create = create_pair },
	{ .info = { "multidrop", "three SW-DPs" }, .create = create_multidrop },
};

const struct vboard_type *const dp_board_types[] = {
	&types[0],
	&types[1],
	&types[2],
	&types[3],
	&types[4],
	NULL,
};
