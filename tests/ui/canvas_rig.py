"""A canvas over a still picture, driven by mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from region_rig import layer_of

from app.model.geometry import Point
from app.regions.editing import RegionEdits
from ui.canvas.canvas import Canvas, as_drawn
from ui.canvas.desk import Desk
from ui.video.view import VideoView

NONE = Qt.KeyboardModifier.NoModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


class CanvasRig:
    """Places are those of the picture, 0..1."""

    def __init__(self, qtbot, *layers, size=(800, 450), picture=(1280, 720), rounded=as_drawn) -> None:
        self.edits = RegionEdits()
        for layer in layers or (layer_of(),):
            self.edits.keep(layer)
        self.desk = Desk(self.edits)
        self.desk.take(self.edits.layers[0].info.id)
        said: list[tuple[str, str]] = []
        self.said = said  # the desk keeps what is connected: were that this rig, neither would ever be free
        self.desk.said.connect(lambda text, role: said.append((text, role)))
        self.view = VideoView("Dock 2")
        qtbot.addWidget(self.view)
        self.canvas = Canvas(self.view, self.desk, rounded)
        image = QImage(*picture, QImage.Format.Format_RGB32)
        image.fill(QColor("#4A6076"))
        self.view.set_still(image)
        self.view.resize(*size)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.canvas.setFocus()

    @property
    def sheet(self):
        return self.desk.sheet

    @property
    def shapes(self):
        return tuple(region.shape for region in self.sheet.regions)

    @property
    def complaint(self) -> str:
        return self.said[-1][0] if self.said else ""

    def at(self, x: float, y: float) -> QPoint:
        return self.canvas.scale.pixel(Point(x, y)).toPoint()

    def click(self, x: float, y: float, modifier=NONE, button=LEFT) -> None:
        QTest.mouseMove(self.canvas, self.at(x, y))
        QTest.mouseClick(self.canvas, button, modifier, self.at(x, y))

    def double(self, x: float, y: float) -> None:
        QTest.mouseDClick(self.canvas, LEFT, NONE, self.at(x, y))

    def drag(self, *way: tuple[float, float], modifier=NONE, button=LEFT, release: bool = True) -> None:
        """From the first place over the others."""
        QTest.mousePress(self.canvas, button, modifier, self.at(*way[0]))
        for place in way[1:]:
            self.move(place, button, modifier)
        if release:
            QTest.mouseRelease(self.canvas, button, modifier, self.at(*way[-1]))

    def move(self, place: tuple[float, float], button=LEFT, modifier=NONE) -> None:
        """QTest.mouseMove tells no buttons, so the event is sent as the window system sends it."""
        spot = QPointF(self.at(*place))
        event = QMouseEvent(
            QEvent.Type.MouseMove, spot, self.canvas.mapToGlobal(spot), Qt.MouseButton.NoButton, button, modifier
        )
        QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key, modifier=NONE, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.canvas, key, modifier)

    def wheel(self, x: float, y: float, clicks: int = 1) -> None:
        spot = QPointF(self.at(x, y))
        event = QWheelEvent(
            spot,
            self.canvas.mapToGlobal(spot),
            QPoint(),
            QPoint(0, 120 * clicks),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)

    def picture(self) -> QImage:
        return self.view.grab().toImage()

    def colour(self, x: float, y: float) -> QColor:
        return self.picture().pixelColor(self.at(x, y))
