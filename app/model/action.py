"""What a device does on command, and files that go to it or come from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MOST = 512 * 1024 * 1024  # bytes of a file; firmware of recorders is the largest


class Danger(StrEnum):
    """How much people must have agreed to."""

    NONE = "none"
    INTERRUPTS = "interrupts"  # away or blind for a while
    LOSES = "loses"  # settings, recordings or the way to the device are lost


@dataclass(frozen=True, slots=True)
class Action:
    """consequence is a sentence that names the camera, order is what tells the camera to do it ("Restart Gate").

    restarts: it is away afterwards and comes back. place: which part of the device it is for, where several have the
    same action ("Channel 2: Dock, main stream"); those have one title.
    """

    id: str
    title: str
    consequence: str
    danger: Danger = Danger.NONE
    restarts: bool = False
    order: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ActionDone:
    """text says what became of it. back is None where the device was not waited for, else whether it is back from it,
    well and whole."""

    text: str
    back: bool | None = None


@dataclass(frozen=True, slots=True)
class FileKind:
    """A file of the device. down: it can be fetched; up: it can be sent, with this consequence. most: bytes; more
    cannot be meant. removal: the consequence of taking it off the device, making: that of having the device make it by
    itself; "" where that cannot be done."""

    id: str
    title: str
    help: str = ""
    down: bool = False
    up: bool = False
    consequence: str = ""
    danger: Danger = Danger.NONE
    suffix: str = ".bin"
    most: int = MOST
    removal: str = ""
    making: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """phase in plain words ("Sending"); fraction 0..1, None where nobody knows."""

    phase: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of a file that was sent. verified is None where nothing can be read back; before and after are the
    firmware versions around an upgrade. stopped: somebody ended it, and text says what the device is left with."""

    text: str
    verified: bool | None = None
    before: str = ""
    after: str = ""
    stopped: bool = False


Tell = Callable[[Progress], None]


def tell_nobody(_: Progress) -> None:
    """The listener of those who do not want to know."""
