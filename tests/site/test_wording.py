"""The history in words: what is recorded stays, what is told follows the family's catalog."""

from __future__ import annotations

from dataclasses import replace
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


LINES = (
    b"<LineDetection><id>1</id><LineItemList><LineItem><id>1</id><name>Gate</name></LineItem>"
    b"<LineItem><id>2</id><name>Yard</name></LineItem><LineItem><id>3</id><name>Door</name></LineItem>"
    b"</LineItemList></LineDetection>"
)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("2 1 3", "Yard (Line 2) before Gate (Line 1)"),
        ("3 1 2", "Door (Line 3) before Gate (Line 1)"),
        ("2 3 1", "Gate (Line 1) after Door (Line 3)"),
        ("3 2 1", "in this order: Door (Line 3), Yard (Line 2), Gate (Line 1)"),
        ("3 1", "− Yard (Line 2), Door (Line 3) before Gate (Line 1)"),
    ],
)
def test_another_order_is_told_by_the_names_of_the_records(new, told):
    order = RecordedField("LineItemList/LineItem[]", "Lines", "1 2 3", new)
    recorded = replace(change_set(order), resource="/ISAPI/Smart/LineDetection/1")
    (entry,) = worded_entries(recorded, LINES)
    assert (entry.field.old, entry.field.new) == ("", told)
    (entry,) = worded_entries(recorded, b"no document")
    assert "No. " in entry.field.new
    assert recorded.fields == (order,)
