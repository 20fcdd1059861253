"""Options and where they come from: project folder, user's file, environment, command line, mistakes."""
import os
import re
import subprocess
import textwrap

import pytest
from conftest import DAPPER, FIRMWARE, SOURCE, TIMEOUT_S, Result


class Project:
    """A project folder to run dapper in, with a user's folder beside it."""

    def __init__(self, root):
        self.root, self.home = root / "project", root / "home"
        (self.root / "sub/deep").mkdir(parents=True)
        (self.home / "dapper").mkdir(parents=True)

    def write(self, text, name="dapper.yaml"):
        (self.root / name).write_text(textwrap.dedent(text))

    def write_user(self, text):
        (self.home / "dapper/dapper.yaml").write_text(textwrap.dedent(text))

    def run(self, *args, at=".", env=None):
        process = subprocess.run([DAPPER, *map(str, args)], capture_output=True, text=True, timeout=TIMEOUT_S,
                                 stdin=subprocess.DEVNULL, check=False, cwd=self.root / at,
                                 env={**os.environ, "XDG_CONFIG_HOME": str(self.home), **(env or {})})
        return Result(process)

    def options(self, *args, **kwargs):
        return {o["name"]: o for o in self.run("config", "--json", *args, **kwargs).ok().json["options"]}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def told(option):
    return option["value"], option["source"]


def test_every_source_and_its_place(project):
    project.write_user("frequency: 1M\nreset.hold_time: 1\nreset.post_delay: 1\nprimary_core: 1\n")
    project.write("# mine\nreset.hold_time: 2\nreset.post_delay: 2\nprimary_core: 2\n")
    env = {"DAPPER_RESET_POST_DELAY": "3", "DAPPER_PRIMARY_CORE": "3"}
    options = project.options("-O", "primary_core=4", env=env, at="sub/deep")
    assert told(options["connect_mode"]) == ("halt", "default")
    assert told(options["frequency"]) == ("1M", "user file")
    assert told(options["reset.hold_time"]) == ("2", "project file")
    assert told(options["reset.post_delay"]) == ("3", "environment")
    assert told(options["primary_core"]) == ("4", "command line")
    assert options["frequency"]["origin"] == f"{project.home}/dapper/dapper.yaml:1"
    assert options["reset.hold_time"]["origin"] == f"{project.root}/dapper.yaml:2"
    assert options["reset.post_delay"]["origin"] == "DAPPER_RESET_POST_DELAY"
    assert options["primary_core"]["origin"] == ""


def test_config_as_text(project):
    project.write("frequency: 4M\npack:\n- a.pack\n- b.pack\n")
    result = project.run("config").ok()
    assert re.search(rf"^frequency +4M +\(project file, {project.root}/dapper.yaml:1\)  SWCLK", result.out, re.M)
    assert result.out.count("not used yet") == 1
    assert result.out.index("\nfrequency ") < result.out.index("not used yet") < result.out.index("\nrtos.name ")
    assert f"{project.root}/a.pack {project.root}/b.pack" in result.out
    assert f"Project folder: {project.root}\n" in result.out
    assert result.err == ""
    changed = project.run("config", "--changed").ok().out
    assert "frequency" in changed and "smart_flash" not in changed


def test_flags_for_the_files(project, tmp_path):
    project.write("frequency: 2M\n")
    project.write("frequency: 3M\n", "other.yaml")
    project.write_user("primary_core: 1\n")
    assert told(project.options("--no-config")["frequency"]) == ("1000000", "default")
    assert told(project.options("--no-config")["primary_core"]) == ("0", "default")
    assert project.options("--config", "other.yaml")["frequency"]["value"] == "3M"
    assert project.options("--project", tmp_path)["frequency"]["value"] == "1000000"
    assert project.options("--project", project.root, at="..")["frequency"]["value"] == "2M"
    assert project.options(env={"DAPPER_NO_CONFIG": "1"})["frequency"]["value"] == "1000000"
    project.run("config", "--config", "absent.yaml").fails(7, "'absent.yaml'", "No such file")
    project.run("config", "--project", "absent").fails(7, "no project folder 'absent'")


# As in "Configuration" and "Session options" of pyOCD's documentation: probes by unique ID, global
# options beside them, a logging configuration, RTT.
PYOCD_YAML = """\
    probes:
      066EFF555453774987205735: # Lab board 3
        target_override: stm32f407vg
        frequency: 4000000
      L10986870:
        target_override: nrf52840
    auto_unlock: false
    frequency: 8000000 # Set 8 MHz SWD default for all probes
    debug.traceback: false
    logging:
      loggers:
        pyocd.flash.loader:
          level: DEBUG
    rtt:
      - pname: cm4
        control-block: {address: 0x20000000, size: 0x1000, auto-detect: true}
        channel:
          - number: 0
            mode: stdio
    pack: ./packs/board.pack
    telnet_port: 4445
    """


def test_a_pyocd_yaml_as_it_is(project):
    project.write(PYOCD_YAML, "pyocd.yaml")
    result = project.run("config", "--json").ok()
    options = {o["name"]: o for o in result.json["options"]}
    assert told(options["frequency"]) == ("8000000", "project file")
    assert options["pack"]["value"] == f"{project.root}/./packs/board.pack"
    assert options["stdio_port"]["value"] == "4445"
    assert '"pname":"cm4"' in options["rtt"]["value"]
    warnings = result.err.splitlines()
    assert len(warnings) == 2
    assert warnings[0].endswith("pyocd.yaml: ignored, for it has no meaning here: debug.traceback, logging")
    assert warnings[1].endswith("not used yet, so without effect: auto_unlock, rtt, stdio_port")
    assert project.run("config", "--json", "-q").ok().err == ""
    chosen = project.options("--probe", "066EFF555453774987205735")
    assert told(chosen["frequency"]) == ("4000000", "project file, this probe")
    assert told(chosen["target_override"]) == ("stm32f407vg", "project file, this probe")


def test_dapper_yaml_goes_before_pyocd_yaml(project):
    project.write("frequency: 2M\n")
    project.write("frequency: 3M\n", "pyocd.yaml")
    assert project.options()["frequency"]["value"] == "2M"


@pytest.mark.parametrize("text, place, message, hint, code", [
    ("pack: x\nfrequenzy: 4M\n", 2, "unknown option 'frequenzy'", "did you mean 'frequency'", 2),
    ("\nfrequency: fast\n", 2, "'fast' is no value for the option 'frequency'", r"1000\.\.100000000 Hz", 2),
    ("connect_mode: under_reset\n", 1, "'under_reset' is no value", "under-reset", 2),
    ("probes:\n  X:\n    target: y\n", 3, "unknown option 'target'", "did you mean 'target_override'", 2),
    ("smart_flash: [yes]\n", 1, "'smart_flash' takes one value, not a list", None, 2),
    ("project_dir: /\n", 1, "cannot be set in a configuration file", "command line", 2),
    ("frequency: 1M\n\tprobe: x\n", 2, "this is not YAML", None, 7),
    ("frequency: 1M\nfrequency: 2M\n", 2, "'frequency' is there twice, first in line 1", None, 7),
    ("pack: !!python/object:os.system x\n", 1, "the tag .* is not understood", None, 7),
    ("x: &x [*x]\n", 1, "no anchor", None, 7),
])
def test_mistakes_name_file_and_line(project, text, place, message, hint, code):
    project.write(text)
    result = project.run("config", at="sub")
    result.fails(code, message, re.escape(f"where: {project.root}/dapper.yaml:{place}\n"))
    if hint:
        result.fails(code, f"hint: .*{hint}")
    assert result.out == ""
    # Every command that connects says the same before it does.
    project.run("info", "--probe", "virtual:stm32f407vg").fails(code, message)


def test_an_expansion_attack_is_stopped(project):
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    project.write("\n".join(lines))
    project.run("config").fails(7, "more than 8192 entries", r"dapper\.yaml:\d")


def test_options_on_the_command_line(project):
    project.run("config", "-O", "logging=x").fails(2, "'logging' has no meaning here", "use -v")
    result = project.run("config", "-O", "rtos.name=freertos").ok()
    assert "warning: the option 'rtos.name' is not used yet" in result.err


def test_a_project_says_all_that_flash_needs(project):
    """No flags at all: probe, target and erase mode come from the file, found from a folder below."""
    project.write(f"""\
        probe: virtual:stm32f407vg,flash={project.root}/flash.bin
        boards:
          STM32F407VG:
            hide_programming_progress: true
        probes:
          stm32f407:
            target_override: stm32f407vg
            load.post_reset: off
        """)
    image = FIRMWARE / "demo.elf"
    first = project.run("flash", image, "--json", at="sub/deep").ok()
    assert first.json["programmed_bytes"] > 0
    assert [e for e in first.events if e["event"] == "progress"] == []
    shown = project.run("flash", image, "--json", "-O", "no-hide_programming_progress").ok()
    assert {e["phase"] for e in shown.events if e["event"] == "progress"} >= {"compare"}
    assert project.run("regs", "--json").ok().json


def test_reset_type_of_the_project(project):
    project.write("probe: virtual:stm32f407vg\nreset_type: hw\n")
    log = project.run("reset", "-v").ok().err
    assert "nRESET low" in log
    assert "nRESET low" not in project.run("reset", "-v", "--method", "system").ok().err


def test_docs_are_what_the_table_says():
    subprocess.run(["/usr/bin/python3", "-B", SOURCE / "tools/options_doc.py", "--check"], check=True, timeout=60)


def test_every_option_is_in_the_docs(project):
    page = (SOURCE / "docs/options.md").read_text()
    used, unused = page.split("## Options that are not used yet")
    for option in project.options().values():
        assert f"**`{option['name']}`**" in (used if option["used"] else unused)
