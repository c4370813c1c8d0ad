"""Files that somebody chose by mistake: told before a byte is sent. What a maker's own file looks like inside is the
device's matter."""

from __future__ import annotations

from app.errors import InvalidSetting

_KINDS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\0", "a database"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
)
_PAGES = (b"<!doctype html", b"<html")


def check(data: bytes, title: str) -> None:
    """InvalidSetting for what is certainly another kind of file. title is what was wanted ("Firmware")."""
    found = next((words for start, words in _KINDS if data.startswith(start)), "")
    if data[4:8] == b"ftyp":
        found = "an MP4 film"
    if data[:64].lstrip().lower().startswith(_PAGES):
        found = "a web page"  # what a browser saves when the download wanted a login
    if found:
        raise InvalidSetting(f"This file is {found}, not: {title}.", hint="Nothing was sent. Choose another file.")
