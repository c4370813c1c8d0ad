"""A twin: a recorded device as a folder or zip with `twin.json` and the files of its answers.

{"format": 1, "family": "isapi", "dialect": "v2", "model": "...",
 "auth": {"scheme": "digest|basic|none", "user": "...", "password": "..."}, "default_status": 404,
 "answers": [{"method": "GET", "path": "/ISAPI/System/deviceInfo", "status": 200,
              "content_type": "application/xml", "file": "a/0001.xml"}]}
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from app.disk import not_written, write_whole
from app.errors import CameraError

FORMAT = 1
DESCRIPTION = "twin.json"
FILE_LIMIT = 16 * 1024 * 1024  # bytes in one answer
TOTAL_LIMIT = 256 * 1024 * 1024
ANSWER_LIMIT = 20_000
SCHEMES = ("digest", "basic", "none")
METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")


class TwinError(CameraError, ValueError):
    """A twin that cannot be used. The summary says which one and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TwinAuth:
    scheme: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TwinAnswer:
    """One recorded answer. path includes the query where there was one; file is "" for an empty body."""

    method: str
    path: str
    status: int = 200
    content_type: str = "application/xml"
    file: str = ""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Twin:
    family: str
    dialect: str
    model: str
    auth: TwinAuth
    default_status: int
    answers: tuple[TwinAnswer, ...]


def load_twin(source: Path) -> Twin:
    """Reads a folder or a zip. TwinError for anything that is not a sound twin; nothing is written anywhere."""
    if source.is_dir():
        root = source.resolve()
        return _read(str(source), lambda name: _read_file(root, name))
    if not source.is_file():
        raise TwinError(f"There is no twin at {source}.", hint="Name a folder with twin.json, or a zip of it.")
    try:
        with zipfile.ZipFile(source) as archive:
            return _read(str(source), lambda name: _read_member(archive, name))
    except zipfile.BadZipFile as error:
        raise TwinError(f"{source} is neither a folder nor a zip file.", detail=str(error)) from error


def save_twin(twin: Twin, target: Path) -> Path:
    """Writes twin as a folder; files keep their names. TwinError when a file name leaves the folder, SiteError where
    it cannot be written: what makes a folder a twin comes last."""
    for each in twin.answers:
        if each.file:
            place = target / _safe(each.file)
            _make_folder(place.parent)
            write_whole(place, each.body)
    answers = [
        {"method": a.method, "path": a.path, "status": a.status, "content_type": a.content_type, "file": a.file}
        for a in twin.answers
    ]
    document = {
        "format": FORMAT,
        "family": twin.family,
        "dialect": twin.dialect,
        "model": twin.model,
        "auth": {"scheme": twin.auth.scheme, "user": twin.auth.user, "password": twin.auth.password},
        "default_status": twin.default_status,
        "answers": answers,
    }
    _make_folder(target)
    write_whole(target / DESCRIPTION, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
    return target


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error


def _read(name: str, open_file: Callable[[str], bytes]) -> Twin:
    try:
        document = json.loads(open_file(DESCRIPTION))
    except (ValueError, RecursionError) as error:
        if isinstance(error, TwinError):
            raise
        raise TwinError(f"{name}: twin.json is not JSON.", detail=str(error)) from error
    try:
        return _twin(document, open_file)
    except TwinError as error:
        raise TwinError(f"{name}: {error.summary}", detail=error.detail) from error


def _twin(document: object, open_file: Callable[[str], bytes]) -> Twin:
    given = _object(document, "twin.json")
    if given.get("format") != FORMAT:
        raise TwinError(f"this program reads format {FORMAT}, not {given.get('format')!r}")
    auth = _object(given.get("auth", {"scheme": "none"}), "auth")
    scheme = _text(auth, "scheme", "auth")
    if scheme not in SCHEMES:
        raise TwinError(f"auth/scheme is “{scheme}”, it must be one of {', '.join(SCHEMES)}")
    answers = given.get("answers")
    if not isinstance(answers, list) or len(answers) > ANSWER_LIMIT:
        raise TwinError(f"answers must be a list of at most {ANSWER_LIMIT}")
    loaded = tuple(_answer(each, f"answers[{index}]", open_file) for index, each in enumerate(answers))
    if sum(len(each.body) for each in loaded) > TOTAL_LIMIT:
        raise TwinError("its files are too large together")
    return Twin(
        _text(given, "family", "twin.json"),
        _text(given, "dialect", "twin.json"),
        _text(given, "model", "twin.json"),
        TwinAuth(scheme, _text(auth, "user", "auth", ""), _text(auth, "password", "auth", "")),
        _status(given.get("default_status", 404), "default_status"),
        loaded,
    )


def _answer(given: object, where: str, open_file: Callable[[str], bytes]) -> TwinAnswer:
    entry = _object(given, where)
    method = _text(entry, "method", where, "GET")
    if method not in METHODS:
        raise TwinError(f"{where}/method is “{method}”, it must be one of {', '.join(METHODS)}")
    path = _text(entry, "path", where)
    if not path.startswith("/"):
        raise TwinError(f"{where}/path must begin with a slash")
    content_type = _text(entry, "content_type", where, "application/xml")
    if not content_type.isprintable() or not content_type.isascii():
        raise TwinError(f"{where}/content_type holds signs that a header may not have")
    file = _text(entry, "file", where, "")
    body = open_file(file) if file else b""
    return TwinAnswer(method, path, _status(entry.get("status", 200), f"{where}/status"), content_type, file, body)


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TwinError(f"{where} must be an object")
    return value


def _text(given: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = given.get(key, default)
    if not isinstance(value, str):
        raise TwinError(f"{where}/{key} must be a text")
    return value


def _status(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 200 <= value <= 599:
        raise TwinError(f"{where} must be a number from 200 to 599")
    return value


def _safe(name: str) -> PurePosixPath:
    """A path inside the twin; TwinError for one that leads out of it."""
    path = PurePosixPath(name)
    bad = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name
    if bad or not path.parts:
        raise TwinError(f"the file name “{name}” leads out of the twin")
    return path


def _read_file(root: Path, name: str) -> bytes:
    place = (root / _safe(name)).resolve()
    if not place.is_relative_to(root):
        raise TwinError(f"the file name “{name}” leads out of the twin")
    try:
        if place.stat().st_size > FILE_LIMIT:
            raise TwinError(f"{name} is too large")
        return place.read_bytes()
    except OSError as error:
        raise TwinError(f"{name} cannot be read: {error.strerror or error}") from error


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(str(_safe(name))) as member:
            data = member.read(FILE_LIMIT + 1)
    except KeyError:
        raise TwinError(f"{name} is not in the zip file") from None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TwinError(f"{name} cannot be unpacked", detail=str(error)) from error
    if len(data) > FILE_LIMIT:
        raise TwinError(f"{name} is too large")
    return data
