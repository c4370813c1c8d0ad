"""Everybody who is followed, in one place: one log, one way to listen, for the window and for the command line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import chain, count
from typing import Any, TypeVar

from app.events.follower import Follower, FollowState, Standing
from app.events.log import EventLog, Record
from app.events.pictures import MomentPictures
from app.events.walktest import WalkTest
from app.families.base import Events, Session
from app.families.media import Snapshot
from app.model.event import DeviceEvent, EventPicture, Heartbeat, Report, Skipped

Start = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]
Listener = Callable[["Followed", DeviceEvent, Record], None]
Unsubscribe = Callable[[], None]
AnyListener = TypeVar("AnyListener")


class Followed:
    """One device at the desk. `start` and `stop` as often as one likes."""

    def __init__(self, desk: EventDesk, name: str, session: Session, events: Events, start: Start) -> None:
        self.name = name
        self.session = session
        self.heartbeats = 0
        self.last_heard = 0.0  # time.time()
        self.pictures: MomentPictures | None = None
        self.stopped_by_hand = False  # somebody does not want it followed: nothing starts it by itself
        self.walk_test: WalkTest | None = None  # the one that is under way
        self._desk = desk
        self._start = start
        self._follower = Follower(events, self._take, self._stood, name=name)
        self._task: asyncio.Task[None] | None = None
        self._recent: list[tuple[DeviceEvent, int]] = []  # to whom pictures may still come, with their records
        snapshot = session.offer(Snapshot)
        if snapshot is not None:
            self.pictures = MomentPictures(desk.log, snapshot.jpeg, start)

    @property
    def standing(self) -> Standing:
        return self._follower.standing

    @property
    def is_on(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        if not self.is_on:
            self._task = self._start(self._follower.run())

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def finish(self) -> None:
        """Stops, and returns once the connection is closed."""
        task = self._task
        self.stop()
        if task is not None:
            await asyncio.wait([task])

    def _stood(self, standing: Standing) -> None:
        log = self._desk.log
        if standing.state is FollowState.LISTENING:
            log.gap_ended(self.name, standing.since)
        elif standing.state is FollowState.WAITING:
            log.gap(self.name, standing.text, standing.since)
        elif standing.state is FollowState.OFF:
            log.gap_ended(self.name, standing.since)
        self._desk.stood(self)

    def _take(self, report: Report) -> None:
        self.last_heard = time.time()
        match report:
            case DeviceEvent():
                record, began = self._desk.log.add(self.name, report)
                self._recent = [*self._recent[-3:], (report, record.number)]
                self._desk.tell(self, report, record)
                if began and self.pictures is not None:
                    self.pictures.want(record.number, report.channel)
            case EventPicture():
                number = next((number for event, number in self._recent if event is report.event), 0)
                self._desk.log.picture(number, report.jpeg)
                self._desk.tell_picture(self, report)
            case Skipped():
                self._desk.log.skip(self.name, report)
            case Heartbeat():
                self.heartbeats += 1


def _added(listeners: list[AnyListener], listener: AnyListener) -> Unsubscribe:
    """Unsubscribing twice is no fault."""
    listeners.append(listener)

    def unsubscribe() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return unsubscribe


class EventDesk:
    """Devices are added by whoever has a session with them, and removed before the session is closed."""

    def __init__(self, log: EventLog | None = None) -> None:
        self.log = log if log is not None else EventLog()
        self._followed: list[Followed] = []
        self._listeners: list[Listener] = []
        self._watchers: list[Callable[[Followed], None]] = []
        self._walk_listeners: list[Callable[[Followed], None]] = []
        self._picture_listeners: list[Callable[[Followed, EventPicture], None]] = []

    @property
    def followed(self) -> tuple[Followed, ...]:
        return tuple(self._followed)

    def add(self, name: str, session: Session, start: Start) -> Followed | None:
        """None where the session offers no events. name is the one in the log; one that is taken gets the address as
        well. start makes a task of a coroutine and keeps it."""
        events = session.offer(Events)
        if events is None:
            return None
        added = Followed(self, self._free(name, str(session.address)), session, events, start)
        self._followed.append(added)
        return added

    def _free(self, name: str, address: str) -> str:
        """The log goes by names: two cameras called the same must not be one there."""
        taken = {each.name for each in self._followed}
        tries = chain((name, f"{name} ({address})"), (f"{name} ({address}, {number})" for number in count(2)))
        return next(each for each in tries if each not in taken)

    def remove(self, followed: Followed) -> None:
        followed.stop()
        if followed in self._followed:
            self._followed.remove(followed)

    def of(self, session: Session) -> Followed | None:
        return next((each for each in self._followed if each.session is session), None)

    def start_all(self) -> None:
        """All but those that somebody has stopped."""
        for each in self._followed:
            if not each.stopped_by_hand:
                each.start()

    def subscribe(self, listener: Listener) -> Unsubscribe:
        """Told every event at once with its record in the log, in the loop that follows. It must not raise."""
        return _added(self._listeners, listener)

    def on_picture(self, listener: Callable[[Followed, EventPicture], None]) -> Unsubscribe:
        """Told every picture that a device sends along."""
        return _added(self._picture_listeners, listener)

    def on_standing(self, listener: Callable[[Followed], None]) -> Unsubscribe:
        """Told whenever the standing of a device is another."""
        return _added(self._watchers, listener)

    def on_walk(self, listener: Callable[[Followed], None]) -> Unsubscribe:
        """Told when a device's walk test begins, ends, or one of its stations is another (`Followed.walk_test`)."""
        return _added(self._walk_listeners, listener)

    # For those who are followed

    def walked(self, followed: Followed) -> None:
        for listener in tuple(self._walk_listeners):
            listener(followed)

    def tell(self, followed: Followed, event: DeviceEvent, record: Record) -> None:
        for listener in tuple(self._listeners):
            listener(followed, event, record)

    def tell_picture(self, followed: Followed, picture: EventPicture) -> None:
        for listener in tuple(self._picture_listeners):
            listener(followed, picture)

    def stood(self, followed: Followed) -> None:
        for watcher in tuple(self._watchers):
            watcher(followed)
