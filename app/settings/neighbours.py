"""Which other pages are read again after an Apply, and how long that may take. Pure.

A camera that is told one thing may change another: a function that switches a second one off, a video standard that
moves every frame rate. Nobody can read everything after each write, so only pages that this session has read before
are looked at: those that are known to hang on what was changed, and for anything else a few of the same channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.settings import exclusion, proof
from app.settings.changes import Change
from app.settings.document import Document

T = TypeVar("T")

MOST_KNOWN, LONGEST_KNOWN = 12, 3.0  # pages and seconds, where the change is known to reach further
MOST_GUESSED, LONGEST_GUESSED = 4, 1.0  # for any other change: it must stay quick on a slow camera
LARGEST = 64 * 1024  # bytes of a page that is read again unasked


@dataclass(frozen=True, slots=True)
class Round:
    """The pages in the order in which they are looked at, within so many seconds together."""

    pages: tuple[Document, ...] = ()
    seconds: float = 0.0


def plan(
    written: Document,
    changes: Sequence[Change],
    held: Iterable[Document],
    channel: Callable[[str], str | None],
    follows: Callable[[str], bool],
) -> Round:
    """held: the pages that were read, the ones read last first. channel(resource): as `base.Neighbourhood.channel`;
    follows(resource): whether the family knows that it hangs on one of the changes."""
    here = channel(written.resource)
    there = [(page, channel(page.resource)) for page in held if not is_kin(page.resource, written.resource)]
    there = [(page, where) for page, where in there if where is not None and is_light(page)]
    known = without_parts([page for page, _ in there if follows(page.resource)], lambda page: page.resource)
    if exclusion.turns_on(changes):  # what is on may have had to make way
        known.sort(key=lambda page: not exclusion.is_running(page))
    if known:
        return Round(tuple(known[:MOST_KNOWN]), LONGEST_KNOWN)
    near = without_parts([page for page, where in there if here and where == here], lambda page: page.resource)
    near.sort(key=lambda page: -_shared(written.resource, page.resource))
    return Round(tuple(near[:MOST_GUESSED]), LONGEST_GUESSED if near else 0.0)


def is_kin(one: str, other: str) -> bool:
    """Whether they are one page, or one is a part of the other: then both hold the same settings."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def without_parts(pages: Sequence[T], resource: Callable[[T], str]) -> list[T]:
    """Without those that are parts of others among them."""
    there = {resource(each) for each in pages}

    def is_part(one: str) -> bool:
        return any(one.startswith(f"{other}/") for other in there)

    return [each for each in pages if not is_part(resource(each))]


def is_light(page: Document) -> bool:
    """Whether reading it costs little, and could tell anything."""
    return len(page.source.raw) <= LARGEST and proof.can_tell(page)


def _shared(one: str, other: str) -> int:
    """How many steps of their paths two resources have in common: neighbours in the protocol are more alike."""
    steps = zip(one.split("/"), other.split("/"), strict=False)
    return next((n for n, (a, b) in enumerate(steps) if a != b), min(one.count("/"), other.count("/")) + 1)
