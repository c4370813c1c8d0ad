"""Changes whose end nobody saw, looked at when their device is opened: said in a line, with a way to the history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.settings.changes import Verdict
from ui.bridge.messages import Action, Messages
from ui.forms.words import counted

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.families.base import Session
    from app.site.records import ChangeSet
    from app.site.site import Site


def _tr(text: str) -> str:
    return QCoreApplication.translate("OpenEnds", text)


async def say_open_ends(
    session: Session,
    site: Site,
    name: str,
    messages: Messages,
    at_rest: Callable[[], Awaitable[None]],
    show: Callable[[int], None],
) -> None:
    """show leads to a change in the history. at_rest gives way to whoever waits for the device."""
    from app.site.open_ends import judge_open_ends

    found = await judge_open_ends(session, site, at_rest)
    if not found:
        return
    words = [_words(each) for each in found]
    text, hint = words[0][0].format(device=name, title=found[0].title), _tr("Its end was not known; it was read again.")
    if len(found) > 1:
        many = QCoreApplication.translate(
            "OpenEnds", "%n change(s) on {} had been cut off and were read again.", "", len(found)
        )
        text, hint = counted(many, len(found)).format(name), _tr("The history says what became of each.")
    post = messages.info if all(fine for _, fine in words) else messages.warning
    post(text, device=name, hint=hint, action=Action(_tr("Show in the history"), partial(show, found[0].id)))


def _words(found: ChangeSet) -> tuple[str, bool]:
    """What became of it, with places for the device and the page, and whether that is as it was meant."""
    verdicts = {field.verdict for field in found.fields}
    if Verdict.IGNORED in verdicts:
        return _tr("{device} did not take the change of “{title}” that was cut off."), False
    if Verdict.ADJUSTED in verdicts:
        return _tr("{device} holds other values than the change of “{title}” that was cut off."), False
    if Verdict.KEPT in verdicts:
        return _tr("{device} holds the change of “{title}” that was cut off."), True
    return _tr("Nobody can tell any more what became of the change of “{title}” on {device} that was cut off."), True
