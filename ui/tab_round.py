"""Tab stays inside what lies over the window: whoever works by keyboard would else end up behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def go_round(stops: Sequence[QWidget], forward: bool) -> bool:
    """Gives the focus to the next of stops, from the last one to the first. For `focusNextPrevChild`."""
    here = QApplication.focusWidget()
    if stops:
        at = stops.index(here) if here in stops else (-1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
    return True


def takes_tab(widget: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus.value
    return bool(widget.focusPolicy().value & tab) and widget.isVisible() and widget.isEnabled()


def stops_in(sheet: QWidget) -> Iterator[QWidget]:
    """What takes Tab inside, in the order of the focus chain."""
    widget = sheet.nextInFocusChain()
    while widget is not sheet and widget is not None:
        if sheet.isAncestorOf(widget) and takes_tab(widget) and widget.focusProxy() is None:
            yield widget
        widget = widget.nextInFocusChain()
