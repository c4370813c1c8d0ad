"""The settings page over a device in memory, driven by keyboard and mouse in the window's own loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from fakes_settings import FakeDevice
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.errors import BadCredentials, Conflict, DeviceBusy, Excluded, Forbidden, LockedOut, NotSupported, Unreachable
from app.families.base import Maintenance, Overview, SettingsTree
from app.settings.tree import NodeState
from ui.bridge.messages import Level
from ui.models.resources import ResourceModel
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
REFUSAL = NotSupported("This model has no smart codec.", hint="", detail="HTTP 403 notSupport")


class Rig:
    """A page and its device; every test leaves nothing running."""

    def __init__(self, qtbot, context, device: FakeDevice, offers: dict[type, object] | None) -> None:  # noqa: F811
        self.device = device
        self.page = SettingsPage(OneSession({SettingsTree: device, **(offers or {})}), context, "Dock 2")
        qtbot.addWidget(self.page)
        self.page.resize(1000, 600)
        self.page.show()
        qtbot.waitExposed(self.page)
        self.panel, self.bar, self.edits = self.page.panel, self.page.bar, self.page.edits

    async def open(self, resource: str = "/stream") -> None:
        """As a person does: filter, Enter."""
        self.page.activated()
        await until(lambda: self.page.tree.model.nodes)
        await self.choose(resource)

    async def choose(self, resource: str) -> None:
        title = self.page.tree.model.node(resource).title
        self.page.tree.search.clear()
        QTest.keyClicks(self.page.tree.search, title)
        QTest.keyClick(self.page.tree.search, Qt.Key.Key_Return)
        await until(lambda: self.panel.resource == resource)

    def editor(self, path: str):
        row = self.panel.form.row(path)
        assert row is not None, path
        return row.editor

    def remark(self, path: str) -> tuple[str, str]:
        row = self.panel.form.row(path)
        return (row.remarks[0].role, row.remarks[0].text) if row.remarks else ("", "")

    def type(self, path: str, text: str) -> None:
        line = self.editor(path)
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)

    def click(self, button) -> None:
        assert button.isVisible(), button.text()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    async def applied(self) -> None:
        await until(lambda: not self.page.writer.active)


@pytest.fixture
def drive(run, qtbot, context):  # noqa: F811
    """Runs `scene(rig)` against a device and closes the page."""

    def go(scene, device: FakeDevice | None = None, offers: dict[type, object] | None = None) -> None:
        async def work() -> None:
            rig = Rig(qtbot, context, device or FakeDevice(failures={"/refused": REFUSAL}), offers)
            try:
                async with asyncio.timeout(60):
                    await scene(rig)
            finally:
                rig.page.close_page()
                await until(lambda: not rig.page.scope.active)

        run(work())

    return go


CTRL = Qt.KeyboardModifier.ControlModifier


def test_only_a_session_with_settings_has_the_page():
    assert SettingsPage.available(OneSession({SettingsTree: object()}))
    assert not SettingsPage.available(OneSession({Overview: object()}))


def test_the_tree_is_a_sound_model_whatever_happens_to_its_nodes(run, qtmodeltester):
    model = ResourceModel()
    qtmodeltester.check(model)
    model.show_tree(run(FakeDevice().tree()))
    model.set_state("/refused", NodeState.REFUSED, "no")
    model.set_edits({"/stream": 2})
    qtmodeltester.check(model)
    model.show_tree(run(FakeDevice(fields={}).tree()))
    assert model.node("/stream") is None


def test_filter_enter_shows_the_form(drive):
    async def scene(rig):
        await rig.open()
        assert rig.panel.title.text() == "Main stream"  # the tree's words, not the document's
        assert rig.editor("Video/bitrate").text() == "4096"
        assert rig.bar.isHidden()

    drive(scene)


def test_a_wait_is_shown_only_after_a_while_and_moving_on_gives_it_up(drive):
    async def scene(rig):
        rig.device.gates["/stream"] = asyncio.Event()
        rig.page.activated()
        await until(lambda: rig.page.tree.model.nodes)
        rig.page.tree.choose("/stream")
        hint = rig.panel.notice.title.text()
        await asyncio.sleep(0)
        assert rig.panel.notice.title.text() == hint  # nothing jumps at once
        await until(lambda: rig.panel.notice.busy.isVisible())
        assert "Main stream" in rig.panel.notice.text.text()
        rig.page.tree.choose("/time")
        await until(lambda: rig.panel.resource == "/time")
        assert rig.device.given_up == ["/stream"]

    drive(scene)


def test_walking_through_the_tree_does_not_ask_for_every_node(drive):
    async def scene(rig):
        rig.page.activated()
        await until(lambda: rig.page.tree.model.nodes)
        rig.device.gates["/stream"] = asyncio.Event()
        rig.page.tree.choose("/stream")
        await until(lambda: "/stream" in rig.device.asked)
        rig.page.tree.choose("/time")
        rig.page.tree.choose("/stream")
        rig.page.tree.choose("/time")
        await until(lambda: rig.panel.resource == "/time")
        assert rig.device.asked.count("/stream") == 1

    drive(scene)


def test_a_refused_node_is_greyed_with_its_reason_without_a_click(drive):
    async def scene(rig):
        rig.page.activated()
        model = rig.page.tree.model
        await until(lambda: model.nodes and model.node("/refused").state is NodeState.REFUSED)
        index = model.index_of("/refused")
        assert "This model has no smart codec." in index.data(Qt.ItemDataRole.ToolTipRole)
        assert "not available" in index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert model.node("/stream").state is NodeState.READY
        assert rig.panel.resource == ""  # nobody chose anything

    drive(scene)


def test_the_quiet_look_goes_on_only_in_front_and_stops_where_the_account_is_refused(drive):
    async def scene(rig):
        rig.device.failures["/stream"] = BadCredentials("The password is wrong.")
        rig.page.activated()
        await until(lambda: "/stream" in rig.device.asked)
        await asyncio.sleep(0.4)
        assert rig.device.asked == ["/stream"]

    drive(scene)


@pytest.mark.parametrize(
    ("error", "words", "button"),
    [
        (REFUSAL, "no smart codec", "Ask again"),
        (Forbidden("admin2 may not see this."), "account that has more rights", "Ask again"),
        (BadCredentials("The password is wrong.", detail="HTTP 401"), "type its password", None),
        (LockedOut("Locked for 30 minutes.", seconds=1800), "Locked for 30 minutes", None),
        (Unreachable("Nobody answers."), "power and network", "Try again"),
        (DeviceBusy("The camera is busy."), "Wait a moment", "Try again"),
    ],
)
def test_what_cannot_be_read_is_said_in_place_with_what_to_do(drive, error, words, button):
    async def scene(rig):
        rig.device.failures["/stream"] = error
        rig.page.activated()
        await until(lambda: rig.page.tree.model.nodes)
        rig.page.tree.choose("/stream")
        notice = rig.panel.notice
        await until(lambda: words in notice.text.text())
        assert notice.title.text() == "Main stream"
        assert "HTTP" not in notice.text.text()  # codes stay behind Details
        assert [b.text() for b in notice.buttons] == ([button] if button else [])
        if button:
            del rig.device.failures["/stream"]
            await until(lambda: notice.buttons and notice.buttons[0].isVisible())
            rig.click(notice.buttons[0])
            await until(lambda: rig.panel.resource == "/stream")

    drive(scene)


def test_review_shows_old_and_new_the_reboot_and_the_raw_request(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        QTest.keyClick(rig.editor("Video/codec"), Qt.Key.Key_Up)
        rig.type("secret", "hunter22")
        rig.editor("Video/bitrate").setFocus()
        assert rig.bar.text.text() == "3 changes on Dock 2"
        rig.click(rig.bar.review)
        sheet = rig.page.sheet
        texts = [label.text() for label in sheet.findChildren(type(rig.panel.nothing))]
        assert {"4096 kbps", "2048 kbps", "H.265", "H.264", "takes effect after a reboot"} <= set(texts)
        assert not any("hunter22" in text for text in texts)
        fold = next(b for b in sheet.findChildren(QPushButton) if b.text() == "Show raw request")
        rig.click(fold)
        copy = next(b for b in sheet.findChildren(QPushButton) if b.text() == "Copy")
        rig.click(copy)
        assert "Video/bitrate=2048" in QGuiApplication.clipboard().text()
        for _ in range(12):  # Tab stays inside
            rig.key(Qt.Key.Key_Tab)
            assert sheet.isAncestorOf(QApplication.focusWidget())
        rig.page.resize(900, 500)
        assert sheet.size() == rig.panel.size()
        rig.key(Qt.Key.Key_Escape)
        assert rig.page.sheet is None
        assert QApplication.focusWidget() in (rig.editor("Video/bitrate"), rig.bar.review)
        assert rig.edits.count == 3

    drive(scene)


def test_the_sheet_follows_the_edits_and_goes_when_there_are_none(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.type("name", "Ramp")
        rig.click(rig.bar.review)
        assert "2 changes" in rig.page.sheet.title.text()
        rig.key(Qt.Key.Key_Z, CTRL)
        assert rig.page.sheet is None or "1 change " in rig.page.sheet.title.text()
        rig.page.edits.discard()
        assert rig.page.sheet is None

    drive(scene)


def test_apply_keeps_proves_and_says_so(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.key(Qt.Key.Key_Return, CTRL)
        await rig.applied()
        assert rig.device.written[0][1][0].new == "2048"
        assert rig.edits.count == 0
        assert rig.bar.text.text() == "1 kept"
        assert rig.panel.form.row("Video/bitrate").tick > 0
        assert QApplication.focusWidget() is rig.editor("Video/bitrate")  # the same widget goes on
        rig.type("Video/bitrate", "3000")
        assert rig.panel.form.row("Video/bitrate").tick == 0
        assert rig.bar.text.text() == "1 change on Dock 2"

    drive(scene)


def lying(held: dict[str, str]) -> dict[str, str]:
    """Adjusts the bitrate, ignores the name, and moves the frame rate."""
    return {**held, "Video/bitrate": "4000", "name": "Dock 2", "Video/rate": "2000"}


def test_what_the_camera_made_of_it_stands_at_the_fields_and_is_led_to(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "4100")
        rig.type("name", "Ramp")
        rig.click(rig.bar.apply)
        await rig.applied()
        assert rig.remark("Video/bitrate") == ("warn", "Camera set 4000 kbps instead of 4100 kbps")
        assert rig.remark("name")[0] == "error"
        assert "still holds Dock 2" in rig.remark("name")[1]
        assert rig.remark("Video/rate") == ("warn", "Changed by the camera: 25 fps → 20 fps")
        text = rig.bar.text.text()
        assert "1 adjusted by the camera" in text
        assert "1 ignored by the camera" in text
        assert rig.bar.text.property("role") == "error"
        await rig.choose("/time")
        await rig.choose("/stream")  # verdicts wait for whoever comes back
        assert rig.remark("Video/bitrate")[0] == "warn"
        rig.click(rig.bar.problem)
        await until(lambda: rig.panel.form.focused_path() == "name")
        QTest.keyClicks(rig.editor("name"), "x")
        assert rig.remark("name") == ("", "")

    drive(scene, FakeDevice(behave=lying))


def test_a_failure_keeps_the_edits_and_says_what_to_do(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.device.failures["apply"] = DeviceBusy("The camera is busy.")
        rig.click(rig.bar.apply)
        await rig.applied()
        assert rig.panel.banner.isVisible()
        assert rig.panel.banner.text.text() == "The camera is busy. Wait a moment, then try again."
        assert rig.bar.text.text().startswith("Main stream on Dock 2 was not changed. The camera is busy.")
        assert rig.edits.count == 1
        del rig.device.failures["apply"]
        rig.click(rig.bar.apply)
        await rig.applied()
        assert rig.bar.text.text() == "1 kept"
        assert not rig.panel.banner.isVisible()

    drive(scene)


def test_several_resources_one_after_the_other_and_stop_between_them(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        await rig.choose("/time")
        rig.type("host", "ntp.example")
        await rig.choose("/stream")
        assert rig.editor("Video/bitrate").text() == "2048"  # edits wait while one looks elsewhere
        gate = rig.device.gates["apply /stream"] = asyncio.Event()
        rig.click(rig.bar.apply)
        await until(lambda: rig.bar.text.text() == "Writing Main stream")
        rig.page.apply()  # a second one at the same time does nothing
        rig.click(rig.bar.cancel)
        assert rig.bar.text.text().startswith("Stopping after this one")
        gate.set()
        await rig.applied()
        assert [resource for resource, _ in rig.device.written] == ["/stream"]
        assert rig.bar.text.text() == "1 kept. Stopped, the rest is still here."
        assert rig.edits.count == 1
        rig.click(rig.bar.apply)
        await rig.applied()
        assert [resource for resource, _ in rig.device.written] == ["/stream", "/time"]
        assert rig.edits.count == 0

    drive(scene)


def test_what_is_typed_while_a_write_is_under_way_is_not_lost(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        gate = rig.device.gates["apply"] = asyncio.Event()
        rig.click(rig.bar.apply)
        await until(lambda: rig.bar.cancel.isVisible())
        rig.type("Video/bitrate", "3000")
        rig.type("name", "Ramp")
        gate.set()
        await rig.applied()
        document = rig.edits.document("/stream")
        assert {c.path: (c.old, c.new) for c in document.changes()} == {
            "Video/bitrate": ("2048", "3000"),
            "name": ("Dock 2", "Ramp"),
        }
        assert rig.editor("Video/bitrate").text() == "3000"

    drive(scene)


def test_closing_the_page_finishes_the_write_and_tells_the_messages(drive, told):  # noqa: F811
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        gate = rig.device.gates["apply"] = asyncio.Event()
        rig.click(rig.bar.apply)
        await until(lambda: rig.bar.cancel.isVisible())
        rig.page.close_page()
        written_by_then = []
        finishing = asyncio.ensure_future(rig.page.finish())
        finishing.add_done_callback(lambda _: written_by_then.extend(rig.device.written))
        gate.set()
        await finishing
        assert written_by_then
        assert rig.device.written
        await until(lambda: told)
        assert told[0].text == "Main stream: 1 kept"
        assert told[0].device == "Dock 2"

    drive(scene)


def test_a_write_that_fails_after_the_page_was_closed_is_told_too(drive, told):  # noqa: F811
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        gate = rig.device.gates["apply"] = asyncio.Event()
        rig.device.failures["apply"] = Unreachable("Nobody answers.")
        rig.click(rig.bar.apply)
        await until(lambda: rig.bar.cancel.isVisible())
        rig.page.close_page()
        gate.set()
        await until(lambda: told)
        assert told[0].level is Level.ERROR

    drive(scene)


def test_undo_reaches_across_documents_readings_and_the_line_edits_own(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        await rig.choose("/time")
        rig.type("host", "ntp.example")
        rig.key(Qt.Key.Key_Z, CTRL)
        assert rig.edits.document("/time").edited_paths == ()
        rig.page.tree.choose("/time")
        rig.key(Qt.Key.Key_Z, CTRL)
        await until(lambda: rig.panel.resource == "/stream")  # undo shows what it undid
        await until(lambda: rig.panel.form.focused_path() == "Video/bitrate")
        assert rig.edits.count == 0
        rig.key(Qt.Key.Key_Y, CTRL)
        assert rig.edits.document("/stream").text("Video/bitrate") == "2048"

    drive(scene)


def test_discard_can_be_undone(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.type("name", "Ramp")
        rig.click(rig.bar.discard)
        assert rig.edits.count == 0
        assert rig.bar.isHidden()
        rig.editor("name").setFocus()
        rig.key(Qt.Key.Key_Z, CTRL)
        assert rig.edits.count == 2
        assert rig.editor("Video/bitrate").text() == "2048"

    drive(scene)


def test_reading_again_keeps_unsent_edits_and_takes_the_cameras_new_values(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        fields = rig.device.fields["/stream"]
        rig.device.fields["/stream"] = tuple(
            type(f)(f.path, {"name": "Ramp"}.get(f.path, f.text), f.spec, f.section) for f in fields
        )
        rig.click(rig.panel.refresh)
        await until(lambda: rig.editor("name").text() == "Ramp")
        assert rig.editor("Video/bitrate").text() == "2048"
        assert rig.edits.document("/stream").edited_paths == ("Video/bitrate",)

    drive(scene)


def test_a_problem_blocks_apply_and_ctrl_enter_leads_to_it(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "99999")
        assert not rig.bar.apply.isEnabled()
        assert "256 to 16384" in rig.bar.apply.toolTip()
        await rig.choose("/time")
        rig.page.tree.view.setFocus()
        rig.key(Qt.Key.Key_Return, CTRL)
        await until(lambda: rig.panel.form.focused_path() == "Video/bitrate")
        assert not rig.device.written

    drive(scene)


def test_escape_takes_back_an_edit_and_is_passed_on_where_there_is_none(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.type("name", "Ramp")
        rig.click(rig.bar.review)
        rig.editor("Video/rate").setFocus()  # outside the sheet, which blocks nothing
        rig.key(Qt.Key.Key_Escape)
        assert rig.page.sheet is None
        rig.editor("name").setFocus()
        rig.key(Qt.Key.Key_Escape)
        assert rig.edits.document("/stream").edited_paths == ("Video/bitrate",)

    drive(scene)


def test_the_search_leads_to_pages_and_fields_also_of_what_is_still_being_read(drive):
    async def scene(rig):
        await rig.open("/time")
        await until(lambda: rig.edits.document("/stream") is not None)  # the quiet look brought its fields
        entry = next(e for e in rig.page.search("bitrate") if e.title == "Bitrate")
        assert (entry.place, entry.value) == ("Main stream › Video", "4096 kbps")
        gate = rig.device.gates["/stream"] = asyncio.Event()
        asked = rig.device.asked.count("/stream")
        entry.run()
        await until(lambda: rig.device.asked.count("/stream") > asked)
        entry.run()  # again while it is being read
        gate.set()
        await until(lambda: rig.panel.form.focused_path() == "Video/bitrate")
        assert any(e.title == "Ask for a key frame" for e in rig.page.search("key frame"))

    drive(scene)


def test_ctrl_f_finds_in_the_form_and_escape_leads_back(drive):
    async def scene(rig):
        await rig.open()
        rig.editor("name").setFocus()
        rig.key(Qt.Key.Key_F, CTRL)
        assert QApplication.focusWidget() is rig.panel.search
        QTest.keyClicks(rig.panel.search, "bit rate")
        assert rig.editor("name").isHidden() or rig.panel.form.row("name").isHidden()
        rig.key(Qt.Key.Key_Return)
        assert rig.panel.form.focused_path() == "Video/bitrate"
        rig.key(Qt.Key.Key_F, CTRL)
        QTest.keyClicks(rig.panel.search, "nothing of the kind")
        assert rig.panel.nothing.isVisible()
        rig.key(Qt.Key.Key_Escape)
        assert rig.panel.search.text() == ""
        assert rig.panel.form.focused_path() == "enabled"

    drive(scene)


def test_a_mouse_click_on_a_switch_below_the_field_with_focus_is_never_lost(drive):
    async def scene(rig):
        await rig.open()
        rig.type("name", "")
        rig.click(rig.editor("enabled"))
        assert rig.edits.document("/stream").text("enabled") == "false"
        rig.click(rig.editor("enabled"))
        assert not rig.edits.document("/stream").is_modified("enabled")

    drive(scene)


def test_a_reboot_is_offered_once_and_by_name(drive):
    class Rebooter:
        done = 0

        async def reboot(self) -> None:
            self.done += 1

    rebooter = Rebooter()

    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "2048")
        rig.click(rig.bar.apply)
        await rig.applied()
        await rig.choose("/time")
        assert rig.panel.reboot.button.text() == "Reboot Dock 2"  # it stays, whatever is shown
        rig.click(rig.panel.reboot.button)
        await until(lambda: rebooter.done)

    drive(scene, FakeDevice(reboot=True), {Maintenance: rebooter})


def test_an_action_is_told_as_what_it_is(drive):
    async def scene(rig):
        rig.page.activated()
        await until(lambda: rig.page.tree.model.nodes)
        rig.page.tree.choose("/keyframe")
        assert rig.panel.notice.title.text() == "Ask for a key frame"
        assert "not a setting" in rig.panel.notice.text.text()
        assert "/keyframe" not in rig.device.asked

    drive(scene)


def test_a_tree_that_cannot_be_listed_can_be_asked_again(drive):
    async def scene(rig):
        rig.device.failures["tree"] = Unreachable("Nobody answers.")
        rig.page.activated()
        await until(lambda: rig.panel.notice.buttons)
        del rig.device.failures["tree"]
        rig.click(rig.panel.notice.buttons[0])
        await until(lambda: rig.page.tree.model.nodes)

    drive(scene)


def test_the_tree_marks_where_changes_wait(drive):
    async def scene(rig):
        await rig.open()
        counted = []
        rig.page.pending_changed.connect(lambda: counted.append(rig.page.pending_changes()))
        rig.type("Video/bitrate", "2048")
        model = rig.page.tree.model
        assert "unsent changes: 1" in model.index_of("/stream").data(Qt.ItemDataRole.AccessibleTextRole)
        rig.key(Qt.Key.Key_Escape)
        assert model.index_of("/stream").data(Qt.ItemDataRole.AccessibleTextRole) == "Main stream"
        assert counted[-1] == 0

    drive(scene)


def test_a_conflict_offers_to_read_again_and_the_change_stays(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "1024")
        conflict = Conflict("Bitrate was 4096 kbps when you edited it and is 2048 kbps now.", path="Video/bitrate")
        rig.device.failures["apply"] = conflict
        rig.page.apply()
        await until(lambda: not rig.panel.banner.isHidden())
        assert "2048" in rig.panel.banner.text.text()
        rig.device.failures.clear()
        rig.device.fields["/stream"] = tuple(
            replace(f, text="2048") if f.path == "Video/bitrate" else f for f in rig.device.fields["/stream"]
        )
        rig.click(rig.panel.banner.button)
        await until(lambda: rig.edits.document("/stream").field("Video/bitrate").text == "2048")
        (change,) = rig.edits.document("/stream").changes()
        assert (change.old, change.new) == ("2048", "1024")

    drive(scene)


def test_functions_that_exclude_each_other_lead_to_the_other_one_which_is_then_sent_first(drive):
    async def scene(rig):
        await rig.open()
        rig.type("Video/bitrate", "1024")
        refusal = Excluded("Dock 2 does not run “Main stream” together with time.", hint="Switch off time first.")
        refusal.others = ("time",)
        rig.device.failures["apply /stream"] = refusal
        rig.page.apply()
        await until(lambda: not rig.panel.banner.isHidden())
        assert rig.panel.banner.button.text() == "Go to Time"
        rig.click(rig.panel.banner.button)
        await until(lambda: rig.panel.resource == "/time")
        rig.edits.document("/time").set_text("mode", "M")
        rig.device.failures.clear()
        rig.page.apply()
        await until(lambda: len(rig.device.written) == 2)
        assert [resource for resource, _ in rig.device.written] == ["/time", "/stream"]
        await until(lambda: not rig.page.is_busy)

    drive(scene)
