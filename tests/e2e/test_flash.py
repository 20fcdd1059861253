"""Programming the virtual STM32F407 with the vendor's own algorithm and with ours."""
import re

import pytest
from conftest import DATA, F4_PACK, FIRMWARE, load_segments, needs_f4_pack, run

VENDOR = ["--pack", F4_PACK]
ALGORITHMS = [pytest.param(VENDOR, "STM32F407VG", marks=needs_f4_pack, id="vendor"),
              pytest.param([], "stm32f407vg", id="ours")]
HELLO = FIRMWARE / "demo.elf"
BIG = FIRMWARE / "demo-256k.elf"


def flash_contents(board):
    return board.flash.read_bytes()


def assert_holds(board, elf):
    contents = flash_contents(board)
    for address, data in load_segments(elf).items():
        offset = address - 0x08000000
        assert contents[offset:offset + len(data)] == data, hex(address)


@pytest.mark.parametrize("pack, target", ALGORITHMS)
@pytest.mark.parametrize("elf", [HELLO, BIG], ids=["hello", "big"])
def test_flash_equals_the_elf(board, pack, target, elf):
    result = run("flash", elf, *pack, *board(target=target), "--json").ok().json
    assert result["erased_sectors"] == 0, "a new part is blank"
    assert result["programmed_bytes"] > 0
    assert result["verified_bytes"] >= sum(map(len, load_segments(elf).values()))
    assert_holds(board, elf)


@pytest.mark.parametrize("pack, target", ALGORITHMS)
def test_second_flash_erases_nothing(board, pack, target):
    run("flash", HELLO, *pack, *board(target=target)).ok()
    again = run("flash", HELLO, *pack, *board(target=target), "--json").ok().json
    assert again["erased_bytes"] == 0 and again["programmed_bytes"] == 0
    assert again["skipped_bytes"] > 0


@pytest.mark.parametrize("pack, target", ALGORITHMS)
def test_reflash_with_another_image(board, pack, target):
    run("flash", BIG, *pack, *board(target=target)).ok()
    result = run("flash", HELLO, *pack, *board(target=target), "--json").ok().json
    assert result["erased_sectors"] >= 1
    assert_holds(board, HELLO)


@pytest.mark.parametrize("pack, target", ALGORITHMS)
def test_one_changed_page_touches_one_sector(board, tmp_path, pack, target):
    blob = bytearray(i * 7 & 0xff for i in range(256 * 1024))
    image = tmp_path / "image.bin"
    image.write_bytes(blob)
    at = ["--base-address", "0x08000000"]
    run("flash", image, *at, *pack, *board(target=target)).ok()
    blob[0x21000] ^= 0x55
    image.write_bytes(blob)
    result = run("flash", image, *at, *pack, *board(target=target), "--json").ok().json
    assert result["erased_sectors"] == 1
    assert result["erased_bytes"] == 128 * 1024
    assert flash_contents(board)[:len(blob)] == blob


def test_what_the_image_does_not_cover_is_kept(board, tmp_path):
    neighbour = bytes(range(256)) * 4
    (tmp_path / "neighbour.bin").write_bytes(neighbour)
    run("flash", tmp_path / "neighbour.bin", "-a", "0x08003000", *board()).ok()
    run("flash", HELLO, *board()).ok()
    (tmp_path / "other.bin").write_bytes(b"\x00" * 100)
    run("flash", tmp_path / "other.bin", "-a", "0x08003800", *board()).ok()
    assert flash_contents(board)[0x3000:0x3400] == neighbour
    assert_holds(board, HELLO)


def test_several_files_at_once(board, tmp_path):
    extra = b"dapper" * 100
    line = lambda at: bytes([16, at >> 8 & 255, at & 255, 0]) + (extra + bytes(16))[at:at + 16]
    hexfile = ":020000040801F1\n"
    for at in range(0, len(extra), 16):
        record = line(at)
        hexfile += ":" + record.hex().upper() + f"{-sum(record) & 255:02X}\n"
    (tmp_path / "extra.hex").write_text(hexfile + ":00000001FF\n")
    run("flash", HELLO, tmp_path / "extra.hex", *board()).ok()
    assert_holds(board, HELLO)
    assert flash_contents(board)[0x10000:0x10000 + len(extra)] == extra


@pytest.mark.parametrize("mode, sectors", [("auto", 0), ("sector", 1), ("chip", 12), ("none", 0)])
def test_erase_modes(board, tmp_path, mode, sectors):
    (tmp_path / "small.bin").write_bytes(b"\x12\x34" * 64)
    result = run("flash", tmp_path / "small.bin", "-a", "0x08004000", "--erase", mode, "--json", *board()).ok().json
    assert result["erased_sectors"] == sectors


def test_erase_sector_and_chip(board):
    run("flash", BIG, *board()).ok()
    result = run("erase", "--sector", "0x08004000+1", "--json", *board()).ok().json
    assert (result["erased_sectors"], result["erased_bytes"]) == (1, 16 * 1024)
    contents = flash_contents(board)
    assert contents[0x4000:0x8000] == b"\xff" * 0x4000
    assert contents[:0x4000] != b"\xff" * 0x4000 and contents[0x8000:0xc000] != b"\xff" * 0x4000
    run("erase", "--chip", *board()).ok()
    assert flash_contents(board) == b"\xff" * 0x100000


def test_progress_and_summary_as_text(board):
    result = run("flash", HELLO, *board()).ok()
    assert re.search(r"programmed \d+ bytes at [\d.]+ KB/s", result.out)
    assert "program 100 %" in result.err and "verify 100 %" in result.err
    quiet = run("flash", HELLO, *board(), "-q").ok()
    assert quiet.out == "" and quiet.err == ""


def test_progress_as_json_events(board):
    events = run("flash", HELLO, *board(), "--json").ok().events
    phases = [e["phase"] for e in events if e["event"] == "progress"]
    assert "program" in phases and "verify" in phases
    assert events[-1]["event"] == "done"


def test_progress_is_a_bar_on_a_terminal(board):
    import os
    import pty
    import subprocess
    from conftest import DAPPER
    master, slave = pty.openpty()
    process = subprocess.Popen([DAPPER, "flash", str(HELLO), *map(str, board())], stderr=slave,
                               stdout=subprocess.DEVNULL)
    os.close(slave)
    text = b""
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    assert process.wait(60) == 0
    assert b"program  [####" in text


@needs_f4_pack
@pytest.mark.parametrize("name", ["NUCLEO_F411RE.bin"])
def test_other_peoples_firmware(board, name):
    """Firmware that we did not build, by the vendor's algorithm."""
    path = DATA / "firmware/pyOCD" / name
    run("flash", path, "-a", "0x08000000", *VENDOR, *board(target="STM32F407VG")).ok()
    assert flash_contents(board)[:path.stat().st_size] == path.read_bytes()


def compare_ns(board, *arguments):
    return run("flash", BIG, *arguments, *board(), "--json").ok().json["compare_ns"]


def test_readback_is_an_option(board):
    """A hash on the target takes a fraction of the time: that tells the two apart."""
    run("flash", BIG, *board()).ok()
    hashed = compare_ns(board)
    assert compare_ns(board, "-O", "flash.readback=true") > 4 * hashed
