"""The whole page with a simulated dome: what hands do on the picture and in the panel, the head really does."""

from __future__ import annotations

import pytest
from ptz_stage import stage, until
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QListWidget, QTableWidget

from app.simulator.head import WIDE
from app.simulator.isapi.answers import Refusal
from ui.ptz.hands import Mode

pytestmark = pytest.mark.gui
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def spot(view, x, y):
    """A point of the picture on the screen, 0..1 of the picture as it is shown."""
    shown = view.picture
    return QPoint(round(shown.x() + shown.width() * x), round(shown.y() + shown.height() * y))


def choose(set_up, mode):
    """Presses the button of the panel."""
    texts = {Mode.CENTRE: "Centre", Mode.BOX: "Box", Mode.JOYSTICK: "Joystick"}
    next(each for each in set_up.part.panel.modes.buttons() if each.text() == texts[mode]).click()
    assert set_up.part.overlay.mode is mode


def drag(view, start, end):
    QTest.mousePress(view, LEFT, pos=spot(view, *start))
    QTest.mouseMove(view, spot(view, *end))
    QTest.mouseRelease(view, LEFT, pos=spot(view, *end))


async def rests(rig):
    await until(lambda: not rig.head.moving)


def test_plus_and_minus_zoom_while_they_are_held(run, theme, tmp_path):
    async def play(set_up, rig):
        view, head = set_up.page.view, rig.head
        QTest.keyPress(view, Key.Key_Plus)
        await until(lambda: head.place[2] > 1.6)
        QTest.keyRelease(view, Key.Key_Plus)
        await rests(rig)
        near = head.place[2]
        assert head.place[:2] == (0.0, 0.0)
        QTest.keyPress(view, Key.Key_Minus, SHIFT)
        await until(lambda: head.place[2] < near - 0.4)
        QTest.keyRelease(view, Key.Key_Minus)
        await rests(rig)
        zooms = [each for each in rig.resources.heard if "<pan>0</pan><tilt>0</tilt><zoom>" in each]
        assert any("<zoom>35</zoom>" in each for each in zooms)
        assert any("<zoom>-100</zoom>" in each for each in zooms)

    stage(run, theme, tmp_path, play)


def turn(view, clicks, modifiers=NONE):
    middle = QPointF(view.rect().center())
    QApplication.sendEvent(
        view,
        QWheelEvent(
            middle,
            QPointF(view.mapToGlobal(view.rect().center())),
            QPoint(),
            QPoint(0, 120 * clicks),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


@pytest.mark.parametrize("quirk", ["lf", "ptz_continuous_only"])
def test_the_wheel_zooms_for_a_moment_and_ends_by_itself(run, theme, tmp_path, quirk):
    async def play(set_up, rig):
        view, head = set_up.page.view, rig.head
        turn(view, 1)
        await until(lambda: head.place[2] > 1.05)
        await rests(rig)
        near = head.place[2]
        turn(view, -1)
        await until(lambda: head.place[2] < near - 0.03)
        await rests(rig)
        await until(lambda: set_up.part.host._driver.motion.phase == "idle")
        heard, far = len(rig.resources.heard), head.place[2]
        turn(view, 2, Qt.KeyboardModifier.ControlModifier)  # looks closer here, and leaves the camera alone
        await until(lambda: view.lens.zoom > 1)
        assert (len(rig.resources.heard), head.place[2]) == (heard, far)

    stage(run, theme, tmp_path, play, quirk)


@pytest.mark.parametrize("rotation", [0, 90, 180])
def test_a_box_fills_the_picture_and_one_from_right_to_left_widens(run, theme, tmp_path, rotation):
    async def play(set_up, rig):
        view, head = set_up.page.view, rig.head
        view.set_rotation(rotation)
        choose(set_up, Mode.BOX)
        drag(view, (0.5, 0.4), (0.8, 0.7))
        # The middle of the box as the camera sees it, and how much of the picture's width it takes there.
        across, down = view.part_at(*spot(view, 0.65, 0.55).toTuple())
        pan = (across - 0.5) * WIDE % 360
        await until(lambda: head.place[2] > 3.2)
        await rests(rig)
        assert abs(head.place[0] - pan) < 0.5
        assert abs(head.place[1] - (down - 0.5) * WIDE * 9 / 16) < 0.5
        assert 3.2 < head.place[2] < 3.5
        drag(view, (0.75, 0.3), (0.25, 0.8))
        await until(lambda: head.place[2] < 1.8)
        await rests(rig)
        assert 1.6 < head.place[2] < 1.8

    stage(run, theme, tmp_path, play)


def test_a_box_is_drawn_while_it_is_dragged_and_given_up_with_esc(run, theme, tmp_path):
    async def play(set_up, rig):
        view, overlay = set_up.page.view, set_up.part.overlay
        choose(set_up, Mode.BOX)
        before = overlay.grab().toImage()
        QTest.mousePress(view, LEFT, pos=spot(view, 0.2, 0.2))
        QTest.mouseMove(view, spot(view, 0.6, 0.6))
        await until(lambda: overlay.grab().toImage() != before)
        QTest.keyPress(view, Key.Key_Escape)
        QTest.mouseRelease(view, LEFT, pos=spot(view, 0.6, 0.6))
        await until(lambda: set_up.part.host._driver.motion.phase == "idle")
        assert not any("position3D" in each for each in rig.resources.heard)
        assert rig.head.place == (0.0, 0.0, 1.0)

    stage(run, theme, tmp_path, play)


def test_a_way_that_the_camera_goes_by_itself_is_drawn_while_it_goes(run, theme, tmp_path):
    async def play(set_up, rig):
        overlay, view = set_up.part.overlay, set_up.page.view
        QTest.keyPress(view, Key.Key_P)  # hands off: somebody else sends it
        await until(lambda: overlay._place.pan == 0 and not overlay.is_on)
        still = overlay.grab().toImage()
        rig.head.go((150.0, 5.0, 2.0))
        await until(lambda: overlay.is_under_way and overlay.grab().toImage() != still)
        await until(lambda: rig.head.place == (150.0, 5.0, 2.0))
        await until(lambda: not overlay.is_under_way and overlay.grab().toImage() == still)
        assert set_up.part.panel.places.where.text().startswith("Pan 150.0°")

    stage(run, theme, tmp_path, play)


def test_lens_and_auxiliaries(run, theme, tmp_path):
    async def play(set_up, rig):
        panel, lens = set_up.part.panel, rig.head.lens
        held = {each.accessibleName(): each for each in panel.lens.findChildren(QAbstractButton)}
        for name, kind, speed in (("Focus: Near", "focus", -0.5), ("Iris: Open", "iris", 0.5)):
            QTest.mousePress(held[name], LEFT)
            await until(lambda kind=kind, speed=speed: lens[kind] == speed)
            QTest.mouseRelease(held[name], LEFT)
            await until(lambda kind=kind: lens[kind] == 0)
        held["Focus: Far"].setFocus()
        QTest.keyPress(held["Focus: Far"], Key.Key_Space)
        await until(lambda: lens["focus"] == 0.5)
        set_up.other.setFocus()  # the hand goes elsewhere
        await until(lambda: lens["focus"] == 0)
        QTest.keyRelease(held["Focus: Far"], Key.Key_Space)
        QTest.mouseClick(panel.lens.once, LEFT)
        await until(lambda: any("onepushfoucs/start" in each for each in rig.resources.heard))
        for name, key in (("light", "1"), ("wiper", "2")):
            switch = panel.auxiliaries.switches[name]
            for state in ("on", "off"):
                QTest.mouseClick(switch, LEFT)
                await until(lambda key=key, state=state: rig.resources.auxiliaries[key] == state)

    stage(run, theme, tmp_path, play)


def test_a_pattern_is_recorded_by_hand_and_run(run, theme, tmp_path):
    async def play(set_up, rig):
        patterns, view, head = set_up.part.panel.patterns, set_up.page.view, rig.head
        await until(lambda: patterns.patterns.count() == 4)
        patterns.header.click()
        QTest.mouseClick(patterns.record, LEFT)
        await until(lambda: head.running == "recording 1")
        assert patterns.record.text() == "End recording"
        QTest.keyPress(view, Key.Key_Right)
        await until(lambda: head.place[0] > 5)
        QTest.keyRelease(view, Key.Key_Right)
        await rests(rig)
        QTest.mouseClick(patterns.record, LEFT)
        await until(lambda: "recorded" in patterns.patterns.itemText(0))
        assert head.running == ""
        buttons = {each.accessibleName(): each for each in patterns.findChildren(QAbstractButton)}
        QTest.mouseClick(buttons["Run the pattern"], LEFT)
        await until(lambda: head.running == "pattern 1" and head.moving)
        QTest.mouseClick(buttons["Stop the pattern"], LEFT)
        await until(lambda: head.running == "" and not head.moving)

    stage(run, theme, tmp_path, play)


def test_a_recording_that_the_camera_refuses_has_not_begun(run, theme, tmp_path):
    async def play(set_up, rig):
        patterns = set_up.part.panel.patterns
        await until(lambda: patterns.patterns.count() == 4)
        patterns.header.click()
        real = rig.resources._run_pattern

        def refuse(key, word):
            raise Refusal(4, "lowPrivilege")

        rig.resources._run_pattern = refuse
        QTest.mouseClick(patterns.record, LEFT)
        await until(lambda: set_up.messages.all)
        assert set_up.messages.all[0].text.startswith("Camera 01 does not let")
        await until(lambda: not patterns.record.isChecked())
        assert (patterns.record.text(), patterns.patterns.isEnabled()) == ("Record", True)
        rig.resources._run_pattern = real
        QTest.mouseClick(patterns.record, LEFT)
        await until(lambda: rig.head.running == "recording 1")
        rig.resources._run_pattern = refuse
        QTest.mouseClick(patterns.record, LEFT)
        await until(lambda: len(set_up.messages.all) == 2 and patterns.record.isChecked())
        assert patterns.record.text() == "End recording"

    stage(run, theme, tmp_path, play)


def test_a_preset_is_set_with_its_picture_renamed_and_deleted(run, theme, tmp_path):
    async def play(set_up, rig):
        rows, view, head = set_up.part.panel.presets, set_up.page.view, rig.head
        buttons = {each.text(): each for each in rows.findChildren(QAbstractButton)}
        picture = QImage(320, 180, QImage.Format.Format_RGB32)
        picture.fill(QColor("red"))
        view.set_still(picture)
        head.go((40.0, 5.0, 2.0))
        await until(lambda: head.place == (40.0, 5.0, 2.0))
        rows.list.setCurrentRow(6)
        rows.name.setText("Lager")
        QTest.mouseClick(buttons["Set here"], LEFT)
        await until(lambda: rows.list.item(6).text() == "7  Lager" and not rows.list.item(6).icon().isNull())
        assert (head.presets["7"].name, head.presets["7"].place) == ("Lager", (40.0, 5.0, 2.0))
        rows.list.setCurrentRow(0)
        QTest.mouseClick(buttons["Go there"], LEFT)
        await until(lambda: head.place == (0.0, 0.0, 1.0))
        rows.list.setCurrentRow(6)
        rows.name.setText("Tor 7")
        QTest.mouseClick(buttons["Rename"], LEFT)
        await until(lambda: rows.list.item(6).text() == "7  Tor 7", 60)
        assert head.presets["7"].place == (40.0, 5.0, 2.0)
        QTest.mouseClick(buttons["Delete"], LEFT)
        await until(lambda: rows.list.item(6).text() == "7  not set")
        assert rows.list.item(6).icon().isNull()

    stage(run, theme, tmp_path, play)


def test_home_is_gone_to_set_and_reset(run, theme, tmp_path):
    async def play(set_up, rig):
        head = rig.head
        buttons = {each.text(): each for each in set_up.part.panel.places.findChildren(QAbstractButton)}
        head.go((25.0, 0.0, 1.0))
        await until(lambda: head.place[0] == 25.0)
        QTest.mouseClick(buttons["Set home"], LEFT)
        await until(lambda: head.home == (25.0, 0.0, 1.0))
        head.go((0.0, 0.0, 1.0))
        await until(lambda: head.place[0] == 0.0)
        QTest.mouseClick(buttons["Home"], LEFT)
        await until(lambda: head.place == (25.0, 0.0, 1.0))
        QTest.mouseClick(buttons["Reset"], LEFT)
        await until(lambda: head.home == (0.0, 0.0, 1.0))

    stage(run, theme, tmp_path, play)


def test_by_keyboard_alone(run, theme, tmp_path):
    """Tab comes to everything in the panel and out of it again; what needs a hand works with keys."""

    async def play(set_up, rig):
        panel, view = set_up.part.panel, set_up.page.view
        await until(lambda: panel.memory is not None)
        for section in (
            panel.patrols,
            panel.patterns,
            panel.park,
            panel.tasks,
            panel.limits,
            panel.memory,
            panel.overlay,
        ):
            section.fold(False)
        await until(lambda: panel.limits.limits.count() == 2 and panel.tasks.idle.value() == 300)
        panel.patrols.put()
        panel.patrols.put()
        panel.tasks.put()
        wanted = (QAbstractButton, QComboBox, QAbstractSpinBox, QListWidget, QTableWidget)
        every = {
            each
            for kind in wanted
            for each in panel.findChildren(kind)
            if each.isVisibleTo(panel) and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        }
        assert len(every) > 50
        assert all(each.accessibleName() or getattr(each, "text", str)() for each in every)
        view.setFocus()
        seen = [view]
        for _ in range(4 * len(every)):
            QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
            focus = QApplication.focusWidget()
            if focus is view:
                break
            if focus is not seen[-1]:  # hours and minutes are two steps of one editor
                assert focus not in seen, f"Tab turns in circles at {focus.accessibleName() or focus}"
                seen.append(focus)
        assert QApplication.focusWidget() is view
        missed = every - set(seen)
        assert missed == {each for each in panel.modes.buttons() if not each.isChecked()}  # one of a group, then arrows
        panel.modes.checkedButton().setFocus()
        QTest.keyClick(panel.modes.checkedButton(), Key.Key_Right)
        assert set_up.part.overlay.mode is Mode.CENTRE
        panel.presets.list.setFocus()
        QTest.keyClick(panel.presets.list, Key.Key_Down)
        QTest.keyClick(panel.presets.list, Key.Key_Return)
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        panel.stop.setFocus()
        rig.head.move(1, 0, 0)
        await until(lambda: rig.head.moving)
        QTest.keyClick(panel.stop, Key.Key_Space)
        await rests(rig)

    stage(run, theme, tmp_path, play)
