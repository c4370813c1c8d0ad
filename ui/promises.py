"""What a walk test has left armed when its process died: said at the next start, made good at the next login."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ui.bridge.messages import Action, Messages

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.families.base import Session
    from app.model.device import Address
    from app.site.site import Site


def _tr(text: str) -> str:
    return QCoreApplication.translate("Promises", text)


async def say_promises(site: Site, messages: Messages, open_device: Callable[[Address], None]) -> None:
    """One message for each camera, with one click that opens it: putting back needs a login. SiteError."""
    from app.site.remembered import row

    devices = {each.device_id for each in await site.walks.promises() if each.is_abandoned}
    for device in [await site.devices.get(device_id) for device_id in sorted(devices)]:
        found = row(device)
        name = (found.name if found is not None else "") or device.name
        action = None
        if found is not None:
            action = Action(_tr("Open {}").format(name), partial(open_device, found.address))
        messages.warning(
            _tr("A walk test on {} did not end: what it had armed is still armed.").format(name),
            hint=_tr("It is put back as soon as {} is opened.").format(name),
            action=action,
        )


async def put_back_promised(session: Session, name: str, messages: Messages) -> None:
    """At the login; one message for what was put back, one for each that could not be."""
    from app.events.arming import keep_promises

    kept = await keep_promises(session)
    back = ", ".join(each.title for each in kept if not each.problem)
    if back:
        messages.info(_tr("{0}: put back after a walk test that did not end: {1}.").format(name, back))
    for each in kept:
        if each.problem:
            text = _tr("{0}: {1} is still armed by a walk test that did not end.").format(name, each.title)
            messages.warning(text, hint=each.problem)
