#!/usr/bin/env python3
"""Print the sum of the tests in Meson build folders as one line: 'N passed, N failed, N skipped'."""
import json
import pathlib
import re
import sys

passed = failed = skipped = 0
for folder in sys.argv[1:]:
    for line in (pathlib.Path(folder) / "meson-logs/testlog.json").read_text().splitlines():
        test = json.loads(line)
        # TAP and pytest tests are several in one: count what they say of themselves.
        text = test.get("stdout", "")
        tap_ok = len(re.findall(r"^ok \d+", text, re.M))
        tap_skip = len(re.findall(r"^ok \d+.*# SKIP", text, re.M))
        tap_bad = len(re.findall(r"^not ok \d+", text, re.M))
        py = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error|errors|skipped)\b",
                                                     text.splitlines()[-1] if text.splitlines() else "")}
        if tap_ok or tap_bad:
            passed, skipped, failed = passed + tap_ok - tap_skip, skipped + tap_skip, failed + tap_bad
        elif py:
            passed, skipped = passed + py.get("passed", 0), skipped + py.get("skipped", 0)
            failed += py.get("failed", 0) + py.get("error", 0) + py.get("errors", 0)
        elif test["result"] in ("OK", "EXPECTEDFAIL"):
            passed += 1
        elif test["result"] == "SKIP":
            skipped += 1
        if test["result"] not in ("OK", "EXPECTEDFAIL", "SKIP") and not tap_bad and not py.get("failed"):
            failed += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
