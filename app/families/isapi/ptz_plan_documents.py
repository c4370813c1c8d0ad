"""Documents of position overlay, park action, time tasks, limits and power-off memory <-> values. Pure (sections
8.13.27 to 8.13.36)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from app.model.ptz_plans import (
    ALWAYS,
    DAY,
    NEVER,
    Errand,
    MoveLimit,
    ParkAction,
    PositionOverlay,
    TaskWeek,
    TimeTask,
    clock_text,
)
from app.wire.xml import Element

TASKS_A_DAY = 10
# The protocol text's words with its spelling; devices that spell "autoscan" are taken at their own word.
WORDS: Mapping[str, str] = {
    "disable": Errand.NOTHING,
    "atuoscan": Errand.AUTO_SCAN,
    "autoscan": Errand.AUTO_SCAN,
    "framescan": Errand.FRAME_SCAN,
    "randomscan": Errand.RANDOM_SCAN,
    "panoramascan": Errand.PANORAMA_SCAN,
    "tiltscan": Errand.TILT_SCAN,
    "patrol": Errand.PATROL,
    "pattern": Errand.PATTERN,
    "preset": Errand.PRESET,
    "periodreboot": Errand.REBOOT,
    "periodadjust": Errand.ADJUST,
    "auxoutput": Errand.AUXILIARY,
}
PARK_WORDS = ("atuoscan", "framescan", "randomscan", "panoramascan", "patrol", "pattern", "preset")
TASK_WORDS = ("disable", *PARK_WORDS, "tiltscan", "periodreboot", "periodadjust", "auxoutput")
MEMORY = {"disable": 0, "30sec": 30, "60sec": 60, "300sec": 300, "600sec": 600}
SPANS = {"alwaysclose": NEVER, "2sec": 2, "5sec": 5, "10sec": 10, "alwaysopen": ALWAYS}
_OVERLAY = {"zoom": "zoomlable", "direction": "azimuth", "preset": "presetlable"}  # the protocol's spelling
_LIMITS = {"1": "manual", "2": "scan"}
_MOST = 100
_CLOCK = re.compile(r"T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _true(root: Element, name: str) -> bool:
    return root.text_of(name).strip().lower() == "true"


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def errand(word: str) -> str:
    word = word.strip()
    return WORDS.get(word.lower(), word)


def spelling(words: Iterable[str]) -> dict[str, str]:
    """Errand -> the device's word for it."""
    return {errand(word): word.strip() for word in words if word.strip()}


def park(root: Element) -> ParkAction:
    return ParkAction(
        _true(root, "enabled"),
        float(_whole(root.text_of("Parktime"))),
        errand(root.text_of("Action/ActionType")),
        _whole(root.text_of("Action/ActionNum")),
    )


def park_action(value: ParkAction, spelled: Mapping[str, str]) -> bytes:
    kind = escape(spelled.get(value.action, value.action))
    return _xml(
        f"<ParkAction><enabled>{_word(value.enabled)}</enabled><Parktime>{round(value.idle)}</Parktime>"
        f"<Action><ActionType>{kind}</ActionType><ActionNum>{value.number}</ActionNum></Action></ParkAction>"
    )


def week(root: Element) -> TaskWeek:
    """From TimeTaskList; a task whose day or time makes no sense is left out."""
    found: list[TimeTask] = []
    for block in root.children[:_MOST]:
        if block.name == "TimeTaskBlock":
            day = _whole(block.text_of("dayOfWeek"))
            tasks = [_task(day, each) for each in block.children[:_MOST] if each.name == "TimeTaskRange"]
            found += [each for each in tasks if each is not None]
    return TaskWeek(_true(root, "enabled"), float(_whole(root.text_of("Parktime"))), tuple(found))


def _task(day: int, entry: Element) -> TimeTask | None:
    begin, end = (_minute(entry.text_of(name)) for name in ("beginTime", "endTime"))
    if begin is None or end is None or not 1 <= day <= 7 or begin > end:
        return None
    kind, number = errand(entry.text_of("Task/TaskType")), _whole(entry.text_of("Task/TaskNum"))
    return TimeTask(day, begin, end, kind, number)


def _minute(text: str) -> int | None:
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    return min(int(match[1]) * 60 + int(match[2]), DAY - 1)


def week_head(value: TaskWeek) -> bytes:
    """The switch of the whole week, without its days."""
    return _xml(
        f"<TimeTaskList><enabled>{_word(value.enabled)}</enabled><Parktime>{round(value.idle)}</Parktime></TimeTaskList>"
    )


def day(value: TaskWeek, number: int, spelled: Mapping[str, str]) -> bytes:
    tasks = "".join(
        f"<TimeTaskRange><TaskID>{count}</TaskID><beginTime>{clock_text(task.begin)}:00</beginTime>"
        f"<endTime>{clock_text(task.end)}:00</endTime>"
        f"<Task><TaskType>{escape(spelled.get(task.action, task.action))}</TaskType>"
        f"<TaskNum>{task.number}</TaskNum></Task></TimeTaskRange>"
        for count, task in enumerate(value.of(number), 1)
    )
    return _xml(f"<TimeTaskBlock><dayOfWeek>{number}</dayOfWeek>{tasks}</TimeTaskBlock>")


def limits(root: Element) -> tuple[MoveLimit, ...]:
    return tuple(
        MoveLimit(key, _LIMITS.get(key, key), _true(entry, "enabled"))
        for entry in root.children[:_MOST]
        if entry.name == "PTZLimited" and (key := entry.text_of("id").strip()).isdigit() and key.isascii()
    )


def limit(key: str, on: bool) -> bytes:
    return _xml(f"<PTZLimited><enabled>{_word(on)}</enabled><id>{key}</id></PTZLimited>")


def memory(root: Element) -> int | None:
    return MEMORY.get(root.text_of("savePtzPoweroffType").strip().lower())


def power_memory(seconds: int) -> bytes:
    word = next(word for word, value in MEMORY.items() if value == seconds)
    return _xml(f"<savePtzPoweroff><savePtzPoweroffType>{word}</savePtzPoweroffType></savePtzPoweroff>")


def overlay(root: Element) -> PositionOverlay:
    """What is missing, or says a span that the text does not have, is not there."""
    return PositionOverlay(**{part: SPANS.get(root.text_of(name).strip().lower()) for part, name in _OVERLAY.items()})


def position_overlay(value: PositionOverlay) -> bytes:
    words = {span: word for word, span in SPANS.items()}
    spans = ((name, getattr(value, part)) for part, name in _OVERLAY.items())
    inner = "".join(f"<{name}>{words[span]}</{name}>" for name, span in spans if span is not None)
    return _xml(f"<PTZOSDDisplay>{inner}</PTZOSDDisplay>")
