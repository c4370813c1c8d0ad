"""What went wrong on the way to a device, in words that name it. One function for each way to fail."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from app.errors import (
    BadCredentials,
    CameraError,
    ConnectionLost,
    CredentialsNeeded,
    ProtocolError,
    TimedOut,
    TooLarge,
    TransportError,
    Unreachable,
)
from app.model.device import Address
from app.wire.http import HttpAnswer


class LoginAsked(CredentialsNeeded):
    """CredentialsNeeded with the 401 that asked: its headers and body tell a family who is there."""

    def __init__(self, summary: str, *, answer: HttpAnswer, hint: str = "", detail: str = "") -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.answer = answer


class CertificateChanged(TransportError):
    """The device shows another certificate than the one it was first met with. Nothing was sent."""

    def __init__(self, address: Address, *, pinned: str, shown: str, replaced: bool = False) -> None:
        """replaced: its certificate was replaced from here, but by another one."""
        super().__init__(
            f"{address} shows another certificate than before.",
            hint="Nothing was sent. Its certificate was replaced through Camwright, but this is not the one that was "
            "sent: look at its certificate in a browser before you start Camwright again and trust it."
            if replaced
            else "Nothing was sent. Find out whether its certificate was replaced before you trust it again.",
            detail=f"SHA-256 pinned {pinned}, shown {shown}",
        )
        self.pinned = pinned
        self.shown = shown


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything that led to it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            for part in current.exceptions:
                yield from chain(part)
        current = current.__cause__ or current.__context__


def not_connected(address: Address, error: BaseException) -> CameraError:
    """The error for a connection that was never made."""
    for each in chain(error):
        if isinstance(each, CameraError):
            return each
    detail = next((str(e) for e in chain(error) if isinstance(e, OSError) and str(e)), type(error).__name__)
    if any(isinstance(each, socket.gaierror) for each in chain(error)):
        return no_such_name(address, detail)
    if any(isinstance(each, ssl.SSLError) for each in chain(error)):
        return TransportError(
            f"{address} and this computer found no common way to encrypt.",
            hint="The port may not be the one for HTTPS, or the camera knows outdated encryption only.",
            detail=detail,
        )
    codes = {each.errno for each in chain(error) if isinstance(each, OSError)}
    if codes & {errno.ECONNREFUSED, 10061} or any(isinstance(e, ConnectionRefusedError) for e in chain(error)):
        return Unreachable(
            f"{address} refuses the connection.",
            hint="Nothing listens on this port. Check the port, or wait if the camera is starting.",
            detail=detail,
        )
    if codes & {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, 10054, 10053}:
        return lost(address, started=False, detail=detail)
    return Unreachable(
        f"There is no way to {address} from here.",
        hint="Check the cable, the camera's power, and that this computer is in the same network.",
        detail=detail,
    )


def no_such_name(address: Address, detail: str) -> Unreachable:
    return Unreachable(f"There is no “{address.host}” on this network.", hint="Check the name.", detail=detail)


def lost(address: Address, *, started: bool, detail: str = "") -> ConnectionLost:
    """Closed or reset by the device; started: some of the answer had come."""
    where = "in the middle of its answer" if started else "before it answered"
    return ConnectionLost(
        f"{address} closed the connection {where}.",
        hint="Try again. If it stays so, the camera may be starting or serve too many programs.",
        detail=detail,
    )


def timed_out(address: Address, stage: str, seconds: float) -> TimedOut:
    """stage: "connecting", "waiting" or "receiving"."""
    if stage == "receiving":
        problem = TimedOut(
            f"{address} sent its answer too slowly: it was not complete after {seconds:g} s.",
            hint="Check the network on the way, or try again.",
        )
    else:
        detail = "the connection was made, no answer came" if stage == "waiting" else "no connection was made"
        problem = TimedOut(
            f"{address} did not answer within {seconds:g} s.",
            hint="Check the address, the cable and the camera's power.",
            detail=detail,
        )
    problem.connected = stage in ("waiting", "receiving")
    return problem


def too_large(address: Address, limit: int) -> TooLarge:
    size = f"{limit / 1048576:.3g} MB" if limit >= 1048576 else f"{limit} bytes"
    return TooLarge(
        f"{address} sends more than {size} in answer to one request.",
        hint="No answer of this kind is that large; the rest was not read.",
    )


def broken(address: Address, what: str, detail: str = "") -> ProtocolError:
    """what: a sentence about the answer."""
    return ProtocolError(
        f"{address} gave an answer that is not proper HTTP. {what}",
        hint="Check that this port belongs to the camera's web service.",
        detail=detail,
    )


def bad_credentials(address: Address, user: str) -> BadCredentials:
    return BadCredentials(
        f"{address} refused the password for “{user}”. Tried once.",
        hint="Check Caps Lock and the user name, or ask for the password.",
    )


def no_known_login(address: Address, offered: str, basic_barred: bool) -> ProtocolError:
    if basic_barred:
        return ProtocolError(
            f"{address} takes the password only unprotected.",
            hint="Allow Basic login for this camera, or switch Digest on in the camera.",
            detail=offered,
        )
    return ProtocolError(
        f"{address} asks for a password but offers no way to log in that Camwright knows.",
        hint="Nothing was tried. Details show what it offers.",
        detail=offered or "401 without WWW-Authenticate",
    )


def login_asked(address: Address, answer: HttpAnswer) -> LoginAsked:
    return LoginAsked(f"{address} asks for a user and a password.", answer=answer)


def elsewhere(address: Address, target: str) -> ProtocolError:
    secure = target.lower().startswith("https:")
    return ProtocolError(
        f"{address} sends the request on to another place.",
        hint="Add the camera with its HTTPS port." if secure else "The password was not sent there.",
        detail=f"Location: {target[:200]}",
    )


def endless_redirects(address: Address) -> ProtocolError:
    return ProtocolError(
        f"{address} sends the request round in circles.", hint="Check that this address belongs to the camera."
    )


def not_allowed(address: Address) -> Unreachable:
    return Unreachable(
        f"{address} is outside the interfaces that Camwright may use.",
        hint="CAMWRIGHT_INTERFACES or --interfaces restricts it. Nothing was sent.",
    )
