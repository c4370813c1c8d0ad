"""Whether anybody is told: the trigger of a detection and its notification to the surveillance centre. Pure."""

from __future__ import annotations

from app.errors import InvalidSetting
from app.families.isapi.document import XmlSource
from app.families.isapi.regions.draft import Draft, leaf
from app.settings.document import Document
from app.settings.layer import RegionEdit, Switch
from app.wire.xml import Element

CENTRE = "center"
LISTED = "EventTriggerNotificationList"
_MEMBER = "EventTriggerNotification"


def switch(document: Document) -> Switch | None:
    """None for a trigger that can notify nobody."""
    root = document.source.document.root if isinstance(document.source, XmlSource) else None
    if root is None or root.child(LISTED) is None:
        return None
    return Switch(
        "Events are reported", document.resource, LISTED, CENTRE, "", is_on=bool(_entries(root)) and _is_on(root)
    )


def switched(document: Document, on: bool) -> RegionEdit | None:
    """The trigger with or without its notification; None where it is that way already."""
    if not isinstance(document.source, XmlSource):
        raise InvalidSetting(f"{document.title} is no trigger.")
    draft = Draft(document.source.document)
    if on == _is_on(draft.root):
        return None
    if on:
        inner = leaf("id", CENTRE) + leaf("notificationMethod", CENTRE) + leaf("notificationRecurrence", "beginning")
        draft.put(LISTED, _MEMBER, inner)
    else:
        draft.drop([each.path for each in _entries(draft.root) if _method(each) == CENTRE])
    return RegionEdit(document, draft.body)


def _is_on(root: Element) -> bool:
    return any(_method(each) == CENTRE for each in _entries(root))


def _entries(root: Element) -> list[Element]:
    listed = root.child(LISTED)
    return [each for each in listed.children if each.name == _MEMBER] if listed is not None else []


def _method(entry: Element) -> str:
    return entry.text_of("notificationMethod").lower()
