"""What goes on with a camera that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.ptz import STILL, Velocity


class Phase(StrEnum):
    IDLE = "idle"
    MOVING = "moving"
    STOPPING = "stopping"
    UNREACHABLE = "unreachable"  # the stop is not confirmed: it is being tried again, or was given up
    RUNAWAY = "runaway"  # the camera takes stops and moves all the same


@dataclass(frozen=True, slots=True)
class Motion:
    """text is a sentence for people where something is or was wrong, else empty."""

    phase: Phase = Phase.IDLE
    velocity: Velocity = STILL
    text: str = ""
