"""The command line as a user has it: real processes, a real simulated camera, no screen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

MAIN = "/ISAPI/Streaming/channels/101"
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CAMWRIGHT_")}
    # No keyring and no site file of this machine: a test must not find, ask for or leave anything there.
    ours = {
        "CAMWRIGHT_INTERFACES": "127.0.0.1",
        "CAMWRIGHT_SITE": str(Path(tempfile.gettempdir()) / f"camwright-test-{os.getpid()}" / "test.camwright"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return kept | ours | more


def start(*arguments: str) -> tuple[subprocess.Popen[str], list[dict[str, object]]]:
    """A simulator process and its camera lines."""
    count = int(arguments[arguments.index("--count") + 1]) if "--count" in arguments else 1
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "simulate", "--until-eof", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    return process, [json.loads(process.stdout.readline()) for _ in range(count)]


def stop(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        return process.wait(30)
    finally:
        process.stdout.close()


@pytest.fixture(scope="module")
def camera() -> Iterator[dict[str, object]]:
    process, lines = start("--bind", "127.20.0.1")
    yield lines[0]
    assert stop(process) == 0


@pytest.fixture
def run(camera: dict[str, object]) -> Run:
    def call(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        more.setdefault("CAMWRIGHT_PASSWORD", str(camera["password"]))
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(**{key: value for key, value in more.items() if value}),
            check=False,
        )

    return call


@pytest.fixture(scope="module")
def host(camera: dict[str, object]) -> str:
    return f"{camera['address']}:{camera['http_port']}"


def test_a_simulated_camera_says_all_that_a_client_needs(camera):
    assert set(camera) == {"family", "dialect", "address", "http_port", "rtsp_port", "user", "password", "model"}


def test_no_command_but_the_windows_imports_qt(run):
    code = (
        "import sys; from app.cli.main import main\n"
        "try: main(['--version'])\nexcept SystemExit: pass\n"
        "bad = [n for n in sys.modules if n.split('.')[0] in ('PySide6', 'ui', 'qasync')]\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_discover_lists_the_camera_with_its_identity(run, camera):
    done = run("discover", "--json", "--timeout", "2")
    assert done.returncode == 0, done.stderr
    mine = [entry for entry in json.loads(done.stdout) if entry["address"] == camera["address"]]
    assert len(mine) == 1
    assert mine[0]["model"] == camera["model"]
    assert mine[0]["family"] == camera["family"]
    assert mine[0]["port"] == camera["http_port"]
    assert mine[0]["serial"]
    assert mine[0]["state"] == "found"
    assert mine[0]["source"].startswith("ssdp")


def test_tree_nests_nodes_down_to_the_main_stream(run, host):
    done = run("tree", host, "--json")
    assert done.returncode == 0, done.stderr

    def flat(node):
        yield node
        for child in node["children"]:
            yield from flat(child)

    nodes = {node["id"]: node for node in flat(json.loads(done.stdout))}
    assert set(nodes[MAIN]) == {"id", "title", "kind", "readable", "writable", "children"}
    assert nodes[MAIN]["writable"]
    assert nodes["/ISAPI/System/reboot"]["kind"] == "action"


def test_show_gives_values_with_the_devices_own_constraints(run, host):
    done = run("show", host, MAIN, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["resource"] == MAIN
    fields = {field["path"]: field for field in answer["fields"]}
    rate = fields["Video/constantBitRate"]
    assert (rate["kind"], rate["min"], rate["max"], rate["unit"], rate["source"]) == (
        "int",
        32,
        16384,
        "kbps",
        "device",
    )
    codecs = [option["value"] for option in fields["Video/videoCodecType"]["options"]]
    assert fields["Video/videoCodecType"]["value"] in codecs


def test_set_proves_and_the_camera_holds_it(run, host):
    done = run("set", host, MAIN, "Video/GovLength=33", "channelName=Gate & <yard>", "--json")
    assert done.returncode == 0, done.stdout
    changes = {change["path"]: change for change in json.loads(done.stdout)["changes"]}
    assert changes["Video/GovLength"]["verdict"] == "kept"
    assert changes["channelName"]["read_back"] == "Gate & <yard>"
    again = json.loads(run("show", host, MAIN, "--json").stdout)
    assert {"33", "Gate & <yard>"} <= {field["value"] for field in again["fields"]}


def test_dry_run_and_wrong_values_send_nothing(run, host):
    before = run("show", host, MAIN, "--json").stdout
    planned = run("set", host, MAIN, "Video/GovLength=44", "--dry-run", "--json")
    assert planned.returncode == 0
    assert json.loads(planned.stdout)["changes"][0]["verdict"] == "not sent"
    for wrong in ("Video/GovLength=99999", "Video/GovLength=many", "no/such=1", "nonsense", "id=5"):
        refused = run("set", host, MAIN, wrong, "--json")
        assert refused.returncode == 2, wrong
        assert json.loads(refused.stdout)["error"]["summary"]
    assert run("show", host, MAIN, "--json").stdout == before


def test_a_camera_that_does_not_keep_a_field_gives_status_3():
    process, (line,) = start("--bind", "127.20.1.1", "--quirk", "ignores_field=Video/GovLength")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "app",
                "set",
                f"{line['address']}:{line['http_port']}",
                MAIN,
                "Video/GovLength=12",
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(CAMWRIGHT_PASSWORD=str(line["password"])),
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert json.loads(done.stdout)["changes"][0]["verdict"] == "ignored"
    finally:
        stop(process)


def test_snapshot_writes_a_picture(run, host, tmp_path: Path):
    done = run("snapshot", host, str(tmp_path / "gate.jpg"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "gate.jpg").read_bytes().startswith(b"\xff\xd8")


def test_a_picture_that_could_not_be_kept_is_not_asked_for(run, tmp_path: Path):
    for place in (tmp_path / "no" / "folder.jpg", tmp_path):
        # Nobody lives at this address: had it been asked, the status would be 1.
        refused = run("snapshot", "127.20.9.9:9", str(place), "--json")
        assert refused.returncode == 2, refused.stdout
        assert str(place) in json.loads(refused.stdout)["error"]["summary"]


def test_watch_counts_pictures_and_records(run, host, tmp_path):
    done = run("watch", host, "--stream", "sub", "--seconds", "2", "--record", str(tmp_path / "gate.mp4"), "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert list(seen)[:9] == [
        "codec", "width", "height", "fps", "bitrate_kbps", "frames", "gaps", "corrupt", "first_frame_ms",
    ]  # fmt: skip
    assert {"loss", "audio"} <= set(seen)
    assert seen["frames"] > 5
    assert (seen["width"], seen["height"]) == (640, 360)


def test_a_camera_that_plays_without_sending_is_not_told_to_be_watched_longer():
    process, (line,) = start("--bind", "127.20.3.1", "--quirk", "rtsp_silent")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "app",
                "watch",
                f"{line['address']}:{line['http_port']}",
                "--seconds",
                "1",
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(CAMWRIGHT_PASSWORD=str(line["password"])),
            check=False,
        )
        assert done.returncode == 1
        error = json.loads(done.stdout)["error"]
        assert "nothing came" in error["summary"]
        assert "transport" in error["hint"]
    finally:
        stop(process)


def test_passwords_come_from_standard_input_too_and_a_wrong_one_is_tried_once(run, host, camera):
    good = run("show", host, MAIN, "--password-stdin", stdin=f"{camera['password']}\n", CAMWRIGHT_PASSWORD="")
    assert good.returncode == 0, good.stderr
    none = run("show", host, MAIN, CAMWRIGHT_PASSWORD="")
    assert none.returncode == 2
    assert "CAMWRIGHT_PASSWORD" in none.stderr
    bad = run("show", host, MAIN, "--json", CAMWRIGHT_PASSWORD="wrong-secret")
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["error"]["kind"] == "BadCredentials"
    assert "wrong-secret" not in bad.stdout + bad.stderr


def test_a_password_among_the_arguments_is_refused_and_not_repeated(run, host):
    for given in (("--password", "pa55-word"), ("--password=pa55-word",)):
        done = run("show", host, MAIN, "--json", *given)
        assert done.returncode == 2
        assert "CAMWRIGHT_PASSWORD" in done.stderr
        assert "pa55-word" not in done.stdout + done.stderr
    # Abbreviated options would make other words of it.
    assert run("show", host, MAIN, "--password-std", stdin="x\n").returncode == 2


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_lengths_of_time_that_nobody_can_wait_for_are_refused(run, text):
    for command in (("watch", "127.20.9.9:9", f"--seconds={text}"), ("discover", f"--timeout={text}")):
        done = run(*command, "--json")
        assert done.returncode == 2, done.stdout
        assert text in done.stderr


def test_nobody_there_and_not_an_address_are_told_apart(run):
    nobody = run("tree", "127.20.9.9:9")
    assert nobody.returncode == 1
    assert "127.20.9.9" in nobody.stderr
    assert run("tree", "not an address").returncode == 2
    outside = run("tree", "192.0.2.1")  # restricted to loopback: must not be contacted at all
    assert outside.returncode != 0
    assert "192.0.2.1" in outside.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_the_simulator_ends_cleanly_on_a_signal():
    process, _ = start("--bind", "127.20.2.1", "--count", "2")
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    stop(process)


def test_simulate_refuses_what_it_cannot_do(run):
    assert run("simulate", "--bind", "192.168.1.1").returncode == 2
    assert run("simulate", "--quirk", "nonsense").returncode == 2
    listed = run("simulate", "--quirk", "list")
    assert "basic_only" in listed.stdout
