#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is each vendor's flash algorithm in shared/data/packs named by a test that runs it? Arguments: the folder shared/data, the
tests' sources. Exit 77, "skipped", where there are no packs."""
import pathlib
import re
import sys


def main():
    data, *sources = map(pathlib.Path, sys.argv[1:])
    found = sorted(path for path in data.glob("packs/**/*") if path.suffix.lower() == ".flm")
    if not found:
        print(f"SKIP: no flash algorithms below {data}/packs")
        return 77
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    missing = [path for path in found if not re.search(rf'["/]{re.escape(path.stem)}["_.]', text)
               and f'"{path.stem}"' not in text]
    for path in missing:
        print(f"no test runs {path.relative_to(data)}")
    print(f"{len(found) - len(missing)} of {len(found)} flash algorithms are run")
    return 1 if missing else 0


sys.exit(main())
