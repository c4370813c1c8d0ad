"""Texts of several lines: breaks and blanks go through as they are, typed and pasted, to the camera and back."""

from __future__ import annotations

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from test_forms_kinds import CTRL, NONE, Desk, desk
from test_settings_simulated import with_camera  # noqa: F401 - a fixture

from app.settings.document import Field
from app.settings.spec import Kind, Spec
from ui.forms.lines import LinesEditor, merged

pytestmark = pytest.mark.gui
INFO, NAME = "/ISAPI/System/deviceInfo", "deviceName"
HARD = "\u00a0"  # a blank that Qt takes for an ordinary one


def test_enter_breaks_the_line_tab_leaves_and_escape_takes_it_back(qtbot):
    at = desk(qtbot, Kind.OPAQUE, "one\ntwo")
    assert isinstance(at.line, LinesEditor)
    before = at.form.row("f").height()
    QTest.keyClick(at.line, Qt.Key.Key_End, CTRL)
    for text in ("three", "four", "five"):
        QTest.keyClick(at.line, Qt.Key.Key_Return)
        QTest.keyClicks(at.line, text)
    assert at.sent == "one\ntwo\nthree\nfour\nfive"
    qtbot.waitUntil(lambda: at.form.row("f").height() > before)
    assert at.form.row("f").height() == at.form.row("f").wanted_height()
    qtbot.waitUntil(lambda: at.line.verticalScrollBar().maximum() == 0)
    QTest.keyClick(at.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert at.sent.endswith("five\n")
    QTest.keyClick(at.line, Qt.Key.Key_Escape)
    assert at.document.edited_paths == ()
    assert at.line.toPlainText() == "one\ntwo"
    qtbot.waitUntil(lambda: at.form.row("f").height() == before)
    QTest.keyClick(at.line, Qt.Key.Key_Tab)
    assert at.form.focused_path() == "next"
    QTest.keyClick(at.form.row("next").editor, Qt.Key.Key_Backtab)
    assert at.form.focused_path() == "f"


@pytest.mark.parametrize(
    "held", ["", "a\r\nb\r\n", "a\rb", " \n a\t\n\n", f"a{HARD}b\nc", "a\u2028b\u2029c", "x" * 9000]
)
def test_what_is_only_looked_at_is_sent_as_it_came(qtbot, held):
    at = desk(qtbot, Kind.OPAQUE, held)
    QTest.keyClick(at.line, Qt.Key.Key_Down)
    QTest.keyClick(at.line, Qt.Key.Key_Tab)
    assert at.document.edited_paths == ()
    assert at.document.encode() == at.document.source.raw


def test_only_what_is_typed_is_changed_and_lines_are_broken_as_before(qtbot):
    at = desk(qtbot, Kind.OPAQUE, f"a{HARD}b\r\n  c\u2028d\r\n")
    QTest.keyClick(at.line, Qt.Key.Key_End)
    QTest.keyClick(at.line, Qt.Key.Key_Return)
    QTest.keyClicks(at.line, "new")
    assert at.sent == f"a{HARD}b\r\nnew\r\n  c\u2028d\r\n"
    assert [change.path for change in at.document.changes()] == ["f"]


def test_a_paste_comes_as_it_is(qtbot):
    at = desk(qtbot, Kind.OPAQUE, "x")
    at.paste(f"  first{HARD}\n\tsecond \n")
    assert at.sent == f"  first{HARD}\n\tsecond \n"


def test_undo_of_the_document_shows_in_the_lines(qtbot):
    at = desk(qtbot, Kind.OPAQUE, "one\ntwo")
    QTest.keyClicks(at.line, "x")
    assert at.sent == "xone\ntwo"
    at.document.set_text("f", "one\ntwo")  # as the undo of the page does
    assert at.line.toPlainText() == "one\ntwo"
    assert at.document.edited_paths == ()


def test_limits_and_what_is_wrong_are_said_under_it(qtbot):
    at = desk(qtbot, Kind.OPAQUE, "a\nb", max_length=5)
    at.paste("a\nb\nc\nd")
    assert at.said == ("error", "At most 5 characters (yours has 7)")
    assert at.line.property("wrong")
    at.paste("a\x07")
    assert at.said[1] == "Remove the character U+0007: it cannot be sent"


def test_it_grows_to_six_lines_and_the_wheel_is_for_the_form_before_it_has_the_focus(qtbot):
    tall = "\n".join(map(str, range(40)))
    at = Desk(qtbot, Field("f", "1", Spec(Kind.INT, "First")), Field("t", tall, Spec(Kind.OPAQUE, "Text")))
    line = at.form.row("t").editor
    spacing = line.fontMetrics().lineSpacing()
    assert 6 * spacing <= line.height() < 8 * spacing
    place = QPointF(5, 5)
    down, buttons = QPoint(0, -120), Qt.MouseButton.NoButton
    wheel = (place, place, QPoint(), down, buttons, NONE, Qt.ScrollPhase.NoScrollPhase, False)
    event = QWheelEvent(*wheel)
    QApplication.sendEvent(line.viewport(), event)
    assert line.verticalScrollBar().value() == 0
    assert not event.isAccepted()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    QApplication.sendEvent(line.viewport(), QWheelEvent(*wheel))
    assert line.verticalScrollBar().value() > 0
    assert at.document.edited_paths == ()


TEXTS = st.text(st.sampled_from(["a", "b", " ", "\t", HARD, "\n", "\u2028", "é", "🚪"]), max_size=12)


def as_qt(text: str) -> str:
    return text.replace("\n", "\u2029")


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(["\n", "\r\n", "\r"]))
def test_an_edit_leaves_what_stands_before_and_behind_it(head, old, new, tail, line_end):
    wire = (head + old + tail).replace("\n", line_end)
    made = merged(wire, as_qt(head + old + tail), as_qt(head + new + tail))
    ends = line_end if line_end in wire else "\n"
    assert made == head.replace("\n", line_end) + new.replace("\n", ends) + tail.replace("\n", line_end)


def test_two_lines_go_to_the_camera_and_come_back(with_camera):  # noqa: F811
    async def scene(page):
        async def kept() -> bytes:
            page.apply()
            await until(lambda: not page.writer.active and not page.is_busy)
            assert page.bar.text.text() == "1 kept"
            return (await page.settings.load(INFO)).source.raw

        page.tree.choose(INFO)
        await until(lambda: page.panel.resource == INFO and not page.is_busy)
        page.edits.document(INFO).set_text(NAME, "Gate\nNorth")
        before = await kept()
        assert page.edits.document(INFO).field(NAME).spec.kind is Kind.OPAQUE
        await until(lambda: isinstance(page.panel.form.row(NAME).editor, LinesEditor))
        document, line = page.edits.document(INFO), page.panel.form.row(NAME).editor
        assert document.encode() == before
        page.panel.jump_to(NAME)
        await until(line.hasFocus)
        QTest.keyClick(line, Qt.Key.Key_End, CTRL)
        QTest.keyClick(line, Qt.Key.Key_Return)
        QGuiApplication.clipboard().setText("  Yard\t2")
        QTest.keyClick(line, Qt.Key.Key_V, CTRL)
        assert await kept() == before.replace(b"Gate\nNorth", b"Gate\nNorth\n  Yard\t2")

    with_camera(scene)
