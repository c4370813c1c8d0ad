"""Where the entries of a form stand: headers and fields one below the other, some folded or filtered away."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from PySide6.QtCore import QCoreApplication

from app.settings.document import Document
from app.settings.field import Field
from ui.forms.header import HEADER, SectionHeader
from ui.forms.row import ROW, FieldRow

Section = tuple[str, ...]
TOP = 8  # pixels above the first field where no header is


@dataclass(slots=True)
class Entry:
    """A place in the form: a section header (field None) or a field. widget comes when it is near the view."""

    section: Section
    field: Field | None
    top: int = 0
    height: int = ROW
    hidden: bool = False
    widget: FieldRow | SectionHeader | None = dataclass_field(default=None, repr=False)

    def fits(self) -> bool:
        """Whether the place is as high as the row in it wants."""
        return self.hidden or not isinstance(self.widget, FieldRow) or self.widget.wanted_height() == self.height


class Places:
    """The entries in order; height is that of all together."""

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        self.entries = list(_entries(fields))
        self.by_path = {entry.field.path: n for n, entry in enumerate(self.entries) if entry.field is not None}
        self.height = 0
        self._tops: list[int] = []

    def hide(self, matches: Callable[[Field], bool] | None, folded: Set[Section]) -> None:
        """matches: what is looked for, also in folded sections; None while nothing is."""
        alive: set[Section] = set()
        for entry in self.entries:
            if entry.field is not None:
                found = matches is None or matches(entry.field)
                entry.hidden = not found or (matches is None and entry.section in folded)
                if found:
                    alive.add(entry.section)
        for entry in self.entries:
            if entry.field is None:
                entry.hidden = entry.section not in alive

    def place(self) -> None:
        """Gives every entry its top and height again."""
        top = 0 if not self.entries or self.entries[0].field is None else TOP
        self._tops = []
        for entry in self.entries:
            entry.top = top
            self._tops.append(top)
            if entry.hidden:
                entry.height = 0
            elif entry.field is None:
                entry.height = HEADER
            else:
                entry.height = entry.widget.wanted_height() if isinstance(entry.widget, FieldRow) else ROW
            top += entry.height
        self.height = top

    def between(self, top: int, bottom: int) -> tuple[int, int]:
        """First and last + 1 of the entries there."""
        return max(0, bisect_right(self._tops, top) - 1), bisect_left(self._tops, bottom)

    def at(self, y: int) -> Entry | None:
        index = bisect_right(self._tops, y) - 1
        return self.entries[index] if 0 <= index < len(self.entries) else None


def section_title(section: Section) -> str:
    return " › ".join(section) if section else QCoreApplication.translate("Form", "General")


def shape(document: Document) -> tuple[object, ...]:
    """What makes two documents fit into one form."""
    return (document.resource, tuple((f.path, f.spec, f.section) for f in document.shown))


def _entries(fields: Iterable[Field]) -> Iterable[Entry]:
    """Fields grouped by section, a section where its first field stands; the one without a name needs no header
    when it is the only one."""
    groups: dict[Section, list[Field]] = {}
    for each in fields:
        groups.setdefault(each.section, []).append(each)
    for section, members in groups.items():
        if section or len(groups) > 1:
            yield Entry(section, None, height=HEADER)
        for each in members:
            yield Entry(section, each)
