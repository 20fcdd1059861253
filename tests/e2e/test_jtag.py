"""Ways onto the wire: JTAG chains, the dormant state, target selection. (The tables of test_memory and test_flash run
through JTAG too: see meson.build.)"""
import pytest
from conftest import FIRMWARE, load_segments, run

BOARD = ["--probe", "virtual:stm32f407vg"]
JTAG = ["-O", "dap_protocol=jtag"]


def test_info_shows_the_chain():
    text = run("info", *BOARD, *JTAG).ok().out
    assert "Cortex-M4" in text
    assert "wire JTAG, tap 0 0x4ba00477, this one, IR of 4 bits, tap 1 0x06413041" in text


def test_info_of_a_chain_of_one():
    text = run("info", "--probe", "virtual:cortex-m0", *JTAG).ok().out
    assert "Cortex-M0" in text and "tap 0 0x0ba00477, this one" in text


@pytest.mark.parametrize("link", ["hs-bulk", "fs-bulk", "fs-hid"])
def test_memory_over_any_link(link):
    board = ["--probe", f"virtual:stm32f407vg,link={link}"]
    by_swd = run("read", "0x20000000", "512", "--json", *board).ok().json["data"]
    assert run("read", "0x20000000", "512", "--json", *board, *JTAG).ok().json["data"] == by_swd


def test_position_by_option():
    run("info", *BOARD, *JTAG, "-O", "jtag.tap=0").ok()
    run("info", *BOARD, *JTAG, "-O", "jtag.tap=5").fails(2, "no TAP at the position", "0: 0x4ba00477, 1: 0x06413041")
    run("info", *BOARD, *JTAG, "-O", "jtag.tap=1").fails(4, "debug port in place 1")
    run("info", *BOARD, *JTAG, "-O", "jtag.tap=x").fails(2, "'x' is no value for the option 'jtag.tap'")


def test_flash_by_jtag_while_the_ap_is_slow(board):
    result = run("flash", FIRMWARE / "demo.elf", *board("wait=20000@500"), *JTAG, "--json").ok().json
    assert result["programmed_bytes"] > 0
    contents = board.flash.read_bytes()
    for address, data in load_segments(FIRMWARE / "demo.elf").items():
        assert contents[address - 0x08000000:][:len(data)] == data


@pytest.mark.parametrize("at", range(20, 120, 7))
def test_bus_error_anywhere_is_reported_and_survived(at):
    """Some are met while looking around, where they are reported and skipped; others end the command. None hangs."""
    result = run("read", "0x20000000", "256", "--probe", f"virtual:stm32f407vg,ap-error-at={at}", *JTAG)
    assert result.code in (0, 1)
    if result.code == 1:
        result.fails(1, "FAULT|no Cortex-M core")


def test_target_selection_is_for_swd_with_several_targets():
    run("info", *BOARD, *JTAG, "-O", "dp-target-id=0x01002927").fails(2, "JTAG has no targets to select", "jtag.tap")
    run("info", *BOARD, "-O", "dp-target-id=0x01002927").fails(4, "TARGETSEL 0x01002927")
    run("info", *BOARD, env={"DAPPER_DP_TARGET_ID": "0x01002927"}).fails(4, "TARGETSEL 0x01002927")


def test_dormant_at_once_falls_back():
    assert "Cortex-M4" in run("info", *BOARD, "-O", "dap_swj_use_dormant=true").ok().out
    assert "Cortex-M4" in run("info", *BOARD, *JTAG, "-O", "dap_swj_use_dormant").ok().out
