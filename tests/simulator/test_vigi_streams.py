"""MULTITRANS from the simulated camera to our own player, over real sockets: preview, playback, download and talk."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from app.errors import BadCredentials
from app.model.stream import StreamEndpoint
from app.simulator.farm import Farm
from app.simulator.vigi.camera import VigiCamera
from app.simulator.vigi.recordings import Piece
from app.transport.packets import Limits, Packets
from app.transport.rtsp import RtspConnection
from app.video.decoder import Decoder
from app.video.frame import Mailbox, StreamPhase
from app.video.player import Player
from app.video.source import RtspSource
from app.wire import multitrans
from app.wire.digest import DigestClient
from app.wire.multitrans import AUDIO, Multitrans, Wish
from app.wire.rtp import AccessUnit, parse_packet
from app.wire.rtsp_play import Conversation, StreamEnded
from app.wire.rtsp_refusal import StreamRefused
from tests.simulator.conftest import PASSWORD
from tests.simulator.vigi_client import calling

pytestmark = pytest.mark.anyio
PATIENT = Limits(connect=20.0, answer=30.0, silence=30.0)


def camera_of(farm: Farm) -> VigiCamera:
    camera = farm.cameras[0]
    assert isinstance(camera, VigiCamera)
    return camera


def endpoint(farm: Farm, wish: Wish, password: str = PASSWORD, talk: type[Conversation] = Multitrans) -> StreamEndpoint:
    place = farm.stations[0].place

    def connect(own: StreamEndpoint, limits: Limits) -> Packets:
        return RtspConnection(own, limits, negotiation=multitrans.negotiation(wish), conversation=talk)

    url = f"rtsp://{place.host}:{place.rtsp_port}/multitrans"
    return StreamEndpoint(url, "admin", password, connection=connect)


def bare(farm: Farm, wish: Wish) -> RtspConnection:
    """A connection without a stream."""
    return RtspConnection(endpoint(farm, wish), PATIENT, negotiation=multitrans.command(wish), conversation=Multitrans)


@dataclass
class Seen:
    """Pictures of a source. more() reads until a condition holds."""

    source: RtspSource
    units: list[AccessUnit] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    sounds: int = 0
    _decoder: Decoder | None = None

    def more(self, enough: Callable[[Seen], bool]) -> None:
        end = time.monotonic() + 60
        while not enough(self):
            assert time.monotonic() < end, "it never came"
            for arrived in self.source.read(1.0):
                if self._decoder is None or self._decoder.codec != self.source.codec:
                    self._decoder = Decoder(self.source.codec)
                self.units.append(arrived.unit)
                self.sizes += [(picture.width, picture.height) for picture in self._decoder.decode(arrived.unit)]
            self.sounds += len(self.source.take_sound())


def opened(farm: Farm, wish: Wish) -> Seen:
    source = RtspSource(endpoint(farm, wish), PATIENT)
    source.open()
    return Seen(source)


def recorded(farm: Farm, kind: str = "MotionDetection") -> Piece:
    camera = camera_of(farm)
    now = camera.clock.now()
    return [each for each in camera.recorded(now - 5 * 86400, now) if each.kind == kind][-2]


@pytest.mark.parametrize("model", ["CW-V340", "CW-V230"])
async def test_preview_in_both_sizes_with_sound(run_camera, model):
    def watch(farm: Farm) -> None:
        for name, size in (("HD", (1280, 720)), ("VGA", (640, 480))):
            seen = opened(farm, multitrans.preview(name))
            with closing(seen.source):
                seen.more(lambda seen: bool(len(seen.sizes) >= 3 and seen.sounds))
                assert set(seen.sizes) == {size}
                assert seen.source.gaps == 0
                assert seen.source.sound is not None
                assert seen.source.sound.encoding == "PCMA"

    async with run_camera(family="vigi", model=model) as farm:
        camera_of(farm).state.resize("1280*720", None)
        await asyncio.to_thread(watch, farm)


async def test_the_password_is_checked_and_so_are_the_quotes(run_camera):
    class Unquoted(Multitrans):
        def __init__(self, url, auth):
            super().__init__(url, auth)
            if auth is not None:
                auth.quotes_all = False

    def refused(farm: Farm, **more: object) -> None:
        source = RtspSource(endpoint(farm, multitrans.preview("VGA"), **more), PATIENT)
        with closing(source), pytest.raises(BadCredentials):
            source.open()

    async with run_camera(family="vigi") as farm:
        await asyncio.to_thread(refused, farm, password="wrong")
        await asyncio.to_thread(refused, farm, talk=Unquoted)
    async with run_camera(family="vigi", model="CW-V230") as farm:
        await asyncio.to_thread(refused, farm, password="wrong")


async def test_another_resolution_is_told_and_seen_without_a_new_connection(run_camera):
    async with run_camera(family="vigi") as farm:
        state = camera_of(farm).state
        state.resize("1280*720", None)
        seen = await asyncio.to_thread(opened, farm, multitrans.preview("HD"))
        with closing(seen.source):
            await asyncio.to_thread(seen.more, lambda seen: len(seen.sizes) >= 2)
            state.resize("1920*1080", None)
            await asyncio.to_thread(seen.more, lambda seen: (1920, 1080) in seen.sizes)
            assert seen.sizes[0] == (1280, 720)


async def test_a_preview_is_kept_alive(run_camera):
    class Anxious(Multitrans):
        def __init__(self, url: str, auth: DigestClient | None) -> None:
            super().__init__(url, auth)
            self.timeout = 1.0

    async with run_camera(family="vigi") as farm:
        server = farm.stations[0]._rtsp
        assert server is not None
        source = RtspSource(endpoint(farm, multitrans.preview("VGA"), talk=Anxious), PATIENT)
        await asyncio.to_thread(source.open)
        with closing(source):
            (client,) = server.sessions.clients
            before = client.last_heard
            await asyncio.to_thread(Seen(source).more, lambda _: client.last_heard > before)


async def test_a_key_frame_can_be_asked_for(run_camera):
    def ask(farm: Farm) -> None:
        with closing(bare(farm, multitrans.key_frame("minor"))) as connection:
            connection.open()

    async with run_camera(family="vigi") as farm:
        seen = await asyncio.to_thread(opened, farm, multitrans.preview("VGA"))
        with closing(seen.source):
            await asyncio.to_thread(seen.more, lambda seen: len(seen.units) >= 4)
            await asyncio.to_thread(ask, farm)
            before = len(seen.units)
            await asyncio.to_thread(seen.more, lambda seen: any(unit.key for unit in seen.units[before:]))
            # Without the wish it would have been the 30th.
            assert len(seen.units) < 29


async def test_playback_plays_its_time_and_ends(run_camera):
    def watch(farm: Farm, piece: Piece) -> None:
        seen = opened(farm, multitrans.playback("me", piece.start, piece.start + 2, (piece.kind,)))
        with closing(seen.source), pytest.raises(StreamEnded):
            seen.more(lambda seen: False)
        assert len(seen.units) == 20
        assert set(seen.sizes) == {(1280, 720)}

    async with run_camera(family="vigi") as farm:
        await asyncio.to_thread(watch, farm, recorded(farm))


async def test_the_codec_may_change_in_the_middle(run_camera):
    def play(farm: Farm, first: Piece, second: Piece) -> None:
        mailbox = Mailbox()
        phases: list[StreamPhase] = []
        wish = multitrans.playback("me", first.end - 1, second.start + 1, (first.kind,))
        player = Player(endpoint(farm, wish), mailbox, lambda status: phases.append(status.phase))
        player.start()
        assert player.join(60)
        stats = player.stats()
        assert phases[-1] is StreamPhase.ENDED
        assert (stats.codec, stats.frames, stats.reconnects, stats.corrupt) == ("H265", 20, 0, 0)

    async with run_camera("codec_changes", family="vigi") as farm:
        camera = camera_of(farm)
        pieces = camera.recorded(camera.clock.now() - 3 * 86400, camera.clock.now())
        motion = [each for each in pieces if each.kind == "MotionDetection"]
        await asyncio.to_thread(play, farm, motion[-3], motion[-2])


async def test_a_download_goes_on_where_it_was_cut(run_camera):
    def fetch(farm: Farm, piece: Piece, begin: int) -> tuple[int, bytes]:
        wish = multitrans.download(1, piece.start, piece.start + 3, piece.kind, piece.file_id, begin)
        made = endpoint(farm, wish)
        connection = RtspConnection(made, PATIENT, negotiation=multitrans.negotiation(wish), conversation=Multitrans)
        payload = bytearray()
        with closing(connection):
            playing = connection.open()
            with contextlib.suppress(StreamEnded):
                while True:
                    payload += b"".join(parse_packet(each.data).payload for each in connection.read(1.0))
            return playing.begins, bytes(payload)

    async with run_camera(family="vigi") as farm:
        piece = recorded(farm)
        begins, whole = await asyncio.to_thread(fetch, farm, piece, 0)
        assert begins == 0
        packets = 1400 * 3
        begins, rest = await asyncio.to_thread(fetch, farm, piece, packets)
        assert begins == packets
        assert whole.endswith(rest)
        assert 0 < len(rest) <= len(whole) - packets


@pytest.mark.parametrize(
    "wish",
    [
        Wish({"method": "get", "preview": {"resolutions": ["8K"]}}),
        Wish({"method": "get", "preview": {}}),
        multitrans.playback("me", 5, 9, ()),
        Wish({"method": "get", "playback": {"client_id": "me", "scale": "+2/1", "start_time": "0"}}),
        Wish({"method": "do", "play": {"start_time": "5"}}),
        Wish({"method": "get", "talk": {"mode": "shout"}}),
        Wish({"method": "sing"}),
    ],
)
async def test_wishes_that_make_no_sense_are_refused(run_camera, wish):
    def ask(farm: Farm) -> None:
        source = RtspSource(endpoint(farm, wish), PATIENT)
        with closing(source), pytest.raises(StreamRefused):
            source.open()

    async with run_camera(family="vigi") as farm:
        await asyncio.to_thread(ask, farm)


async def test_one_at_a_time_may_talk(run_camera):
    def talk(farm: Farm) -> None:
        with closing(bare(farm, multitrans.talk())) as first:
            first.open()
            with closing(bare(farm, multitrans.talk())) as second, pytest.raises(StreamRefused):
                second.open()
            head = b"\x80\x08\x00\x01\x00\x00\x00\x50\x12\x34\x56\x78"
            first.send_packet(AUDIO, head + b"hello")

    async with run_camera(family="vigi") as farm:
        mouth = camera_of(farm).mouth
        await asyncio.to_thread(talk, farm)
        async with asyncio.timeout(20):
            while mouth.taken:
                await asyncio.sleep(0.01)
        assert bytes(mouth.heard) == b"hello"


async def test_the_scene_makes_events(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        camera = camera_of(farm)
        line = {"id": 1, "points_num": 2, "direction": "both", "points_x": [5000, 5000], "points_y": [0, 10000]}
        line |= {"sensitivity": 100, "people_enhance": "on", "vehicle_enhance": "on"}
        await caller.call("setCrosslineDetectionRegion", set_region_info=[line])
        await caller.call("setCrosslineDetectionSwitch", enabled="on")
        told: list[tuple[str, str]] = []
        camera.alarms.tell = lambda kind, target: told.append((kind, target))
        for tick in range(600):  # a minute of the scene
            camera.alarms.tick(1_700_000_000 + tick / 10)
        assert {kind for kind, _ in told} == {"MotionDetection", "CrossLineDetection"}
        assert ("CrossLineDetection", "people") in told
        assert ("CrossLineDetection", "vehicle") in told
        assert ("MotionDetection", "") in told
