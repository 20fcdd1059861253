#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a command in the Linux guest, a User-Mode Linux with a USB stack (kernel: build_kernel.sh).

The guest sees the host's files, read-only below a layer of memory, and gets this environment. What the command says
is printed at the end, its exit code is ours. 77, "skipped" to Meson, with the reason where the guest cannot be had.
"""
import argparse
import contextlib
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED, NO_RESULT = 77, 125
MEMORY_MB = 512


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(SKIPPED)


def find_kernel():
    found = subprocess.run([HERE / "build_kernel.sh", "--cached"], capture_output=True, text=True, check=False)
    if found.returncode:
        skip(found.stderr.strip())
    return found.stdout.strip()


def find_pyocd():
    """What test_pyocd.py needs; without it that one says that it is skipped."""
    found = subprocess.run([HERE / "build_pyocd.sh", "--cached"], capture_output=True, text=True, check=False)
    return {"DAPPER_PYOCD": found.stdout.strip()} if found.returncode == 0 else {}


def write_command(path, command):
    environment = {**os.environ, **find_pyocd()}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items() if name.isidentifier()]
    path.write_text("\n".join([*lines, f"cd {shlex.quote(os.getcwd())}", "exec " + shlex.join(command), ""]))


def memory_folder():
    """The guest's memory is a file there, which should not be on a disk; in containers /dev/shm is often small."""
    with contextlib.suppress(OSError):
        if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > MEMORY_MB << 20:
            return "/dev/shm"
    return tempfile.gettempdir()


def boot(kernel, out, timeout_s):
    """@return What the console said."""
    memory = memory_folder()
    arguments = [kernel, f"mem={MEMORY_MB}M", "rootfstype=hostfs", "rootflags=/", "ro", "quiet",
                 f"init={HERE / 'guest_init.sh'}", f"out={out}", "ssl=null", "con=null", "con0=fd:0,fd:1"]
    # A group of its own: User-Mode Linux is several processes, and all have to end.
    guest = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env={**os.environ, "TMPDIR": memory}, start_new_session=True)
    try:
        console, _ = guest.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(guest.pid, 9)
        console, _ = guest.communicate()
        console += f"\nthe guest was ended after {timeout_s} s\n".encode()
    return console.decode(errors="replace")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="after which the guest is ended")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    kernel = find_kernel()
    with tempfile.TemporaryDirectory(prefix="dapper-guest-") as folder:
        out = pathlib.Path(folder)
        write_command(out / "command", arguments.command)
        console = boot(kernel, out, arguments.timeout)
        log, status = out / "log", out / "status"
        if log.exists():
            print(log.read_text(errors="replace"), end="")
        if status.exists():
            return int(status.read_text())
        print(console)
        if not log.exists():
            # Not even its first process: no ptrace or no user memory to be had, as in some containers.
            skip("User-Mode Linux does not start on this machine (what it said is above)")
        print("the guest ended without a result")
        return NO_RESULT


sys.exit(main())
