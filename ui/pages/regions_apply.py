"""One Apply of drawn regions: each layer written, read back, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, Conflict, GivenUp, InvalidSetting
from app.families.base import RawSettings, Regions, Session
from app.regions import keyed
from app.regions.editing import RegionEdits, Sheet
from app.regions.proof import LayerProof, RegionProof
from app.regions.writer import need, plan, switch, write
from app.settings.changes import Proof
from app.settings.layer import RegionEdit, RegionLayer, Switch
from app.site.secrets import clean, secrets_of
from ui.bridge.writer import Carrier
from ui.canvas.outcome import tone
from ui.forms.change_bar import ChangeBar
from ui.forms.review import ReviewPart
from ui.pages.regions_words import Done, counts, rows_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


@dataclass(frozen=True, eq=False)  # no slots: signals keep weak references to it
class RegionSending:
    """wrote is told each resource that was written, judged the verdicts of a layer by key, once it was read back, moved
    each resource that the camera changed besides, once everything was sent."""

    session: Session
    edits: RegionEdits
    carrier: Carrier
    bar: ChangeBar
    wrote: Callable[[str], None]
    judged: Callable[[str, Mapping[int, RegionProof]], None]
    moved: Callable[[str], None]

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
        edits = list(plan(self.session, layer, sheet.regions))
        turned = self.edits.switch_changed(layer_id)
        if turned is not None:
            edits += need(self.session, Regions).switched(layer, turned, not turned.is_on)
        return "\n\n".join(self._text(each) for each in edits)

    def _text(self, edit: RegionEdit) -> str:
        body = clean(edit.body.decode("utf-8", "replace"), secrets_of(edit.document))
        return f"PUT {need(self.session, RawSettings).raw_url(edit.document)}\n\n{body}"

    async def send(self) -> None:
        """Every layer with something to send. A failure stops the row; what was not sent stays as an edit."""
        done, title = Done(), ""
        pending = self.edits.pending
        try:
            for number, layer_id in enumerate(pending):
                layer = self.edits.layer(layer_id)
                if self.carrier.stopping:
                    done.stopped = True
                    break
                if layer is None:
                    continue
                title = layer.info.title
                self.bar.show_busy(_tr("Writing {}").format(title), number, len(pending))
                with self.carrier.told():
                    await self._send(layer, self.edits.sheet(layer_id), done)
        except GivenUp as error:
            done.failure = _tr("{0} was not changed. {1} The change is still here.").format(title, error)
        except CameraError as error:
            done.failure = _tr("{0} was not changed. {1}").format(title, error)
        except Exception:
            self.bar.show_summary("", "error")  # the scope reports it
            raise
        finally:
            self.carrier.end()
        self.bar.show_summary(*done.summary())
        for page in done.neighbours:
            self.moved(page.resource)

    async def _send(self, layer: RegionLayer, sheet: Sheet, done: Done) -> None:
        layer_id = layer.info.id
        try:
            if self.edits.changed(layer_id):
                work = write(self.session, layer, sheet.regions)
                self._took(layer, sheet, await self.carrier.carry(layer.info.title, work, _words), done)
            turned = self.edits.switch_changed(layer_id)
            if turned is not None:
                await self._turn(layer, turned, sheet, done)
        except CameraError as error:
            if isinstance(error, Conflict) or not isinstance(error, InvalidSetting):
                await self._look_again(layer_id)  # with the camera's own state under the edits one may go on
            raise

    def _took(self, layer: RegionLayer, sheet: Sheet, proof: LayerProof, done: Done) -> None:
        layer_id, before = layer.info.id, dict(self.edits.held_of(layer.info.id))
        found = keyed.of_sent(sheet, proof.regions)
        # The switch is sent after this: it stays an edit until then.
        drawn = replace(sheet, armed=layer.armed.is_on if layer.armed is not None else None)
        self.edits.keep(proof.layer, drawn, keyed.ids(found))
        found |= keyed.of_others(proof.regions, before, self.edits.held_of(layer_id))
        done.regions |= {(layer_id, key): each for key, each in found.items()}
        done.reboot |= proof.reboot_required
        self.judged(layer_id, found)
        for resource in dict.fromkeys(each.resource for each in proof.proofs):
            self.wrote(resource)
        self._beside(proof.proofs, done)

    def _beside(self, proofs: Iterable[Proof], done: Done) -> None:
        """What the camera changed on other pages: told, and read again where it is shown."""
        moved = [page for proof in proofs for page in proof.neighbours if page.fields]
        done.neighbours += moved
        for page in moved:
            self.wrote(page.resource)

    async def _turn(self, layer: RegionLayer, turned: Switch, sheet: Sheet, done: Done) -> None:
        work = switch(self.session, layer, turned, not turned.is_on)
        proofs = await self.carrier.carry(turned.title, work, lambda told: _switch_words(turned, told))
        done.switches += [each for proof in proofs for each in proof.fields if each.path == turned.path]
        done.reboot |= any(proof.reboot_required for proof in proofs)
        self.edits.keep(await need(self.session, Regions).load(layer.info.id), sheet)
        self.wrote(turned.resource)
        self._beside(proofs, done)

    async def _look_again(self, layer_id: str) -> None:
        """Without a word when that fails too: what is said is what failed first."""
        try:
            self.edits.keep(await need(self.session, Regions).load(layer_id))
        except CameraError:
            return


def _words(proof: LayerProof) -> tuple[str, str]:
    tones = {tone(each) for each in proof.regions}
    return counts(proof.regions), "ok" if tones <= {"ok"} else "warn"


def _switch_words(turned: Switch, proofs: tuple[Proof, ...]) -> tuple[str, str]:
    fields = [each for proof in proofs for each in proof.fields if each.path == turned.path]
    return counts((), fields), "ok" if all(proof.kept_everything for proof in proofs) else "warn"
