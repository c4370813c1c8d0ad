"""What a device says of a request and of an account: ResponseStatus and userCheck.

ResponseStatus comes in any namespace, with any HTTP status, 200 included; the brief userCheck answer carries the
state of an account that is being locked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.errors import BadCredentials, LockedOut, ProtocolError
from app.wire import xml
from app.wire.xml import Element

STATUS_LIMIT = 64 * 1024  # bytes; a status answer is far below
CAMERA = "The camera"  # where nobody said which


@dataclass(frozen=True, slots=True)
class Status:
    """A ResponseStatus. code is None where it is missing or no number."""

    code: int | None
    text: str = ""
    sub: str = ""
    description: str = ""
    url: str = ""
    id: str = ""

    @property
    def ok(self) -> bool:
        word = self.sub.strip() or self.text.strip()
        return self.code in (1, 7) or (self.code in (None, 0) and word.lower() in ("ok", "rebootrequired"))

    @property
    def reboot_required(self) -> bool:
        return self.code == 7 or self.sub.lower() == "rebootrequired"

    @property
    def plain_sub(self) -> str:
        """The sub-code as the tables spell it."""
        return "".join(self.sub.split()).lower()

    @property
    def detail(self) -> str:
        """For the Details fold."""
        shown = (
            f"statusCode {self.code if self.code is not None else '?'}",
            self.text,
            self.sub,
            self.description,
            self.url,
        )
        return ", ".join(each for each in shown if each)


@dataclass(frozen=True, slots=True)
class LockFacts:
    """What a userCheck answer says of the account. seconds and tries_left are None where it does not say."""

    locked: bool
    seconds: int | None = None
    tries_left: int | None = None

    def error(self, camera: str = CAMERA) -> BadCredentials | LockedOut:
        if self.locked:
            wait = f" for another {_duration(self.seconds)}" if self.seconds else " for a while"
            return LockedOut(
                f"{camera} is locked{wait} after too many wrong passwords.",
                hint="Do not try again before: each try starts the wait anew on some devices.",
                seconds=self.seconds,
            )
        left = "" if self.tries_left is None else f" {_tries(self.tries_left)} left before it locks."
        return BadCredentials(
            f"{camera} refused the password.",
            hint=f"Tried once.{left} Check the account name and Caps Lock, or ask for the password.",
            tries_left=self.tries_left,
            lock_seconds=self.seconds,
        )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _tries(count: int) -> str:
    return f"{count} {'try' if count == 1 else 'tries'}"


def whole(text: str) -> int | None:
    """A number as devices write it, None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _small_xml(body: bytes) -> Element | None:
    """The root of a short XML answer, None for anything else."""
    if not body.strip() or len(body) > STATUS_LIMIT:
        return None
    try:
        return xml.parse(body).root
    except ProtocolError:
        return None


def read_status(body: bytes) -> Status | None:
    """The ResponseStatus in a body, XML or JSON; None where it is something else."""
    root = _small_xml(body)
    return _json_status(body) if root is None else status_of(root)


def _json_status(body: bytes) -> Status | None:
    """Newer firmware answers in JSON what was asked in JSON, and refuses in it now and then besides."""
    if not body.lstrip().startswith(b"{") or len(body) > STATUS_LIMIT:
        return None
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    said = said.get("ResponseStatus", said)
    if not isinstance(said, dict) or "statusCode" not in said:
        return None
    text = {name: str(value) for name, value in said.items() if isinstance(value, str | int)}
    return Status(
        code=whole(text["statusCode"]) if "statusCode" in text else None,
        text=text.get("statusString", ""),
        sub=text.get("subStatusCode", ""),
        description=text.get("description") or text.get("errorMsg", ""),
        url=text.get("requestURL", ""),
        id=text.get("id", ""),
    )


def status_of(root: Element) -> Status | None:
    """The ResponseStatus that this element is, None where it is something else."""
    if root.name.lower() != "responsestatus":
        return None
    return Status(
        code=whole(root.text_of("statusCode")),
        text=root.text_of("statusString"),
        sub=root.text_of("subStatusCode"),
        description=root.text_of("description") or root.text_of("errorMsg"),
        url=root.text_of("requestURL") or root.text_of("requestURI"),
        id=root.text_of("id"),
    )


def read_lock(body: bytes) -> LockFacts | None:
    """The account's state from the body of a 401 (userCheck, or a ResponseStatus with the same elements)."""
    root = _small_xml(body)
    if root is None or root.name.lower() not in ("usercheck", "responsestatus"):
        return None
    locked = root.text_of("lockStatus").lower() in ("lock", "locked")
    seconds = whole(root.text_of("unlockTime") or root.text_of("resLockTime"))
    tries = whole(root.text_of("retryLoginTime") or root.text_of("retryTimes"))
    if not locked and seconds is None and tries is None:
        return None
    return LockFacts(locked, seconds if locked else None, tries)
