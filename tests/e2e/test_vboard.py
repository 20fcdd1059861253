"""Boards of one's own: described in a file, found, checked, programmed and debugged."""
import pathlib
import re
import struct

import pytest
from conftest import FIRMWARE, SOURCE, run

MINE = """\
board: mine
part: STM32F407VG
description: "my own: STM32F407VG with SDRAM"
include: stm32f407vg
memories:
  - { name: SDRAM, kind: ram, base: 0xd0000000, size: 8 MB }
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A working folder and a user's folder of boards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for folder in ("boards", "data/dapper/boards"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_list__shows_boards_of_both_folders(home):
    (home / "boards/mine.yaml").write_text(MINE)
    (home / "data/dapper/boards/other.yaml").write_text(MINE.replace("board: mine", "board: other"))
    (home / "boards/broken.yaml").write_text(MINE + "colour: red\n")
    result = run("vboard", "list", "--json").ok()
    boards = {board["name"]: board for board in result.json["boards"]}
    assert boards["mine"]["path"] == "boards/mine.yaml"
    assert boards["other"]["description"] == "my own: STM32F407VG with SDRAM"
    assert "stm32f407vg" in boards and "cortex-m3" in boards
    assert re.search(r"boards/broken.yaml:7: a board has no key 'colour'", result.err)


def test_check__says_the_line_and_what_was_meant(home):
    (home / "my.yaml").write_text(MINE.replace("size:", "sise:"))
    run("vboard", "check", "my.yaml").fails(
        7, r"a memory has no key 'sise'", r"where: my.yaml:6", r"did you mean 'size'\?")
    (home / "my.yaml").write_text(MINE)
    assert "my.yaml: board mine, my own" in run("vboard", "check", "my.yaml").ok().out
    run("vboard", "check", "none.yaml").fails(7, "none.yaml")


@pytest.mark.parametrize("spec", ["mine", "./boards/mine.yaml"])
def test_board__is_programmed_and_debugged(home, spec):
    (home / "boards/mine.yaml").write_text(MINE)
    probe = ["--probe", f"virtual:{spec},flash=flash.bin"]
    board = [*probe, "--target", "stm32f407vg"]
    run("flash", *board, FIRMWARE / "demo.elf").ok()
    image = (home / "flash.bin").read_bytes()
    assert len(image) == 0x100000
    # The vector table: a stack in RAM, an entry in flash.
    stack, entry = struct.unpack("<II", image[:8])
    assert 0x20000000 < stack <= 0x20020000 and 0x08000000 < entry < 0x08100000 and entry & 1
    assert f"08000000:  {image[:16].hex(' ')}" in run("read", *board, "0x08000000", "16").ok().out
    registers = run("regs", *board, "sp", "pc", "--connect", "under-reset").ok().out
    assert f"{stack:08x}" in registers and f"{entry - 1:08x}" in registers
    # And the memory that only this board has.
    run("read", *probe, "0xd07ffff0", "16").ok()
    run("read", *probe, "0xd0800000", "16").fails(1, "FAULT")


def test_docs__examples_can_be_made(home):
    text = pathlib.Path(SOURCE / "docs/virtual-boards.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.S)
    assert len(examples) >= 2
    for number, example in enumerate(examples):
        (home / f"{number}.yaml").write_text(example)
        if "board:" in example:
            run("vboard", "check", f"{number}.yaml").ok()
        else:  # a scenario
            run("info", "--probe", f"virtual:stm32f407vg,scenario={home / f'{number}.yaml'}").ok()


def test_dual_board__has_two_cores(home):
    assert run("info", "--probe", "virtual:dual-m4").ok().out.count("core Cortex-M4: CPUID 0x410fc241") == 2
