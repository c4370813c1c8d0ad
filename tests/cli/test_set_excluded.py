"""A write that another function is in the way of: `set` says the command that does both, and that command works."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_cli import environment, start, stop

LINES, FIELD, IMAGE = "/ISAPI/Smart/LineDetection/1", "/ISAPI/Smart/FieldDetection/1", "/ISAPI/Image/channels/1"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    """Calls of one command line on one camera; indirect parameters are an address and what it does about exclusions."""
    address, how = getattr(request, "param", ("127.81.10.1", "told"))
    process, (camera,) = start("--bind", address, "--quirk", f"mutex={how}")
    host = f"{camera['address']}:{camera['http_port']}"

    def call(command: str, *arguments: str, host: str = host) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", command, host, *arguments],
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


def command_in(said: str) -> list[str]:
    (line,) = [line for line in said.splitlines() if line.startswith("camwright set ")]
    return shlex.split(line)[2:]


def test_the_command_switches_the_other_page_off_first_and_works(run: Run) -> None:
    assert run("set", LINES, "enabled=true").returncode == 0
    refused = run("set", FIELD, "enabled=true", IMAGE, "Color/brightnessLevel=61", "--user", "admin")
    assert refused.returncode != 0
    host, *words = command_in(refused.stderr)
    expected = [LINES, "enabled=false", FIELD, "enabled=true", IMAGE, "Color/brightnessLevel=61", "--user", "admin"]
    assert words == expected, refused.stderr
    done = run("set", *words, host=host)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index(LINES) < done.stdout.index(FIELD) < done.stdout.index(IMAGE)


def test_on_one_page_one_write_does_both(run: Run) -> None:
    assert run("set", IMAGE, "WDR/mode=open").returncode == 0
    refused = run("set", IMAGE, "BLC/enabled=true", "--json")
    assert refused.returncode != 0
    host, *words = command_in(json.loads(refused.stdout)["error"]["hint"])
    assert words == [IMAGE, "WDR/mode=close", "BLC/enabled=true"]
    assert run("set", *words, host=host).returncode == 0


@pytest.mark.parametrize("run", [("127.81.10.2", "declared")], indirect=True)
def test_what_the_camera_declares_is_told_before_anything_is_sent(run: Run) -> None:
    assert run("set", LINES, "enabled=true").returncode == 0
    words = [IMAGE, "Color/brightnessLevel=61", FIELD, "enabled=true"]
    for more in (["--dry-run"], ["--json"]):
        refused = run("set", *words, *more)
        assert refused.returncode == 2, refused.stderr
        assert "together with line crossing detection" in refused.stderr
        assert "Nothing was sent." in refused.stderr
    assert json.loads(refused.stdout)["error"]["kind"] == "Foreseen"
    host, *both = command_in(refused.stderr)
    assert both == [LINES, "enabled=false", FIELD, "enabled=true", IMAGE, "Color/brightnessLevel=61"]
    done = run("set", *both, host=host)
    assert done.returncode == 0, done.stderr
    assert "-> 61" in done.stdout, "it had not been sent before"
    back = run("set", LINES, "enabled=true", FIELD, "enabled=false", "--json")
    assert back.returncode == 0, back.stderr
    sent = [each["resource"] for each in json.loads(back.stdout)["resources"]]
    assert sent == [FIELD, LINES], "off goes first, however it was typed"
    wanted = run("set", LINES, "enabled=false", FIELD, "enabled=true", IMAGE, "WDR/mode=open", "BLC/enabled=true")
    assert wanted.returncode == 2
    assert "camwright set" not in wanted.stderr, "where both are wanted no command does it"


@pytest.mark.parametrize("run", [("127.81.10.3", "lenient")], indirect=True)
def test_a_camera_that_takes_both_is_sent_both_on_demand_and_remembered(run: Run) -> None:
    assert run("set", LINES, "enabled=true").returncode == 0
    refused = run("set", FIELD, "enabled=true")
    assert refused.returncode == 2
    assert "With --all-the-same it is sent as it is." in refused.stderr
    done = run("set", FIELD, "enabled=true", "--all-the-same")
    assert done.returncode == 0, done.stderr
    assert "It is sent all the same." in done.stderr
    for text in ("false", "true"):
        again = run("set", FIELD, f"enabled={text}")
        assert (again.returncode, again.stderr) == (0, "")
