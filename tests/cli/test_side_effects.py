"""What a camera changes on other pages: `set` and `undo` say it, `history` keeps it, `undo --effects` takes it back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli import environment, start, stop

LINES = "/ISAPI/Smart/LineDetection/1"
MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    process, (camera,) = start("--bind", "127.82.10.1", "--quirk", "moves_others=functions")
    host = f"{camera['address']}:{camera['http_port']}"

    def call(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        words = [command, host, *arguments] if command in ("set", "export", "restore") else [command, *arguments]
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(
                CAMWRIGHT_PASSWORD=str(camera["password"]), CAMWRIGHT_SITE=str(tmp_path / "site.camwright")
            ),
            check=False,
        )

    yield call
    assert stop(process) == 0


def state_of(run: Run, page: str) -> str:
    """Reads without a word to anybody: what is set already is not sent."""
    planned = run("set", page, "enabled=true", "--dry-run", "--json")
    assert planned.returncode == 0, planned.stderr
    return "false" if json.loads(planned.stdout)["changes"] else "true"


def test_set_says_which_other_page_changed_and_undo_takes_that_back_too(run: Run) -> None:
    done = run("set", LINES, "enabled=true")
    assert done.returncode == 0, done.stderr
    _, other = done.stdout.split("Changed on other pages:\n")
    row, looked = other.splitlines()
    assert row.startswith(f"{MOTION} enabled")
    assert "true -> false" in row
    assert "side effect" in row
    assert "Motion detection: Motion detection on." in row
    assert looked.startswith("Looked at as well: Motion detection, ")

    listed = run("history").stdout
    assert "Motion detection  (side effect of 1)" in listed
    assert "Motion detection on: On -> Off (changed by the device)" in listed
    assert [each["effect_of"] for each in json.loads(run("history", "--json").stdout)] == [1, None]

    planned = json.loads(run("undo", "1", "--dry-run", "--json").stdout)
    (effect,) = planned["effects"]
    assert (effect["change"], effect["resource"]) == (2, MOTION)
    assert [each["standing"] for each in effect["fields"]] == ["holds our value"]

    undone = run("undo", "1", "--effects", "--json")
    assert undone.returncode == 0, undone.stderr
    told = json.loads(undone.stdout)
    assert [each["verdict"] for each in told["changes"]] == ["kept"]
    (back,) = told["effects"]
    assert (back["change"], back["error"]) == (2, "")
    assert [(each["path"], each["verdict"], each["read_back"]) for each in back["changes"]] == [
        ("enabled", "kept", "true")
    ]
    assert (state_of(run, LINES), state_of(run, MOTION)) == ("false", "true")


def test_restore_says_which_other_page_changed(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    assert run("export", str(kept)).returncode == 0
    assert run("set", LINES, "enabled=true").returncode == 0
    done = run("restore", str(kept), "--only", f"{MOTION}:enabled", "--json")
    assert done.returncode == 0, done.stderr
    (restored,) = json.loads(done.stdout)["resources"]
    assert [each["verdict"] for each in restored["changes"]] == ["kept"]
    moved = {each["resource"]: each["changes"] for each in restored["other_pages"] if each["changes"]}
    assert [(each["path"], each["verdict"], each["read_back"]) for each in moved[LINES]] == [
        ("enabled", "side effect", "false")
    ]


def test_undo_alone_says_what_it_left_and_what_was_changed_since_is_refused(run: Run) -> None:
    assert run("set", LINES, "enabled=true").returncode == 0
    undone = run("undo", "1")
    assert undone.returncode == 0, undone.stderr
    assert "“Motion detection” is still as the camera changed it: “camwright undo 2” sets that back." in undone.stdout
    assert state_of(run, MOTION) == "false"
    assert run("undo", "2").returncode == 0
    assert state_of(run, MOTION) == "true"
