"""Certificates as an installer has them: sent, shown, removed, and the pin of a camera whose certificate is new."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager

import pytest

from app.errors import InvalidSetting, NotSupported
from app.families.base import Actions, Credentials, Files, Overview
from app.families.isapi import FAMILY, waiting
from app.model.device import Address
from app.simulator.tls import renew_certificate
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.failures import CertificateChanged
from tests.families import certificate_files as made
from tests.families.isapi_rig import farm, puts, session

SERVER, DEVICE = "/ISAPI/Security/serverCertificate/certificate", "/ISAPI/Security/deviceCertificate"
CLIENT, KEY = f"{DEVICE}#client", f"{DEVICE}#key"
REBOOT = "/ISAPI/System/reboot"
pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(waiting, "PAUSE", 0.1)


@asynccontextmanager
async def secure(*quirks):
    """A session inside TLS, its farm, and the dialer with the pins."""
    async with farm("https", "reboot_seconds=0.5", *quirks) as running:
        line, station = running.camera_lines()[0], running.stations[0]
        here = station.place
        station.camera.wanted_place = lambda: here  # the port that was free is the one it comes back to
        address = Address(line["address"], line["https_port"])
        dialer = NetworkDialer(allowed=loopback_only, is_secure=lambda each: each.port == address.port)
        opened = await FAMILY.connect(dialer, address, "v2", Credentials(line["user"], line["password"]))
        try:
            yield opened, running, dialer
        finally:
            await opened.close()


async def test_every_certificate_has_its_own_row():
    async with session() as (device, _):
        rows = {each.id: each for each in await device.offer(Files).list() if "ertificate" in each.id}
        assert {SERVER, DEVICE, CLIENT, KEY} <= set(rows)
        name = (await device.offer(Overview).facts()).name
        assert all(name in each.consequence for each in rows.values() if each.up)
        assert name in rows[SERVER].removal
        assert not rows[KEY].down
        assert "no copy" in rows[KEY].help


async def test_a_server_certificate_is_sent_read_back_and_removed():
    async with session() as (device, running):
        files = device.offer(Files)
        done = await files.upload(SERVER, made.pem("dock.example", with_key=True), confirmed=True)
        assert done.verified is True
        assert "“dock.example”, valid until 20" in done.text
        assert "after a restart" in done.text
        with pytest.raises(InvalidSetting, match="its own again"):
            await files.remove(SERVER)
        assert (await files.remove(SERVER, confirmed=True)).verified is True
        assert running.cameras[0].own_certificate == b""
        with pytest.raises(NotSupported):
            await files.remove(DEVICE, confirmed=True)


async def test_each_kind_for_8021x_goes_with_its_own_type():
    key, certificate = made.made("camera-7")
    pem = certificate.public_bytes(made.serialization.Encoding.PEM)
    async with session() as (device, running):
        files, sent = device.offer(Files), puts(device)
        root = await files.upload(DEVICE, made.pem("root.example"), confirmed=True)
        assert root.verified is True
        for path, data in ((CLIENT, pem), (KEY, made.key_pem(key))):
            done = await files.upload(path, data, confirmed=True)
            assert done.verified is None
            assert "cannot be compared" in done.text
        types = [each.content_type for each in sent]
        assert types == [f"application/x-x509-{kind}" for kind in ("ca-cert", "client-cert", "client-key")]
        assert {kind for _, kind in running.cameras[0].files} == set(types)


@pytest.mark.parametrize("data", [made.der(), made.container(), made.container(passphrase="Never-told-1")])
async def test_other_forms_are_sent_as_they_are(data):
    """The text leaves the form to the device; what is in a container with a passphrase nobody here can see."""
    async with session() as (device, running):
        done = await device.offer(Files).upload(SERVER, data, confirmed=True)
        assert running.cameras[0].own_certificate == data
        assert "has taken" in done.text
        assert done.verified is not False


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        (SERVER, made.pem(ends=-1, begins=-9), "expired on"),
        (SERVER, made.key_pem(made.made()[0]), "a private key and no certificate"),
        (SERVER, b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "no certificate that can be read"),
        (SERVER, b"Dear diary", "no certificate"),
        (CLIENT, b"\x30\x82" + bytes(99), "no certificate"),
        (KEY, made.pem(), "no private key"),
        (DEVICE, b"%PDF-1.7", "a PDF document"),
    ],
)
async def test_what_is_no_good_is_told_before_it_is_sent(path, data, words):
    async with session() as (device, _):
        sent = puts(device)
        with pytest.raises(InvalidSetting, match=words) as caught:
            await device.offer(Files).upload(path, data, confirmed=True)
        assert "Nothing was sent" in caught.value.hint
        assert sent == []


async def test_one_that_is_not_valid_yet_is_said():
    async with session() as (device, _):
        done = await device.offer(Files).upload(DEVICE, made.pem(begins=3), confirmed=True)
        assert "valid only from" in done.text


async def test_the_camera_goes_on_being_trusted_after_its_certificate_was_replaced_from_here():
    async with secure() as (device, running, _):
        data = made.pem("dock.example", with_key=True)
        done = await device.offer(Files).upload(SERVER, data, confirmed=True)
        assert "Camwright knows that it was put there from here" in done.text
        back = await device.offer(Actions).run(REBOOT, confirmed=True, wait=True)
        assert back.back is True
        assert running.cameras[0].reboots == 1
        assert (await device.offer(Overview).facts()).name  # in the same session, by the new certificate


async def test_another_certificate_than_the_one_that_was_sent_is_not_trusted():
    async with secure() as (device, running, dialer):
        await device.offer(Files).upload(SERVER, made.pem("dock.example", with_key=True), confirmed=True)
        station = running.stations[0]
        renew_certificate(station._tls, station.place.host, "somebody else")  # it made one of its own
        other = dialer.http(device.address, None)
        try:
            with pytest.raises(CertificateChanged) as caught:
                await other.send(made_request())
        finally:
            await other.close()
        assert "replaced through Camwright, but this is not the one" in caught.value.hint


async def test_without_a_replacement_from_here_the_reason_stays_as_it_was():
    async with secure() as (device, running, dialer):
        station = running.stations[0]
        renew_certificate(station._tls, station.place.host, "somebody else")
        other = dialer.http(device.address, None)
        try:
            with pytest.raises(CertificateChanged, match="another certificate") as caught:
                await other.send(made_request())
        finally:
            await other.close()
        assert "Find out whether" in caught.value.hint


def made_request():
    from app.wire.http import HttpRequest

    return HttpRequest("GET", "/ISAPI/System/deviceInfo")


async def test_private_keys_and_passphrases_are_nowhere(caplog, tmp_path):
    key, certificate = made.made()
    secret = made.key_pem(key)
    inside = secret.splitlines()[1].decode()
    told = []
    with caplog.at_level(logging.DEBUG):
        async with session() as (device, _):
            files, sent = device.offer(Files), puts(device)
            both = certificate.public_bytes(made.serialization.Encoding.PEM) + secret
            texts = [(await files.upload(SERVER, both, confirmed=True, tell=told.append)).text]
            texts.append((await files.upload(KEY, secret, confirmed=True, tell=told.append)).text)
            with pytest.raises(InvalidSetting) as caught:
                await files.upload(SERVER, secret, confirmed=True)
            texts += [str(caught.value), caught.value.detail, repr(sent), repr(told), repr(await files.list())]
    said = "\n".join((*texts, caplog.text))
    assert inside not in said
    assert "PRIVATE KEY-----" not in said
