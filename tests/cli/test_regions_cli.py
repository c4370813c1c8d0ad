"""`camwright regions` as a user has it: a real process, real simulated cameras, a file between them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from app.cli.main import main
from tests.cli.test_cli import environment, start, stop


@pytest.fixture(scope="module")
def host():
    process, lines = start("--bind", "127.64.50.1", "--model", "CW-G4A")
    yield f"{lines[0]['address']}:{lines[0]['http_port']}"
    assert stop(process) == 0


@pytest.fixture(scope="module")
def forgetful():
    """A camera that keeps fewer regions than it says."""
    process, lines = start("--bind", "127.64.51.1", "--model", "CW-G4A", "--quirk", "drops_over_limit=1")
    yield f"{lines[0]['address']}:{lines[0]['http_port']}"
    assert stop(process) == 0


@pytest.fixture
def regions(tmp_path):
    def call(host, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "app", "regions", host, "--site", str(tmp_path / "site.camwright"), *arguments],
            capture_output=True,
            text=True,
            timeout=100,
            env=environment(CAMWRIGHT_PASSWORD="camera-1234"),
            check=False,
        )

    return call


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """The same program without a process of its own: what it says when it refuses."""

    def call(host, *arguments):
        for name, text in environment(CAMWRIGHT_PASSWORD="camera-1234").items():
            monkeypatch.setenv(name, text)
        assert main(["regions", host, "--site", str(tmp_path / "site.camwright"), *arguments]) == 2
        return capsys.readouterr().err

    return call


@pytest.fixture
def file(tmp_path):
    def keep(data):
        path = tmp_path / "regions.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
        return str(path)

    return keep


def layers(done):
    assert done.returncode == 0, done.stderr
    return {row["layer"]: row for row in json.loads(done.stdout)["layers"]}


TRIANGLE = {"kind": "polygon", "points": [[0.2, 0.2], [0.8, 0.2], [0.5, 0.7]]}


def test_everything_that_is_drawn_is_listed_and_set_again_without_a_change(host, regions, file):
    done = regions(host, "--json")
    rows = layers(done)
    assert {"motion-1", "line-1", "intrusion-1", "privacy-1", "text-1", "counting-1"} <= set(rows)
    assert rows["line-1"]["limits"]["most_regions"] == 4
    assert rows["line-1"]["regions"][0]["shape"]["direction"] == "both"
    again = regions(host, "--set", file(done.stdout), "--dry-run", "--json")
    assert all(not row["documents"] and not row["switches"] for row in layers(again).values())
    people = regions(host, "--only", "line-1")
    assert people.stdout.startswith("line-1  Line crossing, 4 of 4, off, reported\n")


def test_a_file_sets_regions_and_switches_and_says_what_became_of_them(host, regions, file):
    rows = layers(regions(host, "--json", "--only", "intrusion-1"))
    row = rows["intrusion-1"]
    row["regions"][0]["shape"] = TRIANGLE
    row["regions"].append({"purpose": "intrusion", "shape": TRIANGLE, "properties": {"sensitivityLevel": "77"}})
    row["armed"] = True
    given = file({"layers": [row]})
    planned = regions(host, "--set", given, "--dry-run")
    assert planned.stdout.splitlines()[0] == "intrusion-1: /ISAPI/Smart/FieldDetection/1 would be sent."
    done = layers(regions(host, "--set", given, "--json"))["intrusion-1"]
    assert [(each["id"], each["outcome"]) for each in done["regions"]] == [("1", "kept"), ("2", "kept")]
    assert [(each["on"], each["kept"]) for each in done["switches"]] == [(True, True)]
    held = layers(regions(host, "--json", "--only", "intrusion-1"))["intrusion-1"]
    assert held["armed"] is True
    assert [each["shape"] for each in held["regions"]] == [TRIANGLE, TRIANGLE]
    assert held["regions"][1]["properties"]["sensitivityLevel"] == "77"


def test_a_camera_that_drops_a_region_is_told_on(forgetful, regions, file):
    row = {"layer": "loitering-1", "regions": [{"purpose": "loitering", "shape": TRIANGLE} for _ in range(2)]}
    done = regions(forgetful, "--set", file({"layers": [row]}))
    assert done.returncode == 3
    assert "dropped" in done.stdout
    assert "The camera does not hold it." in done.stdout


@pytest.fixture(scope="module")
def stubborn():
    """A camera that refuses every write."""
    process, lines = start("--bind", "127.76.52.1", "--model", "CW-G4A", "--quirk", "read_only")
    yield f"{lines[0]['address']}:{lines[0]['http_port']}"
    assert stop(process) == 0


def test_a_camera_that_takes_nothing_is_a_failure(stubborn, regions, file):
    row = {"layer": "intrusion-1", "regions": [{"id": "1", "purpose": "intrusion", "shape": TRIANGLE}]}
    done = regions(stubborn, "--set", file({"layers": [row]}), "--json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)["layers"]
    assert told["regions"] == []
    assert told["error"]


def test_nobody_at_the_address_is_a_failure(regions):
    done = regions("127.76.52.2:9", "--json")
    assert done.returncode == 1
    assert "127.76.52.2" in json.loads(done.stdout)["error"]["summary"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shape": {"kind": "polygon", "points": [[0, 0], [1, 1]]}}, "At least 3 corners"),
        ({"shape": {"kind": "polygon", "points": [[0, 0], [0.9, 1], [1, 0], [0, 0.8]]}}, "Its edges must not cross"),
        ({"shape": {"kind": "polygon", "points": [[0, 0], [2, 1], [1, 0]]}}, "outside the picture"),
        ({"shape": {"kind": "circle"}}, "“shape” has no kind"),
        ({"shape": {"kind": "line", "points": [[0, 0], [1, 1]]}}, "no such shape"),
        ({"colour": "red"}, "there is no “colour”"),
        ({"purpose": "motion"}, "motion does not belong here"),
        ({"purpose": "dancing"}, "dancing"),
        ({"properties": {"sensitivityLevel": "700"}}, "Sensitivity"),
        ({"properties": {"mood": "1"}}, "no setting “mood”"),
        ({"id": "9"}, "no place “9”"),
        ({"id": 1}, "“id” is no text"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_region(host, refused, file, change, said):
    region = {"id": "1", "purpose": "intrusion", "shape": TRIANGLE, **change}
    error = refused(host, "--set", file({"layers": [{"layer": "intrusion-1", "regions": [region]}]}))
    assert said in error
    assert "intrusion" in error.lower()


def test_a_missing_file_and_a_lonely_dry_run_are_refused(host, refused, file):
    assert "cannot be read" in refused(host, "--set", "/nowhere/at/all.json")
    assert "--set FILE" in refused(host, "--dry-run")
    assert "no layer “moon-1”" in refused(host, "--only", "moon-1")
    assert "no layer “line-9”" in refused(host, "--set", file({"layers": [{"layer": "line-9", "regions": []}]}))
