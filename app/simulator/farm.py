"""Many simulated cameras in one event loop, each at its own loopback address with HTTP, RTSP and SSDP."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from app.simulator import simulator, simulators
from app.simulator.camera import PASSWORD, CameraPlan, SimulatedCamera, Simulator, Snapshot
from app.simulator.picture import VideoSource
from app.simulator.quirks import Quirks
from app.simulator.quirks import list_quirks as _switches
from app.simulator.replay import TwinCamera
from app.simulator.ssdp import Responder
from app.simulator.station import CameraLine, Station
from app.twin.format import load_twin

_FILES_PER_CAMERA = 8
_OF_ONE_FAMILY = 3  # at the least, in a mixed site
_SHARED_HOST = "127.0.0.1"
_PLACES = (
    "Gate",
    "Loading dock 1",
    "Loading dock 2",
    "Car park north",
    "Reception",
    "Server room",
    "Corridor ground floor",
    "Stairwell A",
    "Warehouse aisle 3",
    "Warehouse aisle 7",
    "Yard",
    "Bicycle stand",
    "Delivery ramp",
    "Roof terrace",
    "Car park south",
    "Workshop",
    "Fence east",
    "Fence west",
    "Canteen",
    "Emergency exit",
)


def list_quirks() -> list[tuple[str, str]]:
    """Name, with its value where it takes one, and one line of help for each switch."""
    return [(f"{q.name}={q.argument}" if q.argument else q.name, q.help) for q in _switches()]


def plan_cameras(
    *,
    family: str | None = None,
    mixed: bool = False,
    model: str | None = None,
    count: int = 1,
    bind: str = "127.0.10.1",
    user: str = "admin",
    password: str = "",
    quirks: Iterable[str] = (),
    twin: Path | None = None,
    http_port: int | None = None,
    rtsp_port: int | None = None,
) -> tuple[CameraPlan, ...]:
    """Plans for count cameras at consecutive addresses; without a model those for a site take turns. mixed: before
    the last one stands one of each other family, as far as three of this are left. ValueError says what is wrong with
    the wishes."""
    if count < 1:
        raise ValueError("run at least one camera")
    switches = Quirks.parse(quirks)
    kinds: list[tuple[str, str]] = [("", "")] * count
    if twin is not None:
        load_twin(twin)
    else:
        chosen = simulator(family)
        if model and model not in chosen.models:
            raise ValueError(f"no model “{model}”; there are {', '.join(chosen.models)}")
        kinds = _kinds(chosen, model, count, mixed=mixed)
    hosts = addresses(bind, count)
    if not _is_ours(bind):
        # macOS has 127.0.0.1 only: all cameras share it, each with ports of its own.
        hosts, http_port, rtsp_port = (_SHARED_HOST,) * count, 0, 0
    return tuple(
        CameraPlan(
            family=key,
            host=host,
            http_port=http_port,
            rtsp_port=rtsp_port,
            user=user,
            password=password or PASSWORD,
            model=kind,
            name=_site_name(number),
            quirks=switches,
            twin=twin,
            number=number,
        )
        for number, (host, (key, kind)) in enumerate(zip(hosts, kinds, strict=True), 1)
    )


def _kinds(chosen: Simulator, model: str | None, count: int, *, mixed: bool) -> list[tuple[str, str]]:
    """Family and model of each camera."""
    others = [each for each in simulators() if each is not chosen][: max(0, count - _OF_ONE_FAMILY)] if mixed else []
    models = (model,) if model else chosen.turns or chosen.models
    own = [(chosen.key, models[number % len(models)]) for number in range(count - len(others))]
    return own[:-1] + [(each.key, (each.turns or each.models)[0]) for each in others] + own[-1:]


def _site_name(number: int) -> str:
    """What the number-th camera of a site looks at: no name comes twice."""
    turn, place = divmod(number - 1, len(_PLACES))
    return _PLACES[place] if turn == 0 else f"{_PLACES[place]} ({turn + 1})"


def addresses(first: str, count: int) -> tuple[str, ...]:
    """count loopback addresses from first on, without .0 and .255. ValueError outside 127.0.0.0/8."""
    try:
        number = int(ipaddress.IPv4Address(first))
    except ValueError:
        raise ValueError(f"“{first}” is not an IPv4 address") from None
    found: list[str] = []
    while len(found) < count:
        address = ipaddress.IPv4Address(number)
        if not address.is_loopback:
            raise ValueError("simulated cameras live in 127.0.0.0/8 only")
        if number & 0xFF not in (0, 255):
            found.append(str(address))
        number += 1
    return tuple(found)


class Farm:
    """Start, stop and use it in one event loop."""

    def __init__(self, plans: Iterable[CameraPlan], *, snapshot: Snapshot | None = None, ssdp: bool = True) -> None:
        self.plans = tuple(plans)
        self._snapshot = snapshot or _painted
        self._responder = Responder() if ssdp else None
        self.stations: tuple[Station, ...] = ()
        self.ssdp_problem = ""  # a sentence, when the port for discovery was not to be had

    async def start(self) -> None:
        """All cameras are up when it returns; when one cannot come up, none stays (OSError)."""
        _allow_files(len(self.plans) * _FILES_PER_CAMERA + 200)
        stations: list[Station] = []
        try:
            await self._start_ssdp()
            for plan in self.plans:
                station = Station(plan, _build(plan, self._snapshot), self._responder)
                stations.append(station)
                await station.start()
        except BaseException:
            self.stations = tuple(stations)
            await self.stop()
            raise
        self.stations = tuple(stations)

    async def _start_ssdp(self) -> None:
        """Cameras without discovery are better than none."""
        if self._responder is None:
            return
        try:
            await self._responder.start()
        except OSError as error:
            self.ssdp_problem = f"The cameras cannot be discovered: {error.strerror or error} (UDP port 1900)."
            self._responder = None

    async def stop(self) -> None:
        for station in self.stations:
            await station.stop()
        if self._responder is not None:
            await self._responder.stop()

    def camera_lines(self) -> list[CameraLine]:
        return [station.camera_line() for station in self.stations]

    @property
    def cameras(self) -> tuple[SimulatedCamera, ...]:
        return tuple(station.camera for station in self.stations)


def _is_ours(host: str) -> bool:
    """Whether this computer lets us listen at host."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def _build(plan: CameraPlan, snapshot: Snapshot) -> SimulatedCamera:
    if plan.twin is not None:
        return TwinCamera(load_twin(plan.twin), plan)
    return simulator(plan.family).build(plan, snapshot)


def _painted(source: VideoSource, stream_id: str, width: int, height: int) -> bytes:
    # Imported where it is used: cameras without a viewer need no picture libraries.
    from app.simulator.painter import snapshot_jpeg

    return snapshot_jpeg(source, stream_id, width, height)


def _allow_files(wanted: int) -> None:
    """Raises the soft limit on open files where the system has one."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
