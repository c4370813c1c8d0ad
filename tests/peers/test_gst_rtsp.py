"""GStreamer's RTSP server, which nobody here wrote, played by our client."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import BadCredentials, CredentialsNeeded
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.frame import Mailbox, StreamPhase
from app.video.player import Player
from app.video.watch import watch

pytestmark = [pytest.mark.peer, pytest.mark.shared]

PYTHON = "/usr/bin/python3"
LIMITS = Limits(connect=30, answer=60, silence=60)
_CHECK = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer;"
    "import sys; Gst.init(None); sys.exit(not all(map(Gst.ElementFactory.find, sys.argv[1:])))"
)


def available(*elements: str) -> bool:
    if shutil.which(PYTHON) is None:
        return False
    return subprocess.run([PYTHON, "-c", _CHECK, *elements], capture_output=True, timeout=60).returncode == 0


def need(*elements: str) -> None:
    if not available(*elements):
        reason = f"GStreamer's RTSP server with {', '.join(elements)} is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}, and CI may not skip it")
        pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def servers(shared: Path) -> Iterator[dict[bool, int]]:
    """Ports of an open server and of one with Digest."""
    need("x264enc", "jpegenc", "rtph264pay", "rtpjpegpay")
    script = shared / "tools" / "gst_rtsp_server.py"
    ports = {False: free_port(), True: free_port()}
    processes = []
    try:
        for digest, port in ports.items():
            command = [PYTHON, str(script), "--port", str(port), "--size", "640x360"]
            command += ["--digest", "admin:secret"] if digest else []
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            processes.append(process)
            assert process.stdout is not None
            assert process.stdout.readline().startswith("rtsp://"), "the GStreamer server did not start"
        yield ports
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            if process.stdout is not None:
                process.stdout.close()


def endpoint(port: int, path: str, transport: str, user: str = "", password: str = "") -> StreamEndpoint:
    return StreamEndpoint(f"rtsp://127.0.0.1:{port}{path}", user, password, transport)


@pytest.mark.parametrize("digest", [False, True])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("path", "codec"), [("/h264", "H264"), ("/h265", "H265"), ("/mjpeg", "JPEG")])
def test_it_plays(servers: dict[bool, int], path: str, codec: str, transport: str, digest: bool) -> None:
    if codec == "H265":
        need("x265enc", "rtph265pay")
    user, password = ("admin", "secret") if digest else ("", "")
    result = watch(endpoint(servers[digest], path, transport, user, password), 1.5, LIMITS)
    assert (result.codec, result.width, result.height) == (codec, 640, 360)
    assert result.frames >= 5
    if transport == "tcp":
        assert (result.gaps, result.corrupt) == (0, 0)


def test_a_wrong_password_and_none(servers: dict[bool, int]) -> None:
    with pytest.raises(BadCredentials):
        watch(endpoint(servers[True], "/h264", "tcp", "admin", "wrong"), 1, LIMITS)
    with pytest.raises(CredentialsNeeded):
        watch(endpoint(servers[True], "/h264", "tcp"), 1, LIMITS)


def test_the_cameras_own_path_in_the_player(servers: dict[bool, int]) -> None:
    mailbox = Mailbox()
    player = Player(endpoint(servers[True], "/Streaming/Channels/101", "auto", "admin", "secret"), mailbox)
    player.set_view(320, 320)
    player.start()
    deadline = time.monotonic() + 60
    while (frame := mailbox.take()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert frame is not None, player.status
    assert (frame.width, frame.height) == (320, 180)
    assert player.status.phase is StreamPhase.PLAYING
    player.stop()
    assert player.join(30)
