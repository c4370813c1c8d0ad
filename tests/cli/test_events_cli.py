"""`events HOST`: real processes, a real simulated camera."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.test_cli import environment, start, stop


@pytest.fixture(scope="module")
def camera():
    process, lines = start("--bind", "127.66.2.1")
    yield lines[0]
    assert stop(process) == 0


def run(camera, *arguments, **more):
    where = f"{camera['address']}:{camera['http_port']}"
    return subprocess.Popen(
        [sys.executable, "-m", "app", "events", where, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**{"CAMWRIGHT_PASSWORD": str(camera["password"]), **more}),
    )


def test_for_a_while_as_one_document(camera):
    out, err = run(camera, "--seconds", "1", "--json").communicate(timeout=60)
    said = json.loads(out)
    assert err == ""
    assert said["signs_of_life"] >= 1
    assert (said["skipped"], said["gaps"], said["forgotten"]) == ([], [], 0)


def test_until_interrupted_and_then_in_order(camera):
    process = run(camera)
    assert "listening" in [process.stdout.readline() for _ in range(2)][1]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "off" in out


def test_a_wrong_password_is_refused(camera):
    process = run(camera, "--seconds", "5", "--json", CAMWRIGHT_PASSWORD="wrong")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert json.loads(out)["error"]["kind"] == "BadCredentials"
