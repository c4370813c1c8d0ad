"""The result of a walk test: as a value, as JSON for the site file, and as a page for the customer."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from app.errors import SiteError
from app.events.table import local
from app.events.walktest import Mark, Station
from app.model.region import Direction, Purpose

_FORMAT = 1
_MARKS = {Mark.PASSED: "passed", Mark.UNTESTED: "not tested", Mark.OFF: "off"}
_DIRECTIONS = {Direction.A_TO_B: "A to B", Direction.B_TO_A: "B to A", Direction.BOTH: "both ways"}
_STYLE = """
body { font-family: sans-serif; font-size: 10pt; color: #18212c; }
h1 { font-size: 16pt; margin: 0 0 6pt 0; }
p { margin: 2pt 0; }
.verdict { font-size: 12pt; margin: 8pt 0; }
table { border-collapse: collapse; }
th { text-align: left; border-bottom: 1px solid #7f8b99; }
td { vertical-align: top; border-bottom: 1px solid #d5dbe3; }
.passed { color: #1a7f37; font-weight: bold; }
.untested { color: #c3221c; font-weight: bold; }
.off { color: #566273; }
.small { color: #566273; font-size: 8pt; }
"""


# Title and share of the width: QTextDocument goes by the words otherwise, and leaves no room between two of them.
_COLUMNS = (
    ("Region", 22),
    ("Result", 14),
    ("First", 11),
    ("Hits", 6),
    ("Who", 11),
    ("Direction", 14),
    ("Picture", 22),
)


@dataclass(frozen=True, slots=True)
class WalkReport:
    """A walk that is over. camera is its name for people; author is the user of this computer, account that of the
    camera. deaf are seconds during the walk in which nobody could listen; armed says what was turned on for it."""

    camera: str
    address: str
    model: str
    firmware: str
    began: float
    ended: float
    author: str
    account: str
    stations: tuple[Station, ...]
    deaf: float = 0.0
    armed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def count(self, mark: Mark) -> int:
        return sum(each.mark is mark for each in self.stations)

    @property
    def verdict(self) -> str:
        """One sentence."""
        passed, untested = self.count(Mark.PASSED), self.count(Mark.UNTESTED)
        if untested:
            return f"{untested} of {passed + untested} regions were not tested."
        return f"All {passed} regions that watch were tested." if passed else "No region watches; nothing was tested."


def to_json(report: WalkReport) -> bytes:
    """Pictures included, as base64."""
    said = {name: getattr(report, name) for name in WalkReport.__dataclass_fields__ if name != "stations"}
    stations = [row(each, pictures=True) for each in report.stations]
    return json.dumps({"format": _FORMAT, **said, "stations": stations}).encode()


def from_json(body: bytes) -> WalkReport:
    """SiteError for what `to_json` did not write."""
    try:
        said = json.loads(body)
        if said.pop("format") != _FORMAT:
            raise SiteError("This walk test was written by another version.")
        stations = tuple(_station(each) for each in said.pop("stations"))
        said["armed"], said["problems"] = tuple(said["armed"]), tuple(said["problems"])
        return WalkReport(stations=stations, **said)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise SiteError("This walk test cannot be read.", detail=str(error)) from error


def row(station: Station, *, pictures: bool = False) -> dict[str, Any]:
    """One station for JSON; times are seconds since 1970."""
    said: dict[str, Any] = {
        "layer": station.layer,
        "region": station.region,
        "title": station.title,
        "purpose": station.purpose.value,
        "channel": station.channel,
        "mark": station.mark.value,
        "why_off": station.why_off,
        "first": station.first,
        "last": station.last,
        "hits": station.hits,
        "targets": list(station.targets),
        "directions": [each.value for each in station.directions],
        "note": station.note,
    }
    if pictures:
        said["picture"] = base64.b64encode(station.picture).decode() if station.picture is not None else None
    return said


def _station(said: dict[str, Any]) -> Station:
    picture = said.get("picture")
    return Station(
        layer=str(said["layer"]),
        region=str(said["region"]),
        title=str(said["title"]),
        purpose=Purpose(said["purpose"]),
        channel=int(said["channel"]),
        why_off=str(said["why_off"]),
        first=said["first"],
        last=said["last"],
        hits=int(said["hits"]),
        targets=tuple(said["targets"]),
        directions=tuple(Direction(each) for each in said["directions"]),
        note=str(said["note"]),
        picture=base64.b64decode(picture, validate=True) if picture else None,
    )


def page(report: WalkReport) -> str:
    """HTML that needs nothing else: pictures are inside. Made of what QTextDocument understands as well."""
    began = datetime.fromtimestamp(report.began).astimezone()
    facts = [
        ("Camera", " ".join(filter(None, (report.camera, report.model, report.firmware)))),
        ("Address", report.address),
        ("Walked", f"{began:%Y-%m-%d %H:%M} to {datetime.fromtimestamp(report.ended).astimezone():%H:%M}"),
        ("By", report.author + (f", logged in as {report.account}" if report.account else "")),
    ]
    lines = [f"<p><b>{escape(name)}:</b> {escape(value)}</p>" for name, value in facts]
    armed = [f"Armed for this test, and put back after it: {'; '.join(report.armed)}."] if report.armed else []
    notes = [*armed, *report.problems]
    if report.deaf >= 1:
        notes.append(f"For {report.deaf:.0f} s of the test the camera could not be heard.")
    style = "untested" if report.count(Mark.UNTESTED) else "passed" if report.count(Mark.PASSED) else "off"
    heads = "".join(f'<th width="{share}%">{title}</th>' for title, share in _COLUMNS)
    return "\n".join(
        [
            '<!DOCTYPE html><html><head><meta charset="utf-8">',
            f"<title>Walk test: {escape(report.camera)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>Walk test: {escape(report.camera)}</h1>",
            *lines,
            f'<p class="verdict {style}">{escape(report.verdict)}</p>',
            f'<table width="100%" cellspacing="0" cellpadding="4"><thead><tr>{heads}</tr></thead><tbody>',
            *(_row(each) for each in report.stations),
            "</tbody></table>",
            *(f'<p class="small">{escape(each)}</p>' for each in notes),
            "</body></html>",
        ]
    )


def _row(station: Station) -> str:
    first = datetime.fromtimestamp(station.first).astimezone().strftime("%H:%M:%S") if station.first is not None else ""
    note = station.why_off or station.note
    directions = "not said" if station.is_way_unsaid else ", ".join(_DIRECTIONS[each] for each in station.directions)
    cells = [
        f'{escape(station.title)}<br><span class="small">{escape(note)}</span>' if note else escape(station.title),
        f'<span class="{station.mark.value}">{_MARKS[station.mark]}</span>',
        first,
        str(station.hits or ""),
        escape(", ".join(station.targets)),
        directions,
        _image(station.picture),
    ]
    return "<tr>" + "".join(f"<td>{each}</td>" for each in cells) + "</tr>"


def _image(picture: bytes | None) -> str:
    if picture is None:
        return ""
    return f'<img width="150" src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">'


def summary(report: WalkReport) -> dict[str, Any]:
    """For the command line: everything but the pictures."""
    return {
        "camera": report.camera,
        "address": report.address,
        "began": local(report.began),
        "ended": local(report.ended),
        "author": report.author,
        "account": report.account,
        "passed": report.count(Mark.PASSED),
        "untested": report.count(Mark.UNTESTED),
        "off": report.count(Mark.OFF),
        "deaf_seconds": round(report.deaf, 1),
        "armed": list(report.armed),
        "problems": list(report.problems),
        "regions": [
            {
                **row(each),
                "first": None if each.first is None else local(each.first),
                "last": None if each.last is None else local(each.last),
                "picture": each.picture is not None,
            }
            for each in report.stations
        ],
    }
