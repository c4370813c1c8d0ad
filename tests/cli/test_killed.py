"""`set` killed between any two bytes of what it says and hears: the next command that meets the camera finds out what
became of it, the history tells the truth, and undo works.

By hand over many more of them: CAMWRIGHT_KILLS=100 pytest tests/cli/test_killed.py
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.cli.main import main
from tests.cli.test_journal import environment, simulated

MAIN, FIELD = "/ISAPI/Streaming/channels/101", "Video/GovLength"
WRITE = b"PUT "
PATIENCE = 90.0  # seconds; only a broken test waits that long
MOMENTS = int(os.environ.get("CAMWRIGHT_KILLS", "0"))


class Tap:
    """Passes on what a client and a camera say to each other, counts the bytes, and calls at the given one."""

    def __init__(self, camera: tuple[str, int], host: str) -> None:
        self.said = bytearray()  # by both, in the order in which it was passed on
        self.stop_at: int | None = None
        self.reached = threading.Event()
        self._camera = camera
        self._lock = threading.Lock()
        self._listener = socket.create_server((host, 0))
        self.host = f"{host}:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            camera = socket.create_connection(self._camera, PATIENCE)
            self._open += [client, camera]
            for ends in ((client, camera), (camera, client)):
                pump = threading.Thread(target=self._pump, args=ends, daemon=True)
                self._threads.append(pump)
                pump.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    room = len(data) if self.stop_at is None else max(0, self.stop_at - len(self.said))
                    self.said += data[:room]
                    sink.sendall(data[:room])
                    if self.stop_at is not None and len(self.said) >= self.stop_at:
                        self.reached.set()
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for each in self._open:
            each.close()


@pytest.fixture(scope="module")
def camera():
    with simulated(1, "--bind", "127.88.4.1") as ((host,), password):
        yield host, password


@pytest.fixture
def said(camera, monkeypatch, capsys, tmp_path: Path):
    """The JSON document of a command, within this process."""

    def said(*arguments: str) -> object:
        with monkeypatch.context() as given:
            for name, value in environment(
                CAMWRIGHT_PASSWORD=camera[1], CAMWRIGHT_SITE=str(tmp_path / "site.camwright")
            ).items():
                given.setenv(name, value)
            assert main([*arguments, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return said


@contextlib.contextmanager
def tapped(camera):
    host, _, port = camera[0].partition(":")
    tap = Tap((host, int(port or 80)), "127.88.4.2")
    try:
        yield tap
    finally:
        tap.close()


def killed_at(camera, site: Path, at: int | None, value: str) -> bytes:
    """What was said until the command was killed, or had ended."""
    with tapped(camera) as tap:
        tap.stop_at = at
        command = [sys.executable, "-m", "app", "set", tap.host, MAIN, f"{FIELD}={value}"]
        given = environment(CAMWRIGHT_PASSWORD=camera[1], CAMWRIGHT_SITE=str(site))
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=given, **quiet) as process:
            if at is not None:
                assert tap.reached.wait(PATIENCE)
                process.kill()
            process.wait(PATIENCE)
        return bytes(tap.said)


def held(said, camera) -> str:
    fields = said("show", camera[0], MAIN)["fields"]
    return next(each["value"] for each in fields if each["path"] == FIELD)


def moments(whole: bytes) -> list[int]:
    """Where to kill: about the write, whose head, body and answer are told apart, and in what comes after it."""
    start = whole.index(WRITE)
    body = whole.index(b"\r\n\r\n", start) + 4
    answer = whole.index(b"HTTP/1.1", body)
    after = whole.index(b"GET ", answer)
    if MOMENTS:
        return [start + n * (len(whole) - 1 - start) // MOMENTS for n in range(MOMENTS)]
    return [body - 9, body + 9, answer + 20, after + 5]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.timeout(1800)
def test_whenever_it_is_killed_the_history_is_true_and_undo_works(said, camera, tmp_path):
    site, old = tmp_path / "site.camwright", held(said, camera)
    whole = killed_at(camera, tmp_path / "first", None, "41")
    said("set", camera[0], MAIN, f"{FIELD}={old}")
    ends = []
    for number, at in enumerate(moments(whole)):
        new = str(100 + number % 200)
        before = {each["id"] for each in said("history")}
        killed_at(camera, site, at, new)
        now = held(said, camera)
        entries = [each for each in said("history") if each["id"] not in before]
        assert now in (old, new)
        assert entries or now == old, f"killed after {at} bytes: written, and not in the history"
        for entry in entries:
            (change,) = entry["changes"]
            assert (change["old"], change["new"]) == (old, new)
            assert (entry["state"], change["verdict"]) == ("done", "kept" if now == new else "ignored")
            ends.append(bool(entry["error"]))  # whether it was looked at afterwards
            said("undo", str(entry["id"]), camera[0])
        assert held(said, camera) == old
    assert True in ends


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.timeout(600)
def test_the_next_command_says_what_became_of_a_killed_one(said, camera, tmp_path, capsys, monkeypatch):
    """Killed between the write and the read-back. One that only reads finds it out as well, once."""
    site, old = tmp_path / "site.camwright", held(said, camera)
    whole = killed_at(camera, tmp_path / "first", None, "41")
    said("set", camera[0], MAIN, f"{FIELD}={old}")
    answered = whole.index(b"HTTP/1.1", whole.index(WRITE))
    killed_at(camera, site, whole.index(b"GET ", answered), "77")
    (entry,) = [each for each in said("history") if each["changes"][0]["new"] == "77"]
    assert (entry["state"], entry["changes"][0]["verdict"]) == ("unknown", None)
    with monkeypatch.context() as given:
        for name, value in environment(CAMWRIGHT_PASSWORD=camera[1], CAMWRIGHT_SITE=str(site)).items():
            given.setenv(name, value)
        assert main(["tree", camera[0]]) == 0
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert told[0].startswith("The end of some changes was not known, the camera was read again: change ")
        assert told[0].endswith("kept.")
        assert main(["tree", camera[0]]) == 0
        assert capsys.readouterr().err == ""
    assert held(said, camera) == "77"
    (entry,) = [each for each in said("history") if each["changes"][0]["new"] == "77"]
    assert (entry["state"], entry["changes"][0]["verdict"]) == ("done", "kept")
    assert "ended before the device answered. It was read again on" in entry["error"]
    said("undo", str(entry["id"]), camera[0])
    assert held(said, camera) == old
