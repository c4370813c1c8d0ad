"""A finished walk test as a file: a page for any browser, or a PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.disk import not_written, write_whole
from app.events.report import WalkReport, page

DOTS = 96  # an inch: as many as a page has that speaks of pixels. Letters and pictures are kept whole all the same


def save_html(report: WalkReport, path: Path) -> None:
    """SiteError where it cannot be written. Any thread."""
    write_whole(path, page(report).encode())


def save_pdf(report: WalkReport, path: Path) -> None:
    """The same page on A4. SiteError where it cannot be written. Any thread: nothing here is on the screen."""
    try:
        with path.open("ab"):
            pass  # says in words why not; the writer would only be silent
    except OSError as error:
        raise not_written(path, error) from error
    writer = QPdfWriter(str(path))
    writer.setTitle(f"Walk test: {report.camera}")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(15, 15, 15, 15), QPageLayout.Unit.Millimeter)
    writer.setResolution(DOTS)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setHtml(page(report))
    document.setPageSize(QSizeF(writer.width(), writer.height()))  # else it leaves margins of its own as well
    document.print_(writer)
