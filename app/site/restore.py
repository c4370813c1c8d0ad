"""Settings of a snapshot back onto a device, through the same writing, proof and journal as any change.

What can cut the connection to the device or lock people out of it is left alone unless it is named by its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.errors import AuthError, CameraError, Forbidden, InvalidSetting, SiteError, TransportError
from app.families.base import Session, SettingsTree
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.spec import Kind
from app.site.compare import Difference, differences_of
from app.site.journal import JournalledSettings
from app.site.records import Origin
from app.site.snapshot import DeviceSnapshot, Progress, ResourceCopy, copy_of

BY_NAME = "Name it by its path to restore it all the same."  # for those who can; the window leaves it out
_ADDRESS = "It is part of the device's own address: a wrong one makes the device unreachable."
_PORT = "It is a port that the device answers at: a changed one cuts the connection."
_ACCOUNT = "It belongs to accounts and security: a wrong one locks people out."
_INTERFACE = re.compile(r"(?i)interfaces?\b|wireless|wifi|pppoe|bond|ipaddress(?:/|$)")
_NETWORK = re.compile(r"(?i)network|ipv[46]|dhcp|lan\b")
_ADDRESSING = re.compile(
    r"(?i)subnetmask|bitmask|\w*gateway|addressingtype|ipversion|ipv6mode|mtu|\w*dhcp\w*|\w*vlan\w*"
)
_ACCOUNTS = re.compile(
    r"(?i)/(?:users?|security|accounts?|adminaccesses|certificates?|privileges?|permissions?|authentication"
    r"|ipfilter|ipaddressfilter|macfilter|ssl|tls|https)(?:/|$)"
)
_LOGIN = re.compile(
    r"(?i)(?:user|login|account)names?|userlevel|\w*privilege\w*|\w*certificate\w*|\w*(?:tls|ssl|https)\w*"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One field of the plan. reason "" means that it will be written; else why not."""

    resource: str
    resource_title: str
    path: str
    title: str
    old: str | None
    new: str | None
    reason: str = ""
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """steps in the order of writing, dangerous ones last; unreadable: resources that the device did not give."""

    steps: tuple[Step, ...]
    documents: dict[str, Document] = field(repr=False)
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def wanted(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if not step.reason)

    @property
    def left_out(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.reason)

    def choose(self, wanted: Callable[[Step], bool]) -> RestorePlan:
        """Without the steps that somebody does not want."""
        kept = tuple(s if s.reason or wanted(s) else replace(s, reason="It was not chosen.") for s in self.steps)
        return replace(self, steps=kept)


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of one resource: a proof, or the words of why nothing of it was written."""

    resource: str
    title: str
    proof: Proof | None = None
    error: CameraError | None = None


async def plan_restore(
    snapshot: DeviceSnapshot, session: Session, only: Sequence[str] = (), *, progress: Progress | None = None
) -> RestorePlan:
    """Compares with the device as it is now. only: resources, field paths, or "RESOURCE:FIELD"; none means all.

    InvalidSetting for an entry of only that the snapshot does not have; AuthError, TransportError as from `load`.
    """
    _know_all(snapshot, only)
    settings = session.offer(SettingsTree)
    if settings is None:
        raise SiteError(f"{session.address} offers no settings.")
    steps: list[Step] = []
    documents: dict[str, Document] = {}
    unreadable: list[tuple[str, str]] = []
    copies = [copy for copy in snapshot.resources if not only or any(_touches(copy, each) for each in only)]
    for number, copy in enumerate(copies):
        if progress is not None:
            progress(number, len(copies), copy.title)
        try:
            document = await settings.load(copy.resource)
        except CameraError as error:
            if isinstance(error, TransportError) or (isinstance(error, AuthError) and not isinstance(error, Forbidden)):
                raise
            unreadable.append((copy.resource, error.summary))
            continue
        documents[copy.resource] = document
        found = [
            _step(each, only)
            for each in differences_of(copy_of(document), copy)
            if not only or any(_names(each, wanted) for wanted in only)
        ]
        steps += judged(found, document)
    return RestorePlan(tuple(sorted(steps, key=lambda step: step.dangerous)), documents, tuple(unreadable))


async def restore(plan: RestorePlan, session: Session, *, progress: Progress | None = None) -> tuple[Restored, ...]:
    """Writes the plan, one resource after the other; a refused one does not stop the others.

    A device that is gone or refuses the password ends it; what was done until then is in the result.
    """
    offered = session.offer(SettingsTree)
    settings = offered.under(Origin.RESTORE) if isinstance(offered, JournalledSettings) else offered
    if settings is None:
        raise SiteError(f"{session.address} offers no settings.")
    resources = list(dict.fromkeys((step.resource, step.dangerous) for step in plan.wanted))
    done: list[Restored] = []
    for number, (resource, dangerous) in enumerate(resources):
        steps = [step for step in plan.wanted if (step.resource, step.dangerous) == (resource, dangerous)]
        if progress is not None:
            progress(number, len(resources), steps[0].resource_title)
        document = plan.documents[resource]
        try:
            changes = _changes(document, steps)
            proof, after = await settings.apply(document, changes)
        except CameraError as error:
            done.append(Restored(resource, document.title, error=error))
            document.revert()
            if isinstance(error, TransportError | SiteError) or _is_login(error):
                break
            continue
        plan.documents[resource] = after
        done.append(Restored(resource, document.title, proof))
    return tuple(done)


def danger(resource: str, path: str, kind: Kind) -> str:
    """Why a field is not written back without being asked for; "" when it may be."""
    name = re.sub(r"\[\d+\]$", "", path.rpartition("/")[2])
    if _ACCOUNTS.search(resource) or _ACCOUNTS.search(f"/{path}/") or _LOGIN.fullmatch(name):
        return _ACCOUNT
    if kind is Kind.PORT or re.fullmatch(r"(?i)\w*port(?:no|number|num)?", name):
        return _PORT
    is_address = kind in (Kind.IPV4, Kind.IPV6, Kind.MAC) or _ADDRESSING.fullmatch(name)
    return _ADDRESS if _INTERFACE.search(resource) or (_NETWORK.search(resource) and is_address) else ""


def _changes(document: Document, steps: Sequence[Step]) -> tuple[Change, ...]:
    document.revert()
    for step in steps:
        document.set_text(step.path, step.new or "")
    return document.changes()


def _step(difference: Difference, only: Sequence[str]) -> Step:
    """difference: one is the device, other the snapshot."""
    reason, peril = "", danger(difference.resource, difference.path, difference.kind)
    if difference.other is None:
        reason = "The snapshot does not have it."
    elif difference.one is None:
        reason = "The device does not have it now."
    elif peril and not any(_names_field(difference, wanted) for wanted in only):
        reason = f"{peril} {BY_NAME}"
    return Step(
        difference.resource, difference.resource_title, difference.path, difference.title, difference.one,
        difference.other, reason, bool(peril),
    )  # fmt: skip


def judged(steps: Sequence[Step], document: Document) -> list[Step]:
    """The steps of one resource, those that its limits refuse with the reason.

    They are judged together: a frame rate may be one that only the resolution of the snapshot has. Where some are
    refused the others are judged again without them, as they may have been in order only beside those.
    """
    refused: dict[str, str] = {}
    try:
        while found := _problems([step for step in steps if not step.reason and step.path not in refused], document):
            refused |= found
    finally:
        document.revert()
    return [replace(step, reason=step.reason or refused.get(step.path, "")) for step in steps]


def _problems(steps: Sequence[Step], document: Document) -> dict[str, str]:
    document.revert()
    found: dict[str, str] = {}
    for step in steps:
        try:
            document.set_text(step.path, step.new or "")
        except InvalidSetting as error:
            found[step.path] = error.summary
    return found | {step.path: said for step in steps if (said := document.problem(step.path))}


def _touches(copy: ResourceCopy, wanted: str) -> bool:
    """Whether an entry of only names the resource, or a field of it alone or after the resource."""
    return wanted == copy.resource or any(wanted in (v.path, f"{copy.resource}:{v.path}") for v in copy.values)


def _names(difference: Difference, wanted: str) -> bool:
    return wanted == difference.resource or _names_field(difference, wanted)


def _names_field(difference: Difference, wanted: str) -> bool:
    return wanted in (difference.path, f"{difference.resource}:{difference.path}")


def _know_all(snapshot: DeviceSnapshot, only: Sequence[str]) -> None:
    for wanted in only:
        if not any(_touches(copy, wanted) for copy in snapshot.resources):
            raise InvalidSetting(f"The snapshot has nothing at “{wanted}”.", path=wanted)


def _is_login(error: CameraError) -> bool:
    return isinstance(error, AuthError) and not isinstance(error, Forbidden)
