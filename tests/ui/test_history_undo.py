"""Undo on the history page over simulated cameras: what is said of it, and what the camera then holds."""

from __future__ import annotations

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from simulated import sessions, site_file

from app.families.base import SettingsTree
from app.site.journal import journalled
from ui.pages.history import HistoryPage

pytestmark = pytest.mark.gui
STREAM, FTP = "/ISAPI/Streaming/channels/101", "/ISAPI/System/Network/ftp/1"
LINES, LINE = "/ISAPI/Smart/LineDetection/1", "LineItemList/LineItem"
CODEC, PROFILE, LENGTH = "Video/videoCodecType", "Video/H264Profile", "Video/GovLength"
DEPTH, RULE = "uploadPath/pathDepth", "uploadPath/topDirNameRule"


class Rig:
    def __init__(self, page: HistoryPage, settings: SettingsTree) -> None:
        self.page, self.settings = page, settings

    async def write(self, resource: str, **texts: str) -> None:
        document = await self.settings.load(resource)
        for path, text in texts.items():
            document.set_text(path, text)
        rows = self.page.table.rowCount()
        await self.settings.apply(document, document.changes())
        await until(lambda: self.page.table.rowCount() == rows + 1)

    async def undo(self, number: int) -> str:
        """What the page says of it in the end, or once a person has to decide."""
        page, button = self.page, self.page.detail.undo
        page.list.choose(page.table.row_of(number))
        await until(lambda: f"Change {number} " in page.detail.who.text() and button.isEnabled())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        ends = ("Set back.", "Nothing", " is not as it was ")
        await until(lambda: page.sheet is not None or any(end in page.detail.banner.text() for end in ends))
        return page.detail.banner.text()


@pytest.fixture
def play(qtbot, run, context, tmp_path):  # noqa: F811
    def playing(scene, *quirks: str) -> None:
        async def body() -> None:
            async with site_file(tmp_path / "undo.site") as site, sessions("127.84.60.1", *quirks) as (bare,):
                session = journalled(bare, site)
                page = HistoryPage(session, context, "Gate")
                qtbot.addWidget(page)
                page.resize(1000, 680)
                page.show()
                qtbot.waitExposed(page)
                page.activated()
                try:
                    await scene(Rig(page, session.offer(SettingsTree)))
                finally:
                    page.close_page()
                    await page.scope.close()
                    await page.finish()

        run(body())

    return playing


def labels(widget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel)}


def test_a_codec_goes_back_with_its_profile_and_nothing_is_called_a_failure(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.write(STREAM, **{PROFILE: "High"})
        await rig.write(STREAM, **{CODEC: "H.265"})
        assert await rig.undo(2) == "Set back. Gate holds the earlier values."
        now = await rig.settings.load(STREAM)
        assert (now.text(CODEC), now.text(PROFILE)) == ("H.264", "High")

    play(scene, "forgets_hidden")


def test_what_stays_without_effect_is_told(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.write(FTP, **{DEPTH: "1", RULE: "devId"})
        said = await rig.undo(1)
        assert said.startswith("Set back. Gate holds the earlier values. “")
        assert "came with the change and is there still, without effect." in said

    play(scene, f"lacks_field={RULE}")


def test_what_is_in_the_way_and_what_was_ignored_is_said(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.write(STREAM, **{PROFILE: "High"})
        await rig.write(STREAM, **{CODEC: "H.265"})
        said = await rig.undo(1)
        assert said == "Nothing can be set back on Gate. H.264 profile: Only while “Codec” is H.264."
        await rig.write(STREAM, **{LENGTH: "41"})
        assert await rig.undo(3) == "Nothing to set back: Gate holds the earlier values already."

    play(scene, f"ignores_field={LENGTH}")


def test_another_order_is_told_by_names_and_three_sides_in_the_words_of_the_form(play) -> None:
    async def scene(rig: Rig) -> None:
        page = rig.page
        await rig.write(LINES, **{f"{LINE}[]": "1 +1"})
        await rig.write(LINES, **{f"{LINE}[]": "2 1"})
        page.list.choose(page.table.row_of(2))
        await until(lambda: "Line 2 before Line 1" in labels(page.detail))
        await rig.write(STREAM, **{CODEC: "H.265"})
        await rig.write(STREAM, **{"Video/videoQualityControlType": "CBR"})
        await rig.write(STREAM, **{"Video/videoQualityControlType": "VBR", "Video/vbrUpperCap": "1500"})
        await rig.write(STREAM, **{"Video/vbrUpperCap": "1000"})
        await rig.undo(5)
        assert page.sheet is not None
        assert {"2048 kbps", "1500 kbps", "1000 kbps", "Variable bitrate", "Constant bitrate"} <= labels(page.sheet)
        page.sheet.dismiss()
        await until(lambda: page.sheet is None)
        await rig.undo(2)
        assert "Set back" in page.detail.banner.text()
        assert len((await rig.settings.load(LINES)).list_at(f"{LINE}[]").members) == 2

    play(scene)
