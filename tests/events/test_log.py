"""The log of a session: pairing, repeats, bounds, and the laws that nothing goes unsaid."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from app.events import EventLog, RecordKind, write_csv
from app.model.event import DeviceEvent, Skipped
from app.model.region import Purpose


def event(at=0.0, *, active=True, region="1", count=None, kind="linedetection", title="Line crossing"):
    return DeviceEvent(kind, title, Purpose.LINE, at, active=active, region=region, count=count)


def test_posts_of_one_occurrence_are_one_record_and_its_end_finds_it():
    log = EventLog()
    first, began = log.add("gate", event(1, count=1))
    assert began
    _, again = log.add("gate", event(2, count=2))
    assert not again
    ended, _ = log.add("gate", event(3, active=False, count=3))
    assert (ended.number, ended.repeats, ended.began, ended.ended) == (first.number, 2, 1, 3)
    _, anew = log.add("gate", event(4, count=1))
    assert anew
    assert len(log) == 2


def test_other_regions_channels_types_and_devices_are_other_occurrences():
    log = EventLog()
    for device, what in (("a", event(1)), ("b", event(1)), ("a", event(1, region="2")), ("a", event(1, kind="VMD"))):
        assert log.add(device, what)[1]
    assert len(log) == 4


def test_a_count_that_starts_anew_is_a_new_occurrence():
    log = EventLog()
    log.add("gate", event(1, count=7))
    assert log.add("gate", event(1.1, count=1))[1]
    assert next(iter(log)).note == "Its end was never reported."


def test_an_end_without_a_beginning_is_said():
    log = EventLog()
    record, began = log.add("gate", event(5, active=False))
    assert not began
    assert record.ended == 5
    assert record.note


def test_what_was_not_understood_is_one_record_for_each_reason():
    log = EventLog()
    for at in range(100):
        log.skip("gate", Skipped(float(at), "An alert was cut off.", 10))
    log.skip("gate", Skipped(1.0, "A picture has no end.", 7))
    assert [(each.kind, each.repeats) for each in log] == [(RecordKind.SKIPPED, 100), (RecordKind.SKIPPED, 1)]
    assert log.skipped_bytes["gate"] == 1007


def test_a_gap_lasts_until_somebody_listens_again():
    log = EventLog()
    log.gap("gate", "The camera closed the connection.", 10)
    log.gap("gate", "Nothing answers.", 12)
    log.gap_ended("gate", 20)
    (gap,) = log
    assert (gap.kind, gap.began, gap.ended, gap.title) == (RecordKind.GAP, 10, 20, "Nothing answers.")
    log.gap("gate", "Nothing answers.", 30)
    assert len(log) == 2


def test_pictures_are_bounded_and_the_oldest_go():
    log = EventLog(picture_bytes=250)
    numbers = [log.add("gate", event(10.0 * at, count=1))[0].number for at in range(4)]
    for number in numbers:
        log.picture(number, bytes(100))
    assert [log[number].picture is not None for number in numbers] == [False, False, True, True]
    assert log[numbers[0]].note
    log.picture(numbers[3], b"another")
    assert log[numbers[3]].picture == bytes(100)


def test_thirty_thousand_different_events_are_all_there():
    """500 a second for a minute."""
    log = EventLog()
    for at in range(30_000):
        log.add("gate", event(at / 500, region=str(at)))
    assert (len(log), log.evicted, log.events["gate"]) == (30_000, 0, 30_000)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from("123"), st.sampled_from([True, False, None]), st.integers(1, 3)
        ),
        max_size=120,
    ),
    st.integers(1, 20),
    st.integers(0, 119),
)
def test_every_post_is_in_a_record_or_among_the_forgotten(posts, capacity, looks):
    """And a watch that looks in between knows what the log knows."""
    log = EventLog(capacity)
    watch = log.watch()
    known = {}

    def look():
        batch = watch.take()
        known.update({each.number: each for each in (*batch.new, *batch.changed)})
        for number in [number for number in known if number < batch.first]:
            del known[number]

    for at, (device, region, active, count) in enumerate(posts):
        log.add(device, event(float(at), active=active, region=region, count=count))
        if at == looks:
            look()
    look()
    assert known == {each.number: each for each in log}
    assert len(log) <= capacity
    assert sum(log.events.values()) == len(posts)
    ever = log._next - 1
    assert len(log) + log.evicted == ever
    for each in log:
        assert each.began <= each.last
        assert each.ended is None or each.ended >= each.began
    watch.close()


def test_csv_has_a_line_for_each_record_and_no_formulas():
    log = EventLog()
    log.add("=cmd()", event(1.5, title="Line, “crossing”"))
    log.skip("gate", Skipped(2.0, "An alert was cut off.", 10))
    file = io.StringIO(newline="")
    assert write_csv(log, file) == 2
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert [row["kind"] for row in rows] == ["event", "skipped"]
    assert rows[0]["device"] == "'=cmd()"
    assert rows[0]["event"] == "Line, “crossing”"
    assert rows[0]["region"] == "1"
