"""The command line as a hurried or hostile person uses it: every mistake ends in words and a status, none in a
traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.main import main
from app.cli.setting import of_file
from app.model.device import Address
from tests.cli.test_journal import environment, simulated
from tests.families.middleman import middleman, on_writes

MAIN, IMAGE = "/ISAPI/Streaming/channels/101", "/ISAPI/Image/channels/1"
HUGE = "99999999999999999999999"


@pytest.fixture(scope="module")
def cameras():
    with simulated(1, "--bind", "127.88.2.1") as found:
        yield found


@pytest.fixture
def host(cameras) -> str:
    return cameras[0][0]


@pytest.fixture
def call(cameras, tmp_path: Path):
    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess:
        given = {"CAMWRIGHT_PASSWORD": cameras[1], "CAMWRIGHT_SITE": str(tmp_path / "site.camwright")} | more
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=90,
            env=environment(**given),
            check=False,
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


@pytest.fixture
def here(monkeypatch, capsys, tmp_path: Path):
    """The same within this process, for what ends before anybody is asked."""

    def here(*arguments: str) -> tuple[int, str]:
        with monkeypatch.context() as given:
            for name, value in environment(CAMWRIGHT_SITE=str(tmp_path / "site.camwright")).items():
                given.setenv(name, value)
            status = main(arguments)
        return status, capsys.readouterr().err

    return here


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("history", "--limit", HUGE), 0, ""),
        (("history", "--before", HUGE), 0, ""),
        (("history", "--before", f"-{HUGE}"), 0, ""),
        (("history", "--limit", "0"), 2, "at least 1"),
        (("history", "[::1]:99999"), 2, "not a port"),
        (("undo", HUGE), 2, "no change"),
        (("undo", "-3"), 2, "no change"),
        (("diff", "{deep}", "{deep}"), 2, "no file of settings"),
        (("diff", "{missing}", "{missing}"), 2, "cannot be read"),
        (("show", "no such host", MAIN), 2, "not an address"),
        (("show", "[fe80::1%nowhere]:80", MAIN), 1, ""),
    ],
)
def test_numbers_and_names_that_cannot_be(here, tmp_path, words, status, said):
    (tmp_path / "deep.json").write_text("[" * 200_000)
    places = {"deep": str(tmp_path / "deep.json"), "missing": str(tmp_path / "missing.json")}
    ended, told = here(*(word.format(**places) if "{" in word else word for word in words))
    assert ended == status, told
    assert said in told


def test_files_as_windows_writes_them_are_read(call, host, tmp_path):
    as_lines, as_json, kept = tmp_path / "lines.txt", tmp_path / "set.json", tmp_path / "kept.json"
    as_lines.write_bytes(f"\ufeff{MAIN} Video/GovLength=49\r\n\r\n# gate\r\n".encode())
    as_json.write_bytes(f'\ufeff{{\r\n"{MAIN}": {{"Video/GovLength": 48}}\r\n}}'.encode())
    for file, length in ((as_lines, "49"), (as_json, "48")):
        assert of_file(file) == {MAIN: {"Video/GovLength": length}}
    assert call("export", host, str(kept)).returncode == 0
    kept.write_bytes(b"\xef\xbb\xbf" + kept.read_bytes().replace(b"\n", b"\r\n"))
    assert call("diff", host, str(kept)).stdout.splitlines()[-1] == "0 differences"


@pytest.mark.parametrize("content", ["[" * 200_000, '{"a":' * 100_000, "", '{"/a": {"x": null}}', "x" * 5_000_000])
def test_files_that_are_no_settings_are_refused_in_words(here, tmp_path, content):
    file = tmp_path / "settings"
    file.write_text(content)
    status, said = here("set", "127.88.2.1", "--from", str(file))
    assert status == 2, said
    assert len(said) < 1000


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="has no file without an end")
def test_a_file_without_an_end_is_not_read_to_it(here):
    status, said = here("set", "127.88.2.1", "--from", "/dev/zero")
    assert status == 2
    assert "too large" in said


def test_words_may_stand_behind_options(call, host, tmp_path):
    kept = tmp_path / "configuration.bin"
    done = call("action", host, "--get", str(kept), "/ISAPI/System/configurationData")
    assert done.returncode == 0, done.stderr
    assert kept.stat().st_size > 0
    assert call("set", host, MAIN, "Video/GovLength=47").returncode == 0
    assert call("undo", "1", "--yes", host).returncode == 0
    assert "undo of 1" in call("history", "--limit", "1", host).stdout


def test_a_terminal_that_knows_few_characters_gets_the_rest_as_escapes(call, host):
    done = call("search", host, "bitrate", "--quick", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "\\u203a" in done.stdout


def test_a_planned_secret_is_not_shown(call, host):
    done = call("set", host, "/ISAPI/Security/users/1", "password=Very-Secret-99", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "a new secret" in done.stdout
    assert "Very-Secret-99" not in done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that is closed while somebody writes")
@pytest.mark.parametrize("words", [("tree", "{host}"), ("show", "{host}", MAIN, "--json"), ("history",)])
def test_a_reader_that_goes_away_is_no_news(call, cameras, host, tmp_path, words):
    given = {"CAMWRIGHT_PASSWORD": cameras[1], "CAMWRIGHT_SITE": str(tmp_path / "site.camwright")}
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "app", *(word.format(host=host) for word in words)],
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=90,
        env=environment(**given),
        check=False,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="needs SIGINT")
def test_who_interrupts_a_write_is_told_what_may_have_been_done(cameras, call, host, tmp_path):
    camera = Address.parse(host)
    stopped = []

    def interrupting(wire, asked, between):
        """The camera says nothing to the write, and somebody loses patience."""
        started.send_signal(signal.SIGINT)
        stopped.append(asked.path)
        wire.wait_for_hang_up()
        return False

    with middleman(Address(camera.host, camera.port or 80), on_writes(interrupting)) as between:
        site = tmp_path / "site.camwright"
        given = environment(CAMWRIGHT_PASSWORD=cameras[1], CAMWRIGHT_SITE=str(site))
        command = [sys.executable, "-m", "app", "set", str(between.address), MAIN, "Video/GovLength=49"]
        with subprocess.Popen(command, env=given, stderr=subprocess.PIPE, text=True) as started:
            _, said = started.communicate(timeout=90)
        assert stopped == [MAIN]
        assert started.returncode == 130
        assert f"{MAIN} may have been written" in said
        assert "Stopped." in said
        assert "Traceback" not in said
    assert [each["state"] for each in json.loads(call("history", "--json").stdout)] == ["unknown"]


LOADING = """
import sys
class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "app.cli.journal":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
from app.cli.main import main
raise SystemExit(main(["history"]))
"""


def test_who_interrupts_while_modules_load_sees_no_traceback():
    done = subprocess.run(
        [sys.executable, "-c", LOADING],
        capture_output=True,
        timeout=90,
        env=environment(),
        check=False,
    )
    assert done.stderr.decode().split() == ["Stopped."]
    assert done.returncode == 130


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe that is closed while somebody writes")
@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize("more", [(), (IMAGE, "WDR/WDRLevel=44")])
def test_a_reader_that_goes_away_changes_nothing_about_what_was_done(call, cameras, host, tmp_path, form, more):
    length = "31" if form else "32"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "app", "set", host, MAIN, f"Video/GovLength={length}", *more, *form],
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=90,
        env=environment(CAMWRIGHT_PASSWORD=cameras[1], CAMWRIGHT_SITE=str(tmp_path / "site.camwright")),
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    held = json.loads(call("history", "--json").stdout)
    assert {each["state"] for each in held} <= {"done"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("twice.json", f'{{"{MAIN}": {{"Video/GovLength": 1, "Video/GovLength": 2}}}}', ()),
        ("pages.json", f'{{"{MAIN}": {{"a": 1}}, "{MAIN}": {{"b": 2}}}}', ()),
        ("lines.txt", f"{MAIN} Video/GovLength=1\n{MAIN} Video/GovLength=2\n", ()),
        ("both.txt", f"{MAIN} Video/GovLength=1\n", (MAIN, "Video/GovLength=2")),
        ("other.txt", f"{MAIN} Video/quality=1\n", (MAIN, "Video/GovLength=2", "Video/GovLength=3")),
    ],
)
def test_a_setting_that_is_named_twice_is_refused(here, tmp_path, name, text, words):
    file = tmp_path / name
    file.write_text(text)
    status, said = here("set", "127.88.2.1", *words, "--from", str(file))
    assert status == 2, said
    assert "Nothing was sent" in said


def test_what_is_no_action_is_refused_before_anything_is_sent(call, host):
    done = call("action", host, "/ISAPI/System/dance")
    assert done.returncode == 2, done.stderr
    assert "is no action of" in done.stderr


def test_a_copied_account_needs_a_name_of_its_own(call, host):
    users = "/ISAPI/Security/users"
    again = call("set", host, users, "User[]=+")
    assert again.returncode == 2, again.stdout
    assert "every account needs a name of its own" in again.stderr
    secret = call("set", host, users, "User[]=+", "User[+1]/userName=gate", "User[+1]/password=Walk-the-line-7")
    assert secret.returncode == 0, secret.stderr
    renamed = call("set", host, users, "User[2]/userName=admin", "--dry-run")
    assert renamed.returncode == 2, renamed.stdout
    assert call("set", host, users, "User[]=-2").returncode == 0
