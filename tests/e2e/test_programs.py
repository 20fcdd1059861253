"""The C programs of tests/data/firmware/programs: what the simulated cores are measured by
(tests/unit/vboard/test_cpu_programs.c) is what the host's compiler and QEMU say, too."""
import shutil
import subprocess

import pytest
from conftest import SOURCE, TIMEOUT_S

FOLDER = SOURCE / "tests/data/firmware/programs"
SOURCES = ["main.c", "sorts.c", "digests.c", "numbers.c", "floats.c", "control.c", "exceptions.c"]
# build.sh has the same.
FLAGS = ["-std=gnu11", "-ffp-contract=off"]

# QEMU has neither a Cortex-M0+ nor an M23: a core that executes all that they do stands in.
MACHINES = [
    ("m0", "microbit"),
    ("m0plus", "microbit"),
    ("m3", "mps2-an385"),
    ("m4f", "mps2-an386"),
    ("m7", "mps2-an500"),
    ("m23", "mps2-an505"),
    ("m33", "mps2-an505"),
]

expected = (FOLDER / "programs.txt").read_text()


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
@pytest.mark.parametrize("level", ["-O0", "-O2"])
def test_programs__print_the_same_on_the_host(tmp_path, level):
    subprocess.run(["cc", *FLAGS, level, *SOURCES, "-lm", "-o", tmp_path / "programs"], cwd=FOLDER, check=True)
    out = subprocess.run([tmp_path / "programs"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    assert out.stdout == expected


@pytest.mark.skipif(not shutil.which("qemu-system-arm"), reason="no qemu-system-arm")
@pytest.mark.parametrize("core,machine", MACHINES)
def test_programs__print_the_same_in_qemu(core, machine):
    out = subprocess.run(["qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none",
                          "-semihosting-config", "enable=on,target=native",
                          "-kernel", FOLDER / f"programs-{core}.elf"],
                         capture_output=True, text=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=True)
    assert out.stdout + out.stderr == expected


@pytest.mark.skipif(not shutil.which("qemu-system-arm"), reason="no qemu-system-arm")
@pytest.mark.parametrize("core,machine", [("m0", "microbit"), ("m4f", "mps2-an386"), ("m33-secure", "mps2-an505")])
def test_freertos__runs_in_qemu(core, machine):
    out = subprocess.run(["qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none",
                          "-semihosting-config", "enable=on,target=native",
                          "-kernel", SOURCE / f"tests/data/firmware/freertos/freertos-{core}.elf"],
                         capture_output=True, text=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=True)
    assert out.stdout + out.stderr == "FreeRTOS: both tasks ran, registers kept\n"
