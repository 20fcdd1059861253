"""The command line itself: help, exit codes, completion, JSON."""
import json
import re

import pytest
from conftest import run

COMMANDS = ["list", "info", "flash", "erase", "read", "write", "regs", "reset", "gdb", "pack", "vboard", "config",
            "completion", "version"]


def test_help_lists_every_command(dapper):
    text = dapper("--help").ok().out
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", text, re.M), command
    assert "Exit codes" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_command_help_has_examples(command):
    text = run(command, "--help").ok().out
    assert text.startswith(f"usage: dapper {command}")
    assert re.search(rf"Examples:\n  .*dapper {command}", text)
    assert "--json" in text


def test_no_command_is_a_usage_error(dapper):
    assert dapper().code == 2


def test_version(dapper):
    assert re.fullmatch(r"dapper \d+\.\d+\.\d+\n", dapper("--version").ok().out)
    assert dapper("version", "--json").ok().json["version"]


@pytest.mark.parametrize("args, text", [
    (["frobnicate"], "no command 'frobnicate'"),
    (["info", "--frobnicate"], "unknown option '--frobnicate'"),
    (["info", "-Z"], "unknown option '-Z'"),
    (["info", "--probe"], "needs a value"),
    (["info", "--json=1"], "takes no value"),
    (["flash"], "flash needs FILE"),
    (["reset", "surplus"], "one word too many"),
    (["read", "zero", "4"], "'zero' is no address"),
    (["read", "0", "4G"], "'4G' is no length"),
    (["write", "0x20000000"], "give values"),
    (["write", "0x20000000", "0x100000000"], "no 32-bit value"),
    (["erase"], "say what to erase"),
    (["erase", "--sector", "0x08000000"], "no range"),
    (["reset", "--method", "gently"], "--method takes"),
    (["config", "-O", "frequensy=1"], "frequensy"),
    (["config", "-O", "frequency=fast"], "no value for the option 'frequency'"),
])
def test_wrong_command_lines(args, text):
    run(*args).fails(2, text, "hint:")


def test_list_without_probes(dapper):
    assert dapper("list", "--json").ok().json == {"probes": []}
    assert "no debug probes found" in dapper("list").ok().out


def test_list_drivers_and_boards(dapper):
    drivers = [d["name"] for d in dapper("list", "--drivers", "--json").ok().json["drivers"]]
    assert "cmsis-dap" in drivers and "loopback" in drivers
    boards = [b["name"] for b in dapper("list", "--virtual", "--json").ok().json["boards"]]
    assert "stm32f407vg" in boards


def test_config_shows_where_values_come_from():
    result = run("config", "-O", "frequency=4M", "--json", env={"DAPPER_RESET_HOLD_TIME": "0.5"}).ok()
    options = {o["name"]: o for o in result.json["options"]}
    assert options["frequency"]["value"] == "4M" and options["frequency"]["source"] == "command line"
    assert options["reset.hold_time"]["source"] == "environment"
    assert options["connect_mode"]["source"] == "default"


def test_completion_is_valid_bash(tmp_path, dapper):
    import subprocess
    script = tmp_path / "completion.bash"
    script.write_text(dapper("completion", "bash").ok().out)
    probe = f"""source {script}; COMP_WORDS=(dapper fl); COMP_CWORD=1; _dapper; echo "${{COMPREPLY[@]}}"
COMP_WORDS=(dapper flash --erase ''); COMP_CWORD=3; _dapper; echo "${{COMPREPLY[@]}}" """
    out = subprocess.run(["bash", "-c", probe], capture_output=True, text=True, check=True).stdout
    assert out.split("\n")[:2] == ["flash", "auto sector chip none"]


def test_json_errors_are_json(dapper):
    result = dapper("read", "0", "4", "--json", "--probe", "virtual:nosuchboard")
    error = json.loads(result.out)
    assert error["result"] == "error" and error["error"]["status"] == "DAPPER_ERR_NOT_FOUND"
    assert "nosuchboard" in error["error"]["message"]
