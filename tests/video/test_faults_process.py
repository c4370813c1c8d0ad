"""A server in a process of its own that is stopped, goes on, and is killed: what the network cannot tell apart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import CameraError, ConnectionLost, TimedOut
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.frame import Mailbox, StreamPhase
from app.video.player import Patience, Player
from app.video.source import RtspSource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
SERVE = """
import sys
sys.path[:0] = [{here!r}, {root!r}]
from live_media import encode_clip, packetise
from live_server import Script, Server
clip = encode_clip("H264")
with Server(Script(sdp=clip.sdp(), pictures=packetise(clip))) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    here = Path(__file__).resolve().parent
    code = SERVE.format(here=str(here), root=str(here.parents[1]))
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stdin.close()


def until_it_ends(source: RtspSource) -> CameraError:
    try:
        while True:
            source.read(0.2)
    except CameraError as error:
        return error


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_killed_server_is_a_lost_connection(served: tuple[subprocess.Popen[str], str], transport: str) -> None:
    process, url = served
    source = RtspSource(StreamEndpoint(url, transport=transport), Limits(20.0, 20.0, 20.0))
    try:
        source.open()
        while not source.read(1.0):
            continue
        process.kill()
        assert isinstance(until_it_ends(source), ConnectionLost)
    finally:
        source.close()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_stopped_server_is_noticed(served: tuple[subprocess.Popen[str], str], transport: str) -> None:
    process, url = served
    source = RtspSource(StreamEndpoint(url, transport=transport), Limits(20.0, 20.0, 0.5))
    try:
        source.open()
        while not source.read(0.2):
            continue
        os.kill(process.pid, signal.SIGSTOP)
        assert isinstance(until_it_ends(source), TimedOut)
    finally:
        os.kill(process.pid, signal.SIGCONT)
        source.close()


def test_a_stopped_server_that_goes_on_is_shown_again(served: tuple[subprocess.Popen[str], str]) -> None:
    process, url = served
    mailbox = Mailbox()
    patience = Patience(Limits(20.0, 1.0, 1.0), stalled=0.3, retries=(0.1,))
    seen: list[StreamPhase] = []
    player = Player(StreamEndpoint(url), mailbox, lambda status: seen.append(status.phase), patience=patience)
    player.start()
    try:
        _until(lambda: mailbox.take() is not None)
        os.kill(process.pid, signal.SIGSTOP)
        _until(lambda: StreamPhase.STALLED in seen)
        _until(lambda: seen[-1] is StreamPhase.RECONNECTING)
        os.kill(process.pid, signal.SIGCONT)
        _until(lambda: seen[-1] is StreamPhase.PLAYING)
        assert player.stats().reconnects > 0
    finally:
        os.kill(process.pid, signal.SIGCONT)
        player.stop()
        assert player.join(20)


def _until(condition) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
