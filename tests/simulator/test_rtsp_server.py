"""The simulated camera's RTSP server, seen by its own rules and by a program nobody here wrote (ffprobe)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.simulator import rtp_packets
from app.simulator.painter import jpeg
from app.simulator.picture import EncoderSettings, PictureSettings
from app.simulator.rtsp_messages import body_length, parse_head, wanted_transports
from app.simulator.rtsp_server import RtspServer
from app.simulator.rtsp_sessions import RtspQuirks

HOST = "127.17.1.1"
SMALL = EncoderSettings("h264", 320, 180, 25, 400, 25)


class Camera:
    """A source whose settings the test turns."""

    def __init__(self, settings: EncoderSettings = SMALL) -> None:
        self.streams: dict[str, EncoderSettings] = {"101": settings}
        self.challenges: tuple[str, ...] | None = None
        self.asked: list[tuple[str, str | None, str]] = []

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        return self.streams.get(stream_id)

    def picture_settings(self) -> PictureSettings:
        return PictureSettings(seed=1)

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        self.asked.append((method, authorization, peer))
        return self.challenges


class Caller:
    """A bare RTSP client: requests out, answers and interleaved packets in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: str) -> None:
        self.reader, self.writer, self.url = reader, writer, url
        self.packets: list[tuple[int, bytes]] = []
        self.count = 0

    async def ask(self, method: str, path: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
        self.count += 1
        lines = [f"{method} {self.url}{path} RTSP/1.0", f"CSeq: {self.count}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        async with asyncio.timeout(20):
            return await self.answer()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        while (first := await self.reader.readexactly(1)) == b"$":
            await self._packet()
        head = first + await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        body = await self.reader.readexactly(int(headers.get("Content-Length", 0)))
        return int(lines[0].split()[1]), headers, body

    async def packet(self) -> tuple[int, bytes]:
        async with asyncio.timeout(20):
            assert await self.reader.readexactly(1) == b"$"
            return await self._packet()

    async def _packet(self) -> tuple[int, bytes]:
        channel, size = struct.unpack(">BH", await self.reader.readexactly(3))
        self.packets.append((channel, await self.reader.readexactly(size)))
        return self.packets[-1]

    async def play(self, path: str = "") -> str:
        _, headers, _ = await self.ask("SETUP", f"{path}/trackID=1", Transport="RTP/AVP/TCP;interleaved=0-1")
        session = headers["Session"].split(";")[0]
        status, _, _ = await self.ask("PLAY", path, Session=session)
        assert status == 200
        return session


@asynccontextmanager
async def serving(camera: Camera, quirks: RtspQuirks | None = None) -> AsyncIterator[tuple[RtspServer, int]]:
    server = RtspServer(camera, quirks)
    port = await server.start(HOST)
    try:
        yield server, port
    finally:
        await server.stop()
        assert not [each for each in threading.enumerate() if each.name.startswith("encoder")]


@asynccontextmanager
async def calling(port: int, path: str = "/Streaming/Channels/101") -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield Caller(reader, writer, f"rtsp://{HOST}:{port}{path}")
    finally:
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.peer
@pytest.mark.anyio
@pytest.mark.parametrize("codec", ["h264", "h265", "mjpeg"])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffprobe_reads_every_codec(codec: str, transport: str) -> None:
    probe = shutil.which("ffprobe")
    if probe is None:
        pytest.skip("ffprobe is not installed (apt-get install ffmpeg)")
    settings = replace(SMALL, codec=codec, width=640, height=360, gop_frames=10)
    async with serving(Camera(settings)) as (_, port):
        process = await asyncio.create_subprocess_exec(
            *(probe, "-v", "error", "-rtsp_transport", transport, "-read_intervals", "%+#12"),
            *("-count_frames", "-show_entries", "stream=codec_name,width,height,nb_read_frames"),
            *("-of", "json", f"rtsp://{HOST}:{port}/Streaming/Channels/101"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
    stream = json.loads(output)["streams"][0]
    assert (stream["codec_name"], stream["width"], stream["height"]) == (
        {"h265": "hevc"}.get(codec, codec),
        640,
        360,
    )
    assert int(stream["nb_read_frames"]) >= 10
    assert errors == b""


@pytest.mark.peer
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("codec", "depay"), [("h264", "rtph264depay"), ("h265", "rtph265depay"), ("mjpeg", "rtpjpegdepay ! jpegdec")]
)
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_gstreamer_reads_every_codec(tmp_path, codec: str, depay: str, transport: str) -> None:
    launch = shutil.which("gst-launch-1.0")
    if launch is None:
        pytest.skip("gst-launch-1.0 is not installed (apt-get install gstreamer1.0-tools gstreamer1.0-plugins-good)")
    settings = replace(SMALL, codec=codec, width=640, height=360, gop_frames=10)
    async with serving(Camera(settings)) as (server, port):
        source = f"rtspsrc location=rtsp://{HOST}:{port}/Streaming/Channels/101 protocols={transport} latency=200"
        process = await asyncio.create_subprocess_exec(
            *(launch, "-q", *source.split(), "!", *depay.split(), "!", "identity", "eos-after=12"),
            *("!", "multifilesink", f"location={tmp_path}/%d"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
        await until(lambda: len(server.sessions) == 0)
    # Not its exit status: now and then it sends a PAUSE after its own TEARDOWN and calls that an error.
    written = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(written) >= 10, output.decode()
    assert min(written) > 0


@pytest.mark.anyio
async def test_describe_says_codec_size_and_parameter_sets() -> None:
    async with serving(Camera()) as (_, port), calling(port) as caller:
        status, headers, body = await caller.ask("DESCRIBE", "?transportmode=unicast", Accept="application/sdp")
    assert status == 200
    assert headers["Content-Base"] == caller.url + "/"
    assert b"H264/90000" in body
    assert b"sprop-parameter-sets=Z0" in body
    assert b"a=x-dimensions:320,180" in body


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/streaming/channels/101", "/STREAMING/Channels/101?a=b", "/Streaming/tracks/101/"])
async def test_paths_are_found_however_they_are_written(path: str) -> None:
    async with serving(Camera()) as (_, port), calling(port, path) as caller:
        assert (await caller.ask("DESCRIBE"))[0] == 200


@pytest.mark.anyio
async def test_one_encoder_for_two_clients_and_none_when_they_have_gone() -> None:
    async with serving(Camera()) as (server, port), calling(port) as one, calling(port) as two:
        session = await one.play()
        await two.play()
        await one.packet()
        await two.packet()
        assert (len(server.sessions), server.sessions.encoders) == (2, 1)
        assert (await one.ask("TEARDOWN", Session=session))[0] == 200
        assert (len(server.sessions), server.sessions.encoders) == (1, 1)
        two.writer.close()
        await until(lambda: (len(server.sessions), server.sessions.encoders) == (0, 0))


@pytest.mark.anyio
async def test_pictures_start_with_a_key_frame_and_sequence_numbers_have_no_holes() -> None:
    async with serving(Camera()) as (_, port), calling(port) as caller:
        await caller.play()
        while len(caller.packets) < 60:
            await caller.packet()
    rtp = [packet for channel, packet in caller.packets if channel == 0]
    numbers = [struct.unpack(">H", packet[2:4])[0] for packet in rtp]
    assert {(after - before) & 0xFFFF for before, after in pairwise(numbers)} == {1}
    kinds = [packet[12] & 0x1F for packet in rtp[:4]]
    assert kinds[:2] == [7, 8]  # SPS and PPS come first
    reports = [packet for channel, packet in caller.packets if channel == 1]
    assert reports[0][1] == 200
    assert b"camera" in reports[0]


@pytest.mark.anyio
async def test_a_requested_key_frame_comes_before_the_group_ends() -> None:
    async with serving(Camera(replace(SMALL, gop_frames=100_000))) as (server, port), calling(port) as caller:
        await caller.play()

        def keys() -> int:
            return sum(1 for channel, packet in caller.packets if channel == 0 and packet[12] & 0x1F == 7)

        while keys() < 1 or len(caller.packets) < 30:
            await caller.packet()
        assert keys() == 1
        server.sessions.request_key_frame("101")
        while keys() < 2:
            await caller.packet()


@pytest.mark.anyio
async def test_new_settings_reopen_the_encoder_in_the_running_stream() -> None:
    camera = Camera()
    async with serving(camera) as (_, port), calling(port) as caller:
        await caller.play()
        await caller.packet()

        def sets() -> set[bytes]:
            return {p[12:] for channel, p in caller.packets if channel == 0 and p[12] & 0x1F == 7}

        while not sets():
            await caller.packet()
        camera.streams["101"] = replace(SMALL, width=640, height=360)
        while len(sets()) < 2:
            await caller.packet()


@pytest.mark.anyio
async def test_a_stream_that_is_switched_off_ends_the_connection() -> None:
    camera = Camera()
    async with serving(camera) as (server, port), calling(port) as caller:
        await caller.play()
        await caller.packet()
        camera.streams.clear()
        await _rest(caller)
        assert (len(server.sessions), server.sessions.encoders) == (0, 0)


async def _rest(caller: Caller) -> None:
    """Reads until the server hangs up."""
    async with asyncio.timeout(20):
        while await caller.reader.read(65536):
            continue


@pytest.mark.anyio
async def test_drop_all_cuts_every_connection() -> None:
    async with serving(Camera()) as (server, port), calling(port) as caller:
        await caller.play()
        await caller.packet()
        server.drop_all()
        with contextlib.suppress(ConnectionResetError):
            await _rest(caller)
        assert len(server.sessions) == 0
        async with calling(port) as again:  # it still listens
            assert (await again.ask("OPTIONS"))[0] == 200


@pytest.mark.anyio
async def test_a_client_that_does_not_read_loses_pictures_not_our_memory() -> None:
    settings = EncoderSettings("mjpeg", 1280, 720, 50, 60_000, 1)
    async with serving(Camera(settings)) as (server, port), calling(port) as caller:
        await caller.play()
        (client,) = server.sessions.clients
        await until(lambda: client.lost_pictures > 3)
        assert client.carrier.queued < 1_500_000


@pytest.mark.anyio
async def test_a_silent_client_s_session_times_out() -> None:
    async with serving(Camera(), RtspQuirks(session_timeout=0.5)) as (server, port), calling(port) as caller:
        status, headers, _ = await caller.ask("SETUP", "/trackID=1", Transport="RTP/AVP/TCP;interleaved=0-1")
        assert status == 200
        assert len(server.sessions) == 1
        await _rest(caller)
        assert len(server.sessions) == 0
        async with calling(port) as late:
            session = headers["Session"].split(";")[0]
            assert (await late.ask("PLAY", Session=session))[0] == 454


@pytest.mark.anyio
async def test_reports_keep_a_session_alive() -> None:
    async with serving(Camera(), RtspQuirks(session_timeout=1)) as (server, port), calling(port) as caller:
        await caller.ask("SETUP", "/trackID=1", Transport="RTP/AVP/TCP;interleaved=0-1")
        (client,) = server.sessions.clients
        before = client.last_heard
        caller.writer.write(b"$\x01\x00\x08" + bytes(8))
        await until(lambda: client.last_heard > before)


@pytest.mark.anyio
async def test_udp_packets_come_from_the_ports_that_were_said_and_stop_after_teardown() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp:
        rtp.bind(("127.0.0.1", 0))
        rtp.setblocking(False)
        port_here = rtp.getsockname()[1]
        async with serving(Camera()) as (server, port), calling(port) as caller:
            status, headers, _ = await caller.ask(
                "SETUP", "/trackID=1", Transport=f"RTP/AVP;unicast;client_port={port_here}-{port_here + 1}"
            )
            assert status == 200
            session = headers["Session"].split(";")[0]
            await caller.ask("PLAY", Session=session)
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(20):
                packet, sender = await loop.sock_recvfrom(rtp, 2048)
            assert f"server_port={sender[1]}-{sender[1] + 1}" in headers["Transport"]
            assert packet[0] == 0x80
            await caller.ask("TEARDOWN", Session=session)
            assert (len(server.sessions), server.sessions.encoders) == (0, 0)


@pytest.mark.anyio
async def test_challenges_become_401_and_an_empty_list_403() -> None:
    camera = Camera()
    camera.challenges = ('Digest realm="a", nonce="b"', 'Basic realm="a"')
    async with serving(camera) as (_, port), calling(port) as caller:
        assert (await caller.ask("OPTIONS"))[0] == 200
        status, headers, _ = await caller.ask("DESCRIBE", Authorization="Basic Zm9v")
        assert status == 401
        assert headers["WWW-Authenticate"] == 'Basic realm="a"'  # the later of two in a dict
        camera.challenges = ()
        assert (await caller.ask("DESCRIBE"))[0] == 403
    assert camera.asked == [("DESCRIBE", "Basic Zm9v", "127.0.0.1"), ("DESCRIBE", None, "127.0.0.1")]


@pytest.mark.anyio
async def test_wrong_orders_and_unknown_things_have_their_status() -> None:
    async with serving(Camera()) as (_, port), calling(port) as caller:
        assert (await caller.ask("PLAY", Session="nobody"))[0] == 454
        assert (await caller.ask("RECORD"))[0] == 405
        assert (await caller.ask("SETUP", "/trackID=1", Transport="RTP/AVP;multicast"))[0] == 461
        assert (await caller.ask("GET_PARAMETER"))[0] == 200
    async with serving(Camera()) as (_, port), calling(port, "/Streaming/Channels/999") as caller:
        assert (await caller.ask("DESCRIBE"))[0] == 404


@pytest.mark.anyio
async def test_quirks_of_transport_and_parameter_sets() -> None:
    quirks = RtspQuirks(refuse_tcp=True, no_parameter_sets=True)
    async with serving(Camera(), quirks) as (_, port), calling(port) as caller:
        assert (await caller.ask("SETUP", "/trackID=1", Transport="RTP/AVP/TCP;interleaved=0-1"))[0] == 461
        _, _, body = await caller.ask("DESCRIBE")
        assert b"sprop" not in body
    async with serving(Camera(), RtspQuirks(refuse_udp=True)) as (_, port), calling(port) as caller:
        assert (await caller.ask("SETUP", "/trackID=1", Transport="RTP/AVP;client_port=5000-5001"))[0] == 461


@pytest.mark.anyio
async def test_quirks_of_silence_garbage_and_loss() -> None:
    async with serving(Camera(), RtspQuirks(silent_after_play=True)) as (server, port), calling(port) as caller:
        await caller.play()
        assert server.sessions.encoders == 0
    async with serving(Camera(), RtspQuirks(close_on="DESCRIBE")) as (_, port), calling(port) as caller:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await caller.ask("DESCRIBE")
    async with serving(Camera(), RtspQuirks(silent_on="DESCRIBE")) as (_, port), calling(port) as caller:
        caller.writer.write(f"DESCRIBE {caller.url} RTSP/1.0\r\nCSeq: 7\r\n\r\n".encode())
        _, headers, _ = await caller.ask("OPTIONS")
        assert headers["CSeq"] == "1"  # the DESCRIBE before it got no answer
    async with serving(Camera(), RtspQuirks(lose_every=5)) as (_, port), calling(port) as caller:
        await caller.play()
        while len(caller.packets) < 20:
            await caller.packet()
        numbers = [struct.unpack(">H", p[2:4])[0] for channel, p in caller.packets if channel == 0]
        assert any((after - before) & 0xFFFF == 2 for before, after in pairwise(numbers))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00" * 100 + b"\r\n\r\n",
        b"DESCRIBE\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nContent-Length: 99999999\r\n\r\n",
        b"A" * 100_000,
        b"$\x00\xff",
    ],
)
async def test_rubbish_ends_the_conversation_and_nothing_else(rubbish: bytes) -> None:
    async with serving(Camera()) as (_, port), calling(port) as caller:
        caller.writer.write(rubbish)
        caller.writer.write_eof()
        with contextlib.suppress(ConnectionResetError):  # it may hang up with our bytes unread
            await _rest(caller)
        async with calling(port) as next_one:
            assert (await next_one.ask("OPTIONS"))[0] == 200


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_a_value_error(head: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert 0 <= body_length(parse_head(head)) <= 65536


@given(st.text(alphabet="RTP/AVUDC;,=-0123456789interlavdcp_o ", max_size=120))
def test_any_transport_header_is_understood_or_left_out(header: str) -> None:
    for wanted in wanted_transports(header):
        assert wanted.kind in ("tcp", "udp")
        assert wanted.ports is None or max(wanted.ports) <= 65535


@given(cut=st.integers(0, 3000), at=st.integers(0, 700), value=st.integers(0, 255))
def test_a_broken_jpeg_is_a_value_error_or_packets(cut: int, at: int, value: int) -> None:
    whole = jpeg(Image.linear_gradient("L").resize((64, 64)), 60)
    broken = (whole[:at] + bytes((value,)) + whole[at + 1 :])[:cut]
    with contextlib.suppress(ValueError):
        assert rtp_packets.jpeg_payloads(broken) is not None


@given(st.lists(st.binary(min_size=3, max_size=5000).map(lambda b: b"\x65" + b.replace(b"\0", b"\1")), max_size=4))
def test_h264_fragments_put_together_give_the_units_again(units: list[bytes]) -> None:
    result: list[bytes] = []
    for body, _ in rtp_packets.payloads("h264", b"".join(b"\0\0\0\1" + unit for unit in units)):
        assert len(body) <= rtp_packets.MTU
        if body[0] & 0x1F != 28:
            result.append(body)
        elif body[1] & 0x80:
            result.append(bytes((body[0] & 0xE0 | body[1] & 0x1F,)) + body[2:])
        else:
            result[-1] += body[2:]
    assert result == units
