"""A camera dragged from the list into a tile, on a real screen and by another program's hand: Qt without a screen has
no drag and drop."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import found

CHILD = Path(__file__).with_name("drag_child.py")
LIMIT = 60  # seconds, for a test that is broken

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool (apt-get install)"
    ),
]


@pytest.fixture
def display() -> Iterator[str]:
    """An X server on a number of its own choice."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


@pytest.fixture
def window(display: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(
        [sys.executable, str(CHILD)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        timer = threading.Timer(LIMIT, child.kill)
        timer.start()
        yield child
        timer.cancel()
        assert child.stdin is not None
        child.stdin.close()


def told(child: subprocess.Popen[str]) -> dict[str, Any]:
    assert child.stdout is not None
    line = child.stdout.readline()
    assert line, "the window ended, or said nothing in time"
    return json.loads(line)


def test_a_camera_is_dragged_from_the_list_into_a_tile(display: str, window: subprocess.Popen[str]) -> None:
    places = told(window)
    (left, top), (right, bottom) = places["row"], places["tile"]

    def hand(*words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], env={**os.environ, "DISPLAY": display}, check=True, timeout=LIMIT)

    hand("mousemove", "--sync", left, top, "mousedown", 1)
    hand("mousemove", "--sync", left + 30, top + 4)
    for step in range(1, 5):
        hand("mousemove", "--sync", left + (right - left) * step // 4, top + (bottom - top) * step // 4)
    while told(window)["target"] != 2:
        pass  # it has passed over others
    hand("mouseup", 1)
    while not (state := told(window))["spots"]:
        pass
    assert state == {"spots": {"2": found(3).name}, "target": None}
