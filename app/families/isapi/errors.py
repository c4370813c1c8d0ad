"""The device's own words for what went wrong -> `app.errors`. Every summary says which camera: `camera` is how people
know it."""

from __future__ import annotations

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
from app.families.isapi.status import CAMERA, LockFacts, Status, read_lock, read_status, status_of, whole
from app.wire import xml
from app.wire.http import HttpAnswer
from app.wire.xml import XmlDocument

# subStatusCode (lower case) -> what happened, what to do next.
SUBCODES: dict[str, tuple[str, str]] = {
    "riskpassword": ("{camera} finds the password too weak.", "Use a longer one with letters, digits and signs."),
    "nomemory": ("{camera} is out of memory.", "Close other viewers or restart it, then try again."),
    "serviceunavailable": ("{camera} cannot do this right now.", "Try again in a moment."),
    "upgrading": ("{camera} is installing firmware.", "Wait until it has restarted."),
    "devicebusy": ("{camera} is busy.", "Try again in a moment."),
    "reconnectipc": ("{camera} is reconnecting to this channel.", "Try again in a moment."),
    "deviceerror": ("{camera} reports a hardware fault.", "Restart it; if it stays, look at its storage and power."),
    "badflash": ("{camera} could not write to its flash memory.", "Restart it and try again."),
    "28181uninitialized": ("GB28181 is not set up on {camera}.", "Set it up first."),
    "notsupport": ("{camera} does not have this.", ""),
    "notsupported": ("{camera} does not have this.", ""),
    "lowprivilege": ("{camera} does not let this account do that.", "Use an administrator account."),
    "badauthorization": ("{camera} refused the password.", "Check the account name and Caps Lock."),
    "methodnotallowed": ("{camera} does not allow this on that page.", ""),
    "notsethdiskredund": ("{camera} cannot mirror its disks as they are.", "Check the disk properties."),
    "invalidoperation": ("{camera} does not allow this.", "It may lack the function, or another one excludes it."),
    "notactivated": ("{camera} has no password yet.", "Give it its first password, then log in."),
    "hasactivated": ("{camera} already has a password.", "Log in with it."),
    "badxmlformat": ("{camera} could not read the request.", "Its firmware may want another form of this page."),
    "badparameters": ("{camera} refused a value.", "Check limits that depend on other settings."),
    "badxmlcontent": ("{camera} refused a value or misses one.", "Check limits that depend on other settings."),
    "badhostaddress": ("{camera} refused the host address.", "Check the address."),
    "badipv4address": ("{camera} refused the IPv4 address.", "Check the address."),
    "badipv6address": ("{camera} refused the IPv6 address.", "Check the address."),
    "conflictipv4address": ("{camera} says that another device uses this IPv4 address.", "Choose a free one."),
    "conflictipv6address": ("{camera} says that another device uses this IPv6 address.", "Choose a free one."),
    "baddomainname": ("{camera} refused the domain name.", "Check the name."),
    "conflictdomainname": ("{camera} says that this domain name is taken.", "Choose another name."),
    "connectsreverfail": ("{camera} could not reach the server.", "Check the address, gateway and DNS."),
    "connectserverfail": ("{camera} could not reach the server.", "Check the address, gateway and DNS."),
    "badport": ("{camera} uses this port already.", "Choose another port."),
    "porterror": ("{camera} refused the port.", "Choose another port."),
    "importerrordata": ("{camera} could not import the data.", "Check that the file fits this device."),
    "badnetmask": ("{camera} refused the subnet mask.", "Check the mask."),
    "badversion": ("{camera} refused the file: its version does not fit.", "Use a file for this model and firmware."),
    "baddevtype": ("{camera} refused the file: it is for another type of device.", "Use a file for this model."),
    "badlanguage": ("{camera} refused the firmware: it has another language.", "Use the file for this region."),
    "incorrentusernameorpassword": ("{camera} refused the user name or password.", "Check both."),
    "invalidstoragepoolofcloudserver": ("{camera} refused the cloud storage pool.", "Check the pool and its ID."),
    "nofreespaceofstoragepool": ("The storage pool of {camera} is full.", "Free some space."),
    "fileformaterror": ("{camera} refused the file: it has the wrong format.", "Use a file for this function."),
    "filecontenterror": ("{camera} refused the content of the file.", "Check the file."),
    "unsupportcapture": ("{camera} gives no snapshot of this size with H.264+ on.", "Turn it off or ask for less."),
    "unablecalibrate": ("{camera} cannot be calibrated here.", ""),
    "pleasecalibrate": ("{camera} wants to be calibrated first.", "Calibrate it, then try again."),
    "snmpv3passwordnone": ("{camera} has no SNMPv3 password.", "Set the SNMPv3 password first."),
    "snmpv3namedifferent": ("{camera} wants two SNMPv3 names, for reading and writing.", "Choose two names."),
    "notsupportdeicing": ("{camera} cannot de-ice on this power supply.", "Use PoE+, 24 V AC or 12 V DC."),
    "notmeetdeicing": ("{camera} is too warm for de-icing.", "It starts only below 30 °C inside the housing."),
    "alarminputoccupied": ("{camera} uses this alarm input to trigger vehicle capture.", "Choose another input."),
    "notsupportwithapmode": ("{camera} takes no WAN settings in access-point mode.", "Leave that mode first."),
    "rebootrequired": ("{camera} takes this up after a restart.", "Restart it."),
}  # fmt: skip

_UNSUPPORTED = {"notsupport", "notsupported", "methodnotallowed", "invalidoperation"}
_FORM_SUBCODES = {"notsupport", "notsupported", "methodnotallowed", "badxmlcontent", "badxmlformat", "deviceerror"}
_FORM_STATUSES = (400, 403, 404, 405, 500, 501)
_BUSY = {"devicebusy", "serviceunavailable", "upgrading", "reconnectipc", "nomemory"}
_CODES = {
    2: ("{camera} is busy.", "Try again in a moment."),
    3: ("{camera} reports a fault of its own.", "Restart it and try again."),
    4: ("{camera} does not allow this.", ""),
    5: ("{camera} could not read the request.", "Its firmware may want another form of this page."),
    6: ("{camera} refused a value or misses one.", "Check limits that depend on other settings."),
}


def refusal(answer: HttpAnswer, camera: str = CAMERA) -> BadCredentials | LockedOut | None:
    """What the body of a 401 tells of the account, for the channel to raise; None where it tells nothing."""
    facts = read_lock(answer.body)
    return None if facts is None else facts.error(camera)


def moves_down(answer: HttpAnswer) -> bool:
    """Whether a refused write may go through in another form: the device objects to the document, not to a value,
    to the account or to the moment."""
    if 200 <= answer.status < 300 and read_status(answer.body) is None:
        return False
    status = read_status(answer.body)
    if status is None:
        return answer.status in _FORM_STATUSES
    sub = status.plain_sub
    return sub in _FORM_SUBCODES or (not sub and status.code in (3, 4, 5, 6))


def failed_inside(answer: HttpAnswer) -> bool:
    """Whether the device stumbled over a write: it may hold some of it all the same."""
    status = read_status(answer.body)
    return answer.status >= 500 if status is None else status.code == 3 or status.plain_sub == "deviceerror"


def stumbled(problem: CameraError) -> bool:
    """The same, of the error that the answer stands for."""
    if not isinstance(problem, DeviceFault) or isinstance(problem, DeviceBusy):
        return False
    return problem.code == "3" or (whole(problem.code) or 0) >= 500 or problem.subcode.lower() == "deviceerror"


def retry_after(answer: HttpAnswer) -> float | None:
    """Seconds the device wants to be left alone, None where it does not say."""
    seconds = whole(answer.header("retry-after").strip())
    return None if seconds is None else float(seconds)


def status_error(status: Status, http: int = 200, camera: str = CAMERA) -> CameraError:
    """The error that a ResponseStatus stands for. http decides only where the status itself is vague."""
    sub = status.plain_sub
    known = SUBCODES.get(sub) or _CODES.get(status.code or 0)
    if known is not None:
        summary, hint = known[0].format(camera=camera), known[1]
    else:
        summary, hint = f"{camera} refused: {status.text or status.sub or f'HTTP {http}'}.", ""
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


def http_error(answer: HttpAnswer, what: str, camera: str = CAMERA) -> CameraError:
    """The error behind an HTTP status that no ResponseStatus explains. what is the path that was asked."""
    status = answer.status
    detail = f"HTTP {status} for {what}"
    if status == 401:
        facts = read_lock(answer.body) or LockFacts(locked=False)
        return facts.error(camera)
    if status == 403:
        return NotSupported(
            f"{camera} refuses this page.",
            hint="It does not have the function, or this account may not use it.",
            detail=detail,
        )
    if status in (404, 405, 501):
        return NotSupported(f"{camera} does not have this.", detail=detail)
    if status == 503:
        return DeviceBusy(f"{camera} is busy.", hint="Try again in a moment.", detail=detail, code="503")
    if 300 <= status < 400:
        return ProtocolError(
            f"{camera} sends us to another address, which is not followed.",
            hint="It may want HTTPS: try its HTTPS port.",
            detail=detail,
        )
    if status >= 500:
        return DeviceFault(
            f"{camera} failed while it answered.", hint="Try again; restart it if it stays.", detail=detail,
            code=str(status),
        )  # fmt: skip
    return DeviceFault(f"{camera} refused the request.", detail=detail, code=str(status))


def check(answer: HttpAnswer, what: str, camera: str = CAMERA) -> Status:
    """The ResponseStatus of an answer, or a plain OK where a good answer carries none; raises what it stands for."""
    status = read_status(answer.body)
    good = 200 <= answer.status < 300
    if status is None and good:
        return Status(code=1)
    if status is not None and status.ok and good:
        return status
    if status is None or answer.status == 401:
        raise _patient(http_error(answer, what, camera), answer)
    raise _patient(status_error(status, answer.status, camera), answer)


def _patient(problem: CameraError, answer: HttpAnswer) -> CameraError:
    if isinstance(problem, DeviceBusy):
        problem.retry_after = retry_after(answer)
    return problem


def document(answer: HttpAnswer, what: str, camera: str = CAMERA) -> XmlDocument:
    """The XML document of an answer. Raises what a refusal stands for, and ProtocolError for anything but XML."""
    if not 200 <= answer.status < 300:
        check(answer, what, camera)
    if not answer.body.strip():
        raise ProtocolError(f"{camera} sent an empty page.", detail=f"{what}: HTTP {answer.status}, no bytes")
    try:
        parsed = xml.parse(answer.body)
    except ProtocolError as problem:
        raise _named(problem, camera, what) from problem
    if parsed.root.name.lower() == "html":
        raise ProtocolError(
            f"{camera} sent a web page instead of its settings.",
            hint="It may not speak this protocol on this port.",
            detail=f"{what}: HTML",
        )
    status = status_of(parsed.root)
    if status is not None:
        if not status.ok:
            raise _patient(status_error(status, answer.status, camera), answer)
        raise ProtocolError(f"{camera} said OK instead of sending the page.", detail=f"{what}: {status.detail}")
    return parsed


def _named(problem: ProtocolError, camera: str, what: str) -> ProtocolError:
    """The reader of XML knows no camera; its first words stand for one."""
    words = problem.summary.replace("The device's answer", f"The answer of {camera}").replace("The device", camera)
    return ProtocolError(words, hint=problem.hint, detail=f"{what}: {problem.detail}" if problem.detail else what)
