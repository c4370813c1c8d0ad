"""What a dome does by itself: after a while without a command, by the clock, within limits, and after a power cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

DAY = 24 * 60  # minutes


class Errand(StrEnum):
    """What it can be sent to do. A device may know others: they go by the device's own word."""

    NOTHING = "nothing"
    AUTO_SCAN = "auto scan"
    FRAME_SCAN = "frame scan"
    RANDOM_SCAN = "random scan"
    PANORAMA_SCAN = "panorama scan"
    TILT_SCAN = "tilt scan"
    PRESET = "preset"
    PATROL = "patrol"
    PATTERN = "pattern"
    REBOOT = "reboot"
    ADJUST = "adjust"
    AUXILIARY = "auxiliary"


NUMBERED = frozenset({Errand.PRESET, Errand.PATROL, Errand.PATTERN, Errand.AUXILIARY})


@dataclass(frozen=True, slots=True)
class ParkAction:
    """After idle seconds without a command. action is an Errand or the device's word; number says which preset,
    patrol or pattern, else 0."""

    enabled: bool
    idle: float
    action: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TimeTask:
    """day: 1 is Monday. begin and end are minutes of the day, end not before begin and at most DAY - 1."""

    day: int
    begin: int
    end: int
    action: str = Errand.NOTHING
    number: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.day <= 7:
            raise ValueError(f"day {self.day} is not a day of the week")
        if not 0 <= self.begin <= self.end < DAY:
            raise ValueError(f"{clock_text(self.begin)} to {clock_text(self.end)} is no time of one day")


@dataclass(frozen=True, slots=True)
class TaskWeek:
    """idle: seconds without a command until an interrupted task goes on."""

    enabled: bool = False
    idle: float = 0.0
    tasks: tuple[TimeTask, ...] = ()

    def of(self, day: int) -> tuple[TimeTask, ...]:
        return tuple(sorted((each for each in self.tasks if each.day == day), key=lambda task: task.begin))

    def with_day(self, day: int, tasks: Iterable[TimeTask]) -> TaskWeek:
        """The tasks in the place of those that the day had, whatever day they were of."""
        others = tuple(each for each in self.tasks if each.day != day)
        return replace(self, tasks=others + tuple(replace(each, day=day) for each in tasks))

    def problem(self, most: int) -> str:
        """ "" or why a device that takes this many tasks a day cannot hold it."""
        for day in range(1, 8):
            tasks = self.of(day)
            if len(tasks) > most:
                return f"Day {day} has {len(tasks)} tasks; the camera takes {most} a day."
            for earlier, later in pairwise(tasks):
                if later.begin < earlier.end:
                    until = clock_text(earlier.end)
                    return f"Day {day}: a task begins at {clock_text(later.begin)}, the one before it ends at {until}."
        return ""


@dataclass(frozen=True, slots=True)
class MoveLimit:
    """Edges of movement. kind "manual" is for hands, "scan" for the panorama scan, else the device's number."""

    id: str
    kind: str
    enabled: bool = False


NEVER, ALWAYS = 0, -1  # spans of what a dome writes into its picture


@dataclass(frozen=True, slots=True)
class PositionOverlay:
    """What a dome writes into its own picture, and for how many seconds after it has changed; NEVER, ALWAYS, or None
    for what this dome does not have."""

    zoom: int | None = None
    direction: int | None = None
    preset: int | None = None


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What there is; what is empty or False is not there. power_memory: seconds at one place after which it is the
    one to return to when the power comes back, 0 for never. overlay: the spans that a PositionOverlay may have."""

    park_actions: tuple[str, ...] = ()
    task_actions: tuple[str, ...] = ()
    tasks_a_day: int = 0
    limits: bool = False
    power_memory: tuple[int, ...] = ()
    overlay: tuple[int, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.park_actions or self.tasks_a_day or self.limits or self.power_memory or self.overlay)


def clock_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
