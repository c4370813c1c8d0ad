"""The button that lets people talk to the camera: held, switched by key, and told when it cannot be."""

from __future__ import annotations

from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.errors import ConnectionLost
from app.video.talk import TalkPhase, TalkStatus
from ui.bridge.tasks import TaskScope
from ui.video.talk_bar import TalkBar


class Line:
    closed = False

    def close(self) -> None:
        self.closed = True


class OneTalk:
    """Gives lines until it is told to fail."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.error: Exception | None = None

    async def line(self) -> Line:
        if self.error is not None:
            raise self.error
        self.lines.append(Line())
        return self.lines[-1]


class FakeTalker:
    """Talks as soon as it is started."""

    made: list[FakeTalker]

    def __init__(self, line, on_status) -> None:
        self.line, self.on_status = line, on_status
        self.stopped = False
        self.level = 0.5
        FakeTalker.made.append(self)

    def start(self) -> None:
        self.on_status(TalkStatus(TalkPhase.CONNECTING))
        self.on_status(TalkStatus(TalkPhase.TALKING))

    def stop(self) -> None:
        self.stopped = True


def test_held_switched_and_failed(run, qtbot, context, told):  # noqa: F811
    async def scene() -> None:
        FakeTalker.made = []
        talk = OneTalk()
        scope = TaskScope(context.messages)
        bar = TalkBar(talk, "Gate", context.messages, scope)
        bar.make_talker = FakeTalker
        qtbot.addWidget(bar)
        bar.show()
        # Held down by key, as with the mouse.
        QTest.keyPress(bar.button, Qt.Key.Key_Space)
        await until(lambda: bar.button.text() == "Talking" and bar.meter.isVisible())
        QTest.keyRelease(bar.button, Qt.Key.Key_Space)
        assert FakeTalker.made[0].stopped
        assert bar.button.text() == "Talk"
        assert not bar.meter.isVisible()
        # Switched on and off.
        bar.toggle()
        await until(lambda: bar.button.text() == "Talking")
        bar.toggle()
        assert FakeTalker.made[1].stopped
        # Let go before the line was there: nobody talks.
        bar.begin()
        bar.end()
        await until(lambda: len(talk.lines) == 3 and talk.lines[2].closed)
        assert len(FakeTalker.made) == 2
        # What fails is told, and the button is free again.
        bar.begin()
        await until(lambda: bar.button.text() == "Talking")
        FakeTalker.made[2].on_status(TalkStatus(TalkPhase.FAILED, "Somebody else talks.", "Wait."))
        await until(lambda: told)
        assert told[-1].text == "Somebody else talks. Wait."
        assert told[-1].device == "Gate"
        assert not bar.is_talking
        talk.error = ConnectionLost("Gate is gone.")
        bar.begin()
        await until(lambda: len(told) == 2)
        assert not bar.is_talking
        await scope.close()

    run(scene())
