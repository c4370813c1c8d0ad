"""When a camera tells of what it sees: while its schedule runs, and only what it was told to notify of."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.simulator.armed import Watched
from app.simulator.detection import Detector, Happening
from app.simulator.isapi.events import Event
from app.simulator.isapi.state import State
from app.simulator.isapi.tree import Node
from app.simulator.picture import PictureSettings
from app.simulator.quirks import Quirks
from app.simulator.scene import SceneObject
from app.simulator.views import seen_in

TICK = 0.1  # seconds
_FLOOD_TICK = 0.02
_TRIGGERS = "Event/triggers"
_SCHEDULES = "Event/schedules/"
_SMALL_HOURS = "24:00"


def scheduled(state: State, kind: str, channel: int, now: datetime) -> bool:
    """Whether the detection is armed at this local time; always where it has no schedule."""
    for schedule in _members(state, _SCHEDULES, kind, channel):
        blocks = schedule.child("TimeBlockList")
        return any(_within(block, now) for block in (blocks.children if blocks is not None else ()))
    return True


def notified(state: State, kind: str, channel: int) -> bool:
    """Whether the trigger of a detection tells the surveillance centre, that is: whoever listens."""
    for trigger in _members(state, _TRIGGERS, kind, channel):
        told = trigger.child("EventTriggerNotificationList")
        methods = {each.value("notificationMethod") for each in (told.children if told is not None else ())}
        return "center" in methods
    return True


def _members(state: State, start: str, kind: str, channel: int) -> list[Node]:
    """Schedules or triggers of a detection."""
    found = []
    for path, resource in state.catalog.resources.items():
        if path.startswith(start) and resource.template is not None:
            root = state.read(resource)
            found += [each for each in (root, *root.children) if _is_of(each, kind, channel)]
    return found


def _is_of(node: Node, kind: str, channel: int) -> bool:
    number = node.value("videoInputChannelID") or node.value("dynVideoInputChannelID") or "1"
    return node.value("eventType").lower() == kind.lower() and number == str(channel)


def _within(block: Node, now: datetime) -> bool:
    begin, end = block.value("TimeRange/beginTime")[:5], block.value("TimeRange/endTime")[:5]
    day = block.value("dayOfWeek")
    return day in ("", str(now.isoweekday())) and begin <= now.strftime("%H:%M") < (end or _SMALL_HOURS)


@dataclass
class Alarms:
    """Looks at the scene while somebody listens. picture gives the settings of a channel, local the camera's time."""

    state: State
    watched: Callable[[], tuple[Watched, ...]]
    picture: Callable[[int], PictureSettings]
    local: Callable[[], datetime]
    tell: Callable[[Event], None]
    quirks: Quirks

    def __post_init__(self) -> None:
        self._detector = Detector(self.look)
        self._task: asyncio.Task[None] | None = None
        self._rules: tuple[int, str, dict[tuple[str, int], bool]] = (-1, "", {})

    def listening(self, somebody: bool) -> None:
        """Whether anybody wants to know: otherwise nobody looks."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._run()) if somebody else None

    async def _run(self) -> None:
        flood = self.quirks.number("alert_flood") if "alert_flood" in self.quirks else 0.0
        sees = "blind" not in self.quirks and not flood
        began, made = time.monotonic(), 0
        while True:
            if sees:
                self.tick(time.time())
            while made < (time.monotonic() - began) * flood:
                made += 1
                self.tell(_made_up(made))
            await asyncio.sleep(TICK if not flood else _FLOOD_TICK)

    def tick(self, now: float) -> None:
        heard = tuple(each for each in self.watched() if self._is_heard(each))
        for happening in self._detector.tick(heard, now):
            self.tell(event_of(happening))

    def look(self, channel: int, now: float) -> tuple[SceneObject, ...]:
        """What the picture of a channel shows."""
        return seen_in(self.picture(channel), now)

    def _is_heard(self, each: Watched) -> bool:
        """Masks always; detections by schedule and trigger, looked up once a minute and after each write."""
        if not each.event or not each.armed:
            return not each.event
        local = self.local()
        minute = local.strftime("%a %H:%M")
        if self._rules[:2] != (self.state.version, minute):
            self._rules = (self.state.version, minute, {})
        key = (each.event, each.channel)
        if key not in self._rules[2]:
            heard = scheduled(self.state, *key, local) and notified(self.state, *key)
            self._rules[2][key] = heard
        return self._rules[2][key]


def _made_up(number: int) -> Event:
    """Beginnings and ends in four regions, with a number by which one can tell that none is missing."""
    begins, region = number // 4 % 2 == 0, str(number % 4 + 1)
    return Event("fielddetection", begins, description=f"made up {number}", region=region, target="human")


def event_of(happening: Happening) -> Event:
    watched = happening.watched
    return Event(
        watched.event,
        happening.active,
        happening.count,
        watched.channel,
        region="" if watched.name == "motion" else watched.region,
        target={"person": "human"}.get(happening.target, happening.target),
        sensitivity=round(watched.sensitivity * 100),
        points=watched.shape.points if watched.name != "motion" else (),
    )
