"""Firmware, backups, discs, outputs, logs, certificates: what takes a while or is no document."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.farm import Farm
from app.simulator.isapi.answers import Outcome
from app.simulator.isapi.clock import in_zone
from app.simulator.isapi.events import Event
from app.simulator.isapi.upkeep import Firmware, firmware_file, read_firmware
from app.simulator.work import Work

PASSWORD = "Right-1234"
NOW = Firmware("V5.7.3", "build 240826")
UPDATE = "/ISAPI/System/updateFirmware"


def client(farm: Farm) -> httpx.AsyncClient:
    place = farm.stations[0].place
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(base_url=f"http://{place.host}:{place.http_port}", auth=auth, trust_env=False, timeout=20)


def texts(answer: httpx.Response, name: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(answer.content).iter() if node.tag.rpartition("}")[2] == name]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


@given(st.binary(max_size=300))
def test_any_bytes_are_firmware_or_refused(data):
    for body in (data, firmware_file("M", "V1", "b")[:20] + data):
        assert isinstance(read_firmware(body, "M", NOW), Firmware | Outcome)


@pytest.mark.parametrize(
    ("body", "subcode"),
    [
        (b"", "badDevType"),
        (b"PK\x03\x04" + bytes(99), "badDevType"),
        (firmware_file("CW-B8M", "V5.8.0", "build 1"), "badDevType"),
        (firmware_file("CW-D4M", "V5.8.0", "build 1", language="other"), "badLanguage"),
        (firmware_file("CW-D4M", "V5.8.0", "build 1")[:-1], "badFlash"),
        (firmware_file("CW-D4M", "V5.7.2", "build 1"), "badVersion"),
    ],
)
def test_firmware_that_is_not_taken(body, subcode):
    found = read_firmware(body, "CW-D4M", NOW)
    assert isinstance(found, Outcome)
    assert found.subcode == subcode


def test_versions_are_numbers():
    assert read_firmware(firmware_file("CW-D4M", "V5.10.0", "b"), "CW-D4M", NOW) == Firmware("V5.10.0", "b")


def test_work_goes_from_nothing_to_all():
    time = [0.0]
    work = Work(lambda: time[0])
    assert (work.running, work.percent) == (False, 0)
    work.begin(10)
    seen = []
    for time[0] in (0.0, 5.0, 9.99, 10.0, 99.0):
        seen.append((work.running, work.percent))
    assert seen == [(True, 0), (True, 50), (True, 99), (False, 100), (False, 100)]


@pytest.mark.anyio
@pytest.mark.parametrize("quirk", ["", "keeps_firmware"])
async def test_an_upgrade_from_the_file_to_the_new_version(run_camera, quirk):
    quirks = ("work_seconds=0.3", "reboot_seconds=0", *([quirk] if quirk else []))
    async with run_camera(*quirks) as farm:
        async with client(farm) as http:
            refused = await http.put(UPDATE, content=b"not a firmware")
            assert (refused.status_code, texts(refused, "subStatusCode")) == (400, ["badDevType"])
            assert texts(await http.get("/ISAPI/System/upgradeStatus"), "upgrading") == ["false"]
            body = firmware_file("CW-D4M", "V5.8.1", "build 260101")
            taken = await http.put(UPDATE, content=body, headers={"Content-Type": "application/octet-stream"})
            assert taken.status_code == 200
            status = await http.get("/ISAPI/System/upgradeStatus")
            assert texts(status, "upgrading") == ["true"]
            assert 0 <= int(texts(status, "percent")[0]) < 100
            busy = await http.put("/ISAPI/Image/channels/1/color", content=b"<Color/>")
            assert (busy.status_code, texts(busy, "subStatusCode")) == (503, ["upgrading"])
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            wanted = ["V5.7.3" if quirk else "V5.8.1"]
            assert texts(await http.get("/ISAPI/System/deviceInfo"), "firmwareVersion") == wanted
            assert texts(await http.get("/ISAPI/System/upgradeStatus"), "upgrading") == ["false"]


@pytest.mark.anyio
async def test_a_basic_reset_keeps_who_may_come_in(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        async with client(farm) as http:
            user = b"<User><userName>vera</userName><password>Secret-9</password></User>"
            assert (await http.post("/ISAPI/Security/users", content=user)).status_code == 200
            assert (await http.put("/ISAPI/System/factoryReset?mode=half")).status_code == 400
            assert (await http.put("/ISAPI/System/factoryReset?mode=basic")).status_code == 200
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert texts(await http.get("/ISAPI/Security/users"), "userName") == ["admin", "vera"]
            assert (await http.put("/ISAPI/System/factoryReset?mode=full")).status_code == 200
        await until(lambda: farm.cameras[0].reboots == 2 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert texts(await http.get("/ISAPI/Security/users"), "userName") == ["admin"]


@pytest.mark.anyio
async def test_formatting_a_disc(run_camera):
    async with run_camera("work_seconds=0.3", model="CW-N8R") as farm, client(farm) as http:
        disc, storage = "/ISAPI/ContentMgmt/Storage/hdd/2", "/ISAPI/ContentMgmt/Storage"
        assert texts(await http.get(disc), "status") == ["unformatted"]
        assert texts(await http.get(f"{disc}/formatStatus"), "formating") == ["false"]
        assert (await http.put(f"{disc}/format")).status_code == 200
        assert texts(await http.get(f"{disc}/formatStatus"), "formating") == ["true"]
        assert (await http.put(f"{disc}/format")).status_code == 503
        await until(lambda: not farm.cameras[0].formatting["2"].running)
        assert texts(await http.get(f"{disc}/formatStatus"), "percent") == ["100"]
        assert texts(await http.get(storage), "status") == ["ok", "ok"]
        assert texts(await http.get(disc), "freeSpace") == texts(await http.get(disc), "capacity")


@pytest.mark.anyio
async def test_an_output_is_switched_until_the_reboot(run_camera):
    async with run_camera("reboot_seconds=0") as farm:
        status = "/ISAPI/System/IO/outputs/1/status"
        async with client(farm) as http:
            assert texts(await http.get(status), "ioState") == ["inactive"]
            for wrong in (b"", b"<IOPortData><outputState>up</outputState></IOPortData>", b"<Other/>"):
                assert (await http.put("/ISAPI/System/IO/outputs/1/trigger", content=wrong)).status_code == 400
            high = b"<IOPortData><outputState>high</outputState></IOPortData>"
            assert (await http.put("/ISAPI/System/IO/outputs/1/trigger", content=high)).status_code == 200
            assert texts(await http.get(status), "ioState") == ["active"]
            await http.put("/ISAPI/System/reboot")
        await until(lambda: farm.cameras[0].reboots == 1 and farm.stations[0].is_up)
        async with client(farm) as http:
            assert texts(await http.get(status), "ioState") == ["inactive"]


@pytest.mark.anyio
async def test_the_log_is_searched_page_by_page(run_camera):
    async with run_camera() as farm, client(farm) as http:
        for _ in range(5):
            farm.cameras[0].raise_event(Event("VMD", active=True))
        search = (
            "<CMSearchDescription><searchID>7</searchID><metaId>log.std-cgi.com/{}</metaId>"
            "<timeSpanList><timeSpan><startTime>{}</startTime><endTime>{}</endTime></timeSpan></timeSpanList>"
            "<maxResults>2</maxResults><searchResultPostion>{}</searchResultPostion></CMSearchDescription>"
        )
        pages = []
        for first in (0, 2, 4):
            body = search.format("Alarm", "2000-01-01T00:00:00Z", "2037-01-01T00:00:00Z", first)
            pages.append(await http.post("/ISAPI/ContentMgmt/logSearch", content=body.encode()))
        assert [texts(page, "responseStatusStrg") for page in pages] == [["MORE"], ["MORE"], ["OK"]]
        assert [len(texts(page, "searchMatchItem")) for page in pages] == [2, 2, 1]
        assert texts(pages[0], "metaId")[0] == "log.std-cgi.com/Alarm/VMDStart"
        body = search.format("Alarm", "2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z", 0)
        none = await http.post("/ISAPI/ContentMgmt/logSearch", content=body.encode())
        assert texts(none, "responseStatusStrg") == ["NO MATCHES"]
        for wrong in ("soon", "2000-99-99T00:00:00Z"):
            body = search.format("Alarm", wrong, "2001-01-01T00:00:00Z", 0)
            assert (await http.post("/ISAPI/ContentMgmt/logSearch", content=body.encode())).status_code == 400


@pytest.mark.anyio
async def test_certificates_are_taken_and_removed(run_camera):
    async with run_camera() as farm, client(farm) as http:
        pem = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        device = "/ISAPI/Security/deviceCertificate"
        assert (await http.get(device)).status_code == 403
        assert (await http.put(device, content=b"hello")).status_code == 400
        kind = {"Content-Type": "application/x-x509-ca-cert"}
        assert (await http.put(device, content=pem, headers=kind)).status_code == 200
        assert (await http.get(device)).content == pem
        server = "/ISAPI/Security/serverCertificate/certificate"
        place = farm.stations[0].place
        assert texts(await http.get(server), "commonName") == [place.host, place.host]
        assert (await http.delete(server)).status_code == 403
        assert texts(await http.put(server, content=pem), "statusCode") == ["7"]
        assert texts(await http.get(server), "commonName") == ["Uploaded", place.host]
        assert (await http.delete(server)).status_code == 200
        own = "/ISAPI/Security/serverCertificate/selfSignCert"
        wanted = (
            "<CertificateReq><SubjectDN><countryName>DE</countryName><commonName>{}</commonName></SubjectDN>"
            "<validity>{}</validity></CertificateReq>"
        )
        for name, days in (("", 10), ("gate", 0), ("gate", 9999), ("x" * 65, 10)):
            assert (await http.put(own, content=wanted.format(name, days).encode())).status_code == 400
        assert texts(await http.put(own, content=wanted.format("gate", 10).encode()), "statusCode") == ["7"]
        assert texts(await http.get(server), "commonName") == ["gate", "gate"]


@pytest.mark.anyio
async def test_who_watches_a_stream(run_camera):
    async with run_camera("basic_only") as farm:
        place = farm.stations[0].place
        async with httpx.AsyncClient(auth=("admin", PASSWORD), trust_env=False) as http:
            url = f"http://{place.host}:{place.http_port}/ISAPI/Streaming/channels/102/status"
            assert texts(await http.get(url), "ipAddress") == []
            reader, writer = await asyncio.open_connection(place.host, place.rtsp_port)
            basic = httpx.BasicAuth("admin", PASSWORD)._auth_header
            setup = (
                f"SETUP rtsp://{place.host}:{place.rtsp_port}/Streaming/Channels/102/trackID=1 RTSP/1.0\r\nCSeq: 1\r\n"
                f"Authorization: {basic}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
            )
            writer.write(setup.encode())
            async with asyncio.timeout(20):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"RTSP/1.0 200")
            assert len(texts(await http.get(url), "ipAddress")) == 1
            writer.close()
            await until(lambda: not farm.stations[0].viewers)
            assert texts(await http.get(url), "ipAddress") == []


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-01-15T12:00", 1),
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-07-15T12:00", 2),
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-03-29T00:59", 1),
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-03-29T01:01", 2),
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-10-25T00:59", 2),
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "2026-10-25T01:01", 1),
        ("CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00", "2026-07-01T12:00", -4),
        ("CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00", "2026-12-01T12:00", -5),
        # South of the equator summer spans the new year.
        ("CST-10:00:00DST01:00:00,M10.1.0/02:00:00,M4.1.0/03:00:00", "2026-01-15T12:00", 11),
        ("CST-10:00:00DST01:00:00,M10.1.0/02:00:00,M4.1.0/03:00:00", "2026-06-15T12:00", 10),
        ("CST-8:00:00", "2026-06-15T12:00", 8),
        ("CST-23:00:00DST02:00:00,M3.1.0,M10.1.0", "2026-06-15T12:00", 23),
        ("nonsense", "2026-06-15T12:00", 0),
    ],
)
def test_summer_time(zone, moment, hours):
    shown = in_zone(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone)
    assert shown.utcoffset() == timedelta(hours=hours)


@given(st.text(max_size=60) | st.from_regex(r"[A-Z]{3}[+-]?[0-9:]{0,8}DST[0-9:]{0,8},M[0-9./:]{0,14},M[0-9./:]{0,14}"))
def test_no_zone_text_stops_the_clock(zone):
    assert in_zone(datetime(2026, 7, 1, tzinfo=UTC), zone).tzinfo is not None
