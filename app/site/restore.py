"""Settings of a snapshot back onto a device, through the same writing, proof and journal as any change.

What can cut the connection to the device or lock people out of it is left alone unless it is named by its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from app.errors import AuthError, CameraError, Forbidden, InvalidSetting, SiteError, TransportError
from app.families.base import Session, SettingsTree
from app.settings import telling, values
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.sequence import room_makers
from app.settings.spec import Kind
from app.site.compare import Difference, differences_of
from app.site.journal import JournalledSettings
from app.site.records import Origin
from app.site.snapshot import DeviceSnapshot, Progress, ResourceCopy, copy_of

BY_NAME = "Name it by its path to restore it all the same."  # for those who can; the window leaves it out
NOT_NOW = "The device does not have it now."
_GOES = "It goes by itself, with the value that it came with."
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
    """One field of the plan. reason "" means that it will be written; else why not. late: it may have a place once
    others are written, and is looked at again then. needs: settings of the same page that it goes with, as the snapshot
    has them, and that are not among what is asked for."""

    resource: str
    resource_title: str
    path: str
    title: str
    old: str | None
    new: str | None
    reason: str = ""
    dangerous: bool = False
    late: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """steps in the order of writing, what makes room for others first, dangerous ones last. unreadable: resources that
    the device did not give."""

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
        not_chosen = (replace(step, reason=step.reason or "It was not chosen.", late=False) for step in self.steps)
        kept = (
            step if (step.reason and not step.late) or wanted(step) else other
            for step, other in zip(self.steps, not_chosen, strict=True)
        )
        return replace(self, steps=tuple(kept))


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
            _step(each, only, document)
            for each in differences_of(copy_of(document), copy)
            if not only or any(_names(each, wanted) for wanted in only)
        ]
        found = judged(found, document)
        steps += with_needs(found, document, copy) if only else found
    return RestorePlan(_in_order(steps), documents, tuple(unreadable))


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """What switches something off makes room for what is switched on; dangerous ones go last."""
    changes: dict[str, list[Change]] = {}
    for step in steps:
        if not step.reason:
            changes.setdefault(step.resource, []).append(Change(step.path, step.old or "", step.new or ""))
    first = room_makers(changes)
    return tuple(sorted(steps, key=lambda step: (step.dangerous, step.resource not in first)))


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
        done.append(await _write(settings, plan, resource, steps))
        if _is_the_end(done[-1].error):
            return tuple(done)
    for resource in dict.fromkeys(step.resource for step in plan.steps if step.late):
        if any(each.proof is not None for each in done):
            done += await _write_late(settings, plan, resource)
            if _is_the_end(done[-1].error):
                break
    return tuple(done)


async def _write(settings: SettingsTree, plan: RestorePlan, resource: str, steps: Sequence[Step]) -> Restored:
    document = plan.documents[resource]
    try:
        proof, plan.documents[resource] = await settings.apply(document, _changes(document, steps))
    except CameraError as error:
        document.revert()
        return Restored(resource, document.title, error=error)
    return Restored(resource, document.title, proof)


async def _write_late(settings: SettingsTree, plan: RestorePlan, resource: str) -> list[Restored]:
    """What had no place before the others were written: on this page, or on one that decides on it."""
    title = next(step.resource_title for step in plan.steps if step.resource == resource)
    try:
        document = plan.documents[resource] = await settings.load(resource)
    except CameraError as error:
        return [Restored(resource, title, error=error)]
    here = {field.path: field for field in document.fields}
    steps = [
        replace(step, reason="")
        for step in plan.steps
        if step.resource == resource and step.late and step.path in here
        and not (here[step.path].present and values.same(here[step.path].text, step.new or "", here[step.path].spec))
    ]  # fmt: skip
    steps = [step for step in judged(steps, document) if not step.reason]
    return [await _write(settings, plan, resource, steps)] if steps else []


def left_alone(plan: RestorePlan, done: Sequence[Restored]) -> tuple[Step, ...]:
    """What the plan leaves out and the device does not hold by now: something may have come or gone with the rest."""
    proofs = ((each.resource, field) for each in done if each.proof is not None for field in each.proof.fields)
    now = {(resource, field.path): field.read_back for resource, field in proofs}
    nowhere = object()
    return tuple(step for step in plan.left_out if now.get((step.resource, step.path), nowhere) != step.new)


def step_told(document: Document, step: Step) -> str:
    """From what to what, in the words of the form."""
    return telling.change_told(document, step.path, step.old or "", step.new)


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


def _step(difference: Difference, only: Sequence[str], document: Document) -> Step:
    """difference: one is the device, other the snapshot."""
    reason, peril = "", danger(difference.resource, difference.path, difference.kind)
    if difference.other is None:
        reason = "The snapshot does not have it."
    elif difference.one is None and not any(each.path == difference.path for each in document.fields):
        reason = NOT_NOW
    elif peril and not any(_names_field(difference, wanted) for wanted in only):
        reason = f"{peril} {BY_NAME}"
    return Step(
        difference.resource, difference.resource_title, difference.path, difference.title, difference.one,
        difference.other, reason, bool(peril), late=reason == NOT_NOW and not peril,
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
        late = {path for path in refused if document.unmet(path)}
        going = {step.path for step in steps if step.new is None and step.reason and document.unmet(step.path)}
    finally:
        document.revert()
    said = {**refused, **dict.fromkeys(going, _GOES)}
    return [
        replace(step, reason=said.get(step.path, step.reason), late=step.late or step.path in late) for step in steps
    ]


def with_needs(steps: Sequence[Step], document: Document, copy: ResourceCopy) -> list[Step]:
    """Each with what else of the snapshot has to be set for it to be in order, where that is known."""
    then = {value.path: value.text for value in copy.values}
    wanted = {step.path for step in steps if not step.reason}
    found = ((step, _needs(step, document, then)) for step in steps)
    return [replace(step, needs=tuple(each for each in needs if each not in wanted)) for step, needs in found]


def _needs(step: Step, document: Document, then: Mapping[str, str]) -> list[str]:
    needs: list[str] = []
    try:
        if step.new is None:
            return []
        with suppress(InvalidSetting):
            document.set_text(step.path, step.new)
            while more := [each for each in document.deciders(step.path) if each in then and each not in needs]:
                needs += more
                for path in more:
                    document.set_text(path, then[path])
        if document.problem(step.path) or document.unmet(step.path):
            return []
        return [path for path in needs if document.is_modified(path)]
    finally:
        document.revert()


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


def _is_the_end(error: CameraError | None) -> bool:
    """The device is gone, or takes the password no more, or nothing can be written down: nothing else is tried."""
    is_login = isinstance(error, AuthError) and not isinstance(error, Forbidden)
    return is_login or isinstance(error, TransportError | SiteError)
