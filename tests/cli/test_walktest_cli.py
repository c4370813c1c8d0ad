"""`walktest HOST`: real processes, a real simulated camera that notices nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.test_cli import environment, start, stop


@pytest.fixture
def camera():
    process, lines = start("--bind", "127.66.3.1", "--model", "CW-G4A", "--quirk", "blind")
    yield lines[0]
    assert stop(process) == 0


def command(camera, site, name, *arguments):
    where = f"{camera['address']}:{camera.get('control_port', camera['http_port'])}"
    return subprocess.Popen(
        [sys.executable, "-m", "app", name, where, *arguments, "--site", str(site)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
    )


def finished(process):
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def test_what_was_not_walked_through_is_status_three_and_what_a_killed_walk_left_is_put_back(camera, tmp_path):
    site, html = tmp_path / "site.camwright", tmp_path / "walk.html"
    killed = command(camera, site, "walktest", "--seconds", "60", "--arm")
    assert any("Line crossing" in line and "on for this walk" in line for line in killed.stderr)
    killed.kill()
    killed.communicate()
    status, out, err = finished(command(camera, site, "walktest", "--seconds", "2", "--json", "--html", str(html)))
    said = json.loads(out)
    assert status == 3
    assert "put back after a walk that did not end" in err
    assert "Line crossing is off." in err
    marks = {each["title"]: each["mark"] for each in said["regions"]}
    assert marks["Motion"] == "untested"
    assert marks["Intrusion"] == "off"
    assert said["put_back"] == []
    assert "<h1>Walk test" in html.read_text("utf-8")


def test_a_camera_of_another_family_is_walked_through_as_well(tmp_path):
    """The same engine and the same words: what is off is armed on request, and put back."""
    process, lines = start("--family", "vigi", "--bind", "127.66.5.1", "--quirk", "blind")
    try:
        walk = command(lines[0], tmp_path / "site.camwright", "walktest", "--seconds", "2", "--arm", "--json")
        status, out, err = finished(walk)
    finally:
        assert stop(process) == 0
    said = json.loads(out)
    assert status == 3, err
    assert "on for this walk" in err
    assert {each["mark"] for each in said["regions"]} == {"untested"}
    assert said["put_back"]
