"""Icons: Phosphor, outlined, from the font that QtAwesome ships, drawn in token colours.

The font file is taken as data. Importing QtAwesome's own module costs more than the rest of the start-up, and its
icons keep the colour that they were made with; these follow the theme.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from ui.theme.tokens import tokens

# Our words for Phosphor's names; any other name is taken as Phosphor's own.
NAMES = {
    "about": "info",
    "action": "lightning",
    "add": "plus",
    "back": "arrow-left",
    "camera": "video-camera",
    "caption": "text-t",
    "chevron-down": "caret-down",
    "chevron-left": "caret-left",
    "chevron-right": "caret-right",
    "clock": "clock",
    "close": "x",
    "copy": "copy",
    "delete": "trash",
    "demo": "play-circle",
    "download": "download-simple",
    "error": "x-circle",
    "events": "bell-ringing",
    "file": "file",
    "filter": "funnel-simple",
    "folder": "folder-simple",
    "forget": "eye-slash",
    "full-screen": "corners-out",
    "help": "question",
    "history": "clock-counter-clockwise",
    "info": "info",
    "key": "key",
    "keyboard": "keyboard",
    "live": "play-circle",
    "lock": "lock-simple",
    "maintenance": "wrench",
    "menu": "dots-three",
    "messages": "chat-text",
    "ok": "check-circle",
    "overview": "identification-card",
    "pane": "columns",
    "pause": "pause",
    "play": "play",
    "picture": "image",
    "recordings": "film-strip",
    "redo": "arrow-clockwise",
    "refresh": "arrow-clockwise",
    "regions": "polygon",
    "scan": "broadcast",
    "search": "magnifying-glass",
    "settings": "sliders-horizontal",
    "sound": "speaker-high",
    "status": "activity",
    "stop": "stop",
    "theme": "circle-half",
    "undo": "arrow-counter-clockwise",
    "wall": "squares-four",
    "walk": "person-simple-walk",
    "warning": "warning",
}


@cache
def _font() -> tuple[str, dict[str, int]]:
    """Family name and code points. RuntimeError when the installation lacks them."""
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise RuntimeError("the icon font is missing: QtAwesome is not installed")
    folder = Path(spec.origin).parent / "fonts"
    fonts, maps = sorted(folder.glob("phosphor-*.ttf")), sorted(folder.glob("phosphor-charmap-*.json"))
    if not fonts or not maps:
        raise RuntimeError(f"the icon font is missing from {folder}")
    number = QFontDatabase.addApplicationFont(str(fonts[-1]))
    families = QFontDatabase.applicationFontFamilies(number)
    if not families:
        raise RuntimeError(f"the icon font {fonts[-1]} cannot be loaded")
    codes = json.loads(maps[-1].read_text("utf-8"))
    return families[0], {name: int(code, 16) for name, code in codes.items()}


def glyph(name: str) -> tuple[str, str]:
    """Font family and character of an icon; KeyError for a name that does not exist."""
    family, codes = _font()
    return family, chr(codes[NAMES.get(name, name)])


def draw(painter: QPainter, name: str, rect: QRect | QRectF, colour: str) -> None:
    """Paints an icon into a square, for delegates."""
    family, sign = glyph(name)
    font = QFont(family)
    font.setPixelSize(max(1, round(rect.height())))
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, sign)
    painter.restore()


class _Engine(QIconEngine):
    """Looks its colour up when it paints."""

    def __init__(self, name: str, size: int, role: str) -> None:
        super().__init__()
        self._size = size
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state  # on and off look the same; the button shows which it is
        self._paint(painter, rect, mode, 1.0)

    def _paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, scale: float) -> None:
        """Not larger than meant: what the rectangle has beyond that is the distance to the text beside it."""
        role = "disabled" if mode is QIcon.Mode.Disabled else self._role
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        side = min(rect.width(), rect.height(), self._size * scale)
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        draw(painter, self._name, square, getattr(tokens(), role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        del state
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            self._paint(painter, QRect(QPoint(0, 0), size), mode, scale)
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._size, self._role)


def icon(name: str, size: int = 16, role: str = "text") -> QIcon:
    """An icon in the colour of a token ("text", "secondary", "accent", …) that follows the theme.

    size is its greatest size in pixels; it gets smaller where there is no room. KeyError for unknown names.
    """
    glyph(name)
    return QIcon(_Engine(name, size, role))
