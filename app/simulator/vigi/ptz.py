"""PTZ of a simulated dome (section 4.9). Places are -1..1, zoom 0..1; preset ids 1..8, as texts or numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from app.simulator.head import TILT, ZOOM, Head, Place, Stored
from app.simulator.quirks import Quirks
from app.simulator.vigi.answers import REFUSED, Refusal, Reply
from app.simulator.vigi.fields import BadValue, whole

PRESETS = 8
_USUAL_SPEED = 0.5
_WAYS: Mapping[str, Place] = {
    "x": (1, 0, 0),
    "-x": (-1, 0, 0),
    "y": (0, 1, 0),
    "-y": (0, -1, 0),
    "z": (0, 0, 1),
    "-z": (0, 0, -1),
}
_Params = Mapping[str, Any]


class Ptz:
    """The dome's methods. heard has the movements and stops in the order in which they came."""

    def __init__(self, quirks: Quirks) -> None:
        self.head = Head(deaf=int(quirks.number("ptz_ignores_stop")) if "ptz_ignores_stop" in quirks else 0)
        self.head.presets["1"] = Stored("Gate", (0.0, 0.0, 1.0))
        self.heard: list[str] = []

    def answer(self, method: str, params: _Params) -> Reply | None:
        """None for what is no method of PTZ."""
        do = self._methods().get(method)
        if do is None:
            return None
        if not method.startswith("get"):
            self.heard.append(method)
        return do(params)

    def _methods(self) -> Mapping[str, Callable[[_Params], Reply]]:
        return {
            "motorMove": self._move_to,
            "cruiseMove": self._cruise,
            "stopMove": self._stop,
            "getPresetPoint": self._presets,
            "setPresetPoint": self._store,
            "removePresetPoint": self._remove,
            "gotoPresetPoint": self._go,
            "getPTZCapability": self._capability,
        }

    def _capability(self, params: _Params) -> Reply:
        return Reply({f"speed_{axis}_max": "1.000000" for axis in "xyz"})

    def _move_to(self, params: _Params) -> Reply:
        x, y, z = _between(params, "x_coord", -1), _between(params, "y_coord", -1), _between(params, "z_coord", 0)
        self.head.go(place_of(x, y, z))
        return Reply()

    def _cruise(self, params: _Params) -> Reply:
        way = _WAYS.get(str(params.get("coord")))
        if way is None:
            raise BadValue("coord")
        speed = _between(params, "coord_speed", 0) if "coord_speed" in params else _USUAL_SPEED
        self.head.move(way[0] * speed, way[1] * speed, way[2] * speed)
        return Reply()

    def _stop(self, params: _Params) -> Reply:
        self.head.move(0, 0, 0)
        return Reply()

    def _presets(self, params: _Params) -> Reply:
        rows = sorted(self.head.presets.items())
        spots = [coordinates(stored.place) for _, stored in rows]
        lists = {"id": [key for key, _ in rows], "name": [stored.name for _, stored in rows]}
        for index, name in enumerate(("position_pan", "position_tilt", "position_zoom")):
            lists[name] = [f"{spot[index]:.6f}" for spot in spots]
        return Reply(lists)

    def _store(self, params: _Params) -> Reply:
        key, name = _preset(params.get("id")), params.get("name")
        if not isinstance(name, str) or not 1 <= len(name) <= 32:
            raise BadValue("name")
        self.head.presets[key] = Stored(name, self.head.place)
        return Reply({"name": name, "id": int(key)})

    def _remove(self, params: _Params) -> Reply:
        ids = params.get("id")
        if not isinstance(ids, list) or not ids:
            raise BadValue("id")
        for key in [_preset(each) for each in ids]:
            self.head.presets.pop(key, None)
        return Reply()

    def _go(self, params: _Params) -> Reply:
        stored = self.head.presets.get(_preset(params.get("id")))
        if stored is None:
            raise Refusal(REFUSED)
        self.head.go(stored.place)
        return Reply()


def place_of(x: float, y: float, z: float) -> Place:
    """Pan, tilt and zoom of the head: y is 1 at the top, z 0 at the widest."""
    pan = x * 180 % 360
    tilt = TILT[1] - (y + 1) / 2 * (TILT[1] - TILT[0])
    return pan, tilt, ZOOM[0] * (ZOOM[1] / ZOOM[0]) ** z


def coordinates(place: Place) -> tuple[float, float, float]:
    """The reverse of `place_of`."""
    pan, tilt, zoom = place
    x = ((pan + 180) % 360 - 180) / 180
    y = (TILT[1] - tilt) / (TILT[1] - TILT[0]) * 2 - 1
    return x, y, math.log(zoom / ZOOM[0]) / math.log(ZOOM[1] / ZOOM[0])


def _between(params: _Params, name: str, low: float) -> float:
    """A number, or a text that is one, between low and 1."""
    value = params.get(name)
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not low <= number <= 1:
        raise BadValue(name)
    return number


def _preset(value: object) -> str:
    number = whole(value)
    if number is None or not 1 <= number <= PRESETS:
        raise BadValue("id")
    return str(number)
