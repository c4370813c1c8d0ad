"""Named ways in which a simulated camera misbehaves: the switches of `resources/simulator/quirks.txt`."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quirk:
    """A switch. argument describes what follows `=`, "" where nothing may; default is taken without `=`."""

    name: str
    help: str
    argument: str = ""
    default: str = ""
    required: bool = False


def _read(line: str) -> Quirk:
    """A line of the table: "name | help", or "name | argument | default | help", "!" for a value that must be given."""
    name, *rest = (part.strip() for part in line.split("|"))
    if len(rest) == 1:
        return Quirk(name, rest[0])
    argument, default, text = rest
    return Quirk(name, text, argument, "" if default == "!" else default, default == "!")


def _all() -> tuple[Quirk, ...]:
    text = importlib.resources.files("resources").joinpath("simulator/quirks.txt").read_text("utf-8")
    return tuple(_read(line) for line in text.splitlines() if line and not line.startswith("#"))


MUTEX = ("told", "json", "declared", "asked", "lenient", "silent")
_ALL = _all()
_KNOWN = {quirk.name: quirk for quirk in _ALL}
# Of each group a camera has one manner: what is asked for replaces what the model is used to.
_EITHER_OR = (
    {"basic_only", "sha256_only", "both_challenges", "sha256_first", "one_header"},
    {"lf", "crlf"},
    {"isapi_namespace", "no_namespace", "mixed_namespaces"},
    {"def_and_default", "odd_attributes"},
)


def list_quirks() -> tuple[Quirk, ...]:
    """Every switch, in the order in which help shows them."""
    return _ALL


@dataclass(frozen=True, slots=True)
class Quirks:
    """The switches of one camera. Names may repeat; values keep the order in which they were given."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Quirks:
        """From `NAME` or `NAME=value`; ValueError says what is wrong and what there is."""
        values: dict[str, tuple[str, ...]] = {}
        for text in texts:
            name, equals, value = text.strip().partition("=")
            quirk = _KNOWN.get(name)
            if quirk is None:
                raise ValueError(f"no quirk “{name}”; there are {', '.join(_KNOWN)}")
            if equals and not quirk.argument:
                raise ValueError(f"quirk “{name}” takes no value")
            if quirk.required and not value:
                raise ValueError(f"quirk “{name}” needs a value: {name}={quirk.argument}")
            _check(quirk, value or quirk.default)
            values[name] = (*values.get(name, ()), value or quirk.default)
        return cls(values)

    def over(self, manners: Quirks) -> Quirks:
        """These, and of the manners of a model those that they do not contradict."""
        settled = {name for group in _EITHER_OR if group & set(self.values) for name in group}
        kept = {name: value for name, value in manners.values.items() if name not in settled}
        return Quirks({**kept, **self.values})

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """The last value given, or the default of a switch that is off."""
        return self.values[name][-1] if name in self.values else _KNOWN[name].default

    def number(self, name: str) -> float:
        return float(self.text(name))


def _check(quirk: Quirk, value: str) -> None:
    if quirk.argument.startswith(("SECONDS", "N", "MEGABYTES")):
        try:
            good = 0 <= float(value) < 1e9
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"quirk “{quirk.name}” needs a number, not “{value}”")
    if quirk.argument == "BYTES" and not re.fullmatch(r"[+-]?\d{1,6}", value):
        raise ValueError(f"quirk “{quirk.name}” needs a whole number, not “{value}”")
    if quirk.name == "mutex" and value not in MUTEX:
        raise ValueError(f"quirk “mutex” needs one of {', '.join(MUTEX)}, not “{value}”")
    if quirk.name == "moves_others" and value not in ("functions", "standard", "streams", "codec", "all"):
        raise ValueError(f"quirk “moves_others” needs functions, standard, streams, codec or all, not “{value}”")
    if quirk.name == "clamps":
        parts = value.rsplit(":", 2)
        try:
            good = len(parts) == 3 and float(parts[1]) <= float(parts[2])
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"quirk “clamps” needs PATH:LOW:HIGH with two numbers, not “{value}”")
