"""The look at other pages after a write: what a device has changed besides what it was asked to.

Only pages that this session has read are looked at, as `app.settings.neighbours` chooses them. Whatever goes wrong here
belongs to the page that could not be read: the verdict on what was written stands already.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from app.errors import (
    AuthError,
    CameraError,
    ConnectionLost,
    DeviceFault,
    Forbidden,
    GivenUp,
    NotSupported,
    ProtocolError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from app.families.base import Neighbourhood, SettingsTree
from app.settings import exclusion, neighbours, proof
from app.settings.changes import Change, FieldProof, Neighbour, Proof
from app.settings.document import Document
from app.settings.tree import Node, NodeKind
from app.stopping import Stopped, unless_stopped

MOST_HELD = 400  # pages whose last reading is kept
JUST_NOW = 60.0  # seconds; who has read a page longer ago knows less about who has changed it since
_NO_TIME = "The camera answers too slowly to look at this as well."
_STOPPED = "Stopped before it was looked at."
_log = logging.getLogger(__name__)
_GONE = (Unreachable, ConnectionLost, TimedOut, GivenUp)  # nobody there, or nobody waits: the others are not asked


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever waits for a write. tell is called with the title of each page that is looked at, its number from 0 and
    how many there are; setting stop ends the look, not the write."""

    tell: Callable[[str, int, int], None]
    stop: asyncio.Event = field(default_factory=asyncio.Event)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Within it, and in the tasks that are begun in it, looks are told to watch and can be stopped by it."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


@dataclass(frozen=True, slots=True)
class Seen:
    """One page that was to be looked at, and where it is not as it was the documents before and now."""

    neighbour: Neighbour
    before: Document | None = None
    now: Document | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    document: Document
    since: float


class SecondLook:
    """What this session has read last of each page, and the looks at it. nearby None: the family knows of nothing that
    hangs together, so nothing is looked at. eager: what a change is known to move is read before it, where it was not
    read yet. Windows have read it by then, commands have not."""

    def __init__(self, nearby: Neighbourhood | None, *, eager: bool = False) -> None:
        self._nearby, self._eager = nearby, eager
        self._held: OrderedDict[str, _Held] = OrderedDict()

    def hold(self, document: Document) -> None:
        """It was read this moment."""
        self._held[document.resource] = _Held(document, _now())
        self._held.move_to_end(document.resource)
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)

    def wrote(self, after: Document) -> None:
        """A page that was written and read back. What is a part of it, or has it as a part, is not as it was read."""
        for resource in [each for each in self._held if neighbours.is_kin(each, after.resource)]:
            del self._held[resource]
        self.hold(after)

    def held(self, resource: str) -> Document | None:
        """As it was read last."""
        found = self._held.get(resource)
        return None if found is None else found.document

    async def prepare(self, settings: SettingsTree, written: Document, changes: tuple[Change, ...]) -> None:
        """Before a write. Takes no longer than the look after it may take, and never fails."""
        nearby = self._nearby
        if nearby is None or not self._eager or not nearby.reaches(written, changes):
            return
        try:
            async with asyncio.timeout(neighbours.LONGEST_KNOWN):
                for resource in self._unread(nearby, await settings.tree(), written, changes):
                    with suppress(NotSupported, Forbidden, DeviceFault, ProtocolError, TooLarge):
                        self.hold(await settings.load(resource))
        except (TimeoutError, CameraError) as error:
            _log.info("Not everything that %s may move was read before: %s", written.resource, error)

    def _unread(
        self, nearby: Neighbourhood, root: Node, written: Document, changes: tuple[Change, ...]
    ) -> tuple[str, ...]:
        pages = (each.id for each in exclusion.pages(root) if each.kind is NodeKind.SETTINGS and each.readable)
        other = (each for each in pages if not neighbours.is_kin(each, written.resource) and each not in self._held)
        known = [each for each in other if nearby.channel(each) is not None and nearby.follows(each, written, changes)]
        return tuple(neighbours.without_parts(known, str)[: neighbours.MOST_KNOWN])

    async def around(self, written: Document, changes: tuple[Change, ...], proved: Proof) -> AsyncIterator[Seen]:
        """Looks at other pages after a write, one after the other, and tells each as soon as it is known."""
        nearby = self._nearby
        if nearby is None or proved.lost or proved.moved_to or proved.stayed_at:
            return
        pages = [each.document for each in reversed(self._held.values())]
        found = neighbours.plan(
            written,
            changes,
            pages,
            nearby.channel,
            lambda resource: nearby.follows(resource, written, changes),
        )
        watch = _watch.get() or Watch(lambda title, number, total: None)
        until = _now() + found.seconds
        problem = ""  # from where on nobody is asked any more
        slowest = 0.0  # what one answer takes: a question that is cut off costs the camera a connection
        for number, page in enumerate(found.pages):
            begun = _now()
            if not problem and begun + slowest <= until:
                watch.tell(page.title, number, len(found.pages))
                seen, problem = await self._at(nearby, page, until, watch.stop)
                slowest = max(slowest, _now() - begun)
                yield seen
            else:
                yield Seen(Neighbour(page.resource, page.title, problem=problem or _NO_TIME))

    async def _at(self, nearby: Neighbourhood, page: Document, until: float, stop: asyncio.Event) -> tuple[Seen, str]:
        """One page; the second is why there is no use in asking for others, "" where there is."""
        since = self._held[page.resource].since
        try:
            async with asyncio.timeout_at(until):
                now = await unless_stopped(nearby.again(page), stop)
        except Stopped:
            return Seen(Neighbour(page.resource, page.title, problem=_STOPPED)), _STOPPED
        except TimeoutError:
            return Seen(Neighbour(page.resource, page.title, problem=_NO_TIME)), _NO_TIME
        except CameraError as error:
            gone = isinstance(error, _GONE) or (isinstance(error, AuthError) and not isinstance(error, Forbidden))
            return Seen(Neighbour(page.resource, page.title, problem=error.summary)), error.summary if gone else ""
        now.title = page.title  # people know it by the tree's words
        fields = tuple(_dated(each, _now() - since) for each in proof.unasked(page, now)) if now is not page else ()
        self.hold(now)
        neighbour = Neighbour(page.resource, page.title, fields)
        return (Seen(neighbour, page, now) if fields else Seen(neighbour)), ""


def _dated(changed: FieldProof, age: float) -> FieldProof:
    """With what can be said of who did it: in a moment hardly anybody but the camera, in an hour anybody."""
    if age <= JUST_NOW:
        said = f"It changed within the last {max(1, round(age))} s, and not from here."
    else:
        said = f"It changed within the last {round(age / 60)} min: the camera or somebody else has done it."
    return replace(changed, reason=said, elsewhere=True)


def _now() -> float:
    return asyncio.get_running_loop().time()
