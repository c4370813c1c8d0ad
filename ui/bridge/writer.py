"""One Apply: writes that are never cut off in the middle, and what became of them in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, GivenUp
from app.patience import Stop, Wait, told_of_waits
from app.settings.changes import Change, FieldProof, Neighbour, Proof, Verdict
from app.settings.document import Document
from ui.bridge.messages import Messages
from ui.bridge.waits import waiting_words

STOPPING = 2.0  # seconds for a write that is stopped to be put down in the journal
_going_on: set[asyncio.Future[Any]] = set()  # writes that have outlived their page

Done = TypeVar("Done")


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


class Applies(Protocol):
    """As `base.SettingsTree.apply`."""

    def apply(self, document: Document, changes: tuple[Change, ...]) -> Coroutine[Any, Any, tuple[Proof, Document]]: ...


def _tell_nobody(text: str) -> None:
    """Nobody looks at what is waited for."""
    del text


class Carrier:
    """At most one Apply at a time. `begin`, `carry` each write, `end`; what is read for it goes inside `told`."""

    def __init__(self, messages: Messages, device: str) -> None:
        self._messages, self._device = messages, device
        self._work: asyncio.Future[Any] | None = None
        self._say: Callable[[str], None] = _tell_nobody
        self._stop = Stop()
        self.active = False
        self.stop_wanted = asyncio.Event()  # another one for each Apply

    @property
    def stopping(self) -> bool:
        return self.stop_wanted.is_set()

    def begin(self, say: Callable[[str], None] = _tell_nobody) -> None:
        """say is told what is waited for, for as long as somebody waits here."""
        self._say, self._stop = say, Stop()
        self.active, self.stop_wanted = True, asyncio.Event()

    def stop(self) -> None:
        """After the request under way, which is read back; pressed again while that has to wait, without it."""
        self.stop_wanted.set()
        self._stop.ask()

    def told(self) -> AbstractContextManager[object]:
        """Around what may have to wait for the device."""
        return told_of_waits(self._waits, self._stop)

    def _waits(self, wait: Wait) -> None:
        waits_for_end = self.stopping and wait is Wait.BUSY  # of the read-back, which says so
        if self.active and not waits_for_end:  # what goes on by itself is told by nobody
            self._say(waiting_words(self._device, wait))

    def end(self) -> None:
        self.active, self.stop_wanted = False, asyncio.Event()

    @property
    def goes_on(self) -> bool:
        """Whether a write is under way that nobody waits for any more."""
        return self._work is not None and not self.active

    async def carry(
        self, title: str, write: Coroutine[Any, Any, Done], words: Callable[[Done], tuple[str, str]]
    ) -> Done:
        """What the write came to. When it is cancelled the write goes on by itself and its outcome is posted: words
        are a line and its colour."""
        with self.told():
            work = self._work = asyncio.ensure_future(write)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            _going_on.add(work)
            work.add_done_callback(lambda done: self._post(title, done, words))
            raise
        finally:
            if work.done():
                self._work = None

    async def finish(self) -> None:
        """Waits for the write under way, also after its page has been closed."""
        if self._work is not None:
            await wait_out(self._work)

    def _post(self, title: str, work: asyncio.Future[Done], words: Callable[[Done], tuple[str, str]]) -> None:
        _going_on.discard(work)
        self._work = None
        if work.cancelled():
            text = _tr("{} was being written when the program ended. Read it again to see what the camera holds.")
            self._messages.warning(text.format(title), device=self._device)
        elif (error := work.exception()) is not None:
            self._messages.failure(error, device=self._device)
        else:
            text, role = words(work.result())
            post = self._messages.info if role == "ok" else self._messages.warning
            post(_tr("{0}: {1}").format(title, text), device=self._device)


class Writer(Carrier):
    """Writes documents."""

    def __init__(self, settings: Applies, messages: Messages, device: str) -> None:
        super().__init__(messages, device)
        self._settings = settings
        self._resource = ""

    def writes(self, resource: str) -> bool:
        return self._work is not None and self._resource == resource

    async def write(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        """The proof and the document read back."""
        self._resource = document.resource
        return await self.carry(document.title, self._settings.apply(document, changes), _words)


def _words(done: tuple[Proof, Document]) -> tuple[str, str]:
    text, role, _ = Outcome([done[0]]).summary()
    return text, role


async def wait_out(work: asyncio.Future[Any]) -> None:
    """Waits for a write. When it is cancelled because the program ends, the write is stopped, and the journal still
    learns that its end is not known."""
    try:
        await asyncio.wait([work])
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.wait([work], timeout=STOPPING)
        raise


@dataclass(slots=True)
class Outcome:
    """What an Apply came to."""

    proofs: list[Proof] = field(default_factory=list)
    stopped: bool = False
    failure: str = ""

    def failed(self, title: str, device: str, error: CameraError) -> None:
        """The error may know the camera by its address only."""
        if isinstance(error, GivenUp):
            self.stopped = True
            text = _tr("{0} on {1} was not changed. {2} The change is still here.")
            self.failure = text.format(title, device, error)
            return
        self.failure = _tr("{0} on {1} was not changed. {2}").format(title, device, error)

    def summary(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """One line, its colour, and the resource and path of each field that was not kept."""
        verdicts = [(proof.resource, each) for proof in self.proofs for each in proof.fields if each not in proof.left]
        verdicts += [(r, replace(each, title=title)) for r, title, each in self._elsewhere()]
        counts = {verdict: sum(1 for _, each in verdicts if each.verdict is verdict) for verdict in Verdict}
        words = {
            Verdict.KEPT: _tr("{} kept"),
            Verdict.ADJUSTED: _tr("{} adjusted by the camera"),
            Verdict.IGNORED: _tr("{} ignored by the camera"),
            Verdict.SIDE_EFFECT: _tr("{} more changed by the camera"),
            Verdict.NOT_VERIFIABLE: _tr("{} sent, cannot be checked"),
        }
        text = ", ".join(word.format(counts[verdict]) for verdict, word in words.items() if counts[verdict])
        odd = [(r, each) for r, each in verdicts if each.verdict not in (Verdict.KEPT, Verdict.NOT_VERIFIABLE)]
        if odd:
            text = _tr("{0}: {1}").format(text, ", ".join(dict.fromkeys(each.title for _, each in odd[:3])))
        places = tuple((r, each.path) for r, each in odd if each.read_back is not None)
        if any(proof.left for proof in self.proofs) or (self.stopped and not self.failure):
            text = _tr("{}. Stopped, the rest is still here.").format(text or _tr("Nothing sent"))
        for proof in self.proofs:
            if proof.moved_to is not None:
                text = _tr("The camera is at {0} now. {1}").format(proof.moved_to, text)
            if proof.stayed_at is not None:
                still = _tr("The camera is still at {0}. It may take the new place over after a restart. {1}")
                text = still.format(proof.stayed_at, text)
            if proof.lost is not None:
                text = f"{proof.lost.summary} {proof.lost.hint}"
        if self.failure:
            text = _tr("{0} Before that: {1}").format(self.failure, text) if text else self.failure
        return text, self._role(counts), places

    @property
    def _is_cut(self) -> bool:
        """Whether somebody ended it before everything was sent."""
        return self.stopped or any(proof.left for proof in self.proofs)

    def _elsewhere(self) -> Iterator[tuple[str, str, FieldProof]]:
        """What changed on other pages, called by page and field."""
        for page in self._neighbours():
            for each in page.fields:
                yield page.resource, _tr("{0}: {1}").format(page.title, each.title), each

    def _neighbours(self) -> Iterator[Neighbour]:
        return (page for proof in self.proofs for page in proof.neighbours)

    def looked(self) -> str:
        """Which other pages were looked at, and which not and why; "" where there were none."""
        seen = dict.fromkeys(page.title for page in self._neighbours() if not page.problem)
        lines = [_tr("Looked at as well: {}").format(", ".join(seen))] if seen else []
        for problem in dict.fromkeys(page.problem for page in self._neighbours() if page.problem):
            titles = dict.fromkeys(page.title for page in self._neighbours() if page.problem == problem)
            lines.append(_tr("Not looked at: {0}. {1}").format(", ".join(titles), problem))
        return "\n".join(lines)

    def _role(self, counts: dict[Verdict, int]) -> str:
        if (self.failure and not self.stopped) or counts[Verdict.IGNORED] or any(proof.lost for proof in self.proofs):
            return "error"
        stayed = any(proof.stayed_at for proof in self.proofs)
        return "warn" if stayed or counts[Verdict.ADJUSTED] or counts[Verdict.SIDE_EFFECT] or self._is_cut else "ok"
