"""The canvas under the mouse: a corner dragged over live 1080p, 64 regions of ten points, a grid of 64 by 36 cells.

python tests/bench/bench_canvas.py [--seconds 6] [--json]. Peers in the same run: an event filter that does nothing, the
same stream without a mouse, and a plain QGraphicsScene with 64 polygons of ten points whose handle is dragged.
Goals: the handler's p99 within 4 ms and no picture dropped; 64 regions and painting cells within a frame of 60 Hz.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QMouseEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication, QGraphicsPolygonItem, QGraphicsScene, QGraphicsView, QWidget

from app.model.geometry import Point
from app.model.region import Cells, Limits, Polygon, Purpose, Region, ShapeKind
from app.model.stream import StreamEndpoint
from app.regions.editing import RegionEdits
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionLayer
from app.video.player import Player
from ui.canvas.canvas import Canvas
from ui.canvas.desk import Desk
from ui.video.view import VideoView

ROOT = Path(__file__).resolve().parents[2]
SIZE = (960, 540)
RATE = 60  # events a second
LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Run:
    """Milliseconds: of the handler alone, and of the handler with everything painted. painted and dropped are
    pictures of the stream."""

    handler_p50: float
    handler_p99: float
    frame_p50: float
    frame_p99: float
    painted: float = 0.0
    dropped: int = 0


def ranked(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)] * 1000


def send(widget: QWidget, kind: QEvent.Type, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else LEFT
    held = none if kind is QEvent.Type.MouseButtonRelease else LEFT
    modifier = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, modifier))


def stroke(target: QWidget, window: QWidget, start: QPointF, seconds: float, place: Callable[[float], QPointF]) -> Run:
    """Presses, moves along a way at 60 Hz while the event loop runs, releases."""
    handler: list[float] = []
    frame: list[float] = []
    send(target, QEvent.Type.MouseButtonPress, start)
    began = time.perf_counter()
    while (now := time.perf_counter()) - began < seconds:
        at = place(now - began)
        send(target, QEvent.Type.MouseMove, at)
        done = time.perf_counter()
        window.repaint()
        painted = time.perf_counter()
        handler.append(done - now)
        frame.append(painted - now)
        while time.perf_counter() - now < 1 / RATE:
            QApplication.processEvents()
            time.sleep(0.0005)
    send(target, QEvent.Type.MouseButtonRelease, place(seconds))
    return Run(ranked(handler, 0.5), ranked(handler, 0.99), ranked(frame, 0.5), ranked(frame, 0.99))


def star(x: float, y: float, size: float) -> tuple[Point, ...]:
    turns = (n * math.tau / 10 for n in range(10))
    return tuple(Point(x + size * math.cos(turn) * 0.6, y + size * math.sin(turn)) for turn in turns)


def regions(count: int = 64) -> list[Region]:
    side = math.ceil(math.sqrt(count))
    places = (((n % side + 0.5) / side, (n // side + 0.5) / side) for n in range(count))
    shapes = (Polygon(star(x, y, 0.4 / side)) for x, y in places)
    return [Region(str(n), Purpose.INTRUSION, shape) for n, shape in enumerate(shapes, 1)]


@dataclass(frozen=True)
class NoBytes:
    raw: bytes = b""
    media_type: str = ""

    def encode(self, edits: Mapping[str, str]) -> bytes:
        return repr(edits).encode()


def layer_of(drawn: list[Region], limits: Limits) -> RegionLayer:
    info = LayerInfo("field", Purpose.INTRUSION, "Intrusion", 1, "/field")
    return RegionLayer(info, limits, tuple(drawn), Document("/field", "Intrusion", (), NoBytes()))


def rounded(layer: RegionLayer, region: Region) -> Region:
    return region.with_shape(layer.limits.rounded(region.shape))


class Rig:
    def __init__(self, drawn: list[Region], limits: Limits) -> None:
        self.edits = RegionEdits()
        self.edits.keep(layer_of(drawn, limits))
        self.desk = Desk(self.edits)
        self.view = VideoView("Bench")
        self.canvas = Canvas(
            self.view, self.desk, lambda layer, each: each.with_shape(layer.limits.rounded(each.shape))
        )
        self.view.resize(*SIZE)
        self.desk.take("field")
        self.view.show()
        QApplication.processEvents()

    def drag_corner(self, seconds: float) -> Run:
        """The first corner of the first region, round and round."""
        key = self.desk.sheet.keys[0]
        self.desk.choose((key,))
        QApplication.processEvents()
        corner = self.canvas.scale.pixel(self.desk.sheet.regions[0].shape.points[0])
        round_it = lambda t: corner + QPointF(30 * math.sin(4 * t), 20 - 20 * math.cos(4 * t))  # noqa: E731
        return stroke(self.canvas, self.view, corner, seconds, round_it)

    def close(self) -> None:
        self.view.close()
        self.view.deleteLater()
        QApplication.processEvents()


@contextmanager
def stream() -> Iterator[str]:
    command = [sys.executable, str(ROOT / "tests" / "bench" / "bench_video.py"), "--serve", "--height", "1080"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[0]
        server.communicate("\n")


def over_live(seconds: float) -> tuple[Run, Run]:
    """Dragging over 1080p, and the same stream with nobody at the mouse."""
    with stream() as url:
        rig = Rig(regions(4), Limits())
        inlet = rig.view.attach()
        player = Player(StreamEndpoint(url), inlet.mailbox, inlet.on_status)
        player.set_view(*SIZE)
        player.start()
        try:
            while rig.view.painted < 25:
                QApplication.processEvents()
                time.sleep(0.001)
            quiet = watched(rig, player, lambda: idle(rig, seconds))
            return watched(rig, player, lambda: rig.drag_corner(seconds)), quiet
        finally:
            player.stop()
            rig.close()


def watched(rig: Rig, player: Player, work: Callable[[], Run]) -> Run:
    painted, dropped, began = rig.view.painted, player.stats().dropped, time.perf_counter()
    run = work()
    gone = time.perf_counter() - began
    fps = (rig.view.painted - painted) / gone
    return Run(**{**asdict(run), "painted": fps, "dropped": player.stats().dropped - dropped})


def idle(rig: Rig, seconds: float) -> Run:
    nothing = QWidget(rig.view)
    try:
        return stroke(nothing, rig.view, QPointF(1, 1), seconds, lambda t: QPointF(t, t))
    finally:
        nothing.deleteLater()


def cells(seconds: float) -> Run:
    limits = Limits(shapes=(ShapeKind.CELLS,), steps=(64, 36), most_regions=1)
    rig = Rig([Region("1", Purpose.MOTION, Cells(64, 36))], limits)
    picture(rig.view)
    rig.canvas.use("brush")
    wide, tall = SIZE
    way = lambda t: QPointF(wide * (0.5 + 0.48 * math.sin(7 * t)), tall * (0.5 + 0.48 * math.sin(1.3 * t)))  # noqa: E731
    run = stroke(rig.canvas, rig.view, way(0), seconds, way)
    rig.close()
    return run


def many(seconds: float) -> Run:
    rig = Rig(regions(), Limits())
    picture(rig.view)
    run = rig.drag_corner(seconds)
    rig.close()
    return run


def picture(view: VideoView) -> None:
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("#4A6076"))
    view.show_picture(image)


class _Handle(QGraphicsPolygonItem):
    """The peer: a polygon whose first corner follows the mouse."""

    def mousePressEvent(self, event: object) -> None: ...

    def mouseMoveEvent(self, event: object) -> None:
        polygon = self.polygon()
        polygon[0] = event.pos()  # type: ignore[attr-defined]
        self.setPolygon(polygon)


def plain_scene(seconds: float) -> Run:
    wide, tall = SIZE
    scene = QGraphicsScene(0, 0, wide, tall)
    background = QPixmap(wide, tall)
    background.fill(QColor("#4A6076"))
    scene.addPixmap(background)
    for number, region in enumerate(regions()):
        points = QPolygonF([QPointF(p.x * wide, p.y * tall) for p in region.shape.points])
        item = _Handle(points) if number == 0 else QGraphicsPolygonItem(points)
        item.setPen(QPen(QColor("#EF4444"), 2))
        item.setBrush(QBrush(QColor(239, 68, 68, 50)))
        scene.addItem(item)
        if number == 0:
            inside, corner = points.boundingRect().center(), points[0]
    view = QGraphicsView(scene)
    view.resize(wide + 4, tall + 4)
    view.show()
    QApplication.processEvents()
    way = lambda t: corner + QPointF(30 * math.sin(4 * t), 20 - 20 * math.cos(4 * t))  # noqa: E731
    run = stroke(view.viewport(), view.viewport(), inside, seconds, way)
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    application = QApplication.instance() or QApplication([])
    live, quiet = over_live(asked.seconds)
    runs = {
        "nobody at the mouse, live 1080p": quiet,
        "a corner over live 1080p": live,
        "a plain QGraphicsScene, 64 polygons": plain_scene(asked.seconds),
        "a corner among 64 regions of 10": many(asked.seconds),
        "cells, 64 by 36": cells(asked.seconds),
    }
    if asked.json:
        print(json.dumps({name: asdict(run) for name, run in runs.items()}))
        return
    print(f"{'':38}{'handler p50':>12}{'p99':>8}{'frame p50':>11}{'p99':>8}{'painted/s':>11}{'dropped':>9}")
    for name, run in runs.items():
        figures = f"{run.handler_p50:12.2f}{run.handler_p99:8.2f}{run.frame_p50:11.2f}{run.frame_p99:8.2f}"
        print(f"{name:38}{figures}" + (f"{run.painted:11.1f}{run.dropped:9}" if run.painted else ""))
    peer, ours = runs["a plain QGraphicsScene, 64 polygons"], runs["a corner among 64 regions of 10"]
    print(f"64 regions, whole frame against the plain scene: {ours.frame_p50 / peer.frame_p50:.2f}")
    del application


if __name__ == "__main__":
    main()
