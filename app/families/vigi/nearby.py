"""How the pages of a camera hang together. Implements `base.Neighbourhood`."""

from __future__ import annotations

from app.families.vigi import catalog
from app.families.vigi.settings import VigiSettings
from app.settings import exclusion
from app.settings.changes import Change
from app.settings.document import Document

_CHANNEL = "1"  # the protocol knows one
_PARTS = ("Switch", "Region")


class VigiNearby:
    def __init__(self, settings: VigiSettings) -> None:
        self._settings = settings

    async def again(self, document: Document) -> Document:
        return await self._settings.again(document)

    def channel(self, resource: str) -> str | None:
        """Only pages that can be written hold settings; the camera's state moves by itself."""
        method = catalog.methods().get(resource)
        return _CHANNEL if method is not None and method.pair else None

    def reaches(self, written: Document, changes: tuple[Change, ...]) -> bool:
        return bool(_detection(written.resource)) and exclusion.turns_on(changes)

    def follows(self, resource: str, written: Document, changes: tuple[Change, ...]) -> bool:
        """The two pages of one detection, its switch and its areas, and while one is switched on the others."""
        mine, other = _detection(resource), _detection(written.resource)
        together = bool(mine and other) and resource != written.resource
        return together and (mine == other or exclusion.turns_on(changes))


def _detection(resource: str) -> str:
    return next((resource.removesuffix(part) for part in _PARTS if resource.endswith(part)), "")
