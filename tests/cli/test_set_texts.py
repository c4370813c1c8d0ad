"""Texts by the command `set`: blanks that are part of them, lengths in bytes, characters that a camera lacks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cli.test_cli import environment, start, stop

INFO = "/ISAPI/System/deviceInfo"


@pytest.fixture(scope="module")
def camera() -> Iterator[dict[str, object]]:
    process, lines = start("--bind", "127.85.61.1", "--quirk", "gb2312_text", "--quirk", "trims_texts")
    yield lines[0]
    assert stop(process) == 0


def given(camera: dict[str, object], *arguments: str) -> subprocess.CompletedProcess[str]:
    host = f"{camera['address']}:{camera['http_port']}"
    return subprocess.run(
        [sys.executable, "-m", "app", "set", host, INFO, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
        check=False,
    )


def test_a_character_that_the_camera_lacks_is_refused_before_anything_is_sent(camera: dict[str, object]) -> None:
    done = given(camera, "deviceName=Gate 🚪")
    assert done.returncode == 2, done.stderr
    assert "This camera writes in GBK, which has no “🚪”" in done.stderr


def test_blanks_are_told_beforehand_and_a_camera_that_trims_has_adjusted_the_text(camera: dict[str, object]) -> None:
    planned = given(camera, "deviceName= 仓库", "--dry-run")
    assert planned.returncode == 0
    assert "Begins with a blank." in planned.stderr
    done = given(camera, "deviceName= 仓库")
    assert done.returncode == 3, "not kept as it was asked for"
    assert "adjusted" in done.stdout
    assert "blanks away" in done.stdout


def test_a_name_that_is_long_in_bytes_is_told(camera: dict[str, object]) -> None:
    done = given(camera, f"deviceName={'仓' * 20}", "--dry-run")
    assert done.returncode == 0
    assert "Takes 40 bytes; a camera that counts bytes instead of characters keeps 32." in done.stderr
