"""Asks one address which family it speaks."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import NotSupported, ProtocolError, TransportError
from app.families.base import Dialer, Family
from app.model.device import Address, Recognition


async def identify(families: Sequence[Family], dialer: Dialer, address: Address) -> Recognition:
    """The claim of the first family that knows the address.

    NotSupported when somebody answers whom no family knows; otherwise the first failure as it came.
    """
    failure: TransportError | ProtocolError | None = None
    heard = False
    for family in families:
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
