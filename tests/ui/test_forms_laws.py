"""Laws of the editors: a value that is shown and read off again is the same value, for every kind; hostile limits and
options neither raise nor hang."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.families.isapi.constraints import read_limits
from app.settings import values
from app.settings.document import Document, Field
from app.settings.spec import Kind, Option, Spec
from app.settings.week import parse_week
from ui.forms.choices import ChoiceEditor, LateCombo
from ui.forms.editors import FrameRateEditor, NumberEditor
from ui.forms.grip import line_of
from ui.forms.marks import MaskEditor, with_bit
from ui.forms.registry import editor_for

pytestmark = pytest.mark.gui
LAW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))
CLOCKS = st.times().map(lambda at: at.isoformat("seconds"))
DAYS = st.dates().map(str)
HEXES = st.text("0123456789abcdefABCDEF", max_size=40)
ADDRESSES = st.ip_addresses(v=4).map(str)
SIXES = st.one_of(st.ip_addresses(v=6).map(str), st.ip_addresses(v=6).map(lambda each: each.exploded))
VALUES = {
    Kind.INT: st.integers(-(2**63), 2**64 - 1).map(str) | st.sampled_from(["+5", "007", "-0"]),
    Kind.FLOAT: st.decimals(-(10**9), 10**9, places=6).map(lambda each: f"{each:f}"),
    Kind.FPS100: st.integers(0, 2**64 - 1).map(str),
    Kind.PORT: st.integers(1, 65535).map(str),
    Kind.TEXT: st.text(LETTERS),
    Kind.PASSWORD: st.text(LETTERS, min_size=1),
    Kind.OPAQUE: st.text(LETTERS | st.sampled_from("\n\r\t ")),
    Kind.IPV4: ADDRESSES,
    Kind.IPV6: SIXES,
    Kind.HOST: st.one_of(ADDRESSES, SIXES, st.from_regex(r"[a-z]{1,9}(\.[a-z0-9]{1,9}){0,2}[a-z]", fullmatch=True)),
    Kind.MAC: st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex(":")),
    Kind.DATETIME: st.datetimes().map(lambda at: at.isoformat(timespec="seconds")),
    Kind.TIME: CLOCKS,
    Kind.DATE: DAYS,
    Kind.TIMEZONE: st.sampled_from(["CST-8:00:00", "CST-8", "CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00"]),
    Kind.HEX: HEXES,
    Kind.COLOUR: st.binary(min_size=3, max_size=3).map(bytes.hex),
}


def read_off(editor: QWidget) -> str:
    """What would be sent if somebody put a letter there and took it away again."""
    found: list[str] = []
    editor.user_edited.connect(found.append)
    line = line_of(editor)
    line.setFocus()
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    assert len(found) == 2, "each key is told once"
    return found[-1]


@pytest.mark.parametrize("kind", VALUES)
def test_what_is_shown_and_read_off_again_is_the_same_value(qtbot, kind):
    spec = Spec(kind, "Field")

    @LAW
    @given(VALUES[kind])
    def law(text: str) -> None:
        editor = editor_for(spec, None)
        qtbot.addWidget(editor)
        editor.show_text(text, "" if kind is Kind.PASSWORD else text)
        if isinstance(editor, LateCombo):
            editor.complete()
        again = read_off(editor)
        assert values.same(again, text, spec)
        if kind is not Kind.FPS100:
            assert again == text, "to the character: an editor puts nothing right"

    law()


@LAW
@given(st.integers(0, 2**64 - 1))
def test_rates_are_shown_and_read_to_the_hundredth(number: int) -> None:
    editor = FrameRateEditor(Spec(Kind.FPS100, "Rate"))
    assert editor.to_wire(editor.to_shown(str(number))) == str(number)
    editor.deleteLater()


@LAW
@given(HEXES.filter(bool), st.integers(0, 160))
def test_a_bit_on_and_off_again_is_the_same_mask(text: str, place: int) -> None:
    bit = 1 << place
    if bit.bit_length() > 4 * len(text):
        return
    was_on = bool(int(text, 16) & bit)
    turned = with_bit(text, bit, not was_on)
    assert int(turned, 16) == int(text, 16) ^ bit
    assert len(turned) == len(text)
    back = with_bit(turned, bit, was_on)
    assert values.same(back, text, Spec(Kind.HEX, "Mask"))


TITLES = st.text(max_size=5) | st.sampled_from(["A", "A", " ", "", "x" * 100_000, "שער צפון", "🚪", "two\nlines", "&x"])
OPTIONS = st.lists(st.builds(Option, st.text(max_size=4), TITLES), max_size=6, unique_by=lambda each: each.value)


@LAW
@given(OPTIONS, st.text(max_size=5), st.booleans(), st.data())
def test_a_box_holds_what_it_is_shown(options: list[Option], other: str, is_open: bool, data: st.DataObject) -> None:
    """Whatever the options are called: equal, empty, endless, in any script."""
    spec = Spec(Kind.OPTION, "Field", options=tuple(options), open_options=is_open)
    editor = ChoiceEditor(spec)
    editor.complete()
    assert 0 < editor.wanted_width() < 1000
    told: list[str] = []
    editor.user_edited.connect(told.append)
    texts = [*(option.value for option in options), other]
    for text in data.draw(st.lists(st.sampled_from(texts), max_size=5)):
        editor.show_text(text, text)
        listed = any(option.value == text for option in options)
        if listed or not is_open:
            assert editor.itemData(editor.currentIndex()) == text
        elif not any(text == (option.title or option.value) for option in options) and "\n" not in text:
            assert editor.typed() == text
    assert told == []
    for index in range(editor.count()):
        editor.activated.emit(index)
        assert told[-1] == editor.itemData(index)
    editor.deleteLater()


LIMITS = st.none() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False)
SPECS = st.builds(
    Spec,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.LIST]),
    title=st.text(max_size=20),
    minimum=LIMITS,
    maximum=LIMITS,
    ranges=st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99)), max_size=4).map(tuple),
    min_length=st.none() | st.integers(0, 10**9),
    max_length=st.none() | st.integers(0, 10**9),
    options=OPTIONS.map(tuple),
    open_options=st.booleans(),
    default=st.none() | st.text(max_size=5),
    unit=st.sampled_from(["", "kbps"]),
)


@LAW
@given(SPECS, st.text(max_size=8) | st.integers().map(str), st.sampled_from([-10, -1, 1, 10]))
def test_hostile_limits_neither_raise_nor_hang(spec: Spec, text: str, count: int) -> None:
    editor = editor_for(spec, None)
    told: list[str] = []
    editor.user_edited.connect(told.append)
    editor.show_text(text, text)
    assert editor.wanted_width() > 0
    assert told == []
    if isinstance(editor, NumberEditor):
        editor.step(count)
        assert len(told) <= 1
    if isinstance(editor, MaskEditor):
        assert editor.wanted_height() > 0
    source = type("Nothing", (), {"raw": b"", "media_type": "", "encode": lambda self, edits: b""})()
    document = Document("/d", "D", [Field("f", text, spec)], source)
    document.set_text("f", f"{text}0")
    assert isinstance(document.problem("f"), str)
    assert isinstance(document.note("f"), str)
    assert isinstance(values.display(text, spec), str)
    editor.deleteLater()


def test_weeks_are_shown_and_read_off_again(qtbot):
    editor = editor_for(Spec(Kind.WEEK, "Week"), None)
    qtbot.addWidget(editor)
    found: list[str] = []
    editor.user_edited.connect(found.append)
    for text in ("Mon 08:00-18:00", "Mon 00:00-24:00; Sun 10:15-10:45", "never"):
        editor.show_text(text, text)
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Space)
        QTest.keyClick(editor, Qt.Key.Key_Space)
        assert found
        assert editor.week.is_on(0, 0) == parse_week(text).is_on(0, 0)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"min": "9", "max": "1"}, (None, None)),
        ({"min": "-5", "max": ""}, (-5, None)),
        ({"min": "x", "max": "1e9"}, (None, None)),
        ({"min": "0", "max": "9" * 50}, (0, None)),
    ],
)
def test_limits_that_are_none_are_none(attributes, expected):
    limits = read_limits(attributes)
    assert (limits.minimum, limits.maximum) == expected


def test_a_million_options_are_no_list_to_choose_from(qtbot):
    said = ",".join(map(str, range(1_000_000)))
    limits = read_limits({"opt": said})
    assert limits.options == ()
    assert limits.told
    assert read_limits({"range": said}).ranges == ()
    spec = Spec(Kind.INT, "Field", ranges=tuple((n, n) for n in range(4096)))
    assert len(values.ranges_text(spec)) < 200
    assert len(values.problem("-1", spec)) < 250
    editor = editor_for(spec, None)
    qtbot.addWidget(editor)
    editor.show_text("5", "5")
    editor.step(1)
    assert editor.text() == "6"
