"""`dapper pack show` on all packs that are here."""
import shutil
import zipfile

import pytest
from conftest import DATA, run

# Devices as shared/data/packs/README.md counts them (variants replace their device in the list).
PACKS = ["ARM.Cortex_DFP", "Keil.STM32F4xx_DFP", "Keil.STM32L5xx_DFP", "NXP.LPC55S36_DFP",
         "NordicSemiconductor.nRF_DeviceFamilyPack", "RaspberryPi.RP2xxx_DFP"]
KNOWN = {"ARM.Cortex_DFP": "ARMCM4", "Keil.STM32F4xx_DFP": "STM32F407VG", "Keil.STM32L5xx_DFP": "STM32L552ZE",
         "NXP.LPC55S36_DFP": "LPC55S36", "NordicSemiconductor.nRF_DeviceFamilyPack": "nRF52840",
         "RaspberryPi.RP2xxx_DFP": "RP2040"}
here = pytest.mark.skipif(not (DATA / "packs").exists(), reason="shared/data/packs is not here")


@here
@pytest.mark.parametrize("name", PACKS)
def test_every_pack_lists_its_devices(name):
    data = run("pack", "show", DATA / "packs" / name, "--json").ok().json
    names = [d["name"] for d in data["devices"]]
    assert any(n.startswith(KNOWN[name]) for n in names)
    text = run("pack", "show", DATA / "packs" / name).ok().out
    for device in names:
        assert f"\n{device} " in text


@here
def test_missing_files_are_warnings():
    result = run("pack", "show", DATA / "packs/Keil.STM32F4xx_DFP").ok()
    assert "warning" in result.err and "STM32F405.svd" in result.err


@here
def test_a_zipped_pack_is_the_same(tmp_path):
    folder = DATA / "packs/RaspberryPi.RP2xxx_DFP"
    archive = shutil.make_archive(str(tmp_path / "rp"), "zip", folder)
    pack = tmp_path / "rp.pack"
    shutil.move(archive, pack)
    assert run("pack", "show", pack, "--json").ok().json == run("pack", "show", folder, "--json").ok().json


@pytest.mark.parametrize("make, text", [
    (lambda p: None, "No such file"),
    (lambda p: p.write_bytes(b"PK\x03\x04 broken"), "hostile.pack"),
    (lambda p: zipfile.ZipFile(p, "w").writestr("../evil.pdsc", "<package/>"), "hostile.pack"),
    (lambda p: zipfile.ZipFile(p, "w").writestr("a.txt", "x"), "pdsc"),
])
def test_bad_packs(tmp_path, make, text):
    path = tmp_path / "hostile.pack"
    made = make(path)
    del made
    result = run("pack", "show", path)
    assert result.code in (2, 7), result.err
    assert text in result.err
