"""Asks one address which family it speaks."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import NotSupported, ProtocolError, TransportError
from app.families.base import Dialer, Family
from app.model.device import Address, Recognition


async def identify(families: Sequence[Family], dialer: Dialer, address: Address) -> Recognition:
    """The claim of the first family that knows the address. Where a port is given, those that usually answer there are
    asked first: others may mistake it, and disturb it.

    NotSupported when somebody answers whom no family knows; otherwise the first failure as it came.
    """
    failure: TransportError | ProtocolError | None = None
    heard = False
    for family in sorted(families, key=lambda each: each.default_port != address.port):
        try:
            recognition = await family.fingerprint(dialer, address.with_default_port(family.default_port))
        except (TransportError, ProtocolError) as error:
            failure = failure or error
            continue
        if recognition is not None:
            return recognition
        heard = True
    if failure is not None and not heard:
        raise failure
    raise NotSupported(
        f"{address} answers, but not like a camera that is known here.", hint="Check the address and the port."
    )
