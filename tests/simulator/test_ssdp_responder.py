"""The SSDP side of simulated cameras: pure rules first, then real datagrams on loopback."""

from __future__ import annotations

import socket
import time
import xml.etree.ElementTree as ET

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator import ssdp
from app.simulator.camera import UpnpIdentity
from app.simulator.quirks import Quirks

ME = UpnpIdentity("1234", "http://127.16.0.1/upnpdevicedesc.xml")


def search(target: str, mx: str | None = "1") -> bytes:
    wait = f"MX: {mx}\r\n" if mx is not None else ""
    return (
        f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n{wait}ST: {target}\r\n\r\n'
    ).encode()


def test_a_proper_search_is_read():
    assert ssdp.read_search(search("ssdp:all", "3")) == ssdp.Search("ssdp:all", 3.0)
    assert ssdp.read_search(search("ssdp:all", "9999")).wait == 5.0
    assert ssdp.read_search(search("upnp:rootdevice", None)).wait is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"NOTIFY * HTTP/1.1\r\nMAN: ssdp:discover\r\nST: ssdp:all\r\nMX: 1\r\n\r\n",
        b"M-SEARCH * HTTP/1.0\r\nMAN: ssdp:discover\r\nST: ssdp:all\r\nMX: 1\r\n\r\n",
        b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\nMX: 1\r\n\r\n",
        b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n\r\n',
        search("ssdp:all", "0"),
        search("ssdp:all", "-1"),
        search("ssdp:all", "soon"),
    ],
)
def test_anything_else_is_not(data):
    assert ssdp.read_search(data) is None


@given(st.binary(max_size=300))
def test_no_datagram_hurts(data):
    ssdp.read_search(data)
    ssdp.read_search(b"M-SEARCH * HTTP/1.1\r\n" + data)


def test_what_a_camera_answers_to():
    assert [target for target, _ in ssdp.matches(ME, "ssdp:all")] == ["upnp:rootdevice", "uuid:1234", ME.device_type]
    assert ssdp.matches(ME, "uuid:1234") == (("uuid:1234", "uuid:1234"),)
    assert ssdp.matches(ME, "urn:schemas-upnp-org:device:InternetGatewayDevice:1") == ()
    assert ssdp.matches(ME, "uuid:other") == ()


def test_answers_have_what_strict_readers_want():
    text = ssdp.search_answer(ME, "upnp:rootdevice", "uuid:1234::upnp:rootdevice").decode()
    assert text.startswith("HTTP/1.1 200 OK\r\n")
    assert text.endswith("\r\n\r\n")
    for line in ("CACHE-CONTROL: max-age=1800", "EXT: ", f"LOCATION: {ME.location}", "ST: upnp:rootdevice"):
        assert f"\r\n{line}\r\n" in text
    odd = UpnpIdentity("1", "http://x/", quirks=Quirks.parse(["notify_form", "no_cache_control"]))
    text = ssdp.search_answer(odd, "upnp:rootdevice", "u").decode()
    assert "\r\nNT: upnp:rootdevice" in text
    assert "\r\nST:" not in text
    assert "CACHE-CONTROL" not in text


class Ear:
    """A socket on loopback that keeps what came from one address."""

    def __init__(self, host: str, join: bool = False) -> None:
        self.host = host
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((ssdp.GROUP, ssdp.PORT) if join else ("127.0.0.1", 0))
        if join:
            member = socket.inet_aton(ssdp.GROUP) + socket.inet_aton("127.0.0.1")
            self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        self.sock.settimeout(0.05)

    async def hear(self, sign: bytes) -> bytes:
        """The first datagram of this camera that holds sign."""
        return await anyio.to_thread.run_sync(self._hear, sign)

    def _hear(self, sign: bytes) -> bytes:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                data, sender = self.sock.recvfrom(4096)
            except TimeoutError:
                continue
            if sender[0] == self.host and sign in data:
                return data
        raise AssertionError(f"no {sign!r} from {self.host}")


@pytest.mark.anyio
async def test_found_by_multicast_and_by_unicast_and_described(run_camera):
    async with run_camera(ssdp=True) as farm:
        place = farm.stations[0].place
        ear = Ear(place.host)
        ear.sock.sendto(search("upnp:rootdevice"), (ssdp.GROUP, ssdp.PORT))
        answer = (await ear.hear(b"ST: upnp:rootdevice")).decode()
        location = answer.partition("LOCATION: ")[2].partition("\r\n")[0]
        assert location == f"http://{place.host}:{place.http_port}/upnpdevicedesc.xml"
        ear.sock.sendto(search("ssdp:all", None), (place.host, ssdp.PORT))
        uuid = (await ear.hear(b"ST: uuid:")).decode().partition("USN: uuid:")[2].strip()
        ear.sock.close()
        async with httpx.AsyncClient(trust_env=False) as http:
            document = ET.fromstring((await http.get(location)).content)
        device = document.find("{urn:schemas-upnp-org:device-1-0}device")
        texts = {node.tag.rpartition("}")[2]: node.text for node in device}
        assert texts["UDN"] == f"uuid:{uuid}"
        assert texts["modelName"] == "CW-D4M"
        assert texts["friendlyName"] == "Camera 01"
        assert texts["presentationURL"] == f"http://{place.host}:{place.http_port}/"


@pytest.mark.anyio
async def test_announced_and_said_goodbye(run_camera):
    async with run_camera("reboot_seconds=0", ssdp=True) as farm:
        ear = Ear(farm.stations[0].place.host, join=True)
        await ear.hear(b"NTS: ssdp:alive")
        farm.stations[0].reboot(0)
        await ear.hear(b"NTS: ssdp:byebye")
        await ear.hear(b"NTS: ssdp:alive")
    await ear.hear(b"NTS: ssdp:byebye")
    ear.sock.close()


@pytest.mark.anyio
async def test_lies_silence_and_no_gateway(run_camera):
    gateway = search("urn:schemas-upnp-org:device:InternetGatewayDevice:1")
    async with run_camera("foreign_location=192.0.0.64:80", ssdp=True) as farm:
        ear = Ear(farm.stations[0].place.host)
        ear.sock.sendto(gateway, (ssdp.GROUP, ssdp.PORT))
        ear.sock.sendto(search("ssdp:all"), (ssdp.GROUP, ssdp.PORT))
        answer = await ear.hear(b"HTTP/1.1 200 OK")
        assert b"http://192.0.0.64:80/upnpdevicedesc.xml" in answer
        assert b"InternetGateway" not in answer
        ear.sock.close()
    async with run_camera("no_ssdp", ssdp=True) as farm:
        assert farm.cameras[0].upnp() is None
    async with run_camera(ssdp=True) as farm:
        camera = farm.cameras[0]
        place = farm.stations[0].place
        auth = httpx.DigestAuth("admin", "Right-1234")
        async with httpx.AsyncClient(auth=auth, trust_env=False) as http:
            url = f"http://{place.host}:{place.http_port}/ISAPI/System/Network/UPnP"
            await http.put(url, content=b"<UPnP><enabled>false</enabled></UPnP>")
        assert camera.upnp() is None, "UPnP can be switched off"
