"""read, write, regs, reset."""
import os

import pytest
from conftest import FIRMWARE, run, serve

BOARD = ["--probe", "virtual:stm32f407vg"]


def test_write_and_read_back_over_tcp():
    """Two runs of the tool, one board."""
    with serve() as (_, port):
        probe = ["--probe", f"tcp:127.0.0.1:{port}"]
        run("write", "0x20000100", "0x12345678", "0xcafe0001", *probe).ok()
        result = run("read", "0x20000100", "8", "--json", *probe).ok()
        assert result.json["data"] == "785634120100feca"
        dump = run("read", "0x20000100", "8", "--width", "32", *probe).ok().out
        assert dump.startswith("20000100:  12345678 cafe0001")


@pytest.mark.parametrize("width, value", [(8, "0xab"), (16, "0xabcd"), (32, "0xabcd1234")])
def test_write_widths(width, value):
    with serve() as (_, port):
        probe = ["--probe", f"tcp:127.0.0.1:{port}"]
        run("write", "0x20000204", value, "--width", width, *probe).ok()
        data = run("read", "0x20000204", width // 8, "--json", *probe).ok().json["data"]
        assert int.from_bytes(bytes.fromhex(data), "little") == int(value, 0)


def test_file_round_trip_at_odd_address(tmp_path):
    blob = os.urandom(5003)
    (tmp_path / "in.bin").write_bytes(blob)
    with serve() as (_, port):
        probe = ["--probe", f"tcp:127.0.0.1:{port}"]
        run("write", "0x20000403", "-i", tmp_path / "in.bin", *probe).ok()
        run("read", "0x20000403", len(blob), "-o", tmp_path / "out.bin", *probe).ok()
    assert (tmp_path / "out.bin").read_bytes() == blob


def test_unmapped_memory_is_an_error_with_its_address():
    run("read", "0x60000000", "16", *BOARD).fails(1, "FAULT", "address 0x60000000", "AP#0")


def test_fault_in_the_middle_names_the_first_bad_address():
    # SRAM ends at 0x20020000
    run("read", "0x2001fff0", "64", *BOARD).fails(1, "address 0x20020000")


def test_write_to_flash_is_refused(board):
    run("write", "0x08000000", "0", *board()).fails(2, "lies in flash", "dapper flash")


def test_regs():
    registers = run("regs", "--json", *BOARD).ok().json["registers"]
    for name in ["r0", "r12", "sp", "lr", "pc", "xpsr", "msp", "psp", "control", "primask", "basepri", "faultmask"]:
        assert name in registers
    assert "s0" in run("regs", "--all", "--json", *BOARD).ok().json["registers"]
    assert set(run("regs", "r15", "sp", "--json", *BOARD).ok().json["registers"]) == {"pc", "sp"}
    run("regs", "r16", *BOARD).fails(2, "no register 'r16'")


def test_regs_of_a_running_core_without_halting():
    with serve() as (_, port):
        probe = ["--probe", f"tcp:127.0.0.1:{port}", "-t", "stm32f407vg"]
        run("flash", FIRMWARE / "demo.elf", *probe).ok()
        run("regs", "--connect", "attach", *probe).fails(1, "the core is running", "hint:.*halt")


def test_reset_and_halt_stops_at_the_vector():
    with serve() as (_, port):
        probe = ["--probe", f"tcp:127.0.0.1:{port}", "-t", "stm32f407vg"]
        run("flash", FIRMWARE / "demo.elf", *probe).ok()
        for method in ["default", "hardware", "system"]:
            assert run("reset", "--halt", "--method", method, "--json", *probe).ok().json["halted"] is True
            pc = run("regs", "pc", "--json", "--connect", "attach", *probe).ok().json["registers"]["pc"]
            vector = run("read", "0x08000004", "4", "--json", *probe).ok().json["data"]
            assert pc == int.from_bytes(bytes.fromhex(vector), "little") & ~1


@pytest.mark.parametrize("mode", ["halt", "attach", "pre-reset", "under-reset"])
def test_every_connect_mode_connects(mode):
    text = run("info", "--connect", mode, *BOARD).ok().out
    assert "Cortex-M4" in text
