"""A served board: what its firmware says, several clients in turn, hostile ones."""
import re
import socket
import time

from conftest import FIRMWARE, run, serve

HELLO = FIRMWARE / "demo.elf"


def test_flash_over_tcp_and_see_the_output():
    with serve() as (server, port):
        run("flash", HELLO, "-t", "stm32f407vg", "--probe", f"tcp:127.0.0.1:{port}").ok()
        # The board runs on by itself, in real time.
        assert "hello from the virtual STM32F407" in server.stdout.readline()


def test_clients_in_turn():
    with serve() as (_, port):
        for _ in range(3):
            run("info", "--probe", f"tcp:127.0.0.1:{port}").ok()


def test_garbage_closes_only_that_client():
    with serve() as (_, port):
        for garbage in [b"GET / HTTP/1.0\r\n\r\n", b"DAP\0\xff\xff\x01\x00", b"DAP\0\x01\x00\x07\x00\x00"]:
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(garbage)
                client.shutdown(socket.SHUT_WR)
                client.settimeout(10)
                while client.recv(4096):
                    pass
        run("info", "--probe", f"tcp:127.0.0.1:{port}").ok()


def test_framing_is_openocds():
    """A DAP_Info request by hand, as OpenOCD's cmsis_dap_tcp.c frames it."""
    with serve() as (_, port), socket.create_connection(("127.0.0.1", port)) as client:
        client.settimeout(10)
        client.sendall(b"DAP\0" + b"\x02\0" + b"\x01\0" + b"\x00\xff")
        reply = client.recv(64)
        assert reply[:8] == b"DAP\0" + b"\x04\0" + b"\x02\0"
        assert reply[8:10] == b"\x00\x02", "DAP_Info, two bytes of packet size follow"
