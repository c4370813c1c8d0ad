"""Pages that the camera changed by itself when another one was written: their forms, their verdicts, their signs."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from app.families.base import SettingsTree
from app.settings.changes import FieldProof, Proof
from app.settings.document import Document
from ui.models.resources import ResourceModel
from ui.pages.settings_panel import ResourcePanel


@runtime_checkable
class _Holds(Protocol):
    """Settings that know what was read last, also by themselves."""

    def held(self, resource: str) -> Document | None: ...


@dataclass(frozen=True, eq=False)
class Besides:
    """keep takes a fresh document in the place of the one before, edits go on in it; verdicts are by resource and
    path."""

    settings: SettingsTree
    model: ResourceModel
    panel: ResourcePanel
    verdicts: MutableMapping[str, dict[str, FieldProof]]
    keep: Callable[[Document], None]

    def took(self, proof: Proof) -> None:
        """After a write: shows what changed on other pages, at once where one is in view, else when somebody comes."""
        for page in proof.neighbours:
            now = self.settings.held(page.resource) if isinstance(self.settings, _Holds) else None
            if now is None or not page.fields:
                continue
            self.keep(now)
            self.verdicts[page.resource] = {each.path: each for each in page.fields}
            if self.panel.resource == page.resource and self.panel.shows_form:
                self.panel.show_document(now, self.verdicts[page.resource])
            else:
                self.model.set_moved(page.resource, True)

    def saw(self, resource: str) -> None:
        """Somebody is looking at it."""
        self.model.set_moved(resource, False)
