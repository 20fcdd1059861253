"""SWO from the firmware's ITM to a file of OpenOCD's, by the probe's own endpoint and by its commands."""
import shutil

import pytest

from conftest import KINDS, openocd

pytestmark = pytest.mark.skipif(not shutil.which("openocd"), reason="openocd is not installed (Debian: openocd)")

# r0: ITM, r1: a character. again: ldr r2, [r0]; cmp r2, #0; beq again; strb r1, [r0]; adds r1, #1; cmp r1, #'Z' + 1;
# bne again; b .
PRINTER = [0x2A006802, 0x7001D0FC, 0x295B3101, 0xE7FED1F8]


@pytest.mark.parametrize("kind", KINDS)
def test_openocd_captures(plug, tmp_path, kind):
    board = plug("stm32f407vg", kind)
    captured = tmp_path / "swo.bin"
    program = [f"mww {0x20000100 + 4 * i:#x} {word:#x}" for i, word in enumerate(PRINTER)]
    said = openocd(board, "target/stm32f4x.cfg", "reset halt", *program,
                   f"stm32f4x.tpiu configure -protocol uart -output {captured} -traceclk 16000000 -pin-freq 2000000 "
                   "-formatter off", "stm32f4x.tpiu enable", "itm port 0 on",
                   "reg pc 0x20000100", "reg xPSR 0x01000000", "reg primask 1", "reg r0 0xe0000000", "reg r1 0x41",
                   "resume", "sleep 300", "halt", "reg r1", "sleep 300", "stm32f4x.tpiu disable")
    assert "0x0000005b" in said, said
    # A packet of one byte from port 0 each (DDI 0403E, D4.2.8): 0x01 and the byte.
    stream = captured.read_bytes()
    text = bytes(stream[i + 1] for i in range(len(stream) - 1) if stream[i] == 0x01 and 0x41 <= stream[i + 1] <= 0x5A)
    assert text == b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", (stream, said)
