"""`dapper gdb` with a real GDB as its client, and with a socket where GDB is too well-behaved."""
import contextlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest
from conftest import DAPPER, FIRMWARE, TIMEOUT_S, run

DEMO = FIRMWARE / "demo.elf"
BIG = FIRMWARE / "demo-256k.elf"
GDB = shutil.which("gdb-multiarch")
needs_gdb = pytest.mark.skipif(not GDB, reason="gdb-multiarch is not installed")


class Server:
    """A running `dapper gdb`."""

    def __init__(self, *args, command="gdb"):
        self.process = subprocess.Popen([DAPPER, command, "--port", "0", *map(str, args)], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.err = ""
        while not (match := re.search(r"GDB server listening on port (\d+)", self.err)):
            line = self.process.stderr.readline()
            assert line, f"ended early: {self.err}"
            self.err += line
        self.port = int(match[1])

    def finish(self, how=signal.SIGINT):
        """End it; the exit code."""
        if how and self.process.poll() is None:
            self.process.send_signal(how)
        _, err = self.process.communicate(timeout=TIMEOUT_S)
        self.err += err
        assert "Sanitizer" not in self.err and "runtime error" not in self.err, self.err
        return self.process.returncode


@contextlib.contextmanager
def server(*args, board="virtual:stm32f407vg", **kwargs):
    made = Server("--probe", board, "-t", "stm32f407vg", *args, **kwargs)
    try:
        yield made
        made.finish()
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.communicate()


def gdb(port, *commands, elf=DEMO, ok=True):
    """Run commands in batch mode, connected. @return What GDB printed."""
    lines = ["set pagination off", "set confirm off", f"target extended-remote 127.0.0.1:{port}", *commands]
    args = [word for line in lines for word in ("-ex", line)]
    process = subprocess.run([GDB, "-nx", "-q", "-batch", str(elf), *args], capture_output=True, text=True,
                             timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=False)
    out = process.stdout + process.stderr
    assert not ok or process.returncode == 0, out
    return out


class Client:
    """The protocol by hand."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.data = b""

    def send(self, packet):
        body = packet.encode("latin-1")
        self.socket.sendall(b"$%s#%02x" % (body, sum(body) & 255))

    def receive(self):
        while not (match := re.search(rb"\$([^#]*)#(..)", self.data, re.S)):
            more = self.socket.recv(65536)
            assert more, f"closed after {self.data}"
            self.data += more
        self.data = self.data[match.end():]
        assert sum(match[1]) & 255 == int(match[2], 16)
        self.socket.sendall(b"+")
        return re.sub(rb"(.)\*(.)", lambda m: m[1] * (m[2][0] - 28), match[1], flags=re.S).decode("latin-1")

    def ask(self, packet):
        self.send(packet)
        return self.receive()


def in_order(text, *patterns):
    at = 0
    for pattern in patterns:
        match = re.compile(pattern, re.M).search(text, at)
        assert match, f"no /{pattern}/ behind {at} in:\n{text}"
        at = match.end()


# --- GDB -------------------------------------------------------------------------------------------


@needs_gdb
def test_a_session_of_work():
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "break main", "continue", "info registers", "print $pc == &main",
                  "step", "next", "stepi", "break put_number", "continue", "bt", "finish", "info threads", "detach")
        # Without --persist it ends with its client.
        assert s.finish(how=None) == 0
    in_order(out, r"Loading section \.text", r"Transfer rate", r"Breakpoint 1, main", r"^sp +0x2001f", r"^pc .*<main>",
             r"^xpsr", r"^msp", r"^primask", r"= 1", r"Breakpoint 2, .*put_number", r"#0 .*put_number", r"#1 .*main",
             r"main \(\) at main.c", r"\* 1 .*Cortex-M4", r"detached")


@needs_gdb
def test_watchpoints():
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "watch ticks", "continue", "continue", "continue", "delete",
                  "rwatch ticks_per_line", "continue", "delete", "awatch ticks", "continue", "detach")
    in_order(out, r"Hardware watchpoint 1: ticks", r"Hardware watchpoint 1: ticks\n\nOld value = 0\nNew value = 1",
             r"Old value = 1\nNew value = 2", r"Hardware read watchpoint 2", r"Hardware read watchpoint 2.*\n\nValue = 10",
             r"Hardware access .* watchpoint 3: ticks")


@needs_gdb
def test_thousand_lines_are_stepped():
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "break main", "continue",
                  "python\nfor i in range(300): gdb.execute('step', to_string=True)",
                  "print $pc", "info line *$pc", "detach")
    in_order(out, r"Breakpoint 1, main", r"\(void \(\*\)\(\)\) 0x80", r"Line \d+ of \"main.c\"")


@needs_gdb
def test_break_in_ram_and_calls():
    """A software breakpoint hides itself, and GDB can call functions on the target."""
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "break put_number", "continue", "delete",
                  "set {unsigned short[4]}0x20008000 = {0x2001, 0x3001, 0x3001, 0xe7fe}", "set $saved = $pc",
                  "set $pc = 0x20008000", "break *0x20008004", "continue", "print/x *(unsigned short *)0x20008004",
                  "print $r0", "delete", "stepi", "print $r0", "set $pc = $saved", "call put_text(\"x\")",
                  "print/x *(unsigned int *)0x20008004", "detach")
    in_order(out, r"Breakpoint 1, .*put_number", r"Breakpoint 2, 0x20008004", r"= 0x3001", r"= 2$", r"= 3$",
             r"= 0xe7fe3001")


@needs_gdb
def test_interrupt_while_running():
    with server() as s:
        process = subprocess.Popen([GDB, "-nx", "-q", str(DEMO), "-ex", "set pagination off", "-ex", "set confirm off",
                                    "-ex", f"target extended-remote 127.0.0.1:{s.port}", "-ex", "load",
                                    "-ex", "monitor reset halt", "-ex", "continue"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out = ""
        while "Continuing" not in out:
            out += process.stdout.read(1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        while "SIGINT" not in out:
            c = process.stdout.read(1)
            assert c, out
            out += c
        rest, _ = process.communicate("print ticks > 0\ndetach\nquit\n", timeout=TIMEOUT_S)
    in_order(out + rest, r"Program received signal SIGINT", r"main", r"= 1", r"detached")


@needs_gdb
def test_detach_and_reattach():
    with server("--persist") as s:
        gdb(s.port, "load", "monitor reset halt", "break put_number", "continue", "detach")
        # The breakpoint went with the client, the target has run on.
        time.sleep(0.2)
        out = gdb(s.port, "print ticks", "print ticks_per_line", "info breakpoints", "kill")
        in_order(out, r"\$1 = \d+", r"\$2 = 10", r"No breakpoints", r"killed")
        out = gdb(s.port, "disconnect")
        out = gdb(s.port, "starti", "print $pc == ((unsigned int *)0x8000000)[1] - 1", "detach")
        in_order(out, r"= 1")
        assert s.process.poll() is None
        assert s.finish() == 0


@needs_gdb
def test_load_is_what_flash_does(tmp_path):
    flash = tmp_path / "flash.bin"
    board = f"virtual:stm32f407vg,flash={flash}"
    with server(board=board) as s:
        out = gdb(s.port, "load", "compare-sections", "detach", elf=BIG)
    assert out.count("matched") >= 2 and "MIS-MATCHED" not in out, out
    result = run("flash", BIG, "--probe", board, "-t", "stm32f407vg", "--json").ok().events[-1]
    assert result["programmed_bytes"] == 0, "it is all there"


@needs_gdb
def test_monitor():
    with server() as s:
        out = gdb(s.port, "monitor help", "monitor info", "monitor regs pc xpsr", "monitor reset", "monitor halt",
                  "monitor reset halt hardware", "detach")
        in_order(out, r"^reset ", r"core 0: Cortex-M4", r"flash +0x08000000", r"pc 0x", r"xpsr 0x")
    with server() as s:
        out = gdb(s.port, "monitor frobnicate", ok=False)
        in_order(out, r"no monitor command 'frobnicate'", r"hint: `monitor help`")


@needs_gdb
def test_memory_errors_say_where():
    with server() as s:
        out = gdb(s.port, "x/w 0x60000000", "detach", ok=False)
        assert re.search(r"Cannot access memory at address 0x60000000", out), out


@needs_gdb
def test_fpu_registers_and_find():
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "set $d0 = 1.5", "info registers d0", "print $s1",
                  "find /w 0x08000000, +64, *(int*)0x08000004", "detach")
    in_order(out, r"^d0 +1\.5 ", r"= 1\.9375", r"0x8000004")


def waits(text):
    return [int(n) for n in re.findall(r"round trips waited for (\d+)", text)]


@needs_gdb
def test_round_trips():
    """What GDB's commands cost, counted on the virtual board."""
    count = "monitor counters"
    steps = 40
    with server() as s:
        out = gdb(s.port, "load", "monitor reset halt", "break main", "continue", count, "info registers", count,
                  *["step"] * steps, count, "stepi", count, "detach")
    start, registers, stepped, instruction = waits(out)
    print(f"info registers: {registers - start}, step: {(stepped - registers) / steps}, "
          f"stepi: {instruction - stepped}")
    assert registers - start <= 1
    assert (stepped - registers) / steps <= 10


# --- by hand ---------------------------------------------------------------------------------------


def test_alias_and_ready_message():
    with server(command="gdbserver") as s:
        assert re.search(r"^GDB server listening on port \d+", s.err, re.M)
        client = Client(s.port)
        assert "PacketSize" in client.ask("qSupported:swbreak+")
        assert client.ask("D") == "OK"
        assert s.finish(how=None) == 0


def test_client_vanishes_in_mid_packet():
    with server("--persist") as s:
        client = Client(s.port)
        assert client.ask("?").startswith("T05")
        client.socket.sendall(b"$Z1,8000")
        client.socket.close()
        client = Client(s.port)
        assert client.ask("m0,4") != ""
        client.send("c")
        client.socket.close()
        client = Client(s.port)
        assert client.ask("?").startswith("T05"), "halted again for the new client"
        assert client.ask("D") == "OK"


def test_damage_is_asked_for_again():
    with server() as s:
        client = Client(s.port)
        client.socket.sendall(b"+$qC#00")
        assert client.socket.recv(1) == b"-"
        assert client.ask("qC") == "QC1"
        client.socket.sendall(b"-")
        assert client.receive() == "QC1"
        assert client.ask("D") == "OK"


def test_second_client_waits():
    with server("--persist") as s:
        first = Client(s.port)
        assert first.ask("qAttached") == "1"
        second = Client(s.port)
        second.socket.settimeout(0.5)
        second.send("qC")
        with pytest.raises(TimeoutError):
            second.socket.recv(1)
        first.ask("D")
        first.socket.close()
        second.socket.settimeout(TIMEOUT_S)
        assert second.receive() == "QC1"


def test_ctrl_c_right_behind_continue():
    with server() as s:
        client = Client(s.port)
        client.socket.sendall(b"$c#63\x03")
        assert client.receive().startswith("T02")
        assert client.ask("D") == "OK"


def test_port_in_use(board):
    with server() as s:
        run("gdb", "--port", s.port, *board()).fails(2, "in use", "hint:.*--port")


def test_locked_up_core_is_a_signal():
    """Blank flash: the core cannot even fetch its first instruction, and says nothing of it."""
    with server() as s:
        client = Client(s.port)
        client.send("c")
        assert client.receive().startswith("T0b")
        assert client.ask("D") == "OK"


def test_probe_unplugged_while_running(board):
    run("flash", DEMO, *board()).ok()
    with server(board=f"virtual:stm32f407vg,flash={board.flash},unplug-at=400") as s:
        client = Client(s.port)
        client.send("c")
        reply = client.receive()
        while reply.startswith("O"):
            assert b"cannot be reached" in bytes.fromhex(reply[1:])
            reply = client.receive()
        assert reply == "X09"
        assert s.finish(how=None) == 3
        assert "gone" in s.err or "unplugged" in s.err


def test_terminated_while_running():
    with server("--persist") as s:
        client = Client(s.port)
        client.send("c")
        time.sleep(0.3)
        assert s.finish(signal.SIGTERM) == 0
