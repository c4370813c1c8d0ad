"""What the history tells of a change set: records that came or went, not their every leaf."""

from __future__ import annotations

import pytest

from app.settings.changes import Verdict
from app.site.records import RecordedField
from app.site.summary import Entry, Happening, entries


def field(path: str, old: str, new: str, verdict: Verdict = Verdict.KEPT, title: str = "") -> RecordedField:
    return RecordedField(path, title or path.rpartition("/")[2], old, new, verdict=verdict, read_back=new)


def leaves(place: str, number: str, *, new: bool, x: str = "200") -> list[RecordedField]:
    texts = {
        "id": number,
        "enabled": "true",
        "CoordinatesList@size": "2",
        "CoordinatesList/Coordinates[1]/positionX": x,
    }
    return [field(f"{place}/{path}", *(("", text) if new else (text, ""))) for path, text in texts.items()]


def told(found: tuple[Entry, ...]) -> list[tuple[Happening, str]]:
    return [(each.what, each.name) for each in found]


def test_a_new_record_is_one_line_though_the_other_is_called_by_another_path_since() -> None:
    line = "LineItemList/LineItem"
    fields = [
        *leaves(line, "1", new=False),
        *leaves(f"{line}[1]", "1", new=True),
        *leaves(f"{line}[2]", "2", new=True),
    ]
    assert told(entries(fields)) == [(Happening.CAME, "Line 2")]
    back = [
        *leaves(f"{line}[1]", "1", new=False),
        *leaves(f"{line}[2]", "2", new=False),
        *leaves(line, "1", new=True, x="300"),
    ]
    assert told(entries(back)) == [(Happening.WENT, "Line 2"), (Happening.DRAWN, "Line 1")]


def test_the_worst_verdict_speaks_for_a_record() -> None:
    fields = leaves("LineItemList/LineItem[2]", "2", new=True)
    fields[2] = field(fields[2].path, "", "2", Verdict.IGNORED)
    (entry,) = entries(fields)
    assert entry.field.verdict is Verdict.IGNORED


def test_what_a_document_says_of_itself_is_no_change_unless_it_is_all_or_failed() -> None:
    version, size = field("Version@version", "1.0", "2.0"), field("RegionList@size", "1", "2")
    rest = field("enabled", "false", "true")
    assert [each.field for each in entries([version, rest, size])] == [rest]
    assert [each.field for each in entries([version])] == [version]
    ignored = field("List@version", "1.0", "2.0", Verdict.IGNORED)
    assert [each.field for each in entries([ignored, rest])] == [ignored, rest]


def test_corners_that_moved_are_one_line() -> None:
    start = "FieldDetectionRegionList/FieldDetectionRegion[1]"
    corners = f"{start}/RegionCoordinatesList/RegionCoordinates"
    fields = [
        field(f"{start}/sensitivityLevel", "50", "60"),
        field(f"{corners}[1]/positionX", "1", "2"),
        field(f"{corners}[2]/positionY", "1", "2", Verdict.ADJUSTED),
        field(f"{corners}[3]/positionY", "", "2"),
    ]
    found = entries(fields)
    assert told(found) == [(Happening.SET, ""), (Happening.DRAWN, "Field detection region 1")]
    assert found[1].field.verdict is Verdict.ADJUSTED


def test_a_form_that_adds_and_takes_out_records() -> None:
    gone = RecordedField(
        "User[2]/userName", "User name", "guest", "", False, Verdict.KEPT, "", "The camera took it out."
    )
    order = field("User[]", "1 2", "1 +1", title="Users")
    fields = [
        order,
        gone,
        RecordedField("User[2]/userLevel", "Level", "Viewer", "", False, Verdict.KEPT, "", "The camera took it out."),
        field("User[+1]/userName", "", "night"),
        field("User[+1]/userLevel", "", "Viewer"),
    ]
    assert told(entries(fields)) == [(Happening.WENT, "guest (User 2)"), (Happening.CAME, "night (User)")]
    assert told(entries([field("User[]", "1 2", "2 1")])) == [(Happening.ORDERED, "")]


@pytest.mark.parametrize(
    "fields",
    [
        [field("HttpHostNotification[1]/hostName", "", "a"), field("HttpHostNotification[1]/url", "", "/b")],
        [field("hostName", "", "a"), field("ipAddress", "1.2.3.4", "")],
        [field("List/Item/name", "old", "new")],
    ],
)
def test_values_that_were_empty_before_are_values(fields: list[RecordedField]) -> None:
    assert told(entries(fields)) == [(Happening.SET, "")] * len(fields)


def area(number: int, *, new: bool, **texts: str) -> list[RecordedField]:
    """A region that is a name and no entry of a list."""
    title = f"Area {number}"
    return [
        field(f"region_info_{number}/{path}", *(("", text) if new else (text, "")), title=f"{title}: {path}")
        for path, text in {"points_num": "4", "points_x": "[0,1,1,0]", "points_y": "[0,0,1,1]", **texts}.items()
    ]


def test_regions_that_are_names_are_told_like_those_of_lists() -> None:
    assert told(entries(area(2, new=True, id="2", sensitivity="50"))) == [(Happening.CAME, "Area 2")]
    assert told(entries(area(1, new=False))) == [(Happening.WENT, "Area 1")]
    moved = [
        field("region_info_1/points_x", "[0,1,1,0]", "[3,1,1,0]", title="Area 1: Corners, from left"),
        field("region_info_1/points_y", "[0,0,1,1]", "[3,0,1,1]", title="Area 1: Corners, from top"),
        field("region_info_1/sensitivity", "50", "60", title="Area 1: Sensitivity"),
    ]
    assert told(entries(moved)) == [(Happening.DRAWN, "Area 1"), (Happening.SET, "")]
