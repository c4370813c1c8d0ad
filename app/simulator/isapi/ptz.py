"""The PTZ resources of a simulated dome: PTZCtrl with documents, or the older PTZControl commands."""

from __future__ import annotations

import asyncio
import re

from app.simulator.access import Account, Level
from app.simulator.head import TILT, WIDE, ZOOM, Head, Route, Stored
from app.simulator.http_server import Answer, Request
from app.simulator.isapi.answers import OK, Answering, Refusal
from app.simulator.isapi.ptz_control import OlderControl
from app.simulator.isapi.ptz_plans import Plans, leaf
from app.simulator.isapi.tree import BadXml, Node, parse, write
from app.simulator.quirks import Quirks

PRESETS, PATROLS, PATTERNS = 32, 8, 4
RESERVED = ("33", "34", "92", "93", "94", "95", "99")
AUXILIARIES = {"1": "LIGHT", "2": "WIPER"}
_HERE = re.compile(r"(PTZCtrl|PTZ)/channels(?:/(\d+)(?:/(.*))?)?", re.IGNORECASE)
_LENS = re.compile(r"System/Video/inputs/channels/1/(focus|iris)", re.IGNORECASE)
_SIGHT = re.compile(r"GIS/channels/1", re.IGNORECASE)
_POWER = {"LIGHT_PWRON": "1", "WIPER_PWRON": "2"}


def new_head(quirks: Quirks) -> Head:
    deaf = int(quirks.number("ptz_ignores_stop")) if "ptz_ignores_stop" in quirks else 0
    head = Head(deaf=deaf, endless="ptz_ignores_timeout" in quirks)
    for number in range(1, PRESETS + 1):
        head.presets[str(number)] = Stored(f"Preset {number}", (0.0, 0.0, 1.0), is_set=False)
    for number, (name, place) in enumerate((("Gate", (0.0, 0.0, 1.0)), ("Ramp", (30.0, 6.0, 3.0))), 1):
        head.presets[str(number)] = Stored(name, place)
    head.routes = {str(number): Route(f"Patrol {number}") for number in range(1, PATROLS + 1)}
    return head


class PtzResources:
    """Answers for the paths of PTZ. head is the dome itself; heard counts commands, in the order they came.

    first: it keeps to the first text, which has no capabilities, no boxes, and auxiliaries by command.
    """

    def __init__(self, quirks: Quirks, *, first: bool = False) -> None:
        self.head = new_head(quirks)
        self.plans = Plans(self.head, first=first)
        self.older = OlderControl(self.head)
        self.heard: list[str] = []
        self.auxiliaries = dict.fromkeys(AUXILIARIES, "off")
        self._first = first
        self._quirks = quirks
        self._old = "ptz_only_old" in quirks

    def answers(self, path: str) -> bool:
        return any(each.fullmatch(path) is not None for each in (_HERE, _LENS, _SIGHT))

    async def handle(self, camera: Answering, path: str, request: Request, account: Account) -> Answer:
        method = "GET" if request.method == "HEAD" else request.method
        if account.level < (Level.VIEWER if method == "GET" else Level.OPERATOR):
            raise Refusal(4, "lowPrivilege")
        answer = self._answer(camera, path, method, request)
        if method != "GET" and "ptz_answers_late" in self._quirks:
            await asyncio.sleep(self._quirks.number("ptz_answers_late"))
        return answer

    def _answer(self, camera: Answering, path: str, method: str, request: Request) -> Answer:
        lens = _LENS.fullmatch(path)
        if lens is not None:
            return self._lens(camera, lens[1].lower(), method, request)
        if _SIGHT.fullmatch(path) is not None and method == "GET" and not self._first:
            return camera.document(self._sight())
        match = _HERE.fullmatch(path)
        if match is None or (match[1].lower() == "ptz") != self._old or match[2] not in (None, "1"):
            raise Refusal(4, "notSupport")
        rest = (match[3] or "").strip("/")
        if match[2] is None:
            return camera.document(Node("PTZChannelList", children=[self._channel()]))
        if self._old:
            return self._older(camera, rest, method, request)
        power = _POWER.get(request.query.get("command", "")) if self._first and rest == "auxcontrol" else None
        if method == "GET":
            told = self._read(rest) if power is None else Node("PTZAuxStatus", children=[self._powered(power)])
            return Answer(body=write(told, camera.style, capabilities=rest.endswith("capabilities")))
        self.heard.append(f"{method} {rest} {request.body.decode(errors='replace')}")
        sent = _parsed(request.body)
        if power is not None and sent is not None:
            self.auxiliaries[power] = "on" if sent.value("enabled") == "true" else "off"
        else:
            self._write(rest, method, sent)
        return camera.status(OK, request)

    def _powered(self, key: str) -> Node:
        return leaf("enabled", "true" if self.auxiliaries[key] == "on" else "false")

    def _lens(self, camera: Answering, kind: str, method: str, request: Request) -> Answer:
        if method != "PUT":
            raise Refusal(4, "methodNotAllowed", allow="PUT")
        sent = _parsed(request.body)
        self.heard.append(f"PUT {kind} {sent.value(kind) if sent is not None else ''}")
        self.head.lens[kind] = _percent(sent, kind)
        return camera.status(OK, request)

    # Reading

    def _sight(self) -> Node:
        wide = WIDE / self.head.place[2]
        angles = [leaf("horizontalValue", f"{wide:.2f}"), leaf("verticalValue", f"{wide * 9 / 16:.2f}")]
        return Node("GIS", children=[leaf("id", 1), Node("AngleView", children=angles), _high(self.head.place)])

    def _channel(self) -> Node:
        children = [leaf("id", 1), leaf("enabled", "true"), leaf("videoInputID", 1)]
        if self._old:
            for name, count in (("PresetID", PRESETS), ("PatrolID", PATROLS), ("PatternID", PATTERNS)):
                listed = [
                    Node(name, children=[leaf("id", n), leaf("enabled", self._used(name, str(n)))])
                    for n in range(1, count + 1)
                ]
                children.append(Node(f"{name}List", children=listed))
        return Node("PTZChannel", {"block": "1"}, children=children)

    def _used(self, name: str, key: str) -> str:
        head = self.head
        stored = head.presets.get(key)
        used = {
            "PresetID": stored is not None and stored.is_set,
            "PatrolID": bool(head.routes[key].points) if key in head.routes else False,
            "PatternID": bool(head.patterns.get(key)),
        }[name]
        return "true" if used else "false"

    def _read(self, rest: str) -> Node:
        head = self.head
        match rest.split("/"):
            case [""]:
                return self._channel()
            case ["capabilities"] if not self._first:
                return self._capabilities()
            case ["status"] if "ptz_no_position" not in self._quirks:
                return Node("PTZStatus", children=[_high(head.place)])
            case ["presets"]:
                return Node("PTZPresetList", children=[_preset(*each) for each in head.presets.items()])
            case ["presets", key] if key in head.presets:
                return _preset(key, head.presets[key])
            case ["patrols"]:
                return Node("PTZPatrolList", children=[_patrol(*each) for each in head.routes.items()])
            case ["patrols", key] if key in head.routes:
                return _patrol(key, head.routes[key])
            case ["patterns"]:
                keys = [str(number) for number in range(1, PATTERNS + 1)]
                return Node("PTZPatternList", children=[self._pattern(key) for key in keys])
            case ["auxcontrols"] if not self._first:
                return Node("PTZAuxList", children=[self._auxiliary(key) for key in AUXILIARIES])
        found = self.plans.read(rest)
        if found is not None:
            return found
        if rest in self._commands():
            raise Refusal(4, "methodNotAllowed", allow="PUT")
        raise Refusal(4, "notSupport")

    def _commands(self) -> set[str]:
        """What can be written and not read."""
        found = {"continuous", "momentary", "absolute", "homeposition", "relative" if self._first else "position3D"}
        return found - {"momentary"} if "ptz_continuous_only" in self._quirks else found

    def _capabilities(self) -> Node:
        spaces = [
            _space("AbsolutePanTiltPositionSpace", X=(0, 3600), Y=(round(TILT[0] * 10), round(TILT[1] * 10))),
            _space("AbsoluteZoomPositionSpace", Z=(round(ZOOM[0] * 10), round(ZOOM[1] * 10))),
            _space("ContinuousPanTiltSpace", X=(-100, 100), Y=(-100, 100)),
            _space("ContinuousZoomSpace", Z=(-100, 100)),
        ]
        if "ptz_continuous_only" not in self._quirks:
            spaces.append(_space("MomentaryPanTiltSpace", X=(-100, 100), Y=(-100, 100)))
            spaces.append(_space("MomentaryZoomSpace", Z=(-100, 100)))
        special = Node("specialNo", {"opt": ",".join(RESERVED)})
        return Node(
            "PTZChanelCap",
            children=[
                *spaces,
                leaf("homePostionSupport", "true"),
                leaf("maxPresetNum", PRESETS),
                leaf("maxPatrolNum", PATROLS),
                leaf("maxPatternNum", PATTERNS),
                Node("PresetNameCap", children=[leaf("presetNameSupport", "true"), special]),
                leaf("isSupportPosition3D", "true"),
                leaf("isSupportOnePushFocus", "true"),
            ],
        )

    def _pattern(self, key: str) -> Node:
        notes = self.head.patterns.get(key, [])
        texts = {"enabled": "true" if notes else "false", "id": key, "space": str(max(0, 100 - len(notes)))}
        return Node("PTZPattern", {"block": "1"}, children=[leaf(*each) for each in texts.items()])

    def _auxiliary(self, key: str) -> Node:
        texts = {"id": key, "type": AUXILIARIES[key], "status": self.auxiliaries[key]}
        return Node("PTZAux", {"block": "1"}, children=[leaf(*each) for each in texts.items()])

    # Writing

    def _write(self, rest: str, method: str, sent: Node | None) -> None:
        head = self.head
        match rest.split("/"):
            case ["continuous"]:
                head.move(*_speeds(sent))
            case ["momentary"] if "ptz_continuous_only" not in self._quirks:
                head.move(*_speeds(sent), _number(sent, "Momentary/duration") / 1000)
            case ["absolute"]:
                head.go(self._absolute(sent))
            case ["position3D"] if not self._first:
                self._box(sent)
            case ["relative"] if self._first:
                self._click(sent)
            case ["homeposition", "goto"]:
                head.go(head.home)
            case ["homeposition"]:
                head.home = head.place if method == "PUT" else (0.0, 0.0, 1.0)
            case ["onepushfoucs", "start"] if not self._first:
                head.lens["focus"] = 0.0
            case ["presets", key, "goto"] if key in head.presets and head.presets[key].is_set:
                head.go(head.presets[key].place)
            case ["presets", key] if key in head.presets:
                self._preset(key, method, sent)
            case ["patrols", key, ("start" | "stop") as word] if key in head.routes:
                if word == "stop":
                    head.end()
                elif not head.run_patrol(key):
                    raise Refusal(4, "invalidOperation")
            case ["patrols", key] if key in head.routes and sent is not None:
                head.routes[key] = _route(sent)
            case ["patterns", key, word] if key.isdigit() and 0 < int(key) <= PATTERNS:
                self._run_pattern(key, word)
            case ["auxcontrols", key] if not self._first and key in AUXILIARIES and sent is not None:
                self.auxiliaries[key] = sent.value("status")
            case _ if not self.plans.write(rest, method, sent):
                raise Refusal(4, "notSupport")

    def _absolute(self, sent: Node | None) -> tuple[float, float, float]:
        now = self.head.place
        tenths = [
            _number(sent, f"AbsoluteHigh/{name}", round(value * 10))
            for name, value in zip(("azimuth", "elevation", "absoluteZoom"), now, strict=True)
        ]
        pan, tilt, zoom = (each / 10 for each in tenths)
        if not (0 <= pan <= 360 and TILT[0] <= tilt <= TILT[1] and ZOOM[0] <= zoom <= ZOOM[1]):
            raise Refusal(6, "badParameters")
        return (pan % 360, tilt, zoom)

    def _box(self, sent: Node | None) -> None:
        """Start and end on a grid of 255 with its origin at the bottom left."""
        left, start_up, right, end_up = (
            _number(sent, f"{point}/{name}")
            for point in ("StartPoint", "EndPoint")
            for name in ("positionX", "positionY")
        )
        if not all(0 <= each <= 255 for each in (left, start_up, right, end_up)):
            raise Refusal(6, "badParameters")
        width = abs(right - left) / 255
        factor = 1.0 if width < 0.02 else 1 / width if right > left else width
        self.head.go(self.head.beside((left + right) / 510, 1 - (start_up + end_up) / 510, factor))

    def _click(self, sent: Node | None) -> None:
        x, y = (_number(sent, f"Relative/{name}") for name in ("positionX", "positionY"))
        if not (0 <= x <= 255 and 0 <= y <= 255):
            raise Refusal(6, "badParameters")
        self.head.go(self.head.beside(x / 255, 1 - y / 255))

    def _preset(self, key: str, method: str, sent: Node | None) -> None:
        if method == "DELETE":
            self.head.presets[key].is_set = False
        elif sent is not None:
            self.head.presets[key] = Stored(sent.value("presetName"), self.head.place)

    def _run_pattern(self, key: str, word: str) -> None:
        head = self.head
        if word in ("recordstart", "recordstop"):
            head.record(key, word == "recordstart")
        elif word == "stop":
            head.end()
        elif word != "run" or not head.run_pattern(key):
            raise Refusal(4, "invalidOperation")

    # The older form

    def _older(self, camera: Answering, rest: str, method: str, request: Request) -> Answer:
        if method == "GET":
            found = self._channel() if rest == "" else self.older.key_points(rest)
            if found is None:
                raise Refusal(4, "methodNotAllowed" if rest == "PTZControl" else "notSupport")
            return camera.document(found)
        query = request.query
        if rest == "PTZControl" and method == "PUT":
            said = (query.get("command", ""), query.get("mode", "start"), query.get("speed", ""))
            self.heard.append(" ".join(said).strip())
            self.older.command(query)
        elif not self.older.write_key_points(rest, _parsed(request.body)):
            raise Refusal(4, "notSupport")
        return camera.status(OK, request)


def _space(name: str, **axes: tuple[int, int]) -> Node:
    ranges = [
        Node(f"{axis}Range", children=[leaf("Min", low), leaf("Max", high)]) for axis, (low, high) in axes.items()
    ]
    return Node(name, children=ranges)


def _high(place: tuple[float, float, float]) -> Node:
    texts = zip(("azimuth", "elevation", "absoluteZoom"), place, strict=True)
    return Node("AbsoluteHigh", children=[leaf(name, round(value * 10)) for name, value in texts])


def _preset(key: str, stored: Stored) -> Node:
    texts = {"enabled": "true" if stored.is_set else "false", "id": key, "presetName": stored.name}
    return Node("PTZPreset", {"block": "1"}, children=[leaf(*each) for each in texts.items()])


def _patrol(key: str, route: Route) -> Node:
    points = [
        Node(
            "PatrolSequence",
            children=[
                leaf("id", number),
                leaf("presetID", preset),
                leaf("seqSpeed", speed),
                leaf("delay", round(dwell * 1000)),
            ],
        )
        for number, (preset, dwell, speed) in enumerate(route.points, 1)
    ]
    texts = {"enabled": "true" if route.points else "false", "id": key, "patrolName": route.name}
    children = [leaf(*each) for each in texts.items()]
    return Node("PTZPatrol", {"block": "1"}, children=[*children, Node("PatrolSequenceList", children=points)])


def _route(sent: Node) -> Route:
    listed = sent.child("PatrolSequenceList")
    points = [
        (each.value("presetID"), _number(each, "delay") / 1000, _number(each, "seqSpeed"))
        for each in (listed.children if listed is not None else ())
    ]
    if not points:
        raise Refusal(6, "badXmlContent")
    return Route(sent.value("patrolName"), points)


def _parsed(body: bytes) -> Node | None:
    if not body:
        return None
    try:
        return parse(body)
    except BadXml:
        raise Refusal(5, "badXmlFormat") from None


def _number(sent: Node | None, path: str, usual: int | None = None) -> int:
    text = sent.value(path) if sent is not None else ""
    if not text and usual is not None:
        return usual
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        raise Refusal(6, "badXmlContent")
    return int(text)


def _percent(sent: Node | None, name: str) -> float:
    value = _number(sent, name)
    if not -100 <= value <= 100:
        raise Refusal(6, "badParameters")
    return value / 100


def _speeds(sent: Node | None) -> tuple[float, float, float]:
    if sent is None:
        raise Refusal(6, "badXmlContent")
    return (_percent(sent, "pan"), _percent(sent, "tilt"), _percent(sent, "zoom"))
