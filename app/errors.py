"""One tree of errors: what happened, to which camera, what to do next.

CameraError
├── TransportError        nothing useful arrived
│   ├── Unreachable       no route, refused, name not found
│   ├── TimedOut          no answer, or the answer took too long as a whole
│   ├── ConnectionLost    closed or reset in the middle of an exchange
│   └── TooLarge          more bytes than this kind of answer may have
├── AuthError
│   ├── CredentialsNeeded nothing to try with
│   ├── BadCredentials    401 after the one try
│   ├── LockedOut         the device refuses every password for a while
│   └── Forbidden         the account is good, its level is not
├── ProtocolError         the device's answer breaks the rules (malformed, wrong document, lies)
├── DeviceFault           the device understood and refused
│   ├── DeviceBusy        … for now
│   └── Excluded          … because another function that is on excludes it
│       └── Foreseen      … as it says itself beforehand: nothing was sent
├── NotSupported          the device does not have this: a greyed control, not a failure
├── InvalidSetting        a value refused before anything was sent
│   └── Conflict          … because the device holds something else by now
├── GivenUp               somebody ended the tries: nothing of this was sent
├── SiteError             the site file cannot be read or written: nothing was sent
│   └── SiteDamaged       … because it is damaged: what can be read of it is shown and can be recovered
└── VideoError            the stream cannot be shown
"""

from __future__ import annotations


class CameraError(Exception):
    """Base of everything that a camera, the network or a value can do to us.

    summary: one plain sentence, shown first. hint: what to do next, may be empty. detail: codes and raw
    texts for the "Details" fold; must never hold a secret.
    """

    def __init__(self, summary: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.summary} {self.hint}".strip()


class TransportError(CameraError):
    """Nothing useful arrived from the device."""


class Unreachable(TransportError):
    """No route, connection refused, or the name does not resolve."""


class TimedOut(TransportError):
    """No answer in time; a slow drip of bytes counts as well. connected: somebody took the connection."""

    connected: bool = False


class ConnectionLost(TransportError):
    """The device closed or reset the connection in the middle of an exchange."""


class TooLarge(TransportError):
    """The answer is larger than this kind of answer may be."""


class AuthError(CameraError):
    """The device wants other credentials, or none at all for now."""


class CredentialsNeeded(AuthError):
    """The device asks for a password and none is known."""


class BadCredentials(AuthError):
    """The password was refused. tries_left and lock_seconds are None where the device does not say."""

    def __init__(
        self,
        summary: str,
        *,
        hint: str = "",
        detail: str = "",
        tries_left: int | None = None,
        lock_seconds: int | None = None,
    ) -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.tries_left = tries_left
        self.lock_seconds = lock_seconds


class LockedOut(AuthError):
    """The device refuses every password until seconds have passed (None: it does not say how long)."""

    def __init__(self, summary: str, *, hint: str = "", detail: str = "", seconds: int | None = None) -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.seconds = seconds


class Forbidden(AuthError):
    """The account works but its level does not reach this resource."""


class ProtocolError(CameraError):
    """The device's answer breaks the rules of its protocol."""


class DeviceFault(CameraError):
    """The device understood and refused. code and subcode are the protocol's own, path the place it blames."""

    def __init__(
        self,
        summary: str,
        *,
        hint: str = "",
        detail: str = "",
        code: str = "",
        subcode: str = "",
        path: str = "",
    ) -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.code = code
        self.subcode = subcode
        self.path = path


class DeviceBusy(DeviceFault):
    """The device asks to come back later: after `retry_after` seconds, where it says when."""

    retry_after: float | None = None


class Excluded(DeviceFault):
    """The device refused because a function that is on excludes what was asked. others names it for people."""

    others: tuple[str, ...] = ()


class Foreseen(Excluded):
    """Nothing was sent: the device declares that it will refuse. path names the resource."""


class NotSupported(CameraError):
    """The device does not have this resource or operation."""


class InvalidSetting(CameraError):
    """A value was refused before anything was sent. path names the field."""

    def __init__(self, summary: str, *, path: str = "", hint: str = "", detail: str = "") -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.path = path


class Conflict(InvalidSetting):
    """The device no longer holds what the edit was made on. held and found are texts for people."""

    held: str = ""
    found: str = ""


class GivenUp(CameraError):
    """Somebody ended the tries before the device took what was to be sent."""


class SiteError(CameraError):
    """The site file, or a file made from it, cannot be read or written. Whatever raises it has sent nothing."""


class SiteDamaged(SiteError):
    """The site file is damaged, or holds nothing that Camwright can read. `app.site.mending` puts a whole one there."""


# After these nobody knows whether a device took what it was sent; after any other error it did not.
OPEN_ENDS = (ConnectionLost, TimedOut, TooLarge, ProtocolError)


class VideoError(CameraError):
    """The stream cannot be received or shown."""
