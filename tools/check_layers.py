#!/usr/bin/env python3
"""Fail when a source file includes a header of a layer at or above its own (tools/layers.txt)."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
rank, public, vboard_sees, allowed = {}, set(), set(), []
for n, line in enumerate((root / "tools/layers.txt").read_text().splitlines()):
    words = line.split("#")[0].split()
    if words[:1] == ["allow"]:
        allowed.append((words[1], words[2]))
        continue
    if words[:1] == ["vboard"]:
        vboard_sees.update(words[1:])
        continue
    if words[:1] == ["public"]:
        words = words[1:]
        public.update(words)
    rank.update({folder: n for folder in words})


def may_include(path, own, header):
    folder = header.split("/")[0]
    if any(path.startswith(prefix) and header == what for prefix, what in allowed):
        return True
    if own == "vboard":
        return folder in vboard_sees or folder == "vboard"
    if folder == own:
        return True
    return own not in public and folder in rank and rank[folder] < rank[own]


bad = 0
for path in sorted([*(root / "src").rglob("*.[ch]"), *(root / "vboard").rglob("*.[ch]")]):
    name = path.relative_to(root).as_posix()
    parts = path.relative_to(root).parts
    own = "vboard" if parts[0] == "vboard" else parts[1]
    for n, line in enumerate(path.read_text().splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+"([a-z_0-9]+/[^"]+)"', line)
        if m and not may_include(name, own, m[1]):
            print(f"{name}:{n}: {own}/ may not include {m[1]}")
            bad = 1
sys.exit(bad)
