"""Foreign UPnP servers, which nobody here wrote, are heard, read and let go. They are tied to loopback."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.discovery import Discovery
from app.errors import NotSupported
from app.families.base import Clue, Credentials, Dialer, Family, Probe, Session
from app.model.device import Address, DeviceState, Found, Recognition
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface
from app.wire import ssdp

pytestmark = [pytest.mark.anyio, pytest.mark.peer]

BODY = (
    b'<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>%s</friendlyName>'
    b"<manufacturer>%s</manufacturer></device></root>"
)

# node-ssdp leaves loopback out and sends by the default route: the launcher gives it loopback and nothing else.
NODE = """
const os = require('os'), dgram = require('dgram')
os.networkInterfaces = () => ({lo: [{address: '127.0.0.1', family: 'IPv4', internal: false}]})
const make = dgram.createSocket
dgram.createSocket = (...args) => {
  const made = make(...args)
  made.on('listening', () => made.setMulticastInterface('127.0.0.1'))
  return made
}
const {Server} = require('node-ssdp')
const server = new Server({location: process.argv[2], udn: process.argv[3], adInterval: 1000})
server.addUSN('upnp:rootdevice')
server.start().then(() => console.log('ready'))
// Its stop() closes the sockets before the farewell has left: here they stay open, but nothing more is said.
process.stdin.on('data', () => {
  server.advertise(false)
  server.sockets = null
  setTimeout(() => process.exit(0), 500)
})
"""

SSDPY = """
import sys
from ssdpy import SSDPServer
server = SSDPServer(sys.argv[2], device_type="upnp:rootdevice", iface=b"lo", address="127.0.0.1",
                    location=sys.argv[1], max_age=900)
print("ready", flush=True)
server.serve_forever()
"""

Launch = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def launch() -> Iterator[Launch]:
    running: list[subprocess.Popen[str]] = []

    def start(*command: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout
        assert process.stdout.readline().strip() == "ready"
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def node_ssdp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where node finds node-ssdp."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), "node-ssdp@4.0.1"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not reach its registry")
    if done.returncode:
        pytest.skip(f"npm could not install node-ssdp: {done.stderr[-200:]}")
    (folder / "server.js").write_text(NODE)
    return folder


def claims_peers(clue: Clue) -> Recognition | None:
    return Recognition("peer", "", 50, name="peer", port=clue.address.port) if b"Peer maker" in clue.body else None


async def _nothing(dialer: Dialer, address: Address) -> None:
    return None


async def _no_login(dialer: Dialer, address: Address, dialect: str, credentials: Credentials) -> Session:
    raise NotSupported("Discovery logs in nowhere.")


@asynccontextmanager
async def description(name: str, maker: str) -> AsyncIterator[str]:
    """Serves one description; gives its URL."""
    body = BODY % (name.encode(), maker.encode())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/d.xml"


def discovery() -> Discovery:
    probe = Probe("ssdp", ssdp.PORT, ssdp.GROUP, (ssdp.search("upnp:rootdevice", 1),))
    family = Family("peer", "Peer", 1, 80, (probe,), claims_peers, _nothing, _no_login)
    lo = LocalInterface("lo", "127.0.0.1", 8)
    return Discovery((family,), NetworkDialer(allowed=loopback_only), (lo,), window=2.0)


def at(found: tuple[Found, ...], url: str) -> Found | None:
    port = int(url.rsplit(":", 1)[1].split("/")[0])
    return next((each for each in found if each.address == Address("127.0.0.1", port)), None)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(40):
        while not condition():
            await asyncio.sleep(0.05)


async def test_ssdpy_answers_in_the_form_of_an_announcement(launch: Launch) -> None:
    pytest.importorskip("ssdpy")
    async with description("odd one", "Peer maker") as url:
        launch(sys.executable, "-c", SSDPY, url, "uuid:ssdpy-1")
        async with discovery() as looking:
            await looking.scan_once()
            found = at(looking.found, url)
    assert found is not None
    assert (found.state, found.source) == (DeviceState.FOUND, "ssdp")


async def test_node_ssdp_comes_and_goes(launch: Launch, node_ssdp: Path) -> None:
    async with description("proper one", "Peer maker") as url, discovery() as looking:
        server = launch("node", "server.js", url, "uuid:node-1", cwd=node_ssdp)
        await looking.scan_once()
        found = at(looking.found, url)
        assert found is not None
        assert (found.state, found.source) == (DeviceState.FOUND, "ssdp")
        assert server.stdin
        server.stdin.write("stop\n")
        server.stdin.flush()
        await until(lambda: getattr(at(looking.found, url), "state", None) is DeviceState.LOST)


async def test_node_ssdp_that_is_no_camera_stays_out_of_the_list(launch: Launch, node_ssdp: Path) -> None:
    async with description("television", "Somebody else") as url:
        launch("node", "server.js", url, "uuid:node-2", cwd=node_ssdp)
        async with discovery() as looking:
            await looking.scan_once()
            assert at(looking.found, url) is None
            assert "television" in [other.name for other in looking.others]
