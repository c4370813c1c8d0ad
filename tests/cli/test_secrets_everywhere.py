"""Secrets in every place that can hold one, every command over them with everything that it can tell (--verbose,
--json): none is printed, logged, in a file that somebody asked for, in the site file with its log, or left behind."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from app.cli.main import main
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import dialect
from app.twin.format import Twin, TwinAnswer, TwinAuth, save_twin
from tests.cli.test_cli import environment, start, stop

LOGIN, OTHER, MAIL, FTP, HOST = (f"Zq{number}-Secret&<{number}>" for number in range(5))
TWIN_LOGIN = "Zq9-Twin/Secret"
USERS = "/ISAPI/Security/users"
_SECRET = re.compile(
    r"(?i)(?!is).*pass(word|wd)$|.*communit(y|ystring)$|sharedkey|encryptionkey|snmp\w+key|pincode|verificationcode"
    r"|answer"
)
_NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"


def forms(secret: str, user: str = "admin", realm: str = "") -> set[bytes]:
    """What a secret looks like where somebody has put it on its way: in URLs, Basic logins, XML, as a hash."""
    both = f"{user}:{secret}".encode()
    texts = {secret, quote(secret, safe=""), quote(secret), escape(secret), escape(secret, {'"': "&quot;"})}
    found = {each.encode() for each in texts}
    found |= {base64.b64encode(secret.encode()).rstrip(b"="), base64.b64encode(both).rstrip(b"=")}
    found |= {hashlib.md5(secret.encode()).hexdigest().encode(), hashlib.sha256(secret.encode()).hexdigest().encode()}
    found.add(secret.encode("unicode_escape"))
    if realm:
        found.add(hashlib.md5(f"{user}:{realm}:{secret}".encode()).hexdigest().encode())
    return found


def leaks(produced: Iterable[tuple[str, bytes]], secrets: Iterable[str]) -> list[str]:
    """Where a secret stands, and which; not the texts themselves: a report of a failure is an output, too."""
    wanted = {secret: forms(secret) for secret in secrets}
    return [
        f"{place}: secret {number} behind {content[: content.find(form)][-60:]!r}"
        for place, content in produced
        for number, secret in enumerate(wanted)
        for form in wanted[secret]
        if form in content
    ]


class Bench:
    """Commands with a folder of their own, and everything that they have produced. They run in this process, which
    starts none for each of them."""

    def __init__(
        self,
        folder: Path,
        capture: pytest.CaptureFixture[str],
        logs: pytest.LogCaptureFixture,
        patch: pytest.MonkeyPatch,
    ) -> None:
        self.folder = folder
        self.produced: list[tuple[str, bytes]] = []
        self._capture, self._logs, self._patch = capture, logs, patch
        logs.set_level(logging.DEBUG)
        for name, value in environment(CAMWRIGHT_SITE=str(folder / "site.camwright")).items():
            patch.setenv(name, value)
        (folder / "tmp").mkdir()
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))

    def log_in_with(self, password: str) -> None:
        self._patch.setenv("CAMWRIGHT_PASSWORD", password)

    def run(self, *words: str, status: int | None = 0) -> None:
        self._capture.readouterr()
        self._logs.clear()
        try:
            done = main(["--verbose", *words])
        except SystemExit as refused:
            done = int(str(refused.code))
        out, err = self._capture.readouterr()
        name = " ".join(words[:1] + words[2:3])
        told = (("output", out), ("errors", err), ("log", self._logs.text))
        self.produced += [(f"{name}, {what}", text.encode()) for what, text in told]
        assert status is None or done == status, (words[0], done)

    def everything(self) -> Iterator[tuple[str, bytes]]:
        yield from self.produced
        for base, _, names in os.walk(self.folder):
            for name in names:
                file = Path(base) / name
                yield str(file.relative_to(self.folder)), file.read_bytes()


@pytest.fixture
def bench(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Bench:
    work = tmp_path / "work"
    work.mkdir()
    return Bench(work, capsys, caplog, monkeypatch)


def test_what_is_written_to_a_camera_is_told_nowhere(bench: Bench) -> None:
    process, (camera,) = start("--bind", "127.87.5.1")
    try:
        host = f"{camera['address']}:{camera['http_port']}"
        bench.log_in_with(str(camera["password"]))
        bench.run("set", host, USERS, f"User[1]/password={LOGIN[:16]}", "--yes", "--json")
        bench.log_in_with(LOGIN[:16])
        pages = (
            "/ISAPI/System/Network/mailing/1",
            "/ISAPI/System/Network/ftp/1",
            "/ISAPI/Event/notification/httpHosts/1",
        )
        bench.run("set", host, USERS, "User[]=+", "User[2]/userName=guest", f"User[2]/password={OTHER[:16]}", "--json")
        bench.run(
            "set", host, pages[0], f"sender/smtp/password={MAIL}", pages[1], f"password={FTP}",
            pages[2], f"password={HOST}", f"url=http://u:{quote(HOST, safe='')}@10.0.0.1/x?token={quote(FTP, safe='')}",
        )  # fmt: skip
        for resource in (USERS, *pages):
            bench.run("show", host, resource)
            bench.run("show", host, resource, "--json")
        bench.run("set", host, pages[1], f"password={FTP}{'x' * 60}", "--json", status=2)  # too long
        bench.run("set", host, pages[1], f"nothing={FTP}", status=2)
        bench.run("export", host, str(bench.folder / "settings.json"))
        bench.run("diff", host, str(bench.folder / "settings.json"), "--all")
        bench.run("restore", host, str(bench.folder / "settings.json"), "--dry-run")
        bench.run("search", host, "password", "--json")
        bench.run("history", "--json")
        for number in ("2", "3", "4", "5"):
            bench.run("undo", number, "--dry-run", status=None)
        bench.run("action", host, "--json")
        bench.run("action", host, "/ISAPI/Security/users", "--get", str(bench.folder / "users.bin"), status=None)
        bench.run("walktest", host, "--seconds", "1", "--html", str(bench.folder / "walk.html"), status=None)
        bench.run("watch", host, "--seconds", "2", "--json")
        bench.run("events", host, "--seconds", "1")
        found = leaks(bench.everything(), [LOGIN[:16], OTHER[:16], MAIL, FTP, HOST])
        assert not found, "\n".join(found)
    finally:
        assert stop(process) == 0


# -- what a camera shows by itself -------------------------------------------------------------------------------------


def secret_pages() -> dict[str, dict[str, str]]:
    """Every page of the text with a secret in it: path, then the secrets by the path of their field."""
    found: dict[str, dict[str, str]] = {}
    number = 100
    for resource in catalog(dialect("v2")).resources:
        if resource.kind not in ("settings", "status") or "GET" not in resource.methods:
            continue
        leaves = [each.path for each in resource.fields.values() if _SECRET.match(each.path.rpartition("/")[2])]
        leaves = [each for each in leaves if not any(other.startswith(f"{each}/") for other in leaves)]
        if not leaves:
            continue
        path = re.sub(r"\{[^}]*\}", "1", resource.template)
        for leaf in leaves:
            number += 1
            found.setdefault(path, {})[leaf] = f"Zq{number}-Shown"
    return found


def document(block: str, leaves: dict[str, str]) -> bytes:
    """Nested as the paths say, one element of each name."""
    tree: dict[str, object] = {}
    for path, text in leaves.items():
        here = tree
        *above, last = path.split("/")
        for step in above:
            here = here.setdefault(step, {})  # type: ignore[assignment]
        here[last] = text

    def written(name: str, inner: object) -> str:
        text = "".join(written(*each) for each in inner.items()) if isinstance(inner, dict) else escape(str(inner))
        return f"<{name}>{text}</{name}>"

    inner = "".join(written(*each) for each in tree.items())
    return f'<?xml version="1.0"?>\n<{block} version="2.0" xmlns="{_NAMESPACE}">{inner}</{block}>'.encode()


def talkative(folder: Path) -> tuple[Path, list[str]]:
    """A camera that answers with all its secrets in the clear, as some do."""
    known = catalog(dialect("v2"))
    pages = secret_pages()
    assert len(pages) > 20
    urls = {
        "/ISAPI/Event/notification/httpHosts/1": {
            "url": "http://user:Zq90-Url@10.0.0.1/x?password=Zq91-Url",
            "userName": "user",
        },
    }
    info = "<DeviceInfo><deviceName>Gate</deviceName><model>M</model><serialNumber>S1</serialNumber></DeviceInfo>"
    answers = [TwinAnswer("GET", "/ISAPI/System/deviceInfo", 200, "application/xml", "info.xml", info.encode())]
    for number, (path, leaves) in enumerate({**pages, **urls}.items()):
        resource = known.lookup(path)
        body = document((resource.block if resource else "") or "Page", {**leaves, **urls.get(path, {})})
        answers.append(TwinAnswer("GET", path, 200, "application/xml", f"{number}.xml", body))
    twin = Twin("isapi", "v2", "M", TwinAuth("digest", "admin", TWIN_LOGIN), 404, tuple(answers))
    secrets = [text for leaves in pages.values() for text in leaves.values()]
    return save_twin(twin, folder), [*secrets, "Zq90-Url", "Zq91-Url", TWIN_LOGIN]


def test_what_a_camera_shows_of_its_secrets_is_shown_to_nobody(bench: Bench, tmp_path: Path) -> None:
    twin, secrets = talkative(tmp_path / "twin")
    process, (camera,) = start("--bind", "127.87.5.2", "--twin", str(twin))
    try:
        host = f"{camera['address']}:{camera['http_port']}"
        bench.log_in_with(TWIN_LOGIN)
        bench.run("export", host, str(bench.folder / "settings.json"))
        exported = (bench.folder / "settings.json").read_text()
        assert exported.count("Security") > 0
        bench.run("diff", host, str(bench.folder / "settings.json"), "--all", "--json")
        bench.run("search", host, "password", "--json")
        for path in (
            "/ISAPI/System/Network/SNMP/v2c",
            "/ISAPI/System/Network/EZVIZ",
            "/ISAPI/Event/notification/httpHosts/1",
        ):
            bench.run("show", host, path)
            bench.run("show", host, path, "--json")
            field = "readCommunity=public" if "SNMP" in path else "userName=guest"
            bench.run("set", host, path, field, status=None)  # refused by it: what is journalled is the document before
        bench.run("history", "--json")
        bench.run("tree", host, "--json")
        found = leaks(bench.everything(), secrets)
        assert not found, "\n".join(found)
    finally:
        assert stop(process) == 0


def test_the_search_for_leaks_finds_each_form() -> None:
    """This module proves nothing where it finds nothing."""
    for form in forms(LOGIN, realm="R"):
        assert leaks([("here", b"before " + form + b" behind")], [LOGIN]) or b":R:" in form or len(form) == 32
    assert leaks([("here", b"nothing")], [LOGIN]) == []


@pytest.mark.parametrize("name", ["sharedKey", "snmpPrivacyKey", "verificationCode", "answer", "unlockPassword"])
def test_the_pages_with_secrets_are_those_of_the_text(name: str) -> None:
    assert any(name in path for leaves in secret_pages().values() for path in leaves)
