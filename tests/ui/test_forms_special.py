"""Editors for moments, zones, colours and masks, by keyboard and mouse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from fakes_settings import MemorySource
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Kind, Option, Spec
from ui.forms.form import Form
from ui.forms.marks import ColourEditor, MaskEditor, with_bit
from ui.forms.moments import MomentEditor, TimeEditor, ZoneEditor, like, step_clock

pytestmark = pytest.mark.gui
NOW = datetime(2026, 3, 4, 10, 20, 30, 999, tzinfo=timezone(timedelta(hours=1)))


def show(qtbot, *fields: Field) -> tuple[Form, Document]:
    document = Document("/d", "Document", fields, MemorySource({f.path: f.text for f in fields}))
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 500)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form, document


def one(qtbot, kind: Kind, text: str, **spec):
    form, document = show(qtbot, Field("f", text, Spec(kind, "Field", **spec)))
    return form.row("f").editor, form, document


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ("2020-01-01T00:00:00+08:00", "2026-03-04T17:20:30+08:00"),
        ("2020-01-01T00:00:00", "2026-03-04T10:20:30"),
        ("2020-01-01 00:00:00", "2026-03-04 10:20:30"),
        ("2020-01-01T00:00:00Z", "2026-03-04T09:20:30Z"),
        ("", "2026-03-04T10:20:30+01:00"),
        ("never", "2026-03-04T10:20:30+01:00"),
    ],
)
def test_this_computers_time_is_told_as_the_camera_tells_it(held, expected):
    assert like(NOW, held) == expected


def test_the_clock_sign_and_its_key_put_this_computers_time(qtbot, monkeypatch):
    monkeypatch.setattr(MomentEditor, "now", staticmethod(lambda: datetime(2026, 3, 4, 9, 20, 30, tzinfo=UTC)))
    line, _, document = one(qtbot, Kind.DATETIME, "2020-01-01T00:00:00+08:00")
    assert isinstance(line, MomentEditor)
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClick(line, Qt.Key.Key_Semicolon, Qt.KeyboardModifier.ControlModifier)
    assert document.text("f") == "2026-03-04T17:20:30+08:00"
    document.revert()
    line.take_now.trigger()
    assert document.text("f") == "2026-03-04T17:20:30+08:00"


@pytest.mark.parametrize(
    ("text", "count", "at", "expected"),
    [
        ("08:30:00", 1, 0, "09:30:00"),
        ("08:30:00", 1, 4, "08:31:00"),
        ("08:59:59", 1, 8, "09:00:00"),
        ("00:10:00", -1, 0, "00:00:00"),
        ("23:30:00", 1, 1, "24:00:00"),
        ("08:30", 10, 5, "08:40"),
        ("8.30", 1, 0, None),
    ],
)
def test_a_time_of_day_steps_where_the_cursor_is(text, count, at, expected):
    assert step_clock(text, count, at) == expected


@given(st.integers(0, 24 * 60), st.integers(-2000, 2000), st.integers(0, 5))
def test_a_stepped_time_is_always_a_time(minutes, count, at):
    stepped = step_clock(f"{minutes // 60:02}:{minutes % 60:02}", count, at)
    assert "00:00" <= stepped <= "24:00"


def test_arrow_keys_step_a_time(qtbot):
    line, _, document = one(qtbot, Kind.TIME, "08:30:00")
    assert isinstance(line, TimeEditor)
    line.setFocus()
    line.setCursorPosition(4)
    qtbot.keyClick(line, Qt.Key.Key_Up)
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert document.text("f") == "08:32:00"
    assert line.cursorPosition() == 4


def test_a_zone_is_explained_picked_and_typed(qtbot):
    zone, form, document = one(qtbot, Kind.TIMEZONE, "CST-8:00:00")
    assert isinstance(zone, ZoneEditor)
    assert form.row("f").remarks[0].text == "CST-8:00:00 is UTC+8, no summer time"
    zone.setFocus()
    qtbot.keyClick(zone, Qt.Key.Key_Down)  # opens the list, chooses nothing
    assert document.edited_paths == ()
    assert zone.view().isVisible()
    zone.view().setCurrentIndex(zone.model().index(zone.findText("Berlin", Qt.MatchFlag.MatchContains), 0))
    qtbot.keyClick(zone.view(), Qt.Key.Key_Return)
    assert document.text("f") == "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"
    assert "UTC+1" in form.row("f").remarks[0].text
    zone.lineEdit().selectAll()
    qtbot.keyClicks(zone, "EST5")
    assert document.text("f") == "EST5"
    assert "UTC−5" in form.row("f").remarks[0].text
    qtbot.keyClicks(zone, "!")
    assert form.row("f").remarks[0].role == "error"
    qtbot.keyClick(zone, Qt.Key.Key_Escape)
    assert zone.currentText() == "CST-8:00:00"


def test_a_colour_is_typed_and_chosen_from_its_swatch(qtbot):
    line, form, document = one(qtbot, Kind.COLOUR, "#FF0000")
    assert isinstance(line, ColourEditor)
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert line.menu.isVisible()
    blue = next(action for action in line.menu.actions() if action.text() == "Blue")
    qtbot.mouseClick(line.menu, Qt.MouseButton.LeftButton, pos=line.menu.actionGeometry(blue).center())
    assert document.text("f") == "#0000FF"  # in the camera's own spelling
    line.selectAll()
    qtbot.keyClicks(line, "red")
    assert form.row("f").remarks[0].role == "error"
    assert line.text() == "red"


BITS = (Option("1", "Monday"), Option("2", "Tuesday"), Option("80", "Holiday"))


def test_bits_with_names_are_ticked_with_keyboard_and_mouse(qtbot):
    mask, form, document = one(qtbot, Kind.HEX, "0041", options=BITS, open_options=True)
    assert isinstance(mask, MaskEditor)
    assert form.row("f").wanted_height() > 72
    mask.setFocus()
    qtbot.keyClick(mask, Qt.Key.Key_Down)
    qtbot.keyClick(mask, Qt.Key.Key_Space)
    assert document.text("f") == "0043"  # the bit without a name stays
    option = QStyleOptionViewItem()
    option.rect = mask.visualItemRect(mask.item(0))
    option.features = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    box = mask.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, mask)
    qtbot.mouseClick(mask.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.center()))
    assert document.text("f") == "0042"
    qtbot.keyClick(mask, Qt.Key.Key_Escape)
    assert document.edited_paths == ()
    assert mask.item(0).checkState() is Qt.CheckState.Checked


@given(st.integers(0, 2**40), st.integers(0, 39), st.booleans())
def test_a_bit_on_and_off_leaves_the_others_and_the_length(mask, bit, capitals):
    text = format(mask, "012x").upper() if capitals else format(mask, "012x")
    on = with_bit(text, 1 << bit, True)
    assert int(on, 16) == mask | 1 << bit
    assert len(on) == len(text)
    assert int(with_bit(on, 1 << bit, False), 16) == mask & ~(1 << bit)


def test_a_mask_without_names_is_text_with_its_length_checked(qtbot):
    line, form, _ = one(qtbot, Kind.HEX, "ffff", min_length=4, max_length=4)
    line.selectAll()
    qtbot.keyClicks(line, "fff")
    assert "Exactly 4 characters" in form.row("f").remarks[0].text
