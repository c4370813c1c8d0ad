"""What a screen reader hears of a whole form: every editor by a name that no other has, with the record it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from fakes_settings import MemorySource
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest

from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings.document import Document, Field
from app.settings.spec import Access, Kind, Option, Spec
from app.wire import xml
from app.wire.http import HttpAnswer
from ui.forms.form import Form

pytestmark = pytest.mark.gui
ROLES = QAccessible.Role
EDITORS = (ROLES.EditableText, ROLES.CheckBox, ROLES.ComboBox, ROLES.List, ROLES.StaticText, ROLES.SpinBox)


def spoken(editor: QAccessibleInterface) -> str:
    """Its label where it has one, as readers on Linux and macOS do, else its own name."""
    labels = [each for each, _ in editor.relations(QAccessible.RelationFlag.Label)]
    return labels[0].text(QAccessible.Text.Name) if labels else editor.text(QAccessible.Text.Name)


def everything(root: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    for number in range(root.childCount()):
        child = root.child(number)
        if child is not None:
            yield child
            yield from everything(child)


def heard(form: Form) -> list[str]:
    """The names of all that is seen in a form and takes the focus or is a fact, inner parts of editors left out."""
    found = []
    for path in form._places.by_path:
        row = form.row(path)
        editor = QAccessible.queryAccessibleInterface(row.editor)
        inside = {each.object() for each in everything(editor)}
        own = [each for each in everything(QAccessible.queryAccessibleInterface(row)) if each.object() not in inside]
        focusable = [each for each in own if not each.state().invisible]
        assert [each.object() for each in focusable] == [row.editor], "nothing else stands in a row"
        found.append(spoken(editor))
    return found


@pytest.fixture
def shown(qtbot):
    def show(document: Document) -> Form:
        form = Form()
        qtbot.addWidget(form)
        form.resize(800, 4000)
        form.show_document(document)
        form.show()
        qtbot.waitExposed(form)
        qtbot.waitUntil(lambda: all(form.row(path) is not None for path in form._places.by_path))
        for path in form._places.by_path:
            form.row(path).complete()
        return form

    return show


ACCOUNTS = b"""<UserList><User><id>1</id><userName>admin</userName><userLevel>Administrator</userLevel>
<Phones><Phone><id>1</id><number>110</number></Phone><Phone><id>2</id><number>112</number></Phone></Phones></User>
<User><id>2</id><userName>Gate guard</userName><userLevel>Viewer</userLevel>
<Phones><Phone><id>1</id><number>110</number></Phone></Phones></User></UserList>"""
DECLARED = b"""<UserList size="8"><User><id>1</id><userName min="1" max="32">a</userName>
<userLevel opt="Administrator,Operator,Viewer">Viewer</userLevel>
<Phones size="4"><Phone><id>1</id><number>1</number></Phone></Phones></User></UserList>"""


def accounts() -> Document:
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), ACCOUNTS)
    return document_of(V2, "/ISAPI/Custom/accounts", answer, xml.parse(DECLARED).root)


def test_every_field_of_a_form_with_lists_has_a_name_of_its_own(shown):
    names = heard(shown(accounts()))
    assert max(Counter(names).values()) == 1, names
    assert all(names)
    for kind in ("admin", "Gate guard"):
        assert [name for name in names if kind in name and name.startswith("User name, ")], names
    levels = [name for name in names if "evel" in name.partition(",")[0]]
    assert len(levels) == 2, "boxes are called by their label, not by what is chosen"
    assert "Number, Phone 2, Phones, admin (User 1)" in names
    assert "Phones, Gate guard (User 2)" in names


def test_a_record_that_is_renamed_is_spoken_of_by_its_new_name(shown, qtbot):
    document = accounts()
    form = shown(document)
    path = "User[2]/userLevel"
    box = form.row(path).editor
    assert "Gate guard" in spoken(QAccessible.queryAccessibleInterface(box))
    form.jump_to("User[2]/userName")
    line = form.row("User[2]/userName").editor
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    QTest.keyClicks(line, "Night shift")
    assert "Night shift" in spoken(QAccessible.queryAccessibleInterface(box))
    assert "Night shift" in spoken(QAccessible.queryAccessibleInterface(form.row("User[2]/Phones/Phone/number").editor))
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert "Gate guard" in spoken(QAccessible.queryAccessibleInterface(box))


def of_every_kind() -> Document:
    two = (Option("a", "First"), Option("b", "Second"))
    held = {
        Kind.BOOL: "true", Kind.INT: "5", Kind.FLOAT: "0.5", Kind.TEXT: "Gate", Kind.OPTION: "a",
        Kind.PASSWORD: "", Kind.IPV4: "10.0.0.1", Kind.IPV6: "fe80::1", Kind.HOST: "a.example", Kind.PORT: "80",
        Kind.MAC: "aa:bb:cc:00:11:22", Kind.DATETIME: "2026-01-31T18:00:00", Kind.TIME: "08:00:00",
        Kind.DATE: "2026-01-31", Kind.TIMEZONE: "CST-8:00:00", Kind.HEX: "00ff", Kind.COLOUR: "ff0000",
        Kind.FPS100: "2500", Kind.WEEK: "Mon 08:00-18:00", Kind.OPAQUE: "one\ntwo",
    }  # fmt: skip
    fields = [
        Field(f"{place}/{kind.value}", text, Spec(kind, f"A {kind.value}", options=two if kind is Kind.OPTION else ()),
              (place,))
        for place in ("Front", "Back")
        for kind, text in held.items()
    ]  # fmt: skip
    fields.append(Field("mask", "3", Spec(Kind.HEX, "A mask", options=(Option("1", "One"),), open_options=True)))
    fields.append(Field("open", "x", Spec(Kind.OPTION, "A free choice", options=two, open_options=True)))
    fields.append(Field("fact", "DS-2", Spec(Kind.TEXT, "A fact", access=Access.READ_ONLY)))
    return Document("/k", "Kinds", fields, MemorySource({field.path: field.text for field in fields}))


def test_an_editor_of_every_kind_is_called_by_its_title_and_its_section(shown):
    form = shown(of_every_kind())
    names = heard(form)
    assert max(Counter(names).values()) == 1, names
    for kind in set(Kind) - {Kind.LIST}:
        for place in ("Front", "Back"):
            assert [name for name in names if name.startswith(f"A {kind.value}, {place}")], kind
    assert "A mask" in names
    assert "A free choice" in names
    assert "A fact: DS-2" in names
    line = form.row("open").editor.lineEdit()
    assert QAccessible.queryAccessibleInterface(line).text(QAccessible.Text.Name) == "A free choice"
    assert any(name.startswith("A week, Front: Monday") for name in names), names


def test_enabled_alone_is_said_with_the_page_it_is_on(shown):
    field = Field("enabled", "true", Spec(Kind.BOOL, "Enabled"))
    form = shown(Document("/m", "Motion detection", [field], MemorySource({"enabled": "true"})))
    assert heard(form) == ["Enabled, Motion detection"]
