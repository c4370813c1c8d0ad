"""The child that simulates cameras: read, ended with us, and its failure told."""

from __future__ import annotations

import json
import sys

import pytest
from PySide6.QtWidgets import QApplication

from app.errors import TransportError
from app.model.device import Address
from ui.demo import DemoSite, read_camera

LINE = {
    "family": "fake",
    "dialect": "",
    "address": "127.18.3.1",
    "http_port": 8080,
    "rtsp_port": 554,
    "user": "admin",
    "password": "pw",
    "model": "M",
}
CHILD = "import sys; print('noise'); print({!r}, flush=True); sys.stdin.read()"


def test_a_line_is_a_camera() -> None:
    camera = read_camera(LINE)
    assert camera.address == Address("127.18.3.1", 8080)
    assert read_camera({**LINE, "control_port": 20443}).address == Address("127.18.3.1", 20443)
    assert "pw" not in repr(camera)
    with pytest.raises(KeyError):
        read_camera({"address": "127.18.3.1"})


def test_the_child_is_read_and_ends_with_its_input(qapp: QApplication, run) -> None:
    site = DemoSite(1, command=[sys.executable, "-c", CHILD.format(json.dumps(LINE))])
    (camera,) = run(site.start())
    assert camera.credentials.password == "pw"
    assert site.running
    site.stop()
    assert not site.running


@pytest.mark.parametrize("command", [["/no/such/program"], [sys.executable, "-c", "import sys; sys.exit('broken')"]])
def test_a_child_that_does_not_come_up_is_told(qapp: QApplication, run, command: list[str]) -> None:
    site = DemoSite(1, command=command)
    with pytest.raises(TransportError) as caught:
        run(site.start())
    assert caught.value.detail
    site.stop()
