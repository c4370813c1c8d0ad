"""Export, compare and restore in the window: over simulated cameras, files and a real journal."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aio import context, gone, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from simulated import sessions, site_file

from app.families.base import SettingsTree
from app.settings.spec import Kind
from app.site.compare import Difference
from app.site.journal import journalled
from app.site.records import ChangeState, Origin
from app.site.snapshot import read_file, write_file
from ui.dialogs.compare import CompareSheet
from ui.models.differences import CHECK, Differences

pytestmark = pytest.mark.gui
STREAM = "/ISAPI/Streaming/channels/101"
BITRATE = "Video/vbrUpperCap"
NETWORK = "/ISAPI/System/Network/interfaces/1/ipAddress"


@pytest.fixture
def with_sheet(run, context, tmp_path):  # noqa: F811
    """Runs `scene(sheet, site)` with two simulated cameras open."""

    async def work(scene, quirks) -> None:
        async with site_file(tmp_path / "compare.site") as site, sessions("127.31.4.1", *quirks, count=2) as bare:
            opened = [(name, journalled(each, site)) for name, each in zip(("Gate", "Dock"), bare, strict=True)]
            window = QWidget()
            window.resize(1280, 720)
            window.show()
            sheet = CompareSheet(window, context, opened)
            sheet.open()
            try:
                async with asyncio.timeout(90):
                    await scene(sheet, site)
            finally:
                await sheet.scope.close()
                await gone(window)

    return lambda scene, *quirks: run(work(scene, quirks))


async def idle(sheet: CompareSheet) -> None:
    """A failure is told a turn of the loop after the sheet is free again."""
    await until(lambda: not sheet.is_busy and not sheet.scope.active, 60)


async def exported(sheet: CompareSheet, path):
    sheet.export_to(path)
    await idle(sheet)
    assert str(path) in sheet.banner.text.text(), sheet.banner.text.text()
    return read_file(path)


def with_value(snapshot, resource, path, text):
    """The same snapshot with another value."""
    copies = tuple(
        replace(c, values=tuple(replace(v, text=text) if (c.resource, v.path) == (resource, path) else v
                                for v in c.values))
        for c in snapshot.resources
    )  # fmt: skip
    assert copies != snapshot.resources, (resource, path)
    return replace(snapshot, resources=copies)


async def compared_with(sheet: CompareSheet, path) -> None:
    sheet.add_file(path)
    sheet.compare.click()
    await idle(sheet)


def test_a_file_of_today_is_the_same_as_the_camera(with_sheet, tmp_path):
    async def scene(sheet, _):
        snapshot = await exported(sheet, tmp_path / "gate.json")
        assert len(snapshot.resources) > 20
        await compared_with(sheet, tmp_path / "gate.json")
        assert sheet.differences.total == 0
        assert "same settings" in sheet.hint.text()

    with_sheet(scene)


def test_chosen_differences_are_written_with_proof_and_dangerous_ones_left_alone(with_sheet, tmp_path):
    async def scene(sheet, site):
        snapshot = await exported(sheet, tmp_path / "gate.json")
        changed = with_value(snapshot, STREAM, BITRATE, "1500")
        changed = with_value(changed, NETWORK, "ipAddress", "127.31.4.77")
        changed = with_value(changed, STREAM, "channelName", "Not chosen")
        write_file(tmp_path / "wanted.json", changed)
        await compared_with(sheet, tmp_path / "wanted.json")
        assert sheet.differences.total >= 3
        assert not sheet.write.isEnabled()
        for words in ("highest bitrate 1500", "127.31.4.77"):
            sheet.search.setText(words)
            assert sheet.differences.rowCount() >= 1, words
            sheet.all.click()
        assert "2 chosen" in sheet.state.text() or "3 chosen" in sheet.state.text()
        sheet.write.click()
        await idle(sheet)
        lines = [sheet.lines.item(n).text() for n in range(sheet.lines.count())]
        assert any("2048 kbps → 1500 kbps" in line for line in lines), lines
        assert any("Left alone" in line and "unreachable" in line for line in lines), lines
        assert sheet.write.text() == "Write 1 setting to Gate"
        assert await site.history.page(5) == ()
        sheet.write.click()
        await idle(sheet)
        assert sheet.banner.text.text() == "1 kept"
        assert sheet.banner.frame.property("role") == "ok"
        (entry,) = await site.history.page(5)
        assert entry.origin is Origin.RESTORE
        document = await sheet.sides.all[0].session.offer(SettingsTree).load(STREAM)
        assert document.text(BITRATE) == "1500"
        assert document.text("channelName") != "Not chosen"

    with_sheet(scene)


def test_a_camera_that_ignores_what_is_restored_is_caught(with_sheet, tmp_path):
    async def scene(sheet, _):
        snapshot = await exported(sheet, tmp_path / "gate.json")
        write_file(tmp_path / "wanted.json", with_value(snapshot, STREAM, BITRATE, "1500"))
        await compared_with(sheet, tmp_path / "wanted.json")
        sheet.all.click()
        sheet.write.click()
        await idle(sheet)
        sheet.write.click()
        await idle(sheet)
        assert "ignored" in sheet.banner.text.text()
        assert sheet.banner.frame.property("role") == "error"

    with_sheet(scene, "ignores_field=vbrUpperCap")


def test_two_cameras_and_two_files_compare(with_sheet, tmp_path):
    async def scene(sheet, _):
        sheet.compare.click()
        await idle(sheet)
        assert sheet.differences.total > 0
        assert sheet.differences.headerData(1, Qt.Orientation.Horizontal) == "Gate"
        snapshot = await exported(sheet, tmp_path / "a.json")
        write_file(tmp_path / "b.json", with_value(snapshot, STREAM, BITRATE, "1500"))
        sheet.add_file(tmp_path / "a.json")
        sheet.sides.one.setCurrentIndex(2)
        await compared_with(sheet, tmp_path / "b.json")
        assert sheet.differences.total == 1
        sheet.all.click()
        assert not sheet.write.isEnabled()
        assert "Only a camera" in sheet.write.toolTip()

    with_sheet(scene)


def test_reading_can_be_stopped_and_leaves_no_file(with_sheet, tmp_path):
    async def scene(sheet, _):
        sheet.export_to(tmp_path / "gate.json")
        await until(lambda: sheet.progress.isVisible())
        sheet.progress.cancel.click()
        await idle(sheet)
        assert not list(tmp_path.glob("*.json"))
        assert sheet.progress.isHidden()
        assert sheet.export.isEnabled()

    with_sheet(scene, "slow=0.3")


def test_a_file_that_is_none_of_ours_says_so(with_sheet, tmp_path):
    async def scene(sheet, _):
        (tmp_path / "bad.json").write_text('{"kind": "something"}')
        await compared_with(sheet, tmp_path / "bad.json")
        assert "no file of settings" in sheet.banner.text.text()
        sheet.export_to(tmp_path / "no such folder" / "x.json")
        await idle(sheet)
        assert "cannot be written" in sheet.banner.text.text()

    with_sheet(scene)


def test_what_the_right_side_lacks_cannot_be_chosen(qapp):
    def row(path, one, other):
        return Difference("/r", "Page", path, path.title(), (), Kind.TEXT, "rw", one, other)

    model = Differences()
    model.show_differences(
        [row("a", "1", "2"), row("b", "1", None), row("c", "", "x"), row("d", None, "2")], "Left", "Right"
    )
    model.choose_shown(True)
    assert model.chosen == {("/r", "a"), ("/r", "c"), ("/r", "d")}, "what the left one lacks may come with the rest"
    assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    assert model.data(model.index(1, 2)) == "(not there)"
    assert model.data(model.index(2, 1)) == "(empty)"
    model.filter("c x")
    assert model.rowCount() == 1
    model.setData(model.index(0, 0), Qt.CheckState.Unchecked.value, CHECK)
    assert model.chosen == {("/r", "a"), ("/r", "d")}


def test_what_was_compared_is_gone_with_the_choice(with_sheet, tmp_path):
    """What stands in the table is written to the camera at the left: both must be of the same pair."""

    async def scene(sheet: CompareSheet, _site: object) -> None:
        sheet.start_comparing()
        assert not sheet.sides.one.isEnabled()
        await idle(sheet)
        assert sheet.stack.currentWidget() is sheet.table
        assert sheet.write.isVisibleTo(sheet)
        sheet.sides.one.setCurrentIndex(1)
        assert sheet.stack.currentWidget() is sheet.hint
        assert not sheet.write.isVisibleTo(sheet)
        assert sheet.differences.total == 0
        broken = tmp_path / "broken.json"
        broken.write_text("no settings")
        sheet.sides.one.setCurrentIndex(0)
        sheet.sides.other.setCurrentIndex(1)
        sheet.start_comparing()
        await idle(sheet)
        assert sheet.differences.total
        sheet.add_file(broken)
        sheet.start_comparing()
        await idle(sheet)
        assert sheet.banner.isVisibleTo(sheet)
        assert sheet.stack.currentWidget() is sheet.hint, "a comparison that failed left the one before"

    with_sheet(scene)


CODEC, PROFILE, RATE = (f"Video/{name}" for name in ("videoCodecType", "H264Profile", "maxFrameRate"))
SIZE = ("Video/videoResolutionWidth", "Video/videoResolutionHeight")


def test_one_camera_gets_from_another_what_goes_only_together(with_sheet):
    """Codec, profile, size and rate: alone each of the last three would be refused. Told in words, and proved."""

    async def scene(sheet, site):
        gate, dock = (side.session.offer(SettingsTree) for side in sheet.sides.all)
        for settings, texts in (
            (gate, {CODEC: "H.265", "Video/videoResolution": "2560x1440", RATE: "2000"}),
            (dock, {PROFILE: "High", "Video/videoResolution": "1280x720", RATE: "5000"}),
        ):
            document = await settings.load(STREAM)
            for path, text in texts.items():
                document.set_text(path, text)
            await settings.apply(document, document.changes())
        sheet.compare.click()
        await idle(sheet)
        wanted = {(STREAM, path) for path in (CODEC, PROFILE, RATE, *SIZE)}
        for row in range(sheet.differences.rowCount()):
            index = sheet.differences.index(row, 0)
            if tuple(str(index.data(Qt.ItemDataRole.ToolTipRole)).split("\n")) in wanted:
                sheet.differences.setData(index, Qt.CheckState.Checked.value, CHECK)
        assert sheet.differences.chosen == wanted
        sheet.write.click()
        await idle(sheet)
        lines = [sheet.lines.item(n).text() for n in range(sheet.lines.count())]
        assert "Main stream › Frame rate: 20 fps → 50 fps" in lines
        assert "Main stream › H.264 profile: – → High" in lines
        sheet.write.click()
        await idle(sheet)
        lines = [sheet.lines.item(n).text() for n in range(sheet.lines.count())]
        assert "Main stream › H.264 profile: – → High, kept." in lines, lines
        assert sum("kept." in line for line in lines) == 5, lines
        after = await gate.load(STREAM)
        assert [after.text(path) for path in (CODEC, PROFILE, RATE)] == ["H.264", "High", "5000"]
        assert (await site.history.page(1))[0].origin is Origin.RESTORE

    with_sheet(scene, "forgets_hidden")


def test_writing_back_to_a_busy_camera_can_be_stopped(with_sheet, tmp_path):
    async def scene(sheet, site):
        snapshot = await exported(sheet, tmp_path / "gate.json")
        write_file(tmp_path / "wanted.json", with_value(snapshot, STREAM, BITRATE, "1500"))
        await compared_with(sheet, tmp_path / "wanted.json")
        sheet.all.click()
        sheet.write.click()
        await idle(sheet)
        sheet.write.click()
        await until(lambda: sheet.progress.text.text() == "Gate is busy, trying again")
        sheet.progress.cancel.click()
        await idle(sheet)
        assert "The tries were stopped." in sheet.lines.item(0).text()
        (entry,) = await site.history.page(5)
        assert entry.state is ChangeState.FAILED

    with_sheet(scene, "busy_writes=1000000")


def test_values_are_compared_and_found_in_words(qapp):
    page = "/ISAPI/Streaming/channels/101"

    def row(path, kind, one, other):
        return Difference(page, "Main stream", f"Video/{path}", path, (), kind, "rw", one, other, "isapi")

    model = Differences()
    rate = row("maxFrameRate", Kind.FPS100, "2500", "1250")
    model.show_differences([rate, row("videoQualityControlType", Kind.OPTION, "CBR", "VBR")], "Left", "Right")
    shown = [[model.data(model.index(at, column)) for column in (1, 2)] for at in range(2)]
    assert shown == [["25 fps", "12.5 fps"], ["Constant bitrate", "Variable bitrate"]]
    for words in ("12.5 fps", "variable", "VBR"):
        model.filter(words)
        assert model.rowCount() == 1, words
