"""Hands on the live page: whatever takes them away stops the camera. The real dome, the real loop, the real page."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_stage import Stage, dome, stage, until
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.model.ptz import STILL, Velocity
from ui.ptz.hands import MOVING, Mode, by_keys, by_stick, turned

pytestmark = pytest.mark.gui
Key = Qt.Key


@given(st.sets(st.sampled_from(sorted(MOVING))), st.booleans())
def test_keys_make_a_velocity(held, fast):
    assert isinstance(by_keys(held, fast), Velocity)


def test_opposite_keys_cancel():
    assert by_keys({Key.Key_Left, Key.Key_Right}, True) == STILL
    assert by_keys({Key.Key_Left, Key.Key_Up}, True) == Velocity(pan=-1, tilt=1)


@given(st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_the_stick_points_where_it_is_dragged(across, down):
    velocity = by_stick(across, down, 100)
    assert velocity.pan * across >= 0
    assert velocity.tilt * down <= 0


@pytest.mark.parametrize(("degrees", "camera"), [(0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (270, (0, -1))])
def test_to_the_right_is_to_the_right_on_the_screen_however_the_camera_hangs(degrees, camera):
    wanted = Velocity(pan=1, zoom=0.5, focus=0.25)
    found = turned(wanted, degrees)
    assert (found.pan, found.tilt, found.zoom, found.focus) == (*camera, 0.5, 0.25)
    assert turned(found, -degrees) == wanted


def press(widget, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyPress(widget, key, modifiers)


def by_release(set_up):
    QTest.keyRelease(set_up.page.view, Key.Key_Right)


def by_focus(set_up):
    set_up.other.setFocus()


def by_lost_focus_event(set_up):
    QApplication.sendEvent(set_up.page.view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))


def by_deactivation(set_up):
    QApplication.sendEvent(set_up.window, QEvent(QEvent.Type.WindowDeactivate))


def by_another_page(set_up):
    set_up.page.deactivated()


def by_hiding(set_up):
    set_up.page.view.hide()


def by_closing(set_up):
    set_up.window.close()


def by_leaving_the_mode(set_up):
    set_up.part.panel.on.click()


def by_escape(set_up):
    press(set_up.page.view, Key.Key_Escape)


@pytest.mark.parametrize(
    "ending",
    [
        by_release,
        by_focus,
        by_lost_focus_event,
        by_deactivation,
        by_another_page,
        by_hiding,
        by_closing,
        by_leaving_the_mode,
        by_escape,
    ],
)
def test_whatever_takes_the_hands_away_stops_it(run, theme, tmp_path, ending):
    async def play(set_up, rig):
        press(set_up.page.view, Key.Key_Right)
        await until(lambda: rig.head.moving)
        ending(set_up)
        await until(lambda: not rig.head.moving)
        commands = [each for each in rig.resources.heard if "<pan>" in each]
        assert "<pan>0</pan><tilt>0</tilt><zoom>0</zoom>" in commands[-1]

    stage(run, theme, tmp_path, play, "ptz_continuous_only")


def test_a_window_that_hangs_is_no_reason_to_turn_on(run, theme, tmp_path):
    async def play(set_up, rig):
        press(set_up.page.view, Key.Key_Right)
        await until(lambda: rig.head.moving)
        # The simulated dome lives in this loop too, so only the signs of life stop.
        set_up.part.overlay._life.stop()
        await until(lambda: not rig.head.moving)

    stage(run, theme, tmp_path, play, "ptz_continuous_only")


def test_arrows_move_only_when_it_says_so(run, theme, tmp_path):
    async def play(set_up, rig):
        panel, view = set_up.part.panel, set_up.page.view
        assert "Arrows move the camera" in panel.hint.text()
        press(view, Key.Key_P)
        assert "do not move" in panel.hint.text()
        press(view, Key.Key_Right)
        QTest.keyRelease(view, Key.Key_Right)
        await asyncio.sleep(0.2)
        assert not any("<pan>" in each for each in rig.resources.heard)

    stage(run, theme, tmp_path, play)


def test_presets_by_number_joystick_and_centre(run, theme, tmp_path):
    async def play(set_up, rig):
        view, panel = set_up.page.view, set_up.part.panel
        press(view, Key.Key_2)
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        press(view, Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: rig.head.presets["3"].is_set)
        await until(lambda: "Preset 3" in panel.presets.list.item(2).text())
        middle = view.rect().center()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(view, middle + QPoint(-80, 0))
        await until(lambda: rig.head.moving)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(-80, 0))
        await until(lambda: not rig.head.moving)
        await set_up.part.host.act(lambda ptz: ptz.home())
        await until(lambda: rig.head.place == (0.0, 0.0, 1.0))
        set_up.part._set_mode(Mode.CENTRE)
        picture = view.picture
        spot = QPoint(round(picture.x() + picture.width() * 0.75), round(picture.y() + picture.height() / 2))
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=spot)
        await until(lambda: 12 < rig.head.place[0] < 15)

    stage(run, theme, tmp_path, play)


def test_a_fixed_camera_gets_no_panel(run, theme, tmp_path):
    async def playing():
        async with dome(model="CW-D4M") as rig:
            set_up = Stage(rig, theme, tmp_path)
            set_up.window.show()
            set_up.page.activated()
            await until(lambda: set_up.part.host._ended)
            assert set_up.part.panel is None
            await set_up.close()

    run(playing())
