"""How the two generations of PTZ control say the same thing: requests by their tail, no I/O.

PTZCtrl has documents; the older PTZControl has one command with a query and levels from 1 to 7. A device that has
PTZCtrl is spoken to by that, with or without the /ISAPI prefix.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from app.families.isapi import ptz_documents as documents
from app.model.ptz import STILL, Auxiliary, Patrol, PtzPosition, Velocity, step

LEVELS = 7


@dataclass(frozen=True, slots=True)
class Put:
    path: str
    body: bytes = b""
    method: str = "PUT"


Requests = tuple[Put, ...]


class Words(ABC):
    """before: what the device was told last, for those who must take back each command by itself. here: the path of
    the PTZ channel."""

    here: str

    @abstractmethod
    def move(self, before: Velocity, after: Velocity) -> Requests: ...

    @abstractmethod
    def stop(self, before: Velocity) -> Requests: ...

    @abstractmethod
    def lens(self, kind: str, before: float, after: float) -> Requests: ...

    @abstractmethod
    def call_preset(self, preset: str) -> Requests: ...

    @abstractmethod
    def set_preset(self, preset: str, name: str) -> Requests: ...

    @abstractmethod
    def delete_preset(self, preset: str) -> Requests: ...

    @abstractmethod
    def run_patrol(self, patrol: str, on: bool) -> Requests: ...

    @abstractmethod
    def save_patrol(self, patrol: Patrol) -> Requests: ...

    @abstractmethod
    def record_pattern(self, pattern: str, on: bool) -> Requests: ...

    @abstractmethod
    def run_pattern(self, pattern: str, on: bool) -> Requests: ...


class Modern(Words):
    """PTZCtrl. input is the id of the video input, whose lens it is."""

    def __init__(self, channel: str = "1") -> None:
        self.here = f"/PTZCtrl/channels/{channel}"
        self.input = f"/System/Video/inputs/channels/{channel}"
        self.sight = f"/GIS/channels/{channel}"
        self.continuous_path = f"{self.here}/continuous"
        self.momentary_path = f"{self.here}/momentary"

    def move(self, before: Velocity, after: Velocity) -> Requests:
        return (Put(self.continuous_path, documents.motion(after.pan, after.tilt, after.zoom)),)

    def momentary(self, wanted: Velocity, seconds: float) -> Requests:
        return (Put(self.momentary_path, documents.motion(wanted.pan, wanted.tilt, wanted.zoom, seconds)),)

    def stop(self, before: Velocity) -> Requests:
        return self.move(before, STILL)

    def lens(self, kind: str, before: float, after: float) -> Requests:
        return (Put(f"{self.input}/{kind}", documents.lens(kind, after)),)

    def absolute(self, wanted: PtzPosition) -> Requests:
        return (Put(f"{self.here}/absolute", documents.absolute(wanted)),)

    def call_preset(self, preset: str) -> Requests:
        return (Put(f"{self.here}/presets/{preset}/goto"),)

    def set_preset(self, preset: str, name: str) -> Requests:
        return (Put(f"{self.here}/presets/{preset}", documents.preset(preset, name)),)

    def delete_preset(self, preset: str) -> Requests:
        return (Put(f"{self.here}/presets/{preset}", method="DELETE"),)

    def run_patrol(self, patrol: str, on: bool) -> Requests:
        return (Put(f"{self.here}/patrols/{patrol}/{'start' if on else 'stop'}"),)

    def save_patrol(self, patrol: Patrol) -> Requests:
        return (Put(f"{self.here}/patrols/{patrol.id}", documents.patrol(patrol)),)

    def record_pattern(self, pattern: str, on: bool) -> Requests:
        return (Put(f"{self.here}/patterns/{pattern}/{'recordstart' if on else 'recordstop'}"),)

    def run_pattern(self, pattern: str, on: bool) -> Requests:
        return (Put(f"{self.here}/patterns/{pattern}/{'run' if on else 'stop'}"),)


_PAN = {-1: "LEFT", 0: "", 1: "RIGHT"}
_TILT = {-1: "DOWN", 0: "", 1: "UP"}
_LENS = {"focus": ("FOCUS_NEAR", "FOCUS_FAR"), "iris": ("IRIS_CLOSE", "IRIS_OPEN")}
# Stops when nobody knows what runs: each ends its whole axis.
_ANY = ("PAN_LEFT", "TILT_UP", "ZOOM_IN")
AUXILIARIES = {each: each.value.upper() for each in Auxiliary}


class Legacy(Words):
    """PTZControl: a command is started and the same command is stopped."""

    def __init__(self, channel: str = "1") -> None:
        self.here = f"/PTZ/channels/{channel}"

    def command(self, name: str, mode: str = "", speed: int = 0, **numbers: str) -> Put:
        query = f"command={name}" + "".join(f"&{key}={value}" for key, value in numbers.items())
        query += f"&mode={mode}" if mode else ""
        query += f"&speed={speed}" if speed else ""
        return Put(f"{self.here}/PTZControl?{query}")

    def move(self, before: Velocity, after: Velocity) -> Requests:
        if not after.moves:
            return self.stop(before)
        old, new = _commands(before), _commands(after)
        ended = tuple(self.command(name, "stop") for name in old if name not in new)
        changed = ((name, speed) for name, speed in new.items() if old.get(name) != speed)
        return ended + tuple(self.command(name, "start", speed) for name, speed in changed)

    def stop(self, before: Velocity) -> Requests:
        return tuple(self.command(name, "stop") for name in (_commands(before) or _ANY))

    def lens(self, kind: str, before: float, after: float) -> Requests:
        lower, higher = _LENS[kind]
        if after:
            return (self.command(higher if after > 0 else lower, "start", step(after, LEVELS)),)
        if before:
            return (self.command(higher if before > 0 else lower, "stop"),)
        return (self.command(lower, "stop"), self.command(higher, "stop"))

    def call_preset(self, preset: str) -> Requests:
        return (self.command("GOTO_PRESET", presetNo=preset),)

    def set_preset(self, preset: str, name: str) -> Requests:
        return (self.command("SET_PRESET", presetNo=preset),)

    def delete_preset(self, preset: str) -> Requests:
        return (self.command("CLE_PRESET", presetNo=preset),)

    def run_patrol(self, patrol: str, on: bool) -> Requests:
        return (self.command("PATROL", "start" if on else "stop", patrolNo=patrol),)

    def save_patrol(self, patrol: Patrol) -> Requests:
        return (Put(f"{self.here}/patrols/{patrol.id}/keyPoints", documents.key_point_list(patrol.points)),)

    def record_pattern(self, pattern: str, on: bool) -> Requests:
        # The text names no query for the number of a pattern; patrolNo is the one that is left.
        return (self.command("MEM_PATTERN", "start" if on else "stop", patrolNo=pattern),)

    def run_pattern(self, pattern: str, on: bool) -> Requests:
        if on:
            return (self.command("RUN_PATTERN", patrolNo=pattern),)
        return self.stop(STILL)  # there is no word for it: a stop of the axes ends what runs

    def auxiliary(self, name: str, on: bool) -> Requests:
        return (self.command(AUXILIARIES[Auxiliary(name)], "start" if on else "stop"),)


def _commands(velocity: Velocity) -> dict[str, int]:
    """The commands that make up a velocity, with their levels."""
    found: dict[str, int] = {}
    across, up = _PAN[_sign(velocity.pan)], _TILT[_sign(velocity.tilt)]
    if across or up:
        name = f"{up}_{across}" if across and up else f"PAN_{across}" if across else f"TILT_{up}"
        found[name] = step(max(abs(velocity.pan), abs(velocity.tilt)), LEVELS)
    if velocity.zoom:
        found["ZOOM_IN" if velocity.zoom > 0 else "ZOOM_OUT"] = step(velocity.zoom, LEVELS)
    return found


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
