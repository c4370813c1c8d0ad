"""One Apply of drawn regions: each layer written, read back, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, InvalidSetting
from app.families.base import RawSettings, Regions
from app.regions.editing import RegionEdits, Sheet
from app.regions.judging import RegionOutcome, judge
from app.settings.changes import FieldProof
from app.settings.layer import RegionEdit, RegionLayer
from app.site.secrets import clean, secrets_of
from ui.forms.change_bar import ChangeBar
from ui.forms.review import ReviewPart
from ui.pages.regions_words import rows_of, summary
from ui.pages.settings_writer import Hand, Writer


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


@dataclass(slots=True)
class _Done:
    outcomes: list[RegionOutcome] = field(default_factory=list)
    switches: list[FieldProof] = field(default_factory=list)
    failure: str = ""
    stopped: bool = False


@dataclass(frozen=True, eq=False)
class RegionSending:
    """wrote is told each resource that was written, judged the verdicts of each layer after it was read back."""

    regions: Regions
    raw: RawSettings
    edits: RegionEdits
    hand: Hand
    writer: Writer
    bar: ChangeBar
    wrote: Callable[[str], None]
    judged: Callable[[Iterable[RegionOutcome]], None]

    def parts(self) -> tuple[ReviewPart, ...]:
        """What would be sent, for the review."""
        return tuple(self._part(layer_id) for layer_id in self.edits.pending)

    def _part(self, layer_id: str) -> ReviewPart:
        layer = self.edits.layer(layer_id)
        assert layer is not None
        return ReviewPart(layer.info.title, tuple(rows_of(self.edits, layer_id)), lambda: self._request(layer_id))

    def _request(self, layer_id: str) -> str:
        """The raw requests, without secrets. CameraError when they cannot be made."""
        layer, sheet = self.edits.layer(layer_id), self.edits.sheet(layer_id)
        assert layer is not None
        edits = list(self.regions.edits(layer, sheet.regions))
        switch = self.edits.switch_changed(layer_id)
        if switch is not None:
            edits += self.regions.switched(layer, switch, not switch.is_on)
        return "\n\n".join(self._text(each) for each in edits)

    def _text(self, edit: RegionEdit) -> str:
        body = clean(edit.body.decode("utf-8", "replace"), secrets_of(edit.document))
        return f"PUT {self.raw.raw_url(edit.document)}\n\n{body}"

    async def send(self) -> None:
        """Every layer with something to send. A failure stops the row; what was not sent stays as an edit."""
        done, title = _Done(), ""
        pending = self.edits.pending
        try:
            for number, layer_id in enumerate(pending):
                layer = self.edits.layer(layer_id)
                if self.writer.stopping:
                    done.stopped = True
                    break
                if layer is None:
                    continue
                title = layer.info.title
                self.bar.show_busy(_tr("Writing {}").format(title), number, len(pending))
                await self._send(layer, self.edits.sheet(layer_id), done)
        except CameraError as error:
            done.failure = _tr("{0} was not changed. {1}").format(title, error)
        except Exception:
            self.bar.show_summary("", "error")  # the scope reports it
            raise
        finally:
            self.writer.end()
        self.bar.show_summary(*summary(done.outcomes, done.switches, done.failure, stopped=done.stopped))

    async def _send(self, layer: RegionLayer, sheet: Sheet, done: _Done) -> None:
        layer_id = layer.info.id
        drawn = bool(self.edits.changed(layer_id))
        edits = self.regions.edits(layer, sheet.regions) if drawn else ()
        held = dict(self.edits.held_of(layer_id))
        switch = self.edits.switch_changed(layer_id)
        try:
            for edit in edits:
                await self._write(edit)
            if edits:
                layer = await self.regions.load(layer_id)
            if switch is not None and layer.armed is not None:
                for edit in self.regions.switched(layer, layer.armed, not switch.is_on):
                    done.switches += await self._write(edit)
        except InvalidSetting:
            raise
        except CameraError:
            await self._look_again(layer_id)  # one of several writes may have been taken
            raise
        after = await self.regions.load(layer_id)
        self.edits.keep(after, sheet)
        found = judge(
            layer_id, held, sheet, self.edits.held_of(layer_id), lambda each: self.regions.rounded(after, each)
        )
        done.outcomes += found
        self.judged(found)

    async def _write(self, edit: RegionEdit) -> tuple[FieldProof, ...]:
        self.hand.body = edit.body
        proof, _ = await self.writer.write(edit.document, self.raw.raw_changes(edit.document, edit.body))
        self.wrote(edit.document.resource)
        return proof.fields

    async def _look_again(self, layer_id: str) -> None:
        """Without a word when that fails too: what is said is what failed first."""
        try:
            self.edits.keep(await self.regions.load(layer_id))
        except CameraError:
            return
