"""The list of devices: correct as a model, filtered, grouped, batched, and told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from aio import until
from fakes import found
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu

from app.discovery import Changes, ScanProgress
from app.model.device import Address, DeviceState
from ui.models.site import ENTRY_ROLE, Grouping, SiteModel, Sorting
from ui.models.status import Login, Standing, status
from ui.panes.site_delegate import TAIL, address_for


def titles(model: SiteModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def checked() -> tuple[SiteModel, QAbstractItemModelTester]:
    model = SiteModel()
    return model, QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_sorted_by_number_not_by_text(qapp: object) -> None:
    model, _ = checked()
    model.take([found(1, host="127.18.0.10", name="B"), found(2, host="127.18.0.9", name="A")], (), ())
    assert titles(model) == ["A", "B"]
    model.arrange_by(Sorting.NAME, Grouping.NONE)
    model.take([found(3, host="127.18.0.1", name="C")], (), ())
    assert titles(model) == ["A", "B", "C"]


def test_groups_have_headings_that_cannot_be_chosen(qapp: object) -> None:
    model, _ = checked()
    model.take([found(n) for n in range(8)], (), ())
    model.arrange_by(Sorting.ADDRESS, Grouping.MODEL)
    headings = [row for row in range(model.rowCount()) if model.index(row).data(ENTRY_ROLE).found is None]
    assert len(headings) == 4
    assert not model.flags(model.index(headings[0])) & Qt.ItemFlag.ItemIsSelectable
    model.take([found(8)], [], [found(0)])
    assert model.shown == 8


@pytest.mark.parametrize("text", ["dock", "127.18.0.2", "DS-2DE4425", "sn000001", "4447cc000001", "44:47:cc:00:00:01"])
def test_filter_looks_at_every_fact(qapp: object, text: str) -> None:
    model, _ = checked()
    model.take([found(n) for n in range(4)], (), ())
    model.set_filter(text)
    assert titles(model) == ["Loading dock"]
    model.set_filter("")
    assert model.shown == 4


steps = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "filter", "sort", "group", "stand"]), st.integers(0, 30)), max_size=25
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_any_history_leaves_a_correct_model(qapp: object, steps: list[tuple[str, int]]) -> None:
    model, _ = checked()
    there = {}
    for what, number in steps:
        device = found(number)
        match what:
            case "add":
                there[device.address] = device
                model.take([device], (), ())
            case "remove":
                there.pop(device.address, None)
                model.take((), (), [device])
            case "filter":
                model.set_filter("" if number % 2 else "dock")
            case "sort":
                model.arrange_by(list(Sorting)[number % 4], model.grouping)
            case "group":
                model.arrange_by(model.sorting, list(Grouping)[number % 4])
            case "stand":
                model.set_standing(device.address, Standing(Login.REFUSED))
    model.set_filter("")
    assert model.total == len(there) == model.shown


def test_words_of_a_status(qapp: object) -> None:
    device = found(1)
    at = datetime(2026, 5, 4, 14, 32).astimezone()
    for standing, word, needs in (
        (Standing(Login.LOCKED, at), "locked until 14:32", True),
        (Standing(Login.REFUSED), "wrong password", True),
        (Standing(Login.OPEN), "ok", False),
        (Standing(Login.OPEN, changes=2), "2 changes", False),
        (Standing(Login.OPEN, changes=1), "1 change", False),
        (Standing(), "found", False),
    ):
        assert (status(device, standing).word, status(device, standing).needs_you) == (word, needs)
    assert status(replace(device, state=DeviceState.LOST), Standing(Login.OPEN)).word == "lost"
    assert status(replace(device, state=DeviceState.FOREIGN_SUBNET), Standing()).needs_you


def test_nobody_is_logged_in_to_before_a_device_is_chosen(site) -> None:
    site.window.pane.list.setFocus()
    assert site.window.current_device is None
    assert not site.connect.tries


def test_counts_and_states_are_said(site) -> None:
    pane = site.window.pane
    site.discovery.tell(Changes(changed=(found(1, state=DeviceState.NEEDS_SETUP),)))
    assert pane.counts.text() == "5 found, 1 needs you"
    site.discovery.progress = ScanProgress(sent=3, heard=1, remaining=2.0, done=False)
    site.discovery.tell(Changes())
    assert "scanning" in pane.counts.text()
    QTest.keyClicks(pane.search, "gate")
    assert pane.counts.text().startswith("1 of 5 shown")


def test_empty_says_what_to_do(site, run) -> None:
    pane = site.window.pane
    site.discovery.tell(Changes(removed=site.discovery.found))
    texts = [button.text() for button in pane.empty.buttons]
    assert texts == ["Scan again", "Add an address", "Try the demo site"]
    assert "Nobody answered on lo" in pane.empty.text.text()
    assert pane.empty.detail.text() == "lo (127.0.0.1): asked 6 times, nobody answered."
    QTest.mouseClick(pane.empty.buttons[0], Qt.MouseButton.LeftButton)
    assert site.discovery.rescans == 1
    QTest.mouseClick(pane.empty.buttons[1], Qt.MouseButton.LeftButton)
    assert pane.adding.isVisible()


def test_taken_out_of_the_list_is_out_of_the_site_file_too(site, run) -> None:
    pane, unlisted = site.window.pane, []

    async def unlist(address: str) -> None:
        unlisted.append(address)

    async def go() -> None:
        pane.unlist = unlist
        index = pane.model.index(0)
        known = index.data(ENTRY_ROLE).found
        pane.list.customContextMenuRequested.emit(pane.list.visualRect(index).center())
        menu = next(each for each in pane.findChildren(QMenu) if each.isVisible())
        next(action for action in menu.actions() if action.text() == "Take out of the list").trigger()
        menu.close()
        await until(lambda: unlisted == [str(known.address)])

    run(go())


def test_add_by_address(site, run) -> None:

    pane = site.window.pane
    new = found(20, host="127.18.9.9", name="Mast")
    site.discovery.answers[Address("127.18.9.9")] = new

    async def go() -> None:
        site.window.add_address()
        QTest.keyClicks(pane.adding.address, "not an address/")
        QTest.keyClick(pane.adding.address, Qt.Key.Key_Return)
        assert "not an address" in pane.adding.problem.text()
        pane.adding.address.setText("127.18.9.8")
        QTest.keyClick(pane.adding.address, Qt.Key.Key_Return)
        await until(lambda: "not like a camera" in pane.adding.problem.text())
        await until(pane.adding.address.isEnabled)
        pane.adding.address.setText("127.18.9.9")
        QTest.keyClick(pane.adding.address, Qt.Key.Key_Return)
        await until(lambda: site.window.current_device is not None)
        assert site.window.current_device.found == new
        assert pane.adding.isHidden()

    run(go())


def test_a_range_is_swept_and_can_be_stopped(site, run) -> None:

    pane = site.window.pane
    new = found(20, host="127.18.9.9", name="Mast")
    site.discovery.answers[Address("127.18.9.9")] = new

    async def go() -> None:
        site.window.add_address()
        pane.adding.address.setText("127.18.9.8-10")
        QTest.keyClick(pane.adding.address, Qt.Key.Key_Return)
        await until(lambda: pane.adding.now.text() == "Stop (1 of 1)")
        QTest.mouseClick(pane.adding.now, Qt.MouseButton.LeftButton)
        await until(lambda: pane.adding.now.text() == "Add" and pane.adding.address.isEnabled())
        assert new not in site.discovery.found
        site.discovery.swept.set()
        QTest.keyClick(pane.adding.address, Qt.Key.Key_Return)
        await until(pane.adding.isHidden)
        assert new in site.discovery.found

    run(go())


def test_forgotten_devices_close(site, run) -> None:

    async def go() -> None:
        site.window.pane.select(found(0).address)
        assert site.window.current_device is not None
        site.discovery.forget(found(0))
        await until(lambda: site.window.current_device is None)

    run(go())


def test_no_neighbour_is_chosen_when_the_filter_hides_the_device(site, run) -> None:
    async def go() -> None:
        pane = site.window.pane
        pane.select(found(0).address)
        QTest.keyClicks(pane.search, "office")
        assert site.window.current_device.found.address == found(0).address
        assert not pane.list.selectionModel().hasSelection()
        pane.search.clear()
        assert pane.list.selectionModel().isSelected(pane.model.index_of(found(0).address))

    run(go())


def test_five_thousand_rows_stay_in_order_through_every_change(qtmodeltester) -> None:
    from dataclasses import replace

    from ui.models.site import ENTRY_ROLE, Grouping, SiteModel, Sorting

    model = SiteModel()
    rows = [found(number) for number in range(5000)]
    model.take(tuple(reversed(rows)), (), ())
    assert (model.total, model.shown, model.rowCount()) == (5000, 5000, 5000)
    shown = [model.index(row).data(ENTRY_ROLE).found.address for row in range(model.rowCount())]
    assert shown == [each.address for each in rows]
    model.arrange_by(Sorting.NAME, Grouping.MODEL)
    model.set_filter("dock", False)
    assert 0 < model.shown < 5000
    model.take((), tuple(replace(each, name="Dock") for each in rows[:700]), tuple(rows[-500:]))
    assert model.total == 4500
    names = [model.index(row).data(ENTRY_ROLE).found for row in range(model.rowCount())]
    assert sum(1 for each in names if each is not None) == model.shown
    assert all("dock" in each.name.casefold() for each in names if each is not None)
    model.set_filter("", False)
    model.arrange_by(Sorting.ADDRESS, Grouping.NONE)
    shown = [model.index(row).data(ENTRY_ROLE).found.address for row in range(model.rowCount())]
    assert shown == [each.address for each in rows[:-500]]
    qtmodeltester.check(model)


def test_a_long_name_leaves_room_for_the_end_of_the_address(qapp):
    metrics = QFontMetrics(qapp.font())
    wide = metrics.horizontalAdvance
    assert address_for("192.168.1.64", wide("192.168.1.64"), metrics) == "192.168.1.64"
    assert address_for("192.168.1.64", 20, metrics) == ".64"
    assert address_for("192.168.1.64", -100, metrics) == ".64"
    cut = address_for("fe80::1234:5678:9abc:def0", 10, metrics)
    assert cut.endswith("0")
    assert wide(cut) <= TAIL
