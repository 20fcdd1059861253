"""pyOCD from PyPI with a board on USB: another debugger that we did not write, with the vendor's own flash algorithm."""
import os
import re
import subprocess
import zipfile

import pytest

from conftest import e2e

PYOCD = os.environ.get("DAPPER_PYOCD")
DEMO = e2e.FIRMWARE / "demo.elf"
TIMEOUT_S = 100

pytestmark = pytest.mark.skipif(not PYOCD, reason="pyOCD is not installed (tests/guest/build_pyocd.sh, from PyPI)")


def pyocd(command, board, *arguments):
    """@return All that it said."""
    result = subprocess.run([PYOCD, command, "--uid", board.serial, *map(str, arguments)], capture_output=True,
                            text=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=False,
                            cwd=board.log.parent)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    assert not re.search(r"^\d+ [EC] ", said, re.M), said
    return said


def commands(*lines):
    return [word for line in lines for word in ("-c", line)]


@pytest.fixture(scope="module")
def f4_pack(tmp_path_factory):
    """The unpacked pack of shared/data, as pyOCD wants it."""
    if not e2e.F4_PACK.exists():
        pytest.skip("shared/data/packs is not here")
    path = tmp_path_factory.mktemp("pack") / "f4.pack"
    with zipfile.ZipFile(path, "w") as archive:
        for file in e2e.F4_PACK.rglob("*"):
            archive.write(file, file.relative_to(e2e.F4_PACK))
    return path


def test_generic_core(plug):
    """list, and all that needs no knowledge of the part. By HID; the others by bulk endpoints."""
    board = plug("stm32f407vg", "v1")
    listed = subprocess.run([PYOCD, "list"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True).stdout
    assert board.serial in listed and "virtual CMSIS-DAP" in listed and "stm32f407vg" in listed
    said = pyocd("cmd", board, "-t", "cortex_m", *commands(
        "halt", "write32 0x20000100 0x30012000 0xe7fc6008", "wreg r1 0x20000200", "wreg primask 1",
        "wreg pc 0x20000100", "step", "step", "reg r0", "break 0x20000104", "continue", "sleep 100", "status",
        "reg pc", "rmbreak 0x20000104", "watch 0x20000200 w 4", "continue", "sleep 100", "status", "reg pc",
        "read32 0x20000200", "read8 0x20000101", "write16 0x20000202 0xabcd", "read32 0x20000200"))
    assert "0x20000102" in said and "0x20000104" in said
    assert said.count("Halted") >= 2, said
    assert re.search(r"20000200: +(abcd000[12])", said), said


def test_flash_with_the_vendors_algorithm(plug, f4_pack, tmp_path):
    flash = tmp_path / "flash.bin"
    board = plug("stm32f407vg", "v2", f"flash={flash}")
    part = ["-t", "stm32f407vgtx", "--pack", f4_pack, "-f", "10M"]
    said = pyocd("load", board, *part, DEMO)
    assert re.search(r"programmed \d+ bytes", said), said
    said = pyocd("cmd", board, *part, *commands("reset halt", "reg pc", "read32 0x08000000 8", "reset"))
    image = e2e.load_segments(DEMO)[0x08000000]
    sp, entry = (int.from_bytes(image[i:i + 4], "little") for i in (0, 4))
    assert f"08000000:  {sp:08x} {entry:08x}" in said and f"{entry & ~1:#010x}" in said, said
    assert "hello from the virtual STM32F407" in board.output
    pyocd("erase", board, *part, "--sector", "0x08000000")
    said = pyocd("cmd", board, *part, *commands("read32 0x08000000 8"))
    assert "08000000:  ffffffff ffffffff" in said


def test_nrf52(plug, tmp_path):
    """A part that pyOCD knows by itself, with its own algorithm."""
    image = tmp_path / "image.bin"
    image.write_bytes(bytes((i * 7 + (i >> 8)) & 0xFF for i in range(6000)))
    board = plug("nrf52840", "v2")
    part = ["-t", "nrf52840", "-f", "10M"]
    pyocd("load", board, *part, "--base-address", "0x10000", "--no-reset", image)
    said = pyocd("cmd", board, *part, *commands("halt", "read32 0x10000 8", f"savemem 0x10000 6000 {tmp_path}/dump"))
    assert (tmp_path / "dump").read_bytes() == image.read_bytes(), said
    pyocd("erase", board, *part, "--sector", "0x10000-0x12000")
    assert "00010000:  ffffffff ffffffff" in pyocd("cmd", board, *part, *commands("read32 0x10000 8"))
