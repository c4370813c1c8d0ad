"""`camwright search` as a user has it: a real process, a real simulated camera."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cli.test_cli import environment, start, stop

MAIN = "/ISAPI/Streaming/channels/101"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    process, lines = start("--bind", "127.26.50.1", "--model", "CW-D4M")
    yield f"{lines[0]['address']}:{lines[0]['http_port']}"
    assert stop(process) == 0


def search(host: str, *arguments: str, password: str = "camera-1234") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "search", host, *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        env=environment(CAMWRIGHT_PASSWORD=password),
        check=False,
    )


def test_words_find_fields_with_their_values(host: str) -> None:
    done = search(host, "bitrate", "--json")
    assert done.returncode == 0, done.stderr
    hits = json.loads(done.stdout)
    assert (hits[0]["resource"], hits[0]["path"]) == (MAIN, "Video/constantBitRate")
    assert hits[0]["value"].endswith("kbps")
    assert hits[0]["page"] == "Main stream"
    assert all(one["score"] >= other["score"] for one, other in itertools.pairwise(hits))


def test_several_words_and_a_limit(host: str) -> None:
    hits = json.loads(search(host, "ntp", "server", "--json", "--limit", "3").stdout)
    assert 0 < len(hits) <= 3
    assert all("ntp" in json.dumps(hit).lower() for hit in hits)


def test_for_people_and_without_reading(host: str) -> None:
    quick = search(host, "bitrate", "--quick")
    assert "Main stream › Video › Bitrate (not read)" in quick.stdout
    nothing = search(host, "elephant", "--quick")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "Nothing found" in nothing.stderr


def test_a_wrong_password_fails(host: str) -> None:
    assert search(host, "bitrate", "--json", password="wrong-1").returncode == 1
