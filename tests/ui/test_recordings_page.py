"""The page of recordings over a simulated camera: days, the line of time, playing, downloads, keys."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.errors import ConnectionLost, NotSupported
from app.families.media import Recordings
from app.model.recording import Clip
from app.model.region import Purpose
from app.video.frame import StreamPhase
from app.video.record import Recording
from tests.families.vigi_rig import session
from ui.pages.recordings import RecordingsPage
from ui.recordings.downloads import Downloads, file_name
from ui.recordings.pieces import TIME, length_text, size_text
from ui.recordings.span import DAY, NARROWEST, Span, clip_at, lanes_of
from ui.theme import Mode

pytestmark = pytest.mark.gui
PICTURES = os.environ.get("CAMWRIGHT_PICTURES", "")


@pytest.fixture
def with_camera(run, qtbot, context):  # noqa: F811
    """Runs `scene(page)` against a simulated camera with a memory card."""

    async def work(scene: Callable[[RecordingsPage], object]) -> None:
        async with session("127.68.60.1") as opened:
            page = RecordingsPage(opened, context, "Gate")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            page.activated()
            try:
                await until(lambda: page.pieces.shown)
                page.go(-1)  # a day that is over
                await until(lambda: page._loading.done() and page.pieces.shown)
                await scene(page)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

    return lambda scene: run(work(scene))


def test_a_day_is_seen_walked_and_played(with_camera, theme):
    async def scene(page: RecordingsPage) -> None:
        clips = page.pieces.shown
        assert len(clips) > 30
        assert page.timeline.hasFocus() or page.isAncestorOf(page.timeline)
        for _ in range(3):
            QTest.keyClick(page.timeline, Qt.Key.Key_Right)
        assert page.timeline.current == clips[2]
        assert page.table.currentIndex().row() == 2
        QTest.keyClick(page.timeline, Qt.Key.Key_Return)
        await until(lambda: page.player is not None and page.player.status.phase is StreamPhase.PLAYING)
        await until(lambda: page.timeline.position is not None and page.timeline.position > clips[2].start)
        await until(lambda: page.view.painted > 2)
        for mode in (Mode.LIGHT, Mode.DARK) if PICTURES else ():
            theme.use(mode)
            page.pieces.choose(clips[4], True)
            await asyncio.sleep(0.5)
            page.grab().save(f"{PICTURES}/recordings-{mode.value}.png")
        page.deactivated()
        assert page.player is None

    with_camera(scene)


def test_a_click_plays_from_that_moment(with_camera):
    async def scene(page: RecordingsPage) -> None:
        clip = max((each for each in page.pieces.shown if each.purpose is None), key=lambda each: each.length)
        middle = page.timeline._second(clip.start) + clip.length.total_seconds() / 2
        row = lanes_of(page.pieces.shown).index(clip.title)
        place = QPoint(round(page.timeline._span.x(middle)), 24 + row * 22 + 11)
        QTest.mouseClick(page.timeline, Qt.MouseButton.LeftButton, pos=place)
        assert page.timeline.current == clip
        assert abs((page.playing.position - clip.start) - clip.length / 2) < timedelta(minutes=3)

    with_camera(scene)


def test_seeking_inside_a_piece_plays_from_there(with_camera):
    """Keys and buttons go on and back inside the piece; several in a row are one question to the camera."""

    async def scene(page: RecordingsPage) -> None:
        clip = max(page.pieces.shown, key=lambda each: each.length)
        asked: list[datetime] = []
        playback = page.recordings.playback
        page.recordings.playback = lambda clip, at: asked.append(at) or playback(clip, at)
        assert not page.bar.back.isEnabled()
        page.playing.play(clip, clip.start)
        await until(lambda: page.player.status.phase is StreamPhase.PLAYING)
        first, before = page.player, page.playing.position
        for _ in range(3):
            QTest.keyClick(page.timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.playing.position >= before + timedelta(seconds=30)
        assert page.bar.where.text().startswith(f"{page.playing.position:%H:%M:%S}")
        await until(lambda: page.player is not first and page.player.status.phase is StreamPhase.PLAYING)
        assert len(asked) == 2
        assert asked[1] >= clip.start + timedelta(seconds=30)
        assert asked[1] == page.playing._began
        await until(lambda: page.playing.position > asked[1])
        QTest.mouseClick(page.bar.back, Qt.MouseButton.LeftButton)
        await until(lambda: len(asked) == 3)
        assert clip.start < asked[2] < page.playing._began + timedelta(seconds=1)
        for _ in range(20):
            QTest.keyClick(page.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: len(asked) == 4)
        assert asked[3] == clip.start  # a piece has nothing before its beginning
        assert page.timeline.current is None or page.timeline.current == clip  # the keys did not change the piece

    with_camera(scene)


def test_a_piece_is_stopped_gone_on_with_and_seen_again_from_its_end(with_camera):
    async def scene(page: RecordingsPage) -> None:
        clip = min(page.pieces.shown, key=lambda each: each.length)
        page.playing.play(clip, clip.end - timedelta(seconds=3))
        await until(lambda: page.player.status.phase is StreamPhase.PLAYING)
        assert page.bar.toggle.text() == "Stop"
        QTest.keyClick(page.timeline, Qt.Key.Key_P)
        assert page.player is None
        stood = page.playing.position
        assert stood >= clip.end - timedelta(seconds=3)
        QTest.keyClick(page.timeline, Qt.Key.Key_P)
        assert page.playing._began == min(stood, clip.end - timedelta(seconds=1))
        await until(lambda: page.player.status.phase is StreamPhase.ENDED, 60)
        await until(lambda: page.bar.toggle.text() == "Play")
        assert page.playing.position == clip.end
        QTest.mouseClick(page.bar.toggle, Qt.MouseButton.LeftButton)
        assert page.playing._began == clip.start
        page.go(-1)
        await until(lambda: not page.bar.toggle.isEnabled())

    with_camera(scene)


def test_chosen_pieces_become_files(with_camera, tmp_path, told):  # noqa: F811
    async def scene(page: RecordingsPage) -> None:
        page.ask_folder = lambda start: str(tmp_path)
        short = sorted(page.pieces.shown, key=lambda each: each.length)[:2]
        assert not page.download.isEnabled()
        for clip in short:
            page.pieces.setData(page.pieces.index(page.pieces.row(clip), TIME), 2, Qt.ItemDataRole.CheckStateRole)
        assert page.pieces.chosen == tuple(sorted(short, key=lambda each: each.start))
        assert page.download.isEnabled()
        QTest.mouseClick(page.download, Qt.MouseButton.LeftButton)
        assert page.work.isVisible()
        await until(lambda: not page.downloads.active and not page.work.isVisible(), 120)
        assert sorted(each.name for each in tmp_path.iterdir()) == sorted(file_name("Gate", clip) for clip in short)
        assert all(page.pieces.data(page.pieces.index(page.pieces.row(clip), 4)) == "Saved" for clip in short)
        assert "2 recordings saved" in told[-1].text

    with_camera(scene)


def test_the_filter_and_the_days(with_camera):
    async def scene(page: RecordingsPage) -> None:
        at = page.reason_box.findText("People")
        page.reason_box.setCurrentIndex(at)
        page.reason_box.activated.emit(at)
        assert {clip.title for clip in page.pieces.shown} == {"People"}
        QTest.mouseClick(page.every, Qt.MouseButton.LeftButton, pos=QPoint(10, page.every.height() // 2))
        assert set(page.pieces.chosen) == set(page.pieces.shown)
        day = page.day_box.currentText()
        QTest.keyClick(page.timeline, Qt.Key.Key_PageUp)
        await until(lambda: page.day_box.currentText() != day and page._loading.done())
        assert page.pieces.chosen == ()
        assert page.reason_box.currentData() == ""

    with_camera(scene)


ZONE = datetime.now().astimezone().tzinfo
MORNING = datetime(2026, 11, 27, 8, 0, tzinfo=ZONE)


def clip_of(minute: int, seconds: int = 60, title: str = "Motion") -> Clip:
    start = MORNING + timedelta(minutes=minute)
    purpose = None if title == "Continuous" else Purpose.MOTION
    return Clip(start, start + timedelta(seconds=seconds), title, title, purpose, str(minute), 1_500_000)


class Told:
    """Recordings that say what a test wants."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    async def days(self, first, last):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [((), "has recorded nothing"), (NotSupported("Gate does not have this."), "does not have this")],
)
def test_no_recordings_are_said_and_tried_again(run, qtbot, context, answer, words):  # noqa: F811
    async def scene() -> None:
        recordings = Told(answer)
        page = RecordingsPage(OneSession({Recordings: recordings}), context, "Gate")
        qtbot.addWidget(page)
        page.show()
        page.activated()
        await until(lambda: words in page.notice.title.text())
        recordings.answer = ConnectionLost("Gate is gone.")
        QTest.mouseClick(page.notice.buttons[0], Qt.MouseButton.LeftButton)
        await until(lambda: "gone" in page.notice.title.text())
        page.close_page()

    run(scene())


def test_a_session_without_recordings_has_no_page():
    assert not RecordingsPage.available(OneSession({}))


def test_downloads_go_one_after_the_other_and_can_be_stopped(run, qtbot, context):  # noqa: F811
    async def scene() -> None:
        page = RecordingsPage(OneSession({Recordings: Told(())}), context, "Gate")
        qtbot.addWidget(page)
        held = asyncio.Event()
        asked: list[Path] = []

        async def fetch(recordings, clip, target, tell):
            asked.append(target)
            if len(asked) == 2:
                raise ConnectionLost("Gate is gone.")
            if len(asked) == 3:
                await held.wait()
            return Recording((target,))

        downloads = Downloads(page.recordings, page.scope, fetch)
        states: dict[Clip, str] = {}
        ends: list[tuple[list[Path], int]] = []
        downloads.state_changed.connect(states.__setitem__)
        downloads.finished.connect(lambda saved, failed: ends.append((saved, failed)))
        clips = [clip_of(minute) for minute in range(4)]
        downloads.start(clips, Path("/nowhere"), "Gate/2")
        await until(lambda: len(asked) == 3)
        downloads.cancel()
        await until(lambda: ends)
        assert [states[clip] for clip in clips] == ["Saved", "Gate is gone.", "Stopped", "Stopped"]
        assert ends == [([asked[0]], 1)]
        assert asked[0].name == "Gate-2 2026-11-27 08-00-00 Motion.mov"
        page.close_page()

    run(scene())


def test_the_line_of_time():
    span = Span(100, 960)
    assert span.x(0) == 100
    assert span.second(span.x(3600)) == pytest.approx(3600)
    assert span.second(0) == 0
    assert [text for _, text in span.marks()][:3] == ["00:00", "02:00", "04:00"]
    closer = span.zoomed(4, 43200)
    assert closer.x(43200) == pytest.approx(span.x(43200))
    assert closer.length == DAY / 4
    assert span.zoomed(1e9, 0).length == NARROWEST
    assert closer.moved(-1e9).start == 0
    assert closer.moved(1e9).start == DAY - closer.length
    seen = closer.showing(100, 200)
    assert seen.start <= 100
    assert seen.start + seen.length >= 200


def test_rows_and_pieces_of_a_day():
    clips = [clip_of(0, 600, "Continuous"), clip_of(1), clip_of(2, 30, "Alarm")]
    assert lanes_of(clips) == ("Continuous", "Alarm", "Motion")
    assert clip_at(clips, "Motion", MORNING + timedelta(seconds=70)) == clips[1]
    assert clip_at(clips, "Motion", MORNING) is None
    assert (length_text(timedelta(seconds=61)), length_text(timedelta(hours=1))) == ("1:01", "1:00:00")
    assert (size_text(None), size_text(1_500_000), size_text(2_500_000_000)) == ("", "1.5 MB", "2.5 GB")
