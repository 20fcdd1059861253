"""The installed library: symbols, headers, pkg-config, and an example that uses nothing else."""
import os
import pathlib
import shutil
import subprocess

import pytest
from conftest import DAPPER, SOURCE

BUILD = pathlib.Path(os.environ["DAPPER_BUILD"])


def test_only_dapper_symbols_are_exported():
    out = subprocess.run(["nm", "-D", "--defined-only", BUILD / "libdapper.so.0"], capture_output=True, text=True,
                         check=True).stdout
    names = [line.split()[-1] for line in out.splitlines()]
    assert "dapper_session_open" in names
    # Compilers and sanitizers add names with two underscores of their own.
    foreign = [n for n in names if not n.startswith("dapper_") and not n.startswith("__") and not n.startswith("_")]
    assert foreign == []


def test_soname():
    out = subprocess.run(["readelf", "-d", BUILD / "libdapper.so.0"], capture_output=True, text=True, check=True).stdout
    assert "Library soname: [libdapper.so.0]" in out


def test_example_builds_against_the_installed_library(tmp_path):
    env = {**os.environ, "DESTDIR": str(tmp_path / "root")}
    subprocess.run(["/usr/bin/python3", "/usr/bin/meson", "install", "-C", BUILD, "--no-rebuild", "--quiet"], env=env,
                   check=True, capture_output=True)
    root = tmp_path / "root"
    pc = next(root.rglob("dapper.pc"))
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(root)}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "dapper"], env=env, capture_output=True, text=True,
                           check=True).stdout.split()
    compiler = "clang" if "asan" in BUILD.name else "gcc"
    sanitize = ["-fsanitize=address,undefined"] if "asan" in BUILD.name else []
    program = tmp_path / "example"
    subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", SOURCE / "examples/c/registers.c", "-o",
                    program, *sanitize, *flags], check=True, cwd=tmp_path)
    library = next(root.rglob("libdapper.so.0")).parent
    out = subprocess.run([program, "virtual:stm32f407vg"], env={**os.environ, "LD_LIBRARY_PATH": str(library)},
                         capture_output=True, text=True, timeout=60, check=True).stdout
    assert "pc" in out and "Cortex-M4" in out
