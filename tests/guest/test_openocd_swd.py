"""Debian's OpenOCD by SWD, as a CMSIS-DAP on USB, with its own target files and flash drivers, on every board.

What OpenOCD finds here that a real part would not show is a fault of the board. (By JTAG: tests/e2e/test_openocd.py.)
"""
import dataclasses
import re
import shutil

import pytest

from conftest import openocd

pytestmark = pytest.mark.skipif(not shutil.which("openocd"), reason="openocd is not installed (Debian: openocd)")

# OpenOCD has no file for a core alone.
CORE_ALONE = """
source [find target/swj-dp.tcl]
swj_newdap chip cpu -expected-id {dpidr}
dap create chip.dap -chain-position chip.cpu
target create chip.cpu cortex_m -dap chip.dap
chip.cpu configure -work-area-phys 0x20000000 -work-area-size 0x1000
cortex_m reset_config sysresetreq
"""


@dataclasses.dataclass
class Part:
    """A row of the table: what OpenOCD needs to know, and has to find out."""
    board: str
    target: str  # a file of OpenOCD's, or lines
    core: str
    breakpoints: int
    watchpoints: int
    ram: int = 0x20000000
    flash: int | None = None  # None: none, programs go to RAM at 0
    flash_info: tuple = ()    # said by `flash probe` and `flash info`
    page: int = 0x400         # what `flash erase_sector 0 1 1` erases: this far from the start, so long
    config: tuple = ()
    before: tuple = ()        # commands before the flash is used
    halted: tuple = ()        # commands behind each `reset halt`
    fields: tuple = ()        # (offset, bytes): what the part wants to see in an image
    restless: str | None = None  # why its resets cannot be tested
    checksum: bool = False    # the vectors' sum at 0x1C is 0: NXP's boot ROMs want it (UM10601, 23.4.3)
    stage2: int | None = None    # the program is a second stage that the ROM copies there (RP2040 datasheet, 2.8.1.3)
    reset_pc: int | None = None  # where a reset halts, if it is not the program's first instruction
    expected: str | None = None  # errors that a real part's users see, too

    @property
    def loop(self):
        """The two instructions of the program's loop."""
        return (self.code + 10, self.code + 12) if self.stage2 is None else (self.stage2 + 2, self.stage2 + 4)

    @property
    def first(self):
        return self.code + 8 if self.reset_pc is None else self.reset_pc

    @property
    def code(self):
        return 0 if self.flash is None else self.flash


# The flash configuration field: no backdoor key, nothing protected, unsecured (K64 reference manual, 29.3.1).
KINETIS_FIELD = ((0x400, b"\xff" * 12 + b"\xfe\xff\xff\xff"),)
# Where our boot ROM's vector leads (vboard/rom).
RP2040_ROM_RESET = 0xC4

KE_FIELD = ((0x400, b"\xff" * 14 + b"\xfe\xff"),)

PARTS = [
    Part("stm32f407vg", "target/stm32f4x.cfg", "Cortex-M4 r0p1", 6, 4, flash=0x08000000,
         flash_info=("device id = 0x10076413", "flash size = 1024 KiB"), page=0x4000),
    Part("stm32f103rb", "target/stm32f1x.cfg", "Cortex-M3 r1p1", 6, 4, flash=0x08000000,
         flash_info=("device id = 0x20036410", "flash size = 128 KiB")),
    Part("nrf52832", "target/nrf52.cfg", "Cortex-M4 r0p1", 6, 4, flash=0, flash_info=("nRF52832", "512kB Flash"),
         page=0x1000),
    Part("nrf52840", "target/nrf52.cfg", "Cortex-M4 r0p1", 6, 4, flash=0, flash_info=("nRF52840", "1024kB Flash"),
         page=0x1000),
    Part("stm32l476rg", "target/stm32l4x.cfg", "Cortex-M4 r0p1", 6, 4, flash=0x08000000,
         flash_info=("STM32L47", "flash size = 1024 KiB"), page=0x800),
    # The driver looks for the device's ID in several places; the target file, under reset, too.
    Part("stm32g071rb", "target/stm32g0x.cfg", "Cortex-M0+ r0p1", 4, 2, flash=0x08000000,
         flash_info=("STM32G07", "flash size = 128 KiB"), page=0x800,
         expected="0xe0042000|0x40015804|event examine-end|failed to read memory"),
    Part("stm32l552ze", "target/stm32l5x.cfg", "Cortex-M33 r0p4", 8, 4, flash=0x08000000,
         flash_info=("STM32L55", "flash size = 512 KiB"), page=0x800),
    Part("samd21j18a", "target/at91samdXX.cfg", "Cortex-M0+ r0p1", 4, 2, flash=0,
         flash_info=("SAMD21J18A", "256KB"), page=0x100),
    Part("mk22fn512", "target/kx.cfg", "Cortex-M4 r0p1", 6, 4, flash=0, page=0x800,
         fields=KINETIS_FIELD),
    Part("mk64fn1m0", "target/kx.cfg", "Cortex-M4 r0p1", 6, 4, flash=0, page=0x1000,
         fields=KINETIS_FIELD),
    Part("mke02z64", "target/ke0x.cfg", "Cortex-M0+ r0p0", 4, 2, flash=0, page=0x200,
         fields=KE_FIELD, restless="its watchdog resets a program that does not feed it every 4 ms, and OpenOCD "
         "does not halt what it has just seen being reset"),
    # SYSMEMREMAP: the flash is seen at 0. The ROM comes first in every reset.
    Part("lpc812", "target/lpc8xx.cfg", "Cortex-M0+ r0p1", 4, 2, ram=0x10000000, flash=0, page=0x400,
         halted=("mww 0x40048000 2",), checksum=True, reset_pc=0x1FFF1F70),
    Part("lpc845", "target/lpc84x.cfg", "Cortex-M0+ r0p1", 4, 2, ram=0x10000000, flash=0, page=0x400,
         halted=("mww 0x40048000 2",), checksum=True, reset_pc=0x0F001F70),
    Part("rp2040", "set USE_CORE 0\nsource [find target/rp2040.cfg]", "Cortex-M0+ r0p1", 4, 2, flash=0x10000000,
         flash_info=("w25q16jv", "2097152 bytes"), page=0x10000, reset_pc=RP2040_ROM_RESET, stage2=0x20041F00),
    Part("cortex-m0", CORE_ALONE.format(dpidr="0x0bb11477"), "Cortex-M0 r0p0", 4, 2),
]


@pytest.fixture(params=PARTS, ids=lambda part: part.board)
def part(request):
    return request.param


def halts(said):
    """(reason, pc) of each time the core halted."""
    return [(reason, int(pc, 0)) for reason, pc in re.findall(
        r"halted due to ([\w-]+), current mode: [^\n]*\nxPSR: 0x[0-9a-f]+ pc: (0x[0-9a-f]+)", said)]


def words(said):
    """{address: word} of all lines that mdw printed."""
    found = {}
    for address, values in re.findall(r"^(0x[0-9a-f]{8}): ((?:[0-9a-f]{8} )+)", said, re.M):
        for i, value in enumerate(values.split()):
            found[int(address, 0) + 4 * i] = int(value, 16)
    return found


def errors(said, part=None):
    """Lines of errors; a part with nothing to run is in lockup, which is none."""
    known = "clearing lockup" + (f"|{part.expected}" if part and part.expected else "")
    return [line for line in said.splitlines() if line.startswith("Error") and not re.search(known, line)]


def test_core(plug, part):
    """Found, halted, stepped; break- and watchpoints in a program in RAM; resets."""
    board = plug(part.board, "v2")
    loop = part.ram + 0x100
    count = part.ram + 0x200
    said = openocd(
        board, part.target, "halt", "dap info 0",
        # movs r0, #0; again: adds r0, #1; str r0, [r1]; b again
        f"mww {loop} 0x30012000", f"mww {loop + 4} 0xe7fc6008", f"reg pc {loop}", "reg xPSR 0x01000000",
        "reg primask 1", f"reg r1 {count}", f"reg msp {part.ram + 0x800}", "step", "step", "reg r0",
        f"bp {loop + 4} 2", "resume", "wait_halt 3000", f"rbp {loop + 4}",
        f"wp {count} 4 w", "resume", "wait_halt 3000", f"rwp {count}", f"mdw {count}",
        "resume", "halt", "reg r0", "reg r7 0x12345678", "reg r7", "reg control",
        f"mwb {part.ram + 0x301} 0x5a 3", f"mdw {part.ram + 0x300}", f"mdh {part.ram + 0x302}")
    assert not errors(said, part), said
    assert f"{part.core} processor detected" in said
    assert f"target has {part.breakpoints} breakpoints, {part.watchpoints} watchpoints" in said
    stops = halts(said)
    start = next(i for i, stop in enumerate(stops) if stop == ("single-step", loop + 2))
    assert stops[start + 1] == ("single-step", loop + 4)
    assert stops[start + 2] == ("breakpoint", loop + 4)
    assert stops[start + 3][0] == "watchpoint" and loop < stops[start + 3][1] <= loop + 6
    assert words(said)[count] in (1, 2) and said.count("0x12345678") >= 1
    assert words(said)[part.ram + 0x300] >> 8 == 0x5A5A5A


PROGRAM = {  # movs r0, #42; again: adds r0, #1; b again
    8: 0x3001202A, 12: 0xBF00E7FD
}


def stage2_checksum(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte << 24
        for _ in range(8):
            total = (total << 1 ^ (0x04C11DB7 if total >> 31 else 0)) & 0xFFFFFFFF
    return total


def image(part, size=3000):
    """A program that counts, and bytes of any value behind it."""
    data = bytearray((i * 7 + (i >> 8)) & 0xFF for i in range(size))
    data[0:16] = b"".join(word.to_bytes(4, "little") for word in
                          (part.ram + 0x800, part.code + 9, PROGRAM[8], PROGRAM[12]))
    if part.stage2:
        data[0:8] = data[8:16]
        data[252:256] = stage2_checksum(data[:252]).to_bytes(4, "little")
    for offset, field in part.fields:
        data[offset:offset + len(field)] = field
    if part.checksum:
        total = sum(int.from_bytes(data[i:i + 4], "little") for i in range(0, 28, 4))
        data[28:32] = (-total & 0xFFFFFFFF).to_bytes(4, "little")
    return bytes(data)


def test_flash(plug, part, tmp_path):
    """OpenOCD's flash driver for the part: found, erased, written, verified; then reset and run."""
    if part.flash is None:
        pytest.skip("it has no flash")
    path, dump = tmp_path / "image.bin", tmp_path / "dump.bin"
    path.write_bytes(image(part, part.page + 3000))
    # No comparator reaches a program in RAM.
    run = (["resume", "sleep 50", "halt"] if part.stage2 else
           [f"bp {part.loop[1]} 2 hw", "resume", "wait_halt 3000", "reg r0"])
    # Half of the boards by HID.
    board = plug(part.board, ["v1", "v2"][PARTS.index(part) % 2])
    said = openocd(board, part.target, *part.before, "reset halt", *part.halted, "flash probe 0", "catch {flash info 0} ::text", "echo $::text",
                   f"flash write_image erase {path} {part.flash}", f"verify_image {path} {part.flash}",
                   f"flash verify_image {path} {part.flash}",
                   f"dump_image {dump} {part.flash} {part.page + 3000}",
                   "flash erase_sector 0 1 1", f"mdw {part.flash + part.page - 4} 4",
                   "flash erase_check 0",
                   "reset halt", "reg sp", *run,
                   config=part.config)
    assert not errors(said, part), said
    for text in part.flash_info:
        assert text in said, said
    assert dump.read_bytes() == path.read_bytes()
    assert re.search(r"wrote \d+ bytes", said) and said.count("verified ") >= 1 and "contents differ" not in said
    found = words(said)
    assert found[part.flash + part.page] == found[part.flash + part.page + 4] == 0xFFFFFFFF
    assert found[part.flash + part.page - 4] == int.from_bytes(
        path.read_bytes()[part.page - 4:part.page], "little")
    assert re.search(r"#  0: .* not erased", said), said
    reset, ran = halts(said)[-2:]
    assert reset == ("debug-request", part.first), said
    if part.stage2:
        assert ran[1] in part.loop, said
    else:
        assert ran == ("breakpoint", part.loop[1]) and "0x0000002b" in said, said


def test_resets(plug, part, tmp_path):
    """All that OpenOCD has: SYSRESETREQ, VECTRESET where it exists, nRESET; with and without a halt."""
    if part.flash is None:
        pytest.skip("nothing to run")
    if part.restless:
        pytest.skip(part.restless)
    path = tmp_path / "image.bin"
    path.write_bytes(image(part))
    board = plug(part.board, "v2")
    resets = ["reset halt", "reset run", "sleep 20", "halt", "reset init"]
    by_core = openocd(board, part.target, *part.before, "halt", f"flash write_image erase {path} {part.flash}",
                      "cortex_m reset_config sysresetreq", *resets, "cortex_m reset_config vectreset", *resets,
                      config=part.config)
    by_pin = openocd(board, part.target, *resets,
                     config=(*part.config, "reset_config srst_only srst_nogate connect_assert_srst"))
    stops = halts(by_core)[-6:] + halts(by_pin)[-3:]
    for halted, ran, init in zip(stops[::3], stops[1::3], stops[2::3]):
        assert halted == init == ("debug-request", part.first), by_core + by_pin
        assert ran[1] in part.loop, by_core + by_pin
    assert not errors(by_core + by_pin, part), by_core + by_pin


def test_memory_of_any_size(plug, part):
    """OpenOCD's own test of reads and writes of each size at each alignment."""
    board = plug(part.board, "v2")
    said = openocd(board, part.target, "reset halt", "catch {test_mem_access 128} ::text", "set ::text")
    assert said.count(": Pass in") >= 28 and "Compare failed" not in said, said
