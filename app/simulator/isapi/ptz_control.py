"""The older way to move a simulated dome: one PTZControl command with a query, and key points of patrols."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.simulator.head import Head, Route, Stored
from app.simulator.isapi.answers import Refusal
from app.simulator.isapi.tree import Node

MOVES = {
    "PAN_LEFT": (-1, 0, 0),
    "PAN_RIGHT": (1, 0, 0),
    "TILT_UP": (0, 1, 0),
    "TILT_DOWN": (0, -1, 0),
    "UP_LEFT": (-1, 1, 0),
    "UP_RIGHT": (1, 1, 0),
    "DOWN_LEFT": (-1, -1, 0),
    "DOWN_RIGHT": (1, -1, 0),
    "ZOOM_IN": (0, 0, 1),
    "ZOOM_OUT": (0, 0, -1),
}
_LENS = {"FOCUS_NEAR": ("focus", -1), "FOCUS_FAR": ("focus", 1), "IRIS_CLOSE": ("iris", -1), "IRIS_OPEN": ("iris", 1)}
_PRESETS = ("SET_PRESET", "GOTO_PRESET", "CLE_PRESET")
_SWITCHES = ("LIGHT", "WIPER", "FAN", "HEATER", "AUX1", "AUX2")
_POINTS = re.compile(r"patrols/(\d+)/keyPoints", re.IGNORECASE)


class OlderControl:
    """switches: what of the auxiliaries is on."""

    def __init__(self, head: Head) -> None:
        self.switches: set[str] = set()
        self._head = head
        self._running: dict[str, tuple[float, float, float]] = {}

    def key_points(self, rest: str) -> Node | None:
        route = self._route(rest)
        if route is None:
            return None
        points = [
            Node(
                "PatrolPoint",
                {"block": "1"},
                children=[
                    Node(name, text=str(value))
                    for name, value in (("id", n), ("presetNo", preset), ("speed", speed), ("dwellTime", round(stay)))
                ],
            )
            for n, (preset, stay, speed) in enumerate(route.points, 1)
        ]
        return Node("PatrolPointList", children=points)

    def write_key_points(self, rest: str, sent: Node | None) -> bool:
        route = self._route(rest)
        if route is None or sent is None:
            return False
        route.points = [
            (entry.value("presetNo"), float(entry.value("dwellTime") or 0), int(entry.value("speed") or 1))
            for entry in sent.children
            if entry.name == "PatrolPoint"
        ]
        return True

    def _route(self, rest: str) -> Route | None:
        match = _POINTS.fullmatch(rest)
        return self._head.routes.get(match[1]) if match is not None else None

    def command(self, query: Mapping[str, str]) -> None:
        """Refusal for what the protocol text does not have."""
        name, mode = query.get("command", ""), query.get("mode", "start")
        if mode not in ("start", "stop"):
            raise Refusal(6, "badParameters")
        if name in MOVES:
            self._move(name, mode, query.get("speed", "3"))
        elif name in _PRESETS:
            self._preset(name, query.get("presetNo", ""))
        elif name in _LENS:
            kind, sign = _LENS[name]
            self._head.lens[kind] = 0.0 if mode == "stop" else sign * int(query.get("speed", "1")) / 7
        elif name in _SWITCHES:
            (self.switches.discard if mode == "stop" else self.switches.add)(name)
        else:
            self._tour(name, mode, query.get("patrolNo", ""))

    def _move(self, name: str, mode: str, speed: str) -> None:
        if not re.fullmatch(r"[1-7]", speed):
            raise Refusal(6, "badParameters")
        axis = MOVES[name]
        kind = "zoom" if axis[2] else "head"
        if mode == "stop":
            self._running.pop(kind, None)
        else:
            level = int(speed) / 7
            self._running[kind] = (axis[0] * level, axis[1] * level, axis[2] * level)
        self._head.move(*(sum(each) for each in zip((0.0, 0.0, 0.0), *self._running.values(), strict=True)))

    def _preset(self, name: str, key: str) -> None:
        stored = self._head.presets.get(key)
        if stored is None:
            raise Refusal(6, "badParameters")
        if name == "SET_PRESET":
            self._head.presets[key] = Stored("", self._head.place)
        elif name == "CLE_PRESET":
            stored.is_set = False
        elif stored.is_set:
            self._head.go(stored.place)

    def _tour(self, name: str, mode: str, key: str) -> None:
        head = self._head
        if name == "MEM_PATTERN":
            head.record(key, mode == "start")
            return
        started = {"PATROL": head.run_patrol, "RUN_PATTERN": head.run_pattern}.get(name)
        if started is None:
            raise Refusal(6, "badParameters")
        if mode == "stop":
            head.end()
        elif not started(key):
            raise Refusal(4, "invalidOperation")
