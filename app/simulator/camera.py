"""What every simulated camera is to the farm, whatever its family."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.simulator.http_server import Answer, Request
from app.simulator.picture import VideoSource
from app.simulator.quirks import Quirks

PASSWORD = "camera-1234"  # of every simulated camera that is not given another
CONTROL_PORT = "control_port"
Snapshot = Callable[[VideoSource, str, int, int], bytes]


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera to be run. A port of None means the standard port where permitted, else any free one; 0 any free
    one. host is its own address, in 127.0.0.0/8 but for networks that a test makes; twin is the folder or zip of a
    recorded device; link is an adapter on which it can be found without IP, where its family knows such a way."""

    family: str
    host: str
    http_port: int | None = None
    rtsp_port: int | None = None
    user: str = "admin"
    password: str = field(default=PASSWORD, repr=False)
    model: str = ""
    name: str = ""
    quirks: Quirks = field(default_factory=Quirks)
    twin: Path | None = None
    heartbeat: float = 10.0  # seconds between signs of life in event streams
    number: int = 1
    link: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera was brought up. An https_port of 0 means that it has no HTTPS; others has the ports of its own
    listeners by their names."""

    host: str
    http_port: int
    rtsp_port: int
    https_port: int = 0
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def port(self) -> int:
        """What clients connect to."""
        return self.others.get(CONTROL_PORT, self.http_port)


class Listener(Protocol):
    """A socket that a camera has besides those for HTTP, HTTPS, RTSP and SSDP."""

    name: str  # of its port: `CONTROL_PORT` for what clients connect to instead of HTTP
    usual_port: int  # taken where it is to be had

    async def start(self, host: str, port: int) -> int:
        """Listens; port 0 takes any. Returns the port. OSError when it is not to be had."""

    async def stop(self) -> None:
        """May be called twice."""


class Power(Protocol):
    """The farm's end of the cable: a camera that reboots pulls itself off the network through it."""

    @property
    def viewers(self) -> tuple[tuple[str, str], ...]:
        """Stream and address of everybody who has a stream set up."""

    def reboot(self, seconds: float) -> None: ...

    def move(self) -> None:
        """Takes the camera to the place that it wants, without a reboot."""


@dataclass(frozen=True, slots=True)
class UpnpIdentity:
    """What SSDP says of a camera. location is the whole URL of its description document."""

    uuid: str
    location: str
    server: str = "Linux/3.10 UPnP/1.0 Camwright-Simulator/1.0"
    device_type: str = "urn:schemas-upnp-org:device:Basic:1"
    quirks: Quirks = field(default_factory=Quirks)


class SimulatedCamera(Protocol):
    """One device. Everything runs in the farm's event loop, except the video source, which any thread may ask."""

    family: str
    dialect: str
    model: str
    video: VideoSource | None  # None: no RTSP server
    listeners: tuple[Listener, ...]  # sockets of its own

    def powered(self, place: Place, power: Power) -> None:
        """Told each time it comes up, with the ports it has."""

    def wanted_place(self) -> Place | None:
        """Where it wants to come up again, by its own settings; None for where it was."""

    def upnp(self) -> UpnpIdentity | None:
        """None: it does not take part in SSDP."""

    async def handle(self, request: Request) -> Answer: ...

    def key_frame_wanted(self, ask: Callable[[str], None]) -> None:
        """Gives the camera the way to ask its RTSP server for a key frame of a stream."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """A family of simulated cameras: what its package exposes as SIMULATOR. models: the first is the default; turns:
    those that a site without a wish for a model is made of, all when empty; domes: those that can be moved;
    is_usual: of this family are the cameras when nobody names one, which holds for one family only."""

    key: str
    title: str
    dialect: str
    models: tuple[str, ...]
    build: Callable[[CameraPlan, Snapshot], SimulatedCamera]
    turns: tuple[str, ...] = ()
    domes: tuple[str, ...] = ()
    is_usual: bool = False


def identity(plan: CameraPlan) -> str:
    """32 hex digits that are this camera's own and the same in every run."""
    return hashlib.sha256(f"{plan.family} {plan.model} {plan.host} {plan.number}".encode()).hexdigest()[:32]
