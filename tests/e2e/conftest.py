"""What the end-to-end tests share: the built tool, run as a user would, against virtual boards."""
import contextlib
import json
import os
import pathlib
import re
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["DAPPER_SOURCE"])
DATA = pathlib.Path(os.environ["DAPPER_DATA"])
DAPPER = os.environ["DAPPER"]
# No test may hang: the longest takes a few seconds, sanitizers included.
TIMEOUT_S = 120

F4_PACK = DATA / "packs/Keil.STM32F4xx_DFP"
NRF_PACK = DATA / "packs/NordicSemiconductor.nRF_DeviceFamilyPack"
FIRMWARE = SOURCE / "examples/firmware/prebuilt"

needs_nrf_pack = pytest.mark.skipif(not NRF_PACK.exists(), reason="shared/data/packs is not here")
needs_f4_pack = pytest.mark.skipif(not F4_PACK.exists(), reason="shared/data/packs is not here")


class Result:
    """What a finished `dapper` left behind."""

    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr
        # A sanitizer's report is a failure of the test whatever the exit code.
        assert "Sanitizer" not in self.err and "runtime error" not in self.err, self.err

    @property
    def json(self):
        """The last JSON line."""
        return json.loads(self.out.strip().splitlines()[-1])

    @property
    def events(self):
        return [json.loads(line) for line in self.out.strip().splitlines()]

    def ok(self):
        assert self.code == 0, f"exit {self.code}\n{self.out}\n{self.err}"
        return self

    def fails(self, code, *texts):
        """Ended with this exit code and said all of these (regular expressions) on stderr."""
        assert self.code == code, f"exit {self.code}, wanted {code}\n{self.out}\n{self.err}"
        for text in texts:
            assert re.search(text, self.err), f"no /{text}/ in:\n{self.err}"
        return self


def run(*args, env=None, timeout=TIMEOUT_S):
    process = subprocess.run([DAPPER, *map(str, args)], capture_output=True, text=True, timeout=timeout,
                             stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, check=False)
    return Result(process)


@pytest.fixture
def dapper():
    return run


@pytest.fixture
def board(tmp_path):
    """The arguments for a virtual STM32F407 that keeps its flash between runs."""
    flash = tmp_path / "flash.bin"

    def arguments(*settings, target="stm32f407vg"):
        spec = ",".join(["virtual:stm32f407vg", f"flash={flash}", *settings])
        return ["--probe", spec, "--target", target]

    arguments.flash = flash
    return arguments


@contextlib.contextmanager
def serve(*spec):
    """A served board: yields (process, port)."""
    process = subprocess.Popen([DAPPER, "vboard", "serve", ",".join(["stm32f407vg", *spec]), "--tcp", "0"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        yield process, int(re.search(r"tcp:127\.0\.0\.1:(\d+)", line)[1])
    finally:
        process.terminate()
        process.communicate(timeout=TIMEOUT_S)


def load_segments(path):
    """PT_LOAD contents of a 32-bit ELF: {address: bytes}, read without our own code."""
    data = pathlib.Path(path).read_bytes()
    word = lambda at, n: int.from_bytes(data[at:at + n], "little")
    segments = {}
    for i in range(word(44, 2)):
        at = word(28, 4) + i * word(42, 2)
        kind, offset, paddr, size = word(at, 4), word(at + 4, 4), word(at + 12, 4), word(at + 16, 4)
        if kind == 1 and size:
            segments[paddr] = data[offset:offset + size]
    return segments
