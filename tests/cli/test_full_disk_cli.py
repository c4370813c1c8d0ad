"""A command on a full disk: nothing half written under a name that somebody chose, and words.

A limit on the size of files stands for the full disk: it needs no privileges."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_cli import environment, start, stop

if sys.platform == "win32":
    pytest.skip("needs a limit on file sizes", allow_module_level=True)

FULL = ("/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh")


def test_a_snapshot_is_whole_or_not_there(tmp_path: Path) -> None:
    process, (camera,) = start("--bind", "127.82.62.1")
    file = tmp_path / "gate.jpg"
    file.write_text("the one from last year")
    taken = subprocess.run(
        [*FULL, sys.executable, "-m", "app", "snapshot", f"{camera['address']}:{camera['http_port']}", str(file)],
        capture_output=True,
        text=True,
        timeout=100,
        env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
        check=False,
    )
    assert stop(process) == 0
    assert taken.returncode == 2, taken.stderr
    assert f"The disk is full: {file} cannot be written." in taken.stderr
    assert "Make room" in taken.stderr
    assert [file] == list(tmp_path.iterdir())
    assert file.read_text() == "the one from last year"
