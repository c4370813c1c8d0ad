"""`camwright action` as a user has it: real processes, a real simulated camera."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

if sys.platform != "win32":
    import pty

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
    assert run("/ISAPI/Image/channels/1").returncode == 2


def test_a_request_is_made_by_the_camera(run, tmp_path):
    request = "/ISAPI/Security/serverCertificate/downloadCertSignReq"
    told = run(request, "--make", "--json")
    assert told.returncode == 0
    fields = {each["path"]: each for each in json.loads(told.stdout)["fields"]}
    assert (fields["SubjectDN/commonName"]["min"], fields["SubjectDN/commonName"]["max"]) == (1, 64)
    named = ["--make", "SubjectDN/commonName=gate.example", "SubjectDN/countryName=DE"]
    for words in (["--make", "nothing=1"], ["--make", "SubjectDN/commonName=gate.example", "--yes"], named):
        refused = run(request, *words)
        assert refused.returncode == 2
        assert "Nothing was sent" in refused.stderr
    assert run(request, "--get", str(tmp_path / "gate.csr")).returncode == 1
    made = run(request, *named, "--yes")
    assert made.returncode == 0, made.stderr
    assert "a request for “gate.example”" in made.stdout
    assert run(request, "--get", str(tmp_path / "gate.csr")).returncode == 0
    assert (tmp_path / "gate.csr").read_bytes().startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    assert run(request, "--remove", "--yes").returncode == 0


# Interrupted


def started(camera, environment, *arguments):
    """A command that shows how far it is: its progress goes to a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "action", f"{camera['address']}:{camera['http_port']}", *arguments],
        stdout=subprocess.PIPE,
        stderr=slave,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment | {"CAMWRIGHT_PASSWORD": camera["password"]},
    )
    os.close(slave)
    return process, master


def read_until(master, words: bytes) -> bytes:
    said = b""
    while words not in said:
        said += os.read(master, 65536)  # OSError at its end
    return said


def interrupted(process, master) -> tuple[str, str]:
    """What it printed, and what it said to people, after Ctrl+C."""
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    rest = b""
    with contextlib.suppress(OSError):
        while more := os.read(master, 65536):
            rest += more
    os.close(master)
    assert process.returncode == 130
    return printed, rest.decode()


@contextlib.contextmanager
def simulated(environment, host, *quirks):
    command = [sys.executable, "-m", "app", "simulate", "--until-eof", "--bind", host, "--http-port", "0"]
    command += [part for quirk in quirks for part in ("--quirk", quirk)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal and SIGINT")
def test_an_interrupted_upload_says_what_the_camera_is_left_with(environment, tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(16 * 1024 * 1024))
    with simulated(environment, "127.82.1.1", "stops_taking") as camera:
        process, master = started(camera, environment, CONFIGURATION, "--put", str(large), "--yes")
        read_until(master, b"Sending 1")  # per cent: some of it is on its way
        printed, _ = interrupted(process, master)
        assert "Configuration: Gate has a part of the file (" in printed
        assert "It answers and runs V" in printed


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal and SIGINT")
def test_an_interrupted_download_leaves_no_file(environment, tmp_path):
    kept = tmp_path / "backup.cfg"
    kept.write_bytes(b"the one from last year")
    with simulated(environment, "127.82.1.2", "drip=600", "only_path=configurationData") as camera:
        process, master = started(camera, environment, CONFIGURATION, "--get", str(kept))
        read_until(master, b"Receiving")
        _, said = interrupted(process, master)
        assert f"nothing was saved as {kept}" in said
    assert kept.read_bytes() == b"the one from last year"
    assert list(tmp_path.iterdir()) == [kept]


def test_wrong_files_are_refused_unread_and_unsent(run, tmp_path):
    firmware = "/ISAPI/System/updateFirmware"
    chosen = tmp_path / "chosen"
    chosen.write_bytes(b"")
    done = run(firmware, "--put", str(chosen), "--yes")
    assert (done.returncode, "is empty" in done.stderr) == (2, True)
    with chosen.open("wb") as file:
        file.truncate(2 * 1024**3)  # no block of it is on the disk
    done = run(firmware, "--put", str(chosen), "--yes")
    assert (done.returncode, "too large: 2048 MB" in done.stderr) == (2, True)
    chosen.write_bytes(b"\xff\xd8\xff\xe0" + bytes(500))
    done = run(firmware, "--put", str(chosen), "--yes")
    assert (done.returncode, "a JPEG picture" in done.stderr) == (2, True)
    done = run(firmware, "--put", str(tmp_path), "--yes")
    assert (done.returncode, "cannot be read" in done.stderr) == (2, True)
