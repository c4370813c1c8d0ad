"""Hands on the live page: whatever takes them away stops the camera. The real dome, the real loop, the real page."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

sys.path.insert(0, str(Path(__file__).parents[1] / "ptz"))
from ptz_rig import dome, until

from app.model.ptz import STILL, Velocity
from ui.bridge.messages import Messages
from ui.context import Context
from ui.pages.live import LivePage
from ui.ptz.hands import MOVING, Mode, by_keys, by_stick, turned
from ui.ptz.panel import points_text, read_points

pytestmark = pytest.mark.gui
Key = Qt.Key


class Nothing:
    found = ()


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


def test_stops_of_a_patrol_in_words():
    points = read_points(" 1 10s, 2 2.5s ,3")
    assert points_text(points) == "1 10s, 2 2.5s, 3 5s"
    for bad in ("", "x 5s", "1 5s, 2 ٣s", "1 -5s"):
        with pytest.raises(ValueError, match=r"."):
            read_points(bad)


class Stage:
    """A window with a live page and, beside it, something else that can have the focus."""

    def __init__(self, rig, theme, tmp_path):
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        self.messages = Messages()
        context = Context(Nothing(), None, None, self.messages, settings, theme, None)
        self.window = QWidget()
        self.other = QLineEdit()
        self.page = LivePage(rig.session, context, "Dome")
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.page)
        layout.addWidget(self.other)
        self.window.resize(1000, 640)

    async def open(self):
        self.window.show()
        self.window.activateWindow()
        self.page.activated()
        await until(lambda: self.part.panel is not None and self.part.panel.presets.count())
        self.part.panel.on.click()
        self.page.view.setFocus()
        await until(lambda: self.page.view.hasFocus())

    @property
    def part(self):
        return self.page.ptz

    async def close(self):
        self.page.close_page()
        thread = self.part.host.close()
        await asyncio.to_thread(thread.join, 30)
        assert not thread.is_alive()
        self.window.close()
        self.window.deleteLater()


def stage(run, theme, tmp_path, play, *quirks):
    async def playing():
        async with dome(*quirks) as rig:
            set_up = Stage(rig, theme, tmp_path)
            await set_up.open()
            try:
                await play(set_up, rig)
            finally:
                await set_up.close()

    run(playing())


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
        await until(lambda: "Preset 3" in panel.presets.item(2).text())
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
