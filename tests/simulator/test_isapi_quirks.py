"""Each switch does on the wire what its help says."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.farm import Farm, list_quirks
from app.simulator.http_server import FAULT_KINDS
from app.simulator.quirks import Quirks

PASSWORD = "Right-1234"
INFO = "/ISAPI/System/deviceInfo"
IMAGE = "/ISAPI/Image/channels/1"
MAIN = "/ISAPI/Streaming/channels/101"
COLOR = f"{IMAGE}/color"


def client(farm: Farm) -> httpx.AsyncClient:
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth("admin", PASSWORD)
    return httpx.AsyncClient(
        base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False, timeout=20
    )


def text(answer: httpx.Response, name: str) -> str:
    return next(node.text for node in ET.fromstring(answer.content).iter() if node.tag.rpartition("}")[2] == name)


def test_every_switch_has_one_line_of_help():
    for name, help_text in list_quirks():
        assert name
        assert "\n" not in help_text
        assert len(help_text) < 100


@pytest.mark.parametrize(
    "wrong", ["nonsense", "crlf=1", "ignores_field", "slow=soon", "busy=-1", "clamps=a:b", "clamps=a:9:1", ""]
)
def test_wrong_switches_are_refused(wrong):
    with pytest.raises(ValueError, match="quirk"):
        Quirks.parse([wrong])


@given(st.lists(st.text(max_size=30), max_size=4))
def test_switches_are_parsed_or_refused(texts):
    refused = ""
    try:
        Quirks.parse(texts)
    except ValueError as error:
        refused = str(error)
    assert not refused or "quirk" in refused


@pytest.mark.anyio
async def test_ignored_clamped_and_moved_fields(run_camera):
    quirks = ("ignores_field=SharpnessLevel", "clamps=Color/saturationLevel:20:60", "side_effect")
    async with run_camera(*quirks) as farm, client(farm) as http:
        before = (await http.get(IMAGE)).text
        sent = before.replace("<SharpnessLevel>50<", "<SharpnessLevel>80<")
        sent = sent.replace("<saturationLevel>50<", "<saturationLevel>90<")
        sent = sent.replace("<brightnessLevel>50<", "<brightnessLevel>55<")
        answer = await http.put(IMAGE, content=sent.encode())
        assert text(answer, "statusCode") == "1"
        after = await http.get(IMAGE)
        assert text(after, "SharpnessLevel") == "50"
        assert text(after, "saturationLevel") == "60"
        assert text(after, "brightnessLevel") == "55"
        assert text(after, "contrastLevel") == "51"


@pytest.mark.anyio
async def test_field_paths_with_list_keys(run_camera):
    only_sub = "ignores_field=StreamingChannel[102]/Video/GovLength"
    async with run_camera(only_sub, "side_effect") as farm, client(farm) as http:
        every = (await http.get("/ISAPI/Streaming/channels")).text.replace("<GovLength>50<", "<GovLength>75<")
        assert text(await http.put("/ISAPI/Streaming/channels", content=every.encode()), "statusCode") == "1"
        assert text(await http.get(MAIN), "GovLength") == "75"
        assert text(await http.get(MAIN), "keyFrameInterval") == "3000"
        assert text(await http.get("/ISAPI/Streaming/channels/102"), "GovLength") == "50"


@pytest.mark.anyio
async def test_write_ladders(run_camera):
    part = b"<ImageChannel><Color><brightnessLevel>60</brightnessLevel></Color></ImageChannel>"
    async with run_camera("full_document_only") as farm, client(farm) as http:
        refused = await http.put(IMAGE, content=part)
        assert (refused.status_code, text(refused, "subStatusCode")) == (500, "deviceError")
        whole = (await http.get(IMAGE)).content.replace(b"<brightnessLevel>50", b"<brightnessLevel>60")
        assert (await http.put(IMAGE, content=whole)).status_code == 200
        # Its own document is whole, whatever the codec in use hides.
        for path in (MAIN, "/ISAPI/Streaming/channels"):
            assert (await http.put(path, content=(await http.get(path)).content)).status_code == 200
    async with run_camera("partial_only") as farm, client(farm) as http:
        own = await http.put(MAIN, content=(await http.get(MAIN)).content)
        assert (own.status_code, text(own, "subStatusCode")) == (403, "notSupport")
    async with run_camera("sub_resources_only") as farm, client(farm) as http:
        refused = await http.put(IMAGE, content=whole)
        assert (refused.status_code, text(refused, "subStatusCode")) == (403, "notSupport")
        assert (
            await http.put(COLOR, content=b"<Color><brightnessLevel>60</brightnessLevel></Color>")
        ).status_code == 200
    async with run_camera("read_only") as farm, client(farm) as http:
        assert (await http.put(IMAGE, content=whole)).status_code == 403


@pytest.mark.anyio
async def test_busy_then_fine(run_camera):
    async with run_camera("busy=2") as farm, client(farm) as http:
        statuses = [(await http.get(INFO)).status_code for _ in range(3)]
        assert statuses == [503, 503, 200]


@pytest.mark.anyio
async def test_errors_in_disguise(run_camera):
    async with run_camera("ok_status_in_error") as farm, client(farm) as http:
        answer = await http.get("/ISAPI/System/nothing")
        assert (answer.status_code, text(answer, "statusCode")) == (200, "4")
    async with run_camera("html_errors") as farm, client(farm) as http:
        answer = await http.get("/ISAPI/System/nothing")
        assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html")


@pytest.mark.anyio
async def test_odd_documents(run_camera):
    async with run_camera("lf", "bom", "mixed_namespaces", "gzip") as farm, client(farm) as http:
        answer = await http.get("/ISAPI/Streaming/channels")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.content.startswith(b"\xef\xbb\xbf<?xml")
        assert b"\r" not in answer.content
        spaces = {node.tag.partition("}")[0] for node in ET.fromstring(answer.content).iter()}
        assert len(spaces) == 2
    async with run_camera("no_namespace") as farm, client(farm) as http:
        assert ET.fromstring((await http.get(INFO)).content).tag == "DeviceInfo"
    async with run_camera("gb2312_text", "only_path=deviceInfo") as farm, client(farm) as http:
        answer = await http.get(INFO)
        assert "大门".encode("gb2312") in answer.content
        with pytest.raises(UnicodeDecodeError):
            answer.content.decode("utf-8")
    async with run_camera("raw_ampersand") as farm, client(farm) as http:
        assert b"Camera 01 & yard" in (await http.get(INFO)).content
    async with run_camera("odd_attributes", "no_index") as farm, client(farm) as http:
        caps = (await http.get(f"{IMAGE}/capabilities")).text
        assert 'default="50"' in caps
        assert 'opt="true, false"' in caps
        assert (await http.get("/ISAPI/index")).status_code == 403
        assert (await http.get("/ISAPI/System/description")).status_code == 200
    async with run_camera("no_capabilities") as farm, client(farm) as http:
        assert (await http.get(f"{IMAGE}/capabilities")).status_code == 403
        assert (await http.get("/ISAPI/System/capabilities")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(("quirk", "sign"), [("html_documents", b"<!DOCTYPE html"), ("empty_documents", b"")])
async def test_something_else_instead_of_documents(run_camera, quirk, sign):
    async with run_camera(quirk) as farm, client(farm) as http:
        answer = await http.get(INFO)
        assert answer.status_code == 200
        assert answer.content[: len(sign) or None] == sign


@pytest.mark.anyio
async def test_hostile_documents(run_camera):
    async with run_camera("huge=3") as farm, client(farm) as http:
        assert len((await http.get(INFO)).content) > 3 * 1024 * 1024
    async with run_camera("deep") as farm, client(farm) as http:
        assert (await http.get(INFO)).content.count(b"<a>") == 10_000
    async with run_camera("entity_bomb") as farm, client(farm) as http:
        with pytest.raises(ET.ParseError):
            ET.fromstring((await http.get(INFO)).content)


async def raw(farm: Farm, quirk_path: str = INFO) -> bytes:
    """Everything that a plain socket gets, with Basic; a reset counts as the end."""
    line = farm.camera_lines()[0]
    reader, writer = await asyncio.open_connection(line["address"], line["http_port"])
    basic = httpx.BasicAuth("admin", PASSWORD)._auth_header
    writer.write(f"GET {quirk_path} HTTP/1.1\r\nHost: x\r\nAuthorization: {basic}\r\n\r\n".encode())
    try:
        async with asyncio.timeout(20):
            return await reader.read(-1)
    except ConnectionResetError:
        return b"RESET"
    finally:
        writer.close()


@pytest.mark.anyio
async def test_broken_http(run_camera):
    got = {}
    for kind in set(FAULT_KINDS) - {"silent", "drip"}:
        async with run_camera("basic_only", kind) as farm:
            got[kind] = await raw(farm)
    head, _, body = got["truncated"].partition(b"\r\n\r\n")
    promised = int(head.rpartition(b"Content-Length: ")[2])
    assert 0 < len(body) < promised
    head, _, body = got["bad_length"].partition(b"\r\n\r\n")
    assert int(head.rpartition(b"Content-Length: ")[2]) == len(body) + 48
    assert b"chunked" in got["bad_chunks"]
    assert got["bad_chunks"].endswith(b"0 \r\n\r\n")
    assert got["close_after_headers"].endswith(b"\r\n\r\n")
    assert b"\r\nThu, 01 Jan" in got["nameless_header"]
    assert not got["garbage"].startswith(b"HTTP")
    assert got["reset"] == b"RESET"


@pytest.mark.anyio
async def test_drip_slow_and_silence(run_camera):
    async with run_camera("basic_only", "drip=0") as farm:
        body = (await raw(farm)).partition(b"\r\n\r\n")[2]
        assert body.endswith(b"</DeviceInfo>\r\n")
    async with run_camera("basic_only", "silent") as farm:
        line = farm.camera_lines()[0]
        reader, writer = await asyncio.open_connection(line["address"], line["http_port"])
        basic = httpx.BasicAuth("admin", PASSWORD)._auth_header
        writer.write(f"GET {INFO} HTTP/1.1\r\nHost: x\r\nAuthorization: {basic}\r\n\r\n".encode())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1)
        writer.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + b"z" * 4_300_000,
        b"\x16\x03\x01\x02\x00",
    ],
)
async def test_the_server_survives_what_clients_send(run_camera, sent):
    async with run_camera() as farm:
        line = farm.camera_lines()[0]
        reader, writer = await asyncio.open_connection(line["address"], line["http_port"])
        writer.write(sent)
        writer.write_eof()
        try:
            async with asyncio.timeout(20):
                answer = await reader.read(-1)
        except ConnectionResetError:
            answer = b""
        writer.close()
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
        async with client(farm) as http:
            assert (await http.get(INFO)).status_code == 200
