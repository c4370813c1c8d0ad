"""The palette: what fits, in which order, and by keyboard alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ui.palette import GOOD_ROWS, SHOWN, Palette, PaletteEntry, matching, score


def entry(title: str, place: str = "", done: list[str] | None = None) -> PaletteEntry:
    return PaletteEntry(title, place, lambda: done.append(title) if done is not None else None)


def test_better_matches_come_first() -> None:
    entries = [entry("Sub bitrate"), entry("Big trap"), entry("Bitrate"), entry("Gate", "bitrate street")]
    assert [each.title for each in matching("bitrate", entries)] == ["Bitrate", "Sub bitrate", "Gate"]
    assert [each.title for each in matching("btrt", entries)] == ["Sub bitrate", "Bitrate"] or [
        each.title for each in matching("btrt", entries)
    ] == ["Bitrate", "Sub bitrate"]
    assert matching("dock bitrate", [entry("Bitrate", "Dock 2 › Video")])
    assert not matching("xyz", entries)


@given(st.text(max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_typed(query: str, title: str, place: str) -> None:
    points = score(query, title, place)
    assert points is None or points >= 0
    assert score(title, title) is not None


def test_few_rows_whatever_there_is() -> None:
    assert len(matching("", [entry(str(n)) for n in range(5000)])) == SHOWN


def test_keyboard_alone(qapp: QApplication) -> None:
    holder = QWidget()
    holder.resize(900, 600)
    palette = Palette(holder)
    holder.show()
    done: list[str] = []
    palette.open([entry("Gate", "", done), entry("Dock", "", done), entry("Ramp", "", done)])
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == ["Ramp"]
    assert palette.isHidden()
    palette.open([entry("Gate", "", done)])
    QTest.keyClicks(palette.line, "zzz")
    assert palette.nothing.isVisible()
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert done == ["Ramp"]
    holder.deleteLater()


def test_what_a_search_found_stands_between_good_and_poor_matches() -> None:
    entries = [entry("Bitrate of the site"), entry("Gate", "bitrate street"), entry("Some bitrate")]
    found = [entry("Frame rate"), entry("Bitrate")]
    shown = [each.title for each in matching("bitrate", entries, found)]
    assert shown == ["Bitrate of the site", "Some bitrate", "Frame rate", "Bitrate", "Gate"]
    many = matching("camera", [entry(f"Camera {n}") for n in range(500)], found)
    assert len(many) == SHOWN
    assert many[GOOD_ROWS] is found[0]  # a hundred cameras do not push the settings out


def test_more_that_is_found_later_keeps_what_was_chosen(qapp: QApplication) -> None:
    holder = QWidget()
    holder.resize(900, 600)
    palette = Palette(holder)
    holder.show()
    done: list[str] = []
    found = [entry("Bitrate", "Sub", done), entry("Bitrate mode", "Sub", done)]
    asked: list[str] = []

    def find(words: str) -> list[PaletteEntry]:
        asked.append(words)
        return found

    palette.open([entry("Gate", "", done)], find)
    assert asked == []  # nothing was typed
    QTest.keyClicks(palette.line, "bit")
    assert asked == ["b", "bi", "bit"]
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    found.insert(0, PaletteEntry("Bitrate", "Main", lambda: done.append("main"), value="4096 kbps"))
    palette.look_again()
    index = palette.list.currentIndex()
    assert index.row() == 2
    first = palette.list.model().index(0, 0)
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "Bitrate, 4096 kbps, Main"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == ["Bitrate mode"]
    palette.look_again()  # closed: nothing happens
    assert len(asked) == 4
    holder.deleteLater()
