"""dapper itself with probes on a real USB: the kernel's stack, Debian's libusb and hidapi."""
import contextlib
import os
import re
import select
import shutil
import struct
import subprocess
import time
import tty

import pytest

from conftest import KINDS, PATIENCE_S, e2e, find_device, wait_for

BIG = e2e.FIRMWARE / "demo-256k.elf"
TARGET = ["-t", "stm32f407vg"]
EXIT_FAILED, EXIT_USAGE, EXIT_PROBE = 1, 2, 3


# --- what is there -------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, said", [("v1", "v1, 1209:0001"), ("v2", "v2, 1209:0002"), ("both", "v2, 1209:0003")])
def test_list_and_info(dapper, plug, kind, said):
    board = plug("stm32f407vg", kind)
    (line,) = dapper("list").ok().out.strip().splitlines()
    assert line.startswith(board.serial) and f"dapper virtual CMSIS-DAP (CMSIS-DAP {said} at " in line
    info = dapper("info", *board.probe).ok().out
    assert f"serial number {board.serial}" in info and "dpidr 0x2ba01477" in info
    assert f"packet size {512 if kind == 'v2' else 64}," in info


def test_two_probes(dapper, plug):
    first, second = plug("stm32f407vg", "v2"), plug("nrf52840", "v1")
    assert len(dapper("list").ok().out.strip().splitlines()) == 2
    for board, part in [(first, "0x413"), (second, "0x008")]:
        assert f"part {part}" in dapper("info", *board.probe).ok().out
    dapper("info").fails(EXIT_USAGE, first.serial, second.serial)


# --- work ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", KINDS)
def test_flash_verify_and_registers(dapper, plug, tmp_path, kind):
    flash = tmp_path / "flash.bin"
    board = plug("stm32f407vg", kind, f"flash={flash}")
    said = dapper("flash", BIG, *board.probe, *TARGET, "-f", "10M", "--json").ok()
    assert said.json
    regs = dapper("regs", "pc", "sp", *board.probe, "--json").ok()
    assert "pc" in regs.out
    wait_for("the firmware's output", lambda: "table: 65024 words, sum ok" in board.output)
    dump = tmp_path / "dump.bin"
    dapper("read", "0x08000000", "256k", "-o", dump, *board.probe, "-f", "10M").ok()
    dump = dump.read_bytes()
    for address, data in e2e.load_segments(BIG).items():
        if 0x08000000 <= address < 0x08040000:
            assert dump[address - 0x08000000:][:len(data)] == data


def halfwords(*code):
    return struct.pack(f"<{len(code)}H", *code)


# Echo on USART2: what is received is sent, forever.
ECHO = struct.pack("<2I", 0x20001000, 0x08000009) + halfwords(
    0x4805,  # 08: ldr  r0, [pc, #20]   USART2
    0x218B,  # 0a: movs r1, #139        BRR: 115200 of 16 MHz
    0x6081,  # 0c: str  r1, [r0, #8]
    0x4905,  # 0e: ldr  r1, [pc, #20]   CR1: UE, TE, RE
    0x60C1,  # 10: str  r1, [r0, #12]
    0x6801,  # 12: ldr  r1, [r0]        SR
    0x0689,  # 14: lsls r1, r1, #26     RXNE
    0xD5FC,  # 16: bpl  12
    0x6841,  # 18: ldr  r1, [r0, #4]    DR
    0x6041,  # 1a: str  r1, [r0, #4]
    0xE7F9,  # 1c: b    12
    0xBF00) + struct.pack("<2I", 0x40004400, 0x200C)


def read_tty(fd, size):
    data, end = b"", time.monotonic() + PATIENCE_S
    while len(data) < size and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            data += os.read(fd, size - len(data))
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_serial_port(dapper, plug, tmp_path, kind):
    """The kernel's own CDC-ACM driver carries the board's UART, beside the debugger."""
    image = tmp_path / "echo.bin"
    image.write_bytes(ECHO)
    board = plug("stm32f407vg", kind)
    fd = os.open(board.tty, os.O_RDWR | os.O_NOCTTY)
    try:
        tty.setraw(fd)
        dapper("flash", image, "-a", "0x08000000", *board.probe, *TARGET).ok()
        text = bytes(range(256)) * 2
        os.write(fd, text)
        assert read_tty(fd, len(text)) == text
        dapper("read", "0xe000ed00", "4", *board.probe).ok()
        os.write(fd, b"still there\r\n")
        assert read_tty(fd, 13) == b"still there\r\n"
    finally:
        os.close(fd)


# --- what goes wrong -----------------------------------------------------------------------------

READ = ["read", "0x20000000", "24k"]


@pytest.mark.parametrize("kind", KINDS)
def test_unplugged(dapper, plug, kind):
    """At 25 moments of a run: said clearly and at once; the probe that comes back works on."""
    board = plug("stm32f407vg", kind, "usb-unplug-at=1", f"usb-unplug-step={2 if kind == 'v2' else 8}",
                 "usb-replug-ms=20")
    for moment in range(25):
        first = board.node
        start = time.monotonic()
        result = dapper(*READ, *board.probe)
        assert time.monotonic() - start < 10, moment
        if result.code == 0:  # the run is shorter than that
            break
        result.fails(EXIT_PROBE, "unplugged")
        wait_for("it is plugged in again", lambda: board.device and board.node != first)  # pylint: disable=W0640
    assert moment > 15


@pytest.mark.parametrize("kind", KINDS)
def test_unplugged_while_programming(dapper, plug, tmp_path, kind):
    board = plug("stm32f407vg", kind, "usb-unplug-at=150", "usb-replug-ms=100")
    program = ["flash", BIG, *board.probe, *TARGET, "-f", "10M"]
    dapper(*program).fails(EXIT_PROBE, "unplugged")
    wait_for("it is plugged in again", lambda: find_device(board.serial))
    dapper(*program).ok()


# setting, what `dapper` says of it; None: nothing, it gets over it
FAULTS = [
    ("v2", "usb-stall-in-at=12", "stalled instead of answering"),
    ("v2", "usb-stall-out-at=12", "stalled instead of taking a request"),
    ("v2", "usb-babble-at=12", "more than its packets have"),
    ("v2", "usb-empty-at=12", None),
    ("v2", "usb-late=300@12", None),
    ("v2", "usb-hold=300@12", None),
    ("v2", "usb-silent-at=12", "did not answer within 5000 ms"),
    ("v2", "truncate-at=12", "answer"),
    ("v1", "usb-late=300@12", None),
    ("v1", "usb-hold=300@12", None),
]


@pytest.mark.parametrize("kind, setting, said", FAULTS)
def test_faults(dapper, plug, kind, setting, said):
    board = plug("stm32f407vg", kind, setting)
    result = dapper(*READ, *board.probe)
    if said:
        result.fails(EXIT_FAILED if "silent" in setting else EXIT_PROBE, said)
    else:
        result.ok()
    # Nothing of it is left behind for the next one.
    dapper(*READ, *board.probe).ok()


def test_two_programs_want_the_same_probe(dapper, plug):
    board = plug("stm32f407vg", "v2")
    server = subprocess.Popen([e2e.DAPPER, "gdb", "--port", "0", *board.probe], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    try:
        assert server.stdout.readline()
        dapper("info", *board.probe).fails(EXIT_PROBE, "in use|another program")
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE_S)
    dapper("info", *board.probe).ok()


# --- permissions ---------------------------------------------------------------------------------

USER, RULES = 1000, e2e.SOURCE / "udev/60-dapper.rules"


def run_as_user(*arguments, groups=()):
    command = ["setpriv", f"--reuid={USER}", f"--regid={USER}",
               f"--groups={','.join(groups)}" if groups else "--clear-groups", e2e.DAPPER, *arguments]
    return e2e.Result(subprocess.run(command, capture_output=True, text=True, timeout=60, check=False))


@contextlib.contextmanager
def udev():
    """The daemon that makes the rules true."""
    environment = {**os.environ, "SYSTEMD_IGNORE_CHROOT": "1"}
    subprocess.run(["/lib/systemd/systemd-udevd", "--daemon"], check=True, env=environment, timeout=PATIENCE_S)

    def settle():
        for command in (["trigger", "--action=add"], ["settle"]):
            subprocess.run(["udevadm", *command], check=True, env=environment, timeout=PATIENCE_S)

    try:
        yield settle
    finally:
        subprocess.run(["udevadm", "control", "--exit"], check=False, env=environment, timeout=PATIENCE_S)


@pytest.mark.parametrize("kind", KINDS)
def test_no_permission(plug, kind):
    board = plug("stm32f407vg", kind)
    for path in ["/dev/bus/usb", "/dev"]:
        for node in [board.node] if path != "/dev" else list(e2e.pathlib.Path(path).glob("hidraw*")):
            node.chmod(0o600)
    assert "no permission to open it" in run_as_user("list").ok().out
    run_as_user("info", *board.probe).fails(EXIT_PROBE, "no permission to open", "60-dapper.rules.*udevadm control")


@pytest.mark.skipif(not shutil.which("udevadm"), reason="udev is not installed")
def test_permission_by_the_rules(plug):
    """With the rules installed the group plugdev may, and only that."""
    rules = e2e.pathlib.Path("/etc/udev/rules.d/60-dapper.rules")
    rules.parent.mkdir(parents=True, exist_ok=True)
    plugdev = re.search(r"^plugdev:[^:]*:(\d+)", e2e.pathlib.Path("/etc/group").read_text(), re.M)[1]
    boards = [plug("stm32f407vg", kind) for kind in KINDS]
    shutil.copy(RULES, rules)
    try:
        with udev() as settle:
            settle()
            for board in boards:
                run_as_user("info", *board.probe, groups=[plugdev]).ok()
                run_as_user("info", *board.probe).fails(EXIT_PROBE, "no permission")
    finally:
        rules.unlink()
