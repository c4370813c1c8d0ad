"""The same commands on a camera of the second family: none of them knows its name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli import environment, start, stop

Run = Callable[..., subprocess.CompletedProcess[str]]
HOST = "127.67.90.1"


@pytest.fixture(scope="module")
def password() -> Iterator[str]:
    process, lines = start("--family", "vigi", "--bind", HOST)
    yield str(lines[0]["password"])
    assert stop(process) == 0


@pytest.fixture
def run(password: str, tmp_path: Path) -> Run:
    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        more = {"CAMWRIGHT_PASSWORD": password, "CAMWRIGHT_SITE": str(tmp_path / "test.camwright")} | more
        words = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(
            words, capture_output=True, text=True, timeout=60, env=environment(**more), check=False, input=""
        )

    return call


def test_it_is_found_and_its_range_asked(run: Run) -> None:
    done = run("discover", "--timeout", "0.5", "--range", f"{HOST}/32", "--json")
    rows = [row for row in json.loads(done.stdout) if row["address"] == HOST]
    assert [(row["family"], row["port"]) for row in rows] == [("vigi", 20443)]
    assert run("discover", "--timeout", "0.2", "--range", "nonsense").returncode == 2


def test_a_setting_is_shown_changed_proved_and_undone(run: Run) -> None:
    assert "Day and night" in run("tree", HOST, "--json").stdout
    done = run("set", HOST, "DeviceAlias", "alias=Yard 7", "--json")
    assert done.returncode == 0, done.stderr
    assert "Yard 7" in run("show", HOST, "getDeviceAlias").stdout
    assert "Yard 7" in run("history").stdout
    assert run("undo", "1").returncode == 0
    assert "Yard 7" not in run("show", HOST, "DeviceAlias").stdout


def test_a_week_is_typed_in_words_and_an_overlap_refused(run: Run) -> None:
    done = run("set", HOST, "RecordSchedule", "week/1=Mon 08:00-12:00")
    assert done.returncode == 2
    assert "overlap on Monday" in done.stderr
    done = run("set", HOST, "RecordSchedule", "week/2=Tue 00:00-24:00", "week/1=Mon 08:00-12:00")
    assert done.returncode == 0, done.stderr


def test_actions_and_search(run: Run) -> None:
    assert "getMotionDetectionSwitch" in run("search", HOST, "siren").stdout
    assert run("action", HOST, "formatSdCard").returncode == 2
    done = run("action", HOST, "manualAlarm?stop")
    assert done.returncode == 0, done.stderr


def test_the_log_is_searched_by_time_and_kind(run: Run) -> None:
    assert run("action", HOST, "manualAlarm?stop").returncode == 0
    assert run("set", HOST, "DeviceAlias", "alias=Logged").returncode == 0
    kinds = run("log", HOST, "--level", "list")
    assert kinds.returncode == 0, kinds.stderr
    assert "operation    Operations" in kinds.stdout
    found = json.loads(run("log", HOST, "--since", "1h", "--level", "operation", "--json").stdout)
    assert {each["level"] for each in found["entries"]} == {"Operation"}
    assert "setDeviceAlias" in [each["text"] for each in found["entries"]]
    assert "Boot over" in run("log", HOST).stdout
    assert run("log", HOST, "--since", "2020-01-01", "--until", "2020-01-02T12:00").stdout == ""
    for wrong in (("--level", "debug"), ("--since", "soon"), ("--since", "1h", "--until", "2h")):
        done = run("log", HOST, *wrong)
        assert done.returncode == 2
        assert done.stderr


def test_a_wrong_password_is_said(run: Run) -> None:
    done = run("show", HOST, "DeviceAlias", CAMWRIGHT_PASSWORD="wrong")
    assert done.returncode == 1
    assert "refused the password" in done.stderr
