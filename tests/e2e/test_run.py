"""dapper run and dapper faults, with small programs on virtual boards."""
import os
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import DAPPER, SOURCE, load_segments, run

PROGRAMS = SOURCE / "tests/data/firmware/run"
F4 = ["--probe", "virtual:stm32f407vg", "--target", "stm32f407vg"]


@pytest.fixture
def m0():
    """A served board in real time, as hardware is; it has no flash algorithm, so that programs are
    written into its memory as into RAM."""
    with subprocess.Popen([DAPPER, "vboard", "serve", "cortex-m0", "--tcp", "0"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            yield ["--probe", re.search(r"tcp:127\.0\.0\.1:\d+", process.stdout.readline())[0]]
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(params=["stm32f407vg", "cortex-m0"])
def target(request, tmp_path):
    """The arguments to run a program by name, on each board."""
    if request.param == "stm32f407vg":
        return lambda name: [PROGRAMS / f"{name}.elf", *F4]
    probe = request.getfixturevalue("m0")

    def on_m0(name):
        elf = PROGRAMS / f"{name}-m0.elf"
        for address, data in load_segments(elf).items():
            (tmp_path / "segment").write_bytes(data)
            run("write", hex(address), "-i", tmp_path / "segment", *probe).ok()
        return [elf, "--no-flash", *probe]

    return on_m0


def text_of(result, source):
    return "".join(e["text"] for e in result.events if e["event"] == "output" and e["source"] == source)


def test_semihosting_and_exit_code(target):
    result = run("run", *target("hello"), "-q")
    assert result.code == 42
    assert result.out == "hello from the target\n"
    assert "to stderr\n" in result.err


def test_json_events(target):
    result = run("run", *target("hello"), "--json")
    assert result.code == 42
    assert text_of(result, "semihosting") == "hello from the target\n"
    assert text_of(result, "semihosting-error") == "to stderr\n"
    assert result.json["event"] == "end"
    assert (result.json["reason"], result.json["exit_code"]) == ("exit", 42)


def test_rtt(target):
    result = run("run", *target("rtt"), "-q")
    assert result.code == 7
    assert result.out == "".join(f"line {i:02}\n" for i in range(40))


def test_rtt_by_search_and_by_address(tmp_path):
    # A raw binary has no symbols.
    (flash, data), = load_segments(PROGRAMS / "rtt.elf").items()
    raw = tmp_path / "rtt.bin"
    raw.write_bytes(data)
    result = run("run", raw, "--base-address", hex(flash), *F4, "-q")
    assert (result.code, result.out[:8], len(result.out)) == (7, "line 00\n", 320)
    symbols = subprocess.run(["nm", PROGRAMS / "rtt.elf"], capture_output=True, text=True, check=True).stdout
    address = "0x" + next(line.split()[0] for line in symbols.splitlines() if "_SEGGER_RTT" in line)
    result = run("run", raw, "--base-address", hex(flash), "--rtt-address", address, *F4, "-q")
    assert (result.code, len(result.out)) == (7, 320)


def test_no_rtt_blocks_the_program_until_the_timeout():
    result = run("run", PROGRAMS / "rtt.elf", "--no-rtt", "--timeout", "0.2", *F4, "-q")
    assert (result.code, result.out) == (124, "")


def test_fault(target):
    result = run("run", *target("fault"), "-q").fails(1, "fault: HardFault", r"stacked at 0x", r"r0 0x60000000")
    assert result.out == "before\n"


def test_fault_says_what_and_where():
    result = run("run", PROGRAMS / "fault.elf", *F4, "--json")
    fault = result.json["fault"]
    assert (result.code, result.json["reason"]) == (1, "fault")
    assert {c["bit"] for c in fault["causes"]} == {"PRECISERR", "FORCED"}
    assert fault["bfar"] == 0x60000000
    assert fault["frame"]["r0"] == 0x60000000
    # The faulting instruction is a load in bad_read().
    symbols = subprocess.run(["nm", "-n", PROGRAMS / "fault.elf"], capture_output=True, text=True, check=True).stdout
    functions = [(int(line.split()[0], 16) & ~1, line.split()[2]) for line in symbols.splitlines()]
    name = [n for address, n in functions if address <= fault["pc"] and not n.startswith("$")][-1]
    assert name == "bad_read"


def test_fault_in_a_handler_that_hangs():
    result = run("run", PROGRAMS / "handled.elf", "--timeout", "0.1", *F4, "-q")
    result.fails(1, "fault: BusFault", "BFAR 0x60000000")


def test_timeout(target):
    started = time.monotonic()
    result = run("run", *target("endless"), "--timeout", "2", "--json")
    assert (result.code, result.json["reason"]) == (124, "timeout")
    assert time.monotonic() - started < 60


def test_lockup():
    """Without a program, an erased Cortex-M0 locks up at once."""
    result = run("run", PROGRAMS / "endless-m0.elf", "--no-flash", "--probe", "virtual:cortex-m0", "--timeout", "1")
    result.fails(1, "locked up|HardFault")


def test_breakpoint():
    run("run", PROGRAMS / "breakpoint.elf", *F4, "-q").fails(1, "breakpoint instruction at pc 0x080000")


def test_serial_output():
    result = run("run", PROGRAMS / "serial.elf", *F4, "-q").ok()
    assert result.out == "over the wire\n"
    assert text_of(run("run", PROGRAMS / "serial.elf", *F4, "--json").ok(), "serial") == "over the wire\n"


def test_program_in_ram():
    result = run("run", PROGRAMS / "hello-ram.elf", *F4, "-q")
    assert (result.code, result.out) == (42, "hello from the target\n")


def test_files_stay_in_their_folder(tmp_path):
    box = tmp_path / "box"
    box.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    (box / "link").symlink_to("/etc/passwd")
    process = subprocess.run([DAPPER, "run", PROGRAMS / "files.elf", "--files", box, *F4, "-q"], input="typed\n",
                             capture_output=True, text=True, timeout=120, check=False)
    assert (process.returncode, process.stdout) == (0, "typed\n"), process.stderr
    assert (box / "out.txt").read_text() == "written\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["box", "outside.txt"]
    # Off unless asked for: the program's first check fails.
    assert run("run", PROGRAMS / "files.elf", *F4, "-q").code == 1
    run("run", PROGRAMS / "files.elf", "--files", tmp_path / "missing", *F4, "-q").fails(7, "cannot open folder")


def test_interrupt():
    with subprocess.Popen([DAPPER, "run", PROGRAMS / "endless.elf", *F4, "-q"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


def test_wrong_command_lines():
    elf = PROGRAMS / "hello.elf"
    run("run", elf, "--timeout", "soon", *F4).fails(2, "no number of seconds")
    run("run", elf, "--timeout", "0", *F4).fails(2, "no number of seconds")
    run("run", elf, "--rtt-address", "here", *F4).fails(2, "no address")
    run("run", "/nonexistent.elf", *F4).fails(7)
    run("run", *F4).fails(2, "needs FILE")


def test_faults_without_a_fault():
    result = run("faults", "--json", *F4).ok().json
    assert "causes" in result and "exception_name" in result
    assert "pc 0x" in run("faults", *F4).ok().out


@pytest.mark.skipif(not shutil.which("arm-none-eabi-gcc"), reason="no arm-none-eabi-gcc here")
def test_programs_are_those_of_their_sources(tmp_path):
    subprocess.run([PROGRAMS / "build.sh", tmp_path], check=True, env={**os.environ})
    for elf in sorted(PROGRAMS.glob("*.elf")):
        assert load_segments(tmp_path / elf.name) == load_segments(elf), elf.name
