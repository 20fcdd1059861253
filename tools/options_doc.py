#!/usr/bin/env python3
"""Write docs/options.md from the tables of session options (src/session/*.def).

With --check nothing is written: exit code 1 when the page is not what the tables say."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/options.md"

HEAD = """<!-- Written by tools/options_doc.py from src/session/options.def: change that, and run it. -->
# dapper-options - session options and configuration files

## Synopsis

    dapper COMMAND -O NAME=VALUE ...
    DAPPER_NAME=VALUE dapper COMMAND ...
    dapper COMMAND [--project DIR] [--config FILE] [--no-config] ...
    dapper config [--changed] [--json]

## Description

Options say how a session connects, resets, programs and serves. They have the names, types and meaning of
pyOCD's session options where pyOCD has one, so that an existing `pyocd.yaml` is read as it is. `dapper config`
shows each with its value and where that comes from.

Of several who say something of an option the strongest counts:

1. the command line: `-O NAME=VALUE`, and the flags that stand for an option. `-O NAME` is `true`, `-O no-NAME`
   is `false`; the beginning of a name will do when it is unique. With a list, each one adds an entry.
2. the environment: `DAPPER_` and the name in capitals with `_` for a dot, such as `DAPPER_RESET_HOLD_TIME`
3. the project's file
4. the user's file
5. what is known of the board
6. the command's own default, such as `connect_mode=attach` of `dapper read`
7. the built-in default

Within a file its section for the probe is strongest, then that for the board, then the rest.

## Files

**The project's file** is the first of `dapper.yaml`, `dapper.yml`, `pyocd.yaml`, `pyocd.yml`, `.pyocd.yaml` and
`.pyocd.yml` in the working folder, or else in the next folder above that has one; a folder above that everybody
may write to, such as `/tmp`, is passed over. Its folder is the *project folder*. `--project DIR` names the project folder,
and nothing above it is looked at; `--config FILE` names the file itself, and then relative paths begin at the
folder of `--project`, or else at the file's.

**The user's file** is `$XDG_CONFIG_HOME/dapper/dapper.yaml`, or `~/.config/dapper/dapper.yaml`.

With `--no-config` neither is read, except what `--config` names. dapper never writes any of them.

A file is YAML: a map of options. Names are whole here. File names are relative to the project folder (in the
user's file: to its own folder), and `~/` is the home folder. Two maps hold options for some only:

* `probes`: by a part of the probe's unique ID (see `dapper list`), in any case; the first that fits counts
* `boards`: by the name of the target (`target_override`), in any case

```yaml
pack:
  - packs/Keil.STM32F4xx_DFP.2.17.0.pack
target_override: stm32f407vg
probes:
  066EFF555:            # the board on the left
    frequency: 4000000
boards:
  stm32f407vg:
    reset.hold_time: 0.2
```

What cannot be right is an error that names file and line, also in a section that is not used this time: an
unknown option, a value that does not fit, an option given twice, YAML with tags of its own, more than 8192 entries.
"""

TYPES = {
    "BOOL": "`true` or `false` (also `yes`/`no`, `on`/`off`, `1`/`0`)",
    "INT": "a whole number",
    "TIME": "seconds, such as `0.1`",
    "HZ": "hertz; `k` and `M` are understood: `4M`",
    "TEXT": "text",
    "CHOICE": "one of the words given",
    "LIST": "a list; on the command line one entry each time",
    "PORTS": "one TCP port, or a list of them: `3333,3334`",
    "DATA": "a list or map, in YAML or JSON",
}


def read_options():
    text = (ROOT / "src/session/options.def").read_text()
    string = r'"((?:[^"\\]|\\.)*)"'
    pattern = rf'^OPTION\((\w+), {string}, (\w+), {string}, {string}, {string}, (\w+)\)$'
    rows = re.findall(pattern, text, re.M)
    lines = [line for line in text.splitlines() if line.startswith("OPTION(")]
    if len(rows) != len(lines):
        sys.exit("options.def: a line is not understood")
    return [[cell.replace('\\"', '"') for cell in row] for row in rows]


def read_names(kind):
    text = (ROOT / "src/session/option_names.def").read_text()
    return re.findall(rf'^{kind}\("([^"]*)", "([^"]*)"\)$', text, re.M)


def values_of(kind, values):
    if kind == "CHOICE":
        return ", ".join(f"`{word}`" for word in values.split("|"))
    if values == "path":
        return "a list of file names" if kind == "LIST" else "a file name"
    if ".." in values:
        low, high = values.split("..")
        return f"{TYPES[kind].split(',')[0].split(';')[0]}, {low} to {high}"
    return re.split(" [(]|;", TYPES[kind])[0]


def entry(row):
    _, name, kind, default, help_text, values, _ = row
    shown = f"`{default}`" if default else "none"
    return f"**`{name}`**\n: {help_text}.\n  *Value:* {values_of(kind, values)}. *Default:* {shown}.\n"


def page():
    options = read_options()
    parts = [HEAD, "## Values\n"]
    parts.append("".join(f"* {kind}: {text}\n" for kind, text in TYPES.items()))
    parts.append("## Options\n")
    parts += [entry(row) for row in options if row[6] == "USED"]
    parts.append("## Options that are not used yet\n")
    parts.append("These are understood, checked and kept, but have no effect so far; setting one is answered by a "
                 "warning.\n")
    parts += [entry(row) for row in options if row[6] == "NOT_YET"]
    parts.append("## Other names\n")
    parts.append("Older names of pyOCD's:\n")
    parts.append("".join(f"* `{old}`: `{new}`\n" for old, new in read_names("ALIAS")))
    parts.append("Without a meaning here, accepted in a file with one warning for all of them:\n")
    parts.append("".join(f"* `{name}`: {why}\n" for name, why in read_names("FOREIGN")))
    return "\n".join(parts)


def main():
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print("docs/options.md is not what options.def says: run tools/options_doc.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
