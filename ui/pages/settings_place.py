"""A field that somebody looks for, and where a document has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.settings.document import Document
from ui.pages.settings_panel import ResourcePanel

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Place:
    """title is how the field was called where it was found, "" where it was not said."""

    resource: str
    path: str
    title: str = ""


def show_place(place: Place, document: Document | None, panel: ResourcePanel, device: str) -> None:
    """Puts the cursor on the field, or says that the document, which the panel shows, does not have it."""
    there = path_in(document, place.path, place.title) if document is not None else ""
    if there:
        panel.jump_to(there)
    else:
        text = QCoreApplication.translate("SettingsPage", "{} does not send “{}” on this page.")
        panel.banner.say("warn", text.format(device, place.title or place.path))


def path_in(document: Document, path: str, title: str) -> str:
    """Where a document holds what was found at path: there, in the first entry of a list, or under the same title;
    "" where it does not have it."""
    paths = [field.path for field in document.fields]
    if path in paths or any(each.path == path for each in document.shown):
        return path
    bare = _INDEX.sub("", path)
    in_list = next((each for each in paths if _INDEX.sub("", each) == bare), "")
    alike = (each.path for each in document.shown if each.spec.title == title)
    return in_list or next(alike, "")
