"""Foresees what a device will refuse because of what else is on: it says so in its capabilities (`mutexAbility`).

What it says is asked anew whenever something is to be switched on, as it changes with other settings and with the
firmware. A device that says so and takes both all the same is remembered by model and firmware.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import CameraError, Foreseen
from app.families.isapi import catalog as catalogs
from app.families.isapi import exclusion
from app.families.isapi.client import Client
from app.families.isapi.loading import Loader
from app.families.isapi.titles import titles
from app.families.isapi.writing import FAMILY, Ladder
from app.settings import exclusion as switches
from app.settings.changes import Change, Proof, Verdict
from app.settings.document import Document
from app.settings.tree import Node
from app.wire.http import HttpRequest

PATIENCE = 10.0  # seconds for all questions before an Apply; what is not known by then is left to the device
_TOGETHER, _APART = "together", "apart"  # what is remembered of a declaration
_LOG = logging.getLogger(__name__)


Pair = frozenset[str]  # the names of two functions


@dataclass(frozen=True, slots=True)
class _Rival:
    """A function that must be off. block: the one of the page being set that it excludes; resource: its own page,
    where that is known."""

    name: str
    block: str = ""
    resource: str = ""


class Foresight:
    """Implements `base.Exclusions`."""

    def __init__(self, client: Client, loader: Loader, ladder: Ladder, tree: Callable[[], Awaitable[Node]]) -> None:
        self._client, self._loader, self._ladder, self._tree = client, loader, ladder, tree
        self.patience = PATIENCE
        self._asks: bool | None = None  # whether the device can be asked; None: it has not said so yet
        self._told: dict[str, set[Pair]] = {}  # by resource: what was foreseen last
        self._waived: set[Pair] = set()

    async def foresee(self, documents: Sequence[Document]) -> Mapping[str, frozenset[str]]:
        pending = {each.resource: each for each in documents}
        found: dict[str, frozenset[str]] = {}
        try:
            async with asyncio.timeout(self.patience):
                for document in documents:
                    found[document.resource] = await self._look(document, pending)
        except TimeoutError:
            _LOG.info("%s does not say in time what it excludes", self._client.camera)
        return found

    def waive(self, foreseen: Foreseen) -> None:
        self._waived |= self._told.pop(foreseen.path, set())

    async def _look(self, document: Document, pending: Mapping[str, Document]) -> frozenset[str]:
        """The resources to be sent before it. Foreseen where one of its rivals stays on."""
        if not switches.switched(document.changes(), on=True):
            return frozenset()
        on: dict[str, Pair] = {}
        off: set[str] = set()
        for rival in await self._rivals(document):
            held = await self._held(rival, document, pending)
            if held is None:
                continue
            other, switch = held.document, held.off_switch()
            if switch is None and other is not document and other.resource in pending:
                off.add(other.resource)
            elif switch is not None and not _is_itself(rival, document, other, switch[0]):
                pair = frozenset((self._function(document, rival.block), held.name))
                if pair not in self._waived and await self._remembered(pair) != _TOGETHER:
                    on[held.name] = pair
        if on:
            self._told[document.resource] = set(on.values())
            raise exclusion.foreseen(self._client, document, tuple(on))
        return frozenset(off)

    async def _rivals(self, document: Document) -> tuple[_Rival, ...]:
        """What the page declares, and what other pages of its channel have declared in this session."""
        declared = await self._declared(document.resource)
        own = [each for each in declared if switches.starts(document, each.block)]
        found = [_Rival(name, each.block) for each in own for name in each.others if not exclusion.is_unknown(name)]
        found += self._rival_blocks(document, [each for each in declared if each not in own])
        if switches.starts(document, ""):
            others = {path: said for path, said in self._loader.excludes.items() if path != document.resource}
            found += [
                _Rival(exclusion.function_of(self._title(path)), "", path)
                for path, said in others.items()
                if self._excludes(path, said, document)
            ]
            found += map(_Rival, await self._told_when_asked(document))
        return tuple(dict.fromkeys(found))

    def _rival_blocks(self, document: Document, declared: Iterable[exclusion.Declared]) -> Iterator[_Rival]:
        """Blocks of the page that are not switched on and have declared not to run beside one that is."""
        for block in filter(None, switches.switched(document.changes(), on=True)):
            own = self._function(document, block)
            for each in declared:
                if each.block and own in each.others and not exclusion.is_unknown(own):
                    yield _Rival(self._function(document, each.block), block)

    async def _told_when_asked(self, document: Document) -> tuple[str, ...]:
        """What the device names, where its capabilities say that it can be asked; () for everything else."""
        body = exclusion.question(self._function(document, ""), switches.channel_of(document.resource))
        try:
            if not body or not await self._can_be_asked():
                return ()
            path = self._client.dialect.path(exclusion.QUESTION)
            request = HttpRequest("POST", path, body=body, content_type="application/json", limit=exclusion.LONGEST)
            answer = await self._client.channel.send(request)
        except CameraError:
            return ()
        told = exclusion.told_in_json(answer.body) if 200 <= answer.status < 300 else ()
        return tuple(name for name in told if not exclusion.is_unknown(name))

    async def _can_be_asked(self) -> bool:
        """Asked once for each session."""
        if self._asks is None:
            said = await self._loader.optional(self._client.dialect.path("/System/capabilities"))
            if said is None:
                return False
            self._asks = any(said.text_of(name).lower() == "true" for name in exclusion.CAN_BE_ASKED)
        return self._asks

    async def _declared(self, resource: str) -> tuple[exclusion.Declared, ...]:
        """As it is now, or as it was said last where it is not said now."""
        known = self._loader.excludes
        try:
            capabilities = await self._loader.capabilities(resource)
        except CameraError:
            capabilities = None
        if capabilities is not None:
            known[resource] = exclusion.declared(capabilities)
        return known.get(resource, ())

    async def _held(self, rival: _Rival, document: Document, pending: Mapping[str, Document]) -> switches.Held | None:
        """The document with a rival's switch, as it will be. None where nobody can tell."""

        async def read(resource: str) -> Document:
            return pending.get(resource) or await self._loader.load(resource)

        try:
            if not rival.resource:
                pages = switches.places(await self._tree())
                here = [page for page in pages if switches.same_channel(page.resource, document.resource)]
                return await switches.holder(rival.name, document, here, read)
            if not self._excludes(rival.resource, await self._declared(rival.resource), document):
                return None
            return switches.Held(await read(rival.resource), rival.name, rival.name, whole=True)
        except CameraError:
            return None

    def _excludes(self, resource: str, declared: Iterable[exclusion.Declared], document: Document) -> bool:
        """Whether another page of the same channel has declared that it does not run beside this one."""
        if not switches.same_channel(resource, document.resource):
            return False
        said = (name for each in declared if not each.block for name in each.others if not exclusion.is_unknown(name))
        title = self._title(document.resource)
        return any(switches.names(name, [title]) for name in said)

    def _title(self, resource: str) -> str:
        """What the page is about, whichever channel it is of."""
        dialect = self._client.dialect
        known = catalogs.catalog(dialect).lookup(resource)
        return titles().page(dialect.tail(resource), dialect.tail(known.template) if known else "")

    def _function(self, document: Document, block: str) -> str:
        return exclusion.function_of(self._title(document.resource), block)

    # -- what is remembered ----------------------------------------------------------------------------------------

    async def _remembered(self, pair: Pair) -> str | None:
        try:
            model, firmware = await self._ladder.who()
        except CameraError:
            return None
        return await self._ladder.memory.rung(FAMILY, model, firmware, _words(pair)) if model else None

    async def _remember(self, pair: Pair, what: str) -> bool:
        """False where the device does not say who it is."""
        try:
            model, firmware = await self._ladder.who()
        except CameraError:
            return False
        if model:
            await self._ladder.memory.learn(FAMILY, model, firmware, _words(pair), what)
        return bool(model)

    async def taken(self, document: Document, changes: Iterable[Change], proof: Proof) -> None:
        """A write is through. What somebody has waived is remembered where both run now, else it is told again."""
        blocks = switches.switched(changes, on=True)
        kept = all(each.verdict is Verdict.KEPT for each in proof.fields if each.path.rpartition("/")[0] in blocks)
        for own in self._functions(document, blocks) if self._waived else ():
            for pair, name in [(each, name) for each in self._waived if own in each for name in each - {own}]:
                held = await self._held(_Rival(name), document, {})
                both = kept and held is not None and held.off_switch() is not None
                if not both or await self._remember(pair, _TOGETHER):
                    self._waived.discard(pair)

    async def refused(self, document: Document, changes: Iterable[Change]) -> None:
        """The device has refused to switch something on: its declaration may be true after all."""
        functions = self._functions(document, switches.switched(changes, on=True))
        self._waived = {pair for pair in self._waived if not pair & functions}
        declared = {name for each in self._loader.excludes.get(document.resource, ()) for name in each.others}
        for pair in {frozenset((own, name)) for own in functions for name in declared}:
            if await self._remembered(pair) == _TOGETHER:
                await self._remember(pair, _APART)

    def _functions(self, document: Document, blocks: Collection[str]) -> frozenset[str]:
        """What is switched with these blocks: the page as well, as some have no switch for all of it."""
        return frozenset(self._function(document, block) for block in (*blocks, "")) if blocks else frozenset()


def _words(pair: Pair) -> str:
    """Under which a pair is remembered, in the place of an endpoint."""
    return " beside ".join(sorted(pair))


def _is_itself(rival: _Rival, document: Document, other: Document, switch: str) -> bool:
    return other is document and switch.rpartition("/")[0] == rival.block
