"""What became of a write, at the fields of a form: red and amber stay, the green tick fades."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QVariantAnimation

from app.settings.changes import FieldProof, Verdict
from ui.forms.row import FieldRow

TICK_STAYS, TICK_FADES = 4000, 1500  # ms that the sign of a kept value is seen


class Verdicts(QObject):
    """Proofs by path. What the user has overtaken is taken out of the map that was given to `show`."""

    def __init__(self, rows: Callable[[], Iterable[FieldRow]], parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._proofs: dict[str, FieldProof] = {}
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(TICK_STAYS + TICK_FADES)
        self._fade.setKeyValues([(0.0, 1.0), (TICK_STAYS / (TICK_STAYS + TICK_FADES), 1.0), (1.0, 0.0)])
        self._fade.valueChanged.connect(self._fade_ticks)
        self._fade.finished.connect(self._end_ticks)

    def show(self, proofs: dict[str, FieldProof]) -> None:
        self._proofs = proofs
        for row in self._rows():
            row.show_proof(self._on(row))
        self._fade.stop()
        if any(proof.verdict is Verdict.KEPT for proof in proofs.values()):
            self._fade.start()

    def clear(self) -> None:
        self._proofs = {}
        self._fade.stop()

    def show_on(self, row: FieldRow) -> None:
        """On a row that is new, or whose field has changed."""
        row.show_proof(self._on(row), self._tick())

    def overtaken(self, path: str) -> None:
        """Edited since: a verdict speaks of the value that was sent, not of this one."""
        self._proofs.pop(path, None)

    def _on(self, row: FieldRow) -> FieldProof | None:
        """The verdict on what a row shows: of several the one that was not kept."""
        parts = row.document.parts(row.path) if self._proofs else ()
        found = [self._proofs[part] for part in parts if part in self._proofs]
        return next((proof for proof in found if proof.verdict is not Verdict.KEPT), found[0] if found else None)

    def _tick(self) -> float:
        running = self._fade.state() is QVariantAnimation.State.Running
        return float(self._fade.currentValue()) if running else 0.0

    def _fade_ticks(self, opacity: object) -> None:
        for row in self._rows():
            if row.tick and isinstance(opacity, float) and row.tick != opacity:
                row.show_proof(row.proof, opacity)

    def _end_ticks(self) -> None:
        for path in [path for path, proof in self._proofs.items() if proof.verdict is Verdict.KEPT]:
            del self._proofs[path]
        for row in self._rows():
            row.show_proof(self._on(row))
