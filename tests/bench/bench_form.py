"""How long a form takes to be painted, against magicgui and qt-jsonschema-form in the same run, and what a step of
scrolling costs.

python tests/bench/bench_form.py [--json]. Neither is a dependency of the project: `pip install magicgui
qt-jsonschema-form` for the ratios (or PYTHONPATH to where they are), without them they are left out. Goals:
60 fields in 25 ms, 1,000 fields in 200 ms, a step in 16 ms.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")  # for the others, which speak to any Qt
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Kind, Option, Spec
from ui.forms.form import Form
from ui.theme import Mode, Theme

RUNS = 9
CHOICES = ("H.264", "H.265", "MJPEG", "SVAC")


@dataclass(frozen=True)
class Source:
    values: Mapping[str, str]
    media_type: str = "text/plain"
    raw: bytes = b""

    def encode(self, edits: Mapping[str, str]) -> bytes:
        return repr({**self.values, **edits}).encode()


def document(count: int) -> Document:
    """Fields as a camera has them: of ten, four numbers, two switches, two options, two texts."""
    made = []
    for number in range(count):
        section = (f"Section {number // 20}",)
        spec, text = _field(number)
        made.append(Field(f"s{number // 20}/f{number}", text, spec, section))
    return Document("/bench", "Bench", made, Source({field.path: field.text for field in made}))


def _field(number: int) -> tuple[Spec, str]:
    title = f"Field number {number}"
    match number % 10:
        case 0 | 1 | 2 | 3:
            return Spec(Kind.INT, title, minimum=0, maximum=5000, unit="kbps"), str(number)
        case 4 | 5:
            return Spec(Kind.BOOL, title), "true"
        case 6 | 7:
            return Spec(Kind.OPTION, title, options=tuple(Option(c, c) for c in CHOICES)), CHOICES[1]
        case _:
            return Spec(Kind.TEXT, title, max_length=32), f"text {number}"


def ours(made: Document) -> QWidget:
    form = Form()
    form.resize(720, 600)
    form.show_document(made)
    return form


def theirs(count: int) -> QWidget:
    from magicgui.widgets import CheckBox, ComboBox, Container, LineEdit, SpinBox

    widgets = []
    for number in range(count):
        label = f"Field number {number}"
        match number % 10:
            case 0 | 1 | 2 | 3:
                widgets.append(SpinBox(label=label, min=0, max=5000, value=number))
            case 4 | 5:
                widgets.append(CheckBox(label=label, value=True))
            case 6 | 7:
                widgets.append(ComboBox(label=label, choices=CHOICES, value=CHOICES[1]))
            case _:
                widgets.append(LineEdit(label=label, value=f"text {number}"))
    container = Container(widgets=widgets, scrollable=True)
    for widget in container:
        widget.visible = True  # magicgui hides them until a loop of its own shows them
    area: QWidget = container.root_native_widget
    area.resize(720, 600)
    return area


def schema_form(count: int) -> QWidget:
    from qt_jsonschema_form import WidgetBuilder

    def described(number: int) -> dict[str, object]:
        title = f"Field number {number}"
        match number % 10:
            case 0 | 1 | 2 | 3:
                return {"title": title, "type": "integer", "minimum": 0, "maximum": 5000}
            case 4 | 5:
                return {"title": title, "type": "boolean"}
            case 6 | 7:
                return {"title": title, "type": "string", "enum": list(CHOICES)}
            case _:
                return {"title": title, "type": "string", "maxLength": 32}

    schema = {"type": "object", "properties": {f"f{number}": described(number) for number in range(count)}}
    area = QScrollArea()
    area.setWidget(WidgetBuilder().create_form(schema, {}))
    area.setWidgetResizable(True)
    area.resize(720, 600)
    return area


class PaintWatch(QObject):
    """Counts paint events of the whole application."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        self.count += event.type() == QEvent.Type.Paint
        return False


def show(widget: QWidget) -> None:
    """Shows a window and processes what that brings, painting included (`check` makes sure of it)."""
    widget.show()
    QApplication.processEvents()


def check(make: Callable[[], QWidget]) -> None:
    """That a form is painted, with all that is to be seen in it, when `show` returns."""
    watch = PaintWatch()
    QApplication.instance().installEventFilter(watch)
    widget = make()
    show(widget)
    QApplication.instance().removeEventFilter(watch)
    if watch.count < 10:
        raise RuntimeError(f"only {watch.count} widgets were painted")
    widget.deleteLater()


def painted(make: Callable[[], QWidget]) -> float:
    """Median of ms from nothing to painted."""
    check(make)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        widget = make()
        show(widget)
        times.append((time.perf_counter() - start) * 1000)
        widget.hide()
        widget.deleteLater()
        QApplication.processEvents()
    return statistics.median(times)


def scrolling() -> dict[str, float]:
    """ms for one step of the wheel through 1,000 fields from top to bottom, painted."""
    form = ours(document(1000))
    form.show()
    QApplication.processEvents()
    bar, times = form.verticalScrollBar(), []
    for at in range(0, bar.maximum(), 96):
        start = time.perf_counter()
        bar.setValue(at)
        QApplication.processEvents()
        form.viewport().repaint()
        times.append((time.perf_counter() - start) * 1000)
    form.deleteLater()
    times.sort()
    return {"median": statistics.median(times), "p95": times[int(len(times) * 0.95)], "worst": times[-1]}


def finding() -> float:
    """ms for one letter in the find box over 1,000 fields, median."""
    form = ours(document(1000))
    form.show()
    QApplication.processEvents()
    times = []
    for words in ("f", "fi", "fie", "field 7", "field 77", "field 777"):
        start = time.perf_counter()
        form.filter(words)
        QApplication.processEvents()
        times.append((time.perf_counter() - start) * 1000)
    form.deleteLater()
    return statistics.median(times)


def measure() -> dict[str, object]:
    result: dict[str, object] = {"runs": RUNS, "cores": os.cpu_count()}
    known = (("magicgui", "magicgui", theirs), ("jsonschema", "qt_jsonschema_form", schema_form))
    peers = {name: make for name, module, make in known if find_spec(module) is not None}
    for count in (60, 1000):
        made = document(count)
        mine = painted(lambda made=made: ours(made))
        result[f"form_{count}_ms"] = round(mine, 1)
        for name, make in peers.items():
            other = painted(lambda count=count, make=make: make(count))
            result[f"{name}_{count}_ms"] = round(other, 1)
            result[f"{name}_{count}_ratio"] = round(mine / other, 3)
    result["scroll_step_ms"] = {name: round(value, 2) for name, value in scrolling().items()}
    result["find_letter_ms"] = round(finding(), 2)
    return result


def main() -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    Theme(application, Mode.LIGHT)
    painted(lambda: ours(document(20)))  # fonts and style are loaded once
    result = measure()
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
