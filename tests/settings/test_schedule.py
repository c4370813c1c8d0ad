"""The week: laws of painting, and of putting it into a device's list of time blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import values
from app.settings.depends import Depends
from app.settings.document import Document
from app.settings.field import Field
from app.settings.schedule import fitted, weeks
from app.settings.spec import Kind, Spec
from app.settings.week import EMPTY, END, SLOT, SLOTS, format_week, parse_week, summary, week_of

minutes = st.integers(0, 24 * 60).map(lambda minute: minute * 60)
blocks = st.tuples(st.integers(0, 6), minutes, minutes).map(lambda b: (b[0], *sorted(b[1:])))
lists = st.lists(blocks, min_size=1, max_size=12)
any_week = lists.map(week_of)


@given(any_week)
def test_a_week_survives_its_text(week):
    assert parse_week(format_week(week)) == week


@given(st.text(max_size=40) | st.text("MonTue 0123456789:-;,", max_size=40))
def test_any_text_is_a_week_or_refused(text):
    try:
        week = parse_week(text)
    except ValueError:
        return
    assert parse_week(format_week(week)) == week


@given(any_week, st.sets(st.integers(0, 6)), st.integers(0, 47), st.integers(0, 47), st.booleans())
def test_painting_changes_what_is_painted_and_nothing_else(week, days, one, other, on):
    first, last = sorted((one, other))
    painted = week.painted(days, first, last, on)
    for day in range(7):
        for slot in range(SLOTS):
            if day in days and first <= slot <= last:
                assert painted.is_on(day, slot) is on
            else:
                assert painted.is_on(day, slot) is week.is_on(day, slot)
    outside = [d for d in range(7) if d not in days]
    assert all(painted.days[day] == week.days[day] for day in outside)
    assert painted.painted(days, first, last, on) == painted


@given(any_week, st.integers(0, 6))
def test_copying_a_day(week, day):
    copied = week.copied(day, range(7))
    assert set(copied.days) == {week.days[day]}
    assert week.copied(day, ()) == week


@given(lists, any_week)
def test_what_fits_says_exactly_the_week_in_as_many_blocks(held, week):
    found = fitted(week, held)
    if found is None:
        stretches = [end - begin for day in week.days for begin, end in day]
        too_short = sum(stretches) < 2 * 60 * len(held)  # nothing left that could be halved at a minute
        assert len(stretches) > len(held) or too_short
        return
    assert len(found) == len(held)
    assert week_of(found) == week


@given(lists)
def test_a_week_that_was_not_touched_leaves_every_block(held):
    assert fitted(week_of(held), held) == tuple(held)


def test_as_many_stretches_as_blocks_always_fit():
    held = [(day, 0, END) for day in range(7)]
    week = EMPTY.painted(range(7), 16, 35, True)
    assert fitted(week, held) == tuple((day, 16 * SLOT, 36 * SLOT) for day in range(7))


def test_only_what_changed_is_written():
    held = [(day, 0, END) for day in range(7)]
    found = fitted(week_of(held).painted((2,), 0, 11, False), held)
    assert [n for n in range(7) if found[n] != held[n]] == [2]


def test_a_block_too_many_halves_a_stretch_or_is_empty_as_the_device_does_it():
    assert fitted(week_of([(0, 0, END)]), [(0, 0, END), (1, 0, END)]) == ((0, 0, END // 2), (0, END // 2, END))
    assert fitted(week_of([(0, 0, END)]), [(0, 0, END), (1, 0, END), (2, 0, 0)])[1:] == ((1, 0, 0), (2, 0, 0))
    assert fitted(EMPTY, [(0, 0, END)]) is None
    assert fitted(EMPTY, [(0, 0, END), (0, 0, 0)]) == ((0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("never", "Never"),
        ("Mon 00:00-24:00; Tue 00:00-24:00", "Monday to Tuesday all day"),
        (
            "Mon 08:00-18:00; Sun 10:00-12:00 13:00-13:30:15",
            "Monday 08:00–18:00; Sunday 10:00–12:00, 13:00–13:30:15",
        ),
    ],
)
def test_a_week_in_words(text, words):
    assert values.display(text, Spec(Kind.WEEK, "Week")) == words


# In a document


def texts(*blocks: tuple[str, str, str], at: str = "Schedule/TimeBlockList") -> dict[str, str]:
    found = {}
    for number, (day, begin, end) in enumerate(blocks, 1):
        block = f"{at}/TimeBlock[{number}]" if len(blocks) > 1 else f"{at}/TimeBlock"
        found |= {f"{block}/dayOfWeek": day, f"{block}/TimeRange/beginTime": begin, f"{block}/TimeRange/endTime": end}
    return found


class Raw:
    raw, media_type = b"", "text/plain"

    def encode(self, edits):
        return repr(sorted(edits.items())).encode()


def document(held: dict[str, str]) -> Document:
    fields = [Field(p, t, Spec(Kind.TEXT, p), ("Schedule", f"Block {p.split('/')[2]}")) for p, t in held.items()]
    return Document("/d", "Arming", fields, Raw(), Depends(combined=weeks(held)))


PATH = "Schedule/TimeBlockList"


def test_a_list_of_blocks_is_shown_as_one_week_in_the_section_around_it():
    made = document(texts(("1", "00:00:00", "24:00:00"), ("2", "08:00:00", "12:00:00")))
    (shown,) = made.shown
    assert (shown.path, shown.spec.kind, shown.section) == (PATH, Kind.WEEK, ("Schedule",))
    assert shown.text == "Mon 00:00-24:00; Tue 08:00-12:00"
    assert made.home(f"{PATH}/TimeBlock[2]/dayOfWeek") == PATH


def test_an_edit_of_the_week_changes_the_leaves_that_it_needs_and_undoing_it_none():
    made = document(texts(("1", "00:00:00", "24:00:00"), ("2", "08:00:00", "12:00:00")))
    made.set_text(PATH, "Mon 00:00-24:00; Wed 08:00-12:30")
    changed = {change.path: change.new for change in made.changes()}
    assert changed == {f"{PATH}/TimeBlock[2]/dayOfWeek": "3", f"{PATH}/TimeBlock[2]/TimeRange/endTime": "12:30:00"}
    made.set_text(PATH, "Mon 00:00-24:00; Tue 08:00-12:00")
    assert made.edited_paths == ()


@pytest.mark.parametrize(
    ("week", "problem"),
    [
        ("Mon 08:00-09:00 10:00-11:00 12:00-13:00", "The camera's list has 2 stretches, this week needs 3"),
        ("never", "Leave at least one stretch: the camera's list cannot be emptied here"),
        ("Mon 9-5", "Use days and times like Mon 08:00-18:00"),
        ("", "Use days and times like Mon 08:00-18:00"),
    ],
)
def test_a_week_that_the_list_cannot_hold_is_kept_and_said(week, problem):
    made = document(texts(("1", "00:00:00", "24:00:00"), ("2", "08:00:00", "12:00:00")))
    made.set_text(PATH, week)
    assert made.text(PATH) == week
    assert made.problems == {PATH: problem}
    made.revert(PATH)
    assert made.edited_paths == ()


def test_the_device_s_own_spelling_is_kept():
    made = document(texts(("1", "00:00", "23:59"), ("2", "00:00", "12:00")))
    assert made.text(PATH) == "Mon 00:00-24:00; Tue 00:00-12:00"
    made.set_text(PATH, "Tue 00:00-24:00; Wed 06:30-07:00")
    written = {change.new for change in made.changes()}
    assert "23:59" in written
    assert all(len(text) <= 5 for text in written)


@pytest.mark.parametrize(
    "block",
    [
        ("0", "00:00:00", "24:00:00"),
        ("8", "00:00", "01:00"),
        ("x", "00:00", "01:00"),
        ("1", "22:00", "06:00"),
        ("1", "", "06:00"),
    ],
)
def test_what_is_no_plain_block_stays_a_list_of_fields(block):
    assert weeks(texts(("1", "00:00:00", "24:00:00"), block)) == ()


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=5)), lists)
def test_any_document_is_read_and_each_week_told_back_as_it_was(others, held):
    given_texts = texts(*[(str(d + 1), schedule_text(b), schedule_text(e)) for d, b, e in held])
    (week,) = weeks({**others, **given_texts})
    assert week.split(week.join(week.held)) == week.held


def schedule_text(at: int) -> str:
    return f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}"


def test_the_summary_names_the_whole_week():
    assert summary(EMPTY.painted(range(7), 0, 47, True)) == "Every day all day"
