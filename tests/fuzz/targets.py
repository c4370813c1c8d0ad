"""Everything that reads bytes from outside, in one table: what to call, with what to begin, what it may raise."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import settings_pages

from app.errors import CameraError, InvalidSetting, NotSupported, ProtocolError, SiteError
from app.families.isapi import alerts as isapi_alerts
from app.families.isapi import clock, status
from app.families.isapi import document as isapi_documents
from app.families.isapi.regions import building as isapi_building
from app.families.isapi.regions import editing as isapi_editing
from app.families.isapi.regions import table as isapi_table
from app.families.isapi.titles import titles as isapi_titles
from app.families.vigi import answers, document
from app.families.vigi.detections import of_layer
from app.families.vigi.document import Able
from app.families.vigi.events import read_message
from app.families.vigi.messages import MessageReader
from app.families.vigi.regions import edits, layer_of
from app.model.device import Address
from app.settings import values
from app.settings.layer import LayerInfo
from app.settings.spec import Kind, Option, Spec
from app.twin.format import load_twin
from app.wire import digest, json_text, multitrans, odp, rtcp, rtp, rtsp, sdp, ssdp, upnp, xml
from app.wire.alerts import AlertDocument, AlertReader, Dropped
from app.wire.depacketise import depacketiser
from app.wire.http1 import ResponseReader
from app.wire.inflate import ContentDecoder
from app.wire.json_text import JsonKind
from app.wire.multipart import MultipartReader
from app.wire.rtp_audio import sound_reader

PARTS = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xd9\r\n--b\r\n\r\n<a/>\r\n--b--\r\n"
ALERTS = (
    b"--b\r\nContent-Type: application/xml\r\nContent-Length: 97\r\n\r\n<EventNotificationAlert xmlns='u'>"
    b"<eventType>VMD</eventType><channelID>1</channelID></EventNotificationAlert>\r\n--b\r\n"
    b"Content-Type: image/jpeg\r\n\r\n"
    b'\xff\xd8\xff\xd9\r\n--b\r\n\r\n{"eventType": "IO"}\r\n--b--\r\n'
)
SOUND = b"\x80\x80\x00\x01\x00\x00\x04\x00\x12\x34\x56\x78\x00\x20\x00\x20\x00\x20abcdefgh"
SOUND_SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=audio 0 RTP/AVP 97\r\n"
    b"a=rtpmap:97 mpeg4-generic/16000\r\n"
    b"a=fmtp:97 mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3\r\n"
)
XML = (
    b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- c --><A version="2.0" xmlns="urn:x" xmlns:b="urn:y">'
    b"<id>101</id><b:name>T\xc3\xbcr &amp; Tor</b:name><list size='2'><v>1</v><v><![CDATA[2]]></v></list><e/></A>"
)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\n"
    b"a=rtpmap:96 H264/90000\r\n"
    b"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0IAKeKQFgJNgSjAQEBQA==,aM48gA==\r\n"
    b"a=control:trackID=1\r\na=framerate:25\r\n"
)


ISAPI_REGIONS = (
    b"<LineDetection><normalizedScreenSize><normalizedScreenWidth>1000</normalizedScreenWidth><normalizedScreenHeight>"
    b"1000</normalizedScreenHeight></normalizedScreenSize><LineItemList size='4'><LineItem><id>1</id><enabled>true"
    b"</enabled><directionSensitivity>any</directionSensitivity><CoordinatesList><Coordinates><positionX>1</positionX>"
    b"<positionY>2</positionY></Coordinates><Coordinates><positionX>3</positionX><positionY>4</positionY></Coordinates>"
    b"</CoordinatesList></LineItem></LineItemList></LineDetection>",
    b"<MotionDetection><regionType>grid</regionType><Grid><rowGranularity>2</rowGranularity><columnGranularity>22"
    b"</columnGranularity></Grid><MotionDetectionLayout><layout><gridMap>03fff3fffffc</gridMap></layout>"
    b"</MotionDetectionLayout></MotionDetection>",
    b"<ThermometryRegionList><ThermometryRegion><id>1</id><type>point</type><Point><CalibratingCoordinates><positionX>1"
    b"</positionX><positionY>2</positionY></CalibratingCoordinates></Point></ThermometryRegion></ThermometryRegionList>",
)


MULTITRANS = (
    b'{"type":"response","seq":"1","params":{"error_code":0,"session_id":"0","interleaved":[{"channel":0,'
    b'"interleaved_id":"0-1"}],"range":"5-9/10","av_config":[{"channel":0,"video_codec":"H264","audio_codec":'
    b'"G711alaw","audio_sampling_rate":"8","audio_channels":"1","extra_data":{"video_rtpmap":"96 H264/90000",'
    b'"video_fmtp":"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0IAKeKQFgJNgSjAQEBQA==,aM48gA=="}}]}}',
    b'{"type":"notification","params":{"event_type":"channel_preview_params","av_config":[{"video_codec":"H265"}]}}',
)


@dataclass(frozen=True)
class Target:
    """call is given bytes; anything it raises that is not in `allowed` is a fault."""

    name: str
    call: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    allowed: tuple[type[Exception], ...] = (ProtocolError,)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _splice(data: bytes) -> None:
    """Reading, and then the law: no edit, same bytes; one edit, and it reads back."""
    document = xml.parse(data)
    assert document.splice({}) == data
    for leaf in document.leaves[:3]:
        edited = xml.parse(document.splice({leaf.path: "7"}))
        element = edited.element(leaf.path)
        assert element is not None
        assert element.text.strip() == "7"


def _splice_json(data: bytes) -> None:
    """The law of `_splice` for JSON: a leaf takes a new text of its own type."""
    document = json_text.parse(data)
    assert document.splice({}) == data
    for leaf in document.leaves[:3]:
        if not leaf.path or leaf.kind not in (JsonKind.STRING, JsonKind.NUMBER):
            continue
        again = json_text.parse(document.splice({leaf.path: "7"})).element(leaf.path)
        assert again is not None
        assert again.text == "7"


def _http(data: bytes) -> None:
    reader = ResponseReader("GET")
    for start in range(0, len(data), 7):
        reader.feed(data[start : start + 7])
        reader.take()
    reader.end()


def _rtsp(data: bytes) -> None:
    parser = rtsp.Parser()
    for start in range(0, len(data), 11):
        parser.feed(data[start : start + 11])


def _multitrans(data: bytes) -> None:
    """An answer to a request for a stream, and the same bytes as news in the middle of one."""
    talk = multitrans.Multitrans("rtsp://127.68.40.1/multitrans", None)
    message = rtsp.Message(200, "OK", (), data)
    talk.news(message)
    steps = multitrans.negotiation(multitrans.preview("HD"))(talk, ("tcp",), lambda: (0, 1), lambda: (2, 3))
    next(steps)
    with contextlib.suppress(StopIteration):
        steps.send(message)


def _rtp(encoding: str) -> Callable[[bytes], None]:
    track = sdp.parse_sdp(SDP.replace(b"H264", encoding.encode())).tracks[0]

    def feed(data: bytes) -> None:
        reader = depacketiser(track)
        for start in range(0, len(data), 64):
            with contextlib.suppress(ProtocolError):
                reader.push(rtp.parse_packet(data[start : start + 64]), 0)

    return feed


def _sound(data: bytes) -> None:
    for encoding in ("PCMU/8000", "mpeg4-generic/16000"):
        session = SOUND_SDP.replace(b"mpeg4-generic/16000", encoding.encode())
        reader = sound_reader(next(track for track in sdp.parse_sdp(session).tracks if track.kind == "audio"))
        for start in range(0, len(data), 48):
            with contextlib.suppress(ProtocolError):
                reader.push(rtp.parse_packet(data[start : start + 48]), 0)


def _multipart(data: bytes) -> None:
    for kind in ("multipart/x-mixed-replace; boundary=b", 'multipart/mixed; boundary="--b"', "multipart/mixed"):
        reader = MultipartReader(kind, limit=256)
        with contextlib.suppress(CameraError):
            for start in range(0, len(data), 13):
                assert all(len(part.body) <= 256 for part in reader.feed(data[start : start + 13]))
    MultipartReader(_text(data))


def _alerts(data: bytes) -> None:
    """Whatever comes, bytes are given, dropped or blank, and none is kept for ever."""
    for kind in ("multipart/mixed; boundary=b", "multipart/mixed"):
        reader = AlertReader(kind, document_limit=256, picture_limit=256)
        pieces = [piece for start in range(0, len(data), 37) for piece in reader.feed(data[start : start + 37])]
        pieces += reader.end()
        assert sum(piece.size for piece in pieces if isinstance(piece, Dropped)) == reader.dropped <= len(data)
        for piece in pieces:
            if isinstance(piece, AlertDocument):
                isapi_alerts.read_alert(piece, 0.0)


def _values(data: bytes) -> None:
    for kind in Kind:
        spec = Spec(
            kind, "x", minimum=0, maximum=9, max_length=5, options=(Option("a", "A"),) if data[:1] < b"a" else ()
        )
        text = _text(data)
        values.display(text, spec)
        values.oddity(text, spec)
        if not values.problem(text, spec):
            values.parse(text, spec)
        with contextlib.suppress(InvalidSetting):
            values.format_value(values.parse(text, spec), spec)


def _twin(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "twin.json").write_bytes(data)
        Path(folder, "a.xml").write_bytes(b"<a/>")
        load_twin(Path(folder))


def _inflate(data: bytes) -> None:
    for encoding in ("gzip", "deflate"):
        with contextlib.suppress(CameraError):
            ContentDecoder(encoding, 65536).feed(data)


TWIN = json.dumps(
    {
        "format": 1,
        "family": "isapi",
        "dialect": "v2",
        "model": "X",
        "auth": {"scheme": "digest", "user": "admin", "password": "x"},
        "default_status": 404,
        "answers": [{"method": "GET", "path": "/a", "status": 200, "content_type": "application/xml", "file": "a.xml"}],
    }
).encode()
STATUS = (
    b'<ResponseStatus version="2.0" xmlns="urn:x"><requestURL>/a</requestURL><statusCode>4</statusCode>'
    b"<statusString>Invalid Operation</statusString><subStatusCode>notSupport</subStatusCode></ResponseStatus>"
)
LOCK = (
    b"<userCheck><statusValue>401</statusValue><lockStatus>lock</lockStatus><unlockTime>1800</unlockTime></userCheck>"
)
CHALLENGE = b'Digest realm="IP Camera(1)", qop="auth", nonce="4e7a", stale="FALSE", algorithm=SHA-256, Basic realm="x"'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\n<a/>\n\r\n0\r\n\r\n"
)
SEARCHED = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nST: upnp:rootdevice\r\nUSN: uuid:1::upnp:rootdevice\r\n"
    b"LOCATION: http://127.0.0.1:80/d.xml\r\n\r\n"
)
DESCRIBED = (
    b'<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>a</friendlyName><UDN>uuid:1</UDN>'
    b"<presentationURL>http://127.0.0.1:80/</presentationURL></device></root>"
)
PLAYED = (
    b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 12;timeout=60\r\nContent-Length: 4\r\n\r\nabcd"
    b"$\x00\x00\x10\x80\x60\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01abcd"
    b"ANNOUNCE rtsp://x RTSP/1.0\r\nCSeq: 1\r\n\r\n"
)
PACKET = b"\x80\xe0\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x7c\x85" + bytes(range(40))
REPORT = b"\x80\xc8\x00\x06\x00\x00\x00\x01" + bytes(20) + b"\x81\xcb\x00\x01\x00\x00\x00\x01"

JSON = (
    b'{"method":"getX","errCode":0,"result":{"n":"5","l":[1,2,],"o":{"a":[{"b":true}]},"x":null,"u":"\\u00e4\xc3\xa4"}}'
)
ODP = odp.encode(odp.OdpPacket(odp.OdpFlag.REPLY, 7, b'{"error_code":0,"result":{"mac":"AABBCCDDEEFF"}}'))

MESSAGES = (
    b'----boundary--\r\nContent-Length: 18\r\n\r\n{"Heartbeat":"30"}\r\n'
    b'----boundary--\r\n\r\n{"event_type":"x","time":1}'
)


def _messages(data: bytes) -> None:
    reader = MessageReader()
    for start in range(0, len(data), 13):
        for piece in reader.feed(data[start : start + 13]):
            if isinstance(piece, bytes):
                with contextlib.suppress(ProtocolError):
                    read_message(answers.read(piece, "", ""), 0.0)


def _page(resource: str) -> Callable[[bytes], None]:
    """An answer as a document, its regions as a layer, and the law that nothing touched is nothing changed."""

    def read(data: bytes) -> None:
        made = document.build(resource, answers.read(data, resource, ""), Able(), "")
        assert made.source.encode({}) == data
        for field in made.fields:
            made.note(field.path)
        detection = of_layer(resource)
        if detection is not None:
            layer = layer_of(detection, made, Able())
            assert edits(layer, layer.regions) == ()

    return read


AREAS = (
    b'{"errCode":0,"result":{"region_info_1":{"id":1,"points_num":4,"points_x":[1,2,3,4],"points_y":["1",2,3,4],'
    b'"sensitivity":50,"people_enhance":"on"},"region_info_2":{"id":"2","points_num":"4"}}}'
)
WEEK = (
    b'{"errCode":0,"result":{"enabled":"on",'
    + b",".join(
        b'"%sday":["0000-0800:1","0800-2400:2"]' % day
        for day in (b"mon", b"tues", b"wednes", b"thurs", b"fri", b"satur", b"sun")
    )
    + b"}}"
)


def _isapi_regions(data: bytes) -> None:
    """A document as a layer, whatever row it is taken for, and the law that nothing touched is nothing changed."""
    root = xml.parse(data).root
    context = isapi_documents.Context("/x", "x", isapi_titles())
    for row in isapi_table.ROWS:
        if isapi_building.is_about(row, root):
            asked = isapi_building.Asked(isapi_documents.build(context, xml.parse(data), None))
            info = LayerInfo("x", row.purpose, row.title, 1, "/x")
            layer = isapi_building.build(info, row, asked, writable=True)
            assert isapi_editing.edits(layer, layer.regions) == ()
            for region in layer.regions:
                isapi_editing.rounded(layer, region)
                layer.limits.problem(region.shape)


TARGETS = (
    Target("vigi messages", _messages, (MESSAGES,), ()),
    Target("vigi areas", _page("getInvasionDetectionRegion"), (AREAS,), (ProtocolError, NotSupported, InvalidSetting)),
    Target("vigi lines", _page("getCrosslineDetectionRegion"), (AREAS,), (ProtocolError, NotSupported, InvalidSetting)),
    Target("vigi week", _page("getRecordSchedule"), (WEEK,), (ProtocolError, NotSupported, InvalidSetting)),
    Target(
        "vigi clock", _page("getSystemTime"), (b'{"result":{"system_time":1692862677}}',), (ProtocolError, NotSupported)
    ),
    Target("json", _splice_json, (JSON, b'[1,"a",{"b":[]}]')),
    Target("odp", odp.read_answer, (ODP, odp.request(1, broadcast=True))),
    Target("xml", _splice, (XML, STATUS)),
    Target("http answer", _http, (ANSWER,)),
    Target(
        "content coding", _inflate, (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03K\x04\x00C\xbe\xb7\xe8\x01\x00\x00\x00",)
    ),
    Target("challenges", lambda data: digest.parse_challenges([_text(data)]), (CHALLENGE,)),
    Target("ssdp", ssdp.parse, (SEARCHED, b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\nNT: a\r\nUSN: b\r\n\r\n")),
    Target("upnp description", upnp.read_description, (DESCRIBED,)),
    Target("rtsp", _rtsp, (PLAYED,)),
    Target("multitrans", _multitrans, MULTITRANS, (CameraError,)),
    Target("sdp", sdp.parse_sdp, (SDP,)),
    Target("rtp h264", _rtp("H264"), (PACKET,)),
    Target("rtp h265", _rtp("H265"), (PACKET,)),
    Target("rtp jpeg", _rtp("JPEG"), (PACKET,)),
    Target("rtp sound", _sound, (SOUND,)),
    Target("multipart", _multipart, (PARTS,)),
    Target("alert stream", _alerts, (ALERTS,), ()),
    Target("rtcp", rtcp.parse_rtcp, (REPORT,)),
    Target("isapi status", status.read_status, (STATUS,), ()),
    Target("isapi regions", _isapi_regions, ISAPI_REGIONS, (CameraError,)),
    Target(
        "isapi page", settings_pages.page, (settings_pages.STREAM_PAGE,), (ProtocolError, NotSupported, InvalidSetting)
    ),
    Target("isapi capabilities", settings_pages.capabilities, (settings_pages.STREAM_CAPABILITIES,)),
    Target("isapi dynamic", settings_pages.dynamic, (settings_pages.DYNAMIC,)),
    Target("isapi by hand", settings_pages.by_hand, (settings_pages.STREAM_PAGE,), (ProtocolError, InvalidSetting)),
    Target("settings file", settings_pages.file, (settings_pages.SNAPSHOT,), (SiteError,)),
    Target("isapi lock", status.read_lock, (LOCK,), ()),
    Target(
        "time zone",
        lambda data: clock.parse_zone(_text(data)),
        (b"CST-8:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0",),
        (),
    ),
    Target(
        "address", lambda data: Address.parse(_text(data)), (b"[fe80::1]:80", b"http://cam.local:8080/"), (ValueError,)
    ),
    Target("values", _values, (b"4096", b"true", b"10:20", b"127.0.0.1", b"2026-11-20T10:00:00+01:00", b"CST-8:00:00")),
    Target("twin", _twin, (TWIN,), (CameraError,)),
)
