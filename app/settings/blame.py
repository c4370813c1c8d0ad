"""Which field a device means when it refuses a document. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.errors import DeviceBusy, DeviceFault, Excluded
from app.settings import lists, values
from app.settings.changes import Change
from app.settings.document import Document

_MOST = 4  # fields that are named when any of them may be meant


def name_field(refusal: DeviceFault, document: Document, changes: Sequence[Change]) -> None:
    """Adds to the refusal what it is about: the only field that was sent, one that the device names in its own words,
    or all that may be meant."""
    if isinstance(refusal, DeviceBusy | Excluded):
        return
    sent = [change for change in changes if not change.gone and not lists.split_fresh(change.path)]
    words = set(re.findall(r"\w+", refusal.detail))
    named = [change for change in sent if re.sub(r"\[.*?\]", "", change.path.rpartition("/")[2]) in words]
    meant = named or sent
    if len(meant) == 1:
        change = meant[0]
        refusal.path = change.path
        value = "" if change.secret else values.display(change.new, document.field(change.path).spec)
        told = f"“{change.title}” as {value}" if value else f"“{change.title}”"
        refusal.summary = f"{refusal.summary} It was asked to take {told}."
    elif meant:
        titles = list(dict.fromkeys(f"“{change.title}”" for change in meant))
        shown = ", ".join(titles[:_MOST]) + (f" and {len(titles) - _MOST} more" if len(titles) > _MOST else "")
        refusal.hint = f"{refusal.hint} One of these is meant: {shown}. Send them one by one to see which.".strip()
