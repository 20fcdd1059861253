#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is an FLM of ours position-independent? No writable data, nothing outside PrgCode and DevDscr, and
(--relocations, on a file linked with --emit-relocs) no word that holds an address."""
import struct
import sys

SHT_PROGBITS, SHT_RELA, SHT_NOBITS, SHT_REL = 1, 4, 8, 9
SHF_WRITE, SHF_ALLOC = 1, 2
# ELF for the Arm Architecture (IHI 0044), 4.6.1: those that are relative to the place.
RELATIVE = {3: "R_ARM_REL32", 10: "R_ARM_THM_CALL", 30: "R_ARM_THM_JUMP24", 40: "R_ARM_V4BX",
            51: "R_ARM_THM_JUMP19", 102: "R_ARM_THM_JUMP11", 103: "R_ARM_THM_JUMP8"}


def sections(data):
    """Yields (name, type, flags, offset, size, info) of each."""
    offset, = struct.unpack_from("<I", data, 0x20)
    size, count, names = struct.unpack_from("<HHH", data, 0x2e)
    table = [struct.unpack_from("<10I", data, offset + i * size) for i in range(count)]
    strings = table[names][4]
    for name, kind, flags, _, at, length, _, info, *_ in table:
        end = data.index(b"\0", strings + name)
        yield data[strings + name:end].decode(), kind, flags, at, length, info


def check(data, relocations):
    every = list(sections(data))
    for name, kind, flags, at, length, info in every:
        if length and flags & SHF_ALLOC:
            if name not in ("PrgCode", "DevDscr"):
                yield f"section {name} has {length} bytes"
            if flags & SHF_WRITE or kind == SHT_NOBITS:
                yield f"section {name} is writable: data of the algorithm's own"
        if relocations and kind == SHT_REL and every[info][0] == "PrgCode":
            for i in range(at, at + length, 8):
                place, what = struct.unpack_from("<II", data, i)
                if what & 0xff not in RELATIVE:
                    yield f"absolute address at PrgCode+0x{place:x} (relocation type {what & 0xff})"
    if not any(name == "PrgCode" and length for name, _, _, _, length, _ in every):
        yield "no PrgCode"


def main():
    relocations = "--relocations" in sys.argv
    bad = False
    for path in [a for a in sys.argv[1:] if not a.startswith("-")]:
        with open(path, "rb") as file:
            for fault in check(file.read(), relocations):
                print(f"{path}: {fault}", file=sys.stderr)
                bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
