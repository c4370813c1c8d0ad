"""What became of regions that were sent: one verdict each, from what is read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.model.region import Region, Shape, ShapeKind
from app.regions.editing import Sheet
from app.settings.changes import Verdict

COARSE = 0.01  # of the picture: what is rounded by more is worth a word


@dataclass(frozen=True, slots=True)
class RegionOutcome:
    """sent is None for a region that was taken away, held for one that the camera does not have."""

    layer: str
    key: int
    verdict: Verdict
    sent: Region | None
    held: Region | None
    reason: str = ""


def judge(
    layer: str,
    before: Mapping[int, Region],
    sent: Sheet,
    after: Mapping[int, Region],
    rounded: Callable[[Region], Region],
) -> tuple[RegionOutcome, ...]:
    """before and after are what the camera held, by key. Regions that were not touched and did not change have no
    outcome."""
    return tuple(_outcomes(layer, before, sent, after, rounded))


def _outcomes(
    layer: str,
    before: Mapping[int, Region],
    sent: Sheet,
    after: Mapping[int, Region],
    rounded: Callable[[Region], Region],
) -> Iterator[RegionOutcome]:
    for key in dict.fromkeys((*sent.keys, *before, *after)):
        wanted, was, now = sent.get(key), before.get(key), after.get(key)
        if wanted == was:
            if now != was:
                yield RegionOutcome(layer, key, Verdict.SIDE_EFFECT, wanted, now, "The camera changed this by itself.")
        elif wanted is None:
            kept = now is None
            reason = "" if kept else "The camera still has it."
            yield RegionOutcome(layer, key, Verdict.KEPT if kept else Verdict.IGNORED, None, now, reason)
        else:
            verdict, reason = _compared(wanted, was, now, rounded(wanted))
            yield RegionOutcome(layer, key, verdict, wanted, now, reason)


def _compared(wanted: Region, was: Region | None, now: Region | None, expected: Region) -> tuple[Verdict, str]:
    if now is None:
        return Verdict.IGNORED, "The camera did not keep it."
    if _same(now, expected):
        if _apart(wanted.shape, now.shape) > COARSE:
            return Verdict.ADJUSTED, "The camera rounded it to its own grid."
        return Verdict.KEPT, ""
    if was is not None and _same(now, was):
        return Verdict.IGNORED, "The camera still holds the old one."
    if now.shape != expected.shape:
        return Verdict.ADJUSTED, "The camera holds another shape."
    return Verdict.ADJUSTED, "The camera holds other values."


def _same(one: Region, other: Region) -> bool:
    """Apart from the id, and from properties that only one of them names."""
    mine, theirs = dict(one.properties), dict(other.properties)
    shared = mine.keys() & theirs.keys()
    return (
        one.shape == other.shape
        and (one.enabled, one.name) == (other.enabled, other.name)
        and all(mine[path] == theirs[path] for path in shared)
    )


def _apart(one: Shape, other: Shape) -> float:
    if ShapeKind.CELLS in (one.kind, other.kind) or len(one.points) != len(other.points):
        return 0.0
    return max((a.distance(b) for a, b in zip(one.points, other.points, strict=True)), default=0.0)
