"""What to do about a write that met something else, or would: the other side of it, and the order in which it works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.errors import CameraError, Conflict, Excluded, Foreseen
from app.families.base import Exclusions, SettingsTree
from app.settings import exclusion, sequence
from app.settings.document import Document
from app.settings.exclusion import Place, Side
from app.settings.sequence import Plan
from ui.banner import Way
from ui.forms.edits import DeviceEdits
from ui.pages.settings_panel import ResourcePanel
from ui.panes.resource_tree import ResourceTree


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of an Apply before it: in which order it is sent, or what is in its way and what leads on."""

    resources: tuple[str, ...]
    text: str = ""
    role: str = "text"
    ways: tuple[Way, ...] = ()


class WayOut:
    """Leads from a refused write to the other side, which Apply then sends first.

    read gives the document of a resource as it is edited here; agree shows all that Apply would send, send is Apply.
    """

    def __init__(
        self,
        device: str,
        settings: SettingsTree,
        tree: ResourceTree,
        panel: ResourcePanel,
        read_again: Callable[[], None],
        read: Callable[[str], Awaitable[Document]],
        edits: DeviceEdits,
        agree: Callable[[], None],
        send: Callable[[], None],
        exclusions: Exclusions | None,
    ) -> None:
        self._device, self._settings = device, settings
        self._tree, self._panel, self._read_again = tree, panel, read_again
        self._read, self._edits, self._agree, self._send = read, edits, agree, send
        self._exclusions = exclusions
        self._after: dict[str, frozenset[str]] = {}  # resource -> those that have to be written before it

    async def plan(self, documents: Iterable[Document]) -> Plan:
        """In which order they are sent. Foreseen where the camera says beforehand that it will not take one."""
        foresee = self._exclusions.foresee if self._exclusions is not None else None
        return await sequence.planned(documents, foresee, self._after)

    async def outlook(self, documents: Iterable[Document]) -> Outlook:
        """The same in words, for those who have not pressed Apply yet."""
        waiting = tuple(documents)
        try:
            plan = await self.plan(waiting)
        except Foreseen as foreseen:
            ways = await self._ways(foreseen.path, foreseen)
            return Outlook(self.order(waiting), str(foreseen), "error", ways)
        titles = {each.resource: each.title for each in waiting}
        for each in plan.resources:
            first = [titles[other] for other in plan.resources if other in plan.after.get(each, ())]
            if first:
                text = _tr("{0} goes first, then {1}: {2} does not run both at once.")
                return Outlook(plan.resources, text.format(", ".join(first), titles[each], self._device))
        return Outlook(plan.resources)

    def order(self, documents: Iterable[Document]) -> tuple[str, ...]:
        """As far as it is known without asking the camera."""
        return sequence.in_order((each.resource for each in sequence.off_first(documents)), self._after)

    async def offer(self, resource: str, error: CameraError) -> None:
        """Says what happened above the form, with the buttons that lead on where there are some."""
        self._panel.show_failure(resource, error, await self._ways(resource, error))

    async def _ways(self, resource: str, error: CameraError) -> tuple[Way, ...]:
        others = error.others if isinstance(error, Excluded) else ()
        pages = await self._pages() if others else ()
        sides = await exclusion.sides(others, resource, pages, self._read) if others else ()
        other = other_side(others, pages, resource)
        found: list[Way] = []
        if sides:
            text = _tr("Switch off {} first").format(", ".join(dict.fromkeys(side.name for side in sides)))
            found.append((text, lambda: self._switch_off(resource, sides)))
        elif other is not None:
            self._put_first([other.resource], resource)
            found.append((_tr("Go to {}").format(other.title), lambda: self._tree.choose(other.resource)))
        elif isinstance(error, Conflict):
            found.append((_tr("Read again"), self._read_again))
        if isinstance(error, Foreseen):
            found.append((_tr("Send it all the same"), lambda: self._insist(error)))
        return tuple(found)

    async def _pages(self) -> tuple[Place, ...]:
        try:
            return tuple(exclusion.places(await self._settings.tree()))
        except CameraError:
            return ()  # what is said is said without a way that leads on

    def _switch_off(self, resource: str, sides: tuple[Side, ...]) -> None:
        """Puts the other side among the changes, before the refused one, and shows them all: one Apply sends both."""
        self._put_first([side.resource for side in sides if side.resource != resource], resource)
        for side in sides:
            self._edit(side)
        self._agree()

    def _put_first(self, first: Iterable[str], then: str) -> None:
        """Also where it was the other way round before."""
        before = frozenset(first)
        for each in before:
            self._after[each] = self._after.get(each, frozenset()) - {then}
        if before:
            self._after[then] = before

    def _edit(self, side: Side) -> None:
        document = self._edits.document(side.resource)
        if document is not None and any(each.path == side.path for each in document.fields):
            document.set_text(side.path, side.text)

    def _insist(self, foreseen: Foreseen) -> None:
        assert self._exclusions is not None
        self._exclusions.waive(foreseen)
        self._send()


def other_side(others: Iterable[str], pages: Sequence[Place], refused: str) -> Place | None:
    """The page of a function that excludes what was refused; None where none of them has a page."""
    found = (exclusion.page_of(name, pages, refused) for name in others)
    return next((page for page in found if page is not None), None)
