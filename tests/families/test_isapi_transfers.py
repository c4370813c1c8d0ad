"""Files on their way to a simulated camera and from it: stopped, slow, cut off, too large, the wrong ones."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import CameraError, ConnectionLost, DeviceFault, InvalidSetting, TimedOut, TooLarge
from app.families.base import Files, Overview, SettingsTree
from app.families.isapi import aftermath, files, sending, waiting
from app.simulator.isapi.upkeep import firmware_file
from tests.families import certificate_files
from tests.families.isapi_rig import puts, session

FIRMWARE = "/ISAPI/System/updateFirmware"
CONFIGURATION = "/ISAPI/System/configurationData"
CERTIFICATE = "/ISAPI/Security/serverCertificate/certificate"
DEVICE = "/ISAPI/Security/deviceCertificate"
LOG = "/ISAPI/System/dbglog"
IMAGE = "/ISAPI/Image/channels/1"
SIZE = 16 * 1024 * 1024  # bytes: more than the network between takes by itself
pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE", 0.1)
    monkeypatch.setattr(aftermath, "PAUSE", 0.1)


def stop_at(phase: str, least: float = 0.0):
    """A stop that is wanted once the work has come so far, and what was told until then."""
    stop, told = asyncio.Event(), []

    def tell(progress):
        told.append(progress)
        if progress.phase == phase and (progress.fraction or 0.0) >= least:
            stop.set()

    return stop, told, tell


def data_for(path: str, model: str) -> bytes:
    if path == FIRMWARE:
        return firmware_file(model, "V9.8.7", "build 991231", size=SIZE)
    return (certificate_files.pem() if "ertificate" in path else b"") + b"#" * SIZE


@pytest.mark.parametrize("path", [FIRMWARE, CONFIGURATION, CERTIFICATE, DEVICE])
async def test_stopped_while_its_bytes_go_the_camera_is_as_it_was_and_says_so(path):
    async with session("stops_taking") as (device, running):
        camera = running.cameras[0]
        held = [await device.offer(SettingsTree).load(IMAGE)]
        stop, told, tell = stop_at("Sending", 0.01)
        data = data_for(path, camera.model)
        done = await device.offer(Files).upload(path, data, confirmed=True, tell=tell, stop=stop)
        assert done.stopped
        assert done.verified is None
        name = (await device.offer(Overview).facts()).name
        assert f"{name} has a part of the file (" in done.text
        assert "which it cannot use" in done.text
        assert f"answers and runs {done.before} as before" in done.text
        assert done.after == done.before
        assert 0 < max(each.fraction for each in told if each.phase == "Sending") < 1
        assert camera.reboots == 0
        assert not camera.upgrading.running
        assert camera.files == {}
        assert (await device.offer(SettingsTree).load(IMAGE)).source.raw == held[0].source.raw
        # The session goes on: the connection that was cut was the file's own.
        document = held[0]
        document.set_text("Color/contrastLevel", "71")
        proof, _ = await device.offer(SettingsTree).apply(document, document.changes())
        assert proof.kept_everything


async def test_stopped_after_the_last_byte_the_camera_goes_on_and_that_is_said():
    async with session("work_seconds=3600") as (device, running):
        stop, _, tell = stop_at("Installing")
        data = firmware_file(running.cameras[0].model, "V9.8.7", "build 991231")
        done = await device.offer(Files).upload(FIRMWARE, data, confirmed=True, tell=tell, stop=stop)
        assert done.stopped
        assert "has the whole file and may go on with it" in done.text
        assert "It is installing it (" in done.text
        assert "do not cut its power" in done.text
        assert running.cameras[0].upgrading.running


async def test_stopped_before_the_first_byte_nothing_was_sent():
    async with session() as (device, _):
        sent, stop = puts(device), asyncio.Event()
        stop.set()
        done = await device.offer(Files).upload(CONFIGURATION, b"x" * 100, confirmed=True, stop=stop)
        assert (sent, done.stopped) == ([], True)
        assert "nothing was sent" in done.text


@pytest.mark.parametrize("path", [FIRMWARE, CONFIGURATION, CERTIFICATE])
async def test_a_camera_that_hangs_up_in_the_middle_is_no_success(path):
    async with session("hangs_up_on_upload") as (device, running):
        camera = running.cameras[0]
        with pytest.raises(ConnectionLost) as caught:
            await device.offer(Files).upload(path, data_for(path, camera.model), confirmed=True)
        name = (await device.offer(Overview).facts()).name
        assert caught.value.summary.startswith(f"{name} closed the connection after ")
        assert "a part of the file" in caught.value.hint
        assert "It answers" in caught.value.hint
        assert camera.reboots == 0


async def test_a_camera_that_takes_nothing_more_is_given_up(monkeypatch):
    monkeypatch.setattr(sending, "STALL", 1.0)
    async with session("stops_taking") as (device, running):
        with pytest.raises(TimedOut) as caught:
            await device.offer(Files).upload(FIRMWARE, data_for(FIRMWARE, running.cameras[0].model), confirmed=True)
        assert "has taken nothing more for 1 s, after " in caught.value.summary
        assert "a part of the file" in caught.value.hint


@pytest.mark.parametrize(
    ("quirk", "error", "words"),
    [
        ("truncated", ConnectionLost, "closed the connection in the middle of its answer"),
        ("bad_length", ConnectionLost, "closed the connection in the middle of its answer"),
        ("closes_at=100", ConnectionLost, "closed the connection in the middle of its answer"),
        ("silent", TimedOut, "has sent nothing more for 1 s"),
        ("drip=0", TooLarge, "sends more than 5 bytes"),
        ("reset", ConnectionLost, "closed the connection"),
        ("garbage", CameraError, ""),
    ],
)
async def test_what_does_not_come_whole_is_said_and_never_given(monkeypatch, quirk, error, words):
    monkeypatch.setattr(sending, "STALL", 1.0)
    async with session() as (device, running):
        if error is TooLarge:
            monkeypatch.setattr(files, "FILE_LIMIT", 5)
        camera = running.cameras[0]
        camera.quirks = camera.quirks.parse((quirk, "only_path=configurationData")).over(camera.quirks)
        with pytest.raises(error) as caught:
            await device.offer(Files).download(CONFIGURATION)
        assert words in caught.value.summary
        assert caught.value.hint
        camera.quirks = camera.quirks.parse(())
        monkeypatch.undo()
        assert await device.offer(Files).download(CONFIGURATION)


async def test_a_slow_camera_is_waited_for_and_shows_how_far_it_is(monkeypatch):
    async with session() as (device, running):
        whole = await device.offer(Files).download(CONFIGURATION)
        camera = running.cameras[0]
        camera.quirks = camera.quirks.parse(("drip=0", "only_path=configurationData")).over(camera.quirks)
        told = []
        assert await device.offer(Files).download(CONFIGURATION, tell=told.append) == whole
        shares = [each.fraction for each in told if each.fraction is not None]
        assert len(shares) > 5  # it is a short one
        assert shares == sorted(shares)


async def test_a_download_that_is_cancelled_gives_nothing_and_the_session_goes_on():
    async with session() as (device, running):
        camera = running.cameras[0]
        camera.quirks = camera.quirks.parse(("drip=0.05", "only_path=configurationData")).over(camera.quirks)
        begun = asyncio.Event()
        work = asyncio.ensure_future(device.offer(Files).download(CONFIGURATION, tell=lambda each: begun.set()))
        async with asyncio.timeout(60):
            await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert (await device.offer(Overview).facts()).name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(1000), "a JPEG picture, not: Firmware"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "a PNG picture"),
        (b"%PDF-1.7" + bytes(99), "a PDF document"),
        (b"\0\0\0\x18ftypmp42" + bytes(99), "an MP4 film"),
        (b"\n<!DOCTYPE html><title>Log in</title>", "a web page"),
        (b"MZ" + bytes(99), "a Windows program"),
    ],
)
async def test_a_wrong_file_is_told_before_a_byte_is_sent(data, words):
    async with session() as (device, _):
        sent = puts(device)
        with pytest.raises(InvalidSetting, match=words):
            device.offer(Files).check(FIRMWARE, data)
        with pytest.raises(InvalidSetting, match=words) as caught:
            await device.offer(Files).upload(FIRMWARE, data, confirmed=True)
        assert "Choose another file" in caught.value.hint
        assert sent == []


async def test_any_other_file_is_the_cameras_matter():
    async with session() as (device, running):
        for path, data in ((FIRMWARE, b"noise" * 1000), (CONFIGURATION, bytes(1000))):
            with pytest.raises(DeviceFault) as caught:
                await device.offer(Files).upload(path, data, confirmed=True)
            assert caught.value.hint
        assert running.cameras[0].reboots == 0
