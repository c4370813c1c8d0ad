"""Finding a setting: fields that were read and fields only known by catalogue, in the search and in both trees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from fakes_settings import FakeDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.errors import NotSupported, Unreachable
from app.families.base import SettingsOutline, SettingsTree
from app.settings.depends import Depends, Need
from app.settings.document import Document
from app.settings.field import Field
from app.settings.search import Entry
from app.settings.spec import Kind, Spec
from app.settings.tree import Node, NodeKind, NodeState
from ui.models.resources import NODE_ROLE
from ui.pages.settings import BY_PROTOCOL, SettingsPage
from ui.pages.settings_place import path_in
from ui.palette import PaletteEntry

pytestmark = pytest.mark.gui
REFUSAL = NotSupported("This model has no smart codec.")
LACKS = "The camera does not list it."


@dataclass
class Outline:
    """By path: what the fake has, one page that it lacks and one that only the entries of a list lead to."""

    device: FakeDevice
    refused: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    asked: int = 0

    async def protocol_tree(self) -> Node:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        here = tuple(self._node(key) for key in (*self.device.fields, "/refused"))
        lacking = Node("/loitering", "loitering", NodeKind.SETTINGS, state=NodeState.REFUSED, reason=LACKS)
        entry = Node("/list/{id}", "{id}", NodeKind.SETTINGS, False, state=NodeState.REFUSED, reason="By its list.")
        top = Node("path:/any", "any", NodeKind.GROUP, children=(*here, lacking, entry))
        return Node("", "Protocol", NodeKind.GROUP, children=(top,))

    def _node(self, key: str) -> Node:
        reason = self.refused.get(key, "")
        state = NodeState.REFUSED if reason else NodeState.UNKNOWN
        return Node(key, key.strip("/"), NodeKind.SETTINGS, state=state, reason=reason)

    def catalogued(self, resource: str) -> tuple[Entry, ...]:
        titles = {"/stream": ("Bitrate", "Ghost of a field"), "/refused": ("Smart bits",)}.get(resource, ())
        return tuple(Entry(resource, resource, f"Video/{t}", t, ("Video",), help="From the text.") for t in titles)


Scene = Callable[[SettingsPage, Outline], object]


@pytest.fixture
def drive(run, qtbot, context) -> Callable[..., None]:  # noqa: F811
    """Runs `scene(page, outline)`. look: whether the page is in view."""

    def go(scene: Scene, *, look: bool = True, outline: bool = True, device: FakeDevice | None = None, **says) -> None:
        async def work() -> None:
            made = device or FakeDevice(failures={"/refused": REFUSAL, "/loitering": NotSupported("Really not.")})
            by_path = Outline(made, **says)
            offers = {SettingsTree: made} | ({SettingsOutline: by_path} if outline else {})
            page = SettingsPage(OneSession(offers), context, "Dock 2")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            try:
                async with asyncio.timeout(60):
                    if look:
                        page.activated()
                        await until(lambda: page.tree.model.nodes)
                        # The catalogue is indexed and every node was asked.
                        await until(lambda: all(n.state is not NodeState.UNKNOWN for n in settings_of(page)))
                    await scene(page, by_path)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

        run(work())

    return go


def settings_of(page: SettingsPage) -> list[Node]:
    return [node for node in page.tree.model.nodes if node.kind is NodeKind.SETTINGS]


def found(page: SettingsPage, words: str) -> list[PaletteEntry]:
    return list(page.search(words))


def shown(page: SettingsPage) -> list[str]:
    """Titles of the tree from top to bottom, as a person sees them."""
    index, titles = page.tree.view.model().index(0, 0), []
    while index.isValid():
        titles.append(index.data())
        index = page.tree.view.indexBelow(index)
    return titles


def by_protocol(page: SettingsPage) -> None:
    QTest.mouseClick(page.tree.switch.path, Qt.MouseButton.LeftButton)


def test_fields_are_found_by_title_value_path_and_help_with_what_they_hold(drive):
    async def scene(page, outline):
        best = found(page, "bitrate")[0]
        assert (best.title, best.value, best.place, best.unsure) == (
            "Bitrate",
            "4096 kbps",
            "Main stream › Video",
            False,
        )
        assert found(page, "pool.example")[0].title == "Time server"
        assert found(page, "better picture")[0].title == "Bitrate"
        assert found(page, "Video/codec")[0].title == "Codec"
        assert not found(page, "nothing of that kind")

    drive(scene)


def test_a_search_from_another_page_asks_for_the_tree_and_finds_what_was_never_read(drive):
    async def scene(page, outline):
        told_of: list[int] = []
        page.search_changed.connect(lambda: told_of.append(len(page.finder)))
        assert not found(page, "smart bits")
        page.prepare_search()
        await until(lambda: found(page, "ghost"))
        assert told_of
        assert outline.device.asked == []  # known by the text alone
        entry = found(page, "bitrate")[0]
        assert (entry.value, entry.unsure) == ("not read yet", True)
        page.activated()
        entry.run()
        await until(lambda: page.panel.form.focused_path() == "Video/bitrate")  # by its title: the paths differ
        assert not page.panel.banner.isVisible()

    drive(scene, look=False)


def test_a_field_that_is_greyed_as_things_stand_is_led_to_all_the_same(drive):
    async def scene(page, outline):
        page.tree.choose("/stream")
        await until(lambda: page.panel.resource == "/stream")
        document = page.edits.document("/stream")
        document.depends = Depends(
            needs=(Need("Video/bitrate", "Video/codec", frozenset({"h.264"}), "Only with H.264."),)
        )
        page.panel.form.row("Video/bitrate").refresh()
        assert not page.panel.form.row("Video/bitrate").editor.isEnabled()
        found(page, "bitrate")[0].run()
        assert page.panel.form.focused_path() == "Video/bitrate"
        assert "Only with H.264." in page.panel.form.row("Video/bitrate").accessibleName()

    drive(scene)


def test_what_the_camera_does_not_send_is_said_where_it_was_looked_for(drive):
    async def scene(page, outline):
        page.prepare_search()
        await until(lambda: found(page, "ghost"))
        entry = found(page, "ghost")[0]
        entry.run()
        await until(lambda: page.panel.resource == "/stream")
        assert page.panel.banner.isVisible()
        assert "Ghost of a field" in page.panel.banner.text.text()

    drive(scene, look=False)


def test_fields_of_a_refused_page_are_found_with_the_reason(drive):
    async def scene(page, outline):
        entry = found(page, "smart bits")[0]
        assert (entry.value, entry.faint, entry.icon) == (REFUSAL.summary, True, "lock")

    drive(scene)


def test_a_document_read_again_is_found_by_its_new_value(drive):
    async def scene(page, outline):
        page.tree.choose("/time")
        await until(lambda: page.panel.resource == "/time")
        host = Field("host", "dock.example", Spec(Kind.HOST, "Time server"))
        outline.device.fields["/time"] = (outline.device.fields["/time"][0], host)
        page.panel.refresh.click()
        await until(lambda: found(page, "dock.example"))
        assert not found(page, "pool.example")

    drive(scene)


def test_passwords_are_never_found_by_what_they_are(drive):
    device = FakeDevice(failures={"/refused": REFUSAL})
    device.fields["/stream"] = (Field("secret", "hunter2secret", Spec(Kind.PASSWORD, "Password")),)

    async def scene(page, outline):
        assert found(page, "password")
        assert not found(page, "hunter2secret")
        assert all("hunter2" not in entry.value for entry in found(page, "password"))

    drive(scene, device=device)


def test_the_filter_finds_pages_by_their_fields_and_enter_prefers_the_page_itself(drive):
    async def scene(page, outline):
        for switch in (False, True):
            if switch:
                by_protocol(page)
                await until(lambda: page.tree.shows_protocol)
            page.tree.search.setText("BITRATE")
            assert any(title in ("Main stream", "stream") for title in shown(page))
            assert not any(title in ("Time", "time") for title in shown(page))
            page.tree.search.setText("codec rate")  # of two different fields
            assert not any(title in ("Main stream", "stream") for title in shown(page))
            page.tree.search.clear()
        page.tree.search.setText("time")
        page.tree.search.setFocus()
        QTest.keyClick(page.tree.search, Qt.Key.Key_Return)
        await until(lambda: page.panel.resource == "/time")

    drive(scene)


def test_filtering_chooses_nothing_by_itself(drive):
    async def scene(page, outline):
        page.tree.choose("/stream")
        await until(lambda: page.panel.resource == "/stream")
        chosen: list[Node] = []
        page.tree.chosen.connect(chosen.append)
        for text in ("b", "bitrate", "bit", ""):
            page.tree.search.setText(text)
            assert page.tree.view.currentIndex().data(NODE_ROLE).id == "/stream"
        assert chosen == []

    drive(scene)


def test_the_switch_keeps_what_is_chosen_and_is_remembered(drive):
    async def scene(page, outline):
        page.tree.choose("/time")
        await until(lambda: page.panel.resource == "/time")
        asked = len(outline.device.asked)
        assert outline.asked == 0
        by_protocol(page)
        await until(lambda: page.tree.shows_protocol)
        assert "loitering" in shown(page)
        assert page.tree.view.currentIndex().data(NODE_ROLE).id == "/time"
        assert page.context.settings.value(BY_PROTOCOL, False, type=bool) is True
        assert len(outline.device.asked) == asked  # nothing is read for it
        page.tree.choose("/stream")
        await until(lambda: page.panel.resource == "/stream")
        assert page.panel.title.text() == "Main stream"  # in people's words in both
        QTest.mouseClick(page.tree.switch.topic, Qt.MouseButton.LeftButton)
        assert not page.tree.shows_protocol
        assert page.tree.view.currentIndex().data(NODE_ROLE).id == "/stream"
        assert page.context.settings.value(BY_PROTOCOL, False, type=bool) is False
        page.context.settings.setValue(BY_PROTOCOL, True)

    async def again(page, outline):
        await until(lambda: page.tree.shows_protocol)
        assert page.tree.switch.path.isChecked()

    drive(scene)
    drive(again)


def test_the_switch_by_keyboard(drive):
    async def scene(page, outline):
        page.tree.search.setFocus()
        QTest.keyClick(page.tree.search, Qt.Key.Key_Tab)
        assert page.tree.switch.topic.hasFocus()
        QTest.keyClick(page.tree.switch.topic, Qt.Key.Key_Right)
        await until(lambda: page.tree.shows_protocol)
        assert page.tree.switch.path.hasFocus()
        QTest.keyClick(page.tree.switch.path, Qt.Key.Key_Left)
        assert not page.tree.shows_protocol

    drive(scene)


def test_what_one_tree_knows_of_a_node_the_other_one_knows(drive):
    async def scene(page, outline):
        by_protocol(page)
        await until(lambda: page.tree.shows_protocol)
        model, protocol = page.tree.model, page.tree.protocol
        assert protocol.node("/refused").reason == REFUSAL.summary  # asked before the tree was drawn
        index = protocol.index_of("/refused")
        assert REFUSAL.summary in index.data(Qt.ItemDataRole.ToolTipRole)
        assert REFUSAL.summary in index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert LACKS in protocol.index_of("/loitering").data(Qt.ItemDataRole.AccessibleTextRole)
        outline.device.failures["/time"] = NotSupported("Not any more.")
        page.tree.choose("/time")
        await until(lambda: model.node("/time").state is NodeState.REFUSED)
        assert protocol.node("/time").reason == "Not any more."
        page.edits.document("/stream").set_text("Video/bitrate", "1000")
        assert "1" in protocol.index_of("/stream").data(Qt.ItemDataRole.AccessibleTextRole)

    drive(scene)


def test_a_refusal_that_only_the_outline_knows_greys_the_node_by_topic(drive):
    async def scene(page, outline):
        page.prepare_search()
        await until(lambda: page.tree.model.nodes)
        by_protocol(page)
        await until(lambda: page.tree.shows_protocol)
        assert page.tree.model.node("/time").reason == "Known from before."

    drive(scene, look=False, refused={"/time": "Known from before."})


def test_a_page_that_the_camera_lacks_says_why_and_is_asked_for_only_when_somebody_insists(drive):
    async def scene(page, outline):
        by_protocol(page)
        await until(lambda: page.tree.shows_protocol)
        page.tree.choose("/loitering")
        assert LACKS in page.panel.notice.title.text() + page.panel.notice.text.text()
        assert "/loitering" not in outline.device.asked
        QTest.mouseClick(page.panel.notice.buttons[0], Qt.MouseButton.LeftButton)
        await until(lambda: page.tree.protocol.node("/loitering").reason == "Really not.")
        page.tree.choose("/list/{id}")
        assert "By its list." in page.panel.notice.text.text()
        assert not page.panel.notice.buttons

    drive(scene)


def test_an_outline_that_cannot_be_had_leaves_the_tree_by_topic(drive, told):  # noqa: F811
    async def scene(page, outline):
        by_protocol(page)
        await until(lambda: told)
        assert not page.tree.shows_protocol
        assert page.tree.switch.topic.isChecked()
        page.tree.choose("/time")
        await until(lambda: page.panel.resource == "/time")

    drive(scene, failure=Unreachable("Dock 2 does not answer."))


def test_without_an_outline_there_is_no_switch(drive):
    async def scene(page, outline):
        assert page.tree.switch.isHidden()
        assert found(page, "bitrate")[0].value == "4096 kbps"

    drive(scene, outline=False)


def test_both_trees_are_sound_models(drive, qtmodeltester):
    async def scene(page, outline):
        by_protocol(page)
        await until(lambda: page.tree.shows_protocol)
        page.tree.search.setText("bit")
        qtmodeltester.check(page.tree.protocol)
        qtmodeltester.check(page.tree.view.model())

    drive(scene)


def test_where_a_catalogued_field_is_in_the_document():
    def at(path: str, title: str = "Name") -> Field:
        return Field(path, "", Spec(Kind.TEXT, title))

    document = Document("/r", "R", [at("a"), at("L/E[1]/x"), at("L/E[2]/x"), at("b", "Other")], None)
    assert path_in(document, "b", "") == "b"
    assert path_in(document, "L/E/x", "") == "L/E[1]/x"
    assert path_in(document, "L/E[2]/x", "") == "L/E[2]/x"
    assert path_in(document, "elsewhere/b", "Other") == "b"
    assert path_in(document, "elsewhere", "Nothing") == ""
