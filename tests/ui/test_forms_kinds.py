"""Every kind that is typed into a line: by keyboard and paste, while it is only begun, taken back, sent, and spoken."""

from __future__ import annotations

import pytest
from fakes_settings import MemorySource
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.settings.document import Document, Field
from app.settings.spec import Kind, Option, Spec
from ui.forms.choices import ChoiceEditor
from ui.forms.form import Form

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


class Desk:
    """A form of one field after another, and a hand on its keyboard."""

    def __init__(self, qtbot, *fields: Field) -> None:
        self.document = Document("/d", "Document", fields, MemorySource({f.path: f.text for f in fields}))
        self.form = Form()
        qtbot.addWidget(self.form)
        self.form.resize(700, 400)
        self.form.show_document(self.document)
        self.form.show()
        qtbot.waitExposed(self.form)
        self.form.activateWindow()
        self.form.focus_first()
        qtbot.waitUntil(self.line.hasFocus)

    @property
    def line(self) -> QWidget:
        return self.form.row("f").editor

    def clear(self) -> None:
        QTest.keyClick(self.line, Qt.Key.Key_A, CTRL)
        QTest.keyClick(self.line, Qt.Key.Key_Delete)

    def type(self, text: str) -> None:
        self.clear()
        QTest.keyClicks(self.line, text)

    def paste(self, text: str) -> None:
        self.clear()
        QGuiApplication.clipboard().setText(text)
        QTest.keyClick(self.line, Qt.Key.Key_V, CTRL)

    @property
    def sent(self) -> str:
        """What would go out; "" for nothing."""
        changes = self.document.changes()
        return changes[0].new if changes else ""

    @property
    def said(self) -> tuple[str, str]:
        remarks = self.form.row("f").remarks
        return (remarks[0].role, remarks[0].text) if remarks else ("", "")


def desk(qtbot, kind: Kind, held: str, **limits: object) -> Desk:
    return Desk(
        qtbot, Field("f", held, Spec(kind, "Field", **limits)), Field("next", "1", Spec(Kind.INT, "Next", unit="s"))
    )


GOOD = [
    (Kind.IPV4, "192.168.1.64", "10.0.0.9", "10.0.0.9"),
    (Kind.IPV6, "fe80::1", "2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:1"),
    (Kind.IPV6, "fe80::1", "fe80::1%eth0", "fe80::1%eth0"),
    (Kind.HOST, "pool.ntp.org", "192.0.2.7", "192.0.2.7"),
    (Kind.HOST, "192.0.2.7", "time.example.org", "time.example.org"),
    (Kind.PORT, "80", "8080", "8080"),
    (Kind.MAC, "AA:BB:CC:00:11:22", "aa-bb-cc-00-11-33", "AA:BB:CC:00:11:33"),
    (Kind.MAC, "aabbcc001122", "AA:BB:CC:00:11:33", "aabbcc001133"),
    (Kind.INT, "5", "17", "17"),
    (Kind.FLOAT, "0.5", "1.25", "1.25"),
    (Kind.FPS100, "2500", "12.5", "1250"),
    (Kind.TIME, "08:00:00", "06:30", "06:30:00"),
    (Kind.DATE, "2026-01-31", "2026-02-28", "2026-02-28"),
    (Kind.DATETIME, "2026-01-31T18:00:00", "2026-02-01 07:30", "2026-02-01T07:30:00"),
    (Kind.COLOUR, "FF0000", "#00ff80", "00FF80"),
    (Kind.HEX, "00ff", "0f0f", "0f0f"),
]


@pytest.mark.parametrize(("kind", "held", "typed", "sent"), GOOD)
def test_typed_taken_back_and_pasted_with_blanks_and_a_line_break(qtbot, kind, held, typed, sent):
    at = desk(qtbot, kind, held)
    at.type(typed)
    assert at.sent == sent
    assert at.said[0] in ("", "secondary")
    QTest.keyClick(at.line, Qt.Key.Key_Escape)
    assert at.sent == ""
    assert at.document.text("f") == held
    at.paste(f"  {typed}\r\n")
    assert at.sent == sent
    assert "\n" not in at.line.text()
    QTest.keyClick(at.line, Qt.Key.Key_Tab)
    assert at.form.focused_path() == "next"


@pytest.mark.parametrize(
    ("kind", "pasted"),
    [
        (Kind.IPV4, "192.168.1.64:8000"),
        (Kind.IPV4, "192.168.1.64/24"),
        (Kind.IPV4, "192.168.1.256"),
        (Kind.IPV4, "192.168.1.٦٤"),
        (Kind.IPV6, "[2001:db8::1]"),
        (Kind.IPV6, "1::2::3"),
        (Kind.HOST, "http://pool.ntp.org/"),
        (Kind.HOST, "two words"),
        (Kind.PORT, "65536"),
        (Kind.PORT, "0"),
        (Kind.PORT, "8,080"),
        (Kind.MAC, "aa:bb:cc:00:11:2g"),
        (Kind.INT, "2,048"),
        (Kind.INT, "1e9"),
        (Kind.INT, "٢٠٤٨"),
        (Kind.INT, "9" * 30),
        (Kind.FLOAT, "1,500"),
        (Kind.FPS100, "-5"),
        (Kind.TIME, "25:00:00"),
        (Kind.DATE, "31.01.2026"),
        (Kind.DATETIME, "2026-02-30T00:00:00"),
        (Kind.COLOUR, "red"),
        (Kind.HEX, "0xg"),
    ],
)
def test_what_is_wrong_stays_and_is_said_beside_the_field(qtbot, kind, pasted):
    at = desk(qtbot, kind, {Kind.IPV4: "10.0.0.1", Kind.INT: "5", Kind.FPS100: "2500", Kind.PORT: "80"}.get(kind, ""))
    at.paste(pasted)
    assert at.line.text() == pasted
    assert at.said[0] == "error"
    assert at.document.problem("f") == at.said[1]
    QTest.keyClick(at.line, Qt.Key.Key_Escape)
    assert at.document.problems == {}


def test_an_address_is_not_called_wrong_before_one_has_left_it(qtbot):
    at = desk(qtbot, Kind.IPV4, "10.0.0.1")
    at.type("192.168.1")
    assert at.said == ("secondary", "An IPv4 address has four numbers, like 192.168.1.64")
    assert not at.line.property("wrong")
    QTest.keyClicks(at.line, ".999")
    assert at.said[0] == "error"
    QTest.keyClick(at.line, Qt.Key.Key_Backspace, NONE)
    QTest.keyClick(at.line, Qt.Key.Key_Backspace, NONE)
    assert at.said == ("", "")
    at.type("192.168.")
    assert at.document.problems, "it is not sent either"
    QTest.keyClick(at.line, Qt.Key.Key_Tab)
    assert at.said[0] == "error"
    assert at.line.property("wrong")


def test_who_is_led_to_a_begun_value_sees_what_is_wrong(qtbot):
    at = desk(qtbot, Kind.MAC, "aa:bb:cc:00:11:22")
    at.type("aa:bb")
    assert at.said == ("secondary", "A MAC address has 12 digits (yours has 4)")
    at.form.jump_to("f")  # as Apply does
    assert at.said[0] == "error"


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.PASSWORD])
def test_the_line_break_at_the_end_of_a_paste_is_no_part_of_a_text(qtbot, kind):
    at = desk(qtbot, kind, "")
    at.paste("Gate 2\r\n")
    assert at.sent == "Gate 2"
    at.paste("North\ngate")
    assert at.sent == "North gate"
    assert at.line.text() == "North gate"


@pytest.mark.parametrize("text", ["שער צפון", "بوابة", "Gate 🚪 2", '<Gate> & "yard" ]]>', "x" * 10_000])
def test_texts_of_every_script_go_through_whole(qtbot, text):
    at = desk(qtbot, Kind.TEXT, "")
    at.paste(text)
    assert at.sent == text
    assert at.line.text() == text


def test_a_character_that_cannot_be_sent_is_named(qtbot):
    at = desk(qtbot, Kind.TEXT, "Gate")
    at.paste("Gate\x07")
    assert at.said == ("error", "Remove the character U+0007: it cannot be sent")


@pytest.mark.parametrize(
    ("kind", "held"),
    [(Kind.IPV4, "300.1.1.1"), (Kind.INT, "99"), (Kind.MAC, "none"), (Kind.TEXT, "x" * 40), (Kind.OPTION, "third")],
)
def test_what_breaks_the_cameras_own_limits_is_shown_kept_and_never_sent(qtbot, kind, held):
    options = (Option("first", "First"),) if kind is Kind.OPTION else ()
    at = desk(qtbot, kind, held, maximum=9, max_length=9, options=options)
    assert at.said[0] == "warn"
    assert at.document.changes() == ()
    assert at.document.encode() == at.document.source.raw


def test_an_optional_field_comes_and_goes_with_what_is_typed(qtbot):
    at = Desk(qtbot, Field("f", "", Spec(Kind.IPV4, "Second DNS"), present=False))
    at.type("8.8.8.8")
    assert at.sent == "8.8.8.8"
    at.clear()
    assert at.sent == ""
    assert at.document.encode() == at.document.source.raw


def test_five_hundred_options_are_found_by_their_first_letters(qtbot):
    options = tuple(Option(str(number), f"Camera-{number:03}") for number in range(500))
    at = desk(qtbot, Kind.OPTION, "0", options=options)
    assert isinstance(at.line, ChoiceEditor)
    pause = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(600_000)  # a slow machine does not make two words of one
    try:
        QTest.keyClicks(at.line, "camera-437")
    finally:
        QApplication.setKeyboardInputInterval(pause)
    assert at.sent == "437"


VALUES = [
    (Kind.BOOL, "true"),
    (Kind.INT, "5"),
    (Kind.FLOAT, "0.5"),
    (Kind.FPS100, "2500"),
    (Kind.PORT, "80"),
    (Kind.OPTION, "a"),
    (Kind.TIME, "08:00:00"),
    (Kind.DATETIME, "2026-01-31T18:00:00"),
    (Kind.TIMEZONE, "CST-8:00:00"),
    (Kind.COLOUR, "ff0000"),
    (Kind.OPAQUE, "a\nb"),
]


@pytest.mark.parametrize(("kind", "held"), VALUES)
def test_the_wheel_scrolls_the_form_and_changes_no_value(qtbot, kind, held):
    at = desk(qtbot, kind, held, options=(Option("a", "A"), Option("b", "B")) if kind is Kind.OPTION else ())
    place = QPointF(5, 5)
    for way in (120, -120):
        angle, buttons = QPoint(0, way), Qt.MouseButton.NoButton
        event = QWheelEvent(place, place, QPoint(), angle, buttons, NONE, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(at.line, event)
    assert at.line.hasFocus()
    assert at.document.edited_paths == ()
    assert at.document.text("f") == held


ROLES = QAccessible.Role
SPOKEN = [
    (Kind.INT, "5", ROLES.EditableText, "5"),
    (Kind.FPS100, "1250", ROLES.EditableText, "12.5"),
    (Kind.TEXT, "Gate", ROLES.EditableText, "Gate"),
    (Kind.OPAQUE, "one\ntwo", ROLES.EditableText, "one\ntwo"),
    (Kind.IPV4, "10.0.0.1", ROLES.EditableText, "10.0.0.1"),
    (Kind.MAC, "aa:bb:cc:00:11:22", ROLES.EditableText, "aa:bb:cc:00:11:22"),
    (Kind.HEX, "00ff", ROLES.EditableText, "00ff"),
    (Kind.COLOUR, "ff0000", ROLES.EditableText, "ff0000"),
    (Kind.DATE, "2026-01-31", ROLES.EditableText, "2026-01-31"),
    (Kind.TIME, "08:00:00", ROLES.EditableText, "08:00:00"),
    (Kind.DATETIME, "2026-01-31T18:00:00", ROLES.EditableText, "2026-01-31T18:00:00"),
    (Kind.BOOL, "true", ROLES.CheckBox, None),
]


@pytest.mark.parametrize(("kind", "held", "role", "value"), SPOKEN)
def test_a_screen_reader_hears_what_each_editor_is_and_holds(qtbot, kind, held, role, value):
    at = desk(qtbot, kind, held)
    spoken = QAccessible.queryAccessibleInterface(at.line)
    assert spoken.text(QAccessible.Text.Name) == "Field"
    assert spoken.role() == role
    if value is None:
        assert spoken.state().checked
    else:
        assert spoken.text(QAccessible.Text.Value) == value


def test_a_screen_reader_hears_name_value_limits_and_what_is_wrong(qtbot):
    at = desk(qtbot, Kind.INT, "5", minimum=1, maximum=9, unit="s")
    spoken = QAccessible.queryAccessibleInterface(at.line)
    assert spoken.text(QAccessible.Text.Name) == "Field"
    assert spoken.text(QAccessible.Text.Value) == "5"
    assert "1 to 9" in spoken.text(QAccessible.Text.Description)
    at.type("12")
    assert "Use 1 to 9 s" in spoken.text(QAccessible.Text.Description)
