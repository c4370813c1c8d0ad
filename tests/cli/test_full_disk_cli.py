"""Commands on a full disk: nothing half written under a name that somebody chose, nothing sent that could not be
written down, what somebody has worked for is told all the same, and words.

A limit on the size of files stands for the full disk, and /dev/full for one behind the output: they need no
privileges."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_cli import environment, start, stop

if sys.platform == "win32":
    pytest.skip("needs a limit on file sizes", allow_module_level=True)

FULL = ("/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh")
IMAGE, CONTRAST = "/ISAPI/Image/channels/1", "Color/contrastLevel"


@pytest.fixture(scope="module")
def camera() -> Iterator[dict[str, Any]]:
    process, (camera,) = start("--bind", "127.82.62.1")
    yield camera
    assert stop(process) == 0


def run(camera: dict[str, Any], *words: str, full: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
    """HOST stands behind the commands that have one."""
    host = () if words[0] in ("history", "undo") else (f"{camera['address']}:{camera['http_port']}",)
    return subprocess.run(
        [*(FULL if full else ()), sys.executable, "-m", "app", words[0], *host, *words[1:]],
        **{"stdout": subprocess.PIPE} | options,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
        env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("snapshot", ()),
        ("export", ()),
        ("action", ("/ISAPI/System/configurationData", "--get")),
    ],
)
def test_a_file_is_whole_or_not_there(
    camera: dict[str, Any], name: str, before: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "gate.out"
    file.write_text("the one from last year")
    done = run(camera, name, *before, str(file))
    assert done.returncode == 2, done.stderr
    assert f"The disk is full: {file} cannot be written." in done.stderr
    assert "Make room" in done.stderr
    assert [file] == list(tmp_path.iterdir())
    assert file.read_text() == "the one from last year"


def test_a_place_that_is_none_is_told_before_somebody_walks(camera: dict[str, Any], tmp_path: Path) -> None:
    done = run(camera, "walktest", "--seconds", "3000", "--html", str(tmp_path / "no" / "walk.html"), full=False)
    assert done.returncode == 2
    assert f"there is no folder {tmp_path / 'no'}" in done.stderr


def test_a_recording_that_finds_no_room_leaves_no_file(camera: dict[str, Any], tmp_path: Path) -> None:
    done = run(camera, "watch", "--seconds", "3", "--record", str(tmp_path / "gate.mp4"))
    assert done.returncode == 1
    assert "nothing of the recording was kept" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_verdict_of_a_walk_is_told_all_the_same(camera: dict[str, Any], tmp_path: Path) -> None:
    """Neither the page nor the site file has room: what somebody has walked for is said, and that it is nowhere."""
    site, page = tmp_path / "site.camwright", tmp_path / "walk.html"
    assert run(camera, "set", IMAGE, f"{CONTRAST}=50", "--site", str(site), full=False).returncode == 0
    done = run(camera, "walktest", "--seconds", "1", "--html", str(page), "--site", str(site), "--json")
    assert done.returncode == 1, done.stderr
    assert f"The disk is full: {page} cannot be written." in done.stderr
    assert f"nothing was written to {site}" in done.stderr
    said = json.loads(done.stdout)
    assert said["verdict"]
    assert len(said["not_saved"]) == 2
    assert not page.exists()


def test_what_cannot_be_written_down_is_not_sent_and_the_history_is_read(
    camera: dict[str, Any], tmp_path: Path
) -> None:
    site = ("--site", str(tmp_path / "site.camwright"))
    assert run(camera, "set", IMAGE, f"{CONTRAST}=61", *site, full=False).returncode == 0
    for command in (("set", IMAGE, f"{CONTRAST}=62"), ("undo", "1")):
        refused = run(camera, *command, *site)
        assert refused.returncode == 2, refused.stderr
        assert "full" in refused.stderr
    shown = run(camera, "show", IMAGE, "--json", full=False)
    assert {each["path"]: each["value"] for each in json.loads(shown.stdout)["fields"]}[CONTRAST] == "61"
    told = run(camera, "history", *site)
    assert told.returncode == 0
    assert "Contrast" in told.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_not_whole_is_no_success(camera: dict[str, Any], tmp_path: Path) -> None:
    """What was done is done; a refusal stays one, for it stands on standard error as well."""
    site = ("--site", str(tmp_path / "site.camwright"))
    with Path("/dev/full").open("w") as nowhere:
        done = run(camera, "set", IMAGE, f"{CONTRAST}=63", "--json", *site, full=False, stdout=nowhere)
        assert done.returncode == 1
        assert "could not be written to its end" in done.stderr
        assert "Traceback" not in done.stderr
        refused = run(camera, "set", IMAGE, "nothing=1", "--json", *site, full=False, stdout=nowhere)
        assert refused.returncode == 2
        assert "nothing" in refused.stderr
    shown = run(camera, "show", IMAGE, "--json", full=False)
    assert {each["path"]: each["value"] for each in json.loads(shown.stdout)["fields"]}[CONTRAST] == "63"
