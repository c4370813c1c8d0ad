"""`camwright action` as a user has it: real processes, a real simulated camera."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CONFIGURATION = "/ISAPI/System/configurationData"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CAMWRIGHT_")}
    return kept | {
        "CAMWRIGHT_INTERFACES": "127.0.0.1",
        "CAMWRIGHT_SITE": str(tmp_path_factory.mktemp("site") / "test.camwright"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.fixture(scope="module")
def camera(environment):
    command = [sys.executable, "-m", "app", "simulate", "--until-eof", "--bind", "127.25.250.1", "--http-port", "0"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture
def run(camera, environment):
    def call(*arguments):
        host = f"{camera['address']}:{camera['http_port']}"
        return subprocess.run(
            [sys.executable, "-m", "app", "action", host, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment | {"CAMWRIGHT_PASSWORD": camera["password"]},
        )

    return call


def test_the_list_says_consequences(run):
    done = run("--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    reset = next(each for each in said["actions"] if each["id"].endswith("factoryReset?mode=full"))
    assert reset["danger"] == "loses"
    assert "loses everything" in reset["consequence"]
    assert "127.25.250.1" not in reset["consequence"], "the camera goes by its name"
    assert any(each["id"] == CONFIGURATION and each["down"] and each["up"] for each in said["files"])


def test_without_agreement_nothing_is_sent(run):
    done = run("/ISAPI/System/factoryReset")
    assert done.returncode == 2
    assert "loses everything" in done.stderr


def test_a_harmless_action_needs_none(run):
    assert run("/ISAPI/Streaming/channels/101/requestKeyFrame").returncode == 0


def test_files_come_and_bad_ones_are_refused(run, tmp_path):
    kept = tmp_path / "backup.cfg"
    done = run(CONFIGURATION, "--get", str(kept))
    assert done.returncode == 0
    assert kept.stat().st_size > 0
    kept.write_bytes(b"no configuration")
    assert run(CONFIGURATION, "--put", str(kept)).returncode == 2
    refused = run(CONFIGURATION, "--put", str(kept), "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Gate could not import the data.")
    assert run(CONFIGURATION, "--put", str(tmp_path / "nothing")).returncode == 2
    assert run("/ISAPI/Image/channels/1").returncode == 1
