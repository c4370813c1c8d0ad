"""A write that another function is in the way of: `set` says the command that does both, and that command works."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.cli.test_cli import environment, start, stop

LINES, FIELD, IMAGE = "/ISAPI/Smart/LineDetection/1", "/ISAPI/Smart/FieldDetection/1", "/ISAPI/Image/channels/1"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run() -> Iterator[Run]:
    process, (camera,) = start("--bind", "127.81.10.1", "--quirk", "mutex")
    host = f"{camera['address']}:{camera['http_port']}"

    def call(command: str, *arguments: str, host: str = host) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", command, host, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
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
