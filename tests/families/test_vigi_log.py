"""The log of VIGI cameras: searched by any time span and kind, whatever firmware makes of the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import InvalidSetting, NotSupported, ProtocolError
from app.families.base import Actions, SettingsTree, SystemLog
from app.families.vigi import FAMILY, logbook
from app.model.log import LogEntry, LogFound, log_line
from tests.families.vigi_rig import ADMIN, dialer, opened, powered, session, told

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


async def test_time_span_and_kind_are_the_askers_choice() -> None:
    async with powered("127.71.10.1") as (camera, address):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        log = opened_.offer(SystemLog)
        await opened_.offer(Actions).run("manualAlarm?start", confirmed=True)
        whole = await log.search(now() - HOUR, now() + HOUR)
        assert {each.level for each in whole.entries} == {"Information", "Alarm"}
        assert whole.is_whole
        assert [each.at for each in whole.entries] == sorted((each.at for each in whole.entries), reverse=True)
        (alarm,) = (await log.search(now() - HOUR, now() + HOUR, "alarm")).entries
        assert (alarm.level, alarm.source, alarm.text) == ("Alarm", "ALARM", "Started by hand")
        assert (await log.search(now() - HOUR, now() + HOUR, "exception")) == LogFound((), 0)
        camera.clock.set(int((now() - timedelta(days=30)).timestamp()))
        camera.note("exception", "DISK", "A month ago")
        (old,) = (await log.search(now() - timedelta(days=31), now() - timedelta(days=29))).entries
        assert old.text == "A month ago"
        assert not (await log.search(now() - timedelta(days=29), now() - HOUR)).entries
        await opened_.close()


async def test_every_kind_of_the_text_can_be_asked_for_and_no_other() -> None:
    async with session("127.71.10.2") as opened_:
        log = opened_.offer(SystemLog)
        assert [each.id for each in log.levels] == ["all", "alarm", "exception", "operation", "information"]
        for level in log.levels:
            await log.search(now() - HOUR, now(), level.id)
        with pytest.raises(InvalidSetting) as refused:
            await log.search(now() - HOUR, now(), "debug")
        assert "exception" in refused.value.hint
        with pytest.raises(InvalidSetting, match="before the beginning"):
            await log.search(now(), now() - HOUR)


async def asked(host: str, answer: object) -> tuple[LogFound, dict[str, object]]:
    """What is found in an answer, and what was asked for it."""
    async with told(host, opened(lambda *_: answer)) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        try:
            found = await opened_.offer(SystemLog).search(datetime(2026, 1, 1, tzinfo=UTC), now(), "operation")
        finally:
            await opened_.close()
        return found, server.calls("searchSystemLog")[0]["params"]


ROWS = ["<4>1692612202[NSD][SNTPC]Init over", "<3>1692612203[OPENAPI]setDeviceAlias"]
TIMES = [datetime.fromtimestamp(1692612203, UTC), datetime.fromtimestamp(1692612202, UTC)]


@pytest.mark.parametrize(
    "answer",
    [
        {"errCode": 0, "result": {"syslog": [{"syslog_1": ROWS[0]}, {"syslog_2": ROWS[1]}], "total": 2}},
        {"error_code": "0", "syslog": [{"syslog_1": ROWS[0]}, {"syslog_2": ROWS[1]}], "total": "2"},
        {"errCode": 0, "result": {"syslog": ROWS}},
        {"result": {"searchSystemLog": {"syslog": {"syslog_1": ROWS[0], "syslog_2": ROWS[1]}, "total": "x"}}},
    ],
)
async def test_entries_are_read_wherever_they_stand(answer: object) -> None:
    found, params = await asked("127.71.10.3", answer)
    assert [each.at for each in found.entries] == TIMES
    assert found.entries[1] == LogEntry(TIMES[1], "Information", "NSD SNTPC", "Init over")
    assert (found.total, found.unread, found.is_whole) == (2, 0, True)
    assert params["start_time"] == "1767225600"
    assert params["log_type"] == "operation"


async def test_what_makes_no_sense_is_counted_and_what_was_kept_back_is_told() -> None:
    rows = [{"syslog_1": ROWS[0]}, {"syslog_2": "who knows"}]
    found, _ = await asked("127.71.10.4", {"errCode": 0, "result": {"syslog": rows, "total": 900}})
    assert (len(found.entries), found.unread, found.total, found.is_whole) == (1, 1, 900, False)


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"errCode": 0}, NotSupported), ({"errCode": -10030}, NotSupported), (b"<html>", ProtocolError)],
)
async def test_a_camera_without_a_log_says_so(answer: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"127\.71\.10\.5"):
        await asked("127.71.10.5", answer)


@given(st.text(max_size=80))
@example("<4>99999999999[A]x")
@example("<4>0[A]x")
@example("<9>1692612202no part")
def test_any_text_is_an_entry_or_none(text: str) -> None:
    entry = logbook.entry(text)
    if entry is not None:
        assert log_line(entry)
    assert logbook.entry("<4>0[A]x") == LogEntry(None, "Information", "A", "x")
    assert logbook.entry("<9>1692612202no part") == LogEntry(TIMES[1], "", "", "no part")


async def test_the_page_of_the_tree_shows_the_last_week() -> None:
    async with session("127.71.10.6") as opened_:
        page = await opened_.offer(SettingsTree).load("searchSystemLog")
        entry = next(field for field in page.fields if "Boot over" in field.text)
        assert entry.spec.title.endswith(", Information")
