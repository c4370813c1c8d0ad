"""One simulated camera with its sockets; the cable that a reboot pulls."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from app.simulator.camera import CameraPlan, Place, SimulatedCamera
from app.simulator.faults import take
from app.simulator.http_server import HttpServer
from app.simulator.quirks import Quirks
from app.simulator.replay import TwinCamera
from app.simulator.rtsp_server import RtspServer
from app.simulator.rtsp_sessions import RtspQuirks
from app.simulator.ssdp import Responder
from app.simulator.tls import load_certificate, renew_certificate, server_context

HTTP_PORT = 80
HTTPS_PORT = 443
RTSP_PORT = 554
_NOT_TO_BE_HAD = (errno.EACCES, errno.EADDRINUSE, errno.EPERM)
CameraLine = dict[str, str | int]


@runtime_checkable
class _BringsCertificate(Protocol):
    """A camera that takes certificates: after its next start it shows the one it was given, b"" for its own."""

    own_certificate: bytes


class Station:
    """Goes up with `start` and down with `stop`; in between the camera pulls itself off the network and comes back."""

    def __init__(self, plan: CameraPlan, camera: SimulatedCamera, responder: Responder | None) -> None:
        self.plan = plan
        self.camera = camera
        self.place = Place(plan.host, 0, 0)
        self.is_up = False
        self._key = f"{plan.host} {plan.number}"
        self._responder = responder
        self._http = HttpServer(camera.handle, taking=self._take)
        self._https = HttpServer(camera.handle, taking=self._take)
        self._tls: ssl.SSLContext | None = None  # its certificate outlives reboots
        self._uploaded = b""  # that is shown instead of its own
        streams = camera.video if "rtsp_off" not in plan.quirks else None
        self._rtsp = RtspServer(streams, _rtsp_quirks(plan.quirks)) if streams is not None else None
        self._away: asyncio.Task[None] | None = None
        self._stopped = False
        if self._rtsp is not None:
            camera.key_frame_wanted(self._rtsp.sessions.request_key_frame)

    async def start(self) -> None:
        wanted = self.camera.wanted_place()
        https = wanted.https_port if wanted is not None else 0
        await self._up(self.plan.host, self.plan.http_port, self.plan.rtsp_port, https)

    async def stop(self) -> None:
        self._stopped = True
        if self._away is not None:
            self._away.cancel()
            await asyncio.gather(self._away, return_exceptions=True)
        await self._down()

    def reboot(self, seconds: float) -> None:
        """Gone at once, back after seconds; nothing happens while it is already away, or once it was stopped."""
        if not self._stopped and (self._away is None or self._away.done()):
            self._away = asyncio.create_task(self._cycle(seconds))

    @property
    def viewers(self) -> tuple[tuple[str, str], ...]:
        return self._rtsp.viewers if self._rtsp is not None else ()

    def move(self) -> None:
        self.reboot(0.0)

    def camera_line(self) -> CameraLine:
        line = self._line()
        secure = {"https_port": self.place.https_port} if self.place.https_port else {}
        return {**line, **secure, **self.place.others}

    def _line(self) -> CameraLine:
        return {
            "family": self.camera.family,
            "dialect": self.camera.dialect,
            "address": self.place.host,
            "http_port": self.place.http_port,
            "rtsp_port": self.place.rtsp_port,
            "user": self.user,
            "password": self.password,
            "model": self.camera.model,
        }

    @property
    def user(self) -> str:
        return self.camera.user if isinstance(self.camera, TwinCamera) else self.plan.user

    @property
    def password(self) -> str:
        return self.camera.password if isinstance(self.camera, TwinCamera) else self.plan.password

    async def _take(self, so_far: int) -> None:
        await take(so_far, self.plan.quirks)

    async def _cycle(self, seconds: float) -> None:
        before = self.place
        wanted = self.camera.wanted_place() or before
        await self._down()
        await asyncio.sleep(seconds)
        try:
            await self._up(wanted.host, wanted.http_port, wanted.rtsp_port, wanted.https_port)
        except OSError:
            # Its new address or port is not to be had on this computer: better back where it was than lost.
            await self._down()
            await self._up(before.host, before.http_port, before.rtsp_port, before.https_port)

    async def _up(self, host: str, http_port: int | None, rtsp_port: int | None, https_port: int) -> None:
        """An https_port of 0 is none."""
        http = await _listen(self._http.start, host, http_port, HTTP_PORT)
        rtsp = await _listen(self._rtsp.start, host, rtsp_port, RTSP_PORT) if self._rtsp is not None else 0
        https = await self._up_with_tls(host, https_port) if https_port else 0
        others = {each.name: await _listen(each.start, host, None, each.usual_port) for each in self.camera.listeners}
        self.place = Place(host, http, rtsp, https, others)
        self.camera.powered(self.place, self)
        if self._responder is not None:
            self._responder.add(self._key, host, self.camera.upnp)
        self.is_up = True

    async def _up_with_tls(self, host: str, port: int) -> int:
        if self._tls is None:
            self._tls = await asyncio.to_thread(server_context, host, self.camera.model)
        uploaded = self.camera.own_certificate if isinstance(self.camera, _BringsCertificate) else b""
        if uploaded != self._uploaded:
            self._uploaded = uploaded
            if not uploaded or not load_certificate(self._tls, uploaded):
                await asyncio.to_thread(renew_certificate, self._tls, host, self.camera.model)

        async def start(host: str, port: int) -> int:
            return await self._https.start(host, port, self._tls)

        return await _listen(start, host, None if port == HTTPS_PORT else port, HTTPS_PORT)

    async def _down(self) -> None:
        self.is_up = False
        if self._responder is not None:
            self._responder.remove(self._key)
        await self._http.stop()
        await self._https.stop()
        if self._rtsp is not None:
            await self._rtsp.stop()
        for listener in self.camera.listeners:
            await listener.stop()


async def _listen(start: Callable[[str, int], Awaitable[int]], host: str, port: int | None, usual: int) -> int:
    """Listens at port; None tries the usual one and takes any when that is not permitted or taken."""
    if port is not None:
        return await start(host, port)
    try:
        return await start(host, usual)
    except OSError as error:
        if error.errno not in _NOT_TO_BE_HAD:
            raise
        return await start(host, 0)


def _rtsp_quirks(quirks: Quirks) -> RtspQuirks:
    return RtspQuirks(
        refuse_tcp="rtsp_refuse_tcp" in quirks,
        refuse_udp="rtsp_refuse_udp" in quirks,
        silent_after_play="rtsp_silent" in quirks,
        garbage_after_play="rtsp_garbage" in quirks,
        no_parameter_sets="rtsp_no_parameter_sets" in quirks,
        lose_every=int(quirks.number("rtsp_lose")) if "rtsp_lose" in quirks else 0,
    )
