"""A simulated camera's RTSP server in a thread of its own, for tests whose own thread is the window's."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from app.simulator.picture import EncoderSettings, PictureSettings
from app.simulator.rtsp_server import RtspServer
from app.simulator.rtsp_sessions import RtspQuirks

HOST = "127.17.2.1"
MAIN = EncoderSettings("h264", 640, 360, 25, 1000, 25)
SUB = EncoderSettings("mjpeg", 320, 184, 15, 2000, 1)


class Yard:
    """The camera behind the server. The test may change streams and challenges at any time."""

    def __init__(self) -> None:
        self.streams: dict[str, EncoderSettings] = {"101": MAIN, "102": SUB}
        self.challenges: tuple[str, ...] | None = None
        self.sound = ""  # one of app.simulator.tone.SOUNDS

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        return self.streams.get(stream_id)

    def sound_codec(self, stream_id: str) -> str:
        return self.sound

    def picture_settings(self) -> PictureSettings:
        return PictureSettings(seed=2)

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        return self.challenges


class ServerThread:
    """start() gives the port; stop() waits until everything has ended."""

    def __init__(self, quirks: RtspQuirks | None = None) -> None:
        self.yard = Yard()
        self.server = RtspServer(self.yard, quirks)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="rtsp server")
        self.port = 0

    def start(self) -> int:
        self.thread.start()
        self.port = self.run(self.server.start(HOST))
        return self.port

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def call(self, function: Callable[[], None]) -> None:
        async def inside() -> None:
            function()

        self.run(inside())

    def url(self, stream_id: str = "101") -> str:
        return f"rtsp://{HOST}:{self.port}/Streaming/Channels/{stream_id}"

    def stop(self) -> None:
        self.run(self.server.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class HungServer:
    """Takes connections and never says a word."""

    def __init__(self) -> None:
        self.socket = socket.create_server((HOST, 0))
        self.port: int = self.socket.getsockname()[1]

    def url(self) -> str:
        return f"rtsp://{HOST}:{self.port}/Streaming/Channels/101"

    def stop(self) -> None:
        self.socket.close()


def live_threads() -> list[str]:
    """Names of the players' threads that run."""
    return [each.name for each in threading.enumerate() if each.name.startswith("live ")]
