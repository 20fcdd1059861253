/* SPDX-License-Identifier: Apache-2.0 */
#include "support/test.h"

#include <stdlib.h>

#include "pack/pdsc.h"

enum { ARENA_LIMIT = 1 << 20 };

struct parsed {
	struct arena arena;
	struct string_set strings;
	struct pdsc pdsc;
};

static dapper_status parse(struct parsed *parsed, const char *text)
{
	arena_init(&parsed->arena, ARENA_LIMIT);
	string_set_init(&parsed->strings, &parsed->arena);
	return pdsc_parse("t.pdsc", text, strlen(text), &parsed->strings, &parsed->pdsc);
}

static void finish(struct parsed *parsed)
{
	string_set_finish(&parsed->strings);
	arena_finish(&parsed->arena);
}

static void pdsc_parse__keeps_scopes_in_order(void **state)
{
	const struct pdsc_scope *scope;
	struct parsed parsed;

	(void)state;
	assert_ok(parse(&parsed,
		"<package><devices><family Dfamily='F' Dvendor='ST Micro:13'>"
		"<device Dname='D0'/><subFamily DsubFamily='S'>"
		"<device Dname='D1'><variant Dvariant='V1'/><variant Dvariant='V2'/></device>"
		"</subFamily></family><family Dfamily='G'/></devices></package>"));
	assert_int_equal(parsed.pdsc.device_count, 4);
	scope = parsed.pdsc.first_family;
	assert_string_equal(scope->name, "F");
	assert_string_equal(scope->vendor, "ST Micro");
	assert_string_equal(scope->next->name, "G");
	assert_null(scope->next->next);
	scope = scope->first_child;
	assert_string_equal(scope->name, "D0");
	assert_int_equal(scope->level, PDSC_DEVICE);
	scope = scope->next;
	assert_string_equal(scope->name, "S");
	scope = scope->first_child;
	assert_string_equal(scope->name, "D1");
	assert_string_equal(scope->first_child->name, "V1");
	assert_string_equal(scope->first_child->next->name, "V2");
	assert_ptr_equal(scope->first_child->parent, scope);
	finish(&parsed);
}

static void pdsc_parse__keeps_elements_between_devices(void **state)
{
	const struct pdsc_element *element;
	struct parsed parsed;

	(void)state;
	assert_ok(parse(&parsed, "<package><devices><family>\n<memory name='a'/>"
				 "<device Dname='D'><memory name='x'/></device><book/>\n"
				 "<memory name='b'/></family></devices></package>"));
	element = parsed.pdsc.first_family->first_element;
	assert_string_equal(pdsc_get_attribute(element, "name"), "a");
	assert_int_equal(element->line, 2);
	element = element->next;
	assert_string_equal(pdsc_get_attribute(element, "name"), "b");
	assert_int_equal(element->line, 3);
	assert_null(element->next);
	assert_null(pdsc_get_attribute(element, "start"));
	element = parsed.pdsc.first_family->first_child->first_element;
	assert_string_equal(pdsc_get_attribute(element, "name"), "x");
	finish(&parsed);
}

static void pdsc_parse__keeps_sequences_with_their_text(void **state)
{
	const struct pdsc_element *sequence;
	const struct pdsc_element *control;
	struct parsed parsed;

	(void)state;
	assert_ok(parse(&parsed,
		"<package><devices><family><sequences><sequence name='S'><block>\n A &amp; B; \n"
		"</block><control if='x'><block>C</block></control>tail</sequence></sequences>"
		"</family></devices></package>"));
	sequence = parsed.pdsc.first_family->first_element->first_child;
	assert_string_equal(sequence->name, "sequence");
	assert_string_equal(sequence->first_child->name, "block");
	assert_string_equal(sequence->first_child->first_child->name, "");
	assert_string_equal(sequence->first_child->first_child->text, "A & B;");
	control = sequence->first_child->next;
	assert_string_equal(pdsc_get_attribute(control, "if"), "x");
	assert_string_equal(control->first_child->first_child->text, "C");
	assert_string_equal(control->next->text, "tail");
	finish(&parsed);
}

static void pdsc_parse__skips_what_it_does_not_know(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_ok(parse(&parsed,
		"<package><vendor> V </vendor><name>N<b>x</b></name><conditions><device "
		"Dname='no'/></conditions><devices><x><family/></x><family><feature><memory/>"
		"</feature><variant Dvariant='no'/><family/></family></devices></package>"));
	assert_string_equal(parsed.pdsc.vendor, "V");
	assert_string_equal(parsed.pdsc.name, "N");
	assert_string_equal(parsed.pdsc.version, "");
	assert_int_equal(parsed.pdsc.device_count, 0);
	assert_null(parsed.pdsc.first_family->next);
	assert_null(parsed.pdsc.first_family->first_child);
	assert_null(parsed.pdsc.first_family->first_element);
	finish(&parsed);
}

static void pdsc_parse__takes_the_newest_release(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_ok(parse(&parsed, "<package><releases><release version='1.9.0'/><release/>"
				 "<release version='1.10.0'/><release version='1.10.0-rc1'/>"
				 "</releases></package>"));
	assert_string_equal(parsed.pdsc.version, "1.10.0");
	finish(&parsed);
}

static void pdsc_parse__refuses_other_xml(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_fails(DAPPER_ERR_PARSE, parse(&parsed, "<device/>"));
	assert_message("not a pack description: expected element 'package', found 'device'");
	finish(&parsed);
}

static void pdsc_parse__wants_devices_named(void **state)
{
	struct parsed parsed;

	(void)state;
	assert_fails(DAPPER_ERR_PARSE, parse(&parsed, "<package><devices><family>\n<device/>"
						      "</family></devices></package>"));
	assert_message("a device without the attribute Dname");
	assert_string_equal(dapper_error_last()->where, "t.pdsc, line 2");
	finish(&parsed);
}

/* Semantic versioning 2.0.0, section 11: its own example is one chain. */
static void pdsc_version_is_newer__orders_as_semver(void **state)
{
	static const char *const chain[] = {
		"",
		"0.9",
		"1.0.0-alpha",
		"1.0.0-alpha.1",
		"1.0.0-alpha.beta",
		"1.0.0-beta",
		"1.0.0-beta.2",
		"1.0.0-beta.11",
		"1.0.0-rc.1",
		"1.0.0",
		"1.0.1",
		"1.2.0",
		"1.10.0",
		"3.1.2-dev",
		"20220101.99999999999999999999.0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chain); i++)
		for (size_t k = 0; k < ARRAY_SIZE(chain); k++)
			if (pdsc_version_is_newer(chain[i], chain[k]) != (i > k))
				fail_msg("'%s' against '%s'", chain[i], chain[k]);
	assert_false(pdsc_version_is_newer("1.0.0+b2", "1.0.0+b1"));
	assert_false(pdsc_version_is_newer("1.01", "1.1"));
	assert_true(pdsc_version_is_newer("1.0.0+b", "1.0.0-a"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pdsc_parse__keeps_scopes_in_order),
		cmocka_unit_test(pdsc_parse__keeps_elements_between_devices),
		cmocka_unit_test(pdsc_parse__keeps_sequences_with_their_text),
		cmocka_unit_test(pdsc_parse__skips_what_it_does_not_know),
		cmocka_unit_test(pdsc_parse__takes_the_newest_release),
		cmocka_unit_test(pdsc_parse__refuses_other_xml),
		cmocka_unit_test(pdsc_parse__wants_devices_named),
		cmocka_unit_test(pdsc_version_is_newer__orders_as_semver),
	};
	return cmocka_run_group_tests_name("pack/pdsc", tests, NULL, NULL);
}
