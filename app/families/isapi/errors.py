"""The device's own words for what went wrong -> `app.errors`.

ResponseStatus comes in any namespace, with any HTTP status, 200 included; the brief userCheck answer carries the
state of an account that is being locked.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import (
    BadCredentials,
    CameraError,
    DeviceBusy,
    DeviceFault,
    Forbidden,
    LockedOut,
    NotSupported,
    ProtocolError,
)
from app.wire import xml
from app.wire.http import HttpAnswer
from app.wire.xml import Element, XmlDocument

STATUS_LIMIT = 64 * 1024  # bytes; a status answer is far below

# subStatusCode (lower case) -> what happened, what to do next.
SUBCODES: dict[str, tuple[str, str]] = {
    "riskpassword": ("The password is too weak for this device.", "Use a longer one with letters, digits and signs."),
    "nomemory": ("The device is out of memory.", "Close other viewers or restart it, then try again."),
    "serviceunavailable": ("The device cannot do this right now.", "Try again in a moment."),
    "upgrading": ("The device is installing firmware.", "Wait until it has restarted."),
    "devicebusy": ("The device is busy.", "Try again in a moment."),
    "reconnectipc": ("The recorder is reconnecting to this camera.", "Try again in a moment."),
    "deviceerror": ("The device reports a hardware fault.", "Restart it; if it stays, look at its storage and power."),
    "badflash": ("The device could not write to its flash memory.", "Restart it and try again."),
    "28181uninitialized": ("GB28181 is not set up on this device.", "Set it up first."),
    "notsupport": ("The device does not have this.", ""),
    "notsupported": ("The device does not have this.", ""),
    "lowprivilege": ("This account may not do that.", "Use an administrator account."),
    "badauthorization": ("The device refused the password.", "Check the account name and Caps Lock."),
    "methodnotallowed": ("The device does not allow this on that page.", ""),
    "notsethdiskredund": ("Redundancy is not possible with the disks as they are.", "Check the disk properties."),
    "invalidoperation": ("The device does not allow this.", "It may lack the function, or another one excludes it."),
    "notactivated": ("The device has no password yet.", "Give it its first password, then log in."),
    "hasactivated": ("The device already has a password.", "Log in with it."),
    "badxmlformat": ("The device could not read the request.", "Its firmware may want another form of this page."),
    "badparameters": ("The device refused a value.", "Check limits that depend on other settings."),
    "badxmlcontent": ("The device refused a value or misses one.", "Check limits that depend on other settings."),
    "badhostaddress": ("The host address is wrong.", "Check the address."),
    "badipv4address": ("The IPv4 address is wrong.", "Check the address."),
    "badipv6address": ("The IPv6 address is wrong.", "Check the address."),
    "conflictipv4address": ("Another device uses this IPv4 address.", "Choose a free one."),
    "conflictipv6address": ("Another device uses this IPv6 address.", "Choose a free one."),
    "baddomainname": ("The domain name is wrong.", "Check the name."),
    "conflictdomainname": ("This domain name is taken.", "Choose another name."),
    "connectsreverfail": ("The device could not reach the server.", "Check the address, gateway and DNS."),
    "connectserverfail": ("The device could not reach the server.", "Check the address, gateway and DNS."),
    "badport": ("This port is used twice.", "Choose another port."),
    "porterror": ("The port is wrong.", "Choose another port."),
    "importerrordata": ("The device could not import the data.", "Check that the file fits this device."),
    "badnetmask": ("The subnet mask is wrong.", "Check the mask."),
    "badversion": ("The version does not fit this device.", "Use a file for this model and firmware."),
    "baddevtype": ("The file is for another type of device.", "Use a file for this model."),
    "badlanguage": ("The firmware has another language than the device.", "Use the file for this region."),
    "incorrentusernameorpassword": ("The user name or password is wrong.", "Check both."),
    "invalidstoragepoolofcloudserver": ("The cloud storage pool is wrong.", "Check the pool and its ID."),
    "nofreespaceofstoragepool": ("The storage pool is full.", "Free some space."),
    "fileformaterror": ("The file has the wrong format.", "Use a file for this function."),
    "filecontenterror": ("The content of the file is wrong.", "Check the file."),
    "unsupportcapture": ("No snapshot at this resolution while H.264+ is on.", "Turn it off or lower the resolution."),
    "unablecalibrate": ("Calibration is not possible here.", ""),
    "pleasecalibrate": ("The device wants to be calibrated first.", "Calibrate it, then try again."),
    "snmpv3passwordnone": ("SNMPv3 has no password.", "Set the SNMPv3 password first."),
    "snmpv3namedifferent": ("The SNMPv3 names for reading and writing are the same.", "Choose two names."),
    "notsupportdeicing": ("De-icing does not work on this power supply.", "Use PoE+, 24 V AC or 12 V DC."),
    "notmeetdeicing": ("It is too warm for de-icing.", "It starts only below 30 °C inside the housing."),
    "alarminputoccupied": ("The alarm input is used to trigger vehicle capture.", "Choose another input."),
    "notsupportwithapmode": ("WAN settings are not possible in access-point mode.", "Leave that mode first."),
    "rebootrequired": ("The device takes this up after a restart.", "Restart it."),
}  # fmt: skip

_UNSUPPORTED = {"notsupport", "notsupported", "methodnotallowed", "invalidoperation"}
_BUSY = {"devicebusy", "serviceunavailable", "upgrading", "reconnectipc", "nomemory"}
_CODES = {
    2: ("The device is busy.", "Try again in a moment."),
    3: ("The device reports a fault of its own.", "Restart it and try again."),
    4: ("The device does not allow this.", ""),
    5: ("The device could not read the request.", "Its firmware may want another form of this page."),
    6: ("The device refused a value or misses one.", "Check limits that depend on other settings."),
}


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
        return self.code in (1, 7) or (self.code in (None, 0) and self.sub.lower() in ("ok", "rebootrequired"))

    @property
    def reboot_required(self) -> bool:
        return self.code == 7 or self.sub.lower() == "rebootrequired"

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

    def error(self) -> BadCredentials | LockedOut:
        if self.locked:
            wait = f" for another {_duration(self.seconds)}" if self.seconds else " for a while"
            return LockedOut(
                f"The device is locked{wait} after too many wrong passwords.",
                hint="Do not try again before: each try starts the wait anew on some devices.",
                seconds=self.seconds,
            )
        left = "" if self.tries_left is None else f" {_tries(self.tries_left)} left before it locks."
        return BadCredentials(
            "The device refused the password.",
            hint=f"Tried once.{left} Check the account name and Caps Lock, or ask for the password.",
            tries_left=self.tries_left,
            lock_seconds=self.seconds,
        )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"


def _tries(count: int) -> str:
    return f"{count} {'try' if count == 1 else 'tries'}"


def _whole(text: str) -> int | None:
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
    """The ResponseStatus in a body, None where it is something else."""
    root = _small_xml(body)
    return None if root is None else status_of(root)


def status_of(root: Element) -> Status | None:
    """The ResponseStatus that this element is, None where it is something else."""
    if root.name.lower() != "responsestatus":
        return None
    return Status(
        code=_whole(root.text_of("statusCode")),
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
    seconds = _whole(root.text_of("unlockTime") or root.text_of("resLockTime"))
    tries = _whole(root.text_of("retryLoginTime") or root.text_of("retryTimes"))
    if not locked and seconds is None and tries is None:
        return None
    return LockFacts(locked, seconds if locked else None, tries)


def refusal(answer: HttpAnswer) -> BadCredentials | LockedOut | None:
    """What the body of a 401 tells of the account, for the channel to raise; None where it tells nothing."""
    facts = read_lock(answer.body)
    return None if facts is None else facts.error()


def status_error(status: Status, http: int = 200) -> CameraError:
    """The error that a ResponseStatus stands for. http decides only where the status itself is vague."""
    sub = "".join(status.sub.split()).lower()
    summary, hint = SUBCODES.get(sub) or _CODES.get(status.code or 0) or (
        f"The device refused: {status.text or status.sub or f'HTTP {http}'}.",
        "",
    )  # fmt: skip
    facts = {"hint": hint, "detail": _detail(status, http)}
    if sub == "badauthorization":
        return BadCredentials(summary, hint=hint, detail=facts["detail"])
    if sub == "lowprivilege":
        return Forbidden(summary, hint=hint, detail=facts["detail"])
    if sub in _UNSUPPORTED or (status.code == 4 and not sub):
        return NotSupported(summary, hint=hint, detail=facts["detail"])
    code = "" if status.code is None else str(status.code)
    fault = DeviceBusy if sub in _BUSY or status.code == 2 or http == 503 else DeviceFault
    return fault(summary, hint=hint, detail=facts["detail"], code=code, subcode=status.sub, path=status.url)


def _detail(status: Status, http: int) -> str:
    return status.detail if http == 200 else f"HTTP {http}, {status.detail}"


def http_error(answer: HttpAnswer, what: str) -> CameraError:
    """The error behind an HTTP status that no ResponseStatus explains. what is the path that was asked."""
    status = answer.status
    detail = f"HTTP {status} for {what}"
    if status == 401:
        facts = read_lock(answer.body) or LockFacts(locked=False)
        return facts.error()
    if status == 403:
        return NotSupported(
            "The device refuses this page.",
            hint="It does not have the function, or this account may not use it.",
            detail=detail,
        )
    if status in (404, 405, 501):
        return NotSupported("The device does not have this.", detail=detail)
    if status == 503:
        return DeviceBusy("The device is busy.", hint="Try again in a moment.", detail=detail, code="503")
    if 300 <= status < 400:
        return ProtocolError(
            "The device sends us to another address, which is not followed.",
            hint="It may want HTTPS: try its HTTPS port.",
            detail=detail,
        )
    if status >= 500:
        return DeviceFault(
            "The device failed while it answered.", hint="Try again; restart it if it stays.", detail=detail,
            code=str(status),
        )  # fmt: skip
    return DeviceFault("The device refused the request.", detail=detail, code=str(status))


def check(answer: HttpAnswer, what: str) -> Status:
    """The ResponseStatus of an answer, or a plain OK where a good answer carries none; raises what it stands for."""
    status = read_status(answer.body)
    good = 200 <= answer.status < 300
    if status is None:
        if good:
            return Status(code=1)
        raise http_error(answer, what)
    if status.ok and good:
        return status
    if answer.status == 401:
        raise http_error(answer, what)
    raise status_error(status, answer.status)


def document(answer: HttpAnswer, what: str) -> XmlDocument:
    """The XML document of an answer. Raises what a refusal stands for, and ProtocolError for anything but XML."""
    if not 200 <= answer.status < 300:
        check(answer, what)
    if not answer.body.strip():
        raise ProtocolError("The device sent an empty page.", detail=f"{what}: HTTP {answer.status}, no bytes")
    parsed = xml.parse(answer.body)
    if parsed.root.name.lower() == "html":
        raise ProtocolError(
            "The device sent a web page instead of its settings.",
            hint="It may not speak this protocol on this port.",
            detail=f"{what}: HTML",
        )
    status = status_of(parsed.root)
    if status is not None:
        if not status.ok:
            raise status_error(status, answer.status)
        raise ProtocolError("The device said OK instead of sending the page.", detail=f"{what}: {status.detail}")
    return parsed
