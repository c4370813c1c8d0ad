"""One walk on one device, from looking what is off to the stored result. The window and the command line run this."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.errors import CameraError, NotSupported, SiteError
from app.events.arming import Arming, Kept, device_of, site_of
from app.events.desk import EventDesk, Followed
from app.events.follower import FollowState
from app.events.log import Record, RecordKind
from app.events.report import WalkReport, to_json
from app.events.walktest import WALKED, Mark, Obstacle, Station, WalkTest, obstacles
from app.families.base import Overview, Regions
from app.model.device import DeviceFacts
from app.model.event import DeviceEvent
from app.settings.layer import RegionLayer
from app.site import owner


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a walk would find: the layers that can be walked through, what stands in the way, and what could not be
    read, in plain sentences."""

    layers: tuple[RegionLayer, ...]
    obstacles: tuple[Obstacle, ...]
    unread: tuple[str, ...] = ()


class Walk:
    """`look`, perhaps `arm`, `start`, `stop`; `put_back` at the end in any case. changed is told the stations that
    are another than before."""

    def __init__(
        self, desk: EventDesk, followed: Followed, changed: Callable[[tuple[Station, ...]], None] = lambda _: None
    ) -> None:
        self.test: WalkTest | None = None
        self.outlook = Outlook((), ())
        self._desk = desk
        self._followed = followed
        self._changed = changed
        self._arming = Arming(followed.session)
        self.unsaved: SiteError | None = None
        self._armed: list[str] = []
        self._problems: list[str] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._pictures_were_on = True

    @property
    def is_running(self) -> bool:
        return self._unsubscribe is not None

    @property
    def owes(self) -> bool:
        """Something is armed that was not before."""
        return self._arming.is_open

    def preview(self) -> tuple[Station, ...]:
        """The stations of a walk that would begin now."""
        return WalkTest(self.outlook.layers, 0.0).stations

    async def look(self) -> Outlook:
        """Asks the camera what is drawn. NotSupported for one that shows no regions."""
        regions = self._followed.session.offer(Regions)
        if regions is None:
            raise NotSupported(f"{self._followed.name} shows no regions, so there is nothing to walk through.")
        layers, unread = [], []
        for info in await regions.layers():
            if info.purpose not in WALKED or info.reason:
                continue
            try:
                layers.append(await regions.load(info.id))
            except CameraError as error:
                unread.append(f"{info.title}: {error.summary}")
        self.outlook = Outlook(tuple(layers), obstacles(layers), tuple(unread))
        return self.outlook

    async def arm(self) -> tuple[Kept, ...]:
        """Turns on what stands in the way. Look again afterwards."""
        told = await self._arming.arm(self.outlook.obstacles)
        self._armed += [each.title for each in told if not each.problem]
        self._problems += [f"{each.title} could not be armed: {each.problem}" for each in told if each.problem]
        await self.look()
        return told

    def start(self) -> WalkTest:
        """Listens from now on to what `look` has found."""
        self.test, self.unsaved = WalkTest(self.outlook.layers, time.time()), None
        self._unsubscribe = self._desk.subscribe(self._hear)
        if self._followed.pictures is not None:
            self._pictures_were_on = self._followed.pictures.on
            self._followed.pictures.on = True
        self._followed.walk_test = self.test
        self._followed.start()
        self._tell(self.test.stations)
        return self.test

    async def stop(self) -> WalkReport:
        """Ends the listening, and writes the result into the site file where there is one; where that fails, `unsaved`
        says why, and the result is there all the same: somebody has walked for it."""
        assert self.test is not None
        self.collect_pictures()
        self._let_go()
        ended = time.time()
        facts = await self._facts()
        session = self._followed.session
        report = WalkReport(
            camera=self._followed.name,
            address=str(session.address),
            model=facts.model,
            firmware=facts.firmware,
            began=self.test.began,
            ended=ended,
            author=owner.os_user(),
            account=session.user,
            stations=self.test.stations,
            deaf=self._deaf(ended),
            armed=tuple(self._armed),
            problems=(*self.outlook.unread, *self._problems),
        )
        try:
            await self._store(report)
        except SiteError as error:
            self.unsaved = error
        return report

    async def put_back(self) -> tuple[Kept, ...]:
        """What was armed for the walk is as before. Safe to call at any time, also again after a failure."""
        self._let_go()
        return await self._arming.put_back()

    def collect_pictures(self) -> None:
        """Pictures come after their events: gives the stations those that are there by now."""
        if self.test is None:
            return
        log = self._desk.log
        found = []
        for station in self.test.stations:
            if station.picture is None:
                pictures = (log[number].picture for number in station.records if number in log)
                picture = next((each for each in pictures if each is not None), None)
                if picture is not None:
                    self.test.picture(station.place, picture)
                    found.append(replace(station, picture=picture))
        if found:
            self._tell(tuple(found))

    def _hear(self, followed: Followed, event: DeviceEvent, record: Record) -> None:
        if followed is self._followed and self.test is not None:
            changed = self.test.hear(event, record.number)
            if changed:
                self._tell(changed)

    def _tell(self, stations: tuple[Station, ...]) -> None:
        self._changed(stations)
        self._desk.walked(self._followed)

    def _let_go(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._followed.walk_test = None
            if self._followed.pictures is not None:
                self._followed.pictures.on = self._pictures_were_on
            self._desk.walked(self._followed)

    def _deaf(self, ended: float) -> float:
        """Seconds of the walk in which the camera was not heard."""
        assert self.test is not None
        began, total = self.test.began, 0.0
        for record in self._desk.log:
            if record.device == self._followed.name and record.kind is RecordKind.GAP:
                total += max(0.0, min(record.ended or ended, ended) - max(record.began, began))
        never_heard = self._followed.standing.state is not FollowState.LISTENING and not self._followed.last_heard
        return ended - began if never_heard else total

    async def _facts(self) -> DeviceFacts:
        overview = self._followed.session.offer(Overview)
        try:
            return await overview.facts() if overview is not None else DeviceFacts()
        except CameraError:
            return DeviceFacts()  # the result counts without them

    async def _store(self, report: WalkReport) -> None:
        held = site_of(self._followed.session)
        if held is None:
            return
        site, settings = held
        counts = (len(report.stations), report.count(Mark.PASSED), report.count(Mark.UNTESTED))
        began, ended = datetime.fromtimestamp(report.began, UTC), datetime.fromtimestamp(report.ended, UTC)
        await site.walks.add(await device_of(settings), began, ended, report.account, counts, to_json(report))
