"""What a session offers of a dome: moving it, and what it does by itself."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from app.model.ptz import Patrol, Pattern, Preset, PtzCapabilities, PtzPosition, Velocity
from app.model.ptz_plans import MoveLimit, ParkAction, PlanOptions, PositionOverlay, TaskWeek


class Ptz(Protocol):
    """Pan, tilt and zoom of one channel. What moves on until it is told otherwise (move, focus, iris) belongs to a
    `app.ptz.PtzDriver`, the only one who calls it: it knows what has to be stopped. `stop` never waits behind
    another request of this object. All methods run in one event loop. What the capabilities lack raises NotSupported.
    """

    async def capabilities(self) -> PtzCapabilities:
        """Asked once. NotSupported where the device has no PTZ at all."""

    async def warm(self) -> None:
        """Connects what the next command and stop will use. Called when a hand comes near; it moves nothing."""

    async def move(self, pan: float, tilt: float, zoom: float) -> None:
        """Speeds in -1..1 until the next command; three zeros are a zero-speed move."""

    async def momentary(self, pan: float, tilt: float, zoom: float, seconds: float) -> None: ...

    async def stop(self) -> None:
        """Everything that moves stops, patrols and patterns too where the device sees it that way."""

    async def absolute(self, position: PtzPosition) -> None:
        """Axes that are None stay. InvalidSetting outside the ranges."""

    async def centre_on(self, x: float, y: float) -> None:
        """Brings a point of the picture (0..1, origin top left) to its middle."""

    async def zoom_box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Fills the picture with this part of it (0..1, origin top left); right before left zooms out."""

    async def focus(self, speed: float) -> None:
        """-1..1, positive is far, until 0."""

    async def iris(self, speed: float) -> None:
        """-1..1, positive opens, until 0."""

    async def one_push_focus(self) -> None: ...

    async def auxiliary(self, name: str, on: bool) -> None: ...

    async def home(self) -> None: ...

    async def set_home(self) -> None: ...

    async def clear_home(self) -> None:
        """Back to the maker's own."""

    async def presets(self) -> tuple[Preset, ...]: ...

    async def call_preset(self, preset: str) -> None: ...

    async def set_preset(self, preset: str, name: str = "") -> None:
        """Stores where the camera looks now."""

    async def rename_preset(self, preset: str, name: str) -> None: ...

    async def delete_preset(self, preset: str) -> None: ...

    async def patrols(self) -> tuple[Patrol, ...]: ...

    async def save_patrol(self, patrol: Patrol) -> None: ...

    async def run_patrol(self, patrol: str) -> None: ...

    async def stop_patrol(self, patrol: str) -> None: ...

    async def patterns(self) -> tuple[Pattern, ...]: ...

    async def record_pattern(self, pattern: str, on: bool) -> None: ...

    async def run_pattern(self, pattern: str) -> None: ...

    async def stop_pattern(self, pattern: str) -> None: ...

    async def position(self) -> PtzPosition: ...

    async def field_of_view(self) -> float:
        """Degrees that the width of the picture shows now."""

    async def close(self) -> None:
        """Ends the connections of this object; the session goes on."""


@runtime_checkable
class QuickPtz(Protocol):
    """A Ptz that can have its next command ready beforehand."""

    def fire(self, velocity: Velocity, seconds: float) -> bool:
        """From any thread: a momentary move, or with no speed at all a stop, is on the wire when this returns. False
        where nothing stands ready: then nothing was sent. Never waits."""

    async def fired(self, velocity: Velocity, seconds: float) -> None:
        """What the camera said to it, in the loop of the Ptz; sent the ordinary way where it got lost. Raises as
        `momentary` and `stop` do."""


class PtzPlans(Protocol):
    """What a dome does by itself. Offered beside `Ptz` where a family can; what the options lack raises NotSupported,
    what the device cannot hold InvalidSetting before anything is sent."""

    async def options(self) -> PlanOptions:
        """Asked once."""

    async def park_action(self) -> ParkAction: ...

    async def set_park_action(self, action: ParkAction) -> None: ...

    async def tasks(self) -> TaskWeek: ...

    async def save_tasks(self, week: TaskWeek) -> None:
        """Days that are as the device has them are not sent."""

    async def limits(self) -> tuple[MoveLimit, ...]: ...

    async def enable_limit(self, limit: str, on: bool) -> None: ...

    async def begin_limit(self, limit: str) -> None:
        """Forgets the edges; the next four marks are the left, right, upper and lower one."""

    async def mark_limit(self, limit: str) -> None:
        """The next edge is where the camera looks now."""

    async def clear_limit(self, limit: str) -> None: ...

    async def power_memory(self) -> int:
        """Seconds, one of the options."""

    async def set_power_memory(self, seconds: int) -> None: ...

    async def position_overlay(self) -> PositionOverlay: ...

    async def set_position_overlay(self, overlay: PositionOverlay) -> None: ...
