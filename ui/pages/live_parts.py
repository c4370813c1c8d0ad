"""What the Live page is made of besides itself: small functions over plain values, and its rows."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.model.device import Address
from app.model.stream import StreamEndpoint, StreamInfo
from ui.video.words import codec_title


def describe(info: StreamInfo) -> str:
    """What the camera says of a stream, in one line."""
    parts = [codec_title(info.codec)] if info.codec else []
    if info.width and info.height:
        parts.append(f"{info.width} × {info.height}")
    if info.fps:
        parts.append(f"{info.fps:g} fps")
    if info.bitrate_kbps:
        parts.append(f"{info.bitrate_kbps} kbps")
    return "  ·  ".join(parts)


def inside_http(endpoint: StreamEndpoint, address: Address) -> StreamEndpoint:
    """The same stream through the device's web server."""
    path = endpoint.url.partition("://")[2].partition("/")[2]
    secure = address.port in (443, 8443)
    place = address.with_default_port(443 if secure else 80)
    return replace(endpoint, url=f"{'rtsphs' if secure else 'rtsph'}://{place}/{path}", transport="tcp")


def free_path(folder: Path, name: str, now: float, suffix: str = ".jpg") -> Path:
    """A file that is not there yet in the folder, which is made where needed. OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    clean = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "-", name).strip(" .-") or "Camera"
    stem = f"{clean[:80]} {time.strftime('%Y-%m-%d %H-%M-%S', time.localtime(now))}"
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem} ({number}){suffix}", number + 1
    return path


def box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumWidth(110)
    return box


def row_of(*widgets: QWidget, stretch: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretch else 0)
    return row
