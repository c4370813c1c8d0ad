"""Events and walk tests of a device on the canvas of its regions: a region lights up when its event comes."""

from __future__ import annotations

from app.events import EventDesk, Followed, FollowState, Mark, Record
from app.families.base import Session
from app.model.event import DeviceEvent
from ui.canvas.canvas import Canvas
from ui.canvas.marks import WalkState
from ui.models import event_words as words

_MARKS = {Mark.PASSED: WalkState.PASSED, Mark.UNTESTED: WalkState.UNTESTED, Mark.OFF: WalkState.NONE}


class RegionSignals:
    """Listens from the first showing on until `close`."""

    def __init__(self, session: Session, desk: EventDesk, canvas: Canvas) -> None:
        self._session = session
        self._desk = desk
        self._canvas = canvas
        self._shown: dict[tuple[str, str], WalkState] = {}
        self._ends = (desk.subscribe(self._heard), desk.on_walk(self._walked))

    def activated(self) -> None:
        """In view: whoever draws wants to see what it does. A device that nobody stopped is followed from now on."""
        followed = self._desk.of(self._session)
        if followed is not None and followed.standing.state is FollowState.OFF and not followed.stopped_by_hand:
            followed.start()
        if followed is not None:
            self._walked(followed)

    def close(self) -> None:
        for end in self._ends:
            end()
        self._ends = ()

    def _heard(self, followed: Followed, event: DeviceEvent, record: Record) -> None:
        """The beginning of an occurrence; further posts of it are not counted again."""
        if followed.session is self._session and event.active is not False and record.repeats == 1 and event.layer:
            self._canvas.flash(event.layer, event.region, words.target(record))

    def _walked(self, followed: Followed) -> None:
        if followed.session is not self._session:
            return
        test = followed.walk_test
        wanted = {each.place: _MARKS[each.mark] for each in (test.stations if test is not None else ())}
        for place in {**self._shown, **wanted}:
            state = wanted.get(place, WalkState.NONE)
            if state is not self._shown.get(place, WalkState.NONE):
                self._canvas.set_walk_state(*place, state)
        self._shown = wanted
