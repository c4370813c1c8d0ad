"""Hundreds of cameras in the real window. How late the window's timer gets is printed by the bench; here only that
everything is listed, in few change sets, while the window's own loop goes on turning."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
BENCH = Path(__file__).resolve().parents[1] / "bench" / "bench_discovery_window.py"
COUNT = 500


def test_five_hundred_cameras_are_listed(qapp: QApplication) -> None:
    font, palette, style = qapp.font(), qapp.palette(), qapp.style().objectName()
    try:
        figures = runpy.run_path(str(BENCH))["measure"](COUNT, "127.29.24.1")
    finally:
        qapp.setStyleSheet("")
        qapp.setStyle(style)
        qapp.setPalette(palette)
        qapp.setFont(font)
    print(figures)
    assert figures["status"] == 0
    assert figures["listed"] == COUNT
    assert figures["batches"] < COUNT / 5
    assert figures["ticks"] > 20
