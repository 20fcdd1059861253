"""`dapper info` on the generic target, with no pack at all."""
import re


def flatten(node):
    yield node
    for child in node["children"]:
        yield from flatten(child)


def test_info_needs_no_pack(dapper):
    text = dapper("info", "--probe", "virtual:stm32f407vg").ok().out
    assert text.startswith("session")
    assert "Cortex-M4" in text
    assert re.search(r"dp .*2ba01477", text)
    assert re.search(r"0x20000000-0x3fffffff  RAM", text)


def test_info_tree_as_json(dapper):
    tree = dapper("info", "--probe", "virtual:stm32f407vg", "--json").ok().json["tree"]
    kinds = [n["kind"] for n in flatten(tree)]
    for kind in ["session", "probe", "board", "soc", "dp", "ap", "rom-table", "core"]:
        assert kind in kinds, kind
    text = str([n["name"] for n in flatten(tree)])
    for part in ["SCS", "FPB", "DWT", "ITM", "TPIU", "ETM"]:
        assert part in text, part


def test_info_of_a_cortex_m0(dapper):
    text = dapper("info", "--probe", "virtual:cortex-m0").ok().out
    assert "Cortex-M0" in text


def test_info_shows_the_device_map(dapper):
    text = dapper("info", "--probe", "virtual:stm32f407vg", "-t", "stm32f407vg").ok().out
    assert re.search(r"0x08000000-0x080fffff  flash  r-x-  .*4 x 16384 bytes, 1 x 65536 bytes, 7 x 131072 bytes",
                     text)


def test_verbose_counts(dapper):
    err = dapper("info", "--probe", "virtual:stm32f407vg", "-v").ok().err
    assert re.search(r"counters: \d+ transfers in \d+ batches; packets \d+ out, \d+ in; bytes \d+ out, \d+ in; "
                     r"waited \d+ round trips", err)
    assert re.search(r"simulated: \d+ SWCLK cycles; \d+\.\d+ s", err)


def test_very_verbose_decodes_the_wire(dapper):
    err = dapper("info", "--probe", "virtual:stm32f407vg", "-vv").ok().err
    assert "CDBGPWRUPREQ" in err and "DPIDR" in err


def test_attach_leaves_the_core_running(dapper, board):
    """Under `info` the counter of a running program goes on: see test_memory for the program."""
    result = dapper("info", *board(), "--json").ok()
    assert result.json["counters"]["packets_out"] > 0
