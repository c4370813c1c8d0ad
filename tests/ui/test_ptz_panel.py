"""The panel beside the picture, with the simulated dome behind it: what is stored, edited and kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from ptz_stage import Stage, dome, stage, until
from PySide6.QtCore import Qt, QTime
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from app.model.ptz import KeyPoint, PtzCapabilities, PtzPosition, PtzScale, Range
from app.model.ptz_plans import Errand, TimeTask
from app.site.site import Site
from ui.ptz.places import PlacesSection
from ui.theme import Mode

pytestmark = pytest.mark.gui


def test_a_patrol_is_put_together_saved_and_run(run, theme, tmp_path):
    async def play(set_up, rig):
        patrols = set_up.part.panel.patrols
        await until(lambda: patrols.patrols.count() == 8)
        assert not patrols.run.isEnabled()  # an empty patrol is none
        patrols.header.click()
        for _ in range(3):
            patrols.put()
        patrols.table.cellWidget(1, 0).setCurrentIndex(1)
        patrols.table.cellWidget(1, 1).setValue(12)
        patrols.table.cellWidget(2, 2).setValue(0.5)
        patrols.table.setCurrentCell(2, 0)
        patrols.move_stop(-1)
        patrols.table.setCurrentCell(0, 0)
        patrols.take_out()
        assert patrols.points == [KeyPoint("1", 0.5, 30), KeyPoint("2", 5.0, 12)]
        patrols.save.click()
        await until(lambda: rig.head.routes["1"].points == [("1", 0.5, 30), ("2", 5.0, 12)])
        await until(lambda: patrols.run.isEnabled() and not patrols.save.isEnabled())
        patrols.run.click()
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        set_up.part.panel.stop.click()
        await until(lambda: rig.head.running == "" and not rig.head.moving)

    stage(run, theme, tmp_path, play)


def test_what_it_does_by_itself(run, theme, tmp_path):
    async def play(set_up, rig):
        panel, told = set_up.part.panel, rig.resources.plans
        await until(lambda: panel.memory is not None)
        panel.park.header.click()
        await until(lambda: panel.park.idle.value() == 60)  # as the camera has it
        panel.park.enabled.setChecked(True)
        panel.park.action.setCurrentIndex(panel.park.action.findData(Errand.PRESET))
        panel.park.which.setValue(2)
        panel.park.save.click()
        await until(lambda: told.park["enabled"] == "true")
        assert (told.park["ActionType"], told.park["ActionNum"]) == ("preset", "2")
        panel.memory.choice.setCurrentIndex(panel.memory.choice.findData(60))
        panel.memory.choice.activated.emit(2)
        await until(lambda: told.memory == "60sec")
        panel.overlay.header.click()
        direction = panel.overlay.choices["direction"]
        await until(lambda: direction.currentText() == "For 2 s after a move")
        direction.setCurrentIndex(direction.findText("Always"))
        direction.activated.emit(direction.currentIndex())
        await until(lambda: told.shown == {"zoomlable": "2sec", "azimuth": "alwaysopen", "presetlable": "2sec"})

    stage(run, theme, tmp_path, play)


def test_a_week_of_tasks(run, theme, tmp_path):
    async def play(set_up, rig):
        panel, told = set_up.part.panel, rig.resources.plans
        await until(lambda: panel.tasks is not None)
        tasks = panel.tasks
        tasks.header.click()
        await until(lambda: tasks.idle.value() == 300)
        assert not tasks.save.isEnabled()
        tasks.put()
        begin, end, action, which = (tasks.table.cellWidget(0, column) for column in range(4))
        end.setTime(QTime(18, 30))
        begin.setTime(QTime(8, 0))
        action.setCurrentIndex(action.findData(Errand.PATROL))
        which.setValue(3)
        tasks.put()
        tasks.table.cellWidget(1, 0).setTime(QTime(9, 0))  # into the other one
        assert "begins at 09:00" in tasks.problem.text()
        assert not tasks.save.isEnabled()
        tasks.take_out()
        assert tasks.week.tasks == (TimeTask(1, 480, 1110, Errand.PATROL, 3),)
        tasks.copy_to_all()
        tasks.enabled.click()
        tasks.save.click()
        await until(lambda: told.week["enabled"] == "true")
        assert all(told.days[day] == [("08:00:00", "18:30:00", "patrol", "3")] for day in told.days)
        await until(lambda: not tasks.save.isEnabled())

    stage(run, theme, tmp_path, play)


def test_edges_are_marked_one_after_the_other(run, theme, tmp_path):
    async def play(set_up, rig):
        await until(lambda: set_up.part.panel.limits is not None)
        limits = set_up.part.panel.limits
        limits.header.click()
        await until(lambda: limits.limits.count() == 2)
        limits.begin.click()
        await until(lambda: rig.resources.plans.limits["1"])
        for word, place in (("left", (350, 0, 1)), ("right", (20, 0, 1)), ("upper", (0, -5, 1)), ("lower", (0, 5, 1))):
            assert f"to the {word} edge" in limits.guide.text()
            rig.head.go(place)
            await until(lambda place=place: rig.head.place == place)
            heard = len(rig.resources.heard)
            limits.mark.click()
            await until(lambda heard=heard: any("/set" in each for each in rig.resources.heard[heard:]))
        assert rig.head.fence == (350, 20, -5, 5)
        await until(lambda: limits.enabled.isChecked())
        assert not limits.mark.isEnabled()
        limits.clear.click()
        await until(lambda: rig.head.fence is None and not limits.enabled.isChecked())

    stage(run, theme, tmp_path, play)


def test_numbers_home_and_where_it_looks(run, theme, tmp_path):
    async def play(set_up, rig):
        places = set_up.part.panel.places
        await until(lambda: "54.0° wide" in places.where.text())
        for axis, value in (("pan", 12.5), ("tilt", 3.0), ("zoom", 2.0)):
            places.numbers[axis].setValue(value)
        places.go.click()
        await until(lambda: rig.head.place == (12.5, 3.0, 2.0))
        await until(lambda: "Pan 12.5°" in places.where.text() and "27.0° wide" in places.where.text())
        places.numbers["pan"].setValue(0)
        places.take.click()
        assert places.numbers["pan"].value() == 12.5

    stage(run, theme, tmp_path, play)


def test_places_are_in_what_the_camera_counts(qtbot, theme):
    def places(scale: PtzScale, *limits: Range) -> PlacesSection:
        pan, tilt, zoom = limits
        section = PlacesSection(
            PtzCapabilities(pan_tilt=True, scale=scale, absolute_pan=pan, absolute_tilt=tilt, absolute_zoom=zoom)
        )
        qtbot.addWidget(section)
        return section

    shares = places(PtzScale.SHARES, Range(-1, 1), Range(-1, 1), Range(0, 1))
    wanted: list[PtzPosition] = []
    shares.done.connect(lambda work, _: work(OnePtz(wanted)))
    shares.numbers["pan"].setValue(-0.35)
    shares.numbers["zoom"].stepUp()
    assert {axis: box.text() for axis, box in shares.numbers.items()} == {
        "pan": "-0.35", "tilt": "0.00", "zoom": "0.05",
    }  # fmt: skip
    assert shares.numbers["pan"].toolTip() == "-1 to 1"
    shares.go.click()
    assert wanted == [PtzPosition(-0.35, 0, 0.05)]
    degrees = places(PtzScale.DEGREES, Range(0, 360), Range(-15, 90), Range(1, 25))
    assert [box.text() for box in degrees.numbers.values()] == ["0.0°", "0.0°", "1.0×"]


class OnePtz:
    """Notes where it is sent."""

    def __init__(self, wanted: list[PtzPosition]) -> None:
        self._wanted = wanted

    def absolute(self, position: PtzPosition) -> None:
        self._wanted.append(position)


def test_pictures_of_presets_last(run, theme, tmp_path):
    """Set in one window, seen in the next; gone with the preset."""

    async def playing():
        site = await Site.open(Path(tmp_path) / "s.camwright")
        async with dome() as rig:
            for again in (False, True):
                set_up = Stage(rig, theme, tmp_path, site)
                await set_up.open()
                try:
                    await shown(set_up, rig, again)
                finally:
                    await set_up.close()
        await site.close()

    async def shown(set_up, rig, again):
        rows = set_up.part.panel.presets
        if not again:
            assert rows.list.item(4).icon().isNull()
            red = QImage(320, 180, QImage.Format.Format_RGB32)
            red.fill(QColor("red"))
            set_up.page.view.set_still(red)
            await until(lambda: not set_up.page.view.image.isNull())
            rows.list.setCurrentRow(4)
            rows.preset_set.emit("5", "Red")
        await until(lambda: not rows.list.item(4).icon().isNull())
        if again:
            rows.preset_deleted.emit("5")
            await until(lambda: rows.list.item(4).icon().isNull())
            assert not rig.head.presets["5"].is_set
            assert "5" not in set_up.part._pictures.images

    run(playing())


def test_presets_can_be_read_in_the_dark(run, theme, tmp_path):
    """Light, then dark, with the same list on the screen."""

    def shades(view, row):
        picture = view.grab().toImage()
        place = view.visualItemRect(view.item(row))
        line = (picture.pixelColor(x, y) for x in range(place.left(), 90) for y in range(place.top(), place.bottom()))
        return {each.lightness() for each in line}

    async def play(set_up, rig):
        del rig
        rows = set_up.part.panel.presets.list
        for mode in (Mode.LIGHT, Mode.DARK):
            theme.use(mode)
            await until(lambda: all(max(shades(rows, row)) - min(shades(rows, row)) > 90 for row in (1, 2)))

    stage(run, theme, tmp_path, play)


def test_stop_stays_in_sight_however_far_the_panel_is_scrolled(run, theme, tmp_path):
    async def play(set_up, rig):
        panel = set_up.part.panel
        await until(lambda: panel.memory is not None)
        bar = panel.findChild(QScrollArea).verticalScrollBar()
        await until(lambda: bar.maximum() > 100)
        bar.setValue(bar.maximum())
        assert panel.rect().contains(panel.stop.geometry())
        assert not panel.stop.visibleRegion().isEmpty()
        rig.head.move(1, 0, 0)
        await until(lambda: rig.head.moving)
        QTest.mouseClick(panel.stop, Qt.MouseButton.LeftButton)
        await until(lambda: not rig.head.moving)

    stage(run, theme, tmp_path, play)


def test_a_click_in_the_panel_leaves_the_arrows_to_the_picture(run, theme, tmp_path):
    async def play(set_up, rig):
        del rig
        await asyncio.sleep(0)
        for made in (set_up.part.panel.stop, set_up.part.panel.patrols.run):
            made.click()
            assert set_up.page.view.hasFocus()

    stage(run, theme, tmp_path, play)


def test_everything_is_in_the_palette(run, theme, tmp_path):
    async def play(set_up, rig):
        def entry(title):
            return next(each for each in set_up.page.palette_entries() if each.title == title)

        entry("Go to preset 2 Ramp").run()
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        entry("Go to the home position").run()
        await until(lambda: rig.head.place == (0.0, 0.0, 1.0))
        entry("Leave the camera where it is").run()
        assert not set_up.part.overlay.is_on
        entry("Move the camera").run()
        assert set_up.part.overlay.is_on
        rig.head.move(1, 0, 0)  # by somebody else
        await until(lambda: rig.head.moving)
        entry("Stop the camera").run()
        await until(lambda: not rig.head.moving)

    stage(run, theme, tmp_path, play)
