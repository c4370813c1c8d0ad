"""The walk test's paper on a disk with no room: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.errors import SiteError
from app.events.report import WalkReport
from ui.pages.walk_paper import save_html, save_pdf

resource = pytest.importorskip("resource", reason="needs a limit on file sizes")
pytestmark = pytest.mark.gui


@pytest.mark.parametrize("save", [save_pdf, save_html])
@pytest.mark.parametrize("there_before", [True, False])
def test_no_half_paper_on_a_full_disk(qapp: QApplication, save, there_before: bool, tmp_path: Path) -> None:
    report = WalkReport("Gate", "127.82.4.1", "M", "V1", 10.0, 70.0, "anna", "admin", ())
    target = tmp_path / "walk.out"
    if there_before:
        target.write_bytes(b"the one from last year")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, hard))
    try:
        with pytest.raises(SiteError) as caught:
            save(report, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.summary == f"The disk is full: {target} cannot be written."
    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([b"the one from last year"] if there_before else [])
    save(report, target)
    assert target.stat().st_size > 512
