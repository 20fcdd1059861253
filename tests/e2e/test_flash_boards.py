"""Programming each virtual board: the vendor's own algorithm where a pack is there, else ours."""
import dataclasses
import os
import random

import pytest
from conftest import DATA, F4_PACK, NRF_PACK, needs_f4_pack, needs_nrf_pack, run


@dataclasses.dataclass(frozen=True)
class Board:
    name: str
    target: str
    start: int
    size: int
    sector: int  # size of the one at `changed`
    first_sector: int  # size of the first two
    changed: int  # offset of a byte that is changed
    pack: os.PathLike = None


F407 = Board("stm32f407vg", "stm32f407vg", 0x08000000, 0x100000, 0x20000, 0x4000, 0x21003)
F407_VENDOR = dataclasses.replace(F407, target="STM32F407VG", pack=F4_PACK)
F103 = Board("stm32f103rb", "stm32f103rb", 0x08000000, 0x20000, 0x400, 0x400, 0x4403)
NRF52832 = Board("nrf52832", "nRF52832_xxAA", 0, 0x80000, 0x1000, 0x1000, 0x4403, NRF_PACK)
NRF52840 = Board("nrf52840", "nRF52840_xxAA", 0, 0x100000, 0x1000, 0x1000, 0x4403, NRF_PACK)

BOARDS = [pytest.param(F407, id="stm32f407vg-ours"),
          pytest.param(F407_VENDOR, id="stm32f407vg-vendor", marks=needs_f4_pack),
          pytest.param(F103, id="stm32f103rb-ours"),
          pytest.param(NRF52832, id="nrf52832-vendor", marks=needs_nrf_pack),
          pytest.param(NRF52840, id="nrf52840-vendor", marks=needs_nrf_pack)]
every_board = pytest.mark.parametrize("board", BOARDS)


class Bench:
    """A board with a flash file, and an image of random bytes."""

    def __init__(self, board, folder, length=20001):
        self.board, self.folder = board, folder
        self.flash, self.path = folder / "flash.bin", folder / "image.bin"
        self.image = bytearray(random.Random(board.name).randbytes(length))
        self.path.write_bytes(self.image)

    def arguments(self, *settings):
        spec = ",".join([f"virtual:{self.board.name}", f"flash={self.flash}", *settings])
        pack = ["--pack", self.board.pack] if self.board.pack else []
        return ["--probe", spec, "--target", self.board.target, *pack]

    def run(self, command, *args, settings=()):
        return run(command, *args, *self.arguments(*settings), "--json")

    def program(self, *args, settings=()):
        return self.run("flash", self.path, "-a", hex(self.board.start), *args, settings=settings)

    def holds_image(self):
        contents = self.flash.read_bytes()
        assert len(contents) == self.board.size
        return contents[:len(self.image)] == self.image


@pytest.fixture
def bench(board, tmp_path):
    return Bench(board, tmp_path)


@every_board
def test_flash_and_verify(bench):
    result = bench.program().ok().json
    assert result["erased_sectors"] == 0, "a new part is blank"
    assert result["programmed_bytes"] >= len(bench.image)
    assert result["verified_bytes"] >= len(bench.image)
    assert bench.holds_image()
    out = bench.folder / "read.bin"
    bench.run("read", hex(bench.board.start), hex(len(bench.image)), "-o", out).ok()
    assert out.read_bytes() == bench.image


@every_board
def test_second_flash_touches_nothing(bench):
    bench.program().ok()
    again = bench.program().ok().json
    assert again["erased_bytes"] == 0 and again["programmed_bytes"] == 0
    assert again["skipped_bytes"] >= len(bench.image)


@every_board
def test_one_changed_byte_touches_one_sector(bench):
    bench.image = bytearray(random.Random(1).randbytes(bench.board.changed + 0x1234))
    bench.path.write_bytes(bench.image)
    bench.program().ok()
    bench.image[bench.board.changed] ^= 0x55
    bench.path.write_bytes(bench.image)
    result = bench.program().ok().json
    assert result["erased_sectors"] == 1
    assert result["erased_bytes"] == bench.board.sector
    assert bench.holds_image()


@every_board
def test_reflash_with_another_image(bench):
    bench.program().ok()
    bench.image = bytearray(random.Random(2).randbytes(9000))
    bench.path.write_bytes(bench.image)
    assert bench.program().ok().json["erased_sectors"] >= 1
    assert bench.holds_image()


@every_board
def test_erase_a_sector_and_the_chip(bench):
    bench.program().ok()
    before = bench.flash.read_bytes()
    sector = bench.board.first_sector
    at = bench.board.start + sector
    result = bench.run("erase", "--sector", f"{at:#x}+1").ok().json
    assert (result["erased_sectors"], result["erased_bytes"]) == (1, sector)
    erased = bytearray(before)
    erased[sector:2 * sector] = b"\xff" * sector
    assert bench.flash.read_bytes() == erased
    if bench.board is NRF52840:
        return  # 256 pages one by one: the same code as for the nRF52832, at twice the time
    bench.run("erase", "--chip").ok()
    assert bench.flash.read_bytes() == b"\xff" * bench.board.size


@every_board
def test_a_bad_cell_is_found(bench):
    bench.image[0x100:0x104] = b"\x11\x22\x33\x44"
    bench.path.write_bytes(bench.image)
    address = bench.board.start + 0x100
    bench.program(settings=[f"bad-cell={address:#x}"]).fails(6, f"{address:08x}")


@pytest.mark.parametrize("board", [F103], ids=lambda b: b.name)
def test_a_stuck_controller_is_no_hang(bench):
    bench.program(settings=["stuck-busy-at-op=20"]).fails(1, "did not return within")


@every_board
def test_power_loss_while_programming_and_again(bench):
    bench.program(settings=["power-loss-at-op=500"]).fails(4)
    assert not bench.holds_image()
    bench.program().ok()
    assert bench.holds_image()


@needs_nrf_pack
@pytest.mark.parametrize("board", [NRF52832, NRF52840], ids=lambda b: b.name)
def test_uicr_by_the_vendors_algorithm(bench):
    """The customer's words of the UICR, in a file of its own."""
    uicr = bench.folder / "uicr.bin"
    words = bytes(range(1, 129))
    (bench.folder / "customer.bin").write_bytes(words)
    settings = [f"uicr={uicr}"]
    bench.run("flash", bench.folder / "customer.bin", "-a", "0x10001080", settings=settings).ok()
    assert uicr.read_bytes()[0x80:0x100] == words
    (bench.folder / "customer.bin").write_bytes(words[::-1])
    result = bench.run("flash", bench.folder / "customer.bin", "-a", "0x10001080", settings=settings).ok().json
    assert result["erased_sectors"] == 1
    assert uicr.read_bytes()[0x80:0x100] == words[::-1]


@needs_nrf_pack
@pytest.mark.parametrize("board", [NRF52832], ids=lambda b: b.name)
def test_a_protected_part_is_an_error(bench):
    uicr = bench.folder / "uicr.bin"
    contents = bytearray(b"\xff" * 0x1000)
    contents[0x208] = 0
    uicr.write_bytes(contents)
    bench.program(settings=[f"uicr={uicr}"]).fails(4)


def test_write_protected_pages_are_an_error(tmp_path):
    bench = Bench(F103, tmp_path)
    bench.program(settings=["write-protect=8"]).fails(5)
    assert bench.flash.read_bytes()[0x2000:0x3000] == b"\xff" * 0x1000


@pytest.mark.parametrize("name, board", [("ST-Nucleo-F103RB.bin", F103), ("l1_nrf52-dk.bin", NRF52832)])
def test_other_peoples_firmware(tmp_path, name, board):
    """Firmware that we did not build."""
    path = DATA / "firmware/pyOCD" / name
    if not path.exists() or (board.pack and not board.pack.exists()):
        pytest.skip("shared/data is not here")
    bench = Bench(board, tmp_path)
    bench.path = path
    bench.image = path.read_bytes()
    bench.program().ok()
    assert bench.holds_image()
