"""Makes twins of a folder of recorded ISAPI answers: manifest.json names the files, http_errors.json the refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from app.twin.format import Twin, TwinAnswer, TwinAuth, TwinError, save_twin

USER = "admin"
PASSWORD = "twin-1234"
_BASIC_ONLY = ("DS-FB2127",)  # its notes say that it takes nothing else
_TYPES = {".xml": "application/xml", ".txt": "text/plain", ".json": "application/json"}
_FILE_LIMIT = 16 * 1024 * 1024
_NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"
# What a client asks first, to see whether its password is good.
_DOORS = {
    "/isapi/system/deviceinfo",
    "/isapi/security/usercheck",
    "/isapi/system/time",
    "/isapi/streaming/channels",
}


def import_isapi(source: Path, target: Path) -> tuple[Path, ...]:
    """One twin folder below target for each device model; returns them. TwinError when source is not readable.

    Taken are whole answers to a client's requests: bodies that clients sent, parts of documents and pushed events
    are not, and a device of which only refusals are known is none. Of several recordings of one path the first
    success is kept. Where nothing that a client logs in with was recorded, deviceInfo is made of the model's name.
    """
    devices: dict[str, dict[tuple[str, str], TwinAnswer]] = {}
    for entry in _list(source / "manifest.json"):
        answer = _recorded(source, entry)
        if answer is not None:
            _keep(devices.setdefault(str(entry["device"]), {}), answer)
    for entry in _list(source / "http_errors.json"):
        status = entry.get("status_code")
        if isinstance(status, int) and 400 <= status <= 599:
            answer = TwinAnswer("GET", _whole_path(str(entry["path"])), status, "application/xml")
            _keep(devices.setdefault(str(entry["device"]), {}), answer)
    opened = {name: found for name, found in devices.items() if any(a.status < 400 for a in found.values())}
    return tuple(save_twin(_twin(name, found), target / _folder(name)) for name, found in sorted(opened.items()))


def _recorded(source: Path, entry: Mapping[str, Any]) -> TwinAnswer | None:
    if entry.get("client_body") or entry.get("partial") or entry.get("method") not in ("GET", "PUT"):
        return None
    path = _whole_path(str(entry["path"]))
    file = source / str(entry["file"])
    if file.resolve().parent != source.resolve():
        raise TwinError(f"The manifest names “{entry['file']}”, which is not in {source}.")
    try:
        body = file.read_bytes()
    except OSError as error:
        raise TwinError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(body) > _FILE_LIMIT:
        raise TwinError(f"{file} is too large.")
    status = entry.get("http_status") or (403 if entry.get("kind") == "error" else 200)
    kind = "text/html" if body.lstrip().lower().startswith(b"<!doctype html") else _TYPES.get(file.suffix, "")
    return TwinAnswer(str(entry["method"]), path, int(status), kind or "application/octet-stream", "", body)


def _keep(answers: dict[tuple[str, str], TwinAnswer], answer: TwinAnswer) -> None:
    """A 401 is the device's question for a password, not its answer."""
    key = (answer.method, answer.path.lower())
    if answer.status == 401:
        return
    if key not in answers or (answers[key].status >= 400 and answer.status < 400):
        answers[key] = answer


def _twin(name: str, answers: Mapping[tuple[str, str], TwinAnswer]) -> Twin:
    files = []
    opened = {path for (method, path), answer in answers.items() if method == "GET" and answer.status < 400}
    given = (*answers.values(), *(() if opened & _DOORS else (_device_info(name),)))
    for number, answer in enumerate(given, 1):
        suffix = next((end for end, kind in _TYPES.items() if kind == answer.content_type), ".bin")
        file = f"a/{number:04d}{suffix}" if answer.body else ""
        files.append(TwinAnswer(answer.method, answer.path, answer.status, answer.content_type, file, answer.body))
    scheme = "basic" if name in _BASIC_ONLY else "digest"
    return Twin("isapi", "v2", name, TwinAuth(scheme, USER, PASSWORD), 404, tuple(files))


def _device_info(model: str) -> TwinAnswer:
    """A device of which a single page was recorded could otherwise not be opened at all."""
    body = f'<DeviceInfo version="2.0" xmlns="{_NAMESPACE}">\r\n<model>{escape(model)}</model>\r\n</DeviceInfo>\r\n'
    return TwinAnswer("GET", "/ISAPI/System/deviceInfo", 200, "application/xml", "", body.encode())


def _whole_path(path: str) -> str:
    """Some recordings leave the prefix out."""
    return path if path.startswith("/ISAPI") else "/ISAPI/" + path.lstrip("/")


def _folder(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip(".") or "device"


def _list(file: Path) -> list[Mapping[str, Any]]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TwinError(f"{file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise TwinError(f"{file} is not JSON.", detail=str(error)) from error
    if not isinstance(entries, list) or not all(isinstance(e, dict) and {"device", "path"} <= set(e) for e in entries):
        raise TwinError(f"{file} is not a list of recorded answers.")
    return entries
