"""What the tests in the guest share: boards that are plugged in, and the built tool.

All of this runs in the guest, as root (run_guest.py): its USB is ours alone, files outside of /out are gone at the end.
"""
import contextlib
import importlib.util
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

import pytest

# How `dapper` is run and what its results mean is the same as in the end-to-end tests.
_spec = importlib.util.spec_from_file_location(
    "e2e", pathlib.Path(os.environ["DAPPER_SOURCE"]) / "tests/e2e/conftest.py")
e2e = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(e2e)

DEVICES = pathlib.Path("/sys/bus/usb/devices")
KINDS = ["v1", "v2"]
# The guest has one processor, on a machine that may do other things too.
PATIENCE_S = 30


def wait_for(what, predicate, seconds=PATIENCE_S):
    """The first true result; each wait is bounded."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := predicate():
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def read_text(path):
    with contextlib.suppress(OSError):
        return path.read_text().strip()
    return None


def find_device(serial):
    """The folder of a device that is plugged in, all its drivers bound; None."""
    for device in DEVICES.glob("*-*"):
        if read_text(device / "serial") != serial:
            continue
        interfaces = list(device.glob("*:*"))
        count = read_text(device / "bNumInterfaces")
        ready = count and len(interfaces) == int(count) and all(
            (i / "driver").exists() or read_text(i / "bInterfaceClass") == "ff" for i in interfaces)
        if ready and (list(device.glob("*:*/tty/*")) and (
                not any(read_text(i / "bInterfaceClass") == "03" for i in interfaces) or
                list(device.glob("*:*/*/hidraw/*")))):
            return device
    return None


class Plugged:
    """A board on USB."""

    def __init__(self, process, serial, log):
        self.process, self.serial, self.log = process, serial, log

    @property
    def probe(self):
        return ["--probe", self.serial]

    @property
    def device(self):
        return find_device(self.serial)

    @property
    def tty(self):
        return "/dev/" + next(self.device.glob("*:*/tty/*")).name

    @property
    def node(self):
        """Its file in /dev/bus/usb."""
        bus, number = (int(read_text(self.device / name)) for name in ("busnum", "devnum"))
        return pathlib.Path(f"/dev/bus/usb/{bus:03}/{number:03}")

    @property
    def output(self):
        """What the firmware said."""
        return self.log.read_text(errors="replace").split("\n", 1)[-1]


@pytest.fixture
def plug(tmp_path):
    """plug("stm32f407vg", "v2", "usb-late=100@5") -> Plugged. All are unplugged at the end."""
    with contextlib.ExitStack() as stack:
        count = 0

        def plug_in(board, kind, *settings):
            nonlocal count
            count += 1
            serial, log = f"TEST-{count}", tmp_path / f"served-{count}"
            spec = ",".join([board, f"serial={serial}", *settings])
            with log.open("w") as file:
                process = subprocess.Popen([e2e.DAPPER, "vboard", "serve", spec, "--usb", kind],
                                           stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
            stack.callback(unplug, process, serial)
            wait_for(f"{serial} is plugged in", lambda: find_device(serial) or process.poll())
            assert process.poll() is None, log.read_text()
            return Plugged(process, serial, log)

        yield plug_in


def unplug(process, serial):
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_S) == 0
    wait_for(f"{serial} is unplugged", lambda: not any(
        read_text(device / "serial") == serial for device in DEVICES.glob("*-*")))


@pytest.fixture
def dapper():
    return e2e.run


def vectors(stack, entry):
    return struct.pack("<2I", stack, entry | 1)


def openocd(board, target, *commands, config=(), speed=4000):
    """Run OpenOCD's commands on a plugged board; returns all that it said, results of commands included."""
    lines = ["adapter driver cmsis-dap", "transport select swd", f"adapter serial {board.serial}",
             f"adapter speed {speed}", "gdb_port disabled", "telnet_port disabled", "tcl_port disabled",
             *([f"source [find {target}]"] if target.endswith(".cfg") else [target]), *config, "init"]
    lines += [command if command.startswith("resume") else f"echo [{command}]" for command in commands]
    script = board.log.with_suffix(".cfg")
    script.write_text("\n".join([*lines, "shutdown", ""]))
    result = subprocess.run(["openocd", "-f", script], capture_output=True, text=True, timeout=120,
                            stdin=subprocess.DEVNULL, check=False)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    return said
