"""Hands on the live page: whatever takes them away stops the camera. The real dome, the real loop, the real page."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_stage import Stage, dome, stage, until
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions

from app.model.ptz import STILL, Velocity
from app.ptz.pad import PadsMissing, PadState
from ui.ptz.hands import MOVING, Mode, by_keys, by_stick, turned
from ui.ptz.part import PtzPart

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


def test_keys_do_not_wait_for_the_thread_that_owns_the_camera(run, theme, tmp_path):
    """The command is on the wire when the handler of the key returns, whatever other threads do."""

    async def play(set_up, rig):
        host, view = set_up.part.host, set_up.page.view
        await host.act(lambda ptz: ptz.warm())
        busy, on = threading.Event(), threading.Event()
        host._loop.call_soon_threadsafe(lambda: (busy.set(), on.wait(60)))
        try:
            await until(busy.is_set)
            press(view, Key.Key_Right)
            await until(lambda: rig.head.moving)
            QTest.keyRelease(view, Key.Key_Right)
            await until(lambda: not rig.head.moving)
            assert [each.partition(" <")[0] for each in rig.resources.heard] == ["PUT momentary", "PUT continuous"]
        finally:
            on.set()
        await until(lambda: len(rig.resources.heard) == 4)  # the ordinary stop and the zero-speed move follow
        assert all("<pan>0</pan>" in each for each in rig.resources.heard[1:])

    stage(run, theme, tmp_path, play)


def test_a_hand_that_only_touches_the_picture_sends_nothing(run, theme, tmp_path):
    """What the camera does by itself, a patrol perhaps, goes on."""

    async def play(set_up, rig):
        view, host = set_up.page.view, set_up.part.host
        await host.act(lambda ptz: ptz.warm())
        middle = view.rect().center()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        for across in (1, 2, 3):
            QTest.mouseMove(view, middle + QPoint(across, 0))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle)
        await host.act(lambda ptz: ptz.warm())
        assert not rig.resources.heard

    stage(run, theme, tmp_path, play)


def test_a_connection_that_the_camera_closed_is_open_again_before_the_next_key(run, theme, tmp_path):
    async def playing():
        async with dome(http_port=18080) as rig:
            set_up = Stage(rig, theme, tmp_path)
            await set_up.open()
            try:
                lines = [set_up.part.host._ptz._client(name).channel for name in ("commands", "stops")]
                await until(lambda: all(line.is_kept for line in lines))
                await rig.farm.stations[0].stop()
                await until(lambda: not any(line.is_kept for line in lines))
                await rig.farm.stations[0].start()
                await until(lambda: all(line.is_kept for line in lines))
            finally:
                await set_up.close()

    run(playing())


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
        press(view, Key.Key_P)
        press(view, Key.Key_Left)
        await until(lambda: rig.head.moving)
        first = next(each for each in rig.resources.heard if "<pan>" in each)
        assert "<pan>-" in first, "the key before moved it"

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


class FakePads:
    """The edge of the device: what a test puts into state is what the gamepad says."""

    def __init__(self):
        self.state = PadState("Test pad")

    def read(self):
        return self.state

    def close(self):
        pass


def by_its_stick(set_up, pads):
    pads.state = PadState("Test pad")


def by_its_loss(set_up, pads):
    pads.state = None


def by_its_start_button(set_up, pads):
    pads.state = PadState("Test pad", across=0.9, buttons=frozenset({"start"}))


def by_its_window(set_up, pads):
    by_deactivation(set_up)


def by_its_page(set_up, pads):
    by_another_page(set_up)


@pytest.mark.parametrize("ending", [by_its_stick, by_its_loss, by_its_start_button, by_its_window, by_its_page])
def test_a_gamepad_moves_and_stops(run, theme, tmp_path, monkeypatch, ending):
    pads = FakePads()
    monkeypatch.setattr(PtzPart, "open_pads", staticmethod(lambda: pads))

    async def play(set_up, rig):
        note = set_up.part.panel.gamepad
        await until(lambda: "Test pad" in note.text())
        pads.state = PadState("Test pad", across=0.8)
        await until(lambda: rig.head.moving)
        ending(set_up, pads)
        await until(lambda: not rig.head.moving)
        if ending is by_its_loss:
            await until(lambda: "No gamepad" in note.text())

    stage(run, theme, tmp_path, play, "ptz_continuous_only")


def test_buttons_of_a_gamepad_call_presets(run, theme, tmp_path, monkeypatch):
    pads = FakePads()
    monkeypatch.setattr(PtzPart, "open_pads", staticmethod(lambda: pads))

    async def play(set_up, rig):
        await until(lambda: "Test pad" in set_up.part.panel.gamepad.text())
        pads.state = PadState("Test pad", buttons=frozenset({"b"}))
        await until(lambda: rig.head.place == (30.0, 6.0, 3.0))
        press(set_up.page.view, Key.Key_P)
        assert not set_up.part.panel.gamepad.isVisible()

    stage(run, theme, tmp_path, play)


def test_no_way_to_read_gamepads_is_a_note(run, theme, tmp_path, monkeypatch):
    def missing():
        raise PadsMissing("no library here")

    monkeypatch.setattr(PtzPart, "open_pads", staticmethod(missing))

    async def play(set_up, rig):
        del rig
        await until(lambda: "no library here" in set_up.part.panel.gamepad.text())
        assert not set_up.messages.all

    stage(run, theme, tmp_path, play)


def test_a_key_that_repeats_moves_once_and_stops(run, theme, tmp_path):
    async def play(set_up, rig):
        view = set_up.page.view

        def repeat(kind):
            QApplication.sendEvent(view, QKeyEvent(kind, Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True))

        press(view, Key.Key_Right)
        await until(lambda: rig.head.moving)
        for _ in range(40):  # X11 sends a release with each repetition
            repeat(QEvent.Type.KeyRelease)
            repeat(QEvent.Type.KeyPress)
        assert not set_up.part.overlay.steered.is_zero
        QTest.keyRelease(view, Key.Key_Right)
        await until(lambda: not rig.head.moving)
        directions = [each for each in rig.resources.heard if "<pan>35</pan>" in each]
        assert len(directions) < 40

    stage(run, theme, tmp_path, play, "ptz_continuous_only")


def test_a_page_that_breaks_ends_in_a_stop(run, theme, tmp_path):
    """The signs of life come from the page: when its code fails there are no more."""

    async def play(set_up, rig):
        press(set_up.page.view, Key.Key_Right)
        await until(lambda: rig.head.moving)

        def broken():
            raise ZeroDivisionError

        with capture_exceptions() as caught:
            set_up.part.overlay._view.isVisible = broken
            await until(lambda: not rig.head.moving)
            del set_up.part.overlay._view.isVisible
            set_up.part.overlay._life.stop()
        assert caught

    stage(run, theme, tmp_path, play, "ptz_continuous_only")


def test_the_connection_is_lost_and_the_camera_stops_when_it_is_back(run, theme, tmp_path):
    async def playing():
        async with dome("ptz_continuous_only", http_port=18080) as rig:
            set_up = Stage(rig, theme, tmp_path)
            await set_up.open()
            try:
                press(set_up.page.view, Key.Key_Right)
                await until(lambda: rig.head.moving)
                station = rig.farm.stations[0]
                await station.stop()
                QTest.keyRelease(set_up.page.view, Key.Key_Right)
                await until(lambda: "Dome has not confirmed the stop" in set_up.part.panel.state.text())
                assert rig.head.moving
                await station.start()
                await until(lambda: not rig.head.moving)
                await until(lambda: set_up.part.panel.state.isHidden())
            finally:
                await set_up.close()

    run(playing())
