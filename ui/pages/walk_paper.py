"""A finished walk test as a file: a page for any browser, or a PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.disk import write_whole
from app.events.report import WalkReport, page

DOTS = 96  # an inch: as many as a page has that speaks of pixels. Letters and pictures are kept whole all the same


def save_html(report: WalkReport, path: Path) -> None:
    """SiteError where it cannot be written. Any thread."""
    write_whole(path, page(report).encode())


def save_pdf(report: WalkReport, path: Path) -> None:
    """The same page on A4. SiteError where it cannot be written. Any thread: nothing here is on the screen."""
    made = QBuffer()  # the writer itself would say nothing of a disk that is full
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    _print(report, made)
    write_whole(path, bytes(made.data().data()))


def _print(report: WalkReport, into: QIODevice) -> None:
    writer = QPdfWriter(into)
    writer.setTitle(f"Walk test: {report.camera}")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(15, 15, 15, 15), QPageLayout.Unit.Millimeter)
    writer.setResolution(DOTS)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setHtml(page(report))
    document.setPageSize(QSizeF(writer.width(), writer.height()))  # else it leaves margins of its own as well
    document.print_(writer)
