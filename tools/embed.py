#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turn a file into a C array: embed.py HEADER SYMBOL INPUT OUTPUT makes SYMBOL[] and SYMBOL_size, which
HEADER declares."""
import sys


def main():
    header, symbol, path, output = sys.argv[1:]
    with open(path, "rb") as file:
        data = file.read()
    rows = [", ".join(f"0x{byte:02x}" for byte in data[i:i + 16]) for i in range(0, len(data), 16)]
    with open(output, "w", encoding="ascii") as file:
        file.write(f'#include "{header}"\n\nconst uint8_t {symbol}[] = {{\n\t')
        file.write(",\n\t".join(rows))
        file.write(f"\n}};\nconst size_t {symbol}_size = sizeof({symbol});\n")


if __name__ == "__main__":
    main()
