"""Which editor a field gets: its role if it has one of its own, else its options, else its kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.settings.spec import Access, Kind, Spec
from ui.forms.choices import ChoiceEditor
from ui.forms.editors import (
    Fact,
    FrameRateEditor,
    LineEditor,
    NumberEditor,
    SecretEditor,
)
from ui.forms.lines import LinesEditor
from ui.forms.marks import ColourEditor, MaskEditor
from ui.forms.moments import MomentEditor, TimeEditor, ZoneEditor
from ui.forms.records import RecordsEditor
from ui.forms.switch import SwitchEditor
from ui.forms.week import WeekEditor

Factory = Callable[[Spec, QWidget], QWidget]

_BY_KIND: dict[Kind, Factory] = {
    Kind.BOOL: SwitchEditor,
    Kind.INT: NumberEditor,
    Kind.FLOAT: NumberEditor,
    Kind.PORT: NumberEditor,
    Kind.FPS100: FrameRateEditor,
    Kind.PASSWORD: SecretEditor,
    Kind.OPTION: ChoiceEditor,
    Kind.DATETIME: MomentEditor,
    Kind.TIME: TimeEditor,
    Kind.TIMEZONE: ZoneEditor,
    Kind.COLOUR: ColourEditor,
    Kind.WEEK: WeekEditor,
    Kind.LIST: RecordsEditor,
    Kind.OPAQUE: LinesEditor,
}


def register(kind: Kind, factory: Factory) -> None:
    """Gives a kind an editor of its own."""
    _BY_KIND[kind] = factory


def editor_for(spec: Spec, parent: QWidget) -> QWidget:
    """A new editor for spec, child of parent."""
    if spec.access is Access.READ_ONLY:
        return Fact(spec, parent)
    if spec.kind is Kind.HEX and spec.options and spec.open_options:
        return MaskEditor(spec, parent)
    if spec.kind not in (Kind.BOOL, Kind.PASSWORD, Kind.LIST) and spec.options:
        return ChoiceEditor(spec, parent)
    return _BY_KIND.get(spec.kind, LineEditor)(spec, parent)
