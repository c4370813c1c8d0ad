"""The camera's fresh values arrive while somebody types: nothing typed is lost or mixed up, and no editor answers a
value that it is shown with an edit."""

from __future__ import annotations

import pytest
from fakes_settings import MemorySource
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings import values
from app.settings.changes import Change, FieldProof, Verdict
from app.settings.document import Document, Field
from app.settings.spec import Kind, Option, Spec
from app.wire import xml
from app.wire.http import HttpAnswer
from ui.forms.edits import DeviceEdits
from ui.forms.form import Form
from ui.forms.grip import line_of

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier
TWO = (Option("a", "First"), Option("b", "Second"))


class Desk:
    """A form as the settings page has it: edits that outlive a document, and documents that come from a camera."""

    def __init__(self, qtbot, kind: Kind, held: str, **limits: object) -> None:
        self.kind, self.limits, self.told = kind, limits, 0
        self.edits, self.form = DeviceEdits(), Form()
        qtbot.addWidget(self.form)
        self.form.resize(700, 400)
        self.arrive(held)
        self.form.show()
        qtbot.waitExposed(self.form)
        self.form.activateWindow()
        self.form.focus_first()
        qtbot.waitUntil(self.hand.hasFocus)

    def arrive(self, held: str, sent: tuple[Change, ...] = (), **more: object) -> None:
        """What the camera holds by now, read again; more: with other limits than before."""
        spec = Spec(self.kind, "Field", **{**self.limits, **more})
        fields = (Field("f", held, spec), Field("other", held, Spec(Kind.TEXT, "Other")))
        document = Document("/d", "Document", fields, MemorySource({field.path: field.text for field in fields}))
        self.edits.keep(document, sent)
        before = self.told
        self.form.show_document(document)
        assert self.told == before, "what is shown is no edit"
        document.subscribe(self._count)

    def _count(self, path: str) -> None:
        self.told += 1
        assert self.told < 500, "an edit that answers itself"

    @property
    def document(self) -> Document:
        return self.form.document

    @property
    def hand(self) -> QWidget:
        """Where the keys go."""
        editor = self.form.row("f").editor
        return editor.focusProxy() or editor

    @property
    def shown(self) -> str:
        line = line_of(self.form.row("f").editor)
        return line.toPlainText() if isinstance(line, QPlainTextEdit) else line.text()

    @property
    def text(self) -> str:
        return self.document.text("f")


LINES = [
    (Kind.INT, "5", "9", "1234"),
    (Kind.INT, "5", "9", "5005"),
    (Kind.FLOAT, "1", "2", "1.05"),
    (Kind.FLOAT, "1.5", "1.5", "1.505"),
    (Kind.PORT, "80", "8080", "8081"),
    (Kind.TEXT, "Gate", "Dock", "Gate 2 "),
    (Kind.TEXT, "Gate", "Dock", "  Gate"),
    (Kind.PASSWORD, "", "", "pass word 1 "),
    (Kind.IPV4, "10.0.0.1", "10.0.0.2", "10.0.0.111"),
    (Kind.IPV6, "fe80::1", "fe80::2", "fe80::0:1:2"),
    (Kind.HOST, "a.example", "b.example", "a.example.org"),
    (Kind.MAC, "aa:bb:cc:00:11:22", "aa:bb:cc:00:11:23", "AA-BB-CC-00-11-22"),
    (Kind.MAC, "aa:bb:cc:00:11:22", "aa:bb:cc:00:11:23", "aabbcc001129"),
    (Kind.DATETIME, "2026-01-31T18:00:00", "2026-01-31T18:00:05", "2026-02-01 07:30:15"),
    (Kind.TIME, "08:00:00", "09:00:00", "08:00:30"),
    (Kind.DATE, "2026-01-31", "2026-02-01", "2026-03-01"),
    (Kind.TIMEZONE, "CST-8", "CST-1", "CST-8:00:00"),
    (Kind.HEX, "00ff", "00fe", "00FF00"),
    (Kind.COLOUR, "ff0000", "00ff00", "#FF0080"),
    (Kind.FPS100, "2500", "1250", "12.25"),
    (Kind.FPS100, "1200", "1250", "12.05"),
    (Kind.OPTION, "a", "b", "a b"),
    (Kind.OPAQUE, "one\ntwo", "one", "one"),
]


def made(qtbot, kind: Kind, held: str) -> Desk:
    return Desk(qtbot, kind, held, **({"options": TWO, "open_options": True} if kind is Kind.OPTION else {}))


@pytest.mark.parametrize(("kind", "held", "fresh", "typed"), LINES)
@pytest.mark.parametrize("rebuilt", [False, True])
def test_what_is_typed_letter_by_letter_stays_while_fresh_values_arrive(qtbot, kind, held, fresh, typed, rebuilt):
    """rebuilt: the camera has other limits each time, and the form is made anew under the hand."""
    at = made(qtbot, kind, held)
    QTest.keyClick(at.hand, Qt.Key.Key_A, CTRL)
    for number, letter in enumerate(typed):
        before = at.told
        QTest.keyClicks(at.hand, letter)
        assert at.told <= before + 1, "each letter is told once"
        more = {"default": str(number)} if rebuilt else {}
        at.arrive(fresh if number % 2 == 0 else held, **more)
        qtbot.waitUntil(at.hand.hasFocus)
    line = at.hand
    shown = (
        line.toPlainText()
        if kind is Kind.OPAQUE
        else line.currentText()
        if hasattr(line, "currentText")
        else line.text()
    )
    assert shown == typed
    changes = at.document.changes()
    if changes:
        assert changes[0].path == "f"
    else:
        assert at.document.text("f") == at.document.field("f").text
    QTest.keyClick(at.hand, Qt.Key.Key_Escape)
    assert at.text == at.document.field("f").text


@pytest.mark.parametrize(("kind", "held", "fresh", "typed"), LINES)
def test_what_is_pasted_stays_while_fresh_values_arrive(qtbot, kind, held, fresh, typed):
    at = made(qtbot, kind, held)
    QTest.keyClick(at.hand, Qt.Key.Key_A, CTRL)
    QGuiApplication.clipboard().setText(typed)
    QTest.keyClick(at.hand, Qt.Key.Key_V, CTRL)
    before = at.document.text("f")
    for number in range(3):
        at.arrive(fresh if number % 2 else held, **({"default": "made anew"} if number else {}))
        qtbot.waitUntil(at.hand.hasFocus)
    assert at.shown == typed
    assert values.same(at.text, before, at.document.spec("f")) or kind is Kind.OPTION


def test_what_is_highlighted_in_an_open_list_is_chosen_though_a_fresh_value_came(qtbot):
    at = Desk(qtbot, Kind.OPTION, "a", options=(*TWO, Option("c", "Third")))
    box = at.hand
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    at.arrive("b")
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert at.text == "c"


@pytest.mark.parametrize(("kind", "held", "fresh", "typed"), LINES[::4])
def test_a_model_that_is_changed_by_another_hand_is_shown_and_not_answered(qtbot, kind, held, fresh, typed):
    """Undo, the command palette or another window may set the same field."""
    at = made(qtbot, kind, held)
    before = at.told
    at.document.set_text("f", typed)
    assert at.told == before + 1
    at.document.revert("f")
    assert at.text == held
    assert at.told <= before + 2


@pytest.mark.parametrize("kept", ["7", "8"])
def test_what_was_sent_is_through_and_later_values_are_shown(qtbot, kept):
    """Kept or adjusted: the cursor stays in the line, and nothing of what was typed becomes an edit again."""
    at = Desk(qtbot, Kind.INT, "5")
    QTest.keyClick(at.hand, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(at.hand, "7")
    changes = at.document.changes()
    at.arrive(kept, sent=changes)
    verdict = Verdict.KEPT if kept == "7" else Verdict.ADJUSTED
    at.form.show_verdicts({"f": FieldProof("f", "Field", "5", "7", verdict, kept)})
    assert at.shown == kept
    assert at.document.edited_paths == ()
    at.arrive("9")
    assert at.shown == "9"
    assert at.document.edited_paths == ()


def test_a_value_that_nobody_touched_follows_the_camera_under_the_cursor(qtbot):
    at = Desk(qtbot, Kind.INT, "5")
    at.arrive("6")
    assert (at.shown, at.document.edited_paths) == ("6", ())
    at.arrive("7", default="1")
    assert (at.shown, at.document.edited_paths) == ("7", ())


def test_the_old_value_typed_again_stays_when_the_camera_has_another_by_now(qtbot):
    at = Desk(qtbot, Kind.INT, "5")
    QTest.keyClick(at.hand, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(at.hand, "5")
    at.arrive("9")
    assert at.shown == "5"
    assert [change.new for change in at.document.changes()] == ["5"]
    QTest.keyClick(at.hand, Qt.Key.Key_Escape)
    assert at.shown == "9"


def test_a_marked_part_of_a_line_stays_marked(qtbot):
    at = Desk(qtbot, Kind.TEXT, "Gate")
    QTest.keyClicks(at.hand, "North")
    at.hand.setSelection(5, -3)
    for limits in ({}, {"default": "x"}):
        at.arrive("Dock", **limits)
        qtbot.waitUntil(at.hand.hasFocus)
        assert (at.hand.selectedText(), at.hand.cursorPosition()) == ("rth", 2)


def test_lines_keep_their_cursor(qtbot):
    at = Desk(qtbot, Kind.OPAQUE, "one\ntwo")
    at.hand.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(at.hand, "three")
    for limits in ({}, {"default": "x"}):
        at.arrive("one", **limits)
        qtbot.waitUntil(at.hand.hasFocus)
        QTest.keyClicks(at.hand, "!")
    assert at.text == "one\ntwothree!!"


@pytest.mark.parametrize("limits", [{}, {"default": "x"}])
def test_a_week_keeps_what_was_painted_and_where_the_hand_is(qtbot, limits):
    at = Desk(qtbot, Kind.WEEK, "Mon 08:00-18:00")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(at.hand, key)
    assert at.text == "Mon 08:00-18:00; Tue 01:00-01:30"
    at.arrive("Sun 10:00-11:00", **limits)
    qtbot.waitUntil(at.hand.hasFocus)
    assert at.text == "Mon 08:00-18:00; Tue 01:00-01:30"
    assert at.hand.cursor_cell == (1, 2)
    QTest.keyClick(at.hand, Qt.Key.Key_Space)
    assert at.text == "Mon 08:00-18:00"


@pytest.mark.parametrize("limits", [{}, {"default": "x"}])
def test_a_mask_keeps_its_ticks_and_its_line(qtbot, limits):
    bits = (Option("1", "One"), Option("2", "Two"), Option("4", "Four"))
    at = Desk(qtbot, Kind.HEX, "01", options=bits, open_options=True)
    QTest.keyClick(at.hand, Qt.Key.Key_Down)
    QTest.keyClick(at.hand, Qt.Key.Key_Space)
    assert at.text == "03"
    at.arrive("04", **limits)
    qtbot.waitUntil(at.hand.hasFocus)
    assert (at.text, at.hand.currentRow()) == ("03", 1)
    QTest.keyClick(at.hand, Qt.Key.Key_Space)
    assert at.text == "01"


@pytest.mark.parametrize("limits", [{}, {"default": "true"}])
def test_a_switch_keeps_what_was_chosen(qtbot, limits):
    at = Desk(qtbot, Kind.BOOL, "false")
    QTest.keyClick(at.hand, Qt.Key.Key_Space)
    at.arrive("false", **limits)
    qtbot.waitUntil(at.hand.hasFocus)
    assert (at.text, at.hand.isChecked()) == ("true", True)
    at.arrive("true", **limits)
    assert at.document.edited_paths == (), "the camera has it by now"


@pytest.mark.parametrize("most", [4, 5])
def test_a_list_keeps_its_order_and_the_record_that_is_chosen(qtbot, most):
    """most: with another number the form is made anew."""
    edits, form = DeviceEdits(), Form()
    qtbot.addWidget(form)
    form.resize(700, 700)
    path = "RuleList/Rule[]"

    def arrive(level: int, most: int) -> Document:
        rules = b"".join(b"<Rule><id>%d</id><level>%d</level></Rule>" % (n, level) for n in (1, 2, 3))
        raw = b"<Plan><RuleList>%s</RuleList></Plan>" % rules
        cap = b'<Plan><RuleList size="%d"><Rule><id>1</id><level min="0" max="99">5</level></Rule></RuleList></Plan>'
        answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
        document = document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(cap % most).root)
        edits.keep(document)
        form.show_document(document)
        return document

    arrive(1, 4)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    form.jump_to(path)
    qtbot.waitUntil(lambda: form.row(path).editor.list.hasFocus())
    hand = form.row(path).editor.list
    QTest.keyClick(hand, Qt.Key.Key_Down)
    QTest.keyClick(hand, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert form.document.text(path) == "2 1 3"
    document = arrive(7, most)
    qtbot.waitUntil(lambda: form.row(path).editor.list.hasFocus())
    assert document.text(path) == "2 1 3"
    assert form.row(path).editor.chosen == "2"


def test_a_letter_that_is_the_same_value_is_put_right_when_one_leaves(qtbot):
    at = Desk(qtbot, Kind.FLOAT, "1")
    QTest.keyClick(at.hand, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(at.hand, "1.0")
    assert at.shown == "1.0"
    assert at.document.edited_paths == ()
    QTest.keyClick(at.hand, Qt.Key.Key_Tab)
    assert at.shown == "1"
