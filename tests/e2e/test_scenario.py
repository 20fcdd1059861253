"""Scenarios: a YAML file of faults, what dapper makes of each, and that a run repeats."""
import re

import pytest

from conftest import FIRMWARE, run

HELLO = FIRMWARE / "demo.elf"


@pytest.fixture
def scenario(tmp_path):
    def make(text, board="stm32f407vg"):
        path = tmp_path / "scenario.yaml"
        path.write_text(text)
        return ["--probe", f"virtual:{board},scenario={path}"]
    return make


@pytest.mark.parametrize("text", [
    "wait: 3@60\n",
    "bit-error-rate: 1e-5\nseed: 3\n",
    "silent-at: 80\n",
    "firmware: sleep\n",
    "firmware: reset-loop\n",
    "firmware: lockup\n",
])
def test_survived(scenario, text):
    """And each run is the same run."""
    first = run("regs", *scenario(text)).ok()
    assert run("regs", *scenario(text)).out == first.out


@pytest.mark.parametrize("text, code, said", [
    ("unplug-at: 12\n", 3, "unplugged"),
    ("power-loss-at-ns: 1500000\n", 4, "does not answer"),
    ("bus-fault: [0x20000100, 0x20000200+16]\n", 1, "0x20000100"),
])
def test_reported(scenario, text, code, said):
    result = run("read", "0x20000000", "0x400", *scenario(text))
    assert result.code == code, (result.code, result.err)
    assert re.search(said, result.err), result.err


@pytest.mark.parametrize("text, codes, said", [
    ("power-loss-at-op: 3\n", (4, 5), "answer"),
    ("stuck-busy-at-op: 3\n", (1, 5), "did not return within"),
    ("bad-cell: [0x08000010, 0x08000020]\n", (5, 6), "0x080000"),
])
def test_flash_fails_honestly(scenario, text, codes, said):
    result = run("flash", HELLO, *scenario(text), "--target", "stm32f407vg")
    assert result.code in codes and re.search(said, result.err), (result.code, result.err)
    assert "verified" not in result.out


def test_pins_taken(scenario):
    """The debugger comes too late, but under reset it does not."""
    arguments = scenario("firmware: swd-off\n", "stm32f103rb")
    late = run("regs", *arguments, "-O", "connect_mode=attach")
    assert late.code in (0, 4)
    run("regs", *arguments, "--connect", "under-reset").ok()


@pytest.mark.parametrize("text, said", [
    ("- a list\n", "a map"),
    ("firmware: dances\n", "sleep, reset-loop"),
    ("no-such-key: 1\n", "no-such-key"),
    ("seed: {a: 1}\n", "line 1"),
    ("wait: [\n", "scenario.yaml"),
])
def test_refused(scenario, text, said):
    result = run("info", *scenario(text))
    assert result.code != 0 and said in result.err, result.err


def test_snapshot(tmp_path):
    """What one run leaves another begins with."""
    snap = tmp_path / "board.snap"
    run("write", "0x20000100", "0x12345678", "--probe", f"virtual:stm32f407vg,save-at-end={snap}").ok()
    again = run("read", "0x20000100", "4", "--probe", f"virtual:stm32f407vg,restore={snap}").ok()
    assert "78 56 34 12" in again.out, again.out
    run("info", "--probe", f"virtual:stm32f103rb,restore={snap}").fails(7, "does not fit|snapshot")
