"""The history in words: what is recorded stays, what is told follows the family's catalog."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.settings.changes import Verdict
from app.site.records import ChangeSet, ChangeState, Origin, RecordedField
from app.site.wording import value_words, worded_entries

RATE = RecordedField("Video/vbrUpperCap", "Highest bitrate", "2048", "1024", verdict=Verdict.ADJUSTED, read_back="1000")


def change_set(*fields: RecordedField, family: str = "isapi") -> ChangeSet:
    return ChangeSet(
        id=1,
        started=datetime.now(UTC),
        finished=None,
        who="somebody",
        account="admin",
        device_id=1,
        device_name="Dock 2",
        device_keys=frozenset(),
        address="127.87.1.1",
        family=family,
        resource="/ISAPI/Streaming/channels/101",
        title="Main stream",
        origin=Origin.FORM,
        state=ChangeState.DONE,
        undo_of=None,
        reboot_required=False,
        error="",
        fields=fields,
    )


def sides(told: ChangeSet) -> tuple[str, str, str | None]:
    (entry,) = worded_entries(told)
    return entry.field.old, entry.field.new, entry.field.read_back


def test_before_after_and_what_the_camera_holds_are_in_words_and_the_record_is_as_it_was():
    recorded = change_set(RATE)
    assert sides(recorded) == ("2048 kbps", "1024 kbps", "1000 kbps")
    assert recorded.fields == (RATE,)


@pytest.mark.parametrize("read_back", [None, ""])
def test_nothing_stays_nothing(read_back):
    field = RecordedField("Video/vbrUpperCap", "Highest bitrate", "", "1024", read_back=read_back)
    assert sides(change_set(field)) == ("", "1024 kbps", read_back)


@pytest.mark.parametrize(
    "told",
    [
        change_set(RecordedField("Video/nobodyKnows", "?", "2048", "1024", read_back="1000")),
        change_set(RATE, family="of a later Camwright"),
        change_set(RecordedField(RATE.path, "?", "2048", "1024", secret=True, read_back="1000")),
    ],
    ids=["unknown field", "unknown family", "secret"],
)
def test_what_nobody_knows_and_what_is_secret_stays_as_it_is(told):
    assert sides(told) == ("2048", "1024", "1000")


def test_a_value_alone():
    assert value_words(change_set(), "Video/videoQualityControlType", "VBR") == "Variable bitrate"
