"""The settings page over the simulated camera: real sockets, real protocol, real writes, real quirks."""

from __future__ import annotations

import asyncio

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from simulated import sessions

from app.settings.spec import Kind
from app.settings.tree import NodeKind, NodeState
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
STREAM = "/ISAPI/Streaming/channels/101"
BITRATE = "Video/vbrUpperCap"


@pytest.fixture
def with_camera(run, qtbot, context):  # noqa: F811
    """Runs `scene(page)` against a camera with quirks."""

    async def work(scene, quirks, model) -> None:
        async with sessions("127.19.3.1", *quirks, model=model) as (session,):
            page = SettingsPage(session, context, "Dock 2")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            page.activated()
            try:
                async with asyncio.timeout(90):
                    await until(lambda: page.tree.model.nodes)
                    await scene(page)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

    return lambda scene, *quirks, model=None: run(work(scene, quirks, model))


async def change_bitrate(page: SettingsPage, text: str) -> None:
    """Filter, Enter, jump by the find box, type, review, Apply."""
    page.tree.choose(STREAM)
    await until(lambda: page.panel.resource == STREAM)
    page.panel.focus_search()
    QTest.keyClicks(page.panel.search, "highest bitrate")
    QTest.keyClick(page.panel.search, Qt.Key.Key_Return)
    line = QApplication.focusWidget()
    assert page.panel.form.focused_path() == BITRATE
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.mouseClick(page.bar.review, Qt.MouseButton.LeftButton)
    assert page.sheet is not None
    assert f"<vbrUpperCap>{text}</vbrUpperCap>" in page.settings.request_text(page.edits.document(STREAM))
    QTest.mouseClick(page.sheet.apply, Qt.MouseButton.LeftButton)
    await until(lambda: not page.writer.active and page.edits.count == 0)
    await until(lambda: page.panel.form.row(BITRATE) is not None)


def test_a_changed_bitrate_is_kept(with_camera):
    async def scene(page):
        await change_bitrate(page, "1500")
        assert page.bar.text.text() == "1 kept"
        assert page.panel.form.row(BITRATE).tick > 0
        page.panel.refresh.click()
        await until(lambda: not page.is_busy)
        assert page.edits.document(STREAM).field(BITRATE).text == "1500"

    with_camera(scene)


def test_a_camera_that_clamps_is_caught(with_camera):
    async def scene(page):
        await change_bitrate(page, "9000")
        row = page.panel.form.row(BITRATE)
        assert row.remarks[0].text == "Camera set 4000 kbps instead of 9000 kbps"
        assert "1 adjusted by the camera" in page.bar.text.text()

    with_camera(scene, "clamps=vbrUpperCap:32:4000")


def test_a_camera_that_ignores_is_caught(with_camera):
    async def scene(page):
        await change_bitrate(page, "1500")
        row = page.panel.form.row(BITRATE)
        assert row.remarks[0].role == "error"
        assert "still holds 2048 kbps" in row.remarks[0].text
        assert page.edits.document(STREAM).text(BITRATE) == "2048"

    with_camera(scene, "ignores_field=vbrUpperCap")


def test_a_camera_that_refuses_keeps_the_edit_and_says_why(with_camera):
    async def scene(page):
        page.tree.choose(STREAM)
        await until(lambda: page.panel.resource == STREAM)
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.panel.banner.isVisible()
        assert page.edits.count == 1
        assert page.bar.text.property("role") == "error"

    with_camera(scene, "read_only")


def test_every_settings_node_opens_or_is_greyed_with_a_reason(with_camera, told):  # noqa: F811
    async def scene(page):
        model = page.tree.model
        wanted = [n.id for n in model.nodes if n.kind in (NodeKind.SETTINGS, NodeKind.STATUS)]
        assert len(wanted) > 20
        for resource in wanted:
            page.tree.choose(resource)
            await until(lambda: not page.is_busy)
            node = model.node(resource)
            assert node.state is not NodeState.UNKNOWN, resource
            assert page.panel.resource == resource or node.reason, resource
        assert not told

    with_camera(scene)


def test_a_painted_week_is_written_and_kept(with_camera):
    schedule = "/ISAPI/Event/schedules/motionDetections"

    async def scene(page: SettingsPage) -> None:
        node = next(node for node in page.tree.model.nodes if node.id.startswith(schedule))
        page.tree.choose(node.id)
        await until(lambda: page.panel.resource == node.id)
        document = page.edits.document(node.id)
        path = next(each.path for each in document.shown if each.spec.kind is Kind.WEEK)
        assert document.text(path).count("00:00-24:00") == 7
        page.panel.jump_to(path)
        week = page.panel.form.row(path).editor
        drag(week, (0, 0), (4, 13))
        assert len(document.changes()) == 5
        drag(week, (5, 0), (6, 47))  # no weekend: its blocks tell other days in two halves
        assert page.edits.problems == ()
        assert page.bar.text.text() == "1 change on Dock 2"  # however many blocks it takes
        page.review()
        said = " ".join(label.text() for label in page.sheet.findChildren(QLabel))
        assert "Every day all day" in said
        assert "Monday to Friday 07:00–24:00" in said
        page.apply()
        await until(lambda: not page.writer.active)
        assert "kept" in page.bar.text.text()
        fresh = await page.settings.load(node.id)
        days = "; ".join(f"{day} 07:00-24:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))
        assert fresh.text(path) == days

    with_camera(scene)


def drag(week, first: tuple[int, int], last: tuple[int, int]) -> None:
    QTest.mousePress(week, Qt.MouseButton.LeftButton, pos=week.cell_rect(*first).center())
    QTest.mouseMove(week, week.cell_rect(*last).center())
    QTest.mouseRelease(week, Qt.MouseButton.LeftButton, pos=week.cell_rect(*last).center())


LINES, FIELD, ENTRANCE = (f"/ISAPI/Smart/{name}/1" for name in ("LineDetection", "FieldDetection", "regionEntrance"))
IMAGE = "/ISAPI/Image/channels/1"


async def switched_on(page, resource: str, path: str = "enabled", text: str = "true") -> None:
    page.tree.choose(resource)
    await until(lambda: page.panel.resource == resource)
    page.edits.document(resource).set_text(path, text)
    page.apply()
    await until(lambda: not page.writer.active and not page.reading.active)


async def switched_off_first(page, button: str, written: int) -> None:
    """The way that the banner offers: both sides in one review, agreed to once, proved both."""
    await until(lambda: not page.panel.banner.isHidden())
    assert page.panel.banner.button.text() == button, page.panel.banner.text.text()
    QTest.mouseClick(page.panel.banner.button, Qt.MouseButton.LeftButton)
    await until(lambda: page.sheet is not None)
    QTest.mouseClick(page.sheet.apply, Qt.MouseButton.LeftButton)
    await until(lambda: not page.writer.active and page.edits.count == 0)
    assert page.bar.text.text() == f"{written} kept"


@pytest.mark.parametrize("first", [LINES, FIELD])
def test_what_excludes_another_is_switched_off_first_in_one_agreed_change(with_camera, first):
    async def scene(page):
        second = FIELD if first == LINES else LINES
        await switched_on(page, first)
        await switched_on(page, second)
        title = page.tree.model.node(first).title
        assert page.edits.document(second).text("enabled") == "true", "the wish is still there"
        await switched_off_first(page, f"Switch off {title} first", 2)
        held = [(await page.settings.load(each)).text("enabled") for each in (first, second)]
        assert held == ["false", "true"]
        # And back again: the order of before is no habit.
        await switched_on(page, first)
        await switched_off_first(page, f"Switch off {page.tree.model.node(second).title} first", 2)
        held = [(await page.settings.load(each)).text("enabled") for each in (first, second)]
        assert held == ["true", "false"]

    with_camera(scene, "mutex")


def test_what_the_camera_declares_to_exclude_is_told_before_anything_is_sent(with_camera, monkeypatch):
    """Neither the function nor the bitrate that stands before it in the same change."""

    async def scene(page):
        await switched_on(page, LINES)
        sent, write = [], page.writer.write

        async def counted(document, changes):
            sent.append(document.resource)
            return await write(document, changes)

        monkeypatch.setattr(page.writer, "write", counted)
        page.tree.choose(STREAM)
        await until(lambda: page.panel.resource == STREAM)
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        await switched_on(page, FIELD)
        assert sent == []
        assert page.edits.count == 2
        await switched_off_first(page, f"Switch off {page.tree.model.node(LINES).title} first", 3)
        assert sent.index(LINES) < sent.index(FIELD)
        held = [(await page.settings.load(each)).text("enabled") for each in (LINES, FIELD)]
        assert held == ["false", "true"]

    with_camera(scene, "mutex=declared")


def shown_in(sheet):
    """The titles of the parts of a review, from top to bottom."""
    titles = [label for label in sheet.findChildren(QLabel, "sectionTitle") if label.isVisibleTo(sheet)]
    return [label.text() for label in sorted(titles, key=lambda label: label.mapTo(sheet, QPoint()).y())]


def test_the_review_says_what_is_in_the_way_and_in_which_order_both_go(with_camera):
    async def scene(page):
        await switched_on(page, LINES)
        page.tree.choose(FIELD)
        await until(lambda: page.panel.resource == FIELD)
        page.edits.document(FIELD).set_text("enabled", "true")
        page.review()
        said = page.sheet.outlook
        await until(lambda: said.isVisible())
        lines, field = (page.tree.model.node(each).title for each in (LINES, FIELD))
        assert f"does not run “{field}” together with line crossing detection. Nothing was sent." in said.text.text()
        assert [said.button.text(), said.second.text()] == [f"Switch off {lines} first", "Send it all the same"]
        QTest.mouseClick(said.button, Qt.MouseButton.LeftButton)
        await until(lambda: said.text.text().startswith(f"{lines} goes first, then {field}"))
        assert not said.button.isVisible()
        await until(lambda: shown_in(page.sheet) == [lines, field])
        QTest.mouseClick(page.sheet.apply, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.bar.text.text() == "2 kept"

    with_camera(scene, "mutex=declared")


def test_off_goes_first_whichever_was_edited_first(with_camera):
    async def scene(page):
        await switched_on(page, LINES)
        for resource, text in ((FIELD, "true"), (LINES, "false")):
            page.tree.choose(resource)
            await until(lambda resource=resource: page.panel.resource == resource)
            page.edits.document(resource).set_text("enabled", text)
        page.review()
        assert shown_in(page.sheet) == [page.tree.model.node(each).title for each in (LINES, FIELD)]
        QTest.mouseClick(page.sheet.apply, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.bar.text.text() == "2 kept"

    with_camera(scene, "mutex=silent")


def test_a_camera_that_takes_both_all_the_same_is_told_once(with_camera):
    async def scene(page):
        await switched_on(page, LINES)
        await switched_on(page, FIELD)
        banner = page.panel.banner
        await until(lambda: banner.isVisible())
        assert banner.button.text() != "Send it all the same", "it is not the first thing to do"
        assert page.bar.text.property("role") == "error"
        QTest.mouseClick(banner.second, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.bar.text.text() == "1 kept"
        for text in ("false", "true"):
            await switched_on(page, FIELD, text=text)
            await until(lambda: page.edits.count == 0)
        held = [(await page.settings.load(each)).text("enabled") for each in (LINES, FIELD)]
        assert held == ["true", "true"]

    with_camera(scene, "mutex=lenient")


def test_a_recorder_s_channel_is_named_with_its_function(with_camera):
    lines, field = (each.replace("/1", "/2") for each in (LINES, FIELD))

    async def scene(page):
        await switched_on(page, LINES)  # of another channel
        await switched_on(page, lines)
        await switched_on(page, field)
        title = page.tree.model.node(lines).title
        await switched_off_first(page, f"Switch off Line crossing, {title} first", 2)
        held = [(await page.settings.load(each)).text("enabled") for each in (LINES, lines, field)]
        assert held == ["true", "false", "true"]

    with_camera(scene, "mutex=declared", model="CW-N8R")


def test_of_three_the_one_that_is_on_is_switched_off_first(with_camera):
    async def scene(page):
        await switched_on(page, LINES)
        for before, now in ((LINES, ENTRANCE), (ENTRANCE, FIELD), (FIELD, LINES)):
            await switched_on(page, now)
            await switched_off_first(page, f"Switch off {page.tree.model.node(before).title} first", 2)
            on = [
                each for each in (LINES, FIELD, ENTRANCE) if (await page.settings.load(each)).text("enabled") == "true"
            ]
            assert on == [now]

    with_camera(scene, "mutex", model="CW-G4A")


def test_two_sides_on_one_page_go_in_one_request(with_camera):
    async def scene(page):
        await switched_on(page, IMAGE, "WDR/mode", "open")
        await switched_on(page, IMAGE, "BLC/enabled", "true")
        await switched_off_first(page, "Switch off WDR first", 2)
        held = await page.settings.load(IMAGE)
        assert (held.text("WDR/mode"), held.text("BLC/enabled")) == ("close", "true")

    with_camera(scene, "mutex")


SHUTTER, BRIGHTNESS = "Shutter/ShutterLevel", "Color/brightnessLevel"


def test_what_is_edited_while_the_options_change_is_kept_and_shown_as_wrong(with_camera, monkeypatch):
    """Wide dynamic range takes the slow shutter times away, one of which somebody chooses while it is written."""

    async def scene(page):
        page.tree.choose(IMAGE)
        await until(lambda: page.panel.resource == IMAGE)
        document = page.edits.document(IMAGE)
        write, slow = page.writer.write, document.spec(SHUTTER).options[0].value
        titles = [each.title for each in document.spec(SHUTTER).options]

        async def edited_meanwhile(document, changes):
            document.set_text(SHUTTER, slow)
            document.set_text(BRIGHTNESS, "61")
            return await write(document, changes)

        monkeypatch.setattr(page.writer, "write", edited_meanwhile)
        assert document.text(SHUTTER) != slow
        document.set_text("WDR/mode", "open")
        page.apply()
        await until(lambda: not page.writer.active)
        page.panel.jump_to(SHUTTER)
        fresh, row = page.edits.document(IMAGE), page.panel.form.row(SHUTTER)
        row.complete()
        offered = [row.editor.itemText(place) for place in range(row.editor.count())]
        assert offered == [*titles[3:], titles[0]], "what is chosen stays to be seen, behind what is possible"
        assert set(fresh.edited_paths) == {BRIGHTNESS, SHUTTER}
        assert (fresh.text(SHUTTER), fresh.text(BRIGHTNESS)) == (slow, "61")
        assert [remark.role for remark in row.remarks] == ["error"]
        assert row.remarks[0].text.startswith("Use one of 1/25, 1/50,")
        monkeypatch.undo()
        page.apply()
        assert not page.writer.active, "it leads to what is wrong instead of sending it"
        fresh.set_text(SHUTTER, "1/50")
        page.apply()
        await until(lambda: not page.writer.active and page.edits.count == 0)
        held = await page.settings.load(IMAGE)
        assert [held.text(path) for path in ("WDR/mode", SHUTTER, BRIGHTNESS)] == ["open", "1/50", "61"]

    with_camera(scene, "swaps_options")


SIZE, RATE = "Video/videoResolution", "Video/maxFrameRate"


def test_frame_rates_follow_the_resolution_through_undo_and_redo(with_camera):
    async def scene(page):
        page.tree.choose(STREAM)
        await until(lambda: page.panel.resource == STREAM)
        document, stack = page.edits.document(STREAM), page.edits.undo_stack
        page.panel.jump_to(RATE)
        row = page.panel.form.row(RATE)
        row.complete()

        def seen() -> tuple[str, str, list[str]]:
            editor, said = row.editor, " ".join(remark.text for remark in row.remarks if remark.role == "error")
            offered = [editor.itemText(place) for place in range(editor.count())]
            return editor.currentText(), said, [each for each in offered if each in ("50 fps", "30 fps", "(empty)")]

        small = ("25 fps", "", ["50 fps", "30 fps"])
        fast = ("50 fps", "", ["50 fps", "30 fps"])
        assert document.text(SIZE) == "1280x720"
        assert seen() == small
        document.set_text(RATE, "5000")
        assert seen() == fast
        document.set_text(SIZE, "2560x1440")
        shown, said, offered = seen()
        assert (shown, offered) == ("50 fps", ["50 fps"]), "kept, and no longer among what is possible"
        assert said.startswith("Use one of 25 fps,")
        assert said.endswith("while “Resolution” is 2560 × 1440")
        wrong = seen()
        for _ in range(2):
            stack.undo()
            assert seen() == fast
            stack.undo()
            assert seen() == small
            assert not document.edited_paths
            stack.redo()
            assert seen() == fast
            stack.redo()
            assert seen() == wrong

    with_camera(scene)
