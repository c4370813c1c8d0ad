"""The Regions page on a simulated camera in this process: real sockets, a real journal, mouse and keyboard."""

from __future__ import annotations

import asyncio

import pytest
from aio import OneSession, context, gone, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from simulated import PASSWORD, sessions, site_file

from app.errors import ConnectionLost, Forbidden
from app.families.base import Overview, RawSettings, Regions, SettingsTree
from app.model.geometry import Point
from app.model.region import Cells, Direction, Purpose, ShapeKind
from app.regions.proof import Outcome
from app.regions.shaping import moved
from app.site.journal import journalled
from app.site.records import ChangeState
from app.site.site import Site
from ui.pages.regions import RegionsPage
from ui.pages.regions_list import COUNT, EYE, LOCK, NAME

pytestmark = pytest.mark.gui
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Rig:
    """A page in front of its camera."""

    def __init__(self, page: RegionsPage, site: Site) -> None:
        self.page, self.site = page, site
        self.canvas, self.desk, self.bar, self.list = page.canvas, page.desk, page.bar, page.list

    async def ready(self, *layers: str) -> None:
        await until(lambda: all(self.page.edits.layer(each) is not None for each in layers))
        await until(lambda: not self.page.list._later.isActive())

    def item(self, layer: str, row: int | None = None):
        top = self.list._items[layer]
        return top if row is None else top.child(row)

    def click_row(self, layer: str, row: int | None = None, column: int = NAME) -> None:
        item = self.item(layer, row)
        self.list.scrollToItem(item)
        place = self.list.visualItemRect(item)
        x = self.list.columnViewportPosition(column) + (place.left() + 10 if column == NAME else 8)
        at = QPoint(x, place.center().y())
        QTest.mouseClick(self.list.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.canvas, key, modifier)

    def place(self, x: float, y: float) -> QPoint:
        return self.canvas.scale.pixel(Point(x, y)).toPoint()

    def draw(self, *corners: tuple[float, float]) -> None:
        """With the mouse, Enter at the end."""
        self.key(Key.Key_P)
        for corner in corners:
            QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, CTRL, self.place(*corner))
        self.key(Key.Key_Return)

    def click(self, button: QPushButton) -> None:
        assert button.isVisible(), button.text()
        assert button.isEnabled(), button.text()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def applied(self) -> None:
        await until(lambda: not self.page.writer.active)

    async def held(self, layer: str):
        """What the camera holds, asked anew."""
        return await self.page.regions.load(layer)


@pytest.fixture
def drive(run, qtbot, context, tmp_path):  # noqa: F811
    """Runs `scene(rig)` on a camera of its own and closes everything."""

    async def work(scene, model, quirks) -> None:
        async with (
            site_file(tmp_path / "regions.site") as site,
            sessions("127.65.2.1", *quirks, model=model) as (bare,),
        ):
            page = RegionsPage(OneSession(dict(journalled(bare, site).interfaces())), context, "Dock 2")
            page.resize(1000, 620)
            page.show()
            qtbot.waitExposed(page)
            page.activated()
            try:
                async with asyncio.timeout(60):
                    await scene(Rig(page, site))
            finally:
                page.deactivated()
                page.close_page()
                await until(lambda: not page.scope.active)
                await page.finish()
                await gone(page)

    def go(scene, model="CW-D4M", quirks=()) -> None:
        run(work(scene, model, quirks))

    return go


def test_only_a_session_with_regions_that_can_be_written_has_the_page():
    assert not RegionsPage.available(OneSession({Overview: object(), Regions: object()}))


def test_layers_are_listed_with_their_counts_and_the_first_is_in_hand(drive):
    async def scene(rig):
        await rig.ready("motion-1", "line-1", "intrusion-1", "privacy-1")
        await until(lambda: rig.item("intrusion-1").text(COUNT) == "1 of 4, off")
        assert rig.item("motion-1").text(COUNT) == ""  # one grid is not counted
        assert rig.item("privacy-1", 0).text(NAME) == "Neighbour"
        assert rig.desk.layer_id == "motion-1"
        assert "22 by 18 cells" in rig.page.said.text()
        assert rig.bar.isHidden()

    drive(scene)


def test_an_intrusion_field_is_drawn_applied_read_back_and_undone(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        before = await rig.held("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))
        assert rig.bar.text.text() == "1 change on Dock 2"
        assert rig.page.pending_changes() == 1
        await until(lambda: rig.item("intrusion-1").text(COUNT).startswith("2 of 4"))
        rig.key(Key.Key_Return, CTRL)
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert rig.bar.text.text() == "1 kept on the camera's own grid"
        assert rig.desk.stack.isClean()
        after = await rig.held("intrusion-1")
        assert after.regions[0] == before.regions[0]
        drawn = after.regions[1].shape.points
        assert [v for p in drawn for v in (p.x, p.y)] == pytest.approx([0.6, 0.3, 0.9, 0.3, 0.9, 0.7], abs=0.01)
        assert rig.canvas.outcomes.get("intrusion-1", rig.desk.sheet.keys[1]).outcome in (Outcome.KEPT, Outcome.ROUNDED)
        rig.key(Key.Key_Z, CTRL)
        assert rig.page.edits.count == 1
        rig.key(Key.Key_Return, CTRL)
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert (await rig.held("intrusion-1")).regions == before.regions
        kept = await rig.site.history.page()
        assert [each.state for each in kept] == [ChangeState.DONE, ChangeState.DONE]

    drive(scene)


def test_the_review_shows_what_changes_and_the_raw_request(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))
        rig.click(rig.bar.review)
        said = {label.text() for label in rig.page.sheet.findChildren(QLabel)}
        assert {"Intrusion", "Region 2", "new"} <= said
        (fold,) = (each for each in rig.page.sheet.findChildren(QPushButton) if each.text() == "Show raw request")
        rig.click(fold)
        request = rig.page.sheet.findChild(QPlainTextEdit).toPlainText()
        assert request.startswith("PUT http://")
        assert "<id>2</id>" in request
        assert PASSWORD not in request
        QTest.keyClick(rig.page.sheet, Key.Key_Escape)
        assert rig.page.sheet is None
        rig.click(rig.bar.discard)
        assert rig.page.edits.count == 0
        rig.key(Key.Key_Z, CTRL)
        assert rig.page.edits.count == 1

    drive(scene)


def test_properties_are_a_form_and_are_undone_with_the_shapes(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1", 0)
        await until(lambda: rig.page.form.row("sensitivityLevel") is not None)
        editor = rig.page.form.row("sensitivityLevel").editor
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, "999")
        assert "Sensitivity" in rig.bar.text.text()
        assert not rig.bar.apply.isEnabled()
        editor.selectAll()
        QTest.keyClicks(editor, "73")
        assert rig.bar.apply.isEnabled()
        assert rig.desk.stack.count() == 1  # typing on is one step
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert (await rig.held("intrusion-1")).regions[0].value("sensitivityLevel") == "73"
        rig.key(Key.Key_Z, CTRL)
        assert rig.page.form.document.text("sensitivityLevel") == "50"

    drive(scene)


def test_a_line_is_turned_in_its_form_and_the_corners_typed_in_the_table(drive):
    async def scene(rig):
        await rig.ready("line-1")
        rig.click_row("line-1", 0)
        box = rig.page.form.row("@direction").editor
        box.setFocus()
        QTest.keyClick(box, Key.Key_Down)
        assert rig.desk.single.region.shape.direction is Direction.A_TO_B
        table = rig.page.points
        table.setFocus()
        table.setCurrentIndex(table.points.index(1, 0))
        assert rig.desk.vertex == 1
        QTest.keyClick(table, Key.Key_Return)
        line = QApplication.focusWidget()
        assert line is not table
        line.selectAll()
        QTest.keyClicks(line, "66,5")
        QTest.keyClick(line, Key.Key_Return)
        await until(lambda: rig.desk.single.region.shape.points[1].x == pytest.approx(0.665))
        assert not table.points.setData(table.points.index(1, 0), "120")
        assert "outside the picture" in rig.page.said.text()
        assert not table.points.setData(table.points.index(1, 0), "far")
        spoken = table.points.data(table.points.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == "Corner 2, 66.50 percent across"

    drive(scene)


def test_a_detection_that_the_camera_switches_off_besides_is_named_and_read_again(drive):
    async def scene(rig):
        await rig.ready("motion-1", "line-1")
        assert rig.page.edits.layer("motion-1").armed.is_on
        rig.click_row("line-1")
        rig.click(rig.page.strip.armed)
        rig.click(rig.bar.apply)
        await rig.applied()
        assert rig.bar.text.text() == (
            "1 kept. Changed by the camera on other pages: Motion detection: Motion detection on."
        )
        assert rig.bar.text.property("role") == "warn"
        await until(lambda: not rig.page.edits.layer("motion-1").armed.is_on)

    drive(scene, quirks=("moves_others=functions",))


def test_the_detection_is_switched_with_the_next_apply(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.click(rig.page.strip.armed)
        assert rig.bar.text.text() == "1 change on Dock 2"
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert (await rig.held("intrusion-1")).armed.is_on
        await until(lambda: rig.item("intrusion-1").text(COUNT) == "1 of 4")

    drive(scene)


def test_cells_are_painted_and_the_grid_alone_is_written(drive):
    async def scene(rig):
        await rig.ready("motion-1")
        rig.click_row("motion-1")
        assert rig.desk.single is not None
        rig.key(Key.Key_G)
        QTest.mousePress(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.place(0.02, 0.03))
        QTest.mouseRelease(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.place(0.02, 0.03))
        assert (0, 0) in rig.desk.single.region.shape.on
        wanted = rig.desk.single.region.shape
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        held = (await rig.held("motion-1")).regions[0].shape
        assert isinstance(held, Cells)
        assert held == wanted

    drive(scene)


def test_a_camera_that_rounds_and_drops_is_caught_region_by_region(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.61, 0.31), (0.9, 0.3), (0.9, 0.7))
        rig.draw((0.2, 0.1), (0.4, 0.1), (0.3, 0.3))
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert "1 dropped by the camera" in rig.bar.text.text()
        outcomes = {proof.outcome for proof in rig.canvas.outcomes.of("intrusion-1")}
        assert {Outcome.ADJUSTED, Outcome.DROPPED} <= outcomes
        assert rig.bar.problem.isVisible()  # leads to what can still be seen
        rig.click(rig.bar.problem)
        assert rig.desk.single is not None

    drive(scene, quirks=("rounds_regions=22", "drops_over_limit=2"))


def test_channels_of_a_recorder_have_their_own_picture_and_regions(drive):
    async def scene(rig):
        await rig.ready("line-1", "line-2")
        rig.click_row("line-2")
        assert {layer.info.channel for layer in rig.desk.visible_layers()} == {2}
        streams = [rig.page.picture.box.itemData(n) for n in range(rig.page.picture.box.count())]
        assert streams
        assert all(each in ("snapshot",) or each.startswith("2") for each in streams)
        assert rig.item("line-2").text(NAME) == "2 · Line crossing"
        assert rig.item("line-2").data(NAME, Qt.ItemDataRole.AccessibleTextRole) == "Line crossing, channel 2"

    drive(scene, model="CW-N8R")


def test_points_lines_and_areas_of_one_layer_each_have_their_tool(drive):
    async def scene(rig):
        await rig.ready("thermal-2")
        rig.page.show_layer("thermal-2")
        rig.key(Key.Key_T)
        QTest.mouseClick(rig.canvas, Qt.MouseButton.LeftButton, CTRL, rig.place(0.3, 0.3))
        assert rig.desk.single.region.shape.kind is ShapeKind.SPOT
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        held = (await rig.held("thermal-2")).regions[-1]
        assert held.shape.kind is ShapeKind.SPOT
        assert (held.shape.at.x, held.shape.at.y) == (pytest.approx(0.3, abs=0.01), pytest.approx(0.3, abs=0.01))

    drive(scene, model="CW-H2T")


def test_a_camera_that_drops_regions_is_caught(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))
        real = rig.page.regions.load

        async def forgetful(layer):
            """Takes the write and shows nothing of it."""
            found = await real(layer)
            return type(found)(**{**{n: getattr(found, n) for n in found.__slots__}, "regions": found.regions[:1]})

        rig.page.regions.load = forgetful
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert "1 dropped by the camera" in rig.bar.text.text()
        (outcome,) = rig.canvas.outcomes.of("intrusion-1")
        assert outcome.outcome is Outcome.DROPPED
        assert outcome.reason == "The camera does not hold it."

    drive(scene)


def test_a_write_that_fails_keeps_what_was_drawn(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))

        async def lost(document, body):
            raise ConnectionLost("Dock 2 closed the connection.", hint="Try again.")

        rig.page.session.offers[RawSettings].apply_raw = lost
        rig.page.apply()
        await rig.applied()
        assert "Intrusion was not changed. Dock 2 closed the connection." in rig.bar.text.text()
        assert rig.page.edits.count == 1
        assert not rig.desk.stack.isClean()

    drive(scene)


def test_eye_and_lock_in_the_list_and_beside_it(drive):
    async def scene(rig):
        await rig.ready("intrusion-1", "privacy-1")
        rig.click_row("privacy-1", column=EYE)
        assert "privacy-1" in rig.desk.hidden
        rig.click_row("intrusion-1", column=LOCK)
        assert "intrusion-1" in rig.desk.locked
        assert "locked" in rig.desk.hindrance
        rig.click(rig.page.strip.lock)
        assert rig.desk.hindrance == ""
        rig.click(rig.page.strip.eye)
        assert "intrusion-1" in rig.desk.hidden

    drive(scene)


def test_schedule_and_linkage_are_one_click_away(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        asked = []
        rig.page.place_wanted.connect(lambda resource, path: asked.append(resource))
        links = [rig.page.strip.links.itemAt(n).widget() for n in range(rig.page.strip.links.count() - 1)]
        assert [link.text() for link in links] == ["Schedule", "What it triggers"]
        await until(lambda: all(link.isVisible() for link in links))
        for link in links:
            rig.click(link)
        rig.click(rig.page.strip.whole)
        tree = rig.page.session.offer(SettingsTree)
        for resource in asked:
            assert await tree.load(resource)
        assert len(set(asked)) == 3

    drive(scene)


def test_a_region_set_elsewhere_is_read_again_and_unsent_drawings_stay(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))
        layer = await rig.held("intrusion-1")
        other = layer.regions[0].with_value("sensitivityLevel", "21")
        for each in rig.page.regions.edits(layer, (other,)):
            await rig.page.session.offer(RawSettings).apply_raw(each.document, each.body)
        rig.page.resource_changed(layer.document.resource)
        await until(lambda: rig.desk.sheet.regions[0].value("sensitivityLevel") == "21")
        assert rig.page.edits.count == 1

    drive(scene)


def test_the_picture_plays_a_stream_or_shows_a_snapshot_and_lets_go(drive):
    async def scene(rig):
        picture = rig.page.picture
        await until(lambda: rig.page.view.painted > 2)
        player = picture.player
        assert [picture.box.itemText(n) for n in range(picture.box.count())][-1] == "Snapshot"
        rig.key(Key.Key_Space)
        assert rig.page.view.is_frozen
        picture.box.setCurrentIndex(picture.box.count() - 1)
        picture.box.activated.emit(picture.box.count() - 1)
        await until(lambda: picture.player is None and rig.page.view.image.width() == 1280)
        assert player.status.phase.value == "stopped"
        rig.page.deactivated()
        assert picture.player is None

    drive(scene)


def test_the_palette_leads_to_layers_and_tools(drive):
    async def scene(rig):
        await rig.ready("privacy-1")
        entries = {entry.title: entry for entry in rig.page.palette_entries()}
        entries["Privacy masks"].run()
        assert rig.desk.layer_id == "privacy-1"
        assert rig.desk.layer.info.purpose is Purpose.PRIVACY
        entries["Draw: Rectangle"].run()
        assert rig.canvas.info.id == "rectangle"

    drive(scene)


def test_a_layer_that_the_camera_refuses_is_greyed_with_the_reason(drive, monkeypatch):
    async def scene(rig):
        real = rig.page.regions.load

        async def refuses(layer):
            if layer == "privacy-1":
                raise Forbidden("This account may not see privacy masks.")
            return await real(layer)

        monkeypatch.setattr(rig.page.regions, "load", refuses)
        await rig.ready("text-1")
        await until(lambda: rig.item("privacy-1").isDisabled())
        assert rig.item("privacy-1").toolTip(NAME) == "This account may not see privacy masks."
        rig.click_row("privacy-1")
        assert rig.desk.layer_id != "privacy-1"

    drive(scene)


def test_a_region_that_somebody_else_changed_is_a_conflict_that_a_second_apply_decides(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1", 0)
        rig.key(Key.Key_Right)
        layer = await rig.held("intrusion-1")
        theirs = layer.regions[0].with_shape(moved(layer.regions[0].shape, 0.1, 0.0))
        for each in rig.page.regions.edits(layer, (theirs,)):
            await rig.page.session.offer(RawSettings).apply_raw(each.document, each.body)
        rig.page.apply()
        await rig.applied()
        assert "somebody else has changed it" in rig.bar.text.text()
        assert (await rig.held("intrusion-1")).regions == (theirs,)  # nothing was sent
        mine = rig.desk.sheet.regions[0]
        assert rig.page.edits.held("intrusion-1", rig.desk.sheet.keys[0]) == theirs  # theirs is the old one now
        rig.page.apply()
        await until(lambda: rig.page.edits.count == 0)
        await rig.applied()
        assert (await rig.held("intrusion-1")).regions[0].shape == mine.shape

    drive(scene)


def test_a_screen_reader_reads_the_table_the_list_and_the_picture(drive):
    async def scene(rig):
        await rig.ready("line-1", "privacy-1")
        rig.click_row("line-1", 0)
        table = QAccessible.queryAccessibleInterface(rig.page.points)
        assert table.text(QAccessible.Text.Name) == "Corners of the region"
        said = spoken(table)
        points = rig.desk.single.region.shape.points
        for number, point in enumerate(points, 1):
            assert f"Corner {number}, {point.x * 100:.2f} percent across" in said
            assert f"Corner {number}, {point.y * 100:.2f} percent down" in said
        assert {"Across %", "Down %", "1", "2"} <= set(said)
        before = said
        rig.key(Key.Key_Right)
        assert spoken(table) != before  # follows what is drawn
        assert "Neighbour" in spoken(QAccessible.queryAccessibleInterface(rig.list))
        picture = QAccessible.queryAccessibleInterface(rig.canvas)
        assert "tool: Select" in picture.text(QAccessible.Text.Name)
        assert "region 1 with 2 points" in picture.text(QAccessible.Text.Description)
        for button in rig.page.tools.buttons.values():
            assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)

    drive(scene)


def spoken(table) -> list[str]:
    """Every cell and head, as a screen reader asks for them."""
    parts = (table.child(number) for number in range(table.childCount()))
    return [part.text(QAccessible.Text.Name) for part in parts if part is not None]


@pytest.mark.parametrize("kind", ["live", "snapshot", "frozen"])
def test_a_field_is_drawn_over_live_video_a_snapshot_and_a_frozen_frame(drive, kind):
    async def scene(rig):
        picture = rig.page.picture
        await rig.ready("intrusion-1")
        await until(lambda: rig.page.view.painted > 2)
        if kind == "snapshot":
            picture.box.setCurrentIndex(picture.box.count() - 1)
            picture.box.activated.emit(picture.box.count() - 1)
            await until(lambda: picture.player is None and rig.page.view.image.width() == 1280)
        rig.click_row("intrusion-1")
        if kind == "frozen":
            rig.key(Key.Key_Space)
            assert rig.page.view.is_frozen
        corners = ((0.6, 0.3), (0.9, 0.35), (0.8, 0.7))
        painted = rig.page.view.painted
        rig.draw(*corners)
        if kind == "live":
            await until(lambda: rig.page.view.painted > painted + 2)  # it goes on below
        drawn = rig.desk.sheet.regions[-1].shape.points
        assert [v for p in drawn for v in (p.x, p.y)] == pytest.approx([v for c in corners for v in c], abs=0.004)
        rig.page.resize(800, 640)
        QTest.mouseClick(rig.canvas, Qt.MouseButton.LeftButton, pos=rig.place(0.78, 0.42))
        assert rig.desk.selection == (rig.desk.sheet.keys[-1],)
        assert rig.desk.sheet.regions[-1].shape.points == drawn

    drive(scene)


def test_enter_in_the_list_leads_to_the_picture(drive):
    async def scene(rig):
        await rig.ready("line-1", "intrusion-1")
        rig.list.setFocus()
        rig.list.setCurrentItem(rig.item("motion-1"))
        QTest.keyClick(rig.list, Key.Key_Down)
        assert rig.desk.layer_id != "motion-1"
        QTest.keyClick(rig.list, Key.Key_Return)
        assert rig.canvas.hasFocus()

    drive(scene)


def test_stop_in_the_wait_for_a_busy_camera_keeps_what_was_drawn(drive):
    async def scene(rig):
        await rig.ready("intrusion-1")
        rig.click_row("intrusion-1")
        rig.draw((0.6, 0.3), (0.9, 0.3), (0.9, 0.7))
        rig.key(Key.Key_Return, CTRL)
        await until(lambda: rig.bar.text.text() == "Dock 2 is busy, trying again")
        await until(lambda: rig.bar.cancel.isVisible() and rig.bar.cancel.isEnabled())
        rig.click(rig.bar.cancel)
        await rig.applied()
        await until(lambda: "The tries were stopped. The change is still here." in rig.bar.text.text())
        assert rig.page.edits.count == 1
        assert len((await rig.held("intrusion-1")).regions) == 1

    drive(scene, quirks=("busy_writes=1000000",))
