"""Undo of a change set: what the fields hold now decides what may be set back without asking."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import InvalidSetting, SiteError
from app.families.base import RawSettings, RegionUndo, Session, SettingsTree
from app.settings import lists, values
from app.settings.changes import Change, Proof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access
from app.site import secrets
from app.site.identity import Identity
from app.site.journal import JournalledRaw, JournalledSettings
from app.site.records import ChangeSet, Origin, RecordedField
from app.site.site import Site
from app.site.undo_lists import Moved, innermost, moved_lists


class Standing(StrEnum):
    """How a field stands against the change that is to be undone."""

    OURS = "holds our value"  # will be set back
    BACK = "is back already"  # nothing to do
    MOVED = "was changed since"  # before, ours and now differ: a person decides
    STUCK = "cannot be set back"


@dataclass(frozen=True, slots=True)
class UndoField:
    """The three sides of one field. now is None where the device does not show it any more.

    targets are what is set in the document of now to have it back, paths and texts: none for what goes with its record,
    several for a list whose records have lists.
    """

    path: str
    title: str
    before: str
    ours: str
    now: str | None
    standing: Standing
    reason: str = ""
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would do. document is the resource as it was read now; nothing was sent yet.

    whole is the document as it was, where elements came or went and the device still holds what the change left:
    then everything is set back with it.
    """

    change_set: ChangeSet
    document: Document
    fields: tuple[UndoField, ...]
    whole: bytes | None = None

    @property
    def moved(self) -> tuple[UndoField, ...]:
        """The fields that somebody has to decide on."""
        return tuple(field for field in self.fields if field.standing is Standing.MOVED)

    @property
    def is_needed(self) -> bool:
        return any(field.standing in (Standing.OURS, Standing.MOVED) for field in self.fields)


async def plan_undo(change_set_id: int, session: Session, site: Site) -> UndoPlan:
    """Reads the resource again. SiteError when the change was made on another device; what `load` raises."""
    change_set = await site.history.get(change_set_id)
    settings = _settings(session)
    await _same_device(change_set, settings, site)
    document = await settings.load(change_set.resource)
    whole = await _whole(change_set, document, session, site)
    if whole is not None:
        return UndoPlan(change_set, document, tuple(_of_whole(document, each) for each in change_set.fields), whole)
    listed = any(lists.is_list(field.path) for field in change_set.fields)
    untouched = listed and (await site.history.documents(change_set.id))[1] == secrets.masked(document)
    return UndoPlan(change_set, document, undo_fields(document, change_set.fields, untouched=untouched))


async def undo(plan: UndoPlan, session: Session, also: Collection[str] = ()) -> tuple[Proof, Document]:
    """Sets back every field that holds our value, and those of also (paths) that were changed since.

    Goes through the same writing, proof and journal. InvalidSetting as `undo_changes`.
    """
    raw = session.offer(RawSettings)
    if plan.whole is not None and isinstance(raw, JournalledRaw):
        return await raw.under(Origin.UNDO, plan.change_set.id).apply_raw(plan.document, plan.whole)
    changes = undo_changes(plan, also)
    return await _settings(session).under(Origin.UNDO, plan.change_set.id).apply(plan.document, changes)


def undo_changes(plan: UndoPlan, also: Collection[str] = ()) -> tuple[Change, ...]:
    """What `undo` would send, set in the plan's document. InvalidSetting when there is nothing to set back, or a
    value of then is refused by the limits of now. () where the whole document is set back."""
    if plan.whole is not None:
        return ()
    wanted = [
        field
        for field in plan.fields
        if field.standing is Standing.OURS or (field.standing is Standing.MOVED and field.path in also)
    ]
    if not wanted:
        raise InvalidSetting("There is nothing to set back.")
    plan.document.revert()
    for path, text in (target for field in wanted for target in field.targets):
        plan.document.set_text(path, text)
    return plan.document.changes()


async def _whole(change_set: ChangeSet, document: Document, session: Session, site: Site) -> bytes | None:
    """The document of then, where it differs by more than values and nobody has changed it since; else the document of
    now with the regions of then, where nobody has changed those."""
    known = {field.path for field in document.fields}
    by_hand = change_set.origin in (Origin.RAW, Origin.UNDO)
    if not by_hand or all(field.path in known and field.old and field.new for field in change_set.fields):
        return None
    before, after = await site.history.documents(change_set.id)
    raw = session.offer(RawSettings)
    if before is None or after is None or not isinstance(raw, JournalledRaw):
        return None
    if any(field.secret for field in change_set.fields) or secrets.MASK.encode() in before:
        return None
    whole: bytes | None = before
    if after != document.source.raw:
        drawn = session.offer(RegionUndo)
        whole = drawn.set_back(document, before, after) if drawn is not None else None
    return None if whole is None or raw.check_raw(document, whole) else whole


def _of_whole(document: Document, field: RecordedField) -> UndoField:
    held = {each.path: each for each in document.fields}.get(field.path)
    ours = field.new if field.read_back is None else field.read_back
    return UndoField(field.path, field.title, field.old, ours, held.text if held else None, Standing.OURS)


def _settings(session: Session) -> JournalledSettings:
    found = session.offer(SettingsTree)
    if not isinstance(found, JournalledSettings):
        raise SiteError("This session keeps no journal.", hint="Open it with a site file.")
    return found


async def _same_device(change_set: ChangeSet, settings: JournalledSettings, site: Site) -> None:
    here = (await settings.subject.sighting()).identity
    device = await site.devices.get(change_set.device_id)
    if not here.is_same(Identity(change_set.device_keys | device.identity.keys)):
        raise SiteError(
            f"That change was made on {device.title}, and {settings.subject.session.address} is another device.",
            hint="Nothing was sent. Open the device that the change was made on.",
            detail=", ".join(sorted(change_set.device_keys)),
        )


def undo_fields(document: Document, fields: Sequence[RecordedField], *, untouched: bool) -> tuple[UndoField, ...]:
    """How each field of a change set stands in the document of now. untouched: it is as the change left it."""
    moved = moved_lists(document, fields, untouched=untouched)
    return tuple(_in_list(document, field, moved) or _undo_field(document, field) for field in fields)


def _in_list(document: Document, field: RecordedField, moved: Sequence[Moved]) -> UndoField | None:
    """A list that the change put in order, or a field of a record in it; None for any other."""
    made = innermost(moved, field.path)
    if made is None:
        return None
    if field.path == made.was:
        return _undo_list(field, made)
    if not made.known:
        listed = _undo_list(field, made)
        return replace(listed, now=None, targets=())
    path = made.path(field.path)
    goes, comes = lists.split_fresh(field.path) is not None, lists.split_fresh(path) is not None
    if not goes and not comes:
        found = _undo_field(document, replace(field, path=path))
        return replace(found, path=field.path, targets=((path, field.old),))
    listed = _undo_list(field, made)
    writable = comes and not field.secret and not lists.is_list(path) and _is_writable(document, path)
    return UndoField(
        field.path, field.title, field.old, field.new, None, listed.standing, listed.reason,
        ((path, field.old),) if writable else (),
    )  # fmt: skip


def _is_writable(document: Document, path: str) -> bool:
    try:
        return document.field(path).spec.access is Access.READ_WRITE
    except InvalidSetting:  # new records have other settings than the old one had
        return False


def _undo_list(field: RecordedField, made: Moved) -> UndoField:
    text = lists.format_order(made.back)
    if not made.known:
        standing, reason = Standing.STUCK, "The list has changed since; put it in order by hand."
    elif made.back == made.of.order:
        standing, reason = Standing.BACK, "The device holds the earlier list already."
    else:
        standing, reason = Standing.OURS, ""
    ours = field.new if field.read_back is None else field.read_back
    return UndoField(
        field.path, field.title, field.old, ours, made.of.text, standing, reason, ((made.of.path, text), *made.orders)
    )


def _undo_field(document: Document, field: RecordedField) -> UndoField:
    held = {each.path: each for each in document.fields}.get(field.path)
    now = held.text if held is not None and held.present else None
    ours = field.new if field.read_back is None else field.read_back
    standing, reason = _standing(field, held, ours)
    if field.secret:
        now = None
    return UndoField(field.path, field.title, field.old, ours, now, standing, reason, ((field.path, field.old),))


def _standing(field: RecordedField, held: Field | None, ours: str) -> tuple[Standing, str]:
    if field.secret:
        return Standing.STUCK, "A secret is in no file of ours, so the old one is not known."
    if held is None or not held.present:
        return Standing.STUCK, "The device no longer shows this setting."
    if held.spec.access is not Access.READ_WRITE:
        return Standing.STUCK, "This setting cannot be read and written."
    if field.verdict is Verdict.SIDE_EFFECT and field.read_back is None:
        return Standing.STUCK, "The setting went away by itself; there is no value to compare."
    if values.same(held.text, field.old, held.spec):
        return Standing.BACK, "The device holds the earlier value already."
    if not field.old and values.problem("", held.spec):
        return Standing.STUCK, "The setting came with the change; before it there was no value."
    if values.same(held.text, ours, held.spec):
        return Standing.OURS, ""
    return Standing.MOVED, "Somebody has changed it since."
