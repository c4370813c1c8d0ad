"""Lists of records in a form: the editor by mouse and keyboard, the rows that follow it, undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings.changes import FieldProof, Verdict
from app.settings.document import Document
from app.wire import xml
from app.wire.http import HttpAnswer
from ui.forms.edits import DeviceEdits
from ui.forms.form import Form
from ui.forms.places import section_title
from ui.forms.records import RecordsEditor
from ui.forms.review import part_of

pytestmark = pytest.mark.gui
LIST = "LineItemList/LineItem[]"


def line(number: int) -> bytes:
    return b"<LineItem><id>%d</id><sensitivityLevel>%d</sensitivityLevel></LineItem>\r\n" % (number, 40 + number)


def make(*numbers: int) -> Document:
    inner = b"".join(map(line, numbers))
    raw = b"<LineDetection><enabled>true</enabled>\r\n<LineItemList>\r\n%s</LineItemList></LineDetection>" % inner
    cap = (
        b'<LineDetection><LineItemList size="4"><LineItem><id>1</id><sensitivityLevel min="1" max="100">50'
        b"</sensitivityLevel></LineItem></LineItemList></LineDetection>"
    )
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    return document_of(V2, "/ISAPI/Smart/LineDetection/1", answer, xml.parse(cap).root)


@pytest.fixture
def document() -> Document:
    return make(1, 2, 3)


@pytest.fixture
def form(qtbot, document) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 700)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form


@pytest.fixture
def records(form, qtbot) -> RecordsEditor:
    editor = form.row(LIST).editor
    assert isinstance(editor, RecordsEditor)
    editor.setFocus()
    qtbot.waitUntil(editor.list.hasFocus)
    return editor


def names(records: RecordsEditor) -> list[str]:
    return [records.list.item(row).text() for row in range(records.list.count())]


def sections(form: Form) -> list[str]:
    return [section_title(section) for section in form.sections]


def test_the_records_are_named_and_the_limit_is_said(form, records):
    assert names(records) == ["Line 1", "Line 2", "Line 3"]
    assert records.list.accessibleName() == "Lines"
    assert form.row(LIST)._shown_beside() == "at most 4"
    assert sections(form) == ["General", "Line 1", "Line 2", "Line 3"]


def test_one_is_added_by_the_keyboard_and_its_rows_appear(qtbot, form, records, document):
    records.list.setCurrentRow(0)
    QTest.keyClick(records.list, Qt.Key.Key_Insert)
    assert document.text(LIST) == "1 +1 2 3"
    qtbot.waitUntil(lambda: sections(form) == ["General", "Line 1", "New line 1", "Line 2", "Line 3"])
    assert names(records)[1] == "New line 1"
    assert records.list.hasFocus(), "the focus stays where the hand is"
    assert records.list.currentRow() == 1
    assert not records.add.isEnabled(), "the camera takes no more"
    QTest.keyClick(records.list, Qt.Key.Key_Insert)
    assert document.text(LIST) == "1 +1 2 3"
    row = form.row("LineItemList/LineItem[+1]/sensitivityLevel")
    assert row.editor.text() == "43", "a copy of the last one"
    QTest.keyClick(row.editor, Qt.Key.Key_9)
    assert document.text("LineItemList/LineItem[+1]/sensitivityLevel") != "43"
    assert document.text("LineItemList/LineItem[+1]/id") == "4"


def test_one_is_taken_out_and_undo_brings_it_back_with_its_edit(qtbot, form, records, document):
    edits = DeviceEdits()
    edits.keep(document)
    document.set_text("LineItemList/LineItem[2]/sensitivityLevel", "77")
    records.list.setCurrentRow(1)
    qtbot.mouseClick(records.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sections(form) == ["General", "Line 1", "Line 3"])
    assert document.encode().count(b"<LineItem>") == 2
    assert edits.count == 1
    edits.undo_stack.undo()
    qtbot.waitUntil(lambda: sections(form) == ["General", "Line 1", "Line 2", "Line 3"])
    assert names(records) == ["Line 1", "Line 2", "Line 3"]
    assert document.edited_paths == ("LineItemList/LineItem[2]/sensitivityLevel",)
    edits.undo_stack.redo()
    assert document.text(LIST) == "1 3"


def test_every_move_is_a_step_of_its_own(qtbot, form, records, document):
    edits = DeviceEdits()
    edits.keep(document)
    records.list.setCurrentRow(2)
    QTest.keyClick(records.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(records.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert document.text(LIST) == "3 1 2"
    qtbot.waitUntil(lambda: sections(form) == ["General", "Line 3", "Line 1", "Line 2"])
    assert not records.up.isEnabled()
    edits.undo_stack.undo()
    assert document.text(LIST) == "1 3 2"
    edits.undo_stack.undo()
    assert document.edited_paths == ()
    edits.undo_stack.redo()
    edits.undo_stack.redo()
    QTest.keyClick(records.list, Qt.Key.Key_Escape)
    assert document.edited_paths == (), "Esc takes the edit back as in any field"
    qtbot.waitUntil(lambda: sections(form)[1:2] == ["Line 1"])


def test_all_can_go_and_one_can_come(qtbot, form, records, document):
    for _ in range(3):
        QTest.keyClick(records.list, Qt.Key.Key_Delete)
    assert document.text(LIST) == ""
    assert not records.remove.isEnabled()
    qtbot.waitUntil(lambda: sections(form) == [])
    QTest.keyClick(records.list, Qt.Key.Key_Insert)
    assert document.text(LIST) == "+1"
    assert document.text("LineItemList/LineItem[+1]/id") == "1"


def test_a_verdict_on_the_order_stands_at_the_list(form, document):
    proof = FieldProof(LIST, "Lines", "1 2 3", "3 2 1", Verdict.IGNORED, "1 2 3")
    form.show_verdicts({LIST: proof})
    assert form.row(LIST).remarks[-1].role == "error"
    assert "still holds Line 1, Line 2, Line 3" in form.row(LIST).remarks[-1].text


def test_a_document_with_other_records_keeps_edits_where_they_belong(qtbot, document):
    edits = DeviceEdits()
    edits.keep(document)
    document.set_text(LIST, "1 3")
    changes = document.changes()
    document.set_text("enabled", "false")
    document.set_text("LineItemList/LineItem[2]/sensitivityLevel", "88")
    after = make(1, 3)
    edits.keep(after, changes)
    assert after.edited_paths == ("enabled",)


HOURS = "HourList/Hour"
PLAN = b"""<Plan><RuleList><Rule><id>1</id><level>10</level><HourList><Hour><at>7</at></Hour><Hour><at>9</at></Hour>\
</HourList></Rule></RuleList></Plan>"""
PLAN_LIMITS = b"""<Plan><RuleList size="4"><Rule><id>1</id><level min="0" max="99">1</level><HourList size="3">\
<Hour><at min="0" max="23">1</at></Hour></HourList></Rule></RuleList></Plan>"""


def test_a_new_record_has_a_list_of_its_own(qtbot):
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), PLAN)
    document = document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(PLAN_LIMITS).root)
    edits = DeviceEdits()
    edits.keep(document)
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 1600)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    rules = form.row("RuleList/Rule[]").editor
    rules.setFocus()
    qtbot.waitUntil(rules.list.hasFocus)
    QTest.keyClick(rules.list, Qt.Key.Key_Insert)
    path = f"RuleList/Rule[+1]/{HOURS}[]"
    qtbot.waitUntil(lambda: form.row(path) is not None)
    hours = form.row(path).editor
    assert hours.list.count() == 2, "a copy of the last one"
    hours.setFocus()
    qtbot.waitUntil(hours.list.hasFocus)
    hours.list.setCurrentRow(1)
    QTest.keyClick(hours.list, Qt.Key.Key_Insert)
    assert document.text(path) == "1 2 +1"
    assert not hours.add.isEnabled(), "the camera takes no more"
    qtbot.waitUntil(lambda: form.row(f"RuleList/Rule[+1]/{HOURS}[+1]/at") is not None)
    hours.list.setCurrentRow(0)
    QTest.keyClick(hours.list, Qt.Key.Key_Delete)
    assert document.text(path) == "2 +1"
    qtbot.waitUntil(lambda: form.row(f"RuleList/Rule[+1]/{HOURS}[1]/at") is None)
    assert [each.new for each in document.changes() if each.path == path] == ["2 +1"]
    assert document.encode().count(b"<at>9</at>") == 3
    edits.undo_stack.undo()
    edits.undo_stack.undo()
    assert document.text(path) == "1 2"
    edits.undo_stack.undo()
    assert document.edited_paths == ()
    qtbot.waitUntil(lambda: form.row(path) is None)
    for _ in range(3):
        edits.undo_stack.redo()
    assert document.text(path) == "2 +1"
    qtbot.waitUntil(lambda: form.row(path) is not None)


def test_the_first_record_of_an_empty_list_has_a_list_of_its_own(qtbot):
    raw = b"<Plan><RuleList></RuleList></Plan>"
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), raw)
    document = document_of(V2, "/ISAPI/Smart/Plan/1", answer, xml.parse(PLAN_LIMITS).root)
    edits = DeviceEdits()
    edits.keep(document)
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 900)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    rules = form.row("RuleList/Rule[]").editor
    rules.setFocus()
    qtbot.waitUntil(rules.list.hasFocus)
    QTest.keyClick(rules.list, Qt.Key.Key_Insert)
    path = f"RuleList/Rule[+1]/{HOURS}[]"
    qtbot.waitUntil(lambda: form.row(path) is not None)
    hours = form.row(path).editor
    assert hours.list.count() == 1, "as the capabilities show one"
    hours.setFocus()
    qtbot.waitUntil(hours.list.hasFocus)
    QTest.keyClick(hours.list, Qt.Key.Key_Insert)
    assert document.text(path) == "1 +1"
    qtbot.waitUntil(lambda: form.row(f"RuleList/Rule[+1]/{HOURS}[+1]/at") is not None)
    assert document.encode().count(b"<Hour>") == 2
    edits.undo_stack.undo()
    edits.undo_stack.undo()
    assert document.edited_paths == ()
    qtbot.waitUntil(lambda: form.row(path) is None)


USERS = b"""<UserList size="4"><User><id>1</id><userName>admin</userName></User>\
<User><id>2</id><userName>guest</userName></User></UserList>"""


def test_a_record_is_called_by_what_it_holds_while_it_is_typed(qtbot):
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), USERS)
    document = document_of(V2, "/ISAPI/Security/users", answer, None)
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 900)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    users = form.row("User[]").editor
    assert names(users) == ["admin (User 1)", "guest (User 2)"]
    assert sections(form)[-1] == "guest (User 2)"
    header = form.header(form.sections[-1])
    name = form.row("User[2]/userName").editor
    name.setFocus()
    qtbot.waitUntil(name.hasFocus)
    name.selectAll()
    QTest.keyClicks(name, "night")
    assert names(users) == ["admin (User 1)", "night (User 2)"]
    assert header.text() == "night (User 2)"
    assert header.accessibleName() == "night (User 2), section"
    assert form.named_sections[-1] == ("night (User 2)",)
    part = part_of(document, lambda _: "")
    assert [(row.title, row.old, row.new) for row in part.rows] == [("guest (User 2): User name", "guest", "night")]
    users.setFocus()
    qtbot.waitUntil(users.list.hasFocus)
    QTest.keyClick(users.list, Qt.Key.Key_Insert)
    qtbot.waitUntil(lambda: form.row("User[+1]/userName") is not None)
    document.set_text("User[+1]/userName", "gate")
    assert "gate (New user 1)" in names(users)
    rows = {row.title: row.new for row in part_of(document, lambda _: "").rows}
    assert "gate (New user 1)" in rows[document.field("User[]").spec.title]
    document.revert("User[2]/userName")
    assert "guest (User 2)" in names(users)
    assert header.text() == "guest (User 2)"


def test_return_leads_from_a_record_to_its_fields(qtbot, form, records):
    records.list.setCurrentRow(2)
    assert records.list.item(2).toolTip() == "Return: to the fields of Line 3"
    QTest.keyClick(records.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.focused_path() == "LineItemList/LineItem[3]/sensitivityLevel")
    records.setFocus()
    qtbot.waitUntil(records.list.hasFocus)
    QTest.keyClick(records.list, Qt.Key.Key_Insert)
    qtbot.waitUntil(lambda: form.row("LineItemList/LineItem[+1]/sensitivityLevel") is not None)
    QTest.keyClick(records.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.focused_path() == "LineItemList/LineItem[+1]/sensitivityLevel")
