"""Pan, tilt and zoom, whatever the maker: what a camera can do, where it looks, what it has stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends are included."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"{self.low:g} to {self.high:g} is no range")


@dataclass(frozen=True, slots=True)
class Velocity:
    """Speeds in -1..1; 0 is at rest. pan: right, tilt: up, zoom: in, focus: far, iris: open are positive."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0
    iris: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pan", "tilt", "zoom", "focus", "iris"):
            value = getattr(self, name)
            if not -1.0 <= value <= 1.0:
                raise ValueError(f"a {name} speed of {value:g} is outside -1 to 1")

    @property
    def is_zero(self) -> bool:
        return not (self.moves or self.focus or self.iris)

    @property
    def moves(self) -> bool:
        """The head or the zoom is meant to move."""
        return bool(self.pan or self.tilt or self.zoom)


STILL = Velocity()


class PtzScale(StrEnum):
    """What positions of a camera are counted in. DEGREES: pan and tilt in degrees, zoom as a factor (1 is widest).
    SHARES: parts of the whole way, pan and tilt from -1 to 1, zoom from 0 (widest) to 1."""

    DEGREES = "degrees"
    SHARES = "shares"

    @property
    def angle_unit(self) -> str:
        return "°" if self is PtzScale.DEGREES else ""

    @property
    def zoom_unit(self) -> str:
        return "×" if self is PtzScale.DEGREES else ""

    @property
    def digits(self) -> int:
        """Behind the point: a tenth of a degree, a hundredth of the way."""
        return 1 if self is PtzScale.DEGREES else 2


@dataclass(frozen=True, slots=True)
class PtzPosition:
    """As the camera counts (`PtzCapabilities.scale`); None where not said."""

    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None

    def differs(self, other: PtzPosition, tolerance: float = 0.05) -> bool:
        """Whether the two are more than the tolerance apart on any axis that both know."""
        pairs = ((self.pan, other.pan), (self.tilt, other.tilt), (self.zoom, other.zoom))
        return any(a is not None and b is not None and abs(a - b) > tolerance for a, b in pairs)


def tenths(value: float) -> int:
    """Degrees or a zoom factor as whole tenths, rounded half away from zero."""
    return int(value * 10 + (0.5 if value >= 0 else -0.5))


def from_tenths(value: int) -> float:
    return value / 10


def percent(speed: float) -> int:
    """A speed in -1..1 as whole percent; a speed that is not zero never becomes zero."""
    whole = int(abs(speed) * 100 + 0.5)
    return (1 if speed > 0 else -1) * max(1, min(whole, 100)) if speed else 0


def step(speed: float, steps: int) -> int:
    """The size of a speed in -1..1 as a level from 1 to steps."""
    return max(1, min(steps, int(abs(speed) * steps + 0.999999)))


@dataclass(frozen=True, slots=True)
class Preset:
    """id is the device's own. reserved: calling it does something else than move (a menu, a scan)."""

    id: str
    name: str = ""
    is_set: bool = True
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """A stop of a patrol. dwell in seconds; speed is the device's own level."""

    preset: str
    dwell: float = 5.0
    speed: int = 30

    def __post_init__(self) -> None:
        if self.dwell < 0:
            raise ValueError("a dwell time cannot be negative")


@dataclass(frozen=True, slots=True)
class Patrol:
    id: str
    name: str = ""
    points: tuple[KeyPoint, ...] = ()
    enabled: bool = True

    def with_points(self, *points: KeyPoint) -> Patrol:
        return replace(self, points=points)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A movement recorded by hand. free: room left for recording, in percent, None where not said."""

    id: str
    recorded: bool = False
    free: int | None = None


class Auxiliary(StrEnum):
    LIGHT = "light"
    WIPER = "wiper"
    HEATER = "heater"
    FAN = "fan"
    AUX1 = "aux1"
    AUX2 = "aux2"


@dataclass(frozen=True, slots=True)
class PtzCapabilities:
    """What the camera offers; what is False, empty or None is not there.

    absolute: the ranges of pan, tilt and zoom, counted as scale says. presets, patrols and patterns count places;
    reserved holds the ids of presets that are commands.
    """

    pan_tilt: bool = False
    zoom: bool = False
    momentary: bool = False
    centre: bool = False
    zoom_box: bool = False
    focus: bool = False
    iris: bool = False
    one_push_focus: bool = False
    home: bool = False
    set_home: bool = False
    clear_home: bool = False
    position: bool = False
    field_of_view: bool = False
    scale: PtzScale = PtzScale.DEGREES
    absolute_pan: Range | None = None
    absolute_tilt: Range | None = None
    absolute_zoom: Range | None = None
    auxiliaries: tuple[str, ...] = ()
    presets: int = 0
    rename_presets: bool = False
    reserved: frozenset[str] = frozenset()
    patrols: int = 0
    edit_patrols: bool = False
    patrol_speeds: Range = Range(1, 40)
    patterns: int = 0

    @property
    def continuous(self) -> bool:
        return self.pan_tilt or self.zoom

    @property
    def absolute(self) -> bool:
        return self.absolute_pan is not None or self.absolute_zoom is not None

    @property
    def anything(self) -> bool:
        return self.continuous or self.absolute or bool(self.presets) or self.focus or self.iris

    def checked(self, position: PtzPosition) -> str:
        """ "" where the camera can go there, else the sentence that says why not."""
        wanted = (
            ("Pan", position.pan, self.absolute_pan, self.scale.angle_unit),
            ("Tilt", position.tilt, self.absolute_tilt, self.scale.angle_unit),
            ("Zoom", position.zoom, self.absolute_zoom, self.scale.zoom_unit),
        )
        for name, value, limits, unit in wanted:
            if value is None:
                continue
            if limits is None:
                return f"{name} cannot be set to a position on this camera."
            if not limits.low <= value <= limits.high:
                return f"{name} {value:g}{unit} is outside {limits.low:g} to {limits.high:g}{unit}."
        return ""
