"""Debian's OpenOCD 0.12 as a witness for debug ports that no built-in board has: DPv3 (ADIv6) and two DPs in one chain.

JTAG over remote_bitbang; the boards are those of tests/support/dp_boards.h.
"""
import contextlib
import os
import re
import shutil
import subprocess

import pytest

from conftest import TIMEOUT_S

SERVE = os.environ["DAPPER_SERVE_DPS"]
OPENOCD = shutil.which("openocd")

pytestmark = pytest.mark.skipif(not OPENOCD, reason="openocd is not installed (Debian: openocd)")

CONFIG = """
adapter driver remote_bitbang
remote_bitbang host 127.0.0.1
remote_bitbang port {port}
transport select jtag
gdb_port disabled
telnet_port disabled
tcl_port disabled
reset_config none
{target}
"""

V3 = """
jtag newtap v3 cpu -irlen 4 -expected-id 0x4ba06477
dap create v3.dap -chain-position v3.cpu -adiv6
target create v3.cpu cortex_m -dap v3.dap -ap-num {ap}
v3.cpu configure -work-area-phys 0x20000000 -work-area-size 0x400
cortex_m reset_config sysresetreq
"""

PAIR = """
jtag newtap b cpu -irlen 4 -expected-id 0x5ba00477
jtag newtap a cpu -irlen 4 -expected-id 0x0ba00477
dap create a.dap -chain-position a.cpu
dap create b.dap -chain-position b.cpu
target create a.mem mem_ap -dap a.dap -ap-num 0
target create b.mem mem_ap -dap b.dap -ap-num 0
"""


@contextlib.contextmanager
def served(name):
    process = subprocess.Popen([SERVE, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    try:
        lines = process.stdout.readline() + process.stdout.readline()
        yield int(re.search(r"pins on .*:(\d+)", lines)[1])
    finally:
        _, err = process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0 and "Sanitizer" not in err and "runtime error" not in err, err


def openocd(tmp_path, name, target, *commands):
    script = tmp_path / "commands.cfg"
    with served(name) as port:
        lines = [CONFIG.format(port=port, target=target), *commands, "shutdown", ""]
        script.write_text("\n".join(lines))
        result = subprocess.run([OPENOCD, "-f", script], capture_output=True, text=True, timeout=TIMEOUT_S,
                                stdin=subprocess.DEVNULL, check=False)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    # Erased code memory: a part with nothing to run is in lockup.
    cleaned = re.sub(r"Error: \[\S+\] clearing lockup after double fault", "", said)
    assert "Error" not in cleaned, said
    return said


def test_v3_is_debugged(tmp_path):
    said = openocd(tmp_path, "adiv6", V3.format(ap="0x2000"), "init", "halt",
                   "mww 0x20000000 0x12345678 4", "mwb 0x20000005 0xaa", "echo [mdw 0x20000000 4]",
                   "mww 0x20000100 0xbe00e7fe", "reg pc 0x20000100", "reg sp 0x20000800", "reg xPSR 0x01000000",
                   "step", "echo [reg pc]", "echo [read_memory 0x20000003 8 3]")
    assert "12345678 1234aa78 12345678 12345678" in said
    assert "pc (/32): 0x20000100" in said
    assert "0x12 0x78 0xaa" in said


@pytest.mark.parametrize("name, base", [("adiv6", 0), ("adiv6-52", 0x1234500000000)])
def test_v3_lists_what_is_on_its_bus(tmp_path, name, base):
    said = openocd(tmp_path, name, V3.format(ap=hex(base + 0x2000)), "init", "echo [v3.dap info root]")
    for offset in (0x2000, 0x4000):
        assert hex(base + offset)[2:] in said, said
    assert "MEM-AP" in said and "JTAG-AP" in said, said


def test_two_dps_in_a_chain(tmp_path):
    said = openocd(tmp_path, "pair", PAIR, "init", "targets a.mem", "mww 0x20000000 0x11111111",
                   "targets b.mem", "echo [mdw 0x20000000]", "mww 0x20000004 0x22222222", "targets a.mem",
                   "echo [mdw 0x20000004]", "a.dap dpreg 0x0", "b.dap dpreg 0x0")
    assert "0x20000000: 11111111" in said and "0x20000004: 22222222" in said
