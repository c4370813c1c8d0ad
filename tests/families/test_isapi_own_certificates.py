"""Certificates that a camera makes itself: a request that an authority signs, and one signed by its own key."""

from __future__ import annotations

import pytest

from app.errors import CameraError, InvalidSetting, NotSupported, ProtocolError
from app.families.base import Actions, Files, Overview
from app.families.isapi import waiting
from app.simulator.making import Subject, self_signed
from app.simulator.tls import load_certificate
from app.transport.failures import CertificateChanged
from tests.families import certificate_files as made
from tests.families.isapi_rig import puts, session, writes
from tests.families.test_isapi_certificates import REBOOT, SERVER, made_request, secure

REQUEST = "/ISAPI/Security/serverCertificate/downloadCertSignReq"
NAME, COUNTRY, DAYS = "SubjectDN/commonName", "SubjectDN/countryName", "validity"
pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE", 0.1)


async def filled(files, path: str, name: str = "gate.example"):
    draft = await files.draft(path)
    draft.set_text(NAME, name)
    draft.set_text(COUNTRY, "DE")
    return draft


async def make(files, path: str, name: str = "gate.example"):
    return await files.make(path, await filled(files, path, name), confirmed=True)


async def test_the_form_has_what_the_camera_declares():
    async with session() as (device, _):
        files = device.offer(Files)
        rows = {each.id: each for each in await files.list()}
        assert "signs it itself" in rows[SERVER].making
        assert "fits no longer" in rows[REQUEST].making
        draft = await files.draft(SERVER)
        assert [each.path for each in draft.fields][:2] == [NAME, COUNTRY]
        assert draft.text(DAYS) == "365"
        for path, text in ((DAYS, "5001"), (DAYS, "0"), (NAME, "x" * 65), (COUNTRY, "DEU")):
            draft.set_text(path, text)
            assert draft.problem(path), path
        assert DAYS not in {each.path for each in (await files.draft(REQUEST)).fields}


@pytest.mark.parametrize("path", [SERVER, REQUEST])
async def test_a_camera_that_declares_nothing_has_the_form_of_the_text(path):
    async with session("no_capabilities") as (device, _):
        files = device.offer(Files)
        draft = await files.draft(path)
        assert {NAME, COUNTRY, "SubjectDN/email"} <= {each.path for each in draft.fields}
        draft.set_text(COUNTRY, "Germany")
        assert draft.problem(COUNTRY)
        assert (await make(files, path)).verified is True


@pytest.mark.parametrize("path", [SERVER, REQUEST])
async def test_nothing_is_sent_without_agreement_or_with_something_missing(path):
    async with session() as (device, _):
        files, sent = device.offer(Files), writes(device)
        with pytest.raises(InvalidSetting, match="makes a"):
            await files.make(path, await filled(files, path))
        for name, country in (("", "DE"), ("gate", ""), ("gate", "D")):
            draft = await files.draft(path)
            draft.set_text(NAME, name)
            draft.set_text(COUNTRY, country)
            with pytest.raises(InvalidSetting) as caught:
                await files.make(path, draft, confirmed=True)
            assert caught.value.path in (NAME, COUNTRY)
        with pytest.raises(NotSupported):
            await files.draft("/ISAPI/System/configurationData")
        assert sent == []


async def test_a_request_is_made_saved_signed_and_what_comes_back_is_shown():
    """The whole way, over HTTPS: the key never leaves the camera, and what it shows is what was signed."""
    async with secure() as (device, running, _):
        files = device.offer(Files)
        with pytest.raises(CameraError):
            await files.download(REQUEST)
        done = await make(files, REQUEST)
        assert done.verified is True
        assert "a request for “gate.example” (elliptic key of 256 bit)" in done.text
        saved = await files.download(REQUEST)
        assert b"PRIVATE KEY" not in saved
        certificate = made.signed(saved)
        done = await files.upload(SERVER, certificate, confirmed=True)
        assert done.verified is True
        back = await device.offer(Actions).run(REBOOT, confirmed=True, wait=True)
        assert back.back is True
        assert (await device.offer(Overview).facts()).name  # by the new certificate, in the same session
        own = running.cameras[0].own_certificate
        assert certificate in own
        assert load_certificate(running.stations[0]._tls, own)
        gone = await files.remove(REQUEST, confirmed=True)
        assert gone.verified is True
        with pytest.raises(CameraError):
            await files.download(REQUEST)


async def test_a_certificate_for_another_key_is_refused_before_it_is_sent():
    async with session() as (device, _):
        files = device.offer(Files)
        await make(files, REQUEST)
        first = made.signed(await files.download(REQUEST))
        await make(files, REQUEST)  # another key
        sent = puts(device)
        for wrong in (first, made.pem("gate.example"), made.der("gate.example")):
            with pytest.raises(InvalidSetting, match="another key than the request"):
                await files.upload(SERVER, wrong, confirmed=True)
        assert sent == []
        assert (await files.upload(SERVER, made.pem(with_key=True), confirmed=True)).verified is True


async def test_the_session_goes_on_by_the_certificate_that_the_camera_has_made():
    async with secure() as (device, running, dialer):
        before = dialer._pins.get(device.address)
        done = await make(device.offer(Files), SERVER)
        assert done.verified is True
        assert "knows it by its serial number" in done.text
        back = await device.offer(Actions).run(REBOOT, confirmed=True, wait=True)
        assert back.back is True
        assert running.cameras[0].reboots == 1
        assert (await device.offer(Overview).facts()).name
        assert dialer._pins.get(device.address) != before


@pytest.mark.parametrize("name", ["gate.example", "another.example"])
async def test_any_other_certificate_is_not_trusted_for_it(name):
    """Of the same name, of another: only the serial number and the name together are the one that was made."""
    async with secure() as (device, running, dialer):
        assert (await make(device.offer(Files), SERVER)).verified is True
        forged = self_signed(Subject(countryName="DE", commonName=name), 99)
        assert load_certificate(running.stations[0]._tls, forged.key + forged.body)
        other = dialer.http(device.address, None)
        try:
            with pytest.raises(CertificateChanged) as caught:
                await other.send(made_request())
        finally:
            await other.close()
        assert "replaced through Camwright, but this is not the one" in caught.value.hint


async def test_the_certificate_that_was_made_is_taken_once():
    """Who copies its name and number later has another key."""
    async with secure() as (device, running, dialer):
        camera, station = running.cameras[0], running.stations[0]
        assert (await make(device.offer(Files), SERVER)).verified is True
        assert load_certificate(station._tls, camera.own_certificate)
        first = dialer.http(device.address, None)
        try:
            with pytest.raises(CameraError) as caught:
                await first.send(made_request())
            assert not isinstance(caught.value, CertificateChanged)  # it wants a password, and is trusted
        finally:
            await first.close()
        pins = dialer._pins
        assert not pins.take_made(device.address.host, b"")
        assert pins._made == {}


@pytest.mark.parametrize(("path", "words"), [(REQUEST, "cannot be read"), (SERVER, "still shows the certificate")])
async def test_a_camera_that_says_ok_and_makes_nothing_is_found_out(path, words):
    async with session("makes_nothing") as (device, _):
        done = await make(device.offer(Files), path)
        assert done.verified is not True
        assert words in done.text


async def test_what_is_no_request_is_not_saved():
    async with session() as (device, running):
        files = device.offer(Files)
        await make(files, REQUEST)
        camera = running.cameras[0]
        whole = camera.request.body
        lines = whole.splitlines()
        broken = b"\n".join([*lines[:2], lines[2][:-8] + b"AAAAAAAA", *lines[3:]])
        for body in (b"<html>login</html>", whole[:90], broken):
            camera.request = type(camera.request)(camera.request.subject, b"", body)
            with pytest.raises(ProtocolError, match="is none"):
                await files.download(REQUEST)


async def test_the_password_of_the_key_is_nowhere(caplog):
    caplog.set_level("DEBUG")
    async with session() as (device, _):
        files = device.offer(Files)
        draft = await filled(files, REQUEST)
        draft.set_text("passwd", "Key-secret-77")
        done = await files.make(REQUEST, draft, confirmed=True)
        assert "Key-secret-77" not in done.text + caplog.text + repr(draft.changes()) + repr(draft.fields)
