"""What a simulated dome is told to do by itself: park action, tasks by the clock, limits, power-off memory."""

from __future__ import annotations

import re

from app.simulator.head import Head
from app.simulator.isapi.answers import Refusal
from app.simulator.isapi.tree import Node

ACTIONS = ("framescan", "randomscan", "panoramascan", "patrol", "pattern", "preset")
TASKS = ("tiltscan", "periodreboot", "periodadjust", "auxoutput")
MEMORY = ("disable", "30sec", "60sec", "300sec", "600sec")
SHOWN = ("2sec", "5sec", "10sec", "alwaysclose", "alwaysopen")
OVERLAY = ("zoomlable", "azimuth", "presetlable")
TASKS_A_DAY = 10
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


def leaf(name: str, text: object) -> Node:
    return Node(name, text=str(text))


class Plans:
    """The resources below a PTZ channel that stand for plans. A range of tasks is begin, end, type and number."""

    def __init__(self, head: Head, *, first: bool = False) -> None:
        scan = "atuoscan" if first else "autoscan"  # the first text's spelling, and what devices came to say
        self._actions = (scan, *ACTIONS)
        self._tasks = ("disable", *self._actions, *TASKS)
        self._tells = not first
        self.park = {"enabled": "false", "Parktime": "60", "ActionType": "patrol", "ActionNum": "1"}
        self.week = {"enabled": "false", "Parktime": "300"}
        self.days: dict[str, list[tuple[str, str, str, str]]] = {str(day): [] for day in range(1, 8)}
        self.limits = {"1": False, "2": False}
        self.memory = "disable"
        self.shown = dict.fromkeys(OVERLAY, "2sec")
        self._head = head
        self._edges: dict[str, list[float] | None] = {"1": None, "2": None}

    def read(self, rest: str) -> Node | None:
        """None for what is none of these."""
        match rest.split("/"):
            case ["parkaction"]:
                action = Node("Action", children=[leaf(name, self.park[name]) for name in ("ActionType", "ActionNum")])
                return Node(
                    "ParkAction", children=[*(leaf(name, self.park[name]) for name in ("enabled", "Parktime")), action]
                )
            case ["parkaction", "capabilities"] if self._tells:
                kind = Node("ActionType", {"opt": ",".join(self._actions)})
                return Node("ParkAction", children=[Node("Action", children=[kind])])
            case ["timetasks"]:
                head = [leaf(name, self.week[name]) for name in ("enabled", "Parktime")]
                return Node("TimeTaskList", children=[*head, *(self._day(key) for key in self.days)])
            case ["timetasks", key] if key in self.days:
                return self._day(key)
            case ["ptzlimiteds"]:
                return Node("PTZLimitedList", children=[self._limit(key) for key in self.limits])
            case ["ptzlimiteds", key] if key in self.limits:
                return self._limit(key)
            case ["saveptzpoweroff"]:
                return Node("savePtzPoweroff", children=[leaf("savePtzPoweroffType", self.memory)])
            case ["PTZOSDDisplay"]:
                return Node("PTZOSDDisplay", children=[leaf(*each) for each in self.shown.items()])
        return None

    def write(self, rest: str, method: str, sent: Node | None) -> bool:
        """False for what is none of these. Refusal for what the protocol text does not allow."""
        match rest.split("/"):
            case ["parkaction"] if sent is not None:
                self._park(sent)
            case ["timetasks"] if sent is not None:
                self.week = {name: sent.value(name) for name in ("enabled", "Parktime")}
            case ["timetasks", key] if key in self.days:
                self.days[key] = self._ranges(key, sent) if method == "PUT" and sent is not None else []
            case ["ptzlimiteds", key, ("setstart" | "set") as word] if key in self.limits:
                self._edge(key, word)
            case ["ptzlimiteds", key] if key in self.limits:
                self._switch(key, method == "PUT" and sent is not None and sent.value("enabled") == "true", method)
            case ["saveptzpoweroff"] if sent is not None:
                self.memory = _one_of(sent.value("savePtzPoweroffType"), MEMORY)
            case ["PTZOSDDisplay"] if sent is not None:
                self.shown = {name: _one_of(sent.value(name), SHOWN) for name in OVERLAY}
            case _:
                return False
        return True

    def _park(self, sent: Node) -> None:
        action, number = _one_of(sent.value("Action/ActionType"), self._actions), sent.value("Action/ActionNum")
        if not number.isdigit() or int(number) > 255:
            raise Refusal(6, "badParameters")
        enabled, idle = sent.value("enabled"), sent.value("Parktime")
        self.park = {"enabled": enabled, "Parktime": idle, "ActionType": action, "ActionNum": number}

    def _day(self, key: str) -> Node:
        ranges = [
            Node(
                "TimeTaskRange",
                {"block": "1"},
                children=[
                    leaf("TaskID", number),
                    leaf("beginTime", begin),
                    leaf("endTime", end),
                    Node("Task", children=[leaf("TaskType", kind), leaf("TaskNum", which)]),
                ],
            )
            for number, (begin, end, kind, which) in enumerate(self.days[key], 1)
        ]
        return Node("TimeTaskBlock", {"block": "1"}, children=[leaf("dayOfWeek", key), *ranges])

    def _limit(self, key: str) -> Node:
        enabled = "true" if self.limits[key] else "false"
        return Node("PTZLimited", {"block": "1"}, children=[leaf("enabled", enabled), leaf("id", key)])

    def _edge(self, key: str, word: str) -> None:
        """Only while it is on, and after setstart: left, right, up, down."""
        edges = self._edges[key]
        if not self.limits[key] or (word == "set" and (edges is None or len(edges) == 4)):
            raise Refusal(4, "invalidOperation")
        if word == "setstart" or edges is None:
            self._edges[key], edges = [], []
        else:
            edges.append(self._head.place[0 if len(edges) < 2 else 1])
        self._restrict()

    def _switch(self, key: str, on: bool, method: str) -> None:
        self.limits[key] = on
        if method == "DELETE":
            self._edges[key] = None
        self._restrict()

    def _restrict(self) -> None:
        edges = self._edges["1"]
        full = edges is not None and len(edges) == 4 and self.limits["1"]
        self._head.fence = (edges[0], edges[1], edges[2], edges[3]) if full and edges is not None else None

    def _ranges(self, key: str, sent: Node) -> list[tuple[str, str, str, str]]:
        found = []
        for entry in sent.children:
            if entry.name == "TimeTaskRange":
                begin, end = entry.value("beginTime"), entry.value("endTime")
                if not _TIME.fullmatch(begin) or not _TIME.fullmatch(end) or begin > end:
                    raise Refusal(6, "badParameters")
                found.append(
                    (begin, end, _one_of(entry.value("Task/TaskType"), self._tasks), entry.value("Task/TaskNum"))
                )
        if sent.value("dayOfWeek") != key or len(found) > TASKS_A_DAY:
            raise Refusal(6, "badParameters")
        return found


def _one_of(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise Refusal(6, "badParameters")
    return word
