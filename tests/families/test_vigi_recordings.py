"""Recordings and the loudspeaker of VIGI cameras, through the seam: days, pieces, playing, files that are resumed."""

from __future__ import annotations

import asyncio
import contextlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import av
import pytest

from app.errors import CameraError
from app.families.base import Session
from app.families.media import KeyFrames, Recordings, Streams, Talk
from app.families.vigi import FAMILY
from app.model.action import Progress
from app.model.recording import Clip
from app.model.region import Purpose
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.fetch import _Transfer, fetch, part_of
from app.video.frame import Mailbox, StreamPhase
from app.video.player import Patience, Player
from tests.families.vigi_rig import ADMIN, dialer, session, told
from tests.families.vigi_rig import opened as logged_in

pytestmark = pytest.mark.anyio
HOST = "127.68.50.1"


def recordings(opened: Session) -> Recordings:
    found = opened.offer(Recordings)
    assert found is not None
    return found


async def one(found: Recordings) -> Clip:
    """The shortest piece of a day that is over: some ten seconds."""
    today = datetime.now().date()
    days = await found.days(today - timedelta(days=40), today)
    clips = await found.clips(days[-2])
    return min(clips, key=lambda each: each.length)


async def test_days_and_pieces_are_those_of_the_camera():
    async with session(HOST) as opened:
        found = recordings(opened)
        today = datetime.now().date()
        days = await found.days(today - timedelta(days=40), today + timedelta(days=1))
        assert len(days) > 5
        assert list(days) == sorted(set(days))
        clips = await found.clips(days[-2])
        assert len(clips) > 30
        assert {each.start.date() for each in clips} == {days[-2]}
        assert all(each.start < each.end and each.start.utcoffset() == timedelta(hours=1) for each in clips)
        kinds = {each.kind: each for each in clips}
        assert (kinds["Timing"].title, kinds["Timing"].purpose) == ("Continuous", None)
        assert kinds["PeopleDetection"].purpose is Purpose.PEOPLE
        assert all(each.id and each.size for each in clips)
        assert await found.days(date(2001, 1, 1), date(2001, 2, 1)) == ()
        assert await found.clips(date(2001, 1, 1)) == ()


@pytest.mark.parametrize("quirk", ["loose_types", "result_at_top", "result_nested", "trailing_commas", "error_code"])
async def test_pieces_survive_every_shape_of_answer(quirk):
    async with session(HOST, quirk) as opened:
        clip = await one(recordings(opened))
        assert clip.id
        assert clip.size


async def test_answers_that_make_no_sense_give_no_pieces():
    def answer(path, call):
        del path, call
        rows = [{"a": {"startTime": "x", "endTime": 5}}, {"b": 7}, {"startTime": 1, "endTime": 9, "video_type": "New"}]
        return {"result": {"search_video_results": rows, "dates": ["2026", 7, "20261128"]}, "errCode": 0}

    async with told(HOST, logged_in(answer)) as (address, _):
        opened = await FAMILY.connect(dialer(), address, "", ADMIN)
        found = recordings(opened)
        assert await found.days(date(2026, 11, 1), date(2026, 11, 30)) == (date(2026, 11, 28),)
        (clip,) = await found.clips(date(2026, 11, 28))
        assert (clip.title, clip.purpose, clip.id) == ("New", None, "")
        await opened.close()


async def test_a_piece_is_played_from_a_moment_in_it_to_its_end():
    async with session(HOST) as opened:
        found = recordings(opened)
        clip = await one(found)
        phases: list[StreamPhase] = []
        endpoint = found.playback(clip, clip.end - timedelta(seconds=2))
        player = Player(endpoint, Mailbox(), lambda status: phases.append(status.phase))
        player.start()
        assert await asyncio.to_thread(player.join, 60)
        assert phases[-1] is StreamPhase.ENDED
        assert player.stats().frames == 20


async def test_a_recording_that_just_stops_is_over_all_the_same(tmp_path: Path):
    """Played and downloaded: silence behind the last picture is no failure, and nothing begins again."""
    limits = Limits(silence=4.0)
    async with session(HOST, "silent_end") as opened:
        found = recordings(opened)
        clip = await one(found)
        phases: list[StreamPhase] = []
        endpoint = found.playback(clip, clip.end - timedelta(seconds=3))
        patience = Patience(limits=limits)
        player = Player(endpoint, Mailbox(), lambda status: phases.append(status.phase), patience=patience)
        player.start()
        done = await fetch(found, clip, tmp_path / "people.mp4", limits=limits)
        assert pictures_in(done.files[0])[0] == round(clip.length.total_seconds() * 10)
        assert await asyncio.to_thread(player.join, 60)
        assert phases[-1] is StreamPhase.ENDED
        assert StreamPhase.RECONNECTING not in phases


@dataclass
class Asked:
    """Recordings that note from which byte a transfer is asked for."""

    real: Recordings
    begins: list[int] = field(default_factory=list)

    async def days(self, first: date, last: date) -> tuple[date, ...]:
        return await self.real.days(first, last)

    async def clips(self, day: date) -> tuple[Clip, ...]:
        return await self.real.clips(day)

    def playback(self, clip: Clip, at: datetime) -> StreamEndpoint:
        return self.real.playback(clip, at)

    def transfer(self, clip: Clip, begin: int = 0) -> StreamEndpoint:
        self.begins.append(begin)
        return self.real.transfer(clip, begin)


def pictures_in(path: Path) -> tuple[int, float]:
    """Pictures that decode, and seconds."""
    with av.open(str(path)) as file:
        times = [float(frame.time) for frame in file.decode(video=0)]
    return len(times), times[-1]


async def test_a_cancelled_download_goes_on_where_it_was(tmp_path: Path):
    async with session(HOST) as opened:
        found = Asked(recordings(opened))
        clip = await one(found)
        target = tmp_path / "people.mp4"
        told: list[float] = []

        def tell(progress: Progress) -> None:
            told.append(progress.fraction or 0.0)
            if len(found.begins) == 1 and told[-1] > 0.2:
                job.cancel()

        job = asyncio.ensure_future(fetch(found, clip, target, tell))
        with pytest.raises(asyncio.CancelledError):
            await job
        assert part_of(target).exists()
        assert not target.exists()
        done = await fetch(found, clip, target, tell)
        seconds = clip.length.total_seconds()
        assert found.begins[0] == 0
        assert found.begins[1] > 1000
        assert done.files == (target,)
        assert not part_of(target).exists()
        count, last = pictures_in(target)
        assert count == round(seconds * 10)
        assert last == pytest.approx(seconds - 0.1, abs=0.2)
        assert told[-1] == pytest.approx(1.0, abs=0.05) or told[-2] == pytest.approx(1.0, abs=0.05)


async def test_a_part_of_another_piece_is_not_gone_on_with(tmp_path: Path):
    async with session(HOST) as opened:
        found = Asked(recordings(opened))
        clip = await one(found)
        target = tmp_path / "people.mp4"
        part_of(target).write_bytes(b'{"mark": "another", "picture": {}, "sound": null}\n' + bytes(500))
        await fetch(found, clip, target)
        assert found.begins == [0]
        assert pictures_in(target)[0] == round(clip.length.total_seconds() * 10)


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    async with session(HOST) as opened:
        found = recordings(opened)
        with pytest.raises(CameraError, match="written"):
            await fetch(found, await one(found), tmp_path / "taken" / "people.mp4")


@pytest.mark.parametrize("step", ["_receive", "_unpack"])
async def test_a_full_disk_leaves_nothing_under_the_name_and_the_next_try_goes_on(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """While packets come, and while the file is made of them."""
    async with session(HOST) as opened:
        found = Asked(recordings(opened))
        clip = await one(found)
        sample, target = tmp_path / "sample.mp4", tmp_path / "gate" / "people.mp4"
        await fetch(found, clip, sample)
        room, work = sample.stat().st_size // 3, getattr(_Transfer, step)

        def without_room(self: _Transfer, *given: object) -> object:
            with at_most(room):
                return work(self, *given)

        with monkeypatch.context() as patch:
            patch.setattr(_Transfer, step, without_room)
            with pytest.raises(CameraError, match=r"The disk is full: people\.mp4 was not saved") as caught:
                await fetch(found, clip, target)
        assert f"what has come is kept in {part_of(target).name}" in caught.value.hint
        assert list(target.parent.iterdir()) == [part_of(target)]
        done = await fetch(found, clip, target)
        assert done.files == (target,)
        assert list(target.parent.iterdir()) == [target]
        assert pictures_in(target) == pictures_in(sample)
        assert found.begins[-1] > 0


@contextlib.contextmanager
def at_most(size: int) -> Iterator[None]:
    """A full disk: no file of this process grows beyond size bytes."""
    resource = pytest.importorskip("resource", reason="needs a limit on file sizes")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_what_a_camera_lacks_is_not_offered():
    def answer(path, call):
        del path, call
        return {"result": {"moduleList": [{"name": "system", "version": 1}]}, "errCode": 0}

    async with told(HOST, logged_in(answer)) as (address, _):
        opened = await FAMILY.connect(dialer(), address, "", ADMIN)
        assert opened.offer(Recordings) is None
        assert opened.offer(Talk) is None
        assert opened.offer(Streams) is not None
        await opened.close()


async def test_a_voice_reaches_the_loudspeaker():
    async with session(HOST) as opened:
        talk = opened.offer(Talk)
        assert talk is not None
        line = await talk.line()

        def speak() -> None:
            line.open()
            try:
                line.say(array("h", [1000] * 400))
                line.say(array("h", [1000] * 80))
            finally:
                line.close()

        await asyncio.to_thread(speak)
        again = await talk.line()  # the loudspeaker is free again
        try:
            await asyncio.to_thread(again.open)
        finally:
            again.close()


async def test_previews_are_listed_and_a_key_frame_can_be_asked_for():
    async with session(HOST) as opened:
        streams = opened.offer(Streams)
        assert isinstance(streams, KeyFrames)
        listed = await streams.list()
        assert [each.id for each in listed] == ["1", "2", "HD", "VGA"]
        preview = streams.endpoint(listed[3])
        assert preview.connection is not None
        assert preview.url.endswith("/multitrans")
        assert "admin" not in preview.url
        await streams.request_key_frame(listed[3])
