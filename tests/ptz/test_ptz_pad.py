"""A gamepad as a hand: what it means, and the thread that asks it. The device's edge is faked, SDL itself is real."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.ptz import STILL, Velocity
from app.ptz.pad import DEAD_ZONE, PadPoller, PadsMissing, PadState

axes = st.floats(-1, 1)
RIGHT = PadState("Pad", across=1.0)


@given(axes, axes, st.floats(0, 1), st.floats(0, 1))
def test_sticks_point_where_they_are_pushed(across, down, narrow, widen):
    velocity = PadState("Pad", across, down, narrow, widen).velocity
    assert velocity.pan * across >= 0
    assert velocity.tilt * down <= 0
    assert velocity.zoom * (narrow - widen) >= 0


def test_a_worn_stick_is_at_rest():
    assert PadState("Pad", DEAD_ZONE - 0.01, -DEAD_ZONE + 0.01).velocity == STILL
    assert PadState("Pad", 1.0, -1.0, 1.0).velocity == Velocity(1.0, 1.0, 1.0)


class Script:
    """Pads that say one thing after the other; told waits until the poller has told something that fits."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.closed = threading.Event()
        self.heard = []
        self.changed = threading.Condition()

    def open(self):
        return self

    def read(self):
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    def close(self):
        self.closed.set()

    def tell(self, news):
        with self.changed:
            self.heard.append(news)
            self.changed.notify_all()

    def wait(self, reached):
        with self.changed:
            assert self.changed.wait_for(lambda: reached(self.heard), 60)


def polled(script, open_pads=None):
    poller = PadPoller(open_pads or script.open, script.tell)
    poller.start()
    return poller


def test_changes_are_told_once_and_its_going_too():
    script = Script(None, RIGHT, RIGHT, RIGHT, None)
    poller = polled(script)
    script.wait(lambda heard: len(heard) == 3)
    assert script.heard == [None, RIGHT, None]
    poller.stop()
    assert poller.join(60)
    assert script.closed.is_set()


def test_a_gamepad_that_breaks_lets_go():
    script = Script(RIGHT, ZeroDivisionError())
    poller = polled(script)
    script.wait(lambda heard: heard[1:] == [RIGHT, None])
    assert poller.join(60)
    assert script.closed.is_set()


def test_nothing_to_read_them_with_is_said():
    script = Script(None)

    def missing():
        raise PadsMissing("no library")

    poller = polled(script, missing)
    assert poller.join(60)
    assert [str(each) for each in script.heard] == ["no library"]


def test_after_a_stop_nothing_is_told():
    script = Script(RIGHT)
    poller = polled(script)
    script.wait(lambda heard: RIGHT in heard)
    poller.stop()
    assert poller.join(60)
    count = len(script.heard)
    assert script.heard[-1] == RIGHT
    assert len(script.heard) == count


def test_sdl_starts_without_video_events_or_signals():
    """In a process of its own: what it would take would be gone for everybody."""
    program = """
import signal, sys
before = signal.getsignal(signal.SIGINT)
from app.ptz.sdl_pads import SdlPads
assert "sdl2" not in sys.modules
pads = SdlPads()
import sdl2
assert not sdl2.SDL_WasInit(sdl2.SDL_INIT_VIDEO | sdl2.SDL_INIT_AUDIO)
assert pads.read() is None or pads.read().name is not None
assert signal.getsignal(signal.SIGINT) is before
pads.close()
assert not sdl2.SDL_WasInit(sdl2.SDL_INIT_GAMECONTROLLER)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr


def test_without_the_library_it_is_said_and_not_raised(monkeypatch):
    from app.ptz.sdl_pads import SdlPads

    monkeypatch.setitem(sys.modules, "sdl2", None)
    with pytest.raises(PadsMissing):
        SdlPads()
