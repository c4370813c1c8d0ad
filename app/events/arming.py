"""What is off is armed for a walk, and put back. The promise stands in the site file before anything is sent, so that
a crash in between is made good at the next login."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from app.errors import CameraError, NotSupported, SiteError
from app.events.walktest import Obstacle, SwitchRole
from app.families.base import Regions, Session, SettingsTree
from app.regions import writer
from app.settings.layer import RegionLayer, Switch
from app.site.journal import JournalledSettings
from app.site.site import Site
from app.site.walks import Promise


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one switch: problem is "" when it is as it was before the walk."""

    title: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Turned:
    layer: str
    role: SwitchRole
    title: str
    held: bool
    promise: int | None


class Arming:
    """The switches of one walk. Without a site file the promise is kept in memory only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._turned: list[_Turned] = []

    @property
    def is_open(self) -> bool:
        """Something was turned that is not back yet."""
        return bool(self._turned)

    async def arm(self, obstacles: Iterable[Obstacle]) -> tuple[Kept, ...]:
        """Turns each switch on, and tells of those that stayed off. One failure does not keep the others off."""
        told = []
        for obstacle in obstacles:
            title = f"{obstacle.layer.info.title}: {obstacle.switch.title}"
            turned = _Turned(obstacle.layer.info.id, obstacle.role, title, held=False, promise=None)
            if (held := site_of(self._session)) is not None:
                site, device = held[0], await device_of(held[1])
                number = await site.walks.promise(device, turned.layer, turned.role, title, held=False)
                turned = _Turned(turned.layer, turned.role, title, held=False, promise=number)
            self._turned.append(turned)
            told.append(Kept(title, await _turn(self._session, turned.layer, turned.role, on=True)))
        return tuple(told)

    async def put_back(self) -> tuple[Kept, ...]:
        """The last one turned first. What cannot be put back now stays promised."""
        told = []
        for turned in reversed(tuple(self._turned)):
            problem = await _turn(self._session, turned.layer, turned.role, on=turned.held)
            told.append(Kept(turned.title, problem))
            if problem:
                continue
            self._turned.remove(turned)
            if turned.promise is not None and (held := site_of(self._session)) is not None:
                with suppress(SiteError):  # it is put back; who reads the promise again finds it so and says nothing
                    await held[0].walks.kept(turned.promise)
        return tuple(told)


async def keep_promises(session: Session) -> tuple[Kept, ...]:
    """Puts back what walks of dead processes have left armed on this device; () when there is nothing to do."""
    held = site_of(session)
    if held is None:
        return ()
    site, settings = held
    if not [each for each in await site.walks.promises() if each.is_abandoned]:
        return ()  # the device is not asked who it is for nothing
    device = await device_of(settings)
    open_ones = [each for each in await site.walks.promises(device) if each.is_abandoned]
    return tuple([Kept(each.title, await _keep(session, site, each)) for each in open_ones])


async def _keep(session: Session, site: Site, promise: Promise) -> str:
    try:
        role = SwitchRole(promise.switch)
    except ValueError:
        await site.walks.kept(promise.id, "Not known to this version.")
        return f"“{promise.switch}” is no switch that is known here."
    problem = await _turn(session, promise.layer, role, on=promise.held)
    if not problem:
        await site.walks.kept(promise.id)
    return problem


async def _turn(session: Session, layer_id: str, role: SwitchRole, *, on: bool) -> str:
    """Why the switch is not as it should be; "" when it is."""
    regions = session.offer(Regions)
    try:
        if regions is None:
            raise NotSupported(f"{session.address} shows no regions.")
        layer = await regions.load(layer_id)
        which = switch_of(layer, role)
        if which is None:
            raise NotSupported(f"{layer.info.title} has no such switch any more.")
        if which.is_on == on:
            return ""
        await writer.switch(session, layer, which, on)
        after = switch_of(await regions.load(layer_id), role)
    except CameraError as error:
        return error.summary
    if after is None or after.is_on != on:
        return f"The camera took “{which.title}” and did not keep it."
    return ""


def switch_of(layer: RegionLayer, role: SwitchRole) -> Switch | None:
    return layer.armed if role is SwitchRole.ARMED else layer.notifies


def site_of(session: Session) -> tuple[Site, JournalledSettings] | None:
    """The site file that the session writes into; None for one without."""
    settings = session.offer(SettingsTree)
    return (settings.site, settings) if isinstance(settings, JournalledSettings) else None


async def device_of(settings: JournalledSettings) -> int:
    """The device's number in the site file, which it gets when it has none."""
    return (await settings.site.devices.remember(await settings.subject.sighting())).id
