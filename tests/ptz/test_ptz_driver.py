"""Whatever is pressed, lost or late: the last word to the camera is a stop."""

from __future__ import annotations

import asyncio
import heapq
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import CameraError, ConnectionLost, DeviceFault, NotSupported
from app.model.ptz import STILL, PtzCapabilities, PtzPosition, Velocity
from app.ptz import Phase, PtzDriver
from app.ptz.driver import DEAD_MAN, MOMENT
from app.ptz.stopping import PACES

LEFT, UP = Velocity(pan=-1), Velocity(tilt=0.5)


class FakeClock:
    """Time passes when nobody can go on."""

    def __init__(self):
        self.now = 0.0
        self._numbers = itertools.count()
        self._sleepers = []

    def time(self):
        return self.now

    async def sleep(self, seconds):
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken

    async def run(self, seconds):
        """Lets this much time pass, everybody working in between."""
        end = self.now + seconds
        while True:
            for _ in range(40):
                await asyncio.sleep(0)
            while self._sleepers and self._sleepers[0][2].cancelled():
                heapq.heappop(self._sleepers)
            if not self._sleepers or self._sleepers[0][0] > end:
                self.now = end
                return
            when, _, woken = heapq.heappop(self._sleepers)
            self.now = max(self.now, when)
            woken.set_result(None)


class Camera:
    """A head that drifts while it is told to; plans: (delay, error) for each coming request."""

    def __init__(self, clock, plans=(), *, deaf=0):
        self.clock, self.plans, self.deaf = clock, list(plans), deaf
        self.sent, self.speed, self.at, self.since = [], STILL, [0.0, 0.0, 0.0], 0.0
        self.closed = False

    async def _request(self, name, speed=None):
        self.sent.append((name, speed))
        delay, error = self.plans.pop(0) if self.plans else (0.0, None)
        if delay:
            await self.clock.sleep(delay)
        if error is not None:
            raise error
        if speed is not None:
            self._drift()
            if speed.is_zero and self.deaf > 0:
                self.deaf -= 1
            else:
                self.speed = speed

    def _drift(self):
        passed = self.clock.now - self.since
        for axis, speed in enumerate((self.speed.pan, self.speed.tilt, self.speed.zoom)):
            self.at[axis] += passed * speed * 50
        self.since = self.clock.now

    async def move(self, pan, tilt, zoom):
        await self._request("move", Velocity(pan, tilt, zoom))

    async def momentary(self, pan, tilt, zoom, seconds):
        assert seconds == MOMENT
        await self._request("momentary", Velocity(pan, tilt, zoom))

    async def stop(self):
        await self._request("stop", STILL)

    async def focus(self, speed):
        await self._request("focus", Velocity(focus=speed))

    async def iris(self, speed):
        await self._request("iris", Velocity(iris=speed))

    async def position(self):
        self._drift()
        return PtzPosition(*(round(each, 1) for each in self.at))

    async def close(self):
        self.closed = True

    @property
    def names(self):
        return [name for name, _ in self.sent]

    def says_stop_last(self):
        return not self.sent or self.sent[-1][1].is_zero


class QuickCamera(Camera):
    """Its next request stands ready unless one of the same kind is unanswered. lost: answers that never come."""

    lost = 0

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.unanswered = {}

    def fire(self, velocity, seconds):
        assert seconds == MOMENT
        if velocity.moves in self.unanswered:
            return False
        self.sent.append(("ahead", velocity))
        self._drift()
        self.speed = velocity
        self.unanswered[velocity.moves] = velocity
        return True

    async def fired(self, velocity, seconds):
        told = self.unanswered.pop(velocity.moves, None)
        if told == velocity and not self.lost:
            delay, error = self.plans.pop(0) if self.plans else (0.0, None)
            await self.clock.sleep(delay)
            if error is not None:
                raise error
            return
        self.lost = max(0, self.lost - 1)
        await (self.momentary(velocity.pan, velocity.tilt, velocity.zoom, seconds) if velocity.moves else self.stop())

    async def momentary(self, *arguments):
        self.unanswered.pop(True, None)
        await super().momentary(*arguments)

    async def move(self, *arguments):
        self.unanswered.pop(True, None)
        await super().move(*arguments)

    async def stop(self):
        self.unanswered.pop(False, None)
        await super().stop()


def hand(driver, velocity):
    """As the window does it: first the wire, then the note in the loop."""
    driver.steer(velocity, driver.ahead(velocity))


def rig(*plans, deaf=0, momentary=True, position=True, kind=Camera):
    clock = FakeClock()
    camera = kind(clock, plans, deaf=deaf)
    told = []
    driver = PtzDriver(
        camera,
        PtzCapabilities(pan_tilt=True, zoom=True, momentary=momentary, position=position, focus=True, iris=True),
        clock=clock,
        on_motion=told.append,
        name="Dock 2",
    )
    return clock, camera, driver, told


@pytest.mark.anyio
async def test_release_is_a_stop_and_a_zero_move():
    clock, camera, driver, _ = rig()
    driver.steer(LEFT)
    await clock.run(0.1)
    assert camera.sent == [("momentary", LEFT)]
    driver.release()
    await clock.run(0)
    assert camera.names == ["momentary", "stop", "move"]
    await clock.run(5)
    assert camera.names == ["momentary", "stop", "move"]  # still: no third time
    assert driver.motion.phase is Phase.IDLE


@pytest.mark.anyio
async def test_what_was_sent_ahead_is_not_sent_again():
    clock, camera, driver, _ = rig(kind=QuickCamera)
    hand(driver, LEFT)
    await clock.run(0.1)
    assert camera.sent == [("ahead", LEFT)]
    hand(driver, UP)  # the one before is answered
    await clock.run(0.1)
    assert camera.sent[1:] == [("ahead", UP)]
    hand(driver, STILL)
    await clock.run(5)
    assert camera.names[2:] == ["ahead", "stop", "move"]  # the one ahead never counts as the last word
    assert driver.motion.phase is Phase.IDLE


@pytest.mark.anyio
async def test_a_press_and_a_release_before_the_loop_heard_of_either():
    clock, camera, driver, _ = rig(kind=QuickCamera)
    notes = [(each, driver.ahead(each)) for each in (LEFT, STILL)]
    assert camera.names == ["ahead", "ahead"]
    for each, ahead in notes:
        driver.steer(each, ahead)
    await clock.run(5)
    assert camera.names[2:] == ["stop", "move"]
    assert driver.motion.phase is Phase.IDLE


@pytest.mark.anyio
async def test_a_direction_that_a_stop_may_have_overtaken_is_sent_again():
    clock, camera, driver, _ = rig(kind=QuickCamera)
    hand(driver, LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(0)
    camera.unanswered.clear()
    ahead = driver.ahead(LEFT)
    assert ahead is not None
    driver.halt()  # a stop begins before the loop hears of the direction
    await clock.run(0)
    driver.steer(LEFT, ahead)
    await clock.run(0.1)
    assert camera.sent[-1] == ("momentary", LEFT)
    assert camera.speed == LEFT
    driver.release()
    await clock.run(5)
    assert camera.says_stop_last()


@pytest.mark.anyio
async def test_nothing_goes_ahead_while_a_stop_is_on_its_way_or_without_timed_moves():
    clock, camera, driver, _ = rig((0, None), (1.0, None), kind=QuickCamera)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(0.1)
    assert driver.ahead(LEFT) is None
    await clock.run(5)
    assert driver.ahead(Velocity(pan=1, focus=1)) is None
    assert driver.ahead(LEFT) is not None
    clock, camera, driver, _ = rig(kind=QuickCamera, momentary=False)
    assert driver.ahead(LEFT) is None
    assert camera.sent == []


@pytest.mark.anyio
async def test_what_got_lost_ahead_goes_the_ordinary_way():
    clock, camera, driver, _ = rig(kind=QuickCamera)
    camera.lost = 1
    hand(driver, LEFT)
    await clock.run(0.1)
    assert camera.sent == [("ahead", LEFT), ("momentary", LEFT)]
    hand(driver, STILL)
    await clock.run(5)
    assert camera.names[2:] == ["ahead", "stop", "move"]


@pytest.mark.anyio
async def test_a_camera_that_goes_on_is_stopped_again():
    clock, camera, driver, _ = rig(deaf=2)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(10)
    assert camera.speed.is_zero
    assert camera.names.count("stop") == 2
    assert driver.motion.phase is Phase.IDLE


@pytest.mark.anyio
async def test_a_camera_that_never_stops_is_told_of():
    clock, camera, driver, _ = rig(deaf=10**6)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(120)
    assert (driver.motion.phase, camera.says_stop_last()) == (Phase.RUNAWAY, True)
    assert "Dock 2 takes the stop and goes on moving" in driver.motion.text


@pytest.mark.anyio
async def test_without_a_position_it_is_said_twice():
    clock, camera, driver, _ = rig(position=False)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(5)
    assert camera.names == ["momentary", "stop", "move", "stop", "move"]


@pytest.mark.anyio
async def test_renewal_and_auto_repeat():
    clock, camera, driver, _ = rig()
    for _ in range(200):  # a key that repeats every 10 ms
        driver.steer(LEFT)
        await clock.run(0.01)
    assert 4 <= len(camera.sent) <= 7
    assert set(camera.names) == {"momentary"}


@pytest.mark.anyio
async def test_the_dead_man_ends_it():
    for momentary in (True, False):
        clock, camera, driver, _ = rig(momentary=momentary)
        driver.steer(LEFT)
        await clock.run(DEAD_MAN + 0.01)
        assert camera.names[-2:] == ["stop", "move"]
        driver.renew()  # a late sign of life is no new command
        await clock.run(5)
        assert camera.says_stop_last()


@pytest.mark.anyio
async def test_newest_wins_with_one_in_flight():
    clock, camera, driver, _ = rig((0.5, None))
    driver.steer(LEFT)
    for pan in (0.1, 0.2, 0.3, 0.4):
        await clock.run(0.01)
        driver.steer(Velocity(pan=pan))
    assert len(camera.sent) == 1
    await clock.run(0.5)
    assert camera.sent == [("momentary", LEFT), ("momentary", Velocity(pan=0.4))]


@pytest.mark.anyio
async def test_a_stop_does_not_wait_for_a_late_answer():
    clock, camera, driver, _ = rig((2.0, None))
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(0)
    assert camera.names == ["momentary", "stop"]
    await clock.run(5)  # the late command may have undone it
    assert camera.names == ["momentary", "stop", "stop", "move"]


@pytest.mark.anyio
async def test_a_lost_stop_is_tried_again_and_told():
    lost = (0.0, ConnectionLost("gone"))
    clock, camera, driver, told = rig((0, None), *[lost] * 8)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(60)
    assert any(each.phase is Phase.UNREACHABLE and "Dock 2 has not confirmed" in each.text for each in told)
    assert camera.speed.is_zero
    assert driver.motion.phase is Phase.IDLE


@pytest.mark.anyio
async def test_a_stop_is_given_up_after_a_while_and_said():
    clock, camera, driver, _ = rig((0, None), *[(0.0, ConnectionLost("gone"))] * 1000)
    driver.steer(LEFT)
    await clock.run(0.1)
    driver.release()
    await clock.run(sum(PACES) + 10)
    assert driver.motion.phase is Phase.UNREACHABLE
    assert "given up: look whether Dock 2" in driver.motion.text
    before = len(camera.sent)
    await clock.run(100)
    assert len(camera.sent) == before


@pytest.mark.anyio
async def test_a_refused_direction_is_stopped_and_its_reason_kept():
    clock, camera, driver, _ = rig((0, DeviceFault("The camera is calibrating.")))
    driver.steer(LEFT)
    await clock.run(5)
    assert camera.names == ["momentary", "stop", "move"]
    assert (driver.motion.phase, driver.motion.text) == (Phase.IDLE, "The camera is calibrating.")


@pytest.mark.anyio
async def test_a_promised_momentary_move_that_is_not_there():
    clock, camera, driver, _ = rig((0, NotSupported("no")))
    driver.steer(LEFT)
    await clock.run(0.1)
    assert camera.sent == [("momentary", LEFT), ("move", LEFT)]
    driver.release()
    await clock.run(5)
    assert camera.says_stop_last()


@pytest.mark.anyio
async def test_the_lens_is_stopped_too():
    clock, camera, driver, _ = rig()
    driver.steer(Velocity(focus=1))
    await clock.run(0.1)
    driver.release()
    await clock.run(5)
    stopped = [("stop", STILL), ("move", STILL), ("focus", STILL)]
    assert camera.sent == [("focus", Velocity(focus=1)), *stopped, *stopped]  # no position tells of a lens


@pytest.mark.anyio
async def test_a_bug_on_the_way_ends_in_a_stop():
    clock, camera, driver, _ = rig((0, ZeroDivisionError()))
    driver.steer(LEFT)
    await clock.run(0.1)
    assert camera.names == ["momentary", "stop", "move"]
    with pytest.raises(ZeroDivisionError):
        driver._worker.result()


@pytest.mark.anyio
async def test_a_cancelled_loop_ends_in_a_stop():
    clock, camera, driver, _ = rig()
    driver.steer(LEFT)
    await clock.run(0.1)
    driver._worker.cancel()
    await clock.run(0.1)
    assert camera.names == ["momentary", "stop", "move"]
    assert (await driver.settle()) is driver.motion


@pytest.mark.anyio
async def test_closing_stops_and_hangs_up():
    clock, camera, driver, _ = rig()
    driver.steer(LEFT)
    await clock.run(0.1)
    closing = asyncio.ensure_future(driver.close())
    await clock.run(5)
    await closing
    assert camera.says_stop_last()
    assert camera.closed
    driver.steer(LEFT)
    await clock.run(1)
    assert camera.says_stop_last()


steps = st.one_of(
    st.builds(lambda p, t, z: ("steer", Velocity(p, t, z)), *[st.sampled_from([-1.0, -0.3, 0.0, 0.5, 1.0])] * 3),
    st.builds(lambda f: ("steer", Velocity(focus=f)), st.sampled_from([-1.0, 1.0])),
    st.just(("release", None)),
    st.just(("renew", None)),
    st.just(("halt", None)),
    st.builds(lambda s: ("wait", s), st.sampled_from([0.0, 0.005, 0.05, 0.3, 0.7, 2.0, 8.0])),
)
plans = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0, 0.01, 0.3, 1.5, 4.0, 20.0]),
        st.sampled_from([None, None, None, ConnectionLost("gone"), DeviceFault("no"), CameraError("odd")]),
    ),
    max_size=25,
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(steps, max_size=25),
    plans,
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from("rcx"),
    st.sampled_from([Camera, QuickCamera]),
)
def test_the_last_word_is_always_a_stop(inputs, planned, momentary, position, deaf, ending, kind):
    async def play():
        clock, camera, driver, _ = rig(*planned, momentary=momentary, position=position, deaf=deaf, kind=kind)
        for name, value in inputs:
            if name == "wait":
                await clock.run(value)
            elif name == "steer" and kind is QuickCamera:
                hand(driver, value)
            elif name == "steer":
                driver.steer(value)
            else:
                getattr(driver, name)()
        if ending == "r":
            driver.release()
        elif ending == "c":
            closing = asyncio.ensure_future(driver.close())
        await clock.run(400)  # "x": nobody lets go, nobody renews
        if ending == "c":
            await closing
        assert camera.says_stop_last()
        assert driver._settled.is_set()
        if driver.motion.phase is Phase.IDLE:
            assert camera.speed.is_zero or not position  # where it can be seen, it was seen

    asyncio.run(play())
