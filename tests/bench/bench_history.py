"""The History page on a site of 5,000 change sets: milliseconds to its first picture, from a letter in the filter to
the painted rows, and for each step of scrolling.
`QT_QPA_PLATFORM=offscreen python tests/bench/bench_history.py [CHANGES]`
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MappingProxyType

import qasync
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.families.base import Session, SettingsTree
from app.model.device import Address
from app.settings.changes import Verdict
from app.site.history import Intent, _begin
from app.site.identity import Identity
from app.site.journal import journalled
from app.site.records import Origin, RecordedField, Sighting
from app.site.site import Site
from ui.bridge.messages import Messages
from ui.context import Context
from ui.pages.history import HistoryPage
from ui.theme import Mode, Theme

GOAL_STEP = 1000 / 60  # ms
VERDICTS = (*(Verdict.KEPT,) * 8, Verdict.ADJUSTED, Verdict.IGNORED)


class Camera(Session):
    """Says who it is and nothing else."""

    family, family_title, dialect, user = "any", "Any", "", "admin"

    def __init__(self) -> None:
        self.address = Address("10.0.0.1")

    def interfaces(self) -> MappingProxyType[type, object]:
        return MappingProxyType({SettingsTree: object()})

    async def close(self) -> None:
        """Nothing is open."""


class NoDiscovery:
    found = ()


async def fill(site: Site, changes: int) -> None:
    def work(connection) -> None:
        for number in range(changes):
            device = Sighting(
                Identity.of("", "", f"10.0.0.{number % 40}"), f"10.0.0.{number % 40}", name=f"Dock {number % 40}"
            )
            fields = tuple(
                RecordedField(
                    f"Video/f{n}", f"Field {n}", str(number), str(number + 1), verdict=VERDICTS[(number + n) % 10]
                )
                for n in range(5)
            )
            intent = Intent(device, "admin", f"/Streaming/{number % 7}", "Main stream", Origin.FORM, fields, b"<a/>")
            entry = _begin(connection, intent)
            connection.execute("UPDATE change_sets SET state = 'done' WHERE id = ?", (entry,))

    await site.file.write(work)


async def timed(name: str, act: Callable[[], None], done: Callable[[], bool], page: HistoryPage) -> None:
    start = time.perf_counter()
    act()
    while not done():
        await asyncio.sleep(0)
    page.list.view.viewport().repaint()
    print(f"{name:40} {(time.perf_counter() - start) * 1000:8.1f} ms")


async def main(changes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = await Site.open(Path(folder) / "bench.site")
        await fill(site, changes)
        theme = Theme(QApplication.instance(), Mode.LIGHT)
        kept = QSettings(str(Path(folder) / "bench.ini"), QSettings.Format.IniFormat)
        context = Context(NoDiscovery(), None, None, Messages(), kept, theme, None)
        page = HistoryPage(journalled(Camera(), site), context, "Dock 0")
        page.resize(1000, 600)
        page.list.scope_box.setCurrentIndex(1)
        page.show()
        await timed("first picture", page.activated, lambda: page.table.rowCount() == changes, page)
        await typed(page, changes)
        await scrolled(page)
        page.close_page()
        await page.scope.close()
        await site.close()


def is_other(page: HistoryPage, before: int) -> bool:
    return page.table.rowCount() != before


async def typed(page: HistoryPage, changes: int) -> None:
    for words in ("4711", "dock 12", "nobody"):
        before = page.table.rowCount()
        print(f"filter “{words}”, with its pause of 120 ms")
        await timed("", partial(page.list.filter.setText, words), partial(is_other, page, before), page)
        page.list.filter.clear()
        await timed("and back", lambda: None, lambda: page.table.rowCount() == changes, page)


async def scrolled(page: HistoryPage) -> None:
    bar, steps = page.list.view.verticalScrollBar(), []
    for at in range(0, bar.maximum(), max(1, bar.maximum() // 300)):
        start = time.perf_counter()
        bar.setValue(at)
        page.list.view.viewport().repaint()
        await asyncio.sleep(0)
        steps.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0.005)
    steps.sort()
    print(f"a step of {len(steps)}: median {statistics.median(steps):.1f} ms, p99 {steps[int(len(steps) * 0.99)]:.1f},"
          f" worst {steps[-1]:.1f} (60 Hz: {GOAL_STEP:.1f})")  # fmt: skip


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    with qasync.QEventLoop(application) as loop:
        loop.run_until_complete(main(int(sys.argv[1]) if sys.argv[1:] else 5_000))
