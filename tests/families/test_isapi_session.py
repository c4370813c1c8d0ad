"""Login at an ISAPI device: one try, the right door, and what other servers are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import BadCredentials, ConnectionLost, NotSupported, ProtocolError, Unreachable
from app.families import base, families
from app.families.base import Clue, Credentials
from app.families.isapi import FAMILY
from app.families.isapi.client import Client
from app.families.isapi.dialect import V2
from app.families.isapi.overview import IsapiOverview
from app.families.isapi.streams import IsapiSnapshot, IsapiStreams, infos
from app.model.device import Address
from app.transport.failures import LoginAsked
from app.wire import xml
from app.wire.http import HttpAnswer

HERE = Address("127.12.0.1")
WHO = Credentials("admin", "secret")
INFO = (
    b'<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"><deviceName>Gate</deviceName><model>DS-1</model>'
    b"<serialNumber>S1</serialNumber><macAddress>aa:bb:cc:dd:ee:ff</macAddress>"
    b"<firmwareVersion>V5.7.3</firmwareVersion><firmwareReleasedDate>build 1</firmwareReleasedDate>"
    b"<deviceType>IPCamera</deviceType></DeviceInfo>"
)
JPEG = b"\xff\xd8\xff\xe0picture"


def test_the_family_is_found_and_complete():
    assert FAMILY in families()
    probe = FAMILY.probes[0]
    assert (probe.kind, probe.port, probe.group) == ("ssdp", 1900, "239.255.255.250")
    assert all(
        payload.startswith(b"M-SEARCH * HTTP/1.1\r\n") and payload.endswith(b"\r\n\r\n") for payload in probe.payloads
    )


@pytest.mark.anyio
async def test_connect_takes_one_request(fake_channel, fake_dialer):
    dialer = fake_dialer(fake_channel({"/ISAPI/System/deviceInfo": INFO}))
    session = await FAMILY.connect(dialer, HERE, "v2", WHO)
    assert dialer.asked == [(Address("127.12.0.1", 80), WHO)]
    assert len(dialer.channel.sent) == 1
    assert (session.family, session.dialect, session.user) == ("isapi", "v2", "admin")
    assert session.offer(base.SettingsTree) is not None
    assert session.offer(str) is None
    await session.close()
    assert dialer.channel.closed


@pytest.mark.anyio
async def test_connect_knows_other_doors(fake_channel, fake_dialer):
    channel = fake_channel({"/ISAPI/System/time": b"<Time><timeMode>NTP</timeMode></Time>"})
    await FAMILY.connect(fake_dialer(channel), HERE, "", WHO)
    assert channel.paths() == ["/ISAPI/System/deviceInfo", "/ISAPI/Security/userCheck", "/ISAPI/System/time"]


@pytest.mark.anyio
async def test_a_low_account_is_still_an_account(fake_channel, fake_dialer):
    low = b"<ResponseStatus><statusCode>4</statusCode><subStatusCode>lowPrivilege</subStatusCode></ResponseStatus>"
    channel = fake_channel({"/ISAPI/System/deviceInfo": (403, low)})
    await FAMILY.connect(fake_dialer(channel), HERE, "v2", WHO)
    assert not channel.closed


@pytest.mark.anyio
@pytest.mark.parametrize("problem", [BadCredentials("no"), Unreachable("nobody")])
async def test_a_failed_login_closes_the_channel_and_is_not_repeated(fake_channel, fake_dialer, problem):
    channel = fake_channel()
    channel.next_up.append(problem)
    with pytest.raises(type(problem)):
        await FAMILY.connect(fake_dialer(channel), HERE, "v2", WHO)
    assert channel.closed
    assert len(channel.sent) == 1


@pytest.mark.anyio
async def test_another_kind_of_server_is_told_apart(fake_channel, fake_dialer):
    channel = fake_channel({f"/ISAPI{path}": b"<html/>" for path in ("/System/deviceInfo", "/System/time")})
    with pytest.raises(NotSupported):
        await FAMILY.connect(fake_dialer(channel), HERE, "v2", WHO)


@pytest.mark.anyio
async def test_a_server_that_never_makes_sense_is_said_to(fake_channel, fake_dialer):
    channel = fake_channel()
    channel.next_up.extend([(200, b"<html/>")] * 4)
    with pytest.raises(ProtocolError):
        await FAMILY.connect(fake_dialer(channel), HERE, "v2", WHO)


def ticking(start, step):
    moments = [start + step * n for n in range(9)]
    return lambda: moments.pop(0)


@pytest.mark.anyio
async def test_the_overview_halves_the_round_trip(fake_channel):
    channel = fake_channel(
        {
            "/ISAPI/System/deviceInfo": INFO,
            "/ISAPI/System/status": b"<DeviceStatus><deviceUpTime>3661</deviceUpTime></DeviceStatus>",
            "/ISAPI/System/time": b"<Time><timeMode>NTP</timeMode><localTime>2026-07-01T20:00:10</localTime>"
            b"<timeZone>CST-8:00:00</timeZone></Time>",
        }
    )
    start = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)
    facts = await IsapiOverview(Client(channel, V2), now=ticking(start, timedelta(seconds=2))).facts()
    assert (facts.name, facts.model, facts.serial, facts.firmware) == ("Gate", "DS-1", "S1", "V5.7.3 build 1")
    assert facts.uptime == timedelta(hours=1, minutes=1, seconds=1)
    assert facts.clock.offset == timedelta(seconds=9)
    assert (facts.clock.zone, facts.clock.mode) == ("CST-8:00:00", "NTP")
    assert facts.notes == ()


@pytest.mark.anyio
async def test_parts_of_the_overview_fail_alone(fake_channel):
    channel = fake_channel(
        {"/ISAPI/System/deviceInfo": INFO, "/ISAPI/System/time": b"<Time><localTime>?</localTime></Time>"}
    )
    facts = await IsapiOverview(Client(channel, V2)).facts()
    assert facts.name == "Gate"
    assert facts.clock is None
    assert len(facts.notes) == 2


@pytest.mark.anyio
async def test_a_lost_device_ends_the_overview(fake_channel):
    channel = fake_channel()
    channel.next_up.append(ConnectionLost("gone"))
    with pytest.raises(ConnectionLost):
        await IsapiOverview(Client(channel, V2)).facts()


def channel_xml(stream, source="", codec="H.264", control="VBR", fps="2500", transport=""):
    return (
        f"<StreamingChannel><id>{stream}</id><Transport>{transport}</Transport><Video>"
        f"<videoInputChannelID>{source}</videoInputChannelID><videoCodecType>{codec}</videoCodecType>"
        f"<videoResolutionWidth>1920</videoResolutionWidth><videoResolutionHeight>1080</videoResolutionHeight>"
        f"<videoQualityControlType>{control}</videoQualityControlType><constantBitRate>2048</constantBitRate>"
        f"<vbrUpperCap>4096</vbrUpperCap><maxFrameRate>{fps}</maxFrameRate><GovLength>50</GovLength></Video></StreamingChannel>"
    )


def streams_of(*channels):
    root = xml.parse("<L>{}</L>".format("".join(channels)).encode()).root
    return infos(root.children)


def test_ids_say_channel_and_role():
    found = streams_of(channel_xml(101), channel_xml(102, control="CBR", fps="0"), channel_xml(103), channel_xml(1001))
    assert [(each.channel, each.role) for each in found] == [(1, "main"), (1, "sub"), (1, "third"), (10, "main")]
    assert (found[0].bitrate_kbps, found[1].bitrate_kbps) == (4096, 2048)
    assert (found[0].fps, found[1].fps) == (25.0, None)
    assert found[3].title == "Channel 10: Main stream"


def test_old_firmware_counts_one_two_three():
    found = streams_of(channel_xml(1, "1"), channel_xml(2, "1"), channel_xml(3, "1"))
    assert [(each.id, each.channel, each.role) for each in found] == [
        ("1", 1, "main"),
        ("2", 1, "sub"),
        ("3", 1, "third"),
    ]


@pytest.mark.anyio
async def test_the_rtsp_port_is_the_devices_own(fake_channel):
    channel = fake_channel(
        {
            "/ISAPI/Streaming/channels": f"<L>{channel_xml(101)}</L>".encode(),
            "/ISAPI/Security/adminAccesses": b"<L><P><protocol>HTTP</protocol><portNo>80</portNo></P>"
            b"<P><protocol>RTSP</protocol><portNo>8554</portNo></P></L>",
        }
    )
    streams = IsapiStreams(Client(channel, V2), WHO)
    endpoint = streams.endpoint((await streams.list())[0])
    assert endpoint.url == "rtsp://127.12.0.1:8554/Streaming/Channels/101"
    assert (endpoint.user, endpoint.password) == ("admin", "secret")
    assert "secret" not in repr(endpoint)


@pytest.mark.anyio
async def test_the_rtsp_port_falls_back(fake_channel):
    told = channel_xml(101, transport="<rtspPortNo>10554</rtspPortNo>")
    for body, port in ((told, 10554), (channel_xml(101), 554)):
        channel = fake_channel({"/ISAPI/Streaming/channels": f"<L>{body}</L>".encode()}, address="[::1]:80")
        streams = IsapiStreams(Client(channel, V2), WHO)
        assert streams.endpoint((await streams.list())[0]).url == f"rtsp://[::1]:{port}/Streaming/Channels/101"


@pytest.mark.anyio
async def test_streams_are_asked_one_by_one_where_the_list_is_refused(fake_channel):
    channel = fake_channel({f"/ISAPI/Streaming/channels/{n}": channel_xml(n).encode() for n in (101, 102)})
    assert [each.id for each in await IsapiStreams(Client(channel, V2), WHO).list()] == ["101", "102"]
    with pytest.raises(NotSupported):
        await IsapiStreams(Client(fake_channel(), V2), WHO).list()


def test_recorded_streams_are_understood(recorded):
    lists = [each for each in recorded if each["root"] == "StreamingChannelList"]
    assert lists
    for each in lists:
        found = infos(xml.parse(each["raw"]).root.children)
        assert found, each["file"]
        assert all(stream.width and stream.codec and stream.role for stream in found), each["file"]
        assert len({stream.id for stream in found}) == len(found)


async def no_sleep(seconds):
    assert seconds > 0


def snapshot(channel):
    client = Client(channel, V2)
    return IsapiSnapshot(client, IsapiStreams(client, WHO), sleep=no_sleep)


@pytest.mark.anyio
async def test_a_snapshot_is_a_jpeg(fake_channel):
    assert await snapshot(fake_channel({"/ISAPI/Streaming/channels/101/picture": JPEG})).jpeg() == JPEG
    assert await snapshot(fake_channel({"/ISAPI/Streaming/channels/1/picture": JPEG})).jpeg() == JPEG
    assert await snapshot(fake_channel({"/ISAPI/Streaming/channels/201/picture": JPEG})).jpeg(2) == JPEG


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"<html>log in</html>", b"GIF89a", b"\xff\xd8"])
async def test_anything_else_is_no_snapshot(fake_channel, body):
    with pytest.raises(ProtocolError):
        await snapshot(fake_channel({"/ISAPI/Streaming/channels/101/picture": body})).jpeg()


@pytest.mark.anyio
async def test_a_busy_encoder_is_asked_again(fake_channel):
    channel = fake_channel({"/ISAPI/Streaming/channels/101/picture": JPEG})
    channel.next_up.extend([(503, b""), (503, b"")])
    assert await snapshot(channel).jpeg() == JPEG


@pytest.mark.anyio
async def test_reboot_is_a_put_without_body(fake_channel, fake_dialer):
    channel = fake_channel({"/ISAPI/System/deviceInfo": INFO, "PUT /ISAPI/System/reboot": b""})
    session = await FAMILY.connect(fake_dialer(channel), HERE, "v2", WHO)
    await session.offer(base.Maintenance).reboot()
    assert (channel.sent[-1].method, channel.sent[-1].path, channel.sent[-1].body) == (
        "PUT",
        "/ISAPI/System/reboot",
        b"",
    )


def description(
    manufacturer="HIKVISION",
    kind="urn:schemas-upnp-org:device:Basic:1",
    model="DS-2CD2032-I",
    url="http://127.12.0.1:8080/",
):
    return (
        f'<root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>{kind}</deviceType>'
        f"<friendlyName>Gate</friendlyName><manufacturer>{manufacturer}</manufacturer><modelName>x</modelName>"
        f"<modelNumber>{model}</modelNumber><serialNumber>S1</serialNumber><presentationURL>{url}</presentationURL></device></root>"
    ).encode()


def clue(body, **headers):
    return Clue("ssdp", HERE, {"LOCATION": "http://127.12.0.1:80/upnpdevicedesc.xml"} | headers, body)


def test_a_camera_is_recognised_by_its_description():
    found = FAMILY.recognise(clue(description()))
    assert (found.family, found.dialect, found.model, found.serial, found.port) == (
        "isapi",
        "v2",
        "DS-2CD2032-I",
        "S1",
        8080,
    )
    assert found.confidence >= 80
    assert FAMILY.recognise(clue(description(url="http://127.12.0.1/"))).port == 80
    assert FAMILY.recognise(clue(description(url=""))).port == 80


@pytest.mark.parametrize(
    "body",
    [
        description("AVM Berlin", "urn:schemas-upnp-org:device:InternetGatewayDevice:1", "FRITZ!Box"),
        description("HIKVISION", "urn:schemas-upnp-org:device:InternetGatewayDevice:1"),
        description("Samsung", "urn:schemas-upnp-org:device:MediaRenderer:1", "UE55"),
        description("Canon", "urn:schemas-upnp-org:device:Printer:1", "MX920"),
        description("Tenda", "urn:schemas-upnp-org:device:Basic:1", "AC10"),
        b"",
        b"<html/>",
        b"\xff\xd8\xff",
        b"<root><device>",
    ],
)
def test_others_are_left_alone(body):
    assert FAMILY.recognise(clue(body)) is None
    assert FAMILY.recognise(Clue("other", HERE, {}, body)) is None


def unauthorized(challenge, body=b""):
    return LoginAsked("log in", answer=HttpAnswer(401, (("WWW-Authenticate", challenge),), body))


CAMERA_REALM = 'Digest realm="IP Camera(83813)", nonce="1", qop="auth"'


@pytest.mark.anyio
async def test_a_camera_is_fingerprinted_by_its_refusal(fake_channel, fake_dialer):
    channel = fake_channel({"/ISAPI/System/deviceInfo": unauthorized(CAMERA_REALM, b"<!DOCTYPE html><html/>")})
    dialer = fake_dialer(channel)
    found = await FAMILY.fingerprint(dialer, HERE)
    assert (found.family, found.dialect, found.port) == ("isapi", "v2", 80)
    assert dialer.asked[0][1] is None
    assert channel.closed


@pytest.mark.anyio
async def test_a_server_that_refuses_every_path_is_less_sure(fake_channel, fake_dialer):
    both = {
        path: unauthorized('Basic realm="router"')
        for path in ("/ISAPI/System/deviceInfo", "/camwright-asks/for-nothing")
    }
    assert await FAMILY.fingerprint(fake_dialer(fake_channel(both)), HERE) is None
    one = {"/ISAPI/System/deviceInfo": unauthorized('Basic realm="x"'), "/camwright-asks/for-nothing": (404, b"")}
    plain = await FAMILY.fingerprint(fake_dialer(fake_channel(one)), HERE)
    all_ = {path: unauthorized(CAMERA_REALM) for path in both}
    everywhere = await FAMILY.fingerprint(fake_dialer(fake_channel(all_)), HERE)
    one[next(iter(one))] = unauthorized(CAMERA_REALM)
    camera = await FAMILY.fingerprint(fake_dialer(fake_channel(one)), HERE)
    assert camera.confidence > everywhere.confidence
    assert camera.confidence > plain.confidence


@pytest.mark.anyio
@pytest.mark.parametrize("body", [INFO, b"<userCheck><statusValue>401</statusValue></userCheck>"])
async def test_open_answers_are_surer_still(fake_channel, fake_dialer, body):
    found = await FAMILY.fingerprint(fake_dialer(fake_channel({"/ISAPI/System/deviceInfo": body})), HERE)
    assert found.confidence >= 85


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [(404, b""), (200, b"<html>hello</html>"), (200, b""), ProtocolError("not HTTP")])
async def test_other_servers_are_not_claimed(fake_channel, fake_dialer, answer):
    assert await FAMILY.fingerprint(fake_dialer(fake_channel({"/ISAPI/System/deviceInfo": answer})), HERE) is None


@pytest.mark.anyio
async def test_nobody_there_is_said(fake_channel, fake_dialer):
    channel = fake_channel({"/ISAPI/System/deviceInfo": Unreachable("nobody")})
    with pytest.raises(Unreachable):
        await FAMILY.fingerprint(fake_dialer(channel), HERE)
    assert channel.closed
