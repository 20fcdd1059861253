"""Everything that goes wrong: a message of its own, a non-zero exit, no hang, no leak."""
import os
import re
import signal
import subprocess
import time

import pytest
from conftest import DAPPER, DATA, F4_PACK, FIRMWARE, needs_f4_pack, run, serve

HELLO = FIRMWARE / "demo.elf"
BIG = FIRMWARE / "demo-256k.elf"


def test_no_probe(dapper):
    dapper("info").fails(3, "no debug probe found", "hint:.*virtual:stm32f407vg")


def test_unknown_probe(dapper):
    dapper("info", "--probe", "0123456789").fails(3, "0123456789")
    dapper("info", "--probe", "virtual:stm32f407vh").fails(2, "stm32f407vh", "hint:.*stm32f407vg")


def test_unknown_target(board):
    run("flash", HELLO, *board(target="stm32f407vh")).fails(2, "unknown device 'stm32f407vh'", "hint:.*stm32f407v")
    run("flash", HELLO, *board(target="qqqq")).fails(2, "unknown device 'qqqq'", "hint:.*--pack")


@needs_f4_pack
def test_unknown_target_in_a_pack(board):
    run("info", "--pack", F4_PACK, *board(target="STM32F407VH")).fails(2, "STM32F407VH", "hint:.*STM32F407V")


@pytest.mark.parametrize("name, contents, texts", [
    ("missing.elf", None, ["missing.elf", "No such file"]),
    ("empty.elf", b"", ["empty.elf"]),
    ("truncated.elf", "half", ["truncated.elf"]),
    ("bad.hex", b":0300300002337A1E\n:00000001FE\n", ["bad.hex:2", "checksum"]),
    ("noise.bin", bytes(range(256)) * 4, ["noise.bin", "--base-address"]),
    ("novel.txt", b"It was a dark and stormy night.\n", ["novel.txt"]),
])
def test_wrong_files(board, tmp_path, name, contents, texts):
    path = tmp_path / name
    if contents == "half":
        contents = HELLO.read_bytes()[:600]
    if contents is not None:
        path.write_bytes(contents)
    result = run("flash", path, *board())
    assert result.code in (2, 7), result.err
    for text in texts:
        assert re.search(re.escape(text), result.err), result.err
    assert not board.flash.exists(), "the target was not even connected to"


def test_image_outside_flash(board, tmp_path):
    (tmp_path / "far.bin").write_bytes(b"1234")
    run("flash", tmp_path / "far.bin", "-a", "0x90000000", *board()).fails(
        5, "far.bin", "0x90000000")
    (tmp_path / "long.bin").write_bytes(b"1" * 0x2000)
    run("flash", tmp_path / "long.bin", "-a", "0x080ff000", *board()).fails(5, "0x080ff000")
    assert board.flash.read_bytes() == b"\xff" * 0x100000, "nothing was touched"


def test_no_algorithm_for_the_generic_target():
    run("flash", HELLO, "--probe", "virtual:stm32f407vg").fails(5, "0x08000000", "hint:.*--target")


def test_overlapping_files(board, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"1" * 64)
    run("flash", HELLO, HELLO, *board()).fails(2, "overlap")


def test_algorithm_reports_an_error(board):
    run("flash", HELLO, *board("write-protect=0")).fails(
        5, "returned", r"address 0x0800", "hint:")


def test_cell_that_will_not_program(board):
    result = run("flash", HELLO, *board("bad-cell=0x08000010"))
    assert result.code in (5, 6)
    assert "0x08000010" in result.err or "returned" in result.err


def test_algorithm_that_never_returns(board):
    run("flash", HELLO, "-O", "flash.timeout.program=0.5", *board("stuck-busy-at-op=2")).fails(
        1, "did not return|timed out|in time", "ProgramPage")


def test_power_lost_in_the_middle_and_recovery(board):
    failed = run("flash", BIG, *board("power-loss-at-op=500"))
    assert failed.code in (1, 4), failed.err
    assert "no answer" in failed.err or "does not answer" in failed.err or "answers" in failed.err
    run("flash", BIG, *board()).ok()
    from test_flash import assert_holds
    assert_holds(board, BIG)


def test_probe_unplugged(board):
    run("flash", BIG, *board("unplug-at=40")).fails(3, "gone|unplugged")
    run("flash", BIG, *board()).ok()


def test_unplugged_at_any_packet_is_the_probes_fault():
    """From the first packet of connecting to the last of closing: never mistaken for the target's."""
    codes = [run("regs", "-q", "--probe", f"virtual:stm32f407vg,unplug-at={n}").code for n in range(1, 60)]
    gone = codes.count(3)
    assert gone > 10 and codes == [3] * gone + [0] * (len(codes) - gone), codes


def test_tcp_nobody_there(dapper):
    dapper("info", "--probe", "tcp:127.0.0.1:1").fails(3, "127.0.0.1", "hint:")


def test_tcp_peer_vanishes_in_the_middle():
    with serve() as (server, port):
        client = subprocess.Popen([DAPPER, "flash", str(BIG), "-t", "stm32f407vg", "--probe",
                                   f"tcp:127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True)
        # Once programming has begun the peer goes, without a word.
        seen = ""
        while "program" not in seen:
            line = client.stderr.readline()
            assert line, f"ended early: {seen}"
            seen += line
        server.send_signal(signal.SIGKILL)
        rest = client.communicate(timeout=60)[1]
    assert client.returncode == 3, seen + rest
    assert re.search("gone|vanished|closed", rest), rest
    assert "Sanitizer" not in rest, rest


def test_ctrl_c_ends_in_good_order(board):
    """Interrupted while programming: says so, exit 130, and the next run recovers."""
    with serve(f"flash={board.flash}") as (_, port):
        where = ["-t", "stm32f407vg", "--probe", f"tcp:127.0.0.1:{port}"]
        client = subprocess.Popen([DAPPER, "flash", str(BIG), *where], stderr=subprocess.PIPE, text=True)
        seen = ""
        while "program" not in seen:
            line = client.stderr.readline()
            assert line, f"ended early: {seen}"
            seen += line
        client.send_signal(signal.SIGINT)
        rest = client.communicate(timeout=60)[1]
        assert client.returncode == 130, seen + rest
        assert "cancelled" in rest
        run("flash", BIG, *where).ok()
