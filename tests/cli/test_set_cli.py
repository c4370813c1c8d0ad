"""The command `set` with several resources, with files, and with lists of records."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli.output import Refused
from app.cli.setting import of_file, of_words
from tests.cli.test_cli import environment, start, stop

MAIN, IMAGE = "/ISAPI/Streaming/channels/101", "/ISAPI/Image/channels/1"
LINES = "/ISAPI/Smart/LineDetection/1"
LINE = "LineItemList/LineItem"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def camera() -> Iterator[dict[str, object]]:
    process, lines = start("--bind", "127.61.20.1", "--quirk", "ignores_field=Video/GovLength")
    yield lines[0]
    assert stop(process) == 0


@pytest.fixture
def run(camera: dict[str, object]) -> Run:
    def call(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        host = f"{camera['address']}:{camera['http_port']}"
        return subprocess.run(
            [sys.executable, "-m", "app", command, host, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
            check=False,
        )

    return call


def test_words_are_told_apart() -> None:
    found = of_words(["/a", "x=1", "y=a=b", "/b?format=json", "z=", "/a", "w=2"])
    assert found == {"/a": {"x": "1", "y": "a=b", "w": "2"}, "/b?format=json": {"z": ""}}
    for wrong in (["/a"], ["/a", "/b", "x=1"], ["/a", "nothing"], ["/a", "x=1", "/b"]):
        with pytest.raises(Refused):
            of_words(wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"/a": {"x": 1, "on": true, "name": "North gate"}}', {"/a": {"x": "1", "on": "true", "name": "North gate"}}),
        ("# gate\n/a x=1\n\n/a name=North = 2\n/b y=\n", {"/a": {"x": "1", "name": "North = 2"}, "/b": {"y": ""}}),
    ],
)  # fmt: skip
def test_a_file_is_json_or_lines(tmp_path: Path, text: str, expected: dict[str, dict[str, str]]) -> None:
    file = tmp_path / "settings"
    file.write_text(text)
    assert of_file(file) == expected


@pytest.mark.parametrize("text", ["{", "[1]", '{"/a": 1}', '{"/a": {"x": [1]}}', "/a", "/a x", '{"/a": {}}', "\x00\n"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings"
    file.write_text(text)
    with pytest.raises(Refused, match=str(file)):
        of_file(file)
    with pytest.raises(Refused, match="cannot be read"):
        of_file(tmp_path / "missing")


def test_several_resources_at_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.txt"
    file.write_text(f"{LINES} {LINE}/sensitivityLevel=61\n")
    words = [IMAGE, "Color/brightnessLevel=41", MAIN, "Video/GovLength=33", "Video/constantBitRate=3072"]
    made = run("set", "--json", *words, "--from", str(file))
    assert made.returncode == 3, made.stderr
    told = json.loads(made.stdout)
    verdicts = {
        (each["resource"], row["path"]): row["verdict"] for each in told["resources"] for row in each["changes"]
    }
    assert verdicts == {
        (IMAGE, "Color/brightnessLevel"): "kept",
        (MAIN, "Video/GovLength"): "ignored",
        (MAIN, "Video/constantBitRate"): "kept",
        (LINES, f"{LINE}/sensitivityLevel"): "kept",
    }
    again = run("set", IMAGE, "Color/brightnessLevel=41", LINES, f"{LINE}/sensitivityLevel=61")
    assert again.returncode == 0
    assert "nothing was sent" in again.stdout


def test_nothing_is_sent_when_one_of_them_is_wrong(run: Run) -> None:
    made = run("set", IMAGE, "Color/brightnessLevel=40", MAIN, "Video/constantBitRate=999999")
    assert made.returncode == 2
    assert "32 to 16384" in made.stderr or "Use " in made.stderr
    shown = json.loads(run("show", IMAGE, "--json").stdout)
    assert next(f["value"] for f in shown["fields"] if f["path"] == "Color/brightnessLevel") != "40"


def test_records_are_added_moved_and_taken_out(run: Run) -> None:
    shown = json.loads(run("show", LINES, "--json").stdout)
    assert shown["lists"][0] == {"path": f"{LINE}[]", "title": "Lines", "value": "1", "entries": ["Line 1"], "min": 0,
                                 "max": 4}  # fmt: skip
    assert run("set", LINES, f"{LINE}[+1]/sensitivityLevel=72").returncode == 0
    made = run("set", LINES, f"{LINE}[]=2>1", "--json")
    assert made.returncode == 0, made.stderr
    assert [(row["path"], row["new"], row["verdict"]) for row in json.loads(made.stdout)["changes"]] == [
        (f"{LINE}[]", "2 1", "kept")
    ]
    wrong = run("set", LINES, f"{LINE}[]=-7")
    assert wrong.returncode == 2
    assert "has 2 entries" in wrong.stderr
    full = run("set", LINES, f"{LINE}[]=+,+,+")
    assert full.returncode == 2
    assert "at most 4 (yours has 5)" in full.stderr
    assert run("set", LINES, f"{LINE}[]=-1").returncode == 0
    left = json.loads(run("show", LINES, "--json").stdout)
    assert left["lists"][0]["entries"] == ["Line 1"]


def test_a_file_alone_is_enough_and_nothing_at_all_is_not(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({IMAGE: {"Color/contrastLevel": 57}}))
    made = run("set", "--from", str(file), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["changes"][0]["verdict"] == "kept"
    assert run("set").returncode == 2


def test_what_goes_only_together_is_set_together_and_else_refused_with_both_sides(run: Run) -> None:
    size, rate = "Video/videoResolution", "Video/maxFrameRate"
    wrong = run("set", MAIN, f"{size}=1920x1080", f"{rate}=5000")
    assert wrong.returncode == 2, wrong.stdout
    assert "while “Resolution” is 1920 × 1080" in wrong.stderr
    assert "Frame rate" in wrong.stderr
    right = run("set", MAIN, f"{size}=1280x720", f"{rate}=5000", IMAGE, "WDR/mode=open", "WDR/WDRLevel=40")
    assert right.returncode == 0, right.stderr


def test_what_several_targets_do_not_take_is_told_of_each_before_anything_is_sent(run: Run, tmp_path: Path) -> None:
    """The settings of one stream for others: a file that fits one of them and not the other."""
    sub, third = (f"/ISAPI/Streaming/channels/10{number}" for number in (2, 3))
    file = tmp_path / "streams"
    texts = ("Video/videoResolution=2560x1440", "Video/constantBitRate=999999", "Video/GovLength=44")
    file.write_text("".join(f"{page} {text}\n" for page in (MAIN, sub) for text in texts) + f"{third} channelName=X\n")
    refused = run("set", "--from", str(file), "--dry-run")
    assert refused.returncode == 2, refused.stdout
    assert f"{sub}: Resolution: Use one of " in refused.stderr
    assert f"{MAIN}: Bitrate: Use 32 to 16384" in refused.stderr
    assert f"{sub}: Bitrate: Use 32 to 8192" in refused.stderr
    assert f"{MAIN}: Resolution" not in refused.stderr
    assert third not in refused.stderr
    assert run("set", "--from", str(file)).returncode == 2
    shown = json.loads(run("show", third, "--json").stdout)
    assert next(f["value"] for f in shown["fields"] if f["path"] == "channelName") != "X"


def test_options_are_taken_as_they_are_read(run: Run) -> None:
    """What `show` and a refusal call an option is no other word than `set` takes; the camera's own stays good."""
    for rate, kept in (("12.5", "1250"), ("20 fps", "2000"), ("1500", "1500")):
        texts = (f"Video/maxFrameRate={rate}", "Video/videoQualityControlType=constant bitrate")
        made = run("set", MAIN, *texts, "--dry-run", "--json")
        assert made.returncode == 0, made.stderr
        wanted = {change["path"]: change["new"] for change in json.loads(made.stdout)["changes"]}
        assert wanted["Video/maxFrameRate"] == kept
        assert wanted["Video/videoQualityControlType"] == "CBR"
    refused = run("set", MAIN, "Video/maxFrameRate=26", "--dry-run")
    assert refused.returncode == 2
    assert "Use one of 50 fps" in refused.stderr
