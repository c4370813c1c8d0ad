"""How the pages of a device hang together, as far as the text and devices tell: whose channel a page is, and what else
moves when a video standard, a codec, a size or the way the picture stands is changed. Implements
`base.Neighbourhood`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto
from functools import cache

from app.families.isapi import catalog as catalogs
from app.families.isapi.catalog import bare, is_placeholder
from app.families.isapi.dialect import Dialect
from app.families.isapi.groups import group_of
from app.families.isapi.loading import Loader
from app.settings import exclusion
from app.settings.changes import Change
from app.settings.document import Document

_STREAM = re.compile(r"/(?:Streaming|Smart/ROI)/channels/(\d+)(?:/|$)", re.IGNORECASE)
_CHANNEL = re.compile(r"/(?:channels|Smart/\w+)/(\d+)(?:/|$)")
_RESTLESS = re.compile(r"/(?:PTZCtrl|PTZ)/|/status(?:/|$)")  # what they hold moves by itself
_STREAMS = re.compile(r"/Streaming/channels/\d+$")
_IMAGE = re.compile(r"/Image/channels/\d+(?:/|$)")
# Names of leaves, in lower case.
_STANDARD = {"videoformat", "powerlinefrequencymode", "videostandard"}
_ENCODING = {"videocodectype", "videoresolutionwidth", "videoresolutionheight", "maxframerate", "videoscantype"}
_STANDS = re.compile(r"(?i)(?:image)?(?:rotat|flip|mirror|corridor)\w*")


class _Effect(Enum):
    STANDARD = auto()  # every stream gets other rates
    PICTURE = auto()  # what is drawn on it, and the other streams of the channel
    FUNCTION = auto()  # another one may have to make way


class IsapiNearby:
    """loader reads pages again."""

    def __init__(self, dialect: Dialect, loader: Loader) -> None:
        self._dialect, self._loader = dialect, loader

    async def again(self, document: Document) -> Document:
        return await self._loader.again(document)

    def channel(self, resource: str) -> str | None:
        tail = self._dialect.tail(resource)
        known = catalogs.catalog(self._dialect)
        if resource in self._loader.composed or _RESTLESS.search(tail):
            return None
        if not is_placeholder(tail.rpartition("/")[2]) and known.lookup(f"{resource}/{{id}}") is not None:
            return None  # a list of what has pages of its own
        if (stream := _STREAM.match(tail)) is not None:
            return _channel_of(stream[1])
        found = _CHANNEL.search(tail)
        return found[1] if found is not None else ""

    def reaches(self, written: Document, changes: tuple[Change, ...]) -> bool:
        names = _names(changes)
        decider = catalogs.catalog(self._dialect).lookup(written.resource)
        told = decider is not None and any((decider.template, name) in _deciders(self._dialect) for name in names)
        return told or self._effect(written, changes) is not None

    def follows(self, resource: str, written: Document, changes: tuple[Change, ...]) -> bool:
        if self._decides(written.resource, resource, _names(changes)):
            return True
        tail = self._dialect.tail(resource)
        effect = self._effect(written, changes)
        if effect is _Effect.STANDARD:
            return bool(_STREAMS.match(tail) or _IMAGE.match(tail))
        if effect is None or self.channel(resource) != self.channel(written.resource):
            return False
        group = group_of(tail)
        if effect is _Effect.FUNCTION:
            return group == "detection"
        return group in ("detection", "overlay") or "/ROI/" in tail or _STREAMS.match(tail) is not None

    def _effect(self, written: Document, changes: tuple[Change, ...]) -> _Effect | None:
        """What the text does not say and devices do."""
        tail = self._dialect.tail(written.resource)
        steps = {step for name in _names(changes) for step in name.split("/")}
        lower = {step.lower() for step in steps}
        if lower & _STANDARD:
            return _Effect.STANDARD
        if (lower & _ENCODING and _STREAMS.match(tail)) or any(map(_STANDS.fullmatch, steps)):
            return _Effect.PICTURE
        if group_of(tail) == "detection" and exclusion.turns_on(changes):
            return _Effect.FUNCTION
        return None

    def _decides(self, written: str, resource: str, names: Iterable[str]) -> bool:
        """Whether the text says that something on the page hangs on one of these fields of the written one."""
        known = catalogs.catalog(self._dialect)
        page, decider = known.lookup(resource), known.lookup(written)
        if page is None or decider is None:
            return False
        return any((decider.template, name) in page.elsewhere for name in names)


def _names(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(bare(change.path) for change in changes)


def _channel_of(stream: str) -> str:
    """Streams are 101, 102, 201, ...; 1, 2 and 3 are those of the one channel of an old device."""
    return stream[:-2] if len(stream) > 2 else "1"


@cache
def _deciders(dialect: Dialect) -> frozenset[tuple[str, str]]:
    """Every field on which one of another page hangs: the template of its page and its path there."""
    return frozenset().union(*(resource.elsewhere for resource in catalogs.catalog(dialect).resources))
