"""Words for events: when, what, where, and how it stands."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication

from app.events import FollowState, Record, RecordKind, Standing
from app.model.region import Direction
from ui.forms.words import counted


def _tr(text: str) -> str:
    return QCoreApplication.translate("Events", text)


def clock(moment: float) -> str:
    """Local time to the tenth of a second."""
    return time.strftime("%H:%M:%S", time.localtime(moment)) + f".{int(moment * 10) % 10}"


def region(record: Record) -> str:
    """Channel and region, as far as they say anything."""
    event = record.event
    if event is None:
        return ""
    parts = [_tr("channel {}").format(event.channel)] if event.channel != 1 else []
    parts += [_tr("region {}").format(event.region)] if event.region else []
    return ", ".join(parts)


def target(record: Record) -> str:
    event = record.event
    if event is None:
        return ""
    known = {"person": _tr("person"), "vehicle": _tr("vehicle")}
    return " ".join(filter(None, (known.get(event.target, event.target), direction(event.direction))))


def direction(value: Direction | None) -> str:
    return {Direction.A_TO_B: _tr("A to B"), Direction.B_TO_A: _tr("B to A")}.get(value, "") if value else ""


def state(record: Record) -> tuple[str, str]:
    """A word and the name of its colour."""
    match record.kind:
        case RecordKind.SKIPPED:
            return _tr("not understood"), "warn"
        case RecordKind.GAP:
            return (_tr("not listening"), "error") if record.ended is None else (_tr("was not listening"), "warn")
    if record.event is not None and record.event.active is None:
        return _tr("told"), "secondary"
    if record.ended is None:
        return _tr("lasts"), "info"
    return _tr("ended after {}").format(span(record.ended - record.began)), "secondary"


def span(seconds: float) -> str:
    if seconds < 90:
        return _tr("{} s").format(f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}")
    return _tr("{} min").format(f"{seconds / 60:.0f}")


def posts(record: Record) -> str:
    return f"×{record.repeats}" if record.repeats > 1 else ""


def standing(value: Standing) -> tuple[str, str]:
    """How the following of a device stands, and the name of its colour."""
    match value.state:
        case FollowState.OFF:
            return _tr("Not listening"), "secondary"
        case FollowState.CONNECTING:
            return _tr("Connecting"), "secondary"
        case FollowState.LISTENING:
            return _tr("Listening since {}").format(clock(value.since)[:8]), "ok"
        case FollowState.WAITING:
            seconds = max(0, round((value.next_try or 0) - time.time()))
            again = _tr("Next try in {} s.").format(seconds) if seconds else _tr("Trying again.")
            return f"{value.text} {again}", "warn"
        case FollowState.ENDED:
            return value.text, "error"


def totals(events: int, skipped: int, evicted: int) -> str:
    """How much there was, and what is no longer there or never was understood."""
    parts = [counted(_tr("{} event(s) reported").format(events), events)]
    if skipped:
        parts.append(counted(_tr("{} byte(s) not understood").format(skipped), skipped))
    if evicted:
        parts.append(counted(_tr("{} older row(s) given up").format(evicted), evicted))
    return "  ·  ".join(parts)
