"""dapper on a bad wire and with a bad probe: what it says is right, or it says that something is wrong."""
import re

import pytest

from conftest import run

READ = ["read", "0x20000000", "256", "--probe"]
TARGET_ERROR, NO_CONTACT = 1, 4


def read(*settings):
    return run(*READ, ",".join(["virtual:stm32f407vg", *settings]))


@pytest.fixture(scope="module")
def clean():
    return read().ok().out


@pytest.mark.parametrize("rate", ["1e-5", "1e-4", "1e-3"])
@pytest.mark.parametrize("seed", range(1, 9))
def test_bit_errors_never_pass_for_data(clean, rate, seed):
    result = read(f"bit-error-rate={rate}", f"seed={seed}")
    if result.code == 0:
        assert result.out == clean
    else:
        assert result.code in (TARGET_ERROR, NO_CONTACT) and "hint:" in result.err, result.err


def test_same_seed_same_run():
    first, again = (read("bit-error-rate=1e-4", "seed=5") for _ in range(2))
    assert (first.code, first.out, first.err) == (again.code, again.out, again.err)


@pytest.mark.parametrize("level", ["high", "low"])
@pytest.mark.parametrize("cycle", [1, 300, 2000, 3000])
def test_stuck_line_is_told(level, cycle):
    result = read(f"line-stuck={level}@{cycle}")
    assert result.code in (TARGET_ERROR, NO_CONTACT) and "hint:" in result.err, result.err


@pytest.mark.parametrize("packet", range(1, 12))
def test_lost_answer_is_told(packet):
    result = read(f"lost-at={packet}")
    assert result.code != 0 and re.search("(did|does) not answer", result.err), result.err


def test_late_answers_are_waited_for(clean):
    assert read("late=300@5-9").ok().out == clean
    result = read("late=3600000@7")
    assert result.code != 0 and "did not answer" in result.err, result.err
