"""Debian's OpenOCD, with its own target file, as a witness: it must not be able to tell the board from an STM32F407.

JTAG over remote_bitbang. What OpenOCD finds here that a real part would not show is a fault of the board.
"""
import contextlib
import re
import shutil
import socket
import subprocess

import pytest

from conftest import DAPPER, FIRMWARE, TIMEOUT_S, load_segments, run

DEMO = FIRMWARE / "demo.elf"
OPENOCD = shutil.which("openocd")
MAIN, SYSTICK_HANDLER, RESET_HANDLER, TICKS = 0x0800006C, 0x0800005C, 0x08000244, 0x20000004

pytestmark = pytest.mark.skipif(not OPENOCD, reason="openocd is not installed (Debian: openocd)")

CONFIG = """
adapter driver remote_bitbang
remote_bitbang host 127.0.0.1
remote_bitbang port {port}
transport select jtag
gdb_port disabled
telnet_port disabled
tcl_port disabled
{target}
{config}
init
"""

STM32F4 = """
source [find target/stm32f4x.cfg]
# It wants another clock here, which remote_bitbang has not.
stm32f4x.cpu configure -event reset-start {}
"""

# OpenOCD has no file for a core alone.
CORTEX_M0 = """
source [find target/swj-dp.tcl]
swj_newdap m0 cpu -irlen 4 -expected-id 0x0ba00477
dap create m0.dap -chain-position m0.cpu
target create m0.cpu cortex_m -dap m0.dap
m0.cpu configure -work-area-phys 0x20000000 -work-area-size 0x400
cortex_m reset_config sysresetreq
"""


class Board:
    """A served board and what its firmware said."""

    def __init__(self, process, port, tmp_path):
        self.process, self.port, self.tmp_path = process, port, tmp_path

    def openocd(self, *commands, target=STM32F4, config=""):
        """Run OpenOCD's commands; returns all it said, results of commands included."""
        lines = [CONFIG.format(port=self.port, target=target, config=config)]
        for command in commands:
            lines.append(f"echo [{command}]" if not command.startswith("resume") else command)
        script = self.tmp_path / "commands.cfg"
        script.write_text("\n".join([*lines, "shutdown", ""]))
        result = subprocess.run([OPENOCD, "-f", script], capture_output=True, text=True, timeout=TIMEOUT_S,
                                stdin=subprocess.DEVNULL, check=False)
        said = result.stdout + result.stderr
        assert result.returncode == 0, said
        return said


@contextlib.contextmanager
def serve_pins(tmp_path, spec="stm32f407vg", arguments=()):
    """A served board, its pins first; `arguments` are further ones."""
    process = subprocess.Popen([DAPPER, "vboard", "serve", spec, "--bitbang", "0", *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        yield Board(process, int(re.search(r"serving pins on 127\.0\.0\.1:(\d+)", line)[1]), tmp_path)
    finally:
        process.terminate()
        _, err = process.communicate(timeout=TIMEOUT_S)
        assert "Sanitizer" not in err and "runtime error" not in err, err


@pytest.fixture
def flash(tmp_path):
    """The board with the demo firmware in its flash."""
    path = tmp_path / "flash.bin"
    run("flash", DEMO, "-t", "stm32f407vg", "--probe", f"virtual:stm32f407vg,flash={path}").ok()
    return f"stm32f407vg,flash={path}"


@pytest.fixture
def board(tmp_path, flash):
    with serve_pins(tmp_path, flash) as served:
        yield served


def assert_clean(said):
    """No error of OpenOCD's: those would have a reason. (A part with nothing to run is in lockup.)"""
    said = re.sub(r"Error: \[\S+\] clearing lockup after double fault", "", said)
    assert "Error" not in said and "Warn : [" not in said, said


def halts(said):
    """(reason, mode, pc) of each time the core halted."""
    return [(reason, mode.strip(), int(pc, 0)) for reason, mode, pc in re.findall(
        r"halted due to ([\w-]+), current mode: ([^\n]*)\nxPSR: 0x[0-9a-f]+ pc: (0x[0-9a-f]+)", said)]


def words(said):
    """{address: word} of all lines that mdw printed."""
    found = {}
    for address, values in re.findall(r"^(0x[0-9a-f]{8}): ((?:[0-9a-f]{8} )+)", said, re.M):
        for i, value in enumerate(values.split()):
            found[int(address, 0) + 4 * i] = int(value, 16)
    return found


def test_chain_and_components(board):
    said = board.openocd("scan_chain", "stm32f4x.dap info")
    assert_clean(said)
    # The debug port is next to TDO, the boundary scan before it.
    assert re.search(r"0 stm32f4x\.cpu +Y +0x4ba00477 0x4ba00477 +4 0x01", said), said
    assert re.search(r"1 stm32f4x\.bs +Y +0x06413041 \S+ +5 0x01", said), said
    assert "Cortex-M4 r0p1 processor detected" in said
    assert "target has 6 breakpoints, 4 watchpoints" in said
    for component in ["AHB3", "Cortex-M4 SCS", "DWT", "FPB", "ITM", "Cortex-M4 TPIU", "Cortex-M4 ETM"]:
        assert component in said, said


def test_halt_registers_step(board):
    said = board.openocd("reset halt", "reg", "step", "reg pc", "step", "reg r3 0x1234abcd", "reg r3",
                         "reg d5 0x1122334455667788", "reg d5")
    assert_clean(said)
    # push {r3, lr}; ldr r2, [pc, ...]
    assert halts(said) == [("debug-request", "Thread", RESET_HANDLER), ("single-step", "Thread", RESET_HANDLER + 2),
                           ("single-step", "Thread", RESET_HANDLER + 4)]
    assert "msp (/32): 0x20020000" in said and "lr (/32): 0xffffffff" in said
    assert said.count("r3 (/32): 0x1234abcd") == 2 and "d5 (/64): 0x1122334455667788" in said


def test_breakpoints_in_flash_and_ram(board):
    said = board.openocd("reset halt", f"bp {MAIN} 2 hw", "resume", "wait_halt 5000", f"rbp {MAIN}",
                         f"bp {SYSTICK_HANDLER} 2 hw", "resume", "wait_halt 5000", f"rbp {SYSTICK_HANDLER}",
                         # nop; nop; b .-4 in RAM: a software breakpoint
                         "mww 0x20000800 0xbf00bf00", "mww 0x20000804 0xe7fce7fc", "bp 0x20000802 2",
                         "reg pc 0x20000800", "reg primask 1", "resume", "wait_halt 5000", "bp", "rbp all",
                         "mdw 0x20000800")
    assert_clean(said)
    assert halts(said)[1:] == [("breakpoint", "Thread", MAIN), ("breakpoint", "Handler SysTick", SYSTICK_HANDLER),
                               ("breakpoint", "Handler SysTick", 0x20000802)]
    assert words(said)[0x20000800] == 0xBF00BF00, "the instruction is back"


def test_watchpoints(board):
    said = board.openocd("reset halt", f"bp {MAIN} 2 hw", "resume", "wait_halt 5000", f"rbp {MAIN}",
                         f"wp {TICKS} 4 w", "wp", "resume", "wait_halt 5000", f"rwp {TICKS}",
                         f"wp {TICKS - 4} 4 r", "resume", "wait_halt 5000", f"rwp {TICKS - 4}")
    assert_clean(said)
    (_, _, _), (_, _, _), written, read = halts(said)
    # Data watchpoints halt behind the instruction: in systick_handler, in main.
    assert written[:2] == ("watchpoint", "Handler SysTick") and SYSTICK_HANDLER < written[2] <= SYSTICK_HANDLER + 16
    assert read[:2] == ("watchpoint", "Thread") and MAIN < read[2] < RESET_HANDLER


def test_resets(board):
    said = board.openocd("cortex_m reset_config vectreset", "reset halt", "cortex_m reset_config sysresetreq",
                         "reset halt", "reset run", "sleep 50", "stm32f4x.cpu curstate", "reset init", "soft_reset_halt")
    assert halts(said)[:2] == [("debug-request", "Thread", RESET_HANDLER)] * 2
    assert "running" in said and halts(said)[-1] == ("debug-request", "Thread", RESET_HANDLER)


def test_reset_lines(board):
    """nRESET and nTRST, connecting under reset."""
    said = board.openocd("reset halt", "reg pc", "reset run", "sleep 50", "halt", f"mdw {TICKS}",
                         config="reset_config trst_and_srst srst_nogate connect_assert_srst")
    assert_clean(said)
    assert halts(said)[0] == ("debug-request", "Thread", RESET_HANDLER)
    assert words(said)[TICKS] > 0


def test_memory_accesses(board):
    """OpenOCD's own test of reads and writes of any size, at any alignment; blocks over 1 KiB; errors."""
    said = board.openocd("reset halt", "test_mem_access 1024", "test_mem_access 333",
                         "mww 0x20000400 0xa5a5a5a5 0x700", "mdw 0x200003fc 2", "mdw 0x200013fc 4", "mdw 0x20001ff8 2",
                         "catch {mdw 0x60000000}", "catch {mww 0x60000000 1}", "mdw 0xe0042000")
    assert said.count(": Pass in") == 2 * 48 and "Compare failed" not in said, said
    found = words(said)
    assert {found[a] for a in (0x20000400, 0x200013FC, 0x20001400, 0x20001FF8, 0x20001FFC)} == {0xA5A5A5A5}
    assert found[0x200003FC] != 0xA5A5A5A5
    assert said.count("JTAG-DP STICKY ERROR") == 2 and found[0xE0042000] == 0x10076413


def test_flash(tmp_path):
    """Erase, write, verify with OpenOCD's stm32f2x driver; what it wrote runs."""
    (image,) = [data for address, data in load_segments(DEMO).items() if address == 0x08000000]
    dump = tmp_path / "dump.bin"
    with serve_pins(tmp_path) as board:
        said = board.openocd("reset halt", "flash probe 0", "flash info 0", f"flash write_image erase {DEMO}",
                             f"verify_image {DEMO}", f"flash verify_image {DEMO}", f"dump_image {dump} 0x08000000 2048",
                             "flash fillw 0x080e0000 0xdeadbeef 64", "mdw 0x080e00f8 4",
                             "flash erase_sector 0 11 11", "flash erase_check 0", "mdw 0x080e00f8 4", "reset run")
        assert_clean(said)
        assert "device id = 0x10076413" in said and "flash size = 1024 KiB" in said
        assert re.search(r"verified \d+ bytes", said) and "contents differ" not in said
        assert dump.read_bytes()[:len(image)] == image
        assert "deadbeef deadbeef ffffffff ffffffff" in said
        # It lists what is not.
        assert re.search(r"#  0: .* not erased", said) and not re.search(r"# 11: .* not erased", said)
        assert words(said)[0x080E00F8] == 0xFFFFFFFF
        assert "hello from the virtual STM32F407" in board.process.stdout.readline()


def test_flash_protection(tmp_path):
    """Write protection and read-out protection. (Its end erases all, in 16 s of real time: not here.)"""
    with serve_pins(tmp_path) as board:
        said = board.openocd("reset halt", f"flash write_image erase {DEMO}", "flash protect 0 0 1 on", "flash info 0",
                             "catch {flash fillw 0x08002000 1 1}", "flash protect 0 0 1 off", "mdw 0x08002000",
                             "stm32f2x lock 0", "reset halt", "catch {mdw 0x08000000}", "mdw 0xe0042000")
        assert re.search(r"#  0: .* protected", said) and re.search(r"#  1: .* protected", said)
        assert words(said)[0x08002000] == 0xFFFFFFFF, "written though protected"
        assert "Failed to read memory at 0x08000000" in said
        assert words(said)[0xE0042000] == 0x10076413


def little_endian(text):
    return "".join(f" {byte:02x}" for byte in int(text, 0).to_bytes(4, "little"))


def switch_to_jtag(port):
    """What OpenOCD 0.12 does not send before JTAG: a line reset and 0xE73C, by hand."""
    tms = "1" * 50 + format(0xE73C, "016b")[::-1] + "1" * 5
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall("".join({"0": "04", "1": "26"}[bit] for bit in tms).encode() + b"RQ")
        client.settimeout(TIMEOUT_S)
        assert client.recv(1) == b"1", "TDO is not driven in Test-Logic-Reset"


def test_swd_after_jtag(tmp_path, flash):
    """The same board by both protocols in turn."""
    with serve_pins(tmp_path, flash, arguments=["--tcp", "0"]) as board:
        probe = re.search(r"tcp:127\.0\.0\.1:\d+", board.process.stdout.readline())[0]
        for value in ["0x12345678", "0x9abcdef0"]:
            assert_clean(board.openocd("reset halt", f"mww 0x20000100 {value}"))
            assert f"20000100: {little_endian(value)}" in run("read", "0x20000100", "4", "--probe", probe).ok().out
            switch_to_jtag(board.port)
            assert words(board.openocd("halt", "mdw 0x20000100"))[0x20000100] == int(value, 0)


def test_cortex_m0(tmp_path):
    """Another core, DP and AP, without a vendor's file; a loop in RAM that counts."""
    with serve_pins(tmp_path, "cortex-m0") as board:
        said = board.openocd("halt", "mww 0 0x20001000", "mww 4 0x101",
                             # movs r0, #0; again: adds r0, #1; str r0, [r1]; b again
                             "mww 0x100 0x30012000", "mww 0x104 0xe7fc6008", "reset halt", "reg r1 0x20000800",
                             "step", "step", "bp 0x104 2 hw", "resume", "wait_halt 5000", "rbp 0x104",
                             "wp 0x20000800 4 w", "resume", "wait_halt 5000", "rwp 0x20000800", "mdw 0x20000800",
                             "catch {test_mem_access 128} ::text", "set ::text", target=CORTEX_M0)
    assert_clean(said)
    assert "Cortex-M0 r0p0 processor detected" in said and "target has 4 breakpoints, 2 watchpoints" in said
    assert [pc for _, _, pc in halts(said)] == [0x100, 0x102, 0x104, 0x104, 0x106]
    assert [reason for reason, _, _ in halts(said)][3:] == ["breakpoint", "watchpoint"]
    assert words(said)[0x20000800] == 2
    assert said.count(": Pass in") == 28 and said.count(": Unsupported alignment") == 20 and "Compare failed" not in said


# --- STM32F103 with its own flash driver ---------------------------------------------------------

STM32F1 = """
source [find target/stm32f1x.cfg]
stm32f1x.cpu configure -event reset-start {}
"""


def test_stm32f1x_programs_verifies_and_erases(tmp_path):
    image = tmp_path / "image.bin"
    image.write_bytes(bytes(i * 7 & 0xff for i in range(10000)))
    flash, options = tmp_path / "flash.bin", tmp_path / "options.bin"
    with serve_pins(tmp_path, f"stm32f103rb,flash={flash},options={options}") as board:
        said = board.openocd("halt", "flash probe 0", f"flash write_image erase {image} 0x08000000",
                             f"flash verify_image {image} 0x08000000", "flash erase_sector 0 1 1",
                             "flash protect 0 4 7 on", target=STM32F1)
    assert "device id = 0x20036410" in said and "flash size = 128 KiB" in said, said
    assert "wrote 10000 bytes" in said and "verified 10000 bytes" in said, said
    contents = flash.read_bytes()
    expected = bytearray(image.read_bytes())
    expected[0x400:0x800] = b"\xff" * 0x400
    assert contents[:len(expected)] == expected
    # Four blocks of four pages: nWRP0
    assert options.read_bytes()[8:10] == b"\x0f\xf0"


# --- the other boards with JTAG, each with its own target file and flash driver -------------------

OTHERS = [
    ("stm32f429zi", "stm32f4x", 0x08000000, "2048 KiB"),
    ("stm32l476rg", "stm32l4x", 0x08000000, "1024 KiB"),
    ("stm32l552ze", "stm32l5x", 0x08000000, "512 KiB"),
    ("mk64fn1m0", "kx", 0, "MK64FN1M0"),
]


@pytest.mark.parametrize("name, target, base, known", OTHERS, ids=[row[0] for row in OTHERS])
def test_programs_and_resets_by_jtag(tmp_path, name, target, base, known):
    """Found, erased, written, verified; and halted at what was written."""
    data = bytearray(i * 7 & 0xff for i in range(5000))
    # Vectors; movs r0, #42; adds r0, #1; b .-2. Kinetis: nothing protected (reference manual, 29.3.1).
    data[0:16] = b"".join(word.to_bytes(4, "little") for word in (0x20000800, base + 9, 0x3001202A, 0xBF00E7FD))
    data[0x400:0x410] = b"\xff" * 12 + b"\xfe\xff\xff\xff"
    image = tmp_path / "image.bin"
    image.write_bytes(data)
    flash = tmp_path / "flash.bin"
    with serve_pins(tmp_path, f"{name},flash={flash}") as board:
        said = board.openocd("halt", "flash probe 0", f"flash write_image erase {image} {base:#x}",
                             f"verify_image {image} {base:#x}", "reset halt", "step", "step", "reg r0",
                             target=f"source [find target/{target}.cfg]\n{target}.cpu configure -event reset-start {{}}")
    assert known in said and "contents differ" not in said, said
    assert flash.read_bytes()[:len(data)] == data
    assert [pc for _, _, pc in halts(said)][-3:] == [base + 8, base + 10, base + 12], said
    assert "0x0000002b" in said, said
