"""Changes after which a camera is elsewhere, from the command line: agreed to, followed, remembered, or lost."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

INTERFACE = "/ISAPI/System/Network/interfaces/1"
PORTS = "/ISAPI/Security/adminAccesses"
USERS = "/ISAPI/Security/users"
IMAGE = "/ISAPI/Image/channels/1"

# A keyring in a file, as the system's would be; the program finds it by its name.
KEYRING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

FILE = pathlib.Path(os.environ["KEYRING_FILE"])

class FileKeyring(KeyringBackend):
    priority = 9

    def _all(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}

    def get_password(self, service, username):
        return self._all().get(username)

    def set_password(self, service, username, password):
        FILE.write_text(json.dumps(self._all() | {username: password}))

    def delete_password(self, service, username):
        FILE.write_text(json.dumps({k: v for k, v in self._all().items() if k != username}))
"""
# The same program with less patience: a lost camera is not waited for three minutes.
PROGRAM = """
import sys
from app.families.isapi import following
following.PAUSE, following.LOOKS, following.LOOKS_AT_RESTART = 0.5, 60, int(sys.argv.pop(1))
from app.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


class Bench:
    """One simulated camera and one user's computer."""

    def __init__(self, folder: Path, camera: dict[str, object]) -> None:
        self.host = f"{camera['address']}:{camera['http_port']}"
        self.port = camera["http_port"]
        self.password = camera["password"]
        self.site = folder / "site.camwright"
        self.keys = folder / "keys.json"
        (folder / "filekeyring.py").write_text(KEYRING)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CAMWRIGHT_")}
        self.environment = kept | {
            "CAMWRIGHT_INTERFACES": "127.0.0.1",
            "CAMWRIGHT_SITE": str(self.site),
            "PYTHON_KEYRING_BACKEND": "filekeyring.FileKeyring",
            "KEYRING_FILE": str(self.keys),
            "PYTHONPATH": os.pathsep.join([str(folder), str(Path.cwd())]),
        }

    def store(self, password: str) -> None:
        self.keys.write_text(json.dumps({self.host: json.dumps({"user": "admin", "password": password})}))

    def stored(self, host: str) -> str | None:
        text = json.loads(self.keys.read_text()).get(host) if self.keys.exists() else None
        return None if text is None else json.loads(text)["password"]

    def run(self, *words: str, looks: int = 80) -> subprocess.CompletedProcess[str]:
        given = {} if self.keys.exists() else {"CAMWRIGHT_PASSWORD": str(self.password)}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(looks), *words],
            input="",
            capture_output=True,
            text=True,
            timeout=120,
            env=self.environment | given,
            check=False,
        )

    def values(self, resource: str, host: str = "") -> dict[str, str]:
        done = self.run("show", host or self.host, resource, "--json")
        assert done.returncode == 0, done.stderr
        return {each["path"]: each["value"] for each in json.loads(done.stdout)["fields"]}


@contextlib.contextmanager
def bench(folder: Path, address: str, *quirks: str, port: int = 0):
    words = [word for quirk in quirks for word in ("--quirk", quirk)]
    place = ["--bind", address, "--http-port", str(port)]
    command = [sys.executable, "-m", "app", "simulate", "--until-eof", *place, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Bench(folder, json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture
def path_of():
    def path_of(values: dict[str, str], end: str) -> str:
        return next(path for path in values if path.endswith(end))

    return path_of


def test_without_agreement_nothing_is_sent_and_with_it_the_camera_is_followed(tmp_path, path_of):
    with bench(tmp_path, "127.34.1.1", "moves_at_once") as camera:
        camera.store(camera.password)
        path = path_of(camera.values(INTERFACE), "IPAddress/ipAddress")
        new = f"127.34.1.77:{camera.port}"
        refused = camera.run("set", camera.host, INTERFACE, f"{path}=127.34.1.77")
        assert refused.returncode == 2
        assert "127.34.1.77" in refused.stderr
        assert "--yes" in refused.stderr
        assert camera.values(INTERFACE)[path] == "127.34.1.1"

        planned = camera.run("set", camera.host, INTERFACE, f"{path}=127.34.1.77", "--dry-run")
        assert planned.returncode == 0
        assert "127.34.1.77" in planned.stderr
        assert camera.values(INTERFACE)[path] == "127.34.1.1"

        done = camera.run("set", camera.host, INTERFACE, f"{path}=127.34.1.77", "--yes", "--json")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["moved_to"] == new
        assert said["lost"] is None
        assert said["changes"][0]["verdict"] == "kept"
        assert "127.34.1.77" in done.stderr
        assert camera.stored(new) == camera.password
        # The stored login opens it there, and the site file knows one device, there now.
        assert camera.values(INTERFACE, new)[path] == "127.34.1.77"
        with contextlib.closing(sqlite3.connect(camera.site)) as site:
            assert site.execute("SELECT count(*) FROM devices").fetchone() == (1,)
        listed = camera.run("history", new, "--json")
        assert [each["resource"] for each in json.loads(listed.stdout)] == [INTERFACE]

        # Back to where it was: an undo strands as well, and finds it without a host.
        number = str(json.loads(listed.stdout)[0]["id"])
        assert camera.run("undo", number).returncode == 2
        assert camera.values(INTERFACE, new)[path] == "127.34.1.77"
        undone = camera.run("undo", number, "--yes")
        assert undone.returncode == 0, undone.stderr
        assert f"The camera is at {camera.host} now." in undone.stdout


def test_the_own_password_is_changed_in_the_vault_too(tmp_path, path_of):
    with bench(tmp_path, "127.34.2.1") as camera:
        camera.store(camera.password)
        path = path_of(camera.values(USERS), "password")
        assert camera.run("set", camera.host, USERS, f"{path}=Better-4321").returncode == 2
        assert camera.stored(camera.host) == camera.password
        done = camera.run("set", camera.host, USERS, f"{path}=Better-4321", "--yes", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["moved_to"] is None
        assert camera.stored(camera.host) == "Better-4321"
        assert "Better-4321" not in done.stdout + done.stderr
        assert camera.values(USERS)


def test_a_password_that_was_not_stored_is_not_stored_now(tmp_path, path_of):
    with bench(tmp_path, "127.34.3.1") as camera:
        path = path_of(camera.values(USERS), "password")
        assert camera.run("set", camera.host, USERS, f"{path}=Better-4321", "--yes").returncode == 0
        assert not camera.keys.exists()


def test_a_camera_that_does_not_come_back_is_lost_with_what_to_do(tmp_path, path_of):
    with bench(tmp_path, "127.34.4.1", "reboot_seconds=600") as camera:
        path = path_of(camera.values(INTERFACE), "IPAddress/ipAddress")
        done = camera.run("set", camera.host, INTERFACE, f"{path}=127.34.4.77", "--yes", "--json", looks=3)
        assert done.returncode == 1
        said = json.loads(done.stdout)
        assert said["moved_to"] is None
        assert "has not come back" in said["lost"]["summary"]
        assert "Scan again" in said["lost"]["hint"]


def test_a_camera_with_an_address_from_dhcp_is_found_again(tmp_path, path_of):
    with bench(tmp_path, "127.34.8.1", "moves_at_once", "dhcp=127.34.8.77") as camera:
        path = path_of(camera.values(INTERFACE), "addressingType")
        done = camera.run("set", camera.host, INTERFACE, f"{path}=dynamic", "--yes", "--json")
        assert done.returncode == 0, done.stderr
        assert "searched for by its serial number" in done.stderr
        new = f"127.34.8.77:{camera.port}"
        assert json.loads(done.stdout)["moved_to"] == new
        assert camera.values(INTERFACE, new)[path] == "dynamic"


def test_what_cannot_work_is_refused_whoever_agrees(tmp_path, path_of):
    with bench(tmp_path, "127.34.5.1") as camera, bench(tmp_path, "127.34.5.77", port=camera.port):
        values = camera.values(INTERFACE)
        path = path_of(values, "IPAddress/ipAddress")
        for address in ("127.34.5.77", "239.1.2.3"):
            assert camera.run("set", camera.host, INTERFACE, f"{path}={address}", "--yes").returncode == 2
        assert camera.values(INTERFACE) == values


def test_other_changes_need_no_agreement(tmp_path, path_of):
    with bench(tmp_path, "127.34.6.1") as camera:
        path = path_of(camera.values(IMAGE), "contrastLevel")
        done = camera.run("set", camera.host, IMAGE, f"{path}=31", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["moved_to"] is None


def test_a_restored_address_needs_agreement(tmp_path, path_of):
    with bench(tmp_path, "127.34.7.1", "moves_at_once") as camera:
        path = path_of(camera.values(INTERFACE), "IPAddress/ipAddress")
        kept = tmp_path / "kept.json"
        assert camera.run("export", camera.host, str(kept), "--json").returncode == 0
        text = kept.read_text()
        assert '"127.34.7.1"' in text
        kept.write_text(text.replace('"127.34.7.1"', '"127.34.7.77"'))
        only = f"{INTERFACE}:{path}"
        refused = camera.run("restore", camera.host, str(kept), "--only", only)
        assert refused.returncode == 2, refused.stdout
        assert "127.34.7.77" in refused.stderr
        assert camera.values(INTERFACE)[path] == "127.34.7.1"
        done = camera.run("restore", camera.host, str(kept), "--only", only, "--yes", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["resources"][0]["moved_to"] == f"127.34.7.77:{camera.port}"
