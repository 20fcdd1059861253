/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "pack/pack.h"
#include "unit/pack/pack_support.h"

/* Each row is a PDSC and what is known of its one listed device in the end, as describe_...() say.
 */
static const struct row {
	const char *what;
	const char *families;
	const char *processors;
	const char *memories;
	const char *algorithms;
	const char *log;
} rows[] = {
	{
		.what = "resolve__inherits_from_all_scopes",
		.families = "<family><processor Dcore='Cortex-M4'/><memory name='A' access='rx' "
			    "start='0' size='16'/><subFamily><debug svd='x.svd'/><memory "
			    "name='B' access='rw' start='0x20' size='0x10'/><device Dname='D'>"
			    "<algorithm name='a.FLM' start='0' size='16'/><variant Dvariant='V'>"
			    "<memory name='C' access='r' start='0x40' size='1'/></variant>"
			    "</device></subFamily></family>",
		.processors = ":Cortex-M4@0.0/x.svd ",
		.memories = "A[]=0+10rx B[]=20+10rw C[]=40+1r ",
		.algorithms = "a.FLM[]=0+10@0+0 ",
		.log = "names 'x.svd', which is not there",
	},
	{
		.what = "resolve__takes_what_comes_after_the_device",
		.families = "<family><device Dname='D'/><processor Dcore='C'/><memory name='A' "
			    "access='rx' start='0' size='1'/></family>",
		.processors = ":C@0.0/ ",
		.memories = "A[]=0+1rx ",
	},
	{
		.what = "resolve__adds_up_processor_attributes",
		.families = "<family><processor Dcore='Cortex-M4' Dclock='1'/><device Dname='D'>"
			    "<processor Dclock='2'/></device></family>",
		.processors = ":Cortex-M4@0.0/ ",
	},
	{
		.what = "resolve__gives_named_processors_what_holds_for_all",
		.families = "<family><processor Dcore='Cortex-M0+'/><debug svd='a.svd'/><device "
			    "Dname='D'><processor Pname='X'/><processor Pname='Y' "
			    "Dcore='Cortex-M4'/><debug Pname='Y' __ap='3' "
			    "__dp='1'/></device></family>",
		.processors = "X:Cortex-M0+@0.0/a.svd Y:Cortex-M4@1.3/a.svd ",
		.log = "'a.svd'",
	},
	{
		.what = "resolve__overrides_debug_by_processor",
		.families = "<family><processor Pname='X'/><processor Pname='Y'/><debug Pname='X' "
			    "svd='a'/><debug svd='b' __ap='1'/><device Dname='D'><debug Pname='Y' "
			    "svd='c'/></device></family>",
		.processors = "X:@0.1/a Y:@0.1/c ",
		.log = "'c'",
	},
	{
		.what = "resolve__tells_all_what_an_inner_scope_says_of_all",
		.families = "<family><processor Pname='X' Dcore='A'/><processor Pname='Y'/><debug "
			    "Pname='X' svd='a' __ap='1'/><device Dname='D'><processor Dcore='Z'/>"
			    "<debug svd='b'/></device></family>",
		.processors = "X:Z@0.1/b Y:Z@0.0/b ",
		.log = "'b'",
	},
	{
		.what = "resolve__takes_named_debug_for_the_only_processor",
		.families = "<family><device Dname='D'><processor Dcore='C'/><debug Pname='X' "
			    "__ap='2' svd='a'/></device></family>",
		.processors = ":C@0.2/a ",
		.log = "'a'",
	},
	{
		.what = "resolve__follows_access_ports",
		.families = "<family><accessportV1 __apid='7' __dp='2' index='4'/><accessportV2 "
			    "__apid='8' address='0x2000'/><device Dname='D'><processor Pname='X'/>"
			    "<processor Pname='Y'/><debug Pname='X' __apid='7'/><debug Pname='Y' "
			    "__dp='1' __apid='8'/></device></family>",
		.processors = "X:@2.4/ Y:@1.8192/ ",
	},
	{
		.what = "resolve__takes_the_first_unit",
		.families = "<family><device Dname='D'><processor Pname='A' Punits='2'/><debug "
			    "Pname='A' Punit='0' __ap='1'/><debug Pname='A' Punit='1' "
			    "__ap='9'/></device></family>",
		.processors = "A:@0.1/ ",
	},
	{
		.what = "resolve__overrides_memory_by_name",
		.families = "<family><memory name='A' access='rx' start='0' size='0x10' "
			    "default='1'/><device Dname='D'><memory name='A' "
			    "size='0x20'/></device></family>",
		.memories = "A[]=0+20rx-d ",
	},
	{
		.what = "resolve__drops_memory_that_a_new_one_overlaps",
		.families = "<family><memory id='IROM1' start='0' size='16'/><memory id='IRAM1' "
			    "start='0x100' size='16'/><device Dname='D'><memory name='Flash' "
			    "access='rx' start='15' size='1'/></device></family>",
		.memories = "IRAM1[]=100+10rwx Flash[]=f+1rx ",
	},
	{
		.what = "resolve__keeps_memory_that_touches",
		.families = "<family><memory id='IROM1' start='0' size='16'/><device Dname='D'>"
			    "<memory id='IROM2' start='16' size='16'/></device></family>",
		.memories = "IROM1[]=0+10rx IROM2[]=10+10rx ",
	},
	{
		.what = "resolve__keeps_memories_of_one_scope",
		.families = "<family><device Dname='D'><memory name='A' access='r' start='0' "
			    "size='16'/><memory name='A' access='r' start='8' size='16'/></device>"
			    "</family>",
		.memories = "A[]=0+10r A[]=8+10r ",
	},
	{
		.what = "resolve__keeps_memories_of_processors_apart",
		.families = "<family><memory Pname='X' id='IRAM1' start='0' size='16'/><device "
			    "Dname='D'><memory Pname='Y' id='IRAM1' start='0' "
			    "size='8'/></device></family>",
		.memories = "IRAM1[X]=0+10rwx IRAM1[Y]=0+8rwx ",
	},
	{
		.what = "resolve__reads_access_and_flags",
		.families = "<family><device Dname='D'><memory name='A' access='rwxs' start='0' "
			    "size='1' startup='1' default='true'/><memory name='B' access='rxc' "
			    "start='1' size='1' startup='false' default='0'/><memory name='C' "
			    "access='rwpn' start='2' size='1'/><memory name='SRAM' start='3' "
			    "size='1'/></device></family>",
		.memories = "A[]=0+1rwxs-sd B[]=1+1rxs C[]=2+1rw SRAM[]=3+1rwx ",
	},
	{
		.what = "resolve__reaches_the_end_of_the_address_space",
		.families = "<family><device Dname='D'><memory name='A' access='r' "
			    "start='0xFFFFFFFFFFFFFFF0' size='0x10'/></device></family>",
		.memories = "A[]=fffffffffffffff0+10r ",
	},
	{
		.what = "resolve__overrides_algorithm_by_range",
		.families = "<family><algorithm name='a' start='0' size='16'/><algorithm name='b' "
			    "start='0' size='16'/><algorithm name='c' start='0' size='8'/><device "
			    "Dname='D'><algorithm name='d' start='0' "
			    "size='16'/></device></family>",
		.algorithms = "c[]=0+8@0+0 d[]=0+10@0+0 ",
		.log = "'d'",
	},
	{
		.what = "resolve__overrides_algorithm_by_file_and_start",
		.families = "<family><algorithm name='F\\a.FLM' start='0' size='16'/><device "
			    "Dname='D'><algorithm name='F/a.FLM' start='0' size='8' RAMstart='0x20'"
			    " RAMsize='0x10' default='1'/></device></family>",
		.algorithms = "F/a.FLM[]=0+8@20+10-d ",
		.log = "names 'F/a.FLM'",
	},
	{
		.what = "resolve__makes_names_of_files_plain",
		.families = "<family><device Dname='D'><algorithm name='.\\F//.\\a.FLM' start='0' "
			    "size='1'/></device></family>",
		.algorithms = "F/a.FLM[]=0+1@0+0 ",
		.log = "names 'F/a.FLM'",
	},
	{
		.what = "resolve__keeps_algorithms_of_one_scope",
		.families = "<family><device Dname='D'><algorithm name='a' start='0' size='1'/>"
			    "<algorithm name='b' start='0' size='1'/></device></family>",
		.algorithms = "a[]=0+1@0+0 b[]=0+1@0+0 ",
		.log = "'b'",
	},
	{
		.what = "resolve__keeps_algorithms_of_processors_apart",
		.families = "<family><algorithm name='a' Pname='X' start='0' size='1'/><device "
			    "Dname='D'><algorithm name='a' Pname='Y' start='0' "
			    "size='1'/></device></family>",
		.algorithms = "a[X]=0+1@0+0 a[Y]=0+1@0+0 ",
		.log = "'a'",
	},
	{
		.what = "resolve__leaves_other_tools_algorithms",
		.families = "<family><device Dname='D'><algorithm name='a.out' start='0' size='1' "
			    "style='IAR'/><algorithm name='b' start='0' size='1' "
			    "style='CMSIS'/></device></family>",
		.algorithms = "b[]=0+1@0+0 ",
		.log = "'b'",
	},
	{
		.what = "resolve__ignores_ram_without_size",
		.families = "<family><device Dname='D'><algorithm name='a' start='0' size='1' "
			    "RAMstart='0x20000000'/></device></family>",
		.algorithms = "a[]=0+1@0+0 ",
		.log = "'a'",
	},
	{
		.what = "resolve__leaves_out_memory_without_size",
		.families = "<family>\n<memory name='A' start='0'/><device Dname='D'><variant "
			    "Dvariant='V'/></device></family>",
		.log = "line 2: <memory> left out: needs a start and a size",
	},
	{
		.what = "resolve__leaves_out_memory_without_name",
		.families = "<family><device Dname='D'><memory start='0' size='1'/></device>"
			    "</family>",
		.log = "<memory> left out: needs a name",
	},
	{
		.what = "resolve__leaves_out_memory_of_size_zero",
		.families = "<family><device Dname='D'><memory name='A' start='0' size='0'/>"
			    "</device></family>",
		.log = "<memory> left out: its size is 0",
	},
	{
		.what = "resolve__leaves_out_memory_beyond_the_end",
		.families = "<family><device Dname='D'><memory name='A' start='0xFFFFFFFFFFFFFFF0' "
			    "size='0x11'/></device></family>",
		.log = "<memory> left out: it goes beyond the address space",
	},
	{
		.what = "resolve__leaves_out_numbers_that_are_none",
		.families = "<family><device Dname='D'><memory name='A' start='12x' size='1'/>"
			    "</device></family>",
		.log = "<memory> left out: needs a start and a size",
	},
	{
		.what = "resolve__leaves_out_numbers_that_overflow",
		.families = "<family><device Dname='D'><memory name='A' start='0' "
			    "size='0x10000000000000000'/></device></family>",
		.log = "<memory> left out: needs a start and a size",
	},
	{
		.what = "resolve__leaves_out_algorithms_without_name",
		.families = "<family><device Dname='D'><algorithm start='0' size='1'/></device>"
			    "</family>",
		.log = "<algorithm> left out: needs a name",
	},
	{
		.what = "resolve__leaves_out_access_ports_without_index",
		.families = "<family><accessportV1 __apid='1'/><device Dname='D'/></family>",
		.log = "<accessportV1> left out: needs __apid and its number or address",
	},
	{
		.what = "resolve__finds_files_outside_not_there",
		.families = "<family><device Dname='D'><processor/><debug svd='../x'/></device>"
			    "</family>",
		.processors = ":@0.0/../x ",
		.log = "names '../x', which is not there",
	},
};

static void resolve__row(void **state)
{
	const struct row *row = *state;
	const dapper_pack_device *device;
	dapper_pack *pack;
	char text[DESCRIPTION_SIZE];

	pack_set_up(state);
	pack = open_families(row->families);
	device = only_device(pack);
	describe_processors(device, text);
	assert_string_equal(text, row->processors ? row->processors : "");
	describe_memories(device, text);
	assert_string_equal(text, row->memories ? row->memories : "");
	describe_algorithms(device, text);
	assert_string_equal(text, row->algorithms ? row->algorithms : "");
	if (row->log)
		assert_non_null(strstr(logged(), row->log));
	else
		assert_string_equal(logged(), "");
	dapper_pack_close(pack);
	pack_tear_down(state);
}

int main(void)
{
	return test_run_table(
		"pack/resolve", resolve__row, rows, sizeof(rows[0]), ARRAY_SIZE(rows));
}
