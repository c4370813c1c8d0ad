"""History, undo, export, diff, restore and recover as a user has them: real processes, real simulated cameras."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

MAIN = "/ISAPI/Streaming/channels/101"
ADDRESS = "/ISAPI/System/Network/interfaces/1/ipAddress"


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CAMWRIGHT_")}
    ours = {"CAMWRIGHT_INTERFACES": "127.0.0.1", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return kept | ours | more


@contextlib.contextmanager
def simulated(count: int, *arguments: str):
    """Addresses of cameras, and their password."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "simulate", "--until-eof", "--count", str(count), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    lines = [json.loads(process.stdout.readline()) for _ in range(count)]
    yield [f"{line['address']}:{line['http_port']}" for line in lines], lines[0]["password"]
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def cameras():
    with simulated(2, "--bind", "127.23.20.1") as found:
        yield found


@pytest.fixture
def run(cameras, tmp_path: Path):
    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        given = {"CAMWRIGHT_PASSWORD": cameras[1], "CAMWRIGHT_SITE": str(tmp_path / "site.camwright")} | more
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            input="",
            capture_output=True,
            text=True,
            timeout=90,
            env=environment(**given),
            check=False,
        )

    return call


@pytest.fixture
def said(run):
    """The JSON document of a command, whose exit status must be as given."""

    def call(*arguments: str, status: int = 0, **more: str):
        done = run(*arguments, "--json", **more)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    return call


@pytest.fixture
def host(cameras) -> str:
    return cameras[0][0]


def length(said, host) -> str:
    fields = said("show", host, MAIN)["fields"]
    return next(field["value"] for field in fields if field["path"] == "Video/GovLength")


def test_set_is_in_the_history_and_can_be_undone(said, run, host):
    assert said("history") == []
    before = length(said, host)
    said("set", host, MAIN, "Video/GovLength=41")
    (entry,) = said("history")
    assert (entry["state"], entry["origin"], entry["account"], entry["resource"]) == ("done", "cli", "admin", MAIN)
    assert entry["changes"][0] | {"title": "", "reason": ""} == {
        "path": "Video/GovLength", "title": "", "old": before, "new": "41", "verdict": "kept", "read_back": "41",
        "reason": "",
    }  # fmt: skip
    assert said("undo", str(entry["id"]), "--dry-run")["fields"][0]["standing"] == "holds our value"
    assert length(said, host) == "41"
    undone = said("undo", str(entry["id"]))  # the address is the one it was seen at last
    assert undone["changes"][0]["verdict"] == "kept"
    assert length(said, host) == before
    assert [(each["origin"], each["undo_of"]) for each in said("history", host)] == [("undo", 1), ("cli", None)]
    assert said("history", "127.23.99.99") == []
    assert len(said("history", host.partition(":")[0])) == 2
    assert "nothing to set back" in run("undo", "1").stdout.lower()
    for_people = run("history").stdout
    assert f"{before} frames -> 41 frames" in for_people
    assert "undo of 1" in for_people


def test_a_record_with_a_list_of_its_own_is_added_and_undone(said, host):
    resource, areas = "/ISAPI/Smart/FieldDetection/1", "FieldDetectionRegionList/FieldDetectionRegion"
    corners = "RegionCoordinatesList/RegionCoordinates"
    before = said("show", host, resource)
    assert before["lists"][0]["value"] == "1"
    made = said("set", host, resource, f"{areas}[]=+", f"{areas}[2]/{corners}[]=+", f"{areas}[1]/{corners}[]=+")
    assert {each["verdict"] for each in made["changes"]} == {"kept"}
    lists = {each["path"]: each["value"] for each in said("show", host, resource)["lists"]}
    assert lists == {
        f"{areas}[]": "1 2", f"{areas}[1]/{corners}[]": "1 2 3 4 5", f"{areas}[2]/{corners}[]": "1 2 3 4 5",
    }  # fmt: skip
    said("set", host, resource, f"{areas}[2]/{corners}[]=-1", f"{areas}[2]/{corners}[1]/positionX=321")
    for entry in ("2", "1"):
        undone = said("undo", entry)
        assert {each["verdict"] for each in undone["changes"]} == {"kept"}, undone
    assert said("show", host, resource) == before


def test_what_was_changed_since_is_not_set_back_unasked(said, run, host):
    before = length(said, host)
    said("set", host, MAIN, "Video/GovLength=42")
    said("set", host, MAIN, "Video/GovLength=43")
    refused = run("undo", "1", "--json")
    assert refused.returncode == 2
    assert all(side in json.loads(refused.stdout)["error"]["summary"] for side in (before, "42", "43"))
    assert length(said, host) == "43"
    assert run("undo", "1", "--keep-changed").returncode == 2
    assert run("undo", "1", "--keep-changed", "--force").returncode == 2
    said("undo", "1", "--force")
    assert length(said, host) == before


def test_undo_refuses_what_is_not_there_and_other_devices(said, run, host, cameras):
    assert run("undo", "77").returncode == 2
    said("set", host, MAIN, "Video/GovLength=44")
    other = run("undo", "1", cameras[0][1])
    assert other.returncode == 2
    assert "another device" in other.stderr
    said("undo", "1")


def test_export_diff_and_restore(said, run, host, cameras, tmp_path):
    file = str(tmp_path / "gate.json")
    written = said("export", host, file)
    assert written["resources"] > 30
    assert all(each["reason"] for each in written["refused"])
    assert cameras[1] not in Path(file).read_text()
    before = length(said, host)
    said("set", host, MAIN, "Video/GovLength=45", "channelName=Yard")
    differences = said("diff", file, host)["differences"]
    assert {(each["path"], each["other"]) for each in differences} >= {
        ("Video/GovLength", "45"),
        ("channelName", "Yard"),
    }
    assert re.search(r"\b45 frames +Video/GovLength$", run("diff", file, host).stdout, re.MULTILINE)
    planned = said("restore", host, file, "--dry-run")
    assert {each["path"] for each in planned["planned"]} >= {"Video/GovLength", "channelName"}
    assert length(said, host) == "45"
    done = said("restore", host, file, "--only", f"{MAIN}:Video/GovLength")
    assert [change["verdict"] for each in done["resources"] for change in each["changes"]] == ["kept"]
    assert length(said, host) == before
    said("restore", host, file)
    assert said("diff", host, file)["differences"] == []
    assert [entry["origin"] for entry in said("history")].count("restore") >= 2
    assert run("diff", file, host).stdout.splitlines()[-1] == "0 differences"


def test_two_devices_compare_and_addresses_stay_their_own(said, cameras, tmp_path):
    one, other = cameras[0]
    found = said("diff", one, other)["differences"]
    assert "ipAddress" in {each["path"] for each in found if each["resource"] == ADDRESS}
    file = str(tmp_path / "one.json")
    said("export", one, file)
    plan = said("restore", other, file, "--dry-run")
    assert ADDRESS not in {each["resource"] for each in plan["planned"]}
    assert "unreachable" in next(each["reason"] for each in plan["left_out"] if each["resource"] == ADDRESS)
    said("restore", other, file, "--only", ADDRESS, status=2)


def test_bad_files_are_refused_before_anything_is_sent(run, host, tmp_path):
    (tmp_path / "bad.json").write_text('{"kind": "other"}')
    assert run("restore", host, str(tmp_path / "bad.json")).returncode == 2
    assert run("restore", host, str(tmp_path / "missing.json")).returncode == 2
    assert run("diff", str(tmp_path / "missing.json"), host).returncode == 2
    assert run("export", host, str(tmp_path / "no" / "folder.json")).returncode == 2


def test_only_writing_commands_make_a_site_file(run, host, tmp_path):
    run("show", host, MAIN)
    assert not (tmp_path / "site.camwright").exists()
    run("set", host, MAIN, "Video/GovLength=46", "--site", str(tmp_path / "other.camwright"))
    assert (tmp_path / "other.camwright").exists()
    assert not (tmp_path / "site.camwright").exists()


def test_a_damaged_file_stops_writing_and_recover_brings_it_back(said, run, host, tmp_path):
    said("set", host, MAIN, "Video/GovLength=47")
    path = tmp_path / "site.camwright"
    raw = bytearray(path.read_bytes())
    raw[:100] = bytes(100)
    path.write_bytes(raw)
    refused = run("set", host, MAIN, "Video/GovLength=48")
    assert refused.returncode == 2
    assert "recover" in refused.stderr
    assert length(said, host) == "47"
    result = said("recover")
    assert result["rows"]["change_sets"] == 1
    assert path.read_bytes() == bytes(raw)
    assert [entry["id"] for entry in said("history", "--site", result["file"])] == [1]
    said("undo", "1", "--site", result["file"])


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_set_killed_while_the_camera_works_is_shown_as_unknown(said, run, tmp_path):
    path = tmp_path / "site.camwright"
    with simulated(1, "--bind", "127.23.21.1", "--quirk", "slow=0.5") as ((host,), password):
        given = environment(CAMWRIGHT_PASSWORD=password, CAMWRIGHT_SITE=str(path))
        command = [sys.executable, "-m", "app", "set", host, MAIN, "Video/GovLength=49"]
        with subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL) as process:
            wait_for_sending(path)
            process.kill()
        (entry,) = said("history")
        assert entry["state"] == "unknown"
        assert entry["changes"][0]["new"] == "49"
        assert entry["changes"][0]["verdict"] is None
        assert "read the device again" in run("history").stdout
        (field,) = said("undo", "1", "--dry-run")["fields"]
        assert field["standing"] in ("holds our value", "is back already")


def wait_for_sending(path: Path) -> None:
    """Until a change set is on the disk and its outcome is not."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
                if connection.execute("SELECT 1 FROM change_sets WHERE state = 'sending'").fetchall():
                    return
        except sqlite3.OperationalError:  # not there yet
            pass
        time.sleep(0.02)
    pytest.fail("no change set was written")


def test_what_goes_together_is_told_with_the_command_that_does_it(said, run, host, tmp_path):
    """In the words of the form: titles, units, options; what is refused is told before anything is sent."""
    file = str(tmp_path / "gate.json")
    codec, profile = (f"{MAIN}:Video/{name}" for name in ("videoCodecType", "H264Profile"))
    said("set", host, MAIN, "Video/H264Profile=High")
    said("export", host, file)
    changed = run("set", host, MAIN, "Video/videoCodecType=H.265")
    assert re.search(r"^Codec +H\.264 -> H\.265 +kept", changed.stdout, re.MULTILINE), changed.stdout
    alone = run("restore", host, file, "--only", profile)
    assert alone.returncode == 2
    assert f"Restore them together: camwright restore {host} {file} --only {profile} {codec}" in alone.stdout
    assert len(said("history")) == 2
    assert re.search(r"H\.265 profile: \(nothing\) -> \w+ \(changed by the device\)", run("history").stdout)
    plan = run("undo", "2", "--dry-run").stdout
    assert re.search(r"^H\.264 profile +\(nothing\) -> High", plan, re.MULTILINE), plan
    assert "goes by itself" in plan
    together = said("restore", host, file, "--only", profile, codec)
    assert {each["path"]: each["verdict"] for each in together["resources"][0]["changes"]} == {
        "Video/videoCodecType": "kept",
        "Video/H264Profile": "kept",
        "Video/H265Profile": "side effect",
    }
    assert "H.264 profile: (nothing) -> High" in run("history").stdout
    undone = said("undo", "3")
    assert (undone["not_as_before"], undone["without_effect"]) == ([], [])
    said("undo", "4")
    said("undo", "1")


def test_another_order_is_told_by_the_names_of_the_records(run, host):
    resource, lines = "/ISAPI/Smart/LineDetection/1", "LineItemList/LineItem[]"
    assert run("set", host, resource, f"{lines}=+").returncode == 0
    assert "Line 2 before Line 1" in run("set", host, resource, f"{lines}=2>1").stdout
    assert "Lines: Line 2 before Line 1" in run("history").stdout
    assert "Line 1 before Line 2" in run("undo", "2", "--dry-run").stdout
    assert run("undo", "2").returncode == 0
    assert run("undo", "1").returncode == 0
