"""One Apply of the settings page: in which order, with which questions, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, DeviceFault, Foreseen, InvalidSetting
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.site.second_look import Watch, watched
from ui.bridge.tasks import TaskScope
from ui.bridge.writer import Outcome, Writer
from ui.forms.change_bar import ChangeBar
from ui.forms.edits import DeviceEdits
from ui.pages.settings_conflict import WayOut
from ui.pages.settings_moves import Departure, Moves

Took = Callable[[Proof, Document, tuple[Change, ...]], None]


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


@dataclass(frozen=True, eq=False)  # no slots: signals keep weak references to it
class Applying:
    """make_way is called before anything is sent; jump leads to a field; took is told what each document came to."""

    device: str
    edits: DeviceEdits
    bar: ChangeBar
    scope: TaskScope
    moves: Moves
    departure: Departure
    writer: Writer
    way_out: WayOut
    make_way: Callable[[], None]
    jump: Callable[[str, str], None]
    took: Took

    def start(self) -> None:
        """Sends what can be sent; with a problem it leads there instead. What strands is asked about first."""
        if self.writer.active or not self.edits.count or self.departure.asking:
            return
        if self.writer.goes_on:
            self.bar.show_summary(_tr("{} is still being followed.").format(self.device), "warn")
            return
        if problems := self.edits.problems:
            self.jump(problems[0].document.resource, problems[0].path)
            return
        self.make_way()
        self.writer.begin(self.bar.show_waiting)
        self.scope.start(self._plan_and_send())

    def stop(self) -> None:
        self.bar.show_stopping()
        if not self.departure.leave():
            self.writer.stop()

    async def _plan_and_send(self) -> None:
        """Asks the camera first, where something is switched on, what it does not run together."""
        pending, outcome = self.edits.pending, Outcome()
        self.bar.show_busy(_tr("Asking {} what it does not run together").format(self.device), 0, 0)
        try:
            with self.writer.told():
                plan = await self.way_out.plan(pending)
        except Foreseen as foreseen:
            self.writer.end()
            refused = next(document for document in pending if document.resource == foreseen.path)
            await self._failed(refused, foreseen, outcome)
            self.bar.show_summary(*outcome.summary())
            return
        except BaseException:
            self.writer.end()
            self.bar.show_summary("", "error")  # the scope reports it
            raise
        resources, going = self.moves.last(plan.resources, pending)
        asks = going and not self.writer.stopping
        await (self._ask_and_send(resources, going) if asks else self._send_all(resources))

    async def _ask_and_send(self, resources: tuple[str, ...], going: list[Document]) -> None:
        """Nothing is sent before somebody has agreed."""
        document, outcome, agreed = going[0], Outcome(), False
        self.bar.show_busy(_tr("Checking the new place"), 0, 0)
        try:
            words: list[str] = []
            for document in going:
                words += await self.moves.consequences(document, document.changes())
            self.bar.show_summary("", "text")
            agreed = await self.departure.ask(words, going)
        except CameraError as error:
            await self._failed(document, error, outcome)
        except Exception:
            self.bar.show_summary("", "error")  # the scope reports it
            raise
        finally:
            self.writer.end()
        self.bar.show_summary(*outcome.summary())
        if agreed:
            self.writer.begin(self.bar.show_waiting)
            await self._send_all(resources)

    async def _send_all(self, resources: tuple[str, ...]) -> None:
        """One resource after the other; a failure stops the row and keeps what was not sent as edits."""
        outcome = Outcome()
        document: Document | None = None
        try:
            for number, resource in enumerate(resources):
                document = self.edits.document(resource)
                if self.writer.stopping:
                    outcome.stopped = True
                    break
                if document is None or not document.edited_paths:
                    continue  # taken back meanwhile
                self.bar.show_busy(_tr("Writing {}").format(document.title), number, len(resources))
                with watched(Watch(self._say_looking, self.writer.stop_wanted)):
                    goes_on = await self._send(document, number, outcome)
                if not goes_on:
                    break
        except CameraError as error:
            await self._failed(document, error, outcome)
        except Exception:
            self.bar.show_summary("", "error")  # the scope reports it
            raise
        finally:
            self.writer.end()
        self.bar.show_summary(*outcome.summary(), note=outcome.looked())

    def _say_looking(self, title: str, number: int, total: int) -> None:
        if self.writer.active and not self.writer.stopping:
            self.bar.show_busy(_tr("Looking whether {} is as it was").format(title), number, total)

    async def _send(self, document: Document, number: int, outcome: Outcome) -> bool:
        """One document; whether the next one may follow."""
        changes = document.changes()
        strands = self.moves.strands(document, changes)
        if strands and not self.departure.agreed_to(document, changes):
            outcome.stopped = True  # edited after the question
            return False
        if strands:
            self.bar.show_busy(self.moves.progress(document, changes), number, 0)
        written = await self.departure.follow(self.writer.write(document, changes), bool(strands))
        if written is None:
            text = _tr("{} is followed on; Messages will say where it is.")
            outcome.failure = text.format(self.device)
            return False
        proof, after = written
        outcome.proofs.append(proof)
        self.took(proof, after, changes)
        return proof.lost is None

    async def _failed(self, document: Document | None, error: CameraError, outcome: Outcome) -> None:
        assert document is not None
        outcome.failed(document.title, self.device, error)
        await self.way_out.offer(document.resource, error)
        if isinstance(error, InvalidSetting | DeviceFault) and any(each.path == error.path for each in document.fields):
            self.jump(document.resource, error.path)
