#!/usr/bin/env python3
"""Print what dapper costs: counted operations on the virtual board, and the host's share.

usage: bench/run.py BUILD
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
dapper = build / "src/cli/dapper"
pack = root.parent / "shared/data/packs/Keil.STM32F4xx_DFP"

# One SWD transaction is 46 cycles; TAR once per 4 KiB with this AHB-AP (src/adi/mem_ap.c), one RDBUFF at the end
# (shared/reference/speed.md).
RAM_WORDS = 64 * 1024 // 4
WIRE_BOUND_CYCLES = 46 * (RAM_WORDS + RAM_WORDS // 1024 + 1)


def operations(link, clock_hz, algorithm):
    extra = [str(pack)] if algorithm == "vendor's FLM" else []
    out = subprocess.run([build / "bench/operations", link, str(clock_hz), *extra], check=True,
                         capture_output=True, text=True).stdout
    print(f"\n{link}, {clock_hz / 1e6:g} MHz, {algorithm}")
    print(f"  {'':32}{'packets':>8}{'bytes':>9}{'waits':>7}{'SWCLK':>10}{'seconds':>11}{'wire':>10}{'flash':>10}")
    for line in out.splitlines():
        r = json.loads(line)
        note = ""
        if "64 KB RAM" in r["operation"]:
            bound = WIRE_BOUND_CYCLES / clock_hz
            note = f"  {r['seconds'] / bound:.3f} x the wire's bound of {bound:.4f} s"
        elif r["flash_s"] > 0:
            note = f"  {r['seconds'] / r['flash_s']:.3f} x the flash being busy"
        print(f"  {r['operation']:32}{r['packets']:8}{r['bytes']:9}{r['waits']:7}{r['swclk']:10}"
              f"{r['seconds']:11.6f}{r['wire_s']:10.6f}{r['flash_s']:10.6f}{note}")


# What the simulated board costs is not the host's work: these calls of it are taken off.
BOARD_CALLS = ["vboard_exchange", "vboard_advance", "vboard_create", "vboard_destroy"]


def callgrind(arguments):
    """Instructions of a run: (all, without those of the virtual board)."""
    with tempfile.TemporaryDirectory() as scratch:
        out = f"{scratch}/out"
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *map(str, arguments)],
                       capture_output=True, check=True)
        text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], capture_output=True,
                              text=True, check=True).stdout
    number = lambda digits: int(digits.replace(",", ""))
    total = number(re.search(r"^\s*([\d,]+)[^\n]*PROGRAM TOTALS", text, re.M)[1])
    board = 0
    for name in BOARD_CALLS:
        match = re.search(rf"^\s*([\d,]+)[^\n]*:{name} ", text, re.M)
        board += number(match[1]) if match else 0
    return total, total - board


def peak_kb(arguments):
    """Largest resident set, by GNU time: a child of ours would begin with our own."""
    err = subprocess.run(["/usr/bin/time", "-f", "%M", *map(str, arguments)], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True, check=True).stderr
    return int(err.split()[-1])


def milliseconds(arguments, runs=100):
    """Median of a process's whole life."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[runs // 2]


def host():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)

        def flash(name, size):
            image = scratch / name
            image.write_bytes(bytes((i * 2654435761 >> 13) & 0xff for i in range(size)))
            return [dapper, "flash", "-q", "-t", "stm32f407vg", "--probe",
                    f"virtual:stm32f407vg,flash={scratch / (name + '.flash')}", "-f", "10M", "-a", "0x08000000", image]

        info = [dapper, "info", "-q", "--probe", "virtual:stm32f407vg"]
        small, large = callgrind(flash("64k", 64 << 10)), callgrind(flash("320k", 320 << 10))
        peak = peak_kb(flash("1m", 1 << 20))
        idle = peak_kb(info)
    whole, own = ((b - a) / 256 for a, b in zip(small, large))
    start_up, _ = callgrind([dapper, "--version"])
    version, trivial = milliseconds([dapper, "--version"]), milliseconds(["/bin/true"])
    print("\nhost")
    print(f"  instructions per KB flashed (callgrind)       {own:14,.0f}")
    print(f"  the same with the virtual board's             {whole:14,.0f}")
    print(f"  peak memory, flash of a 1 MB image, KB        {peak:14,}   (aim: under 16,384; the virtual board included)")
    print(f"  peak memory, info, KB                         {idle:14,}")
    print(f"  start-up instructions, dapper --version       {start_up:14,}")
    print(f"  start-up, ms: dapper --version / /bin/true    {version:7.2f} / {trivial:.2f}  (aim: under 10)")


def core():
    """The simulated core and board: figures of this machine."""
    out = subprocess.run([build / "bench/core", root], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    print(f"\n{'simulated core, million instructions a second':48}{'plain':>8}{'breakpoint':>12}{'watchpoint':>12}")
    for r in rows:
        if r["what"] == "mips":
            print(f"  {r['name']:46}{r['plain']:8}{r['breakpoint_in_page']:12}{r['watchpoint_in_page']:12}")
    for r in rows:
        if r["what"] == "snapshot":
            print(f"  snapshot of core ({r['bytes']} bytes) and 64 KB: {r['save_us']} us, back {r['restore_us']} us; "
                  f"a step {r['step_ns']} ns")
        elif r["what"] == "board":
            print(f"  {r['name']}: made in {r['create_ms']} ms, {r['resident_kb']} KB resident")
        elif r["what"] == "boot":
            print(f"  {r['name']}, power-on to main() of the demo: {r['instructions']} instructions, "
                  f"{r['simulated_us']} us simulated, {r['host_ms']} ms of the host's time")


algorithms = ["vendor's FLM", "our own algorithm"] if pack.exists() else ["our own algorithm"]
for algorithm in algorithms:
    for link, clock in [("hs-bulk", 10_000_000), ("fs-bulk", 4_000_000), ("fs-hid", 4_000_000)]:
        operations(link, clock, algorithm)
host()
core()
