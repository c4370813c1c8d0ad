"""The week in a form, painted with the mouse and the keyboard."""

from __future__ import annotations

import pytest
from fakes_settings import MemorySource
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from app.settings.depends import Depends, Need, texts
from app.settings.document import Document
from app.settings.field import Field
from app.settings.schedule import weeks
from app.settings.spec import Kind, Spec
from ui.forms.edits import DeviceEdits
from ui.forms.form import Form
from ui.forms.week import WeekEditor

pytestmark = pytest.mark.gui
PATH = "TimeBlockList"


@pytest.fixture
def document() -> Document:
    held = {"enabled": "true"}
    for day in range(1, 8):
        block = f"{PATH}/TimeBlock[{day}]"
        held |= {f"{block}/dayOfWeek": str(day), f"{block}/TimeRange/beginTime": "00:00:00"}
        held |= {f"{block}/TimeRange/endTime": "24:00:00"}
    fields = [Field(p, t, Spec(Kind.BOOL if p == "enabled" else Kind.TEXT, p)) for p, t in held.items()]
    needs = tuple(Need(path, "enabled", texts("true"), "Switch it on first.") for path in held if path != "enabled")
    return Document("/s", "Arming", fields, MemorySource(held), Depends(needs, combined=weeks(held)))


@pytest.fixture
def form(qtbot, document) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.resize(800, 500)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form


@pytest.fixture
def week(form) -> WeekEditor:
    editor = form.row(PATH).editor
    assert isinstance(editor, WeekEditor)
    return editor


def drag(qtbot, week: WeekEditor, first: tuple[int, int], last: tuple[int, int]) -> None:
    begin, end = week.cell_rect(*first).center(), week.cell_rect(*last).center()
    qtbot.mousePress(week, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(week, (begin + end) / 2)
    qtbot.mouseMove(week, end)
    qtbot.mouseRelease(week, Qt.MouseButton.LeftButton, pos=end)


def test_a_drag_switches_what_it_covers_and_undo_is_one_step(qtbot, form, week, document):
    edits = DeviceEdits()
    edits.keep(document)
    drag(qtbot, week, (1, 0), (3, 15))
    assert document.text(PATH).startswith("Mon 00:00-24:00; Tue 08:00-24:00; Wed 08:00-24:00; Thu 08:00-24:00; Fri 00")
    assert {change.new for change in document.changes()} == {"08:00:00"}
    assert len(document.changes()) == 3
    assert "Tuesday to Thursday 08:00–24:00" in form.row(PATH).remarks[0].text
    edits.undo_stack.undo()
    assert document.edited_paths == ()
    assert week.week.is_on(1, 0)
    drag(qtbot, week, (3, 15), (1, 0))  # the other way round
    drag(qtbot, week, (1, 0), (3, 15))
    assert document.edited_paths == ()


def test_more_stretches_than_the_list_has_are_shown_with_the_problem(qtbot, form, week, document):
    drag(qtbot, week, (0, 20), (0, 23))
    assert form.row(PATH).remarks[0].text == "The camera's list has 7 stretches, this week needs 8"
    assert not week.week.is_on(0, 21)  # what was painted stays to be seen
    assert document.problems
    qtbot.keyClick(week, Qt.Key.Key_Escape)
    assert document.edited_paths == ()
    assert week.week.is_on(0, 21)


def test_the_name_of_a_day_switches_it(qtbot, week, document):
    qtbot.mouseClick(week, Qt.MouseButton.LeftButton, pos=QPoint(8, week.cell_rect(6, 0).center().y()))
    assert "Sun" not in document.text(PATH)
    assert document.problems == {}  # another day is told in two halves
    qtbot.mouseClick(week, Qt.MouseButton.LeftButton, pos=QPoint(8, week.cell_rect(6, 0).center().y()))
    assert document.edited_paths == ()


def test_everything_goes_by_keyboard(qtbot, form, week, document):
    form.row("enabled").editor.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.waitUntil(week.hasFocus)
    assert form.focused_path() == PATH
    qtbot.keyClick(week, Qt.Key.Key_Down)
    for _ in range(15):
        qtbot.keyClick(week, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert "Tuesday 00:00–08:00, on" in week.accessibleName()
    qtbot.keyClick(week, Qt.Key.Key_Space)
    assert "off" in week.accessibleName()
    assert "Tue 08:00-24:00" in document.text(PATH)
    qtbot.keyClick(week, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert form.row(PATH).remarks[0].text == "Every day 08:00–24:00"
    assert len(document.changes()) == 7
    qtbot.keyClick(week, Qt.Key.Key_Escape)
    assert document.edited_paths == ()
    qtbot.keyClick(week, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(week, Qt.Key.Key_Delete)
    assert "cannot be emptied" in form.row(PATH).remarks[0].text


def test_a_day_is_copied_from_its_menu(qtbot, week, document):
    week.toggle_day(6)
    week.copy_day(6, range(5, 7))
    assert "Sat" not in document.text(PATH)
    menu = week.day_menu(0)
    assert menu.actions()[0].text() == "Copy Monday to all days"
    menu.actions()[0].trigger()
    assert document.edited_paths == ()


def test_a_week_that_is_switched_off_is_grey(qtbot, form, week):
    qtbot.mouseClick(form.row("enabled").editor, Qt.MouseButton.LeftButton)
    assert not week.isEnabled()
    assert form.row(PATH)._beside() == "Switch it on first."


def test_the_other_rows_stand_below_the_week(form, week):
    row = form.row(PATH)
    assert row.height() == row.wanted_height()
    assert week.height() == week.wanted_height()
    assert form.widget().height() >= row.y() + row.height()
